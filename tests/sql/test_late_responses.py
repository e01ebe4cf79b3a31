"""What maintenance does with responses because time passes: reminds, submits, deletes, sweeps."""

from typing import Any

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, DELETE, WITHDRAW, Asked, record, write
from tests.sql.jobs import SUBMISSION, claim, maintain, settle


@pytest.fixture(autouse=True)
def _nothing_is_left(nothing_is_left: None) -> None:
    """No test here leaves an object without a response or job."""


@pytest.fixture
def due(db: Database, scene: Scene) -> Asked:
    """Two questions, the first one required; the deadline is in an hour."""
    soon = db.as_owner().value("select now() + interval '1 hour'")
    return responses.ask(db, scene, {"required": True}, {}, deadline=soon)


def reminders(db: Database) -> list[Row]:
    """The mails about submitting that a worker is given."""
    return claim(db, kinds=[SUBMISSION])


def status(db: Database, asked: Asked) -> str:
    """What has become of the participant."""
    said: str = db.participant_row(asked.interview, asked.candidate)["status"]
    return said


# ---- the reminder ----------------------------------------------------------------------------


def test_who_has_answered_is_told_once_that_the_deadline_has_passed(
    db: Database, due: Asked
) -> None:
    record(db, due.candidate, due.questions[0])
    maintain(db)
    assert reminders(db) == []
    db.pass_time("61 minutes")
    maintain(db)
    (mail,) = reminders(db)
    assert {
        "kind": SUBMISSION,
        "email": due.email,
        "interview_title": "Frontend Developer",
        "recruiter_name": "Rita Recruiter",
        "answered": 1,
        "questions": 2,
        "invite_code": None,
        "path": None,
    }.items() <= mail.items()
    deadline = "select deadline + %s::interval from public.interviews"
    assert mail["deadline"] == db.as_owner().value(f"select to_jsonb(({deadline}))", "0")
    assert mail["submit_until"] == db.value(f"select to_jsonb(({deadline}))", "1 day")
    maintain(db)
    assert reminders(db) == []
    assert settle(db, mail, "accepted") == 1
    db.pass_time("1 hour")
    maintain(db)
    assert reminders(db) == []


def test_a_deadline_that_moves_into_the_past_again_and_again_mails_once_a_day(
    db: Database, due: Asked
) -> None:
    record(db, due.candidate, due.questions[0])
    db.pass_time("61 minutes")
    mails = 0
    for _ in range(30):
        past = db.as_owner().value("select now() - interval '1 minute'")
        responses.change_interview(db, due, "deadline", past)
        maintain(db)
        for mail in reminders(db):
            mails += settle(db, mail, "accepted")
        db.pass_time("1 hour")
    assert mails == 2


def test_a_later_deadline_has_a_reminder_of_its_own(db: Database, due: Asked) -> None:
    record(db, due.candidate, due.questions[0])
    db.pass_time("61 minutes")
    maintain(db)
    settle(db, reminders(db)[0], "accepted")
    tomorrow = db.as_owner().value("select now() + interval '1 day'")
    responses.change_interview(db, due, "deadline", tomorrow)
    maintain(db)
    assert reminders(db) == []
    db.pass_time("1 day 1 minute")
    maintain(db)
    assert len(reminders(db)) == 1


@pytest.mark.parametrize("before", ["nothing", "only started", "submitted", "withdrew", "deleted"])
def test_no_reminder_for_who_has_nothing_to_submit(db: Database, due: Asked, before: str) -> None:
    if before == "only started":
        responses.start(db, due.candidate, due.questions[0])
    elif before != "nothing":
        record(db, due.candidate, due.questions[0])
        end = {"submitted": COMPLETE, "withdrew": WITHDRAW, "deleted": DELETE}[before]
        db.value(end, due.interview)
    db.pass_time("61 minutes")
    maintain(db)
    assert db.jobs(due.participant, SUBMISSION) == []


def test_no_reminder_when_it_is_too_late(db: Database, due: Asked) -> None:
    """Maintenance has not run for two days."""
    record(db, due.candidate, due.questions[0])
    db.pass_time("2 days")
    done = maintain(db)
    assert (done["reminders"], done["submitted"]) == (0, 1)


@pytest.mark.parametrize(
    "change", ["submitted", "withdrew", "deleted", "too late", "extended", "closed"]
)
def test_a_reminder_that_is_no_longer_wanted_is_dropped(
    db: Database, due: Asked, change: str
) -> None:
    record(db, due.candidate, due.questions[0])
    db.pass_time("61 minutes")
    maintain(db)
    db.as_user(due.candidate)
    if change == "too late":
        db.pass_time("1 day")
    elif change == "extended":
        later = db.value("select now() + interval '1 day'")
        responses.change_interview(db, due, "deadline", later)
    elif change == "closed":
        responses.change_interview(db, due, "status", "completed")
    else:
        end = {"submitted": COMPLETE, "withdrew": WITHDRAW, "deleted": DELETE}[change]
        db.value(end, due.interview)
    assert reminders(db) == []
    assert db.jobs(due.participant, SUBMISSION) == [], "and the job is gone"


