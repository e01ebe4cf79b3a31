-- Late responses: what maintenance does with responses because time passes.

create or replace function private.remind_of_submitting()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview record;
  v_due uuid[];
  v_free uuid[];
  v_queued integer := 0;
begin
  for v_interview in
    select n.id, n.recruiter_id, n.deadline
    from public.interviews n
    where n.deadline_stage = 0 and n.deadline <= now()
    order by n.deadline limit 1000
    for no key update skip locked
  loop
    v_due := array(
      select p.id
      from public.interview_participants p
      where p.recruiter_id = v_interview.recruiter_id and p.interview_id = v_interview.id
        and p.status = 'active' and p.answered > 0
        and v_interview.deadline > now() - (select s.upload_grace from private.settings s)
        and not exists (
          select from private.jobs j where j.kind = 'submission_reminder' and j.subject = p.id)
      order by p.id);
    v_free := array(
      select p.id from public.interview_participants p where p.id = any (v_due)
      order by p.id
      for no key update skip locked);
    v_queued := v_queued + private.remind('submission_reminder', v_free, null);
    -- Not finished while participants who are to be told are locked.
    update public.interviews n set deadline_stage = 1
      where n.id = v_interview.id and v_free @> v_due;
  end loop;
  return v_queued;
end
$$;
comment on function private.remind_of_submitting() is
  'When a deadline has passed, queues one email to each participant who has answered but not '
  'submitted; 1,000 interviews per call. Returns how many.';

-- Waits for nobody: an interview in which somebody holds an invite or a notice for longer than the
-- lock_timeout is left to the next run.
create or replace function private.submit_late_responses()
  returns integer
  language plpgsql volatile set search_path = '' set lock_timeout = '1ms'
as $$
declare
  v_interview record;
  v_due uuid[];
  v_free uuid[];
  v_left integer := 1000;
begin
  for v_interview in
    select n.id, n.recruiter_id, n.status
    from public.interviews n
    where n.deadline_stage = 1
      and n.deadline < now() - (select s.upload_grace from private.settings s)
    order by n.deadline limit 1000
    for no key update skip locked
  loop
    begin
      v_due := array(
        select p.id from public.interview_participants p
        where p.recruiter_id = v_interview.recruiter_id and p.interview_id = v_interview.id
          and p.status = 'active' and p.answered > 0 and v_interview.status <> 'completed'
          and private.missing_responses(p.id) is null
        order by p.id limit v_left);
      v_free := array(
        select p.id from public.interview_participants p
        where p.id = any (v_due) and p.status = 'active' and private.missing_responses(p.id) is null
        order by p.id
        for no key update skip locked);
      update public.interview_participants p set status = 'completed' where p.id = any (v_free);
      -- Not finished while there may be more, or participants are locked.
      update public.interviews n set deadline_stage = 2
        where n.id = v_interview.id and cardinality(v_due) < v_left and v_free @> v_due;
      v_left := v_left - cardinality(v_free);
    exception when lock_not_available then
      continue;
    end;
    exit when v_left <= 0;  -- the next run continues
  end loop;
  return 1000 - v_left;
end
$$;
comment on function private.submit_late_responses() is
  'When the grace period after a deadline is over, submits for every participant who has answered '
  'what is required; 1,000 per call. Returns how many.';

create or replace function private.expire_responses()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_cutoff timestamptz := now() - (select s.responses_kept_for from private.settings s);
  v_participant_ids uuid[];
  v_expired integer;
begin
  -- People who have not submitted may still be answering: for them, the last take counts.
  v_participant_ids := array(
    select r.participant_id
    from public.interview_responses r
    where coalesce(r.submitted_at, r.uploaded_at, r.started_at) <= v_cutoff
      and not exists (
        select from public.interview_responses newer
        where newer.participant_id = r.participant_id
          and coalesce(newer.submitted_at, newer.uploaded_at, newer.started_at) > v_cutoff)
    order by coalesce(r.submitted_at, r.uploaded_at, r.started_at)
    limit 10000);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.id = any (v_participant_ids)
    order by p.id
    for no key update skip locked);
  update public.interview_participants p set responses_expired_at = now(), answered = 0
    where p.id = any (v_participant_ids);
  delete from public.interview_responses r where r.participant_id = any (v_participant_ids);
  get diagnostics v_expired = row_count;
  return v_expired;
