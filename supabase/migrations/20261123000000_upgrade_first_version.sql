-- Upgrade of the first version: its four tables are cleaned and brought, in place, to what the
-- next migration expects, so that ids, rows and other tables' foreign keys to them survive.
-- Does nothing on a fresh project, nor where it has run before.
--
-- It stops before it changes anything when rows could not be kept; supabase/preflight.sql lists
-- those, and counts everything else that happens here by the same names. What was changed is told
-- as notices, and in the server's log, because the Supabase CLI shows no notices. Nobody is
-- mailed.
--
-- The steps are functions that last for this transaction; the statement that runs them comes
-- last, short, since the CLI prints the whole statement that failed.

begin;
-- Hosted projects end a statement after two minutes; half a million invites take one.
set local statement_timeout = 0;

-- ---- the first version, and whether it is here -------------------------------------------------

create function pg_temp.first_version_columns()
  returns table (table_name text, column_name text, type text, default_value text, is_required boolean)
  language sql
as $$
  values
    ('interviews', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interviews', 'title', 'character varying(255)', null, true),
    ('interviews', 'description', 'text', null, false),
    ('interviews', 'recruiter_id', 'uuid', 'auth.uid()', true),
    ('interviews', 'company_number', 'character varying(50)', null, false),
    ('interviews', 'status', 'character varying(20)', '''active''', true),
    ('interviews', 'created_at', 'timestamp with time zone', 'now()', true),
    ('interviews', 'updated_at', 'timestamp with time zone', 'now()', true),
    ('interview_questions', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_questions', 'interview_id', 'uuid', null, true),
    ('interview_questions', 'question', 'text', null, true),
    ('interview_questions', 'order_index', 'integer', null, true),
    ('interview_questions', 'created_at', 'timestamp with time zone', 'now()', true),
    ('interview_invites', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_invites', 'interview_id', 'uuid', null, true),
    ('interview_invites', 'email', 'character varying(255)', null, true),
    ('interview_invites', 'invite_code', 'character varying(6)', null, true),
    ('interview_invites', 'status', 'character varying(20)', '''pending''', true),
    ('interview_invites', 'created_at', 'timestamp with time zone', 'now()', true),
    ('interview_invites', 'accepted_at', 'timestamp with time zone', null, false),
    ('interview_invites', 'completed_at', 'timestamp with time zone', null, false),
    ('interview_participants', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_participants', 'interview_id', 'uuid', null, true),
    ('interview_participants', 'user_id', 'uuid', null, true),
    ('interview_participants', 'status', 'character varying(20)', '''active''', true),
    ('interview_participants', 'joined_at', 'timestamp with time zone', 'now()', true),
    ('interview_participants', 'completed_at', 'timestamp with time zone', null, false)
$$;

create function pg_temp.new_columns()
  returns table (table_name text, column_name text)
  language sql
as $$
  values
    ('interviews', 'deadline'), ('interview_questions', 'recruiter_id'),
    ('interview_invites', 'recruiter_id'), ('interview_invites', 'recruiter_name'),
    ('interview_invites', 'expires_at'), ('interview_invites', 'renewal_requested_at'),
    ('interview_invites', 'queued_at'), ('interview_invites', 'delivery_status'),
    ('interview_invites', 'delivery_at'), ('interview_invites', 'delivery_error'),
    ('interview_participants', 'recruiter_id'), ('interview_participants', 'invite_id')
$$;

-- The same question as in the schema's setup: is one of the tables there without its marker?
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

create function pg_temp.interview_tables()
  returns regclass[]
  language sql
as $$
  select array_agg(to_regclass('public.' || c.table_name)) from (
    select distinct f.table_name from pg_temp.first_version_columns() as f
  ) as c
$$;

-- ---- may it go on? -----------------------------------------------------------------------------

create function pg_temp.stop_at_other_tables()
  returns void
  language plpgsql
as $$
declare
  v_problems text;
begin
  with expected as (
    select c.table_name, c.column_name, c.type from pg_temp.first_version_columns() as c
    union all
    select c.table_name, c.column_name, null from pg_temp.new_columns() as c
  ), tables as (
    select distinct e.table_name, c.oid, c.relowner
    from expected e
    left join pg_catalog.pg_class c on c.oid = to_regclass('public.' || e.table_name) and c.relkind = 'r'
  ), problems as (
    select format('the table %s is missing', t.table_name) as problem
    from tables t where t.oid is null
    union all
    select format('%s.%s is %s instead of %s', e.table_name, e.column_name,
                  coalesce(format_type(a.atttypid, a.atttypmod), 'missing'), coalesce(e.type, 'left to the upgrade'))
    from expected e
    join tables t on t.table_name = e.table_name and t.oid is not null
    left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attname = e.column_name and not a.attisdropped
    where format_type(a.atttypid, a.atttypmod) is distinct from e.type
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
  )
  select string_agg(p.problem, '; ' order by p.problem) into v_problems from problems p;
  if v_problems is not null then
    raise exception 'The upgrade stopped before it changed anything: %. Bring these tables to the form of the first version, then apply the migrations again.', v_problems
      using errcode = 'PT409', detail = 'upgrade_blocked';
  end if;
end
$$;

create function pg_temp.stop_at_rows_that_cannot_be_kept()
  returns void
  language plpgsql
as $$
declare
  v_problems text;
begin
  select string_agg(format('%s: %s', found.what, found.affected), '; ') into v_problems
  from (
    select 'interview whose recruiter_id is no account' as what, count(*) as affected
    from public.interviews n where not exists (select from auth.users u where u.id = n.recruiter_id)
    union all
    select 'question without an interview', count(*)
    from public.interview_questions q where not exists (select from public.interviews n where n.id = q.interview_id)
    union all
    select 'invite without an interview', count(*)
    from public.interview_invites i where not exists (select from public.interviews n where n.id = i.interview_id)
    union all
    select 'participant without an interview', count(*)
    from public.interview_participants p where not exists (select from public.interviews n where n.id = p.interview_id)
    union all
    select 'participant whose user_id is no account', count(*)
    from public.interview_participants p where not exists (select from auth.users u where u.id = p.user_id)
    union all
    select 'participant more than once in an interview', coalesce(sum(same.participants), 0)
    from (
      select count(*) as participants
      from public.interview_participants p where p.user_id is not null
      group by p.interview_id, p.user_id having count(*) > 1
    ) as same
  ) as found
  where found.affected > 0;
  if v_problems is not null then
    raise exception 'The upgrade stopped before it changed anything. Some rows cannot be kept as they are: %. supabase/preflight.sql lists their ids: give each an existing interview or account, or delete it, then apply the migrations again.', v_problems
      using errcode = 'PT409', detail = 'upgrade_blocked';
  end if;
end
$$;

-- ---- what the steps use ------------------------------------------------------------------------

create function pg_temp.report(what text, affected bigint, outcome text)
  returns void
  language plpgsql
as $$
begin
  if report.affected > 0 then
    raise notice '%: % -> %', report.what, report.affected, report.outcome;
    raise log 'upgrade of the interviews: %: % -> %', report.what, report.affected, report.outcome;
  end if;
end
$$;

-- What private.normalize_email and private.is_email will say of an address.
create function pg_temp.normalize_email(email text)
  returns text
  language sql immutable
  return translate(
    lower(btrim(normalize(translate(email, E'\u0130\u212a', E'\u0001\u0002'), NFC),
                E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff')),
    E'\u0001\u0002', E'\u0130\u212a');
create function pg_temp.is_email(email text)
  returns boolean
  language plpgsql immutable
as $$
begin
  return coalesce(
    email ~ '^[^\s"(),:;<>@\[\\\]]+@([^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+\.)+[^\u0001-\u0040\u005b-\u0060\u007b-\u00a0][^\u0001-\u002c\u002e\u002f\u003a-\u0060\u007b-\u00a0]+$'
    and email !~ '^\.|\.@|\.\.|@-|@.*(\.-|-\.)|-$|[[:cntrl:]\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\u0130\u212a\U000e0000-\U000e0fff]'
    and strpos(email, '@') <= 65 and length(email) <= 254
    and (length(email) <= 64 or split_part(email, '@', 2) !~ '[^.]{64}'),
    false);
end
$$;

-- ---- the steps ---------------------------------------------------------------------------------

create function pg_temp.drop_old_rules()
  returns void
  language plpgsql
as $$
declare
  v_tables constant regclass[] := pg_temp.interview_tables();
  v_rows bigint;
  v_names text;
  v_command text;
  v_item record;
begin
  -- Closed to everybody but the owner until the next migration writes the new policies.
  alter table public.interviews enable row level security, no force row level security;
  alter table public.interview_questions enable row level security, no force row level security;
  alter table public.interview_invites enable row level security, no force row level security;
  alter table public.interview_participants enable row level security, no force row level security;
  revoke all on public.interviews, public.interview_questions, public.interview_invites, public.interview_participants
    from public, anon, authenticated, service_role;

  for v_item in
    select o.what, count(*) as affected, string_agg(o.name, ', ' order by o.name) as names,
           array_agg(o.command order by o.step, o.name) as commands
    from (
      select 'policy' as what, 1 as step, format('%I on %s', p.polname, p.polrelid::regclass) as name,
             format('drop policy %I on %s', p.polname, p.polrelid::regclass) as command
      from pg_catalog.pg_policy p where p.polrelid = any (v_tables)
      union all
      -- Written for the old rules, they would fight the new ones.
      select 'trigger', 1, format('%I on %s', g.tgname, g.tgrelid::regclass),
             format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass)
      from pg_catalog.pg_trigger g where g.tgrelid = any (v_tables) and not g.tgisinternal
      union all
      -- Foreign keys first, since they depend on unique constraints.
      select 'constraint', case k.contype when 'f' then 1 else 2 end, format('%I on %s', k.conname, k.conrelid::regclass),
             format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname)
      from pg_catalog.pg_constraint k where k.conrelid = any (v_tables) and k.contype in ('c', 'f', 'u', 'x')
      union all
      select 'index', 1, x.indexrelid::regclass::text, format('drop index %s', x.indexrelid::regclass)
      from pg_catalog.pg_index x
      where x.indrelid = any (v_tables)
        and not exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.conrelid = x.indrelid)
    ) as o
    group by o.what order by o.what
  loop
    foreach v_command in array v_item.commands loop
      execute v_command;
    end loop;
    perform pg_temp.report(v_item.what, v_item.affected, 'dropped: ' || v_item.names);
  end loop;

  for v_item in
    select k.conrelid::regclass as table_name, k.conname, c.relname || '_pkey' as wanted
    from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    where k.conrelid = any (v_tables) and k.contype = 'p' and k.conname <> c.relname || '_pkey'
  loop
    execute format('alter table %s rename constraint %I to %I', v_item.table_name, v_item.conname, v_item.wanted);
  end loop;

  select count(distinct w.ev_class), string_agg(distinct w.ev_class::regclass::text, ', ') into v_rows, v_names
  from pg_catalog.pg_depend d
  join pg_catalog.pg_rewrite w on w.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass
  where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = any (v_tables) and w.ev_class <> all (v_tables);
  perform pg_temp.report('view on these tables', v_rows, 'kept; look who may read it: ' || v_names);
end
$$;

create function pg_temp.upgrade_interviews()
  returns void
  language plpgsql
as $$
declare
  v_rows bigint;
begin
  update public.interviews set title = 'Untitled interview' where coalesce(title, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]';
  get diagnostics v_rows = row_count;
  perform pg_temp.report('interview without a title', v_rows, 'named "Untitled interview"');

  update public.interviews set status = 'active' where status is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('interview without a status', v_rows, 'active');
  update public.interviews set status = lower(btrim(status))
    where status <> lower(btrim(status)) and lower(btrim(status)) in ('active', 'inactive', 'completed');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('interview status with blanks or capitals', v_rows, 'without them');
  update public.interviews set status = 'inactive' where status not in ('active', 'inactive', 'completed');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('interview status unknown', v_rows, 'inactive');

  update public.interviews
    set created_at = coalesce(created_at, updated_at, now()), updated_at = coalesce(updated_at, created_at, now())
    where created_at is null or updated_at is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('interview without created_at or updated_at', v_rows, 'takes one from the other, else the time of the upgrade');

  alter table public.interviews add column deadline timestamptz;
end
$$;

create function pg_temp.upgrade_questions()
  returns void
  language plpgsql
as $$
declare
  v_rows bigint;
begin
  update public.interview_questions set question = '(empty question)' where coalesce(question, '') !~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]';
  get diagnostics v_rows = row_count;
  perform pg_temp.report('question without a text', v_rows, '"(empty question)"');

  update public.interview_questions q set created_at = n.created_at
    from public.interviews n where n.id = q.interview_id and q.created_at is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('question without created_at', v_rows, 'takes that of its interview');

  update public.interview_questions q
    set order_index = numbered.position
    from (
      select o.id, row_number() over (partition by o.interview_id order by o.order_index, o.created_at, o.id) as position
      from public.interview_questions o
      where o.interview_id in (
        select broken.interview_id from public.interview_questions broken
        group by broken.interview_id
        having count(*) <> count(distinct broken.order_index) or min(broken.order_index) < 0)
    ) as numbered
    where numbered.id = q.id;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('question in an interview with null, negative or repeated positions', v_rows, 'renumbered from 1 in the same order');

  alter table public.interview_questions add column recruiter_id uuid;
  update public.interview_questions q set recruiter_id = n.recruiter_id
    from public.interviews n where n.id = q.interview_id;
end
$$;

create function pg_temp.upgrade_invites()
  returns void
  language plpgsql
as $$
declare
  v_rows bigint;
  v_invite record;
  v_code text;
begin
  update public.interview_invites i set created_at = coalesce(i.accepted_at, i.completed_at, n.created_at)
    from public.interviews n where n.id = i.interview_id and i.created_at is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite without created_at', v_rows, 'takes accepted_at, completed_at or that of its interview');

  update public.interview_invites i set status = 'pending' where i.status is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite without a status', v_rows, 'pending');
  update public.interview_invites i set status = lower(btrim(i.status))
    where i.status <> lower(btrim(i.status)) and lower(btrim(i.status)) in ('pending', 'accepted', 'completed', 'expired');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite status with blanks or capitals', v_rows, 'without them');
  update public.interview_invites i set status = 'expired'
    where i.status not in ('pending', 'accepted', 'completed', 'expired');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite status unknown', v_rows, 'expired');

  -- A normalized address may be longer than it was; beyond 254 characters it is none anyway.
  update public.interview_invites i
    set email = coalesce(btrim(left(pg_temp.normalize_email(i.email), 255)), '')
    where i.email is distinct from coalesce(btrim(left(pg_temp.normalize_email(i.email), 255)), '');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite address null or with blanks or capitals', v_rows, 'empty, or without them');
  update public.interview_invites i set invite_code = '' where i.invite_code is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite without a code', v_rows, 'empty');

  update public.interview_invites i set status = 'expired' where i.status <> 'expired' and not pg_temp.is_email(i.email);
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite with a malformed address', v_rows, 'expired');
  update public.interview_invites i set status = 'expired' where i.status <> 'expired' and i.invite_code !~ '^[0-9]{6}$';
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite with a malformed code', v_rows, 'expired');

  update public.interview_invites i set status = 'expired'
    from (
      select p.id, row_number() over (partition by p.interview_id, p.email order by p.created_at desc, p.id desc) as position
      from public.interview_invites p where p.status = 'pending'
    ) as ranked
    where ranked.id = i.id and ranked.position > 1;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite pending beside a newer one of the same interview and address', v_rows, 'expired');
  update public.interview_invites i set status = 'expired'
    from (
      select p.id, row_number() over (partition by p.invite_code order by p.created_at desc, p.id desc) as position
      from public.interview_invites p where p.status = 'pending'
    ) as ranked
    where ranked.id = i.id and ranked.position > 1;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite pending beside a newer one with the same code', v_rows, 'expired');

  -- An address has each code once. Whoever was let in by it keeps it, then the newest.
  create index interview_invites_upgrade_idx on public.interview_invites (email, invite_code);
  v_rows := 0;
  for v_invite in
    select ranked.id, ranked.email
    from (
      select i.id, i.email, row_number() over (
        partition by i.email, i.invite_code
        order by i.status in ('accepted', 'completed') desc, i.status = 'pending' desc, i.created_at desc, i.id desc
      ) as position
      from public.interview_invites i
    ) as ranked
    where ranked.position > 1
  loop
    loop
      v_code := lpad(((('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint) % 1000000)::text, 6, '0');
      exit when not exists (
        select from public.interview_invites i where i.email = v_invite.email and i.invite_code = v_code);
    end loop;
    update public.interview_invites i
      set invite_code = v_code, status = case i.status when 'pending' then 'expired' else i.status end
      where i.id = v_invite.id;
    v_rows := v_rows + 1;
  end loop;
  drop index public.interview_invites_upgrade_idx;
  perform pg_temp.report('invite whose address has the same code elsewhere', v_rows, 'another code, and expired if it was pending');

  -- No delivery is known of old invites, and none is queued: the defaults come afterwards.
  alter table public.interview_invites
    add column recruiter_id uuid,
    add column recruiter_name varchar(100),
    add column expires_at timestamptz,
    add column renewal_requested_at timestamptz,
    add column queued_at timestamptz,
    add column delivery_status varchar(20),
    add column delivery_at timestamptz,
    add column delivery_error text;
  with signed as materialized (
    -- As private.recruiter_name would sign.
    select n.id, n.recruiter_id, coalesce(nullif(left(btrim(
      regexp_replace(u.raw_user_meta_data ->> 'full_name', '[[:cntrl:]\s\u200e\u200f\u2028-\u202e\u2066-\u2069]+', ' ', 'g'),
      E' \t\n\r\f\u000b\u00a0\u200b\u2060\u3000\ufeff'), 100), ''), 'HireVision') as recruiter_name
    from public.interviews n join auth.users u on u.id = n.recruiter_id
  )
  update public.interview_invites i
    set recruiter_id = s.recruiter_id, recruiter_name = s.recruiter_name,
        expires_at = case i.status
          when 'pending' then now() + interval '30 days'
          else least(i.created_at + interval '30 days', now())
        end
    from signed s
    where s.id = i.interview_id;
  select count(*) into v_rows from public.interview_invites i where i.status = 'pending';
  perform pg_temp.report('invite pending', v_rows, 'expires 30 days from now; no mail is sent');
  alter table public.interview_invites
    alter column expires_at set default now() + interval '30 days',
    alter column queued_at set default now(),
    alter column delivery_status set default 'queued';
end
$$;

create function pg_temp.upgrade_participants()
  returns void
  language plpgsql
as $$
declare
  v_rows bigint;
begin
  update public.interview_participants p set status = 'active' where p.status is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant without a status', v_rows, 'active');
  update public.interview_participants p set status = lower(btrim(p.status))
    where p.status <> lower(btrim(p.status)) and lower(btrim(p.status)) in ('active', 'completed', 'withdrawn');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant status with blanks or capitals', v_rows, 'without them');
  update public.interview_participants p set status = 'withdrawn' where p.status not in ('active', 'completed', 'withdrawn');
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant status unknown', v_rows, 'withdrawn');

  alter table public.interview_participants add column recruiter_id uuid, add column invite_id uuid;
  update public.interview_participants p set recruiter_id = n.recruiter_id
    from public.interviews n where n.id = p.interview_id;
  update public.interview_participants p
    set invite_id = redeemed.invite_id
    from (
      select o.id, (array_agg(i.id))[1] as invite_id
      from public.interview_participants o
      join auth.users u on u.id = o.user_id
      join public.interview_invites i
        on i.interview_id = o.interview_id and i.email = pg_temp.normalize_email(u.email)
        and i.status in ('accepted', 'completed')
      group by o.id having count(*) = 1
    ) as redeemed
    where redeemed.id = p.id;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant with one accepted invite to his address', v_rows, 'linked to it');

  update public.interview_participants p
    set joined_at = coalesce(
      (select i.accepted_at from public.interview_invites i where i.id = p.invite_id), p.completed_at, n.created_at)
    from public.interviews n where n.id = p.interview_id and p.joined_at is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant without joined_at', v_rows, 'takes the invite''s accepted_at, completed_at or the interview''s created_at');
  update public.interview_participants p
    set completed_at = coalesce(
      (select i.completed_at from public.interview_invites i where i.id = p.invite_id), p.joined_at)
    where p.status = 'completed' and p.completed_at is null;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('participant completed without completed_at', v_rows, 'takes that of the invite, else joined_at');

  update public.interview_invites i
    set status = 'completed', completed_at = coalesce(i.completed_at, p.completed_at)
    from public.interview_participants p
    where p.invite_id = i.id and p.status = 'completed' and i.status = 'accepted';
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite accepted though its participant has completed', v_rows, 'completed');
  update public.interview_invites i
    set accepted_at = coalesce(i.accepted_at, known.joined_at, i.completed_at, i.created_at),
        completed_at = case i.status
          when 'completed' then coalesce(i.completed_at, known.completed_at, i.accepted_at, i.created_at)
          else i.completed_at
        end
    from (
      select redeemed.id, min(p.joined_at) as joined_at, min(p.completed_at) as completed_at
      from public.interview_invites redeemed
      left join public.interview_participants p on p.invite_id = redeemed.id
      where (redeemed.status in ('accepted', 'completed') and redeemed.accepted_at is null)
         or (redeemed.status = 'completed' and redeemed.completed_at is null)
      group by redeemed.id
    ) as known
    where known.id = i.id;
  get diagnostics v_rows = row_count;
  perform pg_temp.report('invite redeemed without accepted_at or completed_at', v_rows, 'takes those of the participant, else what else is known');
end
$$;

create function pg_temp.add_new_rules()
  returns void
  language plpgsql
as $$
declare
  v_column record;
begin
  for v_column in select * from pg_temp.first_version_columns() loop
    execute format(
      'alter table public.%1$I alter column %2$I %3$s, alter column %2$I %4$s', v_column.table_name, v_column.column_name,
      coalesce('set default ' || v_column.default_value, 'drop default'),
      case when v_column.is_required then 'set not null' else 'drop not null' end);
  end loop;

  alter table public.interviews
    add constraint interviews_title_check check (title ~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
    add constraint interviews_deadline_check
      check (deadline between timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00'),
    add constraint interviews_status_check check (status in ('active', 'inactive', 'completed')),
    add constraint interviews_recruiter_id_fkey foreign key (recruiter_id) references auth.users (id) on delete restrict;
  alter table public.interview_questions
    alter column recruiter_id set not null,
    add constraint interview_questions_question_check check (question ~ '[^\s\u00a0\u200b\u2060\u3000\ufeff]'),
    add constraint interview_questions_order_index_check check (order_index >= 0),
    add constraint interview_questions_order_key unique (interview_id, order_index) deferrable initially immediate,
    add constraint interview_questions_interview_id_fkey
      foreign key (interview_id) references public.interviews (id) on delete cascade;
  alter table public.interview_invites
    alter column recruiter_id set not null,
    alter column recruiter_name set not null,
    alter column expires_at set not null,
    add constraint interview_invites_email_check
      check (email = lower(btrim(email)) and (status = 'expired' or email like '_%@_%')),
    add constraint interview_invites_invite_code_check check (status = 'expired' or invite_code ~ '^[0-9]{6}$'),
    add constraint interview_invites_status_check check (status in ('pending', 'accepted', 'completed', 'expired')),
    add constraint interview_invites_delivery_status_check
      check (delivery_status in ('queued', 'accepted', 'failed', 'cancelled')),
    add constraint interview_invites_interview_id_fkey
      foreign key (interview_id) references public.interviews (id) on delete cascade;
  alter table public.interview_participants
    alter column recruiter_id set not null,
    add constraint interview_participants_status_check check (status in ('active', 'completed', 'withdrawn')),
    add constraint interview_participants_interview_user_key unique (interview_id, user_id),
    add constraint interview_participants_interview_id_fkey
      foreign key (interview_id) references public.interviews (id) on delete cascade,
    add constraint interview_participants_user_id_fkey
      foreign key (user_id) references auth.users (id) on delete cascade,
    add constraint interview_participants_invite_id_fkey
      foreign key (invite_id) references public.interview_invites (id) on delete set null;
end
$$;

-- ---- and their order ---------------------------------------------------------------------------

do $$
begin
  if pg_temp.is_first_version() then
    perform pg_temp.stop_at_other_tables();
    -- Nobody reads or writes in between.
    lock table public.interviews, public.interview_questions, public.interview_invites, public.interview_participants
      in access exclusive mode;
    perform pg_temp.stop_at_rows_that_cannot_be_kept();
    perform pg_temp.drop_old_rules();
    perform pg_temp.upgrade_interviews();
    perform pg_temp.upgrade_questions();
    perform pg_temp.upgrade_invites();
    perform pg_temp.upgrade_participants();
    perform pg_temp.add_new_rules();
  end if;
end
$$;

drop function
  pg_temp.first_version_columns(), pg_temp.new_columns(), pg_temp.is_first_version(), pg_temp.interview_tables(),
  pg_temp.stop_at_other_tables(), pg_temp.stop_at_rows_that_cannot_be_kept(),
  pg_temp.report(text, bigint, text), pg_temp.normalize_email(text), pg_temp.is_email(text),
  pg_temp.drop_old_rules(), pg_temp.upgrade_interviews(), pg_temp.upgrade_questions(), pg_temp.upgrade_invites(),
  pg_temp.upgrade_participants(), pg_temp.add_new_rules();

commit;
