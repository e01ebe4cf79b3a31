-- The role with which @supabase/lite (Auth and the Data API) connects. It owns only the tables of
-- Auth that it creates itself; it reads and writes auth.users, and becomes anon,
-- authenticated or service_role for each request. So neither the grants nor the versions of
-- auth.uid() and similar functions that lite would install can take effect.
--
-- Run after hosted.sql, as the superuser, by psql with the variable "password".
begin;

select 'create role supabase_lite'
where not exists (select from pg_catalog.pg_roles where rolname = 'supabase_lite')
\gexec

-- Row level security is on for auth.users, and only its owner is exempt.
alter role supabase_lite with login noinherit bypassrls password :'password';
alter role supabase_lite set statement_timeout = '8s';
grant anon, authenticated, service_role to supabase_lite with inherit false, set true;

-- To see every relation, as PostgREST does: lite reads information_schema, which shows a role
-- only what it may use.
grant pg_read_all_data to supabase_lite with inherit true;

grant usage, create on schema auth to supabase_lite;
grant select, insert, update, delete, references on auth.users to supabase_lite;

commit;
