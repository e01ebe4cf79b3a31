-- Reviews: how people judge the answers of a candidate, and what the recruiter decides. Nothing
-- that software found is part of it, levels are never added up, and candidates see none of it.

-- The participant's columns are copied as in interview_responses, for the same reasons.
create table if not exists public.candidate_reviews (
  id uuid primary key default gen_random_uuid(),
  participant_id uuid not null,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  reviewer_id uuid,
  reviewer_name text,
  note text not null default '',
  submitted_at timestamptz,
  changed_at timestamptz,
  created_at timestamptz not null default now(),
  constraint candidate_reviews_reviewer_key unique (participant_id, reviewer_id),
  constraint candidate_reviews_note_check check (length(note) <= 5000),
  constraint candidate_reviews_changed_at_check
    check (changed_at is null or submitted_at is not null),
  constraint candidate_reviews_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint candidate_reviews_reviewer_id_fkey
    foreign key (reviewer_id) references auth.users (id) on delete set null
);
create index if not exists candidate_reviews_interview_id_idx
  on public.candidate_reviews (interview_id);
create index if not exists candidate_reviews_recruiter_id_idx
  on public.candidate_reviews (recruiter_id);
create index if not exists candidate_reviews_reviewer_id_idx
  on public.candidate_reviews (reviewer_id);

create index if not exists candidate_reviews_former_reviewer_idx
  on public.candidate_reviews (reviewer_name) where reviewer_id is null;

comment on table public.candidate_reviews is
  'What one reviewer thinks of one candidate: a draft until it is submitted. Written by '
  'save_review.';
comment on column public.candidate_reviews.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.candidate_reviews.user_id is 'The candidate.';
comment on column public.candidate_reviews.reviewer_id is
  'Who wrote it; null once their account is deleted.';
comment on column public.candidate_reviews.reviewer_name is
  'The full_name of who wrote it, or their address, as it was when they saved it last. Stays when '
  'they stop reviewing, or their account is deleted in Supabase Auth; null once they have called '
  'delete_my_account or are erased.';
comment on column public.candidate_reviews.changed_at is
  'When it was changed last after it had been submitted.';

create table if not exists public.candidate_ratings (
  review_id uuid not null,
  criterion_id uuid not null,
  interview_id uuid not null,
  recruiter_id uuid not null,
  level smallint not null,
  note text not null default '',
  primary key (review_id, criterion_id),
  constraint candidate_ratings_level_check check (level between 1 and 4),
  constraint candidate_ratings_note_check check (length(note) <= 2000),
  constraint candidate_ratings_review_id_fkey
    foreign key (review_id) references public.candidate_reviews (id) on delete cascade,
  -- Checked at the end of the transaction, because an interview's criteria may be deleted before
  -- its participants.
  constraint candidate_ratings_criterion_id_fkey
    foreign key (criterion_id, interview_id)
    references public.interview_criteria (id, interview_id) on delete no action
    deferrable initially deferred
);
create index if not exists candidate_ratings_criterion_id_idx
  on public.candidate_ratings (criterion_id, interview_id);
create index if not exists candidate_ratings_interview_id_idx
  on public.candidate_ratings (interview_id);
create index if not exists candidate_ratings_recruiter_id_idx
  on public.candidate_ratings (recruiter_id);

comment on table public.candidate_ratings is
  'The level that a review gives by one criterion. Never added up.';
comment on column public.candidate_ratings.recruiter_id is
  'Copied from the review, like interview_id; read by the policies.';
comment on column public.candidate_ratings.level is
  'Which of the criterion''s four levels, from 1.';

create table if not exists public.candidate_decisions (
  participant_id uuid primary key,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  decision text not null,
  decided_by uuid,
  decided_at timestamptz not null default now(),
  constraint candidate_decisions_decision_check check (decision in ('advance', 'hold', 'decline')),
  constraint candidate_decisions_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint candidate_decisions_decided_by_fkey
    foreign key (decided_by) references auth.users (id) on delete set null
);
create index if not exists candidate_decisions_interview_id_idx
  on public.candidate_decisions (interview_id);
create index if not exists candidate_decisions_recruiter_id_idx
  on public.candidate_decisions (recruiter_id);
create index if not exists candidate_decisions_decided_by_idx
  on public.candidate_decisions (decided_by);

comment on table public.candidate_decisions is
  'What the recruiter has decided about a candidate; a person decides, never software. Written by '
  'decide.';
