"""Mutants that may live, each with the reason. One that is killed all the same, or that is gone,
fails the run, so that the list stays true.
"""

SPEED = "for speed alone: the same rows are found without it"

SURVIVORS: dict[str, str] = {
    "index: interview_invites_expires_at_idx: dropped": SPEED,
    "index: interviews_deadline_idx: dropped": SPEED,
    "index: jobs_done_at_idx: dropped": SPEED,
    "index: jobs_failed_at_idx: dropped": SPEED,
    "trigger: _100_copy_recruiter_id on interview_invites: whenever": "spares a look at the"
    " interview for each row of create_invites, which has set its recruiter_id",
}
