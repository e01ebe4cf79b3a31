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
