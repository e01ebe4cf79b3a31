-- Jobs: work outside the database. Each is queued in the transaction that needs it, claimed under a
-- lease with a token, done outside any transaction, and settled with that token. It refers to a row
-- by id: what to send is read when it is claimed.

create table if not exists private.jobs (
  id bigint generated always as identity primary key,
  kind text collate "C" not null,
  lane uuid not null default '00000000-0000-0000-0000-000000000000',
  subject uuid not null,
  key text collate "C" not null default '',
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_token uuid,
  queued_at timestamptz not null default now(),
  failed_at timestamptz,
  done_at timestamptz,
  last_error text,
  data jsonb,
  constraint jobs_kind_check check (
    kind in ('interview_invitation', 'candidate_invitation', 'interview_reminder',
             'submission_reminder', 'submission_receipt', 'candidate_completed',
             'renewal_requested', 'delivery_failed', 'daily_digest', 'reviewer_invitation',
             'response_removal', 'response_check', 'response_transcript')),
  constraint jobs_subject_key unique (kind, subject, key)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index if not exists jobs_waiting_idx on private.jobs (kind, lane, due_at)
  where failed_at is null and done_at is null;
create index if not exists jobs_done_at_idx on private.jobs (kind, done_at)
  where done_at is not null;
create index if not exists jobs_failed_at_idx on private.jobs (failed_at)
  where failed_at is not null;

create or replace function private.notice_kinds()
  returns text[]
  language sql immutable set search_path = ''
  return array['candidate_completed', 'renewal_requested', 'delivery_failed'];
comment on function private.notice_kinds() is
  'The kinds of emails that tell recruiters what has happened in their interviews.';

create or replace function private.analysis_kinds()
  returns text[]
  language sql immutable set search_path = ''
  return array['response_check', 'response_transcript'];
comment on function private.analysis_kinds() is
  'The kinds of jobs that are steps of analyses: response_ and the name of the step.';

comment on table private.jobs is
  'Work to do outside the database. Settled jobs are deleted; failed ones are kept for a retry.';
comment on column private.jobs.lane is
  'The recruiter for whom it is done; zero for the service. Claims take a share of each lane.';
comment on column private.jobs.subject is
  'The row it is about, without a foreign key: a job whose subject is gone is dropped when '
  'claimed.';
comment on column private.jobs.key is 'Tells apart jobs of the same kind and subject.';
comment on column private.jobs.due_at is
  'Earliest time to claim it; -infinity puts it at the head of its lane. A claim sets it to the '
  'end of the lease, so that the job comes back if the worker dies.';
comment on column private.jobs.attempts is 'How often it was claimed and not released.';
comment on column private.jobs.lease_token is
  'Held by the worker that claimed it last; needed to settle it.';
comment on column private.jobs.done_at is
  'When it was settled, if its subject is yet to be updated, or if it is kept against duplicates.';

create table if not exists private.job_kinds (
  kind text primary key check (length(kind) <= 100),
  paused_until timestamptz,
  paused_reason text,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  retried bigint not null default 0
);
comment on table private.job_kinds is
  'Per kind of job: until when it is paused and why; the total of attempts per outcome.';

create table if not exists private.job_workers (
  worker text,
  kind text check (length(kind) <= 100),
  seen_at timestamptz not null default now(),
  primary key (worker, kind)
);
comment on table private.job_workers is
  'Heartbeats: when each worker last asked for jobs of each kind.';

-- ---- claiming -----------------------------------------------------------------------------------

-- The table is empty at one moment and holds 10,000 jobs at the next, so its statistics are always
-- wrong. With a plan made for an empty table, claiming and settling one of 10,000 jobs costs 600 to
-- 1,900 µs of CPU instead of 85. So the functions for workers `set enable_seqscan = off`, and all
-- statements look up jobs by `= any (array(…))` or in a lateral subquery, never by a join.
-- claim_jobs also forces generic plans: to plan every call again took 1 of 2 ms for a few jobs.

-- Claiming in order of age would serve those who queued most. So this walks the lanes of each kind
-- from a random one on, each step one look-up in jobs_waiting_idx for the next lane's first job,
-- until `batch` lanes have something due; then each lane gives the same share. It may return fewer
-- than `batch` jobs although more are due, but none only if nothing is due.
create or replace function private.lock_due_jobs(kinds text[], batch integer)
  returns bigint[]
  language plpgsql volatile set search_path = ''
as $$
begin
  return array(
    with recursive walk as (
      select k.kind, k.start, first.lane, first.due_at
      from (select kind, gen_random_uuid() as start from unnest(lock_due_jobs.kinds) as kind) as k
      cross join lateral private.next_lane(k.kind, k.start, k.start) as first
      union all
      select w.kind, w.start, next.lane, next.due_at
      from walk w
      cross join lateral private.next_lane(w.kind, w.start, w.lane) as next
    ), lanes as materialized (
      select w.kind, w.lane from walk w where w.due_at <= now() limit lock_due_jobs.batch
    )
    select job.id
    from lanes
    cross join lateral (
      select j.id
      from private.jobs j
      where j.kind = lanes.kind and j.lane = lanes.lane and j.due_at <= now()
        and j.failed_at is null and j.done_at is null
      order by j.due_at
      limit ceil(lock_due_jobs.batch::numeric / (select count(*) from lanes))
      for update skip locked
    ) as job
    limit lock_due_jobs.batch);
end
$$;
comment on function private.lock_due_jobs(text[], integer) is
  'Locks up to batch due jobs of these kinds, an equal share of each lane.';

create or replace function private.next_lane(kind text, start uuid, after uuid)
  returns table (lane uuid, due_at timestamptz)
  language plpgsql stable rows 1 set search_path = ''
as $$
#variable_conflict use_column
declare
  v_end uuid := case
    when after < start then start else 'ffffffff-ffff-ffff-ffff-ffffffffffff' end;
begin
  return query
    select j.lane, j.due_at from private.jobs j
    where j.kind = next_lane.kind and j.lane > next_lane.after and j.lane < v_end
      and j.failed_at is null and j.done_at is null
    order by j.lane, j.due_at limit 1;
  if not found and after >= start then
    return query
      select j.lane, j.due_at from private.jobs j
      where j.kind = next_lane.kind and j.lane < next_lane.start
        and j.failed_at is null and j.done_at is null
      order by j.lane, j.due_at limit 1;
  end if;
end
$$;
comment on function private.next_lane(text, uuid, uuid) is
  'The next lane of a kind with waiting jobs, and when its first is due: from start to the last '
  'lane, then from the first to start.';

create or replace function private.lease_jobs(job_ids bigint[], lease_seconds integer)
  returns json
  language plpgsql volatile set search_path = ''
as $$
declare
  v_token uuid := gen_random_uuid();
  v_secret bytea := (select s.link_secret from private.settings s);
  v_claimed json;
  v_unwanted bigint[];
begin
  with content as materialized (
    select c.* from private.job_contents c where c.job_id = any (lease_jobs.job_ids)
  ), checked as materialized (
    select unnest(array_agg(c.job_id)) as job_id,
           unnest(private.mail_times(
             array_agg(c.kind), array_agg(c.recruiter_id), array_agg(c.email),
             array_agg(c.invited_as), null)) as may_mail_at
    from content c where c.is_wanted and c.is_unsubscribable and not c.is_asked_for
  ), unwanted as materialized (
    select c.job_id from content c where not c.is_wanted
    union all
    select checked.job_id from checked where checked.may_mail_at is null
  ), leased as (
    update private.jobs j
    set attempts = j.attempts + 1, lease_token = v_token,
        due_at = now() + make_interval(secs => greatest(coalesce(lease_jobs.lease_seconds, 60), 1))
    where j.id = any (array(
      select c.job_id from content c
      where c.is_wanted and c.job_id not in (select u.job_id from unwanted u)))
    returning j.id, j.kind, j.subject, v_token as lease_token, j.attempts, j.queued_at
  ), claimed as (
    select l.id as job_id, l.kind, l.subject, l.lease_token, l.attempts, l.queued_at,
           c.email, c.invite_code, c.interview_title, c.recruiter_name, c.reply_to,
           c.expires_at, c.deadline, c.answered, c.questions, c.submit_until, c.bucket, c.path,
           c.completed_at, c.kept_until, c.candidate_name, c.interview_id, c.people, c.number,
           c.digest,
           case when c.is_unsubscribable then private.unsubscribe_token(
             v_secret, c.recruiter_id, l.subject, c.email) end as unsubscribe_token,
           c.mime_type, c.size_bytes, c.language, c.max_seconds
    from leased l join content c on c.job_id = l.id
    order by c.due_at, l.id
  )
  select (select coalesce(json_agg(job), '[]') from claimed job),
         array(select u.job_id from unwanted u)
    into v_claimed, v_unwanted;
  perform private.drop_unwanted_jobs(v_unwanted);
  return v_claimed;
end
$$;
comment on function private.lease_jobs(bigint[], integer) is
  'Leases jobs that the caller has locked, under one token, and returns their details; drops those '
  'that are no longer wanted.';

-- For workers, like all public functions of this file. Definer: jobs are private.
create or replace function public.claim_jobs(
  kinds text[], worker text, batch integer default 50, lease_seconds integer default 60
)
  returns json
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_kinds text[];
  v_job_ids bigint[];
  v_claimed json := '[]';
begin
  insert into private.job_workers (worker, kind)
    select left(claim_jobs.worker, 200), kind from unnest(claim_jobs.kinds) as kind order by kind
    on conflict do nothing;
  update private.job_workers w set seen_at = now()
    where w.worker = left(claim_jobs.worker, 200) and w.kind = any (claim_jobs.kinds)
      and w.seen_at < now() - interval '5 seconds';
  v_kinds := array(
    select kind from unnest(claim_jobs.kinds) as kind
    except
    select k.kind from private.job_kinds k where k.paused_until > now());
  -- Tries again if all due jobs were unwanted, but not forever.
  for v_round in 1 .. 20 loop
    v_job_ids := private.lock_due_jobs(
      v_kinds, greatest(least(coalesce(claim_jobs.batch, 50), 1000), 0));
    exit when cardinality(v_job_ids) = 0;
    if v_kinds && private.analysis_kinds() then
      v_job_ids := private.admit_analyses(v_job_ids);
    end if;
    v_claimed := private.lease_jobs(v_job_ids, claim_jobs.lease_seconds);
    exit when v_claimed::text <> '[]';  -- without parsing it
  end loop;
  return v_claimed;
end
$$;
comment on function public.claim_jobs(text[], text, integer, integer) is
  'Leases up to batch due jobs of these kinds to a worker for lease_seconds, and returns them with '
  'their details, the most urgent first; none of a paused kind. An empty result means that nothing '
  'is due (or that 20 batches were unwanted), a short one does not. Also the worker''s heartbeat.';

-- Never waits: a job locked by an inviting transaction keeps its lease as it is.
create or replace function public.renew_jobs(
  lease_token uuid, job_ids bigint[], lease_seconds integer
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  update private.jobs j
    set due_at = now() + make_interval(secs => renew_jobs.lease_seconds)
    where j.id = any (array(
      select held.id from private.jobs held
      where held.id = any (renew_jobs.job_ids) and held.lease_token = renew_jobs.lease_token
      for update skip locked));
  return (
    select coalesce(jsonb_agg(j.id), '[]') from private.jobs j
    where j.id = any (renew_jobs.job_ids) and j.lease_token = renew_jobs.lease_token
      and j.due_at > now());
end
$$;
comment on function public.renew_jobs(uuid, bigint[], integer) is
  'Extends the lease of claimed jobs to lease_seconds from now; returns the ids that the token '
  'still holds.';

-- ---- settling -----------------------------------------------------------------------------------

create or replace function private.read_results(results jsonb)
  returns table (
    job_id bigint, lease_token uuid, outcome text, error text, retry_in integer, result jsonb
  )
  language plpgsql immutable rows 100 set search_path = ''
as $$
begin
  return query
    select distinct on (r.job_id) r.* from jsonb_to_recordset(read_results.results)
      as r (job_id bigint, lease_token uuid, outcome text, error text, retry_in integer,
            result jsonb)
    where r.outcome in ('accepted', 'failed', 'retry', 'released');
end
$$;
comment on function private.read_results(jsonb) is
  'The argument of settle_jobs, one row per job; unknown outcomes are left out.';

-- Never waits: jobs that others have locked are returned as busy, for a retry, and a locked invite
-- is updated later. (One long statement, so that accepted jobs are not updated before they go.)
create or replace function public.settle_jobs(results jsonb)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_kinds text[];
  v_outcomes text[];
  v_busy bigint[] := '{}';
begin
  with held as materialized (
    select j.id, j.kind, j.subject, r.retry_in, r.outcome as reported, r.result,
           coalesce(left(r.error, 1000), j.last_error) as error,
      case
        -- By age, but only after some attempts, or everything would fail after a long pause.
        when r.outcome = 'retry' and j.attempts > 5
          and j.queued_at < now() - (select s.mail_give_up_after from private.settings s)
          then 'failed'
        else r.outcome
      end as outcome
    from private.read_results(settle_jobs.results) as r
    cross join lateral (
      select held.* from private.jobs held
      where held.id = r.job_id and held.lease_token = r.lease_token
      for update skip locked
    ) as j
  ), told as materialized (
    select private.tell_invites(array_agg(h.subject), array_agg(h.outcome), array_agg(h.error))
             as invite_id
    from held h where h.kind = 'interview_invitation' and h.outcome <> 'released'
  ), analysed as materialized (
    select private.tell_analyses(
             array_agg(h.id), array_agg(h.outcome),
             array_agg(private.read_result(h.kind, h.reported, h.outcome, h.result))) as job_id
    from held h where h.kind = any (private.analysis_kinds())
  ), settled as materialized (
    select h.*, h.kind = 'interview_invitation'
             and h.subject not in (select t.invite_id from told t) as is_to_tell,
           h.kind = any (private.notice_kinds() || 'candidate_invitation'::text) as is_kept
    from held h
    where h.kind <> all (private.analysis_kinds()) or h.id in (select a.job_id from analysed a)
  ), deleted as (
    delete from private.jobs j
    where j.id = any (array(
      select s.id from settled s
      where s.outcome = 'accepted' and not s.is_to_tell and not s.is_kept))
  ), kept as (
    update private.jobs j
    set (attempts, lease_token, due_at, failed_at, done_at, last_error) = (
      select j.attempts - (s.outcome = 'released')::integer, null::uuid,
             now() + make_interval(
               secs => case s.outcome when 'retry' then coalesce(s.retry_in, 60) else 0 end),
             case s.outcome when 'failed' then now() end,
             case when s.outcome = 'accepted' or (s.outcome = 'failed' and s.is_to_tell)
                  then now() end,
             s.error
      from settled s where s.id = j.id)
    where j.id = any (array(
      select s.id from settled s
      where s.outcome <> 'accepted' or s.is_to_tell or s.is_kept))
  )
  select array_agg(s.kind), array_agg(s.outcome) into v_kinds, v_outcomes from settled s;
  perform private.count_outcomes(v_kinds, v_outcomes);
  perform private.tell_what_was_settled();
  -- Jobs that still have their token were locked by another transaction.
  if coalesce(cardinality(v_kinds), 0) < jsonb_array_length(settle_jobs.results) then
    v_busy := array(
      select r.job_id from private.read_results(settle_jobs.results) as r
      where exists (
        select from private.jobs j
        where j.id = r.job_id and j.lease_token = r.lease_token
        offset 0));
  end if;
  return jsonb_build_object(
    'settled', coalesce(cardinality(v_kinds), 0), 'busy', to_jsonb(v_busy));
end
$$;
comment on function public.settle_jobs(jsonb) is
  'Settles claimed jobs: objects of job_id, lease_token, outcome (accepted, failed, retry, '
  'released), error, retry_in (seconds) and, of an analysis that was accepted or has failed, its '
  'result. Raises invalid_result, and settles nothing, if a result is not what its kind of job '
  'gives. Jobs whose lease went to another worker are left alone. Returns settled, a count, and '
  'busy, the ids that were locked.';

create or replace function private.count_outcomes(kinds text[], outcomes text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.job_kinds as k (kind, accepted, failed, retried)
    select o.kind, count(*) filter (where o.outcome = 'accepted'),
           count(*) filter (where o.outcome = 'failed'),
           count(*) filter (where o.outcome = 'retry')
    from unnest(count_outcomes.kinds, count_outcomes.outcomes) as o (kind, outcome)
    where o.outcome <> 'released'
    group by o.kind order by o.kind
    on conflict (kind) do update
      set accepted = k.accepted + excluded.accepted, failed = k.failed + excluded.failed,
          retried = k.retried + excluded.retried;
end
$$;
comment on function private.count_outcomes(text[], text[]) is
  'Counts the outcomes of each kind, for monitoring.';
