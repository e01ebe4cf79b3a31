-- The new values of each row, and which cases apply to it (30_cases.sql lists their names). Writes
-- only two temporary tables.

create temp table planned_invites (
  id uuid, interview_id uuid, email text,
  invite_code text,  -- null: to be drawn
  status text, created_at timestamptz, accepted_at timestamptz, completed_at timestamptz,
  cases text[]
) on commit drop;
create temp table planned_participants (
  id uuid, status text, invite_id uuid, joined_at timestamptz, completed_at timestamptz,
  cases text[]
) on commit drop;

create function pg_temp.clean_status(
  status text, known text[], if_null text, if_unknown text
)
  returns text
  language sql immutable
  return case
    when status is null then if_null
    when lower(btrim(status)) = any (known) then lower(btrim(status))
    else if_unknown
  end;

create function pg_temp.case_of_status(thing text, status text, known text[])
  returns text
  language sql immutable
  return case
    when status is null then thing || ' without a status'
    when status = any (known) then null
    when lower(btrim(status)) = any (known) then thing || ' status with blanks or capitals'
    else thing || ' status unknown'
  end;

create function pg_temp.clean_interviews()
  returns table (
    id uuid, title text, status text, created_at timestamptz, updated_at timestamptz, cases text[])
  language sql
as $$
  select n.id,
    case when untitled then 'Untitled interview' else n.title end,
    pg_temp.clean_status(n.status, known, 'active', 'inactive'),
    coalesce(n.created_at, n.updated_at, now()),
    coalesce(n.updated_at, n.created_at, now()),
    array(select v.name from (values
      ('interview without a title', untitled),
      (pg_temp.case_of_status('interview', n.status, known), true),
      ('interview without created_at or updated_at', n.created_at is null or n.updated_at is null)
    ) as v (name, applies) where v.applies and v.name is not null)
  from public.interviews n
  cross join lateral (select
    '{active,inactive,completed}'::text[] as known,
    coalesce(pg_temp.trim_blanks(n.title), '') = '' as untitled) as c
$$;

create function pg_temp.clean_questions()
  returns table (
    id uuid, recruiter_id uuid, question text, order_index integer, created_at timestamptz,
    cases text[])
  language sql
as $$
  select q.id, n.recruiter_id,
    case when empty then '(empty question)' else q.question end,
    case when broken then q.place else q.order_index end,
    coalesce(q.created_at, n.created_at, n.updated_at, now()),
    array(select v.name from (values
      ('question without a text', empty),
      ('question without created_at', q.created_at is null),
      ('question in an interview with null, negative or repeated positions', broken)
    ) as v (name, applies) where v.applies)
  from (
    select o.*, row_number() over (
        partition by o.interview_id order by o.order_index, o.created_at, o.id)::integer as place
    from public.interview_questions o
  ) as q
  left join public.interviews n on n.id = q.interview_id
  cross join lateral (select
    coalesce(pg_temp.trim_blanks(q.question), '') = '' as empty,
    q.interview_id in (
      select b.interview_id from public.interview_questions b
      group by b.interview_id
      having count(*) <> count(distinct b.order_index) or min(b.order_index) < 0) as broken) as c
$$;

-- In steps: the address in canonical form; malformed invites expire; of the pending invites of one
-- address to an interview the newest stays; then two rules for codes, which only change the code:
-- of an interview's pending invites with one code the newest keeps it, and of an address's invites
-- with one code a pending one, else a redeemed one, else the newest.
create function pg_temp.clean_invites()
  returns setof pg_temp.planned_invites
  language sql
