-- Maintenance: what happens because time passes. The worker calls run_maintenance every minute, and
-- so does pg_cron if the project has it; only one call runs at a time.

-- Reminders: for pending invites before expiry or deadline, whichever is earlier, for active
-- participants before the deadline; once at each distance of the settings. A row is read when it
-- comes within a distance, and then marked (reminded_for), so that the cost of a run depends only
-- on what became due since the last one. If several distances are due, only the shortest counts, so
-- that nobody gets two reminders at once after a pause.

create or replace function private.may_remind(
  since timestamptz, reminded_at timestamptz, target timestamptz, distance interval
)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce(may_remind.since <= target - 2 * distance, false)
    and (may_remind.reminded_at is null
         or (may_remind.reminded_at < target - distance
             -- Left out, not put off: it would come a day after one about the same.
             and may_remind.reminded_at <= now() - interval '23 hours'));
end
$$;
comment on function private.may_remind(timestamptz, timestamptz, timestamptz, interval) is
  'Whether to remind a person of target: not if they were invited (since) less than one distance '
  'before the reminder, or were already reminded of it. Invites of the first version, which were '
  'never queued, get none.';

-- Without enable_seqscan off, a plan cached while there were few invites reads all of them.
create or replace function private.remind_of_expiry(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_invite_ids uuid[];
  v_due uuid[];
begin
  -- By index, once per mark that means a longer distance, or none (1000 years). Marks are read from
  -- the table, because the settings may have changed since.
  v_invite_ids := array(
    with recursive marks (mark) as (
      select min(coalesce(i.reminded_for, '1000 years')) from public.interview_invites i
      where i.status = 'pending'
        and coalesce(i.reminded_for, '1000 years') > remind_of_expiry.distance
      union all
      select (select min(coalesce(i.reminded_for, '1000 years')) from public.interview_invites i
              where i.status = 'pending' and coalesce(i.reminded_for, '1000 years') > m.mark)
      from marks m where m.mark is not null
    )
    select soon.id
    from marks
    cross join lateral (
      select i.id from public.interview_invites i
      where coalesce(i.reminded_for, '1000 years') = marks.mark and i.status = 'pending'
        and i.expires_at > now() and i.expires_at <= now() + remind_of_expiry.distance
      order by i.expires_at
      limit remind_of_expiry.at_most
      for no key update skip locked
    ) as soon
    limit remind_of_expiry.at_most);
  -- By id, so that remind writes them in this order with every plan: in the order of expiry, a run
  -- of the benchmark costs 0.6 instead of 0.47 s of CPU.
  v_due := array(
    select i.id
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where i.id = any (v_invite_ids) and private.is_open(n.status, n.deadline)
      and coalesce(n.deadline, i.expires_at) >= i.expires_at
      and private.may_remind(i.queued_at, i.reminded_at, i.expires_at, distance)
    order by i.id);
  -- The others; remind marks those that are due. (By set: to compare 10,000 with 10,000 one by one
  -- takes 130 ms.)
  update public.interview_invites i set reminded_for = remind_of_expiry.distance
    where i.id = any (array(select unnest(v_invite_ids) except select unnest(v_due)));
  return query
    select cardinality(v_invite_ids), private.remind('interview_reminder', v_due, distance);
end
$$;
comment on function private.remind_of_expiry(interval, integer) is
  'Queues the reminders of invites that expire within the distance; reads up to at_most invites.';

create or replace function private.due_before_deadline(interview_id uuid, distance interval)
  returns setof uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return query
    select i.id
    from public.interviews n
    join public.interview_invites i on i.interview_id = n.id
    where n.id = due_before_deadline.interview_id and i.status = 'pending'
      and private.is_open(n.status, n.deadline) and i.expires_at >= n.deadline
      and private.may_remind(i.queued_at, i.reminded_at, n.deadline, distance)
    union all
    select p.id
    from public.interviews n
    join public.interview_participants p
      on p.recruiter_id = n.recruiter_id and p.interview_id = n.id
    where n.id = due_before_deadline.interview_id and p.status = 'active'
      and private.may_remind(p.joined_at, p.reminded_at, n.deadline, distance);
end
$$;
comment on function private.due_before_deadline(uuid, interval) is
  'The invites and participants that are to be reminded of an interview''s deadline, at this '
  'distance.';

create or replace function private.remind_of_deadline(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
  v_due uuid[];
  v_left integer := remind_of_deadline.at_most;
  v_queued integer := 0;
begin
  for v_interview_id in
    with recursive marks (mark) as (
      select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
      where n.deadline is not null
        and coalesce(n.reminded_for, '1000 years') > remind_of_deadline.distance
      union all
      select (select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
              where n.deadline is not null and coalesce(n.reminded_for, '1000 years') > m.mark)
      from marks m where m.mark is not null
    )
    select n.id
    from marks
    join public.interviews n on coalesce(n.reminded_for, '1000 years') = marks.mark
    where n.status <> 'completed'
      and n.deadline > now() and n.deadline <= now() + remind_of_deadline.distance
    order by n.deadline limit 1000
    for no key update of n skip locked
  loop
    v_due := array(
      select due from private.due_before_deadline(v_interview_id, distance) as due limit v_left);
    v_due := array(
      select p.id from public.interview_participants p where p.id = any (v_due)
      for no key update skip locked) || array(
      select i.id from public.interview_invites i where i.id = any (v_due)
      for no key update skip locked);
    v_queued := v_queued + private.remind('interview_reminder', v_due, distance);
    v_left := v_left - cardinality(v_due);
    exit when v_left <= 0;  -- the next run continues
    -- Not finished while rows that are due are locked.
    update public.interviews n set reminded_for = distance
      where n.id = v_interview_id
        and not exists (select from private.due_before_deadline(n.id, distance));
  end loop;
  return query select at_most - v_left, v_queued;
end
$$;
comment on function private.remind_of_deadline(interval, integer) is
  'Queues up to at_most reminders of interviews whose deadline is within the distance; 1,000 '
  'interviews per call.';

create or replace function private.queue_reminders()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_distance interval;
  v_done record;
  v_left integer := 10000;
  v_queued integer := 0;
begin
  for v_distance in
    select d from private.settings s, unnest(s.reminder_distances) as d order by d
  loop
    for v_done in
      select * from private.remind_of_expiry(v_distance, v_left)
      union all
      select * from private.remind_of_deadline(v_distance, v_left)
    loop
      v_left := greatest(v_left - v_done.looked_at, 0);
      v_queued := v_queued + v_done.queued;
    end loop;
  end loop;
  return v_queued;
end
$$;
comment on function private.queue_reminders() is
  'Queues reminders that are due, about 10,000 per call; returns how many.';

-- An invite that is not pending can never be redeemed, so no participation is added meanwhile.
create or replace function private.expire_invites()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_cutoff timestamptz := now() - (select s.invites_kept_for from private.settings s);
  v_invite_ids uuid[];
  v_participant_ids uuid[];
  v_deleted integer;
begin
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.status <> 'pending'
      and coalesce(i.completed_at, i.accepted_at, i.expires_at) <= v_cutoff
    order by coalesce(i.completed_at, i.accepted_at, i.expires_at) limit 2000);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.invite_id = any (v_invite_ids)
    order by p.id for update skip locked);
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.id = any (v_invite_ids)
      and not exists (
        select from public.interview_participants p
        where p.invite_id = i.id and p.id <> all (v_participant_ids))
    order by i.id for update skip locked);
  delete from public.interview_participants p
    where p.id = any (v_participant_ids) and p.invite_id = any (v_invite_ids);
  delete from public.interview_invites i where i.id = any (v_invite_ids);
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function private.expire_invites() is
  'Deletes invites that have been kept for invites_kept_for, with the participations and responses '
  'that hang on them; 2,000 per call. Returns how many invites.';

