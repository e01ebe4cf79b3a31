-- GENERATED from supabase/schemas/ and policies/: do not edit, run `make schema`.
--
-- The whole database: tables, functions, policies and grants, in one transaction. Run it with
-- `psql -f database_schema.sql`, or paste it into the Supabase SQL editor. Running it again
-- changes nothing and loses nothing.

begin;

-- ======== supabase/schemas/10_setup.sql ========

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

-- ======== supabase/schemas/12_refusals.sql ========

-- Refusals: the sentence and hint of every slug, written once, and the functions that raise or
-- return them. (The guards in 10_setup.sql run before this table exists, so they have their own.)

create table if not exists private.refusals (
  key text primary key,
  status integer not null check (status between 400 and 599),
  message text not null,
  hint text not null
);
comment on table private.refusals is
  'What each refusal says. database_schema.sql overwrites it, so change texts there.';
comment on column private.refusals.key is
  'The slug; after a colon, the situation in which the text differs.';
comment on column private.refusals.message is
  'One sentence; %1$s and so on are placeholders for arguments.';
comment on column private.refusals.hint is 'What to do; has the same placeholders.';

delete from private.refusals;
insert into private.refusals (key, status, message, hint) values
  ('account_in_use', 409, 'Another program needs this account, so nothing was deleted.',
    'Ask those who run this site to delete it.'),
  ('address_differs', 400, 'This is not the address of your account.',
    'Type it as it is shown.'),
  ('already_invited', 409, 'This address already has a pending invite to this interview.',
    'Call create_invites or resend_invite to send the email again.'),
  ('already_invited:correcting', 409,
    'This address already has a pending invite to this interview.',
    'Revoke this invite, or resend the other one.'),
  ('already_submitted', 409, 'You have submitted this interview; answers can no longer change.',
    'To have them deleted, choose "Delete my responses".'),
  ('already_withdrawn', 409, 'This candidate has withdrawn.',
    'There is nothing to decide. If they come back, invite them again.'),
  ('analysis_in_progress', 409, 'The transcript is queued, or being made.',
    'Wait until it is done.'),
  ('analysis_off', 409, 'Analysis is turned off for this interview.',
    'Turn it on in the interview''s settings.'),
  ('answer_too_long', 400, 'An answer can have at most 20,000 characters; this one has %1$s.',
    'Shorten it.'),
  ('bucket_in_use', 409, 'The bucket interview-responses holds files of something else.',
    'Move them to a bucket with another name, then apply the schema again.'),
  ('code_not_allowed', 400, 'Interview codes are drawn by the database and cannot be chosen.',
    'Leave out invite_code; the response contains the code that was drawn.'),
  ('code_not_allowed:changing', 400,
    'Interview codes are drawn by the database and cannot be chosen.',
    'Correct the address with correct_invite, or revoke the invite and invite again.'),
  ('codes_exhausted', 503, 'This account''s pending invites use nearly all interview codes.',
    'Revoke invites that are no longer needed, or wait until some expire.'),
  ('codes_sent_recently', 429, 'Your codes were sent less than 15 minutes ago.',
    'Check your inbox and spam folder. You can request the codes again after 15 minutes.'),
  ('consent_notice_in_use', 409, 'Somebody has agreed to this notice; it can''t be changed.',
    'Add a new version instead.'),
  ('consent_notice_not_found', 400, 'There is no notice with this version.',
    'Show the candidate the notice of response_settings, and send its version.'),
  ('consent_required', 403, 'Recording needs your consent first.',
    'Read what is recorded and agree to it. If you do not want to be recorded, answer in text '
    'where the interview allows it, or ask the recruiter for another way.'),
  ('criterion_in_use', 409,
    'A submitted review rates by this criterion; its name and levels can''t be changed, and it '
    'can''t be deleted.',
    'Change its description, or add another criterion.'),
  ('criterion_not_found', 404, 'This interview has no such criterion.',
    'Reload the criteria, then rate again.'),
  ('description_too_long', 400,
    'A description can have at most 100,000 characters; this one has %1$s.', 'Shorten it.'),
  ('email_not_confirmed', 403, 'Please confirm your email address first.',
    'Open the link in the confirmation email, or request a new one, then try again.'),
  ('empty_question', 400, 'A question is empty.', 'Enter the question, or remove it.'),
  ('interview_closed', 409,
    'This interview does not accept candidates: it is not active, or its deadline has passed.',
    'Reopen it or move the deadline, then invite again.'),
  ('interview_closed:answering', 409,
    'This interview is closed; it does not take new answers any more.',
    'What you started before the deadline can still be uploaded and submitted. For more time, ask '
    'the recruiter to move the deadline.'),
  ('interview_closed:joining', 409,
    'This interview does not accept candidates: it is not active, or its deadline has passed.',
    'Ask the recruiter to reopen it.'),
  ('interview_closed:completing', 409, 'This interview is closed; it can no longer be completed.',
    'Ask the recruiter to reopen it or move the deadline.'),
  ('interview_moved', 409, 'This interview has just been transferred to another recruiter.',
    'Reload the list of interviews, then try again.'),
  ('interview_not_found', 404, 'This interview does not exist, or it is not yours.',
    'Open it from your list of interviews.'),
  ('invalid_accommodation', 400,
    'Extra takes must be 0 to 10, and the factor for time 1 to 2.', 'Choose other values.'),
  ('invalid_action', 400, 'Candidates can be resent, reminded, revoked, extended or deleted.',
    'Give one of resend, remind, revoke, extend, delete.'),
  ('invalid_analysis', 400, 'Analysis is off or transcripts.', 'Give one of the two.'),
  ('invalid_code', 400, 'An interview code has six digits.',
    'Enter the six digits from your invitation email.'),
  ('invalid_criteria', 400, 'The criteria are not valid.',
    'Give a list of at most 20 objects with name (1 to 100 characters), description, levels (four '
    'texts) and terms (a list of texts).'),
  ('invalid_deadline', 400, 'The deadline must lie between the years 2000 and 9998.',
    'Choose another date, or none.'),
  ('invalid_decision', 400, 'A decision is advance, hold or decline.',
    'Choose one of the three, or null to take the decision back.'),
  ('invalid_email', 400, 'This is not a valid email address.',
    'Check the spelling. Letters before the @ must be a to z, without accents.'),
  ('invalid_expiry', 400, 'Invites can be extended to a time within the next year.',
    'Choose another date.'),
  ('invalid_language', 400, 'This is not the code of a language.',
    'Give two or three lower-case letters, like en or de.'),
  ('invalid_list', 400, 'Candidates cannot be listed like this.',
    'Give states of candidates, and activity, invited or name to sort by.'),
  ('invalid_notification', 400, 'A notification comes each time, daily or never.',
    'Give each, daily or never.'),
  ('invalid_question_settings', 400,
    'The settings of question %1$s are not valid.',
    'Give one object per question, with any of max_seconds (10 to 600), max_takes (1 to 10), '
    'preparation_seconds (0 to 600), required (true or false).'),
  ('invalid_ratings', 400, 'The ratings are not valid.',
    'Give a list of objects with criterion_id, level (1 to 4, or null) and note, at most one for '
    'each criterion.'),
  ('invalid_ratings:note', 400, 'A note on a criterion needs a level.',
    'Choose a level, or write it into the note on the whole.'),
  ('invalid_response_kinds', 400, 'Candidates can answer by video, audio or text.',
    'Give at least one of these three.'),
  ('invalid_result', 400, 'This is no result of an analysis; nothing was settled.',
    'Give exactly the keys of the kind of job and outcome, with values of their types.'),
  ('invalid_sort', 400, 'Interviews are sorted by created, title or deadline.',
    'Give one of the three.'),
  ('invalid_template', 400, 'A template needs a name of 1 to 100 characters.',
    'Choose another name; its description can have up to 2,000 characters.'),
  ('invalid_time_zone', 400, 'This is not the name of a time zone.',
    'Give one like Europe/Berlin, or UTC.'),
  ('invalid_title', 400, 'Enter a title of 1 to 255 characters.',
    'Shorten the title, or enter one.'),
  ('invite_expired', 410, 'This invite has expired.', 'Ask the recruiter for a new one.'),
  ('invite_expired:revoked', 410, 'The recruiter has revoked this invite.',
    'If you think that this is a mistake, reply to the invitation email.'),
  ('invite_expired:account_gone', 410,
    'This invite was used by an account that no longer exists.',
    'Ask the recruiter for a new one.'),
  ('invite_not_found', 404, 'This code doesn''t match your email address.',
    'Check the code, or sign in with the address that was invited.'),
  ('invite_not_found:recruiter', 404, 'This invite does not exist, or it is not yours.',
    'Open it from the interview''s list of invites.'),
  ('invite_not_found:service', 404, 'No pending invite has this address and code.',
    'Invite the address first; the response contains its code.'),
  ('invite_not_pending', 409, 'Only a pending invite can be corrected; this one is %1$s.',
    'Invite the right address instead.'),
  ('invite_not_pending:revoking', 409,
    'This invite has been redeemed; it can no longer be revoked.',
    'To stop candidates from finishing, set the interview to completed.'),
  ('invite_used', 409, 'Another account with your address has already used this invite.',
    'Sign in with that account, or ask the recruiter for a new invite.'),
  ('invites_per_day_reached', 429,
    'You''ve reached today''s limit of %1$s invitations (%2$s left).',
    'Invite fewer people, or continue after %3$s 00:00 UTC.'),
  ('is_candidate', 409, 'This address belongs to a candidate of this interview.',
    'Ask somebody else to review, or revoke the invite first.'),
  ('is_reviewer', 409, 'You review the candidates of this interview, so you can''t be one.',
    'If you want to take part in it, ask the recruiter to remove you from the reviewers first.'),
  ('is_reviewer:inviting', 409, 'This address belongs to a reviewer of this interview.',
    'Remove them from the reviewers first, or invite another address.'),
  ('kind_not_allowed', 400, 'This kind of recording is not allowed for this interview.',
    'Record as one of the kinds and types that the interview takes.'),
  ('kind_not_allowed:text', 400, 'This interview does not take answers in text.',
    'Record your answer, or ask the recruiter to allow text.'),
  ('kind_not_allowed:too_long', 400,
    'A video of this length would be too large to upload.', 'Record the sound alone.'),
  ('link_not_valid', 404, 'This link is not complete, or not one of ours.',
    'Use the link in the latest email.'),
  ('no_analysis_consent', 409, 'This candidate does not agree to transcripts.',
    'Watch the recording instead. Candidates can consent at any time.'),
  ('no_candidates', 400, 'No candidate was chosen.', 'Choose at least one.'),
  ('no_emails', 400, 'No email address was given.', 'Enter at least one email address.'),
  ('no_takes_left', 409, 'You have used all takes of this question.',
    'Your last recording counts. For another one, ask the recruiter.'),
  ('no_takes_left:abandoned', 409,
    'You have started this question 20 times without uploading a recording.',
    'Ask the recruiter for another take.'),
  ('not_completed', 409, 'This candidate has not completed the interview yet.',
    'Review them once they have submitted their answers.'),
  ('not_signed_in', 401, 'Please sign in first.', 'Sign in, then try again.'),
  ('note_too_long', 400, 'A note can have at most 5,000 characters; this one has %1$s.',
    'Shorten it.'),
  ('note_too_long:criterion', 400, 'A note on a criterion can have at most 2,000 characters.',
    'Shorten it, or write it into the note on the whole.'),
  ('owns_interviews', 409, 'This account owns interviews; nothing was erased.',
    'Transfer them with transfer_interviews or delete them, then try again.'),
  ('participant_not_found', 404, 'This candidate does not exist, or is not yours.',
    'Open them from the interview''s list of candidates.'),
  ('participation_not_found', 404, 'You have not joined this interview.',
    'Enter the code from your invitation first.'),
  ('privacy_notice_too_long', 400,
    'A privacy notice can have at most 5,000 characters; this one has %1$s.', 'Shorten it.'),
  ('question_answered', 409, 'Somebody has begun to answer this question; it can''t be deleted.',
    'Change its wording, or make it optional. Answers that were given keep the old wording.'),
  ('question_ids_mismatch', 409,
    'The new order must name every question of the interview exactly once.',
    'Reload the questions, then reorder them.'),
  ('question_not_found', 404, 'This question does not exist, or it is not in your interviews.',
    'Open the interview from your list.'),
  ('question_too_long', 400, 'A question can have at most 100,000 characters.',
    'Shorten it, or split it into several questions.'),
  ('ratings_missing', 409, 'Criteria that still need a level: %1$s.',
    'Choose a level for each, then submit again. Until then you can save a draft.'),
  ('ratings_missing:note', 409, 'This interview has no criteria, so a review needs a note.',
    'Write a note, then submit again.'),
  ('recruiter_not_found', 404, 'There is no account with the id %1$s.',
    'Use the id of an existing account.'),
  ('recruiter_role_required', 403, 'This account may not create interviews or invite candidates.',
    'Ask an administrator to give your account the role "recruiter".'),
  ('response_exists', 409, 'You have recorded an answer to this question, or begun to.',
    'Keep it, or confirm that the text replaces it.'),
  ('response_not_awaited', 403, 'No recording is expected here (any more).',
    'Start the recording again.'),
  ('response_not_awaited:closed', 403, 'The interview was closed, or its deadline is over.',
    'Ask the recruiter for more time.'),
  ('response_not_awaited:empty', 403, 'The file is empty.', 'Record again.'),
  ('response_not_awaited:moving', 403, 'Recordings cannot be replaced, moved or copied.',
    'Start another take.'),
  ('response_not_awaited:type', 403, 'The file has another type than the recording.',
    'Upload it with the type that was given to start_response.'),
  ('response_not_found', 404, 'You have no such recording.',
    'Reload the page; the candidate may have deleted it.'),
  ('responses_missing', 409, 'These questions still need an answer: %1$s.',
    'Answer them, then submit again.'),
  ('row_conflict', 409, 'Someone changed this in the meantime.',
    'Read it again, then decide.'),
  ('sso_address_not_trusted', 403,
    'Your single sign-on does not prove that this email address is yours.',
    'Sign out and sign up with this address and a password, or ask the administrator to trust '
    'your organization for it.'),
  ('status_move_not_allowed', 409, 'A participant who is %1$s cannot change to this status.',
    'Completing is final. To return after withdrawing, ask the recruiter for a new invite.'),
  ('status_move_not_allowed:invite', 409, 'An invite that is %1$s cannot change to this status.',
    'Invite the address again instead.'),
  ('status_move_not_allowed:response', 409,
    'A response that is %1$s cannot change to this status.', 'Start another take.'),
  ('status_move_not_allowed:rejoining', 409,
    'After withdrawing, a participant can only return with a new invite.',
    'Ask the recruiter for a new invite.'),
  ('status_not_allowed', 400, 'A new participant must be active.', 'Leave out status.'),
  ('status_not_allowed:invite', 400, 'A new invite must be pending.',
    'Leave out status, or send "pending".'),
  ('storage_limit', 429, 'You have uploaded as much as this interview allows.',
    'Submit what you have, or ask the recruiter.'),
  ('storage_limit:today', 429, 'No more recordings can be uploaded to this recruiter today.',
    'Continue tomorrow (after 00:00 UTC), or ask the recruiter.'),
  ('storage_unavailable', 503, 'Recordings cannot be stored at the moment.',
    'Try again later, or tell the recruiter.'),
  ('text_not_allowed', 400, 'This title seems to contain a web or email address.',
    'Take it out. If it is not one, put a space before the sign that follows: "ASP.NET / C#".'),
  ('text_not_allowed:inviting', 400,
    'The title of this interview seems to contain a web or email address, so it is not emailed.',
    'Rename the interview first, then invite.'),
  ('text_not_allowed:name', 400,
    'The name that signs the emails seems to contain a web or email address.',
    'Sign with a name alone.'),
  ('text_not_allowed:protected', 400,
    'Emails cannot be signed with this name: it is the service''s.',
    'Sign with the name of a person or of your company.'),
  ('too_many_attempts', 429, 'Too many wrong codes.',
    'Wait 15 minutes, then enter the code from your invitation email.'),
  ('too_many_candidates', 413,
    'One call can change at most 1,000 candidates; this one has %1$s.',
    'Split the list into several calls.'),
  ('too_many_criteria', 413, 'An interview can have at most 20 criteria.', 'Remove some.'),
  ('too_many_emails', 413, 'One call can invite at most 10,000 addresses; this one has %1$s.',
    'Split the list into several calls.'),
  ('too_many_interviews', 409, 'An account can have %1$s interviews.',
    'Delete interviews that are no longer needed, or ask an administrator for more.'),
  ('too_many_questions', 413, 'An interview can have at most 100 questions.',
    'Remove some, or split them into several interviews.'),
  ('too_many_questions:text', 413,
    'The questions of an interview can have at most 1 MB of text together.', 'Shorten them.'),
  ('too_many_responses', 413, 'One call can open at most 100 responses; this one has %1$s.',
    'Split the list into several calls.'),
  ('too_many_reviewers', 413, 'An interview can have at most 20 reviewers.',
    'Remove some, or invite fewer.'),
  ('too_many_rows', 413, 'One statement can insert at most 1,000 invites; this one has %1$s.',
    'Call create_invites, which takes up to 10,000 addresses, or split the rows into '
    'several calls.'),
  ('too_many_templates', 409, 'An account can have 100 templates.',
    'Delete those that you do not use.');

-- Definer: every role may call it, but clients may not read the table.
create or replace function private.refuse(key text, variadic arguments text[] default '{}')
  returns void
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_refusal private.refusals;
begin
  select r.* into strict v_refusal from private.refusals r where r.key = refuse.key;
  raise exception using
    errcode = 'PT' || v_refusal.status,
    message = format(v_refusal.message, variadic refuse.arguments),
    detail = split_part(refuse.key, ':', 1),
    hint = format(v_refusal.hint, variadic refuse.arguments);
end
$$;
comment on function private.refuse(text, text[]) is
  'Raises the error with this key in private.refusals, with the arguments filled in.';

-- An error would roll back the transaction. Where it must commit (a counted guess), the same four
-- keys are returned as the result, and PostgREST takes the status from response.status.
create or replace function private.refusal(key text, retry_after integer)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_refusal private.refusals;
begin
  select r.* into strict v_refusal from private.refusals r where r.key = refusal.key;
  perform pg_catalog.set_config('response.status', v_refusal.status::text, true);
  if refusal.retry_after is not null then
    perform pg_catalog.set_config('response.headers', jsonb_build_array(
      jsonb_build_object('Retry-After', refusal.retry_after::text))::text, true);
  end if;
  return jsonb_build_object('code', 'PT' || v_refusal.status, 'message', v_refusal.message,
                            'details', split_part(refusal.key, ':', 1), 'hint', v_refusal.hint);
end
$$;
comment on function private.refusal(text, integer) is
  'The same error as a result, for transactions that must commit; retry_after in seconds, or null.';

-- ======== supabase/schemas/15_addresses.sql ========

-- Addresses and codes as people type them: the only definition of an email address, its canonical
-- form, and the digits of a code. Nothing else converts: the browser and the service split lists
-- and send each address as typed.
-- The functions call nothing outside this file, so that upgrades and preflight.sql can run them
-- too. No result depends on the collation of the database.

create or replace function private.trim_blanks(value text)
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
comment on function private.trim_blanks(text) is
  'Removes leading and trailing white space and the invisible characters that come with copied '
  'text.';

create or replace function private.display_name(name text)
  returns text
  language sql immutable set search_path = ''
  return nullif(private.trim_blanks(left(private.trim_blanks(pg_catalog.regexp_replace(
    name, '[[:cntrl:]\s\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+', ' ', 'g'
  )), 100)), '');
comment on function private.display_name(text) is
  'A person''s name fit for one line of an email: at most 100 characters, no line breaks; null if '
  'empty.';

-- ---- domains ----------------------------------------------------------------------------------

-- RFC 3492, section 6.3. With at most 63 characters nothing overflows, and quadratic time is fine.
create or replace function private.to_punycode(label text)
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
comment on function private.to_punycode(text) is
  'A label of a domain in Punycode (RFC 3492), without the prefix xn--; for up to 63 characters.';

-- UTS 46, non-transitional. Uses lower() with collation C only: others differ over İ, ẞ and Σ, and
-- not every PostgreSQL has ICU. Accepts the scripts of most non-ASCII domains, limited to what
-- every implementation converts alike: no joiners, middle dots, Arabic digits, marks without a
-- letter or mixed direction. Other domains can be sent as xn--.
create or replace function private.to_ascii(label text)
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
    return 'xn--' || private.to_punycode(v_label);
  end if;
  return v_label;
end
$$;
comment on function private.to_ascii(text) is
  'A label of a domain in ASCII, "münchen" as "xn--mnchen-3ya"; null if it is invalid, or if '
  'implementations convert it differently.';

-- ---- addresses --------------------------------------------------------------------------------

create or replace function private.normalize_email(email text)
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
  v_email := lower(private.trim_blanks(email) collate "C");
  if (v_email ~ '^[!-?A-~]+@[^@]*[^@\u0001-\u007f][^@]*$') is not true then
    return v_email;
  end if;
  foreach v_label in array
    regexp_split_to_array(split_part(v_email, '@', 2), '[.\u3002\uff0e\uff61]')
  loop
    v_label := private.to_ascii(v_label);
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
comment on function private.normalize_email(text) is
  'The canonical form in which addresses are stored and compared: trimmed, lower case, domain in '
  'ASCII. Text that is not an address stays invalid.';

-- What a browser's email field accepts (WHATWG HTML, "valid email address"), limited to what needs
-- no quotes (RFC 5321, dot-string) and to the lengths that mail servers allow.
-- Without lookahead and counted repetition, which make a regular expression ten times slower: one
-- call checks up to 10,000 addresses.
create or replace function private.is_email(email text)
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
comment on function private.is_email(text) is
  'Whether a normalized address can receive mail and sign up: valid in a browser''s email field, '
  'ASCII, at most 64 characters before the @, then two or more labels. False for null.';

-- ---- codes ------------------------------------------------------------------------------------

create or replace function private.read_code(code text)
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
  v_code := private.trim_blanks(code);
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
comment on function private.read_code(text) is
  'The six digits of a code, typed in any script, with surrounding blanks removed; null for '
  'anything else.';

-- ======== supabase/schemas/17_people.sql ========

-- People: who the caller is, their confirmed address, and whether they may recruit.

-- (Frequently called functions are in plpgsql even if they are one expression: PostgreSQL 17 parses
-- and plans SQL functions again for every statement. Four that inviting calls took a fifth of the
-- CPU time of one invite. Like many others, they are without enable_seqscan, so that a plan cached
-- on an empty table does not read all of a full one; and without jit, since a table that has no
-- fitting index, like private.settings, costs 1e10 in such a plan, above jit_above_cost: a server
-- with LLVM would take 30 to 90 ms to compile what reads its one row in 0.1.)

-- In a `security definer` function current_user is the owner, but the setting `role` is still the
-- one that PostgREST switched to; outside an API request it is 'none'.
create or replace function private.is_client()
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce(current_setting('role', true), 'none') in ('anon', 'authenticated');
end
$$;
comment on function private.is_client() is
  'True for calls by a browser (anon, authenticated); false for service_role and DBAs, who may act '
  'on every interview.';

-- Tokens of third-party issuers may identify an account by something other than a uuid.
create or replace function private.caller_id()
  returns uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return auth.uid();
exception when invalid_text_representation then
  perform private.refuse('not_signed_in');
end
$$;
comment on function private.caller_id() is
  'The account of the token, null without a token; raises not_signed_in if its subject is not a '
  'uuid.';

-- The address decides which invites a person may redeem, so it is read from auth.users and not from
-- the token's metadata, which users can edit. An SSO provider can claim any address for its
-- accounts, so it is believed only for the domains in the settings. Definer, because clients may
-- not read auth.users or settings.
create or replace function private.address_problem(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_account record;
begin
  select u.email, u.email_confirmed_at, u.is_anonymous, u.is_sso_user,
         nullif(split_part(u.raw_app_meta_data ->> 'provider', 'sso:', 2), '') as sso_provider
    into v_account
    from auth.users u
    where u.id = address_problem.user_id;
  if not found then
    return 'not_signed_in';
  end if;
  if v_account.email_confirmed_at is null or v_account.is_anonymous or v_account.email is null then
    return 'email_not_confirmed';
  end if;
  -- An `if` of its own: with `and`, the query is planned for every account.
  if v_account.is_sso_user then
    if not exists (
      select from private.settings s
      where s.sso_domains -> v_account.sso_provider
        ? split_part(private.normalize_email(v_account.email), '@', 2)
    ) then
      return 'sso_address_not_trusted';
    end if;
  end if;
  return null;
end
$$;
comment on function private.address_problem(uuid) is
  'Why an account''s address does not count as its own (not_signed_in, email_not_confirmed, '
  'sso_address_not_trusted); null if it does.';

-- Definer, because clients may not read auth.users.
create or replace function private.confirmed_email(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  case private.address_problem(confirmed_email.user_id)
    when 'not_signed_in' then perform private.refuse('not_signed_in');
    when 'email_not_confirmed' then perform private.refuse('email_not_confirmed');
    when 'sso_address_not_trusted' then perform private.refuse('sso_address_not_trusted');
    else null;
  end case;
  return (
    select private.normalize_email(u.email) from auth.users u
    where u.id = confirmed_email.user_id);
end
$$;
comment on function private.confirmed_email(uuid) is
  'An account''s confirmed address, normalized; raises what address_problem returns.';

-- For clients and policies. Definer, because clients may not read auth.users or settings.
create or replace function public.may_recruit()
  returns boolean
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return exists (
    select from auth.users u
    where u.id = (select private.caller_id())
      and private.address_problem(u.id) is null
      and (
        not (select s.require_recruiter_role from private.settings s)
        or coalesce(u.raw_app_meta_data -> 'roles' ? 'recruiter', false)
      )
  );
end
$$;
comment on function public.may_recruit() is
  'Whether the caller is an account with a confirmed address that the settings allow to recruit.';

-- Definer, because clients may not call confirmed_email.
create or replace function private.require_recruiter()
  returns void
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if private.is_client() and not public.may_recruit() then
    perform private.confirmed_email(private.caller_id());
    perform private.refuse('recruiter_role_required');
  end if;
end
$$;
comment on function private.require_recruiter() is
  'may_recruit as an error: raises what address_problem returns, or recruiter_role_required.';

-- ======== supabase/schemas/18_texts.sql ========

-- Texts: what may stand in the title of an interview, and in the names that an email shows.
-- Strangers choose them, and the email comes from our address.

create or replace function private.has_link(value text)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_text text;
begin
  -- Most names: every address has one of these signs.
  if has_link.value !~ '[^ -~]|[.:@]' then
    return false;
  end if;
  -- Without invisible characters, and with the signs instead of what only looks like them.
  v_text := translate(
    normalize(
      regexp_replace(has_link.value, '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f'
        '\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff'
        '\U000e0000-\U000e0fff]+', '', 'g'),
      nfkc),
    E'\u02d0\u0589\u05c3\u2236\ua789\u2044\u2215\u2571\u29f8\u3002', ':::::////.');
  return v_text ~* (
    ':\s*//'
    '|\m(h(tt|xx)ps?|ftp|mailto):\S'
    '|\mwww\d*\.\S'
    '|\S@\S'
    -- A host with a path or a query, but not Node.js/React: no domain ends in .js.
    '|[[:alnum:]]\.(?!js\M)([[:alpha:]]{2,}|xn--[a-z0-9-]+)(:\d+)?([/\\]|\?\S)'
    '|\m\d{1,3}(\.\d{1,3}){3}(:\d+)?[/\\?]');
end
$$;
comment on function private.has_link(text) is
  'Whether a text has the address of a web page or of a mailbox in it, also one that is written so '
  'that programs do not recognise it. A bare name such as ASP.NET or Booking.com is none.';

create or replace function private.candidate_name(name text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when not private.has_link(candidate_name.name) then private.display_name(candidate_name.name)
  end;
end
$$;
comment on function private.candidate_name(text) is
  'The display name of a candidate; null if it holds a link or an address, as strangers write it '
  'into files: the invite goes without a name then.';

create or replace function private.skeleton(name text)
  returns text
  language plpgsql immutable set search_path = ''
as $$
begin
  return regexp_replace(
    lower(translate(
      regexp_replace(normalize(skeleton.name, nfkd),
        '[\u00ad\u0300-\u036f\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164'
        '\ufe00-\ufe0f\ufeff]+', '', 'g'),
      -- Cyrillic, Greek, small capitals; some of Armenian and digits; l, which looks like I.
      'АВЕКМНОРСТУХЅІЈаеорсухѕіјһвкмнтгѵԁԛԝ'
      'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχη'
      'ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢı'
      'հոօս01lL|',
      'ABEKMHOPCTYXSIJaeopcyxsijhbkmhtrvdqw'
      'ABEZHIKMNOPTYXaeikvoptuxn'
      'abcdeghijkimnoprstuvwyzi'
      'hnouoiiii'
    )),
    '[^[:alnum:]]+', ' ', 'g');
end
$$;
comment on function private.skeleton(text) is
  'A name as it looks at a glance: without case, accents, signs and invisible characters, and with '
  'Latin letters for those that look like them.';

create or replace function private.is_protected(name text)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
declare
  v_protected text := replace(
    private.skeleton((select s.protected_name from private.settings s)), ' ', '');
  v_name text := private.skeleton(is_protected.name);
begin
  -- In one word, as a part of it too; or with its letters apart, as words of their own, because
  -- "Shire Vision" is another name.
  return v_protected <> '' and (
    strpos(v_name, v_protected) > 0
    or v_name ~ ('\m' || array_to_string(string_to_array(v_protected, null), ' ?') || '\M'));
end
$$;
comment on function private.is_protected(text) is
  'Whether a name contains settings.protected_name, or looks as if it did.';

create or replace function private.signature(name text)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_name text := left(signature.name, 500);  -- as in private.own_text
begin
  if private.has_link(v_name) then
    perform private.refuse('text_not_allowed:name');
  elsif private.is_protected(v_name) then
    perform private.refuse('text_not_allowed:protected');
  end if;
  return private.display_name(v_name);
end
$$;
comment on function private.signature(text) is
  'The display name to sign emails with, null if there is none; raises text_not_allowed. Reads 500 '
  'characters.';

-- What may not sign is left out, because accounts can write anything there, of any length: to read
-- all of it would hold up everybody's emails.
create or replace function private.own_text(user_id uuid, key text)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_text text := (
    select left(u.raw_user_meta_data ->> own_text.key, 500)
    from auth.users u where u.id = own_text.user_id);
begin
  return case
    when not private.has_link(v_text) and not private.is_protected(v_text)
    then private.display_name(v_text)
  end;
end
$$;
comment on function private.own_text(uuid, text) is
  'The first 500 characters of what an account says about itself, as a display name, if emails may '
  'be signed with it, else null.';

create or replace function private.own_name(user_id uuid)
  returns text
  language plpgsql stable set search_path = ''
as $$
begin
  return private.own_text(own_name.user_id, 'full_name');
end
$$;
comment on function private.own_name(uuid) is
  'The full_name of an account if emails may be signed with it, else null.';

-- "Jane Doe, Acme".
create or replace function private.own_signature(user_id uuid)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_signature text := concat_ws(
    ', ', private.own_name(own_signature.user_id),
    private.own_text(own_signature.user_id, 'company'));
begin
  -- Two harmless words can be a link together.
  return case
    when private.has_link(v_signature) or private.is_protected(v_signature)
      then private.own_name(own_signature.user_id)
    else private.display_name(v_signature)
  end;
end
$$;
comment on function private.own_signature(uuid) is
  'The full_name and the company of an account, as far as emails may be signed with them; null if '
  'there is neither.';

-- For recruiters, before they save a name. Definer, because the settings are private.
create or replace function public.preview_signature(
  full_name text default null, company text default null
)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if num_nonnulls(preview_signature.full_name, preview_signature.company) = 0 then
    return coalesce(private.own_signature(private.caller_id()), 'HireVision');
  end if;
  return coalesce(private.signature(concat_ws(
    ', ', private.signature(preview_signature.full_name),
    private.signature(preview_signature.company))), 'HireVision');
end
$$;
comment on function public.preview_signature(text, text) is
  'How emails would be signed with this name and company; without both, how the caller''s own are. '
  'Raises text_not_allowed.';

-- ======== supabase/schemas/20_interviews.sql ========

-- Interviews: what a recruiter creates, and when candidates may join.

create table if not exists public.interviews (
  id uuid primary key default gen_random_uuid(),
  title varchar(255) not null,
  description text,
  recruiter_id uuid not null default auth.uid(),
  company_number varchar(50),
  status varchar(20) not null default 'active',
  deadline timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  reminded_for interval,
  response_kinds text[] not null default '{video,audio}',
  deadline_stage smallint not null default 0,
  privacy_notice text,
  analysis text not null default 'transcripts',
  language text not null default 'en',
  archived_at timestamptz,
  constraint interviews_title_check check (private.trim_blanks(title) <> ''),
  constraint interviews_description_check check (length(description) <= 100000),
  constraint interviews_status_check check (status in ('active', 'inactive', 'completed')),
  constraint interviews_deadline_check
    check (deadline between timestamptz '2000-01-01 00:00+00'
                        and timestamptz '9999-01-01 00:00+00'),
  constraint interviews_response_kinds_check
    check (response_kinds <@ '{video,audio,text}' and cardinality(response_kinds) between 1 and 3),
  constraint interviews_deadline_stage_check check (deadline_stage between 0 and 2),
  constraint interviews_privacy_notice_check check (length(privacy_notice) <= 5000),
  constraint interviews_analysis_check check (analysis in ('off', 'transcripts')),
  constraint interviews_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint interviews_recruiter_id_fkey
    foreign key (recruiter_id) references auth.users (id) on delete restrict
);
create index if not exists interviews_recruiter_id_idx
  on public.interviews (recruiter_id, created_at desc, id desc);
-- For list_interviews, one for each order.
create index if not exists interviews_by_created_idx
  on public.interviews (recruiter_id, (archived_at is null), status, created_at, id);
create index if not exists interviews_by_title_idx
  on public.interviews (recruiter_id, (archived_at is null), status, lower(title), id);
create index if not exists interviews_by_deadline_idx
  on public.interviews
  (recruiter_id, (archived_at is null), status, coalesce(deadline, 'infinity'), id);
create index if not exists interviews_deadline_idx
  on public.interviews (coalesce(reminded_for, '1000 years'), deadline) where deadline is not null;
create index if not exists interviews_deadline_stage_idx
  on public.interviews (deadline_stage, deadline) where deadline is not null;

comment on table public.interviews is
  'An interview: ordered questions that invited candidates answer.';
comment on column public.interviews.recruiter_id is
  'The owner; only transfer_interviews changes it.';
comment on column public.interviews.company_number is 'A label; grants nothing.';
comment on column public.interviews.status is
  'active: candidates may join; inactive: only those who have joined may continue; completed: '
  'nobody may finish.';
comment on column public.interviews.deadline is
  'Nobody joins after it; those who have joined may finish until 10 minutes later.';
comment on column public.interviews.reminded_for is
  'The shortest distance before the deadline for which all reminders are queued (see '
  'queue_reminders).';
comment on column public.interviews.response_kinds is
  'How candidates may answer: video, audio, text.';
comment on column public.interviews.deadline_stage is
  'What maintenance has done since the deadline passed: 1, told those who have answered but not '
  'submitted; 2, submitted for them after the grace period.';
comment on column public.interviews.privacy_notice is
  'What the company tells candidates about their data, in plain text, shown before they consent; '
  'beside the project''s own notice (consent_notices).';
comment on column public.interviews.analysis is
  'off: no software looks at recordings; transcripts: it checks them, and writes down what those '
  'say who consent.';
comment on column public.interviews.language is
  'The language of the answers, as a primary subtag of BCP 47 like en or de.';
comment on column public.interviews.archived_at is
  'When its owner put it into the archive; null if it is not there. It concerns their lists alone: '
  'who may join or finish depends on status and deadline.';

create or replace function private.stamp_interview()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.updated_at := now();
    new.reminded_for := null;
    new.deadline_stage := 0;
    return new;
  end if;
  new.created_at := old.created_at;
  new.updated_at := old.updated_at;
  new.archived_at := case when new.archived_at is not null
                          then coalesce(old.archived_at, now()) end;
  if (new.status, new.deadline) is distinct from (old.status, old.deadline) then
    new.reminded_for := null;
    new.deadline_stage := 0;
  end if;
  -- Neither a reminder nor archiving is an edit.
  if (new.title, new.description, new.recruiter_id, new.company_number, new.status, new.deadline,
      new.response_kinds, new.privacy_notice, new.analysis, new.language)
     is distinct from
     (old.title, old.description, old.recruiter_id, old.company_number, old.status, old.deadline,
      old.response_kinds, old.privacy_notice, old.analysis, old.language)
  then
    new.updated_at := now();
  end if;
  return new;
end
$$;
comment on function private.stamp_interview() is
  'Sets the timestamps, whatever the client sent; a new deadline gets its own reminders.';

create or replace trigger _100_stamp_interview
  before insert or update on public.interviews
  for each row execute function private.stamp_interview();

-- Not for new interviews: the first version's frontend inserts them, and they are stored as they
-- are. Inviting to them is refused.
create or replace function private.check_new_title()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if private.has_link(new.title) then
    perform private.refuse('text_not_allowed');
  end if;
  return new;
end
$$;
comment on function private.check_new_title() is
  'Before an interview is renamed: raises text_not_allowed if its new title has a link in it.';

create or replace trigger _150_check_new_title
  before update of title on public.interviews
  for each row when (new.title is distinct from old.title)
  execute function private.check_new_title();

-- Definer, because clients may not read the settings. Looks at the statement's accounts only, and
-- at no more of their interviews than they may have.
create or replace function private.admit_interviews()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_most integer := (select s.interviews_per_account from private.settings s);
begin
  if private.is_client() and (
    select count(*) from (
      select from public.interviews n where n.recruiter_id = (select auth.uid())
      limit v_most + 1
    ) as own
  ) > v_most then
    perform private.refuse('too_many_interviews', v_most::text);
  end if;
  return null;
end
$$;
comment on function private.admit_interviews() is
  'After a client''s statement that inserts interviews: raises too_many_interviews.';

create or replace trigger _400_admit_interviews
  after insert on public.interviews
  for each statement execute function private.admit_interviews();

create or replace function private.is_open(status text, deadline timestamptz)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return is_open.status = 'active' and (is_open.deadline is null or is_open.deadline > now());
end
$$;
comment on function private.is_open(text, timestamptz) is
  'Whether an interview with this status and deadline accepts candidates now.';

-- Questions, invites and participants repeat their interview's recruiter_id, so that their policies
-- compare one indexed column instead of reading another table. It is copied here, never sent, and
-- move_recruiter_id keeps it up to date. Definer, because the writer may not be able to read the
-- interview. The lock, which the foreign key takes later anyway, keeps the interview from being
-- transferred or deleted in between. Clients can only lock their own interviews, and the one that
-- accept_invite has already locked.
create or replace function private.copy_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_table_name in ('interview_invites', 'interview_reviewers') and tg_op = 'INSERT'
     and not private.is_client() then
    -- Clients hold it already (lock_inviting_first); others may insert for many recruiters.
    perform private.lock_inviting(n.recruiter_id)
      from public.interviews n where n.id = new.interview_id;
  end if;
  select n.recruiter_id into new.recruiter_id
    from public.interviews n
    where n.id = new.interview_id
      and (n.recruiter_id = auth.uid() or tg_table_name = 'interview_participants'
           or not private.is_client())
    for key share;
  if new.recruiter_id is null and not private.is_client() then
    perform private.refuse('interview_not_found');
  end if;
  return new;
end
$$;
comment on function private.copy_recruiter_id() is
  'Sets recruiter_id to that of the row''s interview. Another recruiter''s interview gives clients '
  'null, which the policies refuse.';

-- To avoid deadlocks, everything locks in this order: the recruiter's inviting lock
-- (lock_inviting), the interview (shared by writers below it), participants by id, invites by id,
-- reviewers by id, analyses, jobs. A transfer or deletion takes the middle four without analyses
-- here, so that it misses no row. Definer, because the writer may not own the rows below.
create or replace function private.hold_interview()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform from public.interviews n where n.id = old.id for update;
  perform from public.interview_participants p
    where p.interview_id = old.id order by p.id for update;
  perform from public.interview_invites i where i.interview_id = old.id order by i.id for update;
  perform from public.interview_reviewers r where r.interview_id = old.id order by r.id for update;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function private.hold_interview() is
  'Before an interview is transferred or deleted: waits for writers below it and blocks new ones.';

create or replace trigger _200_hold_interview
  before delete on public.interviews
  for each row execute function private.hold_interview();
create or replace trigger _200_hold_moved_interview
  before update of recruiter_id on public.interviews
  for each row when (
    new.recruiter_id is distinct from old.recruiter_id
    and current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.hold_interview();

-- One statement deletes several interviews in any order, each with everything below it, and others
-- must not wait for one while they hold another that is next. Locks all, or gives back those that
-- were free and waits for one that was not.
create or replace function private.hold_interviews(interview_ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_free uuid[];
  v_busy uuid;
begin
  loop
    begin
      perform from public.interviews n where n.id = v_busy for update;
      v_free := array(
        select n.id from public.interviews n
        where n.id = any (hold_interviews.interview_ids)
        order by n.id for update skip locked);
      v_busy := (
        select n.id from public.interviews n
        where n.id = any (hold_interviews.interview_ids) and n.id <> all (v_free)
        order by n.id limit 1);
      if v_busy is null then
        return;
      end if;
      raise sqlstate 'BUSY0';
    exception when sqlstate 'BUSY0' then
      null;  -- what this block has locked is free again
    end;
  end loop;
end
$$;
comment on function private.hold_interviews(uuid[]) is
  'Locks interviews against writers below them, and never waits while it holds some of them.';

-- Definer, because service_role and DBAs may not own the rows below. Skips the row triggers of
-- invites, which have nothing to check here.
create or replace function private.move_recruiter_id()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if not exists (
    select from was join now_is using (id) where was.recruiter_id <> now_is.recruiter_id
  ) then
    return null;
  end if;
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  update public.interview_questions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_invites c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_participants c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_reviewers c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_responses c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.response_analyses c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.accommodations c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.interview_criteria c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_reviews c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_ratings c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  update public.candidate_decisions c set recruiter_id = n.recruiter_id
    from now_is n where c.interview_id = n.id and c.recruiter_id <> n.recruiter_id;
  perform set_config('interviews.skip_row_triggers', '', true);
  insert into private.unsubscribes (address_key, recruiter_id)
    select u.address_key, n.recruiter_id
    from was
    join now_is n on n.id = was.id and n.recruiter_id <> was.recruiter_id
    cross join lateral (
      select i.email from public.interview_invites i where i.interview_id = n.id
      union
      select r.email from public.interview_reviewers r where r.interview_id = n.id
      union
      select private.normalize_email(a.email)
      from public.interview_participants p join auth.users a on a.id = p.user_id
      where p.interview_id = n.id
    ) as known
    join private.unsubscribes u
      on u.recruiter_id = was.recruiter_id and u.address_key = private.address_key(known.email)
    where exists (select from private.unsubscribes had where had.recruiter_id = was.recruiter_id)
    on conflict do nothing;
  return null;
end
$$;
comment on function private.move_recruiter_id() is
  'Copies a new recruiter_id to everything below the interview. Who has unsubscribed from it stays '
  'so.';

create or replace trigger _300_move_recruiter_id
  after update on public.interviews
  referencing old table as was new table as now_is
  for each statement execute function private.move_recruiter_id();

-- For service_role and DBAs: an account can be deleted only when it owns no interviews. Definer,
-- because service_role may not update interviews.
create or replace function public.transfer_interviews(
  from_recruiter uuid, to_recruiter uuid, at_most integer default null
)
  returns integer
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview_ids uuid[];
  v_moved integer;
begin
  if not exists (select from auth.users u where u.id = transfer_interviews.to_recruiter) then
    perform private.refuse('recruiter_not_found', coalesce(to_recruiter::text, 'null'));
  end if;
  perform private.lock_inviting(recruiter_id)
    from unnest(array[from_recruiter, to_recruiter]) as recruiter_id
    order by recruiter_id;
  v_interview_ids := array(
    select n.id from public.interviews n
    where n.recruiter_id = transfer_interviews.from_recruiter
    order by n.id limit transfer_interviews.at_most);
  perform private.hold_interviews(v_interview_ids);
  -- As in hold_interview, but for all interviews at once, to keep the lock order.
  perform from public.interview_participants p
    where p.interview_id = any (v_interview_ids) order by p.id for update;
  perform from public.interview_invites i
    where i.interview_id = any (v_interview_ids) order by i.id for update;
  perform from public.interview_reviewers r
    where r.interview_id = any (v_interview_ids) order by r.id for update;
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  update public.interviews n
    set recruiter_id = transfer_interviews.to_recruiter
    where n.id = any (v_interview_ids)
      -- Still: a DBA may have moved one by hand.
      and n.recruiter_id = transfer_interviews.from_recruiter;
  get diagnostics v_moved = row_count;
  perform set_config('interviews.skip_row_triggers', '', true);
  return v_moved;
end
$$;
comment on function public.transfer_interviews(uuid, uuid, integer) is
  'Transfers all interviews of a recruiter, or at_most that many, to another, with everything '
  'below them; returns how many. For an account with 100,000 invites, repeat it with a limit until '
  'it returns 0.';

-- ======== supabase/schemas/30_questions.sql ========

-- Questions: the ordered content of an interview.

create table if not exists public.interview_questions (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  question text not null,
  order_index integer not null,
  created_at timestamptz not null default now(),
  max_seconds integer not null default 180,
  max_takes integer not null default 3,
  preparation_seconds integer not null default 0,
  required boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint interview_questions_question_check check (private.trim_blanks(question) <> ''),
  constraint interview_questions_length_check check (length(question) <= 100000),
  constraint interview_questions_order_index_check check (order_index >= 0),
  constraint interview_questions_max_seconds_check check (max_seconds between 10 and 600),
  constraint interview_questions_max_takes_check check (max_takes between 1 and 10),
  constraint interview_questions_preparation_seconds_check
    check (preparation_seconds between 0 and 600),
  constraint interview_questions_order_key
    unique (interview_id, order_index) deferrable initially immediate,
  constraint interview_questions_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
create index if not exists interview_questions_recruiter_id_idx
  on public.interview_questions (recruiter_id);

comment on table public.interview_questions is
  'The questions of an interview, in the order of order_index.';
comment on column public.interview_questions.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_questions.order_index is
  'Position, unique within the interview; checked at the end of the statement, so that one update '
  'can reorder all.';
comment on column public.interview_questions.max_seconds is 'How long a recording may last.';
comment on column public.interview_questions.max_takes is
  'How many recordings may be uploaded; the last one counts.';
comment on column public.interview_questions.preparation_seconds is
  'Time to think before recording starts; kept by the screen.';
comment on column public.interview_questions.required is
  'Whether an interview can only be completed with a response to it.';
comment on column public.interview_questions.updated_at is
  'When its text or its settings were changed last; a new place in the order is no change.';

create or replace function private.stamp_question()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.created_at := now();
    new.updated_at := now();
    return new;
  end if;
  new.created_at := old.created_at;
  new.updated_at := case
    when (new.question, new.max_seconds, new.max_takes, new.preparation_seconds, new.required)
         is distinct from
         (old.question, old.max_seconds, old.max_takes, old.preparation_seconds, old.required)
    then now() else old.updated_at
  end;
  return new;
end
$$;
comment on function private.stamp_question() is 'Sets the timestamps, whatever the client sent.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_questions
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_stamp_question
  before insert or update on public.interview_questions
  for each row execute function private.stamp_question();

create or replace function private.check_questions(questions bigint, bytes bigint)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if check_questions.questions > 100 then
    perform private.refuse('too_many_questions');
  elsif check_questions.bytes > 1000000 then
    perform private.refuse('too_many_questions:text');
  end if;
end
$$;
comment on function private.check_questions(bigint, bigint) is
  'Raises too_many_questions for an interview with more than 100 questions or 1 MB of them.';

-- Definer, for speed: the policies have nothing to decide here. Another recruiter's interview was
-- refused before, by the policy.
create or replace function private.admit_questions()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() then
    perform private.check_questions(count(*), sum(octet_length(q.question)))
      from public.interview_questions q
      where q.interview_id in (select n.interview_id from new_questions n)
      group by q.interview_id;
  end if;
  return null;
end
$$;
comment on function private.admit_questions() is
  'After a client''s statement that inserts questions: raises too_many_questions.';

create or replace trigger _400_admit_questions
  after insert on public.interview_questions
  referencing new table as new_questions
  for each statement execute function private.admit_questions();

-- Definer, for the same reason. An interview that has more already, by a DBA or an earlier release,
-- may still be reordered and shortened.
create or replace function private.admit_rewording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() then
    perform private.check_questions(null, sum(octet_length(q.question)))
      from public.interview_questions q
      where q.interview_id in (
        select now_is.interview_id
        from was join now_is using (id)
        group by now_is.interview_id
        having sum(octet_length(now_is.question)) > sum(octet_length(was.question)))
      group by q.interview_id;
  end if;
  return null;
end
$$;
comment on function private.admit_rewording() is
  'After a client''s statement that makes questions longer: raises too_many_questions.';

create or replace trigger _400_admit_rewording
  after update on public.interview_questions
  referencing old table as was new table as now_is
  for each statement execute function private.admit_rewording();

-- Definer, because a recruiter may not read responses that are not submitted.
create or replace function private.keep_answered_question()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if exists (select from public.interview_responses r where r.question_id = old.id)
     -- Not while the interview is being deleted, with everything below it.
     and exists (select from public.interviews n where n.id = old.interview_id) then
    perform private.refuse('question_answered');
  end if;
  return old;
end
$$;
comment on function private.keep_answered_question() is
  'Before a question is deleted: raises question_answered if somebody has begun to answer it.';

create or replace trigger _300_keep_answered_question
  before delete on public.interview_questions
  for each row execute function private.keep_answered_question();

-- For recruiters: row level security keeps others from updating questions.
create or replace function public.reorder_questions(interview_id uuid, question_ids uuid[])
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_current uuid[];
begin
  perform private.caller_id();
  if not exists (
    select from public.interviews n
    where n.id = reorder_questions.interview_id
      and (n.recruiter_id = (select auth.uid()) or not private.is_client())
  ) then
    perform private.refuse('interview_not_found');
  end if;
  select array_agg(q.id order by q.id) into v_current
  from (
    select q.id from public.interview_questions q
    where q.interview_id = reorder_questions.interview_id
    order by q.id for update
  ) q;
  if v_current is distinct from (
    select array_agg(id order by id) from unnest(reorder_questions.question_ids) as id) then
    perform private.refuse('question_ids_mismatch');
  end if;
  update public.interview_questions q
    set order_index = o.position
    from unnest(reorder_questions.question_ids) with ordinality as o (id, position)
    where q.id = o.id;
  return coalesce(
    (select jsonb_agg(jsonb_build_object('id', q.id, 'order_index', q.order_index)
                      order by q.order_index)
     from public.interview_questions q
     where q.interview_id = reorder_questions.interview_id), '[]');
end
$$;
comment on function public.reorder_questions(uuid, uuid[]) is
  'Puts the questions of an interview into the order given, numbered from 1, and returns it.';

-- ======== supabase/schemas/40_invites.sql ========

-- Invites: who was invited to which interview, with the code that lets them in. The triggers draw
-- the code and keep the rules, however a row is inserted. The setting interviews.skip_row_triggers,
-- which no client can set, skips those of rows for functions that do their work for a whole set.

create table if not exists public.interview_invites (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  recruiter_name varchar(100) not null,
  email varchar(255) not null,
  invite_code varchar(6) not null,
  status varchar(20) not null default 'pending',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 days',
  accepted_at timestamptz,
  completed_at timestamptz,
  revoked_at timestamptz,
  renewal_requested_at timestamptz,
  reminded_at timestamptz,
  reminded_for interval,
  queued_at timestamptz default now(),
  delivery_status varchar(20) default 'queued',
  delivery_at timestamptz,
  delivery_error text,
  is_limited boolean not null default true,
  candidate_name text,
  is_current boolean not null default true,
  withdrawn_at timestamptz,
  reviewed_at timestamptz,
  decision text,
  decided_at timestamptz,
  constraint interview_invites_decision_check check (decision in ('advance', 'hold', 'decline')),
  constraint interview_invites_email_check
    check (status = 'expired'
           or (email ~ '^[!-?A-~]+@[!-?A-~]+$' and email = lower(email collate "C"))),
  constraint interview_invites_invite_code_check
    check (status = 'expired' or invite_code ~ '^[0-9]{6}$'),
  constraint interview_invites_status_check
    check (status in ('pending', 'accepted', 'completed', 'expired')),
  constraint interview_invites_candidate_name_check
    check (length(candidate_name) between 1 and 100),
  constraint interview_invites_delivery_status_check
    check (delivery_status in ('queued', 'accepted', 'failed', 'cancelled')),
  constraint interview_invites_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
) with (fillfactor = 50);  -- room for HOT updates of the delivery state
-- Expressions instead of partial indexes, so that they also find who holds a code, and all invites
-- of an address in an interview. (recruiter_id, which depends on interview_id, is in the first for
-- @supabase/lite, which would otherwise take the relation to interviews for one-to-one.)
create unique index if not exists interview_invites_pending_code_key
  on public.interview_invites
  ((case when status = 'pending' then invite_code end), recruiter_id, interview_id);
create unique index if not exists interview_invites_pending_email_key
  on public.interview_invites (interview_id, email, (case when status = 'pending' then true end));
create unique index if not exists interview_invites_email_code_key
  on public.interview_invites (email, invite_code);
create index if not exists interview_invites_interview_id_idx
  on public.interview_invites (interview_id, created_at desc, id desc);
create index if not exists interview_invites_renewal_idx
  on public.interview_invites (interview_id) where renewal_requested_at is not null;
create index if not exists interview_invites_recruiter_id_idx
  on public.interview_invites (recruiter_id);
create index if not exists interview_invites_expires_at_idx
  on public.interview_invites (expires_at) where status = 'pending';
create index if not exists interview_invites_age_idx
  on public.interview_invites (coalesce(completed_at, accepted_at, expires_at))
  where status <> 'pending';
create index if not exists interview_invites_reminded_for_idx
  on public.interview_invites (coalesce(reminded_for, '1000 years'), expires_at)
  where status = 'pending';

comment on table public.interview_invites is
  'Invitations to an interview, one row per address and code.';
comment on column public.interview_invites.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_invites.recruiter_name is
  'Signs the invitation and its reminders.';
comment on column public.interview_invites.invite_code is
  'Six digits, drawn by the database. Address and code together are unique, for good.';
comment on column public.interview_invites.status is
  'pending -> accepted -> completed, or pending -> expired; a pending invite past expires_at '
  'counts as expired.';
comment on column public.interview_invites.revoked_at is
  'When revoke_invite ended this invite; its status is expired, and its candidate cannot ask to '
  'renew it.';
comment on column public.interview_invites.renewal_requested_at is
  'When the candidate asked to renew this invite, expired or used by an account that is gone; null '
  'again once they are invited.';
comment on column public.interview_invites.reminded_at is
  'When the last reminder was due, or was left out (see private.plan_reminders).';
comment on column public.interview_invites.reminded_for is
  'The shortest distance before expiry for which a reminder was considered (see queue_reminders).';
comment on column public.interview_invites.queued_at is
  'When the email was last queued; updating it queues another one.';
comment on column public.interview_invites.delivery_status is
  'queued; accepted by the mail server; failed for good; cancelled because it was no longer '
  'needed. Null for invites of the first version.';
comment on column public.interview_invites.delivery_at is
  'When delivery was last attempted or settled.';
comment on column public.interview_invites.delivery_error is
  'The mail server''s last error message.';
comment on column public.interview_invites.is_limited is
  'Whether its reminders count for the recruiter''s daily limit: a client made it, not '
  'service_role or a DBA.';
comment on column public.interview_invites.candidate_name is
  'What the recruiter calls the candidate, if they gave a name; greets them in emails.';

create table if not exists private.invite_counts (
  user_id uuid not null references auth.users (id) on delete cascade,
  day date not null,
  invites integer not null,
  primary key (user_id, day)
);
comment on table private.invite_counts is
  'Emails queued by an account''s invitations per day (UTC), for settings.invites_per_day.';

-- A row a call, since calls for different recruiters must not wait for each other.
create table if not exists private.backend_invites (
  id bigint primary key generated always as identity,
  day date not null,
  invites integer not null
);
create index if not exists backend_invites_day_idx on private.backend_invites (day, invites);
comment on table private.backend_invites is
  'Emails queued by invitations with the service-role key, for settings.backend_invites_per_day; '
  'empty without such a limit.';

-- Definer, because clients may not read auth.users.
create or replace function private.recruiter_name(interview_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return coalesce(
    (select private.own_signature(n.recruiter_id)
     from public.interviews n where n.id = recruiter_name.interview_id), 'HireVision');
end
$$;
comment on function private.recruiter_name(uuid) is
  'The default signature: the name and the company of the interview''s recruiter if they may sign, '
  'or HireVision.';

create or replace function private.prepare_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- Not the caller's interview: the policy refuses the row, and no earlier error may reveal more.
  if private.is_client() and new.recruiter_id is distinct from auth.uid() then
    return new;
  end if;
  if new.invite_code is not null then
    perform private.refuse('code_not_allowed');
  end if;
  if new.status <> 'pending' then
    perform private.refuse('status_not_allowed:invite');
  end if;
  new.email := private.normalize_email(new.email);
  if not private.is_email(new.email) then
    perform private.refuse('invalid_email');
  end if;
  perform private.make_room(new.interview_id, array[new.email::text]);
  if exists (
    select from private.invites_of(new.email) i
    where i.interview_id = new.interview_id and i.status = 'pending'
  ) then
    perform private.refuse('already_invited');
  end if;
  new.recruiter_name := coalesce(
    private.signature(new.recruiter_name), private.recruiter_name(new.interview_id));
  new.candidate_name := private.candidate_name(new.candidate_name);
  select d.code into new.invite_code
    from private.draw_codes(new.recruiter_id, array[new.email::text]) as d;
  new.created_at := now();
  new.accepted_at := null;
  new.completed_at := null;
  new.revoked_at := null;
  new.renewal_requested_at := null;
  new.reminded_at := null;
  new.reminded_for := null;
  new.queued_at := now();
  new.delivery_status := 'queued';
  new.delivery_at := null;
  new.delivery_error := null;
  new.is_limited := private.is_client();
  new.is_current := true;
  new.withdrawn_at := null;
  new.reviewed_at := null;
  new.decision := null;
  new.decided_at := null;
  return new;
end
$$;
comment on function private.prepare_invite() is
  'Before an invite is inserted: checks and normalizes the address, makes room for it, draws the '
  'code, sets the timestamps. Definer, because the writer may not be able to read interview, '
  'accounts and other invites.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_invites
  for each row when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.copy_recruiter_id();
create or replace trigger _200_prepare_invite
  before insert on public.interview_invites
  for each row when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.prepare_invite();

create or replace function private.change_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.invite_code is distinct from old.invite_code then
    perform private.refuse('code_not_allowed:changing');
  end if;
  if new.status <> old.status
     and ((old.status, new.status) not in
            (('pending', 'accepted'), ('accepted', 'completed'), ('pending', 'expired'))
          or (new.status = 'accepted' and new.expires_at <= now())) then
    perform private.refuse('status_move_not_allowed:invite', old.status);
  end if;
  new.created_at := old.created_at;
  new.accepted_at := case
    when old.status = 'pending' and new.status = 'accepted' then now() else old.accepted_at end;
  new.completed_at := case
    when old.status = 'accepted' and new.status = 'completed' then now() else old.completed_at end;
  new.email := private.normalize_email(new.email);
  if new.email <> old.email then
    if new.status <> 'pending' then
      perform private.refuse('invite_not_pending', new.status);
    end if;
    if not private.is_email(new.email) then
      perform private.refuse('invalid_email');
    end if;
    if not private.is_client() then
      perform private.lock_inviting(new.recruiter_id);
      perform private.make_room(new.interview_id, array[new.email::text]);
    end if;
    if private.is_reviewer(new.interview_id, new.email, null) then
      perform private.refuse('is_reviewer:inviting');
    end if;
    select d.code into new.invite_code
      from private.draw_codes(new.recruiter_id, array[new.email::text]) as d;
    new.queued_at := now();
  end if;
  if new.recruiter_name is distinct from old.recruiter_name then
    new.recruiter_name := coalesce(private.signature(new.recruiter_name), old.recruiter_name);
  end if;
  new.candidate_name := private.candidate_name(new.candidate_name);
  if new.expires_at <> old.expires_at then
    new.reminded_for := null;
  end if;
  if new.queued_at is distinct from old.queued_at then
    new.queued_at := now();
    new.delivery_status := 'queued';
    new.delivery_error := null;
  end if;
  return new;
end
$$;
comment on function private.change_invite() is
  'Before an invite is updated: checks the change of status, keeps the timestamps, and draws a new '
  'code for a corrected address. Definer, because the writer may not be able to read other '
  'invites.';

-- Without the columns for delivery and reminders, which the database updates often.
create or replace trigger _200_change_invite
  before update of id, interview_id, recruiter_name, candidate_name, email, invite_code, status,
    created_at, expires_at, accepted_at, completed_at, queued_at
  on public.interview_invites
  for each row execute function private.change_invite();

-- Definer, because clients may not read the counts, or the status of every interview.
create or replace function private.admit_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invites integer := (select count(*) from new_invites);
begin
  if v_invites > 1000 and private.is_client()
     and current_setting('interviews.skip_row_triggers', true) is distinct from 'yes' then
    perform private.refuse('too_many_rows', v_invites::text);
  end if;
  perform private.check_invitable(n)
    from (select distinct i.interview_id from new_invites i) as i
    join public.interviews n on n.id = i.interview_id;
  if exists (
    select from new_invites i
    join public.interview_reviewers r on r.interview_id = i.interview_id and r.email = i.email
  ) then
    perform private.refuse('is_reviewer:inviting');
  end if;
  perform private.count_invites(v_invites);
  return null;
end
$$;
comment on function private.admit_invites() is
  'After a statement that inserts invites: the interviews must accept candidates, none of whom '
  'reviews them, and clients may insert at most 1,000 rows within their daily limit.';

create or replace trigger _300_admit_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.admit_invites();

-- ---- how many an account may send ---------------------------------------------------------------

-- Definer, like the next, because clients may not read accounts, settings and counts.
create or replace function private.invites_per_day()
  returns integer
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select case
      when current_setting('role', true) = 'service_role' then s.backend_invites_per_day
      when not private.is_client() then null
      when exists (
          select from auth.users u
          where u.id = (select auth.uid()) and u.raw_app_meta_data -> 'roles' ? 'recruiter')
        or exists (
          select from public.interview_participants p
          where p.recruiter_id = (select auth.uid()) offset 9)
        then s.invites_per_day
      else least(s.invites_per_day, s.invites_per_day_at_first)
    end
    from private.settings s);
end
$$;
comment on function private.invites_per_day() is
  'How many emails the caller may queue a day; null for DBAs, who have no limit.';

create or replace function private.invites_left()
  returns integer
  language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  return private.invites_per_day() - coalesce(case
    when private.is_client() then
      (select c.invites from private.invite_counts c
       where c.user_id = (select auth.uid()) and c.day = (now() at time zone 'utc')::date)
    else (select sum(b.invites)::integer from private.backend_invites b
          where b.day = (now() at time zone 'utc')::date) end, 0);
end
$$;
comment on function private.invites_left() is
  'How many more emails the caller may queue today; null for no limit.';

-- For recruiters, who want to know before they write to 2,000 people. Definer, as above.
create or replace function public.invites_left_today()
  returns integer
  language sql stable security definer set search_path = ''
as $$
  select greatest(private.invites_left(), 0) from private.caller_id()
$$;
comment on function public.invites_left_today() is
  'How many more people the caller may invite today (UTC).';

create or replace function private.check_invites_left(invites integer, invites_left integer)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if check_invites_left.invites > 0
     and check_invites_left.invites > check_invites_left.invites_left then
    perform private.refuse(
      'invites_per_day_reached', private.invites_per_day()::text,
      greatest(check_invites_left.invites_left, 0)::text,
      ((now() at time zone 'utc')::date + 1)::text);
  end if;
end
$$;
comment on function private.check_invites_left(integer, integer) is
  'Raises invites_per_day_reached if invites is more than invites_left.';

-- Definer, because clients may not write the counts.
create or replace function private.count_invites(invites integer)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if count_invites.invites = 0 or private.invites_per_day() is null then
    return;
  elsif private.is_client() then
    insert into private.invite_counts as c (user_id, day, invites)
      values (auth.uid(), (now() at time zone 'utc')::date, count_invites.invites)
      on conflict (user_id, day) do update set invites = c.invites + excluded.invites;
  else
    insert into private.backend_invites (day, invites)
      values ((now() at time zone 'utc')::date, count_invites.invites);
  end if;
  perform private.check_invites_left(
    count_invites.invites, private.invites_left() + count_invites.invites);
end
$$;
comment on function private.count_invites(integer) is
  'Counts emails queued by the caller today; raises invites_per_day_reached.';

-- ======== supabase/schemas/42_codes.sql ========

-- Codes: six digits. A code is only looked up together with an address, so two recruiters may use
-- the same one, and none waits for another's codes or uses them up.

-- Serializes a recruiter's inviting, so that each call sees which codes are taken; two calls that
-- insert in different orders would deadlock on the unique indexes. Taken before any interview or
-- invite is locked (see hold_interview).
create or replace function private.lock_inviting(recruiter_id uuid)
  returns void
  language sql volatile set search_path = ''
as $$
  select pg_catalog.pg_advisory_xact_lock(
    hashtextextended(lock_inviting.recruiter_id::text, 715518))
$$;
comment on function private.lock_inviting(uuid) is
  'Serializes the inviting of one recruiter until the transaction ends.';

create or replace function private.lock_inviting_first()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and auth.uid() is not null then
    perform private.lock_inviting(auth.uid());
  end if;
  return null;
end
$$;
comment on function private.lock_inviting_first() is
  'Takes lock_inviting for the client before a statement inserts rows. Definer, because clients '
  'may not call lock_inviting.';

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_invites
  for each statement execute function private.lock_inviting_first();
-- So that two statements at once cannot pass the limits of interviews, questions, criteria and
-- templates.
create or replace trigger _050_lock_inviting_first
  before insert on public.interviews
  for each statement execute function private.lock_inviting_first();
create or replace trigger _050_lock_inviting_first
  before insert on public.interview_questions
  for each statement execute function private.lock_inviting_first();

-- The caller must hold lock_inviting. Draws a code for each address, and again for those whose code
-- is taken: by the address, this call or the recruiter's pending invites, and in the first 10
-- rounds by anybody's pending invites, to keep codes apart while that is easy. 48 random bits make
-- each of the million codes equally likely to within 4e-9.
-- Without enable_seqscan off, a plan cached on an empty table runs a sequential scan for each code.
-- Without `offset 0` it is a join that reads both indexes from end to end: 1.4 instead of 0.04 ms
-- for one address, once the table has 10,000 invites.
create or replace function private.draw_codes(recruiter_id uuid, emails text[])
  returns table (email text, code text)
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
  v_missing text[] := draw_codes.emails;
  v_emails text[];
  v_codes text[];
  v_drawn text[] := '{}';
  v_round integer := 0;
  v_misses integer := 0;
begin
  while cardinality(v_missing) > 0 loop
    if v_misses >= 990 then
      perform private.refuse('codes_exhausted');
    end if;
    v_round := v_round + 1;
    with tries as materialized (
      select m.email, lpad((('x' || left(m.bits, 8) || substr(m.bits, 10, 4))::bit(48)::bigint
                            % 1000000)::text, 6, '0') as code
      from (select t.email, gen_random_uuid()::text as bits from unnest(v_missing) as t (email)) m
    ), free as (
      select distinct on (t.code) t.email, t.code
      from tries t
      where t.code not in (select unnest(v_drawn))
        and not exists (
          select from public.interview_invites i
          where i.email = t.email and i.invite_code = t.code offset 0)
        and not exists (
          select from public.interview_invites i
          where case when i.status = 'pending' then i.invite_code end = t.code
            and (v_round <= 10 or i.recruiter_id = draw_codes.recruiter_id) offset 0)
    )
    select array_agg(f.email), array_agg(f.code) into v_emails, v_codes from free f;
    if v_emails is null then
      v_misses := v_misses + case when v_round > 10 then cardinality(v_missing) else 0 end;
      continue;
    end if;
    v_misses := 0;
    v_drawn := v_drawn || v_codes;
    return query select f.email, f.code from unnest(v_emails, v_codes) as f (email, code);
    v_missing := array(select unnest(v_missing) except select unnest(v_emails));
  end loop;
end
$$;
comment on function private.draw_codes(uuid, text[]) is
  'A random code for each address, all different: none that the address ever had or that a pending '
  'invite of the recruiter has. Raises codes_exhausted after 1,000 failed tries.';

-- By address alone, as an address has few invites: a plan cached for a small interview would search
-- by interview, and read all invites of a large one for each address (3,000 known addresses: 1,290
-- instead of 64 ms of CPU).
create or replace function private.invites_of(email text)
  returns setof public.interview_invites
  language plpgsql stable rows 2 set search_path = ''
as $$
begin
  return query select i.* from public.interview_invites i where i.email = invites_of.email;
end
$$;
comment on function private.invites_of(text) is 'All invites of an address, by its index.';

create or replace function private.make_room(interview_id uuid, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[] := array(
    select old.id
    from unnest(make_room.emails) as asked (email)
    cross join lateral private.invites_of(asked.email) as old
    where old.interview_id = make_room.interview_id
      and (old.is_current or old.renewal_requested_at is not null));
begin
  perform from public.interview_invites i
    where i.id = any (v_invite_ids) order by i.id for no key update;
  update public.interview_invites i
    set status = case when i.status = 'pending' and i.expires_at <= now() then 'expired'
                      else i.status end,
        renewal_requested_at = null,
        is_current = false
    where i.id = any (v_invite_ids);
end
$$;
comment on function private.make_room(uuid, text[]) is
  'Before addresses are invited to an interview: expires their overdue invites, clears their '
  'requests for renewal, and takes their earlier invites out of the list of candidates.';

-- ======== supabase/schemas/43_unsubscribing.sql ========

-- Unsubscribing: who wants no more invitations and reminders from a recruiter. The link in an email
-- says so without signing in, also long after the invite was deleted or transferred.

create table if not exists private.unsubscribes (
  address_key bytea not null,
  recruiter_id uuid not null,
  unsubscribed_at timestamptz not null default now(),
  primary key (address_key, recruiter_id)
);
create index if not exists unsubscribes_recruiter_id_idx on private.unsubscribes (recruiter_id);
comment on table private.unsubscribes is
  'Addresses that want no more emails from a recruiter. Without foreign keys: it holds after the '
  'invite, and the account of the person, are gone.';
comment on column private.unsubscribes.address_key is
  'A keyed hash of the address, so that the list may be kept when a person is erased.';
comment on column private.unsubscribes.recruiter_id is
  'Zero for the general invitation to HireVision.';

create or replace function private.unsubscribable_kinds()
  returns text[]
  language sql immutable set search_path = ''
  return array['interview_invitation', 'candidate_invitation', 'interview_reminder',
               'submission_reminder', 'reviewer_invitation'];
comment on function private.unsubscribable_kinds() is
  'The kinds of emails that have a link to unsubscribe, and do not come after it was used.';

-- HMAC (RFC 2104) but for the padding of the key, because pgcrypto may be in any schema or missing.
create or replace function private.keyed_hash(secret bytea, purpose bytea, content bytea)
  returns bytea
  language plpgsql immutable set search_path = ''
as $$
begin
  return substr(
    sha256(secret || sha256(secret || keyed_hash.purpose || keyed_hash.content)), 1, 16);
end
$$;
comment on function private.keyed_hash(bytea, bytea, bytea) is
  '128 bits that nobody can guess without the secret, settings.link_secret.';

create or replace function private.address_key(email text)
  returns bytea
  language plpgsql stable set search_path = ''
as $$
begin
  return private.keyed_hash(
    (select s.link_secret from private.settings s), 'address ',
    convert_to(address_key.email, 'utf8'));
end
$$;
comment on function private.address_key(text) is
  'What stands for a normalized address in links and in private.unsubscribes.';

-- The subject is there because its interview may be transferred after the email was sent. The
-- secret is an argument because reading it twice for each email takes more than half of the time: 9
-- instead of 4 µs of CPU, 1 of which is saved by replace in place of translate.
create or replace function private.unsubscribe_token(
  secret bytea, recruiter_id uuid, subject uuid, email text
)
  returns text
  language plpgsql stable set search_path = ''
as $$
declare
  v_named bytea := uuid_send(unsubscribe_token.recruiter_id)
    || uuid_send(unsubscribe_token.subject)
    || private.keyed_hash(secret, 'address ', convert_to(unsubscribe_token.email, 'utf8'));
  v_token text := encode(v_named || private.keyed_hash(secret, 'link ', v_named), 'base64');
begin
  return replace(replace(replace(rtrim(v_token, '='), E'\n', ''), '+', '-'), '/', '_');
end
$$;
comment on function private.unsubscribe_token(bytea, uuid, uuid, text) is
  'The signed part of the link in an email about subject to an address, for a recruiter. secret is '
  'settings.link_secret.';

-- A participant's emails go to the address that their account has by now, and end for the one that
-- was invited as well, so that they stay away when the account gets a third one.
create or replace function private.read_unsubscribe_token(token text)
  returns table (address_keys bytea[], recruiter_ids uuid[])
  language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
declare
  v_bytes bytea;
  v_key bytea;
  v_subject uuid;
begin
  if read_unsubscribe_token.token ~ '^[A-Za-z0-9_-]{86}$' then
    v_bytes := decode(translate(read_unsubscribe_token.token, '-_', '+/') || '==', 'base64');
  end if;
  if v_bytes is null
     or substr(v_bytes, 49) <> private.keyed_hash(
          (select s.link_secret from private.settings s), 'link ', substr(v_bytes, 1, 48)) then
    perform private.refuse('link_not_valid');
  end if;
  v_key := substr(v_bytes, 33, 16);
  v_subject := encode(substr(v_bytes, 17, 16), 'hex')::uuid;
  return query
    select array_agg(distinct named.address_key), array_agg(distinct named.recruiter_id)
    from (
      select v_key as address_key, encode(substr(v_bytes, 1, 16), 'hex')::uuid as recruiter_id
      union all
      select v_key, i.recruiter_id from public.interview_invites i
      where i.id = v_subject and private.address_key(i.email) = v_key
      union all
      select v_key, r.recruiter_id from public.interview_reviewers r
      where r.id = v_subject and private.address_key(r.email) = v_key
      union all
      select coalesce(private.address_key(i.email), v_key), p.recruiter_id
      from public.interview_participants p
      join auth.users u on u.id = p.user_id
      left join public.interview_invites i on i.id = p.invite_id
      where p.id = v_subject and private.address_key(private.normalize_email(u.email)) = v_key
    ) as named;
end
$$;
comment on function private.read_unsubscribe_token(text) is
  'Whom a link names: the address, for a participant also the one that was invited; the recruiter '
  'who sent the email and the one who has its interview now. Raises link_not_valid.';

create or replace function private.is_unsubscribed(recruiter_id uuid, email text)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  -- Most recruiters have none, and then no address is hashed.
  return exists (
    select from private.unsubscribes u where u.recruiter_id = is_unsubscribed.recruiter_id)
    and exists (
      select from private.unsubscribes u
      where u.address_key = private.address_key(is_unsubscribed.email)
        and u.recruiter_id = is_unsubscribed.recruiter_id);
end
$$;
comment on function private.is_unsubscribed(uuid, text) is
  'Whether an address wants no more emails from a recruiter.';

-- For the service. Definer, like the next: links and accounts are private.
create or replace function public.email_subscription(token text)
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'subscribed', not exists (
      select from private.unsubscribes u
      where u.address_key = any (t.address_keys) and u.recruiter_id = any (t.recruiter_ids)),
    'recruiter_name', (
      select private.own_signature(r.id)
      from auth.users r where r.id = any (t.recruiter_ids) order by r.id limit 1))
  from private.read_unsubscribe_token(email_subscription.token) as t
$$;
comment on function public.email_subscription(text) is
  'What the page behind a link shows: subscribed, and recruiter_name, null where there is none '
  'that may sign. Raises link_not_valid.';

create or replace function public.set_email_subscription(token text, subscribed boolean)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_named record;
begin
  select * into v_named from private.read_unsubscribe_token(set_email_subscription.token);
  if set_email_subscription.subscribed then
    delete from private.unsubscribes u
      where u.address_key = any (v_named.address_keys)
        and u.recruiter_id = any (v_named.recruiter_ids);
  else
    insert into private.unsubscribes (address_key, recruiter_id)
      select address_key, recruiter_id
      from unnest(v_named.address_keys) as address_key
      cross join unnest(v_named.recruiter_ids) as recruiter_id
      order by address_key, recruiter_id
      on conflict do nothing;
  end if;
  return public.email_subscription(set_email_subscription.token);
end
$$;
comment on function public.set_email_subscription(text, boolean) is
  'Ends a recruiter''s invitations and reminders to the address that a link names, or lets them '
  'come again. Idempotent. Returns what email_subscription returns.';

create or replace function private.stopped_for_caller()
  returns setof private.unsubscribes
  language plpgsql stable set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text := private.confirmed_email(v_user_id);
begin
  return query
    select u.* from private.unsubscribes u
    where u.address_key = private.address_key(v_email)
      -- What stops their emails as a participant.
      or u.address_key = any (array(
        select private.address_key(i.email)
        from public.interview_participants p join public.interview_invites i on i.id = p.invite_id
        where p.user_id = v_user_id));
end
$$;
comment on function private.stopped_for_caller() is
  'What stops emails to the caller: to their confirmed address, and to those whose invites they '
  'have redeemed.';

-- For candidates. Definer, like the next: the list is private.
create or replace function public.my_unsubscribes()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('recruiters', count(distinct u.recruiter_id))
  from private.stopped_for_caller() as u
$$;
comment on function public.my_unsubscribes() is
  'From how many recruiters'' emails the caller has unsubscribed: recruiters.';

create or replace function public.resubscribe()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_stopped private.unsubscribes[] := array(select s from private.stopped_for_caller() as s);
begin
  delete from private.unsubscribes u
    using unnest(v_stopped) as mine
    where u.address_key = mine.address_key and u.recruiter_id = mine.recruiter_id;
  return jsonb_build_object(
    'recruiters', (select count(distinct mine.recruiter_id) from unnest(v_stopped) as mine));
end
$$;
comment on function public.resubscribe() is
  'Lets the emails of all recruiters whose emails the caller has unsubscribed come again. Returns '
  'recruiters, how many had been stopped.';

-- For recruiters and the service: read as a column, `select=*,unsubscribed`. Definer: the list is
-- private.
create or replace function public.unsubscribed(invite public.interview_invites)
  returns boolean
  language plpgsql stable security definer set search_path = ''
as $$
begin
  -- A caller could make up the row.
  return (not private.is_client() or (invite).recruiter_id = private.caller_id())
    and private.is_unsubscribed((invite).recruiter_id, (invite).email);
end
$$;
comment on function public.unsubscribed(public.interview_invites) is
  'Whether the candidate wants no more emails from this recruiter: the code works, but nothing is '
  'mailed unless they ask for it.';

-- ======== supabase/schemas/45_inviting.sql ========

-- Inviting: the functions that recruiters, the service and DBAs call to invite people.

-- Definer, like its callers.
create or replace function private.require_interview(interview_id uuid)
  returns public.interviews
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_interview public.interviews;
begin
  perform private.require_recruiter();
  select n.* into v_interview
  from public.interviews n
  where n.id = require_interview.interview_id
    and (n.recruiter_id = (select auth.uid()) or not private.is_client());
  if not found then
    perform private.refuse('interview_not_found');
  end if;
  return v_interview;
end
$$;
comment on function private.require_interview(uuid) is
  'The interview, if it is the caller''s (or the caller is service_role or a DBA); else raises '
  'interview_not_found.';

-- Locks the recruiter first, then the interview, which may have been transferred or deleted during
-- the wait. Definer, like its callers.
create or replace function private.lock_interview(interview_id uuid)
  returns public.interviews
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(lock_interview.interview_id);
  v_recruiter_id uuid := v_interview.recruiter_id;
begin
  perform private.lock_inviting(v_recruiter_id);
  select n.* into v_interview
    from public.interviews n where n.id = lock_interview.interview_id
    for key share;
  if not found then
    perform private.refuse('interview_not_found');
  elsif v_interview.recruiter_id <> v_recruiter_id then
    perform private.refuse('interview_moved');
  end if;
  return v_interview;
end
$$;
comment on function private.lock_interview(uuid) is
  'The interview of require_interview, locked for inviting: until the transaction ends nobody can '
  'transfer or delete it, or invite to it. Raises interview_moved if it was just transferred.';

create or replace function private.check_emails(emails text[])
  returns void
  language plpgsql immutable set search_path = ''
as $$
begin
  if coalesce(cardinality(check_emails.emails), 0) = 0 then
    perform private.refuse('no_emails');
  elsif cardinality(check_emails.emails) > 10000 then
    perform private.refuse('too_many_emails', cardinality(check_emails.emails)::text);
  end if;
end
$$;
comment on function private.check_emails(text[]) is
  'Raises no_emails or too_many_emails unless there are 1 to 10,000.';

create or replace function private.check_invitable(interview public.interviews)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if not private.is_open((interview).status, (interview).deadline) then
    perform private.refuse('interview_closed');
  elsif private.has_link((interview).title) then
    perform private.refuse('text_not_allowed:inviting');
  end if;
end
$$;
comment on function private.check_invitable(public.interviews) is
  'Raises interview_closed unless the interview accepts candidates, and text_not_allowed if its '
  'title has a link in it.';

-- The result of inviting one address. (A type, so that create_invites can hold an array of them.)
do $$
begin
  if to_regtype('private.invite_outcome') is null then
    create type private.invite_outcome as (
      "position" bigint, sent text, email text, outcome text, invite_id uuid, invite_code text,
      candidate_name text);
  end if;
end
$$;

-- Definer, like its callers. Looks up each address by itself (see invites_of), so that the cost
-- does not depend on the size of the interview.
create or replace function private.classify_invites(
  interview_id uuid, emails text[], names text[] default null
)
  returns setof private.invite_outcome
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_reviewers text[] := array(
    select r.email from public.interview_reviewers r
    where r.interview_id = classify_invites.interview_id);
begin
  return query
  with request as materialized (
    select r.position, r.email as sent, private.normalize_email(r.email) as email,
           private.candidate_name(r.name) as name
    from unnest(classify_invites.emails, classify_invites.names)
      with ordinality as r (email, name, position)
    where r.position <= cardinality(classify_invites.emails)
  )
  select r.position, r.sent, r.email,
    case
      when not private.is_email(r.email) then 'invalid_email'
      when row_number() over (partition by r.email collate "C" order by r.position) > 1
        then 'duplicate_in_request'
      when known.has_joined then 'already_joined'
      when r.email = any (v_reviewers) then 'is_reviewer'
      when known.id is null then 'created'
      when known.queued_at > now() - interval '10 minutes' then 'unchanged'
      else 'renewed'
    end,
    known.id, known.invite_code, coalesce(r.name, known.candidate_name)
  from request r
  cross join lateral (
    select max(i.id::text) filter (where i.is_pending)::uuid as id,
           max(i.invite_code) filter (where i.is_pending) as invite_code,
           max(i.queued_at) filter (where i.is_pending) as queued_at,
           coalesce(bool_or(i.has_joined), false) as has_joined,
           (array_agg(i.candidate_name order by i.created_at desc)
            filter (where i.candidate_name is not null))[1] as candidate_name
    from (
      select i.id, i.invite_code, i.queued_at, i.candidate_name, i.created_at,
             i.status = 'pending' and i.expires_at > now() as is_pending,
             exists (
               select from public.interview_participants p
               where p.invite_id = i.id and p.status <> 'withdrawn') as has_joined
      from private.invites_of(r.email) i
      where i.interview_id = classify_invites.interview_id
      offset 0
    ) i
  ) as known;
end
$$;
comment on function private.classify_invites(uuid, text[], text[]) is
  'One row per address in the order given: the outcome that create_invites would return, the '
  'pending invite, and the name given or, without one, that of an earlier invite.';

-- insert_invites and renew_invites inherit enable_seqscan off from private.invite, and need it.
create or replace function private.insert_invites(
  interview public.interviews, recruiter_name text, outcomes private.invite_outcome[]
)
  returns private.invite_outcome[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_emails text[] := array(
    select o.email from unnest(insert_invites.outcomes) o where o.outcome = 'created');
  v_outcomes private.invite_outcome[];
begin
  if cardinality(v_emails) = 0 then
    return insert_invites.outcomes;
  end if;
  perform private.make_room((interview).id, v_emails);
  perform set_config('interviews.skip_row_triggers', 'yes', true);
  with inserted as (
    insert into public.interview_invites as i
      (interview_id, recruiter_id, recruiter_name, email, invite_code, is_limited, candidate_name)
    select (interview).id, (interview).recruiter_id, insert_invites.recruiter_name,
           drawn.email, drawn.code, private.is_client(), o.candidate_name
    from private.draw_codes((interview).recruiter_id, v_emails) as drawn
    join unnest(insert_invites.outcomes) as o on o.email = drawn.email and o.outcome = 'created'
    returning i.id, i.email, i.invite_code
  )
  select array_agg(row(o.position, o.sent, o.email, o.outcome,
                       coalesce(o.invite_id, i.id), coalesce(o.invite_code, i.invite_code),
                       o.candidate_name)::private.invite_outcome)
    into v_outcomes
    from unnest(insert_invites.outcomes) as o
    left join inserted i on i.email = o.email and o.outcome = 'created';
  perform set_config('interviews.skip_row_triggers', '', true);
  return v_outcomes;
end
$$;
comment on function private.insert_invites(public.interviews, text, private.invite_outcome[]) is
  'Inserts the invites whose outcome is created, as a set: row triggers would cost twice as much '
  'as the insert itself. Returns all outcomes, with the new ids and codes.';

create or replace function private.renew_invites(
  recruiter_name text, outcomes private.invite_outcome[]
)
  returns private.invite_outcome[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_renewed uuid[];
begin
  with to_renew as (
    select i.id, o.candidate_name
    from unnest(renew_invites.outcomes) as o
    join public.interview_invites i on i.id = o.invite_id
    where o.outcome = 'renewed'
      and i.status = 'pending'
    order by i.id
    for no key update of i
  ), renewed as (
    update public.interview_invites i
    set queued_at = now(), expires_at = greatest(i.expires_at, now() + interval '30 days'),
        recruiter_name = coalesce(renew_invites.recruiter_name, i.recruiter_name),
        candidate_name = coalesce(t.candidate_name, i.candidate_name)
    from to_renew t where i.id = t.id
    returning i.id
  )
  select coalesce(array_agg(r.id), '{}') into v_renewed from renewed r;
  perform private.count_invites(cardinality(v_renewed));
  -- Those not renewed were redeemed while this call waited for their locks.
  return array(
    select case
      when o.outcome = 'renewed' and o.invite_id not in (select unnest(v_renewed))
        then row(o.position, o.sent, o.email, 'already_joined', null, null, null
                 )::private.invite_outcome
      else o
    end
    from unnest(renew_invites.outcomes) as o);
end
$$;
comment on function private.renew_invites(text, private.invite_outcome[]) is
  'Queues the emails of the invites whose outcome is renewed again, and extends them to at least '
  '30 days from now. Returns all outcomes.';

-- Looks once whether the recruiter has any unsubscribed people, before it looks for each address:
-- 68 instead of 143 ms of CPU for 10,000, if nobody has unsubscribed.
create or replace function private.outcomes_as_json(
  recruiter_id uuid, outcomes private.invite_outcome[]
)
  returns jsonb
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return (
    select jsonb_agg(jsonb_build_object(
      'email', case o.outcome when 'invalid_email' then o.sent else o.email end,
      'outcome', case
        when o.is_invited
          and (select exists (
            select from private.unsubscribes u
            where u.recruiter_id = outcomes_as_json.recruiter_id))
          and private.is_unsubscribed(outcomes_as_json.recruiter_id, o.email)
          then 'unsubscribed'
        else o.outcome
      end,
      'invite_id', case when o.is_invited then o.invite_id end,
      'invite_code', case when o.is_invited then o.invite_code end) order by o.position)
    from (
      select listed.*, listed.outcome in ('created', 'renewed', 'unchanged') as is_invited
      from unnest(outcomes_as_json.outcomes) as listed
    ) as o);
end
$$;
comment on function private.outcomes_as_json(uuid, private.invite_outcome[]) is
  'The result of create_invites and preview_invites. Who has unsubscribed is invited all the same, '
  'but not mailed.';

-- Without enable_seqscan off, a plan cached while the tables were empty runs a sequential scan for
-- each of 10,000 addresses.
create or replace function private.invite(
  interview public.interviews, emails text[], signature text, names text[]
)
  returns jsonb
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_interview public.interviews := invite.interview;
  v_left integer := private.invites_left();
  v_outcomes private.invite_outcome[];
begin
  perform private.check_emails(invite.emails);
  perform private.check_invitable(v_interview);
  -- A list that may exceed the limit is checked before the lock, to refuse it early.
  if cardinality(invite.emails) > v_left then
    perform private.check_invites_left((
      select count(*)::integer from private.classify_invites(v_interview.id, emails) c
      where c.outcome in ('created', 'renewed')), v_left);
  end if;

  v_interview := private.lock_interview(v_interview.id);
  perform private.check_invitable(v_interview);
  v_outcomes := array(select c from private.classify_invites(v_interview.id, emails, names) as c);
  v_outcomes := private.insert_invites(
    v_interview, coalesce(signature, private.recruiter_name(v_interview.id)), v_outcomes);
  v_outcomes := private.renew_invites(signature, v_outcomes);
  return private.outcomes_as_json(v_interview.recruiter_id, v_outcomes);
end
$$;
comment on function private.invite(public.interviews, text[], text, text[]) is
  'create_invites, but for the checks of the caller and of the name that signs.';

-- For recruiters, service_role and DBAs. Definer, because renewing updates invites, which clients
-- may not do.
create or replace function public.create_invites(
  interview_id uuid, emails text[], recruiter_name text default null, names text[] default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(create_invites.interview_id);
begin
  return private.invite(
    v_interview, create_invites.emails, private.signature(create_invites.recruiter_name),
    create_invites.names);
end
$$;
comment on function public.create_invites(uuid, text[], text, text[]) is
  'Invites up to 10,000 addresses; one object per address in the order given: email, outcome, '
  'invite_id, invite_code. Outcomes: created, renewed, unchanged, unsubscribed, already_joined, '
  'is_reviewer, duplicate_in_request, invalid_email. Who is unsubscribed is invited, but not '
  'mailed. names are those of the addresses, by position; null keeps the name of an earlier '
  'invite, and a name with a link is left out.';

-- For recruiters, service_role and DBAs. Definer, because clients may not call classify_invites.
create or replace function public.preview_invites(interview_id uuid, emails text[])
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(preview_invites.interview_id);
begin
  perform private.check_emails(preview_invites.emails);
  perform private.check_invitable(v_interview);
  return private.outcomes_as_json(
    v_interview.recruiter_id,
    array(select c from private.classify_invites(v_interview.id, preview_invites.emails) as c));
end
$$;
comment on function public.preview_invites(uuid, text[]) is
  'What create_invites would return for these addresses, without inviting anybody; codes of new '
  'invites are null, as they are not drawn yet.';

-- ======== supabase/schemas/46_creating.sql ========

-- Creating an interview in one call, with its questions and invites.

create or replace function private.read_question_settings(settings jsonb, questions text[])
  returns table (
    "position" bigint, question text, max_seconds integer, max_takes integer,
    preparation_seconds integer, required boolean
  )
  language plpgsql stable set search_path = ''
as $$
declare
  v_settings jsonb := coalesce(nullif(read_question_settings.settings, 'null'), '[]');
  v_wrong bigint;
begin
  if jsonb_typeof(v_settings) <> 'array' then
    perform private.refuse('invalid_question_settings', '1');
  end if;
  select min(given.number) into v_wrong
  from jsonb_array_elements(v_settings) with ordinality as given (item, number)
  where given.number > cardinality(questions)
    or case jsonb_typeof(given.item) when 'null' then false when 'object' then exists (
      select from jsonb_each(given.item) as setting
      where case
        when setting.key = 'required' then jsonb_typeof(setting.value) <> 'boolean'
        when setting.value::text !~ '^\d{1,4}$' then true
        when setting.key = 'max_seconds' then setting.value::integer not between 10 and 600
        when setting.key = 'max_takes' then setting.value::integer not between 1 and 10
        when setting.key = 'preparation_seconds' then setting.value::integer > 600
        else true
      end) else true end;
  if v_wrong is not null then
    perform private.refuse('invalid_question_settings', v_wrong::text);
  end if;
  return query
    select asked.number, asked.question,
           coalesce((own.item ->> 'max_seconds')::integer, 180),
           coalesce((own.item ->> 'max_takes')::integer, 3),
           coalesce((own.item ->> 'preparation_seconds')::integer, 0),
           coalesce((own.item ->> 'required')::boolean, false)
    from unnest(read_question_settings.questions) with ordinality as asked (question, number)
    cross join lateral (
      select nullif(v_settings -> (asked.number - 1)::integer, 'null') as item
    ) as own;
end
$$;
comment on function private.read_question_settings(jsonb, text[]) is
  'The questions with their settings, one object per question by position; raises '
  'invalid_question_settings.';

create or replace function private.check_new_interview(
  title text, description text, questions text[], deadline timestamptz, response_kinds text[],
  privacy_notice text, analysis text, language text
)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(length(check_new_interview.title), 0) not between 1 and 255 then
    perform private.refuse('invalid_title');
  elsif private.has_link(check_new_interview.title) then
    perform private.refuse('text_not_allowed');
  end if;
  -- First of all: what follows costs as much as there is.
  perform private.check_questions(count(*), sum(octet_length(q)))
    from unnest(check_new_interview.questions) as q;
  if exists (
    select from unnest(check_new_interview.questions) as q
    where coalesce(private.trim_blanks(q), '') = ''
  ) then
    perform private.refuse('empty_question');
  elsif length(check_new_interview.description) > 100000 then
    perform private.refuse('description_too_long', length(description)::text);
  elsif exists (select from unnest(check_new_interview.questions) as q where length(q) > 100000)
  then
    perform private.refuse('question_too_long');
  elsif check_new_interview.deadline not between
      timestamptz '2000-01-01 00:00+00' and timestamptz '9999-01-01 00:00+00' then
    perform private.refuse('invalid_deadline');
  elsif not (coalesce(check_new_interview.response_kinds, '{video}') <@ '{video,audio,text}')
      or cardinality(check_new_interview.response_kinds) not between 1 and 3 then
    perform private.refuse('invalid_response_kinds');
  elsif length(check_new_interview.privacy_notice) > 5000 then
    perform private.refuse('privacy_notice_too_long', length(privacy_notice)::text);
  elsif check_new_interview.analysis not in ('off', 'transcripts') then
    perform private.refuse('invalid_analysis');
  elsif check_new_interview.language !~ '^[a-z]{2,3}$' then
    perform private.refuse('invalid_language');
  end if;
end
$$;
comment on function private.check_new_interview(
  text, text, text[], timestamptz, text[], text, text, text) is
  'Raises the error of create_interview for what its tables would refuse.';

-- For recruiters. Invoker, so that the policies of interviews and questions apply.
create or replace function public.create_interview(
  title text,
  description text default null,
  company_number text default null,
  questions text[] default '{}',
  emails text[] default '{}',
  deadline timestamptz default null,
  recruiter_name text default null,
  question_settings jsonb default null,
  response_kinds text[] default null,
  privacy_notice text default null,
  names text[] default null,
  analysis text default 'transcripts',
  language text default 'en',
  criteria jsonb default null
)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_title text := private.trim_blanks(create_interview.title);
  v_privacy_notice text := nullif(private.trim_blanks(create_interview.privacy_notice), '');
  v_analysis text := coalesce(create_interview.analysis, 'transcripts');
  v_language text := coalesce(create_interview.language, 'en');
  v_interview_id uuid;
  v_questions jsonb;
begin
  perform private.require_recruiter();
  perform private.check_new_interview(
    v_title, description, questions, deadline, response_kinds, v_privacy_notice, v_analysis,
    v_language);
  insert into public.interviews as n
      (title, description, company_number, deadline, recruiter_id, response_kinds, privacy_notice,
       analysis, language)
    values (v_title, create_interview.description, create_interview.company_number,
            create_interview.deadline, (select auth.uid()),
            coalesce(create_interview.response_kinds, '{video,audio}'), v_privacy_notice,
            v_analysis, v_language)
    returning n.id into v_interview_id;
  with inserted as (
    insert into public.interview_questions as q
        (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds, required)
    select v_interview_id, asked.question, asked.position, asked.max_seconds, asked.max_takes,
           asked.preparation_seconds, asked.required
    from private.read_question_settings(
      create_interview.question_settings, create_interview.questions) as asked
    returning q.id, q.question, q.order_index
  )
  select coalesce(jsonb_agg(to_jsonb(inserted) order by inserted.order_index), '[]')
    into v_questions from inserted;
  perform private.insert_criteria(v_interview_id, create_interview.criteria);
  return jsonb_build_object(
    'interview_id', v_interview_id,
    'questions', v_questions,
    'invites', case
      when coalesce(cardinality(create_interview.emails), 0) = 0 then '[]'::jsonb
      else public.create_invites(
        v_interview_id, create_interview.emails, create_interview.recruiter_name,
        create_interview.names)
    end);
end
$$;
comment on function public.create_interview(
  text, text, text, text[], text[], timestamptz, text, jsonb, text[], text, text[], text, text,
  jsonb) is
  'Creates an interview with questions, criteria and invites in one transaction; returns '
  'interview_id, questions, invites. question_settings has an object per question, in their order, '
  'with any of max_seconds, max_takes, preparation_seconds, required. criteria is a list of '
  'objects with name, description, levels (four), terms.';

-- ======== supabase/schemas/47_correcting.sql ========

-- Correcting: the functions that recruiters, the service and DBAs call to resend, revoke or correct
-- an invite. All are definer, because clients may not update invites.

-- Locks the recruiter and the interview before the invite (see hold_interview).
create or replace function private.lock_invite(invite_id uuid)
  returns public.interview_invites
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites;
begin
  perform private.require_recruiter();
  select i.* into v_invite
  from public.interview_invites i
  where i.id = lock_invite.invite_id
    and (i.recruiter_id = (select auth.uid()) or not private.is_client());
  if not found then
    perform private.refuse('invite_not_found:recruiter');
  end if;
  perform private.lock_interview(v_invite.interview_id);
  select i.* into v_invite
    from public.interview_invites i where i.id = lock_invite.invite_id
    for no key update;
  if not found then
    perform private.refuse('invite_not_found:recruiter');
  end if;
  return v_invite;
end
$$;
comment on function private.lock_invite(uuid) is
  'The invite, locked, if its interview is the caller''s (or the caller is service_role or a DBA); '
  'else raises invite_not_found.';

create or replace function public.resend_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(resend_invite.invite_id);
  -- The name was checked when it was given.
  v_outcome jsonb := private.invite(
    private.require_interview(v_invite.interview_id), array[v_invite.email::text],
    v_invite.recruiter_name, null) -> 0;
begin
  perform private.hurry_mails(array[(v_outcome ->> 'invite_id')::uuid], false);
  return v_outcome;
end
$$;
comment on function public.resend_invite(uuid) is
  'Sends a pending invite''s email again with the same code, or renews an expired invite; returns '
  'one outcome of create_invites.';

create or replace function public.revoke_invite(invite_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(revoke_invite.invite_id);
begin
  if v_invite.status in ('accepted', 'completed') then
    perform private.refuse('invite_not_pending:revoking');
  end if;
  update public.interview_invites i
    set status = 'expired', expires_at = least(i.expires_at, now()), revoked_at = now(),
        renewal_requested_at = null
    where i.id = v_invite.id and i.revoked_at is null;
  return jsonb_build_object('invite_id', v_invite.id, 'status', 'expired');
end
$$;
comment on function public.revoke_invite(uuid) is
  'Expires a pending invite now: its code stops working, and a queued email is not sent. Also ends '
  'requests to renew an expired one. Returns invite_id and status.';

create or replace function public.correct_invite(
  invite_id uuid, email text, seen_email text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite public.interview_invites := private.lock_invite(correct_invite.invite_id);
  v_email text := private.normalize_email(correct_invite.email);
  v_outcome text := 'unchanged';
begin
  if v_invite.status <> 'pending' or v_invite.expires_at <= now() then
    perform private.refuse('invite_not_pending',
      case v_invite.status when 'pending' then 'expired' else v_invite.status end);
  elsif not private.is_email(v_email) then
    perform private.refuse('invalid_email');
  elsif v_invite.email <> private.normalize_email(correct_invite.seen_email) then
    perform private.refuse('row_conflict');
  end if;
  perform private.check_invitable(private.require_interview(v_invite.interview_id));
  if v_email <> v_invite.email then
    perform private.make_room(v_invite.interview_id, array[v_email]);
    if exists (
      select from private.invites_of(v_email) i
      where i.interview_id = v_invite.interview_id and i.status = 'pending'
    ) then
      perform private.refuse('already_invited:correcting');
    end if;
    update public.interview_invites i
      set email = v_email, expires_at = greatest(i.expires_at, now() + interval '30 days')
      where i.id = v_invite.id;
    -- Somebody may have joined by an earlier one to the old address.
    update public.interview_invites i set is_current = true
      where i.id = private.earlier_invite(v_invite.interview_id, v_invite.email);
    select i.* into v_invite from public.interview_invites i where i.id = correct_invite.invite_id;
    perform private.count_invites(1);
    v_outcome := 'corrected';
  end if;
  if private.is_unsubscribed(v_invite.recruiter_id, v_email) then
    v_outcome := 'unsubscribed';
  end if;
  return jsonb_build_object('email', v_email, 'outcome', v_outcome,
                            'invite_id', v_invite.id, 'invite_code', v_invite.invite_code);
end
$$;
comment on function public.correct_invite(uuid, text, text) is
  'Gives a pending invite another address and a new code, and queues one email to it; the old code '
  'stops working. With seen_email only while that is its address; else raises row_conflict.';

-- ======== supabase/schemas/48_guesses.sql ========

-- Guesses: after five wrong codes in 15 minutes, an account must wait.

create table if not exists private.code_requests (
  user_id uuid primary key references auth.users (id) on delete cascade,
  wrong_guesses timestamptz[] not null default '{}',
  resent_at timestamptz
);
comment on table private.code_requests is
  'Rate limits of a candidate''s account: its recent wrong codes, and when it last had its codes '
  'sent again.';

-- So that guesses sent in parallel are counted one by one.
create or replace function private.lock_candidate(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(lock_candidate.user_id::text, 715517));
end
$$;
comment on function private.lock_candidate(uuid) is
  'Serializes accept_invite and resend_my_codes of one account.';

create or replace function private.seconds_to_wait(user_id uuid)
  returns integer
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select ceil(extract(epoch from min(guess) + interval '15 minutes' - now()))
    from private.code_requests r
    cross join unnest(r.wrong_guesses) as guess
    where r.user_id = seconds_to_wait.user_id and guess > now() - interval '15 minutes'
    having count(*) >= 5);
end
$$;
comment on function private.seconds_to_wait(uuid) is
  'Seconds until an account with too many wrong codes may try again; null if it may now.';

create or replace function private.count_wrong_guess(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.code_requests as r (user_id, wrong_guesses)
    values (count_wrong_guess.user_id, array[now()])
    on conflict on constraint code_requests_pkey do update
      set wrong_guesses = array(
        select guess from unnest(r.wrong_guesses) as guess
        where guess > now() - interval '15 minutes' order by guess) || now();
end
$$;
comment on function private.count_wrong_guess(uuid) is
  'Counts a wrong code of an account, and forgets those older than 15 minutes.';

-- ======== supabase/schemas/50_accepting.sql ========

-- Accepting: the only way for a candidate to join an interview.

create table if not exists public.interview_participants (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  invite_id uuid,
  status varchar(20) not null default 'active',
  joined_at timestamptz not null default now(),
  completed_at timestamptz,
  reminded_at timestamptz,
  answered integer not null default 0,
  consents_to_recording boolean not null default false,
  consents_to_analysis boolean not null default false,
  consent_version integer,
  consented_at timestamptz,
  responses_deleted_at timestamptz,
  responses_expired_at timestamptz,
  candidate_name text,
  constraint interview_participants_status_check
    check (status in ('active', 'completed', 'withdrawn')),
  constraint interview_participants_candidate_name_check
    check (length(candidate_name) between 1 and 100),
  constraint interview_participants_interview_user_key unique (interview_id, user_id),
  constraint interview_participants_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade,
  constraint interview_participants_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade,
  constraint interview_participants_invite_id_fkey
    foreign key (invite_id) references public.interview_invites (id) on delete set null
);
create index if not exists interview_participants_user_id_idx
  on public.interview_participants (user_id);
create index if not exists interview_participants_recruiter_interview_idx
  on public.interview_participants (recruiter_id, interview_id, joined_at desc, id desc);
create index if not exists interview_participants_invite_id_idx
  on public.interview_participants (invite_id);

comment on table public.interview_participants is
  'Who has joined which interview; only accept_invite inserts rows.';
comment on column public.interview_participants.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_participants.invite_id is 'The invite that was redeemed last.';
comment on column public.interview_participants.reminded_at is
  'When the last reminder was due, or was left out (see private.plan_reminders).';
comment on column public.interview_participants.answered is
  'How many questions have a response; kept by follow_responses.';
comment on column public.interview_participants.consents_to_recording is
  'The consent in force; set by set_consent. private.consents has the earlier ones.';
comment on column public.interview_participants.consent_version is
  'The version of consent_notices that was shown.';
comment on column public.interview_participants.responses_deleted_at is
  'When the candidate deleted their responses last.';
comment on column public.interview_participants.responses_expired_at is
  'When responses were deleted because they had been kept for the time in the settings.';
comment on column public.interview_participants.candidate_name is
  'What the recruiter calls the candidate, copied from the invite for reviewers, who may not read '
  'it.';
comment on column public.interview_participants.status is
  'active -> completed, active -> withdrawn; withdrawn -> active only by redeeming another invite.';

-- For policies. Definer, so that the policies of this table are not evaluated for every row.
create or replace function private.joined_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p where p.user_id = (select auth.uid())
$$;
comment on function private.joined_interview_ids() is
  'The interviews that the caller has ever joined.';

create or replace function private.attended_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select p.interview_id from public.interview_participants p
  where p.user_id = (select auth.uid()) and p.status <> 'withdrawn'
$$;
comment on function private.attended_interview_ids() is
  'The interviews that the caller has joined and not withdrawn from; they may read the questions.';

create or replace function private.join_interview(invite_id uuid, user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
  v_name text;
  v_status text;
begin
  update public.interview_invites i set status = 'accepted'
    where i.id = join_interview.invite_id
    returning i.interview_id, i.candidate_name into v_interview_id, v_name;
  -- The participant's trigger checks that the interview is open.
  if not exists (
    select from public.interview_participants p
    where p.interview_id = v_interview_id and p.user_id = join_interview.user_id) then
    insert into public.interview_participants (interview_id, user_id, invite_id, candidate_name)
      values (v_interview_id, join_interview.user_id, join_interview.invite_id, v_name);
    return;
  end if;
  update public.interview_participants p
    set invite_id = join_interview.invite_id,
        candidate_name = coalesce(v_name, p.candidate_name),
        status = case p.status when 'withdrawn' then 'active' else p.status end
    where p.interview_id = v_interview_id and p.user_id = join_interview.user_id
    returning p.status into v_status;
  if v_status = 'completed' then
    update public.interview_invites i set status = 'completed'
      where i.id = join_interview.invite_id;
  end if;
end
$$;
comment on function private.join_interview(uuid, uuid) is
  'Redeems a pending invite, locked by the caller, for an account, which joins the interview or '
  'returns to it.';

create or replace function private.is_redeemed(interview_id uuid, email text)
  returns boolean
  language sql stable set search_path = ''
as $$
  select exists (
    select from private.invites_of(is_redeemed.email) i
    join public.interview_participants p on p.invite_id = i.id
    where i.interview_id = is_redeemed.interview_id)
$$;
comment on function private.is_redeemed(uuid, text) is
  'Whether an account that still exists has joined an interview by an invite to this address.';

create or replace function private.lock_who_returns(user_id uuid, email text, code text)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
begin
  select n.id into v_interview_id
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where i.email = lock_who_returns.email and i.invite_code = lock_who_returns.code
    for key share of n;
  perform from public.interview_participants p
    where p.interview_id = v_interview_id and p.user_id = lock_who_returns.user_id
    for no key update;
end
$$;
comment on function private.lock_who_returns(uuid, text, text) is
  'Locks the interview of an invite, and the participation in it that an account may have, before '
  'the invite itself (see hold_interview).';

-- For candidates. Definer, because they may not read invites or the counter, nor insert
-- participants. Returns one JSON value, because after a set PostgREST may roll back (Accept for a
-- single object), and lose the count. For the same reason a wrong guess returns its error.
-- Without enable_seqscan off, a plan cached while few had joined reads all participants each time.
create or replace function public.accept_invite(code text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text;
  v_code text := private.read_code(accept_invite.code);
  v_seconds_to_wait integer;
  v_invite record;
begin
  -- First, as the account may be erased meanwhile.
  perform private.lock_candidate(v_user_id);
  v_email := private.confirmed_email(v_user_id);
  if v_code is null then
    perform private.refuse('invalid_code');
  end if;
  v_seconds_to_wait := private.seconds_to_wait(v_user_id);
  if v_seconds_to_wait is not null then
    return private.refusal('too_many_attempts', v_seconds_to_wait);
  end if;

  perform private.lock_who_returns(v_user_id, v_email, v_code);
  select i.id, i.interview_id, i.status, i.expires_at, i.revoked_at, n.title,
         p.id as participant_id
    into v_invite
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    left join public.interview_participants p
      on p.interview_id = i.interview_id and p.user_id = v_user_id
    where i.email = v_email and i.invite_code = v_code
    for no key update of i;
  if not found then
    perform private.count_wrong_guess(v_user_id);
    return private.refusal('invite_not_found', null);
  end if;

  if v_invite.status = 'pending' and v_invite.expires_at > now() then
    perform private.join_interview(v_invite.id, v_user_id);
  elsif v_invite.status in ('pending', 'expired') and v_invite.revoked_at is null then
    perform private.refuse('invite_expired');
  elsif v_invite.status in ('pending', 'expired') then
    perform private.refuse('invite_expired:revoked');
  elsif v_invite.participant_id is null
        and private.is_redeemed(v_invite.interview_id, v_email) then
    perform private.refuse('invite_used');
  elsif v_invite.participant_id is null then
    perform private.refuse('invite_expired:account_gone');
  end if;
  return (
    select jsonb_build_object(
      'interview_id', p.interview_id, 'participant_id', p.id, 'invite_id', v_invite.id,
      'title', v_invite.title, 'status', p.status)
    from public.interview_participants p
    where p.interview_id = v_invite.interview_id and p.user_id = v_user_id);
end
$$;
comment on function public.accept_invite(text) is
  'Redeems the code of an invite to the caller''s confirmed address; returns interview_id, '
  'participant_id, invite_id, title and the participant''s status. Idempotent. After five wrong '
  'codes in 15 minutes the caller must wait.';

-- Invites of one address belong to several recruiters, any of whom may hold theirs for long. So
-- nobody's lock is waited for; those that stay locked are left out.
create or replace function private.lock_invites_of(email text)
  returns uuid[]
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
begin
  for v_try in 1..10 loop
    v_invite_ids := array(
      select i.id from public.interview_invites i
      where i.email = lock_invites_of.email order by i.id
      for no key update skip locked);
    exit when cardinality(v_invite_ids) = (
      select count(*) from public.interview_invites i where i.email = lock_invites_of.email);
    perform pg_sleep(0.02);  -- most locks end soon
  end loop;
  return v_invite_ids;
end
$$;
comment on function private.lock_invites_of(text) is
  'Locks all invites of an address that nobody else holds, and returns their ids.';

-- For candidates. Definer, because they may not read or update invites.
create or replace function public.resend_my_codes()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text := private.confirmed_email(v_user_id);
  v_resent_at timestamptz;
  v_invite_ids uuid[];
  v_queued uuid[];
  v_requested integer;
  v_untold uuid[];
begin
  perform private.lock_candidate(v_user_id);
  select r.resent_at into v_resent_at from private.code_requests r where r.user_id = v_user_id;
  if v_resent_at > now() - interval '15 minutes' then
    return private.refusal('codes_sent_recently',
      ceil(extract(epoch from v_resent_at + interval '15 minutes' - now()))::integer);
  end if;

  v_invite_ids := private.lock_invites_of(v_email);
  with queued as (
    update public.interview_invites i
    set queued_at = now()
    from public.interviews n
    where i.id = any (v_invite_ids) and i.status = 'pending' and i.expires_at > now()
      and n.id = i.interview_id and private.is_open(n.status, n.deadline)
    returning i.id
  )
  select array_agg(q.id) into v_queued from queued q;
  perform private.hurry_mails(v_queued, true);

  with requested as (
    update public.interview_invites i
    set renewal_requested_at = case when i.renewal_requested_at > now() - interval '1 day'
                                    then i.renewal_requested_at else now() end,
        is_current = true  -- who redeemed it may have another address now (see mark_invite)
    where i.id in (
      select distinct on (latest.interview_id) latest.id
      from public.interview_invites latest
      where latest.email = v_email
      order by latest.interview_id, latest.created_at desc, latest.id
    ) and i.id = any (v_invite_ids) and i.revoked_at is null
      and (i.status = 'expired' or (i.status = 'pending' and i.expires_at <= now())
           or (i.status <> 'pending' and not private.is_redeemed(i.interview_id, v_email)))
      and not exists (
        select from public.interview_participants p
        where p.interview_id = i.interview_id and p.user_id = v_user_id
          and p.status <> 'withdrawn')
    returning i.id, i.renewal_requested_at as asked_at
  )
  select count(*), array_agg(r.id) filter (where r.asked_at = now())
    into v_requested, v_untold from requested r;
  perform private.tell_recruiters('renewal_requested', v_untold);
  if v_queued is not null or v_requested > 0 then
    insert into private.code_requests (user_id, resent_at) values (v_user_id, now())
      on conflict (user_id) do update set resent_at = excluded.resent_at;
  end if;
  return jsonb_build_object(
    'queued', coalesce(cardinality(v_queued), 0), 'renewals_requested', v_requested);
end
$$;
comment on function public.resend_my_codes() is
  'Queues the emails of the caller''s pending invites again, and asks recruiters to renew those '
  'that have expired or were used by an account that is gone, but not revoked ones; once in 15 '
  'minutes. Returns the counts queued and renewals_requested.';

-- ======== supabase/schemas/60_participating.sql ========

-- Participating: completing and withdrawing; triggers keep the rules, for direct updates too.

-- Definer, because the participant may not be able to read the interview.
create or replace function private.change_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'active' then
      perform private.refuse('status_not_allowed');
    end if;
    new.joined_at := now();
    new.completed_at := null;
    new.reminded_at := null;
    new.answered := 0;
  else
    new.joined_at := old.joined_at;
    new.completed_at := old.completed_at;
    if new.status = old.status then
      return new;
    end if;
    if (old.status, new.status) not in
       (('active', 'completed'), ('active', 'withdrawn'), ('withdrawn', 'active')) then
      perform private.refuse('status_move_not_allowed', old.status);
    end if;
    if new.status = 'active'
       and (new.invite_id is null or new.invite_id is not distinct from old.invite_id) then
      perform private.refuse('status_move_not_allowed:rejoining');
    end if;
  end if;
  -- When joining, accept_invite or copy_recruiter_id has locked it already.
  select n.* into v_interview from public.interviews n where n.id = new.interview_id;
  if new.status = 'active' and not private.is_open(v_interview.status, v_interview.deadline) then
    perform private.refuse('interview_closed:joining');
  elsif new.status = 'active' and private.is_reviewer(
    new.interview_id,
    (select i.email from public.interview_invites i where i.id = new.invite_id), new.user_id
  ) then
    perform private.refuse('is_reviewer');
  elsif new.status = 'completed' then
    perform private.check_completing(new, v_interview);
    new.completed_at := now();
  elsif new.status = 'withdrawn' then
    new.answered := 0;  -- close_responses deletes them
    new.consents_to_recording := false;
    new.consents_to_analysis := false;
  end if;
  return new;
end
$$;
comment on function private.change_participant() is
  'Before a participant is written: checks the change of status and the time allowed to finish, '
  'and sets the timestamps.';

-- (Volatile, to see the responses as they are now: the update may have waited for an upload.)
create or replace function private.check_completing(
  participant public.interview_participants, interview public.interviews
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  -- Those with responses have time for their uploads. Maintenance submits after that.
  v_grace interval := case
    when (participant).answered > 0 then (select s.upload_grace from private.settings s)
    else interval '0' end;
  v_missing text := private.missing_responses((participant).id);
begin
  if (interview).status = 'completed'
     or ((interview).deadline < now() - greatest(v_grace, interval '10 minutes')
         and private.is_client()) then
    perform private.refuse('interview_closed:completing');
  elsif v_missing is not null then
    perform private.refuse('responses_missing', v_missing);
  end if;
end
$$;
comment on function private.check_completing(
  public.interview_participants, public.interviews) is
  'Raises interview_closed or responses_missing if the participant may not complete now.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_participants
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_change_participant
  before insert or update on public.interview_participants
  for each row execute function private.change_participant();

-- Definer, because a participant may not update invites.
create or replace function private.complete_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set status = 'completed'
    where i.id = any (array(
      select known.id
      from public.interview_invites known
      where known.interview_id = new.interview_id and known.status = 'accepted'
        and known.email = (
          select redeemed.email from public.interview_invites redeemed
          where redeemed.id = new.invite_id)
        and not exists (
          select from public.interview_participants other
          where other.invite_id = known.id and other.id <> new.id)
      order by known.id
      for no key update));
  return null;
end
$$;
comment on function private.complete_invite() is
  'When a participant completes, completes the redeemed invites of that address to the interview, '
  'except those of another participant.';

create or replace trigger _300_complete_invite
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.complete_invite();

-- Invoker: the policy lets participants update only their own status.
create or replace function private.move_own_participant(interview_id uuid, status text)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform private.caller_id();
  update public.interview_participants p
    set status = move_own_participant.status
    where p.interview_id = move_own_participant.interview_id and p.user_id = (select auth.uid())
    returning p.* into v_participant;
  if not found then
    perform private.refuse('participation_not_found');
  end if;
  return jsonb_build_object(
    'interview_id', v_participant.interview_id, 'participant_id', v_participant.id,
    'status', v_participant.status, 'completed_at', v_participant.completed_at);
end
$$;
comment on function private.move_own_participant(uuid, text) is
  'Sets the caller''s own status in an interview, or raises participation_not_found.';

create or replace function public.complete_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(complete_interview.interview_id, 'completed')
$$;
comment on function public.complete_interview(uuid) is
  'Completes the caller''s participation: active becomes completed. Returns interview_id, '
  'participant_id, status, completed_at. Idempotent.';

create or replace function public.withdraw_from_interview(interview_id uuid)
  returns jsonb
  language sql volatile set search_path = ''
as $$
  select private.move_own_participant(withdraw_from_interview.interview_id, 'withdrawn')
$$;
comment on function public.withdraw_from_interview(uuid) is
  'Withdraws the caller: active becomes withdrawn. Returns interview_id, participant_id, status, '
  'completed_at.';

-- ======== supabase/schemas/61_consent.sql ========

-- Consent: what candidates are told before they record, and what they agreed to.

create table if not exists private.consent_notices (
  version integer primary key,
  recording text not null,
  analysis text not null,
  published_at timestamptz not null default now(),
  constraint consent_notices_version_check check (version > 0),
  constraint consent_notices_texts_check
    check (private.trim_blanks(recording) <> '' and private.trim_blanks(analysis) <> '')
);
comment on table private.consent_notices is
  'The texts that a candidate agrees to; the highest version is shown. To change them, add a '
  'version: earlier ones stay, because consents refer to them.';
comment on column private.consent_notices.recording is
  'What is recorded, who watches it and how long it is kept.';
comment on column private.consent_notices.analysis is
  'What software does with the recordings; agreeing is optional.';

insert into private.consent_notices (version, recording, analysis) values (1,
  'I agree that my answers are recorded and stored, so that the people who run this interview, and '
  'colleagues whom they ask, can watch them. Software checks whether sound and picture are there. '
  'The recordings are deleted after the time shown here. I can delete them earlier at any time.',
  'I also agree that software writes down what I say and marks passages, to help people find '
  'them. People alone judge my answers. I can withdraw this at any time without a disadvantage.')
  on conflict do nothing;

create or replace function private.keep_notice()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if exists (select from private.consents c where c.version = old.version) then
    perform private.refuse('consent_notice_in_use');
  end if;
  return new;
end
$$;
comment on function private.keep_notice() is
  'Before a notice is changed: raises consent_notice_in_use if somebody has agreed to it.';

create or replace trigger _100_keep_notice
  before update on private.consent_notices
  for each row execute function private.keep_notice();

create table if not exists private.consents (
  id bigint generated always as identity primary key,
  participant_id uuid not null,
  version integer not null,
  recording boolean not null,
  analysis boolean not null,
  given_at timestamptz not null default now(),
  constraint consents_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint consents_version_fkey
    foreign key (version) references private.consent_notices (version) on delete restrict
);
create index if not exists consents_participant_id_idx on private.consents (participant_id);
create index if not exists consents_version_idx on private.consents (version);
comment on table private.consents is
  'Every consent and withdrawal, as evidence; the one in force stands in interview_participants.';

-- Definer, like its callers. A single update, which also counts the answers that will remain (see
-- follow_responses).
create or replace function private.record_consent(
  participant_id uuid, version integer, recording boolean, analysis boolean,
  deleted_kinds text[]
)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  -- The text that was shown, if the client says which.
  v_version integer := coalesce(
    record_consent.version, (select max(c.version) from private.consent_notices c));
  v_participant public.interview_participants;
begin
  if not exists (select from private.consent_notices c where c.version = v_version) then
    perform private.refuse('consent_notice_not_found');
  end if;
  insert into private.consents (participant_id, version, recording, analysis)
    values (record_consent.participant_id, v_version, record_consent.recording,
            record_consent.analysis);
  update public.interview_participants p
    set consents_to_recording = record_consent.recording,
        consents_to_analysis = record_consent.analysis,
        consent_version = v_version, consented_at = now(),
        answered = (
          select count(*) from public.interview_responses r
          where r.participant_id = p.id and r.status = 'uploaded'
            and r.kind <> all (record_consent.deleted_kinds)),
        responses_deleted_at = case when exists (
          select from public.interview_responses r
          where r.participant_id = p.id and r.kind = any (record_consent.deleted_kinds)
        ) then now() else p.responses_deleted_at end
    where p.id = record_consent.participant_id
    returning p.* into v_participant;
  delete from public.interview_responses r
    where r.participant_id = record_consent.participant_id
      and r.kind = any (record_consent.deleted_kinds);
  return v_participant;
end
$$;
comment on function private.record_consent(uuid, integer, boolean, boolean, text[]) is
  'Writes down what a participant, locked by the caller, agrees to from now on, and deletes their '
  'responses of some kinds.';

-- Definer, like its callers.
create or replace function private.lock_own_participant(interview_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_participant public.interview_participants;
begin
  select p.* into v_participant
    from public.interview_participants p
    where p.interview_id = lock_own_participant.interview_id and p.user_id = v_user_id
      and p.status <> 'withdrawn'
    for no key update;
  if not found then
    perform private.refuse('participation_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.lock_own_participant(uuid) is
  'The caller''s participation in an interview, locked; raises participation_not_found, also after '
  'withdrawing.';

-- For candidates. Definer, because they may update nothing but their status.
create or replace function public.set_consent(
  interview_id uuid, recording boolean, analysis boolean default false,
  version integer default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.lock_own_participant(set_consent.interview_id);
  v_recording boolean := coalesce(set_consent.recording, false);
  v_analysis boolean := v_recording and coalesce(set_consent.analysis, false);
begin
  v_participant := private.record_consent(
    v_participant.id, set_consent.version, v_recording, v_analysis,
    case when v_recording then '{}' else '{video,audio}' end::text[]);
  return jsonb_build_object(
    'interview_id', v_participant.interview_id, 'version', v_participant.consent_version,
    'recording', v_recording, 'analysis', v_analysis, 'given_at', v_participant.consented_at);
end
$$;
comment on function public.set_consent(uuid, boolean, boolean, integer) is
  'Records what the caller agrees to in an interview, under the version of the notice that they '
  'were shown (the newest, unless given). Without consent to recording, their recordings are '
  'deleted and analysis is off too. Returns interview_id, version, recording, analysis, given_at.';

-- ======== supabase/schemas/62_responses.sql ========

-- Responses: what candidates answer, one row per take.

-- Other columns of the participant are copied, so that policies compare an indexed column. There
-- are no foreign keys to interviews and accounts: rows of the participant go with it, and a key
-- would make candidates lock the interview. The key to the question is checked at the end of the
-- transaction, because an interview's questions are deleted before its participants.
create table if not exists public.interview_responses (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  participant_id uuid not null,
  user_id uuid not null,
  question_id uuid not null,
  question text not null,
  kind text not null,
  take integer not null,
  status text not null default 'started',
  mime_type text,
  object_path text,
  size_bytes bigint,
  duration_seconds numeric,
  answer text,
  started_at timestamptz not null default now(),
  uploaded_at timestamptz,
  submitted_at timestamptz,
  constraint interview_responses_object_path_key unique (object_path),
  constraint interview_responses_kind_check check (kind in ('video', 'audio', 'text')),
  constraint interview_responses_take_check check (take > 0),
  constraint interview_responses_status_check
    check (status in ('started', 'uploaded', 'discarded')),
  constraint interview_responses_text_check check (
    case kind
      when 'text' then object_path is null and mime_type is null and status <> 'started'
                       and (answer is not null or status = 'discarded')
      else object_path is not null and mime_type is not null and answer is null
    end),
  constraint interview_responses_answer_check check (length(answer) <= 20000),
  constraint interview_responses_uploaded_at_check
    check (status <> 'uploaded' or uploaded_at is not null),
  constraint interview_responses_submitted_at_check
    check (submitted_at is null or status = 'uploaded'),
  constraint interview_responses_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint interview_responses_question_id_fkey
    foreign key (question_id) references public.interview_questions (id) on delete no action
    deferrable initially deferred
);
create unique index if not exists interview_responses_started_key
  on public.interview_responses (participant_id, question_id) where status = 'started';
create unique index if not exists interview_responses_uploaded_key
  on public.interview_responses (participant_id, question_id) where status = 'uploaded';
create index if not exists interview_responses_participant_id_idx
  on public.interview_responses (participant_id);
create index if not exists interview_responses_question_id_idx
  on public.interview_responses (question_id);
create index if not exists interview_responses_user_id_idx
  on public.interview_responses (user_id);
create index if not exists interview_responses_interview_id_idx
  on public.interview_responses (interview_id);
create index if not exists interview_responses_recruiter_interview_idx
  on public.interview_responses (recruiter_id, interview_id);
create index if not exists interview_responses_age_idx
  on public.interview_responses (coalesce(submitted_at, uploaded_at, started_at));

comment on table public.interview_responses is
  'Answers, one row per take. Recruiters read them once they are submitted.';
comment on column public.interview_responses.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.interview_responses.question is 'The question as it was answered.';
comment on column public.interview_responses.take is
  'Counts the uploaded recordings of this question; 1 for text.';
comment on column public.interview_responses.status is
  'started -> uploaded -> discarded, started -> discarded. One row per question is started, and '
  'one uploaded; a text is uploaded when it is saved.';
comment on column public.interview_responses.object_path is
  'Where the recording is in the bucket interview-responses; used once.';
comment on column public.interview_responses.duration_seconds is
  'The length of the recording as the client gives it with the upload, or null.';
comment on column public.interview_responses.answer is
  'A response in text; deleted when it is discarded.';
comment on column public.interview_responses.submitted_at is
  'When the participant completed the interview.';

create table if not exists private.response_takes (
  participant_id uuid,
  question_id uuid,
  started integer not null default 0,
  uploaded integer not null default 0,
  bytes bigint not null default 0,
  primary key (participant_id, question_id),
  constraint response_takes_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint response_takes_question_id_fkey
    foreign key (question_id) references public.interview_questions (id) on delete cascade
);
create index if not exists response_takes_question_id_idx on private.response_takes (question_id);
comment on table private.response_takes is
  'How often a participant has started and uploaded a recording for a question, and the bytes '
  'uploaded; deleting responses does not reset it.';

create table if not exists public.accommodations (
  participant_id uuid primary key,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  extra_takes integer not null default 0,
  time_factor numeric not null default 1,
  constraint accommodations_extra_takes_check check (extra_takes between 0 and 10),
  constraint accommodations_time_factor_check check (time_factor between 1 and 2),
  constraint accommodations_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade
);
create index if not exists accommodations_recruiter_id_idx
  on public.accommodations (recruiter_id);
create index if not exists accommodations_user_id_idx
  on public.accommodations (user_id);
create index if not exists accommodations_interview_id_idx
  on public.accommodations (interview_id);
comment on table public.accommodations is
  'More takes or time for one participant, given by the recruiter; apart from '
  'interview_participants, so that it is not shown to people who judge the responses.';
comment on column public.accommodations.time_factor is
  'Multiplies max_seconds, from 1 to 2.';

-- Definer, because the writer may not read the participant.
create or replace function private.copy_participant()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select p.interview_id, p.recruiter_id, p.user_id
    into new.interview_id, new.recruiter_id, new.user_id
    from public.interview_participants p
    where p.id = new.participant_id
    for key share;
  return new;
end
$$;
comment on function private.copy_participant() is
  'Sets interview_id, recruiter_id and user_id to those of the row''s participant.';

create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.interview_responses
  for each row execute function private.copy_participant();
create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.accommodations
  for each row execute function private.copy_participant();

create or replace function private.change_response()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  if new.status <> old.status and (old.status, new.status) not in
     (('started', 'uploaded'), ('started', 'discarded'), ('uploaded', 'discarded')) then
    perform private.refuse('status_move_not_allowed:response', old.status);
  end if;
  if new.status = 'discarded' then
    new.answer := null;
    new.submitted_at := null;
  end if;
  return new;
end
$$;
comment on function private.change_response() is
  'Before a response changes: checks the change of status; a discarded one loses its text.';

create or replace trigger _200_change_response
  before update of status on public.interview_responses
  for each row execute function private.change_response();

-- However a response stops being the current one (another take, the candidate, the interview or
-- the account deleted, its time over), its recording becomes a removal job in the same transaction.
-- A transaction must update a participant only once: at the second time PostgreSQL checks their
-- foreign keys again, and waits for a transfer or deletion of the interview, or a deletion of the
-- account, which waits for the participant. So `answered` is written with other columns where there
-- are some, and left as it is here if it is right already.
-- Definer, because callers may not write jobs.
create or replace function private.follow_responses()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op <> 'INSERT' then
    perform private.queue_removals(array_agg(c.recruiter_id), array_agg(c.object_path))
    from changed c
    where c.status = 'uploaded' and c.object_path is not null
      and not exists (
        select from public.interview_responses r where r.id = c.id and r.status = 'uploaded');
  end if;
  update public.interview_participants p
    set answered = count_now.answered
    from (
      select c.participant_id, (
        select count(*) from public.interview_responses r
        where r.participant_id = c.participant_id and r.status = 'uploaded') as answered
      from (select distinct participant_id from changed) as c
    ) as count_now
    where p.id = count_now.participant_id and p.answered <> count_now.answered;
  return null;
end
$$;
comment on function private.follow_responses() is
  'After responses have changed: queues the removal of recordings that are no longer current, and '
  'counts the answered questions of the participants.';

create or replace trigger _400_follow_new_responses
  after insert on public.interview_responses
  referencing new table as changed
  for each statement execute function private.follow_responses();
create or replace trigger _400_follow_changed_responses
  after update on public.interview_responses
  referencing old table as changed
  for each statement
  when (current_setting('interviews.skip_row_triggers', true) is distinct from 'yes')
  execute function private.follow_responses();
create or replace trigger _400_follow_deleted_responses
  after delete on public.interview_responses
  referencing old table as changed
  for each statement execute function private.follow_responses();

create or replace function private.missing_responses(participant_id uuid)
  returns text
  language sql stable set search_path = ''
as $$
  select string_agg(q.number::text, ', ' order by q.number)
  from public.interview_participants p
  cross join lateral (
    select asked.id, asked.required, row_number() over (order by asked.order_index) as number
    from public.interview_questions asked where asked.interview_id = p.interview_id
  ) as q
  where p.id = missing_responses.participant_id and q.required
    and not exists (
      select from public.interview_responses r
      where r.participant_id = p.id and r.question_id = q.id and r.status = 'uploaded')
$$;
comment on function private.missing_responses(uuid) is
  'The numbers of the required questions that a participant has not answered; null if none.';

-- Definer, because a participant may not update responses.
create or replace function private.close_responses()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'withdrawn' then
    delete from public.interview_responses r where r.participant_id = new.id;
    return null;
  end if;
  update public.interview_responses r set status = 'discarded'
    where r.participant_id = new.id and r.status = 'started';
  update public.interview_responses r set submitted_at = new.completed_at
    where r.participant_id = new.id and r.status = 'uploaded';
  return null;
end
$$;
comment on function private.close_responses() is
  'When a participant completes, submits their responses; when they withdraw, deletes them.';

create or replace trigger _400_close_responses
  after update of status on public.interview_participants
  for each row when (new.status <> old.status and new.status in ('completed', 'withdrawn'))
  execute function private.close_responses();

-- ======== supabase/schemas/63_storage.sql ========

-- Storage: the bucket of recordings, and the trigger that decides what may be put into it. All of
-- it is applied to a project without Storage too, but for the last block, which says so.

create table if not exists private.recording_types (
  mime_type text primary key,
  kind text not null,
  extension text not null
);
comment on table private.recording_types is
  'The types of recordings. Never add one that a browser runs, like SVG or HTML: signed links '
  'would run its scripts. database_schema.sql overwrites this.';
delete from private.recording_types;
insert into private.recording_types (mime_type, kind, extension) values
  ('video/webm', 'video', 'webm'),
  ('video/mp4', 'video', 'mp4'),
  ('audio/webm', 'audio', 'webm'),
  ('audio/mp4', 'audio', 'm4a'),
  ('audio/ogg', 'audio', 'ogg');

create table if not exists private.storage_counts (
  recruiter_id uuid,
  day date,
  bytes bigint not null default 0,
  primary key (recruiter_id, day)
);
comment on table private.storage_counts is
  'Bytes of recordings that were uploaded to each recruiter per day (UTC), kept for two days.';

create table if not exists private.storage_sweep (
  singleton boolean primary key default true check (singleton),
  position text not null default '',
  finished_at timestamptz
);
comment on table private.storage_sweep is
  'How far the daily search for recordings without a response has come.';
insert into private.storage_sweep default values on conflict do nothing;

create or replace function private.storage_is_ready()
  returns boolean
  language sql stable set search_path = ''
as $$
  select exists (
    select from pg_catalog.pg_trigger t
    where t.tgrelid = to_regclass('storage.objects') and t.tgenabled <> 'D'
      and t.tgname = '_100_admit_recording')
  and exists (
    select from pg_catalog.pg_policy p
    where p.polrelid = to_regclass('storage.objects')
      and p.polname = 'interview_responses_insert_awaited')
$$;
comment on function private.storage_is_ready() is
  'Whether the project has Storage, with our trigger and policies; else nobody can record.';

-- Definer, because callers may not read buckets.
create or replace function private.response_max_bytes()
  returns bigint
  language plpgsql stable security definer set search_path = ''
as $$
begin
  if to_regclass('storage.buckets') is null then
    return 52428800;
  end if;
  return coalesce(
    (select b.file_size_limit from storage.buckets b where b.id = 'interview-responses'), 52428800);
end
$$;
comment on function private.response_max_bytes() is
  'The largest recording that the bucket takes, in bytes.';

create or replace function private.queue_removals(recruiter_ids uuid[], paths text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.jobs as j (kind, lane, subject, data)
    select 'response_removal', r.lane, md5(r.path)::uuid, jsonb_build_object('path', r.path)
    from unnest(recruiter_ids, paths) as r (lane, path)
    order by 3
    on conflict on constraint jobs_subject_key do update
      set failed_at = null, due_at = now(), queued_at = now(), attempts = 0
      where j.failed_at is not null;
end
$$;
comment on function private.queue_removals(uuid[], text[]) is
  'Queues the removal of these objects from the bucket, one job per path; failed ones are tried '
  'again.';

-- For policies. Definer, so that the policy of interview_responses is not evaluated too.
create or replace function private.awaited_paths()
  returns setof text
  language sql stable security definer set search_path = ''
as $$
  select r.object_path from public.interview_responses r
  where r.user_id = (select auth.uid()) and r.status = 'started'
$$;
comment on function private.awaited_paths() is 'Where the caller may upload recordings now.';

create or replace function private.refuse_object(key text)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  -- Storage hides the message of every other error code.
  raise exception using errcode = 'insufficient_privilege', message = (
    select 'response_not_awaited: ' || r.message from private.refusals r
    where r.key = refuse_object.key);
end
$$;
comment on function private.refuse_object(text) is
  'Raises response_not_awaited with the sentence of this key, in the form that Storage hands on.';

-- Every upload meets this trigger: plain, resumable, by a signed URL, by service_role. A policy
-- would not do, because Storage asks policies before the upload, as the candidate, and inserts the
-- row after it, as service_role. The first insert, which Storage rolls back, has no eTag yet.
-- Locks the participant, then the response, never the interview: a candidate who submits meanwhile
-- comes either before or after.
create or replace function private.admit_recording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
  v_response public.interview_responses;
  v_type text := lower(btrim(split_part(new.metadata ->> 'mimetype', ';', 1)));
begin
  if tg_op = 'UPDATE' then
    perform private.refuse_object('response_not_awaited:moving');
  end if;
  select p.* into v_participant
    from public.interview_participants p
    where p.id = (select r.participant_id from public.interview_responses r
                  where r.object_path = new.name)
    for no key update;
  select r.* into v_response
    from public.interview_responses r
    where r.object_path = new.name and r.status = 'started'
    for no key update;
  if not found or v_participant.status is distinct from 'active' then
    perform private.refuse_object('response_not_awaited');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id
      and (n.status = 'completed'
           or n.deadline < now() - (select s.upload_grace from private.settings s))
  ) then
    perform private.refuse_object('response_not_awaited:closed');
  elsif v_type <> v_response.mime_type then
    perform private.refuse_object('response_not_awaited:type');
  elsif new.metadata ? 'eTag' then
    if private.is_client() or v_type is null then
      -- Only Storage itself knows the eTag of what it has stored.
      perform private.refuse_object('response_not_awaited');
    elsif coalesce((new.metadata ->> 'size')::bigint, 0) <= 0 then
      perform private.refuse_object('response_not_awaited:empty');
    end if;
    perform private.take_recording(v_response, (new.metadata ->> 'size')::bigint,
                                   new.user_metadata ->> 'duration_seconds');
  end if;
  return new;
end
$$;
comment on function private.admit_recording() is
  'Before a row of storage.objects is written in our bucket: admits only what a participant has '
  'started, once, in its type, and marks it uploaded. Raises 42501 response_not_awaited.';

create or replace function private.take_recording(
  response public.interview_responses, size_bytes bigint, duration_seconds text
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  -- One statement, so that the question counts as answered throughout (see follow_responses).
  with replaced as (
    update public.interview_responses r set status = 'discarded'
    where r.participant_id = (response).participant_id
      and r.question_id = (response).question_id and r.status = 'uploaded'
    returning r.id
  )
  update public.interview_responses r
    set status = 'uploaded', uploaded_at = now(), size_bytes = take_recording.size_bytes,
        duration_seconds = case
          when take_recording.duration_seconds ~ '^[0-9]{1,5}(\.[0-9]{1,6})?$'
            then take_recording.duration_seconds::numeric end
    from (select count(*) from replaced) as before
    where r.id = (response).id;
  update private.response_takes t
    set uploaded = t.uploaded + 1, bytes = t.bytes + take_recording.size_bytes
    where t.participant_id = (response).participant_id and t.question_id = (response).question_id;
  insert into private.storage_counts as c (recruiter_id, day, bytes)
    values ((response).recruiter_id, (now() at time zone 'utc')::date, take_recording.size_bytes)
    on conflict (recruiter_id, day) do update set bytes = c.bytes + excluded.bytes;
end
$$;
comment on function private.take_recording(public.interview_responses, bigint, text) is
  'Marks a started response, locked by the caller, uploaded, and discards the take before it.';

-- What belongs to the schema storage of a project, where it is and gives us the right.
do $$
begin
  if to_regclass('storage.objects') is null then
    raise warning 'This project has no Storage (there is no storage.objects): candidates cannot '
                  'record. Apply database_schema.sql again once it is there.';
    return;
  end if;
  -- A bucket of this name that holds something else would be swept.
  if (select s.finished_at is null from private.storage_sweep s) and exists (
    select from storage.objects o
    where o.bucket_id = 'interview-responses'
      and not exists (
        select from public.interview_responses r where r.object_path = o.name offset 0)
  ) and not exists (select from public.interview_responses) then
    perform private.refuse('bucket_in_use');
  end if;
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
    values ('interview-responses', 'interview-responses', false, 52428800,
            array(select f.mime_type from private.recording_types f order by f.mime_type))
    on conflict (id) do update
      set public = false, allowed_mime_types = excluded.allowed_mime_types;
  create or replace trigger _100_admit_recording
    before insert on storage.objects
    for each row when (new.bucket_id = 'interview-responses')
    execute function private.admit_recording();
  create or replace trigger _100_admit_moved_recording
    before update on storage.objects
    for each row when (
      'interview-responses' in (old.bucket_id, new.bucket_id)
      and (old.bucket_id, old.name, old.version)
          is distinct from (new.bucket_id, new.name, new.version))
    execute function private.admit_recording();
exception when insufficient_privilege then
  raise warning 'Storage could not be set up, so candidates cannot record: %', sqlerrm
    using hint = 'Apply database_schema.sql as a role that may create triggers on '
                 'storage.objects (postgres may on hosted projects).';
end
$$;

-- ======== supabase/schemas/64_answering.sql ========

-- Answering: the functions by which candidates record, write, and delete responses. Definer,
-- because nobody may write responses directly.

create or replace function private.require_answering(question_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_participant public.interview_participants;
begin
  select p.* into v_participant
    from public.interview_questions q
    join public.interview_participants p on p.interview_id = q.interview_id
    where q.id = require_answering.question_id and p.user_id = v_user_id
      and p.status <> 'withdrawn'
    for no key update of p;
  if not found then
    perform private.refuse('question_not_found');
  elsif v_participant.status = 'completed' then
    perform private.refuse('already_submitted');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id
      and (n.status = 'completed' or n.deadline <= now())
  ) then
    perform private.refuse('interview_closed:answering');
  end if;
  -- Nobody can delete the question until the response is there to keep it. After the participant,
  -- as when an interview is deleted.
  perform from public.interview_questions q where q.id = require_answering.question_id
    for key share;
  if not found then
    perform private.refuse('question_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.require_answering(uuid) is
  'The caller''s participation in the interview of a question, both locked; raises '
  'question_not_found, already_submitted or interview_closed.';

create or replace function private.check_storage(participant public.interview_participants)
  returns void
  language plpgsql stable set search_path = ''
as $$
declare
  v_settings private.settings := (select s from private.settings s);
  v_bytes bigint := (
    select sum(t.bytes) from private.response_takes t
    where t.participant_id = (participant).id);
  v_today bigint := (
    select c.bytes from private.storage_counts c
    where c.recruiter_id = (participant).recruiter_id and c.day = (now() at time zone 'utc')::date);
begin
  if not private.storage_is_ready() then
    perform private.refuse('storage_unavailable');
  elsif v_bytes >= v_settings.bytes_per_participant then
    perform private.refuse('storage_limit');
  elsif v_today >= v_settings.bytes_per_day then
    perform private.refuse('storage_limit:today');
  end if;
end
$$;
comment on function private.check_storage(public.interview_participants) is
  'Raises storage_unavailable or storage_limit if the participant can upload nothing now.';

-- (Counts takes in a table of its own, so that deleting responses gives no more of them.)
create or replace function private.start_take(
  participant public.interview_participants, asked public.interview_questions
)
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_extra integer := (
    select a.extra_takes from public.accommodations a
    where a.participant_id = (participant).id);
  v_takes private.response_takes;
begin
  insert into private.response_takes as t (participant_id, question_id, started)
    values ((participant).id, (asked).id, 1)
    on conflict on constraint response_takes_pkey do update set started = t.started + 1
    returning t.* into v_takes;
  if v_takes.uploaded >= (asked).max_takes + coalesce(v_extra, 0) then
    perform private.refuse('no_takes_left');
  elsif v_takes.started - v_takes.uploaded > 20 + coalesce(v_extra, 0) then
    perform private.refuse('no_takes_left:abandoned');
  end if;
  update public.interview_responses r set status = 'discarded'
    where r.participant_id = (participant).id and r.question_id = (asked).id
      and r.status = 'started';
  return (asked).max_takes + coalesce(v_extra, 0) - v_takes.uploaded - 1;
end
$$;
comment on function private.start_take(
  public.interview_participants, public.interview_questions) is
  'Counts a new take and abandons an unfinished one; returns how many are left after it. Raises '
  'no_takes_left.';

create or replace function public.start_response(question_id uuid, mime_type text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.require_answering(start_response.question_id);
  v_question public.interview_questions := (
    select q from public.interview_questions q where q.id = start_response.question_id);
  v_mime_type text := lower(btrim(split_part(start_response.mime_type, ';', 1)));
  v_format private.recording_types;
  v_seconds integer;
  v_bits integer;
  v_takes_left integer;
  v_response public.interview_responses;
begin
  select f.* into v_format from private.recording_types f where f.mime_type = v_mime_type;
  v_seconds := ceil(v_question.max_seconds * coalesce((
    select a.time_factor from public.accommodations a
    where a.participant_id = v_participant.id), 1));
  -- The longest answer must fit into the bucket, with 5 % to spare for the container.
  v_bits := least(648000, floor(private.response_max_bytes() * 8 * 0.95 / v_seconds));
  if v_format.kind is null or not exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and v_format.kind = any (n.response_kinds)
  ) then
    perform private.refuse('kind_not_allowed');
  elsif v_format.kind = 'video' and v_bits < 200000 then
    perform private.refuse('kind_not_allowed:too_long');
  elsif not v_participant.consents_to_recording then
    perform private.refuse('consent_required');
  end if;
  perform private.check_storage(v_participant);
  v_takes_left := private.start_take(v_participant, v_question);
  v_response.id := gen_random_uuid();
  insert into public.interview_responses as r
      (id, participant_id, question_id, question, kind, take, mime_type, object_path)
    select v_response.id, v_participant.id, v_question.id, v_question.question, v_format.kind,
           t.uploaded + 1, v_mime_type,
           format('%s/%s.%s', v_participant.interview_id, v_response.id, v_format.extension)
    from private.response_takes t
    where t.participant_id = v_participant.id and t.question_id = v_question.id
    returning r.* into v_response;
  return jsonb_build_object(
    'response_id', v_response.id, 'take', v_response.take, 'bucket', 'interview-responses',
    'path', v_response.object_path, 'max_seconds', v_seconds,
    'max_bytes', private.response_max_bytes(), 'bits_per_second', v_bits,
    'takes_left', v_takes_left);
end
$$;
comment on function public.start_response(uuid, text) is
  'Begins a recording of the caller''s answer to a question, and abandons one that was not '
  'uploaded. Returns response_id, take, bucket and path (where to upload it, as this type), '
  'max_seconds, max_bytes, bits_per_second (for video and sound together), takes_left (after this '
  'one).';

create or replace function public.write_response(
  question_id uuid, answer text, replace boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.require_answering(write_response.question_id);
  v_question public.interview_questions := (
    select q from public.interview_questions q where q.id = write_response.question_id);
  v_answer text := nullif(private.trim_blanks(write_response.answer), '');
  v_response_id uuid;
begin
  if not exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and 'text' = any (n.response_kinds)
  ) then
    perform private.refuse('kind_not_allowed:text');
  elsif length(v_answer) > 20000 then
    perform private.refuse('answer_too_long', length(v_answer)::text);
  end if;
  if v_answer is null then
    delete from public.interview_responses r
      where r.participant_id = v_participant.id and r.question_id = v_question.id
        and r.kind = 'text';
  else
    v_response_id := private.save_text(
      v_participant.id, v_question, v_answer, write_response.replace);
  end if;
  return jsonb_build_object(
    'response_id', v_response_id, 'question_id', v_question.id, 'saved_at', now());
end
$$;
comment on function public.write_response(uuid, text, boolean) is
  'Saves the caller''s answer to a question in text, again and again in one row; an empty one '
  'deletes it. Raises response_exists over a recording, unless it is to be replaced. Returns '
  'response_id, question_id, saved_at.';

create or replace function private.save_text(
  participant_id uuid, asked public.interview_questions, answer text, replace boolean
)
  returns uuid
  language plpgsql volatile set search_path = ''
as $$
declare
  v_response_id uuid;
begin
  if replace is not true and exists (
    select from public.interview_responses r
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind <> 'text' and r.status <> 'discarded'
  ) then
    perform private.refuse('response_exists');
  end if;
  update public.interview_responses r
    set answer = save_text.answer, question = (asked).question, uploaded_at = now()
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind = 'text' and r.status = 'uploaded'
    returning r.id into v_response_id;
  -- One statement, so that the question counts as answered throughout (see follow_responses).
  with replaced as (
    update public.interview_responses r set status = 'discarded'
    where r.participant_id = save_text.participant_id and r.question_id = (asked).id
      and r.kind <> 'text' and r.status <> 'discarded'
    returning r.id
  ), inserted as (
    insert into public.interview_responses
        (participant_id, question_id, question, kind, take, status, answer, uploaded_at)
    select save_text.participant_id, (asked).id, (asked).question, 'text', 1, 'uploaded',
           save_text.answer, now()
    from (select count(*) from replaced) as before
    where v_response_id is null
    returning id
  )
  select coalesce(v_response_id, (select i.id from inserted i)) into v_response_id;
  return v_response_id;
end
$$;
comment on function private.save_text(uuid, public.interview_questions, text, boolean) is
  'Writes a response in text, in place of a recording only if told to; returns its id.';

-- For candidates.
create or replace function public.delete_my_responses(interview_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants :=
    private.lock_own_participant(delete_my_responses.interview_id);
  v_deleted integer := (
    select count(*) from public.interview_responses r where r.participant_id = v_participant.id);
begin
  perform private.record_consent(v_participant.id, null, false, false, '{video,audio,text}');
  return jsonb_build_object('interview_id', v_participant.interview_id, 'deleted', v_deleted);
end
$$;
comment on function public.delete_my_responses(uuid) is
  'Deletes all responses of the caller in an interview, also after submitting, and withdraws their '
  'consent. The recruiter sees when. Returns interview_id and deleted, a count.';

-- ======== supabase/schemas/65_analyses.sql ========

-- Analyses: what software finds in recordings. A check says within seconds whether something went
-- wrong technically; a transcript, with consent, is what was said. Nothing here rates a person, and
-- nothing is offered to sort or filter people by it.

create or replace function private.search_config(language text)
  returns regconfig
  language sql immutable set search_path = ''
  return case language
    when 'ar' then 'arabic' when 'ca' then 'catalan' when 'da' then 'danish'
    when 'de' then 'german' when 'el' then 'greek' when 'en' then 'english'
    when 'es' then 'spanish' when 'eu' then 'basque' when 'fi' then 'finnish'
    when 'fr' then 'french' when 'ga' then 'irish' when 'hi' then 'hindi'
    when 'hu' then 'hungarian' when 'hy' then 'armenian' when 'id' then 'indonesian'
    when 'it' then 'italian' when 'lt' then 'lithuanian' when 'nb' then 'norwegian'
    when 'ne' then 'nepali' when 'nl' then 'dutch' when 'nn' then 'norwegian'
    when 'no' then 'norwegian' when 'pt' then 'portuguese' when 'ro' then 'romanian'
    when 'ru' then 'russian' when 'sr' then 'serbian' when 'sv' then 'swedish'
    when 'ta' then 'tamil' when 'tr' then 'turkish' when 'yi' then 'yiddish'
    else 'simple'
  end::regconfig;
comment on function private.search_config(text) is
  'The text search configuration of a language, or simple, which knows no endings.';

-- Columns of the response are copied, as those of the participant are in interview_responses.
create table if not exists public.response_analyses (
  response_id uuid,
  step text,
  interview_id uuid not null,
  participant_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  status text not null default 'queued',
  problem text,
  seconds numeric,
  picture_seconds numeric,
  flags text[] not null default '{}',
  language text not null,
  transcript text,
  words jsonb,
  engine text,
  model text,
  version text,
  digest text,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  correction text,
  -- Of the first 100,000 characters, two hours of speech, which fit into a tsvector in any script.
  search tsvector not null generated always as (
    to_tsvector(private.search_config(language), left(coalesce(transcript, ''), 100000))) stored,
  primary key (response_id, step),
  constraint response_analyses_step_check check (step in ('check', 'transcript')),
  constraint response_analyses_status_check
    check (status in ('queued', 'running', 'done', 'failed', 'skipped')),
  constraint response_analyses_problem_check check (
    case status
      when 'done' then problem is null or (step = 'transcript' and problem in (
        'not_recognized', 'no_speech', 'language_not_supported'))
      when 'failed' then coalesce(problem in (
        'unreadable', 'too_long', 'too_large', 'took_too_long', 'engine_failed', 'gave_up'), false)
      when 'skipped' then coalesce(problem = 'too_large', false)
      else problem is null
    end),
  constraint response_analyses_seconds_check
    check (seconds between 0 and 100000 and picture_seconds between 0 and 100000),
  constraint response_analyses_flags_check check (
    flags <@ case step
      when 'check' then array['no_sound', 'no_speech', 'too_quiet', 'clipped', 'black_picture',
                              'cut_off', 'unreadable']
      else array['doubtful'] end),
  constraint response_analyses_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint response_analyses_transcript_check check (
    (transcript is not null) = (words is not null)
    and (transcript is null or (step = 'transcript' and status = 'done'))
    and length(transcript) <= 200000 and jsonb_array_length(words) <= 50000),
  constraint response_analyses_digest_check check (digest ~ '^[0-9a-f]{64}$'),
  constraint response_analyses_finished_at_check
    check ((finished_at is not null) = (status in ('done', 'failed', 'skipped'))),
  constraint response_analyses_correction_check
    check (length(correction) <= 5000 and (correction is null or step = 'transcript')),
  constraint response_analyses_response_id_fkey
    foreign key (response_id) references public.interview_responses (id) on delete cascade
);
create index if not exists response_analyses_interview_id_idx
  on public.response_analyses (interview_id);
create index if not exists response_analyses_participant_id_idx
  on public.response_analyses (participant_id);
create index if not exists response_analyses_recruiter_id_idx
  on public.response_analyses (recruiter_id);
create index if not exists response_analyses_user_id_idx
  on public.response_analyses (user_id);
create index if not exists response_analyses_search_idx
  on public.response_analyses using gin (search) where step = 'transcript';

comment on table public.response_analyses is
  'What software has found in a recording, one row per step; written by the jobs response_check '
  'and response_transcript. Nothing in it rates a person.';
comment on column public.response_analyses.step is
  'check: technical, after the upload; transcript: what was said, once it is submitted, with '
  'consent.';
comment on column public.response_analyses.recruiter_id is
  'Copied from the response, like interview_id, participant_id and user_id.';
comment on column public.response_analyses.status is
  'queued -> running -> done or failed; skipped where the recording is too large to be analysed.';
comment on column public.response_analyses.problem is
  'Why it failed or was skipped, or why a transcript is empty.';
comment on column public.response_analyses.seconds is 'The length of the sound, as decoded.';
comment on column public.response_analyses.picture_seconds is
  'The length of the picture, as decoded; null for sound alone.';
comment on column public.response_analyses.flags is
  'Technical remarks: no_sound, no_speech, too_quiet, clipped, black_picture, cut_off and '
  'unreadable of a check, doubtful of a transcript.';
comment on column public.response_analyses.language is
  'The language that was expected and, once it is done, the one of the transcript.';
comment on column public.response_analyses.words is
  'The words of the transcript: [[text, start, end (seconds), probability or null], …]; empty if '
  'the engine gives no times.';
comment on column public.response_analyses.digest is 'The SHA-256 of the recording.';
comment on column public.response_analyses.correction is
  'What the candidate says about the transcript, for those who read it.';

create table if not exists private.analysis_counts (
  recruiter_id uuid,
  day date,
  seconds numeric not null default 0,
  primary key (recruiter_id, day)
);
comment on table private.analysis_counts is
  'Seconds of recordings that were given out to be transcribed for each recruiter per day (UTC), '
  'kept for two days.';

-- Definer, because the writer may not read the response.
create or replace function private.copy_response()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  select r.interview_id, r.participant_id, r.recruiter_id, r.user_id
    into new.interview_id, new.participant_id, new.recruiter_id, new.user_id
    from public.interview_responses r
    where r.id = new.response_id
    for key share;
  return new;
end
$$;
comment on function private.copy_response() is
  'Sets interview_id, participant_id, recruiter_id and user_id to those of the row''s response.';

-- Not before updates, which would then compute `search` again each time.
create or replace trigger _100_copy_response
  before insert on public.response_analyses
  for each row execute function private.copy_response();

create or replace function private.recording_seconds(response_id uuid)
  returns integer
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return (
    select least(
      ceil(q.max_seconds * coalesce((
        select a.time_factor from public.accommodations a
        where a.participant_id = r.participant_id), 1)) + 60,
      (select s.analysis_max_seconds from private.settings s))
    from public.interview_responses r
    join public.interview_questions q on q.id = r.question_id
    where r.id = recording_seconds.response_id);
end
$$;
comment on function private.recording_seconds(uuid) is
  'How long a recording may be and still be analysed: what its question allows, a minute more for '
  'what recorders add, and at most analysis_max_seconds.';

create or replace function private.is_analysed(
  step text, interview public.interviews, participant public.interview_participants,
  response public.interview_responses
)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return (interview).analysis <> 'off' and (response).status = 'uploaded'
    and (response).kind <> 'text'
    and (step = 'check'
         or ((response).submitted_at is not null and (participant).consents_to_analysis));
end
$$;
comment on function private.is_analysed(
  text, public.interviews, public.interview_participants, public.interview_responses) is
  'Whether a step may be done: never where the interview''s analysis is off; transcripts of what '
  'was submitted, with consent.';

-- ======== supabase/schemas/65_reviewers.sql ========

-- Reviewers: colleagues whom an interview's owner asks to judge its candidates. They are invited by
-- address, like candidates, but need no code: an account with that confirmed address is bound to
-- the invitation when it opens its list of interviews to review.

create table if not exists public.interview_reviewers (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  email text not null,
  reviewer_name text,
  user_id uuid,
  invited_at timestamptz not null default now(),
  joined_at timestamptz,
  constraint interview_reviewers_email_key unique (interview_id, email),
  constraint interview_reviewers_user_key unique (interview_id, user_id),
  constraint interview_reviewers_email_check
    check (email ~ '^[!-?A-~]+@[!-?A-~]+$' and email = lower(email collate "C")),
  constraint interview_reviewers_joined_at_check check ((user_id is null) = (joined_at is null)),
  constraint interview_reviewers_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade,
  -- Cascades: a later account with the same address would be somebody else.
  constraint interview_reviewers_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade
);
create index if not exists interview_reviewers_recruiter_id_idx
  on public.interview_reviewers (recruiter_id);
create index if not exists interview_reviewers_user_id_idx
  on public.interview_reviewers (user_id);
create index if not exists interview_reviewers_email_idx
  on public.interview_reviewers (email);

comment on table public.interview_reviewers is
  'Who reviews the candidates of an interview beside its owner. Written by invite_reviewers and '
  'join_reviews; the owner deletes rows.';
comment on column public.interview_reviewers.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_reviewers.reviewer_name is
  'The full_name of their account when they joined, if it has one that may be shown.';
comment on column public.interview_reviewers.user_id is
  'The account that has joined; null until one with this address does.';
comment on column public.interview_reviewers.invited_at is 'When they were last invited.';

-- For policies. Definer, so that the policies of this table are not evaluated for every row.
create or replace function private.reviewed_interview_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select r.interview_id from public.interview_reviewers r where r.user_id = (select auth.uid())
$$;
comment on function private.reviewed_interview_ids() is
  'The interviews whose candidates the caller reviews.';

create or replace function private.is_candidate(interview_id uuid, email text, user_id uuid)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from public.interview_participants p
    where p.interview_id = is_candidate.interview_id and p.user_id = is_candidate.user_id
  ) or exists (
    select from private.invites_of(is_candidate.email) i
    where i.interview_id = is_candidate.interview_id
      and ((i.status = 'pending' and i.expires_at > now()) or exists (
        select from public.interview_participants p where p.invite_id = i.id))
  );
end
$$;
comment on function private.is_candidate(uuid, text, uuid) is
  'Whether an address has a pending invite to an interview or has redeemed one, or an account has '
  'joined it, even if they have withdrawn.';

create or replace function private.is_reviewer(interview_id uuid, email text, user_id uuid)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return exists (
    select from public.interview_reviewers r
    where r.interview_id = is_reviewer.interview_id
      and (r.email = is_reviewer.email or r.user_id = is_reviewer.user_id));
end
$$;
comment on function private.is_reviewer(uuid, text, uuid) is
  'Whether an address or an account reviews the candidates of an interview.';

-- Nobody judges an interview in which they are a candidate. Here it is a rule for every writer;
-- admit_invites and change_participant keep the other side of it. A writer who inserts holds
-- lock_inviting (see copy_recruiter_id), and who joins holds lock_candidate. Definer, because the
-- writer may not read invites.
create or replace function private.prepare_reviewer()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.email := private.normalize_email(new.email);
  if not private.is_email(new.email) then
    perform private.refuse('invalid_email');
  elsif private.is_candidate(new.interview_id, new.email, new.user_id) then
    perform private.refuse('is_candidate');
  end if;
  return new;
end
$$;
comment on function private.prepare_reviewer() is
  'Before a reviewer is inserted, or gets another address or account: normalizes the address; '
  'raises invalid_email, or is_candidate.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_reviewers
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_prepare_reviewer
  before insert or update of interview_id, email, user_id on public.interview_reviewers
  for each row execute function private.prepare_reviewer();

-- ---- inviting -----------------------------------------------------------------------------------

create or replace function private.classify_reviewers(interview public.interviews, emails text[])
  returns table ("position" bigint, sent text, email text, status text, reviewer_id uuid)
  language plpgsql stable set search_path = ''
as $$
begin
  return query
  with request as materialized (
    select r.position, r.email as sent, private.normalize_email(r.email) as email
    from unnest(classify_reviewers.emails) with ordinality as r (email, position)
  )
  select r.position, r.sent, r.email,
    case
      when not private.is_email(r.email) then 'invalid_email'
      when row_number() over (partition by r.email collate "C" order by r.position) > 1
        then 'duplicate_in_request'
      when r.email = (
        select private.normalize_email(u.email) from auth.users u
        where u.id = (interview).recruiter_id) then 'is_owner'
      when known.joined_at is not null then 'already_reviewer'
      when known.invited_at > now() - interval '10 minutes' then 'unchanged'
      when known.id is not null then 'invited_again'
      when private.is_candidate((interview).id, r.email, null) then 'is_candidate'
      else 'invited'
    end,
    known.id
  from request r
  left join public.interview_reviewers known
    on known.interview_id = (interview).id and known.email = r.email;
end
$$;
comment on function private.classify_reviewers(public.interviews, text[]) is
  'One row per address in the order given: the status that invite_reviewers returns, but for '
  'unsubscribed, and the reviewer who has that address already.';

-- For recruiters. Definer, because clients may not write reviewers.
create or replace function public.invite_reviewers(interview_id uuid, emails text[])
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(invite_reviewers.interview_id);
  v_asked jsonb;
begin
  perform private.check_emails(invite_reviewers.emails);
  v_interview := private.lock_interview(v_interview.id);
  if private.has_link(v_interview.title) then
    perform private.refuse('text_not_allowed:inviting');
  end if;
  select jsonb_agg(to_jsonb(c) order by c.position) into v_asked
    from private.classify_reviewers(v_interview, invite_reviewers.emails) as c;
  perform private.save_reviewers(v_interview, array(
    select asked ->> 'email' from jsonb_array_elements(v_asked) as asked
    where asked ->> 'status' in ('invited', 'invited_again') order by 1));
  return (
    select jsonb_agg(jsonb_build_object(
        'email', case a.status when 'invalid_email' then a.sent else a.email end,
        'status', case
          when a.status in ('invited', 'invited_again', 'unchanged')
            and private.is_unsubscribed(v_interview.recruiter_id, a.email) then 'unsubscribed'
          else a.status end,
        'reviewer_id', r.id) order by a.position)
    from jsonb_to_recordset(v_asked) as a ("position" bigint, sent text, email text, status text)
    left join public.interview_reviewers r
      on r.interview_id = v_interview.id and r.email = a.email
      and a.status in ('invited', 'invited_again', 'unchanged', 'already_reviewer'));
end
$$;
comment on function public.invite_reviewers(uuid, text[]) is
  'Asks colleagues to review the candidates of an interview, at most 20 of them; one object per '
  'address in the order given: email, status, reviewer_id. Statuses: invited, invited_again (has '
  'not joined yet), unchanged (invited in the last 10 minutes), unsubscribed (invited, but not '
  'mailed), already_reviewer, is_candidate, is_owner, duplicate_in_request, invalid_email.';

-- The caller has locked the interview for inviting.
create or replace function private.save_reviewers(interview public.interviews, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  -- Before they are inserted: it may be a list of 10,000.
  if (
    select count(*) from (
      select r.email from public.interview_reviewers r where r.interview_id = (interview).id
      union
      select email from unnest(save_reviewers.emails) as email
    ) as together
  ) > 20 then
    perform private.refuse('too_many_reviewers');
  end if;
  insert into public.interview_reviewers as r (interview_id, email)
    select (interview).id, email from unnest(save_reviewers.emails) as email
    on conflict on constraint interview_reviewers_email_key do update set invited_at = now();
  perform private.count_invites(cardinality(save_reviewers.emails));
end
$$;
comment on function private.save_reviewers(public.interviews, text[]) is
  'Inserts reviewers, or invites those again who are there; raises too_many_reviewers, or '
  'invites_per_day_reached.';

-- ---- joining ------------------------------------------------------------------------------------

-- For colleagues. Definer, because they may neither write the table nor read the rows that they are
-- not bound to yet. Rows of one address belong to several recruiters; so nobody's lock is waited
-- for, and what is locked is bound by the next call.
create or replace function public.join_reviews()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_email text;
begin
  -- First, as the account may be erased or redeem a code meanwhile.
  perform private.lock_candidate(v_user_id);
  v_email := private.confirmed_email(v_user_id);
  update public.interview_reviewers r
    set user_id = v_user_id, joined_at = now(), reviewer_name = private.own_name(v_user_id)
    where r.id = any (array(
      select mine.id
      from public.interview_reviewers mine
      where mine.email = v_email and mine.user_id is null and mine.recruiter_id <> v_user_id
        and not private.is_candidate(mine.interview_id, mine.email, v_user_id)
        and not private.is_reviewer(mine.interview_id, null, v_user_id)
      for update skip locked));
  return private.interviews_to_review(v_user_id);
end
$$;
comment on function public.join_reviews() is
  'Binds the invitations to review that were sent to the caller''s confirmed address to their '
  'account, unless they are a candidate there; returns all interviews that they review, the last '
  'joined first: interview_id, title, recruiter_name, joined_at, to_review, reviewed.';

create or replace function private.interviews_to_review(user_id uuid)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'interview_id', n.id, 'title', n.title,
        'recruiter_name', private.recruiter_name(n.id), 'joined_at', r.joined_at,
        'to_review', candidates.completed - candidates.reviewed, 'reviewed', candidates.reviewed)
      order by r.joined_at desc, n.id), '[]')
    from public.interview_reviewers r
    join public.interviews n on n.id = r.interview_id
    cross join lateral (
      select count(*) as completed, count(own.id) as reviewed
      from public.interview_participants p
      left join public.candidate_reviews own
        on own.participant_id = p.id and own.reviewer_id = r.user_id
        and own.submitted_at is not null
      where p.interview_id = n.id and p.status = 'completed'
    ) as candidates
    where r.user_id = interviews_to_review.user_id and n.recruiter_id <> r.user_id);
end
$$;
comment on function private.interviews_to_review(uuid) is
  'What join_reviews returns. Of the candidates who have completed, reviewed are those of whom the '
  'account has submitted a review.';

-- ======== supabase/schemas/66_watching_responses.sql ========

-- Watching responses: for recruiters, and for candidates who look at their own.

create table if not exists private.access_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_id uuid,
  response_id uuid not null,
  participant_id uuid not null,
  recruiter_id uuid not null
);
create index if not exists access_log_participant_id_idx on private.access_log (participant_id);
create index if not exists access_log_at_idx on private.access_log (at);
comment on table private.access_log is
  'Who asked for a link to which recording. Without foreign keys: it outlives what it names, until '
  'access_log_kept_for of the settings is over.';
comment on column private.access_log.actor_id is
  'The account that asked; null for the company''s backend, with the service-role key.';

-- Definer, because nobody may write the log. No client can call it: PostgREST does not expose
-- schema private.
create or replace function private.log_access(response_ids uuid[])
  returns void
  language sql volatile security definer set search_path = ''
as $$
  insert into private.access_log (actor_id, response_id, participant_id, recruiter_id)
  select (select auth.uid()), r.id, r.participant_id, r.recruiter_id
  from public.interview_responses r
  where r.id = any (log_access.response_ids)
  order by r.id
$$;
comment on function private.log_access(uuid[]) is 'Writes a row per response to the access log.';

-- Invoker: the policies say which responses the caller may read. Signing a link is the Storage
-- API's; it asks the policy of storage.objects.
create or replace function public.open_responses(response_ids uuid[])
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_found jsonb;
begin
  perform private.caller_id();
  if cardinality(open_responses.response_ids) > 100 then
    perform private.refuse('too_many_responses', cardinality(response_ids)::text);
  end if;
  select jsonb_agg(jsonb_build_object(
           'response_id', r.id, 'bucket', 'interview-responses', 'path', r.object_path,
           'mime_type', r.mime_type, 'size_bytes', r.size_bytes)
         order by array_position(open_responses.response_ids, r.id))
    into v_found
    from public.interview_responses r
    where r.id = any (open_responses.response_ids) and r.status = 'uploaded'
      and r.object_path is not null;
  perform private.log_access(array(
    select (opened ->> 'response_id')::uuid from jsonb_array_elements(v_found) as opened));
  return coalesce(v_found, '[]');
end
$$;
comment on function public.open_responses(uuid[]) is
  'Bucket, path, mime_type and size_bytes of recordings, at most 100, that the caller may watch, '
  'to ask the Storage API for links; each is written to the access log. Others are left out.';

-- Definer, like its callers.
create or replace function private.lock_participant(participant_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform private.caller_id();
  -- What is written refers to the caller, and delete_my_account holds the account first.
  perform from auth.users u where u.id = (select auth.uid()) for key share;
  select p.* into v_participant
    from public.interview_participants p
    where p.id = lock_participant.participant_id
      and (p.recruiter_id = (select auth.uid()) or not private.is_client())
    for no key update;
  if not found then
    perform private.refuse('participant_not_found');
  end if;
  return v_participant;
end
$$;
comment on function private.lock_participant(uuid) is
  'A participant of the caller''s own interview, locked so that it is not transferred meanwhile; '
  'raises participant_not_found.';

-- Definer, like its caller.
create or replace function private.lock_for_review(participant_id uuid)
  returns public.interview_participants
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
begin
  perform from auth.users u where u.id = (select auth.uid()) for key share;  -- as above
  select p.* into v_participant
    from public.interview_participants p
    where p.id = lock_for_review.participant_id
      and p.interview_id in (select private.reviewed_interview_ids())
    for no key update;
  if found then
    return v_participant;
  end if;
  return private.lock_participant(lock_for_review.participant_id);
end
$$;
comment on function private.lock_for_review(uuid) is
  'A participant of an interview that the caller owns or reviews, locked so that it is not '
  'transferred meanwhile; raises participant_not_found.';

-- For recruiters, service_role and DBAs. Definer, because recruiters may not write the table.
create or replace function public.adjust_participant(
  participant_id uuid, extra_takes integer default 0, time_factor numeric default 1,
  seen jsonb default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_adjusted public.accommodations;
  v_now jsonb;
begin
  perform private.lock_participant(adjust_participant.participant_id);
  if coalesce(extra_takes not between 0 and 10 or time_factor not between 1 and 2, true) then
    perform private.refuse('invalid_accommodation');
  end if;
  select to_jsonb(a) into v_now
    from public.accommodations a where a.participant_id = adjust_participant.participant_id;
  if not coalesce(v_now, '{"extra_takes": 0, "time_factor": 1}') @> seen then
    perform private.refuse('row_conflict');
  end if;
  insert into public.accommodations as a (participant_id, extra_takes, time_factor)
    values (adjust_participant.participant_id, adjust_participant.extra_takes,
            adjust_participant.time_factor)
    on conflict on constraint accommodations_pkey do update
      set extra_takes = excluded.extra_takes, time_factor = excluded.time_factor
    returning a.* into v_adjusted;
  return jsonb_build_object(
    'participant_id', v_adjusted.participant_id, 'extra_takes', v_adjusted.extra_takes,
    'time_factor', v_adjusted.time_factor);
end
$$;
comment on function public.adjust_participant(uuid, integer, numeric, jsonb) is
  'Gives one participant up to 10 more takes per question, and up to twice the time; returns '
  'participant_id, extra_takes, time_factor. With seen, an object with extra_takes and time_factor,'
  ' only while these are in force; else raises row_conflict.';

-- ======== supabase/schemas/67_criteria.sql ========

-- Criteria: what an interview's owner looks for in the answers. Candidates never see them.

create or replace function private.are_terms(terms text[])
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return cardinality(terms) <= 20 and coalesce(array_ndims(terms), 1) = 1 and not exists (
    select from unnest(terms) as term
    where term is null or length(term) not between 1 and 100
      or private.trim_blanks(term) <> term);
end
$$;
comment on function private.are_terms(text[]) is
  'Whether these are at most 20 terms of 1 to 100 characters, without blanks around them.';

create table if not exists public.interview_criteria (
  id uuid primary key default gen_random_uuid(),
  interview_id uuid not null,
  recruiter_id uuid not null,
  name text not null,
  description text not null default '',
  levels text[] not null default '{Not shown,Partly shown,Shown,Shown convincingly}',
  terms text[] not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default now(),
  constraint interview_criteria_name_check
    check (private.trim_blanks(name) <> '' and length(name) <= 100),
  constraint interview_criteria_description_check check (length(description) <= 2000),
  constraint interview_criteria_levels_check check (
    array_ndims(levels) = 1 and array_lower(levels, 1) = 1 and cardinality(levels) = 4
    and num_nulls(levels[1], levels[2], levels[3], levels[4]) = 0
    and private.trim_blanks(levels[1]) <> '' and length(levels[1]) <= 200
    and private.trim_blanks(levels[2]) <> '' and length(levels[2]) <= 200
    and private.trim_blanks(levels[3]) <> '' and length(levels[3]) <= 200
    and private.trim_blanks(levels[4]) <> '' and length(levels[4]) <= 200),
  constraint interview_criteria_terms_check check (private.are_terms(terms)),
  -- For the ratings' foreign key, which keeps them to criteria of their own interview.
  constraint interview_criteria_id_interview_id_key unique (id, interview_id),
  constraint interview_criteria_interview_id_fkey
    foreign key (interview_id) references public.interviews (id) on delete cascade
);
create index if not exists interview_criteria_interview_id_idx
  on public.interview_criteria (interview_id, created_at, id);
create index if not exists interview_criteria_recruiter_id_idx
  on public.interview_criteria (recruiter_id);

comment on table public.interview_criteria is
  'What the answers of an interview are rated by, shown in the order of created_at and id.';
comment on column public.interview_criteria.recruiter_id is
  'Copied from the interview; read by the policies.';
comment on column public.interview_criteria.description is 'What a good answer is like.';
comment on column public.interview_criteria.levels is
  'What each of the four levels means, from the lowest.';
comment on column public.interview_criteria.terms is
  'Words to look for in transcripts.';
comment on column public.interview_criteria.created_at is
  'Grows from row to row, so that criteria inserted in one statement keep their order.';

comment on column public.interview_criteria.updated_at is
  'When its name, description, levels or terms were written last.';

create or replace function private.stamp_criterion()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function private.stamp_criterion() is
  'Before a criterion''s texts are written: sets updated_at, by which screens notice each other.';

create or replace trigger _100_copy_recruiter_id
  before insert or update of interview_id, recruiter_id on public.interview_criteria
  for each row execute function private.copy_recruiter_id();
create or replace trigger _200_stamp_criterion
  before update of name, description, levels, terms on public.interview_criteria
  for each row execute function private.stamp_criterion();

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_criteria
  for each statement execute function private.lock_inviting_first();

-- Definer, for speed, like admit_questions.
create or replace function private.admit_criteria()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and exists (
    select from public.interview_criteria c
    where c.interview_id in (select n.interview_id from new_criteria n)
    group by c.interview_id
    having count(*) > 20
  ) then
    perform private.refuse('too_many_criteria');
  end if;
  return null;
end
$$;
comment on function private.admit_criteria() is
  'After a client''s statement that inserts criteria: raises too_many_criteria.';

create or replace trigger _400_admit_criteria
  after insert on public.interview_criteria
  referencing new table as new_criteria
  for each statement execute function private.admit_criteria();

-- Ratings refer to the wording that the reviewer saw. Definer, because recruiters may not read
-- others' reviews before they have submitted their own, nor delete ratings.
create or replace function private.keep_rated_criterion()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and (new.name, new.levels) is not distinct from (old.name, old.levels) then
    return new;
  elsif tg_op = 'DELETE'
      and not exists (select from public.interviews n where n.id = old.interview_id) then
    return old;  -- the interview is being deleted, with everything below it
  elsif exists (
    select from public.candidate_ratings t
    join public.candidate_reviews r on r.id = t.review_id
    where t.criterion_id = old.id and r.submitted_at is not null
  ) then
    perform private.refuse('criterion_in_use');
  elsif tg_op = 'DELETE' then
    delete from public.candidate_ratings t where t.criterion_id = old.id;
    return old;
  end if;
  return new;
end
$$;
comment on function private.keep_rated_criterion() is
  'Before a criterion gets another name or other levels or is deleted: raises criterion_in_use if '
  'a submitted review rates by it. Ratings in drafts are deleted with it.';

create or replace trigger _300_keep_rated_criterion
  before update of name, levels or delete on public.interview_criteria
  for each row execute function private.keep_rated_criterion();

-- ======== supabase/schemas/68_reviews.sql ========

-- Reviews: how people judge the answers of a candidate, and what the recruiter decides. Nothing
-- that software found is part of it, levels are never added up, and candidates see none of it.

-- The participant's columns are copied as in interview_responses, for the same reasons.
create table if not exists public.candidate_reviews (
  id uuid primary key default gen_random_uuid(),
  participant_id uuid not null,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  reviewer_id uuid,
  reviewer_name text,
  note text not null default '',
  submitted_at timestamptz,
  changed_at timestamptz,
  created_at timestamptz not null default now(),
  constraint candidate_reviews_reviewer_key unique (participant_id, reviewer_id),
  constraint candidate_reviews_note_check check (length(note) <= 5000),
  constraint candidate_reviews_changed_at_check
    check (changed_at is null or submitted_at is not null),
  constraint candidate_reviews_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint candidate_reviews_reviewer_id_fkey
    foreign key (reviewer_id) references auth.users (id) on delete set null
);
create index if not exists candidate_reviews_interview_id_idx
  on public.candidate_reviews (interview_id);
create index if not exists candidate_reviews_recruiter_id_idx
  on public.candidate_reviews (recruiter_id);
create index if not exists candidate_reviews_reviewer_id_idx
  on public.candidate_reviews (reviewer_id);

create index if not exists candidate_reviews_former_reviewer_idx
  on public.candidate_reviews (reviewer_name) where reviewer_id is null;

comment on table public.candidate_reviews is
  'What one reviewer thinks of one candidate: a draft until it is submitted. Written by '
  'save_review.';
comment on column public.candidate_reviews.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.candidate_reviews.user_id is 'The candidate.';
comment on column public.candidate_reviews.reviewer_id is
  'Who wrote it; null once their account is deleted.';
comment on column public.candidate_reviews.reviewer_name is
  'The full_name of who wrote it, or their address, as it was when they saved it last. Stays when '
  'they stop reviewing, or their account is deleted in Supabase Auth; null once they have called '
  'delete_my_account or are erased.';
comment on column public.candidate_reviews.changed_at is
  'When it was changed last after it had been submitted.';

create table if not exists public.candidate_ratings (
  review_id uuid not null,
  criterion_id uuid not null,
  interview_id uuid not null,
  recruiter_id uuid not null,
  level smallint not null,
  note text not null default '',
  primary key (review_id, criterion_id),
  constraint candidate_ratings_level_check check (level between 1 and 4),
  constraint candidate_ratings_note_check check (length(note) <= 2000),
  constraint candidate_ratings_review_id_fkey
    foreign key (review_id) references public.candidate_reviews (id) on delete cascade,
  -- Checked at the end of the transaction, because an interview's criteria may be deleted before
  -- its participants.
  constraint candidate_ratings_criterion_id_fkey
    foreign key (criterion_id, interview_id)
    references public.interview_criteria (id, interview_id) on delete no action
    deferrable initially deferred
);
create index if not exists candidate_ratings_criterion_id_idx
  on public.candidate_ratings (criterion_id, interview_id);
create index if not exists candidate_ratings_interview_id_idx
  on public.candidate_ratings (interview_id);
create index if not exists candidate_ratings_recruiter_id_idx
  on public.candidate_ratings (recruiter_id);

comment on table public.candidate_ratings is
  'The level that a review gives by one criterion. Never added up.';
comment on column public.candidate_ratings.recruiter_id is
  'Copied from the review, like interview_id; read by the policies.';
comment on column public.candidate_ratings.level is
  'Which of the criterion''s four levels, from 1.';

create table if not exists public.candidate_decisions (
  participant_id uuid primary key,
  interview_id uuid not null,
  recruiter_id uuid not null,
  user_id uuid not null,
  decision text not null,
  decided_by uuid,
  decided_at timestamptz not null default now(),
  constraint candidate_decisions_decision_check check (decision in ('advance', 'hold', 'decline')),
  constraint candidate_decisions_participant_id_fkey
    foreign key (participant_id) references public.interview_participants (id) on delete cascade,
  constraint candidate_decisions_decided_by_fkey
    foreign key (decided_by) references auth.users (id) on delete set null
);
create index if not exists candidate_decisions_interview_id_idx
  on public.candidate_decisions (interview_id);
create index if not exists candidate_decisions_recruiter_id_idx
  on public.candidate_decisions (recruiter_id);
create index if not exists candidate_decisions_decided_by_idx
  on public.candidate_decisions (decided_by);

comment on table public.candidate_decisions is
  'What the recruiter has decided about a candidate; a person decides, never software. Written by '
  'decide.';
comment on column public.candidate_decisions.recruiter_id is
  'Copied from the participant, like interview_id and user_id; read by the policies.';
comment on column public.candidate_decisions.decided_by is
  'Who decided; null once their account is deleted.';

create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.candidate_reviews
  for each row execute function private.copy_participant();
create or replace trigger _100_copy_participant
  before insert or update of participant_id on public.candidate_decisions
  for each row execute function private.copy_participant();

create or replace function private.copy_review()
  returns trigger
  language plpgsql volatile set search_path = ''
as $$
begin
  select r.interview_id, r.recruiter_id into new.interview_id, new.recruiter_id
    from public.candidate_reviews r
    where r.id = new.review_id
    for key share;
  return new;
end
$$;
comment on function private.copy_review() is
  'Sets interview_id and recruiter_id to those of the rating''s review.';

create or replace trigger _100_copy_review
  before insert or update of review_id on public.candidate_ratings
  for each row execute function private.copy_review();

-- For policies. Definer, because the policy that calls it may not read its own table.
create or replace function private.reviewed_participant_ids()
  returns setof uuid
  language sql stable security definer set search_path = ''
as $$
  select r.participant_id from public.candidate_reviews r
  where r.reviewer_id = (select auth.uid()) and r.submitted_at is not null
$$;
comment on function private.reviewed_participant_ids() is
  'The participants of whom the caller has submitted a review; they may read others'' reviews of '
  'them.';

do $$
begin
  if to_regtype('private.rating') is null then
    create type private.rating as (criterion_id uuid, level smallint, note text);
  end if;
end
$$;

create or replace function private.read_ratings(ratings jsonb)
  returns private.rating[]
  language plpgsql stable set search_path = ''
as $$
declare
  v_ratings private.rating[];
begin
  if jsonb_typeof(read_ratings.ratings) is distinct from 'array' then
    perform private.refuse('invalid_ratings');
  elsif exists (
    select from jsonb_array_elements(read_ratings.ratings) as given (item)
    where case when jsonb_typeof(given.item) <> 'object' then true else
      given.item - '{criterion_id,level,note}'::text[] <> '{}'
      or coalesce(given.item ->> 'criterion_id', '')
           !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or coalesce(given.item -> 'level', 'null') not in ('null', '1', '2', '3', '4')
      or jsonb_typeof(coalesce(given.item -> 'note', 'null')) not in ('null', 'string')
    end
  ) then
    perform private.refuse('invalid_ratings');
  end if;
  v_ratings := array(
    select row((given.item ->> 'criterion_id')::uuid,
               (given.item ->> 'level')::numeric::smallint,
               coalesce(private.trim_blanks(given.item ->> 'note'), ''))::private.rating
    from jsonb_array_elements(read_ratings.ratings) as given (item)
    order by 1);
  if (select count(distinct r.criterion_id) from unnest(v_ratings) as r) < cardinality(v_ratings)
  then
    perform private.refuse('invalid_ratings');
  elsif exists (select from unnest(v_ratings) as r where r.level is null and r.note <> '') then
    perform private.refuse('invalid_ratings:note');
  elsif exists (select from unnest(v_ratings) as r where length(r.note) > 2000) then
    perform private.refuse('note_too_long:criterion');
  end if;
  return v_ratings;
end
$$;
comment on function private.read_ratings(jsonb) is
  'Ratings as a client gives them, in the order of criterion_id, those without a level included; '
  'raises invalid_ratings or note_too_long.';

-- Definer, like its caller. Locks the criteria, so that nobody changes what is being rated, nor
-- deletes it.
create or replace function private.check_ratings(
  interview_id uuid, ratings private.rating[], note text, is_final boolean
)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_criteria uuid[] := array(
    select c.id from public.interview_criteria c
    where c.interview_id = check_ratings.interview_id
    order by c.id for share);
  v_missing bigint;
begin
  if exists (
    select from unnest(check_ratings.ratings) as r where r.criterion_id <> all (v_criteria)
  ) then
    perform private.refuse('criterion_not_found');
  elsif not is_final then
    return;
  end if;
  v_missing := cardinality(v_criteria) - (
    select count(*) from unnest(check_ratings.ratings) as r where r.level is not null);
  if v_missing > 0 then
    perform private.refuse('ratings_missing', v_missing::text);
  elsif cardinality(v_criteria) = 0 and check_ratings.note = '' then
    perform private.refuse('ratings_missing:note');
  end if;
end
$$;
comment on function private.check_ratings(uuid, private.rating[], text, boolean) is
  'Locks the criteria of an interview; raises criterion_not_found if a rating has another one and, '
  'for a review that is submitted, ratings_missing.';

-- Definer, because clients may not read auth.users.
create or replace function private.author_name(user_id uuid)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
begin
  return coalesce(
    private.own_name(author_name.user_id),
    (select private.normalize_email(u.email) from auth.users u where u.id = author_name.user_id));
end
$$;
comment on function private.author_name(uuid) is
  'How others are told who wrote a review: by the name of the account, or else its address.';

-- For the interview's owner and its reviewers. Definer, because nobody may write reviews directly.
-- Saves of the same participant wait for each other.
create or replace function public.save_review(
  participant_id uuid, ratings jsonb, note text default '', submit boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_reviewer_id uuid := private.caller_id();
  v_participant public.interview_participants :=
    private.lock_for_review(participant_id);
  -- Of this moment, not of the transaction's start, which may lie before another one's.
  v_now timestamptz := clock_timestamp();
  v_note text := coalesce(private.trim_blanks(save_review.note), '');
  v_submit boolean := coalesce(save_review.submit, false);
  v_ratings private.rating[];
  v_review public.candidate_reviews;
  v_changed boolean;
begin
  if v_reviewer_id is null then
    perform private.refuse('not_signed_in');
  elsif v_participant.status <> 'completed' then
    perform private.refuse('not_completed');
  elsif length(v_note) > 5000 then
    perform private.refuse('note_too_long', length(v_note)::text);
  end if;
  select r.* into v_review
    from public.candidate_reviews r
    where r.participant_id = v_participant.id and r.reviewer_id = v_reviewer_id;
  v_ratings := private.read_ratings(save_review.ratings);
  perform private.check_ratings(v_participant.interview_id, v_ratings, v_note,
                                v_submit or v_review.submitted_at is not null);
  v_ratings := array(select given from unnest(v_ratings) as given where given.level is not null);
  v_changed := v_note is distinct from v_review.note or v_ratings <> array(
    select row(t.criterion_id, t.level, t.note)::private.rating
    from public.candidate_ratings t where t.review_id = v_review.id order by t.criterion_id);
  insert into public.candidate_reviews as r
      (participant_id, reviewer_id, reviewer_name, note, submitted_at)
    values (v_participant.id, v_reviewer_id, private.author_name(v_reviewer_id), v_note,
            case when v_submit then v_now end)
    on conflict on constraint candidate_reviews_reviewer_key do update
      set note = excluded.note, reviewer_name = excluded.reviewer_name,
          submitted_at = coalesce(r.submitted_at, excluded.submitted_at),
          changed_at = case when v_changed and r.submitted_at is not null
                            then v_now else r.changed_at end
    returning r.* into v_review;
  delete from public.candidate_ratings t where t.review_id = v_review.id;
  insert into public.candidate_ratings (review_id, criterion_id, level, note)
    select v_review.id, given.criterion_id, given.level, given.note
    from unnest(v_ratings) as given;
  return jsonb_build_object(
    'review_id', v_review.id, 'submitted_at', v_review.submitted_at,
    'changed_at', v_review.changed_at);
end
$$;
comment on function public.save_review(uuid, jsonb, text, boolean) is
  'Saves the caller''s review of a candidate who has completed: the ratings, '
  '[{"criterion_id", "level" (1 to 4, or null), "note"}], replace those of before. With submit, or '
  'once it is submitted, each criterion needs a level, and an interview without criteria a note. '
  'Returns review_id, submitted_at, changed_at.';

-- For the interview's owner. Definer, because nobody may write decisions directly.
create or replace function public.decide(participant_id uuid, decision text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_participant public.interview_participants := private.lock_participant(participant_id);
  v_decision public.candidate_decisions;
begin
  if v_participant.status = 'withdrawn' then
    perform private.refuse('already_withdrawn');
  elsif decide.decision not in ('advance', 'hold', 'decline') then
    perform private.refuse('invalid_decision');
  elsif decide.decision is null then
    delete from public.candidate_decisions d where d.participant_id = v_participant.id;
  else
    insert into public.candidate_decisions as d (participant_id, decision, decided_by)
      values (v_participant.id, decide.decision, v_caller_id)
      on conflict on constraint candidate_decisions_pkey do update
        set decision = excluded.decision, decided_by = excluded.decided_by,
            decided_at = excluded.decided_at
      returning d.* into v_decision;
  end if;
  return jsonb_build_object(
    'participant_id', v_participant.id, 'decision', v_decision.decision,
    'decided_at', v_decision.decided_at);
end
$$;
comment on function public.decide(uuid, text) is
  'Sets what becomes of a candidate: advance, hold or decline; null takes the decision back. '
  'Returns participant_id, decision, decided_at.';

-- ======== supabase/schemas/69_recipients.sql ========

-- Recipients: whether an email may go to an address, for every kind of email.

create table if not exists private.reminder_counts (
  recruiter_id uuid not null,
  day date not null,
  reminders integer not null,
  primary key (recruiter_id, day)
);
comment on table private.reminder_counts is
  'Reminders queued for a recruiter per day (UTC), for settings.invites_per_day. Only maintenance '
  'writes it, so that it never waits for a recruiter who is inviting.';

-- Reminders are a day apart whatever they are about, or moving a deadline again and again would
-- send one each time. (An hour less, because runs are not exact to the second.)
-- All at once: a call for each costs 13 µs of CPU per reminder instead of 2. (invites_of would
-- make it 5.)
create or replace function private.mail_times(
  kinds text[], recruiter_ids uuid[], emails text[], invited_as text[], reminded_at timestamptz[]
)
  returns timestamptz[]
  language plpgsql stable set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return array(
    select case
      -- Most recruiters have none, and then no function is called for each address.
      when exists (select from private.unsubscribes u where u.recruiter_id = a.recruiter_id)
        and (private.is_unsubscribed(a.recruiter_id, a.email)
             or (nullif(a.invited_as, a.email) is not null
                 and private.is_unsubscribed(a.recruiter_id, a.invited_as)))
        then null
      when a.kind in ('interview_invitation', 'candidate_invitation', 'reviewer_invitation')
        then now()
      when earlier.delivery = 'failed' then null
      else greatest(now(), greatest(earlier.reminded_at, a.reminded_at) + interval '23 hours') end
    from unnest(kinds, recruiter_ids, emails, invited_as, reminded_at) with ordinality
      as a (kind, recruiter_id, email, invited_as, reminded_at, place)
    left join lateral (
      select (array_agg(i.delivery_status
                        order by i.delivery_at desc nulls last, i.delivery_status desc)
              filter (where i.delivery_status in ('accepted', 'failed')))[1] as delivery,
             max(greatest(i.reminded_at, p.reminded_at)) as reminded_at
      from (
        -- By address alone (see invites_of).
        select * from public.interview_invites i where i.email = a.email offset 0
      ) as i
      left join lateral (
        select p.reminded_at from public.interview_participants p
        where p.invite_id = i.id
        offset 0
      ) as p on true
      where i.recruiter_id = a.recruiter_id
        and a.kind in ('interview_reminder', 'submission_reminder')
    ) as earlier on true
    order by a.place);
end
$$;
comment on function private.mail_times(text[], uuid[], text[], text[], timestamptz[]) is
  'When each email, all of unsubscribable_kinds, may go to the address at the same place for the '
  'recruiter; null if it may not. No invitation and no reminder where the person has unsubscribed, '
  'with this address or the one that a participant was invited by; no reminder after the '
  'recruiter''s last invitation to the address failed, or within a day of another one to it, or to '
  'the invite or participant that was reminded at reminded_at.';

create or replace function private.reminders_left(recruiter_id uuid)
  returns integer
  language sql stable set search_path = ''
as $$
  select s.invites_per_day - coalesce((
    select c.reminders from private.reminder_counts c
    where c.recruiter_id = reminders_left.recruiter_id
      and c.day = (now() at time zone 'utc')::date), 0)
  from private.settings s
$$;
comment on function private.reminders_left(uuid) is
  'How many more reminders may be queued today about invites that an account made.';

create or replace function private.plan_reminders(kind text, subjects uuid[])
  returns table (subject uuid, recruiter_id uuid, due_at timestamptz, is_limited boolean)
  language plpgsql stable set search_path = ''
as $$
begin
  return query
  with recipient as materialized (
    select i.id, i.recruiter_id, i.email::text as email, null as invited_as, i.reminded_at,
           i.is_limited
    from public.interview_invites i
    where i.id = any (plan_reminders.subjects)
    union all
    select p.id, p.recruiter_id, private.normalize_email(u.email), i.email, p.reminded_at,
           coalesce(i.is_limited, true)
    from public.interview_participants p
    join auth.users u on u.id = p.user_id
    left join public.interview_invites i on i.id = p.invite_id
    where p.id = any (plan_reminders.subjects)
  ), checked as materialized (
    select unnest(array_agg(r.id)) as id, unnest(array_agg(r.recruiter_id)) as recruiter_id,
           unnest(array_agg(r.email)) as email, unnest(array_agg(r.is_limited)) as is_limited,
           unnest(private.mail_times(
             array_agg(plan_reminders.kind), array_agg(r.recruiter_id), array_agg(r.email),
             array_agg(r.invited_as), array_agg(r.reminded_at))) as may_mail_at
    from recipient r
  ), allowed as (
    select c.*, row_number() over (partition by c.recruiter_id, c.is_limited order by c.id) as place
    from checked c where c.may_mail_at is not null
  ), room as materialized (
    select r.recruiter_id, private.reminders_left(r.recruiter_id) as reminders
    from (select distinct a.recruiter_id from allowed a) as r
  )
  select a.id, a.recruiter_id,
         a.may_mail_at + interval '23 hours' * (row_number() over (
           partition by a.recruiter_id, a.email collate "C" order by a.id) - 1),
         a.is_limited
  from allowed a join room on room.recruiter_id = a.recruiter_id
  where not a.is_limited or a.place <= room.reminders;
end
$$;
comment on function private.plan_reminders(text, uuid[]) is
  'Which of these invites and participants get a reminder of this kind, and when.';

create or replace function private.remind(kind text, subjects uuid[], distance interval)
  returns integer
  language plpgsql volatile set search_path = ''
as $$
#variable_conflict use_column
declare
  v_subjects uuid[];
  v_lanes uuid[];
  v_due_at timestamptz[];
  v_limited boolean[];
begin
  select array_agg(p.subject), array_agg(p.recruiter_id), array_agg(p.due_at),
         array_agg(p.is_limited)
    into v_subjects, v_lanes, v_due_at, v_limited
    from private.plan_reminders(remind.kind, remind.subjects) as p;
  -- All of them: those who get none now are not looked at again either. One update of each row: a
  -- second one in a transaction would check its foreign key, and wait for a transfer that waits for
  -- the row.
  update public.interview_invites i
    set reminded_at = coalesce(p.due_at, now()),
        reminded_for = case when i.expires_at <= now() + remind.distance
                            then least(i.reminded_for, remind.distance) else i.reminded_for end
    from unnest(remind.subjects) as s (id)
    left join unnest(v_subjects, v_due_at) as p (id, due_at) on p.id = s.id
    where i.id = s.id;
  update public.interview_participants i set reminded_at = coalesce(p.due_at, now())
    from unnest(remind.subjects) as s (id)
    left join unnest(v_subjects, v_due_at) as p (id, due_at) on p.id = s.id
    where i.id = s.id;
  insert into private.reminder_counts as c (recruiter_id, day, reminders)
    select p.lane, (now() at time zone 'utc')::date, count(*)
    from unnest(v_lanes, v_limited) as p (lane, is_limited)
    where p.is_limited
    group by p.lane
    on conflict (recruiter_id, day) do update set reminders = c.reminders + excluded.reminders;
  insert into private.jobs as j (kind, lane, subject, due_at, queued_at, data)
    select remind.kind, p.lane, p.subject, p.due_at, p.due_at,
           jsonb_strip_nulls(jsonb_build_object('distance', remind.distance))
    from unnest(v_lanes, v_subjects, v_due_at) as p (lane, subject, due_at)
    on conflict (kind, subject, key) do update
      set queued_at = excluded.due_at, due_at = excluded.due_at, attempts = 0, failed_at = null,
          done_at = null, data = excluded.data
      where j.lease_token is null;
  return coalesce(cardinality(v_subjects), 0);
end
$$;
comment on function private.remind(text, uuid[], interval) is
  'Queues a reminder of this kind for each of these invites and participants, which the caller has '
  'locked, if it may be sent; returns how many.';

-- ======== supabase/schemas/70_jobs.sql ========

-- Jobs: work outside the database. Each is queued in the transaction that needs it, claimed under a
-- lease with a token, done outside any transaction, and settled with that token. It refers to a row
-- by id: what to send is read when it is claimed.

create table if not exists private.jobs (
  id bigint generated always as identity primary key,
  kind text collate "C" not null,
  lane uuid not null default '00000000-0000-0000-0000-000000000000',
  subject uuid not null,
  key text collate "C" not null default '',
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_token uuid,
  queued_at timestamptz not null default now(),
  failed_at timestamptz,
  done_at timestamptz,
  last_error text,
  data jsonb,
  constraint jobs_kind_check check (
    kind in ('interview_invitation', 'candidate_invitation', 'interview_reminder',
             'submission_reminder', 'submission_receipt', 'candidate_completed',
             'renewal_requested', 'delivery_failed', 'daily_digest', 'reviewer_invitation',
             'response_removal', 'response_check', 'response_transcript')),
  constraint jobs_subject_key unique (kind, subject, key)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index if not exists jobs_waiting_idx on private.jobs (kind, lane, due_at)
  where failed_at is null and done_at is null;
create index if not exists jobs_done_at_idx on private.jobs (kind, done_at)
  where done_at is not null;
create index if not exists jobs_failed_at_idx on private.jobs (failed_at)
  where failed_at is not null;

create or replace function private.notice_kinds()
  returns text[]
  language sql immutable set search_path = ''
  return array['candidate_completed', 'renewal_requested', 'delivery_failed'];
comment on function private.notice_kinds() is
  'The kinds of emails that tell recruiters what has happened in their interviews.';

create or replace function private.analysis_kinds()
  returns text[]
  language sql immutable set search_path = ''
  return array['response_check', 'response_transcript'];
comment on function private.analysis_kinds() is
  'The kinds of jobs that are steps of analyses: response_ and the name of the step.';

comment on table private.jobs is
  'Work to do outside the database. Settled jobs are deleted; failed ones are kept for a retry.';
comment on column private.jobs.lane is
  'The recruiter for whom it is done; zero for the service. Claims take a share of each lane.';
comment on column private.jobs.subject is
  'The row it is about, without a foreign key: a job whose subject is gone is dropped when '
  'claimed.';
comment on column private.jobs.key is 'Tells apart jobs of the same kind and subject.';
comment on column private.jobs.due_at is
  'Earliest time to claim it; -infinity puts it at the head of its lane. A claim sets it to the '
  'end of the lease, so that the job comes back if the worker dies.';
comment on column private.jobs.attempts is 'How often it was claimed and not released.';
comment on column private.jobs.lease_token is
  'Held by the worker that claimed it last; needed to settle it.';
comment on column private.jobs.done_at is
  'When it was settled, if its subject is yet to be updated, or if it is kept against duplicates.';

create table if not exists private.job_kinds (
  kind text primary key check (length(kind) <= 100),
  paused_until timestamptz,
  paused_reason text,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  retried bigint not null default 0
);
comment on table private.job_kinds is
  'Per kind of job: until when it is paused and why; the total of attempts per outcome.';

create table if not exists private.job_workers (
  worker text,
  kind text check (length(kind) <= 100),
  seen_at timestamptz not null default now(),
  primary key (worker, kind)
);
comment on table private.job_workers is
  'Heartbeats: when each worker last asked for jobs of each kind.';

-- ---- claiming -----------------------------------------------------------------------------------

-- The table is empty at one moment and holds 10,000 jobs at the next, so its statistics are always
-- wrong. With a plan made for an empty table, claiming and settling one of 10,000 jobs costs 600 to
-- 1,900 µs of CPU instead of 85. So the functions for workers `set enable_seqscan = off`, and all
-- statements look up jobs by `= any (array(…))` or in a lateral subquery, never by a join.
-- claim_jobs also forces generic plans: to plan every call again took 1 of 2 ms for a few jobs.

-- Claiming in order of age would serve those who queued most. So this walks the lanes of each kind
-- from a random one on, each step one look-up in jobs_waiting_idx for the next lane's first job,
-- until `batch` lanes have something due; then each lane gives the same share. It may return fewer
-- than `batch` jobs although more are due, but none only if nothing is due.
create or replace function private.lock_due_jobs(kinds text[], batch integer)
  returns bigint[]
  language plpgsql volatile set search_path = ''
as $$
begin
  return array(
    with recursive walk as (
      select k.kind, k.start, first.lane, first.due_at
      from (select kind, gen_random_uuid() as start from unnest(lock_due_jobs.kinds) as kind) as k
      cross join lateral private.next_lane(k.kind, k.start, k.start) as first
      union all
      select w.kind, w.start, next.lane, next.due_at
      from walk w
      cross join lateral private.next_lane(w.kind, w.start, w.lane) as next
    ), lanes as materialized (
      select w.kind, w.lane from walk w where w.due_at <= now() limit lock_due_jobs.batch
    )
    select job.id
    from lanes
    cross join lateral (
      select j.id
      from private.jobs j
      where j.kind = lanes.kind and j.lane = lanes.lane and j.due_at <= now()
        and j.failed_at is null and j.done_at is null
      order by j.due_at
      limit ceil(lock_due_jobs.batch::numeric / (select count(*) from lanes))
      for update skip locked
    ) as job
    limit lock_due_jobs.batch);
end
$$;
comment on function private.lock_due_jobs(text[], integer) is
  'Locks up to batch due jobs of these kinds, an equal share of each lane.';

create or replace function private.next_lane(kind text, start uuid, after uuid)
  returns table (lane uuid, due_at timestamptz)
  language plpgsql stable rows 1 set search_path = ''
as $$
#variable_conflict use_column
declare
  v_end uuid := case
    when after < start then start else 'ffffffff-ffff-ffff-ffff-ffffffffffff' end;
begin
  return query
    select j.lane, j.due_at from private.jobs j
    where j.kind = next_lane.kind and j.lane > next_lane.after and j.lane < v_end
      and j.failed_at is null and j.done_at is null
    order by j.lane, j.due_at limit 1;
  if not found and after >= start then
    return query
      select j.lane, j.due_at from private.jobs j
      where j.kind = next_lane.kind and j.lane < next_lane.start
        and j.failed_at is null and j.done_at is null
      order by j.lane, j.due_at limit 1;
  end if;
end
$$;
comment on function private.next_lane(text, uuid, uuid) is
  'The next lane of a kind with waiting jobs, and when its first is due: from start to the last '
  'lane, then from the first to start.';

create or replace function private.lease_jobs(job_ids bigint[], lease_seconds integer)
  returns json
  language plpgsql volatile set search_path = ''
as $$
declare
  v_token uuid := gen_random_uuid();
  v_secret bytea := (select s.link_secret from private.settings s);
  v_claimed json;
  v_unwanted bigint[];
begin
  with content as materialized (
    select c.* from private.job_contents c where c.job_id = any (lease_jobs.job_ids)
  ), checked as materialized (
    select unnest(array_agg(c.job_id)) as job_id,
           unnest(private.mail_times(
             array_agg(c.kind), array_agg(c.recruiter_id), array_agg(c.email),
             array_agg(c.invited_as), null)) as may_mail_at
    from content c where c.is_wanted and c.is_unsubscribable and not c.is_asked_for
  ), unwanted as materialized (
    select c.job_id from content c where not c.is_wanted
    union all
    select checked.job_id from checked where checked.may_mail_at is null
  ), leased as (
    update private.jobs j
    set attempts = j.attempts + 1, lease_token = v_token,
        due_at = now() + make_interval(secs => greatest(coalesce(lease_jobs.lease_seconds, 60), 1))
    where j.id = any (array(
      select c.job_id from content c
      where c.is_wanted and c.job_id not in (select u.job_id from unwanted u)))
    returning j.id, j.kind, j.subject, v_token as lease_token, j.attempts, j.queued_at
  ), claimed as (
    select l.id as job_id, l.kind, l.subject, l.lease_token, l.attempts, l.queued_at,
           c.email, c.invite_code, c.interview_title, c.recruiter_name, c.reply_to,
           c.expires_at, c.deadline, c.answered, c.questions, c.submit_until, c.bucket, c.path,
           c.completed_at, c.kept_until, c.candidate_name, c.interview_id, c.people, c.number,
           c.digest,
           case when c.is_unsubscribable then private.unsubscribe_token(
             v_secret, c.recruiter_id, l.subject, c.email) end as unsubscribe_token,
           c.mime_type, c.size_bytes, c.language, c.max_seconds
    from leased l join content c on c.job_id = l.id
    order by c.due_at, l.id
  )
  select (select coalesce(json_agg(job), '[]') from claimed job),
         array(select u.job_id from unwanted u)
    into v_claimed, v_unwanted;
  perform private.drop_unwanted_jobs(v_unwanted);
  return v_claimed;
end
$$;
comment on function private.lease_jobs(bigint[], integer) is
  'Leases jobs that the caller has locked, under one token, and returns their details; drops those '
  'that are no longer wanted.';

-- For workers, like all public functions of this file. Definer: jobs are private.
create or replace function public.claim_jobs(
  kinds text[], worker text, batch integer default 50, lease_seconds integer default 60
)
  returns json
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
  v_kinds text[];
  v_job_ids bigint[];
  v_claimed json := '[]';
begin
  insert into private.job_workers (worker, kind)
    select left(claim_jobs.worker, 200), kind from unnest(claim_jobs.kinds) as kind order by kind
    on conflict do nothing;
  update private.job_workers w set seen_at = now()
    where w.worker = left(claim_jobs.worker, 200) and w.kind = any (claim_jobs.kinds)
      and w.seen_at < now() - interval '5 seconds';
  v_kinds := array(
    select kind from unnest(claim_jobs.kinds) as kind
    except
    select k.kind from private.job_kinds k where k.paused_until > now());
  -- Tries again if all due jobs were unwanted, but not forever.
  for v_round in 1 .. 20 loop
    v_job_ids := private.lock_due_jobs(
      v_kinds, greatest(least(coalesce(claim_jobs.batch, 50), 1000), 0));
    exit when cardinality(v_job_ids) = 0;
    if v_kinds && private.analysis_kinds() then
      v_job_ids := private.admit_analyses(v_job_ids);
    end if;
    v_claimed := private.lease_jobs(v_job_ids, claim_jobs.lease_seconds);
    exit when v_claimed::text <> '[]';  -- without parsing it
  end loop;
  return v_claimed;
end
$$;
comment on function public.claim_jobs(text[], text, integer, integer) is
  'Leases up to batch due jobs of these kinds to a worker for lease_seconds, and returns them with '
  'their details, the most urgent first; none of a paused kind. An empty result means that nothing '
  'is due (or that 20 batches were unwanted), a short one does not. Also the worker''s heartbeat.';

-- Never waits: a job locked by an inviting transaction keeps its lease as it is.
create or replace function public.renew_jobs(
  lease_token uuid, job_ids bigint[], lease_seconds integer
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  update private.jobs j
    set due_at = now() + make_interval(secs => renew_jobs.lease_seconds)
    where j.id = any (array(
      select held.id from private.jobs held
      where held.id = any (renew_jobs.job_ids) and held.lease_token = renew_jobs.lease_token
      for update skip locked));
  return (
    select coalesce(jsonb_agg(j.id), '[]') from private.jobs j
    where j.id = any (renew_jobs.job_ids) and j.lease_token = renew_jobs.lease_token
      and j.due_at > now());
end
$$;
comment on function public.renew_jobs(uuid, bigint[], integer) is
  'Extends the lease of claimed jobs to lease_seconds from now; returns the ids that the token '
  'still holds.';

-- ---- settling -----------------------------------------------------------------------------------

create or replace function private.read_results(results jsonb)
  returns table (
    job_id bigint, lease_token uuid, outcome text, error text, retry_in integer, result jsonb
  )
  language plpgsql immutable rows 100 set search_path = ''
as $$
begin
  return query
    select distinct on (r.job_id) r.* from jsonb_to_recordset(read_results.results)
      as r (job_id bigint, lease_token uuid, outcome text, error text, retry_in integer,
            result jsonb)
    where r.outcome in ('accepted', 'failed', 'retry', 'released');
end
$$;
comment on function private.read_results(jsonb) is
  'The argument of settle_jobs, one row per job; unknown outcomes are left out.';

-- Never waits: jobs that others have locked are returned as busy, for a retry, and a locked invite
-- is updated later. (One long statement, so that accepted jobs are not updated before they go.)
create or replace function public.settle_jobs(results jsonb)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_kinds text[];
  v_outcomes text[];
  v_busy bigint[] := '{}';
begin
  with held as materialized (
    select j.id, j.kind, j.subject, r.retry_in, r.outcome as reported, r.result,
           coalesce(left(r.error, 1000), j.last_error) as error,
      case
        -- By age, but only after some attempts, or everything would fail after a long pause.
        when r.outcome = 'retry' and j.attempts > 5
          and j.queued_at < now() - (select s.mail_give_up_after from private.settings s)
          then 'failed'
        else r.outcome
      end as outcome
    from private.read_results(settle_jobs.results) as r
    cross join lateral (
      select held.* from private.jobs held
      where held.id = r.job_id and held.lease_token = r.lease_token
      for update skip locked
    ) as j
  ), told as materialized (
    select private.tell_invites(array_agg(h.subject), array_agg(h.outcome), array_agg(h.error))
             as invite_id
    from held h where h.kind = 'interview_invitation' and h.outcome <> 'released'
  ), analysed as materialized (
    select private.tell_analyses(
             array_agg(h.id), array_agg(h.outcome),
             array_agg(private.read_result(h.kind, h.reported, h.outcome, h.result))) as job_id
    from held h where h.kind = any (private.analysis_kinds())
  ), settled as materialized (
    select h.*, h.kind = 'interview_invitation'
             and h.subject not in (select t.invite_id from told t) as is_to_tell,
           h.kind = any (private.notice_kinds() || 'candidate_invitation'::text) as is_kept
    from held h
    where h.kind <> all (private.analysis_kinds()) or h.id in (select a.job_id from analysed a)
  ), deleted as (
    delete from private.jobs j
    where j.id = any (array(
      select s.id from settled s
      where s.outcome = 'accepted' and not s.is_to_tell and not s.is_kept))
  ), kept as (
    update private.jobs j
    set (attempts, lease_token, due_at, failed_at, done_at, last_error) = (
      select j.attempts - (s.outcome = 'released')::integer, null::uuid,
             now() + make_interval(
               secs => case s.outcome when 'retry' then coalesce(s.retry_in, 60) else 0 end),
             case s.outcome when 'failed' then now() end,
             case when s.outcome = 'accepted' or (s.outcome = 'failed' and s.is_to_tell)
                  then now() end,
             s.error
      from settled s where s.id = j.id)
    where j.id = any (array(
      select s.id from settled s
      where s.outcome <> 'accepted' or s.is_to_tell or s.is_kept))
  )
  select array_agg(s.kind), array_agg(s.outcome) into v_kinds, v_outcomes from settled s;
  perform private.count_outcomes(v_kinds, v_outcomes);
  perform private.tell_what_was_settled();
  -- Jobs that still have their token were locked by another transaction.
  if coalesce(cardinality(v_kinds), 0) < jsonb_array_length(settle_jobs.results) then
    v_busy := array(
      select r.job_id from private.read_results(settle_jobs.results) as r
      where exists (
        select from private.jobs j
        where j.id = r.job_id and j.lease_token = r.lease_token
        offset 0));
  end if;
  return jsonb_build_object(
    'settled', coalesce(cardinality(v_kinds), 0), 'busy', to_jsonb(v_busy));
end
$$;
comment on function public.settle_jobs(jsonb) is
  'Settles claimed jobs: objects of job_id, lease_token, outcome (accepted, failed, retry, '
  'released), error, retry_in (seconds) and, of an analysis that was accepted or has failed, its '
  'result. Raises invalid_result, and settles nothing, if a result is not what its kind of job '
  'gives. Jobs whose lease went to another worker are left alone. Returns settled, a count, and '
  'busy, the ids that were locked.';

create or replace function private.count_outcomes(kinds text[], outcomes text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.job_kinds as k (kind, accepted, failed, retried)
    select o.kind, count(*) filter (where o.outcome = 'accepted'),
           count(*) filter (where o.outcome = 'failed'),
           count(*) filter (where o.outcome = 'retry')
    from unnest(count_outcomes.kinds, count_outcomes.outcomes) as o (kind, outcome)
    where o.outcome <> 'released'
    group by o.kind order by o.kind
    on conflict (kind) do update
      set accepted = k.accepted + excluded.accepted, failed = k.failed + excluded.failed,
          retried = k.retried + excluded.retried;
end
$$;
comment on function private.count_outcomes(text[], text[]) is
  'Counts the outcomes of each kind, for monitoring.';

-- ======== supabase/schemas/71_recruiter_notices.sql ========

-- Notices: emails that tell recruiters what has happened in their interviews.

create table if not exists private.notifications (
  user_id uuid primary key,
  candidate_completed text not null default 'each',
  renewal_requested text not null default 'each',
  delivery_failed text not null default 'each',
  digested_until timestamptz not null default now(),
  constraint notifications_candidate_completed_check
    check (candidate_completed in ('each', 'daily', 'never')),
  constraint notifications_renewal_requested_check
    check (renewal_requested in ('each', 'daily', 'never')),
  constraint notifications_delivery_failed_check
    check (delivery_failed in ('each', 'daily', 'never')),
  constraint notifications_user_id_fkey
    foreign key (user_id) references auth.users (id) on delete cascade
);
create index if not exists notifications_daily_idx on private.notifications (digested_until)
  where 'daily' in (candidate_completed, renewal_requested, delivery_failed);
comment on table private.notifications is
  'Of what an account is told by email: each time, once a day together, or never; each time '
  'without a row.';
comment on column private.notifications.digested_until is
  'Up to when the last daily email tells, or since when there are daily ones.';

create or replace function private.daily_kinds(settings private.notifications)
  returns text[]
  language sql immutable set search_path = ''
as $$
  select array_remove(array[
    case when (settings).candidate_completed = 'daily' then 'candidate_completed' end,
    case when (settings).renewal_requested = 'daily' then 'renewal_requested' end,
    case when (settings).delivery_failed = 'daily' then 'delivery_failed' end], null)
$$;
comment on function private.daily_kinds(private.notifications) is
  'The kinds of notices that an account wants once a day.';

-- For recruiters. Definer, because the table is private.
create or replace function public.set_notifications(
  candidate_completed text default null, renewal_requested text default null,
  delivery_failed text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_before private.notifications;
  v_settings private.notifications;
begin
  perform private.confirmed_email(v_user_id);
  if exists (
    select from unnest(array[set_notifications.candidate_completed,
                             set_notifications.renewal_requested,
                             set_notifications.delivery_failed]) as chosen
    where chosen not in ('each', 'daily', 'never')
  ) then
    perform private.refuse('invalid_notification');
  end if;
  select s.* into v_before from private.notifications s where s.user_id = v_user_id for update;
  insert into private.notifications as s
      (user_id, candidate_completed, renewal_requested, delivery_failed)
    values (v_user_id, coalesce(set_notifications.candidate_completed, 'each'),
            coalesce(set_notifications.renewal_requested, 'each'),
            coalesce(set_notifications.delivery_failed, 'each'))
    on conflict (user_id) do update
      set candidate_completed =
            coalesce(set_notifications.candidate_completed, s.candidate_completed),
          renewal_requested = coalesce(set_notifications.renewal_requested, s.renewal_requested),
          delivery_failed = coalesce(set_notifications.delivery_failed, s.delivery_failed)
    returning * into v_settings;
  -- One email is about the same time for all kinds. So that nothing is lost, or told twice, what
  -- has waited is told now.
  if private.daily_kinds(v_before) <> private.daily_kinds(v_settings) then
    update private.notifications s set digested_until = now() where s.user_id = v_user_id;
    perform private.queue_digest(v_before, now());
  end if;
  return to_jsonb(v_settings) - 'user_id' - 'digested_until';
end
$$;
comment on function public.set_notifications(text, text, text) is
  'Sets of what the caller is told by email: each, daily or never; what is left out stays as it '
  'is. When another kind is told daily, or one no more, the email about what has waited comes at '
  'once. Returns all: candidate_completed, renewal_requested, delivery_failed. Raises '
  'invalid_notification.';

create or replace function private.notice_choice(user_id uuid, kind text)
  returns text
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce((
    select case notice_choice.kind
      when 'candidate_completed' then s.candidate_completed
      when 'renewal_requested' then s.renewal_requested
      when 'delivery_failed' then s.delivery_failed
    end
    from private.notifications s where s.user_id = notice_choice.user_id), 'each');
end
$$;
comment on function private.notice_choice(uuid, text) is
  'When an account is told of what this kind of notice is about: each, daily or never.';

-- At most one email an hour for each interview and kind: the job of this hour takes up people until
-- it is claimed, then the job of the next hour does. Sent ones are kept for an hour (see
-- settle_jobs). Locks the jobs of one kind in the order of their interviews.
create or replace function private.tell_recruiters(kind text, ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_told record;
  v_hour timestamptz;
begin
  for v_told in
    select what.interview_id, what.recruiter_id, count(*) as number,
           (array_agg(what.id order by what.id))[1:100] as ids
    from (
      select p.id, p.interview_id, p.recruiter_id from public.interview_participants p
      where tell_recruiters.kind = 'candidate_completed' and p.id = any (tell_recruiters.ids)
      union all
      select i.id, i.interview_id, i.recruiter_id from public.interview_invites i
      where tell_recruiters.kind <> 'candidate_completed' and i.id = any (tell_recruiters.ids)
    ) as what
    where private.notice_choice(what.recruiter_id, tell_recruiters.kind) = 'each'
    group by 1, 2 order by 1
  loop
    for v_hour in
      select date_trunc('hour', now(), 'utc') + hours * interval '1 hour'
      from generate_series(0, 2) as hours
    loop
      insert into private.jobs as j (kind, lane, subject, key, due_at, data)
        values (tell_recruiters.kind, v_told.recruiter_id, v_told.interview_id,
                extract(epoch from v_hour)::bigint::text,
                -- A minute, for those who come at the same time.
                greatest(v_hour, now() + interval '1 minute'),
                jsonb_build_object('number', v_told.number, 'ids', v_told.ids))
        on conflict on constraint jobs_subject_key do update
          set data = private.add_to_notice(j.data, excluded.data)
          where j.lease_token is null and j.done_at is null and j.failed_at is null;
      exit when found;
    end loop;
  end loop;
end
$$;
comment on function private.tell_recruiters(text, uuid[]) is
  'Queues notices about participants (candidate_completed) or invites (the other kinds) to the '
  'recruiters that want one each time.';

create or replace function private.add_to_notice(data jsonb, more jsonb)
  returns jsonb
  language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'number', (data ->> 'number')::bigint + (more ->> 'number')::bigint
              - jsonb_array_length(data -> 'ids') - jsonb_array_length(more -> 'ids')
              + count(*),
    'ids', case when jsonb_array_length(data -> 'ids') < 100 then jsonb_agg(known.id)
                else data -> 'ids' end)
  from (
    select distinct id from jsonb_array_elements((data -> 'ids') || (more -> 'ids')) as id
  ) as known
$$;
comment on function private.add_to_notice(jsonb, jsonb) is
  'The data of a notice with more people: their number, and the ids of about a hundred, each once.';

create or replace function private.people_of_notice(kind text, ids jsonb)
  returns text[]
  language plpgsql stable set search_path = ''
as $$
begin
  if people_of_notice.kind = 'candidate_completed' then
    -- By the address that the recruiter knows: the account's may be another one by now.
    return array(
      select coalesce(i.email, private.normalize_email(u.email))
      from jsonb_array_elements_text(people_of_notice.ids) as told (id)
      join public.interview_participants p on p.id = told.id::uuid
      join auth.users u on u.id = p.user_id
      left join public.interview_invites i on i.id = p.invite_id
      where p.status = 'completed' and u.email is not null
      order by 1);
  end if;
  return array(
    select i.email
    from jsonb_array_elements_text(people_of_notice.ids) as told (id)
    join public.interview_invites i on i.id = told.id::uuid
    where case people_of_notice.kind
      when 'delivery_failed' then i.delivery_status = 'failed'
      else i.renewal_requested_at is not null
    end
    order by 1);
end
$$;
comment on function private.people_of_notice(text, jsonb) is
  'The addresses of those of whom a notice is still true.';

-- In a trigger, for the same reason as receipts; once a statement, because a row trigger would lock
-- the notices in the order of the rows. Definer, because candidates may not write jobs.
create or replace function private.tell_of_completing()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_completed uuid[] := array(
    select now_is.id from was join now_is using (id)
    where now_is.status = 'completed' and was.status <> 'completed');
begin
  if v_completed <> '{}' then
    perform private.tell_recruiters('candidate_completed', v_completed);
  end if;
  return null;
end
$$;
comment on function private.tell_of_completing() is
  'When participants complete, tells their recruiters.';

create or replace trigger _600_tell_of_completing
  after update on public.interview_participants
  referencing old table as was new table as now_is
  for each statement execute function private.tell_of_completing();

-- Not when the email fails: settling waits for nothing.
create or replace function private.tell_of_failures()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_job_ids bigint[] := array(
    select j.id from private.jobs j
    where j.failed_at > now() - interval '1 day' and j.kind = 'interview_invitation'
      and j.done_at is null and j.data ->> 'told_of' is distinct from j.failed_at::text
    order by j.failed_at limit 10000
    for update skip locked);
begin
  perform private.tell_recruiters('delivery_failed', array(
    select j.subject from private.jobs j where j.id = any (v_job_ids)));
  update private.jobs j
    set data = coalesce(j.data, '{}') || jsonb_build_object('told_of', j.failed_at::text)
    where j.id = any (v_job_ids);
  return cardinality(v_job_ids);
end
$$;
comment on function private.tell_of_failures() is
  'Tells recruiters of invitations that have failed since the last call, up to 10,000. Returns how '
  'many.';

-- ======== supabase/schemas/71_watching.sql ========

-- Watching: how operators and the service pause, monitor and retry jobs. Definer: jobs are private.

create or replace function public.pause_jobs(kinds text[], reason text, seconds integer)
  returns void
  language sql volatile security definer set search_path = ''
as $$
  insert into private.job_kinds as k (kind, paused_until, paused_reason)
  select distinct kind, now() + make_interval(secs => pause_jobs.seconds),
         left(pause_jobs.reason, 1000)
  from unnest(pause_jobs.kinds) as kind order by kind
  on conflict (kind) do update
    set paused_until = excluded.paused_until, paused_reason = excluded.paused_reason
$$;
comment on function public.pause_jobs(text[], text, integer) is
  'Stops claiming of these kinds for some seconds; all jobs are kept.';

create or replace function public.resume_jobs(kinds text[])
  returns void
  language sql volatile security definer set search_path = ''
as $$
  update private.job_kinds k set paused_until = null, paused_reason = null
  where k.kind = any (resume_jobs.kinds)
$$;
comment on function public.resume_jobs(text[]) is 'Ends a pause of these kinds.';

create or replace function public.jobs_status(kinds text[])
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'queued', waiting.jobs,
    'oldest_seconds', waiting.oldest_seconds,
    'late_seconds', waiting.late_seconds,
    'accepted', coalesce(k.accepted, 0),
    'failed', coalesce(k.failed, 0),
    'retried', coalesce(k.retried, 0),
    'paused_until', k.paused_until,
    'paused_reason', case when k.paused_until is not null then k.paused_reason end,
    'workers', w.workers,
    'last_seen_seconds', w.last_seen_seconds)
  from (
    select count(*) as jobs,
           extract(epoch from now() - min(least(j.queued_at, now())))::integer as oldest_seconds,
           greatest(extract(epoch from now() - min(greatest(j.due_at, j.queued_at)))::integer, 0)
             as late_seconds
    from private.jobs j
    where j.kind = any (jobs_status.kinds) and j.failed_at is null and j.done_at is null
  ) as waiting
  cross join (
    select sum(k.accepted)::bigint as accepted, sum(k.failed)::bigint as failed,
           sum(k.retried)::bigint as retried,
           max(k.paused_until) filter (where k.paused_until > now()) as paused_until,
           max(k.paused_reason) filter (where k.paused_until > now()) as paused_reason
    from private.job_kinds k where k.kind = any (jobs_status.kinds)
  ) as k
  cross join (
    select count(distinct w.worker) filter (where w.seen_at > now() - interval '60 seconds')
             as workers,
           extract(epoch from now() - max(w.seen_at))::integer as last_seen_seconds
    from private.job_workers w where w.kind = any (jobs_status.kinds)
  ) as w
$$;
comment on function public.jobs_status(text[]) is
  'For these kinds: queued, oldest_seconds (since it was queued), late_seconds (since the first '
  'became due without being claimed), accepted, failed, retried (attempts, in total), '
  'paused_until, paused_reason, workers (seen in the last minute), last_seen_seconds.';

create or replace function public.retry_jobs(kinds text[], failed_since timestamptz)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  v_retried bigint[];
begin
  -- Locks invites and analyses before jobs (see hold_interview).
  perform from public.interview_invites i
    where i.id in (
      select j.subject from private.jobs j
      where j.kind = any (retry_jobs.kinds) and j.failed_at >= retry_jobs.failed_since)
    order by i.id
    for no key update;
  perform from public.response_analyses a
    where a.response_id in (
      select j.subject from private.jobs j
      where j.kind = any (retry_jobs.kinds) and j.kind = any (private.analysis_kinds())
        and j.failed_at >= retry_jobs.failed_since)
    order by a.response_id, a.step
    for no key update;
  with again as (
    update private.jobs j
    set failed_at = null, done_at = null, due_at = now(), queued_at = now(), attempts = 0
    where j.kind = any (retry_jobs.kinds) and j.failed_at >= retry_jobs.failed_since
    returning j.id
  )
  select array_agg(a.id) into v_retried from again a;
  update public.interview_invites i
    set delivery_status = 'queued', delivery_error = null
    from private.jobs j
    where j.id = any (v_retried) and j.kind = 'interview_invitation' and i.id = j.subject;
  perform private.tell_analyses(
      array_agg(j.id), array_agg('retry'::text), array_agg('{}'::jsonb))
    from private.jobs j
    where j.id = any (v_retried) and j.kind = any (private.analysis_kinds());
  return jsonb_build_object('retried', coalesce(cardinality(v_retried), 0));
end
$$;
comment on function public.retry_jobs(text[], timestamptz) is
  'Queues jobs again that failed since a time; unwanted ones are dropped when claimed. Returns '
  'retried, a count.';

-- ======== supabase/schemas/72_digests.sql ========

-- Digests: one email a day with what has happened in all interviews of a recruiter who wants that
-- instead of notices. It is read from the rows themselves when it is claimed, so that no candidate
-- waits for another one of the same recruiter, and nothing is told that is no longer true.

create or replace function private.queue_digest(settings private.notifications, until timestamptz)
  returns void
  language sql volatile set search_path = ''
as $$
  insert into private.jobs (kind, lane, subject, key, due_at, data)
    select 'daily_digest', (settings).user_id, (settings).user_id,
           extract(epoch from queue_digest.until)::bigint::text,
           -- A minute, for transactions that began before.
           now() + interval '1 minute',
           jsonb_build_object('since', (settings).digested_until, 'until', queue_digest.until,
                              'kinds', private.daily_kinds(settings))
    where private.daily_kinds(settings) <> '{}'
    on conflict on constraint jobs_subject_key do nothing
$$;
comment on function private.queue_digest(private.notifications, timestamptz) is
  'Queues an email about what an account is told daily, and has not been told yet.';

create or replace function private.queue_digests()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_until timestamptz :=
    date_trunc('day', now() - interval '6 hours', 'utc') + interval '6 hours';
  v_due private.notifications[];
begin
  v_due := array(
    select s from private.notifications s
    where 'daily' in (s.candidate_completed, s.renewal_requested, s.delivery_failed)
      and s.digested_until < v_until
    order by s.digested_until limit 10000
    for update skip locked);
  perform private.queue_digest(d, v_until)
    from unnest(v_due) as d order by (d).user_id;
  update private.notifications s set digested_until = v_until
    where s.user_id = any (array(select (d).user_id from unnest(v_due) as d));
  return cardinality(v_due);
end
$$;
comment on function private.queue_digests() is
  'Queues the daily emails of 06:00 UTC, up to 10,000; returns how many. Those about nothing are '
  'dropped when they are claimed.';

create or replace function private.digest_of(
  user_id uuid, since timestamptz, until timestamptz, kinds text[]
)
  returns table (interviews jsonb, number bigint)
  language plpgsql stable rows 1 set search_path = '' set enable_seqscan = off set jit = off
as $$
begin
  return query
  with event as (
    -- By the address that the recruiter knows, as in notices.
    select 'candidate_completed' as kind, p.interview_id,
           coalesce(i.email, private.normalize_email(u.email)) as email
    from public.interview_participants p
    join auth.users u on u.id = p.user_id
    left join public.interview_invites i on i.id = p.invite_id
    where p.recruiter_id = digest_of.user_id and p.status = 'completed' and u.email is not null
      and p.completed_at > digest_of.since and p.completed_at <= digest_of.until
    union all
    select 'renewal_requested', i.interview_id, i.email
    from public.interview_invites i
    where i.recruiter_id = digest_of.user_id
      and i.renewal_requested_at > digest_of.since and i.renewal_requested_at <= digest_of.until
    union all
    select 'delivery_failed', i.interview_id, i.email
    from public.interview_invites i
    where i.recruiter_id = digest_of.user_id and i.delivery_status = 'failed'
      and i.delivery_at > digest_of.since and i.delivery_at <= digest_of.until
  ), told as (
    select e.interview_id, e.kind, count(*) as number,
           (array_agg(e.email order by e.email))[1:11] as people
    from event e
    where e.kind = any (digest_of.kinds)
      and private.notice_choice(digest_of.user_id, e.kind) <> 'never'
    group by 1, 2
  ), interview as (
    select t.interview_id, n.title,
           jsonb_agg(jsonb_build_object('kind', t.kind, 'number', t.number, 'people', t.people)
                     order by t.kind) as told,
           row_number() over (order by n.title, n.id) as place
    from told t join public.interviews n on n.id = t.interview_id
    group by t.interview_id, n.title, n.id
  )
  select jsonb_agg(jsonb_build_object(
             'interview_id', i.interview_id, 'title', i.title, 'told', i.told) order by i.place)
           filter (where i.place <= 50),
         count(*)
  from interview i;
end
$$;
comment on function private.digest_of(uuid, timestamptz, timestamptz, text[]) is
  'What a daily email tells: up to 50 interviews in which something has happened, with the kind of '
  'it, how many people and some of their addresses; and the number of all such interviews.';

-- ======== supabase/schemas/72_job_contents.sql ========

-- Job contents: what workers must know of each job, and which are no longer wanted.

-- Its predecessor, which looked up for each job whether the recipient has unsubscribed.
drop view if exists private.job_details;

-- `offset 0` keeps each part a look-up by key: a plan cached while there were few participants
-- would read all of them for every job.
create or replace view private.job_contents with (security_invoker = true) as
select
  j.id as job_id,
  j.kind,
  j.due_at,
  case
    when j.kind in ('candidate_invitation', 'response_removal') then true
    when j.kind = 'reviewer_invitation' then asked.interview_id is not null
    when j.kind = any (private.analysis_kinds()) then coalesce(recording.is_wanted, false)
    when j.kind = 'submission_reminder' then coalesce(
      p.status = 'active' and p.answered > 0 and n.status <> 'completed'
      and now() >= n.deadline and now() < n.submit_until, false)
    when j.kind = 'submission_receipt' then coalesce(p.status = 'completed', false)
    when notice.interview_id is not null then notice.is_wanted and notice.people <> '{}'
    when j.kind = 'daily_digest' then coalesce(digest.is_wanted and digest.number > 0, false)
    when i.id is null and j.kind = 'interview_reminder' then coalesce(
      p.status = 'active' and n.status <> 'completed' and case
        when j.data ? 'by_hand' then private.is_open(n.status, n.deadline)
        else n.deadline > now() and n.deadline - (j.data ->> 'distance')::interval <= now() end,
      false)
    else coalesce(
      i.status = 'pending' and i.expires_at > now() and private.is_open(n.status, n.deadline)
      and (j.kind = 'interview_invitation' or j.data ? 'by_hand'
           or least(i.expires_at, n.deadline) - (j.data ->> 'distance')::interval <= now()), false)
  end as is_wanted,
  j.kind = any (private.unsubscribable_kinds()) as is_unsubscribable,
  coalesce(j.data ? 'asked_for', false) as is_asked_for,
  coalesce(i.recruiter_id, p.recruiter_id, asked.recruiter_id, j.lane) as recruiter_id,
  p.invited_as,
  coalesce(i.email, p.email, notice.email, digest.email, asked.email, j.data ->> 'email')
    as email,
  i.invite_code,
  n.title as interview_title,
  coalesce(i.recruiter_name, p.recruiter_name, asked.recruiter_name, j.data ->> 'recruiter_name',
           'HireVision') as recruiter_name,
  case when notice.interview_id is null then n.reply_to end as reply_to,
  i.expires_at,
  n.deadline,
  p.answered,
  p.questions,
  n.submit_until,
  case when j.kind = 'response_removal' or recording.path is not null
    then 'interview-responses' end as bucket,
  coalesce(recording.path, j.data ->> 'path') as path,
  p.completed_at,
  case when p.answered > 0
    then p.completed_at + (select s.responses_kept_for from private.settings s)
  end as kept_until,
  coalesce(i.candidate_name, p.candidate_name) as candidate_name,
  notice.interview_id,
  notice.people,
  -- Without those who are gone meanwhile.
  coalesce((j.data ->> 'number')::bigint - jsonb_array_length(j.data -> 'ids')
           + cardinality(notice.people), digest.number) as number,
  digest.interviews as digest,
  recording.mime_type,
  recording.size_bytes,
  recording.language,
  recording.max_seconds
from private.jobs j
left join public.interview_invites i on i.id = j.subject
left join lateral (
  select p.interview_id, p.recruiter_id, p.status, p.answered, p.completed_at,
         redeemed.recruiter_name, redeemed.candidate_name, redeemed.email as invited_as,
         (select count(*) from public.interview_questions q
          where q.interview_id = p.interview_id) as questions,
         private.normalize_email(u.email) as email
  from public.interview_participants p
  join auth.users u on u.id = p.user_id
  left join public.interview_invites redeemed on redeemed.id = p.invite_id
  where j.kind in ('interview_reminder', 'submission_reminder', 'submission_receipt')
    and p.id = j.subject
  offset 0
) as p on true
left join lateral (
  select n.id as interview_id, private.normalize_email(r.email) as email,
         private.address_problem(r.id) is null
           and private.notice_choice(r.id, j.kind) = 'each' as is_wanted,
         private.people_of_notice(j.kind, j.data -> 'ids') as people
  from public.interviews n
  join auth.users r on r.id = n.recruiter_id
  where j.kind = any (private.notice_kinds())
    and n.id = j.subject
  offset 0
) as notice on true
left join lateral (
  select private.normalize_email(r.email) as email,
         private.address_problem(r.id) is null as is_wanted, told.interviews, told.number
  from auth.users r
  cross join lateral private.digest_of(
    r.id, (j.data ->> 'since')::timestamptz, (j.data ->> 'until')::timestamptz,
    array(select jsonb_array_elements_text(j.data -> 'kinds'))) as told
  where j.kind = 'daily_digest'
    and r.id = j.subject
  offset 0
) as digest on true
left join lateral (
  select r.interview_id, r.recruiter_id, r.email,
         private.recruiter_name(r.interview_id) as recruiter_name
  from public.interview_reviewers r
  where j.kind = 'reviewer_invitation'
    and r.id = j.subject and r.user_id is null
  offset 0
) as asked on true
left join lateral (
  select n.title, n.status, n.deadline, r.email as reply_to,
         n.deadline + (select s.upload_grace from private.settings s) as submit_until
  from public.interviews n
  join auth.users r on r.id = n.recruiter_id
  where n.id = coalesce(
    i.interview_id, p.interview_id, notice.interview_id, asked.interview_id)
  offset 0
) as n on true
left join lateral (
  select r.object_path as path, r.mime_type, r.size_bytes, n.language,
         private.recording_seconds(r.id) as max_seconds,
         private.is_analysed(a.step, n, p, r) as is_wanted
  from public.response_analyses a
  join public.interview_responses r on r.id = a.response_id
  join public.interview_participants p on p.id = r.participant_id
  join public.interviews n on n.id = r.interview_id
  where j.kind in ('response_check', 'response_transcript')
    and a.response_id = j.subject and a.step = substr(j.kind, 10)
  offset 0
) as recording on true;

comment on view private.job_contents is
  'What a worker needs to do each job (recipient and contents of an email, path of an object, '
  'language of a recording), and whether it is still wanted. Of emails that are unsubscribable and '
  'not asked for, mail_times says whether the recipient wants them.';

create or replace function private.drop_unwanted_jobs(job_ids bigint[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[];
begin
  if cardinality(drop_unwanted_jobs.job_ids) = 0 then
    return;
  end if;
  -- Others lock the invite before its jobs, so locked invites are left for the next claim.
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.id in (
      select j.subject from private.jobs j
      where j.id = any (drop_unwanted_jobs.job_ids) and j.kind = 'interview_invitation')
    for no key update skip locked);
  update public.interview_invites i
    set delivery_status = 'cancelled', delivery_at = now()
    where i.id = any (v_invite_ids) and i.delivery_status = 'queued';
  -- So are locked analyses; the jobs of the others go with them.
  delete from public.response_analyses a
    using (
      select free.response_id, free.step
      from private.jobs j
      cross join lateral (
        select unwanted.response_id, unwanted.step from public.response_analyses unwanted
        where unwanted.response_id = j.subject and unwanted.step = substr(j.kind, 10)
        for update skip locked
      ) as free
      where j.id = any (drop_unwanted_jobs.job_ids) and j.kind = any (private.analysis_kinds())
    ) as free
    where a.response_id = free.response_id and a.step = free.step;
  delete from private.jobs j
    where j.id = any (drop_unwanted_jobs.job_ids)
      and (
        (j.kind <> 'interview_invitation' and j.kind <> all (private.analysis_kinds()))
        or j.subject = any (v_invite_ids)
        or (j.kind = 'interview_invitation' and not exists (
              select from public.interview_invites i where i.id = j.subject))
        or (j.kind = any (private.analysis_kinds()) and not exists (
              select from public.response_analyses a
              where a.response_id = j.subject and a.step = substr(j.kind, 10))));
  -- Those are due again a little later, so that they do not block others.
  update private.jobs j set due_at = now() + interval '10 seconds'
    where j.id = any (drop_unwanted_jobs.job_ids);
end
$$;
comment on function private.drop_unwanted_jobs(bigint[]) is
  'Deletes jobs that are no longer wanted; marks the invites of emails as cancelled, and deletes '
  'analyses.';

-- ======== supabase/schemas/72_mail.sql ========

-- Mail: how the emails of invites are queued, and the delivery that is shown on invites.

create or replace function private.queue_new_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs (kind, lane, subject)
    select 'interview_invitation', i.recruiter_id, i.id from new_invites i;
  return null;
end
$$;
comment on function private.queue_new_invites() is
  'Queues one email for each new invite, however it was inserted. Definer, because callers may not '
  'write jobs.';

create or replace trigger _400_queue_new_invites
  after insert on public.interview_invites
  referencing new table as new_invites
  for each statement execute function private.queue_new_invites();

create or replace function private.queue_invite_again()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.email <> old.email then
    delete from private.jobs j where j.subject = new.id
      and j.kind in ('interview_invitation', 'interview_reminder');
  end if;
  insert into private.jobs as j (kind, lane, subject)
    values ('interview_invitation', new.recruiter_id, new.id)
    on conflict (kind, subject, key) do update
      set due_at = least(j.due_at, now()), failed_at = null, done_at = null,
          queued_at = case when j.failed_at is null and j.done_at is null then j.queued_at
                           else now() end,
          attempts = case when j.failed_at is null and j.done_at is null then j.attempts else 0 end,
          data = case when j.failed_at is null and j.done_at is null then j.data end
      where j.lease_token is null;
  return null;
end
$$;
comment on function private.queue_invite_again() is
  'Queues another email, unless one is waiting or being sent. Drops jobs for an old address, so '
  'that a worker that is sending one settles nothing. Definer, because callers may not write jobs.';

create or replace trigger _400_queue_invite_again
  after update on public.interview_invites
  for each row when (new.queued_at is distinct from old.queued_at)
  execute function private.queue_invite_again();

create or replace function private.hurry_mails(invite_ids uuid[], asked_for boolean)
  returns void
  language sql volatile set search_path = ''
as $$
  update private.jobs j
  set due_at = '-infinity',
      data = case when hurry_mails.asked_for then '{"asked_for": true}'::jsonb else j.data end
  where j.kind = 'interview_invitation' and j.subject = any (hurry_mails.invite_ids)
    and j.lease_token is null
$$;
comment on function private.hurry_mails(uuid[], boolean) is
  'Moves the emails of these invites, for which a person is waiting, to the head of their lanes. '
  'Those that the candidate asked for come even if they have unsubscribed.';

create or replace function private.tell_invites(
  invite_ids uuid[], outcomes text[], errors text[]
)
  returns setof uuid
  language plpgsql volatile set search_path = ''
as $$
declare
  v_free uuid[] := array(
    select i.id from public.interview_invites i
    where i.id = any (tell_invites.invite_ids)
    for no key update skip locked);
  v_accepted uuid[] := array(
    select d.invite_id from unnest(invite_ids, outcomes) as d (invite_id, outcome)
    where d.outcome = 'accepted');
begin
  update public.interview_invites i
    set delivery_status = 'accepted', delivery_at = now(), delivery_error = null
    where i.id = any (array(select unnest(v_free) intersect select unnest(v_accepted)));
  update public.interview_invites i
    set (delivery_status, delivery_at, delivery_error) = (
      select case d.outcome when 'retry' then 'queued' else d.outcome end, now(),
             coalesce(d.error, i.delivery_error)
      from unnest(invite_ids, outcomes, errors) as d (invite_id, outcome, error)
      where d.invite_id = i.id)
    where i.id = any (array(select unnest(v_free) except select unnest(v_accepted)));
  return query select unnest(v_free);
end
$$;
comment on function private.tell_invites(uuid[], text[], text[]) is
  'Writes the outcomes of emails to their invites; skips invites that are locked, and returns the '
  'others.';

create or replace function private.tell_what_was_settled()
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_job_ids bigint[] := array(
    select j.id from private.jobs j
    where j.kind = 'interview_invitation' and j.done_at is not null
    order by j.done_at limit 100
    for update skip locked);
  v_over bigint[];
begin
  if cardinality(v_job_ids) = 0 then
    return;
  end if;
  with job as materialized (
    select j.* from private.jobs j where j.id = any (v_job_ids)
  ), told as materialized (
    select private.tell_invites(
             array_agg(j.subject), array_agg(case when j.failed_at is null then 'accepted'
                                                  else 'failed' end), array_agg(j.last_error))
             as invite_id
    from job j
  )
  select array_agg(j.id) into v_over from job j
    where j.subject in (select t.invite_id from told t)
      or not exists (select from public.interview_invites i where i.id = j.subject);
  update private.jobs j set done_at = null where j.id = any (v_over) and j.failed_at is not null;
  delete from private.jobs j where j.id = any (v_over) and j.failed_at is null;
end
$$;
comment on function private.tell_what_was_settled() is
  'Updates the invites that were locked when their emails were settled, 100 per call.';

-- For the service, to send one email while its caller waits. Definer: jobs are private.
create or replace function public.claim_invite_mail(
  email text, invite_code text, worker text, lease_seconds integer default 60
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite record;
  v_job private.jobs;
  v_paused text := (
    select k.paused_reason from private.job_kinds k
    where k.kind = 'interview_invitation' and k.paused_until > now());
  v_claimed json;
begin
  select i.id, i.interview_id, i.recruiter_id, i.email, i.delivery_status, i.delivery_error
  into v_invite
  from public.interview_invites i
  where i.email = private.normalize_email(claim_invite_mail.email)
    and i.invite_code = private.read_code(claim_invite_mail.invite_code)
    and i.status = 'pending' and i.expires_at > now();
  if not found then
    perform private.refuse('invite_not_found:service');
  end if;
  if v_invite.delivery_status is null then
    -- An invite of the first version, not queued yet.
    if exists (
      select from public.interviews n
      where n.id = v_invite.interview_id and private.has_link(n.title)
    ) then
      perform private.refuse('text_not_allowed:inviting');
    end if;
    update public.interview_invites i set queued_at = now() where i.id = v_invite.id;
  end if;
  select j.* into v_job
  from private.jobs j
  where j.kind = 'interview_invitation' and j.subject = v_invite.id
  for update;
  if coalesce(not v_job.data ? 'asked_for', true)
     and private.is_unsubscribed(v_invite.recruiter_id, v_invite.email) then
    return '{"delivery": "unsubscribed"}';
  elsif v_job.id is null then
    select i.delivery_status, i.delivery_error into v_invite
      from public.interview_invites i where i.id = v_invite.id;
    return jsonb_build_object(
      'delivery', v_invite.delivery_status, 'error', v_invite.delivery_error);
  elsif v_job.failed_at is not null then
    return jsonb_build_object('delivery', 'failed', 'error', v_job.last_error);
  elsif v_job.done_at is not null then
    -- Sent, but the invite is not updated yet (see tell_what_was_settled).
    return '{"delivery": "accepted"}';
  elsif v_job.lease_token is not null and v_job.due_at > now() then
    return '{"delivery": "in_progress"}';
  elsif v_paused is not null then
    return jsonb_build_object('delivery', 'paused', 'reason', v_paused);
  end if;
  v_claimed := private.lease_jobs(array[v_job.id], claim_invite_mail.lease_seconds);
  if json_array_length(v_claimed) = 0 then
    return '{"delivery": "cancelled"}';
  end if;
  return jsonb_build_object('delivery', 'claimed', 'mail', v_claimed -> 0);
end
$$;
comment on function public.claim_invite_mail(text, text, text, integer) is
  'Leases the queued email of one pending invite, found by address and code. Returns delivery: '
  'claimed (with mail), in_progress, accepted, failed (with error), cancelled, unsubscribed or '
  'paused (with reason); raises invite_not_found, and text_not_allowed for one that was never '
  'queued.';

-- For recruiters, so that they do not wait for emails that are not being sent, and the service.
-- Definer: jobs are private.
create or replace function public.delivery_state()
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (
      select from private.job_kinds k
      where k.kind = 'interview_invitation' and k.paused_until > now()) then 'paused'
    when exists (
      select from private.job_workers w
      where w.kind = 'interview_invitation' and w.seen_at > now() - interval '60 seconds')
      then 'sending'
    else 'stopped'
  end
$$;
comment on function public.delivery_state() is
  'sending; paused, because the mail server refuses our emails; stopped, because no worker was '
  'seen in the last minute.';

-- ======== supabase/schemas/73_general_invitations.sql ========

-- General invitations: emails that ask people to join HireVision, without an interview.

-- For the service. Definer: jobs are private. This email is about no row: its subject is a hash of
-- the address, and the settled job is kept for 10 minutes against duplicates.
create or replace function public.invite_candidates(
  emails text[], recruiter_name text default null
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_name text := coalesce(private.signature(invite_candidates.recruiter_name), 'HireVision');
  v_outcomes jsonb;
begin
  perform private.check_emails(invite_candidates.emails);
  with request as materialized (
    select r.position, r.sent, r.email,
      case
        when not private.is_email(r.email) then 'invalid_email'
        when row_number() over (partition by r.email collate "C" order by r.position) > 1
          then 'duplicate_in_request'
      end as refused
    from (
      select u.position, u.email as sent, private.normalize_email(u.email) as email
      from unnest(invite_candidates.emails) with ordinality as u (email, position)
    ) as r
  ), queued as (
    insert into private.jobs as j (kind, subject, data)
    select 'candidate_invitation', md5(r.email)::uuid,
           jsonb_build_object('email', r.email, 'recruiter_name', v_name)
    from request r where r.refused is null order by 2
    on conflict (kind, subject, key) do update
      set queued_at = now(), due_at = now(), attempts = 0, failed_at = null, done_at = null,
          data = excluded.data
      where j.queued_at <= now() - interval '10 minutes' and j.lease_token is null
    returning j.subject
  )
  select jsonb_agg(jsonb_build_object(
      'email', case r.refused when 'invalid_email' then r.sent else r.email end,
      'outcome', coalesce(r.refused, case
        when md5(r.email)::uuid in (select q.subject from queued q) then 'queued'
        else 'unchanged' end)) order by r.position)
    into v_outcomes
    from request r;
  perform private.count_invites((
    select count(*)::integer from jsonb_array_elements(v_outcomes) as o
    where o ->> 'outcome' = 'queued'));
  return v_outcomes;
end
$$;
comment on function public.invite_candidates(text[], text) is
  'Queues the general invitation to join HireVision; one object per address in the order given: '
  'email, outcome. Outcomes: queued, unchanged (queued in the last 10 minutes), '
  'duplicate_in_request, invalid_email.';

-- ======== supabase/schemas/73_receipts.sql ========

-- Receipts: the email that tells candidates what they have submitted.

-- In a trigger, because a participant completes by complete_interview, by an update of their status
-- or, after the deadline, by maintenance. Definer, because candidates may not write jobs.
create or replace function private.queue_receipt()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs (kind, lane, subject)
    values ('submission_receipt', new.recruiter_id, new.id)
    on conflict (kind, subject, key) do nothing;
  return null;
end
$$;
comment on function private.queue_receipt() is
  'When a participant completes, queues one email that says so. Participants that were completed '
  'before this existed get none.';

create or replace trigger _500_queue_receipt
  after update of status on public.interview_participants
  for each row when (new.status = 'completed' and old.status <> 'completed')
  execute function private.queue_receipt();

-- ======== supabase/schemas/73_reviewer_mails.sql ========

-- Emails to reviewers: one asks them to review the candidates of an interview.

-- Definer, like the next, because callers may not write jobs.
create or replace function private.queue_reviewer_mail()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.jobs as j (kind, lane, subject)
    values ('reviewer_invitation', new.recruiter_id, new.id)
    on conflict on constraint jobs_subject_key do update
      set due_at = now(), queued_at = now(), attempts = 0, failed_at = null
      where j.lease_token is null;
  return null;
end
$$;
comment on function private.queue_reviewer_mail() is
  'After somebody was invited to review, queues the email that says so, unless it is being sent.';

create or replace trigger _400_queue_reviewer_mail
  after insert or update of invited_at on public.interview_reviewers
  for each row execute function private.queue_reviewer_mail();

create or replace function private.drop_reviewer_mail()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.jobs j where j.kind = 'reviewer_invitation' and j.subject = old.id;
  return null;
end
$$;
comment on function private.drop_reviewer_mail() is
  'After a reviewer is removed, drops the email that waits.';

create or replace trigger _400_drop_reviewer_mail
  after delete on public.interview_reviewers
  for each row execute function private.drop_reviewer_mail();

-- ======== supabase/schemas/74_late_responses.sql ========

-- Late responses: what maintenance does with responses because time passes.

create or replace function private.remind_of_submitting()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview record;
  v_due uuid[];
  v_free uuid[];
  v_queued integer := 0;
begin
  for v_interview in
    select n.id, n.recruiter_id, n.deadline
    from public.interviews n
    where n.deadline_stage = 0 and n.deadline <= now()
    order by n.deadline limit 1000
    for no key update skip locked
  loop
    v_due := array(
      select p.id
      from public.interview_participants p
      where p.recruiter_id = v_interview.recruiter_id and p.interview_id = v_interview.id
        and p.status = 'active' and p.answered > 0
        and v_interview.deadline > now() - (select s.upload_grace from private.settings s)
        and not exists (
          select from private.jobs j where j.kind = 'submission_reminder' and j.subject = p.id)
      order by p.id);
    v_free := array(
      select p.id from public.interview_participants p where p.id = any (v_due)
      order by p.id
      for no key update skip locked);
    v_queued := v_queued + private.remind('submission_reminder', v_free, null);
    -- Not finished while participants who are to be told are locked.
    update public.interviews n set deadline_stage = 1
      where n.id = v_interview.id and v_free @> v_due;
  end loop;
  return v_queued;
end
$$;
comment on function private.remind_of_submitting() is
  'When a deadline has passed, queues one email to each participant who has answered but not '
  'submitted; 1,000 interviews per call. Returns how many.';

-- Waits for nobody: an interview in which somebody holds an invite or a notice for longer than the
-- lock_timeout is left to the next run.
create or replace function private.submit_late_responses()
  returns integer
  language plpgsql volatile set search_path = '' set lock_timeout = '1ms'
as $$
declare
  v_interview record;
  v_due uuid[];
  v_free uuid[];
  v_left integer := 1000;
begin
  for v_interview in
    select n.id, n.recruiter_id, n.status
    from public.interviews n
    where n.deadline_stage = 1
      and n.deadline < now() - (select s.upload_grace from private.settings s)
    order by n.deadline limit 1000
    for no key update skip locked
  loop
    begin
      v_due := array(
        select p.id from public.interview_participants p
        where p.recruiter_id = v_interview.recruiter_id and p.interview_id = v_interview.id
          and p.status = 'active' and p.answered > 0 and v_interview.status <> 'completed'
          and private.missing_responses(p.id) is null
        order by p.id limit v_left);
      v_free := array(
        select p.id from public.interview_participants p
        where p.id = any (v_due) and p.status = 'active' and private.missing_responses(p.id) is null
        order by p.id
        for no key update skip locked);
      update public.interview_participants p set status = 'completed' where p.id = any (v_free);
      -- Not finished while there may be more, or participants are locked.
      update public.interviews n set deadline_stage = 2
        where n.id = v_interview.id and cardinality(v_due) < v_left and v_free @> v_due;
      v_left := v_left - cardinality(v_free);
    exception when lock_not_available then
      continue;
    end;
    exit when v_left <= 0;  -- the next run continues
  end loop;
  return 1000 - v_left;
end
$$;
comment on function private.submit_late_responses() is
  'When the grace period after a deadline is over, submits for every participant who has answered '
  'what is required; 1,000 per call. Returns how many.';

create or replace function private.expire_responses()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_cutoff timestamptz := now() - (select s.responses_kept_for from private.settings s);
  v_participant_ids uuid[];
  v_expired integer;
begin
  -- People who have not submitted may still be answering: for them, the last take counts.
  v_participant_ids := array(
    select r.participant_id
    from public.interview_responses r
    where coalesce(r.submitted_at, r.uploaded_at, r.started_at) <= v_cutoff
      and not exists (
        select from public.interview_responses newer
        where newer.participant_id = r.participant_id
          and coalesce(newer.submitted_at, newer.uploaded_at, newer.started_at) > v_cutoff)
    order by coalesce(r.submitted_at, r.uploaded_at, r.started_at)
    limit 10000);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.id = any (v_participant_ids)
    order by p.id
    for no key update skip locked);
  update public.interview_participants p set responses_expired_at = now(), answered = 0
    where p.id = any (v_participant_ids);
  delete from public.interview_responses r where r.participant_id = any (v_participant_ids);
  get diagnostics v_expired = row_count;
  return v_expired;
end
$$;
comment on function private.expire_responses() is
  'Deletes the responses of participants that have been kept for responses_kept_for; reads up to '
  '10,000 responses per call. Returns how many it deleted.';

-- Nothing should be found: whatever stops being current gets its job at once. This finds what was
-- in the bucket before the trigger, and tries removals again that failed.
create or replace function private.sweep_storage()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_sweep private.storage_sweep;
  v_names text[];
  v_orphans text[];
begin
  select s.* into v_sweep from private.storage_sweep s for update;
  if not private.storage_is_ready() or v_sweep.finished_at > now() - interval '1 day' then
    return 0;
  end if;
  v_names := array(
    select o.name from storage.objects o
    where o.bucket_id = 'interview-responses' and o.name > v_sweep.position
    order by o.name limit 10000);
  v_orphans := array(
    select name from unnest(v_names) as name
    where not exists (
      select from public.interview_responses r
      where r.object_path = name and r.status = 'uploaded' offset 0)
      and not exists (
        select from private.jobs j
        where j.kind = 'response_removal' and j.subject = md5(name)::uuid
          and j.failed_at is null offset 0));
  perform private.queue_removals(
    array_fill('00000000-0000-0000-0000-000000000000'::uuid, array[cardinality(v_orphans)]),
    v_orphans);
  update private.storage_sweep s
    set position = case when cardinality(v_names) < 10000 then ''
                        else v_names[cardinality(v_names)] end,
        finished_at = case when cardinality(v_names) < 10000 then now() else s.finished_at end;
  return cardinality(v_orphans);
end
$$;
comment on function private.sweep_storage() is
  'Once a day, queues the removal of objects in the bucket that are no current response and are '
  'not queued; looks at 10,000 per call. Returns how many it found.';

-- ---- figures ------------------------------------------------------------------------------------

-- For signed-in accounts and the service. Definer: settings are private.
create or replace function public.response_settings()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'bucket', 'interview-responses',
    'max_bytes', private.response_max_bytes(),
    'mime_types', (select jsonb_agg(f.mime_type order by f.mime_type)
                   from private.recording_types f),
    'kept_for_days', extract(epoch from s.responses_kept_for) / 86400,
    'upload_grace_hours', extract(epoch from s.upload_grace) / 3600,
    'storage_ready', private.storage_is_ready(),
    'consent', (select jsonb_build_object('version', c.version, 'recording', c.recording,
                                          'analysis', c.analysis)
                from private.consent_notices c order by c.version desc limit 1))
  from private.settings s
$$;
comment on function public.response_settings() is
  'What screens say about recordings: bucket, max_bytes, mime_types, kept_for_days, '
  'upload_grace_hours, storage_ready (whether candidates can record at all), and consent: version, '
  'recording and analysis, the texts that a candidate agrees to.';

-- For recruiters. Definer: counts are private.
create or replace function public.storage_used()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'held_bytes', (
      select coalesce(sum(r.size_bytes), 0) from public.interview_responses r
      where r.recruiter_id = (select private.caller_id()) and r.status = 'uploaded'),
    'uploaded_bytes_today', coalesce((
      select c.bytes from private.storage_counts c
      where c.recruiter_id = (select private.caller_id())
        and c.day = (now() at time zone 'utc')::date), 0),
    'bytes_per_day', s.bytes_per_day)
  from private.settings s
$$;
comment on function public.storage_used() is
  'Bytes of recordings that the caller''s interviews hold, that were uploaded today (UTC), and '
  'that may be: held_bytes, uploaded_bytes_today, bytes_per_day.';

-- For monitoring. Definer: counts are private.
create or replace function public.responses_status()
  returns jsonb
  language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'held_bytes', coalesce(sum(r.size_bytes) filter (where r.status = 'uploaded'), 0),
    'held_responses', count(*) filter (where r.status = 'uploaded'),
    'awaited', count(*) filter (where r.status = 'started'),
    'uploaded_bytes_today', (
      select coalesce(sum(c.bytes), 0) from private.storage_counts c
      where c.day = (now() at time zone 'utc')::date))
  from public.interview_responses r
$$;
comment on function public.responses_status() is
  'For all recruiters together: held_bytes, held_responses, awaited (recordings that were started '
  'and not uploaded), uploaded_bytes_today (UTC).';

-- ======== supabase/schemas/75_maintenance.sql ========

-- Maintenance: what happens because time passes. The worker calls run_maintenance every minute, and
-- so does pg_cron if the project has it; only one call runs at a time.

-- Reminders: for pending invites before expiry or deadline, whichever is earlier, for active
-- participants before the deadline; once at each distance of the settings. A row is read when it
-- comes within a distance, and then marked (reminded_for), so that the cost of a run depends only
-- on what became due since the last one. If several distances are due, only the shortest counts, so
-- that nobody gets two reminders at once after a pause.

create or replace function private.may_remind(
  since timestamptz, reminded_at timestamptz, target timestamptz, distance interval
)
  returns boolean
  language plpgsql stable set search_path = ''
as $$
begin
  return coalesce(may_remind.since <= target - 2 * distance, false)
    and (may_remind.reminded_at is null
         or (may_remind.reminded_at < target - distance
             -- Left out, not put off: it would come a day after one about the same.
             and may_remind.reminded_at <= now() - interval '23 hours'));
end
$$;
comment on function private.may_remind(timestamptz, timestamptz, timestamptz, interval) is
  'Whether to remind a person of target: not if they were invited (since) less than one distance '
  'before the reminder, or were already reminded of it. Invites of the first version, which were '
  'never queued, get none.';

-- Without enable_seqscan off, a plan cached while there were few invites reads all of them.
create or replace function private.remind_of_expiry(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_invite_ids uuid[];
  v_due uuid[];
begin
  -- By index, once per mark that means a longer distance, or none (1000 years). Marks are read from
  -- the table, because the settings may have changed since.
  v_invite_ids := array(
    with recursive marks (mark) as (
      select min(coalesce(i.reminded_for, '1000 years')) from public.interview_invites i
      where i.status = 'pending'
        and coalesce(i.reminded_for, '1000 years') > remind_of_expiry.distance
      union all
      select (select min(coalesce(i.reminded_for, '1000 years')) from public.interview_invites i
              where i.status = 'pending' and coalesce(i.reminded_for, '1000 years') > m.mark)
      from marks m where m.mark is not null
    )
    select soon.id
    from marks
    cross join lateral (
      select i.id from public.interview_invites i
      where coalesce(i.reminded_for, '1000 years') = marks.mark and i.status = 'pending'
        and i.expires_at > now() and i.expires_at <= now() + remind_of_expiry.distance
      order by i.expires_at
      limit remind_of_expiry.at_most
      for no key update skip locked
    ) as soon
    limit remind_of_expiry.at_most);
  -- By id, so that remind writes them in this order with every plan: in the order of expiry, a run
  -- of the benchmark costs 0.6 instead of 0.47 s of CPU.
  v_due := array(
    select i.id
    from public.interview_invites i
    join public.interviews n on n.id = i.interview_id
    where i.id = any (v_invite_ids) and private.is_open(n.status, n.deadline)
      and coalesce(n.deadline, i.expires_at) >= i.expires_at
      and private.may_remind(i.queued_at, i.reminded_at, i.expires_at, distance)
    order by i.id);
  -- The others; remind marks those that are due. (By set: to compare 10,000 with 10,000 one by one
  -- takes 130 ms.)
  update public.interview_invites i set reminded_for = remind_of_expiry.distance
    where i.id = any (array(select unnest(v_invite_ids) except select unnest(v_due)));
  return query
    select cardinality(v_invite_ids), private.remind('interview_reminder', v_due, distance);
end
$$;
comment on function private.remind_of_expiry(interval, integer) is
  'Queues the reminders of invites that expire within the distance; reads up to at_most invites.';

create or replace function private.due_before_deadline(interview_id uuid, distance interval)
  returns setof uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return query
    select i.id
    from public.interviews n
    join public.interview_invites i on i.interview_id = n.id
    where n.id = due_before_deadline.interview_id and i.status = 'pending'
      and private.is_open(n.status, n.deadline) and i.expires_at >= n.deadline
      and private.may_remind(i.queued_at, i.reminded_at, n.deadline, distance)
    union all
    select p.id
    from public.interviews n
    join public.interview_participants p
      on p.recruiter_id = n.recruiter_id and p.interview_id = n.id
    where n.id = due_before_deadline.interview_id and p.status = 'active'
      and private.may_remind(p.joined_at, p.reminded_at, n.deadline, distance);
end
$$;
comment on function private.due_before_deadline(uuid, interval) is
  'The invites and participants that are to be reminded of an interview''s deadline, at this '
  'distance.';

create or replace function private.remind_of_deadline(distance interval, at_most integer)
  returns table (looked_at integer, queued integer)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_interview_id uuid;
  v_due uuid[];
  v_left integer := remind_of_deadline.at_most;
  v_queued integer := 0;
begin
  for v_interview_id in
    with recursive marks (mark) as (
      select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
      where n.deadline is not null
        and coalesce(n.reminded_for, '1000 years') > remind_of_deadline.distance
      union all
      select (select min(coalesce(n.reminded_for, '1000 years')) from public.interviews n
              where n.deadline is not null and coalesce(n.reminded_for, '1000 years') > m.mark)
      from marks m where m.mark is not null
    )
    select n.id
    from marks
    join public.interviews n on coalesce(n.reminded_for, '1000 years') = marks.mark
    where n.status <> 'completed'
      and n.deadline > now() and n.deadline <= now() + remind_of_deadline.distance
    order by n.deadline limit 1000
    for no key update of n skip locked
  loop
    v_due := array(
      select due from private.due_before_deadline(v_interview_id, distance) as due limit v_left);
    v_due := array(
      select p.id from public.interview_participants p where p.id = any (v_due)
      for no key update skip locked) || array(
      select i.id from public.interview_invites i where i.id = any (v_due)
      for no key update skip locked);
    v_queued := v_queued + private.remind('interview_reminder', v_due, distance);
    v_left := v_left - cardinality(v_due);
    exit when v_left <= 0;  -- the next run continues
    -- Not finished while rows that are due are locked.
    update public.interviews n set reminded_for = distance
      where n.id = v_interview_id
        and not exists (select from private.due_before_deadline(n.id, distance));
  end loop;
  return query select at_most - v_left, v_queued;
end
$$;
comment on function private.remind_of_deadline(interval, integer) is
  'Queues up to at_most reminders of interviews whose deadline is within the distance; 1,000 '
  'interviews per call.';

create or replace function private.queue_reminders()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_distance interval;
  v_done record;
  v_left integer := 10000;
  v_queued integer := 0;
begin
  for v_distance in
    select d from private.settings s, unnest(s.reminder_distances) as d order by d
  loop
    for v_done in
      select * from private.remind_of_expiry(v_distance, v_left)
      union all
      select * from private.remind_of_deadline(v_distance, v_left)
    loop
      v_left := greatest(v_left - v_done.looked_at, 0);
      v_queued := v_queued + v_done.queued;
    end loop;
  end loop;
  return v_queued;
end
$$;
comment on function private.queue_reminders() is
  'Queues reminders that are due, about 10,000 per call; returns how many.';

-- An invite that is not pending can never be redeemed, so no participation is added meanwhile.
create or replace function private.expire_invites()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_cutoff timestamptz := now() - (select s.invites_kept_for from private.settings s);
  v_invite_ids uuid[];
  v_participant_ids uuid[];
  v_deleted integer;
begin
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.status <> 'pending'
      and coalesce(i.completed_at, i.accepted_at, i.expires_at) <= v_cutoff
    order by coalesce(i.completed_at, i.accepted_at, i.expires_at) limit 2000);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.invite_id = any (v_invite_ids)
    order by p.id for update skip locked);
  v_invite_ids := array(
    select i.id from public.interview_invites i
    where i.id = any (v_invite_ids)
      and not exists (
        select from public.interview_participants p
        where p.invite_id = i.id and p.id <> all (v_participant_ids))
    order by i.id for update skip locked);
  delete from public.interview_participants p
    where p.id = any (v_participant_ids) and p.invite_id = any (v_invite_ids);
  delete from public.interview_invites i where i.id = any (v_invite_ids);
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function private.expire_invites() is
  'Deletes invites that have been kept for invites_kept_for, with the participations and responses '
  'that hang on them; 2,000 per call. Returns how many invites.';

create or replace function private.prune_jobs()
  returns integer
  language plpgsql volatile set search_path = ''
as $$
declare
  v_old bigint[];
  v_pruned integer;
begin
  v_old := array(
    select old.id from private.jobs old
    where old.failed_at < now() - (select s.outbox_kept_for from private.settings s)
    union all
    select old.id from private.jobs old
    where old.kind = 'candidate_invitation' and old.failed_at is null
      and old.done_at < now() - interval '10 minutes'
    union all
    select old.id from private.jobs old
    where old.kind = any (private.notice_kinds())
      and old.failed_at is null and old.done_at < now() - interval '1 hour');
  delete from private.jobs j
    where j.id = any (array(
      select old.id from private.jobs old
      where old.id = any (v_old) and (old.failed_at is not null or old.done_at is not null)
      for update skip locked));  -- somebody may be sending a failed one again
  get diagnostics v_pruned = row_count;
  return v_pruned;
end
$$;
comment on function private.prune_jobs() is
  'Deletes failed jobs that were kept for outbox_kept_for, and settled ones that were kept against '
  'duplicates. Returns how many.';

-- For the worker and pg_cron. Definer, because it writes tables that its callers may not. It locks
-- rows of many recruiters until it ends, so that no step may wait for what one of them holds.
create or replace function public.run_maintenance()
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_expired integer;
  v_reminders integer;
  v_pruned integer;
  v_submitted integer;
  v_responses_expired integer;
  v_invites_expired integer;
  v_swept integer;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(715517, 2) then
    return '{"skipped": true}';
  end if;
  update public.interview_invites i
    set status = 'expired'
    where i.id in (
      select overdue.id from public.interview_invites overdue
      where overdue.status = 'pending' and overdue.expires_at <= now()
      order by overdue.expires_at limit 10000
      for update skip locked
    );
  get diagnostics v_expired = row_count;
  v_reminders := private.queue_reminders() + private.remind_of_submitting();
  v_submitted := private.submit_late_responses();
  v_responses_expired := private.expire_responses();
  v_invites_expired := private.expire_invites();
  v_swept := private.sweep_storage();
  perform private.tell_what_was_settled();
  perform private.tell_of_failures();
  perform private.queue_digests();
  v_pruned := private.prune_jobs();
  delete from private.job_workers w where w.seen_at < now() - interval '1 day';
  delete from private.invite_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.backend_invites b where b.day < (now() at time zone 'utc')::date;
  delete from private.reminder_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.storage_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.analysis_counts c where c.day < (now() at time zone 'utc')::date - 1;
  delete from private.changes c where c.at < now() - interval '1 hour';
  delete from private.access_log l
    where l.at < now() - (select s.access_log_kept_for from private.settings s);
  return jsonb_build_object(
    'expired', v_expired, 'reminders', v_reminders, 'pruned', v_pruned,
    'submitted', v_submitted, 'responses_expired', v_responses_expired,
    'invites_expired', v_invites_expired, 'swept', v_swept);
end
$$;
comment on function public.run_maintenance() is
  'Expires overdue invites and queues reminders (10,000 of each per call), submits and deletes '
  'responses and invites whose time is over, prunes old jobs and counts. One call runs at a time; '
  'others return skipped. Returns expired, reminders, pruned, submitted, responses_expired, '
  'invites_expired, swept.';

-- With pg_cron, maintenance also runs without a worker.
do $$
begin
  if exists (select from pg_catalog.pg_extension e where e.extname = 'pg_cron') then
    execute $sql$
      select cron.schedule(
        'interviews-maintenance', '* * * * *', 'select public.run_maintenance()') $sql$;
  end if;
end
$$;

-- ======== supabase/schemas/76_analysis_jobs.sql ========

-- Jobs of analyses: when recordings are checked and transcribed, and when not.

-- ---- queueing -----------------------------------------------------------------------------------

-- The callers hold the participant's lock, so that consent does not change meanwhile. Reads the
-- interview without a lock, because candidates may not hold one: follow_analysis_setting waits for
-- them instead. Definer, because callers may write neither analyses nor jobs.
create or replace function private.queue_analyses(response_ids uuid[], step text)
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  with wanted as materialized (
    select r.id, n.language,
           r.size_bytes > (select s.analysis_max_bytes from private.settings s) as is_too_large
    from public.interview_responses r
    join public.interviews n on n.id = r.interview_id
    join public.interview_participants p on p.id = r.participant_id
    where r.id = any (queue_analyses.response_ids)
      and private.is_analysed(queue_analyses.step, n, p, r)
  ), queued as (
    insert into public.response_analyses as a
        (response_id, step, language, status, problem, finished_at)
      select w.id, queue_analyses.step, w.language,
             case when w.is_too_large then 'skipped' else 'queued' end,
             case when w.is_too_large then 'too_large' end,
             case when w.is_too_large then now() end
      from wanted w order by w.id
      on conflict on constraint response_analyses_pkey do update
        set status = excluded.status, problem = excluded.problem, language = excluded.language,
            seconds = null, picture_seconds = null, flags = '{}', transcript = null, words = null,
            engine = null, model = null, version = null, digest = null,
            queued_at = now(), started_at = null, finished_at = excluded.finished_at
      returning a.response_id, a.recruiter_id, a.status
  )
  insert into private.jobs as j (kind, lane, subject)
    select 'response_' || queue_analyses.step, q.recruiter_id, q.response_id
    from queued q where q.status = 'queued' order by q.response_id
    on conflict on constraint jobs_subject_key do update
      set lane = excluded.lane, due_at = now(), queued_at = now(), attempts = 0, lease_token = null,
          failed_at = null, last_error = null;
end
$$;
comment on function private.queue_analyses(uuid[], text) is
  'Queues a step for those of these recordings that may be analysed; forgets an earlier result, '
  'but not the candidate''s correction.';

-- Definer, like queue_analyses.
create or replace function private.follow_recording()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.status = 'uploaded' then
    perform private.queue_analyses(array[new.id], 'check');
  else
    delete from public.response_analyses a where a.response_id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_recording() is
  'After a recording was uploaded: queues its check; once it is discarded: deletes its analyses.';

create or replace trigger _500_follow_recording
  after update of status on public.interview_responses
  for each row when (new.kind <> 'text' and new.status <> old.status)
  execute function private.follow_recording();

create or replace function private.queue_transcripts(participant_ids uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  perform private.queue_analyses(array(
    select r.id from public.interview_responses r
    where r.participant_id = any (queue_transcripts.participant_ids)), 'transcript');
end
$$;
comment on function private.queue_transcripts(uuid[]) is
  'Queues the transcripts of what these participants have submitted.';

-- After close_responses, which submits the responses. Definer, like queue_analyses.
create or replace function private.follow_consent()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.consents_to_analysis then
    perform private.queue_transcripts(array[new.id]);
  else
    delete from public.response_analyses a where a.participant_id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_consent() is
  'When a participant completes, or consents to analysis: queues the transcripts of their '
  'responses; when they withdraw that consent: deletes their analyses.';

create or replace trigger _700_follow_consent_when_completing
  after update of status on public.interview_participants
  for each row when (
    new.status = 'completed' and old.status <> 'completed' and new.consents_to_analysis)
  execute function private.follow_consent();
create or replace trigger _800_follow_consent
  after update of consents_to_analysis on public.interview_participants
  for each row when (new.consents_to_analysis <> old.consents_to_analysis)
  execute function private.follow_consent();

-- Locks the participants, so that it sees what they are just uploading or submitting, and they see
-- the new setting. Definer, because the recruiter may not write what is below.
create or replace function private.follow_analysis_setting()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant_ids uuid[] := array(
    select p.id from public.interview_participants p
    where p.interview_id = new.id
    order by p.id for no key update);
begin
  if new.analysis = 'off' then
    delete from public.response_analyses a where a.interview_id = new.id;
  else
    perform private.queue_transcripts(v_participant_ids);
  end if;
  return null;
end
$$;
comment on function private.follow_analysis_setting() is
  'When analysis is turned off: deletes the analyses of the interview; when it is turned on: '
  'queues the transcripts of what was submitted with consent.';

create or replace trigger _400_follow_analysis_setting
  after update of analysis on public.interviews
  for each row when (new.analysis <> old.analysis)
  execute function private.follow_analysis_setting();

-- However an analysis goes, a worker that is doing it finds no job with its token. Definer, because
-- callers may not write jobs.
create or replace function private.drop_analysis_job()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
begin
  delete from private.jobs j
    where j.kind = 'response_' || old.step and j.subject = old.response_id;
  return null;
end
$$;
comment on function private.drop_analysis_job() is
  'After an analysis was deleted: deletes its job.';

create or replace trigger _400_drop_analysis_job
  after delete on public.response_analyses
  for each row execute function private.drop_analysis_job();

-- ---- claiming -----------------------------------------------------------------------------------

-- Called by claim_jobs with jobs that it has locked. Waits for no analysis: one that is deleted is
-- locked before its job.
create or replace function private.admit_analyses(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_held bigint[] := private.give_up_analyses(admit_analyses.job_ids)
    || private.put_off_transcripts(admit_analyses.job_ids);
  v_admitted bigint[] := array(
    select unnest(admit_analyses.job_ids) except select unnest(v_held));
begin
  update public.response_analyses a
    set status = 'running', started_at = coalesce(a.started_at, now())
    from (
      select free.response_id, free.step
      from private.jobs j
      cross join lateral (
        select waiting.response_id, waiting.step from public.response_analyses waiting
        where waiting.response_id = j.subject and waiting.step = substr(j.kind, 10)
        for no key update skip locked
      ) as free
      where j.id = any (v_admitted) and j.kind = any (private.analysis_kinds())
    ) as free
    where a.response_id = free.response_id and a.step = free.step;
  return v_admitted;
end
$$;
comment on function private.admit_analyses(bigint[]) is
  'Which of these jobs may be leased now: not those on which three workers died, nor transcripts '
  'over the recruiter''s minutes of the day. Marks their analyses as running.';

create or replace function private.give_up_analyses(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  -- A job that was settled or released has no token.
  v_dead bigint[] := array(
    select j.id from private.jobs j
    where j.id = any (give_up_analyses.job_ids) and j.kind = any (private.analysis_kinds())
      and j.attempts >= 3 and j.lease_token is not null);
  v_told bigint[] := array(
    select private.tell_analyses(
      v_dead, array_fill('failed'::text, array[cardinality(v_dead)]),
      array_fill('{"problem": "gave_up"}'::jsonb, array[cardinality(v_dead)])));
begin
  perform private.count_outcomes(array_agg(j.kind), array_agg('failed'::text))
    from private.jobs j where j.id = any (v_told);
  update private.jobs j
    set failed_at = now(), lease_token = null, last_error = 'gave_up'
    where j.id = any (v_told);
  -- Those whose analysis is locked do not block others.
  update private.jobs j set due_at = now() + interval '10 seconds'
    where j.id = any (v_dead) and j.id <> all (v_told);
  return v_dead;
end
$$;
comment on function private.give_up_analyses(bigint[]) is
  'Fails those of these jobs that three workers have claimed without ever settling them, and '
  'returns them.';

-- Counts a recording once, when it is given out first: by the length that its check has found, or
-- else the longest that it may have. Each consent makes all transcripts of a candidate again, and
-- withdrawing it must always be possible: so who has consented more than three times in a day
-- waits, or else one candidate could use up the minutes of all.
create or replace function private.put_off_transcripts(job_ids bigint[])
  returns bigint[]
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_today date := (now() at time zone 'utc')::date;
  v_limit integer := (select s.analysis_minutes_per_day * 60 from private.settings s);
  v_over bigint[];
begin
  with asked as materialized (
    select j.id, a.recruiter_id, a.is_once_more, coalesce(c.seconds, 0) as used,
           case when a.is_once_more then 0 else a.seconds end as seconds
    from private.jobs j
    cross join lateral (
      select a.recruiter_id, coalesce(k.seconds, private.recording_seconds(a.response_id), 0)
               as seconds, (
               select count(*) > 3 from private.consents given
               where given.participant_id = a.participant_id and given.analysis
                 and given.given_at > now() - interval '1 day') as is_once_more
      from public.response_analyses a
      left join public.response_analyses k
        on k.response_id = a.response_id and k.step = 'check'
      where a.response_id = j.subject and a.step = 'transcript' and a.started_at is null
      offset 0
    ) as a
    left join lateral (
      select c.seconds from private.analysis_counts c
      where c.recruiter_id = a.recruiter_id and c.day = v_today
      offset 0
    ) as c on true
    where j.id = any (put_off_transcripts.job_ids) and j.kind = 'response_transcript'
  ), summed as materialized (
    select a.id, a.recruiter_id, a.seconds,
           a.is_once_more
           or a.used + sum(a.seconds) over (partition by a.recruiter_id order by a.id) - a.seconds
             >= v_limit as is_over
    from asked a
  ), counted as (
    insert into private.analysis_counts as c (recruiter_id, day, seconds)
      select s.recruiter_id, v_today, sum(s.seconds) from summed s where not s.is_over
      group by s.recruiter_id order by s.recruiter_id
      on conflict (recruiter_id, day) do update set seconds = c.seconds + excluded.seconds
  )
  select coalesce(array_agg(s.id) filter (where s.is_over), '{}') into v_over from summed s;
  update private.jobs j set due_at = (v_today + 1)::timestamp at time zone 'utc'
    where j.id = any (v_over);
  return v_over;
end
$$;
comment on function private.put_off_transcripts(bigint[]) is
  'Puts those of these transcripts off until the next day (UTC) that are over the minutes of their '
  'recruiter, or of candidates who have consented again and again, and returns them; counts the '
  'others.';

-- ======== supabase/schemas/77_analysis_results.sql ========

-- Results of analyses: what workers may report, and what becomes of it.

-- Reads a result once: its keys with the types of their values, then the values.
create or replace function private.is_result(kind text, outcome text, result jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_types jsonb;
begin
  if outcome not in ('accepted', 'failed') then
    return coalesce(jsonb_typeof(result), 'null') = 'null';
  elsif jsonb_typeof(result) is distinct from 'object' then
    return false;
  end if;
  select jsonb_object_agg(r.key, jsonb_typeof(r.value)) into v_types from jsonb_each(result) as r;
  if outcome = 'failed' then
    return v_types = '{"problem": "string"}' and result ->> 'problem' in (
      'unreadable', 'too_long', 'too_large', 'took_too_long', 'engine_failed', 'gave_up');
  elsif kind = 'response_check' then
    return v_types - 'picture_seconds' = '{"engine": "string", "version": "string",
        "digest": "string", "seconds": "number", "flags": "array"}'
      and coalesce(v_types ->> 'picture_seconds', '') in ('number', 'null')
      and private.is_about_recording(result)
      and result -> 'flags' <@ '["no_sound", "no_speech", "too_quiet", "clipped",
        "black_picture", "cut_off", "unreadable"]';
  end if;
  return v_types - 'problem' = '{"engine": "string", "model": "string", "version": "string",
      "digest": "string", "seconds": "number", "language": "string", "transcript": "string",
      "words": "array", "flags": "array"}'
    and coalesce(v_types ->> 'problem', '') in ('string', 'null')
    and private.is_about_recording(result)
    and length(result ->> 'model') between 1 and 200
    and result ->> 'language' ~ '^[a-z]{2,3}$'
    and result -> 'flags' <@ '["doubtful"]'
    and length(result ->> 'transcript') <= 200000
    and private.are_words(result -> 'words')
    and (result ->> 'problem' is null
         or (result ->> 'problem' in ('not_recognized', 'no_speech', 'language_not_supported')
             and result ->> 'transcript' = '' and result -> 'words' = '[]'));
end
$$;
comment on function private.is_result(text, text, jsonb) is
  'Whether a worker may report this: an object with exactly the keys of its kind of job and '
  'outcome, and values of their types and bounds; nothing for a job that is to be done again.';

create or replace function private.read_result(
  kind text, reported text, outcome text, result jsonb
)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  if not coalesce(private.is_result(kind, reported, result), false) then
    perform private.refuse('invalid_result');
  elsif outcome = 'failed' and reported = 'retry' then
    return '{"problem": "gave_up"}';
  end if;
  return coalesce(nullif(result, 'null'), '{}');
end
$$;
comment on function private.read_result(text, text, text, jsonb) is
  'What is written to an analysis, given what the worker reported and what becomes of it; raises '
  'invalid_result.';

create or replace function private.is_about_recording(result jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
begin
  return length(result ->> 'engine') between 1 and 200
    and length(result ->> 'version') between 1 and 200
    and result ->> 'digest' ~ '^[0-9a-f]{64}$'
    and (result ->> 'seconds')::numeric between 0 and 100000
    and coalesce((result ->> 'picture_seconds')::numeric between 0 and 100000, true)
    and (select count(distinct flag) = count(*)
         from jsonb_array_elements(result -> 'flags') as flag);
end
$$;
comment on function private.is_about_recording(jsonb) is
  'Whether engine, version, digest and lengths of a result are within bounds, and no flag comes '
  'twice.';

create or replace function private.are_words(words jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_characters bigint := 0;
  v_word jsonb;
begin
  if jsonb_array_length(words) > 50000 then
    return false;
  end if;
  for v_word in select w from jsonb_array_elements(words) as w loop
    if jsonb_typeof(v_word) <> 'array' then
      return false;
    elsif (select array_agg(jsonb_typeof(part)) from jsonb_array_elements(v_word) as part)
        not in ('{string,number,number,number}', '{string,number,number,"null"}') then
      return false;
    elsif length(v_word ->> 0) > 500
       or (v_word ->> 1)::numeric not between 0 and (v_word ->> 2)::numeric
       or (v_word ->> 2)::numeric > 100000 or (v_word ->> 3)::numeric not between 0 and 1 then
      return false;
    end if;
    v_characters := v_characters + length(v_word ->> 0);
  end loop;
  return v_characters <= 400000;
end
$$;
comment on function private.are_words(jsonb) is
  'Whether this is a list of words with their seconds, [[text, start, end, probability or null], '
  '…]: at most 50,000, with 400,000 characters together.';

-- Called by settle_jobs and claim_jobs with jobs that they have locked.
create or replace function private.tell_analyses(
  job_ids bigint[], outcomes text[], results jsonb[]
)
  returns setof bigint
  language plpgsql volatile strict set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_job record;
begin
  for v_job in
    select told.*, j.subject, substr(j.kind, 10) as step
    from unnest(job_ids, outcomes, results) as told (id, outcome, result)
    cross join lateral (
      select held.subject, held.kind from private.jobs held where held.id = told.id offset 0
    ) as j
  loop
    perform from public.response_analyses a
      where a.response_id = v_job.subject and a.step = v_job.step
      for no key update skip locked;
    if found then
      perform private.write_analysis(v_job.subject, v_job.step, v_job.outcome, v_job.result);
      return next v_job.id;
    elsif not exists (
      select from public.response_analyses a
      where a.response_id = v_job.subject and a.step = v_job.step
    ) then
      return next v_job.id;
    end if;
  end loop;
end
$$;
comment on function private.tell_analyses(bigint[], text[], jsonb[]) is
  'Writes the outcomes of jobs to their analyses; skips those that are locked, and returns the '
  'other jobs.';

create or replace function private.write_analysis(
  response_id uuid, step text, outcome text, result jsonb
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  update public.response_analyses a
    set status = case outcome when 'accepted' then 'done' when 'failed' then 'failed'
                              else 'queued' end,
        finished_at = case when outcome in ('accepted', 'failed') then now() end,
        problem = result ->> 'problem',
        seconds = (result ->> 'seconds')::numeric,
        picture_seconds = (result ->> 'picture_seconds')::numeric,
        flags = array(
          select flag from jsonb_array_elements_text(coalesce(result -> 'flags', '[]')) as flag
          order by 1),
        language = coalesce(result ->> 'language', a.language),
        transcript = result ->> 'transcript',
        words = result -> 'words',
        engine = result ->> 'engine', model = result ->> 'model', version = result ->> 'version',
        digest = result ->> 'digest'
    where a.response_id = write_analysis.response_id and a.step = write_analysis.step;
end
$$;
comment on function private.write_analysis(uuid, text, text, jsonb) is
  'Writes what has become of an analysis, locked by the caller.';

-- ======== supabase/schemas/78_transcripts.sql ========

-- Transcripts: what people do with them.

-- For recruiters. Definer, because they may write neither analyses nor jobs.
create or replace function public.analyze_again(response_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_participant public.interview_participants;
  v_status text;
begin
  perform private.caller_id();
  select p.* into v_participant
    from public.interview_participants p
    where p.id = (
        select r.participant_id from public.interview_responses r
        where r.id = analyze_again.response_id)
      and p.recruiter_id = (select auth.uid())
    for no key update;
  -- Read again: the candidate may have deleted it during the wait.
  if v_participant.id is null or not exists (
    select from public.interview_responses r
    where r.id = analyze_again.response_id and r.kind <> 'text' and r.submitted_at is not null
  ) then
    perform private.refuse('response_not_found');
  elsif exists (
    select from public.interviews n
    where n.id = v_participant.interview_id and n.analysis = 'off'
  ) then
    perform private.refuse('analysis_off');
  elsif not v_participant.consents_to_analysis then
    perform private.refuse('no_analysis_consent');
  end if;
  -- Locked, so that no worker claims or settles it meanwhile.
  select a.status into v_status
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript'
    for no key update;
  if v_status in ('queued', 'running') then
    perform private.refuse('analysis_in_progress');
  end if;
  perform private.queue_analyses(array[analyze_again.response_id], 'transcript');
  return (
    select jsonb_build_object('response_id', a.response_id, 'status', a.status)
    from public.response_analyses a
    where a.response_id = analyze_again.response_id and a.step = 'transcript');
end
$$;
comment on function public.analyze_again(uuid) is
  'Makes a new transcript of a submitted recording; the old one goes at once, the candidate''s '
  'correction stays. Returns response_id and status. Raises response_not_found, analysis_off, '
  'no_analysis_consent, analysis_in_progress.';

-- Definer, like its caller: jobs are private.
create or replace function private.worker_state(kind text)
  returns text
  language sql stable security definer set search_path = ''
as $$
  select case
    when exists (
      select from private.job_kinds k
      where k.kind = worker_state.kind and k.paused_until > now()) then 'paused'
    when exists (
      select from private.job_workers w
      where w.kind = worker_state.kind and w.seen_at > now() - interval '60 seconds')
      then 'working'
    else 'stopped'
  end
$$;
comment on function private.worker_state(text) is
  'working; paused; stopped, because no worker for this kind was seen in the last minute.';

-- For screens, which say why there is no result yet. Definer: jobs are private.
create or replace function public.analysis_state(interview_id uuid default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_counts jsonb;
  v_analysis text := (
    select n.analysis from public.interviews n
    where n.id = analysis_state.interview_id and n.recruiter_id = v_caller_id);
begin
  if v_analysis is not null then
    select jsonb_object_agg(step.name || 's', (
        select jsonb_object_agg(state.name, (
          select count(*) from public.response_analyses a
          where a.interview_id = analysis_state.interview_id
            and a.step = step.name and a.status = state.name))
        from unnest('{queued,running,done,failed,skipped}'::text[]) as state (name)))
      into v_counts
      from unnest('{check,transcript}'::text[]) as step (name);
  end if;
  return jsonb_build_object(
    'check', private.worker_state('response_check'),
    'transcript', private.worker_state('response_transcript'),
    'analysis', v_analysis, 'checks', v_counts -> 'checks',
    'transcripts', v_counts -> 'transcripts');
end
$$;
comment on function public.analysis_state(uuid) is
  'Whether recordings are being analysed: check and transcript, each working, paused or stopped '
  '(no worker was seen in the last minute); of an own interview also analysis, and checks and '
  'transcripts, how many are queued, running, done, failed and skipped.';

-- ---- searching ----------------------------------------------------------------------------------

-- For search_responses, whose policies then say which of these its caller may read. Definer, for
-- speed: below a policy PostgreSQL does not use the index of search. So it looks only at what the
-- caller may read, or the time that it takes would tell others what was said. It looks for nothing
-- that has no word to quote, like -not: that would read the index of all interviews, and each
-- transcript of this one.
create or replace function private.matching_transcripts(interview_id uuid, query text)
  returns table (response_id uuid, asked tsquery)
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_custom_plan
as $$
declare
  v_caller_id uuid := (select auth.uid());
  v_reads_all boolean := exists (
      select from public.interviews n
      where n.id = matching_transcripts.interview_id and n.recruiter_id = v_caller_id)
    or matching_transcripts.interview_id in (select private.reviewed_interview_ids());
begin
  return query
    select a.response_id, spoken.asked
    from (
      select known.language,
             websearch_to_tsquery(
               private.search_config(known.language), matching_transcripts.query) as asked
      from (
        select distinct a.language from public.response_analyses a
        where a.interview_id = matching_transcripts.interview_id and a.step = 'transcript'
          and (v_reads_all or a.user_id = v_caller_id)
      ) as known
      offset 0
    ) as spoken
    join public.response_analyses a on a.search @@ spoken.asked
    where querytree(spoken.asked) not in ('', 'T')
      and a.interview_id = matching_transcripts.interview_id and a.step = 'transcript'
      and a.language = spoken.language and (v_reads_all or a.user_id = v_caller_id);
end
$$;
comment on function private.matching_transcripts(uuid, text) is
  'The transcripts of an interview, of those that the caller may read, that match a query as in a '
  'web search, and the query in their language.';

-- Lets the search mark what it finds, word by word: StartSel is a character that no quote has.
create or replace function private.find_quotes(
  language text, transcript text, words jsonb, asked tsquery
)
  returns table (start_seconds numeric, quote text)
  language plpgsql stable set search_path = ''
as $$
declare
  v_config regconfig := private.search_config(language);
  v_words text[] := case
    when jsonb_array_length(words) = 0
      then regexp_split_to_array(translate(transcript, E'\x01\x02', ''), '\s+')
    else array(
      select regexp_replace(word.value ->> 0, E'[\\s\x01\x02]', '', 'g')
      from jsonb_array_elements(words) with ordinality as word (value, number)
      order by word.number)
    end;
  v_hit integer;
  v_until integer := 0;
  v_hits integer[] := '{}';
  v_quotes text[] := '{}';
  v_whole boolean[];
begin
  for v_hit in
    select marked.number
    from unnest(string_to_array(ts_headline(
      v_config, array_to_string(v_words, ' '), asked,
      E'HighlightAll=true, StartSel=\x01, StopSel=\x02'), ' ')) with ordinality
      as marked (word, number)
    where marked.word like E'%\x01%'
    order by marked.number
  loop
    continue when v_hit <= v_until;  -- in the quote before
    exit when cardinality(v_hits) = 500;  -- more than anybody reads
    v_until := v_hit + 14;
    v_hits := v_hits || v_hit;
    v_quotes := v_quotes || array_to_string(v_words[greatest(v_hit - 6, 1) : v_until], ' ');
  end loop;
  -- It marks each word of a phrase, also where it stands alone.
  v_whole := array(
    select to_tsvector(v_config, found.text) @@ asked
    from unnest(v_quotes) with ordinality as found (text, number) order by found.number);
  return query
    select (words -> (found.hit - 1) ->> 1)::numeric, found.text
    from unnest(v_hits, v_quotes, v_whole) as found (hit, text, is_whole)
    where found.is_whole or not (true = any (v_whole))
    order by found.hit;
end
$$;
comment on function private.find_quotes(text, text, jsonb, tsquery) is
  'The passages of a transcript that match a query alone or, if none does, that have some of its '
  'words, with the second in which they begin.';

-- Invoker: the policies say which transcripts the caller may read.
create or replace function public.search_responses(interview_id uuid, query text)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
declare
  v_match record;
  v_found jsonb := '[]';
begin
  perform private.caller_id();
  for v_match in
    select a.participant_id, a.response_id, r.question_id, a.language, a.transcript, a.words,
           m.asked
    from private.matching_transcripts(
      search_responses.interview_id, left(search_responses.query, 1000)) as m
    join public.response_analyses a on a.response_id = m.response_id and a.step = 'transcript'
    join public.interview_responses r on r.id = a.response_id
    join public.interview_participants p on p.id = a.participant_id
    join public.interview_questions q on q.id = r.question_id
    order by p.joined_at, p.id, q.order_index, q.id
  loop
    v_found := v_found || (
      select coalesce(jsonb_agg(jsonb_build_object(
               'participant_id', v_match.participant_id, 'response_id', v_match.response_id,
               'question_id', v_match.question_id, 'start_seconds', found.start_seconds,
               'quote', found.quote)), '[]')
      from (
        select f.start_seconds, f.quote
        from private.find_quotes(
          v_match.language, v_match.transcript, v_match.words, v_match.asked) as f
        limit 200 - jsonb_array_length(v_found)
      ) as found);
    exit when jsonb_array_length(v_found) >= 200;
  end loop;
  return v_found;
end
$$;
comment on function public.search_responses(uuid, text) is
  'What was said in an interview that matches a query as in a web search ("a phrase", or, -not): a '
  'list of participant_id, response_id, question_id, start_seconds, quote, at most 200, in the '
  'order of joining, questions and seconds.';

-- Invoker, as above. Computed when it is read, because the terms may change.
create or replace function public.find_terms(participant_id uuid)
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
begin
  perform private.caller_id();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'criterion_id', f.criterion_id, 'term', f.term, 'response_id', f.response_id,
             'question_id', f.question_id, 'start_seconds', f.start_seconds, 'quote', f.quote)
           order by f.created_at, f.criterion_id, f.number, f.order_index, f.question_id,
                    f.start_seconds), '[]')
    from (
      select c.id as criterion_id, c.created_at, term.name as term, term.number, a.response_id,
             r.question_id, q.order_index, found.start_seconds, found.quote
      from public.response_analyses a
      join public.interview_responses r on r.id = a.response_id
      join public.interview_questions q on q.id = r.question_id
      join public.interview_criteria c on c.interview_id = a.interview_id
      cross join lateral unnest(c.terms) with ordinality as term (name, number)
      cross join lateral (
        select phraseto_tsquery(private.search_config(a.language), term.name) as asked
      ) as spoken
      cross join lateral private.find_quotes(
        a.language, a.transcript, a.words, spoken.asked) as found
      where a.participant_id = find_terms.participant_id and a.step = 'transcript'
        and a.search @@ spoken.asked
      order by c.created_at, c.id, term.number, q.order_index, q.id, found.start_seconds
      limit 500
    ) as f);
end
$$;
comment on function public.find_terms(uuid) is
  'Where a candidate says what the criteria of the interview look for: a list of criterion_id, '
  'term, response_id, question_id, start_seconds, quote, at most 500, in the order of criteria, '
  'terms, questions and seconds. What is not found may still have been said.';

-- ======== supabase/schemas/79_candidate_states.sql ========

-- Candidate states: where each person stands in an interview, in one word, and what happened last.
-- Both stand on the person's current invite, so that lists of candidates are read by an index. What
-- is decided about a participant is copied there, since candidates may read their participation.

-- Apart from the table, because the upgrade of the first version adds plain columns only. Mails
-- that are accepted change none of them, so that settling keeps its HOT updates.
alter table public.interview_invites
  add column if not exists state text generated always as (case
    when not is_current then null
    when renewal_requested_at is not null then 'asks_for_code'
    when withdrawn_at is not null then 'withdrawn'
    when decision is not null then decision
    when status = 'completed' and reviewed_at is not null then 'reviewed'
    when status = 'completed' then 'completed'
    when status = 'accepted' then 'joined'
    when revoked_at is not null then 'revoked'
    when status = 'expired' then 'expired'
    when delivery_status = 'failed' then 'not_delivered'
    else 'invited' end) stored,
  add column if not exists last_event_at timestamptz generated always as (greatest(
    coalesce(queued_at, created_at), accepted_at, completed_at, revoked_at, renewal_requested_at,
    withdrawn_at, reviewed_at, decided_at,
    case when status = 'expired' then expires_at end,
    case when status = 'pending' and delivery_status = 'failed' then delivery_at end)) stored,
  add column if not exists list_name text generated always as (
    lower(coalesce(candidate_name, email))) stored;
create index if not exists interview_invites_state_event_idx
  on public.interview_invites (interview_id, state, last_event_at, id);
create index if not exists interview_invites_state_created_idx
  on public.interview_invites (interview_id, state, created_at, id);
create index if not exists interview_invites_state_name_idx
  on public.interview_invites (interview_id, state, list_name, id);
create index if not exists interview_participants_without_invite_idx
  on public.interview_participants (interview_id) where invite_id is null;

comment on column public.interview_invites.is_current is
  'Whether it stands for its person in lists of candidates: the newest of its address, unless the '
  'account that redeemed it has redeemed another one since.';
comment on column public.interview_invites.withdrawn_at is
  'When the participant who redeemed it withdrew, or was deleted with their account.';
comment on column public.interview_invites.reviewed_at is
  'When a review of that participant was submitted last; decision and decided_at are theirs, too. '
  'Kept here for lists by private.mark_invites.';
comment on column public.interview_invites.state is
  'Where its person stands (see private.candidate_states); null unless it is their current invite. '
  'Overdue invites are expired once maintenance has run.';
comment on column public.interview_invites.last_event_at is
  'When something happened to it last, but for mails that were accepted, and reminders.';
comment on column public.interview_invites.list_name is
  'By what its person is sorted: their name, else the address.';

create or replace function private.candidate_states()
  returns text[]
  language sql immutable set search_path = ''
  return array['asks_for_code', 'not_delivered', 'invited', 'joined', 'completed', 'reviewed',
               'advance', 'hold', 'decline', 'withdrawn', 'expired', 'revoked'];
comment on function private.candidate_states() is
  'Where a person stands in an interview, each in exactly one state: asks for a new code; the '
  'invitation failed; invited; joined; completed, without a review; reviewed; one of the three '
  'decisions; withdrawn, or without the account that had joined; expired; revoked.';

-- Definer, like the triggers that call it: the writer may not update invites.
create or replace function private.mark_invites(participant_ids uuid[])
  returns void
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set withdrawn_at = case when mark.withdrawn then coalesce(i.withdrawn_at, now()) end,
        reviewed_at = mark.reviewed_at, decision = mark.decision, decided_at = mark.decided_at
    from (
      select p.invite_id, p.status = 'withdrawn' as withdrawn, d.decision, d.decided_at,
             (select max(r.submitted_at) from public.candidate_reviews r
              where r.participant_id = p.id) as reviewed_at
      from public.interview_participants p
      left join public.candidate_decisions d on d.participant_id = p.id
      where p.id = any (mark_invites.participant_ids)
    ) as mark
    where i.id = mark.invite_id
      and (i.withdrawn_at is not null, i.reviewed_at, i.decision, i.decided_at)
        is distinct from (mark.withdrawn, mark.reviewed_at, mark.decision, mark.decided_at);
end
$$;
comment on function private.mark_invites(uuid[]) is
  'Copies to the invites of these participants that they withdrew, their last review, and what was '
  'decided.';

create or replace function private.mark_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if new.invite_id <> old.invite_id then
    -- The old one may have been sent to another address of the same person: under that it never
    -- stands for them again (see earlier_invite).
    update public.interview_invites i
      set is_current = false, reviewed_at = null, decision = null, decided_at = null,
          withdrawn_at = case when i.email = redeemed.email then i.withdrawn_at end
      from public.interview_invites redeemed
      where i.id = old.invite_id and redeemed.id = new.invite_id
        and (i.is_current or i.email <> redeemed.email
             or num_nonnulls(i.reviewed_at, i.decision, i.decided_at) > 0);
  end if;
  perform private.mark_invites(array[new.id]);
  return null;
end
$$;
comment on function private.mark_invite() is
  'After a participant withdrew, or came back by another invite: marks the invites.';

create or replace trigger _900_mark_invite
  after update of status, invite_id on public.interview_participants
  for each row when (new.invite_id is distinct from old.invite_id
    or (new.status = 'withdrawn') <> (old.status = 'withdrawn'))
  execute function private.mark_invite();

create or replace function private.mark_deserted_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i
    set withdrawn_at = coalesce(i.withdrawn_at, now()), reviewed_at = null, decision = null,
        decided_at = null
    from gone
    where i.id = gone.invite_id
      and exists (select from public.interviews n where n.id = gone.interview_id);
  return null;
end
$$;
comment on function private.mark_deserted_invites() is
  'After participants were deleted, as with their account: marks their invites as withdrawn.';

create or replace trigger _900_mark_deserted_invites
  after delete on public.interview_participants
  referencing old table as gone
  for each statement execute function private.mark_deserted_invites();

create or replace function private.mark_judged_invite()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.mark_invites(array[
    case tg_op when 'DELETE' then old.participant_id else new.participant_id end]);
  return null;
end
$$;
comment on function private.mark_judged_invite() is
  'After a review was submitted, or a decision made or taken back: marks the invite.';

create or replace trigger _900_mark_judged_invite
  after insert on public.candidate_reviews
  for each row when (new.submitted_at is not null) execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite_again
  after update of submitted_at on public.candidate_reviews
  for each row when (new.submitted_at is distinct from old.submitted_at)
  execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite_no_more
  after delete on public.candidate_reviews
  for each row when (old.submitted_at is not null) execute function private.mark_judged_invite();
create or replace trigger _900_mark_judged_invite
  after insert or update or delete on public.candidate_decisions
  for each row execute function private.mark_judged_invite();

create or replace function private.earlier_invite(interview_id uuid, email text)
  returns uuid
  language plpgsql stable set search_path = ''
as $$
begin
  return (
    select i.id
    from (
      select known.* from public.interview_invites known
      where known.interview_id = earlier_invite.interview_id
        and known.email = earlier_invite.email
      order by known.created_at desc, known.id desc limit 1
    ) as i
    where i.status in ('pending', 'expired') or i.withdrawn_at is not null
      or exists (select from public.interview_participants p where p.invite_id = i.id));
end
$$;
comment on function private.earlier_invite(uuid, text) is
  'The newest invite of an address, to stand for its person when a newer one is gone; null if the '
  'account that redeemed it has redeemed one to another address since.';

create or replace function private.restore_earlier_invites()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.interview_invites i set is_current = true
    where i.id = any (array(
      select private.earlier_invite(person.interview_id, person.email)
      from (select distinct g.interview_id, g.email from gone g where g.is_current) as person
      join public.interviews n on n.id = person.interview_id
      order by 1));
  return null;
end
$$;
comment on function private.restore_earlier_invites() is
  'After invites were deleted: an earlier one of the same address stands for its person again.';

create or replace trigger _900_restore_earlier_invites
  after delete on public.interview_invites
  referencing old table as gone
  for each statement execute function private.restore_earlier_invites();

-- ======== supabase/schemas/79_changes.sql ========

-- Changes: what tells an open page that another person has changed something, so that it reads
-- again. Rows are only ever inserted: a counter per interview would be one row for which all
-- candidates of the interview wait.

create table if not exists private.changes (
  id bigint generated always as identity primary key,
  interview_id uuid not null,
  recruiter_id uuid not null,
  at timestamptz not null default clock_timestamp()
);
create index if not exists changes_interview_id_idx on private.changes (interview_id, id);
create index if not exists changes_recruiter_id_idx on private.changes (recruiter_id, id);
create index if not exists changes_at_idx on private.changes (at);
comment on table private.changes is
  'That a statement has changed something of an interview: one row each, kept for an hour, without '
  'foreign keys.';

-- Definer, because nobody may write the table.
create or replace function private.note_changes()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if tg_table_name <> 'interviews' then
    insert into private.changes (interview_id, recruiter_id)
      select distinct c.interview_id, c.recruiter_id from changed c;
  elsif tg_op = 'UPDATE' then
    -- When one is transferred, both owners are told.
    insert into private.changes (interview_id, recruiter_id)
      select c.id, c.recruiter_id from changed c union select w.id, w.recruiter_id from was w;
  else
    insert into private.changes (interview_id, recruiter_id)
      select c.id, c.recruiter_id from changed c;
  end if;
  return null;
end
$$;
comment on function private.note_changes() is
  'Writes a row per interview whose rows a statement has changed.';

-- What lists and pages show of an interview.
do $$
declare
  v_note record;
begin
  for v_note in
    select * from (values
      ('interviews', 'insert'), ('interviews', 'update'), ('interviews', 'delete'),
      ('interview_invites', 'insert'), ('interview_invites', 'update'),
      ('interview_invites', 'delete'),
      -- Joining updates the invite, too.
      ('interview_participants', 'update'), ('interview_participants', 'delete'),
      ('interview_reviewers', 'insert'), ('interview_reviewers', 'update'),
      ('interview_reviewers', 'delete'),
      ('interview_criteria', 'insert'), ('interview_criteria', 'update'),
      ('interview_criteria', 'delete'),
      ('candidate_reviews', 'insert'), ('candidate_reviews', 'update'),
      ('candidate_decisions', 'insert'), ('candidate_decisions', 'update'),
      ('candidate_decisions', 'delete'),
      ('response_analyses', 'update')
    ) as noted (table_name, command)
  loop
    execute format(
      'create or replace trigger %I after %s on public.%I referencing %s table as changed'
      ' for each statement execute function private.note_changes()',
      '_700_note_changes_by_' || v_note.command, v_note.command, v_note.table_name,
      case v_note.command when 'insert' then 'new' when 'delete' then 'old'
                          else 'old table as was new' end);
  end loop;
end
$$;

-- For recruiters and reviewers. Definer, because nobody may read the table. The newest rows and not
-- the newest one: one that lasts longer commits after those with greater ids. By index, in their
-- order: a bitmap scan, which PostgreSQL prefers while its statistics are old, reads and
-- sorts all (1.4 instead of 0.07 ms for 3,000 changes).
create or replace function public.latest_change(interview_id uuid default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_bitmapscan = off
  set enable_seqscan = off set jit = off
as $$
declare
  v_caller_id uuid := private.caller_id();
  v_latest text;
  v_at timestamptz;
begin
  if latest_change.interview_id is null then
    select md5(string_agg(c.id::text, ' ')), max(c.at) into v_latest, v_at
      from (select * from private.changes c where c.recruiter_id = v_caller_id
            order by c.id desc limit 20) as c;
  else
    if not exists (
         select from public.interviews n
         where n.id = latest_change.interview_id and n.recruiter_id = v_caller_id)
       and not exists (
         select from private.reviewed_interview_ids() as reviewed (id)
         where reviewed.id = latest_change.interview_id) then
      perform private.refuse('interview_not_found');
    end if;
    select md5(string_agg(c.id::text, ' ')), max(c.at) into v_latest, v_at
      from (select * from private.changes c where c.interview_id = latest_change.interview_id
            order by c.id desc limit 20) as c;
  end if;
  return jsonb_build_object(
    'latest', v_latest, 'seconds', extract(epoch from clock_timestamp() - v_at)::integer);
end
$$;
comment on function public.latest_change(uuid) is
  'What tells whether others have changed something of an interview that the caller owns or '
  'reviews, or, without one, of any that they own: latest, another text after each change, and '
  'seconds since then; both null if that was more than an hour ago. Raises interview_not_found.';

-- ======== supabase/schemas/80_statistics.sql ========

-- Statistics: an interview's numbers for its recruiter.

create or replace view public.interview_stats with (security_invoker = true) as
select
  n.id as interview_id,
  n.title,
  n.status,
  n.created_at,
  i.invited,
  i.pending,
  i.invited - i.open_or_redeemed as expired,
  p.joined,
  p.completed,
  p.withdrawn,
  round(p.joined / nullif(i.invited, 0)::numeric, 4) as join_rate,
  round(p.completed / nullif(p.joined, 0)::numeric, 4) as completion_rate,
  n.deadline,
  n.archived_at,
  i.asks_for_code,
  i.not_delivered,
  i.to_review
from (
  -- In the order of lists, so that a page counts no other interviews.
  select mine.id, mine.title, mine.status, mine.created_at, mine.recruiter_id,
         mine.deadline, mine.archived_at
  from public.interviews mine
  where mine.recruiter_id = (select auth.uid())
  order by mine.created_at desc
) as n
cross join lateral (
  select
    count(distinct i.email) as invited,
    count(distinct i.email) filter (where i.status = 'pending' and i.expires_at > now()) as pending,
    count(distinct i.email) filter (
      where i.status in ('accepted', 'completed') or (i.status = 'pending' and i.expires_at > now())
    ) as open_or_redeemed,
    count(*) filter (where i.state = 'asks_for_code') as asks_for_code,
    count(*) filter (where i.state = 'not_delivered') as not_delivered,
    count(*) filter (where i.state = 'completed') as to_review
  from public.interview_invites i
  where i.interview_id = n.id
) as i
cross join lateral (
  select
    count(*) as joined,
    count(*) filter (where p.status = 'completed') as completed,
    count(*) filter (where p.status = 'withdrawn') as withdrawn
  from public.interview_participants p
  where p.recruiter_id = n.recruiter_id and p.interview_id = n.id
) as p;

comment on view public.interview_stats is
  'The calling recruiter''s interviews, counted by person: addresses invited, with a pending '
  'invite, with only expired ones; people who joined (whatever their status now), completed, '
  'withdrew, ask for a code, were not reached, wait for a review. Rates are from 0 to 1, null if '
  'the denominator is 0.';

-- ======== supabase/schemas/82_analytics.sql ========

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

-- ======== supabase/schemas/82_candidates.sql ========

-- Candidates: the people of an interview in one table for its recruiter, a row a person: their
-- newest invite, with the participation that an invite to their address has led to.

-- Definer: the policies hide from the recruiter what is not submitted, and from who has not
-- submitted their own review how many there are.
create or replace function private.progress_of(
  participant_id uuid, out reviews bigint, out reviewed_at timestamptz, out missing text
)
  language plpgsql stable security definer set search_path = ''
as $$
begin
  select count(r.id), max(r.submitted_at),
         case when p.status = 'active' then private.missing_responses(p.id) end
    into reviews, reviewed_at, missing
    from public.interview_participants p
    left join public.candidate_reviews r on r.participant_id = p.id and r.submitted_at is not null
    where p.id = progress_of.participant_id and p.recruiter_id = (select auth.uid())
    group by p.id;
end
$$;
comment on function private.progress_of(uuid) is
  'Of a participant of the caller''s own interview: how many reviews are submitted, when the last '
  'was, and the numbers of the required questions without a response while they may answer.';

create or replace view public.interview_candidates with (security_invoker = true) as
with participant as not materialized (
  -- Not p.*, whose order is another one where the first version was upgraded.
  select p.id, p.interview_id, p.recruiter_id, p.invite_id, p.candidate_name, p.status, p.joined_at,
         p.completed_at, p.reminded_at, p.answered, p.responses_deleted_at, p.responses_expired_at,
         progress.reviews, progress.reviewed_at, progress.missing, d.decision, d.decided_at,
         own.submitted_at as own_review_at
  from public.interview_participants p
  left join public.candidate_decisions d on d.participant_id = p.id
  left join public.candidate_reviews own
    on own.participant_id = p.id and own.reviewer_id = (select auth.uid())
  cross join lateral private.progress_of(p.id) as progress
  where p.recruiter_id = (select auth.uid())
)
select
  i.id,
  i.interview_id,
  i.recruiter_id,
  i.id as invite_id,
  p.id as participant_id,
  i.email::text as email,
  coalesce(i.candidate_name, p.candidate_name) as candidate_name,
  i.state,
  i.status::text as invite_status,
  i.invite_code::text as invite_code,
  i.delivery_status::text as delivery_status,
  i.delivery_at,
  i.delivery_error,
  i.queued_at,
  greatest(i.reminded_at, p.reminded_at) as reminded_at,
  i.expires_at,
  i.revoked_at,
  i.renewal_requested_at,
  public.unsubscribed(i) as unsubscribed,
  i.created_at as invited_at,
  p.joined_at,
  p.completed_at,
  i.withdrawn_at,
  p.status::text as participant_status,
  coalesce(p.answered, 0) as answered,
  (select count(*)::integer from public.interview_questions q
   where q.interview_id = i.interview_id) as questions,
  p.missing,
  p.responses_deleted_at,
  p.responses_expired_at,
  coalesce(p.reviews, 0) as reviews,
  p.own_review_at,
  p.decision,
  p.decided_at,
  i.last_event_at,
  case i.last_event_at
    when i.decided_at then 'decided'
    when i.reviewed_at then 'reviewed'
    when i.withdrawn_at then 'withdrew'
    when i.completed_at then 'completed'
    when i.accepted_at then 'joined'
    when i.revoked_at then 'revoked'
    when i.renewal_requested_at then 'asked_for_code'
    when coalesce(i.queued_at, i.created_at) then 'invited'
    when case when i.status = 'expired' then i.expires_at end then 'expired'
    else 'not_delivered'
  end as last_event,
  i.list_name
from public.interview_invites i
left join lateral (
  select participant.*
  from public.interview_invites redeemed
  join participant on participant.invite_id = redeemed.id
  where redeemed.interview_id = i.interview_id and redeemed.email = i.email
  order by participant.joined_at desc limit 1
) as p on true
where i.is_current and i.recruiter_id = (select auth.uid())
union all
select
  p.id,
  p.interview_id,
  p.recruiter_id,
  null,
  p.id,
  null,
  p.candidate_name,
  case when p.status = 'withdrawn' then 'withdrawn' when p.decision is not null then p.decision
       when p.status = 'active' then 'joined' when p.reviews > 0 then 'reviewed'
       else 'completed' end,
  null,
  null,
  null,
  null,
  null,
  null,
  p.reminded_at,
  null,
  null,
  null,
  false,
  p.joined_at,
  p.joined_at,
  p.completed_at,
  null,
  p.status,
  p.answered,
  (select count(*)::integer from public.interview_questions q
   where q.interview_id = p.interview_id),
  p.missing,
  p.responses_deleted_at,
  p.responses_expired_at,
  p.reviews,
  p.own_review_at,
  p.decision,
  p.decided_at,
  greatest(p.joined_at, p.completed_at, p.reviewed_at, p.decided_at),
  case greatest(p.joined_at, p.completed_at, p.reviewed_at, p.decided_at)
    when p.decided_at then 'decided'
    when p.reviewed_at then 'reviewed'
    when p.completed_at then 'completed'
    else 'joined'
  end,
  coalesce(lower(p.candidate_name), '')
from participant p
where p.invite_id is null;

comment on view public.interview_candidates is
  'The candidates of the calling recruiter''s interviews, one row a person and interview. id is '
  'that of their current invite or, for participants of the first version without one, theirs.';

-- ---- lists --------------------------------------------------------------------------------------

create or replace function private.check_candidate_list(states text[], sort text)
  returns void
  language plpgsql immutable set search_path = ''
as $$
begin
  if not coalesce(check_candidate_list.states, '{}') <@ private.candidate_states()
     or coalesce(check_candidate_list.sort not in ('activity', 'invited', 'name'), true) then
    perform private.refuse('invalid_list');
  end if;
end
$$;
comment on function private.check_candidate_list(text[], text) is
  'Raises invalid_list unless these are states and an order of candidates.';

-- Each state is read by the index of the order until the page is full; together they are at most
-- twelve pages, however many candidates there are. A search reads until it has found a page.
-- Invoker: the policies say whose interview it is.
create or replace function private.candidate_page(
  interview_id uuid, states text[], search text, sort text, descending boolean, page_size integer,
  cursor_value text, cursor_id uuid
)
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
declare
  v_column text := case sort when 'activity' then 'last_event_at' when 'invited' then 'created_at'
                             else 'list_name' end;
  v_name text := case sort when 'invited' then 'invited_at' else v_column end;
  v_type text := case sort when 'name' then 'text' else 'timestamptz' end;
  v_direction text := case when descending then 'desc' else 'asc' end;
  v_after text := case when cursor_id is null then '' else
    format('and (%%1$I, id) %s ($4::%s, $5)', case when descending then '<' else '>' end, v_type)
    end;
  v_found text := case when search <> '' then
    'and strpos(lower(concat_ws('' '', candidate_name, email)), lower($3)) > 0' else '' end;
  v_page uuid[];
begin
  execute format($sql$
    select array_agg(page.id) from (
      select found.id
      from (
        select invited.id, invited.key
        from (select distinct unnest($2) as state) as wanted
        cross join lateral (
          select id, %1$I as key from public.interview_invites
          where interview_id = $1 and state = wanted.state %3$s %5$s
          order by %1$I %6$s, id %6$s limit $6
        ) as invited
        union all
        select id, %2$I from public.interview_candidates
        where interview_id = $1 and invite_id is null and state = any ($2) %4$s %5$s
          and exists (
            select from public.interview_participants known
            where known.interview_id = $1 and known.invite_id is null)
      ) as found
      order by found.key %6$s, found.id %6$s limit $6
    ) as page $sql$,
    v_column, v_name, format(v_after, v_column), format(v_after, v_name), v_found, v_direction)
    into v_page
    using interview_id, coalesce(nullif(states, '{}'), private.candidate_states()), search,
      cursor_value, cursor_id, page_size;
  return coalesce(v_page, '{}');
exception when invalid_datetime_format or datetime_field_overflow
    or invalid_parameter_value or invalid_time_zone_displacement_value then
  perform private.refuse('invalid_list');
end
$$;
comment on function private.candidate_page(
  uuid, text[], text, text, boolean, integer, text, uuid) is
  'The ids of the candidates that follow the cursor in one of the three orders, in that order; '
  'raises invalid_list if the cursor is no time in an order of times.';

-- For recruiters. Invoker, as the view is.
create or replace function public.list_candidates(
  interview_id uuid,
  states text[] default null,
  search text default null,
  sort text default 'activity',
  descending boolean default true,
  page_size integer default 50,
  cursor_value text default null,
  cursor_id uuid default null,
  backwards boolean default false
)
  returns setof public.interview_candidates
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
declare
  v_backwards boolean := coalesce(list_candidates.backwards, false);
  v_page uuid[];
begin
  perform private.caller_id();
  perform private.check_candidate_list(list_candidates.states, list_candidates.sort);
  v_page := private.candidate_page(
    list_candidates.interview_id, list_candidates.states, list_candidates.search,
    list_candidates.sort, coalesce(list_candidates.descending, true) <> v_backwards,
    greatest(least(list_candidates.page_size, 1000), 0),
    list_candidates.cursor_value, list_candidates.cursor_id);
  return query
    select c.*
    from unnest(v_page) with ordinality as page (id, place)
    cross join lateral (
      select * from public.interview_candidates known where known.id = page.id offset 0
    ) as c
    order by case when v_backwards then -page.place else page.place end;
end
$$;
comment on function public.list_candidates(
  uuid, text[], text, text, boolean, integer, text, uuid, boolean) is
  'Candidates of the caller''s own interview in the given states (all without any), whose name or '
  'address contains the search, sorted by activity (last_event_at), invited (invited_at) or name '
  '(list_name): up to page_size (at most 1,000) after the one with this id and value of that '
  'column or, if backwards, just before it. Raises invalid_list.';

-- For recruiters: all that match, to act on them.
create or replace function public.match_candidates(
  interview_id uuid, states text[] default null, search text default null
)
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
begin
  perform private.caller_id();
  perform private.check_candidate_list(match_candidates.states, 'activity');
  return private.candidate_page(
    match_candidates.interview_id, match_candidates.states, match_candidates.search, 'activity',
    true, 1000, null, null);
end
$$;
comment on function public.match_candidates(uuid, text[], text) is
  'The ids of the candidates that list_candidates would return, at most 1,000, those with the '
  'latest activity first.';

-- For recruiters. By the index of states alone unless there is a search.
create or replace function public.count_candidates(interview_id uuid, search text default null)
  returns table (state text, candidates bigint)
  language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.caller_id();
  return query
    select found.state, count(*)
    from (
      select i.state
      from public.interview_invites i
      where i.interview_id = count_candidates.interview_id and i.state is not null
        and (coalesce(count_candidates.search, '') = '' or strpos(
          lower(concat_ws(' ', i.candidate_name, i.email)), lower(count_candidates.search)) > 0)
      union all
      select c.state
      from public.interview_candidates c
      where c.interview_id = count_candidates.interview_id and c.invite_id is null
        and strpos(coalesce(lower(c.candidate_name), ''),
                   lower(coalesce(count_candidates.search, ''))) > 0
        and exists (
          select from public.interview_participants p
          where p.interview_id = count_candidates.interview_id and p.invite_id is null)
    ) as found
    group by found.state
    order by array_position(private.candidate_states(), found.state);
end
$$;
comment on function public.count_candidates(uuid, text) is
  'How many candidates of the caller''s own interview are in each state that any is in; with a '
  'search, of those whose name or address contains it.';

-- For recruiters: who is meant by a link. Invoker, as the view is.
create or replace function public.get_candidate(candidate_id uuid)
  returns setof public.interview_candidates
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  perform private.caller_id();
  return query
    select c.*
    from (
      select coalesce(newest.id, p.id) as id
      from (
        select i.interview_id, i.email, null::uuid as participant_id
        from public.interview_invites i where i.id = get_candidate.candidate_id
        union all
        select p.interview_id, i.email, p.id
        from public.interview_participants p
        left join public.interview_invites i on i.id = p.invite_id
        where p.id = get_candidate.candidate_id
      ) as asked
      left join public.interview_invites newest
        on newest.interview_id = asked.interview_id and newest.email = asked.email
      left join public.interview_participants p on p.id = asked.participant_id
    ) as found
    cross join lateral (
      select * from public.interview_candidates known where known.id = found.id offset 0
    ) as c;
end
$$;
comment on function public.get_candidate(uuid) is
  'One candidate of the caller''s own interviews, by any invite to their address, or by their '
  'participation.';

-- ======== supabase/schemas/83_duplicating.sql ========

-- Duplicating: another interview with the same content, for other people.

-- For recruiters. Invoker, so that the policies of what it inserts apply. A deadline is left out:
-- it belongs to one round of candidates.
create or replace function public.duplicate_interview(interview_id uuid, title text default null)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_source public.interviews;
  v_title text;
  v_interview_id uuid;
begin
  perform private.require_recruiter();
  select n.* into v_source
    from public.interviews n
    where n.id = duplicate_interview.interview_id and n.recruiter_id = (select auth.uid());
  if not found then
    perform private.refuse('interview_not_found');
  end if;
  v_title := coalesce(private.trim_blanks(duplicate_interview.title),
                      left(v_source.title, 248) || ' (copy)');
  perform private.check_new_interview(
    v_title, v_source.description,
    array(select q.question from public.interview_questions q
          where q.interview_id = v_source.id),
    null, v_source.response_kinds, v_source.privacy_notice, v_source.analysis, v_source.language);
  insert into public.interviews as n
      (title, description, company_number, recruiter_id, response_kinds, privacy_notice, analysis,
       language)
    values (v_title, v_source.description, v_source.company_number, (select auth.uid()),
            v_source.response_kinds, v_source.privacy_notice, v_source.analysis,
            v_source.language)
    returning n.id into v_interview_id;
  insert into public.interview_questions
      (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds, required)
    select v_interview_id, q.question, q.order_index, q.max_seconds, q.max_takes,
           q.preparation_seconds, q.required
    from public.interview_questions q where q.interview_id = v_source.id;
  insert into public.interview_criteria (interview_id, name, description, levels, terms)
    select v_interview_id, c.name, c.description, c.levels, c.terms
    from public.interview_criteria c where c.interview_id = v_source.id
    order by c.created_at, c.id;
  return jsonb_build_object('interview_id', v_interview_id, 'title', v_title);
end
$$;
comment on function public.duplicate_interview(uuid, text) is
  'Creates an interview with the description, settings, questions and criteria of one''s own, '
  'without its people and deadline; returns interview_id and title, which is that of the other '
  'with "(copy)" unless another is given.';

-- ======== supabase/schemas/84_candidate_actions.sql ========

-- Acting on many candidates at once, after a look at what would happen to each of them.

create or replace function private.check_candidate_action(
  candidate_ids uuid[], action text, expires_at timestamptz
)
  returns void
  language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(cardinality(check_candidate_action.candidate_ids), 0) = 0 then
    perform private.refuse('no_candidates');
  elsif cardinality(candidate_ids) > 1000 then
    perform private.refuse('too_many_candidates', cardinality(candidate_ids)::text);
  elsif coalesce(action not in ('resend', 'remind', 'revoke', 'extend', 'delete'), true) then
    perform private.refuse('invalid_action');
  elsif action = 'extend'
        and coalesce(expires_at not between now() and now() + interval '1 year', true) then
    perform private.refuse('invalid_expiry');
  end if;
end
$$;
comment on function private.check_candidate_action(uuid[], text, timestamptz) is
  'Raises no_candidates, too_many_candidates, invalid_action or invalid_expiry.';

-- Definer, like its callers. Participants are reminded at the address of their account.
create or replace function private.reminder_outcome(
  invite public.interview_invites, participant public.interview_participants
)
  returns text
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_email text := coalesce((
    select private.normalize_email(u.email) from auth.users u where u.id = (participant).user_id),
    (invite).email);
  v_due_at timestamptz;
begin
  if (participant).status = 'completed' then
    return 'already_completed';
  elsif (participant).status is null and (invite).delivery_status = 'queued' then
    return 'not_mailed_yet';
  end if;
  v_due_at := (private.mail_times(
    array['interview_reminder'], array[coalesce((invite).recruiter_id, (participant).recruiter_id)],
    array[v_email], array[(invite).email],
    array[greatest((invite).reminded_at, (participant).reminded_at)]))[1];
  return case
    when v_due_at <= now() then 'reminded'
    when v_due_at is not null then 'reminded_recently'
    when private.is_unsubscribed(
           coalesce((invite).recruiter_id, (participant).recruiter_id), v_email)
      or private.is_unsubscribed((invite).recruiter_id, (invite).email) then 'unsubscribed'
    else 'not_delivered' end;
end
$$;
comment on function private.reminder_outcome(
  public.interview_invites, public.interview_participants) is
  'Whether a person with a valid invite, or who has joined, gets a reminder now: the outcome of '
  'change_candidates.';

-- Definer, like its caller. What resending leads to is for classify_invites to say, of those whose
-- outcome is to_invite.
create or replace function private.classify_candidates(
  interview_id uuid, candidate_ids uuid[], action text, expires_at timestamptz
)
  returns table (
    "position" bigint, candidate_id uuid, email text, candidate_name text, outcome text,
    invite_id uuid, invite_code text, participant_id uuid
  )
  language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  select a.position, a.id, i.email::text, coalesce(i.candidate_name, p.candidate_name),
    case
      when i.id is null and p.id is null then 'not_found'
      when row_number() over (partition by a.id order by a.position) > 1 then 'duplicate'
      when action = 'resend' and i.state = 'asks_for_code' then 'to_invite'
      when action = 'delete' and (p.id is not null or i.status in ('accepted', 'completed'))
        then 'already_joined'
      when i.state = 'withdrawn' or p.status = 'withdrawn' and i.id is null then 'withdrawn'
      when action = 'remind' and p.status in ('active', 'completed')
        then private.reminder_outcome(i, p)
      when i.id is null or i.status in ('accepted', 'completed') then 'already_joined'
      when action = 'resend' then 'to_invite'
      when action = 'delete' then 'deleted'
      when i.revoked_at is not null then case action when 'revoke' then 'unchanged'
                                                     else 'revoked' end
      when action = 'revoke' then 'revoked'
      when i.status = 'expired' or i.expires_at <= now() then 'expired'
      when action = 'remind' then private.reminder_outcome(i, p)
      when i.expires_at >= classify_candidates.expires_at then 'unchanged'
      else 'extended'
    end,
    i.id, i.invite_code::text, p.id
  from unnest(classify_candidates.candidate_ids) with ordinality as a (id, position)
  left join lateral (
    select known.* from public.interview_invites known
    where known.id = a.id and known.interview_id = classify_candidates.interview_id
      and known.is_current
    offset 0
  ) as i on true
  left join lateral (
    select joined.* from public.interview_participants joined
    where joined.interview_id = classify_candidates.interview_id
      and (joined.invite_id = i.id or (i.id is null and joined.id = a.id))
    offset 0
  ) as p on true;
end
$$;
comment on function private.classify_candidates(uuid, uuid[], text, timestamptz) is
  'One row per candidate in the order given: the outcome that change_candidates would return.';

-- The invites that are redeemed are not locked: no action changes them.
create or replace function private.lock_candidates(
  interview_id uuid, candidate_ids uuid[], action text
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  if action = 'remind' then
    perform from public.interview_participants p
      where p.interview_id = lock_candidates.interview_id
        and (p.invite_id = any (candidate_ids) or p.id = any (candidate_ids))
      order by p.id for no key update;
  end if;
  perform from public.interview_invites i
    where i.id = any (candidate_ids) and i.interview_id = lock_candidates.interview_id
      and i.status in ('pending', 'expired')
    order by i.id for update;
end
$$;
comment on function private.lock_candidates(uuid, uuid[], text) is
  'Locks the rows that an action changes, in the order of hold_interview.';

-- Invites are signed as before.
create or replace function private.resend_to_candidates(
  interview public.interviews, asked jsonb, preview boolean
)
  returns jsonb
  language plpgsql volatile set search_path = '' set enable_seqscan = off set jit = off
as $$
declare
  v_signed record;
  v_outcomes jsonb := '[]';
begin
  for v_signed in
    select i.recruiter_name, array_agg(a.email order by a.position) as emails
    from jsonb_to_recordset(asked)
      as a ("position" bigint, invite_id uuid, email text, outcome text)
    join public.interview_invites i on i.id = a.invite_id
    where a.outcome = 'to_invite'
    group by i.recruiter_name order by i.recruiter_name
  loop
    v_outcomes := v_outcomes || case
      when preview then public.preview_invites((interview).id, v_signed.emails)
      else private.invite(interview, v_signed.emails, v_signed.recruiter_name, null) end;
  end loop;
  if preview then
    perform private.check_invites_left((
      select count(*)::integer from jsonb_array_elements(v_outcomes) as o
      where o ->> 'outcome' in ('created', 'renewed')), private.invites_left());
  end if;
  return (
    select jsonb_agg(case a ->> 'outcome' when 'to_invite' then a || o.outcome else a end
                     order by place)
    from jsonb_array_elements(asked) with ordinality as listed (a, place)
    left join (
      select o as outcome from jsonb_array_elements(v_outcomes) as o
    ) as o on o.outcome ->> 'email' = a ->> 'email' and a ->> 'outcome' = 'to_invite');
end
$$;
comment on function private.resend_to_candidates(public.interviews, jsonb, boolean) is
  'Invites those again whose outcome is to_invite, or tells what that would lead to; returns all '
  'outcomes.';

create or replace function private.remind_candidates(recruiter_id uuid, subjects uuid[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  update public.interview_invites i set reminded_at = now()
    where i.id = any (remind_candidates.subjects);
  update public.interview_participants p set reminded_at = now()
    where p.id = any (remind_candidates.subjects);
  insert into private.jobs as j (kind, lane, subject, data)
    -- Two candidates are one participant whose address has changed in between.
    select distinct 'interview_reminder', remind_candidates.recruiter_id, subject,
           '{"by_hand": true}'::jsonb
    from unnest(remind_candidates.subjects) as subject
    on conflict on constraint jobs_subject_key do update
      set queued_at = now(), due_at = now(), attempts = 0, failed_at = null, done_at = null,
          data = excluded.data
      where j.lease_token is null;
end
$$;
comment on function private.remind_candidates(uuid, uuid[]) is
  'Queues a reminder for each of these invites and participants, which the caller has locked.';

create or replace function private.delete_candidates(interview_id uuid, emails text[])
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_invite_ids uuid[] := array(
    select i.id
    from unnest(delete_candidates.emails) as known (email)
    cross join lateral private.invites_of(known.email) as i
    where i.interview_id = delete_candidates.interview_id);
begin
  delete from public.interview_invites i
    where i.id = any (v_invite_ids) and i.status in ('pending', 'expired');
  delete from private.jobs j
    where j.subject = any (v_invite_ids)
      and j.kind in ('interview_invitation', 'interview_reminder');
end
$$;
comment on function private.delete_candidates(uuid, text[]) is
  'Deletes the invites of these addresses to an interview that were not redeemed, and the emails '
  'about them that wait.';

-- What is decided about rows is done to them; each is updated once.
create or replace function private.carry_out(
  interview public.interviews, asked jsonb, action text, expires_at timestamptz
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_done text := case action when 'remind' then 'reminded' when 'revoke' then 'revoked'
                             when 'extend' then 'extended' else 'deleted' end;
  v_invite_ids uuid[];
  v_participant_ids uuid[];
  v_emails text[];
begin
  select array_agg(a.invite_id), array_agg(coalesce(a.participant_id, a.invite_id)),
         array_agg(a.email)
    into v_invite_ids, v_participant_ids, v_emails
    from jsonb_to_recordset(asked)
      as a (invite_id uuid, participant_id uuid, email text, outcome text)
    where a.outcome = v_done;
  case
    when v_invite_ids is null then null;
    when action = 'remind' then
      perform private.remind_candidates((interview).recruiter_id, v_participant_ids);
      perform private.count_invites(cardinality(v_participant_ids));
    when action = 'revoke' then
      update public.interview_invites i
        set status = 'expired', expires_at = least(i.expires_at, now()), revoked_at = now(),
            renewal_requested_at = null
        where i.id = any (v_invite_ids);
    when action = 'extend' then
      update public.interview_invites i set expires_at = carry_out.expires_at
        where i.id = any (v_invite_ids);
    else
      perform private.delete_candidates((interview).id, v_emails);
  end case;
end
$$;
comment on function private.carry_out(public.interviews, jsonb, text, timestamptz) is
  'Reminds, revokes, extends or deletes those whose outcome says so.';

-- For recruiters, service_role and DBAs. Definer, because clients may not update invites. Locks the
-- recruiter and the interview before the rows (see hold_interview).
create or replace function public.change_candidates(
  interview_id uuid, candidate_ids uuid[], action text, expires_at timestamptz default null,
  preview boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_interview public.interviews := private.require_interview(change_candidates.interview_id);
  v_preview boolean := coalesce(change_candidates.preview, false);
  v_asked jsonb;
begin
  perform private.check_candidate_action(candidate_ids, action, change_candidates.expires_at);
  if not v_preview then
    v_interview := private.lock_interview(v_interview.id);
    if action <> 'resend' then
      perform private.lock_candidates(v_interview.id, candidate_ids, action);
    end if;
  end if;
  if action in ('resend', 'remind') then
    perform private.check_invitable(v_interview);
  end if;
  select jsonb_agg(to_jsonb(c) order by c.position) into v_asked
    from private.classify_candidates(
      v_interview.id, candidate_ids, action, change_candidates.expires_at) as c;
  if action = 'resend' then
    v_asked := private.resend_to_candidates(v_interview, v_asked, v_preview);
  elsif not v_preview then
    perform private.carry_out(v_interview, v_asked, action, change_candidates.expires_at);
  elsif action = 'remind' then
    perform private.check_invites_left((
      select count(*)::integer from jsonb_array_elements(v_asked) as a
      where a ->> 'outcome' = 'reminded'), private.invites_left());
  end if;
  return (
    select jsonb_agg(case a ->> 'outcome'
        when 'deleted' then a || '{"invite_id": null, "invite_code": null}' else a end
      - '{position,participant_id}'::text[] order by place)
    from jsonb_array_elements(v_asked) with ordinality as listed (a, place));
end
$$;
comment on function public.change_candidates(uuid, uuid[], text, timestamptz, boolean) is
  'Does one thing to up to 1,000 candidates of an interview (ids of interview_candidates): resend, '
  'remind, revoke, extend (to expires_at) or delete; one object per id in the order given: '
  'candidate_id, email, candidate_name, outcome, invite_id, invite_code. A preview returns the '
  'same and does nothing. docs/frontend.md lists the outcomes.';

-- ======== supabase/schemas/85_lists.sql ========

-- Lists: pages for recruiters, by cursor instead of offset, so that every page costs the same.

-- The order and the comparison are fixed texts, chosen by sort. Each kind of interview (archived or
-- not, by status) is read by the index of that order, up to a page of it; a search or a choice of
-- ids reads on through those that it leaves out. Without enable_sort: a planner that expects one
-- row may read and sort all 10,000 instead.
create or replace function private.page_of_interviews(
  recruiter_id uuid, kinds jsonb, search text, only_ids uuid[], sort text, backwards boolean,
  cursor_key text, cursor_id uuid, page_size integer
)
  returns uuid[]
  language plpgsql stable set search_path = '' set enable_sort = off
as $$
declare
  v_key text := case sort
    when 'title' then 'lower(n.title)'
    when 'deadline' then 'coalesce(n.deadline, ''infinity'')'
    else 'n.created_at' end;
  v_falls boolean := backwards <> (sort = 'created');
  v_ids uuid[];
begin
  execute format($query$
    select array(
      select page.id
      from jsonb_to_recordset($2) as kind (archived boolean, status text)
      cross join lateral (
        select n.id, %1$s as key
        from public.interviews n
        where n.recruiter_id = $1
          and (n.archived_at is null) = not kind.archived and n.status = kind.status
          and ($3 is null or strpos(lower(n.title), lower($3)) > 0)
          and ($4 is null or n.id = any ($4))
          and ($5 is null or (%1$s, n.id) %2$s ($5::%3$s, $6))
        order by %1$s %4$s, n.id %4$s
        limit $7
      ) as page
      order by page.key %4$s, page.id %4$s
      limit $7)
    $query$,
    v_key,
    case when v_falls then '<' else '>' end,
    case sort when 'title' then 'text' else 'timestamptz' end,
    case when v_falls then 'desc' else 'asc' end)
    into v_ids
    using page_of_interviews.recruiter_id, kinds, search, only_ids, cursor_key,
          coalesce(cursor_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'), page_size;
  return v_ids;
end
$$;
comment on function private.page_of_interviews(
  uuid, jsonb, text, uuid[], text, boolean, text, uuid, integer) is
  'The ids of a page of a recruiter''s interviews of some kinds (archived, status), those nearest '
  'to the cursor first.';

create index if not exists interview_invites_attention_idx
  on public.interview_invites (recruiter_id, interview_id)
  where state in ('asks_for_code', 'not_delivered', 'completed');

create or replace function private.interviews_to_attend(recruiter_id uuid)
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select distinct i.interview_id from public.interview_invites i
    where i.recruiter_id = interviews_to_attend.recruiter_id
      and i.state in ('asks_for_code', 'not_delivered', 'completed'))
$$;
comment on function private.interviews_to_attend(uuid) is
  'The interviews of a recruiter in which a candidate asks for a code, was not reached by their '
  'invitation, or has completed and is neither reviewed nor decided about.';

-- For recruiters. Definer, with their own interviews selected here: with the `or` of the policy
-- (own or joined), PostgreSQL reads and sorts all 10,000 for a page (6.1 instead of 1.8 ms of CPU).
-- Generic plan, because planning takes as long as reading the page.
create or replace function public.list_interviews(
  page_size integer default 50,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null,
  backwards boolean default false,
  search text default null,
  status text default null,
  archived boolean default false,
  attention boolean default false,
  sort text default 'created',
  cursor_title text default null,
  cursor_deadline timestamptz default null
)
  returns setof public.interview_stats
  language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan
as $$
declare
  v_recruiter_id uuid := private.caller_id();
  v_sort text := coalesce(list_interviews.sort, 'created');
  v_backwards boolean := list_interviews.backwards is true;
  v_key text := case v_sort
    when 'title' then lower(cursor_title)
    when 'deadline' then case when cursor_id is not null
                              then coalesce(cursor_deadline, 'infinity')::text end
    else cursor_created_at::text end;
  v_ids uuid[];
begin
  if v_sort not in ('created', 'title', 'deadline') then
    perform private.refuse('invalid_sort');
  elsif v_backwards and v_key is null then
    return;
  end if;
  v_ids := private.page_of_interviews(
    v_recruiter_id,
    (select jsonb_agg(jsonb_build_object('archived', a, 'status', s))
     from unnest(array[false, true]) as a
     cross join unnest(array['active', 'inactive', 'completed']) as s
     where a = coalesce(list_interviews.archived, a) and s = coalesce(list_interviews.status, s)),
    nullif(private.trim_blanks(list_interviews.search), ''),
    case when attention then private.interviews_to_attend(v_recruiter_id) end,
    v_sort, v_backwards, v_key, cursor_id, greatest(least(list_interviews.page_size, 1000), 0));
  return query
    select s.*
    from unnest(v_ids) with ordinality as page (id, place)
    cross join lateral (
      select * from public.interview_stats s where s.interview_id = page.id offset 0
    ) as s
    order by case when v_backwards then -page.place else page.place end;
end
$$;
comment on function public.list_interviews(
  integer, timestamptz, uuid, boolean, text, text, boolean, boolean, text, text, timestamptz) is
  'The caller''s own interviews with their numbers (see interview_stats), up to page_size (at most '
  '1,000) after the one that the cursor names or, if backwards, just before it. sort is created '
  '(the newest first), title, or deadline (the next first); the cursor is a row''s id and its '
  'value of that. archived null lists those in the archive too; search is for a part of the title.';

-- For recruiters. Definer, like list_interviews; reads the row of each of their interviews once.
create or replace function public.count_interviews(search text default null)
  returns jsonb
  language plpgsql stable security definer set search_path = ''
as $$
declare
  v_recruiter_id uuid := private.caller_id();
  v_search text := nullif(private.trim_blanks(count_interviews.search), '');
  v_attention uuid[] := private.interviews_to_attend(v_recruiter_id);
begin
  return (
    select jsonb_build_object(
      'all', count(*) filter (where n.archived_at is null),
      'active', count(*) filter (where n.archived_at is null and n.status = 'active'),
      'inactive', count(*) filter (where n.archived_at is null and n.status = 'inactive'),
      'completed', count(*) filter (where n.archived_at is null and n.status = 'completed'),
      'attention', count(attended.id) filter (where n.archived_at is null),
      'archived', count(n.archived_at))
    from public.interviews n
    left join unnest(v_attention) as attended (id) on attended.id = n.id
    where n.recruiter_id = v_recruiter_id
      and (v_search is null or strpos(lower(n.title), lower(v_search)) > 0));
end
$$;
comment on function public.count_interviews(text) is
  'How many interviews of the caller, whose title contains search, each choice of list_interviews '
  'has: all, active, inactive, completed and attention of those that are not archived, and '
  'archived.';

-- ======== supabase/schemas/86_templates.sql ========

-- Templates: what a new interview can begin with. Recruiters keep their own; some are shipped
-- (87_shipped_templates.sql).

create or replace function private.are_template_questions(questions jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_keys text[] := array['question', 'max_seconds', 'max_takes', 'preparation_seconds',
                         'required'];
begin
  if jsonb_typeof(questions) <> 'array' or jsonb_array_length(questions) > 100 then
    return false;
  end if;
  -- The text is limited as an interview's is, without what JSON adds to it.
  return 1000000 >= (
    select coalesce(sum(octet_length(q ->> 'question')), 0)
    from jsonb_array_elements(questions) as q
  ) and not exists (
    select from jsonb_array_elements(questions) as q
    where case
      when jsonb_typeof(q) <> 'object' then true
      when not q ?& v_keys or q - v_keys <> '{}' then true
      when jsonb_typeof(q -> 'question') <> 'string'
        or private.trim_blanks(q ->> 'question') = '' or length(q ->> 'question') > 100000 then true
      when (q -> 'max_seconds')::text !~ '^\d{1,3}$' or (q -> 'max_takes')::text !~ '^\d{1,2}$'
        or (q -> 'preparation_seconds')::text !~ '^\d{1,3}$' then true
      else (q ->> 'max_seconds')::integer not between 10 and 600
        or (q ->> 'max_takes')::integer not between 1 and 10
        or (q ->> 'preparation_seconds')::integer > 600
        or jsonb_typeof(q -> 'required') <> 'boolean'
      end);
end
$$;
comment on function private.are_template_questions(jsonb) is
  'Whether this is a list of at most 100 questions, each with question, max_seconds, max_takes, '
  'preparation_seconds and required, as interview_questions takes them.';

create or replace function private.are_criteria(criteria jsonb)
  returns boolean
  language plpgsql immutable set search_path = ''
as $$
declare
  v_keys text[] := array['name', 'description', 'levels', 'terms'];
begin
  if jsonb_typeof(criteria) <> 'array' or jsonb_array_length(criteria) > 20 then
    return false;
  end if;
  return not exists (
    select from jsonb_array_elements(criteria) as c
    where case
      when jsonb_typeof(c) <> 'object' then true
      when not c ?& v_keys or c - v_keys <> '{}' then true
      when jsonb_typeof(c -> 'name') <> 'string' or jsonb_typeof(c -> 'description') <> 'string'
        or jsonb_typeof(c -> 'levels') <> 'array' or jsonb_typeof(c -> 'terms') <> 'array' then true
      else private.trim_blanks(c ->> 'name') = '' or length(c ->> 'name') > 100
        or length(c ->> 'description') > 2000
        or jsonb_array_length(c -> 'levels') <> 4
        or exists (
          select from jsonb_array_elements(c -> 'levels') as level
          where jsonb_typeof(level) <> 'string' or private.trim_blanks(level #>> '{}') = ''
            or length(level #>> '{}') > 200)
        or exists (
          select from jsonb_array_elements(c -> 'terms') as term
          where jsonb_typeof(term) <> 'string')
        or not private.are_terms(array(select jsonb_array_elements_text(c -> 'terms')))
      end);
end
$$;
comment on function private.are_criteria(jsonb) is
  'Whether this is a list of at most 20 criteria, each with name, description, levels and terms, '
  'as interview_criteria takes them.';

-- Invoker, so that the policies of criteria apply.
create or replace function private.insert_criteria(interview_id uuid, criteria jsonb)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  if coalesce(criteria, 'null') = 'null' then
    return;
  elsif not private.are_criteria(criteria) then
    perform private.refuse('invalid_criteria');
  end if;
  insert into public.interview_criteria (interview_id, name, description, levels, terms)
    select insert_criteria.interview_id, c.item ->> 'name', c.item ->> 'description',
           array(select jsonb_array_elements_text(c.item -> 'levels')),
           array(select jsonb_array_elements_text(c.item -> 'terms'))
    from jsonb_array_elements(criteria) with ordinality as c (item, place)
    order by c.place;
end
$$;
comment on function private.insert_criteria(uuid, jsonb) is
  'Inserts the criteria of a new interview, in their order; raises invalid_criteria.';

create table if not exists public.interview_templates (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid default auth.uid(),
  name text not null,
  description text not null default '',
  interview_description text,
  privacy_notice text,
  response_kinds text[] not null default '{video,audio}',
  analysis text not null default 'transcripts',
  language text not null default 'en',
  questions jsonb not null default '[]',
  criteria jsonb not null default '[]',
  created_at timestamptz not null default now(),
  constraint interview_templates_name_check
    check (private.trim_blanks(name) <> '' and length(name) <= 100),
  constraint interview_templates_description_check check (length(description) <= 2000),
  constraint interview_templates_interview_description_check
    check (length(interview_description) <= 100000),
  constraint interview_templates_privacy_notice_check check (length(privacy_notice) <= 5000),
  constraint interview_templates_response_kinds_check
    check (response_kinds <@ '{video,audio,text}' and cardinality(response_kinds) between 1 and 3),
  constraint interview_templates_analysis_check check (analysis in ('off', 'transcripts')),
  constraint interview_templates_language_check check (language ~ '^[a-z]{2,3}$'),
  constraint interview_templates_questions_check
    check (private.are_template_questions(questions)),
  constraint interview_templates_criteria_check check (private.are_criteria(criteria)),
  constraint interview_templates_owner_id_fkey
    foreign key (owner_id) references auth.users (id) on delete cascade
);
create index if not exists interview_templates_owner_id_idx
  on public.interview_templates (owner_id);

comment on table public.interview_templates is
  'What a new interview can begin with. An interview keeps nothing of its template: changing one '
  'changes no interview.';
comment on column public.interview_templates.owner_id is
  'Whose it is; null for one that every recruiter sees. DBAs may change and delete those, and add '
  'others.';
comment on column public.interview_templates.description is 'What the template is for.';
comment on column public.interview_templates.interview_description is
  'The description of the new interview; the columns from here on are those of an interview.';
comment on column public.interview_templates.questions is
  'The questions in their order, with question, max_seconds, max_takes, preparation_seconds and '
  'required.';
comment on column public.interview_templates.criteria is
  'The criteria in their order, with name, description, levels and terms.';

-- Definer, for speed, like admit_criteria.
create or replace function private.admit_templates()
  returns trigger
  language plpgsql volatile security definer set search_path = ''
as $$
begin
  if private.is_client() and (
    select count(*) from (
      select from public.interview_templates t where t.owner_id = (select auth.uid()) limit 101
    ) as own
  ) > 100 then
    perform private.refuse('too_many_templates');
  end if;
  return null;
end
$$;
comment on function private.admit_templates() is
  'After a client''s statement that inserts templates: raises too_many_templates.';

create or replace trigger _050_lock_inviting_first
  before insert on public.interview_templates
  for each statement execute function private.lock_inviting_first();
create or replace trigger _400_admit_templates
  after insert on public.interview_templates
  for each statement execute function private.admit_templates();

-- For recruiters. Invoker, so that the policies of templates apply.
create or replace function public.save_template(
  interview_id uuid, name text default null, description text default null
)
  returns jsonb
  language plpgsql volatile set search_path = ''
as $$
declare
  v_source public.interviews;
  v_name text := private.trim_blanks(save_template.name);
  v_template_id uuid;
begin
  perform private.require_recruiter();
  select n.* into v_source
    from public.interviews n
    where n.id = save_template.interview_id and n.recruiter_id = (select auth.uid());
  if not found then
    perform private.refuse('interview_not_found');
  end if;
  v_name := coalesce(v_name, private.trim_blanks(left(v_source.title, 100)));
  if v_name = '' or length(v_name) > 100 or length(save_template.description) > 2000 then
    perform private.refuse('invalid_template');
  end if;
  insert into public.interview_templates as t
      (name, description, interview_description, privacy_notice, response_kinds, analysis, language,
       questions, criteria)
    values (
      v_name, coalesce(save_template.description, ''), v_source.description,
      v_source.privacy_notice, v_source.response_kinds, v_source.analysis, v_source.language,
      (select coalesce(jsonb_agg(
         jsonb_build_object('question', q.question, 'max_seconds', q.max_seconds,
                            'max_takes', q.max_takes,
                            'preparation_seconds', q.preparation_seconds,
                            'required', q.required)
         order by q.order_index), '[]')
       from public.interview_questions q where q.interview_id = v_source.id),
      (select coalesce(jsonb_agg(
         jsonb_build_object('name', c.name, 'description', c.description, 'levels', c.levels,
                            'terms', c.terms)
         order by c.created_at, c.id), '[]')
       from public.interview_criteria c where c.interview_id = v_source.id))
    returning t.id into v_template_id;
  return jsonb_build_object('template_id', v_template_id, 'name', v_name);
end
$$;
comment on function public.save_template(uuid, text, text) is
  'Saves the settings, questions and criteria of one''s own interview as a template; returns '
  'template_id and name, which is the interview''s title unless another is given.';

-- ======== supabase/schemas/86_timeline.sql ========

-- Timeline: what has happened to one candidate, from what is stored.

-- For recruiters. Invoker, so that the policies hide responses that are not submitted, and the
-- reviews of others from who has not submitted their own. Of several mails and reminders, the last
-- is stored.
create or replace function public.candidate_timeline(candidate_id uuid)
  returns table (at timestamptz, event text, person text, detail text)
  language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_candidate public.interview_candidates;
begin
  select * into v_candidate from public.get_candidate(candidate_timeline.candidate_id);
  return query
    select e.*
    from (
      select happened.*
      from public.interview_invites i
      cross join lateral (values
        (i.created_at, 'invited', i.recruiter_name::text, i.email::text),
        (case when i.delivery_status = 'accepted' then i.delivery_at end, 'mailed', null, null),
        (case when i.delivery_status = 'failed' then i.delivery_at end, 'not_delivered', null,
         i.delivery_error),
        (i.reminded_at, 'reminded', null, null),
        (i.renewal_requested_at, 'asked_for_code', null, null),
        (i.revoked_at, 'revoked', null, null),
        (case when i.status = 'expired' and i.revoked_at is null then i.expires_at end, 'expired',
         null, null),
        (i.accepted_at, 'joined', null, null),
        (i.withdrawn_at, 'withdrew', null, null)
      ) as happened (at, event, person, detail)
      where i.interview_id = v_candidate.interview_id and i.email = v_candidate.email
      union all
      select happened.*
      from public.interview_participants p
      cross join lateral (values
        (case when p.invite_id is null then p.joined_at end, 'joined', null, null),
        (p.reminded_at, 'reminded', null, null),
        (p.completed_at, 'completed', null, null),
        (p.responses_deleted_at, 'responses_deleted', null, null),
        (p.responses_expired_at, 'responses_expired', null, null)
      ) as happened (at, event, person, detail)
      where p.id = v_candidate.participant_id
      union all
      select r.uploaded_at, 'response', null, r.question
      from public.interview_responses r
      where r.participant_id = v_candidate.participant_id and r.status = 'uploaded'
      union all
      select r.submitted_at, 'reviewed', r.reviewer_name, null
      from public.candidate_reviews r
      where r.participant_id = v_candidate.participant_id
      union all
      select d.decided_at, 'decided', null, d.decision
      from public.candidate_decisions d
      where d.participant_id = v_candidate.participant_id
    ) as e (at, event, person, detail)
    where e.at is not null
    order by e.at, array_position(array[
      'invited', 'mailed', 'not_delivered', 'reminded', 'expired', 'asked_for_code', 'revoked',
      'joined', 'response', 'completed'], e.event);
end
$$;
comment on function public.candidate_timeline(uuid) is
  'What has happened to a candidate of the caller''s own interview, the first first: at, event, '
  'person (who invited or reviewed) and detail (an address, an error, a question or a decision).';

-- ======== supabase/schemas/87_shipped_templates.sql ========

-- The templates that are shipped: each is inserted once. What a DBA changes or deletes afterwards
-- stays so when this file is applied again.

create table if not exists private.shipped (
  name text primary key
);
comment on table private.shipped is
  'The templates that were inserted when the schema was applied, by the names they had then. Not '
  'inserted again, whatever became of them.';

create or replace function private.ship_template(
  name text, description text, seconds integer[], questions text[], criteria text[]
)
  returns void
  language plpgsql volatile set search_path = ''
as $$
begin
  insert into private.shipped (name) values (ship_template.name) on conflict do nothing;
  if not found then
    return;
  end if;
  insert into public.interview_templates (owner_id, name, description, questions, criteria)
    values (
      null, ship_template.name, ship_template.description,
      (select jsonb_agg(
         jsonb_build_object('question', q.question, 'max_seconds', seconds[q.place], 'max_takes', 3,
                            'preparation_seconds', 30, 'required', true) order by q.place)
       from unnest(questions) with ordinality as q (question, place)),
      (select jsonb_agg(
         jsonb_build_object('name', criteria[c][1], 'description', criteria[c][2],
                            'levels', array(select unnest(criteria[c:c][3:6])),
                            'terms', '[]'::jsonb) order by c)
       from generate_series(1, array_length(criteria, 1)) as c));
end
$$;
comment on function private.ship_template(text, text, integer[], text[], text[]) is
  'Inserts a template for everybody, unless it was inserted before. A criterion is a name, a '
  'description and four levels.';

do $$
begin
  perform private.ship_template('Software developer',
    'For developers who build and run a product with others, whatever the language.',
    array[120, 180, 180, 180, 120, 120], array[
    'Which piece of software that you have worked on are you proud of, and what was your part in '
    'it?',
    'Describe a bug that took you long to find. How did you narrow it down, and what did you '
    'change so that it would not happen again?',
    'A page of a web application has become slow as its data grew. How do you find out why, and '
    'what do you try first?',
    'Tell us about a technical decision that you would make differently today. What have you '
    'learned since?',
    'A colleague''s change works, but you find it hard to understand. What do you write in the '
    'review?',
    'How do you decide what to test, and what not?'],
    array[
    ['Solving problems', 'Goes from symptoms to causes, and checks ideas before acting on them.',
     'Guesses, or names tools only', 'Follows a plan in parts', 'Narrows down causes step by step',
     'Narrows down causes, weighs fixes and prevents the next case'],
    ['Judgement', 'Weighs effort, risk and benefit, and says what speaks against a choice.',
     'Gives no reasons', 'Gives reasons for one side only', 'Weighs alternatives with reasons',
     'Weighs alternatives, says what would change their mind'],
    ['Working with others', 'Makes it easy for others to understand, and takes criticism well.',
     'Speaks of their own work only', 'Mentions others, without how they worked together',
     'Shows how they explain and listen', 'Shows how others got better by working with them']]);

  perform private.ship_template('Data analyst',
    'For analysts who answer questions of the business with data.',
    array[120, 180, 180, 120, 120, 120], array[
    'Which analysis of yours has changed what somebody did? What was the question, and what did '
    'you find?',
    'Sales fell by 10% last week. Which data do you look at, in which order, and what would each '
    'step tell you?',
    'Tell us about data that turned out to be wrong or incomplete. How did you notice, and what '
    'did you do?',
    'Explain the difference between correlation and cause to a manager, with an example from your '
    'work.',
    'Two departments count the same figure differently. How do you go about it?',
    'How do you make sure that a colleague can repeat your analysis in a year?'],
    array[
    ['Asking the right question', 'Clarifies what a figure is needed for before computing it.',
     'Starts to compute at once', 'Asks some questions', 'Clarifies purpose and definitions',
     'Clarifies them, and offers a better question where there is one'],
    ['Care with data', 'Checks where data comes from, and what is missing.',
     'Takes data as given', 'Checks when something looks odd', 'Checks as a habit, and says how',
     'Checks, says what the limits are, and what they mean for the result'],
    ['Explaining', 'Puts findings so that people outside the field can act on them.',
     'Technical terms only', 'Understandable in parts', 'Clear, with an example',
     'Clear, with an example and what to do next']]);

  perform private.ship_template('Product manager',
    'For people who decide with a team what is built next.',
    array[120, 180, 180, 120, 180, 120], array[
    'Which product decision of yours are you most content with? How did you know that it was '
    'right?',
    'You have ten requests and room for three. How do you choose, and how do you tell the others?',
    'Tell us about something that you launched and that people did not use. What did you learn?',
    'How do you learn what users need, as opposed to what they ask for?',
    'An important customer wants a feature that does not fit the product. Sales have promised it. '
    'What do you do?',
    'Which figure would you watch in the first month after a launch, and why that one?'],
    array[
    ['Setting priorities', 'Chooses by benefit and effort, and can say no.',
     'By who asks loudest', 'With a method, without reasons', 'With reasons that others can follow',
     'With reasons, evidence, and a way to find out whether it was right'],
    ['Knowing users', 'Bases decisions on what users do and need.',
     'Assumes', 'Relies on single voices', 'Uses research or data of their own',
     'Combines research and data, and names what surprised them'],
    ['Leading without authority', 'Brings people together who want different things.',
     'Avoids conflicts or decides alone', 'Informs others', 'Listens and finds a common line',
     'Finds a common line, and keeps it when there is pressure']]);

  perform private.ship_template('UX designer',
    'For designers of apps and websites. Ask for a portfolio separately.',
    array[180, 180, 120, 120, 120], array[
    'Walk us through a project from the first question to the result. Which step changed your '
    'design most?',
    'Tell us about a test with users that proved you wrong. What did you change?',
    'A form loses half of its visitors. How do you find out where and why?',
    'What do you do so that people with impaired sight, or without a mouse, can use what you '
    'design?',
    'Developers tell you that your design takes too long to build. How do you go on?'],
    array[
    ['Process', 'Comes from a question to a solution, with steps that fit the case.',
     'Shows results only', 'Names steps without their purpose', 'Explains why each step was taken',
     'Explains it, and what they left out and why'],
    ['Evidence', 'Tests ideas with users, and changes them.',
     'Goes by taste', 'Asks colleagues', 'Tests with users', 'Tests early and often, and changes '
     'course because of it'],
    ['Accessibility', 'Designs for people with different abilities.',
     'Not considered', 'Knows the term', 'Gives measures they took',
     'Gives measures, and has tested them with those concerned or with their tools']]);

  perform private.ship_template('Project manager',
    'For people who bring projects with several parties to their goal.',
    array[120, 180, 180, 120, 120, 120], array[
    'Describe the most demanding project that you have led: goal, team, budget, and what came of '
    'it.',
    'A milestone will be missed by three weeks. Whom do you tell, when, and what do you bring '
    'along?',
    'Tell us about a risk that you saw early. What did you do about it?',
    'How do you notice that a task that is reported as "90% done" is in trouble?',
    'Two teams need the same expert in the same week. How do you settle it?',
    'What do you do in the last week of a project?'],
    array[
    ['Planning', 'Breaks goals into steps with owners and dates, and allows for risks.',
     'No plan to be seen', 'A plan without risks', 'A plan with risks and buffers',
     'A plan that is adapted on purpose as facts change'],
    ['Communication', 'Tells the right people early, bad news included.',
     'Late or not at all', 'On request', 'Early and to the point', 'Early, with options and a '
     'recommendation'],
    ['Resolving conflicts', 'Finds solutions that the parties keep to.',
     'Avoids or escalates at once', 'Mediates without a result', 'Reaches an agreement',
     'Reaches an agreement, and removes the cause']]);

  perform private.ship_template('Sales representative',
    'For people who win and keep business customers.',
    array[90, 120, 180, 120, 120, 90], array[
    'Introduce a product that you have sold as if we were a customer who has never heard of it.',
    'How do you prepare for a first conversation with a new customer?',
    'Tell us about a deal that you won although it looked lost. What turned it?',
    'A customer says: "You are 20% more expensive than the others." What do you answer?',
    'Which customer have you turned down or lost, and what did you learn from it?',
    'How do you plan a week, and how do you know on Friday that it was a good one?'],
    array[
    ['Understanding the customer', 'Finds out what the customer needs before offering something.',
     'Presents the product at once', 'Asks a few general questions',
     'Asks about needs and decisions',
     'Uncovers needs that the customer had not named'],
    ['Arguing', 'Meets objections with benefit, calmly and honestly.',
     'Gives in or presses', 'Repeats features', 'Explains the benefit for this customer',
     'Explains it with evidence, and agrees on a next step'],
    ['Persistence', 'Keeps at it with a plan, and learns from losses.',
     'Gives up early', 'Keeps at it without a plan', 'Follows up with a plan',
     'Follows up with a plan, and changes it by what they learn']]);

  perform private.ship_template('Customer support agent',
    'For people who help customers by phone, chat or email.',
    array[90, 120, 120, 120, 120], array[
    'What makes you feel after a conversation that you have really helped?',
    'A customer is angry: a delivery has been late for the third time. Speak to them as you would '
    'on the phone.',
    'Explain to somebody with little technical knowledge how to reset their password.',
    'A customer asks for something that the rules do not allow, and you find the rules unfair '
    'here. What do you do?',
    'Ten requests wait at the same time. How do you decide which comes first?'],
    array[
    ['Empathy', 'Takes people seriously, and stays calm and friendly.',
     'Defends or blames', 'Polite, by the book', 'Names the customer''s trouble and cares',
     'Calms the customer, and regains their trust'],
    ['Clear language', 'Explains step by step, without jargon.',
     'Hard to follow', 'Can be followed with effort', 'Clear steps', 'Clear steps, and checks that '
     'they were understood'],
    ['Solving the problem', 'Finds a solution within the rules, or gets help in time.',
     'Passes it on at once', 'Solves standard cases', 'Finds a solution and says what happens next',
     'Solves it, and sees to it that others do not have it']]);

  perform private.ship_template('Marketing manager',
    'For people who plan campaigns and answer for their results.',
    array[120, 180, 120, 180, 120, 120], array[
    'Which campaign of yours worked best? How do you know that it was the campaign?',
    'You get 20,000 for the launch of a product that nobody knows. How do you spend it in the '
    'first three months?',
    'Describe the people you have marketed to last. What did you know about them, and from where?',
    'Tell us about a campaign that failed. When did you notice, and what did you do?',
    'How do you work with sales so that both speak of the same customers?',
    'Which brand do you find well done at the moment, and what would you change about it?'],
    array[
    ['Knowing the audience', 'Starts from whom it is for, and what moves them.',
     'Everybody', 'A rough group', 'A described group, with a source',
     'A described group, with a source and what follows for the campaign'],
    ['Measuring', 'Knows which figures tell success, and where they mislead.',
     'No figures', 'Clicks and views only', 'Figures that fit the goal',
     'Figures that fit the goal, with their limits'],
    ['Ideas', 'Has ideas that fit the budget and the brand.',
     'General remarks', 'Usual measures', 'Own ideas with reasons', 'Own ideas, with a small test '
     'before the large spending']]);

  perform private.ship_template('Accountant',
    'For accounting in companies, from booking to closing.',
    array[120, 180, 120, 120, 120], array[
    'What have you been responsible for, from single bookings to the annual accounts?',
    'Tell us about an error that you found in the books. How did you find it, and how was it put '
    'right?',
    'How do you make sure that the monthly closing is on time and right?',
    'A manager asks you to book an invoice into the next period, so that this one looks better. '
    'What do you say?',
    'Which step of your work have you made simpler or automatic, and what did it save?'],
    array[
    ['Knowledge', 'Knows the rules and applies them to cases.',
     'Gaps in the basics', 'Basics', 'Sure in usual cases',
     'Sure in hard cases too, and knows where to look things up'],
    ['Accuracy', 'Works with checks, and finds deviations.',
     'No checks', 'Checks at random', 'Fixed checks', 'Fixed checks, improved after each error'],
    ['Integrity', 'Stands by the rules when there is pressure.',
     'Gives in', 'Avoids the question', 'Refuses with reasons',
     'Refuses with reasons, and offers a way within the rules']]);

  perform private.ship_template('HR generalist',
    'For people who look after staff, from hiring to leaving.',
    array[120, 180, 120, 180, 120], array[
    'Which part of HR work do you do best, and what is an example of it?',
    'A team has lost four of ten people within half a year. How do you find out why, and what do '
    'you propose?',
    'How do you see to it that people are hired for what they can do, and not for being like us?',
    'An employee complains about their manager and asks you to keep it to yourself. How do you '
    'proceed?',
    'How do you explain a decision of the management that you would have made differently?'],
    array[
    ['Judgement', 'Weighs the interests of people and company, within the law.',
     'One side only', 'Sees both, decides for neither', 'Weighs both and decides',
     'Weighs both, decides, and explains it to those concerned'],
    ['Trust', 'Handles what is confidential so that people dare to speak.',
     'Passes it on', 'Promises too much', 'Says what can stay confidential and what cannot',
     'Says it early, and protects those who speak'],
    ['Fairness', 'Uses methods that give everybody the same chance.',
     'By feeling', 'Knows of bias', 'Uses structured methods',
     'Uses structured methods, and checks their results']]);

  perform private.ship_template('Nurse',
    'For nursing in hospitals and care homes. Check licences separately.',
    array[90, 120, 120, 180, 120, 90], array[
    'Why did you choose nursing, and what keeps you in it?',
    'A patient refuses their medication. What do you do?',
    'How do you hand over to the next shift so that nothing is lost?',
    'Describe a situation in which a patient''s condition changed suddenly. What did you notice, '
    'and what did you do first?',
    'Relatives reproach you loudly in the corridor. How do you react?',
    'How do you look after yourself after a hard shift?'],
    array[
    ['Patient safety', 'Notices changes, follows standards and calls for help in time.',
     'Misses what matters', 'Names single steps', 'Right steps in the right order',
     'Right steps, with reasons and documentation'],
    ['Care for people', 'Treats patients and relatives with respect, in hard moments too.',
     'Speaks about them as tasks', 'Friendly', 'Sees needs and responds to them',
     'Sees needs, and keeps people''s dignity and choice'],
    ['Teamwork', 'Hands over completely, speaks up, and supports colleagues.',
     'Works alone', 'Hands over when asked', 'Hands over in a structure',
     'Hands over in a structure, and speaks up about risks']]);

  perform private.ship_template('Shop assistant',
    'For work with customers in shops, also for people without experience.',
    array[60, 90, 90, 90, 60], array[
    'What do you like about working in a shop, or what do you expect of it?',
    'A customer cannot find the right size and is in a hurry. What do you say and do?',
    'Tell us about a time when you worked under pressure. How did you keep calm?',
    'You see a colleague put something into their bag without paying. What do you do?',
    'On which days and at which times can you work?'],
    array[
    ['Friendliness', 'Approaches people openly, and helps them.',
     'Waits to be asked', 'Polite', 'Approaches customers and helps',
     'Helps, and makes people want to come back'],
    ['Reliability', 'Can be relied on: punctual, honest, keeps at it.',
     'No examples', 'General statements', 'An example', 'Examples, also of difficult moments'],
    ['Staying calm', 'Keeps an overview when a lot happens at once.',
     'Overwhelmed', 'Holds out', 'Does one thing after the other', 'Does what matters first, and '
     'helps others']]);
end
$$;

-- ======== supabase/schemas/88_privacy.sql ========

-- Privacy: everything that is held about a person, as an export, and its erasure. docs/privacy.md
-- lists what is kept where, and for how long.

-- A participant names the invite that they redeemed last. What they redeemed before, and withdrew
-- from, is found by its address, unless somebody else has redeemed it.
create or replace function private.redeemed_invites(participant_ids uuid[])
  returns uuid[]
  language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select p.invite_id from public.interview_participants p
    where p.id = any (redeemed_invites.participant_ids) and p.invite_id is not null
    union
    select i.id
    from public.interview_participants p
    left join public.interview_invites newest on newest.id = p.invite_id
    left join auth.users u on u.id = p.user_id and private.address_problem(u.id) is null
    join public.interview_invites i
      on i.interview_id = p.interview_id
      and i.email in (newest.email, private.normalize_email(u.email))
    where p.id = any (redeemed_invites.participant_ids)
      and i.status in ('accepted', 'completed')
      and not exists (
        select from public.interview_participants other
        where other.invite_id = i.id and other.user_id <> p.user_id));
end
$$;
comment on function private.redeemed_invites(uuid[]) is
  'The ids of the invites that participants have redeemed, also before they withdrew and came '
  'back.';

-- An account may have changed its address after it was invited, so this goes from the address to
-- the accounts that have it or redeemed an invite to it, and from these to their own addresses and
-- invites; no further, because an address may have been another person's before. An invite that
-- somebody else has redeemed is theirs. Reads all accounts, as no index has the canonical form.
create or replace function private.find_person(
  email text, out emails text[], out user_ids uuid[], out participant_ids uuid[],
  out invite_ids uuid[]
)
  language plpgsql volatile set search_path = ''
as $$
declare
  v_email text := private.normalize_email(find_person.email);
begin
  user_ids := array(
    select u.id from auth.users u where private.normalize_email(u.email) = v_email
    union
    select p.user_id from private.invites_of(v_email) i
      join public.interview_participants p on p.invite_id = i.id
    order by 1);
  emails := array(
    select v_email where v_email is not null
    union
    select private.normalize_email(u.email) from auth.users u
      where u.id = any (user_ids) and private.address_problem(u.id) is null
    order by 1);
  participant_ids := array(
    select p.id from public.interview_participants p where p.user_id = any (user_ids) order by 1);
  invite_ids := array(
    select i.id from unnest(emails) as known (email)
      cross join lateral private.invites_of(known.email) as i
    where not exists (
      select from public.interview_participants other
      where other.invite_id = i.id and other.user_id <> all (user_ids))
    union
    select unnest(private.redeemed_invites(participant_ids))
    order by 1);
end
$$;
comment on function private.find_person(text) is
  'Who has an address, in any spelling: their addresses, and the ids of their accounts, '
  'participations and invites, each in order.';

create or replace function private.reviewers_of(emails text[], user_ids uuid[])
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select r.id from public.interview_reviewers r
    where r.user_id = any (reviewers_of.user_ids)
      or (r.user_id is null and r.email = any (reviewers_of.emails))
    order by 1)
$$;
comment on function private.reviewers_of(text[], uuid[]) is
  'What asks a person, found by find_person, to review: the ids of interview_reviewers, in order.';

-- Who has deleted their account is found by their address, if they had no name.
create or replace function private.reviews_by(emails text[], user_ids uuid[])
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select r.id from public.candidate_reviews r
    where r.reviewer_id = any (reviews_by.user_ids)
      or (r.reviewer_id is null and r.reviewer_name = any (reviews_by.emails))
    order by 1)
$$;
comment on function private.reviews_by(text[], uuid[]) is
  'The ids of the reviews that a person, found by find_person, has written, in order.';

create or replace function private.rows_of(source regclass, key text, ids uuid[])
  returns jsonb
  language plpgsql stable set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  execute format('select jsonb_agg(to_jsonb(r) order by r) from %s as r where r.%I = any ($1)',
                 source, key)
    into v_rows using ids;
  return coalesce(v_rows, '[]');
end
$$;
comment on function private.rows_of(regclass, text, uuid[]) is
  'The rows of a table whose key is one of the ids, with all their columns.';

-- For service_role and DBAs. Definer, because service_role may read neither auth.users nor the
-- tables of schema private. Of an account the columns are named: the others are secrets.
create or replace function public.export_person(email text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_person record;
  v_reviewers uuid[];
  v_written uuid[];
begin
  select * into v_person from private.find_person(export_person.email);
  v_reviewers := private.reviewers_of(v_person.emails, v_person.user_ids);
  v_written := private.reviews_by(v_person.emails, v_person.user_ids);
  return jsonb_build_object(
    'addresses', v_person.emails,
    'accounts', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'id', u.id, 'email', u.email, 'email_confirmed_at', u.email_confirmed_at,
               'phone', u.phone, 'created_at', u.created_at, 'last_sign_in_at', u.last_sign_in_at,
               'user_metadata', u.raw_user_meta_data, 'app_metadata', u.raw_app_meta_data)
             order by u.id), '[]')
      from auth.users u where u.id = any (v_person.user_ids)),
    'code_requests', private.rows_of('private.code_requests', 'user_id', v_person.user_ids),
    'invite_counts', private.rows_of('private.invite_counts', 'user_id', v_person.user_ids),
    'notifications', private.rows_of('private.notifications', 'user_id', v_person.user_ids),
    'interviews', private.rows_of('public.interviews', 'recruiter_id', v_person.user_ids),
    'templates', private.rows_of('public.interview_templates', 'owner_id', v_person.user_ids),
    'invites', private.rows_of('public.interview_invites', 'id', v_person.invite_ids),
    'participations',
      private.rows_of('public.interview_participants', 'id', v_person.participant_ids),
    'accommodations',
      private.rows_of('public.accommodations', 'participant_id', v_person.participant_ids),
    'consents', private.rows_of('private.consents', 'participant_id', v_person.participant_ids),
    'responses',
      private.rows_of('public.interview_responses', 'participant_id', v_person.participant_ids),
    'analyses', (
      select coalesce(jsonb_agg(to_jsonb(a) - 'search' order by a.response_id, a.step), '[]')
      from public.response_analyses a
      where a.participant_id = any (v_person.participant_ids)),
    'reviews',
      private.rows_of('public.candidate_reviews', 'participant_id', v_person.participant_ids),
    'ratings', private.rows_of('public.candidate_ratings', 'review_id', array(
      select r.id from public.candidate_reviews r
      where r.participant_id = any (v_person.participant_ids))),
    'decisions',
      private.rows_of('public.candidate_decisions', 'participant_id', v_person.participant_ids),
    'reviewing', private.rows_of('public.interview_reviewers', 'id', v_reviewers),
    'reviews_written', private.rows_of('public.candidate_reviews', 'id', v_written),
    'ratings_written', private.rows_of('public.candidate_ratings', 'review_id', v_written),
    'takes', private.rows_of('private.response_takes', 'participant_id', v_person.participant_ids),
    'watched', private.rows_of('private.access_log', 'participant_id', v_person.participant_ids),
    'has_watched', private.rows_of('private.access_log', 'actor_id', v_person.user_ids),
    'jobs', (
      select coalesce(jsonb_agg(to_jsonb(j) - 'lease_token' order by j.id), '[]')
      from private.jobs j
      where j.subject = any (v_person.invite_ids || v_person.participant_ids || v_reviewers
            || array(select md5(e)::uuid from unnest(v_person.emails) as e))
         or j.subject = any (array(
              select unnest(array[r.id, md5(r.object_path)::uuid])
              from public.interview_responses r
              where r.participant_id = any (v_person.participant_ids)))));
end
$$;
comment on function public.export_person(text) is
  'Everything that is held about the person with an address: addresses, accounts (without their '
  'secrets), and the rows of the other tables, with all columns but response_analyses.search. '
  'Recordings are named by '
  'object_path, in the bucket interview-responses.';

-- The caller has locked the interviews `for update`, so that nobody can redeem an invite meanwhile,
-- and no lock is missing here (see hold_interview). Definer, like its callers.
create or replace function private.erase_rows(
  participant_ids uuid[], invite_ids uuid[], other_subjects uuid[]
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_removals uuid[];
  v_responses integer;
  v_participations integer;
  v_invites integer;
  v_mails integer;
begin
  perform from public.interview_participants p
    where p.id = any (erase_rows.participant_ids) order by p.id for update;
  perform from public.interview_invites i
    where i.id = any (erase_rows.invite_ids) order by i.id for update;
  select count(*), array_agg(md5(r.object_path)::uuid) into v_responses, v_removals
    from public.interview_responses r where r.participant_id = any (erase_rows.participant_ids);
  delete from private.access_log l where l.participant_id = any (erase_rows.participant_ids);
  -- Responses go with their participants, analyses with them; their triggers queue the removal of
  -- recordings.
  delete from public.interview_participants p where p.id = any (erase_rows.participant_ids);
  get diagnostics v_participations = row_count;
  delete from public.interview_invites i where i.id = any (erase_rows.invite_ids);
  get diagnostics v_invites = row_count;
  delete from private.jobs j
    where j.kind <> 'response_removal'
      and j.subject = any (participant_ids || invite_ids || other_subjects);
  get diagnostics v_mails = row_count;
  return jsonb_build_object(
    'participations', v_participations, 'responses', v_responses, 'invites', v_invites,
    'mails', v_mails,
    'removals_open', (
      select count(*) from private.jobs j
      where j.kind = 'response_removal' and j.subject = any (v_removals)));
end
$$;
comment on function private.erase_rows(uuid[], uuid[], uuid[]) is
  'Deletes participants with everything below them, invites, and the emails about them and about '
  'other subjects; returns how many of each, and how many recordings are yet to be removed.';

-- For service_role and DBAs. Definer, because service_role may delete no rows. Takes the locks that
-- transfers, inviting, redeeming and signing up take before they wait for the account's row; then
-- interviews, participants, invites and jobs in the usual order (see hold_interview).
create or replace function public.erase_person(email text)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_person record;
  v_reviewers uuid[];
  v_erased jsonb;
  v_accounts integer := 0;
begin
  select * into v_person from private.find_person(erase_person.email);
  perform private.lock_inviting(id) from unnest(v_person.user_ids) as id;
  perform private.lock_candidate(id) from unnest(v_person.user_ids) as id;
  perform from auth.users u where u.id = any (v_person.user_ids) order by u.id for update;
  if exists (select from public.interviews n where n.recruiter_id = any (v_person.user_ids)) then
    perform private.refuse('owns_interviews');
  end if;
  perform private.hold_interviews(array(
    select p.interview_id from public.interview_participants p
      where p.id = any (v_person.participant_ids)
    union
    select i.interview_id from public.interview_invites i
      where i.id = any (v_person.invite_ids)
    union  -- what they wrote stays, without their id
    select r.interview_id from public.candidate_reviews r
      where r.id = any (private.reviews_by(v_person.emails, v_person.user_ids))
    union
    select r.interview_id from public.interview_reviewers r
      where r.id = any (private.reviewers_of(v_person.emails, v_person.user_ids))
    union
    select d.interview_id from public.candidate_decisions d
      where d.decided_by = any (v_person.user_ids)));
  -- Again: they may have joined another interview during the wait.
  select * into v_person from private.find_person(erase_person.email);
  v_reviewers := private.reviewers_of(v_person.emails, v_person.user_ids);
  -- Who removes one holds it before its email.
  perform from public.interview_reviewers r
    where r.id = any (v_reviewers) order by r.id for update;
  v_erased := private.erase_rows(v_person.participant_ids, v_person.invite_ids,
    v_reviewers || array(select md5(e)::uuid from unnest(v_person.emails) as e));
  delete from public.interview_reviewers r where r.id = any (v_reviewers);
  update public.candidate_reviews r set reviewer_name = null
    where r.id = any (private.reviews_by(v_person.emails, v_person.user_ids));
  delete from private.code_requests r where r.user_id = any (v_person.user_ids);
  delete from private.invite_counts c where c.user_id = any (v_person.user_ids);
  delete from public.interview_templates t where t.owner_id = any (v_person.user_ids);
  delete from private.notifications s where s.user_id = any (v_person.user_ids);
  begin
    delete from auth.users u where u.id = any (v_person.user_ids);
    get diagnostics v_accounts = row_count;
  exception
    when foreign_key_violation or restrict_violation or insufficient_privilege then
    null;  -- the answer says that they are left
  end;
  return v_erased || jsonb_build_object(
    'reviewing', cardinality(v_reviewers),
    'accounts', v_accounts, 'accounts_left', cardinality(v_person.user_ids) - v_accounts);
end
$$;
comment on function public.erase_person(text) is
  'Deletes everything that export_person finds but interviews: raises owns_interviews if there are '
  'any. What they wrote about candidates stays, without their name. Returns counts: '
  'participations, responses, invites, reviewing, mails, removals_open (recordings that the worker '
  'is yet to remove), accounts, and accounts_left, which tables of other programs refer to. '
  'Calling it again is harmless.';

-- For recruiters, service_role and DBAs. Definer, because clients may delete neither participants
-- nor redeemed invites. Locks the interview first, and only if it is the caller's own.
create or replace function public.erase_candidate(candidate_id uuid)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_invite_ids uuid[];
  v_participant_ids uuid[];
begin
  perform private.require_recruiter();
  perform from public.interviews n
    where n.id = (
        select i.interview_id from public.interview_invites i where i.id = candidate_id
        union all
        select p.interview_id from public.interview_participants p where p.id = candidate_id)
      and (n.recruiter_id = (select auth.uid()) or not private.is_client())
    for update;
  if not found then
    perform private.refuse('participant_not_found');
  end if;
  v_invite_ids := array(
    select same.id
    from public.interview_invites i
    cross join lateral private.invites_of(i.email) as same
    where i.id = coalesce(
        (select p.invite_id from public.interview_participants p where p.id = candidate_id),
        candidate_id)
      and same.interview_id = i.interview_id);
  v_participant_ids := array(
    select p.id from public.interview_participants p
    where p.id = candidate_id or p.invite_id = any (v_invite_ids));
  return private.erase_rows(
    v_participant_ids, v_invite_ids || private.redeemed_invites(v_participant_ids), '{}');
end
$$;
comment on function public.erase_candidate(uuid) is
  'Deletes one candidate, named by an invite or a participation, from that interview: all invites '
  'to their address or redeemed by them, their participation, consents and responses, and emails '
  'that wait. Returns counts: participations, responses, invites, mails, removals_open. Raises '
  'participant_not_found.';

-- ======== supabase/schemas/89_deleting_accounts.sql ========

-- Deleting one's own account. Not by erase_person, which finds a person by their address: that may
-- have passed from one to another, and nobody may delete another one's account.

create or replace function private.interviews_of(user_id uuid)
  returns uuid[]
  language sql stable set search_path = ''
as $$
  select array(
    select n.id from public.interviews n where n.recruiter_id = interviews_of.user_id
    union
    select p.interview_id from public.interview_participants p
    where p.user_id = interviews_of.user_id
    union
    select r.interview_id from public.interview_reviewers r
    where r.user_id = interviews_of.user_id
    union
    select r.interview_id from public.candidate_reviews r
    where r.reviewer_id = interviews_of.user_id
    union
    select d.interview_id from public.candidate_decisions d
    where d.decided_by = interviews_of.user_id)
$$;
comment on function private.interviews_of(uuid) is
  'The interviews in which an account has rows that go, or change, with it.';

create or replace function private.counts_of(user_id uuid)
  returns jsonb
  language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'interviews', (
      select count(*) from public.interviews n where n.recruiter_id = counts_of.user_id),
    'candidates', (
      select count(*) from public.interview_participants p
      where p.recruiter_id = counts_of.user_id),
    'participations', (
      select count(*) from public.interview_participants p where p.user_id = counts_of.user_id),
    'reviewing', (
      select count(*) from public.interview_reviewers r where r.user_id = counts_of.user_id))
$$;
comment on function private.counts_of(uuid) is
  'What goes with an account: its interviews, their candidates, its own participations, and the '
  'interviews that it reviews.';

create or replace function private.delete_rows_of(user_id uuid)
  returns void
  language plpgsql volatile set search_path = ''
as $$
declare
  v_participants uuid[] := array(
    select p.id from public.interview_participants p where p.user_id = delete_rows_of.user_id);
  v_reviewers uuid[];
begin
  -- Participants and responses go with them; triggers queue the removal of recordings.
  delete from public.interviews n where n.recruiter_id = delete_rows_of.user_id;
  -- Who removes one holds it before its email.
  v_reviewers := array(
    select r.id from public.interview_reviewers r
    where r.user_id = delete_rows_of.user_id
    order by r.id for update);
  perform private.erase_rows(
    v_participants, private.redeemed_invites(v_participants), v_reviewers);
  delete from public.interview_reviewers r where r.id = any (v_reviewers);
  update public.candidate_reviews r set reviewer_name = null
    where r.reviewer_id = delete_rows_of.user_id;
end
$$;
comment on function private.delete_rows_of(uuid) is
  'Deletes the interviews of an account, what it has joined and what it reviews; takes its name '
  'from the reviews that it has written.';

-- For every account. Definer, because nobody may delete accounts. Takes locks in the order of
-- erase_person.
create or replace function public.delete_my_account(
  email text default null, preview boolean default false
)
  returns jsonb
  language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_user_id uuid := private.caller_id();
  v_address text := (select u.email from auth.users u where u.id = v_user_id);
  v_counts jsonb;
begin
  if not exists (select from auth.users u where u.id = v_user_id) then
    perform private.refuse('not_signed_in');
  elsif delete_my_account.preview then
    return private.counts_of(v_user_id);
  elsif private.normalize_email(v_address)
        is distinct from private.normalize_email(delete_my_account.email)
        or v_address is null then
    perform private.refuse('address_differs');
  end if;
  perform private.lock_inviting(v_user_id);
  perform private.lock_candidate(v_user_id);
  perform from auth.users u where u.id = v_user_id for update;
  perform private.hold_interviews(private.interviews_of(v_user_id));
  v_counts := private.counts_of(v_user_id);
  perform private.delete_rows_of(v_user_id);
  begin
    delete from auth.users u where u.id = v_user_id;
  exception
    -- A table of another program refers to it.
    when foreign_key_violation or restrict_violation or insufficient_privilege then
    perform private.refuse('account_in_use');
  end;
  return v_counts;
end
$$;
comment on function public.delete_my_account(text, boolean) is
  'Deletes the caller''s account, whose address has to be given, with its interviews and their '
  'candidates, its own participations with the responses, and its name in reviews. Returns counts: '
  'interviews, candidates, participations, reviewing; with preview, only these. Raises '
  'address_differs, and account_in_use, both without effect.';

-- ======== policies/accommodations.sql ========

-- accommodations: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer   service_role
-- select           -         -        yes                         own               -          yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        -                           -                 -          -
--
-- Recruiters write by adjust_participant.

alter table public.accommodations enable row level security;
revoke all on public.accommodations from public, anon, authenticated, service_role;
grant select on public.accommodations to authenticated, service_role;

drop policy if exists accommodations_select_own_or_recruiter
  on public.accommodations;
create policy accommodations_select_own_or_recruiter
  on public.accommodations
  for select to authenticated
  using (user_id = (select auth.uid()) or recruiter_id = (select auth.uid()));

-- ======== policies/candidate_decisions.sql ========

-- candidate_decisions: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer   service_role
-- select           -         -        yes                         -                 -          yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        -                           -                 -          -
--
-- Recruiters write by decide.

alter table public.candidate_decisions enable row level security;
revoke all on public.candidate_decisions from public, anon, authenticated, service_role;
grant select on public.candidate_decisions to authenticated, service_role;

drop policy if exists candidate_decisions_select_recruiter on public.candidate_decisions;
create policy candidate_decisions_select_recruiter on public.candidate_decisions
  for select to authenticated
  using (recruiter_id = (select auth.uid()));

-- ======== policies/candidate_ratings.sql ========

-- candidate_ratings: who may do what
--
--                 anon   signed in    the interview's recruiter    the participant   reviewer   service_role
-- select           -         -        those of the reviews that    -                 likewise   yes
--                                     they may read
-- insert           -         -        -                            -                 -          -
-- update           -         -        -                            -                 -          -
-- delete           -         -        -                            -                 -          -
--
-- Recruiters and reviewers write by save_review.

alter table public.candidate_ratings enable row level security;
revoke all on public.candidate_ratings from public, anon, authenticated, service_role;
grant select on public.candidate_ratings to authenticated, service_role;

-- The policy of candidate_reviews decides.
drop policy if exists candidate_ratings_select_of_reviews on public.candidate_ratings;
create policy candidate_ratings_select_of_reviews on public.candidate_ratings
  for select to authenticated
  using (
    (recruiter_id = (select auth.uid())
     or interview_id = any (array(select private.reviewed_interview_ids())))
    and exists (select from public.candidate_reviews r where r.id = review_id)
  );

-- ======== policies/candidate_reviews.sql ========

-- candidate_reviews: who may do what
--
--                 anon   signed in    the interview's recruiter    the participant   reviewer   service_role
-- select           -         -        own, and submitted ones of   -                 likewise   yes
--                                     others once their own is
--                                     submitted
-- insert           -         -        -                            -                 -          -
-- update           -         -        -                            -                 -          -
-- delete           -         -        -                            -                 -          -
--
-- Recruiters and reviewers write by save_review.

alter table public.candidate_reviews enable row level security;
revoke all on public.candidate_reviews from public, anon, authenticated, service_role;
grant select on public.candidate_reviews to authenticated, service_role;

drop policy if exists candidate_reviews_select_own_or_reviewed on public.candidate_reviews;
create policy candidate_reviews_select_own_or_reviewed on public.candidate_reviews
  for select to authenticated
  using (
    (recruiter_id = (select auth.uid())
     or interview_id = any (array(select private.reviewed_interview_ids())))
    and (
      reviewer_id = (select auth.uid())
      or (submitted_at is not null
          and participant_id = any (array(select private.reviewed_participant_ids())))
    )
  );

-- ======== policies/functions.sql ========

-- Functions: who may execute what. All grants are revoked first; the files of the tables do the
-- same for tables. anon may execute nothing.
--
-- The list names every function of the project. A function in schema private that is not listed, or
-- one in public with a listed name and another signature, is an older version and is dropped:
-- PostgREST could not tell which one a call means.

revoke all on schema private from public, anon, authenticated, service_role;
revoke all on all tables in schema private from public, anon, authenticated, service_role;
revoke all on all sequences in schema private from public, anon, authenticated, service_role;

-- PostgREST does not expose schema private: its functions are only called by policies, constraints
-- and other functions.
grant usage on schema private to authenticated, service_role;

do $$
declare
  v_function record;
begin
  for v_function in
    with listed (signature, roles) as (
      values
        -- Candidates.
        ('public.accept_invite(text)', 'authenticated'),
        ('public.resend_my_codes()', 'authenticated'),
        ('public.complete_interview(uuid)', 'authenticated'),
        ('public.withdraw_from_interview(uuid)', 'authenticated'),
        ('public.my_unsubscribes()', 'authenticated'),
        ('public.resubscribe()', 'authenticated'),
        ('public.set_consent(uuid,boolean,boolean,integer)', 'authenticated'),
        ('public.start_response(uuid,text)', 'authenticated'),
        ('public.write_response(uuid,text,boolean)', 'authenticated'),
        ('public.delete_my_responses(uuid)', 'authenticated'),
        ('public.response_settings()', 'authenticated, service_role'),
        ('public.open_responses(uuid[])', 'authenticated, service_role'),
        -- Recruiters.
        ('public.may_recruit()', 'authenticated'),
        ('public.invites_left_today()', 'authenticated'),
        ('public.create_interview(text,text,text,text[],text[],timestamp with time zone,text,jsonb,'
          'text[],text,text[],text,text,jsonb)', 'authenticated'),
        ('public.duplicate_interview(uuid,text)', 'authenticated'),
        ('public.save_template(uuid,text,text)', 'authenticated'),
        ('public.list_candidates(uuid,text[],text,text,boolean,integer,text,uuid,boolean)',
          'authenticated'),
        ('public.count_candidates(uuid,text)', 'authenticated'),
        ('public.match_candidates(uuid,text[],text)', 'authenticated'),
        ('public.get_candidate(uuid)', 'authenticated'),
        ('public.candidate_timeline(uuid)', 'authenticated'),
        ('public.change_candidates(uuid,uuid[],text,timestamp with time zone,boolean)',
          'authenticated, service_role'),
        ('public.count_interviews(text)', 'authenticated'),
        ('public.list_interviews(integer,timestamp with time zone,uuid,boolean,text,text,boolean,'
          'boolean,text,text,timestamp with time zone)', 'authenticated'),
        ('public.analytics(uuid,date,date,text)', 'authenticated'),
        ('public.reorder_questions(uuid,uuid[])', 'authenticated'),
        ('public.create_invites(uuid,text[],text,text[])', 'authenticated, service_role'),
        ('public.preview_invites(uuid,text[])', 'authenticated, service_role'),
        ('public.resend_invite(uuid)', 'authenticated, service_role'),
        ('public.revoke_invite(uuid)', 'authenticated, service_role'),
        ('public.correct_invite(uuid,text,text)', 'authenticated, service_role'),
        ('public.delivery_state()', 'authenticated, service_role'),
        ('public.unsubscribed(public.interview_invites)', 'authenticated, service_role'),
        ('public.adjust_participant(uuid,integer,numeric,jsonb)', 'authenticated, service_role'),
        ('public.storage_used()', 'authenticated'),
        ('public.save_review(uuid,jsonb,text,boolean)', 'authenticated'),
        ('public.invite_reviewers(uuid,text[])', 'authenticated'),
        ('public.join_reviews()', 'authenticated'),
        ('public.decide(uuid,text)', 'authenticated'),
        ('public.analyze_again(uuid)', 'authenticated'),
        ('public.analysis_state(uuid)', 'authenticated'),
        ('public.search_responses(uuid,text)', 'authenticated'),
        ('public.find_terms(uuid)', 'authenticated'),
        ('public.erase_candidate(uuid)', 'authenticated, service_role'),
        ('public.latest_change(uuid)', 'authenticated'),
        ('public.preview_signature(text,text)', 'authenticated'),
        ('public.delete_my_account(text,boolean)', 'authenticated'),
        ('public.set_notifications(text,text,text)', 'authenticated'),
        -- The service.
        ('public.transfer_interviews(uuid,uuid,integer)', 'service_role'),
        ('public.invite_candidates(text[],text)', 'service_role'),
        ('public.claim_jobs(text[],text,integer,integer)', 'service_role'),
        ('public.claim_invite_mail(text,text,text,integer)', 'service_role'),
        ('public.renew_jobs(uuid,bigint[],integer)', 'service_role'),
        ('public.settle_jobs(jsonb)', 'service_role'),
        ('public.pause_jobs(text[],text,integer)', 'service_role'),
        ('public.resume_jobs(text[])', 'service_role'),
        ('public.jobs_status(text[])', 'service_role'),
        ('public.retry_jobs(text[],timestamp with time zone)', 'service_role'),
        ('public.run_maintenance()', 'service_role'),
        ('public.email_subscription(text)', 'service_role'),
        ('public.set_email_subscription(text,boolean)', 'service_role'),
        ('public.responses_status()', 'service_role'),
        ('public.export_person(text)', 'service_role'),
        ('public.erase_person(text)', 'service_role'),
        -- Called by policies, constraints and invoker functions.
        ('private.is_client()', 'authenticated'),
        ('private.caller_id()', 'authenticated, service_role'),
        ('private.require_recruiter()', 'authenticated'),
        ('private.refuse(text,text[])', 'authenticated, service_role'),
        ('private.trim_blanks(text)', 'authenticated'),
        ('private.joined_interview_ids()', 'authenticated'),
        ('private.attended_interview_ids()', 'authenticated'),
        ('private.reviewed_participant_ids()', 'authenticated'),
        ('private.reviewed_interview_ids()', 'authenticated'),
        ('private.are_terms(text[])', 'authenticated'),
        ('private.move_own_participant(uuid,text)', 'authenticated'),
        ('private.candidate_states()', 'authenticated'),
        ('private.progress_of(uuid)', 'authenticated'),
        ('private.check_candidate_list(text[],text)', 'authenticated'),
        ('private.candidate_page(uuid,text[],text,text,boolean,integer,text,uuid)',
          'authenticated'),
        ('private.check_new_interview(text,text,text[],timestamp with time zone,text[],text,text,'
          'text)', 'authenticated'),
        ('private.read_question_settings(jsonb,text[])', 'authenticated'),
        ('private.awaited_paths()', 'authenticated'),
        ('private.search_config(text)', 'authenticated'),
        ('private.matching_transcripts(uuid,text)', 'authenticated'),
        ('private.find_quotes(text,text,jsonb,tsquery)', 'authenticated'),
        ('private.has_link(text)', 'authenticated'),
        ('private.are_template_questions(jsonb)', 'authenticated'),
        ('private.are_criteria(jsonb)', 'authenticated'),
        ('private.insert_criteria(uuid,jsonb)', 'authenticated'),
        ('private.log_access(uuid[])', 'authenticated, service_role'),
        -- All others.
        ('private.note_changes()', null),
        ('private.interviews_of(uuid)', null),
        ('private.counts_of(uuid)', null),
        ('private.delete_rows_of(uuid)', null),
        ('private.address_problem(uuid)', null),
        ('private.confirmed_email(uuid)', null),
        ('private.to_punycode(text)', null),
        ('private.to_ascii(text)', null),
        ('private.normalize_email(text)', null),
        ('private.is_email(text)', null),
        ('private.read_code(text)', null),
        ('private.display_name(text)', null),
        ('private.candidate_name(text)', null),
        ('private.skeleton(text)', null),
        ('private.is_protected(text)', null),
        ('private.own_name(uuid)', null),
        ('private.own_signature(uuid)', null),
        ('private.own_text(uuid,text)', null),
        ('private.signature(text)', null),
        ('private.check_new_title()', null),
        ('private.refusal(text,integer)', null),
        ('private.stamp_interview()', null),
        ('private.is_open(text,timestamp with time zone)', null),
        ('private.interviews_to_attend(uuid)', null),
        ('private.page_of_interviews(uuid,jsonb,text,uuid[],text,boolean,text,uuid,integer)', null),
        ('private.copy_recruiter_id()', null),
        ('private.hold_interview()', null),
        ('private.hold_interviews(uuid[])', null),
        ('private.move_recruiter_id()', null),
        ('private.stamp_question()', null),
        ('private.keep_answered_question()', null),
        ('private.lock_inviting(uuid)', null),
        ('private.lock_inviting_first()', null),
        ('private.draw_codes(uuid,text[])', null),
        ('private.invites_of(text)', null),
        ('private.make_room(uuid,text[])', null),
        ('private.recruiter_name(uuid)', null),
        ('private.prepare_invite()', null),
        ('private.change_invite()', null),
        ('private.admit_invites()', null),
        ('private.admit_interviews()', null),
        ('private.check_questions(bigint,bigint)', 'authenticated'),
        ('private.admit_questions()', null),
        ('private.admit_rewording()', null),
        ('private.invites_per_day()', null),
        ('private.invites_left()', null),
        ('private.check_invites_left(integer,integer)', null),
        ('private.count_invites(integer)', null),
        ('private.require_interview(uuid)', null),
        ('private.lock_interview(uuid)', null),
        ('private.check_emails(text[])', null),
        ('private.check_invitable(public.interviews)', null),
        ('private.invite(public.interviews,text[],text,text[])', null),
        ('private.classify_invites(uuid,text[],text[])', null),
        ('private.insert_invites(public.interviews,text,private.invite_outcome[])', null),
        ('private.renew_invites(text,private.invite_outcome[])', null),
        ('private.outcomes_as_json(uuid,private.invite_outcome[])', null),
        ('private.lock_invite(uuid)', null),
        ('private.lock_candidate(uuid)', null),
        ('private.seconds_to_wait(uuid)', null),
        ('private.count_wrong_guess(uuid)', null),
        ('private.lock_who_returns(uuid,text,text)', null),
        ('private.is_redeemed(uuid,text)', null),
        ('private.join_interview(uuid,uuid)', null),
        ('private.change_participant()', null),
        ('private.complete_invite()', null),
        ('private.check_completing(public.interview_participants,public.interviews)', null),
        ('private.keep_notice()', null),
        ('private.record_consent(uuid,integer,boolean,boolean,text[])', null),
        ('private.lock_own_participant(uuid)', null),
        ('private.copy_participant()', null),
        ('private.change_response()', null),
        ('private.follow_responses()', null),
        ('private.missing_responses(uuid)', null),
        ('private.close_responses()', null),
        ('private.storage_is_ready()', null),
        ('private.response_max_bytes()', null),
        ('private.queue_removals(uuid[],text[])', null),
        ('private.refuse_object(text)', null),
        ('private.admit_recording()', null),
        ('private.take_recording(public.interview_responses,bigint,text)', null),
        ('private.require_answering(uuid)', null),
        ('private.check_storage(public.interview_participants)', null),
        ('private.start_take(public.interview_participants,public.interview_questions)', null),
        ('private.save_text(uuid,public.interview_questions,text,boolean)', null),
        ('private.lock_participant(uuid)', null),
        ('private.lock_for_review(uuid)', null),
        ('private.author_name(uuid)', null),
        ('private.is_candidate(uuid,text,uuid)', null),
        ('private.is_reviewer(uuid,text,uuid)', null),
        ('private.prepare_reviewer()', null),
        ('private.classify_reviewers(public.interviews,text[])', null),
        ('private.save_reviewers(public.interviews,text[])', null),
        ('private.queue_reviewer_mail()', null),
        ('private.drop_reviewer_mail()', null),
        ('private.interviews_to_review(uuid)', null),
        ('private.stamp_criterion()', null),
        ('private.admit_criteria()', null),
        ('private.keep_rated_criterion()', null),
        ('private.admit_templates()', null),
        ('private.ship_template(text,text,integer[],text[],text[])', null),
        ('private.copy_review()', null),
        ('private.read_ratings(jsonb)', null),
        ('private.check_ratings(uuid,private.rating[],text,boolean)', null),
        ('private.next_lane(text,uuid,uuid)', null),
        ('private.lock_due_jobs(text[],integer)', null),
        ('private.lease_jobs(bigint[],integer)', null),
        ('private.queue_new_invites()', null),
        ('private.queue_invite_again()', null),
        ('private.hurry_mails(uuid[],boolean)', null),
        ('private.drop_unwanted_jobs(bigint[])', null),
        ('private.queue_receipt()', null),
        ('private.notice_choice(uuid,text)', null),
        ('private.daily_kinds(private.notifications)', null),
        ('private.queue_digest(private.notifications,timestamp with time zone)', null),
        ('private.queue_digests()', null),
        ('private.digest_of(uuid,timestamp with time zone,timestamp with time zone,text[])', null),
        ('private.notice_kinds()', null),
        ('private.tell_recruiters(text,uuid[])', null),
        ('private.add_to_notice(jsonb,jsonb)', null),
        ('private.people_of_notice(text,jsonb)', null),
        ('private.tell_of_completing()', null),
        ('private.tell_of_failures()', null),
        ('private.read_results(jsonb)', null),
        ('private.count_outcomes(text[],text[])', null),
        ('private.copy_response()', null),
        ('private.recording_seconds(uuid)', null),
        ('private.analysis_kinds()', null),
        ('private.queue_analyses(uuid[],text)', null),
        ('private.is_analysed(text,public.interviews,public.interview_participants,'
          'public.interview_responses)', null),
        ('private.follow_recording()', null),
        ('private.queue_transcripts(uuid[])', null),
        ('private.follow_consent()', null),
        ('private.follow_analysis_setting()', null),
        ('private.drop_analysis_job()', null),
        ('private.admit_analyses(bigint[])', null),
        ('private.give_up_analyses(bigint[])', null),
        ('private.put_off_transcripts(bigint[])', null),
        ('private.is_result(text,text,jsonb)', null),
        ('private.read_result(text,text,text,jsonb)', null),
        ('private.is_about_recording(jsonb)', null),
        ('private.are_words(jsonb)', null),
        ('private.tell_analyses(bigint[],text[],jsonb[])', null),
        ('private.write_analysis(uuid,text,text,jsonb)', null),
        ('private.worker_state(text)', null),
        ('private.tell_invites(uuid[],text[],text[])', null),
        ('private.tell_what_was_settled()', null),
        ('private.keyed_hash(bytea,bytea,bytea)', null),
        ('private.address_key(text)', null),
        ('private.unsubscribable_kinds()', null),
        ('private.unsubscribe_token(bytea,uuid,uuid,text)', null),
        ('private.read_unsubscribe_token(text)', null),
        ('private.is_unsubscribed(uuid,text)', null),
        ('private.stopped_for_caller()', null),
        ('private.mail_times(text[],uuid[],text[],text[],timestamp with time zone[])', null),
        ('private.reminders_left(uuid)', null),
        ('private.plan_reminders(text,uuid[])', null),
        ('private.remind(text,uuid[],interval)', null),
        ('private.due_before_deadline(uuid,interval)', null),
        ('private.may_remind(timestamp with time zone,timestamp with time zone,timestamp with '
          'time zone,interval)', null),
        ('private.remind_of_expiry(interval,integer)', null),
        ('private.remind_of_deadline(interval,integer)', null),
        ('private.queue_reminders()', null),
        ('private.remind_of_submitting()', null),
        ('private.submit_late_responses()', null),
        ('private.prune_jobs()', null),
        ('private.lock_invites_of(text)', null),
        ('private.expire_responses()', null),
        ('private.sweep_storage()', null),
        ('private.expire_invites()', null),
        ('private.people_of(uuid,uuid)', null),
        ('private.count_people(uuid,uuid,timestamp with time zone,timestamp with time zone)', null),
        ('private.count_completions(uuid,uuid,date,date,text)', null),
        ('private.redeemed_invites(uuid[])', null),
        ('private.find_person(text)', null),
        ('private.reviewers_of(text[],uuid[])', null),
        ('private.reviews_by(text[],uuid[])', null),
        ('private.rows_of(regclass,text,uuid[])', null),
        ('private.erase_rows(uuid[],uuid[],uuid[])', null),
        ('private.mark_invites(uuid[])', null),
        ('private.mark_invite()', null),
        ('private.mark_deserted_invites()', null),
        ('private.mark_judged_invite()', null),
        ('private.earlier_invite(uuid,text)', null),
        ('private.restore_earlier_invites()', null),
        ('private.check_candidate_action(uuid[],text,timestamp with time zone)', null),
        ('private.reminder_outcome(public.interview_invites,public.interview_participants)', null),
        ('private.classify_candidates(uuid,uuid[],text,timestamp with time zone)', null),
        ('private.lock_candidates(uuid,uuid[],text)', null),
        ('private.resend_to_candidates(public.interviews,jsonb,boolean)', null),
        ('private.remind_candidates(uuid,uuid[])', null),
        ('private.delete_candidates(uuid,text[])', null),
        ('private.carry_out(public.interviews,jsonb,text,timestamp with time zone)', null)
    ), known as (
      select l.signature::regprocedure as id, l.roles from listed l
    )
    select p.oid::regprocedure as id, k.id is null as is_older, k.roles
    from pg_catalog.pg_proc p
    left join known k on k.id = p.oid
    where p.pronamespace = 'private'::regnamespace
      or (p.pronamespace = 'public'::regnamespace
          and p.proname in (select named.proname from pg_catalog.pg_proc named
                            join known on known.id = named.oid))
  loop
    if v_function.is_older then
      execute format('drop function %s', v_function.id);
      continue;
    end if;
    execute format('revoke all on function %s from public, anon, authenticated, service_role',
                   v_function.id);
    if v_function.roles is not null then
      execute format('grant execute on function %s to %s', v_function.id, v_function.roles);
    end if;
  end loop;
end
$$;

-- ======== policies/interview_criteria.sql ========

-- interview_criteria: who may do what
--
--                 anon   signed in    the interview's recruiter      its participant   reviewer   service_role
-- select           -         -        yes                            -                 yes        yes
-- insert           -         -        interview_id, name,            -                 -          -
--                                     description, levels, terms
-- update           -         -        name, description, levels,     -                 -          -
--                                     terms
-- delete           -         -        yes, while no submitted        -                 -          -
--                                     review rates by it

alter table public.interview_criteria enable row level security;
revoke all on public.interview_criteria from public, anon, authenticated, service_role;
grant select, delete on public.interview_criteria to authenticated;
grant insert (interview_id, name, description, levels, terms)
  on public.interview_criteria to authenticated;
grant update (name, description, levels, terms) on public.interview_criteria to authenticated;
grant select on public.interview_criteria to service_role;

drop policy if exists interview_criteria_select_recruiter_or_reviewer
  on public.interview_criteria;
create policy interview_criteria_select_recruiter_or_reviewer
  on public.interview_criteria
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_criteria_insert_recruiter on public.interview_criteria;
create policy interview_criteria_insert_recruiter on public.interview_criteria
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_criteria_update_recruiter on public.interview_criteria;
create policy interview_criteria_update_recruiter on public.interview_criteria
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_criteria_delete_recruiter on public.interview_criteria;
create policy interview_criteria_delete_recruiter on public.interview_criteria
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- ======== policies/interview_invites.sql ========

-- interview_invites: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant   reviewer   service_role
-- select           -         -        yes                                    -                 -          yes
-- insert           -         -        interview_id, email, status (pending   -                 -          the same,
--                                     only), created_at (overwritten),                                    recruiter_name
--                                     invite_code (refused by name)
-- update           -         -        -                                      -                 -          -
-- delete           -         -        pending and expired ones               -                 -          -
--
-- Candidates never read this table; they use accept_invite.

alter table public.interview_invites enable row level security;
revoke all on public.interview_invites from public, anon, authenticated, service_role;
grant select, delete on public.interview_invites to authenticated;
grant insert (interview_id, email, invite_code, status, created_at)
  on public.interview_invites to authenticated;
grant select on public.interview_invites to service_role;
grant insert (interview_id, email, invite_code, status, created_at, recruiter_name)
  on public.interview_invites to service_role;

drop policy if exists interview_invites_select_recruiter on public.interview_invites;
create policy interview_invites_select_recruiter on public.interview_invites
  for select to authenticated
  using (recruiter_id = (select auth.uid()));

drop policy if exists interview_invites_insert_recruiter on public.interview_invites;
create policy interview_invites_insert_recruiter on public.interview_invites
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interview_invites_delete_recruiter on public.interview_invites;
create policy interview_invites_delete_recruiter on public.interview_invites
  for delete to authenticated
  using (recruiter_id = (select auth.uid()) and status in ('pending', 'expired'));

-- interview_candidates: recruiters read the candidates of their own interviews; the policies of its
-- tables apply to the reader.
revoke all on public.interview_candidates from public, anon, authenticated, service_role;
grant select on public.interview_candidates to authenticated;

-- ======== policies/interview_participants.sql ========

-- interview_participants: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant    reviewer   service_role
-- select           -         -        yes                         own                yes        yes
-- insert           -         -        -                           -                  -          -
-- update           -         -        -                           own status         -          -
-- delete           -         -        -                           -                  -          -
--
-- Only accept_invite inserts rows.

alter table public.interview_participants enable row level security;
revoke all on public.interview_participants from public, anon, authenticated, service_role;
grant select on public.interview_participants to authenticated;
grant update (status) on public.interview_participants to authenticated;
grant select on public.interview_participants to service_role;

drop policy if exists interview_participants_select_own_recruiter_or_reviewer
  on public.interview_participants;
create policy interview_participants_select_own_recruiter_or_reviewer
  on public.interview_participants
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_participants_update_own on public.interview_participants;
create policy interview_participants_update_own on public.interview_participants
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

-- ======== policies/interview_questions.sql ========

-- interview_questions: who may do what
--
--                 anon   signed in    the interview's recruiter              its participant         reviewer   service_role
-- select           -         -        yes                                    while not withdrawn     yes        yes
-- insert           -         -        interview_id, question, order_index,   -                       -          -
--                                     max_seconds, max_takes,
--                                     preparation_seconds, required,
--                                     created_at (overwritten)
-- update           -         -        question, order_index, max_seconds,    -                       -          -
--                                     max_takes, preparation_seconds,
--                                     required
-- delete           -         -        yes, while nobody has answered         -                       -          -

alter table public.interview_questions enable row level security;
revoke all on public.interview_questions from public, anon, authenticated, service_role;
grant select, delete on public.interview_questions to authenticated;
grant insert (interview_id, question, order_index, max_seconds, max_takes, preparation_seconds,
              required, created_at)
  on public.interview_questions to authenticated;
grant update (question, order_index, max_seconds, max_takes, preparation_seconds, required)
  on public.interview_questions to authenticated;
grant select on public.interview_questions to service_role;

drop policy if exists interview_questions_select_recruiter_participant_or_reviewer
  on public.interview_questions;
create policy interview_questions_select_recruiter_participant_or_reviewer
  on public.interview_questions
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or interview_id = any (array(select private.attended_interview_ids()))
    or interview_id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interview_questions_insert_recruiter on public.interview_questions;
create policy interview_questions_insert_recruiter on public.interview_questions
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_update_recruiter on public.interview_questions;
create policy interview_questions_update_recruiter on public.interview_questions
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interview_questions_delete_recruiter on public.interview_questions;
create policy interview_questions_delete_recruiter on public.interview_questions
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- ======== policies/interview_responses.sql ========

-- interview_responses: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer         service_role
-- select           -         -        yes, once submitted         own               once submitted   yes
-- insert           -         -        -                           -                 -                -
-- update           -         -        -                           -                 -                -
-- delete           -         -        -                           -                 -                -
--
-- Candidates write by start_response, write_response, delete_my_responses, and by uploading.

alter table public.interview_responses enable row level security;
revoke all on public.interview_responses from public, anon, authenticated, service_role;
grant select on public.interview_responses to authenticated, service_role;

drop policy if exists interview_responses_select_own_recruiter_or_reviewer
  on public.interview_responses;
create policy interview_responses_select_own_recruiter_or_reviewer
  on public.interview_responses
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      submitted_at is not null
      and (recruiter_id = (select auth.uid())
           or interview_id = any (array(select private.reviewed_interview_ids())))
    )
  );

-- ======== policies/interview_reviewers.sql ========

-- interview_reviewers: who may do what
--
--                 anon   signed in    the interview's recruiter   its participant   reviewer   service_role
-- select           -         -        yes                         -                 own row    yes
-- insert           -         -        -                           -                 -          -
-- update           -         -        -                           -                 -          -
-- delete           -         -        yes                         -                 -          -
--
-- Recruiters invite by invite_reviewers; reviewers join by join_reviews.

alter table public.interview_reviewers enable row level security;
revoke all on public.interview_reviewers from public, anon, authenticated, service_role;
grant select, delete on public.interview_reviewers to authenticated;
grant select on public.interview_reviewers to service_role;

drop policy if exists interview_reviewers_select_recruiter_or_own on public.interview_reviewers;
create policy interview_reviewers_select_recruiter_or_own on public.interview_reviewers
  for select to authenticated
  using (recruiter_id = (select auth.uid()) or user_id = (select auth.uid()));

drop policy if exists interview_reviewers_delete_recruiter on public.interview_reviewers;
create policy interview_reviewers_delete_recruiter on public.interview_reviewers
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- ======== policies/interview_templates.sql ========

-- interview_templates: who may do what
--
--                 anon   signed in                its recruiter              its participant   reviewer   service_role
-- select           -     -                        yes                        -                 -          yes
-- insert           -     as one's own: name,      -                          -                 -          -
--                        description,
--                        interview_description,
--                        privacy_notice,
--                        response_kinds,
--                        analysis, language,
--                        questions, criteria
-- update           -     -                        name, description,         -                 -          -
--                                                 interview_description,
--                                                 privacy_notice,
--                                                 response_kinds, analysis,
--                                                 language, questions,
--                                                 criteria
-- delete           -     -                        yes                        -                 -          -
--
-- Its recruiter is its owner. Those without an owner are read by all who may recruit, and written by
-- DBAs.

alter table public.interview_templates enable row level security;
revoke all on public.interview_templates from public, anon, authenticated, service_role;
grant select, delete on public.interview_templates to authenticated;
grant insert (name, description, interview_description, privacy_notice, response_kinds, analysis,
              language, questions, criteria)
  on public.interview_templates to authenticated;
grant update (name, description, interview_description, privacy_notice, response_kinds, analysis,
              language, questions, criteria)
  on public.interview_templates to authenticated;
grant select on public.interview_templates to service_role;

drop policy if exists interview_templates_select_own_or_shipped on public.interview_templates;
create policy interview_templates_select_own_or_shipped on public.interview_templates
  for select to authenticated
  using (
    owner_id = (select auth.uid())
    or (owner_id is null and (select public.may_recruit()))
  );

drop policy if exists interview_templates_insert_recruiter on public.interview_templates;
create policy interview_templates_insert_recruiter on public.interview_templates
  for insert to authenticated
  with check (owner_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interview_templates_update_owner on public.interview_templates;
create policy interview_templates_update_owner on public.interview_templates
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

drop policy if exists interview_templates_delete_owner on public.interview_templates;
create policy interview_templates_delete_owner on public.interview_templates
  for delete to authenticated
  using (owner_id = (select auth.uid()));

-- ======== policies/interviews.sql ========

-- interviews: who may do what
--
--                 anon   signed in                     its recruiter             its participant   reviewer   service_role
-- select           -         -                         yes                       yes               yes        yes
-- insert           -         as one's own: title,      -                         -                 -          -
--                            description,
--                            recruiter_id,
--                            company_number, status,
--                            deadline, response_kinds,
--                            privacy_notice,
--                            analysis, language,
--                            created_at (overwritten)
-- update           -         -                         title, description,       -                 -          -
--                                                      company_number, status,
--                                                      deadline,
--                                                      response_kinds,
--                                                      privacy_notice,
--                                                      analysis, language,
--                                                      archived_at
-- delete           -         -                         yes                       -                 -          -

alter table public.interviews enable row level security;
revoke all on public.interviews from public, anon, authenticated, service_role;
grant select, delete on public.interviews to authenticated;
grant insert (title, description, recruiter_id, company_number, status, deadline, response_kinds,
              privacy_notice, analysis, language, created_at)
  on public.interviews to authenticated;
grant update (title, description, company_number, status, deadline, response_kinds,
              privacy_notice, analysis, language, archived_at)
  on public.interviews to authenticated;
grant select on public.interviews to service_role;

-- Participants read the interviews they joined, reviewers those they review, recruiters those they
-- own.
drop policy if exists interviews_select_own_joined_or_reviewed on public.interviews;
create policy interviews_select_own_joined_or_reviewed on public.interviews
  for select to authenticated
  using (
    recruiter_id = (select auth.uid())
    or id = any (array(select private.joined_interview_ids()))
    or id = any (array(select private.reviewed_interview_ids()))
  );

drop policy if exists interviews_insert_recruiter on public.interviews;
create policy interviews_insert_recruiter on public.interviews
  for insert to authenticated
  with check (recruiter_id = (select auth.uid()) and (select public.may_recruit()));

drop policy if exists interviews_update_recruiter on public.interviews;
create policy interviews_update_recruiter on public.interviews
  for update to authenticated
  using (recruiter_id = (select auth.uid()))
  with check (recruiter_id = (select auth.uid()));

drop policy if exists interviews_delete_recruiter on public.interviews;
create policy interviews_delete_recruiter on public.interviews
  for delete to authenticated
  using (recruiter_id = (select auth.uid()));

-- interview_stats: recruiters read the numbers of their own interviews; the policies of its tables
-- apply to the reader.
revoke all on public.interview_stats from public, anon, authenticated, service_role;
grant select on public.interview_stats to authenticated;

-- ======== policies/response_analyses.sql ========

-- response_analyses: who may do what
--
--                 anon   signed in   its recruiter   the participant   reviewer    service_role
-- select           -         -       once            own               once        yes
--                                    submitted                         submitted
-- insert           -         -       -               -                 -           -
-- update           -         -       -               correction, of    -           -
--                                                    transcripts
-- delete           -         -       -               -                 -           -
--
-- Workers write by settle_jobs.

alter table public.response_analyses enable row level security;
revoke all on public.response_analyses from public, anon, authenticated, service_role;
grant select on public.response_analyses to authenticated, service_role;
grant update (correction) on public.response_analyses to authenticated;

-- The policy of interview_responses says which recordings the reader sees.
drop policy if exists response_analyses_select_readable on public.response_analyses;
create policy response_analyses_select_readable on public.response_analyses
  for select to authenticated
  using (exists (select from public.interview_responses r where r.id = response_id));

drop policy if exists response_analyses_update_own on public.response_analyses;
create policy response_analyses_update_own on public.response_analyses
  for update to authenticated
  using (user_id = (select auth.uid()) and step = 'transcript')
  with check (user_id = (select auth.uid()) and step = 'transcript');

-- ======== policies/storage_objects.sql ========

-- storage.objects, for the bucket interview-responses: who may do what
--
--                 anon   signed in    the interview's recruiter   the participant   reviewer         service_role
-- upload           -         -        -                           what is awaited   -                what is awaited
-- read             -         -        once submitted              own               once submitted   yes
-- replace, move    -         -        -                           -                 -                -
-- remove           -         -        -                           -                 -                yes
--
-- start_response says what is awaited.
-- There is no policy to update or delete: an owner could move a recording elsewhere. What has the
-- last word for every way to upload is the trigger admit_recording.

do $$
begin
  if to_regclass('storage.objects') is null then
    return;
  end if;
  drop policy if exists interview_responses_insert_awaited on storage.objects;
  create policy interview_responses_insert_awaited on storage.objects
    for insert to authenticated
    with check (
      bucket_id = 'interview-responses'
      and name = any (array(select private.awaited_paths()))
    );
  -- The policy of interview_responses says which rows the reader sees.
  drop policy if exists interview_responses_select_readable on storage.objects;
  create policy interview_responses_select_readable on storage.objects
    for select to authenticated
    using (
      bucket_id = 'interview-responses'
      and exists (
        select from public.interview_responses r
        where r.object_path = name and r.status = 'uploaded')
    );
exception when insufficient_privilege then
  raise warning 'The policies of Storage could not be set up, so candidates cannot record: %',
    sqlerrm;
end
$$;

commit;
