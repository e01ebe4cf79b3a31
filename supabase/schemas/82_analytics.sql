-- Analytics: a recruiter's numbers over many interviews. People alone are counted, and nothing that
-- software found. A person is an address of an interview, as in interview_stats.

-- Custom plan, because a generic one reads all interviews to count one.
create or replace function private.people_of(recruiter_id uuid, interview_id uuid)
  returns table (
    in_interview uuid, invited_at timestamptz, is_delivered boolean, joined_at timestamptz,
    completed_at timestamptz, has_answered boolean, has_withdrawn boolean, is_reviewed boolean,
    is_decided boolean
  )
  language plpgsql stable set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
begin
  return query
    with known as (
      select i.interview_id, i.email::text as person, i.created_at as invited_at,
             i.delivery_status is not distinct from 'accepted' as is_delivered,
             null::timestamptz as joined_at, null::timestamptz as completed_at,
             false as has_answered, false as has_withdrawn, false as is_reviewed,
             false as is_decided
      from public.interview_invites i
      where i.recruiter_id = people_of.recruiter_id
        and (people_of.interview_id is null or i.interview_id = people_of.interview_id)
      union all
      select p.interview_id, coalesce(i.email, p.id::text), null, true, p.joined_at,
             p.completed_at,
             p.answered > 0
               or num_nonnulls(p.responses_deleted_at, p.responses_expired_at) > 0,
             p.status = 'withdrawn', p.completed_at is not null and r.participant_id is not null,
             p.completed_at is not null and d.participant_id is not null
      from public.interview_participants p
      left join public.interview_invites i
        on i.id = p.invite_id and i.recruiter_id = people_of.recruiter_id
      left join (
        select distinct s.participant_id from public.candidate_reviews s
        where s.recruiter_id = people_of.recruiter_id and s.submitted_at is not null
      ) as r on r.participant_id = p.id
      left join public.candidate_decisions d
        on d.participant_id = p.id and d.recruiter_id = people_of.recruiter_id
      where p.recruiter_id = people_of.recruiter_id
        and (people_of.interview_id is null or p.interview_id = people_of.interview_id)
    )
    select k.interview_id, min(k.invited_at), bool_or(k.is_delivered),
           min(k.joined_at), min(k.completed_at), bool_or(k.has_answered),
           bool_or(k.has_withdrawn), bool_or(k.is_reviewed), bool_or(k.is_decided)
    from known k
    group by k.interview_id, k.person;
end
$$;
comment on function private.people_of(uuid, uuid) is
  'The people of a recruiter''s interviews, or of one. invited_at is their first invitation, null '
  'if they joined and no invitation is left.';

create or replace function private.count_people(
  recruiter_id uuid, interview_id uuid, since timestamptz, until timestamptz
)
  returns table (in_interview uuid, last_invited_at timestamptz, figures jsonb)
  language sql stable set search_path = ''
as $$
  select p.in_interview, max(person.since), jsonb_build_object(
    'invited', count(*),
    'delivered', count(*) filter (where p.is_delivered),
    'joined', count(p.joined_at),
    'answered', count(*) filter (where p.has_answered),
    'completed', count(p.completed_at),
    'withdrawn', count(*) filter (where p.has_withdrawn),
    'reviewed', count(*) filter (where p.is_reviewed),
    'decided', count(*) filter (where p.is_decided),
    'time_to_join', jsonb_build_object(
      'median_seconds',
      round(percentile_cont(0.5) within group (order by extract(epoch from person.to_join))),
      'n', count(person.to_join)),
    'time_to_complete', jsonb_build_object(
      'median_seconds',
      round(percentile_cont(0.5) within group (order by extract(epoch from person.to_complete))),
      'n', count(person.to_complete)))
  from private.people_of(count_people.recruiter_id, count_people.interview_id) as p
  cross join lateral (
    -- Those who joined by an invitation that is gone count as invited when they joined.
    select least(p.invited_at, p.joined_at) as since,
           case when p.joined_at >= p.invited_at then p.joined_at - p.invited_at end as to_join,
           p.completed_at - p.joined_at as to_complete
  ) as person
  where person.since >= count_people.since and person.since < count_people.until
  group by grouping sets ((), (p.in_interview))
$$;
comment on function private.count_people(uuid, uuid, timestamptz, timestamptz) is
  'The figures of analytics() about people whose first invitation is from since until before '
  'until: of each interview, and of all in the row whose interview is null.';

