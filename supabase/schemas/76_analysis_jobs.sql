-- Jobs of analyses: when recordings are checked and transcribed, and when not.

-- ---- queueing -----------------------------------------------------------------------------------

-- The callers hold the participant's lock, so that consent does not change meanwhile. Reads the
-- interview without a lock, because candidates may not hold one: follow_analysis_setting waits for
-- them instead. Definer, because callers may write neither analyses nor jobs.
create or replace function private.queue_analyses(response_ids uuid[], step text)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  with wanted as materialized (
    select r.id, n.language,
           r.size_bytes > (select s.analysis_max_bytes from private.settings s) as is_too_large
    from public.interview_responses r
    join public.interviews n on n.id = r.interview_id
    join public.interview_participants p on p.id = r.participant_id
    where r.id = any (queue_analyses.response_ids)
      and private.is_analysed(queue_analyses.step, n, p, r)
  ), queued as (
    insert into public.response_analyses as a
        (response_id, step, language, status, problem, finished_at)
      select w.id, queue_analyses.step, w.language,
             case when w.is_too_large then 'skipped' else 'queued' end,
             case when w.is_too_large then 'too_large' end,
             case when w.is_too_large then now() end
      from wanted w order by w.id
      on conflict on constraint response_analyses_pkey do update
        set status = excluded.status, problem = excluded.problem, language = excluded.language,
            seconds = null, picture_seconds = null, flags = '{}', transcript = null, words = null,
            engine = null, model = null, version = null, digest = null,
            queued_at = now(), started_at = null, finished_at = excluded.finished_at
      returning a.response_id, a.recruiter_id, a.status
  )
  insert into private.jobs as j (kind, lane, subject)
    select 'response_' || queue_analyses.step, q.recruiter_id, q.response_id
    from queued q where q.status = 'queued' order by q.response_id
    on conflict on constraint jobs_subject_key do update
      set lane = excluded.lane, due_at = now(), queued_at = now(), attempts = 0, lease_token = null,
          failed_at = null, last_error = null;
end
$$;
comment on function private.queue_analyses(uuid[], text) is
  'Queues a step for those of these recordings that may be analysed; forgets an earlier result, '
  'but not the candidate''s correction.';

-- Definer, like queue_analyses.
create or replace function private.follow_recording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'uploaded' then
    perform private.queue_analyses(array[new.id], 'check');
  else
    delete from public.response_analyses a where a.response_id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_recording() is
  'After a recording was uploaded: queues its check; once it is discarded: deletes its analyses.';

create or replace trigger _500_follow_recording
  after update of status on public.interview_responses
  for each row when (new.kind <> 'text' and new.status <> old.status)
  execute function private.follow_recording();

