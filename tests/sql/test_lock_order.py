"""Calls about several interviews: who waits for one of them holds none of the others."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.kit.database import Database, Scene, committed
from tests.kit.responses import WITHDRAW
from tests.sql.locks import ALL_INVITES, after

EMAIL = "both@example.com"
COMPLETE = "update public.interview_participants set status = 'completed' where user_id = %s"


class Two:
    """Two interviews of one recruiter that two candidates have joined, first the one that is
    locked last: the ids are in the order of the locks."""

    def __init__(self, db: Database) -> None:
        self.recruiter = db.account()
        first, second = db.interview(self.recruiter, "One"), db.interview(self.recruiter, "Two")
        self.low, self.high = sorted((first, second))
        self.both, self.other = db.account(EMAIL), db.account("other@example.com")
        for interview in (self.high, self.low):
            for candidate in (self.both, self.other):
                code = db.invite(self.recruiter, interview, db.email_of(candidate))["invite_code"]
                assert db.accept(candidate, code)["status"] == "active"


@pytest.fixture
def two(url: str) -> Two:
    with committed(url) as db:
        return Two(db)


def erase(two: Two, db: Database) -> Any:
    return db.as_service().value("select public.erase_person(%s) ->> 'participations'", EMAIL)


def transfer(two: Two, db: Database) -> Any:
    sql = "select public.transfer_interviews(%s, %s)::text"
    return db.as_service().value(sql, two.recruiter, db.account())


def leave(two: Two, db: Database) -> Any:
    sql = "select public.delete_my_account(%s) ->> 'participations'"
    return db.as_user(two.both).value(sql, EMAIL)


@pytest.mark.parametrize("call", [erase, transfer, leave])
def test_beside_who_deletes_several_interviews(
    url: str, two: Two, call: Callable[[Two, Database], Any]
) -> None:
    """One statement deletes them in any order, each with everything below it."""
    delete = "delete from public.interviews where id = '{}'"
    answer = after(
        url, delete.format(two.high), lambda db: call(two, db), delete.format(two.low), 1
    )
    assert answer == "0"


def test_beside_who_holds_several_interviews_for_long(url: str, two: Two) -> None:
    """What came free is looked at again."""
    hold = "select from public.interviews where id = '{}' for update"
    answer = after(url, hold.format(two.high), lambda db: erase(two, db), hold.format(two.low), 1)
    assert answer == "2"


def test_candidates_who_complete_several_interviews_at_once(url: str, two: Two) -> None:
    """The notices of all candidates to the recruiter are the same ones."""
    tell = (
        "select private.tell_recruiters('candidate_completed', array(select id"
        f" from public.interview_participants where user_id = '{two.other}'"
        " and interview_id = '{}'))"
    )
    answer = after(
        url,
        tell.format(two.low),
        lambda db: db.as_user(two.both).run(COMPLETE, two.both),
        tell.format(two.high),
        1,
    )
    assert answer == 2


def test_a_lock_timeout_ends_the_wait(url: str, two: Two) -> None:
    with committed(url) as other, committed(url) as db:
        other.run("select from public.interviews where id = %s for update", two.low)
        db.run("set local lock_timeout = '50ms'")
        refusal = db.as_service().refused("select public.erase_person(%s)", EMAIL)
        assert refusal.code == "55P03"


def test_who_returns_is_held_before_the_invite(url: str, made: Scene) -> None:
    """As who reminds them does; the account has another address by now."""
    new = "new@example.com"
    with committed(url) as db:
        db.accept(made.candidate, made.code)
        db.value(WITHDRAW, made.interview)
        code = db.invite(made.recruiter, made.interview, new)["invite_code"]
        with db.superuser():
            db.run("update auth.users set email = %s where id = %s", new, made.candidate)
    answer = after(
        url,
        holds="select from public.interview_participants for no key update",
        act=lambda db: db.accept(made.candidate, code)["status"],
        goes_on=f"select from public.interview_invites where email = '{new}' for update",
        rows=1,
    )
    assert answer == "active"


@pytest.fixture
def returned(url: str, made: Scene) -> Scene:
    """Somebody has withdrawn and come back by a second invite; the first has the lowest id, and
    lies behind the second one."""
    with committed(url) as db:
        db.accept(made.candidate, made.code)
        db.value(WITHDRAW, made.interview)
        again = db.invite(made.recruiter, made.interview, made.email)
        db.accept(made.candidate, again["invite_code"])
        sql = "update public.interview_invites set id = %s where id = %s"
        with db.without_triggers():
            db.run(sql, UUID(int=0), made.invite)
    return made


def complete(scene: Scene, db: Database) -> Any:
    return db.as_user(scene.candidate).run(COMPLETE, scene.candidate)


def erase_them(scene: Scene, db: Database) -> Any:
    sql = "select public.erase_person(%s) -> 'participations'"
    return db.as_service().value(sql, scene.email)


@pytest.mark.parametrize("call", [complete, erase_them])
def test_the_invites_of_a_person_are_held_in_order(
    url: str, returned: Scene, call: Callable[[Scene, Database], Any]
) -> None:
    answer = after(
        url,
        f"select from public.interview_invites where id = '{UUID(int=0)}' for no key update",
        lambda db: call(returned, db),
        ALL_INVITES,
        2,
    )
    assert answer == 1


def test_who_is_erased_is_held_before_their_invites(url: str, returned: Scene) -> None:
    """As who reminds them does."""
    answer = after(
        url,
        "select from public.interview_participants for no key update",
        lambda db: erase_them(returned, db),
        ALL_INVITES,
        2,
    )
    assert answer == 1