create or replace function private.prune_jobs()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_old bigint[];
  v_pruned integer;
begin
  v_old := array(
    select old.id from private.jobs old
    where old.failed_at < now() - (select s.outbox_kept_for from private.settings s)
    union all
    select old.id from private.jobs old
    where old.kind = 'candidate_invitation' and old.failed_at is null
      and old.done_at < now() - interval '10 minutes'
    union all
    select old.id from private.jobs old
    where old.kind = any (private.notice_kinds())
      and old.failed_at is null and old.done_at < now() - interval '1 hour');
  delete from private.jobs j
    where j.id = any (array(
      select old.id from private.jobs old
      where old.id = any (v_old) and (old.failed_at is not null or old.done_at is not null)
      for update skip locked));  -- somebody may be sending a failed one again
  get diagnostics v_pruned = row_count;
  return v_pruned;
end
$$;
comment on function private.prune_jobs() is
  'Deletes failed jobs that were kept for outbox_kept_for, and settled ones that were kept against '
  'duplicates. Returns how many.';

-- For the worker and pg_cron. Definer, because it writes tables that its callers may not. It locks
-- rows of many recruiters until it ends, so that no step may wait for what one of them holds.
create or replace function public.run_maintenance()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_expired integer;
  v_reminders integer;
  v_pruned integer;
  v_submitted integer;
  v_responses_expired integer;
  v_invites_expired integer;
  v_swept integer;
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
  v_reminders := private.queue_reminders() + private.remind_of_submitting();
  v_submitted := private.submit_late_responses();
  v_responses_expired := private.expire_responses();
  v_invites_expired := private.expire_invites();
  v_swept := private.sweep_storage();
  perform private.tell_what_was_settled();
  perform private.tell_of_failures();
  perform private.queue_digests();
  v_pruned := private.prune_jobs();
  delete from private.job_workers w where w.seen_at < now() - interval '1 day';
  delete from private.invite_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.backend_invites b where b.day < (now() at time zone 'utc')::date;
  delete from private.reminder_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.storage_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.analysis_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.changes c where c.at < now() - interval '1 hour';
  delete from private.access_log l
    where l.at < now() - (select s.access_log_kept_for from private.settings s);
  return jsonb_build_object(
    'expired', v_expired, 'reminders', v_reminders, 'pruned', v_pruned,
    'submitted', v_submitted, 'responses_expired', v_responses_expired,
    'invites_expired', v_invites_expired, 'swept', v_swept);
end
$$;
comment on function public.run_maintenance() is
  'Expires overdue invites and queues reminders (10,000 of each per call), submits and deletes '
  'responses and invites whose time is over, prunes old jobs and counts. One call runs at a time; '
  'others return skipped. Returns expired, reminders, pruned, submitted, responses_expired, '
  'invites_expired, swept.';

-- With pg_cron, maintenance also runs without a worker.
do $$
begin
  if exists (select from pg_catalog.pg_extension e where e.extname = 'pg_cron') then
    execute $sql$
      select cron.schedule(
        'interviews-maintenance', '* * * * *', 'select public.run_maintenance()') $sql$;
  end if;
end
$$;
