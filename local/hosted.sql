-- What a hosted Supabase project has before its first migration, as far as SQL can see it: the
-- roles, the schemas auth, storage, extensions and public, auth.users and its functions, and the
-- default privileges. Our own SQL is applied on top of it as "postgres", as on a hosted project.
--
-- Run as the superuser supabase_admin, by psql with the variable "password" (see postgres.py).
-- Roles belong to the cluster and the rest to one database, so everything can be run again.

-- ---- roles -----------------------------------------------------------------------------------

-- One at a time: two databases of one cluster may be prepared at once.
begin;
select pg_advisory_xact_lock(hashtext('hosted roles'));

select format('create role %I', wanted.name)
from unnest(array['anon', 'authenticated', 'service_role', 'authenticator', 'postgres',
                  'supabase_auth_admin', 'supabase_storage_admin']) as wanted (name)
where not exists (select from pg_catalog.pg_roles where rolname = wanted.name)
\gexec

alter role anon with nologin inherit;
alter role authenticated with nologin inherit;
alter role service_role with nologin inherit bypassrls;
alter role authenticator with login noinherit password :'password';
alter role supabase_auth_admin with login noinherit password :'password';
alter role supabase_storage_admin with login noinherit password :'password';
-- Not a superuser: it owns the project's data, and nothing else.
alter role postgres with login inherit createrole createdb replication bypassrls
  nosuperuser password :'password';

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option, inherit true, set true;
grant anon, authenticated, service_role to supabase_storage_admin
  with inherit false, set true;
-- Policies on storage.objects, which a hosted project allows by an extension (supautils). What this
-- allows beyond that is refused at the end of this file.
grant supabase_storage_admin to postgres with inherit true, set false;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;

-- How long an API call may take. PostgREST applies these to the role that it switches to.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_storage_admin set search_path = storage;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = 60000;

commit;

-- ---- schema extensions -----------------------------------------------------------------------

begin;

create schema if not exists extensions;
grant all on schema extensions to postgres;
grant usage on schema extensions to anon, authenticated, service_role;
-- A build of PostgreSQL may lack one of them (usually uuid-ossp).
select format('create extension if not exists %I with schema extensions', name)
from pg_catalog.pg_available_extensions
where name in ('uuid-ossp', 'pgcrypto', 'pg_stat_statements')
\gexec

select format('alter database %I owner to postgres', current_database())
\gexec

-- ---- schema public ---------------------------------------------------------------------------

alter schema public owner to pg_database_owner;
grant usage on schema public to postgres, anon, authenticated, service_role;

-- Every role gets all rights on what is created in public, unless its creator revokes them.
alter default privileges for role postgres in schema public
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
  grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public
  grant all on sequences to postgres, anon, authenticated, service_role;

-- ---- schema auth -----------------------------------------------------------------------------

create schema if not exists auth authorization supabase_admin;
grant all on schema auth to supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;

-- The columns, constraints and indexes of a hosted project. The Auth server of the local stack
-- finds them in place and adds its other tables itself.
create table if not exists auth.users (
  instance_id uuid,
  id uuid not null primary key,
  aud varchar(255),
  role varchar(255),
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_token varchar(255),
  confirmation_sent_at timestamptz,
  recovery_token varchar(255),
  recovery_sent_at timestamptz,
  email_change_token_new varchar(255),
  email_change varchar(255),
  email_change_sent_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  is_super_admin boolean,
  created_at timestamptz,
  updated_at timestamptz,
  phone text unique default null,
  phone_confirmed_at timestamptz,
  phone_change text default '',
  phone_change_token varchar(255) default '',
  phone_change_sent_at timestamptz,
  confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at))
    stored,
  email_change_token_current varchar(255) default '',
  email_change_confirm_status smallint default 0
    check (email_change_confirm_status between 0 and 2),
  banned_until timestamptz,
  reauthentication_token varchar(255) default '',
  reauthentication_sent_at timestamptz,
  is_sso_user boolean not null default false,
  deleted_at timestamptz,
  is_anonymous boolean not null default false
);
comment on table auth.users is 'Auth: Stores user login data within a secure schema.';

create unique index if not exists users_email_partial_key
  on auth.users (email) where is_sso_user = false;
create index if not exists users_instance_id_idx on auth.users (instance_id);
create index if not exists users_instance_id_email_idx
  on auth.users (instance_id, lower(email));
create index if not exists users_is_anonymous_idx on auth.users (is_anonymous);
create unique index if not exists confirmation_token_idx
  on auth.users (confirmation_token) where confirmation_token !~ '^[0-9 ]*$';
create unique index if not exists recovery_token_idx
  on auth.users (recovery_token) where recovery_token !~ '^[0-9 ]*$';
create unique index if not exists email_change_token_current_idx
  on auth.users (email_change_token_current) where email_change_token_current !~ '^[0-9 ]*$';
create unique index if not exists email_change_token_new_idx
  on auth.users (email_change_token_new) where email_change_token_new !~ '^[0-9 ]*$';
create unique index if not exists reauthentication_token_idx
  on auth.users (reauthentication_token) where reauthentication_token !~ '^[0-9 ]*$';

