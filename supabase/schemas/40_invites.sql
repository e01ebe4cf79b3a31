-- Invites: who was invited to which interview, with the code that lets them in. The triggers draw
-- the code and keep the rules, however a row is inserted. The setting interviews.skip_row_triggers,
-- which no client can set, skips those of rows for functions that do their work for a whole set.

create table if not exists public.interview_invites (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  recruiter_name varchar(100) not null,
  email varchar(255) not null,
  invite_code varchar(6) not null,
  status varchar(20) not null default 'pending',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  accepted_at timestamptz,
  completed_at timestamptz,
  revoked_at timestamptz,
  renewal_requested_at timestamptz,
  reminded_at timestamptz,
  reminded_for interval,
  queued_at timestamptz default now(),
  delivery_status varchar(20) default 'queued',
  delivery_at timestamptz,
  delivery_error text,
  is_limited boolean not null default true,
  candidate_name text,
  is_current boolean not null default true,
  withdrawn_at timestamptz,
  reviewed_at timestamptz,
  decision text,
  decided_at timestamptz,
  constraint interview_invites_decision_check check (decision in ('advance', 'hold', 'decline')),
  constraint interview_invites_email_check
    check (status = 'expired'
           or (email ~ '^[!-?A-~]+@[!-?A-~]+$' and email = lower(email collate "C"))),
  constraint interview_invites_invite_code_check
    check (status = 'expired' or invite_code ~ '^[0-9]{6}$'),
  constraint interview_invites_status_check
    check (status in ('pending', 'accepted', 'completed', 'expired')),
  constraint interview_invites_candidate_name_check
    check (length(candidate_name) between 1 and 100),
  constraint interview_invites_delivery_status_check
    check (delivery_status in ('queued', 'accepted', 'failed', 'cancelled')),
  constraint interview_invites_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
) with (fillfactor = 50);  -- room for HOT updates of the delivery state
-- Expressions instead of partial indexes, so that they also find who holds a code, and all invites
-- of an address in an interview. (recruiter_id, which depends on interview_id, is in the first for
-- @supabase/lite, which would otherwise take the relation to interviews for one-to-one.)
create unique index if not exists interview_invites_pending_code_key
  on public.interview_invites
  ((case when status = 'pending' then invite_code end), recruiter_id, interview_id);
create unique index if not exists interview_invites_pending_email_key
  on public.interview_invites (interview_id, email, (case when status = 'pending' then true end));
create unique index if not exists interview_invites_email_code_key
  on public.interview_invites (email, invite_code);
create index if not exists interview_invites_interview_id_idx
  on public.interview_invites (interview_id, created_at desc, id desc);
create index if not exists interview_invites_renewal_idx
  on public.interview_invites (interview_id) where renewal_requested_at is not null;
create index if not exists interview_invites_recruiter_id_idx
  on public.interview_invites (recruiter_id);
create index if not exists interview_invites_expires_at_idx
  on public.interview_invites (expires_at) where status = 'pending';
create index if not exists interview_invites_age_idx
  on public.interview_invites (coalesce(completed_at, accepted_at, expires_at))
  where status <> 'pending';
create index if not exists interview_invites_reminded_for_idx
  on public.interview_invites (coalesce(reminded_for, '1000 years'), expires_at)
  where status = 'pending';

comment on table public.interview_invites is
  'Invitations to an interview, one row per address and code.';
comment on column public.interview_invites.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_invites.recruiter_name is
  'Signs the invitation and its reminders.';
comment on column public.interview_invites.invite_code is
  'Six digits, drawn by the database. Address and code together are unique, for good.';
comment on column public.interview_invites.status is
  'pending -> accepted -> completed, or pending -> expired; a pending invite past expires_at '
  'counts as expired.';
comment on column public.interview_invites.revoked_at is
  'When revoke_invite ended this invite; its status is expired, and its candidate cannot ask to '
  'renew it.';
comment on column public.interview_invites.renewal_requested_at is
  'When the candidate asked to renew this invite, expired or used by an account that is gone; null '
  'again once they are invited.';
comment on column public.interview_invites.reminded_at is
  'When the last reminder was due, or was left out (see private.plan_reminders).';
comment on column public.interview_invites.reminded_for is
  'The shortest distance before expiry for which a reminder was considered (see queue_reminders).';
comment on column public.interview_invites.queued_at is
  'When the email was last queued; updating it queues another one.';
comment on column public.interview_invites.delivery_status is
  'queued; accepted by the mail server; failed for good; cancelled because it was no longer '
  'needed. Null for invites of the first version.';
comment on column public.interview_invites.delivery_at is
  'When delivery was last attempted or settled.';
comment on column public.interview_invites.delivery_error is
  'The mail server''s last error message.';
comment on column public.interview_invites.is_limited is
  'Whether its reminders count for the recruiter''s daily limit: a client made it, not '
  'service_role or a DBA.';
