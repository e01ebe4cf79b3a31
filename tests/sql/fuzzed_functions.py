"""What every function of the Data API answers, and which tables it may change."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.kit.hostile import are_outcomes, is_interview, is_outcome, is_participation

INVITING = {"interview_invites", "private.jobs", "private.invite_counts"}


class Function(NamedTuple):
    """What it answers, the tables that it may change, and how many cases tell something."""

    is_right: Callable[[Any], bool]
    touches: set[str]
    cases: int = 10
    own_codes: set[str] = set()
    """PostgreSQL's own errors about arguments of the right type."""


def is_count(name: str) -> Callable[[Any], bool]:
    return lambda found: set(found) == {name} and found[name] >= 0


def are_jobs(found: Any) -> bool:
    return all({"job_id", "lease_token", "kind", "email", "invite_code"} <= set(j) for j in found)


def is_status(found: Any) -> bool:
    return {"queued", "accepted", "paused_until", "workers"} <= set(found)


def is_subscription(found: Any) -> bool:
    return set(found) == {"subscribed", "recruiter_name"}


CONSENTING = {
    *("interview_participants", "interview_responses", "private.consents", "private.jobs"),
    "response_analyses",
}
CHANGED = {"candidate_id", "email", "candidate_name", "outcome", "invite_id", "invite_code"}
ERASED = {"participations", "responses", "invites", "mails", "removals_open"}
ERASING = {
    *("interview_participants", "interview_invites", "interview_responses", "private.consents"),
    *("private.jobs", "private.response_takes", "private.access_log", "accommodations"),
    *("candidate_reviews", "candidate_ratings", "candidate_decisions", "response_analyses"),
}
FUNCTIONS = {
    "accept_invite": Function(
        is_participation,
        {"interview_participants", "interview_invites", "private.code_requests"},
        15,
    ),
    "complete_interview": Function(
        is_participation,
        {
            *("interview_participants", "interview_invites", "interview_responses"),
            *("response_analyses", "private.jobs"),
        },
    ),
    "withdraw_from_interview": Function(
        is_participation,
        {
            *("interview_participants", "interview_invites", "interview_responses"),
            *("response_analyses", "private.jobs"),
        },
    ),
    "set_consent": Function(
        lambda found: {"version", "recording", "analysis", "given_at"} <= set(found), CONSENTING
    ),
    "start_response": Function(
        lambda found: found["takes_left"] >= 0 and found["max_seconds"] > 0,
        {"interview_responses", "private.response_takes"},
        20,
    ),
    "write_response": Function(
        lambda found: set(found) == {"response_id", "question_id", "saved_at"},
        {"interview_responses", "interview_participants", "response_analyses", "private.jobs"},
        20,
    ),
    "delete_my_responses": Function(
        lambda found: set(found) == {"interview_id", "deleted"}, CONSENTING
    ),
    "open_responses": Function(
        lambda found: all(
            set(row) == {"response_id", "bucket", "path", "mime_type", "size_bytes"}
            for row in found
        ),
        {"private.access_log"},
    ),
    "adjust_participant": Function(
        lambda found: set(found) == {"participant_id", "extra_takes", "time_factor"},
        {"accommodations"},
        20,
    ),
    "save_review": Function(
        lambda found: set(found) == {"review_id", "submitted_at", "changed_at"},
        {"candidate_reviews", "candidate_ratings", "interview_invites"},
        30,
    ),
    "invite_reviewers": Function(
        lambda found: all(set(row) == {"email", "status", "reviewer_id"} for row in found),
        {"interview_reviewers", "private.jobs", "private.invite_counts"},
        20,
    ),
    "decide": Function(
        lambda found: (found["decision"] is None) == (found["decided_at"] is None),
        {"candidate_decisions", "interview_invites"},
        20,
    ),
    "analyze_again": Function(
        lambda found: set(found) == {"response_id", "status"},
        {"response_analyses", "private.jobs"},
    ),
    "analysis_state": Function(
        lambda found: set(found) == {"check", "transcript", "analysis", "checks", "transcripts"},
        set(),
    ),
    "search_responses": Function(lambda found: len(found) <= 200, set()),
    "find_terms": Function(lambda found: len(found) <= 500, set()),
    "erase_candidate": Function(
        lambda found: set(found) == ERASED,
        ERASING,
        20,
    ),
    "export_person": Function(
        lambda found: {"addresses", "accounts", "invites", "participations"} <= set(found), set()
    ),
    "erase_person": Function(
        lambda found: set(found) == {*ERASED, "accounts", "accounts_left", "reviewing"},
        {
            *ERASING,
            "interview_reviewers",
            "auth.users",
            "private.code_requests",
            "private.notifications",
        },
        20,
    ),
    "create_interview": Function(
        is_interview,
        {"interviews", "interview_questions", "interview_criteria", *INVITING},
        30,
        {"22001"},  # company_number
    ),
    "duplicate_interview": Function(
        lambda found: set(found) == {"interview_id", "title"},
        {"interviews", "interview_questions", "interview_criteria"},
    ),
    "save_template": Function(
        lambda found: set(found) == {"template_id", "name"}, {"interview_templates"}
    ),
    "count_interviews": Function(
        lambda found: set(found) >= {"all", "attention", "archived"}, set()
    ),
    "list_interviews": Function(lambda found: len(found) <= 2, set()),
    "list_candidates": Function(lambda found: len(found) <= 7, set(), 30),
    "count_candidates": Function(lambda found: len(found) <= 7, set()),
    "match_candidates": Function(lambda found: len(found) <= 7, set()),
    "get_candidate": Function(lambda found: len(found) <= 1, set()),
    "candidate_timeline": Function(lambda found: len(found) <= 9, set()),
    "change_candidates": Function(
        lambda found: all(set(row) == CHANGED for row in found),
        {*INVITING, "interview_participants"},
        30,
    ),
    "analytics": Function(lambda found: {"total", "step"} <= set(found), set(), 20),
    "reorder_questions": Function(
        lambda found: {frozenset(row) for row in found} <= {frozenset(["id", "order_index"])},
        {"interview_questions"},
    ),
    "create_invites": Function(are_outcomes, INVITING, 20),
    "preview_invites": Function(are_outcomes, set()),
    "resend_invite": Function(is_outcome, INVITING),
    "revoke_invite": Function(
        lambda found: set(found) == {"invite_id", "status"}, {"interview_invites"}
    ),
    "correct_invite": Function(is_outcome, INVITING, 20),
    "unsubscribed": Function(lambda found: found in (True, False), set()),
    "email_subscription": Function(is_subscription, set()),
    "latest_change": Function(lambda found: set(found) == {"latest", "seconds"}, set()),
    "preview_signature": Function(lambda found: 0 < len(found) <= 100, set()),
    "delete_my_account": Function(
        lambda found: set(found) == {"interviews", "candidates", "participations", "reviewing"},
        {
            *ERASING,
            *("interviews", "interview_questions", "interview_criteria", "interview_reviewers"),
            *("auth.users", "private.code_requests", "private.notifications"),
            "private.invite_counts",
        },
        20,
    ),
    "set_notifications": Function(
        lambda found: set(found.values()) <= {"each", "daily", "never"},
        {"private.notifications"},
    ),
    "set_email_subscription": Function(is_subscription, {"private.unsubscribes"}),
    "transfer_interviews": Function(
        lambda found: isinstance(found, int),
        {
            *("interviews", "interview_questions", "interview_invites", "interview_participants"),
            *("interview_responses", "response_analyses", "accommodations"),
            *("interview_criteria", "interview_reviewers"),
            *("candidate_reviews", "candidate_ratings", "candidate_decisions"),
        },
        10,
        {"2201W"},
    ),
    "claim_jobs": Function(
        are_jobs,
        {"private.jobs", "private.job_workers", "interview_invites"},
        15,
        {"23502", "23514"},
    ),
    "renew_jobs": Function(lambda found: isinstance(found, list), {"private.jobs"}, 10, {"23502"}),
    "claim_invite_mail": Function(
        lambda found: found["delivery"] in ("claimed", "in_progress", "accepted", "failed"),
        {"private.jobs", "interview_invites"},
        15,
        {"23502"},
    ),
    "settle_jobs": Function(
        lambda found: set(found) == {"settled", "busy"} and found["busy"] == [],
        {"private.jobs", "private.job_kinds", "interview_invites"},
        20,
        {"22023", "22P02", "22003"},
    ),
    "pause_jobs": Function(lambda found: not found, {"private.job_kinds"}, 10, {"23502", "23514"}),
    "resume_jobs": Function(lambda found: not found, {"private.job_kinds"}),
    "jobs_status": Function(is_status, set()),
    "retry_jobs": Function(is_count("retried"), {"private.jobs", "interview_invites"}),
    "invite_candidates": Function(
        lambda found: all(
            outcome["outcome"] in ("queued", "unchanged", "duplicate_in_request", "invalid_email")
            for outcome in found
        ),
        {"private.jobs"},
        10,
    ),
}
