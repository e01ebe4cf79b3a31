"""Mutants that may live, each with the reason. One that is killed all the same, or that is gone,
fails the run, so that the list stays true.
"""

SURVIVORS: dict[str, str] = {
    "trigger: _100_copy_recruiter_id on interview_invites: whenever": "spares a look at the"
    " interview for each row of create_invites, which has set its recruiter_id",
    "policy: candidate_ratings_select_of_reviews: using without recruiter_id =  uid OR interview_id"
    " = ANY ARRAY private.reviewed_interview_ids": "the policy of candidate_reviews decides the"
    " same; spares a look there for each rating of other interviews",
}
