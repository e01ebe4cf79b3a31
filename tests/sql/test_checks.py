"""What each check of a table refuses, whatever role writes the row: values just beyond its edges.

The functions for clients look at most of them, too, with an error that says more. These are for
DBAs, and for functions to come.
"""

import json
from typing import Any

import pytest

from tests.kit.catalog import OURS
from tests.kit.database import Database

NAME: tuple[Any, ...] = ("", "n" * 101)
TITLE: tuple[Any, ...] = ("", " ", "n" * 101)
LANGUAGE = ("e", "engl", "EN", "e1", "en\n")
KINDS: tuple[Any, ...] = ([], ["video", "telepathy"], ["video", "video", "audio", "text"])
CHOICE = ("weekly", "")
LEVELS = ["1", "2", "3", "4"]
CRITERION: dict[str, Any] = {"name": "n", "description": "", "levels": LEVELS, "terms": []}
RECORDED = {"kind": "video", "object_path": "p", "mime_type": "m", "status": "uploaded"}
WRITTEN = {"kind": "text", "answer": "a", "status": "uploaded"}
FAILED = {"step": "check", "status": "failed"}
DONE = {"step": "transcript", "status": "done"}
NEVER, NOW = None, "2026-01-01"

# By check: the column with values, or whole rows where several columns matter.
REFUSED: dict[str, Any] = {
    "accommodations_extra_takes_check": ("extra_takes", -1, 11),
    "accommodations_time_factor_check": ("time_factor", 0.99, 2.01),
    "candidate_decisions_decision_check": ("decision", "reject", ""),
    "candidate_ratings_level_check": ("level", 0, 5),
    "candidate_ratings_note_check": ("note", "n" * 2001),
    "candidate_reviews_changed_at_check": [{"changed_at": NOW, "submitted_at": NEVER}],
    "candidate_reviews_note_check": ("note", "n" * 5001),
    "interview_criteria_description_check": ("description", "d" * 2001),
    "interview_criteria_levels_check": (
        "levels",
        [],
        LEVELS[:3],
        [*LEVELS, "5"],
        [[*LEVELS]],
        *([*LEVELS[:n], value, *LEVELS[n + 1 :]] for n in range(4) for value in (None, " ")),
        *([*LEVELS[:n], "l" * 201, *LEVELS[n + 1 :]] for n in range(4)),
    ),
    "interview_criteria_name_check": ("name", *TITLE),
    "interview_criteria_terms_check": ("terms", [""], [None], ["t"] * 21, ["t" * 101]),
    "interview_invites_candidate_name_check": ("candidate_name", *NAME),
    "interview_invites_decision_check": ("decision", "reject", ""),
    "interview_invites_delivery_status_check": ("delivery_status", "sent", ""),
    "interview_invites_email_check": [
        {"status": "pending", "email": email}
        for email in ("c", "c@", "@example.com", "a@b@c", "a b@c", "é@c", "C@example.com", "c@c\n")
    ],
    "interview_invites_invite_code_check": [
        {"status": "pending", "invite_code": code} for code in ("12345", "12345a", "")
    ],
    "interview_invites_status_check": ("status", "revoked", ""),
    "interview_participants_candidate_name_check": ("candidate_name", *NAME),
    "interview_participants_status_check": ("status", "pending", ""),
    "interview_questions_length_check": ("question", "q" * 100_001),
    "interview_questions_max_seconds_check": ("max_seconds", 9, 601),
    "interview_questions_max_takes_check": ("max_takes", 0, 11),
    "interview_questions_order_index_check": ("order_index", -1),
    "interview_questions_preparation_seconds_check": ("preparation_seconds", -1, 601),
    "interview_questions_question_check": ("question", "", " ", "\u200b"),
    "interview_responses_answer_check": ("answer", "a" * 20_001),
    "interview_responses_kind_check": ("kind", "picture", ""),
    "interview_responses_status_check": ("status", "deleted", ""),
    "interview_responses_submitted_at_check": [
        {"submitted_at": NOW, "status": status} for status in ("started", "discarded")
    ],
    "interview_responses_take_check": ("take", 0),
    "interview_responses_text_check": [
        {**WRITTEN, "object_path": "p"},
        {**WRITTEN, "mime_type": "m"},
        {**WRITTEN, "status": "started"},
        {**WRITTEN, "answer": None},
        {**RECORDED, "object_path": None},
        {**RECORDED, "mime_type": None},
        {**RECORDED, "answer": "a"},
    ],
    "interview_responses_uploaded_at_check": [{"status": "uploaded", "uploaded_at": NEVER}],
    "interview_reviewers_email_check": ("email", "r", "r@", "@c", "a@b@c", "R@c"),
    "interview_reviewers_joined_at_check": [
        {"user_id": None, "joined_at": NOW},
        {"user_id": "00000000-0000-4000-8000-000000000001", "joined_at": NEVER},
    ],
    "interview_templates_analysis_check": ("analysis", "on", ""),
    "interview_templates_criteria_check": (
        "criteria",
        {},
        [1],
        [{**CRITERION, "name": ""}],
        [{**CRITERION, "description": "d" * 2001}],
        [{**CRITERION, "levels": {}}],
        [{**CRITERION, "levels": LEVELS[:3]}],
        [{**CRITERION, "levels": ["l" * 201, *LEVELS[1:]]}],
        [{**CRITERION, "terms": {}}],
        [{**CRITERION, "terms": [1]}],
        [{**CRITERION, "terms": ["t" * 101]}],
    ),
    "interview_templates_description_check": ("description", "d" * 2001),
    "interview_templates_interview_description_check": ("interview_description", "d" * 100_001),
    "interview_templates_language_check": ("language", *LANGUAGE),
    "interview_templates_name_check": ("name", *TITLE),
    "interview_templates_privacy_notice_check": ("privacy_notice", "p" * 5001),
    "interview_templates_questions_check": ("questions", {}, [1], [{"question": ""}]),
    "interview_templates_response_kinds_check": ("response_kinds", *KINDS),
    "interviews_analysis_check": ("analysis", "on", ""),
    "interviews_deadline_check": ("deadline", "1999-12-31T23:59:59Z", "9999-01-01T00:00:01Z"),
    "interviews_deadline_stage_check": ("deadline_stage", -1, 3),
    "interviews_description_check": ("description", "d" * 100_001),
    "interviews_language_check": ("language", *LANGUAGE),
    "interviews_privacy_notice_check": ("privacy_notice", "p" * 5001),
    "interviews_response_kinds_check": ("response_kinds", *KINDS),
    "interviews_status_check": ("status", "archived", ""),
    "interviews_title_check": ("title", "", " ", "\u200b"),
    "consent_notices_texts_check": [
        {"recording": " ", "analysis": "a"},
        {"recording": "r", "analysis": " "},
    ],
    "consent_notices_version_check": ("version", 0),
    "job_kinds_kind_check": ("kind", "k" * 101),
    "job_workers_kind_check": ("kind", "k" * 101),
    "jobs_kind_check": ("kind", "mail", ""),
    "notifications_candidate_completed_check": ("candidate_completed", *CHOICE),
    "notifications_delivery_failed_check": ("delivery_failed", *CHOICE),
    "notifications_renewal_requested_check": ("renewal_requested", *CHOICE),
    "refusals_status_check": ("status", 399, 600),
    "settings_access_log_kept_for_check": ("access_log_kept_for", "0"),
    "settings_analysis_max_bytes_check": ("analysis_max_bytes", -1),
    "settings_analysis_max_seconds_check": ("analysis_max_seconds", 0, 100_001),
    "settings_analysis_minutes_per_day_check": ("analysis_minutes_per_day", -1, 1_000_001),
    "settings_backend_invites_per_day_check": ("backend_invites_per_day", -1),
    "settings_bytes_per_day_check": ("bytes_per_day", -1),
    "settings_bytes_per_participant_check": ("bytes_per_participant", -1),
    "settings_interviews_per_account_check": ("interviews_per_account", -1),
    "settings_invites_kept_for_check": ("invites_kept_for", "0"),
    "settings_invites_per_day_at_first_check": ("invites_per_day_at_first", -1),
    "settings_invites_per_day_check": ("invites_per_day", -1),
    "settings_responses_kept_for_check": ("responses_kept_for", "0"),
    "settings_singleton_check": ("singleton", False),
    "settings_sso_domains_check": ("sso_domains", [], "example.com"),
    "settings_upload_grace_check": ("upload_grace", "-1 second"),
    "storage_sweep_singleton_check": ("singleton", False),
    "response_analyses_correction_check": [
        {"step": "transcript", "correction": "c" * 5001},
        {"step": "check", "correction": "c"},
    ],
    "response_analyses_digest_check": ("digest", "", "a" * 63, "a" * 65, "A" * 64, "g" * 64),
    "response_analyses_finished_at_check": [
        *({"status": status, "finished_at": NEVER} for status in ("done", "failed", "skipped")),
        *({"status": status, "finished_at": NOW} for status in ("queued", "running")),
    ],
    "response_analyses_flags_check": [
        {"step": "check", "flags": ["doubtful"]},
        {"step": "transcript", "flags": ["clipped"]},
        {"step": "check", "flags": ["clipped", "other"]},
    ],
    "response_analyses_language_check": ("language", *LANGUAGE),
    "response_analyses_problem_check": [
        {**DONE, "problem": "unreadable"},
        {**DONE, "step": "check", "problem": "no_speech"},
        {**FAILED, "problem": None},
        {**FAILED, "problem": "no_speech"},
        {**FAILED, "status": "skipped", "problem": None},
        {**FAILED, "status": "skipped", "problem": "too_long"},
        {**FAILED, "status": "queued", "problem": "too_long"},
    ],
    "response_analyses_seconds_check": [
        {"seconds": 1, "picture_seconds": 1, column: value}
        for column in ("seconds", "picture_seconds")
        for value in (-0.01, 100_000.01)
    ],
    "response_analyses_status_check": ("status", "waiting", ""),
    "response_analyses_step_check": ("step", "summary", ""),
    "response_analyses_transcript_check": [
        {**DONE, "transcript": "t"},
        {**DONE, "words": []},
        {**DONE, "transcript": "t", "words": [], "step": "check"},
        {**DONE, "transcript": "t", "words": [], "status": "failed"},
        {**DONE, "transcript": "t" * 200_001, "words": []},
        {**DONE, "transcript": "t", "words": [1] * 50_001},
    ],
}


def test_each_check_has_values_that_it_refuses(db: Database) -> None:
    checks = db.rows(
        f"select conname::text from pg_constraint where contype = 'c' and connamespace in {OURS}"
    )
    assert {check["conname"] for check in checks} == set(REFUSED)


@pytest.mark.parametrize("check", REFUSED)
def test_what_a_check_refuses(db: Database, check: str) -> None:
    """By its expression, which needs no rows that the other rules of the table let through."""
    given = REFUSED[check]
    if isinstance(given, tuple):
        given = [{given[0]: value} for value in given[1:]]
    known = db.one(
        "select conrelid::regclass::text as table, pg_get_expr(conbin, conrelid) as expression,"
        f" convalidated from pg_constraint where conname = %s and connamespace in {OURS}",
        check,
    )
    assert known["convalidated"]
    for row in given:
        passed = db.value(
            f"select {known['expression'].replace('%', '%%')}"
            f" from jsonb_populate_record(null::{known['table']}, %s)",
            json.dumps(row),
        )
        assert passed is False, row
