-- Inviting: the functions that recruiters, the service and DBAs call to invite people.

-- Definer, like its callers.
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
    perform private.refuse('interview_not_found');
  end if;
  return v_interview;
end
$$;
comment on function private.require_interview(uuid) is
  'The interview, if it is the caller''s (or the caller is service_role or a DBA); else raises '
  'interview_not_found.';

-- Locks the recruiter first, then the interview, which may have been transferred or deleted during
-- the wait. Definer, like its callers.
create or replace function private.lock_interview(interview_id uuid)
  returns public.interviews
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(lock_interview.interview_id);
  v_recruiter_id uuid := v_interview.recruiter_id;
begin
  perform private.lock_inviting(v_recruiter_id);
  select n.* into v_interview
    from public.interviews n where n.id = lock_interview.interview_id
    for key share;
  if not found then
    perform private.refuse('interview_not_found');
  elsif v_interview.recruiter_id <> v_recruiter_id then
    perform private.refuse('interview_moved');
  end if;
  return v_interview;
end
$$;
comment on function private.lock_interview(uuid) is
  'The interview of require_interview, locked for inviting: until the transaction ends nobody can '
  'transfer or delete it, or invite to it. Raises interview_moved if it was just transferred.';

create or replace function private.check_emails(emails text[])
  returns void
  language plpgsql immutable set search_path = ''
as $$
begin
  if coalesce(cardinality(check_emails.emails), 0) = 0 then
    perform private.refuse('no_emails');
  elsif cardinality(check_emails.emails) > 10000 then
    perform private.refuse('too_many_emails', cardinality(check_emails.emails)::text);
  end if;
end
$$;
comment on function private.check_emails(text[]) is
  'Raises no_emails or too_many_emails unless there are 1 to 10,000.';

create or replace function private.check_invitable(interview public.interviews)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if not private.is_open((interview).status, (interview).deadline) then
    perform private.refuse('interview_closed');
  elsif private.has_link((interview).title) then
    perform private.refuse('text_not_allowed:inviting');
  end if;
end
$$;
comment on function private.check_invitable(public.interviews) is
  'Raises interview_closed unless the interview accepts candidates, and text_not_allowed if its '
  'title has a link in it.';

-- The result of inviting one address. (A type, so that create_invites can hold an array of them.)
do $$
begin
  if to_regtype('private.invite_outcome') is null then
    create type private.invite_outcome as (
      "position" bigint, sent text, email text, outcome text, invite_id uuid, invite_code text,
      candidate_name text);
  end if;
end
$$;

-- Definer, like its callers. Looks up each address by itself (see invites_of), so that the cost
-- does not depend on the size of the interview.
create or replace function private.classify_invites(
  interview_id uuid, emails text[], names text[] default null
)
  returns setof private.invite_outcome
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_reviewers text[] := array(
    select r.email from public.interview_reviewers r
    where r.interview_id = classify_invites.interview_id);
begin
  return query
  with request as materialized (
    select r.position, r.email as sent, private.normalize_email(r.email) as email,
           private.candidate_name(r.name) as name
    from unnest(classify_invites.emails, classify_invites.names)
      with ordinality as r (email, name, position)
    where r.position <= cardinality(classify_invites.emails)
  )
  select r.position, r.sent, r.email,
    case
      when not private.is_email(r.email) then 'invalid_email'
      when row_number() over (partition by r.email collate "C" order by r.position) > 1
        then 'duplicate_in_request'
      when known.has_joined then 'already_joined'
      when r.email = any (v_reviewers) then 'is_reviewer'
      when known.id is null then 'created'
      when known.queued_at > now() - interval '10 minutes' then 'unchanged'
      else 'renewed'
    end,
    known.id, known.invite_code, coalesce(r.name, known.candidate_name)
  from request r
  cross join lateral (
    select max(i.id::text) filter (where i.is_pending)::uuid as id,
           max(i.invite_code) filter (where i.is_pending) as invite_code,
           max(i.queued_at) filter (where i.is_pending) as queued_at,
           coalesce(bool_or(i.has_joined), false) as has_joined,
           (array_agg(i.candidate_name order by i.created_at desc)
            filter (where i.candidate_name is not null))[1] as candidate_name
    from (
      select i.id, i.invite_code, i.queued_at, i.candidate_name, i.created_at,
             i.status = 'pending' and i.expires_at > now() as is_pending,
             exists (
               select from public.interview_participants p
               where p.invite_id = i.id and p.status <> 'withdrawn') as has_joined
      from private.invites_of(r.email) i
      where i.interview_id = classify_invites.interview_id
      offset 0
    ) i
  ) as known;
end
$$;
comment on function private.classify_invites(uuid, text[], text[]) is
  'One row per address in the order given: the outcome that create_invites would return, the '
  'pending invite, and the name given or, without one, that of an earlier invite.';