# ---- submitting late -------------------------------------------------------------------------


def test_they_may_submit_for_a_day_themselves(db: Database, due: Asked) -> None:
    record(db, due.candidate, due.questions[0])
    db.pass_time("1 day 59 minutes")
    db.as_user(due.candidate).value(COMPLETE, due.interview)
    assert status(db, due) == "completed"


def test_after_that_maintenance_submits_for_them(db: Database, due: Asked) -> None:
    take = record(db, due.candidate, due.questions[0])
    db.pass_time("1 day 59 minutes")
    assert maintain(db)["submitted"] == 0
    db.pass_time("2 minutes")
    refusal = db.as_user(due.candidate).refused(COMPLETE, due.interview)
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")
    assert maintain(db)["submitted"] == 1
    assert status(db, due) == "completed"
    assert db.invite_row(due.invite)["status"] == "completed"
    row = responses.response_row(db, take["response_id"])
    assert (row["status"], row["submitted_at"]) == ("uploaded", db.value("select now()"))
    assert maintain(db)["submitted"] == 0


def test_not_for_whom_a_required_answer_is_missing(db: Database, due: Asked) -> None:
    """The recruiter sees how many they answered, never what, and may extend the deadline."""
    write(db, due.candidate, due.questions[1], "Because.")
    db.pass_time("2 days 2 hours")
    assert maintain(db)["submitted"] == 0
    assert status(db, due) == "active"
    stage = "select deadline_stage from public.interviews"
    assert db.as_owner().value(stage) == 2, "nobody is looked for again"
    db.as_user(due.recruiter)
    assert db.value("select answered from public.interview_participants") == 1
    assert db.rows("select from public.interview_responses") == []
    later = db.value("select now() + interval '1 hour'")
    responses.change_interview(db, due, "deadline", later)
    record(db, due.candidate, due.questions[0])
    db.pass_time("1 day 2 hours")
    assert maintain(db)["submitted"] == 1


@pytest.mark.parametrize("before", ["nothing", "withdrew", "deleted", "closed"])
def test_nobody_else_is_submitted(db: Database, due: Asked, before: str) -> None:
    db.as_user(due.recruiter).run("update public.interview_questions set required = false")
    if before != "nothing":
        record(db, due.candidate, due.questions[0])
    if before == "closed":
        responses.change_interview(db, due, "status", "completed")
    elif before != "nothing":
        db.value({"withdrew": WITHDRAW, "deleted": DELETE}[before], due.interview)
    was = status(db, due)
    db.pass_time("2 days 2 hours")
    assert maintain(db)["submitted"] == 0
    assert status(db, due) == was


