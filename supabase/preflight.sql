-- What the upgrade of the first version would meet in this database. Reads only; run it in psql
-- or in the Supabase SQL editor before `supabase db push`. One line per case: how many rows it
-- concerns, what happens to them, and the ids (or names) of up to ten. The cases that would block
-- the upgrade come first, and should all be 0; then those of the others that occur, by the names
-- under which the upgrade reports them.
--
-- "relation … does not exist" means that there is no first version here, or not all of it.

with markers (table_name, column_name) as (
  values
    ('interviews', 'deadline'), ('interview_questions', 'recruiter_id'),
    ('interview_invites', 'expires_at'), ('interview_participants', 'invite_id')
), tables as (
  select m.table_name, c.oid, c.relowner,
    exists (
      select from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attname = m.column_name and not a.attisdropped
    ) as is_new
  from markers m
  left join pg_catalog.pg_class c on c.oid = to_regclass('public.' || m.table_name) and c.relkind = 'r'
), columns (table_name, column_name, type) as (
  -- Those of the first version, then those that the upgrade adds.
  values
    ('interviews', 'id', 'uuid'),
    ('interviews', 'title', 'character varying(255)'),
    ('interviews', 'description', 'text'),
    ('interviews', 'recruiter_id', 'uuid'),
    ('interviews', 'company_number', 'character varying(50)'),
    ('interviews', 'status', 'character varying(20)'),
    ('interviews', 'created_at', 'timestamp with time zone'),
    ('interviews', 'updated_at', 'timestamp with time zone'),
    ('interviews', 'deadline', null),
    ('interview_questions', 'id', 'uuid'),
    ('interview_questions', 'interview_id', 'uuid'),
    ('interview_questions', 'question', 'text'),
    ('interview_questions', 'order_index', 'integer'),
    ('interview_questions', 'created_at', 'timestamp with time zone'),
    ('interview_questions', 'recruiter_id', null),
    ('interview_invites', 'id', 'uuid'),
    ('interview_invites', 'interview_id', 'uuid'),
    ('interview_invites', 'email', 'character varying(255)'),
    ('interview_invites', 'invite_code', 'character varying(6)'),
    ('interview_invites', 'status', 'character varying(20)'),
    ('interview_invites', 'created_at', 'timestamp with time zone'),
    ('interview_invites', 'accepted_at', 'timestamp with time zone'),
    ('interview_invites', 'completed_at', 'timestamp with time zone'),
    ('interview_invites', 'recruiter_id', null),
    ('interview_invites', 'recruiter_name', null),
    ('interview_invites', 'expires_at', null),
    ('interview_invites', 'renewal_requested_at', null),
    ('interview_invites', 'queued_at', null),
    ('interview_invites', 'delivery_status', null),
    ('interview_invites', 'delivery_at', null),
    ('interview_invites', 'delivery_error', null),
    ('interview_participants', 'id', 'uuid'),
    ('interview_participants', 'interview_id', 'uuid'),
    ('interview_participants', 'user_id', 'uuid'),
    ('interview_participants', 'status', 'character varying(20)'),
    ('interview_participants', 'joined_at', 'timestamp with time zone'),
    ('interview_participants', 'completed_at', 'timestamp with time zone'),
    ('interview_participants', 'recruiter_id', null),
    ('interview_participants', 'invite_id', null)
), structure as (
  select format('the table %s is missing', t.table_name) as problem
  from tables t where t.oid is null
  union all
  select format('%s.%s is %s instead of %s', c.table_name, c.column_name,
                coalesce(format_type(a.atttypid, a.atttypmod), 'missing'), coalesce(c.type, 'left to the upgrade'))
  from columns c
  join tables t on t.table_name = c.table_name and t.oid is not null
  left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attname = c.column_name and not a.attisdropped
  where format_type(a.atttypid, a.atttypmod) is distinct from c.type
  union all
  select format('%s has no primary key on id', t.table_name)
  from tables t
  where t.oid is not null and not exists (
    select from pg_catalog.pg_constraint k
    where k.conrelid = t.oid and k.contype = 'p'
      and k.conkey = array(select a.attnum from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attname = 'id'))
  union all
  select format('%s belongs to the role %s', t.table_name, pg_get_userbyid(t.relowner))
  from tables t
  where t.oid is not null and not pg_has_role(t.relowner, 'usage')
  union all
  select format('%s of %s refers to other columns of %s than its id', k.conname, k.conrelid::regclass, t.table_name)
  from tables t
  join pg_catalog.pg_constraint k on k.confrelid = t.oid and k.contype = 'f'
  join pg_catalog.pg_constraint target on target.conindid = k.conindid and target.conrelid = t.oid
  where target.contype <> 'p' and k.conrelid not in (select other.oid from tables other where other.oid is not null)

-- ---- the rows as the upgrade will see them, step by step ---------------------------------------

), accounts as (
  select u.id, lower(btrim(normalize(translate(u.email, E'\u0130\u212a', E'\u0001\u0002'), NFC), E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff')) as email
  from auth.users u
), read as (
  select i.id, i.interview_id, i.email as old_email, i.invite_code as old_code, i.status as old_status,
    i.created_at as old_created_at, i.accepted_at, i.completed_at,
    coalesce(i.created_at, i.accepted_at, i.completed_at, n.created_at, n.updated_at, now()) as created_at,
    coalesce(btrim(left(
      lower(btrim(normalize(translate(i.email, E'\u0130\u212a', E'\u0001\u0002'), NFC), E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff')), 255)), '') as email,
    coalesce(i.invite_code, '') as code,
    case
      when i.status is null then 'pending'
      when lower(btrim(i.status)) in ('pending', 'accepted', 'completed', 'expired') then lower(btrim(i.status))
      else 'expired'
    end as status
  from public.interview_invites i
  left join public.interviews n on n.id = i.interview_id
), checked as materialized (
  select r.*,
    r.email ~ '^[^\s"(),:;<>@\[\\\]]+@([^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+\.)+[^\u0001-\u0040\u005b-\u0060\u007b-\u00a0][^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+$'
    and r.email !~ '^\.|\.@|\.\.|@-|@.*(\.-|-\.)|-$|[[:cntrl:]\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u0130\u212a\U000e0000-\U000e0fff]'
    and strpos(r.email, '@') <= 65 and length(r.email) <= 254
    and (length(r.email) <= 64 or split_part(r.email, '@', 2) !~ '[^.]{64}')
      as is_email,
    r.code ~ '^[0-9]{6}$' as is_code
  from read r
), well_formed as (
  select c.*, case when c.is_email and c.is_code then c.status else 'expired' end as status_2 from checked c
), one_per_address as (
  select w.*, w.status_2 = 'pending' and row_number() over (
    partition by w.interview_id, w.email, w.status_2 order by w.created_at desc, w.id desc) > 1 as is_older
  from well_formed w
), one_per_code as (
  select o.*, o.status_2 = 'pending' and not o.is_older and row_number() over (
    partition by o.code, o.status_2, o.is_older order by o.created_at desc, o.id desc) > 1 as has_used_code
  from one_per_address o
), settled as (
  select o.*, case when o.is_older or o.has_used_code then 'expired' else o.status_2 end as status_3 from one_per_code o
), ranked as (
  select s.*, row_number() over (
    partition by s.email, s.code
    order by s.status_3 in ('accepted', 'completed') desc, s.status_3 = 'pending' desc, s.created_at desc, s.id desc
  ) > 1 as is_repeated
  from settled s
), invites as (
  select r.*, case when r.is_repeated and r.status_3 = 'pending' then 'expired' else r.status_3 end as final_status
  from ranked r
), redeemed as (
  select p.id, (array_agg(i.id))[1] as invite_id
  from public.interview_participants p
  join accounts a on a.id = p.user_id
  join invites i on i.interview_id = p.interview_id and i.email = a.email and i.final_status in ('accepted', 'completed')
  group by p.id having count(*) = 1
), participants as (
  select p.id, p.status as old_status, p.joined_at, p.completed_at, r.invite_id,
    case when lower(btrim(p.status)) in ('active', 'completed', 'withdrawn') then lower(btrim(p.status)) end as status
  from public.interview_participants p
  left join redeemed r on r.id = p.id

-- ---- the cases ---------------------------------------------------------------------------------

), cases (position, name, outcome) as (
  values
    (0, 'upgraded already', 'nothing'),
    (1, 'not the tables of the first version', 'BLOCKS the upgrade: bring them to its form'),
    (2, 'interview whose recruiter_id is no account', 'BLOCKS the upgrade: give it to an account, or delete it'),
    (3, 'question without an interview', 'BLOCKS the upgrade: give it an interview, or delete it'),
    (4, 'invite without an interview', 'BLOCKS the upgrade: give it an interview, or delete it'),
    (5, 'participant without an interview', 'BLOCKS the upgrade: give it an interview, or delete it'),
    (6, 'participant whose user_id is no account', 'BLOCKS the upgrade: give it an account, or delete it'),
    (7, 'participant more than once in an interview', 'BLOCKS the upgrade: delete all but one'),
    (11, 'constraint', 'dropped; those of the new version take its place'),
    (12, 'index', 'dropped; those of the new version take its place'),
    (13, 'policy', 'dropped; those of the new version take its place'),
    (14, 'trigger', 'dropped, since it was written for the old rules'),
    (15, 'view on these tables', 'kept; look who may read it: a view shows what its owner may see'),
    (21, 'interview without a title', 'named "Untitled interview"'),
    (22, 'interview without a status', 'active'),
    (23, 'interview status with blanks or capitals', 'without them'),
    (24, 'interview status unknown', 'inactive; set what it means beforehand if it should be another'),
    (25, 'interview without created_at or updated_at', 'takes one from the other, else the time of the upgrade'),
    (31, 'question without a text', '"(empty question)"'),
    (32, 'question without created_at', 'takes that of its interview'),
    (33, 'question in an interview with null, negative or repeated positions', 'renumbered from 1 in the same order'),
    (41, 'invite without created_at', 'takes accepted_at, completed_at or that of its interview'),
    (42, 'invite without a status', 'pending'),
    (43, 'invite status with blanks or capitals', 'without them'),
    (44, 'invite status unknown', 'expired; set what it means beforehand if it should be another'),
    (45, 'invite address null or with blanks or capitals', 'empty, or without them'),
    (46, 'invite without a code', 'empty'),
    (47, 'invite with a malformed address', 'expired, a redeemed one too; who has joined stays a participant'),
    (48, 'invite with a malformed code', 'expired, a redeemed one too; who has joined stays a participant'),
    (49, 'invite pending beside a newer one of the same interview and address', 'expired'),
    (50, 'invite pending beside a newer one with the same code', 'expired'),
    (51, 'invite whose address has the same code elsewhere', 'another code, and expired if it was pending'),
    (52, 'invite pending', 'expires 30 days after the upgrade; no mail is sent'),
    (61, 'participant without a status', 'active'),
    (62, 'participant status with blanks or capitals', 'without them'),
    (63, 'participant status unknown', 'withdrawn; set what it means beforehand if it should be another'),
    (64, 'participant with one accepted invite to his address', 'linked to it'),
    (65, 'participant without joined_at', 'takes the invite''s accepted_at, completed_at or the interview''s created_at'),
    (66, 'participant completed without completed_at', 'takes that of the invite, else joined_at'),
    (71, 'invite accepted though its participant has completed', 'completed'),
    (72, 'invite redeemed without accepted_at or completed_at', 'takes those of the participant, else what else is known')
), found (position, id) as (
  select 1, problem from structure
  union all
  select 2, n.id::text from public.interviews n where not exists (select from accounts a where a.id = n.recruiter_id)
  union all
  select 3, q.id::text from public.interview_questions q
  where not exists (select from public.interviews n where n.id = q.interview_id)
  union all
  select 4, i.id::text from public.interview_invites i
  where not exists (select from public.interviews n where n.id = i.interview_id)
  union all
  select 5, p.id::text from public.interview_participants p
  where not exists (select from public.interviews n where n.id = p.interview_id)
  union all
  select 6, p.id::text from public.interview_participants p where not exists (select from accounts a where a.id = p.user_id)
  union all
  select 7, same.id::text
  from (
    select p.id, count(*) over (partition by p.interview_id, p.user_id) as participants
    from public.interview_participants p where p.user_id is not null
  ) as same
  where same.participants > 1
  union all
  select 11, format('%I on %s', k.conname, t.table_name)
  from tables t join pg_catalog.pg_constraint k on k.conrelid = t.oid where k.contype in ('c', 'f', 'u', 'x')
  union all
  select 12, x.indexrelid::regclass::text
  from tables t join pg_catalog.pg_index x on x.indrelid = t.oid
  where not exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.conrelid = x.indrelid)
  union all
  select 13, format('%I on %s', p.polname, t.table_name) from tables t join pg_catalog.pg_policy p on p.polrelid = t.oid
  union all
  select 14, format('%I on %s', g.tgname, t.table_name)
  from tables t join pg_catalog.pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal
  union all
  select distinct 15, w.ev_class::regclass::text
  from tables t
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid
  join pg_catalog.pg_rewrite w on w.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass
  where w.ev_class not in (select other.oid from tables other where other.oid is not null)
  union all
  select v.position, n.id::text
  from public.interviews n
  cross join lateral (values
    (21, coalesce(n.title, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
    (22, n.status is null),
    (23, n.status <> lower(btrim(n.status)) and lower(btrim(n.status)) in ('active', 'inactive', 'completed')),
    (24, lower(btrim(n.status)) not in ('active', 'inactive', 'completed')),
    (25, n.created_at is null or n.updated_at is null)
  ) as v (position, applies)
  where v.applies
  union all
  select v.position, q.id::text
  from public.interview_questions q
  cross join lateral (values
    (31, coalesce(q.question, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
    (32, q.created_at is null)
  ) as v (position, applies)
  where v.applies
  union all
  select 33, q.id::text
  from public.interview_questions q
  where q.interview_id in (
    select broken.interview_id from public.interview_questions broken
    group by broken.interview_id
    having count(*) <> count(distinct broken.order_index) or min(broken.order_index) < 0)
  union all
  select v.position, i.id::text
  from invites i
  cross join lateral (values
    (41, i.old_created_at is null),
    (42, i.old_status is null),
    (43, i.old_status <> lower(btrim(i.old_status)) and i.status = lower(btrim(i.old_status))),
    (44, lower(btrim(i.old_status)) not in ('pending', 'accepted', 'completed', 'expired')),
    (45, i.old_email is distinct from i.email),
    (46, i.old_code is null),
    (47, i.status <> 'expired' and not i.is_email),
    (48, i.status <> 'expired' and i.is_email and not i.is_code),
    (49, i.is_older),
    (50, i.has_used_code),
    (51, i.is_repeated),
    (52, i.final_status = 'pending')
  ) as v (position, applies)
  where v.applies
  union all
  select v.position, p.id::text
  from participants p
  cross join lateral (values
    (61, p.old_status is null),
    (62, p.old_status <> p.status),
    (63, p.old_status is not null and p.status is null),
    (64, p.invite_id is not null),
    (65, p.joined_at is null),
    (66, p.status = 'completed' and p.completed_at is null)
  ) as v (position, applies)
  where v.applies
  union all
  select distinct 71, i.id::text
  from invites i join participants p on p.invite_id = i.id
  where i.final_status = 'accepted' and p.status = 'completed'
  union all
  select 72, i.id::text
  from invites i
  where (i.final_status in ('accepted', 'completed') and i.accepted_at is null)
     or (i.final_status = 'completed' and i.completed_at is null)
)
select c.name as "case", count(f.id) as rows, c.outcome as what_will_happen,
  array_to_string((array_agg(f.id order by f.id))[1:10], ', ') as first_ten
from cases c
left join found f on f.position = c.position
where (c.position = 0) = (select bool_and(t.is_new) from tables t)
group by c.position, c.name, c.outcome
having c.position < 10 or count(f.id) > 0
order by c.position;
