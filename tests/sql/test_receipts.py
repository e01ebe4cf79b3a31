"""The receipt: one email to each participant who completes, by whatever way."""

import pytest

from tests.kit import responses
from tests.kit.database import Database, Scene
from tests.kit.responses import COMPLETE, COMPLETE_BY_HAND, DELETE, WITHDRAW, Asked, record, write
from tests.sql.jobs import claim, maintain, settle

RECEIPT = "submission_receipt"
WAYS = pytest.mark.parametrize("way", [COMPLETE, COMPLETE_BY_HAND])

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@WAYS
def test_it_says_what_was_submitted_and_until_when_it_is_kept(
    db: Database, asked: Asked, way: str
) -> None:
    record(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[1], "Because.")
    assert claim(db, kinds=[RECEIPT]) == []
    db.as_user(asked.candidate).run(way, asked.interview)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert {
        "kind": RECEIPT,
        "subject": str(asked.participant),
        "email": asked.email,
        "interview_title": "Frontend Developer",
        "recruiter_name": "Rita Recruiter",
        "answered": 2,
        "questions": len(asked.questions),
        "invite_code": None,
    }.items() <= mail.items()
    db.as_owner()
    assert mail["completed_at"] == db.value("select to_jsonb(now())")
    assert mail["kept_until"] == db.value("select to_jsonb(now() + interval '180 days')")
    with db.superuser():
        assert db.value("select lane from private.jobs where kind = %s", RECEIPT) == asked.recruiter


def test_without_answers_nothing_is_said_to_be_kept(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.run(COMPLETE_BY_HAND, scene.interview)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert (mail["answered"], mail["kept_until"]) == (0, None)


def test_who_deletes_their_answers_at_once_reads_that_none_are_kept(
    db: Database, asked: Asked
) -> None:
    record(db, asked.candidate, asked.questions[0])
    db.value(COMPLETE, asked.interview)
    db.value(DELETE, asked.interview)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert (mail["answered"], mail["kept_until"]) == (0, None)


def test_there_is_one_receipt(db: Database, asked: Asked) -> None:
    for way in (COMPLETE, COMPLETE_BY_HAND, COMPLETE):
        db.as_user(asked.candidate).run(way, asked.interview)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert settle(db, mail, "accepted") == 1
    db.as_user(asked.candidate).run(COMPLETE, asked.interview)
    assert db.jobs(asked.participant) == []


def test_maintenance_that_submits_late_sends_one(db: Database, scene: Scene) -> None:
    soon = db.as_owner().value("select now() + interval '1 hour'")
    asked = responses.ask(db, scene, {}, deadline=soon)
    record(db, asked.candidate, asked.questions[0])
    db.pass_time("1 day 2 hours")
    for _ in range(2):
        maintain(db)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert mail["answered"] == 1
    assert mail["completed_at"] == db.as_owner().value("select to_jsonb(now())")


def test_no_receipt_for_withdrawing(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).run(WITHDRAW, asked.interview)
    assert db.jobs(asked.participant) == []


@pytest.mark.parametrize(
    "gone", ["public.interviews", "public.interview_participants", "auth.users"]
)
def test_no_receipt_to_a_participant_who_is_gone(db: Database, asked: Asked, gone: str) -> None:
    db.as_user(asked.candidate).run(COMPLETE, asked.interview)
    ids = {"public.interviews": asked.interview, "auth.users": asked.candidate}
    with db.superuser():
        db.run(f"delete from {gone} where id = %s", ids.get(gone, asked.participant))
    assert db.jobs(asked.participant) == ["queued"]
    assert claim(db, kinds=[RECEIPT]) == []
    assert db.jobs(asked.participant) == []


def test_after_a_transfer_the_receipt_still_comes(db: Database, asked: Asked) -> None:
    db.as_user(asked.candidate).run(COMPLETE, asked.interview)
    heir = db.account("heir@example.com")
    db.as_service().run("select public.transfer_interviews(%s, %s)", asked.recruiter, heir)
    (mail,) = claim(db, kinds=[RECEIPT])
    assert mail["reply_to"] == "heir@example.com"
