"""What one account holds stops neither maintenance nor the candidates of others.

Maintenance works for all recruiters in one transaction: if it waited for one of them, all the
others would wait for maintenance. A `lock_timeout` refuses those who wait.
"""

from collections.abc import Callable

import pytest

from tests.kit import responses
from tests.kit.database import Database, committed
from tests.kit.responses import Asked
from tests.sql.jobs import maintain

NO_WAIT = "set local lock_timeout = '100ms'"
STAGE = "select deadline_stage from public.interviews where id = %s"


@pytest.fixture
def late(url: str) -> tuple[Asked, Asked]:
    """Two recruiters' candidates who have answered; their deadlines are an hour away."""
    with committed(url) as db:
        soon = db.value("select now() + interval '1 hour'")
        made = []
        for name in ("busy", "other"):
            asked = responses.ask(
                db, db.scene(f"{name}@example.com"), {"required": True}, deadline=soon
            )
            responses.write(db, asked.candidate, asked.questions[0], "An answer")
            made.append(asked)
        return made[0], made[1]


def tell_after_the_deadline(db: Database) -> None:
    """What is due once the deadline has passed."""
    db.pass_time("61 minutes")


def submit_after_the_grace(db: Database) -> None:
    """What is due once the time for uploads is over as well."""
    db.pass_time("61 minutes")
    maintain(db)
    db.pass_time("25 hours")


def holds_the_participation(db: Database, asked: Asked) -> None:
    """As the candidate's update with a filter that takes long does."""
    held = "update public.interview_participants set status = status where id = %s"
    assert db.as_user(asked.candidate).run(held, asked.participant) == 1


def holds_the_invite(db: Database, asked: Asked) -> None:
    """As the candidate does who has very many codes sent again."""
    db.run("select from public.interview_invites where id = %s for update", asked.invite)


def holds_the_notice(db: Database, asked: Asked) -> None:
    """As another candidate of the interview does who completes it, and many others with it."""
    db.run(
        "insert into private.jobs (kind, lane, subject, key)"
        " select 'candidate_completed', %(recruiter)s, %(interview)s, extract(epoch from"
        " date_trunc('hour', now(), 'utc'))::bigint::text",
        vars(asked),
    )


@pytest.mark.parametrize(
    ("due", "hold"),
    [
        (tell_after_the_deadline, holds_the_participation),
        (submit_after_the_grace, holds_the_participation),
        (submit_after_the_grace, holds_the_invite),
        (submit_after_the_grace, holds_the_notice),
    ],
)
def test_maintenance_waits_for_nobody(
    url: str,
    late: tuple[Asked, Asked],
    due: Callable[[Database], None],
    hold: Callable[[Database, Asked], None],
) -> None:
    """What is held is done by the next run; everything else at once."""
    busy, other = late
    with committed(url) as db:
        due(db)
        before = db.as_owner().value(STAGE, other.interview)
    with committed(url) as holding:
        hold(holding, busy)
        with committed(url) as db:
            db.run(NO_WAIT)
            maintain(db)
        with committed(url) as db:
            assert db.as_owner().value(STAGE, other.interview) == before + 1
            assert db.value(STAGE, busy.interview) == before
        holding.connection.rollback()
    with committed(url) as db:
        maintain(db)
        assert db.as_owner().value(STAGE, busy.interview) == before + 1
        mails = "select count(distinct lane) from private.jobs where kind = %s"
        kind = "submission_receipt" if before else "submission_reminder"
        assert db.as_owner().value(mails, kind) == 2


# By candidate what happens to their invite, interview or responses, so that a run of maintenance
# finds all its work.
DUE = {
    "overdue": "interview_invites set expires_at = now()",
    "expiring": "interview_invites set expires_at = now() + interval '12 hours'",
    "invited": "interviews set deadline = now() + interval '12 hours'",
    "joined": "interviews set deadline = now() + interval '12 hours'",
    "joined, ended": "interviews set deadline = now() - interval '1 hour'",
    "joined, late": "interviews set deadline = now() - interval '2 days', deadline_stage = 1",
    "joined, old": "interview_responses set submitted_at = now() - interval '181 days'",
    "joined, gone": "interview_invites set accepted_at = now() - interval '3 years'",
}
MAILS = ["done_at = now()", "failed_at = now()", "failed_at = now() - interval '31 days'"]
WORK = {"expired": 1, "reminders": 4, "pruned": 1, "submitted": 1, "responses_expired": 1}
WORK |= {"invites_expired": 1, "swept": 0}