comment on column public.candidate_decisions.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.candidate_decisions.decided_by is
  'Who decided; null once their account is deleted.';

create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.candidate_reviews
  for each row execute function private.copy_participant();
create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.candidate_decisions
  for each row execute function private.copy_participant();

create or replace function private.copy_review()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  select r.interview_id, r.recruiter_id into new.interview_id, new.recruiter_id
    from public.candidate_reviews r
    where r.id = new.review_id
    for key share;
  return new;
end
$$;
comment on function private.copy_review() is
  'Sets interview_id and recruiter_id to those of the rating''s review.';

create or replace trigger _100_copy_review
  before insert or update of review_id on public.candidate_ratings
  for each row execute function private.copy_review();

-- For policies. Definer, because the policy that calls it may not read its own table.
create or replace function private.reviewed_participant_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select r.participant_id from public.candidate_reviews r
  where r.reviewer_id = (select auth.uid()) and r.submitted_at is not null
$$;
comment on function private.reviewed_participant_ids() is
  'The participants of whom the caller has submitted a review; they may read others'' reviews of '
  'them.';

do $$
begin
  if to_regtype('private.rating') is null then
    create type private.rating as (criterion_id uuid, level smallint, note text);
  end if;
end
$$;

create or replace function private.read_ratings(ratings jsonb)
  returns private.rating[]
  language plpgsql stable set search_path = ''
as $$
declare
  v_ratings private.rating[];
begin
  if jsonb_typeof(read_ratings.ratings) is distinct from 'array' then
    perform private.refuse('invalid_ratings');
  elsif exists (
    select from jsonb_array_elements(read_ratings.ratings) as given (item)
    where case when jsonb_typeof(given.item) <> 'object' then true else
      given.item - '{criterion_id,level,note}'::text[] <> '{}'
      or coalesce(given.item ->> 'criterion_id', '')
           !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or coalesce(given.item -> 'level', 'null') not in ('null', '1', '2', '3', '4')
      or jsonb_typeof(coalesce(given.item -> 'note', 'null')) not in ('null', 'string')
    end
  ) then
    perform private.refuse('invalid_ratings');
  end if;
  v_ratings := array(
    select row((given.item ->> 'criterion_id')::uuid,
               (given.item ->> 'level')::numeric::smallint,
               coalesce(private.trim_blanks(given.item ->> 'note'), ''))::private.rating
    from jsonb_array_elements(read_ratings.ratings) as given (item)
    order by 1);
  if (select count(distinct r.criterion_id) from unnest(v_ratings) as r) < cardinality(v_ratings)
  then
    perform private.refuse('invalid_ratings');
  elsif exists (select from unnest(v_ratings) as r where r.level is null and r.note <> '') then
    perform private.refuse('invalid_ratings:note');
  elsif exists (select from unnest(v_ratings) as r where length(r.note) > 2000) then
    perform private.refuse('note_too_long:criterion');
  end if;
  return v_ratings;
end
$$;
comment on function private.read_ratings(jsonb) is
  'Ratings as a client gives them, in the order of criterion_id, those without a level included; '
  'raises invalid_ratings or note_too_long.';

-- Definer, like its caller. Locks the criteria, so that nobody changes what is being rated, nor
-- deletes it.
create or replace function private.check_ratings(
  interview_id uuid, ratings private.rating[], note text, is_final boolean
)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_criteria uuid[] := array(
    select c.id from public.interview_criteria c
    where c.interview_id = check_ratings.interview_id
    order by c.id for share);
  v_missing bigint;
begin
  if exists (
    select from unnest(check_ratings.ratings) as r where r.criterion_id <> all (v_criteria)
  ) then
    perform private.refuse('criterion_not_found');
  elsif not is_final then
    return;
  end if;
  v_missing := cardinality(v_criteria) - (
    select count(*) from unnest(check_ratings.ratings) as r where r.level is not null);
  if v_missing > 0 then
    perform private.refuse('ratings_missing', v_missing::text);
  elsif cardinality(v_criteria) = 0 and check_ratings.note = '' then
    perform private.refuse('ratings_missing:note');
  end if;
end
$$;
comment on function private.check_ratings(uuid, private.rating[], text, boolean) is
  'Locks the criteria of an interview; raises criterion_not_found if a rating has another one and, '
  'for a review that is submitted, ratings_missing.';

