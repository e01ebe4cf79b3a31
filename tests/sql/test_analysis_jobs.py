"""The jobs of analyses: what a worker is given, what it may report, and what becomes of it."""

import uuid
from typing import Any

import pytest

from tests.kit import responses
from tests.kit.analyses import (
    CHECK,
    CONSENT_TO_ANALYSIS,
    KINDS,
    TRANSCRIPT,
    UNREADABLE,
    analysis_rows,
    checked,
    consent,
    spoken,
    state,
    submit,
    transcribe,
)
from tests.kit.database import Database, Row
from tests.kit.responses import COMPLETE, Asked, change_interview, change_settings, record
from tests.sql.jobs import answer, claim, job_row, maintain, result, settle, status

# ---- claiming --------------------------------------------------------------------------------


def test_what_a_worker_is_given(db: Database, asked: Asked, submitted: Row) -> None:
    change_interview(db, asked, "language", "de")
    (job,) = claim(db, kinds=[TRANSCRIPT])
    given = {key: value for key, value in job.items() if value is not None}
    assert given == {
        **{"job_id": job["job_id"], "kind": TRANSCRIPT, "subject": submitted["response_id"]},
        **{"lease_token": job["lease_token"], "attempts": 1, "queued_at": job["queued_at"]},
        **{"bucket": "interview-responses", "path": submitted["path"], "mime_type": "video/webm"},
        **{"size_bytes": 1000, "language": "de", "max_seconds": 180 + 60},
        "recruiter_name": "HireVision",
    }
    assert state(db, submitted) == ("running", None)
    assert state(db, submitted, "check") == ("queued", None)
    assert analysis_rows(db, submitted["response_id"])["transcript"]["started_at"] is not None


def test_how_long_a_recording_may_be(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter).value(
        "select public.adjust_participant(%s, 0, 1.5)", asked.participant
    )
    record(db, asked.candidate, asked.questions[0])
    assert claim(db, kinds=[CHECK], lease=1)[0]["max_seconds"] == 270 + 60
    change_settings(db, "analysis_max_seconds", 100)
    db.pass_time("2 seconds")
    assert claim(db, kinds=[CHECK])[0]["max_seconds"] == 100


def test_mails_are_claimed_without_a_recording(db: Database, asked: Asked, submitted: Row) -> None:
    (mail,) = claim(db, kinds=["submission_receipt"])
    for column in ["bucket", "path", "mime_type", "size_bytes", "language", "max_seconds"]:
        assert mail[column] is None
    assert settle(db, mail, "accepted") == 1


def test_analyses_that_nobody_may_do_are_dropped(
    db: Database, asked: Asked, submitted: Row
) -> None:
    """However it came about: the claim looks once more."""
    for change in [
        "update public.interviews set analysis = 'off'",
        "update public.interview_participants set consents_to_analysis = false",
        "update public.interview_responses set submitted_at = null",
    ]:
        with db.connection.transaction(force_rollback=True):
            with db.without_triggers():
                db.run(change)
            assert claim(db, kinds=[TRANSCRIPT]) == []
            assert "transcript" not in analysis_rows(db, submitted["response_id"])
            assert db.jobs(submitted["response_id"], TRANSCRIPT) == []
    assert len(claim(db, kinds=[TRANSCRIPT])) == 1


def test_a_job_without_an_analysis_is_dropped(db: Database, asked: Asked, submitted: Row) -> None:
    with db.without_triggers():
        db.run("delete from public.response_analyses")
    assert claim(db, kinds=KINDS) == []
    assert db.jobs(submitted["response_id"]) == []


def test_the_fourth_claim_gives_up(db: Database, asked: Asked, submitted: Row) -> None:
    for attempt in (1, 2, 3):
        (job,) = claim(db, kinds=[TRANSCRIPT], lease=60)
        assert job["attempts"] == attempt
        assert claim(db, kinds=[TRANSCRIPT]) == []
        db.pass_time("61 seconds")
    assert claim(db, kinds=[TRANSCRIPT]) == []
    assert state(db, submitted) == ("failed", "gave_up")
    assert db.jobs(submitted["response_id"], TRANSCRIPT) == ["failed"]
    assert status(db, TRANSCRIPT)["failed"] == 1
    # The third worker is too late.
    assert settle(db, job, "accepted", result=spoken()) == 0
    assert state(db, submitted) == ("failed", "gave_up")


def test_retries_are_not_deaths(db: Database, asked: Asked, submitted: Row) -> None:
    for _ in range(5):
        (job,) = claim(db, kinds=[TRANSCRIPT])
        settle(db, job, "retry", error="429", retry_in=0)
        assert state(db, submitted) == ("queued", None)
    transcribe(db)
    assert state(db, submitted) == ("done", None)


def test_released_without_a_trace(db: Database, asked: Asked, submitted: Row) -> None:
    for _ in range(5):
        (job,) = claim(db, kinds=[TRANSCRIPT])
        assert job["attempts"] == 1
        settle(db, job, "released")
    assert state(db, submitted) == ("queued", None)