end
$$;
comment on function private.expire_responses() is
  'Deletes the responses of participants that have been kept for responses_kept_for; reads up to '
  '10,000 responses per call. Returns how many it deleted.';

-- Nothing should be found: whatever stops being current gets its job at once. This finds what was
-- in the bucket before the trigger, and tries removals again that failed.
create or replace function private.sweep_storage()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_sweep private.storage_sweep;
  v_names text[];
  v_orphans text[];
begin
  select s.* into v_sweep from private.storage_sweep s for update;
  if not private.storage_is_ready() or v_sweep.finished_at > now() - interval '1 day' then
    return 0;
  end if;
  v_names := array(
    select o.name from storage.objects o
    where o.bucket_id = 'interview-responses' and o.name > v_sweep.position
    order by o.name limit 10000);
  v_orphans := array(
    select name from unnest(v_names) as name
    where not exists (
      select from public.interview_responses r
      where r.object_path = name and r.status = 'uploaded' offset 0)
      and not exists (
        select from private.jobs j
        where j.kind = 'response_removal' and j.subject = md5(name)::uuid
          and j.failed_at is null offset 0));
  perform private.queue_removals(
    array_fill('00000000-0000-0000-0000-000000000000'::uuid, array[cardinality(v_orphans)]),
    v_orphans);
  update private.storage_sweep s
    set position = case when cardinality(v_names) < 10000 then ''
                        else v_names[cardinality(v_names)] end,
        finished_at = case when cardinality(v_names) < 10000 then now() else s.finished_at end;
  return cardinality(v_orphans);
end
$$;
comment on function private.sweep_storage() is
  'Once a day, queues the removal of objects in the bucket that are no current response and are '
  'not queued; looks at 10,000 per call. Returns how many it found.';

-- ---- figures ------------------------------------------------------------------------------------

-- For signed-in accounts and the service. Definer: settings are private.
create or replace function public.response_settings()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'bucket', 'interview-responses',
    'max_bytes', private.response_max_bytes(),
    'mime_types', (select jsonb_agg(f.mime_type order by f.mime_type)
                   from private.recording_types f),
    'kept_for_days', extract(epoch from s.responses_kept_for) / 86400,
    'upload_grace_hours', extract(epoch from s.upload_grace) / 3600,
    'storage_ready', private.storage_is_ready(),
    'consent', (select jsonb_build_object('version', c.version, 'recording', c.recording,
                                          'analysis', c.analysis)
                from private.consent_notices c order by c.version desc limit 1))
  from private.settings s
$$;
comment on function public.response_settings() is
  'What screens say about recordings: bucket, max_bytes, mime_types, kept_for_days, '
  'upload_grace_hours, storage_ready (whether candidates can record at all), and consent: version, '
  'recording and analysis, the texts that a candidate agrees to.';

-- For recruiters. Definer: counts are private.
create or replace function public.storage_used()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'held_bytes', (
      select coalesce(sum(r.size_bytes), 0) from public.interview_responses r
      where r.recruiter_id = (select private.caller_id()) and r.status = 'uploaded'),
    'uploaded_bytes_today', coalesce((
      select c.bytes from private.storage_counts c
      where c.recruiter_id = (select private.caller_id())
        and c.day = (now() at time zone 'utc')::date), 0),
    'bytes_per_day', s.bytes_per_day)
  from private.settings s
$$;
comment on function public.storage_used() is
  'Bytes of recordings that the caller''s interviews hold, that were uploaded today (UTC), and '
  'that may be: held_bytes, uploaded_bytes_today, bytes_per_day.';

-- For monitoring. Definer: counts are private.
create or replace function public.responses_status()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'held_bytes', coalesce(sum(r.size_bytes) filter (where r.status = 'uploaded'), 0),
    'held_responses', count(*) filter (where r.status = 'uploaded'),
    'awaited', count(*) filter (where r.status = 'started'),
    'uploaded_bytes_today', (
      select coalesce(sum(c.bytes), 0) from private.storage_counts c
      where c.day = (now() at time zone 'utc')::date))
  from public.interview_responses r
$$;
comment on function public.responses_status() is
  'For all recruiters together: held_bytes, held_responses, awaited (recordings that were started '
  'and not uploaded), uploaded_bytes_today (UTC).';
