-- Storage: the bucket of recordings, and the trigger that decides what may be put into it. All of
-- it is applied to a project without Storage too, but for the last block, which says so.

create table if not exists private.recording_types (
  mime_type text primary key,
  kind text not null,
  extension text not null
);
comment on table private.recording_types is
  'The types of recordings. Never add one that a browser runs, like SVG or HTML: signed links '
  'would run its scripts. database_schema.sql overwrites this.';
delete from private.recording_types;
insert into private.recording_types (mime_type, kind, extension) values
  ('video/webm', 'video', 'webm'),
  ('video/mp4', 'video', 'mp4'),
  ('audio/webm', 'audio', 'webm'),
  ('audio/mp4', 'audio', 'm4a'),
  ('audio/ogg', 'audio', 'ogg');

create table if not exists private.storage_counts (
  recruiter_id uuid,
  day date,
  bytes bigint not null default 0,
  primary key (recruiter_id, day)
);
comment on table private.storage_counts is
  'Bytes of recordings that were uploaded to each recruiter per day (UTC), kept for two days.';

create table if not exists private.storage_sweep (
  singleton boolean primary key default true check (singleton),
  position text not null default '',
  finished_at timestamptz
);
comment on table private.storage_sweep is
  'How far the daily search for recordings without a response has come.';
insert into private.storage_sweep default values on conflict do nothing;

create or replace function private.storage_is_ready()
  returns boolean
  language sql stable set search_path = ''
as $$
  select exists (
    select from pg_catalog.pg_trigger t
    where t.tgrelid = to_regclass('storage.objects') and t.tgenabled <> 'D'
      and t.tgname = '_100_admit_recording')
  and exists (
    select from pg_catalog.pg_policy p
    where p.polrelid = to_regclass('storage.objects')
      and p.polname = 'interview_responses_insert_awaited')
$$;
comment on function private.storage_is_ready() is
  'Whether the project has Storage, with our trigger and policies; else nobody can record.';

-- Definer, because callers may not read buckets.
create or replace function private.response_max_bytes()
  returns bigint
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('storage.buckets') is null then
    return 52428800;
  end if;
  return coalesce(
    (select b.file_size_limit from storage.buckets b where b.id = 'interview-responses'), 52428800);
end
$$;
comment on function private.response_max_bytes() is
  'The largest recording that the bucket takes, in bytes.';

create or replace function private.queue_removals(recruiter_ids uuid[], paths text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.jobs as j (kind, lane, subject, data)
    select 'response_removal', r.lane, md5(r.path)::uuid, jsonb_build_object('path', r.path)
    from unnest(recruiter_ids, paths) as r (lane, path)
    order by 3
    on conflict on constraint jobs_subject_key do update
      set failed_at = null, due_at = now(), queued_at = now(), attempts = 0
      where j.failed_at is not null;
end
$$;
comment on function private.queue_removals(uuid[], text[]) is
  'Queues the removal of these objects from the bucket, one job per path; failed ones are tried '
  'again.';

-- For policies. Definer, so that the policy of interview_responses is not evaluated too.
create or replace function private.awaited_paths()
  returns setof text
  language sql stable security definer set search_path = ''
as $$
  select r.object_path from public.interview_responses r
  where r.user_id = (select auth.uid()) and r.status = 'started'
$$;
comment on function private.awaited_paths() is 'Where the caller may upload recordings now.';

create or replace function private.refuse_object(key text)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  -- Storage hides the message of every other error code.
  raise exception using errcode = 'insufficient_privilege', message = (
    select 'response_not_awaited: ' || r.message from private.refusals r
    where r.key = refuse_object.key);
end
$$;
comment on function private.refuse_object(text) is
  'Raises response_not_awaited with the sentence of this key, in the form that Storage hands on.';

-- Every upload meets this trigger: plain, resumable, by a signed URL, by service_role. A policy
-- would not do, because Storage asks policies before the upload, as the candidate, and inserts the
-- row after it, as service_role. The first insert, which Storage rolls back, has no eTag yet.
-- Locks the participant, then the response, never the interview: a candidate who submits meanwhile
-- comes either before or after.
create or replace function private.admit_recording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
  v_response public.interview_responses;
  v_type text := lower(btrim(split_part(new.metadata ->> 'mimetype', ';', 1)));
begin
  if tg_op = 'UPDATE' then
    perform private.refuse_object('response_not_awaited:moving');
  end if;
  select p.* into v_participant
    from public.interview_participants p
    where p.id = (select r.participant_id from public.interview_responses r
                  where r.object_path = new.name)
    for no key update;
  select r.* into v_response
    from public.interview_responses r
    where r.object_path = new.name and r.status = 'started'
    for no key update;
  if not found or v_participant.status is distinct from 'active' then
    perform private.refuse_object('response_not_awaited');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id
      and (n.status = 'completed'
           or n.deadline < now() - (select s.upload_grace from private.settings s))
  ) then
    perform private.refuse_object('response_not_awaited:closed');
  elsif v_type <> v_response.mime_type then
    perform private.refuse_object('response_not_awaited:type');
  elsif new.metadata ? 'eTag' then
    if private.is_client() or v_type is null then
      -- Only Storage itself knows the eTag of what it has stored.
      perform private.refuse_object('response_not_awaited');
    elsif coalesce((new.metadata ->> 'size')::bigint, 0) <= 0 then
      perform private.refuse_object('response_not_awaited:empty');
    end if;
    perform private.take_recording(v_response, (new.metadata ->> 'size')::bigint,
                                   new.user_metadata ->> 'duration_seconds');
  end if;
  return new;
