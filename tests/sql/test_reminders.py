"""Reminders at their edges; test_run_maintenance.py has the ordinary course of things."""

import pytest

from tests.kit.database import Database, Scene, committed
from tests.sql.jobs import REMINDER, accept_all, maintain


def queued(db: Database) -> int:
    """How many reminders a run of the maintenance queues; they are sent then."""
    count: int = maintain(db)["reminders"]
    accept_all(db)
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
    past = 0
    # Around each full day: what was due earlier shows at the next look.
    for hour in (hour for hour in range(1, hours + 2) if hour % 24 in (22, 23, 0, 1)):
        db.pass_time(f"{hour - past} hours")
        past = hour
        found += [hour] * queued(db)
    assert found == reminded


def test_an_invite_too_young_for_a_reminder_is_not_looked_at_again(
    db: Database, scene: Scene
) -> None:
    with db.without_triggers():
        db.run("update public.interview_invites set expires_at = now() + interval '2 days'")
    assert queued(db) == 0
    assert db.as_owner().value("select reminded_for = '3 days' from public.interview_invites")


def test_a_deadline_before_the_expiry_is_what_counts(db: Database, scene: Scene) -> None:
    """Who was reminded of it is not reminded of their code as well."""
    with db.without_triggers():
        db.run(
            "update public.interviews"
            " set deadline = now() + interval '36 hours', reminded_for = '3 days'"
        )
        db.run(
            "update public.interview_invites set queued_at = now() - interval '9 days',"
            " reminded_at = now() - interval '36 hours', expires_at = now() + interval '70 hours'"
        )
    assert queued(db) == 0


def test_what_was_reminded_of_is_not_written_again(db: Database, scene: Scene) -> None:
    def versions() -> list[object]:
        sql = "select id, ctid::text from public.{} order by id"
        db.as_owner()
        return [db.rows(sql.format(table)) for table in ("interviews", "interview_invites")]

    other = db.interview(scene.recruiter, "Backend Developer")
    db.invite(scene.recruiter, other, "other@example.com")
    set_deadline(db, scene, "12 hours")
    with db.without_triggers():
        db.run(
            "update public.interview_invites set queued_at = now() - interval '9 days',"
            " expires_at = case interview_id when %s then now() + interval '12 hours'"
            " else expires_at end",
            other,
        )
    assert [queued(db), queued(db)] == [2, 0]
    before = versions()
    assert maintain(db)["reminders"] == 0 and versions() == before


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


def test_a_distance_that_is_added_later_counts_too(db: Database, scene: Scene) -> None:
    set_deadline(db, scene, "10 days")
    db.pass_time("7 days")
    assert queued(db) == 1
    with db.superuser():
        db.run("update private.settings set reminder_distances = '{3 days,2 days,1 day}'")
    db.pass_time("1 day")
    assert [queued(db), queued(db)] == [1, 0]


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


def test_an_inactive_interview_reminds_only_those_who_have_joined(
    db: Database, scene: Scene
) -> None:
    """Nobody new can join, and those who have may finish."""
    db.accept(scene.candidate, scene.code)
    db.invite(scene.recruiter, scene.interview, "second@example.com")
    set_deadline(db, scene, "10 days")
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    db.pass_time("8 days")
    maintain(db)
    participant = db.participant_row(scene.interview, scene.candidate)
    with db.superuser():
        row = db.one("select subject from private.jobs where kind = %s", REMINDER)
    assert row["subject"] == participant["id"]


# ---- what a run costs ------------------------------------------------------------------------


def rows_read(db: Database) -> int:
    """How many rows of invites and interviews this transaction has read so far."""
    count: int = db.value(
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer"
        " from pg_stat_xact_user_tables"
        " where relname in ('interview_invites', 'interviews')"
    )
    return count


@pytest.mark.parametrize("considered", [500, 5_000])
def test_a_run_reads_what_became_due_whatever_was_reminded_before(
    url: str, considered: int
) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.as_owner().value(
            "select public.create_invites(%s, %s)",
            scene.interview,
            [f"p{n}@example.com" for n in range(considered)],
        )
        db.pass_time("27 days 1 hour")
        assert maintain(db)["reminders"] == considered + 1
        accept_all(db)
        fresh = db.interview(scene.recruiter)
        db.as_owner().value(
            "select public.create_invites(%s, %s)", fresh, [f"n{n}@example.com" for n in range(10)]
        )
        with db.without_triggers():
            # As if six days had passed for these alone, which had eight.
            db.run(
                "update public.interview_invites set expires_at = now() + interval '2 days',"
                " queued_at = now() - interval '6 days' where interview_id = %s",
                fresh,
            )
    with committed(url) as db, db.superuser():
        db.run("analyze public.interview_invites, public.interviews")
    with committed(url) as db:
        before = rows_read(db)
        assert maintain(db)["reminders"] == 10
        # Found, locked and marked; with their interview.
        assert rows_read(db) - before <= 10 * 10
    with committed(url) as db:
        before = rows_read(db)
        assert maintain(db)["reminders"] == 0
        assert rows_read(db) - before <= 30


def test_an_invite_that_somebody_holds_is_reminded_in_the_next_run(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.pass_time("28 days")
    with committed(url) as holding, committed(url) as db:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        db.connection.execute("set local lock_timeout = '50ms'")
        assert maintain(db)["reminders"] == 0
    with committed(url) as db:
        assert maintain(db)["reminders"] == 1


def test_a_deadline_that_moves_again_and_again_mails_once_a_day(db: Database, scene: Scene) -> None:
    db.pass_time("3 days")
    reminded = 0
    for _ in range(30):
        db.pass_time("1 hour")
        set_deadline(db, scene, "23 hours")
        reminded += queued(db)
    assert reminded == 2


def test_a_reminder_whose_recipient_is_held_comes_with_the_next_run(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.pass_time("5 days")
        set_deadline(db, scene, "23 hours")
    run = "select public.run_maintenance() -> 'reminders'"
    with committed(url) as holder:
        holder.run("select from public.interview_invites for update")
        with committed(url) as db:
            assert db.as_service().value(run) == 0
    with committed(url) as db:
        assert db.as_service().value(run) == 1
        assert db.value(run) == 0


def test_reminding_waits_for_no_transfer(url: str) -> None:
    """The transfer holds the interview, and would wait for the invite: a deadlock."""
    with committed(url) as db:
        scene = db.scene()
        db.pass_time("28 days")
    with committed(url) as holder, committed(url) as db:
        holder.run("select from public.interviews where id = %s for update", scene.interview)
        db.connection.execute("set local lock_timeout = '50ms'")
        assert maintain(db)["reminders"] == 1