as $$
  with read as (
    select i.*, n.created_at as interview_created_at, n.updated_at as interview_updated_at,
      pg_temp.clean_status(i.status, c.known, 'pending', 'expired') as status_1,
      pg_temp.case_of_status('invite', i.status, c.known) as case_of_status,
      -- Cut to the length of the column; over 254 characters it is no address anyway.
      btrim(left(lower(pg_temp.normalize_email(coalesce(i.email, ''))), 255)) as clean_email,
      coalesce(i.invite_code, '') as code
    from public.interview_invites i
    left join public.interviews n on n.id = i.interview_id
    cross join (select '{pending,accepted,completed,expired}'::text[] as known) as c
  ), checked as (
    select r.*, pg_temp.is_email(r.clean_email) as is_email, r.code ~ '^[0-9]{6}$' as is_code,
      coalesce(r.created_at, r.accepted_at, r.completed_at,
               r.interview_created_at, r.interview_updated_at, now()) as since
    from read r
  ), well_formed as (
    select c.*, case when c.is_email and c.is_code then c.status_1 else 'expired' end as status_2
    from checked c
  ), one_per_address as (
    select w.*, w.status_2 = 'pending' and row_number() over (
        partition by w.interview_id, w.clean_email, w.status_2
        order by w.since desc, w.id desc) > 1 as is_older
    from well_formed w
  ), settled as (
    select o.*, case when o.is_older then 'expired' else o.status_2 end as status_3
    from one_per_address o
  ), one_per_interview_and_code as (
    select s.*, s.status_3 = 'pending' and row_number() over (
        partition by s.interview_id, s.code, s.status_3
        order by s.since desc, s.id desc) > 1 as lost_code
    from settled s
  ), one_per_address_and_code as (
    select o.*, not o.lost_code and row_number() over (
        partition by o.clean_email, o.code, o.lost_code
        order by o.status_3 = 'pending' desc, o.status_3 <> 'expired' desc,
                 o.since desc, o.id desc) > 1 as repeats_code
    from one_per_interview_and_code o
  )
  select i.id, i.interview_id, i.clean_email,
    case when not (i.lost_code or i.repeats_code) then i.code end,
    i.status_3, i.since, i.accepted_at, i.completed_at,
    array(select v.name from (values
      ('invite without created_at', i.created_at is null),
      (i.case_of_status, true),
      ('invite address null or not in canonical form', i.email is distinct from i.clean_email),
      ('invite without a code', i.invite_code is null),
      ('invite with a malformed address', i.status_1 <> 'expired' and not i.is_email),
      ('invite with a malformed code', i.status_1 <> 'expired' and i.is_email and not i.is_code),
      ('invite pending beside a newer one of the same interview and address', i.is_older),
      ('invite pending beside a newer one of the same interview and code', i.lost_code),
      ('invite whose address has the same code elsewhere', i.repeats_code),
      ('invite pending', i.status_3 = 'pending')
    ) as v (name, applies) where v.applies and v.name is not null)
  from one_per_address_and_code i
$$;

-- Links participants to the invite that let them in; reads planned_invites.
create function pg_temp.clean_participants()
  returns setof pg_temp.planned_participants
  language sql
as $$
  with redeemed as (
    select p.id, (array_agg(i.id))[1] as invite_id
    from public.interview_participants p
    join auth.users u on u.id = p.user_id
    join pg_temp.planned_invites i
      on i.interview_id = p.interview_id and i.status in ('accepted', 'completed')
      and i.email = pg_temp.normalize_email(coalesce(u.email, ''))
    group by p.id having count(*) = 1
  )
  select p.id, c.status, i.id, s.joined_at,
    case when c.status = 'completed' then coalesce(p.completed_at, i.completed_at, s.joined_at)
         else p.completed_at end,
    array(select v.name from (values
      (pg_temp.case_of_status('participant', p.status, c.known), true),
      ('participant with one redeemed invite to their address', i.id is not null),
      ('participant without joined_at', p.joined_at is null),
      ('participant completed without completed_at',
       c.status = 'completed' and p.completed_at is null)
    ) as v (name, applies) where v.applies and v.name is not null)
  from public.interview_participants p
  left join public.interviews n on n.id = p.interview_id
  left join redeemed r on r.id = p.id
  left join pg_temp.planned_invites i on i.id = r.invite_id
  cross join (select '{active,completed,withdrawn}'::text[] as known) as k
  cross join lateral (
    select k.known, pg_temp.clean_status(p.status, k.known, 'active', 'withdrawn') as status) as c
  cross join lateral (
    select coalesce(p.joined_at, i.accepted_at, p.completed_at,
                    n.created_at, n.updated_at, now()) as joined_at) as s
$$;

-- Fills the two tables; redeemed invites take missing values from their participants.
create function pg_temp.plan_rows()
  returns void
  language plpgsql
as $$
begin
  insert into pg_temp.planned_invites select * from pg_temp.clean_invites();
  analyze pg_temp.planned_invites;
  insert into pg_temp.planned_participants select * from pg_temp.clean_participants();
  update pg_temp.planned_invites i
    set status = s.status,
        accepted_at = coalesce(i.accepted_at, p.joined_at, i.completed_at, i.created_at),
        completed_at = case when s.status = 'completed'
          then coalesce(i.completed_at, p.completed_at, i.accepted_at, i.created_at)
          else i.completed_at end,
        cases = i.cases || array(select v.name from (values
          ('invite accepted though its participant has completed', s.status <> i.status),
          ('invite redeemed without accepted_at or completed_at',
           i.accepted_at is null or (i.status = 'completed' and i.completed_at is null))
        ) as v (name, applies) where v.applies)
    from pg_temp.planned_invites redeemed
    left join (
      select q.invite_id, min(q.joined_at) as joined_at, min(q.completed_at) as completed_at,
             bool_or(q.status = 'completed') as is_completed
      from pg_temp.planned_participants q group by q.invite_id
    ) as p on p.invite_id = redeemed.id
    cross join lateral (
      select case when p.is_completed then 'completed' else redeemed.status end as status) as s
    where redeemed.id = i.id and redeemed.status in ('accepted', 'completed');
end
$$;
