"""Erasing a person while something else is open on another connection: before, or after."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.kit import responses
from tests.kit.database import Database, Refusal, Scene, at_once, committed
from tests.kit.responses import COMPLETE, INSERT, WITHDRAW, Asked
from tests.sql.jobs import claim, maintain, settle
from tests.sql.locks import Act, after, slug, waited

PERSON = "erase_person"
CANDIDATE = "erase_candidate"
ACCOUNT = "delete_my_account"
both = pytest.mark.parametrize("by", [PERSON, CANDIDATE])
with_the_account = pytest.mark.parametrize("by", [PERSON, ACCOUNT])


def erase(scene: Scene, by: str) -> Act:
    """By the service, by the recruiter, or by themselves."""
    if by == PERSON:
        return lambda db: db.as_service().value("select public.erase_person(%s)", scene.email)
    if by == ACCOUNT:
        return as_candidate(scene, "select public.delete_my_account(%s)", scene.email)
    return lambda db: db.as_user(scene.recruiter).value(
        "select public.erase_candidate(%s)", scene.invite
    )


def redeem(scene: Scene) -> Act:
    return lambda db: db.accept(scene.candidate, scene.code)


def as_candidate(scene: Scene, sql: str, *values: Any) -> Act:
    return lambda db: db.as_user(scene.candidate).value(sql, *values)


def left(url: str, scene: Scene) -> list[Any]:
    """What is left of the person in the interview."""
    with committed(url) as db:
        return db.as_owner().rows(
            "select id from public.interview_invites where email = %s union all"
            " select id from public.interview_participants where user_id = %s",
            scene.email,
            scene.candidate,
        )


@both
def test_who_is_joining_is_erased_as_well(url: str, made: Scene, by: str) -> None:
    assert waited(url, redeem(made), erase(made, by))["participations"] == 1
    assert left(url, made) == []


@pytest.mark.parametrize(
    ("by", "told"), [(PERSON, "not_signed_in"), (CANDIDATE, "invite_not_found")]
)
def test_a_code_of_who_is_being_erased_opens_nothing(
    url: str, made: Scene, by: str, told: str
) -> None:
    answer = waited(url, erase(made, by), redeem(made))
    assert (answer["details"] if isinstance(answer, dict) else slug(answer)) == told
    assert left(url, made) == []


@both
def test_who_returns_with_a_second_invite_is_no_deadlock(url: str, made: Scene, by: str) -> None:
    """Redeeming locks the invite before the participant."""
    with committed(url) as db:
        redeem(made)(db)
        db.value(WITHDRAW, made.interview)
        again = db.invite(made.recruiter, made.interview, made.email)
    accept: Act = lambda db: db.accept(made.candidate, again["invite_code"])  # noqa: E731
    answer = after(
        url,
        f"select from public.interview_participants where user_id = '{made.candidate}' for update",
        accept,
        f"select from public.interview_invites where id = '{made.invite}' for update",
        1,
    )
    assert answer["status"] == "active"
    assert waited(url, accept, erase(made, by))["participations"] == 1
    assert left(url, made) == []


def store(path: str) -> Act:
    return lambda db: db.as_service().run(INSERT, *responses.row_of(path, responses.stored()))


@both
def test_a_recording_that_is_being_stored_is_removed(url: str, answering: Asked, by: str) -> None:
    with committed(url) as db:
        path = responses.start(db, answering.candidate, answering.questions[0])["path"]
    assert waited(url, store(path), erase(answering, by))["removals_open"] == 1
    with committed(url) as db:
        assert [job["path"] for job in claim(db, kinds=["response_removal"])] == [path]
        assert responses.faults(db) == {}


@both
def test_a_recording_of_who_is_being_erased_is_refused(url: str, answering: Asked, by: str) -> None:
    with committed(url) as db:
        path = responses.start(db, answering.candidate, answering.questions[0])["path"]
    refusal = waited(url, erase(answering, by), store(path))
    assert isinstance(refusal, Refusal) and responses.is_not_awaited(refusal)
    with committed(url) as db:
        assert responses.faults(db) == {}


@both
@pytest.mark.parametrize("sql", [COMPLETE, WITHDRAW, responses.DELETE])
def test_who_submits_or_withdraws_meanwhile_is_erased(
    url: str, answering: Asked, by: str, sql: str
) -> None:
    with committed(url) as db:
        responses.record(db, answering.candidate, answering.questions[0])
    act = as_candidate(answering, sql, answering.interview)
    assert waited(url, act, erase(answering, by))["participations"] == 1
    assert left(url, answering) == []
    with committed(url) as db:
        assert len(claim(db, kinds=["response_removal"])) == 1


@both
def test_a_worker_never_waits_for_it(url: str, made: Scene, by: str) -> None:
    with committed(url) as db:
        (mail,) = claim(db)
    with committed(url) as eraser, committed(url) as worker:
        assert erase(made, by)(eraser)["mails"] == 1
        worker.run("set local lock_timeout = '50ms'")
        assert settle(worker, mail, "accepted") == 0
        assert maintain(worker)["expired"] == 0
    assert left(url, made) == []


@both
def test_it_waits_for_a_worker_who_is_settling(url: str, made: Scene, by: str) -> None:
    with committed(url) as db:
        (mail,) = claim(db)
    settling: Act = lambda db: settle(db, mail, "accepted")  # noqa: E731
    assert waited(url, settling, erase(made, by))["invites"] == 1
    assert left(url, made) == []


@with_the_account
@pytest.mark.parametrize("lock", ["lock_inviting", "lock_candidate"])
def test_it_waits_while_they_invite_or_redeem(url: str, made: Scene, by: str, lock: str) -> None:
    with committed(url) as holder, committed(url) as db:
        holder.run(f"select private.{lock}(%s)", made.candidate)
        db.run("set local lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            erase(made, by)(db)


@with_the_account
def test_the_account_is_held_before_the_interviews(url: str, answering: Asked, by: str) -> None:
    """Who gives it something holds it, as a foreign key does, and needs the interview then."""
    answer = after(
        url,
        f"select from auth.users where id = '{answering.candidate}' for key share",
        erase(answering, by),
        "select from public.interviews for update",
        1,
    )
    assert answer["participations"] == 1
    assert left(url, answering) == []


def transfer(made: Scene, to: str) -> Callable[[Database], Any]:
    return lambda db: db.as_owner().value(
        "select public.transfer_interviews(%s, (select id from auth.users where email = %s))",
        made.recruiter,
        to,
    )


def test_a_transfer_and_an_erasure_wait_for_each_other(url: str, answering: Asked) -> None:
    with committed(url) as db:
        db.account("heir@example.com")
    there = transfer(answering, "heir@example.com")
    assert waited(url, there, erase(answering, PERSON))["participations"] == 1
    assert left(url, answering) == []


def test_a_candidate_who_was_just_transferred_is_not_erased(url: str, answering: Asked) -> None:
    with committed(url) as db:
        db.account("heir@example.com")
    there = transfer(answering, "heir@example.com")
    assert slug(waited(url, there, erase(answering, CANDIDATE))) == "participant_not_found"


def test_interviews_are_not_transferred_to_who_is_being_erased(url: str, answering: Asked) -> None:
    """Both would wait for the other's row otherwise: the account, and the interview they joined."""
    to_them = transfer(answering, answering.email)
    assert slug(waited(url, to_them, erase(answering, PERSON))) == "owns_interviews"
    with committed(url) as db:
        assert responses.faults(db) == {}


