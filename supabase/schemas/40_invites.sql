-- Invites: who was invited to which interview, with the code that lets them in.
-- Whatever door a row comes through, its triggers draw the code and keep the rules.

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
  renewal_requested_at timestamptz,
  queued_at timestamptz default now(),
  delivery_status varchar(20) default 'queued',
  delivery_at timestamptz,
  delivery_error text,
  constraint interview_invites_email_check
    check (email = lower(btrim(email)) and (status = 'expired' or email like '_%@_%')),
  constraint interview_invites_invite_code_check check (status = 'expired' or invite_code ~ '^[0-9]{6}$'),
  constraint interview_invites_status_check check (status in ('pending', 'accepted', 'completed', 'expired')),
  constraint interview_invites_delivery_status_check
    check (delivery_status in ('queued', 'accepted', 'failed', 'cancelled')),
  constraint interview_invites_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
-- On an expression rather than partial: while the table is small, the planner reads any partial
-- index of pending rows as a whole to find one code, and keeps that plan while it grows.
create unique index if not exists interview_invites_pending_code_key
  on public.interview_invites ((case when status = 'pending' then invite_code end));
create unique index if not exists interview_invites_pending_email_key
  on public.interview_invites (interview_id, email) where status = 'pending';
create unique index if not exists interview_invites_email_code_key
  on public.interview_invites (email, invite_code);
create index if not exists interview_invites_interview_id_idx
  on public.interview_invites (interview_id, recruiter_id, created_at);
create index if not exists interview_invites_recruiter_id_idx
  on public.interview_invites (recruiter_id);
create index if not exists interview_invites_expires_at_idx
  on public.interview_invites (expires_at) where status = 'pending';

comment on table public.interview_invites is 'Invitations to an interview, one row per address and code.';
comment on column public.interview_invites.recruiter_id is 'Copied from the interview; read by the policies.';
comment on column public.interview_invites.recruiter_name is 'Signs the mail, its repetitions and its reminders.';
comment on column public.interview_invites.invite_code is
  'Six digits, drawn by the database alone; free for others once the invite is no longer pending.';
comment on column public.interview_invites.status is
  'pending -> accepted -> completed, or pending -> expired; a pending one past expires_at counts as expired.';
comment on column public.interview_invites.renewal_requested_at is
  'When the candidate asked for a renewal of this expired invite.';
comment on column public.interview_invites.queued_at is
  'When its mail was last queued; setting it anew queues another mail.';
comment on column public.interview_invites.delivery_status is
  'queued; accepted by the mail server; failed for good; cancelled because it was no longer to be sent. '
  'Null for invites of the first version.';
comment on column public.interview_invites.delivery_at is 'When delivery was last tried or settled.';
comment on column public.interview_invites.delivery_error is 'The mail server''s last words, if it refused.';

create table if not exists private.invite_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  day date not null,
  invites integer not null,
  primary key (user_id, day)
);
comment on table private.invite_counts is 'Mails queued by an account''s invitations on a day (UTC), for settings.invites_per_day.';

-- Two transactions that insert codes in different orders would deadlock on the unique index;
-- with this lock one draws after the other, and each sees what is taken.
create or replace function private.lock_codes()
  returns void
  language sql volatile set search_path = ''
as $$
  select pg_catalog.pg_advisory_xact_lock(715517, 1)
$$;
comment on function private.lock_codes() is
  'Serialises the drawing of codes until the transaction ends; taken before any invite row is locked.';