alter table auth.users owner to supabase_auth_admin;
alter table auth.users enable row level security;
-- No trigger, unlike the wider grant of old projects.
revoke all on auth.users from postgres;
grant select, insert, update, delete, references on auth.users to postgres;

-- Hosted Supabase's definitions: PostgREST sets the claims as one json value, its predecessors
-- and other servers one setting per claim.
create or replace function auth.uid() returns uuid
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
  )::uuid
$$;

create or replace function auth.role() returns text
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
  )::text
$$;

create or replace function auth.email() returns text
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
  )::text
$$;

create or replace function auth.jwt() returns jsonb
language sql stable
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

-- PostgREST and the Data API of the local stack reload the schema after every DDL statement.
create or replace function extensions.pgrst_ddl_watch() returns event_trigger
language plpgsql
as $$
begin
  if exists (
    select from pg_event_trigger_ddl_commands() as cmd
    where cmd.schema_name is distinct from 'pg_temp'
  ) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

create or replace function extensions.pgrst_drop_watch() returns event_trigger
language plpgsql
as $$
begin
  if exists (select from pg_event_trigger_dropped_objects() as obj where not obj.is_temporary) then
    notify pgrst, 'reload schema';
  end if;
end
$$;

drop event trigger if exists pgrst_ddl_watch;
create event trigger pgrst_ddl_watch on ddl_command_end
  execute function extensions.pgrst_ddl_watch();
drop event trigger if exists pgrst_drop_watch;
create event trigger pgrst_drop_watch on sql_drop
  execute function extensions.pgrst_drop_watch();

alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;
alter function auth.email() owner to supabase_auth_admin;
alter function auth.jwt() owner to supabase_auth_admin;

commit;

-- ---- schema storage --------------------------------------------------------------------------

begin;

create schema if not exists storage authorization supabase_admin;
grant usage on schema storage
  to postgres, anon, authenticated, service_role, supabase_storage_admin;

-- The columns that every version of Supabase Storage has; newer ones add to them.
create table if not exists storage.buckets (
  id text not null primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type text not null default 'STANDARD'
);
create unique index if not exists bname on storage.buckets (name);

create table if not exists storage.objects (
  id uuid not null primary key default gen_random_uuid(),
  bucket_id text constraint "objects_bucketId_fkey" references storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb
);
comment on column storage.objects.owner is 'Field is deprecated, use owner_id instead';
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists name_prefix_search on storage.objects (name text_pattern_ops);

alter table storage.buckets owner to supabase_storage_admin;
alter table storage.objects owner to supabase_storage_admin;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to postgres with grant option;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;

create or replace function storage.foldername(name text) returns text[]
language sql immutable
as $$
  select parts[1:array_length(parts, 1) - 1] from string_to_array(name, '/') as parts
$$;

create or replace function storage.filename(name text) returns text
language sql immutable
as $$
  select parts[array_length(parts, 1)] from string_to_array(name, '/') as parts
$$;

create or replace function storage.extension(name text) returns text
language sql immutable
as $$
  select reverse(split_part(reverse(storage.filename(name)), '.', 1))
$$;

-- What the Storage server is doing, such as storage.object.upload.
create or replace function storage.operation() returns text
language sql stable
as $$
  select current_setting('storage.operation', true)
$$;

create or replace function storage.update_updated_at_column() returns trigger
language plpgsql
as $$
begin
  new.updated_at = now();
  return new;
end
$$;

-- Deleting a row would leave its bytes, so only the Storage server may.
create or replace function storage.protect_delete() returns trigger
language plpgsql
as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    raise exception
      'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501',
        hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end
$$;

create or replace trigger update_objects_updated_at
  before update on storage.objects
  for each row execute function storage.update_updated_at_column();
create or replace trigger protect_buckets_delete
  before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete
  before delete on storage.objects
  for each statement execute function storage.protect_delete();

select format('alter function %s owner to supabase_storage_admin', oid::regprocedure)
from pg_catalog.pg_proc
where pronamespace = 'storage'::regnamespace
\gexec

-- On a hosted project postgres owns nothing in schema storage: it may create and drop policies and
-- triggers on the tables, and that is all.
create or replace function extensions.storage_ddl_watch() returns event_trigger
language plpgsql set search_path = ''
as $$
declare
  v_object text;
begin
  if (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    return;
  end if;
  if tg_event = 'sql_drop' then
    select object_identity into v_object
    from pg_catalog.pg_event_trigger_dropped_objects()
    where object_type not in ('policy', 'trigger')
      and (schema_name = 'storage' or object_identity ~ ' on storage\.');
  else
    select object_identity into v_object
    from pg_catalog.pg_event_trigger_ddl_commands()
    where command_tag not in ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER')
      and (schema_name = 'storage' or object_identity ~ ' on storage\.');
  end if;
  if v_object is not null then
    raise exception 'must be owner of %', v_object using errcode = '42501';
  end if;
end
$$;

drop event trigger if exists storage_ddl_watch;
create event trigger storage_ddl_watch on ddl_command_end
  execute function extensions.storage_ddl_watch();
drop event trigger if exists storage_drop_watch;
create event trigger storage_drop_watch on sql_drop
  execute function extensions.storage_ddl_watch();

commit;
