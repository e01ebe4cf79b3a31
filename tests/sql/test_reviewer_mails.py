"""The email that asks colleagues to review: what it says, and when it is not sent."""

import pytest

from tests.kit.database import Database, Row, Scene
from tests.kit.reviews import JOIN, invite_reviewers
from tests.sql.jobs import claim, settle
from tests.sql.subscribing import change, shown

COLLEAGUE = "colleague@example.com"
REVIEWER = "reviewer_invitation"
REMOVE = "delete from public.interview_reviewers"


def waiting(db: Database) -> list[Row]:
    return claim(db, kinds=[REVIEWER])


def test_what_a_worker_gets(db: Database, scene: Scene) -> None:
    (invited,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (mail,) = waiting(db)
    assert (mail["email"], mail["subject"]) == (COLLEAGUE, invited["reviewer_id"])
    assert mail["interview_title"] == "Frontend Developer"
    assert mail["recruiter_name"] == "Rita Recruiter"
    assert mail["reply_to"] == db.email_of(scene.recruiter)
    assert mail["unsubscribe_token"]
    for other in ("invite_code", "candidate_name", "expires_at", "people"):
        assert mail[other] is None, other
    with db.superuser():
        lane = db.value("select lane from private.jobs where id = %s", mail["job_id"])
    assert lane == scene.recruiter
    assert settle(db, mail, "accepted") == 1
    assert db.jobs(invited["reviewer_id"]) == []


def test_inviting_again_sends_it_again(db: Database, scene: Scene) -> None:
    (invited,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    settle(db, waiting(db)[0], "failed")
    assert db.jobs(invited["reviewer_id"]) == ["failed"]
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert db.jobs(invited["reviewer_id"]) == ["failed"], "within ten minutes"
    for outcome in ("accepted", "accepted"):
        db.pass_time("11 minutes")
        invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
        (mail,) = waiting(db)
        assert mail["attempts"] == 1
        settle(db, mail, outcome)


def test_one_that_is_being_sent_is_left_alone(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (mail,) = waiting(db)
    db.pass_time("11 minutes")
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert settle(db, mail, "accepted") == 1
    assert waiting(db) == []


@pytest.mark.parametrize("before", ["remove", "delete", "join", "leave"])
def test_it_is_dropped(db: Database, scene: Scene, before: str) -> None:
    (invited,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    if before == "remove":
        assert db.run(REMOVE) == 1
    elif before == "delete":
        db.run("delete from public.interviews")
    else:
        colleague = db.account(COLLEAGUE)
        db.as_user(colleague).value(JOIN)
        if before == "leave":
            with db.superuser():
                db.run("delete from auth.users where id = %s", colleague)
    # What joining leaves is dropped when it is claimed.
    assert db.jobs(invited["reviewer_id"]) == (["queued"] if before == "join" else [])
    assert waiting(db) == []
    assert db.jobs(invited["reviewer_id"]) == []


def test_removing_settles_nothing_of_a_worker(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (mail,) = waiting(db)
    db.as_user(scene.recruiter).run(REMOVE)
    assert settle(db, mail, "accepted") == 0


def test_who_has_unsubscribed_gets_none(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (mail,) = waiting(db)
    link = mail["unsubscribe_token"]
    settle(db, mail, "accepted")
    assert shown(db, link) == {"subscribed": True, "recruiter_name": "Rita Recruiter"}
    change(db, link, False)
    (same,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert same["status"] == "unsubscribed"
    db.pass_time("11 minutes")
    (again,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert again == same
    assert waiting(db) == []
    # They review all the same.
    assert len(db.as_user(db.account(COLLEAGUE)).value(JOIN)) == 1
    # Of another recruiter they do get one.
    other = db.account()
    invite_reviewers(db, other, db.interview(other), COLLEAGUE)
    assert [mail["recruiter_name"] for mail in waiting(db)] == ["HireVision"]


def test_who_has_unsubscribed_stays_so_after_a_transfer(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (mail,) = waiting(db)
    settle(db, mail, "accepted")
    transfer = "select public.transfer_interviews(%s, %s)"
    first, second = db.account(), db.account()
    db.as_service().value(transfer, scene.recruiter, first)
    # The link names the recruiter who sent it and the one who has the interview.
    change(db, mail["unsubscribe_token"], False)
    db.as_service().value(transfer, first, second)
    for owner in (scene.recruiter, first, second):
        interview = db.interview(owner)
        (found,) = invite_reviewers(db, owner, interview, COLLEAGUE)
        assert found["status"] == "unsubscribed"
