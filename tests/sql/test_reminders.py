"""Reminders at their edges; test_run_maintenance.py has the ordinary course of things."""

import pytest

from tests.database import Database, Row, Scene


def queued(db: Database) -> int:
    """How many reminders a run of the maintenance queues; they are sent then."""
    db.as_service()
    row: Row = db.value("select public.run_maintenance()")
    with db.superuser():
        db.run(
            "update private.outbox set status = 'accepted', settled_at = now()"
            " where status = 'queued'"
        )
    count: int = row["reminders"]
    return count


def set_deadline(db: Database, scene: Scene, away: str | None) -> None:
    """The recruiter sets the deadline to so long from now, or to what it was if it is a time."""
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = now() + %s::interval where id = %s",
        away,
        scene.interview,
    )


def deadline(db: Database, scene: Scene) -> object:
    """The interview's deadline."""
    db.as_user(scene.recruiter)
    return db.value("select deadline from public.interviews where id = %s", scene.interview)


@pytest.mark.parametrize(
    ("hours", "reminded"),
    # Due 3 days before, if the invite is 3 days old by then; and so for 1 day.
    [(6 * 24, [3 * 24, 5 * 24]), (6 * 24 - 1, [5 * 24 - 1]), (2 * 24, [24]), (2 * 24 - 1, [])],
)
def test_none_when_the_invite_is_younger_than_the_distance(
    db: Database, scene: Scene, hours: int, reminded: list[int]
) -> None:
    set_deadline(db, scene, f"{hours} hours")
    found = []
    for hour in range(1, hours + 2):
        db.pass_time("1 hour")
        found += [hour] * queued(db)
    assert found == reminded


def test_never_twice_for_the_same_time(db: Database, scene: Scene) -> None:
    set_deadline(db, scene, "10 days")
    first = deadline(db, scene)
    db.pass_time("8 days")
    assert queued(db) == 1
    first = deadline(db, scene)
    set_deadline(db, scene, "20 days")
    assert queued(db) == 0
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = %s where id = %s", first, scene.interview
    )
    assert queued(db) == 0, "back to a time that was reminded of"
    db.pass_time("1 day 1 hour")
    assert queued(db) == 1, "the next distance"
    assert queued(db) == 0


def test_none_of_a_distance_that_is_longer_than_one_reminded_of(db: Database, scene: Scene) -> None:
    set_deadline(db, scene, "10 days")
    db.pass_time("9 days 1 minute")
    assert queued(db) == 1
    with db.superuser():
        db.run("update private.settings set reminder_distances = '{3 days}'")
    assert queued(db) == 0


def test_none_once_the_deadline_has_passed(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.invite(scene.recruiter, scene.interview, "second@example.com")
    set_deadline(db, scene, "10 days")
    db.pass_time("10 days 1 minute")
    assert queued(db) == 0


def test_none_for_an_overdue_invite_that_has_not_expired_yet(db: Database, scene: Scene) -> None:
    """The maintenance expires it before, unless somebody holds it."""
    set_deadline(db, scene, "31 days")
    db.pass_time("30 days 1 minute")
    with db.superuser():
        assert db.value("select private.queue_reminders()") == 0


def test_an_inactive_interview_reminds_only_whoever_has_joined(db: Database, scene: Scene) -> None:
    """Nobody new can join, and those who have may finish."""
    db.accept(scene.candidate, scene.code)
    db.invite(scene.recruiter, scene.interview, "second@example.com")
    set_deadline(db, scene, "10 days")
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    db.pass_time("8 days")
    assert queued(db) == 1
    with db.superuser():
        row = db.one("select invite_id from private.outbox where mail = 'interview_reminder'")
    assert row["invite_id"] is None, "the participant"
