-- Candidates: the people of an interview in one table for its recruiter, a row a person: their
-- newest invite, with the participation that an invite to their address has led to.

-- Definer: the policies hide from the recruiter what is not submitted, and from who has not
-- submitted their own review how many there are.
create or replace function private.progress_of(
  participant_id uuid, out reviews bigint, out reviewed_at timestamptz, out missing text
)
  language plpgsql stable security definer set search_path = ''
as $$
begin
  select count(r.id), max(r.submitted_at),
         case when p.status = 'active' then private.missing_responses(p.id) end
    into reviews, reviewed_at, missing
    from public.interview_participants p
    left join public.candidate_reviews r on r.participant_id = p.id and r.submitted_at is not null
    where p.id = progress_of.participant_id and p.recruiter_id = (select auth.uid())
    group by p.id;
end
$$;
comment on function private.progress_of(uuid) is
  'Of a participant of the caller''s own interview: how many reviews are submitted, when the last '
  'was, and the numbers of the required questions without a response while they may answer.';

create or replace view public.interview_candidates with (security_invoker = true) as
with participant as not materialized (
  -- Not p.*, whose order is another one where the first version was upgraded.
  select p.id, p.interview_id, p.recruiter_id, p.invite_id, p.candidate_name, p.status, p.joined_at,
         p.completed_at, p.reminded_at, p.answered, p.responses_deleted_at, p.responses_expired_at,
         progress.reviews, progress.reviewed_at, progress.missing, d.decision, d.decided_at,
         own.submitted_at as own_review_at
  from public.interview_participants p
  left join public.candidate_decisions d on d.participant_id = p.id
  left join public.candidate_reviews own
    on own.participant_id = p.id and own.reviewer_id = (select auth.uid())
  cross join lateral private.progress_of(p.id) as progress
  where p.recruiter_id = (select auth.uid())
)
select
  i.id,
  i.interview_id,
  i.recruiter_id,
  i.id as invite_id,
  p.id as participant_id,
  i.email::text as email,
  coalesce(i.candidate_name, p.candidate_name) as candidate_name,
  i.state,
  i.status::text as invite_status,
  i.invite_code::text as invite_code,
  i.delivery_status::text as delivery_status,
  i.delivery_at,
  i.delivery_error,
  i.queued_at,
  greatest(i.reminded_at, p.reminded_at) as reminded_at,
  i.expires_at,
  i.revoked_at,
  i.renewal_requested_at,
  public.unsubscribed(i) as unsubscribed,
  i.created_at as invited_at,
  p.joined_at,
  p.completed_at,
  i.withdrawn_at,
  p.status::text as participant_status,
  coalesce(p.answered, 0) as answered,
  (select count(*)::integer from public.interview_questions q
   where q.interview_id = i.interview_id) as questions,
  p.missing,
  p.responses_deleted_at,
  p.responses_expired_at,
  coalesce(p.reviews, 0) as reviews,
  p.own_review_at,
  p.decision,
  p.decided_at,
  i.last_event_at,
  case i.last_event_at
    when i.decided_at then 'decided'
    when i.reviewed_at then 'reviewed'
    when i.withdrawn_at then 'withdrew'
    when i.completed_at then 'completed'
    when i.accepted_at then 'joined'
    when i.revoked_at then 'revoked'
    when i.renewal_requested_at then 'asked_for_code'
    when coalesce(i.queued_at, i.created_at) then 'invited'
    when case when i.status = 'expired' then i.expires_at end then 'expired'
    else 'not_delivered'
  end as last_event,
  i.list_name
