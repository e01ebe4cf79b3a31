"""Which reminders may go to an address, no matter what is moved, by whom, and how often."""

import uuid

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import Asked, record
from tests.sql.jobs import (
    INVITATION,
    MAILS,
    REMINDER,
    SUBMISSION,
    claim,
    delivery,
    maintain,
    settle,
)

KINDS = [*MAILS, SUBMISSION]
REMINDERS = [REMINDER, SUBMISSION]


def sent(db: Database) -> list[Row]:
    """The reminders that go out after a run of the maintenance; everything is accepted."""
    maintain(db)
    mails = claim(db, batch=1000, kinds=KINDS)
    for mail in mails:
        settle(db, mail, "accepted")
    return [mail for mail in mails if mail["kind"] in REMINDERS]


def addresses(db: Database) -> list[str]:
    return sorted(mail["email"] for mail in sent(db))


def invite_all(db: Database, scene: Scene, count: int) -> None:
    for number in range(count):
        db.invite(scene.recruiter, scene.interview, f"person{number}@example.com")


def set_deadline(db: Database, scene: Scene | Asked, away: str) -> None:
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = now() + %s::interval where id = %s",
        away,
        scene.interview,
    )


def another(db: Database, scene: Scene, recruiter: uuid.UUID | None = None) -> uuid.UUID:
    """Another interview to which the same person is invited."""
    interview = db.interview(recruiter or scene.recruiter, "Another one")
    db.invite(recruiter or scene.recruiter, interview, scene.email)
    return interview


def close_soon(db: Database, away: str = "23 hours") -> None:
    """All interviews have this deadline."""
    db.as_owner().run("update public.interviews set deadline = now() + %s::interval", away)


# ---- a day apart -----------------------------------------------------------------------------


@pytest.mark.parametrize("aways", [["23 hours"], ["2 days", "20 hours", "60 hours", "3 hours"]])
def test_moving_the_deadline_sends_one_reminder_a_day(
    db: Database, scene: Scene, aways: list[str]
) -> None:
    invite_all(db, scene, 4)
    db.pass_time("7 days")
    found = 0
    for number in range(20):
        set_deadline(db, scene, aways[number % len(aways)])
        found += len(sent(db))
        db.pass_time("5 minutes")
    assert found == 5
    db.pass_time("1 day")
    set_deadline(db, scene, "23 hours")
    assert len(sent(db)) == 5


def test_moving_the_expiry_sends_one_a_day(db: Database, scene: Scene) -> None:
    db.pass_time("7 days")
    found = 0
    for number in range(10):
        db.as_owner().run(
            "update public.interview_invites set expires_at = now() + %s::interval",
            f"{20 + number % 3} hours",
        )
        found += len(sent(db))
        db.pass_time("5 minutes")
    assert found == 1


def test_the_deadline_that_passes_again_and_again_reminds_of_submitting_once_a_day(
    db: Database, scene: Scene
) -> None:
    asked = responses.ask(db, scene, {}, {})
    record(db, asked.candidate, asked.questions[0])
    found = []
    for hour in range(22):
        set_deadline(db, asked, "1 hour")
        found += [hour] * len(sent(db))
        set_deadline(db, asked, "-1 minute")
        found += [hour] * len(sent(db))
        db.pass_time("1 hour")
    assert found == [0]
    db.pass_time("1 hour")
    assert len(sent(db)) == 1


def test_a_reminder_of_submitting_waits_for_a_day_after_another(db: Database, scene: Scene) -> None:
    asked = responses.ask(db, scene, {}, {})
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("7 days")
    set_deadline(db, asked, "2 hours")
    assert [mail["kind"] for mail in sent(db)] == [REMINDER]
    db.pass_time("3 hours")
    assert sent(db) == []
    db.pass_time("19 hours 59 minutes")
    assert sent(db) == []
    db.pass_time("2 minutes")
    assert [mail["kind"] for mail in sent(db)] == [SUBMISSION]


def test_several_interviews_of_a_recruiter_remind_one_person_a_day_apart(
    db: Database, scene: Scene
) -> None:
    another(db, scene)
    another(db, scene)
    db.pass_time("7 days")
    close_soon(db, "71 hours")
    titles = [[mail["interview_title"] for mail in sent(db)]]
    for _ in range(5):
        db.pass_time("11 hours 30 minutes")
        titles.append([mail["interview_title"] for mail in sent(db)])
    # At 71, 48 and 25 hours before the deadline, the last with the distance of a day.
    assert [len(some) for some in titles] == [1, 0, 1, 0, 1, 0]


def test_what_is_put_off_is_not_sent_when_it_has_become_needless(
    db: Database, scene: Scene
) -> None:
    another(db, scene)
    db.pass_time("7 days")
    close_soon(db, "10 hours")
    assert len(sent(db)) == 1
    with db.superuser():
        status = db.value("select public.jobs_status(%s)", REMINDERS)
    assert (status["queued"], status["oldest_seconds"], status["late_seconds"]) == (1, 0, 0)
    db.pass_time("23 hours")
    assert sent(db) == []
    with db.superuser():
        assert db.value("select count(*) from private.jobs") == 0


def test_another_recruiter_s_reminder_does_not_wait(db: Database, scene: Scene) -> None:
    another(db, scene, db.account())
    db.pass_time("7 days")
    close_soon(db)
    assert addresses(db) == [scene.email] * 2


