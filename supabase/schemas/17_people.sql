-- People: who the caller is, their confirmed address, and whether they may recruit.

-- (Frequently called functions are in plpgsql even if they are one expression: PostgreSQL 17 parses
-- and plans SQL functions again for every statement. Four that inviting calls took a fifth of the
-- CPU time of one invite. Like many others, they are without enable_seqscan, so that a plan cached
-- on an empty table does not read all of a full one; and without jit, since a table that has no
-- fitting index, like private.settings, costs 1e10 in such a plan, above jit_above_cost: a server
-- with LLVM would take 30 to 90 ms to compile what reads its one row in 0.1.)

-- In a `security definer` function current_user is the owner, but the setting `role` is still the
-- one that PostgREST switched to; outside an API request it is 'none'.
create or replace function private.is_client()
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce(current_setting('role', true), 'none') in ('anon', 'authenticated');
end
$$;
comment on function private.is_client() is
  'True for calls by a browser (anon, authenticated); false for service_role and DBAs, who may act '
  'on every interview.';

-- Tokens of third-party issuers may identify an account by something other than a uuid.
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
  'The account of the token, null without a token; raises not_signed_in if its subject is not a '
  'uuid.';

-- The address decides which invites a person may redeem, so it is read from auth.users and not from
-- the token's metadata, which users can edit. An SSO provider can claim any address for its
-- accounts, so it is believed only for the domains in the settings. Definer, because clients may
-- not read auth.users or settings.
create or replace function private.address_problem(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_account record;
begin
  select u.email, u.email_confirmed_at, u.is_anonymous, u.is_sso_user,
         nullif(split_part(u.raw_app_meta_data ->> 'provider', 'sso:', 2), '') as sso_provider
    into v_account
    from auth.users u
    where u.id = address_problem.user_id;
  if not found then
    return 'not_signed_in';
  end if;
  if v_account.email_confirmed_at is null or v_account.is_anonymous or v_account.email is null then
    return 'email_not_confirmed';
  end if;
  -- An `if` of its own: with `and`, the query is planned for every account.
  if v_account.is_sso_user then
    if not exists (
      select from private.settings s
      where s.sso_domains -> v_account.sso_provider
        ? split_part(private.normalize_email(v_account.email), '@', 2)
    ) then
      return 'sso_address_not_trusted';
    end if;
  end if;
  return null;
end
$$;
comment on function private.address_problem(uuid) is
  'Why an account''s address does not count as its own (not_signed_in, email_not_confirmed, '
  'sso_address_not_trusted); null if it does.';

-- Definer, because clients may not read auth.users.
create or replace function private.confirmed_email(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  case private.address_problem(confirmed_email.user_id)
    when 'not_signed_in' then perform private.refuse('not_signed_in');
    when 'email_not_confirmed' then perform private.refuse('email_not_confirmed');
    when 'sso_address_not_trusted' then perform private.refuse('sso_address_not_trusted');
    else null;
  end case;
  return (
    select private.normalize_email(u.email) from auth.users u
    where u.id = confirmed_email.user_id);
end
$$;
comment on function private.confirmed_email(uuid) is
  'An account''s confirmed address, normalized; raises what address_problem returns.';

-- For clients and policies. Definer, because clients may not read auth.users or settings.
create or replace function public.may_recruit()
  returns boolean
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return exists (
    select from auth.users u
    where u.id = (select private.caller_id())
      and private.address_problem(u.id) is null
      and (
        not (select s.require_recruiter_role from private.settings s)
        or coalesce(u.raw_app_meta_data -> 'roles' ? 'recruiter', false)
      )
  );
end
$$;
comment on function public.may_recruit() is
  'Whether the caller is an account with a confirmed address that the settings allow to recruit.';

-- Definer, because clients may not call confirmed_email.
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
  'may_recruit as an error: raises what address_problem returns, or recruiter_role_required.';
