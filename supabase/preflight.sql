-- What the upgrade of the first version would meet in this database. Changes nothing; run it by
-- `psql -q -f supabase/preflight.sql` or in the Supabase SQL editor before `supabase db push`.
-- One line per case: how many rows it concerns, what happens to them, and the ids (or names) of up
-- to ten. The cases that would block the upgrade come first, and should all be 0; then those of
-- the others that occur, by the names under which the upgrade reports them.
--
-- "relation … does not exist" means that there is no first version here, or not all of it.
--
-- First come the upgrade's own functions, as temporary ones; after them the transaction is read
-- only, and in the end it is rolled back.

begin;

create function pg_temp.schema_columns()
  returns table (table_name text, column_name text, type text, default_value text, is_required boolean)
  language sql
as $$
  values
    ('interviews', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interviews', 'title', 'varchar(255)', null, true),
    ('interviews', 'description', 'text', null, false),
    ('interviews', 'recruiter_id', 'uuid', 'auth.uid()', true),
    ('interviews', 'company_number', 'varchar(50)', null, false),
    ('interviews', 'status', 'varchar(20)', '''active''', true),
    ('interviews', 'deadline', 'timestamptz', null, false),
    ('interviews', 'created_at', 'timestamptz', 'now()', true),
    ('interviews', 'updated_at', 'timestamptz', 'now()', true),
    ('interviews', 'reminded_for', 'interval', null, false),
    ('interviews', 'response_kinds', 'text[]', '''{video,audio}''', true),
    ('interviews', 'deadline_stage', 'smallint', '0', true),
    ('interviews', 'privacy_notice', 'text', null, false),
    ('interviews', 'analysis', 'text', '''transcripts''', true),
    ('interviews', 'language', 'text', '''en''', true),
    ('interviews', 'archived_at', 'timestamptz', null, false),
    ('interview_questions', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_questions', 'interview_id', 'uuid', null, true),
    ('interview_questions', 'recruiter_id', 'uuid', null, true),
    ('interview_questions', 'question', 'text', null, true),
    ('interview_questions', 'order_index', 'integer', null, true),
    ('interview_questions', 'created_at', 'timestamptz', 'now()', true),
    ('interview_questions', 'max_seconds', 'integer', '180', true),
    ('interview_questions', 'max_takes', 'integer', '3', true),
    ('interview_questions', 'preparation_seconds', 'integer', '0', true),
    ('interview_questions', 'required', 'boolean', 'false', true),
    ('interview_questions', 'updated_at', 'timestamptz', 'now()', true),
    ('interview_invites', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_invites', 'interview_id', 'uuid', null, true),
    ('interview_invites', 'recruiter_id', 'uuid', null, true),
    ('interview_invites', 'recruiter_name', 'varchar(100)', null, true),
    ('interview_invites', 'email', 'varchar(255)', null, true),
    ('interview_invites', 'invite_code', 'varchar(6)', null, true),
    ('interview_invites', 'status', 'varchar(20)', '''pending''', true),
    ('interview_invites', 'created_at', 'timestamptz', 'now()', true),
    ('interview_invites', 'expires_at', 'timestamptz', 'now() + interval ''30 days''', true),
    ('interview_invites', 'accepted_at', 'timestamptz', null, false),
    ('interview_invites', 'completed_at', 'timestamptz', null, false),
    ('interview_invites', 'revoked_at', 'timestamptz', null, false),
    ('interview_invites', 'renewal_requested_at', 'timestamptz', null, false),
    ('interview_invites', 'reminded_at', 'timestamptz', null, false),
    ('interview_invites', 'reminded_for', 'interval', null, false),
    ('interview_invites', 'queued_at', 'timestamptz', 'now()', false),
    ('interview_invites', 'delivery_status', 'varchar(20)', '''queued''', false),
    ('interview_invites', 'delivery_at', 'timestamptz', null, false),
    ('interview_invites', 'delivery_error', 'text', null, false),
    ('interview_invites', 'is_limited', 'boolean', 'true', true),
    ('interview_invites', 'candidate_name', 'text', null, false),
    ('interview_invites', 'is_current', 'boolean', 'true', true),
    ('interview_invites', 'withdrawn_at', 'timestamptz', null, false),
    ('interview_invites', 'reviewed_at', 'timestamptz', null, false),
    ('interview_invites', 'decision', 'text', null, false),
    ('interview_invites', 'decided_at', 'timestamptz', null, false),
    ('interview_participants', 'id', 'uuid', 'gen_random_uuid()', true),
    ('interview_participants', 'interview_id', 'uuid', null, true),
    ('interview_participants', 'recruiter_id', 'uuid', null, true),
    ('interview_participants', 'user_id', 'uuid', null, true),
    ('interview_participants', 'invite_id', 'uuid', null, false),
    ('interview_participants', 'status', 'varchar(20)', '''active''', true),
    ('interview_participants', 'joined_at', 'timestamptz', 'now()', true),
    ('interview_participants', 'completed_at', 'timestamptz', null, false),
    ('interview_participants', 'reminded_at', 'timestamptz', null, false),
    ('interview_participants', 'answered', 'integer', '0', true),
    ('interview_participants', 'consents_to_recording', 'boolean', 'false', true),
    ('interview_participants', 'consents_to_analysis', 'boolean', 'false', true),
    ('interview_participants', 'consent_version', 'integer', null, false),
    ('interview_participants', 'consented_at', 'timestamptz', null, false),
    ('interview_participants', 'responses_deleted_at', 'timestamptz', null, false),
    ('interview_participants', 'responses_expired_at', 'timestamptz', null, false),
    ('interview_participants', 'candidate_name', 'text', null, false)
$$;

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

-- ======== supabase/schemas/15_addresses.sql ========

-- Addresses and codes as people type them: the only definition of an email address, its canonical
-- form, and the digits of a code. Nothing else converts: the browser and the service split lists
-- and send each address as typed.
-- The functions call nothing outside this file, so that upgrades and preflight.sql can run them
-- too. No result depends on the collation of the database.

create or replace function pg_temp.trim_blanks(value text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  -- White space, then invisible characters: joiners, direction marks, byte order marks.
  return btrim(value, E' \t\n\r\f\u000b\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005'
    '\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    '\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061'
    '\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff');
end
$$;
comment on function pg_temp.trim_blanks(text) is
  'Removes leading and trailing white space and the invisible characters that come with copied '
  'text.';

create or replace function pg_temp.display_name(name text)
  returns text
  language sql immutable set search_path = ''
  return nullif(pg_temp.trim_blanks(left(pg_temp.trim_blanks(pg_catalog.regexp_replace(
    name, '[[:cntrl:]\s\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+', ' ', 'g'
  )), 100)), '');
comment on function pg_temp.display_name(text) is
  'A person''s name fit for one line of an email: at most 100 characters, no line breaks; null if '
  'empty.';

-- ---- domains ----------------------------------------------------------------------------------

-- RFC 3492, section 6.3. With at most 63 characters nothing overflows, and quadratic time is fine.
create or replace function pg_temp.to_punycode(label text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_points integer[] := array(select ascii(c) from string_to_table(label, null) as c);
  v_output text := regexp_replace(label, '[^\u0001-\u007f]', '', 'g');
  v_basic integer := length(v_output);
  v_done integer := v_basic;
  v_next integer := 128;   -- the code point to encode next
  v_delta integer := 0;
  v_bias integer := 72;
  v_point integer;
  v_rest integer;
  v_base integer;
  v_threshold integer;
begin
  if v_basic > 0 then
    v_output := v_output || '-';
  end if;
  while v_done < cardinality(v_points) loop
    v_point := (select min(p) from unnest(v_points) as p where p >= v_next);
    v_delta := v_delta + (v_point - v_next) * (v_done + 1);
    v_next := v_point;
    foreach v_point in array v_points loop
      if v_point < v_next then
        v_delta := v_delta + 1;
      elsif v_point = v_next then
        v_rest := v_delta;
        v_base := 36;
        loop
          v_threshold := least(greatest(v_base - v_bias, 1), 26);
          exit when v_rest < v_threshold;
          v_output := v_output || substr('abcdefghijklmnopqrstuvwxyz0123456789',
            v_threshold + (v_rest - v_threshold) % (36 - v_threshold) + 1, 1);
          v_rest := (v_rest - v_threshold) / (36 - v_threshold);
          v_base := v_base + 36;
        end loop;
        v_output := v_output || substr('abcdefghijklmnopqrstuvwxyz0123456789', v_rest + 1, 1);
        -- The bias adapts, as the next numbers will be about as large (section 6.1).
        v_delta := v_delta / case when v_done = v_basic then 700 else 2 end;
        v_done := v_done + 1;
        v_delta := v_delta + v_delta / v_done;
        v_base := 0;
        while v_delta > 455 loop
          v_delta := v_delta / 35;
          v_base := v_base + 36;
        end loop;
        v_bias := v_base + 36 * v_delta / (v_delta + 38);
        v_delta := 0;
      end if;
    end loop;
    v_delta := v_delta + 1;
    v_next := v_next + 1;
  end loop;
  return v_output;
end
$$;
comment on function pg_temp.to_punycode(text) is
  'A label of a domain in Punycode (RFC 3492), without the prefix xn--; for up to 63 characters.';

-- UTS 46, non-transitional. Uses lower() with collation C only: others differ over İ, ẞ and Σ, and
-- not every PostgreSQL has ICU. Accepts the scripts of most non-ASCII domains, limited to what
-- every implementation converts alike: no joiners, middle dots, Arabic digits, marks without a
-- letter or mixed direction. Other domains can be sent as xn--.
create or replace function pg_temp.to_ascii(label text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  -- Capitals that NFKD does not split into a letter and an accent.
  c_capitals constant text := 'ÆÐØÞĐĦŁŊŒŦΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ'
    'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾ'
    'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ';
  c_small constant text := 'æðøþđħłŋœŧαβγδεζηθικλμνξοπρστυφχψω'
    'абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿ'
    'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ';
  -- Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Thai, Georgian, Vietnamese,
  -- Japanese, Chinese, Korean.
  c_letters constant text := 'a-z0-9\u00df-\u00f6\u00f8-\u017e\u01a1\u01b0\u01ce-\u01dc'
    '\u01f9-\u021b\u0259\u0390\u03ac-\u03ce\u0430-\u045f\u048b-\u04ff\u0561-\u0586\u05d0-\u05ea'
    '\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff'
    '\u0750-\u077f\u0904-\u0939\u093d\u0950\u0960\u0961\u0966-\u096f\u0971-\u097f'
    '\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e50-\u0e59\u10d0-\u10fa\u1e01-\u1e99\u1ea1-\u1ef9'
    '\u3005-\u3007\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\u3105-\u312f'
    '\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3';
  c_marks constant text := '\u0300-\u0333\u05b0-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7'
    '\u064b-\u065f\u0670\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u0e31'
    '\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a';
  v_label text;
begin
  if label ~ '^[\u0001-\u007f]*$' then
    return lower(label collate "C");
  end if;
  v_label := normalize(translate(
    lower(normalize(label, nfkd) collate "C"), c_capitals, c_small), nfc);
  if length(v_label) > 63
     or v_label !~ format('^(?:[%1$s][%2$s]*-*)*[%1$s][%2$s]*$', c_letters, c_marks)
     -- Right-to-left letters may be mixed with digits and hyphens only.
     or (v_label ~ '[\u05b0-\u077f]' and v_label !~ '^[\u05b0-\u077f][-0-9\u05b0-\u077f]*$')
     -- Could become an xn-- prefix or a similar one.
     or v_label ~ '^..--'
     -- NFKD turns some characters into a final sigma where UTS 46 has a plain one.
     or regexp_count(v_label, '\u03c2') > regexp_count(label, '\u03c2') then
    return null;
  elsif v_label ~ '[^\u0001-\u007f]' then
    return 'xn--' || pg_temp.to_punycode(v_label);
  end if;
  return v_label;
end
$$;
comment on function pg_temp.to_ascii(text) is
  'A label of a domain in ASCII, "münchen" as "xn--mnchen-3ya"; null if it is invalid, or if '
  'implementations convert it differently.';

-- ---- addresses --------------------------------------------------------------------------------

create or replace function pg_temp.normalize_email(email text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_email text;
  v_domain text;
  v_label text;
begin
  -- Longer text is never an address, and would be slow to convert.
  if length(email) > 320 then
    return email;
  end if;
  -- Fast path: nearly all addresses are ASCII without blanks.
  if email ~ '^[!-~]*$' then
    return lower(email collate "C");
  end if;
  -- Lowers ASCII only: some other letters have ASCII lower-case forms, and before the @ that would
  -- be another mailbox.
  v_email := lower(pg_temp.trim_blanks(email) collate "C");
  if (v_email ~ '^[!-?A-~]+@[^@]*[^@\u0001-\u007f][^@]*$') is not true then
    return v_email;
  end if;
  foreach v_label in array
    regexp_split_to_array(split_part(v_email, '@', 2), '[.\u3002\uff0e\uff61]')
  loop
    v_label := pg_temp.to_ascii(v_label);
    if v_label is null then
      return v_email;
    end if;
    v_domain := concat_ws('.', v_domain, v_label);
    if length(v_domain) > 253 then
      return v_email;
    end if;
  end loop;
  return split_part(v_email, '@', 1) || '@' || v_domain;
end
$$;
comment on function pg_temp.normalize_email(text) is
  'The canonical form in which addresses are stored and compared: trimmed, lower case, domain in '
  'ASCII. Text that is not an address stays invalid.';

-- What a browser's email field accepts (WHATWG HTML, "valid email address"), limited to what needs
-- no quotes (RFC 5321, dot-string) and to the lengths that mail servers allow.
-- Without lookahead and counted repetition, which make a regular expression ten times slower: one
-- call checks up to 10,000 addresses.
create or replace function pg_temp.is_email(email text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(
    email ~ '^[-a-z0-9.!#$%&''*+/=?^_`{|}~]+@([-a-z0-9]+\.)+[-a-z0-9]*[-a-z][-a-z0-9]*$'
    and email !~ '^\.|\.\.|\.@|@-|@.*(\.-|-\.)|-$|\..$'
    and strpos(email, '@') <= 65 and length(email) <= 254
    and (length(email) <= 64 or split_part(email, '@', 2) !~ '[^.]{64}'),
    false);
end
$$;
comment on function pg_temp.is_email(text) is
  'Whether a normalized address can receive mail and sign up: valid in a browser''s email field, '
  'ASCII, at most 64 characters before the @, then two or more labels. False for null.';

-- ---- codes ------------------------------------------------------------------------------------

create or replace function pg_temp.read_code(code text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  v_code text;
  -- The zero of every script in Unicode 17; the digits one to nine follow it.
  c_zeros constant text :=
    E'0\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0de6\u0e50'
    '\u0ed0\u0f20\u1040\u1090\u17e0\u1810\u1946\u19d0\u1a80\u1a90\u1b50\u1bb0\u1c40\u1c50'
    '\ua620\ua8d0\ua900\ua9d0\ua9f0\uaa50\uabf0\uff10\U000104a0\U00010d30\U00010d40\U00011066'
    '\U000110f0\U00011136\U000111d0\U000112f0\U00011450\U000114d0\U00011650\U000116c0'
    '\U000116d0\U000116da\U00011730\U000118e0\U00011950\U00011bf0\U00011c50\U00011d50'
    '\U00011da0\U00011de0\U00011f50\U00016130\U00016a60\U00016ac0\U00016b50\U00016d70'
    '\U0001ccf0\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001e140\U0001e2f0'
    '\U0001e4f0\U0001e5f1\U0001e950\U0001fbf0';
begin
  if code ~ '^[0-9]{6}$' then
    return code;
  end if;
  v_code := pg_temp.trim_blanks(code);
  if length(v_code) <> 6 then
    return null;
  end if;
  return (
    select string_agg((ascii(digit) - ascii(zero))::text, '' order by position)
    from string_to_table(v_code, null) with ordinality as typed (digit, position)
    join string_to_table(c_zeros, null) as zero
      on ascii(digit) between ascii(zero) and ascii(zero) + 9
    having count(*) = 6);
end
$$;
comment on function pg_temp.read_code(text) is
  'The six digits of a code, typed in any script, with surrounding blanks removed; null for '
  'anything else.';

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

set transaction read only;

-- ---- the report --------------------------------------------------------------------------------

do $$
begin
  if pg_temp.is_first_version() then
    perform pg_temp.plan_rows();
  end if;
end
$$;

select s.name as "case", s.affected as rows, s.outcome as what_will_happen,
  array_to_string(s.ids[1:10], ', ') as first_ten
from pg_temp.summary() s
where (s.place = 0) = not pg_temp.is_first_version() and (s.place < 10 or s.affected > 0)
order by s.place;

rollback;
