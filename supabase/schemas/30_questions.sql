-- Questions: the ordered content of an interview.

create table if not exists public.interview_questions (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  question text not null,
  order_index integer not null,
  created_at timestamptz not null default now(),
  max_seconds integer not null default 180,
  max_takes integer not null default 3,
  preparation_seconds integer not null default 0,
  required boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint interview_questions_question_check check (private.trim_blanks(question) <> ''),
  constraint interview_questions_length_check check (length(question) <= 100000),
  constraint interview_questions_order_index_check check (order_index >= 0),
  constraint interview_questions_max_seconds_check check (max_seconds between 10 and 600),
  constraint interview_questions_max_takes_check check (max_takes between 1 and 10),
  constraint interview_questions_preparation_seconds_check
    check (preparation_seconds between 0 and 600),
  constraint interview_questions_order_key
    unique (interview_id, order_index) deferrable initially immediate,
  constraint interview_questions_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
create index if not exists interview_questions_recruiter_id_idx
  on public.interview_questions (recruiter_id);

comment on table public.interview_questions is
  'The questions of an interview, in the order of order_index.';
comment on column public.interview_questions.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_questions.order_index is
  'Position, unique within the interview; checked at the end of the statement, so that one update '
  'can reorder all.';
comment on column public.interview_questions.max_seconds is 'How long a recording may last.';
comment on column public.interview_questions.max_takes is
  'How many recordings may be uploaded; the last one counts.';
comment on column public.interview_questions.preparation_seconds is
  'Time to think before recording starts; kept by the screen.';
comment on column public.interview_questions.required is
  'Whether an interview can only be completed with a response to it.';
comment on column public.interview_questions.updated_at is
  'When its text or its settings were changed last; a new place in the order is no change.';

create or replace function private.stamp_question()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.updated_at := now();
    return new;
  end if;
  new.created_at := old.created_at;
  new.updated_at := case
    when (new.question, new.max_seconds, new.max_takes, new.preparation_seconds, new.required)
         is distinct from
         (old.question, old.max_seconds, old.max_takes, old.preparation_seconds, old.required)
    then now() else old.updated_at
  end;
  return new;
end
$$;
comment on function private.stamp_question() is 'Sets the timestamps, whatever the client sent.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_questions
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_stamp_question
  before insert or update on public.interview_questions
  for each row execute function private.stamp_question();

create or replace function private.check_questions(questions bigint, bytes bigint)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if check_questions.questions > 100 then
    perform private.refuse('too_many_questions');
  elsif check_questions.bytes > 1000000 then
    perform private.refuse('too_many_questions:text');
  end if;
end
$$;
comment on function private.check_questions(bigint, bigint) is
  'Raises too_many_questions for an interview with more than 100 questions or 1 MB of them.';

-- Definer, for speed: the policies have nothing to decide here. Another recruiter's interview was
-- refused before, by the policy.
create or replace function private.admit_questions()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() then
    perform private.check_questions(count(*), sum(octet_length(q.question)))
      from public.interview_questions q
      where q.interview_id in (select n.interview_id from new_questions n)
      group by q.interview_id;
  end if;
  return null;
end
$$;
comment on function private.admit_questions() is
  'After a client''s statement that inserts questions: raises too_many_questions.';

create or replace trigger _400_admit_questions
  after insert on public.interview_questions
  referencing new table as new_questions
  for each statement execute function private.admit_questions();

-- Definer, for the same reason. An interview that has more already, by a DBA or an earlier release,
-- may still be reordered and shortened.
create or replace function private.admit_rewording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() then
    perform private.check_questions(null, sum(octet_length(q.question)))
      from public.interview_questions q
      where q.interview_id in (
        select now_is.interview_id
        from was join now_is using (id)
        group by now_is.interview_id
        having sum(octet_length(now_is.question)) > sum(octet_length(was.question)))
      group by q.interview_id;
  end if;
  return null;
end
$$;
comment on function private.admit_rewording() is
  'After a client''s statement that makes questions longer: raises too_many_questions.';

create or replace trigger _400_admit_rewording
  after update on public.interview_questions
  referencing old table as was new table as now_is
  for each statement execute function private.admit_rewording();

-- Definer, because a recruiter may not read responses that are not submitted.
create or replace function private.keep_answered_question()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (select from public.interview_responses r where r.question_id = old.id)
     -- Not while the interview is being deleted, with everything below it.
     and exists (select from public.interviews n where n.id = old.interview_id) then
    perform private.refuse('question_answered');
  end if;
  return old;
end
$$;
comment on function private.keep_answered_question() is
  'Before a question is deleted: raises question_answered if somebody has begun to answer it.';

create or replace trigger _300_keep_answered_question
  before delete on public.interview_questions
  for each row execute function private.keep_answered_question();

-- For recruiters: row level security keeps others from updating questions.
create or replace function public.reorder_questions(interview_id uuid, question_ids uuid[])
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_current uuid[];
begin
  perform private.caller_id();
  if not exists (
    select from public.interviews n
    where n.id = reorder_questions.interview_id
      and (n.recruiter_id = (select auth.uid()) or not private.is_client())
  ) then
    perform private.refuse('interview_not_found');
  end if;
  select array_agg(q.id order by q.id) into v_current
  from (
    select q.id from public.interview_questions q
    where q.interview_id = reorder_questions.interview_id
    order by q.id for update
  ) q;
  if v_current is distinct from (
    select array_agg(id order by id) from unnest(reorder_questions.question_ids) as id) then
    perform private.refuse('question_ids_mismatch');
  end if;
  update public.interview_questions q
    set order_index = o.position
    from unnest(reorder_questions.question_ids) with ordinality as o (id, position)
    where q.id = o.id;
  return coalesce(
    (select jsonb_agg(jsonb_build_object('id', q.id, 'order_index', q.order_index)
                      order by q.order_index)
     from public.interview_questions q
     where q.interview_id = reorder_questions.interview_id), '[]');
end
$$;
comment on function public.reorder_questions(uuid, uuid[]) is
  'Puts the questions of an interview into the order given, numbered from 1, and returns it.';
