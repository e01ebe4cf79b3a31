"""People and workers who touch the same rows at the same time: who waits for whom, and what the
one who waited finds.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal, Scene, committed
from tests.kit.waiting import PATIENCE, wait_for_a_lock

Act = Callable[[Database], Any]


def waited(url: str, first: Act, second: Act) -> Any:
    """What the second one gets, who comes while the first one's transaction is open and waits."""
    future: Future[Any]
    with ExitStack() as stack, committed(url) as db:
        pool = stack.enter_context(ThreadPoolExecutor(1))
        first(db)
        future = pool.submit(_alone, url, second)
        wait_for_a_lock(url)
        db.connection.commit()
        return future.result(timeout=PATIENCE)


def _alone(url: str, act: Act) -> Any:
    with committed(url) as db:
        try:
            return act(db)
        except psycopg.Error as error:
            db.connection.rollback()
            return Refusal.of(error)


def after(url: str, holds: str, act: Act, goes_on: str, rows: int) -> Any:
    """What somebody gets who waits for another's lock, and holds nothing that the other needs then.

    `holds` and `goes_on` are the other's two statements, the latter with so many rows.
    """
    with ThreadPoolExecutor(1) as pool, committed(url) as db:
        db.run(holds)
        waiting = pool.submit(_alone, url, act)
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


@pytest.fixture
def made(url: str) -> Scene:
    """A recruiter who has invited one candidate, committed."""
    with committed(url) as db:
        return db.scene()


# ---- invites --------------------------------------------------------------------------------


def revoke(scene: Scene) -> Act:
    return lambda db: db.as_user(scene.recruiter).value(
        "select public.revoke_invite(%s) ->> 'status'", scene.invite
    )


def redeem(scene: Scene) -> Act:
    return lambda db: db.accept(scene.candidate, scene.code)["status"]


def test_a_code_that_is_being_revoked_has_expired(url: str, made: Scene) -> None:
    assert slug(waited(url, revoke(made), redeem(made))) == "invite_expired"


def test_an_invite_that_is_being_redeemed_is_not_revoked(url: str, made: Scene) -> None:
    assert slug(waited(url, redeem(made), revoke(made))) == "invite_not_pending"


def test_a_code_that_another_account_is_redeeming_is_used(url: str, made: Scene) -> None:
    with committed(url) as db:
        twin = db.account(made.email, sso=True)
    second: Act = lambda db: db.accept(twin, made.code)  # noqa: E731
    assert slug(waited(url, redeem(made), second)) == "invite_used"


def test_calls_of_one_candidate_wait_for_each_other(url: str, made: Scene) -> None:
    def resend(db: Database) -> Any:
        return db.as_user(made.candidate).value("select public.resend_my_codes()")

    assert waited(url, resend, resend)["details"] == "codes_sent_recently"
    with committed(url) as db:
        assert db.value("select count(*) from private.code_requests") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "insert into public.interview_invites (interview_id, email)"
        " values (%(interview)s, 'b@c.de')",
        "update public.interview_invites set email = 'b@c.de' where id = %(invite)s",
        "select public.create_invites(%(interview)s, '{b@c.de}')",
        "select public.resend_invite(%(invite)s)",
        "select public.correct_invite(%(invite)s, 'b@c.de')",
        "select public.transfer_interviews(%(candidate)s, %(recruiter)s)",
        "select public.transfer_interviews(%(recruiter)s, %(candidate)s)",
    ],
)
def test_the_inviting_of_one_recruiter_is_one_after_the_other(
    url: str, made: Scene, sql: str
) -> None:
    """Otherwise two who draw the same codes in different orders would be a deadlock."""
    with committed(url) as holder, committed(url) as db:
        holder.run("select private.lock_inviting(%s)", made.recruiter)
        db.run("set local lock_timeout = '50ms'")
        assert db.refused(sql, vars(made)).code == "55P03"
        holder.run("rollback")
        holder.run("select private.lock_inviting(gen_random_uuid())")
        assert db.run(sql, vars(made)) >= 0


def test_transfers_there_and_back_wait_for_each_other(url: str, made: Scene) -> None:
    """They lock both recruiters in one order, so that neither gives the other up."""
    with committed(url) as db:
        heir = db.account()
        db.interview(heir)
    there: Act = lambda db: db.as_service().value(TRANSFER, made.recruiter, heir)  # noqa: E731
    back: Act = lambda db: db.as_service().value(TRANSFER, heir, made.recruiter)  # noqa: E731
    assert waited(url, there, back) == 2


