-- GENERATED from supabase/schemas/ and policies/: do not edit, run `make schema`.
--
-- The whole database: tables, functions, policies and grants, in one transaction. Run it with
-- `psql -f database_schema.sql`, or paste it into the Supabase SQL editor. Running it again
-- changes nothing and loses nothing.

begin;

-- ======== supabase/schemas/10_setup.sql ========

-- Setup: the guard against a first-version database, the private schema with its settings,
-- and the few functions that every later step uses.

-- Nothing to say about objects that do not exist yet or already do.
set local client_min_messages = warning;

-- A plain `create table if not exists` would pass silently over the first version's tables,
-- so stop before anything has changed.
do $$
begin
  if to_regclass('auth.users') is null then
    raise exception 'This database has no auth.users: the schema needs a Supabase project.'
      using errcode = 'PT400', detail = 'supabase_required',
            hint = 'Apply it to a Supabase database, as the role postgres.';
  end if;
  if exists (
    select from (values
      ('interviews', 'deadline'), ('interview_questions', 'recruiter_id'),
      ('interview_invites', 'expires_at'), ('interview_participants', 'invite_id')
    ) as marker (table_name, column_name)
    where to_regclass('public.' || marker.table_name) is not null
      and not exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = to_regclass('public.' || marker.table_name)
          and a.attname = marker.column_name and not a.attisdropped
      )
  ) then
    raise exception 'This database holds the first version of the interview tables; nothing was changed.'
      using errcode = 'PT409', detail = 'first_version_found',
            hint = 'Run supabase/preflight.sql, then apply supabase/migrations in order (supabase db push).';
  end if;
end
$$;

-- A session keeps the plans of its functions and foreign keys until the tables are analyzed anew.
-- One made while a table was nearly empty reads it from end to end, and goes on doing so while it
-- grows. So functions that are called often or on many rows say `set enable_seqscan = off`.

create schema if not exists private;
comment on schema private is
  'Helpers, counters, settings and the mail outbox of the interviews; not exposed by PostgREST.';

create table if not exists private.settings (
  singleton boolean primary key default true check (singleton),
  invites_per_day integer not null default 1000 check (invites_per_day >= 0),
  require_recruiter_role boolean not null default false,
  mail_give_up_after interval not null default '1 day',
  outbox_kept_for interval not null default '30 days',
  reminder_distances interval[] not null default '{3 days,1 day}'
);
comment on table private.settings is 'One row: what a DBA may change without touching code.';
comment on column private.settings.invites_per_day is
  'Mails that one account may queue in a day (UTC) by inviting; no limit for service_role and DBAs.';
comment on column private.settings.require_recruiter_role is
  'If true, only accounts whose app_metadata.roles has "recruiter" create interviews and invites.';
comment on column private.settings.mail_give_up_after is
  'A mail that still meets temporary errors at this age, and has met a few, is failed.';
comment on column private.settings.outbox_kept_for is
  'Finished rows of the outbox are pruned at this age.';
comment on column private.settings.reminder_distances is
  'How long before expiry or deadline reminders are sent; empty for none.';
insert into private.settings default values on conflict do nothing;

-- (A function of one expression is in plpgsql where it is called often: PostgreSQL 17 parses and
-- plans one in SQL anew for every statement.)

-- Who calls. In a `security definer` function current_user is the owner, while the setting
-- `role` still tells whom PostgREST switched to; outside an API request it is 'none'.
create or replace function private.is_client()
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce(current_setting('role', true), 'none') in ('anon', 'authenticated');
end
$$;
comment on function private.is_client() is
  'True for a browser''s call (anon, authenticated); false for service_role and DBAs, who act on everything.';

-- Whoever else signs tokens for the project may name accounts by something that is no uuid, which
-- auth.uid() cannot read.
create or replace function private.caller_id()
  returns uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return auth.uid();
exception when invalid_text_representation then
  raise exception 'Please sign in first.'
    using errcode = 'PT401', detail = 'not_signed_in', hint = 'Sign in, then try again.';
end
$$;
comment on function private.caller_id() is
  'The account that the token names, null without one; raises not_signed_in when it cannot be an account''s id.';

