-- Responses: what candidates answer, one row per take.

-- Other columns of the participant are copied, so that policies compare an indexed column. There
-- are no foreign keys to interviews and accounts: rows of the participant go with it, and a key
-- would make candidates lock the interview. The key to the question is checked at the end of the
-- transaction, because an interview's questions are deleted before its participants.
create table if not exists public.interview_responses (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  participant_id uuid not null,
  user_id uuid not null,
  question_id uuid not null,
  question text not null,
  kind text not null,
  take integer not null,
  status text not null default 'started',
  mime_type text,
  object_path text,
  size_bytes bigint,
  duration_seconds numeric,
  answer text,
  started_at timestamptz not null default now(),
  uploaded_at timestamptz,
  submitted_at timestamptz,
  constraint interview_responses_object_path_key unique (object_path),
  constraint interview_responses_kind_check check (kind in ('video', 'audio', 'text')),
  constraint interview_responses_take_check check (take > 0),
  constraint interview_responses_status_check
    check (status in ('started', 'uploaded', 'discarded')),
  constraint interview_responses_text_check check (
    case kind
      when 'text' then object_path is null and mime_type is null and status <> 'started'
                       and (answer is not null or status = 'discarded')
      else object_path is not null and mime_type is not null and answer is null
    end),
  constraint interview_responses_answer_check check (length(answer) <= 20000),
  constraint interview_responses_uploaded_at_check
    check (status <> 'uploaded' or uploaded_at is not null),
  constraint interview_responses_submitted_at_check
    check (submitted_at is null or status = 'uploaded'),
  constraint interview_responses_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint interview_responses_question_id_fkey
    foreign key (question_id) references public.interview_questions (id) on delete no action
    deferrable initially deferred
);
create unique index if not exists interview_responses_started_key
  on public.interview_responses (participant_id, question_id) where status = 'started';
create unique index if not exists interview_responses_uploaded_key
  on public.interview_responses (participant_id, question_id) where status = 'uploaded';
create index if not exists interview_responses_participant_id_idx
  on public.interview_responses (participant_id);
create index if not exists interview_responses_question_id_idx
  on public.interview_responses (question_id);
create index if not exists interview_responses_user_id_idx
  on public.interview_responses (user_id);
create index if not exists interview_responses_interview_id_idx
  on public.interview_responses (interview_id);
create index if not exists interview_responses_recruiter_interview_idx
  on public.interview_responses (recruiter_id, interview_id);
create index if not exists interview_responses_age_idx
  on public.interview_responses (coalesce(submitted_at, uploaded_at, started_at));

comment on table public.interview_responses is
  'Answers, one row per take. Recruiters read them once they are submitted.';
comment on column public.interview_responses.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.interview_responses.question is 'The question as it was answered.';
comment on column public.interview_responses.take is
  'Counts the uploaded recordings of this question; 1 for text.';
comment on column public.interview_responses.status is
  'started -> uploaded -> discarded, started -> discarded. One row per question is started, and '
  'one uploaded; a text is uploaded when it is saved.';
comment on column public.interview_responses.object_path is
  'Where the recording is in the bucket interview-responses; used once.';
comment on column public.interview_responses.duration_seconds is
  'The length of the recording as the client gives it with the upload, or null.';
comment on column public.interview_responses.answer is
  'A response in text; deleted when it is discarded.';
comment on column public.interview_responses.submitted_at is
  'When the participant completed the interview.';

create table if not exists private.response_takes (
  participant_id uuid,
  question_id uuid,
  started integer not null default 0,
  uploaded integer not null default 0,
  bytes bigint not null default 0,
  primary key (participant_id, question_id),
  constraint response_takes_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint response_takes_question_id_fkey
    foreign key (question_id) references public.interview_questions (id) on delete cascade
);
create index if not exists response_takes_question_id_idx on private.response_takes (question_id);
comment on table private.response_takes is
  'How often a participant has started and uploaded a recording for a question, and the bytes '
  'uploaded; deleting responses does not reset it.';

create table if not exists public.accommodations (
  participant_id uuid primary key,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  extra_takes integer not null default 0,
  time_factor numeric not null default 1,
  constraint accommodations_extra_takes_check check (extra_takes between 0 and 10),
  constraint accommodations_time_factor_check check (time_factor between 1 and 2),
  constraint accommodations_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade
);
create index if not exists accommodations_recruiter_id_idx
  on public.accommodations (recruiter_id);
create index if not exists accommodations_user_id_idx
  on public.accommodations (user_id);
create index if not exists accommodations_interview_id_idx
  on public.accommodations (interview_id);