def test_given_up_after_a_day_of_retries(db: Database, asked: Asked, submitted: Row) -> None:
    for _ in range(6):
        (job,) = claim(db, kinds=[TRANSCRIPT])
        settle(db, job, "retry", error="429", retry_in=0)
        db.pass_time("5 hours")
    assert state(db, submitted) == ("failed", "gave_up")
    assert job_row(db, job)["last_error"] == "429"


def test_failed_ones_are_retried_by_an_operator(db: Database, asked: Asked, submitted: Row) -> None:
    (job,) = claim(db, kinds=[TRANSCRIPT])
    settle(db, job, "failed", error="no memory", result={"problem": "engine_failed"})
    assert state(db, submitted) == ("failed", "engine_failed")
    assert claim(db, kinds=[TRANSCRIPT]) == []
    db.as_service().value("select public.retry_jobs(%s, '2000-01-01')", KINDS)
    assert state(db, submitted) == ("queued", None)
    transcribe(db)
    assert state(db, submitted) == ("done", None)


def test_a_pruned_job_leaves_the_analysis(db: Database, asked: Asked, submitted: Row) -> None:
    (job,) = claim(db, kinds=[TRANSCRIPT])
    settle(db, job, "failed", result=UNREADABLE)
    db.pass_time("31 days")
    maintain(db)
    assert db.jobs(submitted["response_id"], TRANSCRIPT) == []
    assert state(db, submitted) == ("failed", "unreadable")


# ---- minutes of the day ------------------------------------------------------------------------


def others(db: Database, count: int) -> list[Asked]:
    """Interviews of as many other recruiters, each with a submitted recording."""
    made = [responses.ask(db, db.scene(f"o{n}@example.com"), {}, {}) for n in range(count)]
    for one in made:
        submit(db, one)
    return made


def used_today(db: Database, recruiter: uuid.UUID) -> Any:
    with db.superuser():
        return db.value(
            "select sum(seconds) from private.analysis_counts where recruiter_id = %s", recruiter
        )


def submit_both(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).value(CONSENT_TO_ANALYSIS, asked.interview, True)
    for question in asked.questions:
        record(db, asked.candidate, question)
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)


def test_what_is_over_the_minutes_waits_until_tomorrow(db: Database, asked: Asked) -> None:
    submit_both(db, asked)
    (other,) = others(db, 1)
    change_settings(db, "analysis_minutes_per_day", 4)
    # 240 seconds each: the second one is over, in one claim as in two.
    first = claim(db, kinds=[TRANSCRIPT])
    assert len(first) == 2
    assert used_today(db, asked.recruiter) == used_today(db, other.recruiter) == 240
    assert claim(db, kinds=[TRANSCRIPT]) == []
    for job in first:
        settle(db, job, "accepted", result=spoken())
    assert claim(db, kinds=[TRANSCRIPT]) == []
    with db.superuser():
        due = db.value("select due_at from private.jobs where kind = %s", TRANSCRIPT)
        midnight = "(date_trunc('day', now() at time zone 'utc') + interval '1 day')"
        assert due == db.value(f"select {midnight} at time zone 'utc'")
    db.pass_time("1 day")
    assert len(claim(db, kinds=[TRANSCRIPT])) == 1


def test_checks_do_not_count(db: Database, asked: Asked) -> None:
    submit_both(db, asked)
    change_settings(db, "analysis_minutes_per_day", 0)
    assert claim(db, kinds=[TRANSCRIPT]) == []
    assert len(claim(db, kinds=[CHECK])) == 2
    assert used_today(db, asked.recruiter) is None


def test_a_recording_counts_as_long_as_its_check_found(db: Database, asked: Asked) -> None:
    submit_both(db, asked)
    for job in claim(db, kinds=[CHECK]):
        settle(db, job, "accepted", result=checked(seconds=20.5))
    change_settings(db, "analysis_minutes_per_day", 1)
    assert len(claim(db, kinds=[TRANSCRIPT])) == 2
    assert used_today(db, asked.recruiter) == 41


def test_a_recording_counts_once(db: Database, asked: Asked, submitted: Row) -> None:
    """Not again when a worker gives it back, or dies; but again when the recruiter asks again."""
    change_settings(db, "analysis_minutes_per_day", 4)
    for outcome in ["released", "retry"]:
        (job,) = claim(db, kinds=[TRANSCRIPT])
        settle(db, job, outcome, retry_in=0)
    claim(db, kinds=[TRANSCRIPT])
    db.pass_time("61 seconds")
    transcribe(db)
    assert used_today(db, asked.recruiter) == 240
    db.as_user(asked.recruiter).value("select public.analyze_again(%s)", submitted["response_id"])
    assert claim(db, kinds=[TRANSCRIPT]) == []