-- The address decides which invites a person may redeem: it is read from auth.users, never
-- from the token's metadata, which users edit themselves. Definer, because clients may not
-- read auth.users.
drop function if exists private.confirmed_email();  -- as it was called in an earlier release
create or replace function private.confirmed_email(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_account record;
begin
  select u.email, u.email_confirmed_at, u.is_anonymous into v_account
  from auth.users u
  where u.id = confirmed_email.user_id;
  if not found then
    raise exception 'Please sign in first.'
      using errcode = 'PT401', detail = 'not_signed_in', hint = 'Sign in, then try again.';
  end if;
  if v_account.email_confirmed_at is null or v_account.is_anonymous or v_account.email is null then
    raise exception 'Please confirm your email address first.'
      using errcode = 'PT403', detail = 'email_not_confirmed',
            hint = 'Open the link in the confirmation mail, or ask for a new one, then try again.';
  end if;
  return private.normalize_email(v_account.email);
end
$$;
comment on function private.confirmed_email(uuid) is
  'An account''s confirmed address, normalized; raises not_signed_in or email_not_confirmed.';

-- Used by the insert policies. Definer, because clients may not read auth.users or settings.
create or replace function private.may_recruit()
  returns boolean
  language sql stable security definer set search_path = ''
as $$
  select exists (
    select from auth.users u
    where u.id = (select private.caller_id())
      and u.email_confirmed_at is not null
      and not coalesce(u.is_anonymous, false)
      and (
        not (select s.require_recruiter_role from private.settings s)
        or coalesce(u.raw_app_meta_data -> 'roles' ? 'recruiter', false)
      )
  )
$$;
comment on function private.may_recruit() is
  'Whether the caller is a confirmed, non-anonymous account that the settings allow to recruit.';

-- The same rule for functions, with a reason. Definer for the same cause.
create or replace function private.require_recruiter()
  returns void
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if private.is_client() and not private.may_recruit() then
    perform private.confirmed_email(private.caller_id());
    raise exception 'This account may not create interviews or invite candidates.'
      using errcode = 'PT403', detail = 'recruiter_role_required',
            hint = 'Ask an administrator to give your account the role "recruiter".';
  end if;
end
$$;
comment on function private.require_recruiter() is
  'Raises not_signed_in, email_not_confirmed or recruiter_role_required for a client who may not recruit.';

create or replace function private.display_name(name text)
  returns text
  language sql immutable set search_path = ''
  return nullif(private.trim_blanks(left(private.trim_blanks(
    pg_catalog.regexp_replace(name, '[[:cntrl:]\s\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+', ' ', 'g')), 100)), '');
comment on function private.display_name(text) is
  'A person''s name fit for one line of a mail: at most 100 characters, no line breaks; null when nothing is left.';

-- Raising rolls the transaction back. Where it must commit (a counted guess), the same four
-- keys are returned as the result, and PostgREST takes the status from response.status.
create or replace function private.refusal(status integer, slug text, message text, hint text, retry_after integer default null)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
begin
  perform pg_catalog.set_config('response.status', refusal.status::text, true);
  if refusal.retry_after is not null then
    perform pg_catalog.set_config(
      'response.headers', jsonb_build_array(jsonb_build_object('Retry-After', refusal.retry_after::text))::text, true);
  end if;
  return jsonb_build_object(
    'code', 'PT' || refusal.status, 'message', refusal.message, 'details', refusal.slug, 'hint', refusal.hint);
end
$$;
comment on function private.refusal(integer, text, text, text, integer) is
  'An error as a result, for transactions that must commit; retry_after in seconds.';

-- ======== supabase/schemas/15_addresses.sql ========

-- Addresses: the one definition of an email address, and the form in which it is stored and compared.
-- These functions call nothing outside this file, so that upgrades and preflight.sql can run them too.

create or replace function private.trim_blanks(value text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return btrim(value, E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff');
end
$$;
comment on function private.trim_blanks(text) is
  'Without leading and trailing blanks, those that come along with a copied text included.';

create or replace function private.normalize_email(email text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  -- Nothing that long is an address, and the rest would take its time over it.
  if length(email) > 320 then
    return email;
  end if;
  -- Nearly all are plain ASCII without blanks, for which the rest does nothing but this.
  if email ~ '^[!-~]*$' then
    return lower(email);
  end if;
  -- The blanks are those of trim_blanks; a call of it would cost more than all the rest. Two
  -- letters that fold into ASCII's i and k step aside, for they make another mailbox; is_email
  -- refuses them.
  return translate(
    normalize(lower(btrim(translate(email, E'\u0130\u212a', E'\u0001\u0002'),
                          E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff')), nfc),
    E'\u0001\u0002', E'\u0130\u212a');
end
$$;
comment on function private.normalize_email(text) is
  'How addresses are stored and compared everywhere: trimmed, lower case, Unicode NFC.';

-- Written for speed (10,000 addresses a call): no lookahead and no counted repetition, which
-- make a regular expression ten times slower.
create or replace function private.is_email(email text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(
    email ~ '^[^\s"(),:;<>@\[\\\]]+@([^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+\.)+[^\u0001-\u0040\u005b-\u0060\u007b-\u00a0][^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+$'
    and email !~ '^\.|\.@|\.\.|@-|@.*(\.-|-\.)|-$|[[:cntrl:]\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u0130\u212a\U000e0000-\U000e0fff]'
    and strpos(email, '@') <= 65 and length(email) <= 254
    and (length(email) <= 64 or split_part(email, '@', 2) !~ '[^.]{64}'),
    false);
end
$$;
comment on function private.is_email(text) is
  'Whether a normalized address can be mailed: dot-atom local part of at most 64 characters, a domain of two or '
  'more labels, Unicode in both, no control or invisible characters. Null is no address.';

-- ======== supabase/schemas/20_interviews.sql ========

-- Interviews: what a recruiter creates, and the one rule for when candidates may come in.

create table if not exists public.interviews (
  id uuid primary key default gen_random_uuid(),
  title varchar(255) not null,
  description text,
  recruiter_id uuid not null default auth.uid(),
  company_number varchar(50),
  status varchar(20) not null default 'active',
  deadline timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint interviews_title_check check (title ~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
  constraint interviews_description_check check (length(description) <= 100000),
  constraint interviews_status_check check (status in ('active', 'inactive', 'completed')),
  constraint interviews_deadline_check
    check (deadline between timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00'),
  constraint interviews_recruiter_id_fkey foreign key (recruiter_id) references auth.users (id) on delete restrict
);
create index if not exists interviews_recruiter_id_idx on public.interviews (recruiter_id, created_at desc);
create index if not exists interviews_deadline_idx on public.interviews (deadline) where deadline is not null;

comment on table public.interviews is 'An interview: ordered questions that invited candidates answer.';
comment on column public.interviews.recruiter_id is 'Its owner; changed by transfer_interviews alone.';
comment on column public.interviews.company_number is 'A label; grants nothing.';
comment on column public.interviews.status is
  'active takes candidates in; inactive takes nobody new; completed lets nobody finish any more.';
comment on column public.interviews.deadline is 'Nobody joins after it; who has joined may finish until 10 minutes past it.';

create or replace function private.stamp_interview()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  new.created_at := case tg_op when 'INSERT' then now() else old.created_at end;
  new.updated_at := now();
  return new;
end
$$;
comment on function private.stamp_interview() is 'Stamps are the database''s own, whatever was sent along.';

create or replace trigger stamp_interview
  before insert or update on public.interviews
  for each row execute function private.stamp_interview();

create or replace function private.is_open(status text, deadline timestamptz)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return is_open.status = 'active' and (is_open.deadline is null or is_open.deadline > now());
end
$$;
comment on function private.is_open(text, timestamptz) is
  'Whether an interview of this status and deadline accepts candidates now.';

-- Questions, invites and participants repeat their interview's recruiter_id, so that each of
-- their policies is one comparison with an indexed column instead of a look into another
-- table. Nobody sends it: it is copied here, and follows the interview in move_recruiter_id.
-- Definer, because the writer need not see the interview. The lock, which the foreign key would
-- take later, keeps the interview from being moved or deleted until the row stands.
create or replace function private.copy_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select n.recruiter_id into new.recruiter_id
    from public.interviews n where n.id = new.interview_id
    for key share;
  if new.recruiter_id is null and not private.is_client() then
    raise exception 'There is no interview with the id %.', coalesce(new.interview_id::text, 'null')
      using errcode = 'PT404', detail = 'interview_not_found', hint = 'Create the interview first.';
  end if;
  return new;
end
$$;
comment on function private.copy_recruiter_id() is
  'Sets recruiter_id to that of the row''s interview; for clients null, which the policies refuse, when there is none.';

-- Locks are taken in one order, so that nobody waits for each other: lock_codes (where it is
-- needed), the interview (shared by whoever writes below it), participants, invites by id, mails.
-- Whoever moves or deletes an interview takes all but the last here, so that no row is missed.
-- Definer, because the writer need not own the rows below.
create or replace function private.hold_interview()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.interviews n where n.id = old.id for update;
  perform from public.interview_participants p where p.interview_id = old.id order by p.id for update;
  perform from public.interview_invites i where i.interview_id = old.id order by i.id for update;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.hold_interview() is
  'Before an interview changes its recruiter or is deleted: waits for whoever writes below it, and keeps others out.';

create or replace trigger hold_interview
  before delete on public.interviews
  for each row execute function private.hold_interview();
create or replace trigger hold_moved_interview
  before update of recruiter_id on public.interviews
  for each row when (new.recruiter_id is distinct from old.recruiter_id)
  execute function private.hold_interview();

-- Definer, because whoever moves an interview need not own the rows below it.
create or replace function private.move_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (select from was join now_is using (id) where was.recruiter_id <> now_is.recruiter_id) then
    return null;
  end if;
  update public.interview_questions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_invites c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_participants c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  return null;
end
$$;
comment on function private.move_recruiter_id() is 'Carries a new recruiter_id to everything below the interview.';

create or replace trigger move_recruiter_id
  after update on public.interviews
  referencing old table as was new table as now_is
  for each statement execute function private.move_recruiter_id();

-- For service_role and DBAs: an account that owns interviews cannot be deleted before.
create or replace function public.transfer_interviews(from_recruiter uuid, to_recruiter uuid)
  returns integer
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_moved integer;
begin
  if not exists (select from auth.users u where u.id = transfer_interviews.to_recruiter) then
    raise exception 'There is no account with the id %.', coalesce(transfer_interviews.to_recruiter::text, 'null')
      using errcode = 'PT404', detail = 'recruiter_not_found', hint = 'Give the id of an existing account.';
  end if;
  -- What hold_interview locks of one interview, of all of them, so that the order holds.
  perform private.lock_codes();
  perform from public.interviews n
    where n.recruiter_id = transfer_interviews.from_recruiter order by n.id for update;
  perform from public.interview_participants p
    where p.recruiter_id = transfer_interviews.from_recruiter order by p.id for update;
  perform from public.interview_invites i
    where i.recruiter_id = transfer_interviews.from_recruiter order by i.id for update;
  update public.interviews n
    set recruiter_id = transfer_interviews.to_recruiter
    where n.recruiter_id = transfer_interviews.from_recruiter;
  get diagnostics v_moved = row_count;
  return v_moved;
end
$$;
comment on function public.transfer_interviews(uuid, uuid) is
  'Moves all interviews of one recruiter to another, with everything below them; returns how many. '
  'Definer: service_role may not update interviews.';

-- ======== supabase/schemas/30_questions.sql ========

-- Questions: the ordered content of an interview.

create table if not exists public.interview_questions (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  question text not null,
  order_index integer not null,
  created_at timestamptz not null default now(),
  constraint interview_questions_question_check check (question ~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
  constraint interview_questions_length_check check (length(question) <= 100000),
  constraint interview_questions_order_index_check check (order_index >= 0),
  constraint interview_questions_order_key unique (interview_id, order_index) deferrable initially immediate,
  constraint interview_questions_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
create index if not exists interview_questions_recruiter_id_idx on public.interview_questions (recruiter_id);

comment on table public.interview_questions is 'The questions of an interview, in the order of order_index.';
comment on column public.interview_questions.recruiter_id is 'Copied from the interview; read by the policies.';
comment on column public.interview_questions.order_index is
  'Position; unique within the interview, checked at the end of a statement, so that reordering is one update.';

create or replace function private.stamp_question()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  new.created_at := case tg_op when 'INSERT' then now() else old.created_at end;
  return new;
end
$$;
comment on function private.stamp_question() is 'Stamps are the database''s own, whatever was sent along.';

create or replace trigger copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_questions
  for each row execute function private.copy_recruiter_id();
create or replace trigger stamp_question
  before insert or update on public.interview_questions
  for each row execute function private.stamp_question();

-- For recruiters: row level security lets nobody else update a question.
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
    raise exception 'This interview does not exist, or it is not yours.'
      using errcode = 'PT404', detail = 'interview_not_found', hint = 'Open it from your list of interviews.';
  end if;
  select array_agg(q.id order by q.id) into v_current
  from (
    select q.id from public.interview_questions q
    where q.interview_id = reorder_questions.interview_id
    order by q.id for update
  ) q;
  if v_current is distinct from (select array_agg(id order by id) from unnest(reorder_questions.question_ids) as id) then
    raise exception 'The new order must name every question of the interview exactly once.'
      using errcode = 'PT409', detail = 'question_ids_mismatch',
            hint = 'Load the questions again, then reorder them.';
  end if;
  update public.interview_questions q
    set order_index = o.position
    from unnest(reorder_questions.question_ids) with ordinality as o (id, position)
    where q.id = o.id;
  return coalesce(
    (select jsonb_agg(jsonb_build_object('id', q.id, 'order_index', q.order_index) order by q.order_index)
     from public.interview_questions q
     where q.interview_id = reorder_questions.interview_id), '[]');
end
$$;
comment on function public.reorder_questions(uuid, uuid[]) is
  'Puts the questions of an interview into the order given, numbered from 1; returns the new order.';

-- ======== supabase/schemas/40_invites.sql ========

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

-- ======== supabase/schemas/45_inviting.sql ========

-- Inviting: what recruiters, the service and DBAs call to invite people, and to put right what
-- went wrong with an invite.

-- The interview that the caller may invite to, or the reason why not. Definer, like its callers.
create or replace function private.require_interview(interview_id uuid)
  returns public.interviews
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_interview public.interviews;
begin
  perform private.require_recruiter();
  select n.* into v_interview
  from public.interviews n
  where n.id = require_interview.interview_id
    and (n.recruiter_id = (select auth.uid()) or not private.is_client());
  if not found then
    raise exception 'This interview does not exist, or it is not yours.'
      using errcode = 'PT404', detail = 'interview_not_found', hint = 'Open it from your list of interviews.';
  end if;
  return v_interview;
end
$$;
comment on function private.require_interview(uuid) is
  'The interview, if it is the caller''s own (or the caller is service_role or a DBA); else interview_not_found.';

-- The interview that these addresses may be invited to, or the reason why not. Definer, like its
-- callers.
create or replace function private.require_open_interview(interview_id uuid, emails text[])
  returns public.interviews
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(require_open_interview.interview_id);
begin
  if coalesce(cardinality(require_open_interview.emails), 0) = 0 then
    raise exception 'There is no address to invite.'
      using errcode = 'PT400', detail = 'no_emails', hint = 'Give at least one email address.';
  end if;
  if cardinality(require_open_interview.emails) > 10000 then
    raise exception 'At most 10,000 addresses can be invited in one call; these are %.',
        cardinality(require_open_interview.emails)
      using errcode = 'PT413', detail = 'too_many_emails', hint = 'Split the list into several calls.';
  end if;
  if not private.is_open(v_interview.status, v_interview.deadline) then
    raise exception 'This interview takes no candidates: it is not active, or its deadline has passed.'
      using errcode = 'PT409', detail = 'interview_closed',
            hint = 'Set it active again, or move the deadline, then invite.';
  end if;
  return v_interview;
end
$$;
comment on function private.require_open_interview(uuid, text[]) is
  'The interview of require_interview, if it takes candidates and there are 1 to 10,000 addresses; else no_emails, '
  'too_many_emails or interview_closed.';

-- What inviting each address comes to, for create_invites and its preview. Definer, like these.
-- The planner may know nothing of these tables (a new project) or think them empty (after a large
-- call was rolled back), and would then compare every address with every invite. So no plan here
-- is left to its estimates: `offset 0` makes a subquery a look-up by index for each row.
create or replace function private.classify_invites(interview_id uuid, emails text[])
  returns table (
    "position" bigint, sent text, email text, id uuid, invite_code text, used_codes text[], outcome text)
  language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with request as materialized (
    select r.position, r.email as sent, private.normalize_email(r.email) as email
    from unnest(classify_invites.emails) with ordinality as r (email, position)
  ), joined as materialized (
    select private.normalize_email(a.email) as email
    from public.interview_participants p
    left join public.interview_invites i on i.id = p.invite_id
    left join auth.users u on u.id = p.user_id
    cross join lateral (values (i.email), (u.email)) as a (email)
    where p.interview_id = classify_invites.interview_id and p.status <> 'withdrawn' and a.email is not null
  )
  select r.position, r.sent, r.email, known.id, known.invite_code::text, known.used_codes::text[],
    case
      when not private.is_email(r.email) then 'invalid_email'
      when row_number() over (partition by r.email collate "C" order by r.position) > 1 then 'duplicate_in_request'
      when r.email in (select j.email from joined j) then 'already_joined'
      when known.id is null then 'created'
      when known.queued_at > now() - interval '10 minutes' then 'unchanged'
      else 'renewed'
    end as outcome
  from request r
  cross join lateral (
    select max(i.id::text) filter (where i.is_pending)::uuid as id,
           max(i.invite_code) filter (where i.is_pending) as invite_code,
           max(i.queued_at) filter (where i.is_pending) as queued_at,
           array_agg(i.invite_code) as used_codes
    from (
      select i.id, i.invite_code, i.queued_at,
             i.interview_id = classify_invites.interview_id and i.status = 'pending' and i.expires_at > now()
               as is_pending
      from public.interview_invites i
      where i.email = r.email
      offset 0
    ) i
  ) as known;
end
$$;
comment on function private.classify_invites(uuid, text[]) is
  'One row per address in the order given: the outcome that create_invites would have, the pending invite, and the '
  'codes that the address had before.';

-- For recruiters, service_role and DBAs. Definer, because renewing updates invites, which no
-- client may do. Classifies all addresses first, then inserts and renews them as sets.
-- As in classify_invites, no plan is left to the planner's estimates: `(… in (…)) is true` is a
-- look-up in a hash table.
create or replace function public.create_invites(interview_id uuid, emails text[], recruiter_name text default null)
  returns jsonb
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
declare
  v_interview public.interviews := private.require_open_interview(create_invites.interview_id, create_invites.emails);
  v_name text := coalesce(private.display_name(create_invites.recruiter_name),
                          private.recruiter_name(create_invites.interview_id));
  v_left integer := private.invites_left();
  v_renewed integer;
  v_outcomes jsonb;
begin
  -- Before the lock for which others wait: a call that comes to nothing must not hold it.
  -- Only a list that may be too long is looked at twice.
  if cardinality(create_invites.emails) > v_left then
    perform private.check_invites_left((
      select count(*)::integer
      from private.classify_invites(create_invites.interview_id, create_invites.emails) c
      where c.outcome in ('created', 'renewed')), v_left);
  end if;
  perform private.lock_codes();
  -- It may have been moved or deleted meanwhile; until the invites stand it no longer can be (see
  -- hold_interview).
  perform from public.interviews n where n.id = create_invites.interview_id for key share;
  v_interview := private.require_open_interview(create_invites.interview_id, create_invites.emails);
  update public.interview_invites i
    set status = 'expired'
    where i.id = any (array(
      select overdue.id from public.interview_invites overdue
      where overdue.interview_id = create_invites.interview_id and overdue.status = 'pending'
        and overdue.expires_at <= now()
      order by overdue.id
      for no key update));

  perform set_config('interviews.prepared', 'yes', true);
  with classified as materialized (
    select c.* from private.classify_invites(create_invites.interview_id, create_invites.emails) c
  ), drawn as materialized (
    select private.draw_codes(
      (select count(*)::integer from classified c where c.outcome = 'created'),
      array(select used from classified c, unnest(c.used_codes) as used where c.outcome = 'created')) as codes
  ), new_invites as materialized (
    select c.position, c.email, gen_random_uuid() as id,
           lpad((select d.codes from drawn d)[row_number() over (order by c.position)]::text, 6, '0') as invite_code
    from classified c where c.outcome = 'created'
  ), created as (
    insert into public.interview_invites (id, interview_id, recruiter_id, recruiter_name, email, invite_code)
    select n.id, v_interview.id, v_interview.recruiter_id, v_name, n.email, n.invite_code from new_invites n
  ), to_renew as materialized (
    -- Locked in the order in which workers lock what they settle.
    select i.id
    from public.interview_invites i
    where i.interview_id = create_invites.interview_id and i.status = 'pending'
      and exists (select from classified c where c.outcome = 'renewed')
      and (i.id in (select c.id from classified c where c.outcome = 'renewed')) is true
    order by i.id
    for no key update
  ), renewed as (
    update public.interview_invites i
    set queued_at = now(), expires_at = greatest(i.expires_at, now() + interval '30 days'),
        recruiter_name = case when create_invites.recruiter_name is null then i.recruiter_name else v_name end
    where i.id = any (array(select t.id from to_renew t))
    returning i.id
  ), outcomes as (
    select c.position, c.email, c.outcome, c.id, c.invite_code
    from classified c
    where c.outcome = 'unchanged' or (c.outcome = 'renewed' and (c.id in (select r.id from renewed r)) is true)
    union all
    -- Redeemed while this call waited for it.
    select c.position, c.email, 'already_joined', null, null
    from classified c
    where c.outcome = 'renewed' and (c.id in (select r.id from renewed r)) is not true
    union all
    select n.position, n.email, 'created', n.id, n.invite_code from new_invites n
    union all
    select c.position, case c.outcome when 'invalid_email' then c.sent else c.email end, c.outcome, null, null
    from classified c where c.outcome in ('invalid_email', 'duplicate_in_request', 'already_joined')
  )
  select (select count(*) from renewed), to_jsonb(array_agg(listed))
  into v_renewed, v_outcomes
  from (select o.email, o.outcome, o.id as invite_id, o.invite_code from outcomes o order by o.position) as listed;
  perform set_config('interviews.prepared', '', true);
  perform private.count_invites(v_renewed);
  return v_outcomes;
end
$$;
comment on function public.create_invites(uuid, text[], text) is
  'Invites up to 10,000 addresses; one object per address in the order given: email, outcome, invite_id, invite_code. '
  'Outcomes: created, renewed, unchanged, already_joined, duplicate_in_request, invalid_email.';

-- For recruiters, service_role and DBAs: looks, and changes nothing. Definer, because clients may
-- not read whose accounts have joined.
create or replace function public.preview_invites(interview_id uuid, emails text[])
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_open_interview(preview_invites.interview_id, preview_invites.emails);
  return (
    select jsonb_agg(
      jsonb_build_object(
        'email', case c.outcome when 'invalid_email' then c.sent else c.email end,
        'outcome', c.outcome,
        'invite_id', case when c.outcome in ('renewed', 'unchanged') then c.id end,
        'invite_code', case when c.outcome in ('renewed', 'unchanged') then c.invite_code end)
      order by c.position)
    from private.classify_invites(preview_invites.interview_id, preview_invites.emails) c);
end
$$;
comment on function public.preview_invites(uuid, text[]) is
  'What create_invites would answer for these addresses, without inviting anybody; the codes of new invites are not '
  'drawn yet, so they are null.';

-- For recruiters. Invoker: the policies of interviews and questions decide.
create or replace function public.create_interview(
  title text,
  description text default null,
  company_number text default null,
  questions text[] default '{}',
  emails text[] default '{}',
  deadline timestamptz default null,
  recruiter_name text default null
)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
  v_questions jsonb;
begin
  perform private.require_recruiter();
  if coalesce(create_interview.title, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'
     or length(private.trim_blanks(create_interview.title)) > 255 then
    raise exception 'An interview needs a title of 1 to 255 characters.'
      using errcode = 'PT400', detail = 'invalid_title', hint = 'Give a shorter title, or any at all.';
  end if;
  if exists (select from unnest(create_interview.questions) as q where coalesce(q, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]') then
    raise exception 'A question is empty.'
      using errcode = 'PT400', detail = 'empty_question', hint = 'Write the question, or leave it out.';
  end if;
  if length(create_interview.description) > 100000 then
    raise exception 'A description may have up to 100,000 characters; this one has %.', length(create_interview.description)
      using errcode = 'PT400', detail = 'description_too_long', hint = 'Shorten it.';
  end if;
  if exists (select from unnest(create_interview.questions) as q where length(q) > 100000) then
    raise exception 'A question may have up to 100,000 characters.'
      using errcode = 'PT400', detail = 'question_too_long', hint = 'Shorten it, or make several of it.';
  end if;
  if create_interview.deadline not between timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00' then
    raise exception 'The deadline is no date that people use.'
      using errcode = 'PT400', detail = 'invalid_deadline', hint = 'Give a date before the year 9999, or none.';
  end if;
  insert into public.interviews as n (title, description, company_number, deadline, recruiter_id)
    values (private.trim_blanks(create_interview.title), create_interview.description, create_interview.company_number,
            create_interview.deadline, (select auth.uid()))
    returning n.id into v_interview_id;
  with inserted as (
    insert into public.interview_questions as q (interview_id, question, order_index)
    select v_interview_id, asked.question, asked.position
    from unnest(create_interview.questions) with ordinality as asked (question, position)
    returning q.id, q.question, q.order_index
  )
  select coalesce(jsonb_agg(to_jsonb(inserted) order by inserted.order_index), '[]') into v_questions from inserted;
  return jsonb_build_object(
    'interview_id', v_interview_id,
    'questions', v_questions,
    'invites', case
      when coalesce(cardinality(create_interview.emails), 0) = 0 then '[]'::jsonb
      else public.create_invites(v_interview_id, create_interview.emails, create_interview.recruiter_name)
    end);
end
$$;
comment on function public.create_interview(text, text, text, text[], text[], timestamptz, text) is
  'Creates an interview with its questions and invites in one transaction; returns interview_id, questions, invites.';

-- The invite that the caller may act on. Definer, like its callers; locks the row, and its
-- interview before (see hold_interview).
create or replace function private.require_invite(invite_id uuid)
  returns public.interview_invites
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites;
begin
  perform private.require_recruiter();
  perform private.lock_codes();
  select i.* into v_invite
  from public.interview_invites i
  join public.interviews n on n.id = i.interview_id
  where i.id = require_invite.invite_id
    and (i.recruiter_id = (select auth.uid()) or not private.is_client())
  for key share of n
  for no key update of i;
  if not found then
    raise exception 'This invite does not exist, or it is not yours.'
      using errcode = 'PT404', detail = 'invite_not_found', hint = 'Open it from the list of the interview''s invites.';
  end if;
  return v_invite;
end
$$;
comment on function private.require_invite(uuid) is
  'The invite, locked, if it is of the caller''s own interview (or the caller is service_role or a DBA); else invite_not_found.';

-- For recruiters, service_role and DBAs. Definer, because clients may not update invites.
create or replace function public.resend_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.require_invite(resend_invite.invite_id);
begin
  return public.create_invites(v_invite.interview_id, array[v_invite.email::text], v_invite.recruiter_name) -> 0;
end
$$;
comment on function public.resend_invite(uuid) is
  'Sends a pending invite''s mail again with the same code, or renews an expired invite; returns one outcome of create_invites.';

-- For recruiters, service_role and DBAs. Definer, because clients may not update invites.
create or replace function public.revoke_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.require_invite(revoke_invite.invite_id);
begin
  if v_invite.status in ('accepted', 'completed') then
    raise exception 'This invite has been redeemed; it can no longer be revoked.'
      using errcode = 'PT409', detail = 'invite_not_pending', hint = 'Close the interview if nobody may go on.';
  end if;
  update public.interview_invites i
    set status = 'expired', expires_at = least(i.expires_at, now())
    where i.id = v_invite.id and i.status = 'pending'
    returning i.* into v_invite;
  return jsonb_build_object('invite_id', revoke_invite.invite_id, 'status', 'expired');
end
$$;
comment on function public.revoke_invite(uuid) is
  'Expires a pending invite now: its code no longer works, a mail that waits is not sent. Returns invite_id and status.';

-- For recruiters, service_role and DBAs. Definer, because clients may not update invites.
create or replace function public.correct_invite(invite_id uuid, email text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.require_invite(correct_invite.invite_id);
  v_email text := private.normalize_email(correct_invite.email);
begin
  if v_invite.status <> 'pending' or v_invite.expires_at <= now() then
    raise exception 'Only a pending invite can be corrected; this one is %.',
        case v_invite.status when 'pending' then 'expired' else v_invite.status end
      using errcode = 'PT409', detail = 'invite_not_pending', hint = 'Invite the right address instead.';
  end if;
  if not private.is_email(v_email) then
    raise exception 'This is not an email address that can be written to.'
      using errcode = 'PT400', detail = 'invalid_email', hint = 'Check the spelling of the address.';
  end if;
  if not exists (
    select from public.interviews n where n.id = v_invite.interview_id and private.is_open(n.status, n.deadline)
  ) then
    raise exception 'This interview takes no candidates: it is not active, or its deadline has passed.'
      using errcode = 'PT409', detail = 'interview_closed',
            hint = 'Set it active again, or move the deadline, then invite.';
  end if;
  if v_email = v_invite.email then
    return jsonb_build_object('email', v_email, 'outcome', 'unchanged',
                              'invite_id', v_invite.id, 'invite_code', v_invite.invite_code);
  end if;
  update public.interview_invites i
    set status = 'expired'
    where i.interview_id = v_invite.interview_id and i.email = v_email and i.status = 'pending' and i.expires_at <= now();
  if exists (
    select from public.interview_invites i
    where i.interview_id = v_invite.interview_id and i.email = v_email and i.status = 'pending'
  ) then
    raise exception 'This address has a pending invite to this interview already.'
      using errcode = 'PT409', detail = 'already_invited', hint = 'Revoke this invite, or resend the other.';
  end if;
  update public.interview_invites i
    set email = v_email, expires_at = greatest(i.expires_at, now() + interval '30 days')
    where i.id = v_invite.id
    returning i.* into v_invite;
  perform private.count_invites(1);
  return jsonb_build_object('email', v_invite.email, 'outcome', 'corrected',
                            'invite_id', v_invite.id, 'invite_code', v_invite.invite_code);
end
$$;
comment on function public.correct_invite(uuid, text) is
  'Gives a pending invite another address and a new code, and queues one mail to it; the old code no longer works.';

-- ======== supabase/schemas/50_accepting.sql ========

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

-- ======== supabase/schemas/60_participating.sql ========

-- Participating: what a candidate who has joined may still do, by function or by a plain
-- update of the status; the triggers meet both.

-- Definer, because a participant need not see the interview's row to have its rules applied.
create or replace function private.change_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview record;
begin
  if tg_op = 'INSERT' or old.status = 'withdrawn' and new.status = 'active' then
    select n.recruiter_id, n.status, n.deadline into v_interview
      from public.interviews n where n.id = new.interview_id
      for key share;
    if found and not private.is_open(v_interview.status, v_interview.deadline) then
      raise exception 'This interview takes no candidates: it is not active, or its deadline has passed.'
        using errcode = 'PT409', detail = 'interview_closed', hint = 'Ask the recruiter to open it again.';
    end if;
  end if;
  if tg_op = 'INSERT' then
    if new.status <> 'active' then
      raise exception 'A new participant is active, and nothing else.'
        using errcode = 'PT400', detail = 'status_not_allowed', hint = 'Leave status out.';
    end if;
    new.recruiter_id := v_interview.recruiter_id;
    new.joined_at := now();
    new.completed_at := null;
    return new;
  end if;

  new.joined_at := old.joined_at;
  new.completed_at := old.completed_at;
  if new.status = old.status then
    return new;
  end if;
  if (old.status, new.status) not in (('active', 'completed'), ('active', 'withdrawn'), ('withdrawn', 'active')) then
    raise exception 'A participant who is % cannot become that.', old.status
      using errcode = 'PT409', detail = 'status_move_not_allowed',
            hint = 'What has been completed or withdrawn stays so.';
  end if;
  if new.status = 'active' and (new.invite_id is null or new.invite_id is not distinct from old.invite_id) then
    raise exception 'Whoever has withdrawn comes back only by redeeming a new invite.'
      using errcode = 'PT409', detail = 'status_move_not_allowed', hint = 'Ask the recruiter for a new invite.';
  end if;
  if new.status = 'completed' then
    if not exists (
      select from public.interviews n
      where n.id = new.interview_id and n.status <> 'completed'
        and (n.deadline is null or n.deadline >= now() - interval '10 minutes')
    ) then
      raise exception 'This interview is closed; it can no longer be completed.'
        using errcode = 'PT409', detail = 'interview_closed', hint = 'Ask the recruiter to open it again, or to move the deadline.';
    end if;
    new.completed_at := now();
  end if;
  return new;
end
$$;
comment on function private.change_participant() is
  'Before a participant is written: keeps the status moves, the time allowed for finishing and the stamps.';

create or replace trigger change_participant
  before insert or update on public.interview_participants
  for each row execute function private.change_participant();
-- A new one has it from change_participant, which looks at the interview anyway, unless there is
-- none.
create or replace trigger copy_recruiter_id
  before update of interview_id, recruiter_id on public.interview_participants
  for each row execute function private.copy_recruiter_id();
create or replace trigger miss_interview
  before insert on public.interview_participants
  for each row when (new.recruiter_id is null) execute function private.copy_recruiter_id();

-- Definer, because a participant may not update invites.
create or replace function private.complete_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set status = 'completed'
    where i.id = any (array(
      select known.id
      from public.interview_invites known
      where known.interview_id = new.interview_id and known.status = 'accepted'
        and known.email = (select redeemed.email from public.interview_invites redeemed where redeemed.id = new.invite_id)
        and not exists (
          select from public.interview_participants other where other.invite_id = known.id and other.id <> new.id)
      order by known.id
      for no key update));
  return null;
end
$$;
comment on function private.complete_invite() is 'Completing a participant completes the redeemed invites of that address to the interview, but for another participants.';

create or replace trigger complete_invite
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.complete_invite();

-- Invoker: the policy lets participants update their own status alone.
create or replace function private.move_own_participant(interview_id uuid, status text)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform private.caller_id();
  update public.interview_participants p
    set status = move_own_participant.status
    where p.interview_id = move_own_participant.interview_id and p.user_id = (select auth.uid())
    returning p.* into v_participant;
  if not found then
    raise exception 'You have not joined this interview.'
      using errcode = 'PT404', detail = 'participation_not_found', hint = 'Redeem the code of your invitation first.';
  end if;
  return jsonb_build_object(
    'interview_id', v_participant.interview_id, 'participant_id', v_participant.id,
    'status', v_participant.status, 'completed_at', v_participant.completed_at);
end
$$;
comment on function private.move_own_participant(uuid, text) is
  'Sets the caller''s own status in an interview, or raises participation_not_found.';

create or replace function public.complete_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(complete_interview.interview_id, 'completed')
$$;
comment on function public.complete_interview(uuid) is
  'The caller submits: active becomes completed. Returns interview_id, participant_id, status, completed_at; '
  'repeating it changes nothing.';

create or replace function public.withdraw_from_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(withdraw_from_interview.interview_id, 'withdrawn')
$$;
comment on function public.withdraw_from_interview(uuid) is
  'The caller drops out: active becomes withdrawn. Returns interview_id, participant_id, status, completed_at.';

-- ======== supabase/schemas/70_mail.sql ========

-- Mail: an outbox that holds whom to write to about what, never a text. Workers claim rows
-- under a lease, talk SMTP with no transaction open, and settle them.

create table if not exists private.outbox (
  id uuid primary key default gen_random_uuid(),
  mail text not null,
  invite_id uuid references public.interview_invites (id) on delete cascade,
  participant_id uuid references public.interview_participants (id) on delete cascade,
  email varchar(255),
  distance interval,
  target timestamptz,
  recruiter_name varchar(100),
  status text not null default 'queued',
  queued_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_token uuid,
  settled_at timestamptz,
  last_error text,
  constraint outbox_mail_check check (mail in ('interview_invitation', 'candidate_invitation', 'interview_reminder')),
  constraint outbox_status_check check (status in ('queued', 'accepted', 'failed', 'cancelled')),
  constraint outbox_recipient_check check (num_nonnulls(invite_id, participant_id, email) = 1),
  constraint outbox_reminder_check check (
    (mail = 'interview_reminder') = (distance is not null) and (distance is null) = (target is null))
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create unique index if not exists outbox_queued_invite_key on private.outbox (invite_id, mail) where status = 'queued';
create index if not exists outbox_due_idx on private.outbox (next_attempt_at) where status = 'queued';
create unique index if not exists outbox_reminder_key
  on private.outbox (coalesce(invite_id, participant_id), target, distance) where distance is not null;
create index if not exists outbox_invite_id_idx on private.outbox (invite_id);
create index if not exists outbox_participant_id_idx on private.outbox (participant_id) where participant_id is not null;
create index if not exists outbox_email_idx on private.outbox (email, queued_at) where email is not null;
create index if not exists outbox_settled_at_idx on private.outbox (settled_at) where settled_at is not null;

comment on table private.outbox is 'Mails to send and what became of them; address and code are read from the invite when claimed.';
comment on column private.outbox.participant_id is 'The recipient of a reminder who has joined.';
comment on column private.outbox.email is 'The recipient of a general invitation, which has no invite.';
comment on column private.outbox.distance is 'How long before its target a reminder was due.';
comment on column private.outbox.target is 'What a reminder reminds of: the earlier of expiry and deadline.';
comment on column private.outbox.next_attempt_at is
  'Not claimed before; a claim moves it to the end of the lease, so that an orphan comes back by itself.';
comment on column private.outbox.lease_token is 'Held by the worker that claimed the row last; without it nothing is settled.';

create table if not exists private.mail_state (
  singleton boolean primary key default true check (singleton),
  paused_until timestamptz,
  paused_reason text,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  retried bigint not null default 0
);
comment on table private.mail_state is
  'One row: whether sending is paused, until when and why; and how many tries ever ended how, for monitoring.';
insert into private.mail_state default values on conflict do nothing;

create table if not exists private.mail_workers (
  worker text primary key,
  seen_at timestamptz not null default now()
);
comment on table private.mail_workers is 'Heartbeats of the workers that claim mails.';

-- With enable_seqscan off for the sake of the foreign keys, see 10_setup.sql: a large call queues
-- 10,000 mails.
create or replace function private.queue_new_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  insert into private.outbox (mail, invite_id) select 'interview_invitation', i.id from new_invites i;
  return null;
end
$$;
comment on function private.queue_new_invites() is
  'Queues one mail for each new invite, whatever door it came by. Definer: nobody else may write to the outbox.';

create or replace trigger queue_new_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.queue_new_invites();

create or replace function private.queue_invite_again()
  returns trigger
  language plpgsql volatile security definer set search_path = '' set enable_seqscan = off
as $$
begin
  if new.email <> old.email then
    update private.outbox o set status = 'cancelled', settled_at = now(), lease_token = null
      where o.invite_id = new.id and o.status = 'queued';
  end if;
  insert into private.outbox as o (mail, invite_id) values ('interview_invitation', new.id)
    on conflict (invite_id, mail) where status = 'queued'
    do update set next_attempt_at = least(o.next_attempt_at, now()) where o.lease_token is null;
  return null;
end
$$;
comment on function private.queue_invite_again() is
  'Queues another mail, unless one is waiting or under way; what was meant for an old address is cancelled. '
  'Definer: nobody else may write to the outbox.';

create or replace trigger queue_invite_again
  after update on public.interview_invites
  for each row when (new.queued_at is distinct from old.queued_at)
  execute function private.queue_invite_again();

-- The next four are for the mail workers, with the service-role key. Definer: the outbox is private.

create or replace function private.claim(mail_ids uuid[], lease_seconds integer)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  with letter as (
    select o.id, o.mail, o.queued_at, coalesce(i.email, u.email, o.email) as email, n.title,
           case when o.invite_id is not null then i.invite_code end as invite_code,
           coalesce(i.recruiter_name, joined_by.recruiter_name, o.recruiter_name, 'HireVision') as recruiter_name,
           r.email as reply_to, i.expires_at, n.deadline,
           case
             when o.invite_id is not null then
               i.status = 'pending' and i.expires_at > now() and private.is_open(n.status, n.deadline)
               and (o.target is null or o.target = least(i.expires_at, n.deadline))
             when o.participant_id is not null then
               p.status = 'active' and n.status <> 'completed' and n.deadline > now() and o.target = n.deadline
             else true
           end as is_wanted
    from private.outbox o
    left join public.interview_invites i on i.id = o.invite_id
    left join public.interview_participants p on p.id = o.participant_id
    left join public.interview_invites joined_by on joined_by.id = p.invite_id
    left join auth.users u on u.id = p.user_id
    left join public.interviews n on n.id = coalesce(i.interview_id, p.interview_id)
    left join auth.users r on r.id = n.recruiter_id
    where o.id = any (claim.mail_ids)
  ), to_show as (
    -- Everybody else locks the invite before its mail. So an invite that somebody has locked is
    -- not waited for: its mail is left for the next claim.
    select i.id
    from public.interview_invites i
    where i.id in (
      select o.invite_id from letter l join private.outbox o on o.id = l.id
      where not l.is_wanted and l.mail = 'interview_invitation')
    for no key update skip locked
  ), claimed as (
    update private.outbox o
    set status = case when l.is_wanted then 'queued' else 'cancelled' end,
        settled_at = case when not l.is_wanted then now() end,
        attempts = o.attempts + l.is_wanted::integer,
        lease_token = case when l.is_wanted then gen_random_uuid() end,
        next_attempt_at = now() + make_interval(secs => claim.lease_seconds)
    from letter l
    where o.id = l.id
      and (l.is_wanted or l.mail <> 'interview_invitation' or o.invite_id in (select s.id from to_show s))
    returning o.id, o.invite_id, o.mail, o.lease_token, o.attempts, o.status
  ), cancelled as (
    update public.interview_invites i
    set delivery_status = 'cancelled', delivery_at = now()
    from claimed c
    where c.status = 'cancelled' and c.mail = 'interview_invitation' and i.id = c.invite_id and i.delivery_status = 'queued'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'mail_id', c.id, 'lease_token', c.lease_token, 'mail', l.mail, 'attempts', c.attempts, 'email', l.email,
    'invite_code', l.invite_code, 'interview_title', l.title, 'recruiter_name', l.recruiter_name,
    'reply_to', l.reply_to, 'expires_at', l.expires_at, 'deadline', l.deadline, 'queued_at', l.queued_at
  ) order by l.queued_at), '[]')
  from claimed c join letter l on l.id = c.id
  where c.status = 'queued'
$$;
comment on function private.claim(uuid[], integer) is
  'Leases rows that the caller has locked and returns what to send; cancels those whose invite is no longer to be mailed.';

create or replace function public.claim_mails(worker text, batch integer default 50, lease_seconds integer default 60)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.mail_workers as w (worker) values (left(claim_mails.worker, 200))
    on conflict on constraint mail_workers_pkey do update set seen_at = now() where w.seen_at < now() - interval '5 seconds';
  if exists (select from private.mail_state s where s.paused_until > now()) then
    return '[]';
  end if;
  return private.claim(array(
    select o.id from private.outbox o
    where o.status = 'queued' and o.next_attempt_at <= now()
    order by o.next_attempt_at
    limit greatest(least(claim_mails.batch, 1000), 0)
    for update skip locked
  ), claim_mails.lease_seconds);
end
$$;
comment on function public.claim_mails(text, integer, integer) is
  'Leases up to batch due mails to a worker for lease_seconds and returns them with address and code; none while paused. '
  'Also the worker''s heartbeat.';

create or replace function public.claim_invite_mail(email text, invite_code text, worker text, lease_seconds integer default 60)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite record;
  v_mail record;
  v_claimed jsonb;
begin
  select i.id, i.delivery_status, i.delivery_error into v_invite
  from public.interview_invites i
  where i.email = private.normalize_email(claim_invite_mail.email)
    and i.invite_code = private.trim_blanks(claim_invite_mail.invite_code)
    and i.status = 'pending' and i.expires_at > now();
  if not found then
    raise exception 'There is no pending invite of this address with this code.'
      using errcode = 'PT404', detail = 'invite_not_found',
            hint = 'Invite the address first; the answer carries its code.';
  end if;
  if v_invite.delivery_status is null then
    -- An invite of the first version, which nobody has mailed from here.
    update public.interview_invites i set queued_at = now() where i.id = v_invite.id;
  end if;
  select o.id, o.next_attempt_at, o.lease_token into v_mail
  from private.outbox o
  where o.invite_id = v_invite.id and o.mail = 'interview_invitation' and o.status = 'queued'
  for update;
  if not found then
    select i.delivery_status, i.delivery_error into v_invite from public.interview_invites i where i.id = v_invite.id;
    return jsonb_build_object('delivery', v_invite.delivery_status, 'error', v_invite.delivery_error);
  elsif v_mail.lease_token is not null and v_mail.next_attempt_at > now() then
    return '{"delivery": "in_progress"}';
  elsif exists (select from private.mail_state s where s.paused_until > now()) then
    return (select jsonb_build_object('delivery', 'paused', 'reason', s.paused_reason) from private.mail_state s);
  end if;
  v_claimed := private.claim(array[v_mail.id], claim_invite_mail.lease_seconds);
  if v_claimed = '[]' then
    return '{"delivery": "cancelled"}';
  end if;
  return jsonb_build_object('delivery', 'claimed', 'mail', v_claimed -> 0);
end
$$;
comment on function public.claim_invite_mail(text, text, text, integer) is
  'Leases the queued mail of one pending invite, named by address and code. Returns delivery: claimed (with mail), '
  'in_progress, accepted, failed (with error), cancelled or paused (with reason); raises invite_not_found.';

create or replace function public.settle_mails(results jsonb)
  returns jsonb
  language sql volatile security definer set search_path = ''
as $$
  -- The invites before their mails, and in one order: whoever queues a mail again does the same,
  -- and the other way round would be a deadlock.
  select from public.interview_invites i
  where i.id in (
    select o.invite_id
    from jsonb_to_recordset(settle_mails.results) as r (mail_id uuid, lease_token uuid)
    join private.outbox o on o.id = r.mail_id and o.lease_token = r.lease_token)
  order by i.id
  for no key update;

  with result as (
    select o.id, r.lease_token, r.outcome, left(r.error, 1000) as error, r.retry_in,
      case
        when r.outcome in ('accepted', 'failed') then r.outcome
        -- By age, but never at once after a long pause, when everything is old.
        when r.outcome = 'retry' and o.attempts > 5 and o.queued_at < now() - s.mail_give_up_after then 'failed'
        else 'queued'
      end as status
    from jsonb_to_recordset(settle_mails.results)
      as r (mail_id uuid, lease_token uuid, outcome text, error text, retry_in integer)
    join private.outbox o on o.id = r.mail_id
    cross join private.settings s
    where r.outcome in ('accepted', 'failed', 'retry', 'released')
  ), settled as (
    update private.outbox o
    set status = r.status,
        settled_at = case when r.status <> 'queued' then now() end,
        attempts = o.attempts - (r.outcome = 'released')::integer,
        lease_token = null,
        next_attempt_at = now() + make_interval(secs => case r.outcome when 'retry' then coalesce(r.retry_in, 60) else 0 end),
        last_error = coalesce(r.error, o.last_error)
    from result r
    where o.id = r.id and o.lease_token = r.lease_token and o.status = 'queued'
    returning o.invite_id, o.mail, o.status, r.outcome, r.error
  ), shown as (
    update public.interview_invites i
    set delivery_status = s.status, delivery_at = now(),
        delivery_error = case s.status when 'accepted' then null else coalesce(s.error, i.delivery_error) end
    from settled s
    where i.id = s.invite_id and s.mail = 'interview_invitation' and s.outcome <> 'released'
  ), counted as (
    update private.mail_state m
    set accepted = m.accepted + c.accepted, failed = m.failed + c.failed, retried = m.retried + c.retried
    from (
      select count(*) filter (where s.status = 'accepted') as accepted,
             count(*) filter (where s.status = 'failed') as failed,
             count(*) filter (where s.status = 'queued' and s.outcome = 'retry') as retried
      from settled s
    ) as c
    where c.accepted + c.failed + c.retried > 0
  )
  select jsonb_build_object('settled', count(*)) from settled
$$;
comment on function public.settle_mails(jsonb) is
  'Writes what became of claimed mails: objects of mail_id, lease_token, outcome (accepted, failed, retry, released), '
  'error, retry_in (seconds). A row whose lease went to another worker is left alone. Returns settled, a count.';

create or replace function public.pause_mail(reason text, seconds integer)
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.mail_state s
    set paused_until = now() + make_interval(secs => pause_mail.seconds), paused_reason = left(pause_mail.reason, 1000)
$$;
comment on function public.pause_mail(text, integer) is
  'Stops all claiming for some seconds, every row kept. Definer: the state is private.';

create or replace function public.resume_mail()
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.mail_state s set paused_until = null, paused_reason = null
$$;
comment on function public.resume_mail() is 'Ends a pause of the mail. Definer: the state is private.';

create or replace function public.mail_status()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queued', waiting.mails,
    'oldest_seconds', waiting.oldest_seconds,
    'late_seconds', waiting.late_seconds,
    'accepted', s.accepted,
    'failed', s.failed,
    'retried', s.retried,
    'paused_until', case when s.paused_until > now() then s.paused_until end,
    'paused_reason', case when s.paused_until > now() then s.paused_reason end,
    'workers', (select count(*) from private.mail_workers w where w.seen_at > now() - interval '60 seconds'),
    'last_seen_seconds', (select extract(epoch from now() - max(w.seen_at))::integer from private.mail_workers w))
  from (
    select count(*) as mails, extract(epoch from now() - min(o.queued_at))::integer as oldest_seconds,
           greatest(extract(epoch from now() - min(o.next_attempt_at))::integer, 0) as late_seconds
    from private.outbox o where o.status = 'queued'
  ) as waiting
  cross join private.mail_state s
$$;
comment on function public.mail_status() is
  'queued, oldest_seconds (since it was queued), late_seconds (since one could have been sent that nobody took), '
  'accepted, failed, retried (tries, ever), paused_until, paused_reason, workers (seen in the last minute), '
  'last_seen_seconds. Definer: the outbox is private.';

create or replace function public.retry_mails(failed_since timestamptz)
  returns jsonb
  language sql volatile security definer set search_path = ''
as $$
  -- Invites before mails, as in settle_mails; in one statement, for mails that fail meanwhile have
  -- invites that are not locked.
  with held as materialized (
    select i.id
    from public.interview_invites i
    where i.id in (
      select o.invite_id from private.outbox o where o.status = 'failed' and o.settled_at >= retry_mails.failed_since)
    order by i.id
    for no key update
  ), again as (
    update private.outbox o
    set status = 'queued', settled_at = null, next_attempt_at = now(), queued_at = now(), attempts = 0, lease_token = null
    where o.status = 'failed' and o.settled_at >= retry_mails.failed_since
      and (o.invite_id is null or o.invite_id in (select h.id from held h))
      and not exists (
        select from private.outbox other
        where other.invite_id = o.invite_id and other.mail = o.mail
          and (other.status = 'queued' or other.settled_at > o.settled_at))
    returning o.invite_id, o.mail
  ), shown as (
    update public.interview_invites i
    set delivery_status = 'queued', delivery_error = null
    from again a where i.id = a.invite_id and a.mail = 'interview_invitation'
  )
  select jsonb_build_object('retried', count(*)) from again
$$;
comment on function public.retry_mails(timestamptz) is
  'Queues mails again that failed since a time, unless a later one of the same invite waits or was settled; what is no '
  'longer wanted is cancelled when claimed. Returns retried, a count. Definer: the outbox is private.';

-- For recruiters, who would otherwise wait for mails that nobody sends. Definer: the state is private.
create or replace function public.delivery_state()
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (select from private.mail_state s where s.paused_until > now()) then 'paused'
    when exists (select from private.mail_workers w where w.seen_at > now() - interval '60 seconds') then 'sending'
    else 'stopped'
  end
$$;
comment on function public.delivery_state() is
  'sending; paused, because the mail server refuses us at the moment; stopped, because no worker was seen for a minute.';

-- For the service. Definer: the outbox is private.
create or replace function public.invite_candidates(emails text[], recruiter_name text default null)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_name text := coalesce(private.display_name(invite_candidates.recruiter_name), 'HireVision');
  v_outcomes jsonb;
begin
  if coalesce(cardinality(invite_candidates.emails), 0) = 0 then
    raise exception 'There is no address to invite.'
      using errcode = 'PT400', detail = 'no_emails', hint = 'Give at least one email address.';
  end if;
  if cardinality(invite_candidates.emails) > 10000 then
    raise exception 'At most 10,000 addresses can be invited in one call; these are %.', cardinality(invite_candidates.emails)
      using errcode = 'PT413', detail = 'too_many_emails', hint = 'Split the list into several calls.';
  end if;
  perform private.lock_codes();
  with classified as materialized (
    select r.position, r.sent, r.email,
      case
        when not private.is_email(r.email) then 'invalid_email'
        when row_number() over (partition by r.email collate "C" order by r.position) > 1 then 'duplicate_in_request'
        when exists (
          select from private.outbox o
          where o.email = r.email and o.mail = 'candidate_invitation' and o.queued_at > now() - interval '10 minutes'
        ) then 'unchanged'
        else 'queued'
      end as outcome
    from (
      select u.position, u.email as sent, private.normalize_email(u.email) as email
      from unnest(invite_candidates.emails) with ordinality as u (email, position)
    ) as r
  ), queued as (
    insert into private.outbox (mail, email, recruiter_name)
    select 'candidate_invitation', c.email, v_name from classified c where c.outcome = 'queued' order by c.position
  )
  select jsonb_agg(jsonb_build_object(
    'email', case c.outcome when 'invalid_email' then c.sent else c.email end, 'outcome', c.outcome) order by c.position)
  into v_outcomes
  from classified c;
  return v_outcomes;
end
$$;
comment on function public.invite_candidates(text[], text) is
  'Queues the general invitation to join HireVision; one object per address in the order given: email, outcome. '
  'Outcomes: queued, unchanged (queued in the last 10 minutes), duplicate_in_request, invalid_email.';

-- ======== supabase/schemas/75_maintenance.sql ========

-- Maintenance: what happens because time passes. The worker calls it every minute, pg_cron too
-- where the project has it; one of them at a time does the work.

-- Pending invites are reminded before the earlier of expiry and deadline, active participants
-- before the deadline. Of the distances that are due the shortest counts, so that nobody gets
-- two at once after a pause; and whoever was mailed less than that distance before gets none.
create or replace function private.queue_reminders()
  returns integer
  language plpgsql volatile set search_path = '' set enable_seqscan = off
as $$
declare
  v_distances interval[];
  v_queued integer;
begin
  select s.reminder_distances into v_distances from private.settings s;
  with recipients as (
    select i.id as invite_id, null::uuid as participant_id, least(i.expires_at, n.deadline) as target, i.queued_at as since
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where private.is_open(n.status, n.deadline)
      and i.id in (
        select soon.id from public.interview_invites soon
        where soon.status = 'pending' and soon.expires_at > now()
          and soon.expires_at <= now() + (select max(d) from unnest(v_distances) as d)
        union all
        select soon.id from public.interviews closing
        join public.interview_invites soon on soon.interview_id = closing.id
        where closing.deadline > now() and closing.deadline <= now() + (select max(d) from unnest(v_distances) as d)
          and soon.status = 'pending' and soon.expires_at > now())
    union all
    select null, p.id, n.deadline, p.joined_at
    from public.interviews n
    join public.interview_participants p on p.interview_id = n.id
    where n.status <> 'completed' and n.deadline > now()
      and n.deadline <= now() + (select max(d) from unnest(v_distances) as d)
      and p.status = 'active'
  ), due as (
    select r.*, (select min(d) from unnest(v_distances) as d where r.target - d <= now()) as distance
    from recipients r
  )
  insert into private.outbox (mail, invite_id, participant_id, target, distance)
  select 'interview_reminder', d.invite_id, d.participant_id, d.target, d.distance
  from due d
  where d.since <= d.target - 2 * d.distance
    and not exists (
      select from private.outbox o
      where coalesce(o.invite_id, o.participant_id) = coalesce(d.invite_id, d.participant_id)
        and o.target = d.target and o.distance is not null and o.distance <= d.distance)
  limit 10000
  on conflict do nothing;
  get diagnostics v_queued = row_count;
  return v_queued;
end
$$;
comment on function private.queue_reminders() is
  'Queues the reminders that are due, each once for a recipient, a distance and a target time; returns how many. '
  'Invites of the first version, whose mail was never queued here, get none.';

-- For the worker and pg_cron. Definer: it writes what nobody else may.
create or replace function public.run_maintenance()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_expired integer;
  v_reminders integer;
  v_pruned integer;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(715517, 2) then
    return '{"skipped": true}';
  end if;
  update public.interview_invites i
    set status = 'expired'
    where i.id in (
      select overdue.id from public.interview_invites overdue
      where overdue.status = 'pending' and overdue.expires_at <= now()
      order by overdue.expires_at limit 10000
      for update skip locked
    );
  get diagnostics v_expired = row_count;
  v_reminders := private.queue_reminders();
  -- Reminders stay until their target has passed: they tell that they were sent.
  delete from private.outbox o
    where o.settled_at < now() - (select s.outbox_kept_for from private.settings s)
      and (o.target is null or o.target < now());
  get diagnostics v_pruned = row_count;
  delete from private.mail_workers w where w.seen_at < now() - interval '1 day';
  delete from private.invite_counts c where c.day < (now() at time zone 'utc')::date - 1;
  return jsonb_build_object('expired', v_expired, 'reminders', v_reminders, 'pruned', v_pruned);
end
$$;
comment on function public.run_maintenance() is
  'Expires overdue invites and queues reminders (10,000 of each a call), prunes the finished outbox and old counts; '
  'one at a time, others return skipped. Returns expired, reminders, pruned.';

-- Where pg_cron is, it makes sure that time passes without a worker as well.
do $$
begin
  if exists (select from pg_catalog.pg_extension e where e.extname = 'pg_cron') then
    execute $sql$ select cron.schedule('interviews-maintenance', '* * * * *', 'select public.run_maintenance()') $sql$;
  end if;
end
$$;

-- ======== supabase/schemas/80_statistics.sql ========

-- Statistics: what a recruiter sees of an interview at a glance.

create or replace view public.interview_stats with (security_invoker = true) as
select
  n.id as interview_id,
  n.title,
  n.status,
  n.created_at,
  i.invited,
  i.pending,
  i.invited - i.open_or_redeemed as expired,
  p.joined,
  p.completed,
  p.withdrawn,
  round(p.joined / nullif(i.invited, 0)::numeric, 4) as join_rate,
  round(p.completed / nullif(p.joined, 0)::numeric, 4) as completion_rate
from (
  -- In the order in which they are listed, so that a page of them counts no other interviews.
  select mine.id, mine.title, mine.status, mine.created_at, mine.recruiter_id
  from public.interviews mine
  where mine.recruiter_id = (select auth.uid())
  order by mine.created_at desc
) as n
cross join lateral (
  select
    count(distinct i.email) as invited,
    count(distinct i.email) filter (where i.status = 'pending' and i.expires_at > now()) as pending,
    count(distinct i.email) filter (
      where i.status in ('accepted', 'completed') or (i.status = 'pending' and i.expires_at > now())
    ) as open_or_redeemed
  from public.interview_invites i
  where i.interview_id = n.id
) as i
cross join lateral (
  select
    count(*) as joined,
    count(*) filter (where p.status = 'completed') as completed,
    count(*) filter (where p.status = 'withdrawn') as withdrawn
  from public.interview_participants p
  where p.recruiter_id = n.recruiter_id and p.interview_id = n.id
) as p;

comment on view public.interview_stats is
  'The calling recruiter''s own interviews, counted by person: addresses invited, with a pending invite, with expired ones '
  'only; people who joined (whatever came after), completed, withdrew. Rates are fractions of 1, null when of nobody.';

-- ======== policies/functions.sql ========

-- Functions: who may execute what. Everybody is refused first; the tables' own files do the
-- same for the tables. (anon: nothing at all.)
--
--                                  authenticated   service_role
-- accept_invite, resend_my_codes         x
-- complete_interview,
--   withdraw_from_interview              x
-- create_interview,
--   reorder_questions                    x
-- create_invites, preview_invites,
--   resend_invite, revoke_invite,
--   correct_invite                       x               x
-- delivery_state                         x
-- transfer_interviews                                    x
-- claim_mails, claim_invite_mail,
--   settle_mails, pause_mail,
--   resume_mail, mail_status,
--   retry_mails, invite_candidates,
--   run_maintenance                                      x
-- private: what policies and
--   invoker functions call               x
-- private: everything else

revoke all on schema private from public, anon, authenticated, service_role;
revoke all on
  private.settings, private.invite_counts, private.code_requests, private.outbox, private.mail_state, private.mail_workers
  from public, anon, authenticated, service_role;

revoke all on function
  public.accept_invite(text), public.resend_my_codes(),
  public.complete_interview(uuid), public.withdraw_from_interview(uuid),
  public.create_interview(text, text, text, text[], text[], timestamptz, text), public.reorder_questions(uuid, uuid[]),
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.transfer_interviews(uuid, uuid),
  public.claim_mails(text, integer, integer), public.claim_invite_mail(text, text, text, integer),
  public.settle_mails(jsonb), public.pause_mail(text, integer), public.resume_mail(), public.mail_status(),
  public.retry_mails(timestamptz), public.delivery_state(),
  public.invite_candidates(text[], text), public.run_maintenance(),
  private.is_client(), private.caller_id(), private.confirmed_email(uuid), private.may_recruit(), private.require_recruiter(),
  private.trim_blanks(text), private.normalize_email(text), private.is_email(text), private.display_name(text),
  private.refusal(integer, text, text, text, integer), private.is_open(text, timestamptz),
  private.stamp_interview(), private.copy_recruiter_id(), private.hold_interview(), private.move_recruiter_id(), private.stamp_question(),
  private.lock_codes(), private.draw_codes(integer, text[]), private.lock_codes_first(), private.prepare_invite(),
  private.recruiter_name(uuid), private.change_invite(), private.admit_invites(), private.count_invites(integer),
  private.invites_left(), private.check_invites_left(integer, integer),
  private.require_interview(uuid), private.require_open_interview(uuid, text[]),
  private.classify_invites(uuid, text[]), private.require_invite(uuid),
  private.joined_interview_ids(), private.attended_interview_ids(), private.lock_candidate(uuid),
  private.change_participant(), private.complete_invite(), private.move_own_participant(uuid, text),
  private.queue_new_invites(), private.queue_invite_again(), private.claim(uuid[], integer),
  private.queue_reminders()
  from public, anon, authenticated, service_role;

grant execute on function
  public.accept_invite(text), public.resend_my_codes(),
  public.complete_interview(uuid), public.withdraw_from_interview(uuid),
  public.create_interview(text, text, text, text[], text[], timestamptz, text), public.reorder_questions(uuid, uuid[]),
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.delivery_state()
  to authenticated;

grant execute on function
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.transfer_interviews(uuid, uuid),
  public.claim_mails(text, integer, integer), public.claim_invite_mail(text, text, text, integer),
  public.settle_mails(jsonb), public.pause_mail(text, integer), public.resume_mail(), public.mail_status(),
  public.retry_mails(timestamptz), public.invite_candidates(text[], text), public.run_maintenance()
  to service_role;

-- The schema is not exposed by PostgREST: these are reached through policies and functions only.
grant usage on schema private to authenticated;
grant execute on function
  private.is_client(), private.caller_id(), private.may_recruit(), private.require_recruiter(), private.trim_blanks(text),
  private.joined_interview_ids(), private.attended_interview_ids(), private.move_own_participant(uuid, text)
  to authenticated;

-- ======== policies/interview_invites.sql ========

-- interview_invites: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant   service_role
-- select           -         -        yes                                    -                 yes
-- insert           -         -        interview_id, email, status (pending   -                 the same,
--                                     only), created_at (overwritten),                         recruiter_name
--                                     invite_code (refused by name)
-- update           -         -        -                                      -                 -
-- delete           -         -        pending and expired ones               -                 -
--
-- Candidates never read this table: accept_invite is their one door.

alter table public.interview_invites enable row level security;
revoke all on public.interview_invites from public, anon, authenticated, service_role;
grant select, delete on public.interview_invites to authenticated;
grant insert (interview_id, email, invite_code, status, created_at) on public.interview_invites to authenticated;
grant select on public.interview_invites to service_role;
grant insert (interview_id, email, invite_code, status, created_at, recruiter_name)
  on public.interview_invites to service_role;

drop policy if exists interview_invites_select_recruiter on public.interview_invites;
create policy interview_invites_select_recruiter on public.interview_invites
  for select to authenticated
  using (recruiter_id = (select auth.uid()));

drop policy if exists interview_invites_insert_recruiter on public.interview_invites;
create policy interview_invites_insert_recruiter on public.interview_invites
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select private.may_recruit()));

drop policy if exists interview_invites_delete_recruiter on public.interview_invites;
create policy interview_invites_delete_recruiter on public.interview_invites
  for delete to authenticated
  using (recruiter_id = (select auth.uid()) and status in ('pending', 'expired'));

-- ======== policies/interview_participants.sql ========

-- interview_participants: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant    service_role
-- select           -         -        yes                         own                yes
-- insert           -         -        -                           -                  -
-- update           -         -        -                           own status         -
-- delete           -         -        -                           -                  -
--
-- Rows come from accept_invite alone.

alter table public.interview_participants enable row level security;
revoke all on public.interview_participants from public, anon, authenticated, service_role;
grant select on public.interview_participants to authenticated;
grant update (status) on public.interview_participants to authenticated;
grant select on public.interview_participants to service_role;

drop policy if exists interview_participants_select_own_or_recruiter on public.interview_participants;
create policy interview_participants_select_own_or_recruiter on public.interview_participants
  for select to authenticated
  using (user_id = (select auth.uid()) or recruiter_id = (select auth.uid()));

drop policy if exists interview_participants_update_own on public.interview_participants;
create policy interview_participants_update_own on public.interview_participants
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

-- ======== policies/interview_questions.sql ========

-- interview_questions: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant         service_role
-- select           -         -        yes                                    while not withdrawn     yes
-- insert           -         -        interview_id, question, order_index,   -                       -
--                                     created_at (overwritten)
-- update           -         -        question, order_index                  -                       -
-- delete           -         -        yes                                    -                       -

alter table public.interview_questions enable row level security;
revoke all on public.interview_questions from public, anon, authenticated, service_role;
grant select, delete on public.interview_questions to authenticated;
grant insert (interview_id, question, order_index, created_at) on public.interview_questions to authenticated;
grant update (question, order_index) on public.interview_questions to authenticated;
grant select on public.interview_questions to service_role;

drop policy if exists interview_questions_select_recruiter_or_participant on public.interview_questions;
create policy interview_questions_select_recruiter_or_participant on public.interview_questions
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.attended_interview_ids()))
  );

drop policy if exists interview_questions_insert_recruiter on public.interview_questions;
create policy interview_questions_insert_recruiter on public.interview_questions
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_update_recruiter on public.interview_questions;
create policy interview_questions_update_recruiter on public.interview_questions
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_delete_recruiter on public.interview_questions;
create policy interview_questions_delete_recruiter on public.interview_questions
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- ======== policies/interviews.sql ========

-- interviews: who may do what
--
--                 anon   signed in                     its recruiter             its participant   service_role
-- select           -         -                         yes                       yes               yes
-- insert           -         as his own: title,        -                         -                 -
--                            description,
--                            recruiter_id,
--                            company_number, status,
--                            deadline, created_at
--                            (overwritten)
-- update           -         -                         title, description,       -                 -
--                                                      company_number, status,
--                                                      deadline
-- delete           -         -                         yes                       -                 -

alter table public.interviews enable row level security;
revoke all on public.interviews from public, anon, authenticated, service_role;
grant select, delete on public.interviews to authenticated;
grant insert (title, description, recruiter_id, company_number, status, deadline, created_at)
  on public.interviews to authenticated;
grant update (title, description, company_number, status, deadline) on public.interviews to authenticated;
grant select on public.interviews to service_role;

-- Participants read the interviews they joined; recruiters those they own.
drop policy if exists interviews_select_own_or_joined on public.interviews;
create policy interviews_select_own_or_joined on public.interviews
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or id = any (array(select private.joined_interview_ids()))
  );

drop policy if exists interviews_insert_recruiter on public.interviews;
create policy interviews_insert_recruiter on public.interviews
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select private.may_recruit()));

drop policy if exists interviews_update_recruiter on public.interviews;
create policy interviews_update_recruiter on public.interviews
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interviews_delete_recruiter on public.interviews;
create policy interviews_delete_recruiter on public.interviews
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- interview_stats: recruiters read their own interviews' numbers; the policies of the tables
-- below it apply to the reader.
revoke all on public.interview_stats from public, anon, authenticated, service_role;
grant select on public.interview_stats to authenticated;

commit;