comment on column public.interview_invites.candidate_name is
  'What the recruiter calls the candidate, if they gave a name; greets them in emails.';

create table if not exists private.invite_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  day date not null,
  invites integer not null,
  primary key (user_id, day)
);
comment on table private.invite_counts is
  'Emails queued by an account''s invitations per day (UTC), for settings.invites_per_day.';

-- A row a call, since calls for different recruiters must not wait for each other.
create table if not exists private.backend_invites (
  id bigint primary key generated always as identity,
  day date not null,
  invites integer not null
);
create index if not exists backend_invites_day_idx on private.backend_invites (day, invites);
comment on table private.backend_invites is
  'Emails queued by invitations with the service-role key, for settings.backend_invites_per_day; '
  'empty without such a limit.';

-- Definer, because clients may not read auth.users.
create or replace function private.recruiter_name(interview_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return coalesce(
    (select private.own_signature(n.recruiter_id)
     from public.interviews n where n.id = recruiter_name.interview_id), 'HireVision');
end
$$;
comment on function private.recruiter_name(uuid) is
  'The default signature: the name and the company of the interview''s recruiter if they may sign, '
  'or HireVision.';

create or replace function private.prepare_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Not the caller's interview: the policy refuses the row, and no earlier error may reveal more.
  if private.is_client() and new.recruiter_id is distinct from auth.uid() then
    return new;
  end if;
  if new.invite_code is not null then
    perform private.refuse('code_not_allowed');
  end if;
  if new.status <> 'pending' then
    perform private.refuse('status_not_allowed:invite');
  end if;
  new.email := private.normalize_email(new.email);
  if not private.is_email(new.email) then
    perform private.refuse('invalid_email');
  end if;
  perform private.make_room(new.interview_id, array[new.email::text]);
  if exists (
    select from private.invites_of(new.email) i
    where i.interview_id = new.interview_id and i.status = 'pending'
  ) then
    perform private.refuse('already_invited');
  end if;
  new.recruiter_name := coalesce(
    private.signature(new.recruiter_name), private.recruiter_name(new.interview_id));
  new.candidate_name := private.candidate_name(new.candidate_name);
  select d.code into new.invite_code
    from private.draw_codes(new.recruiter_id, array[new.email::text]) as d;
  new.created_at := now();
  new.accepted_at := null;
  new.completed_at := null;
  new.revoked_at := null;
  new.renewal_requested_at := null;
  new.reminded_at := null;
  new.reminded_for := null;
  new.queued_at := now();
  new.delivery_status := 'queued';
  new.delivery_at := null;
  new.delivery_error := null;
  new.is_limited := private.is_client();
  new.is_current := true;
  new.withdrawn_at := null;
  new.reviewed_at := null;
  new.decision := null;
  new.decided_at := null;
  return new;
end
$$;
comment on function private.prepare_invite() is
  'Before an invite is inserted: checks and normalizes the address, makes room for it, draws the '
  'code, sets the timestamps. Definer, because the writer may not be able to read interview, '
  'accounts and other invites.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_invites
  for each row when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.copy_recruiter_id();
create or replace trigger _200_prepare_invite
  before insert on public.interview_invites
  for each row when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.prepare_invite();

create or replace function private.change_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.invite_code is distinct from old.invite_code then
    perform private.refuse('code_not_allowed:changing');
  end if;
  if new.status <> old.status
     and ((old.status, new.status) not in
            (('pending', 'accepted'), ('accepted', 'completed'), ('pending', 'expired'))
          or (new.status = 'accepted' and new.expires_at <= now())) then
    perform private.refuse('status_move_not_allowed:invite', old.status);
  end if;
  new.created_at := old.created_at;
  new.accepted_at := case
    when old.status = 'pending' and new.status = 'accepted' then now() else old.accepted_at end;
  new.completed_at := case
    when old.status = 'accepted' and new.status = 'completed' then now() else old.completed_at end;
  new.email := private.normalize_email(new.email);
  if new.email <> old.email then
    if new.status <> 'pending' then
      perform private.refuse('invite_not_pending', new.status);
    end if;
    if not private.is_email(new.email) then
      perform private.refuse('invalid_email');
    end if;
    if not private.is_client() then
      perform private.lock_inviting(new.recruiter_id);
      perform private.make_room(new.interview_id, array[new.email::text]);
    end if;
    if private.is_reviewer(new.interview_id, new.email, null) then
      perform private.refuse('is_reviewer:inviting');
    end if;
    select d.code into new.invite_code
      from private.draw_codes(new.recruiter_id, array[new.email::text]) as d;
    new.queued_at := now();
  end if;
  if new.recruiter_name is distinct from old.recruiter_name then
    new.recruiter_name := coalesce(private.signature(new.recruiter_name), old.recruiter_name);
  end if;
  new.candidate_name := private.candidate_name(new.candidate_name);
  if new.expires_at <> old.expires_at then
    new.reminded_for := null;
  end if;
  if new.queued_at is distinct from old.queued_at then
    new.queued_at := now();
    new.delivery_status := 'queued';
    new.delivery_error := null;
  end if;
  return new;
end
$$;
comment on function private.change_invite() is
  'Before an invite is updated: checks the change of status, keeps the timestamps, and draws a new '
  'code for a corrected address. Definer, because the writer may not be able to read other '
  'invites.';

-- Without the columns for delivery and reminders, which the database updates often.
create or replace trigger _200_change_invite
  before update of id, interview_id, recruiter_name, candidate_name, email, invite_code, status,
    created_at, expires_at, accepted_at, completed_at, queued_at
  on public.interview_invites
  for each row execute function private.change_invite();

-- Definer, because clients may not read the counts, or the status of every interview.
create or replace function private.admit_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invites integer := (select count(*) from new_invites);
begin
  if v_invites > 1000 and private.is_client()
     and current_setting('interviews.skip_row_triggers', true) is distinct from 'yes' then
    perform private.refuse('too_many_rows', v_invites::text);
  end if;
  perform private.check_invitable(n)
    from (select distinct i.interview_id from new_invites i) as i
    join public.interviews n on n.id = i.interview_id;
  if exists (
    select from new_invites i
    join public.interview_reviewers r on r.interview_id = i.interview_id and r.email = i.email
  ) then
    perform private.refuse('is_reviewer:inviting');
  end if;
  perform private.count_invites(v_invites);
  return null;
end
$$;
comment on function private.admit_invites() is
  'After a statement that inserts invites: the interviews must accept candidates, none of whom '
  'reviews them, and clients may insert at most 1,000 rows within their daily limit.';

create or replace trigger _300_admit_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.admit_invites();

-- ---- how many an account may send ---------------------------------------------------------------

-- Definer, like the next, because clients may not read accounts, settings and counts.
create or replace function private.invites_per_day()
  returns integer
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select case
      when current_setting('role', true) = 'service_role' then s.backend_invites_per_day
      when not private.is_client() then null
      when exists (
          select from auth.users u
          where u.id = (select auth.uid()) and u.raw_app_meta_data -> 'roles' ? 'recruiter')
        or exists (
          select from public.interview_participants p
          where p.recruiter_id = (select auth.uid()) offset 9)
        then s.invites_per_day
      else least(s.invites_per_day, s.invites_per_day_at_first)
    end
    from private.settings s);