def test_who_consents_again_and_again_waits(db: Database, asked: Asked) -> None:
    """Or else one candidate could use up the minutes of all others."""
    submit_both(db, asked)
    for _ in range(2):
        assert len(claim(db, kinds=[TRANSCRIPT])) == 2
        consent(db, asked.candidate, asked.interview, analysis=False)
        consent(db, asked.candidate, asked.interview)
    assert len(claim(db, kinds=[TRANSCRIPT])) == 2
    assert used_today(db, asked.recruiter) == 3 * 480
    consent(db, asked.candidate, asked.interview, analysis=False)
    consent(db, asked.candidate, asked.interview)
    (other,) = others(db, 1)
    assert len(claim(db, kinds=[TRANSCRIPT])) == 1
    assert used_today(db, other.recruiter) == 240
    assert used_today(db, asked.recruiter) == 3 * 480
    db.pass_time("2 days")
    assert len(claim(db, kinds=[TRANSCRIPT])) == 3


def test_a_backlog_delays_nobody_else(db: Database, asked: Asked) -> None:
    """Ten recruiters, one of whom has used up the day and one of whom has a long backlog."""
    made = others(db, 10)
    change_settings(db, "analysis_minutes_per_day", 100)
    with db.superuser():
        db.run(
            "insert into private.analysis_counts select %s, (now() at time zone 'utc')::date, 6000",
            made[0].recruiter,
        )
        db.run(
            "insert into private.jobs (kind, lane, subject)"
            " select %s, %s, gen_random_uuid() from generate_series(1, 500)",
            TRANSCRIPT,
            made[1].recruiter,
        )
    seen: set[str] = set()
    for _ in range(30):
        seen |= {job["path"].split("/")[0] for job in claim(db, 2, kinds=[TRANSCRIPT])}
    assert seen >= {str(one.interview) for one in made[2:]}
    assert str(made[0].interview) not in seen


# ---- settling ----------------------------------------------------------------------------------


def test_a_check_is_written(db: Database, asked: Asked, submitted: Row) -> None:
    (job,) = claim(db, kinds=[CHECK])
    told = checked(flags=["too_quiet", "cut_off"])
    assert answer(db, result(job, "accepted", result=told)) == {"settled": 1, "busy": []}
    row = analysis_rows(db, submitted["response_id"])["check"]
    assert row["status"] == "done" and row["finished_at"] is not None
    assert (float(row["seconds"]), float(row["picture_seconds"])) == (12.5, 12.4)
    assert row["flags"] == ["cut_off", "too_quiet"]
    assert (row["engine"], row["version"], row["model"]) == ("hirevision", "1.0", None)
    assert (row["digest"], row["transcript"], row["words"]) == (told["digest"], None, None)
    assert db.jobs(submitted["response_id"], CHECK) == []
    assert status(db, CHECK)["accepted"] == 1
    # Only once.
    assert settle(db, job, "accepted", result=checked(flags=[])) == 0
    assert analysis_rows(db, submitted["response_id"])["check"]["flags"] == ["cut_off", "too_quiet"]


def test_sound_alone_has_no_picture(db: Database, asked: Asked) -> None:
    take = record(db, asked.candidate, asked.questions[0], "audio/webm")
    (job,) = claim(db, kinds=[CHECK])
    assert settle(db, job, "accepted", result=checked(picture_seconds=None)) == 1
    assert state(db, take, "check") == ("done", None)


def test_a_transcript_is_written(db: Database, asked: Asked, submitted: Row) -> None:
    (job,) = claim(db, kinds=[TRANSCRIPT])
    told = spoken("Wir haben es gebaut", language="de", flags=["doubtful"])
    assert settle(db, job, "accepted", result=told) == 1
    row = analysis_rows(db, submitted["response_id"])["transcript"]
    for column in ["engine", "model", "version", "digest", "language", "transcript", "words"]:
        assert row[column] == told[column]
    assert (row["flags"], row["problem"]) == (["doubtful"], None)


@pytest.mark.parametrize("words", [[["We", 0, 0.4, None]], []], ids=["null", "none"])
def test_words_without_a_probability(
    db: Database, asked: Asked, submitted: Row, words: list[list[Any]]
) -> None:
    """As engines elsewhere give them, or no words at all."""
    (job,) = claim(db, kinds=[TRANSCRIPT])
    assert settle(db, job, "accepted", result=spoken(words=words)) == 1
    assert analysis_rows(db, submitted["response_id"])["transcript"]["words"] == words


@pytest.mark.parametrize("problem", ["not_recognized", "no_speech", "language_not_supported"])
def test_a_transcript_of_nothing(db: Database, asked: Asked, submitted: Row, problem: str) -> None:
    transcribe(db, "", problem=problem)
    assert state(db, submitted) == ("done", problem)


def test_what_is_wrong_about_a_job_of_another_worker_is_left_alone(
    db: Database, asked: Asked, submitted: Row
) -> None:
    (job,) = claim(db, kinds=[CHECK])
    late = {**result(job, "accepted", result={"score": 1}), "lease_token": str(uuid.uuid4())}
    assert answer(db, late) == {"settled": 0, "busy": []}
