-- Answering: the functions by which candidates record, write, and delete responses. Definer,
-- because nobody may write responses directly.

create or replace function private.require_answering(question_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_participant public.interview_participants;
begin
  select p.* into v_participant
    from public.interview_questions q
    join public.interview_participants p on p.interview_id = q.interview_id
    where q.id = require_answering.question_id and p.user_id = v_user_id
      and p.status <> 'withdrawn'
    for no key update of p;
  if not found then
    perform private.refuse('question_not_found');
  elsif v_participant.status = 'completed' then
    perform private.refuse('already_submitted');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id
      and (n.status = 'completed' or n.deadline <= now())
  ) then
    perform private.refuse('interview_closed:answering');
  end if;
  -- Nobody can delete the question until the response is there to keep it. After the participant,
  -- as when an interview is deleted.
  perform from public.interview_questions q where q.id = require_answering.question_id
    for key share;
  if not found then
    perform private.refuse('question_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.require_answering(uuid) is
  'The caller''s participation in the interview of a question, both locked; raises '
  'question_not_found, already_submitted or interview_closed.';

create or replace function private.check_storage(participant public.interview_participants)
  returns void
  language plpgsql stable set search_path = ''
as $$
declare
  v_settings private.settings := (select s from private.settings s);
  v_bytes bigint := (
    select sum(t.bytes) from private.response_takes t
    where t.participant_id = (participant).id);
  v_today bigint := (
    select c.bytes from private.storage_counts c
    where c.recruiter_id = (participant).recruiter_id and c.day = (now() at time zone 'utc')::date);
begin
  if not private.storage_is_ready() then
    perform private.refuse('storage_unavailable');
  elsif v_bytes >= v_settings.bytes_per_participant then
    perform private.refuse('storage_limit');
  elsif v_today >= v_settings.bytes_per_day then
    perform private.refuse('storage_limit:today');
  end if;
end
$$;
comment on function private.check_storage(public.interview_participants) is
  'Raises storage_unavailable or storage_limit if the participant can upload nothing now.';

-- (Counts takes in a table of its own, so that deleting responses gives no more of them.)
create or replace function private.start_take(
  participant public.interview_participants, asked public.interview_questions
)
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_extra integer := (
    select a.extra_takes from public.accommodations a
    where a.participant_id = (participant).id);
  v_takes private.response_takes;
begin
  insert into private.response_takes as t (participant_id, question_id, started)
    values ((participant).id, (asked).id, 1)
    on conflict on constraint response_takes_pkey do update set started = t.started + 1
    returning t.* into v_takes;
  if v_takes.uploaded >= (asked).max_takes + coalesce(v_extra, 0) then
    perform private.refuse('no_takes_left');
  elsif v_takes.started - v_takes.uploaded > 20 + coalesce(v_extra, 0) then
    perform private.refuse('no_takes_left:abandoned');
  end if;
  update public.interview_responses r set status = 'discarded'
    where r.participant_id = (participant).id and r.question_id = (asked).id
      and r.status = 'started';
  return (asked).max_takes + coalesce(v_extra, 0) - v_takes.uploaded - 1;
end
$$;
comment on function private.start_take(
  public.interview_participants, public.interview_questions) is
  'Counts a new take and abandons an unfinished one; returns how many are left after it. Raises '
  'no_takes_left.';

create or replace function public.start_response(question_id uuid, mime_type text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.require_answering(start_response.question_id);
  v_question public.interview_questions := (
    select q from public.interview_questions q where q.id = start_response.question_id);
  v_mime_type text := lower(btrim(split_part(start_response.mime_type, ';', 1)));
  v_format private.recording_types;
  v_seconds integer;
  v_bits integer;
  v_takes_left integer;
  v_response public.interview_responses;
begin
  select f.* into v_format from private.recording_types f where f.mime_type = v_mime_type;
  v_seconds := ceil(v_question.max_seconds * coalesce((
    select a.time_factor from public.accommodations a
    where a.participant_id = v_participant.id), 1));
  -- The longest answer must fit into the bucket, with 5 % to spare for the container.
  v_bits := least(648000, floor(private.response_max_bytes() * 8 * 0.95 / v_seconds));
  if v_format.kind is null or not exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and v_format.kind = any (n.response_kinds)
  ) then
    perform private.refuse('kind_not_allowed');
  elsif v_format.kind = 'video' and v_bits < 200000 then
    perform private.refuse('kind_not_allowed:too_long');
  elsif not v_participant.consents_to_recording then
    perform private.refuse('consent_required');
  end if;
  perform private.check_storage(v_participant);
  v_takes_left := private.start_take(v_participant, v_question);
  v_response.id := gen_random_uuid();
  insert into public.interview_responses as r
      (id, participant_id, question_id, question, kind, take, mime_type, object_path)
    select v_response.id, v_participant.id, v_question.id, v_question.question, v_format.kind,
           t.uploaded + 1, v_mime_type,
           format('%s/%s.%s', v_participant.interview_id, v_response.id, v_format.extension)
    from private.response_takes t
    where t.participant_id = v_participant.id and t.question_id = v_question.id
    returning r.* into v_response;
  return jsonb_build_object(
    'response_id', v_response.id, 'take', v_response.take, 'bucket', 'interview-responses',
    'path', v_response.object_path, 'max_seconds', v_seconds,
    'max_bytes', private.response_max_bytes(), 'bits_per_second', v_bits,
    'takes_left', v_takes_left);
end
$$;
comment on function public.start_response(uuid, text) is
  'Begins a recording of the caller''s answer to a question, and abandons one that was not '
  'uploaded. Returns response_id, take, bucket and path (where to upload it, as this type), '
  'max_seconds, max_bytes, bits_per_second (for video and sound together), takes_left (after this '
  'one).';

create or replace function public.write_response(
  question_id uuid, answer text, replace boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.require_answering(write_response.question_id);
  v_question public.interview_questions := (
    select q from public.interview_questions q where q.id = write_response.question_id);
  v_answer text := nullif(private.trim_blanks(write_response.answer), '');
  v_response_id uuid;
begin
  if not exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and 'text' = any (n.response_kinds)
  ) then
    perform private.refuse('kind_not_allowed:text');
  elsif length(v_answer) > 20000 then
    perform private.refuse('answer_too_long', length(v_answer)::text);
  end if;
  if v_answer is null then
    delete from public.interview_responses r
      where r.participant_id = v_participant.id and r.question_id = v_question.id
        and r.kind = 'text';
  else
    v_response_id := private.save_text(
      v_participant.id, v_question, v_answer, write_response.replace);
  end if;
  return jsonb_build_object(
    'response_id', v_response_id, 'question_id', v_question.id, 'saved_at', now());
end
$$;
comment on function public.write_response(uuid, text, boolean) is
  'Saves the caller''s answer to a question in text, again and again in one row; an empty one '
  'deletes it. Raises response_exists over a recording, unless it is to be replaced. Returns '
  'response_id, question_id, saved_at.';

create or replace function private.save_text(
  participant_id uuid, asked public.interview_questions, answer text, replace boolean
)
  returns uuid
  language plpgsql volatile set search_path = ''
as $$
declare
  v_response_id uuid;
begin
  if replace is not true and exists (
    select from public.interview_responses r
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind <> 'text' and r.status <> 'discarded'
  ) then
    perform private.refuse('response_exists');
  end if;
  update public.interview_responses r
    set answer = save_text.answer, question = (asked).question, uploaded_at = now()
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind = 'text' and r.status = 'uploaded'
    returning r.id into v_response_id;
  -- One statement, so that the question counts as answered throughout (see follow_responses).
  with replaced as (
    update public.interview_responses r set status = 'discarded'
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind <> 'text' and r.status <> 'discarded'
    returning r.id
  ), inserted as (
    insert into public.interview_responses
        (participant_id, question_id, question, kind, take, status, answer, uploaded_at)
    select save_text.participant_id, (asked).id, (asked).question, 'text', 1, 'uploaded',
           save_text.answer, now()
    from (select count(*) from replaced) as before
    where v_response_id is null
    returning id
  )
  select coalesce(v_response_id, (select i.id from inserted i)) into v_response_id;
  return v_response_id;
end
$$;
comment on function private.save_text(uuid, public.interview_questions, text, boolean) is
  'Writes a response in text, in place of a recording only if told to; returns its id.';

-- For candidates.
create or replace function public.delete_my_responses(interview_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.lock_own_participant(delete_my_responses.interview_id);
  v_deleted integer := (
    select count(*) from public.interview_responses r where r.participant_id = v_participant.id);
begin
  perform private.record_consent(v_participant.id, null, false, false, '{video,audio,text}');
  return jsonb_build_object('interview_id', v_participant.interview_id, 'deleted', v_deleted);
end
$$;
comment on function public.delete_my_responses(uuid) is
  'Deletes all responses of the caller in an interview, also after submitting, and withdraws their '
  'consent. The recruiter sees when. Returns interview_id and deleted, a count.';
