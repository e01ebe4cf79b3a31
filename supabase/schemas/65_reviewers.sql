-- Reviewers: colleagues whom an interview's owner asks to judge its candidates. They are invited by
-- address, like candidates, but need no code: an account with that confirmed address is bound to
-- the invitation when it opens its list of interviews to review.

create table if not exists public.interview_reviewers (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  email text not null,
  reviewer_name text,
  user_id uuid,
  invited_at timestamptz not null default now(),
  joined_at timestamptz,
  constraint interview_reviewers_email_key unique (interview_id, email),
  constraint interview_reviewers_user_key unique (interview_id, user_id),
  constraint interview_reviewers_email_check
    check (email ~ '^[!-?A-~]+@[!-?A-~]+$' and email = lower(email collate "C")),
  constraint interview_reviewers_joined_at_check check ((user_id is null) = (joined_at is null)),
  constraint interview_reviewers_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade,
  -- Cascades: a later account with the same address would be somebody else.
  constraint interview_reviewers_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade
);
create index if not exists interview_reviewers_recruiter_id_idx
  on public.interview_reviewers (recruiter_id);
create index if not exists interview_reviewers_user_id_idx
  on public.interview_reviewers (user_id);
create index if not exists interview_reviewers_email_idx
  on public.interview_reviewers (email);

comment on table public.interview_reviewers is
  'Who reviews the candidates of an interview beside its owner. Written by invite_reviewers and '
  'join_reviews; the owner deletes rows.';
comment on column public.interview_reviewers.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_reviewers.reviewer_name is
  'The full_name of their account when they joined, if it has one that may be shown.';
comment on column public.interview_reviewers.user_id is
  'The account that has joined; null until one with this address does.';
comment on column public.interview_reviewers.invited_at is 'When they were last invited.';

-- For policies. Definer, so that the policies of this table are not evaluated for every row.
create or replace function private.reviewed_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select r.interview_id from public.interview_reviewers r where r.user_id = (select auth.uid())
$$;
comment on function private.reviewed_interview_ids() is
  'The interviews whose candidates the caller reviews.';

create or replace function private.is_candidate(interview_id uuid, email text, user_id uuid)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from public.interview_participants p
    where p.interview_id = is_candidate.interview_id and p.user_id = is_candidate.user_id
  ) or exists (
    select from private.invites_of(is_candidate.email) i
    where i.interview_id = is_candidate.interview_id
      and ((i.status = 'pending' and i.expires_at > now()) or exists (
        select from public.interview_participants p where p.invite_id = i.id))
  );
end
$$;
comment on function private.is_candidate(uuid, text, uuid) is
  'Whether an address has a pending invite to an interview or has redeemed one, or an account has '
  'joined it, even if they have withdrawn.';

create or replace function private.is_reviewer(interview_id uuid, email text, user_id uuid)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from public.interview_reviewers r
    where r.interview_id = is_reviewer.interview_id
      and (r.email = is_reviewer.email or r.user_id = is_reviewer.user_id));
end
$$;
comment on function private.is_reviewer(uuid, text, uuid) is
  'Whether an address or an account reviews the candidates of an interview.';

-- Nobody judges an interview in which they are a candidate. Here it is a rule for every writer;
-- admit_invites and change_participant keep the other side of it. A writer who inserts holds
-- lock_inviting (see copy_recruiter_id), and who joins holds lock_candidate. Definer, because the
-- writer may not read invites.
create or replace function private.prepare_reviewer()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.email := private.normalize_email(new.email);
  if not private.is_email(new.email) then
    perform private.refuse('invalid_email');
  elsif private.is_candidate(new.interview_id, new.email, new.user_id) then
    perform private.refuse('is_candidate');
  end if;
  return new;
end
$$;
comment on function private.prepare_reviewer() is
  'Before a reviewer is inserted, or gets another address or account: normalizes the address; '
  'raises invalid_email, or is_candidate.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_reviewers
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_prepare_reviewer
  before insert or update of interview_id, email, user_id on public.interview_reviewers
  for each row execute function private.prepare_reviewer();

-- ---- inviting -----------------------------------------------------------------------------------

create or replace function private.classify_reviewers(interview public.interviews, emails text[])
  returns table ("position" bigint, sent text, email text, status text, reviewer_id uuid)
  language plpgsql stable set search_path = ''
as $$
begin
  return query
  with request as materialized (
    select r.position, r.email as sent, private.normalize_email(r.email) as email
    from unnest(classify_reviewers.emails) with ordinality as r (email, position)
  )
  select r.position, r.sent, r.email,
    case
      when not private.is_email(r.email) then 'invalid_email'
      when row_number() over (partition by r.email collate "C" order by r.position) > 1
        then 'duplicate_in_request'
      when r.email = (
        select private.normalize_email(u.email) from auth.users u
        where u.id = (interview).recruiter_id) then 'is_owner'
      when known.joined_at is not null then 'already_reviewer'
      when known.invited_at > now() - interval '10 minutes' then 'unchanged'
      when known.id is not null then 'invited_again'
      when private.is_candidate((interview).id, r.email, null) then 'is_candidate'
      else 'invited'
    end,
    known.id
  from request r
  left join public.interview_reviewers known
    on known.interview_id = (interview).id and known.email = r.email;
