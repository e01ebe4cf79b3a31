-- Setup: the guard against a first-version database, and the private schema with its settings.

-- No notices about objects that already exist, or do not exist yet.
set local client_min_messages = warning;

-- `create table if not exists` would silently keep first-version tables; stop before any change.
do $$
begin
  if to_regclass('auth.users') is null then
    raise exception 'This database has no auth.users: the schema needs a Supabase project.'
      using errcode = 'PT400', detail = 'supabase_required',
            hint = 'Apply it to a Supabase database, as the role postgres.';
  end if;
  if exists (
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
  ) then
    raise exception
        'This database holds the first version of the interview tables; nothing was changed.'
      using errcode = 'PT409', detail = 'first_version_found',
            hint = 'Run supabase/preflight.sql, then apply supabase/migrations in order '
                   '(supabase db push).';
  end if;
end
$$;

-- When the database is in use: lock the tables in the order in which everything locks them, so that
-- this cannot deadlock, and give up before anything has changed.
do $$
declare
  v_table text;
begin
  perform pg_catalog.set_config('lock_timeout', '10s', true);
  foreach v_table in array array['storage.objects', 'public.interviews',
    'public.interview_questions', 'public.interview_participants', 'public.interview_responses',
    'public.response_analyses', 'public.interview_criteria', 'public.candidate_reviews',
    'public.candidate_ratings', 'public.candidate_decisions', 'public.interview_invites',
    'public.interview_reviewers',
    'private.jobs'] loop
    -- Where postgres may not lock storage.objects, nothing is done to it either.
    if has_table_privilege(to_regclass(v_table), 'update, delete, truncate') then
      execute format('lock table %s in access exclusive mode', v_table);
    end if;
  end loop;
exception when lock_not_available then
  raise exception
      'The tables are in use and could not be locked within 10 seconds; nothing was changed.'
    using errcode = 'PT503', detail = 'tables_in_use',
          hint = 'Apply the schema again when there is less traffic, or end the sessions that use '
                 'the tables (pg_stat_activity).';
end
$$;

create schema if not exists private;
comment on schema private is
  'Helpers, counters, settings and jobs of the interviews; not exposed by PostgREST.';

create table if not exists private.settings (
  singleton boolean primary key default true check (singleton),
  invites_per_day integer not null default 1000 check (invites_per_day >= 0),
  invites_per_day_at_first integer not null default 300 check (invites_per_day_at_first >= 0),
  backend_invites_per_day integer check (backend_invites_per_day >= 0),
  interviews_per_account integer not null default 10000 check (interviews_per_account >= 0),
  require_recruiter_role boolean not null default false,
  protected_name text not null default 'HireVision',
  sso_domains jsonb not null default '{}' check (jsonb_typeof(sso_domains) = 'object'),
  mail_give_up_after interval not null default '1 day',
  outbox_kept_for interval not null default '30 days',
  reminder_distances interval[] not null default '{3 days,1 day}',
  upload_grace interval not null default '1 day' check (upload_grace >= '0'),
  responses_kept_for interval not null default '180 days' check (responses_kept_for > '0'),
  access_log_kept_for interval not null default '1 year' check (access_log_kept_for > '0'),
  invites_kept_for interval default '2 years' check (invites_kept_for > '0'),
  bytes_per_participant bigint not null default 1073741824 check (bytes_per_participant >= 0),
  bytes_per_day bigint not null default 21474836480 check (bytes_per_day >= 0),
  analysis_max_seconds integer not null default 3600
    check (analysis_max_seconds between 1 and 100000),
  analysis_max_bytes bigint not null default 104857600 check (analysis_max_bytes >= 0),
  analysis_minutes_per_day integer not null default 600
    check (analysis_minutes_per_day between 0 and 1000000),
  link_secret bytea not null default sha256(uuid_send(gen_random_uuid()))
);
comment on table private.settings is 'One row: what a DBA may change without touching code.';
comment on column private.settings.invites_per_day is
  'Emails that one account may queue per day (UTC) by inviting, and as many reminders; no limit '
  'for service_role and DBAs, and for reminders of their invites.';
comment on column private.settings.invites_per_day_at_first is
  'The same until ten people have joined the account''s interviews, for accounts without the role '
  '"recruiter".';
comment on column private.settings.backend_invites_per_day is
  'Emails that all calls with the service-role key together may queue per day (UTC) by inviting; '
  'null for no limit.';
comment on column private.settings.interviews_per_account is
  'Interviews that an account may have and still create another.';
comment on column private.settings.require_recruiter_role is
  'If true, only accounts whose app_metadata.roles contains "recruiter" may create interviews and '
  'invites.';
comment on column private.settings.protected_name is
  'Nobody may sign emails with this name, or with one that contains it; empty for none.';
comment on column private.settings.sso_domains is
  'The domains whose addresses accounts of an SSO provider may have, by the provider''s id: '
  '{"<id>": ["example.com"]}. Other addresses of such accounts are not trusted.';
comment on column private.settings.mail_give_up_after is
  'After this time and several tries, an email that still gets temporary errors has failed.';
comment on column private.settings.outbox_kept_for is
  'How long failed emails are kept for a retry.';
comment on column private.settings.reminder_distances is
  'How long before expiry or deadline reminders are sent; empty for none.';
comment on column private.settings.upload_grace is
  'How long after the deadline a response that was started before it may be uploaded and '
  'submitted.';
comment on column private.settings.responses_kept_for is
  'How long responses are kept after they were submitted or, if they never were, after the last '
  'take.';
comment on column private.settings.access_log_kept_for is 'How long private.access_log is kept.';
comment on column private.settings.invites_kept_for is
  'How long an invite is kept after it was completed or, if it never was, after it was redeemed or '
  'expired; the participation that it led to goes with it. Null for ever.';
comment on column private.settings.bytes_per_participant is
  'Bytes of recordings that one participant may upload in one interview, all takes together.';
comment on column private.settings.bytes_per_day is
  'Bytes of recordings that the candidates of one recruiter may upload per day (UTC).';
comment on column private.settings.analysis_max_seconds is
  'The longest recording that is analysed; a longer one fails with too_long, as does one that is '
  'more than a minute longer than its question allows.';
comment on column private.settings.analysis_max_bytes is
  'The largest recording that is analysed; a larger one is skipped.';
comment on column private.settings.analysis_minutes_per_day is
  'Minutes of recordings that are transcribed for one recruiter per day (UTC); the others wait '
  'until the next.';
comment on column private.settings.link_secret is
  'Signs the links in emails with which people unsubscribe, and hides addresses in '
  'private.unsubscribes. With another one, old links and the whole list are void.';
insert into private.settings default values on conflict do nothing;