end
$$;
comment on function private.admit_recording() is
  'Before a row of storage.objects is written in our bucket: admits only what a participant has '
  'started, once, in its type, and marks it uploaded. Raises 42501 response_not_awaited.';

create or replace function private.take_recording(
  response public.interview_responses, size_bytes bigint, duration_seconds text
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  -- One statement, so that the question counts as answered throughout (see follow_responses).
  with replaced as (
    update public.interview_responses r set status = 'discarded'
    where r.participant_id = (response).participant_id
      and r.question_id = (response).question_id and r.status = 'uploaded'
    returning r.id
  )
  update public.interview_responses r
    set status = 'uploaded', uploaded_at = now(), size_bytes = take_recording.size_bytes,
        duration_seconds = case
          when take_recording.duration_seconds ~ '^[0-9]{1,5}(\.[0-9]{1,6})?$'
            then take_recording.duration_seconds::numeric end
    from (select count(*) from replaced) as before
    where r.id = (response).id;
  update private.response_takes t
    set uploaded = t.uploaded + 1, bytes = t.bytes + take_recording.size_bytes
    where t.participant_id = (response).participant_id and t.question_id = (response).question_id;
  insert into private.storage_counts as c (recruiter_id, day, bytes)
    values ((response).recruiter_id, (now() at time zone 'utc')::date, take_recording.size_bytes)
    on conflict (recruiter_id, day) do update set bytes = c.bytes + excluded.bytes;
end
$$;
comment on function private.take_recording(public.interview_responses, bigint, text) is
  'Marks a started response, locked by the caller, uploaded, and discards the take before it.';

-- What belongs to the schema storage of a project, where it is and gives us the right.
do $$
begin
  if to_regclass('storage.objects') is null then
    raise warning 'This project has no Storage (there is no storage.objects): candidates cannot '
                  'record. Apply database_schema.sql again once it is there.';
    return;
  end if;
  -- A bucket of this name that holds something else would be swept.
  if (select s.finished_at is null from private.storage_sweep s) and exists (
    select from storage.objects o
    where o.bucket_id = 'interview-responses'
      and not exists (
        select from public.interview_responses r where r.object_path = o.name offset 0)
  ) and not exists (select from public.interview_responses) then
    perform private.refuse('bucket_in_use');
  end if;
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
    values ('interview-responses', 'interview-responses', false, 52428800,
            array(select f.mime_type from private.recording_types f order by f.mime_type))
    on conflict (id) do update
      set public = false, allowed_mime_types = excluded.allowed_mime_types;
  create or replace trigger _100_admit_recording
    before insert on storage.objects
    for each row when (new.bucket_id = 'interview-responses')
    execute function private.admit_recording();
  create or replace trigger _100_admit_moved_recording
    before update on storage.objects
    for each row when (
      'interview-responses' in (old.bucket_id, new.bucket_id)
      and (old.bucket_id, old.name, old.version)
          is distinct from (new.bucket_id, new.name, new.version))
    execute function private.admit_recording();
exception when insufficient_privilege then
  raise warning 'Storage could not be set up, so candidates cannot record: %', sqlerrm
    using hint = 'Apply database_schema.sql as a role that may create triggers on '
                 'storage.objects (postgres may on hosted projects).';
end
$$;
