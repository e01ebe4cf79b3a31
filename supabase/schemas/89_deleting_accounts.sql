-- Deleting one's own account. Not by erase_person, which finds a person by their address: that may
-- have passed from one to another, and nobody may delete another one's account.

create or replace function private.interviews_of(user_id uuid)
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select n.id from public.interviews n where n.recruiter_id = interviews_of.user_id
    union
    select p.interview_id from public.interview_participants p
    where p.user_id = interviews_of.user_id
    union
    select r.interview_id from public.interview_reviewers r
    where r.user_id = interviews_of.user_id
    union
    select r.interview_id from public.candidate_reviews r
    where r.reviewer_id = interviews_of.user_id
    union
    select d.interview_id from public.candidate_decisions d
    where d.decided_by = interviews_of.user_id)
$$;
comment on function private.interviews_of(uuid) is
  'The interviews in which an account has rows that go, or change, with it.';

create or replace function private.counts_of(user_id uuid)
  returns jsonb
  language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'interviews', (
      select count(*) from public.interviews n where n.recruiter_id = counts_of.user_id),
    'candidates', (
      select count(*) from public.interview_participants p
      where p.recruiter_id = counts_of.user_id),
    'participations', (
      select count(*) from public.interview_participants p where p.user_id = counts_of.user_id),
    'reviewing', (
      select count(*) from public.interview_reviewers r where r.user_id = counts_of.user_id))
$$;
comment on function private.counts_of(uuid) is
  'What goes with an account: its interviews, their candidates, its own participations, and the '
  'interviews that it reviews.';

create or replace function private.delete_rows_of(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_participants uuid[] := array(
    select p.id from public.interview_participants p where p.user_id = delete_rows_of.user_id);
  v_reviewers uuid[];
begin
  -- Participants and responses go with them; triggers queue the removal of recordings.
  delete from public.interviews n where n.recruiter_id = delete_rows_of.user_id;
  -- Who removes one holds it before its email.
  v_reviewers := array(
    select r.id from public.interview_reviewers r
    where r.user_id = delete_rows_of.user_id
    order by r.id for update);
  perform private.erase_rows(
    v_participants, private.redeemed_invites(v_participants), v_reviewers);
  delete from public.interview_reviewers r where r.id = any (v_reviewers);
  update public.candidate_reviews r set reviewer_name = null
    where r.reviewer_id = delete_rows_of.user_id;
end
$$;
comment on function private.delete_rows_of(uuid) is
  'Deletes the interviews of an account, what it has joined and what it reviews; takes its name '
  'from the reviews that it has written.';

-- For every account. Definer, because nobody may delete accounts. Takes locks in the order of
-- erase_person.
create or replace function public.delete_my_account(
  email text default null, preview boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_address text := (select u.email from auth.users u where u.id = v_user_id);
  v_counts jsonb;
begin
  if not exists (select from auth.users u where u.id = v_user_id) then
    perform private.refuse('not_signed_in');
  elsif delete_my_account.preview then
    return private.counts_of(v_user_id);
  elsif private.normalize_email(v_address)
        is distinct from private.normalize_email(delete_my_account.email)
        or v_address is null then
    perform private.refuse('address_differs');
  end if;
  perform private.lock_inviting(v_user_id);
  perform private.lock_candidate(v_user_id);
  perform from auth.users u where u.id = v_user_id for update;
  perform private.hold_interviews(private.interviews_of(v_user_id));
  v_counts := private.counts_of(v_user_id);
  perform private.delete_rows_of(v_user_id);
  begin
    delete from auth.users u where u.id = v_user_id;
  exception
    -- A table of another program refers to it.
    when foreign_key_violation or restrict_violation or insufficient_privilege then
    perform private.refuse('account_in_use');
  end;
  return v_counts;
end
$$;
comment on function public.delete_my_account(text, boolean) is
  'Deletes the caller''s account, whose address has to be given, with its interviews and their '
  'candidates, its own participations with the responses, and its name in reviews. Returns counts: '
  'interviews, candidates, participations, reviewing; with preview, only these. Raises '
  'address_differs, and account_in_use, both without effect.';
