"""Transferring or deleting interviews while others write below them."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.kit.database import Database, Refusal, Scene, committed
from tests.kit.waiting import PATIENCE, wait_for_a_lock
from tests.sql.locks import (
    ALL_INVITES,
    FIRST_INVITE,
    LOCK,
    Act,
    after,
    alone,
    redeem,
    revoke,
    slug,
    waited,
)


def move(scene: Scene) -> Act:
    """To a new recruiter."""

    def act(db: Database) -> Any:
        heir = db.account()
        db.as_service().value("select public.transfer_interviews(%s, %s)", scene.recruiter, heir)
        return heir

    return act


def move_by_hand(scene: Scene) -> Act:
    """As a DBA, by a plain update."""

    def act(db: Database) -> Any:
        heir = db.account()
        sql = "update public.interviews set recruiter_id = %s where id = %s"
        return db.as_owner().run(sql, heir, scene.interview)

    return act


def invite_other(scene: Scene) -> Act:
    """As a DBA, who may invite to whosever interview."""
    return lambda db: db.as_owner().value(
        "select public.create_invites(%s, '{other@example.com}')", scene.interview
    )[0]["outcome"]


def insert_other(scene: Scene) -> Act:
    """By a plain insert."""
    return lambda db: db.as_owner().run(
        "insert into public.interview_invites (interview_id, email) values (%s, 'o@example.com')",
        scene.interview,
    )


def ask(scene: Scene) -> Act:
    """As a DBA, whom no policy holds up."""
    return lambda db: db.as_owner().run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Why?', 100)",
        scene.interview,
    )


def enrol(scene: Scene) -> Act:
    """As a DBA, without an invite."""
    return lambda db: db.as_owner().run(
        "insert into public.interview_participants (interview_id, user_id) values (%s, %s)",
        scene.interview,
        scene.recruiter,
    )


def delete(scene: Scene) -> Act:
    """With all below it."""
    return lambda db: db.as_user(scene.recruiter).run(
        "delete from public.interviews where id = %s", scene.interview
    )


def strays(url: str) -> int:
    """Rows whose recruiter is not the interview's."""
    with committed(url) as db:
        found: int = db.value(
            "select count(*) from public.interviews n join ("
            " select interview_id, recruiter_id from public.interview_questions union all"
            " select interview_id, recruiter_id from public.interview_invites union all"
            " select interview_id, recruiter_id from public.interview_participants) c"
            " on c.interview_id = n.id where c.recruiter_id <> n.recruiter_id"
        )
    return found


@pytest.mark.parametrize("below", [redeem, invite_other, insert_other, ask, enrol])
@pytest.mark.parametrize("moves", [move, move_by_hand])
@pytest.mark.parametrize("moved_first", [True, False])
def test_who_writes_below_an_interview_that_moves_is_not_missed(
    url: str,
    made: Scene,
    below: Callable[[Scene], Act],
    moves: Callable[[Scene], Act],
    moved_first: bool,
) -> None:
    acts = [moves(made), below(made)]
    answer = waited(url, *(acts if moved_first else reversed(acts)))
    # create_invites had looked up whose interview it is.
    if moved_first and below is invite_other:
        assert slug(answer) == "interview_moved"
    else:
        assert not isinstance(answer, Refusal), answer
    assert strays(url) == 0


def try_code(scene: Scene) -> Act:
    """The refusal that is returned."""
    return lambda db: db.accept(scene.candidate, scene.code)["details"]


@pytest.mark.parametrize("below", [try_code, revoke, invite_other])
def test_an_interview_that_is_being_deleted_is_gone(
    url: str, made: Scene, below: Callable[[Scene], Act]
) -> None:
    assert slug(waited(url, delete(made), below(made))) in (
        "invite_not_found",
        "interview_not_found",
    )


def test_redeeming_and_moving_do_not_wait_for_each_other(url: str, made: Scene) -> None:
    """The first lock of a redemption is the interview's, for which the one who moves it waits."""
    with ExitStack() as stack, committed(url) as db:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        db.run(
            "select from public.interviews n join public.interview_invites i"
            " on i.interview_id = n.id where i.id = %s for key share of n for no key update of i",
            made.invite,
        )
        moving = pool.submit(alone, url, move(made))
        wait_for_a_lock(url)
        assert db.accept(made.candidate, made.code)["status"] == "active"
        db.connection.commit()
        assert not isinstance(moving.result(timeout=PATIENCE), Refusal)
    assert strays(url) == 0


