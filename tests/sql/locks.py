"""Two sessions that change the same rows at once: who waits for whom, and what the other gets."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg

from tests.kit.database import Database, Refusal, Scene, committed
from tests.kit.waiting import PATIENCE, wait_for_a_lock

Act = Callable[[Database], Any]


def waited(url: str, first: Act, second: Act) -> Any:
    """The result of the second one, which waits while the first one's transaction is open."""
    future: Future[Any]
    with ExitStack() as stack, committed(url) as db:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        first(db)
        future = pool.submit(alone, url, second)
        wait_for_a_lock(url)
        db.connection.commit()
        return future.result(timeout=PATIENCE)


def alone(url: str, act: Act) -> Any:
    with committed(url) as db:
        try:
            return act(db)
        except psycopg.Error as error:
            db.connection.rollback()
            return Refusal.of(error)


def after(url: str, holds: str, act: Act, goes_on: str, rows: int) -> Any:
    """The result of a session that waits for a lock, and holds nothing that the other one needs.

    `holds` and `goes_on` are the other's two statements, the latter with so many rows.
    """
    with ThreadPoolExecutor(1) as pool, committed(url) as db:
        db.run(holds)
        waiting = pool.submit(alone, url, act)
        wait_for_a_lock(url)
        db.run("set local lock_timeout = '50ms'")
        assert db.run(goes_on) == rows
        db.connection.commit()
        return waiting.result(timeout=PATIENCE)


LOCK = "select from public.interview_invites {} for no key update"
FIRST_INVITE = LOCK.format("where id in (select min(id::text)::uuid from public.interview_invites)")
ALL_INVITES = LOCK.format("order by id")


def slug(answer: Any) -> Any:
    """The slug of a refusal, else the answer."""
    return answer.slug or answer.code if isinstance(answer, Refusal) else answer


def revoke(scene: Scene) -> Act:
    return lambda db: db.as_user(scene.recruiter).value(
        "select public.revoke_invite(%s) ->> 'status'", scene.invite
    )


def redeem(scene: Scene) -> Act:
    return lambda db: db.accept(scene.candidate, scene.code)["status"]