end
$$;
comment on function private.invites_per_day() is
  'How many emails the caller may queue a day; null for DBAs, who have no limit.';

create or replace function private.invites_left()
  returns integer
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return private.invites_per_day() - coalesce(case
    when private.is_client() then
      (select c.invites from private.invite_counts c
       where c.user_id = (select auth.uid()) and c.day = (now() at time zone 'utc')::date)
    else (select sum(b.invites)::integer from private.backend_invites b
          where b.day = (now() at time zone 'utc')::date) end, 0);
end
$$;
comment on function private.invites_left() is
  'How many more emails the caller may queue today; null for no limit.';

-- For recruiters, who want to know before they write to 2,000 people. Definer, as above.
create or replace function public.invites_left_today()
  returns integer
  language sql stable security definer set search_path = ''
as $$
  select greatest(private.invites_left(), 0) from private.caller_id()
$$;
comment on function public.invites_left_today() is
  'How many more people the caller may invite today (UTC).';

create or replace function private.check_invites_left(invites integer, invites_left integer)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if check_invites_left.invites > 0
     and check_invites_left.invites > check_invites_left.invites_left then
    perform private.refuse(
      'invites_per_day_reached', private.invites_per_day()::text,
      greatest(check_invites_left.invites_left, 0)::text,
      ((now() at time zone 'utc')::date + 1)::text);
  end if;
end
$$;
comment on function private.check_invites_left(integer, integer) is
  'Raises invites_per_day_reached if invites is more than invites_left.';

-- Definer, because clients may not write the counts.
create or replace function private.count_invites(invites integer)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if count_invites.invites = 0 or private.invites_per_day() is null then
    return;
  elsif private.is_client() then
    insert into private.invite_counts as c (user_id, day, invites)
      values (auth.uid(), (now() at time zone 'utc')::date, count_invites.invites)
      on conflict (user_id, day) do update set invites = c.invites + excluded.invites;
  else
    insert into private.backend_invites (day, invites)
      values ((now() at time zone 'utc')::date, count_invites.invites);
  end if;
  perform private.check_invites_left(
    count_invites.invites, private.invites_left() + count_invites.invites);
end
$$;
comment on function private.count_invites(integer) is
  'Counts emails queued by the caller today; raises invites_per_day_reached.';
