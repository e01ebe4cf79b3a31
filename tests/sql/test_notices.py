"""Notices to recruiters: who is told of what, how often, and how they turn it off."""

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, COMPLETE_BY_HAND, Asked, record
from tests.sql.jobs import INVITATION, claim, maintain, settle

COMPLETED, RENEWAL, FAILED = "candidate_completed", "renewal_requested", "delivery_failed"
NOTICES = [COMPLETED, RENEWAL, FAILED]
RESEND = "select public.resend_my_codes()"
SET = "select public.set_notifications(candidate_completed => %s, delivery_failed => %s)"


def notices(db: Database, *kinds: str, after: str = "2 minutes") -> list[Row]:
    """The notices that a worker is given once some time has passed."""
    db.pass_time(after)
    return claim(db, kinds=list(kinds or NOTICES))


def fail(db: Database, *emails: str) -> None:
    """The invitations to these addresses do not arrive."""
    for job in claim(db, batch=1000, kinds=[INVITATION]):
        outcome = "failed" if not emails or job["email"] in emails else "accepted"
        settle(db, job, outcome, error="550 no such user")
    maintain(db)


def told(mail: Row) -> tuple[str, str, list[str], int]:
    """The kind of a notice, to whom it goes, and of whom it tells."""
    return mail["kind"], mail["email"], mail["people"], mail["number"]


def join_more(db: Database, scene: Scene, count: int, name: str = "more") -> None:
    """More people who have joined and completed the interview."""
    for number in range(count):
        email = f"{name}{number}@example.com"
        db.as_owner()
        (invite,) = db.value("select public.create_invites(%s, %s)", scene.interview, [email])
        account = db.account(email)
        db.accept(account, invite["invite_code"])
        db.run(COMPLETE_BY_HAND, scene.interview)


@pytest.mark.parametrize("way", [COMPLETE, COMPLETE_BY_HAND])
def test_of_completing(db: Database, scene: Scene, way: str) -> None:
    db.accept(scene.candidate, scene.code)
    db.run(way, scene.interview)
    assert claim(db, kinds=NOTICES) == [], "it waits a minute for others"
    (mail,) = notices(db)
    assert told(mail) == (COMPLETED, db.email_of(scene.recruiter), [scene.email], 1)
    assert {
        "interview_id": str(scene.interview),
        "interview_title": "Frontend Developer",
        "recruiter_name": "HireVision",
        "reply_to": None,
        "invite_code": None,
    }.items() <= mail.items()


def test_of_late_submission(db: Database, scene: Scene) -> None:
    soon = db.as_owner().value("select now() + interval '1 hour'")
    asked = responses.ask(db, scene, {}, deadline=soon)
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("1 day 2 hours")
    maintain(db)
    maintain(db)
    (mail,) = notices(db)
    assert (mail["kind"], mail["people"]) == (COMPLETED, [asked.email])