-- Needs lock_codes. Draws until enough are free: 48 random bits make each of the million
-- equally likely to within 4e-9. One code, the common case, costs a look at one candidate after
-- the other. Many are drawn in rounds, in the order of the index. When nearly all are taken, one
-- look at all of them is cheaper. Numbers, because the elements of an array of text cannot be
-- reached directly. (On `offset 0` see create_invites.)
create or replace function private.draw_codes(wanted integer, used_codes text[] default '{}')
  returns integer[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_drawn integer[] := '{}';
  v_found integer[];
  v_missing integer := draw_codes.wanted;
  v_tries integer := draw_codes.wanted;
begin
  if v_missing = 1 then
    select array[c.code] into v_drawn
    from (
      select (('x' || left(random.bits, 8) || substr(random.bits, 10, 4))::bit(48)::bigint % 1000000)::integer as code
      from (select gen_random_uuid()::text as bits from generate_series(1, 64)) as random
    ) as c
    where not exists (
        select from public.interview_invites i
        where case when i.status = 'pending' then i.invite_code end = lpad(c.code::text, 6, '0')
          and i.expires_at > now()
        offset 0)
      and lpad(c.code::text, 6, '0') <> all (coalesce(draw_codes.used_codes, '{}'))
    limit 1;
    v_drawn := coalesce(v_drawn, '{}');
    v_missing := 1 - cardinality(v_drawn);
    v_tries := 1000;
  end if;
  while v_missing > 0 loop
    with candidates as materialized (
      select random.try, ('x' || left(random.bits, 8) || substr(random.bits, 10, 4))::bit(48)::bigint % 1000000 as code
      from (select gen_random_uuid()::text as bits, try from generate_series(1, v_tries) as try) as random
      where v_tries <= 100000
      union all
      select row_number() over (order by gen_random_uuid()), list.code
      from (
        select generate_series(0, 999999)
        except
        select i.invite_code::integer from public.interview_invites i
        where i.status = 'pending' and i.expires_at > now()
      ) as list (code)
      where v_tries > 100000
      order by code
    ), free as (
      select c.code::integer, min(c.try) as try
      from candidates c
      where not exists (
          select from public.interview_invites i
          where case when i.status = 'pending' then i.invite_code end = lpad(c.code::text, 6, '0')
            and i.expires_at > now()
          offset 0)
        and lpad(c.code::text, 6, '0') not in (select used from unnest(draw_codes.used_codes) as used)
        and c.code not in (select drawn from unnest(v_drawn) as drawn)
      group by c.code
    )
    select array(select f.code from free f order by f.try limit v_missing) into v_found;
    v_drawn := v_drawn || v_found;
    v_missing := draw_codes.wanted - cardinality(v_drawn);
    exit when v_tries > 100000;
    -- As many as it takes at the rate of this round.
    v_tries := least(greatest(v_missing, 10) * greatest(v_tries / greatest(cardinality(v_found), 1), 2), 100001);
  end loop;
  if v_missing > 0 then
    raise exception 'All interview codes are in use at the moment.'
      using errcode = 'PT503', detail = 'codes_exhausted',
            hint = 'Revoke invites that are no longer needed, or wait until some expire.';
  end if;
  -- Overdue invites give their codes up; mostly there are none.
  if exists (select from public.interview_invites i where i.status = 'pending' and i.expires_at <= now()) then
    update public.interview_invites i
      set status = 'expired'
      where i.expires_at <= now()
        and case when i.status = 'pending' then i.invite_code end
            = any (array(select lpad(code::text, 6, '0') from unnest(v_drawn) as code));
  end if;
  return v_drawn;
end
$$;
comment on function private.draw_codes(integer, text[]) is
  'Random codes, all different, that no pending invite has and that are none of used_codes; overdue invites that hold '
  'one of them expire.';

create or replace function private.lock_codes_first()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.lock_codes();
  return null;
end
$$;
comment on function private.lock_codes_first() is 'Takes lock_codes before a statement that draws codes, or holds interviews (see hold_interview).';

create or replace trigger lock_codes_first
  before insert or update of email on public.interview_invites
  for each statement execute function private.lock_codes_first();
-- Those hold interviews, for which others wait who draw codes.
create or replace trigger lock_codes_first
  before delete or update of recruiter_id on public.interviews
  for each statement execute function private.lock_codes_first();

-- Definer, because the writer need not see the interview, the accounts or other invites.
create or replace function private.prepare_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_used_codes text[];
  v_pending_until timestamptz;
begin
  -- Somebody else's interview: the policy refuses the row, and nothing here may tell more.
  if private.is_client() and new.recruiter_id is distinct from auth.uid() then
    return new;
  end if;
  if new.invite_code is not null then
    raise exception 'Interview codes are drawn by the database and cannot be chosen.'
      using errcode = 'PT400', detail = 'code_not_allowed',
            hint = 'Leave invite_code out; the answer carries the code that was drawn.';
  end if;
  if new.status <> 'pending' then
    raise exception 'A new invite is pending, and nothing else.'
      using errcode = 'PT400', detail = 'status_not_allowed', hint = 'Leave status out, or send "pending".';
  end if;
  new.email := private.normalize_email(new.email);
  if not private.is_email(new.email) then
    raise exception 'This is not an email address that can be written to.'
      using errcode = 'PT400', detail = 'invalid_email', hint = 'Check the spelling of the address.';
  end if;
  -- By the address alone, the only condition that always has the right index (see
  -- interview_invites_pending_code_key); an address has few invites.
  select array_agg(i.invite_code),
         max(i.expires_at) filter (where i.interview_id = new.interview_id and i.status = 'pending')
    into v_used_codes, v_pending_until
    from public.interview_invites i
    where i.email = new.email;
  if v_pending_until > now() then
    raise exception 'This address has a pending invite to this interview already.'
      using errcode = 'PT409', detail = 'already_invited',
            hint = 'Call create_invites or resend_invite to send the mail again.';
  elsif v_pending_until is not null then
    update public.interview_invites i
      set status = 'expired'
      where i.interview_id = new.interview_id and i.email = new.email and i.status = 'pending';
  end if;
  -- create_invites has made the name fit for a mail; others who write the row have not.
  if new.recruiter_name is null or new.recruiter_name ~ '^\s|\s$|^$|[[:cntrl:]\u200e\u200f\u2028-\u202e\u2066-\u2069]' then
    new.recruiter_name := coalesce(
      private.display_name(new.recruiter_name), private.recruiter_name(new.interview_id));
  end if;
  new.invite_code := lpad((private.draw_codes(1, v_used_codes))[1]::text, 6, '0');
  new.created_at := now();
  new.accepted_at := null;
  new.completed_at := null;
  new.renewal_requested_at := null;
  new.queued_at := now();
  new.delivery_status := 'queued';
  new.delivery_at := null;
  new.delivery_error := null;
  return new;
end
$$;
comment on function private.prepare_invite() is
  'Before an invite is inserted: checks and normalizes the address, makes room for it, draws the code, stamps the row.';

-- Definer, because clients may not read auth.users.
create or replace function private.recruiter_name(interview_id uuid)
  returns text
  language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select private.display_name(u.raw_user_meta_data ->> 'full_name')
    from public.interviews n join auth.users u on u.id = n.recruiter_id
    where n.id = recruiter_name.interview_id
  ), 'HireVision')
