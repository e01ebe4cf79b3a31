"""People and workers who change the same rows at the same time: who waits for whom, and what the
one who waited gets.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Scene, committed
from tests.kit.responses import WITHDRAW
from tests.kit.waiting import PATIENCE, wait_for_a_lock
from tests.sql.jobs import maintain
from tests.sql.locks import (
    ALL_INVITES,
    LOCK,
    Act,
    after,
    alone,
    redeem,
    revoke,
    slug,
    waited,
)

# ---- invites --------------------------------------------------------------------------------


def test_a_code_that_is_being_revoked_has_expired(url: str, made: Scene) -> None:
    assert slug(waited(url, revoke(made), redeem(made))) == "invite_expired"


@pytest.mark.parametrize(
    "call", ["resend_invite(%s)", "revoke_invite(%s)", "correct_invite(%s, 'b@c.de')"]
)
def test_an_invite_that_is_being_deleted_is_gone(url: str, made: Scene, call: str) -> None:
    delete = "delete from public.interview_invites where id = %s"
    answer = waited(
        url,
        lambda db: db.as_user(made.recruiter).run(delete, made.invite),
        lambda db: db.as_user(made.recruiter).value(f"select public.{call}", made.invite),
    )
    assert slug(answer) == "invite_not_found"


def test_an_invite_that_is_being_redeemed_is_not_revoked(url: str, made: Scene) -> None:
    assert slug(waited(url, redeem(made), revoke(made))) == "invite_not_pending"


def test_a_code_that_another_account_is_redeeming_is_used(url: str, made: Scene) -> None:
    with committed(url) as db:
        twin = db.account(made.email.upper())
    second: Act = lambda db: db.accept(twin, made.code)  # noqa: E731
    assert slug(waited(url, redeem(made), second)) == "invite_used"


def test_who_returns_waits_for_nobody_at_the_invite_of_before(url: str, made: Scene) -> None:
    with committed(url) as db:
        redeem(made)(db)
        db.value(WITHDRAW, made.interview)
        code = db.invite(made.recruiter, made.interview, made.email)["invite_code"]
    with committed(url) as holder, committed(url) as db:
        holder.run("select from public.interview_invites where id = %s for update", made.invite)
        db.run("set local lock_timeout = '50ms'")
        assert db.accept(made.candidate, code)["status"] == "active"


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
        "select public.revoke_invite(%(invite)s)",
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
    """They lock both recruiters in the same order, so that there is no deadlock."""
    with committed(url) as db:
        heir = db.account()
        db.interview(heir)
    there: Act = lambda db: db.as_service().value(TRANSFER, made.recruiter, heir)  # noqa: E731
    back: Act = lambda db: db.as_service().value(TRANSFER, heir, made.recruiter)  # noqa: E731
    assert waited(url, there, back) == 2


def test_a_client_waits_for_no_interview_but_their_own(url: str, made: Scene) -> None:
    """Else a refused insert would wait for strangers, and they for it."""
    with committed(url) as holder, committed(url) as db:
        holder.run("select private.lock_inviting(%s)", made.recruiter)
        holder.run("select from public.interviews where id = %s for update", made.interview)
        db.as_user(db.account())
        db.run("set local lock_timeout = '50ms'")
        for sql in (
            "insert into public.interview_invites (interview_id, email)"
            " values (%(interview)s, 'b@c.de')",
            "insert into public.interview_questions (interview_id, question, order_index)"
            " values (%(interview)s, 'Q', 1)",
        ):
            assert db.refused(sql, vars(made)).code == "42501"


def test_who_was_invited_in_the_meantime_is_not_invited_twice(url: str, made: Scene) -> None:
    call = "select public.create_invites(%s, '{new@example.com}') -> 0 ->> 'outcome'"
    invite: Act = lambda db: db.as_user(made.recruiter).value(call, made.interview)  # noqa: E731
    assert waited(url, invite, invite) == "unchanged"
    call = "select public.invite_candidates('{new@example.com}') -> 0 ->> 'outcome'"
    assert waited(url, lambda db: db.as_service().value(call), lambda db: db.value(call)) == (
        "unchanged"
    )


def test_who_joins_meanwhile_is_not_invited_again(url: str, made: Scene) -> None:
    with committed(url) as db:
        db.pass_time("11 minutes")
    (outcome,) = waited(
        url,
        redeem(made),
        lambda db: db.as_user(made.recruiter).value(
            "select public.create_invites(%s, %s)", made.interview, [made.email]
        ),
    )
    assert outcome["outcome"] == "already_joined"
    with committed(url) as db:
        assert db.invite_row(made.invite)["queued_at"] < db.value("select now() - interval '1 m'")


def test_an_interview_that_is_being_closed_sends_no_invite_again(url: str, made: Scene) -> None:
    call = "select public.create_invites(%s, %s)"
    with committed(url) as db:
        db.pass_time("11 minutes")

    def close(db: Database) -> Any:
        db.as_user(made.recruiter).value(call, made.interview, ["new@example.com"])
        return db.run("update public.interviews set status = 'inactive'")

    again: Act = lambda db: db.as_user(made.recruiter).value(  # noqa: E731
        call, made.interview, [made.email]
    )
    assert slug(waited(url, close, again)) == "interview_closed"


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
    """They wait for the job next; the claim has locked it, and would wait for the invite."""
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
        assert maintain(db)["expired"] == 0


def outcome_of(job: dict[str, Any], outcome: str) -> Jsonb:
    """The result with which a worker settles that job."""
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
        retrying = pool.submit(alone, url, retry)
        wait_for_a_lock(url)
        # The same rows as resending touches, in its order.
        assert db.run("update private.jobs set last_error = 'seen'") == 1
        db.connection.commit()
        assert retrying.result(timeout=PATIENCE) == 1


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


@pytest.mark.parametrize(("later", "outcome"), [("11 minutes", "renewed"), ("31 days", "created")])
def test_inviting_again_locks_in_the_order_of_settling(url: str, later: str, outcome: str) -> None:
    """A session that holds the first of many invites gets the others too."""
    with committed(url) as db:
        scene = db.scene()
        emails = [f"{n}@example.com" for n in range(30)]
        call = "select public.create_invites(%s, %s)"
        db.value(call, scene.interview, emails)
        db.pass_time(later)

    def renew(db: Database) -> set[str]:
        rows = db.as_user(scene.recruiter).value(call, scene.interview, emails)
        return {row["outcome"] for row in rows}

    # The candidate of the scene is not invited again.
    others = f"public.interview_invites where email <> '{scene.email}'"
    first = LOCK.format(f"where id in (select min(id::text)::uuid from {others})")
    assert after(url, first, renew, ALL_INVITES, 31) == {outcome}


def test_inviting_again_waits_for_no_invite_of_before(url: str, made: Scene) -> None:
    """But for the last one, which it replaces."""
    with committed(url) as db:
        for _ in range(2):
            db.pass_time("31 days")
            again = db.invite(made.recruiter, made.interview, made.email)
            assert again["outcome"] == "created"
        db.pass_time("31 days")
    with committed(url) as holder, committed(url) as db:
        held = "select from public.interview_invites where id <> %s for update"
        assert holder.run(held, again["invite_id"]) == 2
        db.run("set local lock_timeout = '50ms'")
        assert db.invite(made.recruiter, made.interview, made.email)["outcome"] == "created"
