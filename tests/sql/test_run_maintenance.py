"""run_maintenance: expiry, reminders, pruning."""

import uuid
from typing import Any

import pytest

from tests.kit.database import Database, Row, Scene, committed
from tests.kit.responses import COMPLETE
from tests.sql.jobs import REMINDER, claim, maintain, settle

NOTHING = {
    **{"expired": 0, "reminders": 0, "pruned": 0},
    **{"submitted": 0, "responses_expired": 0, "invites_expired": 0, "swept": 0},
}


def test_expires_what_is_overdue_and_frees_its_code(db: Database, scene: Scene) -> None:
    db.pass_time("29 days 23 hours")
    assert maintain(db)["expired"] == 0
    fresh = db.invite(scene.recruiter, scene.interview, "fresh@example.com")
    db.pass_time("1 hour")
    assert maintain(db)["expired"] == 1
    assert db.invite_row(scene.invite)["status"] == "expired"
    assert db.invite_row(fresh["invite_id"])["status"] == "pending"
    assert maintain(db)["expired"] == 0


def test_nothing_to_do(db: Database, scene: Scene) -> None:
    assert maintain(db) == NOTHING


def test_prunes_what_failed_a_while_ago(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    waiting = db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    db.as_service().value("select public.invite_candidates('{someone@example.com}')")
    (general,) = claim(db, kinds=["candidate_invitation"])
    settle(db, general, "failed", error="550")
    db.as_owner().run("update private.settings set reminder_distances = '{}'")
    db.pass_time("29 days 23 hours")
    assert maintain(db)["pruned"] == 0
    db.pass_time("1 hour 1 second")
    assert maintain(db)["pruned"] == 2
    assert db.jobs(scene.invite) == [] and db.jobs(general["subject"]) == []
    assert db.jobs(waiting["invite_id"]) == ["queued"]
    assert db.invite_row(scene.invite)["delivery_status"] == "failed"


def test_prunes_what_is_done_once_nothing_looks_at_it_any_more(db: Database, scene: Scene) -> None:
    """General invitations are not sent twice in ten minutes; a notice tells what came since."""
    db.accept(scene.candidate, scene.code)
    db.value(COMPLETE, scene.interview)
    db.as_service().value("select public.invite_candidates('{someone@example.com}')")
    db.pass_time("2 minutes")
    for mail in claim(db, kinds=["candidate_invitation", "candidate_completed"]):
        assert settle(db, mail, "accepted") == 1
    assert [after(db, passed, "pruned") for passed in ("9 minutes", "2 minutes")] == [0, 1]
    assert [after(db, passed, "pruned") for passed in ("48 minutes", "2 minutes")] == [0, 1]


def test_prunes_workers_and_counts(db: Database, scene: Scene) -> None:
    claim(db, kinds=[REMINDER])
    for days, left in [(1, 2), (1, 0)]:
        db.pass_time(f"{days} day 1 second")
        maintain(db)
        with db.superuser():
            counts = db.value("select count(*) from private.invite_counts")
            workers = db.value("select count(*) from private.job_workers")
        assert (counts, workers) == ((1, 0) if left else (0, 0))


def test_one_at_a_time_does_the_work(url: str) -> None:
    with committed(url) as first, committed(url) as second:
        assert maintain(first) == NOTHING
        assert maintain(second) == {"skipped": True}
        first.connection.commit()
        assert maintain(second) == NOTHING


# ---- reminders -------------------------------------------------------------------------------


def reminders(db: Database, outcome: str = "accepted") -> list[Row]:
    """What is sent; nothing waits any more."""
    mails = claim(db, batch=1000)
    for mail in mails:
        settle(db, mail, outcome)
    return [mail for mail in mails if mail["kind"] == REMINDER]


@pytest.fixture
def mailed(db: Database, scene: Scene) -> Scene:
    """The invitation has left."""
    assert reminders(db) == []
    return scene


def set_deadline(db: Database, scene: Scene, value: str) -> None:
    db.as_user(scene.recruiter).run(f"update public.interviews set deadline = {value}")


def after(db: Database, passed: str, what: str = "reminders") -> int:
    db.pass_time(passed)
    done: int = maintain(db)[what]
    return done


def test_before_the_expiry_at_the_distances(db: Database, mailed: Scene) -> None:
    assert after(db, "26 days 23 hours") == 0
    assert after(db, "1 hour") == 1
    assert after(db, "1 hour") == 0
    (mail,) = reminders(db)
    assert (mail["email"], mail["invite_code"]) == (mailed.email, mailed.code)
    assert after(db, "1 day 22 hours") == 0
    assert after(db, "1 hour") == 1
    assert len(reminders(db)) == 1
    assert after(db, "23 hours") == 0
    # What the recruiter sees of the invitation's delivery stays.
    assert db.invite_row(mailed.invite)["delivery_status"] == "accepted"


def test_a_reminder_that_fails_is_not_shown_as_the_invitation(db: Database, mailed: Scene) -> None:
    assert after(db, "27 days") == 1
    assert len(reminders(db, "failed")) == 1
    assert db.invite_row(mailed.invite)["delivery_status"] == "accepted"


def test_the_deadline_counts_when_it_is_earlier(db: Database, mailed: Scene) -> None:
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert after(db, "6 days 23 hours") == 0
    assert after(db, "1 hour") == 1
    # Moving it moves the reminders, and cancels the one that waits.
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert reminders(db) == []
    assert after(db, "7 days") == 1
    assert len(reminders(db)) == 1


def test_that_it_was_sent_is_remembered_without_its_job(db: Database, mailed: Scene) -> None:
    assert after(db, "29 days 1 hour") == 1
    assert len(reminders(db)) == 1
    assert db.jobs(mailed.invite) == []
    assert [after(db, "2 hours"), after(db, "2 hours"), after(db, "1 day")] == [0, 0, 0]


def test_after_a_pause_only_the_shortest_distance_counts(db: Database, mailed: Scene) -> None:
    assert after(db, "29 days 12 hours") == 1
    assert len(reminders(db)) == 1
    assert maintain(db)["reminders"] == 0


def test_none_for_who_was_mailed_lately(db: Database, mailed: Scene) -> None:
    set_deadline(db, mailed, "now() + interval '1 day 12 hours'")
    assert after(db, "12 hours") == 0
    assert after(db, "23 hours") == 0


def test_active_participants_before_the_deadline(db: Database, mailed: Scene) -> None:
    db.accept(mailed.candidate, mailed.code)
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert after(db, "7 days") == 1
    (mail,) = reminders(db)
    assert (mail["email"], mail["invite_code"]) == (mailed.email, None)
    assert after(db, "2 days") == 1


@pytest.mark.parametrize("call", ["complete_interview", "withdraw_from_interview"])
def test_who_is_done_gets_none(db: Database, mailed: Scene, call: str) -> None:
    db.accept(mailed.candidate, mailed.code)
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert after(db, "7 days") == 1
    db.as_user(mailed.candidate).value(f"select public.{call}(%s)", mailed.interview)
    assert reminders(db) == []
    assert after(db, "2 days") == 0


@pytest.mark.parametrize("change", ["status = 'completed'", "deadline = deadline + '10 days'"])
def test_a_participant_s_reminder_that_waits_is_dropped(
    db: Database, mailed: Scene, change: str
) -> None:
    db.accept(mailed.candidate, mailed.code)
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert after(db, "7 days") == 1
    db.as_user(mailed.recruiter).run(f"update public.interviews set {change}")
    assert reminders(db) == []


def test_a_participant_of_a_completed_interview_gets_none(db: Database, mailed: Scene) -> None:
    db.accept(mailed.candidate, mailed.code)
    set_deadline(db, mailed, "now() + interval '10 days'")
    db.as_user(mailed.recruiter).run("update public.interviews set status = 'completed'")
    assert after(db, "7 days") == 0


def test_a_participant_s_reminder_is_not_sent_after_the_deadline(
    db: Database, mailed: Scene
) -> None:
    db.accept(mailed.candidate, mailed.code)
    set_deadline(db, mailed, "now() + interval '10 days'")
    assert after(db, "7 days") == 1
    db.pass_time("3 days")
    assert reminders(db) == []


@pytest.mark.parametrize(
    "closing",
    [
        "update public.interviews set status = 'completed'",
        "select public.revoke_invite(%(invite)s)",
    ],  # noqa: E501
)
def test_none_after_closing(db: Database, mailed: Scene, closing: str) -> None:
    assert after(db, "27 days") == 1
    db.as_user(mailed.recruiter).run(closing, {"invite": mailed.invite})
    assert reminders(db) == []
    assert after(db, "2 days") == 0


def test_none_for_invites_of_the_first_version(db: Database, mailed: Scene) -> None:
    with db.without_triggers():
        db.run("update public.interview_invites set queued_at = null, delivery_status = null")
    assert after(db, "27 days") == 0


@pytest.mark.parametrize(
    ("distances", "days"), [("{}", []), ("{7 days}", [23]), ("{5 days,2 days,1 hour}", [25, 28])]
)  # noqa: E501
def test_the_distances_are_a_setting(
    db: Database, mailed: Scene, distances: str, days: list[int]
) -> None:
    db.as_owner().run("update private.settings set reminder_distances = %s", distances)
    sent: list[Any] = []
    for day in range(1, 30):
        sent += [day] * after(db, "1 day")
        reminders(db)
    assert sent == days


def test_two_recipients_of_one_interview(db: Database, mailed: Scene) -> None:
    second = db.invite(mailed.recruiter, mailed.interview, "second@example.com")
    reminders(db)
    assert after(db, "27 days") == 2
    emails = {mail["email"] for mail in reminders(db)}
    assert emails == {mailed.email, "second@example.com"}
    assert uuid.UUID(second["invite_id"]) != mailed.invite
