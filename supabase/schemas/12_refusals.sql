-- Refusals: every sentence and way out that the database has for a slug, once, and the two ways
-- of saying it. (The guards in 10_setup.sql speak for themselves: they come before this table.)

create table if not exists private.refusals (
  key text primary key,
  status integer not null check (status between 400 and 599),
  message text not null,
  hint text not null
);
comment on table private.refusals is
  'What each refusal says. The text is kept by database_schema.sql: change it there.';
comment on column private.refusals.key is
  'The slug; behind a colon, for whom the sentence is meant, where it differs.';
comment on column private.refusals.message is 'One sentence; %1$s and so on are filled in.';
comment on column private.refusals.hint is 'The way out; filled in alike.';

delete from private.refusals;
insert into private.refusals (key, status, message, hint) values
  ('already_invited', 409, 'This address has a pending invite to this interview already.',
    'Call create_invites or resend_invite to send the email again.'),
  ('already_invited:correcting', 409,
    'This address has a pending invite to this interview already.',
    'Revoke this invite, or resend the other.'),
  ('code_not_allowed', 400, 'Interview codes are drawn by the database and cannot be chosen.',
    'Leave invite_code out; the answer carries the code that was drawn.'),
  ('code_not_allowed:changing', 400,
    'Interview codes are drawn by the database and cannot be chosen.',
    'Correct the address with correct_invite, or invite again: both draw a new code.'),
  ('codes_exhausted', 503, 'Nearly all interview codes of this account are in use.',
    'Revoke invites that are no longer needed, or wait until some expire.'),
  ('codes_sent_recently', 429, 'Your codes were sent a short while ago.',
    'Check your inbox and the spam folder; you can have them sent again 15 minutes after the last '
    'time.'),
  ('description_too_long', 400,
    'A description may have up to 100,000 characters; this one has %1$s.', 'Shorten it.'),
  ('email_not_confirmed', 403, 'Please confirm your email address first.',
    'Open the link in the confirmation email, or ask for a new one, then try again.'),
  ('empty_question', 400, 'A question is empty.', 'Write the question, or leave it out.'),
  ('interview_closed', 409,
    'This interview takes no candidates: it is not active, or its deadline has passed.',
    'Set it active again, or move the deadline, then invite.'),
  ('interview_closed:joining', 409,
    'This interview takes no candidates: it is not active, or its deadline has passed.',
    'Ask the recruiter to open it again.'),
  ('interview_closed:completing', 409,
    'This interview is closed; it can no longer be completed.',
    'Ask the recruiter to open it again, or to move the deadline.'),
  ('interview_moved', 409, 'This interview was handed to another recruiter in the meantime.',
    'Load the list of interviews again, then repeat what you did.'),
  ('interview_not_found', 404, 'This interview does not exist, or it is not yours.',
    'Open it from your list of interviews.'),
  ('invalid_code', 400, 'An interview code has six digits.',
    'Type the six digits from your invitation email.'),
  ('invalid_deadline', 400, 'The deadline must lie between the years 2000 and 9998.',
    'Give another date, or none.'),
  ('invalid_email', 400, 'This is not an email address that can be written to.',
    'Check the spelling of the address. Before the @ only letters without accents work.'),
  ('invalid_title', 400, 'Enter a title of 1 to 255 characters.', 'Give another title.'),
  ('invite_expired', 410, 'This invite has expired.', 'Ask the recruiter for a new one.'),
  ('invite_not_found', 404, 'This code doesn''t match your email address.',
    'Check the code, or sign in with the address that was invited.'),
  ('invite_not_found:recruiter', 404, 'This invite does not exist, or it is not yours.',
    'Open it from the list of the interview''s invites.'),
  ('invite_not_found:service', 404, 'There is no pending invite of this address with this code.',
    'Invite the address first; the answer carries its code.'),
  ('invite_not_pending', 409, 'Only a pending invite can change its address; this one is %1$s.',
    'Invite the right address instead.'),
  ('invite_not_pending:revoking', 409,
    'This invite has been redeemed; it can no longer be revoked.',
    'Close the interview if nobody may go on.'),
  ('invite_used', 409, 'This invite has been used by another account with your address.',
    'Sign in with that account, or ask the recruiter for a new invite.'),
  ('invites_per_day_reached', 429,
    'You''ve reached today''s limit of %1$s invitations; %2$s are left.',
    'Invite fewer people, or go on after %3$s 00:00 UTC.'),
  ('no_emails', 400, 'There is no address to invite.', 'Give at least one email address.'),
  ('not_signed_in', 401, 'Please sign in first.', 'Sign in, then try again.'),
  ('participation_not_found', 404, 'You have not joined this interview.',
    'Redeem the code of your invitation first.'),
  ('question_ids_mismatch', 409,
    'The new order must name every question of the interview exactly once.',
    'Load the questions again, then reorder them.'),
  ('question_too_long', 400, 'A question may have up to 100,000 characters.',
    'Shorten it, or split it into several.'),
  ('recruiter_not_found', 404, 'There is no account with the id %1$s.',
    'Give the id of an existing account.'),
  ('recruiter_role_required', 403, 'This account may not create interviews or invite candidates.',
    'Ask an administrator to give your account the role "recruiter".'),
  ('status_move_not_allowed', 409, 'A participant who is %1$s cannot change to this status.',
    'What has been completed or withdrawn stays so.'),
  ('status_move_not_allowed:invite', 409, 'An invite that is %1$s cannot change to this status.',
    'Invite the address again instead.'),
  ('status_move_not_allowed:rejoining', 409,
    'Once withdrawn, a participant comes back only by redeeming a new invite.',
    'Ask the recruiter for a new invite.'),
  ('status_not_allowed', 400, 'A new participant is active, and nothing else.',
    'Leave status out.'),
  ('status_not_allowed:invite', 400, 'A new invite is pending, and nothing else.',
    'Leave status out, or send "pending".'),
  ('too_many_attempts', 429, 'Too many wrong codes.',
    'Wait until 15 minutes have passed since your last tries, then enter the code from your '
    'invitation email.'),
  ('too_many_emails', 413,
    'At most 10,000 addresses can be invited in one call; these are %1$s.',
    'Split the list into several calls.'),
  ('too_many_rows', 413, 'At most 1,000 invites can be inserted in one statement; these are %1$s.',
    'Call create_invites, which takes up to 10,000 addresses, or insert them in several calls.');

-- Definer: all may call it, and the texts stay in a schema that nobody reads.
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
  'Raises the error of that key in private.refusals, with the arguments filled in.';

-- Raising rolls the transaction back. Where it must commit (a counted guess), the same four
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
  'That error as a result, for transactions that must commit; retry_after in seconds, or null.';