def test_joining_is_no_way_to_a_second_reminder(db: Database, scene: Scene) -> None:
    db.pass_time("7 days")
    set_deadline(db, scene, "30 hours")
    assert len(sent(db)) == 1
    db.accept(scene.candidate, scene.code)
    with db.without_triggers():
        db.run("update public.interview_participants set joined_at = now() - interval '7 days'")
    set_deadline(db, scene, "20 hours")
    assert sent(db) == []


def test_after_a_transfer_the_day_goes_on(db: Database, scene: Scene) -> None:
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    assert len(sent(db)) == 1
    heir = db.account()
    db.as_service().value("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
    db.as_user(heir).run("update public.interviews set deadline = now() + interval '22 hours'")
    assert sent(db) == []


@pytest.mark.parametrize("by", ["the recruiter", "the candidate"])
def test_sending_the_code_again_brings_no_reminder(db: Database, scene: Scene, by: str) -> None:
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    if by == "the recruiter":
        db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    else:
        db.as_user(scene.candidate).value("select public.resend_my_codes()")
    assert sent(db) == []


# ---- addresses that were refused -------------------------------------------------------------


def fail(db: Database, invite: uuid.UUID) -> None:
    (mail,) = [m for m in claim(db, kinds=[INVITATION]) if m["subject"] == str(invite)]
    settle(db, mail, "failed", error="550 no such user")


def test_none_to_an_address_that_was_refused(db: Database, scene: Scene) -> None:
    invite_all(db, scene, 1)
    fail(db, scene.invite)
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    assert addresses(db) == ["person0@example.com"]
    db.pass_time("30 days")
    assert sent(db) == []
    assert delivery(db, scene) == ("failed", "550 no such user")


def test_none_of_those_that_wait_when_the_address_is_refused(db: Database, scene: Scene) -> None:
    sent(db)
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    maintain(db)
    db.invite(scene.recruiter, another(db, scene), scene.email)
    (mail,) = claim(db, kinds=[INVITATION])
    settle(db, mail, "failed", error="550")
    assert claim(db, kinds=REMINDERS) == []


def test_none_to_a_participant_whose_address_was_refused(db: Database, scene: Scene) -> None:
    fail(db, scene.invite)
    db.accept(scene.candidate, scene.code)
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    assert sent(db) == []


def test_none_about_submitting_to_an_address_that_was_refused(db: Database, scene: Scene) -> None:
    fail(db, scene.invite)
    asked = responses.ask(db, scene, {}, {})
    record(db, asked.candidate, asked.questions[0])
    set_deadline(db, asked, "1 hour")
    db.pass_time("61 minutes")
    assert sent(db) == []


def test_what_was_accepted_later_counts(db: Database, scene: Scene) -> None:
    fail(db, scene.invite)
    db.pass_time("1 day")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    sent(db)
    db.pass_time("7 days")
    set_deadline(db, scene, "23 hours")
    assert addresses(db) == [scene.email]


def test_what_another_recruiter_s_mail_met_does_not_count(db: Database, scene: Scene) -> None:
    fail(db, scene.invite)
    another(db, scene, db.account())
    db.pass_time("7 days")
    close_soon(db)
    assert [mail["interview_title"] for mail in sent(db)] == ["Another one"]


# ---- the limit of an account -----------------------------------------------------------------


def limit(db: Database, invites: int) -> None:
    db.as_owner().run("update private.settings set invites_per_day = %s", invites)


def test_no_more_a_day_than_the_account_may_invite(db: Database, scene: Scene) -> None:
    invite_all(db, scene, 4)
    other = db.account()
    another(db, scene, other)
    db.pass_time("6 days")
    limit(db, 3)
    close_soon(db, "71 hours")
    mails = sent(db)
    titles = [mail["interview_title"] for mail in mails]
    assert (titles.count("Frontend Developer"), titles.count("Another one")) == (3, 1)
    close_soon(db, "70 hours")
    assert sent(db) == []
    db.pass_time("1 day")
    close_soon(db, "23 hours")
    assert len(sent(db)) == 4, "the next day"


def test_reminders_do_not_use_up_invitations(db: Database, scene: Scene) -> None:
    db.pass_time("7 days")
    limit(db, 1)
    set_deadline(db, scene, "23 hours")
    assert len(sent(db)) == 1
    set_deadline(db, scene, "20 days")
    outcome = db.invite(scene.recruiter, scene.interview, "another@example.com")
    assert outcome["outcome"] == "created"


def test_reminders_of_submitting_count_as_well(db: Database, scene: Scene) -> None:
    asked = responses.ask(db, scene, {}, {})
    record(db, asked.candidate, asked.questions[0])
    limit(db, 0)
    set_deadline(db, asked, "-1 minute")
    assert sent(db) == []


def test_who_was_invited_by_the_backend_is_reminded_whatever_the_limit(
    db: Database, scene: Scene
) -> None:
    db.as_service().value(
        "select public.create_invites(%s, %s)",
        scene.interview,
        [f"person{number}@example.com" for number in range(4)],
    )
    db.pass_time("7 days")
    limit(db, 0)
    set_deadline(db, scene, "23 hours")
    assert addresses(db) == [f"person{number}@example.com" for number in range(4)]
