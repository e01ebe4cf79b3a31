-- Functions: who may execute what. Everybody is refused first; the tables' own files do the
-- same for the tables. (anon: nothing at all.)
--
--                                  authenticated   service_role
-- accept_invite, resend_my_codes         x
-- complete_interview,
--   withdraw_from_interview              x
-- create_interview,
--   reorder_questions                    x
-- create_invites, preview_invites,
--   resend_invite, revoke_invite,
--   correct_invite                       x               x
-- delivery_state                         x
-- transfer_interviews                                    x
-- claim_mails, claim_invite_mail,
--   settle_mails, pause_mail,
--   resume_mail, mail_status,
--   retry_mails, invite_candidates,
--   run_maintenance                                      x
-- private: what policies and
--   invoker functions call               x
-- private: everything else

revoke all on schema private from public, anon, authenticated, service_role;
revoke all on
  private.settings, private.invite_counts, private.code_requests, private.outbox, private.mail_state, private.mail_workers
  from public, anon, authenticated, service_role;

revoke all on function
  public.accept_invite(text), public.resend_my_codes(),
  public.complete_interview(uuid), public.withdraw_from_interview(uuid),
  public.create_interview(text, text, text, text[], text[], timestamptz, text), public.reorder_questions(uuid, uuid[]),
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.transfer_interviews(uuid, uuid),
  public.claim_mails(text, integer, integer), public.claim_invite_mail(text, text, text, integer),
  public.settle_mails(jsonb), public.pause_mail(text, integer), public.resume_mail(), public.mail_status(),
  public.retry_mails(timestamptz), public.delivery_state(),
  public.invite_candidates(text[], text), public.run_maintenance(),
  private.is_client(), private.caller_id(), private.confirmed_email(uuid), private.may_recruit(), private.require_recruiter(),
  private.trim_blanks(text), private.normalize_email(text), private.is_email(text), private.display_name(text),
  private.refusal(integer, text, text, text, integer), private.is_open(text, timestamptz),
  private.stamp_interview(), private.copy_recruiter_id(), private.hold_interview(), private.move_recruiter_id(), private.stamp_question(),
  private.lock_codes(), private.draw_codes(integer, text[]), private.lock_codes_first(), private.prepare_invite(),
  private.recruiter_name(uuid), private.change_invite(), private.admit_invites(), private.count_invites(integer),
  private.invites_left(), private.check_invites_left(integer, integer),
  private.require_interview(uuid), private.require_open_interview(uuid, text[]),
  private.classify_invites(uuid, text[]), private.require_invite(uuid),
  private.joined_interview_ids(), private.attended_interview_ids(), private.lock_candidate(uuid),
  private.change_participant(), private.complete_invite(), private.move_own_participant(uuid, text),
  private.queue_new_invites(), private.queue_invite_again(), private.claim(uuid[], integer),
  private.queue_reminders()
  from public, anon, authenticated, service_role;

grant execute on function
  public.accept_invite(text), public.resend_my_codes(),
  public.complete_interview(uuid), public.withdraw_from_interview(uuid),
  public.create_interview(text, text, text, text[], text[], timestamptz, text), public.reorder_questions(uuid, uuid[]),
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.delivery_state()
  to authenticated;

grant execute on function
  public.create_invites(uuid, text[], text), public.preview_invites(uuid, text[]),
  public.resend_invite(uuid), public.revoke_invite(uuid), public.correct_invite(uuid, text),
  public.transfer_interviews(uuid, uuid),
  public.claim_mails(text, integer, integer), public.claim_invite_mail(text, text, text, integer),
  public.settle_mails(jsonb), public.pause_mail(text, integer), public.resume_mail(), public.mail_status(),
  public.retry_mails(timestamptz), public.invite_candidates(text[], text), public.run_maintenance()
  to service_role;

-- The schema is not exposed by PostgREST: these are reached through policies and functions only.
grant usage on schema private to authenticated;
grant execute on function
  private.is_client(), private.caller_id(), private.may_recruit(), private.require_recruiter(), private.trim_blanks(text),
  private.joined_interview_ids(), private.attended_interview_ids(), private.move_own_participant(uuid, text)
  to authenticated;