def test_interviews_without_a_deadline_wait(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("100 days")
    did = maintain(db)
    assert (did["submitted"], did["responses_expired"], did["swept"]) == (0, 0, 0)
    assert status(db, asked) == "active"


def test_who_has_not_answered_has_ten_minutes_as_before(db: Database, scene: Scene) -> None:
    """Candidates of an existing frontend, who answer elsewhere."""
    db.accept(scene.candidate, scene.code)
    soon = db.value("select now() + interval '1 hour'")
    responses.change_interview(db, scene, "deadline", soon)
    db.pass_time("1 hour 9 minutes")
    maintain(db)
    with db.connection.transaction(force_rollback=True):
        db.as_user(scene.candidate).value(COMPLETE, scene.interview)
    db.pass_time("2 minutes")
    refusal = db.as_user(scene.candidate).refused(COMPLETE, scene.interview)
    assert refusal.slug == "interview_closed"


# ---- deleting --------------------------------------------------------------------------------


def test_responses_are_deleted_180_days_after_submitting(db: Database, asked: Asked) -> None:
    path = record(db, asked.candidate, asked.questions[0])["path"]
    write(db, asked.candidate, asked.questions[1], "Because.")
    db.pass_time("100 days")
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    db.pass_time("179 days")
    assert maintain(db)["responses_expired"] == 0
    db.pass_time("1 day")
    assert maintain(db)["responses_expired"] == 2
    row = db.participant_row(asked.interview, asked.candidate)
    assert (row["status"], row["answered"]) == ("completed", 0)
    assert row["responses_expired_at"] == db.value("select now()")
    assert row["responses_deleted_at"] is None
    assert responses.removals(db) == [path]
    db.pass_time("1 day")
    assert maintain(db)["responses_expired"] == 0


def test_where_nobody_submitted_the_last_take_counts(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("100 days")
    responses.start(db, asked.candidate, asked.questions[1])
    db.pass_time("100 days")
    assert maintain(db)["responses_expired"] == 0
    responses.change_settings(db, "responses_kept_for", "100 days")
    assert maintain(db)["responses_expired"] == 2
    record(db, asked.candidate, asked.questions[0])
    assert status(db, asked) == "active", "and may answer again"


def test_each_participant_has_a_time_of_their_own(db: Database, asked: Asked) -> None:
    other = responses.ask(db, db.scene("other@example.com"), {})
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("100 days")
    record(db, other.candidate, other.questions[0])
    db.pass_time("90 days")
    assert maintain(db)["responses_expired"] == 1
    assert responses.states(db, asked.participant) == []
    assert responses.states(db, other.participant) == ["video uploaded"]


def test_counts_of_bytes_are_kept_for_two_days(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    for kept in [1, 1, 0]:
        maintain(db)
        with db.superuser():
            assert db.value("select count(*) from private.storage_counts") == kept
        db.pass_time("1 day")


# ---- sweeping --------------------------------------------------------------------------------


def put_by_force(db: Database, *paths: str) -> None:
    """Objects that were in the bucket before the trigger, or came past it."""
    with db.without_triggers():
        for path in paths:
            db.run(responses.INSERT, *responses.row_of(path, responses.stored()))


def test_what_belongs_to_nobody_is_found_once_a_day(db: Database, asked: Asked) -> None:
    kept = record(db, asked.candidate, asked.questions[0])["path"]
    old = record(db, asked.candidate, asked.questions[1])["path"]
    record(db, asked.candidate, asked.questions[1])
    put_by_force(db, "stray.webm", f"{asked.interview}/x/y.webm")
    assert maintain(db)["swept"] == 2
    assert sorted(responses.removals(db)) == sorted(
        [old, "stray.webm", f"{asked.interview}/x/y.webm"]
    )
    put_by_force(db, "another.webm")
    assert maintain(db)["swept"] == 0
    db.pass_time("1 day 1 minute")
    assert maintain(db)["swept"] == 1
    jobs = claim(db, kinds=[responses.REMOVAL])
    assert {(job["bucket"], job["path"]) for job in jobs} == {
        ("interview-responses", path) for path in responses.removals(db)
    }
    assert kept not in {job["path"] for job in jobs}


def test_a_removal_that_was_given_up_is_queued_again(db: Database, asked: Asked) -> None:
    """The object is still there, whether or not the failed job is."""
    record(db, asked.candidate, asked.questions[0])
    record(db, asked.candidate, asked.questions[0])
    (job,) = claim(db, kinds=[responses.REMOVAL])
    settle(db, job, "failed", error="no permission")
    assert maintain(db)["swept"] == 1
    assert responses.removals(db) == [job["path"]]
    assert len(claim(db, kinds=[responses.REMOVAL])) == 1


@pytest.mark.parametrize("statement", ["drop schema storage cascade"])
def test_maintenance_without_storage(db: Database, asked: Asked, statement: str) -> None:
    record(db, asked.candidate, asked.questions[0])
    with responses.without_storage(db, statement):
        assert maintain(db)["swept"] == 0
        db.pass_time("181 days")
        assert maintain(db)["responses_expired"] == 1


def test_a_removed_object_needs_no_job_any_more(db: Database, asked: Asked) -> None:
    """The worker removes the object by the Storage API, then settles."""
    path = record(db, asked.candidate, asked.questions[0])["path"]
    db.value(DELETE, asked.interview)
    (job,) = claim(db, kinds=[responses.REMOVAL])
    assert (job["path"], job["subject"] is not None) == (path, True)
    db.as_service().run("set local storage.allow_delete_query = 'true'")
    assert db.run("delete from storage.objects where name = %s", path) == 1
    db.run("set local storage.allow_delete_query = 'false'")
    assert settle(db, job, "accepted") == 1
    assert responses.removals(db) == []


def test_figures_for_monitoring(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0], size=5)
    record(db, asked.candidate, asked.questions[0], size=7)
    write(db, asked.candidate, asked.questions[1], "Because.")
    responses.start(db, asked.candidate, asked.questions[0])
    figures: dict[str, Any] = db.as_service().value("select public.responses_status()")
    assert figures == {
        "held_bytes": 7,
        "held_responses": 2,
        "awaited": 1,
        "uploaded_bytes_today": 12,
    }
