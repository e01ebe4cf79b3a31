-- Criteria: what an interview's owner looks for in the answers. Candidates never see them.

create or replace function private.are_terms(terms text[])
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return cardinality(terms) <= 20 and coalesce(array_ndims(terms), 1) = 1 and not exists (
    select from unnest(terms) as term
    where term is null or length(term) not between 1 and 100
      or private.trim_blanks(term) <> term);
end
$$;
comment on function private.are_terms(text[]) is
  'Whether these are at most 20 terms of 1 to 100 characters, without blanks around them.';

create table if not exists public.interview_criteria (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  name text not null,
  description text not null default '',
  levels text[] not null default '{Not shown,Partly shown,Shown,Shown convincingly}',
  terms text[] not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default now(),
  constraint interview_criteria_name_check
    check (private.trim_blanks(name) <> '' and length(name) <= 100),
  constraint interview_criteria_description_check check (length(description) <= 2000),
  constraint interview_criteria_levels_check check (
    array_ndims(levels) = 1 and array_lower(levels, 1) = 1 and cardinality(levels) = 4
    and num_nulls(levels[1], levels[2], levels[3], levels[4]) = 0
    and private.trim_blanks(levels[1]) <> '' and length(levels[1]) <= 200
    and private.trim_blanks(levels[2]) <> '' and length(levels[2]) <= 200
    and private.trim_blanks(levels[3]) <> '' and length(levels[3]) <= 200
    and private.trim_blanks(levels[4]) <> '' and length(levels[4]) <= 200),
  constraint interview_criteria_terms_check check (private.are_terms(terms)),
  -- For the ratings' foreign key, which keeps them to criteria of their own interview.
  constraint interview_criteria_id_interview_id_key unique (id, interview_id),
  constraint interview_criteria_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
create index if not exists interview_criteria_interview_id_idx
  on public.interview_criteria (interview_id, created_at, id);
create index if not exists interview_criteria_recruiter_id_idx
  on public.interview_criteria (recruiter_id);

comment on table public.interview_criteria is
  'What the answers of an interview are rated by, shown in the order of created_at and id.';
comment on column public.interview_criteria.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_criteria.description is 'What a good answer is like.';
comment on column public.interview_criteria.levels is
  'What each of the four levels means, from the lowest.';
comment on column public.interview_criteria.terms is
  'Words to look for in transcripts.';
comment on column public.interview_criteria.created_at is
  'Grows from row to row, so that criteria inserted in one statement keep their order.';

comment on column public.interview_criteria.updated_at is
  'When its name, description, levels or terms were written last.';

create or replace function private.stamp_criterion()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function private.stamp_criterion() is
  'Before a criterion''s texts are written: sets updated_at, by which screens notice each other.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_criteria
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_stamp_criterion
  before update of name, description, levels, terms on public.interview_criteria
  for each row execute function private.stamp_criterion();

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_criteria
  for each statement execute function private.lock_inviting_first();

-- Definer, for speed, like admit_questions.
create or replace function private.admit_criteria()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and exists (
    select from public.interview_criteria c
    where c.interview_id in (select n.interview_id from new_criteria n)
    group by c.interview_id
    having count(*) > 20
  ) then
    perform private.refuse('too_many_criteria');
  end if;
  return null;
end
$$;
comment on function private.admit_criteria() is
  'After a client''s statement that inserts criteria: raises too_many_criteria.';

create or replace trigger _400_admit_criteria
  after insert on public.interview_criteria
  referencing new table as new_criteria
  for each statement execute function private.admit_criteria();

-- Ratings refer to the wording that the reviewer saw. Definer, because recruiters may not read
-- others' reviews before they have submitted their own, nor delete ratings.
create or replace function private.keep_rated_criterion()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and (new.name, new.levels) is not distinct from (old.name, old.levels) then
    return new;
  elsif tg_op = 'DELETE'
      and not exists (select from public.interviews n where n.id = old.interview_id) then
    return old;  -- the interview is being deleted, with everything below it
  elsif exists (
    select from public.candidate_ratings t
    join public.candidate_reviews r on r.id = t.review_id
    where t.criterion_id = old.id and r.submitted_at is not null
  ) then
    perform private.refuse('criterion_in_use');
  elsif tg_op = 'DELETE' then
    delete from public.candidate_ratings t where t.criterion_id = old.id;
    return old;
  end if;
  return new;
end
$$;
comment on function private.keep_rated_criterion() is
  'Before a criterion gets another name or other levels or is deleted: raises criterion_in_use if '
  'a submitted review rates by it. Ratings in drafts are deleted with it.';

create or replace trigger _300_keep_rated_criterion
  before update of name, levels or delete on public.interview_criteria
  for each row execute function private.keep_rated_criterion();
