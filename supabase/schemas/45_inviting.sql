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