from public.interview_invites i
left join lateral (
  select participant.*
  from public.interview_invites redeemed
  join participant on participant.invite_id = redeemed.id
  where redeemed.interview_id = i.interview_id and redeemed.email = i.email
  order by participant.joined_at desc limit 1
) as p on true
where i.is_current and i.recruiter_id = (select auth.uid())
union all
select
  p.id,
  p.interview_id,
  p.recruiter_id,
  null,
  p.id,
  null,
  p.candidate_name,
  case when p.status = 'withdrawn' then 'withdrawn' when p.decision is not null then p.decision
       when p.status = 'active' then 'joined' when p.reviews > 0 then 'reviewed'
       else 'completed' end,
  null,
  null,
  null,
  null,
  null,
  null,
  p.reminded_at,
  null,
  null,
  null,
  false,
  p.joined_at,
  p.joined_at,
  p.completed_at,
  null,
  p.status,
  p.answered,
  (select count(*)::integer from public.interview_questions q
   where q.interview_id = p.interview_id),
  p.missing,
  p.responses_deleted_at,
  p.responses_expired_at,
  p.reviews,
  p.own_review_at,
  p.decision,
  p.decided_at,
  greatest(p.joined_at, p.completed_at, p.reviewed_at, p.decided_at),
  case greatest(p.joined_at, p.completed_at, p.reviewed_at, p.decided_at)
    when p.decided_at then 'decided'
    when p.reviewed_at then 'reviewed'
    when p.completed_at then 'completed'
    else 'joined'
  end,
  coalesce(lower(p.candidate_name), '')
from participant p
where p.invite_id is null;

comment on view public.interview_candidates is
  'The candidates of the calling recruiter''s interviews, one row a person and interview. id is '
  'that of their current invite or, for participants of the first version without one, theirs.';

-- ---- lists --------------------------------------------------------------------------------------

create or replace function private.check_candidate_list(states text[], sort text)
  returns void
  language plpgsql immutable set search_path = ''
as $$
begin
  if not coalesce(check_candidate_list.states, '{}') <@ private.candidate_states()
     or coalesce(check_candidate_list.sort not in ('activity', 'invited', 'name'), true) then
    perform private.refuse('invalid_list');
  end if;
end
$$;
comment on function private.check_candidate_list(text[], text) is
  'Raises invalid_list unless these are states and an order of candidates.';

-- Each state is read by the index of the order until the page is full; together they are at most
-- twelve pages, however many candidates there are. A search reads until it has found a page.
-- Invoker: the policies say whose interview it is.
create or replace function private.candidate_page(
  interview_id uuid, states text[], search text, sort text, descending boolean, page_size integer,
  cursor_value text, cursor_id uuid
)
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
declare
  v_column text := case sort when 'activity' then 'last_event_at' when 'invited' then 'created_at'
                             else 'list_name' end;
  v_name text := case sort when 'invited' then 'invited_at' else v_column end;
  v_type text := case sort when 'name' then 'text' else 'timestamptz' end;
  v_direction text := case when descending then 'desc' else 'asc' end;
  v_after text := case when cursor_id is null then '' else
    format('and (%%1$I, id) %s ($4::%s, $5)', case when descending then '<' else '>' end, v_type)
    end;
  v_found text := case when search <> '' then
    'and strpos(lower(concat_ws('' '', candidate_name, email)), lower($3)) > 0' else '' end;
  v_page uuid[];
begin
  execute format($sql$
    select array_agg(page.id) from (
      select found.id
      from (
        select invited.id, invited.key
        from (select distinct unnest($2) as state) as wanted
        cross join lateral (
          select id, %1$I as key from public.interview_invites
          where interview_id = $1 and state = wanted.state %3$s %5$s
          order by %1$I %6$s, id %6$s limit $6
        ) as invited
        union all
        select id, %2$I from public.interview_candidates
        where interview_id = $1 and invite_id is null and state = any ($2) %4$s %5$s
          and exists (
            select from public.interview_participants known
            where known.interview_id = $1 and known.invite_id is null)
      ) as found
      order by found.key %6$s, found.id %6$s limit $6
    ) as page $sql$,
    v_column, v_name, format(v_after, v_column), format(v_after, v_name), v_found, v_direction)
    into v_page
    using interview_id, coalesce(nullif(states, '{}'), private.candidate_states()), search,
      cursor_value, cursor_id, page_size;
  return coalesce(v_page, '{}');
exception when invalid_datetime_format or datetime_field_overflow
    or invalid_parameter_value or invalid_time_zone_displacement_value then
  perform private.refuse('invalid_list');
end
$$;
comment on function private.candidate_page(
  uuid, text[], text, text, boolean, integer, text, uuid) is
  'The ids of the candidates that follow the cursor in one of the three orders, in that order; '
  'raises invalid_list if the cursor is no time in an order of times.';

