-- Accepting: the one door through which a candidate enters an interview.

create table if not exists public.interview_participants (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  invite_id uuid,
  status varchar(20) not null default 'active',
  joined_at timestamptz not null default now(),
  completed_at timestamptz,
  constraint interview_participants_status_check check (status in ('active', 'completed', 'withdrawn')),
  constraint interview_participants_interview_user_key unique (interview_id, user_id),
  constraint interview_participants_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade,
  constraint interview_participants_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
  constraint interview_participants_invite_id_fkey
    foreign key (invite_id) references public.interview_invites (id) on delete set null
);
create index if not exists interview_participants_user_id_idx on public.interview_participants (user_id);
create index if not exists interview_participants_recruiter_interview_idx
  on public.interview_participants (recruiter_id, interview_id);
create index if not exists interview_participants_invite_id_idx on public.interview_participants (invite_id);

comment on table public.interview_participants is 'Who has joined which interview; rows come from accept_invite alone.';
comment on column public.interview_participants.recruiter_id is 'Copied from the interview; read by the policies.';
comment on column public.interview_participants.invite_id is 'The invite that was redeemed last.';
comment on column public.interview_participants.status is
  'active -> completed, active -> withdrawn; withdrawn -> active only by redeeming another invite.';

-- Read by the policies of interviews and questions. Definer, so that those do not go through
-- the policies of this table for every row.
create or replace function private.joined_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p where p.user_id = (select auth.uid())
$$;
comment on function private.joined_interview_ids() is 'The interviews that the caller has ever joined.';

create or replace function private.attended_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p
  where p.user_id = (select auth.uid()) and p.status <> 'withdrawn'
$$;
comment on function private.attended_interview_ids() is
  'The interviews that the caller has joined and not withdrawn from: those whose questions he reads.';

create table if not exists private.code_requests (
  user_id uuid primary key references auth.users (id) on delete cascade,
  wrong_guesses timestamptz[] not null default '{}',
  resent_at timestamptz
);
comment on table private.code_requests is
  'What limits a candidate''s account: when it guessed wrong codes lately, and when it last had its codes sent again.';

-- Calls of one account wait for each other, so that guesses sent in parallel are counted one by one.
create or replace function private.lock_candidate(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(lock_candidate.user_id::text, 715517));
end
$$;
comment on function private.lock_candidate(uuid) is 'Serialises accept_invite and resend_my_codes of one account.';

-- For candidates. Definer, because they may read neither invites nor the counter, nor write
-- participants. One json value: a set could be rolled back by PostgREST after it ran (object
-- Accept header), and the count with it; for the same reason a wrong guess returns its error.
create or replace function public.accept_invite(code text)
  returns jsonb
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text := private.confirmed_email(v_user_id);
  v_code text := accept_invite.code;
  v_guesses timestamptz[];
  v_invite record;
