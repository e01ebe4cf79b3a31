"""transfer_interviews: before a recruiter's account is deleted."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.kit.database import Database, Refusal, Scene, committed
from tests.kit.responses import Asked
from tests.kit.waiting import PATIENCE, wait_for_a_lock
from tests.sql.locks import waited

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


# ---- in steps ------------------------------------------------------------------------------


def test_in_steps_until_nothing_is_left(db: Database, scene: Scene, heir: uuid.UUID) -> None:
    for n in range(4):
        db.interview(scene.recruiter, f"Number {n}")
    call = "select public.transfer_interviews(%s, %s, %s)"
    moved = [db.as_service().value(call, scene.recruiter, heir, 2) for _ in range(4)]
    assert moved == [2, 2, 1, 0]
    assert (seen(db, scene.recruiter)[0], seen(db, heir)[0]) == (0, 5)


def test_at_most_so_many(db: Database, scene: Scene, heir: uuid.UUID) -> None:
    call = "select public.transfer_interviews(%s, %s, at_most => %s)"
    assert db.as_service().value(call, scene.recruiter, heir, 0) == 0
    assert db.refused(call, scene.recruiter, heir, -1).code == "2201W"
    assert db.as_service().value(call, scene.recruiter, heir, None) == 1


# ---- while somebody invites ----------------------------------------------------------------

Act = Callable[[Database, Scene], object]
INVITING: dict[str, Act] = {
    "create_invites": lambda db, scene: db.value(
        "select public.create_invites(%s, '{new@example.com}')", scene.interview
    ),
    "resend_invite": lambda db, scene: db.value("select public.resend_invite(%s)", scene.invite),
    "revoke_invite": lambda db, scene: db.value("select public.revoke_invite(%s)", scene.invite),
    "correct_invite": lambda db, scene: db.value(
        "select public.correct_invite(%s, 'right@example.com')", scene.invite
    ),
}


@pytest.mark.parametrize("who", ["recruiter", "service"])
@pytest.mark.parametrize("act", list(INVITING.values()), ids=list(INVITING))
def test_an_interview_that_moves_meanwhile_is_refused(url: str, act: Act, who: str) -> None:
    """By name, so that a screen can load its list again; nothing is written for the old owner."""
    with committed(url) as db:
        scene = db.scene()
        heir = db.account("heir@example.com")

    def invite() -> object:
        with committed(url) as db:
            (db.as_user(scene.recruiter) if who == "recruiter" else db.as_service())
            try:
                return act(db, scene)
            except psycopg.Error as error:
                db.connection.rollback()
                return Refusal.of(error)

    with ThreadPoolExecutor(1) as pool, committed(url) as moving:
        moving.as_service().value(CALL, scene.recruiter, heir)
        waiting = pool.submit(invite)
        wait_for_a_lock(url)
        moving.connection.commit()
        refusal = waiting.result(timeout=PATIENCE)
    assert isinstance(refusal, Refusal), refusal
    assert (refusal.code, refusal.slug) == ("PT409", "interview_moved")
    with committed(url) as db:
        row = db.invite_row(scene.invite)
        assert (row["status"], row["email"], row["recruiter_id"]) == ("pending", scene.email, heir)
        assert db.value("select count(*) from public.interview_invites") == 1


@pytest.mark.parametrize(
    "insert",
    [
        "interview_questions (interview_id, question, order_index) values (%(interview)s, 'Q', 9)",
        "interview_criteria (interview_id, name) values (%(interview)s, 'Depth')",
        "interview_participants (interview_id, user_id)"
        " values (%(interview)s, (select id from auth.users where email = 'heir@example.com'))",
        "accommodations (participant_id) values (%(participant)s)",
    ],
)
def test_what_is_inserted_meanwhile_belongs_to_the_new_recruiter(
    url: str, answering: Asked, insert: str
) -> None:
    with committed(url) as db:
        heir = db.account("heir@example.com")
    owner = waited(
        url,
        lambda db: db.as_service().value(CALL, answering.recruiter, heir),
        lambda db: db.as_owner().value(
            f"insert into public.{insert} returning recruiter_id", vars(answering)
        ),
    )
    assert owner == heir


def test_what_a_dba_has_moved_meanwhile_stays_there(url: str, answering: Asked) -> None:
    with committed(url) as db:
        heir, other = db.account("heir@example.com"), db.account("other@example.com")
    move = "update public.interviews set recruiter_id = %s where id = %s"
    moved = waited(
        url,
        lambda db: db.as_owner().run(move, other, answering.interview),
        lambda db: db.as_service().value(CALL, answering.recruiter, heir),
    )
    assert moved == 0
    with committed(url) as db:
        assert db.value("select recruiter_id from public.interviews") == other