-- Definer, because clients may not read auth.users.
create or replace function private.author_name(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(
    private.own_name(author_name.user_id),
    (select private.normalize_email(u.email) from auth.users u where u.id = author_name.user_id));
end
$$;
comment on function private.author_name(uuid) is
  'How others are told who wrote a review: by the name of the account, or else its address.';

-- For the interview's owner and its reviewers. Definer, because nobody may write reviews directly.
-- Saves of the same participant wait for each other.
create or replace function public.save_review(
  participant_id uuid, ratings jsonb, note text default '', submit boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_reviewer_id uuid := private.caller_id();
  v_participant public.interview_participants :=
    private.lock_for_review(participant_id);
  -- Of this moment, not of the transaction's start, which may lie before another one's.
  v_now timestamptz := clock_timestamp();
  v_note text := coalesce(private.trim_blanks(save_review.note), '');
  v_submit boolean := coalesce(save_review.submit, false);
  v_ratings private.rating[];
  v_review public.candidate_reviews;
  v_changed boolean;
begin
  if v_reviewer_id is null then
    perform private.refuse('not_signed_in');
  elsif v_participant.status <> 'completed' then
    perform private.refuse('not_completed');
  elsif length(v_note) > 5000 then
    perform private.refuse('note_too_long', length(v_note)::text);
  end if;
  select r.* into v_review
    from public.candidate_reviews r
    where r.participant_id = v_participant.id and r.reviewer_id = v_reviewer_id;
  v_ratings := private.read_ratings(save_review.ratings);
  perform private.check_ratings(v_participant.interview_id, v_ratings, v_note,
                                v_submit or v_review.submitted_at is not null);
  v_ratings := array(select given from unnest(v_ratings) as given where given.level is not null);
  v_changed := v_note is distinct from v_review.note or v_ratings <> array(
    select row(t.criterion_id, t.level, t.note)::private.rating
    from public.candidate_ratings t where t.review_id = v_review.id order by t.criterion_id);
  insert into public.candidate_reviews as r
      (participant_id, reviewer_id, reviewer_name, note, submitted_at)
    values (v_participant.id, v_reviewer_id, private.author_name(v_reviewer_id), v_note,
            case when v_submit then v_now end)
    on conflict on constraint candidate_reviews_reviewer_key do update
      set note = excluded.note, reviewer_name = excluded.reviewer_name,
          submitted_at = coalesce(r.submitted_at, excluded.submitted_at),
          changed_at = case when v_changed and r.submitted_at is not null
                            then v_now else r.changed_at end
    returning r.* into v_review;
  delete from public.candidate_ratings t where t.review_id = v_review.id;
  insert into public.candidate_ratings (review_id, criterion_id, level, note)
    select v_review.id, given.criterion_id, given.level, given.note
    from unnest(v_ratings) as given;
  return jsonb_build_object(
    'review_id', v_review.id, 'submitted_at', v_review.submitted_at,
    'changed_at', v_review.changed_at);
end
$$;
comment on function public.save_review(uuid, jsonb, text, boolean) is
  'Saves the caller''s review of a candidate who has completed: the ratings, '
  '[{"criterion_id", "level" (1 to 4, or null), "note"}], replace those of before. With submit, or '
  'once it is submitted, each criterion needs a level, and an interview without criteria a note. '
  'Returns review_id, submitted_at, changed_at.';

-- For the interview's owner. Definer, because nobody may write decisions directly.
create or replace function public.decide(participant_id uuid, decision text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_participant public.interview_participants := private.lock_participant(participant_id);
  v_decision public.candidate_decisions;
begin
  if v_participant.status = 'withdrawn' then
    perform private.refuse('already_withdrawn');
  elsif decide.decision not in ('advance', 'hold', 'decline') then
    perform private.refuse('invalid_decision');
  elsif decide.decision is null then
    delete from public.candidate_decisions d where d.participant_id = v_participant.id;
  else
    insert into public.candidate_decisions as d (participant_id, decision, decided_by)
      values (v_participant.id, decide.decision, v_caller_id)
      on conflict on constraint candidate_decisions_pkey do update
        set decision = excluded.decision, decided_by = excluded.decided_by,
            decided_at = excluded.decided_at
      returning d.* into v_decision;
  end if;
  return jsonb_build_object(
    'participant_id', v_participant.id, 'decision', v_decision.decision,
    'decided_at', v_decision.decided_at);
end
$$;
comment on function public.decide(uuid, text) is
  'Sets what becomes of a candidate: advance, hold or decline; null takes the decision back. '
  'Returns participant_id, decision, decided_at.';
