-- Inviting at a steady cost: a code is drawn by key, whatever plan a session has cached, and four
-- functions are planned once a session instead of at each call. Nothing changes for clients.
--
-- Functions only, so nobody waits for a table.

begin;

set local lock_timeout = '5s';
set local statement_timeout = '60s';
set local client_min_messages = warning;

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

create or replace function public.may_recruit()
  returns boolean
  language plpgsql stable security definer set search_path = '' set enable_seqscan = off
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

create or replace function private.recruiter_name(interview_id uuid)
  returns text
  language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
begin
  return coalesce(
    (select private.own_signature(n.recruiter_id)
     from public.interviews n where n.id = recruiter_name.interview_id), 'HireVision');
end
$$;

create or replace function private.invites_left()
  returns integer
  language plpgsql stable security definer set search_path = '' set enable_seqscan = off
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

create or replace function private.draw_codes(recruiter_id uuid, emails text[])
  returns table (email text, code text)
  language plpgsql volatile set search_path = '' set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_missing text[] := draw_codes.emails;
  v_emails text[];
  v_codes text[];
  v_drawn text[] := '{}';
  v_round integer := 0;
  v_misses integer := 0;
begin
  while cardinality(v_missing) > 0 loop
    if v_misses >= 990 then
      perform private.refuse('codes_exhausted');
    end if;
    v_round := v_round + 1;
    with tries as materialized (
      select m.email, lpad((('x' || left(m.bits, 8) || substr(m.bits, 10, 4))::bit(48)::bigint
                            % 1000000)::text, 6, '0') as code
      from (select t.email, gen_random_uuid()::text as bits from unnest(v_missing) as t (email)) m
    ), free as (
      select distinct on (t.code) t.email, t.code
      from tries t
      where t.code not in (select unnest(v_drawn))
        and not exists (
          select from public.interview_invites i
          where i.email = t.email and i.invite_code = t.code offset 0)
        and not exists (
          select from public.interview_invites i
          where case when i.status = 'pending' then i.invite_code end = t.code
            and (v_round <= 10 or i.recruiter_id = draw_codes.recruiter_id) offset 0)
    )
    select array_agg(f.email), array_agg(f.code) into v_emails, v_codes from free f;
    if v_emails is null then
      v_misses := v_misses + case when v_round > 10 then cardinality(v_missing) else 0 end;
      continue;
    end if;
    v_misses := 0;
    v_drawn := v_drawn || v_codes;
    return query select f.email, f.code from unnest(v_emails, v_codes) as f (email, code);
    v_missing := array(select unnest(v_missing) except select unnest(v_emails));
  end loop;
end
$$;

create or replace function private.outcomes_as_json(
  recruiter_id uuid, outcomes private.invite_outcome[]
)
  returns jsonb
  language plpgsql stable set search_path = '' set enable_seqscan = off
as $$
begin
  return (
    select jsonb_agg(jsonb_build_object(
      'email', case o.outcome when 'invalid_email' then o.sent else o.email end,
      'outcome', case
        when o.is_invited
          and (select exists (
            select from private.unsubscribes u
            where u.recruiter_id = outcomes_as_json.recruiter_id))
          and private.is_unsubscribed(outcomes_as_json.recruiter_id, o.email)
          then 'unsubscribed'
        else o.outcome
      end,
      'invite_id', case when o.is_invited then o.invite_id end,
      'invite_code', case when o.is_invited then o.invite_code end) order by o.position)
    from (
      select listed.*, listed.outcome in ('created', 'renewed', 'unchanged') as is_invited
      from unnest(outcomes_as_json.outcomes) as listed
    ) as o);
end
$$;

commit;
