-- Accepting: the only way for a candidate to join an interview.

create table if not exists public.interview_participants (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  invite_id uuid,
  status varchar(20) not null default 'active',
  joined_at timestamptz not null default now(),
  completed_at timestamptz,
  reminded_at timestamptz,
  answered integer not null default 0,
  consents_to_recording boolean not null default false,
  consents_to_analysis boolean not null default false,
  consent_version integer,
  consented_at timestamptz,
  responses_deleted_at timestamptz,
  responses_expired_at timestamptz,
  candidate_name text,
  constraint interview_participants_status_check
    check (status in ('active', 'completed', 'withdrawn')),
  constraint interview_participants_candidate_name_check
    check (length(candidate_name) between 1 and 100),
  constraint interview_participants_interview_user_key unique (interview_id, user_id),
  constraint interview_participants_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade,
  constraint interview_participants_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
  constraint interview_participants_invite_id_fkey
    foreign key (invite_id) references public.interview_invites (id) on delete set null
);
create index if not exists interview_participants_user_id_idx
  on public.interview_participants (user_id);
create index if not exists interview_participants_recruiter_interview_idx
  on public.interview_participants (recruiter_id, interview_id, joined_at desc, id desc);
create index if not exists interview_participants_invite_id_idx
  on public.interview_participants (invite_id);

comment on table public.interview_participants is
  'Who has joined which interview; only accept_invite inserts rows.';
comment on column public.interview_participants.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_participants.invite_id is 'The invite that was redeemed last.';
comment on column public.interview_participants.reminded_at is
  'When the last reminder was due, or was left out (see private.plan_reminders).';
comment on column public.interview_participants.answered is
  'How many questions have a response; kept by follow_responses.';
comment on column public.interview_participants.consents_to_recording is
  'The consent in force; set by set_consent. private.consents has the earlier ones.';
comment on column public.interview_participants.consent_version is
  'The version of consent_notices that was shown.';
comment on column public.interview_participants.responses_deleted_at is
  'When the candidate deleted their responses last.';
comment on column public.interview_participants.responses_expired_at is
  'When responses were deleted because they had been kept for the time in the settings.';
comment on column public.interview_participants.candidate_name is
  'What the recruiter calls the candidate, copied from the invite for reviewers, who may not read '
  'it.';
comment on column public.interview_participants.status is
  'active -> completed, active -> withdrawn; withdrawn -> active only by redeeming another invite.';

-- For policies. Definer, so that the policies of this table are not evaluated for every row.
create or replace function private.joined_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p where p.user_id = (select auth.uid())
$$;
comment on function private.joined_interview_ids() is
  'The interviews that the caller has ever joined.';

create or replace function private.attended_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p
  where p.user_id = (select auth.uid()) and p.status <> 'withdrawn'
$$;
comment on function private.attended_interview_ids() is
  'The interviews that the caller has joined and not withdrawn from; they may read the questions.';