create or replace function private.queue_transcripts(participant_ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  perform private.queue_analyses(array(
    select r.id from public.interview_responses r
    where r.participant_id = any (queue_transcripts.participant_ids)), 'transcript');
end
$$;
comment on function private.queue_transcripts(uuid[]) is
  'Queues the transcripts of what these participants have submitted.';

-- After close_responses, which submits the responses. Definer, like queue_analyses.
create or replace function private.follow_consent()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.consents_to_analysis then
    perform private.queue_transcripts(array[new.id]);
  else
    delete from public.response_analyses a where a.participant_id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_consent() is
  'When a participant completes, or consents to analysis: queues the transcripts of their '
  'responses; when they withdraw that consent: deletes their analyses.';

create or replace trigger _700_follow_consent_when_completing
  after update of status on public.interview_participants
  for each row when (
    new.status = 'completed' and old.status <> 'completed' and new.consents_to_analysis)
  execute function private.follow_consent();
create or replace trigger _800_follow_consent
  after update of consents_to_analysis on public.interview_participants
  for each row when (new.consents_to_analysis <> old.consents_to_analysis)
  execute function private.follow_consent();

-- Locks the participants, so that it sees what they are just uploading or submitting, and they see
-- the new setting. Definer, because the recruiter may not write what is below.
create or replace function private.follow_analysis_setting()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant_ids uuid[] := array(
    select p.id from public.interview_participants p
    where p.interview_id = new.id
    order by p.id for no key update);
begin
  if new.analysis = 'off' then
    delete from public.response_analyses a where a.interview_id = new.id;
  else
    perform private.queue_transcripts(v_participant_ids);
  end if;
  return null;
end
$$;
comment on function private.follow_analysis_setting() is
  'When analysis is turned off: deletes the analyses of the interview; when it is turned on: '
  'queues the transcripts of what was submitted with consent.';

create or replace trigger _400_follow_analysis_setting
  after update of analysis on public.interviews
  for each row when (new.analysis <> old.analysis)
  execute function private.follow_analysis_setting();

-- However an analysis goes, a worker that is doing it finds no job with its token. Definer, because
-- callers may not write jobs.
create or replace function private.drop_analysis_job()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  delete from private.jobs j
    where j.kind = 'response_' || old.step and j.subject = old.response_id;
  return null;
end
$$;
comment on function private.drop_analysis_job() is
  'After an analysis was deleted: deletes its job.';

create or replace trigger _400_drop_analysis_job
  after delete on public.response_analyses
  for each row execute function private.drop_analysis_job();

-- ---- claiming -----------------------------------------------------------------------------------

-- Called by claim_jobs with jobs that it has locked. Waits for no analysis: one that is deleted is
-- locked before its job.
create or replace function private.admit_analyses(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_held bigint[] := private.give_up_analyses(admit_analyses.job_ids)
    || private.put_off_transcripts(admit_analyses.job_ids);
  v_admitted bigint[] := array(
    select unnest(admit_analyses.job_ids) except select unnest(v_held));
begin
  update public.response_analyses a
    set status = 'running', started_at = coalesce(a.started_at, now())
    from (
      select free.response_id, free.step
      from private.jobs j
      cross join lateral (
        select waiting.response_id, waiting.step from public.response_analyses waiting
        where waiting.response_id = j.subject and waiting.step = substr(j.kind, 10)
        for no key update skip locked
      ) as free
      where j.id = any (v_admitted) and j.kind = any (private.analysis_kinds())
    ) as free
    where a.response_id = free.response_id and a.step = free.step;
  return v_admitted;
end
$$;
comment on function private.admit_analyses(bigint[]) is
  'Which of these jobs may be leased now: not those on which three workers died, nor transcripts '
  'over the recruiter''s minutes of the day. Marks their analyses as running.';

create or replace function private.give_up_analyses(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  -- A job that was settled or released has no token.
  v_dead bigint[] := array(
    select j.id from private.jobs j
    where j.id = any (give_up_analyses.job_ids) and j.kind = any (private.analysis_kinds())
      and j.attempts >= 3 and j.lease_token is not null);
  v_told bigint[] := array(
    select private.tell_analyses(
      v_dead, array_fill('failed'::text, array[cardinality(v_dead)]),
      array_fill('{"problem": "gave_up"}'::jsonb, array[cardinality(v_dead)])));
begin
  perform private.count_outcomes(array_agg(j.kind), array_agg('failed'::text))
    from private.jobs j where j.id = any (v_told);
  update private.jobs j
    set failed_at = now(), lease_token = null, last_error = 'gave_up'
    where j.id = any (v_told);
  -- Those whose analysis is locked do not block others.
  update private.jobs j set due_at = now() + interval '10 seconds'
    where j.id = any (v_dead) and j.id <> all (v_told);
  return v_dead;
end
$$;
comment on function private.give_up_analyses(bigint[]) is
  'Fails those of these jobs that three workers have claimed without ever settling them, and '
  'returns them.';

-- Counts a recording once, when it is given out first: by the length that its check has found, or
-- else the longest that it may have. Each consent makes all transcripts of a candidate again, and
-- withdrawing it must always be possible: so who has consented more than three times in a day
-- waits, or else one candidate could use up the minutes of all.
create or replace function private.put_off_transcripts(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_limit integer := (select s.analysis_minutes_per_day * 60 from private.settings s);
  v_over bigint[];
begin
  with asked as materialized (
    select j.id, a.recruiter_id, a.is_once_more, coalesce(c.seconds, 0) as used,
           case when a.is_once_more then 0 else a.seconds end as seconds
    from private.jobs j
    cross join lateral (
      select a.recruiter_id, coalesce(k.seconds, private.recording_seconds(a.response_id), 0)
               as seconds, (
               select count(*) > 3 from private.consents given
               where given.participant_id = a.participant_id and given.analysis
                 and given.given_at > now() - interval '1 day') as is_once_more
      from public.response_analyses a
      left join public.response_analyses k
        on k.response_id = a.response_id and k.step = 'check'
      where a.response_id = j.subject and a.step = 'transcript' and a.started_at is null
      offset 0
    ) as a
    left join lateral (
      select c.seconds from private.analysis_counts c
      where c.recruiter_id = a.recruiter_id and c.day = v_today
      offset 0
    ) as c on true
    where j.id = any (put_off_transcripts.job_ids) and j.kind = 'response_transcript'
  ), summed as materialized (
    select a.id, a.recruiter_id, a.seconds,
           a.is_once_more
           or a.used + sum(a.seconds) over (partition by a.recruiter_id order by a.id) - a.seconds
             >= v_limit as is_over
    from asked a
  ), counted as (
    insert into private.analysis_counts as c (recruiter_id, day, seconds)
      select s.recruiter_id, v_today, sum(s.seconds) from summed s where not s.is_over
      group by s.recruiter_id order by s.recruiter_id
      on conflict (recruiter_id, day) do update set seconds = c.seconds + excluded.seconds
  )
  select coalesce(array_agg(s.id) filter (where s.is_over), '{}') into v_over from summed s;
  update private.jobs j set due_at = (v_today + 1)::timestamp at time zone 'utc'
    where j.id = any (v_over);
  return v_over;
end
$$;
comment on function private.put_off_transcripts(bigint[]) is
  'Puts those of these transcripts off until the next day (UTC) that are over the minutes of their '
  'recruiter, or of candidates who have consented again and again, and returns them; counts the '
  'others.';