-- insert_invites and renew_invites inherit enable_seqscan off from private.invite, and need it.
create or replace function private.insert_invites(
  interview public.interviews, recruiter_name text, outcomes private.invite_outcome[]
)
  returns private.invite_outcome[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_emails text[] := array(
    select o.email from unnest(insert_invites.outcomes) o where o.outcome = 'created');
  v_outcomes private.invite_outcome[];
begin
  if cardinality(v_emails) = 0 then
    return insert_invites.outcomes;
  end if;
  perform private.make_room((interview).id, v_emails);
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  with inserted as (
    insert into public.interview_invites as i
      (interview_id, recruiter_id, recruiter_name, email, invite_code, is_limited, candidate_name)
    select (interview).id, (interview).recruiter_id, insert_invites.recruiter_name,
           drawn.email, drawn.code, private.is_client(), o.candidate_name
    from private.draw_codes((interview).recruiter_id, v_emails) as drawn
    join unnest(insert_invites.outcomes) as o on o.email = drawn.email and o.outcome = 'created'
    returning i.id, i.email, i.invite_code
  )
  select array_agg(row(o.position, o.sent, o.email, o.outcome,
                       coalesce(o.invite_id, i.id), coalesce(o.invite_code, i.invite_code),
                       o.candidate_name)::private.invite_outcome)
    into v_outcomes
    from unnest(insert_invites.outcomes) as o
    left join inserted i on i.email = o.email and o.outcome = 'created';
  perform set_config('interviews.skip_row_triggers', '', true);
  return v_outcomes;
end
$$;
comment on function private.insert_invites(public.interviews, text, private.invite_outcome[]) is
  'Inserts the invites whose outcome is created, as a set: row triggers would cost twice as much '
  'as the insert itself. Returns all outcomes, with the new ids and codes.';

create or replace function private.renew_invites(
  recruiter_name text, outcomes private.invite_outcome[]
)
  returns private.invite_outcome[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_renewed uuid[];
begin
  with to_renew as (
    select i.id, o.candidate_name
    from unnest(renew_invites.outcomes) as o
    join public.interview_invites i on i.id = o.invite_id
    where o.outcome = 'renewed'
      and i.status = 'pending'
    order by i.id
    for no key update of i
  ), renewed as (
    update public.interview_invites i
    set queued_at = now(), expires_at = greatest(i.expires_at, now() + interval '30 days'),
        recruiter_name = coalesce(renew_invites.recruiter_name, i.recruiter_name),
        candidate_name = coalesce(t.candidate_name, i.candidate_name)
    from to_renew t where i.id = t.id
    returning i.id
  )
  select coalesce(array_agg(r.id), '{}') into v_renewed from renewed r;
  perform private.count_invites(cardinality(v_renewed));
  -- Those not renewed were redeemed while this call waited for their locks.
  return array(
    select case
      when o.outcome = 'renewed' and o.invite_id not in (select unnest(v_renewed))
        then row(o.position, o.sent, o.email, 'already_joined', null, null, null
                 )::private.invite_outcome
      else o
    end
    from unnest(renew_invites.outcomes) as o);
end
$$;
comment on function private.renew_invites(text, private.invite_outcome[]) is
  'Queues the emails of the invites whose outcome is renewed again, and extends them to at least '
  '30 days from now. Returns all outcomes.';

-- Looks once whether the recruiter has any unsubscribed people, before it looks for each address:
-- 68 instead of 143 ms of CPU for 10,000, if nobody has unsubscribed.
create or replace function private.outcomes_as_json(
  recruiter_id uuid, outcomes private.invite_outcome[]
)
  returns jsonb
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
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
comment on function private.outcomes_as_json(uuid, private.invite_outcome[]) is
  'The result of create_invites and preview_invites. Who has unsubscribed is invited all the same, '
  'but not mailed.';

-- Without enable_seqscan off, a plan cached while the tables were empty runs a sequential scan for
-- each of 10,000 addresses.
create or replace function private.invite(
  interview public.interviews, emails text[], signature text, names text[]
)
  returns jsonb
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_interview public.interviews := invite.interview;
  v_left integer := private.invites_left();
  v_outcomes private.invite_outcome[];
begin
  perform private.check_emails(invite.emails);
  perform private.check_invitable(v_interview);
  -- A list that may exceed the limit is checked before the lock, to refuse it early.
  if cardinality(invite.emails) > v_left then
    perform private.check_invites_left((
      select count(*)::integer from private.classify_invites(v_interview.id, emails) c
      where c.outcome in ('created', 'renewed')), v_left);
  end if;

  v_interview := private.lock_interview(v_interview.id);
  perform private.check_invitable(v_interview);
  v_outcomes := array(select c from private.classify_invites(v_interview.id, emails, names) as c);
  v_outcomes := private.insert_invites(
    v_interview, coalesce(signature, private.recruiter_name(v_interview.id)), v_outcomes);
  v_outcomes := private.renew_invites(signature, v_outcomes);
  return private.outcomes_as_json(v_interview.recruiter_id, v_outcomes);
end
$$;
comment on function private.invite(public.interviews, text[], text, text[]) is
  'create_invites, but for the checks of the caller and of the name that signs.';

-- For recruiters, service_role and DBAs. Definer, because renewing updates invites, which clients
-- may not do.
create or replace function public.create_invites(
  interview_id uuid, emails text[], recruiter_name text default null, names text[] default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(create_invites.interview_id);
begin
  return private.invite(
    v_interview, create_invites.emails, private.signature(create_invites.recruiter_name),
    create_invites.names);
end
$$;
comment on function public.create_invites(uuid, text[], text, text[]) is
  'Invites up to 10,000 addresses; one object per address in the order given: email, outcome, '
  'invite_id, invite_code. Outcomes: created, renewed, unchanged, unsubscribed, already_joined, '
  'is_reviewer, duplicate_in_request, invalid_email. Who is unsubscribed is invited, but not '
  'mailed. names are those of the addresses, by position; null keeps the name of an earlier '
  'invite, and a name with a link is left out.';

-- For recruiters, service_role and DBAs. Definer, because clients may not call classify_invites.
create or replace function public.preview_invites(interview_id uuid, emails text[])
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(preview_invites.interview_id);
begin
  perform private.check_emails(preview_invites.emails);
  perform private.check_invitable(v_interview);
  return private.outcomes_as_json(
    v_interview.recruiter_id,
    array(select c from private.classify_invites(v_interview.id, preview_invites.emails) as c));
end
$$;
comment on function public.preview_invites(uuid, text[]) is
  'What create_invites would return for these addresses, without inviting anybody; codes of new '
  'invites are null, as they are not drawn yet.';
