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
    'several calls.');

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