-- For recruiters. Invoker, as the view is.
create or replace function public.list_candidates(
  interview_id uuid,
  states text[] default null,
  search text default null,
  sort text default 'activity',
  descending boolean default true,
  page_size integer default 50,
  cursor_value text default null,
  cursor_id uuid default null,
  backwards boolean default false
)
  returns setof public.interview_candidates
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  v_backwards boolean := coalesce(list_candidates.backwards, false);
  v_page uuid[];
begin
  perform private.caller_id();
  perform private.check_candidate_list(list_candidates.states, list_candidates.sort);
  v_page := private.candidate_page(
    list_candidates.interview_id, list_candidates.states, list_candidates.search,
    list_candidates.sort, coalesce(list_candidates.descending, true) <> v_backwards,
    greatest(least(list_candidates.page_size, 1000), 0),
    list_candidates.cursor_value, list_candidates.cursor_id);
  return query
    select c.*
    from unnest(v_page) with ordinality as page (id, place)
    cross join lateral (
      select * from public.interview_candidates known where known.id = page.id offset 0
    ) as c
    order by case when v_backwards then -page.place else page.place end;
end
$$;
comment on function public.list_candidates(
  uuid, text[], text, text, boolean, integer, text, uuid, boolean) is
  'Candidates of the caller''s own interview in the given states (all without any), whose name or '
  'address contains the search, sorted by activity (last_event_at), invited (invited_at) or name '
  '(list_name): up to page_size (at most 1,000) after the one with this id and value of that '
  'column or, if backwards, just before it. Raises invalid_list.';

-- For recruiters: all that match, to act on them.
create or replace function public.match_candidates(
  interview_id uuid, states text[] default null, search text default null
)
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
begin
  perform private.caller_id();
  perform private.check_candidate_list(match_candidates.states, 'activity');
  return private.candidate_page(
    match_candidates.interview_id, match_candidates.states, match_candidates.search, 'activity',
    true, 1000, null, null);
end
$$;
comment on function public.match_candidates(uuid, text[], text) is
  'The ids of the candidates that list_candidates would return, at most 1,000, those with the '
  'latest activity first.';

-- For recruiters. By the index of states alone unless there is a search.
create or replace function public.count_candidates(interview_id uuid, search text default null)
  returns table (state text, candidates bigint)
  language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.caller_id();
  return query
    select found.state, count(*)
    from (
      select i.state
      from public.interview_invites i
      where i.interview_id = count_candidates.interview_id and i.state is not null
        and (coalesce(count_candidates.search, '') = '' or strpos(
          lower(concat_ws(' ', i.candidate_name, i.email)), lower(count_candidates.search)) > 0)
      union all
      select c.state
      from public.interview_candidates c
      where c.interview_id = count_candidates.interview_id and c.invite_id is null
        and strpos(coalesce(lower(c.candidate_name), ''),
                   lower(coalesce(count_candidates.search, ''))) > 0
        and exists (
          select from public.interview_participants p
          where p.interview_id = count_candidates.interview_id and p.invite_id is null)
    ) as found
    group by found.state
    order by array_position(private.candidate_states(), found.state);
end
$$;
comment on function public.count_candidates(uuid, text) is
  'How many candidates of the caller''s own interview are in each state that any is in; with a '
  'search, of those whose name or address contains it.';

-- For recruiters: who is meant by a link. Invoker, as the view is.
create or replace function public.get_candidate(candidate_id uuid)
  returns setof public.interview_candidates
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  perform private.caller_id();
  return query
    select c.*
    from (
      select coalesce(newest.id, p.id) as id
      from (
        select i.interview_id, i.email, null::uuid as participant_id
        from public.interview_invites i where i.id = get_candidate.candidate_id
        union all
        select p.interview_id, i.email, p.id
        from public.interview_participants p
        left join public.interview_invites i on i.id = p.invite_id
        where p.id = get_candidate.candidate_id
      ) as asked
      left join public.interview_invites newest
        on newest.interview_id = asked.interview_id and newest.email = asked.email
      left join public.interview_participants p on p.id = asked.participant_id
    ) as found
    cross join lateral (
      select * from public.interview_candidates known where known.id = found.id offset 0
    ) as c;
end
$$;
comment on function public.get_candidate(uuid) is
  'One candidate of the caller''s own interviews, by any invite to their address, or by their '
  'participation.';
