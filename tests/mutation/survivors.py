"""Mutants that may live, each with the reason. One that is killed all the same, or that is gone,
fails the run, so that the list stays true.
"""

SURVIVORS: dict[str, str] = {
    "trigger: _100_copy_recruiter_id on interview_invites: whenever": "spares a look at the"
    " interview for each row of create_invites, which has set its recruiter_id",
    "policy: candidate_ratings_select_of_reviews: using without recruiter_id =  uid OR interview_id"
    " = ANY ARRAY private.reviewed_interview_ids": "the policy of candidate_reviews decides the"
    " same; spares a look there for each rating of other interviews",
    "policy: interview_templates_insert_recruiter: with check without owner_id =  uid": "nobody may"
    " write owner_id, which is who inserts the row; the policy does not depend on that grant",
    "check: interview_criteria_levels_check: without array_ndimslevels = 1": "in an array of more"
    " dimensions levels[1] is null",
    "check: interview_criteria_levels_check: without array_lowerlevels, 1 = 1": "in one of four"
    " levels that begins elsewhere, one of levels[1] to levels[4] is null",
    "statement: analytics: no call, perform private.refuse('invalid_time_zone');": "what is null is"
    " refused by the next statement",
    "trigger: _400_follow_changed_responses on interview_responses: whenever": "spares counting the"
    " responses of an interview that is transferred, which are as many as before",
    "trigger: _900_mark_invite on interview_participants: whenever": "spares a look at the invite,"
    " which stays as it is",
    "trigger: _900_mark_judged_invite on candidate_reviews: whenever": "spares a look at the"
    " invite, which a draft does not change",
    "trigger: _900_mark_judged_invite_again on candidate_reviews: whenever": "likewise",
    "trigger: _900_mark_judged_invite_no_more on candidate_reviews: whenever": "likewise",
    "statement: mark_deserted_invites: no condition, and exists (select from public.interviews n"
    " where n.id = gone.interview_id)": "with an interview its invites are deleted, too",
    "statement: mark_invites: no condition, and (i.withdrawn_at is not null, i.reviewed_at,"
    " i.decision, i.decided_at) is distinct from (mark.withdrawn, mark.reviewed_at,"
    " mark.decision, mark.decided_at)": "spares writing an invite that stays as it is",
    "statement: matching_transcripts: no condition, and (v_reads_all or a.user_id ="
    " v_caller_id)": "spares reading the query in languages of foreign transcripts",
    "statement: outcomes_as_json: no condition, and (select exists ( select from"
    " private.unsubscribes u where u.recruiter_id = outcomes_as_json.recruiter_id))": "spares a"
    " call for each address; is_unsubscribed looks at the same first",
    "statement: admit_recording: no lock, for no key update (2)": "those who change responses hold"
    " the participant, which is locked first",
    "statement: candidate_page: no condition, and exists ( select from"
    " public.interview_participants known where known.interview_id = $1 and known.invite_id is null"
    ")": "spares a look at all candidates of an interview where everybody has an invite",
    "statement: copy_response: no lock, for key share": "the foreign key locks the response at the"
    " end of the statement; those who write analyses hold the participant",
    "statement: copy_review: no lock, for key share": "the foreign key locks the review at the end"
    " of the statement; those who write ratings hold the participant",
    "statement: count_candidates: no condition, and exists ( select from"
    " public.interview_participants p where p.interview_id = count_candidates.interview_id and"
    " p.invite_id is null)": "spares a look at all candidates of an interview where everybody has"
    " an invite",
    "statement: delete_candidates: no condition, and j.kind in ('interview_invitation',"
    " 'interview_reminder')": "no other job is about an invite; lets an index find them",
    "statement: queue_invite_again: no condition, and j.kind in ('interview_invitation',"
    " 'interview_reminder')": "no other job is about an invite; lets an index find them",
    "statement: submit_late_responses: no lock, for no key update skip locked": "an interview that"
    " is locked is left for the next run all the same, by the lock_timeout",
    "statement: sweep_storage: no lock, for update": "maintenance runs one at a time",
    "statement: retry_jobs: no condition, and j.failed_at >= retry_jobs.failed_since": "spares"
    " locking the analyses of earlier failures, which stay as they are",
}
