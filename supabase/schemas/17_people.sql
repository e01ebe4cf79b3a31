-- People: who calls, what their account may do, and how a name is written.

-- (A function of one expression is in plpgsql where it is called often: PostgreSQL 17 parses and
-- plans one in SQL again for every statement.)

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
  'True for a browser''s call (anon, authenticated); false for service_role and DBAs, who act on '
  'everything.';

-- A token that others sign for the project may name an account by something that is no uuid.
create or replace function private.caller_id()
  returns uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return auth.uid();
exception when invalid_text_representation then
  perform private.refuse('not_signed_in');
end
$$;
comment on function private.caller_id() is
  'The account that the token names, null without one; raises not_signed_in when it cannot be an '
  'account''s id.';

-- The address decides which invites a person may redeem: it is read from auth.users, never
-- from the token's metadata, which users edit themselves. Definer, because clients may not
-- read auth.users.
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
    perform private.refuse('not_signed_in');
  end if;
  if v_account.email_confirmed_at is null or v_account.is_anonymous or v_account.email is null then
    perform private.refuse('email_not_confirmed');
  end if;
  return private.normalize_email(v_account.email);
end
$$;
comment on function private.confirmed_email(uuid) is
  'An account''s confirmed address, normalized; raises not_signed_in or email_not_confirmed.';

-- For clients, and read by the insert policies. Definer, because clients may not read auth.users
-- or settings.
create or replace function public.may_recruit()
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
comment on function public.may_recruit() is
  'Whether the caller is a confirmed, non-anonymous account that the settings allow to recruit.';

-- The same rule for functions, with a reason. Definer for the same cause.
create or replace function private.require_recruiter()
  returns void
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if private.is_client() and not public.may_recruit() then
    perform private.confirmed_email(private.caller_id());
    perform private.refuse('recruiter_role_required');
  end if;
end
$$;
comment on function private.require_recruiter() is
  'Raises not_signed_in, email_not_confirmed or recruiter_role_required for a client who may not '
  'recruit.';
