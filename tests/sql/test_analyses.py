"""Analyses of recordings: when they are queued, when they go, who reads them, and corrections."""

import uuid
from typing import Any

import pytest

from tests.kit import responses
from tests.kit.analyses import (
    ANALYZE_AGAIN,
    CHECK,
    KINDS,
    TRANSCRIPT,
    analysis_rows,
    checked,
    consent,
    spoken,
    transcribe,
)
from tests.kit.database import Database, Row
from tests.kit.responses import COMPLETE, CONSENT, DELETE, WITHDRAW, Asked, change_interview, record
from tests.sql.jobs import claim, settle

SELECT = "select response_id, step from public.response_analyses"
CORRECT = "update public.response_analyses set correction = %s where response_id = %s"


def steps(db: Database, response_id: str) -> list[str]:
    """Step and state of each analysis of a recording."""
    rows = analysis_rows(db, response_id)
    return [f"{step} {rows[step]['status']}" for step in sorted(rows)]


def jobs(db: Database) -> list[str]:
    """The kinds of the jobs of analyses that there are."""
    with db.superuser():
        rows = db.rows("select kind from private.jobs where kind = any (%s) order by kind", KINDS)
    return [row["kind"] for row in rows]


@pytest.fixture
def take(db: Database, asked: Asked) -> Row:
    """A recording of a candidate who agrees to analysis, uploaded."""
    consent(db, asked.candidate, asked.interview)
    return record(db, asked.candidate, asked.questions[0])


@pytest.fixture
def submitted(db: Database, asked: Asked, take: Row) -> Row:
    """The same, submitted."""
    db.value(COMPLETE, asked.interview)
    return take


# ---- when ----------------------------------------------------------------------------------


def test_an_upload_is_checked_without_consent(db: Database, asked: Asked) -> None:
    take = responses.start(db, asked.candidate, asked.questions[0])
    assert steps(db, take["response_id"]) == []
    responses.store(db, take["path"])
    assert steps(db, take["response_id"]) == ["check queued"]
    row = analysis_rows(db, take["response_id"])["check"]
    assert (row["interview_id"], row["participant_id"], row["recruiter_id"], row["user_id"]) == (
        asked.interview,
        asked.participant,
        asked.recruiter,
        asked.candidate,
    )
    assert db.jobs(take["response_id"]) == ["queued"]
    with db.superuser():
        lane = db.value("select lane from private.jobs where kind = %s", CHECK)
    assert lane == asked.recruiter


def test_submitting_transcribes_with_consent(db: Database, asked: Asked, take: Row) -> None:
    responses.write(db, asked.candidate, asked.questions[1], "In text")
    assert jobs(db) == [CHECK]
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    assert steps(db, take["response_id"]) == ["check queued", "transcript queued"]
    assert jobs(db) == [CHECK, TRANSCRIPT]


def test_nothing_is_transcribed_without_consent(db: Database, asked: Asked) -> None:
    take = record(db, asked.candidate, asked.questions[0])
    db.value(COMPLETE, asked.interview)
    assert steps(db, take["response_id"]) == ["check queued"]
    # Consent given afterwards.
    consent(db, asked.candidate, asked.interview)
    assert steps(db, take["response_id"]) == ["check queued", "transcript queued"]
    consent(db, asked.candidate, asked.interview)
    assert jobs(db) == [CHECK, TRANSCRIPT]


def test_maintenance_submits_for_transcripts_too(db: Database, asked: Asked, take: Row) -> None:
    change_interview(db, asked, "deadline", "2100-01-01")
    db.as_owner().run("update public.interviews set deadline = now() - interval '2 days'")
    for _ in range(2):
        db.as_service().value("select public.run_maintenance()")
    assert steps(db, take["response_id"]) == ["check queued", "transcript queued"]


def test_where_analysis_is_off(db: Database, asked: Asked) -> None:
    change_interview(db, asked, "analysis", "off")
    consent(db, asked.candidate, asked.interview)
    take = record(db, asked.candidate, asked.questions[0])
    db.value(COMPLETE, asked.interview)
    assert steps(db, take["response_id"]) == []
    assert jobs(db) == []
    # Turned on: what was submitted with consent is transcribed.
    change_interview(db, asked, "analysis", "transcripts")
    assert steps(db, take["response_id"]) == ["transcript queued"]
    consent(db, asked.candidate, asked.interview, analysis=False)
    change_interview(db, asked, "analysis", "off")
    change_interview(db, asked, "analysis", "transcripts")
    assert steps(db, take["response_id"]) == []