begin
  if v_code is null or v_code !~ '^[0-9]{6}$' then
    v_code := private.trim_blanks(v_code);
    if v_code is null or v_code !~ '^[0-9]{6}$' then
      raise exception 'An interview code has six digits.'
        using errcode = 'PT400', detail = 'invalid_code', hint = 'Type the six digits from your invitation mail.';
    end if;
  end if;

  -- Mostly nobody else holds it, and trying is a plain expression instead of a statement.
  if not pg_try_advisory_xact_lock(hashtextextended(v_user_id::text, 715517)) then
    perform private.lock_candidate(v_user_id);
  end if;
  select r.wrong_guesses into v_guesses from private.code_requests r where r.user_id = v_user_id;
  if found then
    v_guesses := array(select g from unnest(v_guesses) as g where g > now() - interval '15 minutes' order by g);
    if cardinality(v_guesses) >= 5 then
      return private.refusal(429, 'too_many_attempts', 'Too many wrong codes.',
        'Wait until 15 minutes have passed since your last tries, then enter the code from your invitation mail.',
        ceil(extract(epoch from v_guesses[1] + interval '15 minutes' - now()))::integer);
    end if;
  end if;

  select i.id, i.interview_id, i.status, i.expires_at, n.title, p.id as participant_id, p.status as participant_status
    into v_invite
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    left join public.interview_participants p on p.interview_id = i.interview_id and p.user_id = v_user_id
    where i.email = v_email and i.invite_code = v_code
    -- The interview before its invite (see hold_interview).
    for key share of n
    for no key update of i;
  if not found then
    insert into private.code_requests as r (user_id, wrong_guesses)
      values (v_user_id, array[now()])
      on conflict (user_id) do update set wrong_guesses = v_guesses || now();
    return private.refusal(404, 'invite_not_found', 'No invite to your address has this code.',
      'Check the code, or sign in with the address that was invited.');
  end if;

  if v_invite.status = 'expired' or (v_invite.status = 'pending' and v_invite.expires_at <= now()) then
    raise exception 'This invite has expired.'
      using errcode = 'PT410', detail = 'invite_expired', hint = 'Ask the recruiter for a new one.';
  elsif v_invite.status <> 'pending' and v_invite.participant_id is null then
    raise exception 'This invite has been used by another account with your address.'
      using errcode = 'PT409', detail = 'invite_used', hint = 'Sign in with that account, or ask the recruiter for a new invite.';
  elsif v_invite.status = 'pending' then
    -- Whether the interview takes candidates is for the participant's trigger to say.
    if v_invite.participant_id is null then
      insert into public.interview_participants as p (interview_id, user_id, invite_id)
        values (v_invite.interview_id, v_user_id, v_invite.id)
        returning p.id, p.status into v_invite.participant_id, v_invite.participant_status;
    else
      update public.interview_participants p
        set invite_id = v_invite.id, status = case p.status when 'withdrawn' then 'active' else p.status end
        where p.id = v_invite.participant_id
        returning p.status into v_invite.participant_status;
    end if;
    update public.interview_invites i set status = 'accepted' where i.id = v_invite.id;
    if v_invite.participant_status = 'completed' then
      update public.interview_invites i set status = 'completed' where i.id = v_invite.id;
    end if;
  end if;
  return jsonb_build_object(
    'interview_id', v_invite.interview_id, 'participant_id', v_invite.participant_id, 'invite_id', v_invite.id,
    'title', v_invite.title, 'status', v_invite.participant_status);
end
$$;
comment on function public.accept_invite(text) is
  'Redeems the code of an invite to the caller''s own confirmed address; returns interview_id, participant_id, invite_id, '
  'title and the participant''s status. Repeating it changes nothing. Five wrong codes in 15 minutes close it for a while.';

-- For candidates. Definer, because they may neither read nor update invites.
create or replace function public.resend_my_codes()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text := private.confirmed_email(v_user_id);
  v_resent_at timestamptz;
  v_queued integer;
  v_requested integer;
begin
  perform private.lock_candidate(v_user_id);
  select r.resent_at into v_resent_at from private.code_requests r where r.user_id = v_user_id;
  if v_resent_at > now() - interval '15 minutes' then
    return private.refusal(429, 'codes_sent_recently', 'Your codes were sent a short while ago.',
      'Look into your mailbox, the spam folder too; they can be sent again 15 minutes after the last time.',
      ceil(extract(epoch from v_resent_at + interval '15 minutes' - now()))::integer);
  end if;

  -- In one order, as everybody who locks several invites (see settle_mails).
  perform from public.interview_invites i where i.email = v_email order by i.id for no key update;
  update public.interview_invites i
    set queued_at = now()
    from public.interviews n
    where i.email = v_email and i.status = 'pending' and i.expires_at > now()
      and n.id = i.interview_id and private.is_open(n.status, n.deadline);
  get diagnostics v_queued = row_count;

  update public.interview_invites i
    set renewal_requested_at = now()
    where i.id in (
      select distinct on (latest.interview_id) latest.id
      from public.interview_invites latest
      where latest.email = v_email
      order by latest.interview_id, latest.created_at desc, latest.id
    ) and (i.status = 'expired' or (i.status = 'pending' and i.expires_at <= now()))
      and not exists (
        select from public.interview_participants p
        where p.interview_id = i.interview_id and p.user_id = v_user_id and p.status <> 'withdrawn');
  get diagnostics v_requested = row_count;

  if v_queued + v_requested > 0 then
    insert into private.code_requests (user_id, resent_at) values (v_user_id, now())
      on conflict (user_id) do update set resent_at = excluded.resent_at;
  end if;
  return jsonb_build_object('queued', v_queued, 'renewals_requested', v_requested);
end
$$;
comment on function public.resend_my_codes() is
  'Queues the mails of the caller''s pending invites again and asks the recruiters to renew expired ones; '
  'once in 15 minutes. Returns how many of each: queued, renewals_requested.';
