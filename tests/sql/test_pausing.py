"""Pausing jobs, and their status."""

import pytest

from tests.kit.database import Database, Scene
from tests.sql.jobs import (
    GENERAL,
    INVITATION,
    MAILS,
    NOBODY,
    REMINDER,
    claim,
    queue,
    settle,
    status,
)


def pause(db: Database, reason: str, seconds: int, *kinds: str) -> None:
    db.as_service().value(
        "select public.pause_jobs(%s, %s, %s)", list(kinds or MAILS), reason, seconds
    )


def test_pausing_keeps_every_job(db: Database, scene: Scene) -> None:
    pause(db, "535 wrong password", 600)
    assert claim(db) == []
    assert db.jobs(scene.invite) == ["queued"]
    assert status(db)["paused_reason"] == "535 wrong password"
    db.pass_time("600 seconds")
    assert (status(db)["paused_reason"], status(db)["paused_until"]) == (None, None)
    assert len(claim(db)) == 1


def test_resuming_ends_a_pause(db: Database, scene: Scene) -> None:
    pause(db, "a reason", 600)
    db.value("select public.resume_jobs(%s)", MAILS)
    assert status(db)["paused_until"] is None
    assert len(claim(db)) == 1


def test_a_pause_of_some_kinds_leaves_the_others(db: Database, scene: Scene) -> None:
    queue(db, NOBODY, 1)
    pause(db, "a reason", 600, INVITATION, INVITATION)
    assert [job["kind"] for job in claim(db)] == [GENERAL]
    assert claim(db) == []
    assert (status(db, GENERAL)["paused_until"], status(db, INVITATION)["paused_reason"]) == (
        None,
        "a reason",
    )
    db.value("select public.resume_jobs(%s)", [GENERAL])
    assert claim(db) == []
    db.as_service().value("select public.resume_jobs(%s)", [INVITATION])
    assert [job["kind"] for job in claim(db)] == [INVITATION]


def test_the_status(db: Database, scene: Scene) -> None:
    nobody = {"workers": 0, "last_seen_seconds": None, "paused_until": None, "paused_reason": None}
    never = {"accepted": 0, "failed": 0, "retried": 0}
    assert status(db) == {"queued": 1, "oldest_seconds": 0, "late_seconds": 0, **never, **nobody}
    db.pass_time("90 seconds")
    assert {"oldest_seconds": 90, "late_seconds": 90}.items() <= status(db).items()
    (mail,) = claim(db)
    assert status(db)["late_seconds"] == 0, "somebody has it"
    settle(db, mail, "retry", retry_in=0)
    for worker in ("one", "two"):
        for mail in claim(db, worker=worker):
            settle(db, mail, "accepted")
    done = {"queued": 0, "oldest_seconds": None, "accepted": 1, "failed": 0, "retried": 1}
    assert {**done, "workers": 3, "last_seen_seconds": 0}.items() <= status(db).items()
    db.pass_time("61 seconds")
    assert {"workers": 0, "last_seen_seconds": 61}.items() <= status(db).items()
    claim(db)
    assert {"workers": 1, "last_seen_seconds": 0}.items() <= status(db).items()


def test_the_status_is_of_the_kinds_asked_for(db: Database, scene: Scene) -> None:
    queue(db, NOBODY, 2)
    assert [status(db, kind)["queued"] for kind in MAILS] == [1, 0, 2]
    claim(db, kinds=[GENERAL], batch=1)
    assert [status(db, kind)["workers"] for kind in MAILS] == [0, 0, 1]
    for job in claim(db, kinds=[INVITATION]):
        settle(db, job, "failed")
    assert [status(db, kind)["failed"] for kind in MAILS] == [1, 0, 0]
    assert status(db)["queued"] == 2
    assert status(db, "newsletter")["queued"] == 0


@pytest.mark.parametrize("who", ["recruiter", "service"])
def test_what_recruiters_and_the_service_see_of_sending(
    db: Database, scene: Scene, who: str
) -> None:
    def state() -> str:
        caller = db.as_user(scene.recruiter) if who == "recruiter" else db.as_service()
        text: str = caller.value("select public.delivery_state()")
        return text

    assert state() == "stopped"
    claim(db, kinds=[REMINDER, GENERAL])
    assert state() == "stopped", "who sends other mails sends no invitations"
    claim(db)
    assert state() == "sending"
    pause(db, "a reason", 30, REMINDER)
    assert state() == "sending"
    pause(db, "a reason", 30)
    assert state() == "paused"
    db.pass_time("61 seconds")
    assert state() == "stopped"


def test_a_heartbeat_is_written_every_five_seconds(db: Database) -> None:
    def beat() -> str:
        with db.superuser():
            return str(db.value("select (ctid, seen_at) from private.job_workers"))

    claim(db, worker="one", kinds=[INVITATION])
    for seconds, written in [(0, False), (4, False), (2, True)]:
        db.pass_time(f"{seconds} seconds")
        before = beat()
        claim(db, worker="one", kinds=[INVITATION])
        assert (beat() != before) == written


def test_a_heartbeat_is_per_worker_and_kind(db: Database) -> None:
    claim(db, worker="one", kinds=[INVITATION, REMINDER, INVITATION])
    claim(db, worker="two", kinds=[INVITATION])
    with db.superuser():
        beats = db.rows("select worker, kind from private.job_workers order by 1, 2")
    assert [(row["worker"], row["kind"]) for row in beats] == [
        ("one", INVITATION),
        ("one", REMINDER),
        ("two", INVITATION),
    ]