@both
def test_erasing_twice_at_once_erases_once(url: str, answering: Asked, by: str) -> None:
    answers = at_once(url, [erase(answering, by)] * 4)
    counts = [a["participations"] for a in answers if not isinstance(a, Refusal)]
    assert sum(counts) == 1
    assert {a.slug for a in answers if isinstance(a, Refusal)} <= {"participant_not_found"}


@both
def test_everything_at_once_is_no_deadlock(url: str, answering: Asked, by: str) -> None:
    """The candidate's own calls, the recruiter's, the worker's and the erasure."""
    with committed(url) as db:
        db.account("heir@example.com")
        responses.record(db, answering.candidate, answering.questions[0])
    answers = at_once(
        url,
        [
            redeem(answering),
            as_candidate(answering, COMPLETE, answering.interview),
            as_candidate(answering, "select public.resend_my_codes()"),
            erase(answering, by),
            transfer(answering, "heir@example.com"),
            lambda db: db.as_user(answering.recruiter).value(
                "select public.create_invites(%s, %s)", answering.interview, [answering.email]
            ),
            lambda db: settle(db, {"job_id": 1, "lease_token": None}, "accepted"),
            maintain,
        ],
    )
    assert "40P01" not in {a.code for a in answers if isinstance(a, Refusal)}
    with committed(url) as db:
        assert responses.faults(db) == {}