@pytest.fixture
def all_due(url: str) -> None:
    """Something of all that maintenance does."""
    with committed(url) as db:
        for number, (name, update) in enumerate(DUE.items()):
            scene = db.scene(f"candidate{number}@example.com")
            if name.startswith("joined"):
                asked = responses.ask(db, scene, {"required": True})
                responses.write(db, asked.candidate, asked.questions[0], "An answer")
            key = "id" if update.startswith("interviews") else "interview_id"
            with db.without_triggers():
                db.run(f"update public.{update} where {key} = %s", scene.interview)
        with db.without_triggers():
            for table, column in ("invites", "queued_at"), ("participants", "joined_at"):
                db.run(f"update public.interview_{table} set {column} = now() - interval '9 days'")
            jobs = db.rows("select id from private.jobs where kind = 'interview_invitation'")
            for job, change in zip(jobs, MAILS, strict=False):
                db.run(f"update private.jobs set {change} where id = %s", job["id"])
            db.run(
                "insert into private.notifications (user_id, candidate_completed, digested_until)"
                " values (%s, 'daily', now() - interval '2 days')",
                scene.recruiter,
            )


LOCK = "select from {} for no key update"


@pytest.mark.usefixtures("all_due")
@pytest.mark.parametrize(
    "hold",
    [
        LOCK.format("public.interviews"),
        LOCK.format("public.interview_participants"),
        LOCK.format("public.interview_invites"),
        LOCK.format("private.jobs"),
        LOCK.format("private.notifications"),
        "delete from public.interviews",
    ],
)
def test_maintenance_passes_over_what_is_locked(url: str, hold: str) -> None:
    with committed(url) as holding:
        holding.run(hold)
        with committed(url) as db:
            db.run(NO_WAIT)
            first = maintain(db)
        holding.connection.rollback()
    with committed(url) as db:
        second = maintain(db)
    assert {name: first[name] + second[name] for name in first} == WORK


def test_one_who_is_busy_keeps_no_other_of_the_interview(url: str, answering: Asked) -> None:
    with committed(url) as db:
        other = db.account("other@example.com")
        invite = db.invite(answering.recruiter, answering.interview, "other@example.com")
        db.accept(other, invite["invite_code"])
        for candidate in (answering.candidate, other):
            responses.write(db, candidate, answering.questions[0], "An answer")
        db.as_owner().run("update public.interview_questions set required = order_index = 1")
        db.run("update public.interviews set deadline = now()")
        maintain(db)
        db.pass_time("25 hours")
    with committed(url) as holding:
        holds_the_participation(holding, answering)
        with committed(url) as db:
            db.run(NO_WAIT)
            assert maintain(db)["submitted"] == 1
        holding.connection.rollback()
    with committed(url) as db:
        assert maintain(db)["submitted"] == 1


def test_an_old_failure_that_is_being_sent_again_is_not_pruned(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        with db.superuser():
            db.run("update private.jobs set failed_at = now()")
        db.pass_time("31 days")
        db.as_owner().run(
            "update public.interview_invites set expires_at = now() + interval '1 day'"
        )
    with committed(url) as holding:
        sent = holding.as_user(scene.recruiter).value(
            "select public.resend_invite(%s) ->> 'outcome'", scene.invite
        )
        assert sent == "renewed"
        with committed(url) as db:
            db.run(NO_WAIT)
            maintain(db)
        holding.connection.commit()
    with committed(url) as db:
        maintain(db)
        assert db.jobs(scene.invite) == ["queued"]


def test_candidates_get_their_codes_again_whatever_another_recruiter_holds(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        expired = db.interview(scene.recruiter, "Expired")
        invite = db.invite(scene.recruiter, expired, scene.email)["invite_id"]
        with db.without_triggers():
            db.run("update public.interview_invites set expires_at = now() where id = %s", invite)
        busy = db.account()
        held = db.interview(busy, "Of somebody else")
        db.invite(busy, held, scene.email)
    with committed(url) as deleting:
        delete = "delete from public.interviews where id = %s"
        assert deleting.as_user(busy).run(delete, held) == 1
        with committed(url) as db:
            db.run(NO_WAIT)
            db.as_user(scene.candidate)
            # Others may let go in a moment; they are given more than this.
            db.run("set local statement_timeout = '100ms'")
            assert db.refused("select public.resend_my_codes()").code == "57014"
            db.run("set local statement_timeout = 0")
            answer = db.value("select public.resend_my_codes()")
        deleting.connection.rollback()
    assert answer == {"queued": 1, "renewals_requested": 1}
