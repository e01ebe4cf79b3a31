-- Maintenance: what happens because time passes. The worker calls it every minute, pg_cron too
-- where the project has it; one of them at a time does the work.

-- Pending invites are reminded before the earlier of expiry and deadline, active participants
-- before the deadline. Of the distances that are due the shortest counts, so that nobody gets
-- two at once after a pause; and whoever was mailed less than that distance before gets none.
create or replace function private.queue_reminders()
  returns integer
  language plpgsql volatile set search_path = '' set enable_seqscan = off
as $$
declare
  v_distances interval[];
  v_queued integer;
begin
  select s.reminder_distances into v_distances from private.settings s;
  with recipients as (
    select i.id as invite_id, null::uuid as participant_id, least(i.expires_at, n.deadline) as target, i.queued_at as since
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where private.is_open(n.status, n.deadline)
      and i.id in (
        select soon.id from public.interview_invites soon
        where soon.status = 'pending' and soon.expires_at > now()
          and soon.expires_at <= now() + (select max(d) from unnest(v_distances) as d)
        union all
        select soon.id from public.interviews closing
        join public.interview_invites soon on soon.interview_id = closing.id
        where closing.deadline > now() and closing.deadline <= now() + (select max(d) from unnest(v_distances) as d)
          and soon.status = 'pending' and soon.expires_at > now())
    union all
    select null, p.id, n.deadline, p.joined_at
    from public.interviews n
    join public.interview_participants p on p.interview_id = n.id
    where n.status <> 'completed' and n.deadline > now()
      and n.deadline <= now() + (select max(d) from unnest(v_distances) as d)
      and p.status = 'active'
  ), due as (
    select r.*, (select min(d) from unnest(v_distances) as d where r.target - d <= now()) as distance
    from recipients r
  )
  insert into private.outbox (mail, invite_id, participant_id, target, distance)
  select 'interview_reminder', d.invite_id, d.participant_id, d.target, d.distance
  from due d
  where d.since <= d.target - 2 * d.distance
    and not exists (
      select from private.outbox o
      where coalesce(o.invite_id, o.participant_id) = coalesce(d.invite_id, d.participant_id)
        and o.target = d.target and o.distance is not null and o.distance <= d.distance)
  limit 10000
  on conflict do nothing;
  get diagnostics v_queued = row_count;
  return v_queued;
end
$$;
comment on function private.queue_reminders() is
  'Queues the reminders that are due, each once for a recipient, a distance and a target time; returns how many. '
  'Invites of the first version, whose mail was never queued here, get none.';

-- For the worker and pg_cron. Definer: it writes what nobody else may.
create or replace function public.run_maintenance()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_expired integer;
  v_reminders integer;
  v_pruned integer;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(715517, 2) then
    return '{"skipped": true}';
  end if;
  update public.interview_invites i
    set status = 'expired'
    where i.id in (
      select overdue.id from public.interview_invites overdue
      where overdue.status = 'pending' and overdue.expires_at <= now()
      order by overdue.expires_at limit 10000
      for update skip locked
    );
  get diagnostics v_expired = row_count;
  v_reminders := private.queue_reminders();
  -- Reminders stay until their target has passed: they tell that they were sent.
  delete from private.outbox o
    where o.settled_at < now() - (select s.outbox_kept_for from private.settings s)
      and (o.target is null or o.target < now());
  get diagnostics v_pruned = row_count;
  delete from private.mail_workers w where w.seen_at < now() - interval '1 day';
  delete from private.invite_counts c where c.day < (now() at time zone 'utc')::date - 1;
  return jsonb_build_object('expired', v_expired, 'reminders', v_reminders, 'pruned', v_pruned);
end
$$;
comment on function public.run_maintenance() is
  'Expires overdue invites and queues reminders (10,000 of each a call), prunes the finished outbox and old counts; '
  'one at a time, others return skipped. Returns expired, reminders, pruned.';

-- Where pg_cron is, it makes sure that time passes without a worker as well.
do $$
begin
  if exists (select from pg_catalog.pg_extension e where e.extname = 'pg_cron') then
    execute $sql$ select cron.schedule('interviews-maintenance', '* * * * *', 'select public.run_maintenance()') $sql$;
  end if;
end
$$;