def test_who_redeems_takes_the_interview_before_the_invite(url: str, made: Scene) -> None:
    """Who moves it holds the interview, and goes on to the invites when the participant is free."""
    with ExitStack() as stack, committed(url) as db:
        pool = stack.enter_context(ThreadPoolExecutor(2))
        enrol(made)(db)
        db.connection.commit()
        db.run("select from public.interview_participants for update")
        moving = pool.submit(alone, url, move(made))
        wait_for_a_lock(url)
        redeeming = pool.submit(alone, url, redeem(made))
        wait_for_a_lock(url, sessions=2)
        db.connection.commit()
        assert redeeming.result(timeout=PATIENCE) == "active"
        assert not isinstance(moving.result(timeout=PATIENCE), Refusal)
    assert strays(url) == 0


MOVES = [move, move_by_hand, delete]


@pytest.mark.parametrize("moves", MOVES)
def test_moving_and_deleting_lock_in_the_order_of_settling(
    url: str, made: Scene, moves: Callable[[Scene], Act]
) -> None:
    with committed(url) as db:
        emails = [f"{n}@example.com" for n in range(30)]
        db.as_service().value("select public.create_invites(%s, %s)", made.interview, emails)
    moved = after(url, FIRST_INVITE, moves(made), ALL_INVITES, 31)
    assert not isinstance(moved, Refusal)
    assert strays(url) == 0


@pytest.mark.parametrize("moves", MOVES)
def test_moving_and_deleting_lock_reviewers_in_the_order_of_erasing(
    url: str, made: Scene, moves: Callable[[Scene], Act]
) -> None:
    ids = [uuid.UUID(int=2), uuid.UUID(int=1)]
    with committed(url) as db:
        for id in ids:
            db.as_owner().run(
                "insert into public.interview_reviewers (id, interview_id, email)"
                " values (%s, %s, %s)",
                id,
                made.interview,
                f"{id}@example.com",
            )
    lock = "select from public.interview_reviewers {} for no key update"
    moved = after(
        url, lock.format(f"where id = '{min(ids)}'"), moves(made), lock.format("order by id"), 2
    )
    assert not isinstance(moved, Refusal)


@pytest.mark.parametrize("first", [0, 1])
def test_moving_all_of_a_recruiter_locks_in_the_order_of_settling(
    url: str, made: Scene, first: int
) -> None:
    """Over all interviews, whichever has the first invite."""
    with committed(url) as db:
        interviews = [made.interview, db.interview(made.recruiter, "Second")]
        emails = [f"{n}@example.com" for n in range(10)]
        for interview in interviews:
            db.as_service().value("select public.create_invites(%s, %s)", interview, emails)
        with db.without_triggers():
            db.run(
                "update public.interview_invites set id = (case email when '0@example.com' then"
                " '00000000' else 'ffffffff' end || substr(id::text, 9))::uuid"
                " where interview_id = %s",
                interviews[first],
            )
    lowest = LOCK.format("where id::text like '00000000%%'")
    moved = after(url, lowest, move(made), ALL_INVITES, 21)
    assert not isinstance(moved, Refusal)


def test_transferring_waits_for_inviting_before_it_holds_the_interview(
    url: str, made: Scene
) -> None:
    """Who invites holds that lock, and goes on to the interview."""
    inviting = f"select private.lock_inviting('{made.recruiter}')"
    lock = "select from public.interviews for key share"
    assert not isinstance(after(url, inviting, move(made), lock, 1), Refusal)


def test_inserting_for_others_waits_for_inviting_before_it_holds_the_interview(
    url: str, made: Scene
) -> None:
    """In the order of transferring."""
    inviting = f"select private.lock_inviting('{made.recruiter}')"
    lock = "select from public.interviews for update"
    assert after(url, inviting, insert_other(made), lock, 1) == 1


@pytest.mark.parametrize("moves", MOVES)
def test_moving_and_deleting_wait_for_participants_before_they_hold_invites(
    url: str, made: Scene, moves: Callable[[Scene], Act]
) -> None:
    """Completing locks the participant first, then the invite."""
    with committed(url) as db:
        redeem(made)(db)
    participant = "select from public.interview_participants for no key update"
    moved = after(url, participant, moves(made), ALL_INVITES, 1)
    assert not isinstance(moved, Refusal)


def test_an_interview_that_does_not_move_waits_for_nobody_below(url: str, made: Scene) -> None:
    with committed(url) as holder, committed(url) as db:
        holder.run("select from public.interview_invites for update")
        db.run("set local lock_timeout = '50ms'")
        assert db.run("update public.interviews set recruiter_id = recruiter_id") == 1
