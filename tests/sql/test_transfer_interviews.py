"""transfer_interviews: before a recruiter's account is deleted."""

import uuid

import pytest

from tests.database import Database, Scene

CALL = "select public.transfer_interviews(%s, %s)"
TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]


@pytest.fixture
def heir(db: Database, scene: Scene) -> uuid.UUID:
    db.run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Q', 1)",
        scene.interview,
    )
    db.accept(scene.candidate, scene.code)
    return db.account("heir@example.com")


def seen(db: Database, person: uuid.UUID) -> list[int]:
    db.as_user(person)
    return [db.value(f"select count(*) from public.{table}") for table in TABLES]


def test_everything_below_moves_along(db: Database, scene: Scene, heir: uuid.UUID) -> None:
    db.interview(scene.recruiter, "Second")
    others = db.interview(db.account(), "Not concerned")
    assert (seen(db, scene.recruiter), seen(db, heir)) == ([2, 1, 1, 1], [0, 0, 0, 0])
    assert db.as_service().value(CALL, scene.recruiter, heir) == 2
    assert (seen(db, scene.recruiter), seen(db, heir)) == ([0, 0, 0, 0], [2, 1, 1, 1])
    db.as_owner()
    kept = db.value("select recruiter_id from public.interviews where id = %s", others)
    assert kept not in (heir, scene.recruiter)
    # The new recruiter goes on where the old one stopped, and the old account can go.
    assert db.invite(heir, scene.interview, "new@example.com")["outcome"] == "created"
    with db.superuser():
        assert db.run("delete from auth.users where id = %s", scene.recruiter) == 1


def test_what_is_inserted_afterwards_belongs_to_the_new_recruiter(
    db: Database, scene: Scene, heir: uuid.UUID
) -> None:
    db.as_service().value(CALL, scene.recruiter, heir)
    row = db.one(
        "insert into public.interview_invites (interview_id, email)"
        " values (%s, 'new@example.com') returning recruiter_id",
        scene.interview,
    )
    assert row["recruiter_id"] == heir


def test_nobody_to_transfer_to(db: Database, scene: Scene) -> None:
    for missing in [uuid.uuid4(), None]:
        refusal = db.as_service().refused(CALL, scene.recruiter, missing)
        assert (refusal.code, refusal.slug) == ("PT404", "recruiter_not_found")


def test_nothing_to_transfer(db: Database, scene: Scene) -> None:
    for nobody in [scene.candidate, uuid.uuid4(), None]:
        assert db.as_service().value(CALL, nobody, scene.recruiter) == 0


def test_a_dba_may_change_the_recruiter_by_hand(
    db: Database, scene: Scene, heir: uuid.UUID
) -> None:
    db.as_owner().run("update public.interviews set recruiter_id = %s", heir)
    assert seen(db, heir) == [1, 1, 1, 1]