$$;
comment on function private.recruiter_name(uuid) is
  'Who signs when nobody was named: the full_name of the interview''s recruiter, else HireVision.';

-- Row by row these cost twice what the insert itself does, so create_invites does the same for
-- the whole set, and says so for the length of one statement.
create or replace trigger copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_invites
  for each row when (current_setting('interviews.prepared', true) is distinct from 'yes')
  execute function private.copy_recruiter_id();
create or replace trigger prepare_invite
  before insert on public.interview_invites
  for each row when (current_setting('interviews.prepared', true) is distinct from 'yes')
  execute function private.prepare_invite();

create or replace function private.change_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.invite_code is distinct from old.invite_code then
    raise exception 'Interview codes are drawn by the database and cannot be chosen.'
      using errcode = 'PT400', detail = 'code_not_allowed',
            hint = 'Correct the address with correct_invite, or invite again: both draw a new code.';
  end if;
  if new.status <> old.status
     and ((old.status, new.status) not in (('pending', 'accepted'), ('accepted', 'completed'), ('pending', 'expired'))
          or (new.status = 'accepted' and new.expires_at <= now())) then
    raise exception 'An invite that is % cannot become that.', old.status
      using errcode = 'PT409', detail = 'status_move_not_allowed', hint = 'Invite the address again instead.';
  end if;
  new.created_at := old.created_at;
  new.accepted_at := case when old.status = 'pending' and new.status = 'accepted' then now() else old.accepted_at end;
  new.completed_at := case when old.status = 'accepted' and new.status = 'completed' then now() else old.completed_at end;
  if new.email <> old.email then
    new.email := private.normalize_email(new.email);
    if new.email <> old.email then
      if new.status <> 'pending' then
        raise exception 'Only a pending invite can change its address.'
          using errcode = 'PT409', detail = 'invite_not_pending', hint = 'Invite the right address instead.';
      end if;
      if not private.is_email(new.email) then
        raise exception 'This is not an email address that can be written to.'
          using errcode = 'PT400', detail = 'invalid_email', hint = 'Check the spelling of the address.';
      end if;
      new.invite_code := lpad((private.draw_codes(
        1, array(select i.invite_code from public.interview_invites i where i.email = new.email)))[1]::text, 6, '0');
      new.queued_at := now();
    end if;
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
  'Before an invite changes: keeps the status moves and the stamps, and draws a new code for a corrected address.';