create or replace function private.count_completions(
  recruiter_id uuid, interview_id uuid, first_day date, last_day date, time_zone text
)
  returns jsonb
  language plpgsql stable set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
declare
  v_step text := case when last_day - first_day <= 92 then 'day'
                      when last_day - first_day <= 731 then 'week'
                      else 'month' end;
begin
  return jsonb_build_object('step', v_step, 'completions', (
    with completed as (
      select date_trunc(v_step, p.completed_at at time zone time_zone) as step, count(*) as people
      from public.interview_participants p
      where p.recruiter_id = count_completions.recruiter_id
        and (count_completions.interview_id is null
             or p.interview_id = count_completions.interview_id)
        and p.completed_at >= first_day::timestamp at time zone time_zone
        and p.completed_at < (last_day + 1)::timestamp at time zone time_zone
      group by 1
    )
    select coalesce(jsonb_agg(jsonb_build_object(
             'from', greatest(steps.step::date, first_day),
             'completed', coalesce(c.people, 0)) order by steps.step), '[]')
    from generate_series(date_trunc(v_step, first_day::timestamp), last_day::timestamp,
                         ('1 ' || v_step)::interval) as steps (step)
    left join completed c on c.step = steps.step));
end
$$;
comment on function private.count_completions(uuid, uuid, date, date, text) is
  'How many people completed on each day, week or month from first_day to last_day, whichever '
  'gives at most some hundred steps.';

-- For recruiters. Definer, because others' reviews, whose number is counted, do not show before
-- one's own is submitted.
create or replace function public.analytics(
  interview_id uuid default null, since date default null, until date default null,
  time_zone text default 'UTC'
)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_recruiter_id uuid := private.caller_id();
  -- The years that a deadline may have; of others, not every time zone can tell the time.
  v_since date := least(greatest(analytics.since, '2000-01-01'), '9999-01-01');
  v_until date := greatest(least(analytics.until, '9999-01-01'), '2000-01-01');
  v_today date;
  v_first_day date;
  v_answer jsonb;
begin
  begin
    v_today := (now() at time zone analytics.time_zone)::date;
  exception when invalid_parameter_value then
    perform private.refuse('invalid_time_zone');
  end;
  if v_today is null then
    perform private.refuse('invalid_time_zone');
  end if;
  -- Nothing happens before there is an interview.
  select (min(n.created_at) at time zone analytics.time_zone)::date into v_first_day
    from public.interviews n
    where n.recruiter_id = v_recruiter_id
      and (analytics.interview_id is null or n.id = analytics.interview_id);
  if v_first_day is null and analytics.interview_id is not null then
    perform private.refuse('interview_not_found');
  end if;
  with counted as materialized (
    select * from private.count_people(
      v_recruiter_id, analytics.interview_id,
      v_since::timestamp at time zone analytics.time_zone,
      (v_until + 1)::timestamp at time zone analytics.time_zone)
  ), latest as (
    select c.* from counted c
    where c.in_interview is not null
    order by c.last_invited_at desc, c.in_interview
    limit 100
  )
  select jsonb_build_object(
    'total', (select c.figures from counted c where c.in_interview is null),
    'interview_count', (select count(c.in_interview) from counted c),
    'interviews', (
      select coalesce(jsonb_agg(
               jsonb_build_object('interview_id', n.id, 'title', n.title) || l.figures
             order by l.last_invited_at desc, n.id), '[]')
      from latest l join public.interviews n on n.id = l.in_interview))
    into v_answer;
  return v_answer || private.count_completions(
    v_recruiter_id, analytics.interview_id,
    greatest(v_since, coalesce(v_first_day, v_today)), least(v_until, v_today),
    analytics.time_zone);
end
$$;
comment on function public.analytics(uuid, date, date, text) is
  'Of the caller''s interviews, or of one: total and, of at most 100 interviews, those with the '
  'latest invitations first, interviews (interview_count says of how many): how many people were '
  'invited from since to until, and how many of them had the email delivered, joined, answered, '
  'completed, withdrew, were reviewed and decided about; the medians of time_to_join and '
  'time_to_complete with their n. Then completions by step (day, week or month), whenever these '
  'people were invited. Days are those of time_zone. Raises interview_not_found, '
  'invalid_time_zone.';