comment on table public.accommodations is
  'More takes or time for one participant, given by the recruiter; apart from '
  'interview_participants, so that it is not shown to people who judge the responses.';
comment on column public.accommodations.time_factor is
  'Multiplies max_seconds, from 1 to 2.';

-- Definer, because the writer may not read the participant.
create or replace function private.copy_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select p.interview_id, p.recruiter_id, p.user_id
    into new.interview_id, new.recruiter_id, new.user_id
    from public.interview_participants p
    where p.id = new.participant_id
    for key share;
  return new;
end
$$;
comment on function private.copy_participant() is
  'Sets interview_id, recruiter_id and user_id to those of the row''s participant.';

create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.interview_responses
  for each row execute function private.copy_participant();
create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.accommodations
  for each row execute function private.copy_participant();

create or replace function private.change_response()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if new.status <> old.status and (old.status, new.status) not in
     (('started', 'uploaded'), ('started', 'discarded'), ('uploaded', 'discarded')) then
    perform private.refuse('status_move_not_allowed:response', old.status);
  end if;
  if new.status = 'discarded' then
    new.answer := null;
    new.submitted_at := null;
  end if;
  return new;
end
$$;
comment on function private.change_response() is
  'Before a response changes: checks the change of status; a discarded one loses its text.';

create or replace trigger _200_change_response
  before update of status on public.interview_responses
  for each row execute function private.change_response();

-- However a response stops being the current one (another take, the candidate, the interview or
-- the account deleted, its time over), its recording becomes a removal job in the same transaction.
-- A transaction must update a participant only once: at the second time PostgreSQL checks their
-- foreign keys again, and waits for a transfer or deletion of the interview, or a deletion of the
-- account, which waits for the participant. So `answered` is written with other columns where there
-- are some, and left as it is here if it is right already.
-- Definer, because callers may not write jobs.
create or replace function private.follow_responses()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform private.queue_removals(array_agg(c.recruiter_id), array_agg(c.object_path))
    from changed c
    where c.status = 'uploaded' and c.object_path is not null
      and not exists (
        select from public.interview_responses r where r.id = c.id and r.status = 'uploaded');
  end if;
  update public.interview_participants p
    set answered = count_now.answered
    from (
      select c.participant_id, (
        select count(*) from public.interview_responses r
        where r.participant_id = c.participant_id and r.status = 'uploaded') as answered
      from (select distinct participant_id from changed) as c
    ) as count_now
    where p.id = count_now.participant_id and p.answered <> count_now.answered;
  return null;
end
$$;
comment on function private.follow_responses() is
  'After responses have changed: queues the removal of recordings that are no longer current, and '
  'counts the answered questions of the participants.';

create or replace trigger _400_follow_new_responses
  after insert on public.interview_responses
  referencing new table as changed
  for each statement execute function private.follow_responses();
create or replace trigger _400_follow_changed_responses
  after update on public.interview_responses
  referencing old table as changed
  for each statement
  when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.follow_responses();
create or replace trigger _400_follow_deleted_responses
  after delete on public.interview_responses
  referencing old table as changed
  for each statement execute function private.follow_responses();

create or replace function private.missing_responses(participant_id uuid)
  returns text
  language sql stable set search_path = ''
as $$
  select string_agg(q.number::text, ', ' order by q.number)
  from public.interview_participants p
  cross join lateral (
    select asked.id, asked.required, row_number() over (order by asked.order_index) as number
    from public.interview_questions asked where asked.interview_id = p.interview_id
  ) as q
  where p.id = missing_responses.participant_id and q.required
    and not exists (
      select from public.interview_responses r
      where r.participant_id = p.id and r.question_id = q.id and r.status = 'uploaded')
$$;
comment on function private.missing_responses(uuid) is
  'The numbers of the required questions that a participant has not answered; null if none.';

-- Definer, because a participant may not update responses.
create or replace function private.close_responses()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'withdrawn' then
    delete from public.interview_responses r where r.participant_id = new.id;
    return null;
  end if;
  update public.interview_responses r set status = 'discarded'
    where r.participant_id = new.id and r.status = 'started';
  update public.interview_responses r set submitted_at = new.completed_at
    where r.participant_id = new.id and r.status = 'uploaded';
  return null;
end
$$;
comment on function private.close_responses() is
  'When a participant completes, submits their responses; when they withdraw, deletes them.';

create or replace trigger _400_close_responses
  after update of status on public.interview_participants
  for each row when (new.status <> old.status and new.status in ('completed', 'withdrawn'))
  execute function private.close_responses();