def test_a_take_that_is_not_there_is_not_analysed(db: Database, asked: Asked) -> None:
    """Not uploaded yet, or replaced by another."""
    replaced = record(db, asked.candidate, asked.questions[0])
    record(db, asked.candidate, asked.questions[0])
    begun = responses.start(db, asked.candidate, asked.questions[1])
    for take in replaced, begun:
        db.as_owner().value("select private.queue_analyses(%s, 'check')", [take["response_id"]])
        assert steps(db, take["response_id"]) == []


def test_too_large_to_be_analysed(db: Database, asked: Asked) -> None:
    responses.change_settings(db, "analysis_max_bytes", 999)
    take = record(db, asked.candidate, asked.questions[0], size=1000)
    row = analysis_rows(db, take["response_id"])["check"]
    assert (row["status"], row["problem"]) == ("skipped", "too_large")
    assert row["finished_at"] is not None
    assert jobs(db) == []
    fits = record(db, asked.candidate, asked.questions[0], size=999)
    assert steps(db, fits["response_id"]) == ["check queued"]


# ---- until when ----------------------------------------------------------------------------


def delete(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).value(DELETE, asked.interview)


def withdraw_consent(db: Database, asked: Asked) -> None:
    consent(db, asked.candidate, asked.interview, analysis=False)


def withdraw_all_consent(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).value(CONSENT, asked.interview, False)


def turn_off(db: Database, asked: Asked) -> None:
    change_interview(db, asked, "analysis", "off")


def delete_interview(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter).run("delete from public.interviews where id = %s", asked.interview)


def erase(db: Database, asked: Asked) -> None:
    db.as_service().value("select public.erase_person(%s)", asked.email)


def expire(db: Database, asked: Asked) -> None:
    db.pass_time("200 days")
    db.as_service().value("select public.run_maintenance()")


ENDS = [delete, withdraw_consent, withdraw_all_consent, turn_off, delete_interview, erase, expire]


@pytest.mark.parametrize("end", ENDS)
def test_analyses_go_with_their_ground(
    db: Database, asked: Asked, submitted: Row, end: Any
) -> None:
    """In the same transaction, and what a worker is doing is dropped."""
    (check,), (transcript,) = claim(db, kinds=[CHECK]), claim(db, kinds=[TRANSCRIPT])
    end(db, asked)
    assert analysis_rows(db, submitted["response_id"]) == {}
    assert jobs(db) == []
    assert settle(db, check, "accepted", result=checked()) == 0
    assert settle(db, transcript, "accepted", result=spoken()) == 0
    assert analysis_rows(db, submitted["response_id"]) == {}


@pytest.mark.parametrize("end", ENDS)
def test_finished_analyses_go_too(db: Database, asked: Asked, submitted: Row, end: Any) -> None:
    transcribe(db)
    assert "transcript done" in steps(db, submitted["response_id"])
    end(db, asked)
    assert analysis_rows(db, submitted["response_id"]) == {}


def replace(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])


def replace_by_text(db: Database, asked: Asked) -> None:
    responses.write(db, asked.candidate, asked.questions[0], "Rather in text", replace=True)


def withdraw(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)


@pytest.mark.parametrize("end", [replace, replace_by_text, withdraw, *ENDS])
def test_a_check_that_runs_is_dropped(db: Database, asked: Asked, take: Row, end: Any) -> None:
    (job,) = claim(db, kinds=[CHECK])
    end(db, asked)
    assert analysis_rows(db, take["response_id"]) == {}
    assert settle(db, job, "accepted", result=checked()) == 0
    assert analysis_rows(db, take["response_id"]) == {}


