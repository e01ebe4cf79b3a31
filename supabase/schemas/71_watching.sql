-- Watching: how operators and the service pause, monitor and retry jobs. Definer: jobs are private.

create or replace function public.pause_jobs(kinds text[], reason text, seconds integer)
  returns void
  language sql volatile security definer set search_path = ''
as $$
  insert into private.job_kinds as k (kind, paused_until, paused_reason)
  select distinct kind, now() + make_interval(secs => pause_jobs.seconds),
         left(pause_jobs.reason, 1000)
  from unnest(pause_jobs.kinds) as kind order by kind
  on conflict (kind) do update
    set paused_until = excluded.paused_until, paused_reason = excluded.paused_reason
$$;
comment on function public.pause_jobs(text[], text, integer) is
  'Stops claiming of these kinds for some seconds; all jobs are kept.';

create or replace function public.resume_jobs(kinds text[])
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.job_kinds k set paused_until = null, paused_reason = null
  where k.kind = any (resume_jobs.kinds)
$$;
comment on function public.resume_jobs(text[]) is 'Ends a pause of these kinds.';

create or replace function public.jobs_status(kinds text[])
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queued', waiting.jobs,
    'oldest_seconds', waiting.oldest_seconds,
    'late_seconds', waiting.late_seconds,
    'accepted', coalesce(k.accepted, 0),
    'failed', coalesce(k.failed, 0),
    'retried', coalesce(k.retried, 0),
    'paused_until', k.paused_until,
    'paused_reason', case when k.paused_until is not null then k.paused_reason end,
    'workers', w.workers,
    'last_seen_seconds', w.last_seen_seconds)
  from (
    select count(*) as jobs,
           extract(epoch from now() - min(least(j.queued_at, now())))::integer as oldest_seconds,
           greatest(extract(epoch from now() - min(greatest(j.due_at, j.queued_at)))::integer, 0)
             as late_seconds
    from private.jobs j
    where j.kind = any (jobs_status.kinds) and j.failed_at is null and j.done_at is null
  ) as waiting
  cross join (
    select sum(k.accepted)::bigint as accepted, sum(k.failed)::bigint as failed,
           sum(k.retried)::bigint as retried,
           max(k.paused_until) filter (where k.paused_until > now()) as paused_until,
           max(k.paused_reason) filter (where k.paused_until > now()) as paused_reason
    from private.job_kinds k where k.kind = any (jobs_status.kinds)
  ) as k
  cross join (
    select count(distinct w.worker) filter (where w.seen_at > now() - interval '60 seconds')
             as workers,
           extract(epoch from now() - max(w.seen_at))::integer as last_seen_seconds
    from private.job_workers w where w.kind = any (jobs_status.kinds)
  ) as w
$$;
comment on function public.jobs_status(text[]) is
  'For these kinds: queued, oldest_seconds (since it was queued), late_seconds (since the first '
  'became due without being claimed), accepted, failed, retried (attempts, in total), '
  'paused_until, paused_reason, workers (seen in the last minute), last_seen_seconds.';

create or replace function public.retry_jobs(kinds text[], failed_since timestamptz)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_retried bigint[];
begin
  -- Locks invites and analyses before jobs (see hold_interview).
  perform from public.interview_invites i
    where i.id in (
      select j.subject from private.jobs j
      where j.kind = any (retry_jobs.kinds) and j.failed_at >= retry_jobs.failed_since)
    order by i.id
    for no key update;
  perform from public.response_analyses a
    where a.response_id in (
      select j.subject from private.jobs j
      where j.kind = any (retry_jobs.kinds) and j.kind = any (private.analysis_kinds())
        and j.failed_at >= retry_jobs.failed_since)
    order by a.response_id, a.step
    for no key update;
  with again as (
    update private.jobs j
    set failed_at = null, done_at = null, due_at = now(), queued_at = now(), attempts = 0
    where j.kind = any (retry_jobs.kinds) and j.failed_at >= retry_jobs.failed_since
    returning j.id
  )
  select array_agg(a.id) into v_retried from again a;
  update public.interview_invites i
    set delivery_status = 'queued', delivery_error = null
    from private.jobs j
    where j.id = any (v_retried) and j.kind = 'interview_invitation' and i.id = j.subject;
  perform private.tell_analyses(
      array_agg(j.id), array_agg('retry'::text), array_agg('{}'::jsonb))
    from private.jobs j
    where j.id = any (v_retried) and j.kind = any (private.analysis_kinds());
  return jsonb_build_object('retried', coalesce(cardinality(v_retried), 0));
end
$$;
comment on function public.retry_jobs(text[], timestamptz) is
  'Queues jobs again that failed since a time; unwanted ones are dropped when claimed. Returns '
  'retried, a count.';