def test_of_asking_for_a_new_code(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    assert db.as_user(scene.candidate).value(RESEND)["renewals_requested"] == 1
    (mail,) = notices(db)
    assert (mail["kind"], mail["people"], mail["number"]) == (RENEWAL, [scene.email], 1)


def test_not_of_a_request_that_was_granted_meanwhile(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    db.as_user(scene.candidate).run(RESEND)
    db.as_user(scene.recruiter).run("select public.resend_invite(%s)", scene.invite)
    assert notices(db) == []
    assert db.jobs(scene.interview) == []


def test_of_failed_invitations_in_one_mail(db: Database, scene: Scene) -> None:
    emails = [f"gone{number:03}@example.com" for number in range(250)]
    # As a DBA, who has no limit a day.
    db.as_owner().run("select public.create_invites(%s, %s)", scene.interview, emails)
    fail(db, *emails)
    maintain(db)
    (mail,) = notices(db)
    assert (mail["kind"], mail["number"], len(mail["people"])) == (FAILED, 250, 100)
    assert set(mail["people"]) < set(emails)


def test_not_of_those_who_were_corrected_meanwhile(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run(
        "select public.create_invites(%s, '{other@example.com}')", scene.interview
    )
    fail(db)
    db.pass_time("30 seconds")
    db.as_user(scene.recruiter).run(
        "select public.correct_invite(%s, 'right@example.com')", scene.invite
    )
    (mail,) = notices(db)
    assert (mail["people"], mail["number"]) == (["other@example.com"], 1)


def test_an_invitation_that_fails_again_is_told_again(db: Database, scene: Scene) -> None:
    fail(db)
    (first,) = notices(db)
    settle(db, first, "accepted")
    db.pass_time("2 hours")
    maintain(db)
    assert notices(db) == []
    db.as_user(scene.recruiter).run("select public.resend_invite(%s)", scene.invite)
    fail(db)
    (second,) = notices(db)
    assert second["people"] == [scene.email]


# ---- how often -------------------------------------------------------------------------------


def test_once_an_hour_for_each_interview_and_kind(db: Database, scene: Scene) -> None:
    """Who comes while a notice waits is in it; whom it misses, the next hour's has."""
    with db.superuser():
        db.run("select set_config('timezone', 'Asia/Kolkata', true)")
    join_more(db, scene, 2)
    (first,) = notices(db)
    assert (first["people"], first["number"]) == (["more0@example.com", "more1@example.com"], 2)
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    assert settle(db, first, "accepted") == 1
    assert db.jobs(scene.interview) == ["done", "queued"]
    with db.superuser():
        waits = "select extract(epoch from due_at) from private.jobs where done_at is null"
        due_at = db.value(f"{waits} and kind = %s", COMPLETED)
        assert due_at % 3600 == 0 or due_at > db.value("select extract(epoch from now())")
    assert claim(db, kinds=NOTICES) == []
    (second,) = notices(db, after="1 hour 1 minute")
    assert second["people"] == [scene.email]
    assert settle(db, second, "accepted") == 1
    db.pass_time("61 minutes")
    maintain(db)
    assert db.jobs(scene.interview) == []


def test_by_the_address_that_was_invited(db: Database, scene: Scene) -> None:
    """The candidate has told the recruiter of no other."""
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    with db.superuser():
        new = "update auth.users set email = 'private@example.com' where id = %s"
        db.run(new, scene.candidate)
    (mail,) = notices(db)
    assert mail["people"] == [scene.email]


def test_another_interview_has_its_own(db: Database, scene: Scene) -> None:
    other = db.scene("other@example.com")
    for each in (scene, other):
        db.accept(each.candidate, each.code)
        db.run(COMPLETE_BY_HAND, each.interview)
    assert {mail["interview_id"] for mail in notices(db)} == {
        str(scene.interview),
        str(other.interview),
    }


def test_asking_twice_counts_one_person(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    with db.superuser():
        for _ in range(2):
            db.run("select private.tell_recruiters(%s, %s)", RENEWAL, [scene.invite])
    db.as_user(scene.candidate).run(RESEND)
    (mail,) = notices(db)
    assert mail["number"] == 1


def test_asking_again_and_again_mails_once_a_day(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    mails = 0
    for _ in range(25):
        asked = db.as_user(scene.candidate).value(RESEND)
        assert asked["renewals_requested"] == 1, "the recruiter still sees it"
        for mail in notices(db, after="1 hour"):
            mails += settle(db, mail, "accepted")
    assert mails == 2


# ---- who is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_turned_off_is_not_sent(db: Database, scene: Scene, when: str) -> None:
    db.accept(scene.candidate, scene.code)
    for step in ("before", "after"):
        if step == when:
            db.as_user(scene.recruiter).run(SET, "never", None)
        if step == "before":
            db.as_user(scene.candidate).run(COMPLETE_BY_HAND, scene.interview)
    assert notices(db) == []
    assert db.jobs(scene.interview) == []


def test_the_new_owner_is_told_after_a_transfer(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    heir = db.account("heir@example.com")
    db.as_service().run("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
    (mail,) = notices(db)
    assert mail["email"] == "heir@example.com"


def test_nobody_is_told_at_an_address_that_is_not_confirmed(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    with db.superuser():
        db.run("update auth.users set email_confirmed_at = null where id = %s", scene.recruiter)
    assert notices(db) == []


@pytest.mark.parametrize("gone", ["the interview", "the candidate"])
def test_nothing_is_told_of_what_is_gone(db: Database, asked: Asked, gone: str) -> None:
    db.as_user(asked.candidate).run(COMPLETE, asked.interview)
    with db.superuser():
        if gone == "the interview":
            db.run("delete from public.interviews where id = %s", asked.interview)
        else:
            db.run("delete from auth.users where id = %s", asked.candidate)
    assert notices(db) == []
    assert db.jobs(asked.interview) == []


# ---- settings --------------------------------------------------------------------------------


def test_settings_are_ones_own_and_stay_as_they_are(db: Database) -> None:
    first, other = db.account(), db.account()
    everything = {COMPLETED: "each", RENEWAL: "each", FAILED: "each"}
    assert db.as_user(first).value(SET, None, None) == everything
    assert db.value(SET, "daily", None) == {**everything, COMPLETED: "daily"}
    assert db.value(SET, None, "never") == {COMPLETED: "daily", RENEWAL: "each", FAILED: "never"}
    assert db.value(SET, "each", None) == {**everything, FAILED: "never"}
    assert db.as_user(other).value(SET, None, None) == everything
    for other_word in ("weekly", "", "Daily", "true"):
        assert db.refused(SET, None, other_word).slug == "invalid_notification"


def test_an_account_without_an_address_has_none(db: Database) -> None:
    refusal = db.as_user(db.account(confirmed=False)).refused(SET, None, None)
    assert (refusal.code, refusal.slug) == ("PT403", "email_not_confirmed")


def test_settings_go_with_the_account(db: Database) -> None:
    account = db.account()
    db.as_user(account).run(SET, "daily", None)
    with db.superuser():
        db.run("delete from auth.users where id = %s", account)
        assert db.rows("select from private.notifications") == []