@pytest.mark.parametrize(
    "again",
    [
        "update public.interviews set analysis = analysis",
        "update public.interview_participants set consents_to_analysis = consents_to_analysis",
        "update public.interview_responses set status = status",
    ],
)
def test_what_stays_as_it_was_is_not_analysed_again(
    db: Database, submitted: Row, again: str
) -> None:
    transcribe(db)
    (check,) = claim(db, kinds=[CHECK])
    settle(db, check, "accepted", result=checked())
    before = analysis_rows(db, submitted["response_id"])
    db.as_owner().run(again)
    assert analysis_rows(db, submitted["response_id"]) == before


def test_a_new_take_is_checked_again(db: Database, asked: Asked, take: Row) -> None:
    again = record(db, asked.candidate, asked.questions[0])
    assert steps(db, take["response_id"]) == []
    assert steps(db, again["response_id"]) == ["check queued"]
    assert jobs(db) == [CHECK]


# ---- who -----------------------------------------------------------------------------------


def test_the_candidate_reads_their_own(db: Database, asked: Asked, take: Row) -> None:
    assert len(db.as_user(asked.candidate).rows(SELECT)) == 1
    for other in [db.account(), asked.recruiter]:
        assert db.as_user(other).rows(SELECT) == []


def test_the_recruiter_reads_what_was_submitted(db: Database, asked: Asked, take: Row) -> None:
    assert db.as_user(asked.recruiter).rows(SELECT) == []
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    assert len(db.as_user(asked.recruiter).rows(SELECT)) == 2
    other = responses.ask(db, db.scene("other@example.com"), {})
    for stranger in [other.recruiter, other.candidate, db.account()]:
        assert db.as_user(stranger).rows(SELECT) == []
    assert db.as_anon().refused(SELECT).code == "42501"


def test_nobody_writes_analyses(db: Database, asked: Asked, submitted: Row) -> None:
    transcribe(db)
    given = submitted["response_id"]
    for who in [
        db.as_user(asked.candidate),
        db.as_user(asked.recruiter),
        db.as_service(),
        db.as_anon(),
    ]:
        for statement in [
            "update public.response_analyses set transcript = 'mine' where response_id = %s",
            "update public.response_analyses set flags = '{}' where response_id = %s",
            "delete from public.response_analyses where response_id = %s",
            "insert into public.response_analyses (response_id, step, language)"
            " values (%s, 'transcript', 'en')",
        ]:
            assert who.refused(statement, given).code == "42501"


def test_the_candidate_corrects_their_transcript(
    db: Database, asked: Asked, submitted: Row
) -> None:
    given = submitted["response_id"]
    # The check has nothing to correct.
    assert db.as_user(asked.candidate).run(CORRECT, "I said Kubernetes", given) == 1
    assert analysis_rows(db, given)["check"]["correction"] is None
    transcribe(db)
    for other in [asked.recruiter, db.account()]:
        assert db.as_user(other).run(CORRECT, "I did not", given) == 0
    rows = analysis_rows(db, given)
    assert rows["transcript"]["correction"] == "I said Kubernetes"
    db.as_user(asked.candidate)
    assert db.run(CORRECT, "x" * 5000, given) == 1
    assert db.refused(CORRECT, "x" * 5001, given).code == "23514"
    assert db.run(CORRECT, None, given) == 1


def test_others_transcripts_cannot_be_corrected(db: Database, asked: Asked, submitted: Row) -> None:
    other = responses.ask(db, db.scene("other@example.com"), {})
    db.as_user(other.candidate)
    assert db.run(CORRECT, "I am they", submitted["response_id"]) == 0


def test_an_interview_is_transferred_with_its_analyses(
    db: Database, asked: Asked, submitted: Row
) -> None:
    heir = db.account()
    db.as_service().value("select public.transfer_interviews(%s, %s)", asked.recruiter, heir)
    assert db.as_user(asked.recruiter).rows(SELECT) == []
    assert len(db.as_user(heir).rows(SELECT)) == 2
    rows = analysis_rows(db, submitted["response_id"])
    assert {row["recruiter_id"] for row in rows.values()} == {heir}


# ---- the interview's columns -----------------------------------------------------------------


