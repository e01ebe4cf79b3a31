-- The cases, what happens to their rows, and how many rows each affects.

create function pg_temp.cases()
  returns table (place integer, name text, outcome text)
  language sql
as $$
  values
    (0, 'upgraded already', 'nothing'),
    (1, 'not the tables of the first version', 'BLOCKS the upgrade: change them to its form'),
    (2, 'interview whose recruiter_id is no account',
     'BLOCKS the upgrade: give it to an account, or delete it'),
    (3, 'question without an interview',
     'BLOCKS the upgrade: give it an interview, or delete it'),
    (4, 'invite without an interview', 'BLOCKS the upgrade: give it an interview, or delete it'),
    (5, 'participant without an interview',
     'BLOCKS the upgrade: give it an interview, or delete it'),
    (6, 'participant whose user_id is no account',
     'BLOCKS the upgrade: give it an account, or delete it'),
    (7, 'participant more than once in an interview', 'BLOCKS the upgrade: delete all but one'),
    (8, 'description of more than 100,000 characters', 'BLOCKS the upgrade: shorten it'),
    (9, 'question of more than 100,000 characters', 'BLOCKS the upgrade: shorten it'),
    (11, 'constraint', 'dropped; replaced by those of the new version'),
    (12, 'index', 'dropped; replaced by those of the new version'),
    (13, 'policy', 'dropped; replaced by those of the new version'),
    (14, 'trigger', 'dropped, as it was written for the old rules'),
    (15, 'view on these tables', 'kept; check who may read it: it shows what its owner may see'),
    (21, 'interview without a title', 'named "Untitled interview"'),
    (22, 'interview without a status', 'active'),
    (23, 'interview status with blanks or capitals', 'without them'),
    (24, 'interview status unknown',
     'inactive; to change that, correct the status before the upgrade'),
    (25, 'interview without created_at or updated_at',
     'copied from the other, else the time of the upgrade'),
    (31, 'question without a text', '"(empty question)"'),
    (32, 'question without created_at', 'takes that of its interview'),
    (33, 'question in an interview with null, negative or repeated positions',
     'renumbered from 1 in the same order'),
    (41, 'invite without created_at', 'takes accepted_at, completed_at or that of its interview'),
    (42, 'invite without a status', 'pending'),
    (43, 'invite status with blanks or capitals', 'without them'),
    (44, 'invite status unknown', 'expired; to change that, correct the status before the upgrade'),
    (45, 'invite address null or not in canonical form',
     'empty, or converted: no blanks, lower case, the domain in ASCII'),
    (46, 'invite without a code', 'empty'),
    (47, 'invite with a malformed address',
     'expired, even if redeemed; people who have joined stay participants'),
    (48, 'invite with a malformed code',
     'expired, even if redeemed; people who have joined stay participants'),
    (49, 'invite pending beside a newer one of the same interview and address', 'expired'),
    (50, 'invite pending beside a newer one of the same interview and code',
     'another code; resend_invite or the candidate''s resend_my_codes mails it'),
    (51, 'invite whose address has the same code elsewhere',
     'another code; a pending one keeps it, else a redeemed one, else the newest'),
    (52, 'invite pending', 'expires 30 days after the upgrade; no mail is sent'),
    (61, 'participant without a status', 'active'),
    (62, 'participant status with blanks or capitals', 'without them'),
    (63, 'participant status unknown',
     'withdrawn; to change that, correct the status before the upgrade'),
    (64, 'participant with one redeemed invite to their address', 'linked to it'),
    (65, 'participant without joined_at',
     'takes the invite''s accepted_at, completed_at or the interview''s created_at'),
    (66, 'participant completed without completed_at',
     'takes that of the invite, else joined_at'),
    (71, 'invite accepted though its participant has completed', 'completed'),
    (72, 'invite redeemed without accepted_at or completed_at',
     'takes those of the participant, else other known times')
$$;

-- Rows that the new constraints refuse, and that only their owner can correct.
create function pg_temp.blocking_rows()
  returns table (name text, id text)
  language sql
as $$
  select 'interview whose recruiter_id is no account', n.id::text
  from public.interviews n
  where not exists (select from auth.users u where u.id = n.recruiter_id)
  union all
  select 'question without an interview', q.id::text
  from public.interview_questions q
  where not exists (select from public.interviews n where n.id = q.interview_id)
  union all
  select 'invite without an interview', i.id::text
  from public.interview_invites i
  where not exists (select from public.interviews n where n.id = i.interview_id)
  union all
  select 'participant without an interview', p.id::text
  from public.interview_participants p
  where not exists (select from public.interviews n where n.id = p.interview_id)
  union all
  select 'participant whose user_id is no account', p.id::text
  from public.interview_participants p
  where not exists (select from auth.users u where u.id = p.user_id)
  union all
  select 'participant more than once in an interview', same.id::text
  from (
    select p.id, count(*) over (partition by p.interview_id, p.user_id) as participants
    from public.interview_participants p where p.user_id is not null
  ) as same
  where same.participants > 1
  union all
  select 'description of more than 100,000 characters', n.id::text
  from public.interviews n where length(n.description) > 100000
  union all
  select 'question of more than 100,000 characters', q.id::text
  from public.interview_questions q where length(q.question) > 100000
$$;

-- Every case with the rows or objects that it affects; call it after plan_rows.
create function pg_temp.summary()
  returns table (place integer, name text, outcome text, affected bigint, ids text[])
  language sql
as $$
  with found (name, id) as (
    select 'not the tables of the first version', problem
    from pg_temp.problems_of_tables() as problem
    union all
    select b.name, b.id from pg_temp.blocking_rows() b
    union all
    select o.kind, o.name from pg_temp.old_rules() o
    union all
    select distinct 'view on these tables', w.ev_class::regclass::text
    from pg_temp.interview_tables() t
    join pg_catalog.pg_depend d
      on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid
    join pg_catalog.pg_rewrite w
      on w.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass
    where w.ev_class not in (select other.oid from pg_temp.interview_tables() other)
    union all
    select unnest(n.cases), n.id::text from pg_temp.clean_interviews() n
    union all
    select unnest(q.cases), q.id::text from pg_temp.clean_questions() q
    union all
    select unnest(i.cases), i.id::text from pg_temp.planned_invites i
    union all
    select unnest(p.cases), p.id::text from pg_temp.planned_participants p
  )
  select c.place, c.name, c.outcome, count(f.id), array_agg(f.id order by f.id)
  from pg_temp.cases() c left join found f on f.name = c.name
  group by c.place, c.name, c.outcome
  order by c.place
$$;
