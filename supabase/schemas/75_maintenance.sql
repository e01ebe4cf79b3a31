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
             -- At least a day apart, or moving the deadline again and again would send one each
             -- time. (An hour less, because runs are not exact to the second.)
             and may_remind.reminded_at <= now() - interval '23 hours'));
end
$$;
comment on function private.may_remind(timestamptz, timestamptz, timestamptz, interval) is
  'Whether to remind a person of target: not if they were invited (since) less than one distance '
  'before the reminder, or were already reminded of it. Invites of the first version, which were '
  'never queued, get none.';

create or replace function private.queue_reminder_jobs(
  recruiter_ids uuid[], subjects uuid[], distance interval
)
  returns void
  language sql volatile set search_path = ''
as $$
  insert into private.jobs as j (kind, lane, subject, data)
  select 'interview_reminder', r.lane, r.subject, jsonb_build_object('distance', distance)
  from unnest(recruiter_ids, subjects) as r (lane, subject)
  on conflict (kind, subject, key) do update
    set queued_at = now(), due_at = now(), attempts = 0, failed_at = null, done_at = null,
        data = excluded.data
    where j.lease_token is null
$$;
comment on function private.queue_reminder_jobs(uuid[], uuid[], interval) is
  'Queues one reminder for each of these invites or participants.';

create or replace function private.remind_of_expiry(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
  v_lanes uuid[];
  v_subjects uuid[];
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
  with looked_at as (
    update public.interview_invites i
    set reminded_for = remind_of_expiry.distance,
        reminded_at = case
          when private.is_open(n.status, n.deadline)
            and coalesce(n.deadline, i.expires_at) >= i.expires_at
            and private.may_remind(i.queued_at, i.reminded_at, i.expires_at, distance)
            then now()
          else i.reminded_at
        end
    from public.interviews n
    where i.id = any (v_invite_ids) and n.id = i.interview_id
    returning i.id, i.recruiter_id, i.reminded_at
  )
  select array_agg(l.recruiter_id), array_agg(l.id) into v_lanes, v_subjects
    from looked_at l where l.reminded_at = now();
  perform private.queue_reminder_jobs(v_lanes, v_subjects, distance);
  return query select cardinality(v_invite_ids), coalesce(cardinality(v_subjects), 0);
end
$$;
comment on function private.remind_of_expiry(interval, integer) is
  'Queues the reminders of invites that expire within the distance; reads up to at_most invites.';

-- (Long, because each interview is finished before the next: invites, participants, locked rows.)
create or replace function private.remind_of_deadline(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview record;
  v_lanes uuid[];
  v_invite_ids uuid[];
  v_participant_ids uuid[];
  v_left integer := remind_of_deadline.at_most;
  v_queued integer := 0;
begin
  for v_interview in
    with recursive marks (mark) as (
      select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
      where n.deadline is not null
        and coalesce(n.reminded_for, '1000 years') > remind_of_deadline.distance
      union all
      select (select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
              where n.deadline is not null and coalesce(n.reminded_for, '1000 years') > m.mark)
      from marks m where m.mark is not null
    )
    select n.id, n.recruiter_id, n.deadline, private.is_open(n.status, n.deadline) as is_open
    from marks
    join public.interviews n on coalesce(n.reminded_for, '1000 years') = marks.mark
    where n.status <> 'completed'
      and n.deadline > now() and n.deadline <= now() + remind_of_deadline.distance
    order by n.deadline limit 1000
    for no key update of n skip locked
  loop
    v_invite_ids := array(
      select i.id from public.interview_invites i
      where i.interview_id = v_interview.id and i.status = 'pending' and v_interview.is_open
        and i.expires_at >= v_interview.deadline
        and private.may_remind(i.queued_at, i.reminded_at, v_interview.deadline, distance)
      limit v_left
      for no key update skip locked);
    update public.interview_invites i set reminded_at = now() where i.id = any (v_invite_ids);
    v_participant_ids := array(
      select p.id from public.interview_participants p
      where p.recruiter_id = v_interview.recruiter_id and p.interview_id = v_interview.id
        and p.status = 'active'
        and private.may_remind(p.joined_at, p.reminded_at, v_interview.deadline, distance)
      limit v_left - cardinality(v_invite_ids)
      for no key update skip locked);
    update public.interview_participants p set reminded_at = now()
      where p.id = any (v_participant_ids);
    v_lanes := array_fill(v_interview.recruiter_id,
      array[cardinality(v_invite_ids) + cardinality(v_participant_ids)]);
    perform private.queue_reminder_jobs(v_lanes, v_invite_ids || v_participant_ids, distance);
    v_left := v_left - cardinality(v_lanes);
    v_queued := v_queued + cardinality(v_lanes);
    exit when v_left <= 0;  -- the next run continues
    -- Not finished while rows that are due are locked.
    update public.interviews n set reminded_for = distance
      where n.id = v_interview.id
        and not exists (
          select from public.interview_invites i
          where i.interview_id = n.id and i.status = 'pending' and v_interview.is_open
            and i.expires_at >= n.deadline
            and private.may_remind(i.queued_at, i.reminded_at, n.deadline, distance))
        and not exists (
          select from public.interview_participants p
          where p.recruiter_id = n.recruiter_id and p.interview_id = n.id and p.status = 'active'
            and private.may_remind(p.joined_at, p.reminded_at, n.deadline, distance));
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

-- For the worker and pg_cron. Definer, because it writes tables that its callers may not.
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
  v_swept := private.sweep_storage();
  perform private.tell_what_was_settled();
  delete from private.jobs j
    where j.id in (
      select old.id from private.jobs old
      where old.failed_at < now() - (select s.outbox_kept_for from private.settings s)
      union all
      select old.id from private.jobs old
      where old.kind = 'candidate_invitation' and old.failed_at is null
        and old.done_at < now() - interval '10 minutes');
  get diagnostics v_pruned = row_count;
  delete from private.job_workers w where w.seen_at < now() - interval '1 day';
  delete from private.invite_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.storage_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.access_log l
    where l.at < now() - (select s.access_log_kept_for from private.settings s);
  return jsonb_build_object(
    'expired', v_expired, 'reminders', v_reminders, 'pruned', v_pruned,
    'submitted', v_submitted, 'responses_expired', v_responses_expired, 'swept', v_swept);
end
$$;
comment on function public.run_maintenance() is
  'Expires overdue invites and queues reminders (10,000 of each per call), submits and deletes '
  'responses whose time is over, prunes old jobs and counts. One call runs at a time; others '
  'return skipped. Returns expired, reminders, pruned, submitted, responses_expired, swept.';

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
