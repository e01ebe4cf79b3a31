-- The tables of the first version, and whether this database has them.

create function pg_temp.first_version_columns()
  returns table (table_name text, column_name text, type text)
  language sql
as $$
  values
    ('interviews', 'id', 'uuid'),
    ('interviews', 'title', 'character varying(255)'),
    ('interviews', 'description', 'text'),
    ('interviews', 'recruiter_id', 'uuid'),
    ('interviews', 'company_number', 'character varying(50)'),
    ('interviews', 'status', 'character varying(20)'),
    ('interviews', 'created_at', 'timestamp with time zone'),
    ('interviews', 'updated_at', 'timestamp with time zone'),
    ('interview_questions', 'id', 'uuid'),
    ('interview_questions', 'interview_id', 'uuid'),
    ('interview_questions', 'question', 'text'),
    ('interview_questions', 'order_index', 'integer'),
    ('interview_questions', 'created_at', 'timestamp with time zone'),
    ('interview_invites', 'id', 'uuid'),
    ('interview_invites', 'interview_id', 'uuid'),
    ('interview_invites', 'email', 'character varying(255)'),
    ('interview_invites', 'invite_code', 'character varying(6)'),
    ('interview_invites', 'status', 'character varying(20)'),
    ('interview_invites', 'created_at', 'timestamp with time zone'),
    ('interview_invites', 'accepted_at', 'timestamp with time zone'),
    ('interview_invites', 'completed_at', 'timestamp with time zone'),
    ('interview_participants', 'id', 'uuid'),
    ('interview_participants', 'interview_id', 'uuid'),
    ('interview_participants', 'user_id', 'uuid'),
    ('interview_participants', 'status', 'character varying(20)'),
    ('interview_participants', 'joined_at', 'timestamp with time zone'),
    ('interview_participants', 'completed_at', 'timestamp with time zone')
$$;

-- Columns that the first version did not have.
create function pg_temp.new_columns()
  returns table (table_name text, column_name text, type text, default_value text)
  language sql
as $$
  select s.table_name, s.column_name, s.type, s.default_value
  from pg_temp.schema_columns() s
  where not exists (
    select from pg_temp.first_version_columns() f
    where f.table_name = s.table_name and f.column_name = s.column_name)
$$;

create function pg_temp.interview_tables()
  returns table (table_name text, oid oid, owner oid)
  language sql
as $$
  select f.table_name, c.oid, c.relowner
  from (select distinct table_name from pg_temp.first_version_columns()) f
  left join pg_catalog.pg_class c
    on c.oid = to_regclass('public.' || f.table_name) and c.relkind = 'r'
$$;

-- As in the schema's setup: does one of the tables exist without its marker column?
create function pg_temp.is_first_version()
  returns boolean
  language sql
as $$
  select exists (
    select from (values
      ('interviews', 'deadline'), ('interview_questions', 'recruiter_id'),
      ('interview_invites', 'expires_at'), ('interview_participants', 'invite_id')
    ) as marker (table_name, column_name)
    where to_regclass('public.' || marker.table_name) is not null
      and not exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = to_regclass('public.' || marker.table_name)
          and a.attname = marker.column_name and not a.attisdropped
      )
  )
$$;

-- How these tables differ from the first version, one phrase each.
create function pg_temp.problems_of_tables()
  returns setof text
  language sql
as $$
  with expected as (
    select table_name, column_name, type from pg_temp.first_version_columns()
    union all
    select table_name, column_name, null from pg_temp.new_columns()
  ), tables as (
    select * from pg_temp.interview_tables()
  )
  select format('the table %s is missing', t.table_name) from tables t where t.oid is null
  union all
  select format(
    '%s.%s is %s instead of %s', e.table_name, e.column_name,
    coalesce(format_type(a.atttypid, a.atttypmod), 'missing'),
    coalesce(e.type, 'left to the upgrade'))
  from expected e
  join tables t on t.table_name = e.table_name and t.oid is not null
  left join pg_catalog.pg_attribute a
    on a.attrelid = t.oid and a.attname = e.column_name and not a.attisdropped
  where format_type(a.atttypid, a.atttypmod) is distinct from e.type
  union all
  select format('%s has no primary key on id', t.table_name)
  from tables t
  where t.oid is not null and not exists (
    select from pg_catalog.pg_constraint k
    where k.conrelid = t.oid and k.contype = 'p' and k.conkey = array(
      select a.attnum from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attname = 'id'))
  union all
  select format('%s belongs to the role %s', t.table_name, pg_get_userbyid(t.owner))
  from tables t
  where t.oid is not null and not pg_has_role(t.owner, 'usage')
  union all
  select format(
    '%s of %s refers to other columns of %s than its id',
    k.conname, k.conrelid::regclass, t.table_name)
  from tables t
  join pg_catalog.pg_constraint k on k.confrelid = t.oid and k.contype = 'f'
  join pg_catalog.pg_constraint target
    on target.conindid = k.conindid and target.conrelid = t.oid
  where target.contype <> 'p'
    and k.conrelid not in (select other.oid from tables other where other.oid is not null)
$$;

-- The old rules of the tables, and how to drop them; foreign keys before the unique constraints
-- that they depend on.
create function pg_temp.old_rules()
  returns table (kind text, name text, step integer, command text)
  language sql
as $$
  select 'policy', format('%I on %s', p.polname, t.table_name), 1,
         format('drop policy %I on public.%I', p.polname, t.table_name)
  from pg_temp.interview_tables() t join pg_catalog.pg_policy p on p.polrelid = t.oid
  union all
  select 'trigger', format('%I on %s', g.tgname, t.table_name), 1,
         format('drop trigger %I on public.%I', g.tgname, t.table_name)
  from pg_temp.interview_tables() t
  join pg_catalog.pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
  union all
  select 'constraint', format('%I on %s', k.conname, t.table_name),
         case k.contype when 'f' then 1 else 2 end,
         format('alter table public.%I drop constraint %I', t.table_name, k.conname)
  from pg_temp.interview_tables() t
  join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype in ('c', 'f', 'u', 'x')
  union all
  select 'index', x.indexrelid::regclass::text, 1, format('drop index %s', x.indexrelid::regclass)
  from pg_temp.interview_tables() t
  join pg_catalog.pg_index x on x.indrelid = t.oid
  where not exists (
    select from pg_catalog.pg_constraint k
    where k.conindid = x.indexrelid and k.conrelid = x.indrelid)
$$;