end
$$;
comment on function private.classify_reviewers(public.interviews, text[]) is
  'One row per address in the order given: the status that invite_reviewers returns, but for '
  'unsubscribed, and the reviewer who has that address already.';

-- For recruiters. Definer, because clients may not write reviewers.
create or replace function public.invite_reviewers(interview_id uuid, emails text[])
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(invite_reviewers.interview_id);
  v_asked jsonb;
begin
  perform private.check_emails(invite_reviewers.emails);
  v_interview := private.lock_interview(v_interview.id);
  if private.has_link(v_interview.title) then
    perform private.refuse('text_not_allowed:inviting');
  end if;
  select jsonb_agg(to_jsonb(c) order by c.position) into v_asked
    from private.classify_reviewers(v_interview, invite_reviewers.emails) as c;
  perform private.save_reviewers(v_interview, array(
    select asked ->> 'email' from jsonb_array_elements(v_asked) as asked
    where asked ->> 'status' in ('invited', 'invited_again') order by 1));
  return (
    select jsonb_agg(jsonb_build_object(
        'email', case a.status when 'invalid_email' then a.sent else a.email end,
        'status', case
          when a.status in ('invited', 'invited_again', 'unchanged')
            and private.is_unsubscribed(v_interview.recruiter_id, a.email) then 'unsubscribed'
          else a.status end,
        'reviewer_id', r.id) order by a.position)
    from jsonb_to_recordset(v_asked) as a ("position" bigint, sent text, email text, status text)
    left join public.interview_reviewers r
      on r.interview_id = v_interview.id and r.email = a.email
      and a.status in ('invited', 'invited_again', 'unchanged', 'already_reviewer'));
end
$$;
comment on function public.invite_reviewers(uuid, text[]) is
  'Asks colleagues to review the candidates of an interview, at most 20 of them; one object per '
  'address in the order given: email, status, reviewer_id. Statuses: invited, invited_again (has '
  'not joined yet), unchanged (invited in the last 10 minutes), unsubscribed (invited, but not '
  'mailed), already_reviewer, is_candidate, is_owner, duplicate_in_request, invalid_email.';

-- The caller has locked the interview for inviting.
create or replace function private.save_reviewers(interview public.interviews, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  -- Before they are inserted: it may be a list of 10,000.
  if (
    select count(*) from (
      select r.email from public.interview_reviewers r where r.interview_id = (interview).id
      union
      select email from unnest(save_reviewers.emails) as email
    ) as together
  ) > 20 then
    perform private.refuse('too_many_reviewers');
  end if;
  insert into public.interview_reviewers as r (interview_id, email)
    select (interview).id, email from unnest(save_reviewers.emails) as email
    on conflict on constraint interview_reviewers_email_key do update set invited_at = now();
  perform private.count_invites(cardinality(save_reviewers.emails));
end
$$;
comment on function private.save_reviewers(public.interviews, text[]) is
  'Inserts reviewers, or invites those again who are there; raises too_many_reviewers, or '
  'invites_per_day_reached.';

-- ---- joining ------------------------------------------------------------------------------------

-- For colleagues. Definer, because they may neither write the table nor read the rows that they are
-- not bound to yet. Rows of one address belong to several recruiters; so nobody's lock is waited
-- for, and what is locked is bound by the next call.
create or replace function public.join_reviews()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text;
begin
  -- First, as the account may be erased or redeem a code meanwhile.
  perform private.lock_candidate(v_user_id);
  v_email := private.confirmed_email(v_user_id);
  update public.interview_reviewers r
    set user_id = v_user_id, joined_at = now(), reviewer_name = private.own_name(v_user_id)
    where r.id = any (array(
      select mine.id
      from public.interview_reviewers mine
      where mine.email = v_email and mine.user_id is null and mine.recruiter_id <> v_user_id
        and not private.is_candidate(mine.interview_id, mine.email, v_user_id)
        and not private.is_reviewer(mine.interview_id, null, v_user_id)
      for update skip locked));
  return private.interviews_to_review(v_user_id);
end
$$;
comment on function public.join_reviews() is
  'Binds the invitations to review that were sent to the caller''s confirmed address to their '
  'account, unless they are a candidate there; returns all interviews that they review, the last '
  'joined first: interview_id, title, recruiter_name, joined_at, to_review, reviewed.';

create or replace function private.interviews_to_review(user_id uuid)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'interview_id', n.id, 'title', n.title,
        'recruiter_name', private.recruiter_name(n.id), 'joined_at', r.joined_at,
        'to_review', candidates.completed - candidates.reviewed, 'reviewed', candidates.reviewed)
      order by r.joined_at desc, n.id), '[]')
    from public.interview_reviewers r
    join public.interviews n on n.id = r.interview_id
    cross join lateral (
      select count(*) as completed, count(own.id) as reviewed
      from public.interview_participants p
      left join public.candidate_reviews own
        on own.participant_id = p.id and own.reviewer_id = r.user_id
        and own.submitted_at is not null
      where p.interview_id = n.id and p.status = 'completed'
    ) as candidates
    where r.user_id = interviews_to_review.user_id and n.recruiter_id <> r.user_id);
end
$$;
comment on function private.interviews_to_review(uuid) is
  'What join_reviews returns. Of the candidates who have completed, reviewed are those of whom the '
  'account has submitted a review.';
