"""Settling jobs without waiting for anyone, and retrying failed ones."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Row, Scene, committed
from tests.sql.jobs import (
    GENERAL,
    INVITATION,
    MAILS,
    REMINDER,
    answer,
    claim,
    delivery,
    job_row,
    maintain,
    result,
    settle,
    status,
)

# ---- settling ------------------------------------------------------------------------------


def test_accepted(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert answer(db, result(mail, "accepted")) == {"settled": 1, "busy": []}
    assert db.jobs(scene.invite) == []
    assert delivery(db, scene) == ("accepted", None)
    assert db.invite_row(scene.invite)["delivery_at"] == db.value("select now()")
    # Only once.
    assert settle(db, mail, "failed") == 0
    db.pass_time("1 day")
    assert claim(db) == []


def test_failed_for_good(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "failed", error="550 5.1.1 no such user") == 1
    assert db.jobs(scene.invite) == ["failed"]
    assert delivery(db, scene) == ("failed", "550 5.1.1 no such user")
    db.pass_time("1 day")
    assert claim(db) == []
    # The recruiter sees it.
    db.as_user(scene.recruiter)
    assert db.value("select delivery_status from public.interview_invites") == "failed"


def test_tried_again_later(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy", retry_in=30) == 1
    assert delivery(db, scene) == ("queued", "450 busy")
    db.pass_time("29 seconds")
    assert claim(db) == []
    db.pass_time("1 second")
    (mail,) = claim(db)
    assert mail["attempts"] == 2
    assert settle(db, mail, "accepted") == 1
    assert delivery(db, scene) == ("accepted", None)


def test_given_back_unsent(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    before = db.invite_row(scene.invite)
    assert settle(db, mail, "released") == 1
    assert db.invite_row(scene.invite) == before
    (again,) = claim(db)
    assert (again["job_id"], again["attempts"]) == (mail["job_id"], 1)


def test_given_up_after_a_day_of_tries(db: Database, scene: Scene) -> None:
    for _ in range(5):
        (mail,) = claim(db)
        settle(db, mail, "retry", error="450 busy", retry_in=0)
        db.pass_time("4 hours 50 minutes")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 still busy", retry_in=0) == 1
    assert db.jobs(scene.invite) == ["failed"]
    assert delivery(db, scene) == ("failed", "450 still busy")


def test_not_given_up_when_it_only_waited(db: Database, scene: Scene) -> None:
    """After a long pause every email is old, but still gets its retries."""
    db.pass_time("3 days")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy") == 1
    assert db.jobs(scene.invite) == ["queued"]


@pytest.mark.parametrize(
    "results",
    [None, [], [{}], [{"job_id": 1, "outcome": "accepted"}]],
)
def test_results_that_mean_nothing(db: Database, scene: Scene, results: object) -> None:
    db.as_service()
    settled = db.value("select public.settle_jobs(%s)", None if results is None else Jsonb(results))
    assert settled == {"settled": 0, "busy": []}


def test_an_unknown_outcome_and_a_wrong_token_settle_nothing(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    for wrong in (
        result(mail, "delivered"),
        {**result(mail, "accepted"), "lease_token": str(uuid.uuid4())},
        {**result(mail, "accepted"), "lease_token": None},
        {**result(mail, "accepted"), "job_id": mail["job_id"] + 1},
    ):
        assert answer(db, wrong) == {"settled": 0, "busy": []}
    assert settle(db, mail, "accepted") == 1


def test_one_result_twice_settles_once(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert answer(db, *[result(mail, "accepted")] * 2)["settled"] == 1
    assert status(db)["accepted"] == 1


def test_correcting_deletes_the_job_and_a_late_settling_changes_nothing(
    db: Database, scene: Scene
) -> None:
    db.pass_time("1 minute")
    (mail,) = claim(db)
    db.as_user(scene.recruiter).value(
        "select public.correct_invite(%s, 'right@example.com')", scene.invite
    )
    before = db.invite_row(scene.invite)
    for outcome in ("accepted", "failed", "retry", "released"):
        assert answer(db, result(mail, outcome)) == {"settled": 0, "busy": []}
    assert db.invite_row(scene.invite) == before
    (again,) = claim(db)
    assert (again["email"], again["attempts"]) == ("right@example.com", 1)


# ---- settling never waits ------------------------------------------------------------------


@pytest.fixture
def leased(url: str) -> tuple[Scene, Row]:
    """A committed scene, and its one mail in the hands of a worker."""
    with committed(url) as db:
        scene = db.scene()
        (mail,) = claim(db, lease=3600)
    return scene, mail


def settle_at_once(url: str, job: Row, outcome: str, **more: Any) -> Row:
    """The answer of settle_jobs, which must not wait."""
    with committed(url) as db:
        db.connection.execute("set local lock_timeout = '50ms'")
        return answer(db, result(job, outcome, **more))


@pytest.mark.parametrize(
    ("outcome", "state", "left"), [("accepted", "done", []), ("failed", "failed", ["failed"])]
)
@pytest.mark.parametrize("shown_by", ["settling", "maintenance"])
def test_an_invite_that_somebody_holds_is_told_later(
    url: str, leased: tuple[Scene, Row], outcome: str, state: str, left: list[str], shown_by: str
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        settled = settle_at_once(url, mail, outcome, error="550 no such user")
        assert settled == {"settled": 1, "busy": []}
        # Nor does a call wait that updates other invites.
        assert settle_at_once(url, mail, outcome) == {"settled": 0, "busy": []}
        with committed(url) as db:
            assert db.jobs(scene.invite) == [state]
            assert delivery(db, scene) == ("queued", None)
            assert claim(db) == [], "it is not sent again"
    with committed(url) as db:
        if shown_by == "settling":
            assert answer(db) == {"settled": 0, "busy": []}
        else:
            maintain(db)
        assert delivery(db, scene) == (
            outcome,
            "550 no such user" if outcome == "failed" else None,
        )
        assert db.jobs(scene.invite) == left


def test_what_one_holds_for_long_stalls_nobody_else(url: str) -> None:
    """More settled mails of invites that are held than a settling looks at."""
    with committed(url) as db:
        scene, other = db.scene(), db.scene("other@example.com")
        emails = [f"p{n}@example.com" for n in range(250)]
        db.as_user(scene.recruiter).value(
            "select public.create_invites(%s, %s)", scene.interview, emails
        )
        jobs = claim(db, batch=1000, lease=3600)
    (theirs,) = (job for job in jobs if job["subject"] == str(other.invite))
    held = [result(job, "accepted") for job in jobs if job is not theirs]
    with committed(url) as holding:
        holding.run(
            "select from public.interview_invites where interview_id = %s for update",
            scene.interview,
        )
        with committed(url) as db:
            db.connection.execute("set local lock_timeout = '50ms'")
            assert answer(db, *held)["settled"] == 251
            assert answer(db, result(theirs, "accepted"))["settled"] == 1
            assert delivery(db, other) == ("accepted", None)
            assert delivery(db, scene) == ("queued", None)
    with committed(url) as db:
        for _ in range(3):
            answer(db)
        with db.superuser():
            assert db.value("select count(*) from private.jobs") == 0
            assert db.rows(
                "select delivery_status, count(*) as n from public.interview_invites group by 1"
            ) == [{"delivery_status": "accepted", "n": 252}]


def test_a_job_that_somebody_holds_is_named_busy_and_settled_by_repeating(
    url: str, leased: tuple[Scene, Row]
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from private.jobs where id = %s for update", mail["job_id"])
        assert settle_at_once(url, mail, "accepted") == {"settled": 0, "busy": [mail["job_id"]]}
    assert settle_at_once(url, mail, "accepted") == {"settled": 1, "busy": []}
    with committed(url) as db:
        assert delivery(db, scene) == ("accepted", None)


# ---- failed jobs again -----------------------------------------------------------------------


def retry(db: Database, since: str = "1 day", kinds: list[str] | None = None) -> int:
    db.as_service()
    row: Row = db.value("select public.retry_jobs(%s, now() - %s::interval)", kinds or MAILS, since)
    retried: int = row["retried"]
    return retried


def test_failed_jobs_are_queued_again(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("2 hours")
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours", [REMINDER]) == 0
    assert retry(db, "2 hours") == 1
    assert delivery(db, scene) == ("queued", None)
    (mail,) = claim(db)
    assert mail["attempts"] == 1
    settle(db, mail, "accepted")
    assert retry(db) == 0


def test_those_that_failed_earlier_are_left(db: Database, scene: Scene) -> None:
    """With or without an invite, before and after maintenance."""
    db.as_service().value("select public.invite_candidates('{someone@example.com}')")
    for mail in claim(db):
        settle(db, mail, "failed", error="550")
    db.pass_time("2 hours")
    maintain(db)
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours") == 2
    assert sorted(job["kind"] for job in claim(db)) == [GENERAL, INVITATION]


def test_what_is_sent_again_by_other_means_is_not_retried(db: Database, scene: Scene) -> None:
    """There is one mail of an invite: it waits, was accepted, or failed."""
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert db.jobs(scene.invite) == ["queued"]
    assert retry(db) == 0
    settle(db, claim(db)[0], "accepted")
    assert retry(db) == 0
    assert claim(db) == []


def test_a_retried_job_that_is_no_longer_wanted_is_dropped(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.accept(scene.candidate, scene.code)
    assert retry(db) == 1
    assert claim(db) == [] and db.jobs(scene.invite) == []


def test_a_held_invite_that_failed_is_retried_all_the_same(
    url: str, leased: tuple[Scene, Row]
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        settle_at_once(url, mail, "failed", error="550")
        with pytest.raises(psycopg.errors.LockNotAvailable), committed(url) as db:
            db.connection.execute("set local lock_timeout = '50ms'")
            retry(db)
    with committed(url) as db:
        assert retry(db) == 1
        answer(db)
        assert delivery(db, scene) == ("queued", None)
        assert len(claim(db)) == 1


def test_a_settled_job_keeps_its_last_error(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "retry", error="4" * 2_000, retry_in=0)
    assert job_row(db, mail)["last_error"] == "4" * 1_000
    (mail,) = claim(db)
    settle(db, mail, "failed")
    assert delivery(db, scene) == ("failed", "4" * 1_000)


def test_what_is_settled_of_an_invite_that_is_gone_is_dropped(db: Database) -> None:
    with db.superuser():
        db.run(
            "insert into private.jobs (kind, lane, subject, done_at)"
            " values (%s, gen_random_uuid(), gen_random_uuid(), now())",
            INVITATION,
        )
    maintain(db)
    with db.superuser():
        assert db.rows("select from private.jobs") == []


def test_many_attempts_in_a_short_time_are_not_given_up(db: Database, scene: Scene) -> None:
    with db.superuser():
        db.run("update private.jobs set attempts = 9")
    (job,) = claim(db)
    settle(db, job, "retry", error="450")
    assert db.jobs(scene.invite) == ["queued"]
