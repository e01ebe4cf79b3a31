-- Watching responses: for recruiters, and for candidates who look at their own.

create table if not exists private.access_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_id uuid,
  response_id uuid not null,
  participant_id uuid not null,
  recruiter_id uuid not null
);
create index if not exists access_log_participant_id_idx on private.access_log (participant_id);
create index if not exists access_log_at_idx on private.access_log (at);
comment on table private.access_log is
  'Who asked for a link to which recording. Without foreign keys: it outlives what it names, until '
  'access_log_kept_for of the settings is over.';
comment on column private.access_log.actor_id is
  'The account that asked; null for the company''s backend, with the service-role key.';

-- Definer, because nobody may write the log. No client can call it: PostgREST does not expose
-- schema private.
create or replace function private.log_access(response_ids uuid[])
  returns void
  language sql volatile security definer set search_path = ''
as $$
  insert into private.access_log (actor_id, response_id, participant_id, recruiter_id)
  select (select auth.uid()), r.id, r.participant_id, r.recruiter_id
  from public.interview_responses r
  where r.id = any (log_access.response_ids)
  order by r.id
$$;
comment on function private.log_access(uuid[]) is 'Writes a row per response to the access log.';

-- Invoker: the policies say which responses the caller may read. Signing a link is the Storage
-- API's; it asks the policy of storage.objects.
create or replace function public.open_responses(response_ids uuid[])
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_found jsonb;
begin
  perform private.caller_id();
  if cardinality(open_responses.response_ids) > 100 then
    perform private.refuse('too_many_responses', cardinality(response_ids)::text);
  end if;
  select jsonb_agg(jsonb_build_object(
           'response_id', r.id, 'bucket', 'interview-responses', 'path', r.object_path,
           'mime_type', r.mime_type, 'size_bytes', r.size_bytes)
         order by array_position(open_responses.response_ids, r.id))
    into v_found
    from public.interview_responses r
    where r.id = any (open_responses.response_ids) and r.status = 'uploaded'
      and r.object_path is not null;
  perform private.log_access(array(
    select (opened ->> 'response_id')::uuid from jsonb_array_elements(v_found) as opened));
  return coalesce(v_found, '[]');
end
$$;
comment on function public.open_responses(uuid[]) is
  'Bucket, path, mime_type and size_bytes of recordings, at most 100, that the caller may watch, '
  'to ask the Storage API for links; each is written to the access log. Others are left out.';

-- Definer, like its callers.
create or replace function private.lock_participant(participant_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform private.caller_id();
  -- What is written refers to the caller, and delete_my_account holds the account first.
  perform from auth.users u where u.id = (select auth.uid()) for key share;
  select p.* into v_participant
    from public.interview_participants p
    where p.id = lock_participant.participant_id
      and (p.recruiter_id = (select auth.uid()) or not private.is_client())
    for no key update;
  if not found then
    perform private.refuse('participant_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.lock_participant(uuid) is
  'A participant of the caller''s own interview, locked so that it is not transferred meanwhile; '
  'raises participant_not_found.';

-- Definer, like its caller.
create or replace function private.lock_for_review(participant_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform from auth.users u where u.id = (select auth.uid()) for key share;  -- as above
  select p.* into v_participant
    from public.interview_participants p
    where p.id = lock_for_review.participant_id
      and p.interview_id in (select private.reviewed_interview_ids())
    for no key update;
  if found then
    return v_participant;
  end if;
  return private.lock_participant(lock_for_review.participant_id);
end
$$;
comment on function private.lock_for_review(uuid) is
  'A participant of an interview that the caller owns or reviews, locked so that it is not '
  'transferred meanwhile; raises participant_not_found.';

-- For recruiters, service_role and DBAs. Definer, because recruiters may not write the table.
create or replace function public.adjust_participant(
  participant_id uuid, extra_takes integer default 0, time_factor numeric default 1,
  seen jsonb default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_adjusted public.accommodations;
  v_now jsonb;
begin
  perform private.lock_participant(adjust_participant.participant_id);
  if coalesce(extra_takes not between 0 and 10 or time_factor not between 1 and 2, true) then
    perform private.refuse('invalid_accommodation');
  end if;
  select to_jsonb(a) into v_now
    from public.accommodations a where a.participant_id = adjust_participant.participant_id;
  if not coalesce(v_now, '{"extra_takes": 0, "time_factor": 1}') @> seen then
    perform private.refuse('row_conflict');
  end if;
  insert into public.accommodations as a (participant_id, extra_takes, time_factor)
    values (adjust_participant.participant_id, adjust_participant.extra_takes,
            adjust_participant.time_factor)
    on conflict on constraint accommodations_pkey do update
      set extra_takes = excluded.extra_takes, time_factor = excluded.time_factor
    returning a.* into v_adjusted;
  return jsonb_build_object(
    'participant_id', v_adjusted.participant_id, 'extra_takes', v_adjusted.extra_takes,
    'time_factor', v_adjusted.time_factor);
end
$$;
comment on function public.adjust_participant(uuid, integer, numeric, jsonb) is
  'Gives one participant up to 10 more takes per question, and up to twice the time; returns '
  'participant_id, extra_takes, time_factor. With seen, an object with extra_takes and time_factor,'
  ' only while these are in force; else raises row_conflict.';
