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
          'text[],text,text[])', 'authenticated'),
        ('public.list_interviews(integer,timestamp with time zone,uuid,boolean)', 'authenticated'),
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
        ('public.erase_candidate(uuid)', 'authenticated, service_role'),
        ('public.set_notifications(boolean,boolean,boolean)', 'authenticated'),
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
        ('private.check_new_interview(text,text,text[],timestamp with time zone,text[],text)',
          'authenticated'),
        ('private.read_question_settings(jsonb,text[])', 'authenticated'),
        ('private.awaited_paths()', 'authenticated'),
        ('private.has_link(text)', 'authenticated'),
        ('private.log_access(uuid[])', 'authenticated, service_role'),
        -- All others.
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
        ('private.signature(text)', null),
        ('private.check_new_title()', null),
        ('private.refusal(text,integer)', null),
        ('private.stamp_interview()', null),
        ('private.is_open(text,timestamp with time zone)', null),
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
        ('private.copy_review()', null),
        ('private.read_ratings(jsonb)', null),
        ('private.check_ratings(uuid,private.rating[],text,boolean)', null),
        ('private.next_lane(text,uuid,uuid)', null),
        ('private.lock_due_jobs(text[],integer)', null),
        ('private.lease_jobs(bigint[],integer)', null),
        ('private.queue_new_invites()', null),
        ('private.queue_invite_again()', null),
        ('private.hurry_mails(uuid[],boolean)', null),
        ('private.drop_unwanted_mails(bigint[])', null),
        ('private.queue_receipt()', null),
        ('private.wants_notice(uuid,text)', null),
        ('private.notice_kinds()', null),
        ('private.tell_recruiters(text,uuid[])', null),
        ('private.add_to_notice(jsonb,jsonb)', null),
        ('private.people_of_notice(text,jsonb)', null),
        ('private.tell_of_completing()', null),
        ('private.tell_of_failures()', null),
        ('private.read_results(jsonb)', null),
        ('private.count_outcomes(text[],text[])', null),
        ('private.tell_invites(uuid[],text[],text[])', null),
        ('private.tell_what_was_settled()', null),
        ('private.keyed_hash(text,bytea)', null),
        ('private.address_key(text)', null),
        ('private.unsubscribable_kinds()', null),
        ('private.unsubscribe_token(uuid,uuid,text)', null),
        ('private.read_unsubscribe_token(text)', null),
        ('private.is_unsubscribed(uuid,text)', null),
        ('private.stopped_for_caller()', null),
        ('private.may_mail_at(text,uuid,text,text,timestamp with time zone)', null),
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
        ('private.find_person(text)', null),
        ('private.reviewers_of(text[],uuid[])', null),
        ('private.reviews_by(text[],uuid[])', null),
        ('private.rows_of(regclass,text,uuid[])', null),
        ('private.erase_rows(uuid[],uuid[],uuid[])', null)
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