def test_a_client_locks_no_interview_but_their_own(url: str, made: Scene) -> None:
    """Else a refused insert would hold a stranger's interview until its transaction ends."""
    with committed(url) as stranger, committed(url) as db:
        stranger.as_user(db.account())
        db.connection.commit()
        for sql in (
            "insert into public.interview_invites (interview_id, email)"
            " values (%(interview)s, 'b@c.de')",
            "insert into public.interview_questions (interview_id, question, order_index)"
            " values (%(interview)s, 'Q', 1)",
        ):
            with pytest.raises(psycopg.Error), stranger.connection.transaction():
                stranger.run(f"{sql}; select 1/0", vars(made))
        locked = (
            "with held as (select id from public.interviews where id = %s for update nowait)"
            " select count(*) from held"
        )
        assert db.as_owner().value(locked, made.interview) == 1


def test_who_was_invited_in_the_meantime_is_not_invited_twice(url: str, made: Scene) -> None:
    call = "select public.create_invites(%s, '{new@example.com}') -> 0 ->> 'outcome'"
    invite: Act = lambda db: db.as_user(made.recruiter).value(call, made.interview)  # noqa: E731
    assert waited(url, invite, invite) == "unchanged"
    call = "select public.invite_candidates('{new@example.com}') -> 0 ->> 'outcome'"
    assert waited(url, lambda db: db.as_service().value(call), lambda db: db.value(call)) == (
        "unchanged"
    )


def test_an_order_of_questions_that_lacks_one_meanwhile_is_refused(url: str, made: Scene) -> None:
    with committed(url) as db:
        db.as_user(made.recruiter)
        ids = [
            db.value(
                "insert into public.interview_questions (interview_id, question, order_index)"
                " values (%s, 'Q', %s) returning id",
                made.interview,
                number,
            )
            for number in (1, 2)
        ]
    delete = "delete from public.interview_questions where id = %s"
    reorder = "select public.reorder_questions(%s, %s)"
    answer = waited(
        url,
        lambda db: db.as_user(made.recruiter).run(delete, ids[0]),
        lambda db: db.as_user(made.recruiter).value(reorder, made.interview, ids[::-1]),
    )
    assert slug(answer) == "question_ids_mismatch"


# ---- mails ----------------------------------------------------------------------------------

MAILS = "{interview_invitation,candidate_invitation,interview_reminder}"
CLAIM = f"select public.claim_jobs('{MAILS}', 'worker')"
TRANSFER = "select public.transfer_interviews(%s, %s)"
SETTLE = "select public.settle_jobs(%s)"


def test_a_worker_passes_over_what_another_is_claiming(url: str, made: Scene) -> None:
    with committed(url) as first, committed(url) as second:
        assert len(first.as_service().value(CLAIM)) == 1
        second.run("set local lock_timeout = '50ms'")
        assert second.as_service().value(CLAIM.replace("'worker'", "'other'")) == []


def test_a_mail_no_longer_wanted_is_left_while_somebody_holds_its_invite(
    url: str, made: Scene
) -> None:
    """They wait for the mail next; who claims has it, and would wait for the invite."""
    with committed(url) as db:
        db.as_owner().run("update public.interviews set status = 'inactive'")
    status = "select delivery_status from public.interview_invites where id = %s"
    with committed(url) as holder, committed(url) as db:
        holder.run("select from public.interview_invites where id = %s for update", made.invite)
        db.run("set local lock_timeout = '50ms'")
        assert db.as_service().value(CLAIM) == []
        assert db.as_owner().value(status, made.invite) == "queued"
        holder.connection.rollback()
        db.pass_time("10 seconds")
        assert db.as_service().value(CLAIM) == []
        assert db.as_owner().value(status, made.invite) == "cancelled"


def test_one_mail_that_is_being_claimed_is_in_progress(url: str, made: Scene) -> None:
    call = "select public.claim_invite_mail(%s, %s, 'other') ->> 'delivery'"
    answer = waited(
        url,
        lambda db: db.as_service().value(CLAIM),
        lambda db: db.as_service().value(call, made.email, made.code),
    )
    assert answer == "in_progress"


def test_maintenance_passes_over_what_somebody_holds(url: str, made: Scene) -> None:
    with committed(url) as db:
        db.pass_time("31 days")
    with committed(url) as holder, committed(url) as db:
        holder.run("select from public.interview_invites for update")
        db.run("set local lock_timeout = '50ms'")
        assert db.as_service().value("select public.run_maintenance() -> 'expired'") == 0