create or replace function private.join_interview(invite_id uuid, user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
  v_name text;
  v_status text;
begin
  update public.interview_invites i set status = 'accepted'
    where i.id = join_interview.invite_id
    returning i.interview_id, i.candidate_name into v_interview_id, v_name;
  -- The participant's trigger checks that the interview is open.
  if not exists (
    select from public.interview_participants p
    where p.interview_id = v_interview_id and p.user_id = join_interview.user_id) then
    insert into public.interview_participants (interview_id, user_id, invite_id, candidate_name)
      values (v_interview_id, join_interview.user_id, join_interview.invite_id, v_name);
    return;
  end if;
  update public.interview_participants p
    set invite_id = join_interview.invite_id,
        candidate_name = coalesce(v_name, p.candidate_name),
        status = case p.status when 'withdrawn' then 'active' else p.status end
    where p.interview_id = v_interview_id and p.user_id = join_interview.user_id
    returning p.status into v_status;
  if v_status = 'completed' then
    update public.interview_invites i set status = 'completed'
      where i.id = join_interview.invite_id;
  end if;
end
$$;
comment on function private.join_interview(uuid, uuid) is
  'Redeems a pending invite, locked by the caller, for an account, which joins the interview or '
  'returns to it.';

create or replace function private.is_redeemed(interview_id uuid, email text)
  returns boolean
  language sql stable set search_path = ''
as $$
  select exists (
    select from private.invites_of(is_redeemed.email) i
    join public.interview_participants p on p.invite_id = i.id
    where i.interview_id = is_redeemed.interview_id)
$$;
comment on function private.is_redeemed(uuid, text) is
  'Whether an account that still exists has joined an interview by an invite to this address.';

create or replace function private.lock_who_returns(user_id uuid, email text, code text)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
begin
  select n.id into v_interview_id
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where i.email = lock_who_returns.email and i.invite_code = lock_who_returns.code
    for key share of n;
  perform from public.interview_participants p
    where p.interview_id = v_interview_id and p.user_id = lock_who_returns.user_id
    for no key update;
end
$$;
comment on function private.lock_who_returns(uuid, text, text) is
  'Locks the interview of an invite, and the participation in it that an account may have, before '
  'the invite itself (see hold_interview).';

-- For candidates. Definer, because they may not read invites or the counter, nor insert
-- participants. Returns one JSON value, because after a set PostgREST may roll back (Accept for a
-- single object), and lose the count. For the same reason a wrong guess returns its error.
-- Without enable_seqscan off, a plan cached while few had joined reads all participants each time.
create or replace function public.accept_invite(code text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text;
  v_code text := private.read_code(accept_invite.code);
  v_seconds_to_wait integer;
  v_invite record;
begin
  -- First, as the account may be erased meanwhile.
  perform private.lock_candidate(v_user_id);
  v_email := private.confirmed_email(v_user_id);
  if v_code is null then
    perform private.refuse('invalid_code');
  end if;
  v_seconds_to_wait := private.seconds_to_wait(v_user_id);
  if v_seconds_to_wait is not null then
    return private.refusal('too_many_attempts', v_seconds_to_wait);
  end if;

  perform private.lock_who_returns(v_user_id, v_email, v_code);
  select i.id, i.interview_id, i.status, i.expires_at, i.revoked_at, n.title,
         p.id as participant_id
    into v_invite
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    left join public.interview_participants p
      on p.interview_id = i.interview_id and p.user_id = v_user_id
    where i.email = v_email and i.invite_code = v_code
    for no key update of i;
  if not found then
    perform private.count_wrong_guess(v_user_id);
    return private.refusal('invite_not_found', null);
  end if;

  if v_invite.status = 'pending' and v_invite.expires_at > now() then
    perform private.join_interview(v_invite.id, v_user_id);
  elsif v_invite.status in ('pending', 'expired') and v_invite.revoked_at is null then
    perform private.refuse('invite_expired');
  elsif v_invite.status in ('pending', 'expired') then
    perform private.refuse('invite_expired:revoked');
  elsif v_invite.participant_id is null
        and private.is_redeemed(v_invite.interview_id, v_email) then
    perform private.refuse('invite_used');
  elsif v_invite.participant_id is null then
    perform private.refuse('invite_expired:account_gone');
  end if;
  return (
    select jsonb_build_object(
      'interview_id', p.interview_id, 'participant_id', p.id, 'invite_id', v_invite.id,
      'title', v_invite.title, 'status', p.status)
    from public.interview_participants p
    where p.interview_id = v_invite.interview_id and p.user_id = v_user_id);
end
$$;
comment on function public.accept_invite(text) is
  'Redeems the code of an invite to the caller''s confirmed address; returns interview_id, '
  'participant_id, invite_id, title and the participant''s status. Idempotent. After five wrong '
  'codes in 15 minutes the caller must wait.';

-- Invites of one address belong to several recruiters, any of whom may hold theirs for long. So
-- nobody's lock is waited for; those that stay locked are left out.
create or replace function private.lock_invites_of(email text)
  returns uuid[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
begin
  for v_try in 1..10 loop
    v_invite_ids := array(
      select i.id from public.interview_invites i
      where i.email = lock_invites_of.email order by i.id
      for no key update skip locked);
    exit when cardinality(v_invite_ids) = (
      select count(*) from public.interview_invites i where i.email = lock_invites_of.email);
    perform pg_sleep(0.02);  -- most locks end soon
  end loop;
  return v_invite_ids;
end
$$;
comment on function private.lock_invites_of(text) is
  'Locks all invites of an address that nobody else holds, and returns their ids.';

-- For candidates. Definer, because they may not read or update invites.
create or replace function public.resend_my_codes()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text := private.confirmed_email(v_user_id);
  v_resent_at timestamptz;
  v_invite_ids uuid[];
  v_queued uuid[];
  v_requested integer;
  v_untold uuid[];
begin
  perform private.lock_candidate(v_user_id);
  select r.resent_at into v_resent_at from private.code_requests r where r.user_id = v_user_id;
  if v_resent_at > now() - interval '15 minutes' then
    return private.refusal('codes_sent_recently',
      ceil(extract(epoch from v_resent_at + interval '15 minutes' - now()))::integer);
  end if;

  v_invite_ids := private.lock_invites_of(v_email);
  with queued as (
    update public.interview_invites i
    set queued_at = now()
    from public.interviews n
    where i.id = any (v_invite_ids) and i.status = 'pending' and i.expires_at > now()
      and n.id = i.interview_id and private.is_open(n.status, n.deadline)
    returning i.id
  )
  select array_agg(q.id) into v_queued from queued q;
  perform private.hurry_mails(v_queued, true);

  with requested as (
    update public.interview_invites i
    set renewal_requested_at = case when i.renewal_requested_at > now() - interval '1 day'
                                    then i.renewal_requested_at else now() end,
        is_current = true  -- who redeemed it may have another address now (see mark_invite)
    where i.id in (
      select distinct on (latest.interview_id) latest.id
      from public.interview_invites latest
      where latest.email = v_email
      order by latest.interview_id, latest.created_at desc, latest.id
    ) and i.id = any (v_invite_ids) and i.revoked_at is null
      and (i.status = 'expired' or (i.status = 'pending' and i.expires_at <= now())
           or (i.status <> 'pending' and not private.is_redeemed(i.interview_id, v_email)))
      and not exists (
        select from public.interview_participants p
        where p.interview_id = i.interview_id and p.user_id = v_user_id
          and p.status <> 'withdrawn')
    returning i.id, i.renewal_requested_at as asked_at
  )
  select count(*), array_agg(r.id) filter (where r.asked_at = now())
    into v_requested, v_untold from requested r;
  perform private.tell_recruiters('renewal_requested', v_untold);
  if v_queued is not null or v_requested > 0 then
    insert into private.code_requests (user_id, resent_at) values (v_user_id, now())
      on conflict (user_id) do update set resent_at = excluded.resent_at;
  end if;
  return jsonb_build_object(
    'queued', coalesce(cardinality(v_queued), 0), 'renewals_requested', v_requested);
end
$$;
comment on function public.resend_my_codes() is
  'Queues the emails of the caller''s pending invites again, and asks recruiters to renew those '
  'that have expired or were used by an account that is gone, but not revoked ones; once in 15 '
  'minutes. Returns the counts queued and renewals_requested.';
