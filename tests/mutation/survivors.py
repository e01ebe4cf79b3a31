"""Mutants that may live, each with the reason. One that is killed all the same, or that is gone,
fails the run, so that the list stays true.
"""

SURVIVORS: dict[str, str] = {
    "trigger: _100_copy_recruiter_id on interview_invites: whenever": "spares a look at the"
    " interview for each row of create_invites, which has set its recruiter_id",
}