def outcome_of(job: dict[str, Any], outcome: str) -> Jsonb:
    """What a worker settles that job with."""
    return Jsonb([{"job_id": job["job_id"], "lease_token": job["lease_token"], "outcome": outcome}])


def test_retrying_waits_for_somebody_who_sends_the_mail_again(url: str, made: Scene) -> None:
    """Both lock the invite first, as in the next test."""
    with committed(url) as db:
        (job,) = db.as_service().value(CLAIM)
        db.value(SETTLE, outcome_of(job, "failed"))
        db.pass_time("11 minutes")

    def retry(db: Database) -> Any:
        call = f"select public.retry_jobs('{MAILS}', '2001-01-01') -> 'retried'"
        return db.as_service().value(call)

    with ThreadPoolExecutor(1) as pool, committed(url) as db:
        db.run("select from public.interview_invites where id = %s for update", made.invite)
        retrying = pool.submit(_alone, url, retry)
        wait_for_a_lock(url)
        # The same rows as resending touches, in its order.
        assert db.run("update private.jobs set last_error = 'seen'") == 1
        db.connection.commit()
        assert retrying.result(timeout=PATIENCE) == 1


def test_sending_one_s_codes_again_locks_in_the_order_of_settling(url: str, made: Scene) -> None:
    with committed(url) as db:
        for number in range(30):
            interview = db.interview(made.recruiter, f"Interview {number}")
            db.invite(made.recruiter, interview, made.email)
        # So that the rows lie in another order than their keys.
        with db.without_triggers():
            db.run("update public.interview_invites set id = gen_random_uuid()")

    def resend(db: Database) -> Any:
        return db.as_user(made.candidate).value("select public.resend_my_codes() -> 'queued'")

    assert after(url, FIRST_INVITE, resend, ALL_INVITES, 31) == 31


def test_settling_waits_for_nobody_who_sends_the_mail_again(url: str) -> None:
    """Neither for the invite, as resend_invite holds it first, nor for the job."""
    with committed(url) as db:
        scene = db.scene()
        (job,) = db.as_service().value(CLAIM)
        db.pass_time("11 minutes")
    with committed(url) as db, committed(url) as worker:
        # As resend_invite does before anything else.
        db.run("select from public.interview_invites where id = %s for update", scene.invite)
        assert db.value("select public.resend_invite(%s)", scene.invite)["outcome"] == "renewed"
        worker.run("set local lock_timeout = '50ms'")
        answer = worker.as_service().value(SETTLE, outcome_of(job, "accepted"))
        assert answer == {"settled": 0, "busy": [job["job_id"]]}
        db.connection.commit()
        assert worker.value(SETTLE, outcome_of(job, "accepted"))["settled"] == 1


def test_inviting_again_locks_in_the_order_of_settling(url: str) -> None:
    """Somebody who holds the first of many invites gets the others too."""
    with committed(url) as db:
        scene = db.scene()
        emails = [f"{n}@example.com" for n in range(30)]
        call = "select public.create_invites(%s, %s)"
        db.value(call, scene.interview, emails)
        db.pass_time("11 minutes")

    def renew(db: Database) -> set[str]:
        rows = db.as_user(scene.recruiter).value(call, scene.interview, emails)
        return {row["outcome"] for row in rows}

    # The candidate of the scene is not invited again.
    others = f"public.interview_invites where email <> '{scene.email}'"
    first = LOCK.format(f"where id in (select min(id::text)::uuid from {others})")
    assert after(url, first, renew, ALL_INVITES, 31) == {"renewed"}


# ---- an interview that is moved or deleted -----------------------------------------------------


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
def test_whoever_writes_below_an_interview_that_moves_is_not_missed(
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
        moving = pool.submit(_alone, url, move(made))
        wait_for_a_lock(url)
        assert db.accept(made.candidate, made.code)["status"] == "active"
        db.connection.commit()
        assert not isinstance(moving.result(timeout=PATIENCE), Refusal)
    assert strays(url) == 0


def test_whoever_redeems_takes_the_interview_before_the_invite(url: str, made: Scene) -> None:
    """Who moves it holds the interview, and goes on to the invites when the participant is free."""
    with ExitStack() as stack, committed(url) as db:
        pool = stack.enter_context(ThreadPoolExecutor(2))
        enrol(made)(db)
        db.connection.commit()
        db.run("select from public.interview_participants for update")
        moving = pool.submit(_alone, url, move(made))
        wait_for_a_lock(url)
        redeeming = pool.submit(_alone, url, redeem(made))
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
    """Whoever completes holds the participant, and goes on to the invite."""
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