create or replace trigger change_invite
  before update on public.interview_invites
  for each row execute function private.change_invite();

-- Definer, because clients may not read the counts and the interviews' states.
create or replace function private.admit_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (
    select from (select distinct i.interview_id from new_invites i) as i
    join public.interviews n on n.id = i.interview_id
    where not private.is_open(n.status, n.deadline)
  ) then
    raise exception 'This interview takes no candidates: it is not active, or its deadline has passed.'
      using errcode = 'PT409', detail = 'interview_closed',
            hint = 'Set it active again, or move the deadline, then invite.';
  end if;
  perform private.count_invites((select count(*)::integer from new_invites));
  return null;
end
$$;
comment on function private.admit_invites() is
  'After invites are inserted, once a statement: the interview must be open and the account within its day''s limit.';

-- Definer, because clients may not see the counts.
create or replace function private.invites_left()
  returns integer
  language sql stable security definer set search_path = ''
as $$
  select s.invites_per_day - coalesce((
    select c.invites from private.invite_counts c
    where c.user_id = (select auth.uid()) and c.day = (now() at time zone 'utc')::date), 0)
  from private.settings s
  where private.is_client()
$$;
comment on function private.invites_left() is
  'How many mails more the calling account may queue today; null for service_role and DBAs, who have no limit.';

-- Its name in an earlier release.
drop function if exists private.require_quota(integer, integer);
create or replace function private.check_invites_left(invites integer, invites_left integer)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if check_invites_left.invites > 0 and check_invites_left.invites > check_invites_left.invites_left then
    raise exception 'Your account may send % invitations a day; % are left today.',
        (select s.invites_per_day from private.settings s), greatest(check_invites_left.invites_left, 0)
      using errcode = 'PT429', detail = 'invites_per_day_reached',
            hint = format('Invite fewer people, or go on after %s 00:00 UTC.', (now() at time zone 'utc')::date + 1);
  end if;
end
$$;
comment on function private.check_invites_left(integer, integer) is
  'Raises invites_per_day_reached if that many mails are more than what invites_left says.';

-- Definer, because clients may not touch the counts.
create or replace function private.count_invites(invites integer)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not private.is_client() or count_invites.invites = 0 then
    return;
  end if;
  insert into private.invite_counts as c (user_id, day, invites)
    values (auth.uid(), (now() at time zone 'utc')::date, count_invites.invites)
    on conflict (user_id, day) do update set invites = c.invites + excluded.invites;
  perform private.check_invites_left(count_invites.invites, private.invites_left() + count_invites.invites);
end
$$;
comment on function private.count_invites(integer) is
  'Counts mails queued by the calling account today; raises invites_per_day_reached.';

create or replace trigger admit_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.admit_invites();
