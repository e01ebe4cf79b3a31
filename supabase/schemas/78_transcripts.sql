-- Transcripts: what people do with them.

-- For recruiters. Definer, because they may write neither analyses nor jobs.
create or replace function public.analyze_again(response_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
  v_status text;
begin
  perform private.caller_id();
  select p.* into v_participant
    from public.interview_participants p
    where p.id = (
        select r.participant_id from public.interview_responses r
        where r.id = analyze_again.response_id)
      and p.recruiter_id = (select auth.uid())
    for no key update;
  -- Read again: the candidate may have deleted it during the wait.
  if v_participant.id is null or not exists (
    select from public.interview_responses r
    where r.id = analyze_again.response_id and r.kind <> 'text' and r.submitted_at is not null
  ) then
    perform private.refuse('response_not_found');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and n.analysis = 'off'
  ) then
    perform private.refuse('analysis_off');
  elsif not v_participant.consents_to_analysis then
    perform private.refuse('no_analysis_consent');
  end if;
  -- Locked, so that no worker claims or settles it meanwhile.
  select a.status into v_status
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript'
    for no key update;
  if v_status in ('queued', 'running') then
    perform private.refuse('analysis_in_progress');
  end if;
  perform private.queue_analyses(array[analyze_again.response_id], 'transcript');
  return (
    select jsonb_build_object('response_id', a.response_id, 'status', a.status)
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript');
end
$$;
comment on function public.analyze_again(uuid) is
  'Makes a new transcript of a submitted recording; the old one goes at once, the candidate''s '
  'correction stays. Returns response_id and status. Raises response_not_found, analysis_off, '
  'no_analysis_consent, analysis_in_progress.';

-- Definer, like its caller: jobs are private.
create or replace function private.worker_state(kind text)
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (
      select from private.job_kinds k
      where k.kind = worker_state.kind and k.paused_until > now()) then 'paused'
    when exists (
      select from private.job_workers w
      where w.kind = worker_state.kind and w.seen_at > now() - interval '60 seconds')
      then 'working'
    else 'stopped'
  end
$$;
comment on function private.worker_state(text) is
  'working; paused; stopped, because no worker for this kind was seen in the last minute.';

-- For screens, which say why there is no result yet. Definer: jobs are private.
create or replace function public.analysis_state(interview_id uuid default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_counts jsonb;
  v_analysis text := (
    select n.analysis from public.interviews n
    where n.id = analysis_state.interview_id and n.recruiter_id = v_caller_id);
begin
  if v_analysis is not null then
    select jsonb_object_agg(step.name || 's', (
        select jsonb_object_agg(state.name, (
          select count(*) from public.response_analyses a
          where a.interview_id = analysis_state.interview_id
            and a.step = step.name and a.status = state.name))
        from unnest('{queued,running,done,failed,skipped}'::text[]) as state (name)))
      into v_counts
      from unnest('{check,transcript}'::text[]) as step (name);
  end if;
  return jsonb_build_object(
    'check', private.worker_state('response_check'),
    'transcript', private.worker_state('response_transcript'),
    'analysis', v_analysis, 'checks', v_counts -> 'checks',
    'transcripts', v_counts -> 'transcripts');
end
$$;
comment on function public.analysis_state(uuid) is
  'Whether recordings are being analysed: check and transcript, each working, paused or stopped '
  '(no worker was seen in the last minute); of an own interview also analysis, and checks and '
  'transcripts, how many are queued, running, done, failed and skipped.';