def test_settings_of_an_interview(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter)
    sql = "update public.interviews set {} = %s where id = %s"
    for column, value in [("analysis", "all"), ("language", "english"), ("language", "en-GB")]:
        assert db.refused(sql.format(column), value, asked.interview).code == "23514"
    assert db.run(sql.format("language"), "de", asked.interview) == 1
    new = db.interview(asked.recruiter, analysis="off", language="fil")
    row = db.one("select analysis, language from public.interviews where id = %s", new)
    assert row == {"analysis": "off", "language": "fil"}


def test_created_with_settings(db: Database) -> None:
    recruiter = db.account()
    db.as_user(recruiter)
    create = "select public.create_interview(title => 'Mine', analysis => %s, language => %s)"
    for given, stored in [((None, None), ("transcripts", "en")), (("off", "de"), ("off", "de"))]:
        made = db.value(create, *given)
        row = db.one("select * from public.interviews where id = %s", made["interview_id"])
        assert (row["analysis"], row["language"]) == stored
    assert db.refused(create, "all", "en").slug == "invalid_analysis"
    assert db.refused(create, "off", "en-GB").slug == "invalid_language"


# ---- once more -------------------------------------------------------------------------------


def test_analyzed_again(db: Database, asked: Asked, submitted: Row) -> None:
    given = submitted["response_id"]
    db.as_user(asked.recruiter)
    assert db.refused(ANALYZE_AGAIN, given).slug == "analysis_in_progress"
    (job,) = claim(db, kinds=[TRANSCRIPT])
    assert db.as_user(asked.recruiter).refused(ANALYZE_AGAIN, given).slug == "analysis_in_progress"
    settle(db, job, "accepted", result=spoken("Before"))
    db.as_user(asked.candidate).run(CORRECT, "Mine", given)
    db.as_user(asked.recruiter)
    assert db.value(ANALYZE_AGAIN, given) == {"response_id": given, "status": "queued"}
    row = analysis_rows(db, given)["transcript"]
    assert (row["transcript"], row["words"], row["digest"]) == (None, None, None)
    transcribe(db, "After")
    row = analysis_rows(db, given)["transcript"]
    assert (row["transcript"], row["correction"]) == ("After", "Mine")


def test_a_failed_one_is_analyzed_again(db: Database, asked: Asked, submitted: Row) -> None:
    (job,) = claim(db, kinds=[TRANSCRIPT])
    settle(db, job, "failed", result={"problem": "engine_failed"}, error="out of memory")
    assert db.jobs(submitted["response_id"], TRANSCRIPT) == ["failed"]
    db.as_user(asked.recruiter).value(ANALYZE_AGAIN, submitted["response_id"])
    (again,) = claim(db, kinds=[TRANSCRIPT])
    assert again["attempts"] == 1
    assert settle(db, again, "accepted", result=spoken()) == 1


def test_whose_recordings_are_analyzed_again(db: Database, asked: Asked, submitted: Row) -> None:
    transcribe(db)
    given = submitted["response_id"]
    for other in [asked.candidate, db.account()]:
        assert db.as_user(other).refused(ANALYZE_AGAIN, given).slug == "response_not_found"
    db.as_user(asked.recruiter)
    assert db.refused(ANALYZE_AGAIN, uuid.uuid4()).slug == "response_not_found"
    change_interview(db, asked, "analysis", "off")
    assert db.refused(ANALYZE_AGAIN, given).slug == "analysis_off"
    change_interview(db, asked, "analysis", "transcripts")
    consent(db, asked.candidate, asked.interview, analysis=False)
    refusal = db.as_user(asked.recruiter).refused(ANALYZE_AGAIN, given)
    assert (refusal.code, refusal.slug) == ("PT409", "no_analysis_consent")


def test_not_before_it_is_submitted_nor_without_a_recording(db: Database, asked: Asked) -> None:
    consent(db, asked.candidate, asked.interview)
    take = record(db, asked.candidate, asked.questions[0])
    text = responses.write(db, asked.candidate, asked.questions[1], "In text")
    db.as_user(asked.recruiter)
    assert db.refused(ANALYZE_AGAIN, take["response_id"]).slug == "response_not_found"
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    db.as_user(asked.recruiter)
    assert db.refused(ANALYZE_AGAIN, text["response_id"]).slug == "response_not_found"
