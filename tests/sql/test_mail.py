"""The outbox as the workers see it: claim, settle, pause, status."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.database import Database, Row, Scene, at_once, committed

CLAIM = "select public.claim_mails('worker')"


def claim(db: Database, batch: int = 50, lease: int = 60, worker: str = "worker") -> list[Row]:
    db.as_service()
    mails: list[Row] = db.value("select public.claim_mails(%s, %s, %s)", worker, batch, lease)
    return mails


def settle(db: Database, mail: Row, outcome: str, **more: Any) -> int:
    result = {"mail_id": mail["mail_id"], "lease_token": mail["lease_token"], "outcome": outcome}
    db.as_service()
    answer: Row = db.value("select public.settle_mails(%s)", Jsonb([{**result, **more}]))
    settled: int = answer["settled"]
    return settled


def outbox_row(db: Database, mail: Row) -> Row:
    with db.superuser():
        return db.one("select * from private.outbox where id = %s", mail["mail_id"])


def delivery(db: Database, scene: Scene) -> tuple[str, str | None]:
    row = db.invite_row(scene.invite)
    return row["delivery_status"], row["delivery_error"]


# ---- the table -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"mail": "'newsletter'", "email": "'a@example.com'"},
        {"mail": "'candidate_invitation'"},  # to nobody
        {"mail": "'candidate_invitation'", "email": "'a@example.com'", "invite_id": "%(invite)s"},
        {"mail": "'candidate_invitation'", "email": "'a@example.com'", "status": "'lost'"},
        {"mail": "'interview_reminder'", "invite_id": "%(invite)s"},  # of what, and when
        {"mail": "'interview_reminder'", "invite_id": "%(invite)s", "distance": "'1 day'"},
        {"mail": "'interview_reminder'", "invite_id": "%(invite)s", "target": "now()"},
        {"mail": "'candidate_invitation'", "email": "'a@example.com'", "target": "now()"},
        {
            "mail": "'candidate_invitation'",
            "email": "'a@example.com'",
            "distance": "'1 day'",
            "target": "now()",
        },
    ],
    ids=lambda columns: " ".join(columns),
)
def test_what_the_outbox_refuses(db: Database, scene: Scene, columns: dict[str, str]) -> None:
    names, values = ", ".join(columns), ", ".join(columns.values())
    sql = f"insert into private.outbox ({names}) values ({values})"
    assert db.as_owner().refused(sql, {"invite": scene.invite}).code == "23514"


def test_the_outbox_holds_no_mail_twice(db: Database, scene: Scene) -> None:
    db.as_owner()
    again = "insert into private.outbox (mail, invite_id) values ('interview_invitation', %s)"
    assert db.refused(again, scene.invite).code == "23505"
    reminder = (
        "insert into private.outbox (mail, invite_id, distance, target)"
        " values ('interview_reminder', %s, '1 day', '2030-01-01')"
    )
    assert db.run(reminder, scene.invite) == 1
    db.run("update private.outbox set status = 'accepted'")
    assert db.refused(reminder, scene.invite).code == "23505"
    assert db.run(again, scene.invite) == 1


def test_the_state_is_one_row(db: Database) -> None:
    db.as_owner()
    assert db.refused("insert into private.mail_state default values").code == "23505"
    sql = "insert into private.mail_state (singleton) values (false)"
    assert db.refused(sql).code == "23514"


# ---- claiming ------------------------------------------------------------------------------


def test_a_claimed_mail_has_all_that_is_needed_to_write_it(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = now() + interval '9 days'"
    )
    (mail,) = claim(db)
    invite = db.invite_row(scene.invite)
    recruiter = db.as_owner().value("select email from auth.users where id = %s", scene.recruiter)
    assert {
        "mail": "interview_invitation",
        "attempts": 1,
        "email": scene.email,
        "invite_code": scene.code,
        "interview_title": "Frontend Developer",
        "recruiter_name": "Rita Recruiter",
        "reply_to": recruiter,
    }.items() <= mail.items()
    assert datetime.fromisoformat(mail["expires_at"]) == invite["expires_at"]
    assert mail["lease_token"] and mail["deadline"] and mail["queued_at"]


def test_oldest_first_and_no_more_than_asked_for(db: Database, scene: Scene) -> None:
    for n in range(3):
        db.pass_time("1 minute")
        db.invite(scene.recruiter, scene.interview, f"{n}@example.com")
    assert [mail["email"] for mail in claim(db, batch=3)] == [
        scene.email,
        "0@example.com",
        "1@example.com",
    ]
    assert claim(db, batch=-1) == []
    assert [mail["email"] for mail in claim(db)] == ["2@example.com"]
    assert claim(db) == []


def test_a_lease_comes_back_by_itself(db: Database, scene: Scene) -> None:
    (first,) = claim(db, lease=60)
    db.pass_time("59 seconds")
    assert claim(db) == []
    db.pass_time("1 second")
    (second,) = claim(db)
    assert second["mail_id"] == first["mail_id"]
    assert second["lease_token"] != first["lease_token"]
    assert second["attempts"] == 2
    # Whoever slept past the lease writes nothing.
    assert settle(db, first, "failed", error="too late") == 0
    assert delivery(db, scene) == ("queued", None)
    assert settle(db, second, "accepted") == 1


@pytest.mark.parametrize(
    ("who", "sql"),
    [
        ("recruiter", "select public.revoke_invite(%(invite)s)"),
        ("candidate", "select public.accept_invite(%(code)s)"),
        ("recruiter", "update public.interviews set status = 'inactive'"),
        ("recruiter", "update public.interviews set deadline = now()"),
    ],
)
def test_what_is_no_longer_wanted_is_cancelled(
    db: Database, scene: Scene, who: str, sql: str
) -> None:
    db.as_user(getattr(scene, who)).run(sql, {"invite": scene.invite, "code": scene.code})
    assert claim(db) == []
    assert db.outbox(scene.invite) == ["cancelled"]
    assert delivery(db, scene) == ("cancelled", None)


def test_an_overdue_invite_is_not_mailed_before_any_job_has_run(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    assert claim(db) == []
    assert db.outbox(scene.invite) == ["cancelled"]


def test_a_deleted_invite_is_not_mailed(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    db.as_user(scene.recruiter).run("delete from public.interview_invites")
    db.pass_time("61 seconds")
    assert claim(db) == [] and db.outbox(scene.invite) == []
    assert settle(db, mail, "accepted") == 0


@pytest.mark.parametrize("worker", [None])
def test_a_worker_has_a_name(db: Database, worker: None) -> None:
    assert db.as_service().refused("select public.claim_mails(%s)", worker).code == "23502"


def test_of_a_long_name_of_a_worker_the_beginning_is_kept(db: Database) -> None:
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 9_000)))  # more than an index takes
    db.as_service().value("select public.claim_mails(%s)", name)
    with db.superuser():
        assert db.value("select worker from private.mail_workers") == name[:200]


def test_two_workers_never_get_the_same_mail(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.value(
            "select public.create_invites(%s, %s)",
            scene.interview,
            [f"p{n}@example.com" for n in range(300)],
        )

    def work(name: str, db: Database) -> list[str]:
        found: list[str] = []
        while mails := claim(db, batch=7, worker=name):
            found += [mail["mail_id"] for mail in mails]
            db.connection.commit()
        return found

    lists = at_once(url, [partial(work, f"worker {n}") for n in range(6)])
    claimed = [mail for mails in lists if isinstance(mails, list) for mail in mails]
    assert len(claimed) == len(set(claimed)) == 301


# ---- settling ------------------------------------------------------------------------------


def test_accepted(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "accepted") == 1
    row = outbox_row(db, mail)
    assert (row["status"], row["settled_at"]) == ("accepted", db.value("select now()"))
    assert delivery(db, scene) == ("accepted", None)
    # Only once, and with the token only.
    assert settle(db, mail, "failed") == 0
    db.pass_time("1 day")
    assert claim(db) == []


def test_failed_for_good(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "failed", error="550 5.1.1 no such user") == 1
    assert outbox_row(db, mail)["status"] == "failed"
    assert delivery(db, scene) == ("failed", "550 5.1.1 no such user")
    # The recruiter sees it.
    db.as_user(scene.recruiter)
    assert db.value("select delivery_status from public.interview_invites") == "failed"


def test_sending_again_forgets_the_failure(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "failed", error="550 no such user")
    assert delivery(db, scene) == ("failed", "550 no such user")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert delivery(db, scene) == ("queued", None)


def test_sending_again_leaves_what_is_under_way(db: Database, scene: Scene) -> None:
    (mail,) = claim(db, lease=3600)
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert claim(db) == []
    assert settle(db, mail, "accepted") == 1


def test_sending_again_does_not_wait_for_the_next_try(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "retry", retry_in=3600)
    db.pass_time("11 minutes")
    assert claim(db) == []
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert [again["mail_id"] for again in claim(db)] == [mail["mail_id"]]


def test_tried_again_later(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy", retry_in=30) == 1
    assert delivery(db, scene) == ("queued", "450 busy")
    db.pass_time("29 seconds")
    assert claim(db) == []
    db.pass_time("1 second")
    (mail,) = claim(db)
    assert mail["attempts"] == 2
    assert settle(db, mail, "accepted") == 1
    assert delivery(db, scene) == ("accepted", None)


def test_given_back_unsent(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    before = delivery(db, scene)
    assert settle(db, mail, "released") == 1
    assert delivery(db, scene) == before
    (again,) = claim(db)
    assert (again["mail_id"], again["attempts"]) == (mail["mail_id"], 1)


def test_given_up_after_a_day_of_tries(db: Database, scene: Scene) -> None:
    for _ in range(5):
        (mail,) = claim(db)
        settle(db, mail, "retry", error="450 busy", retry_in=0)
        db.pass_time("4 hours 50 minutes")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 still busy", retry_in=0) == 1
    assert outbox_row(db, mail)["status"] == "failed"
    assert delivery(db, scene) == ("failed", "450 still busy")


def test_not_given_up_when_it_only_waited(db: Database, scene: Scene) -> None:
    """After a long pause everything is old, and deserves its tries all the same."""
    db.pass_time("3 days")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy") == 1
    assert outbox_row(db, mail)["status"] == "queued"


@pytest.mark.parametrize(
    "results",
    [
        None,
        [],
        [{}],
        [{"mail_id": "00000000-0000-4000-8000-000000000000", "outcome": "accepted"}],
    ],
)
def test_results_that_mean_nothing(db: Database, scene: Scene, results: object) -> None:
    db.as_service()
    settled = db.value(
        "select public.settle_mails(%s)", None if results is None else Jsonb(results)
    )
    assert settled == {"settled": 0}


def test_an_unknown_outcome_and_a_wrong_token_settle_nothing(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "delivered") == 0
    assert settle(db, {**mail, "lease_token": mail["mail_id"]}, "accepted") == 0
    assert settle(db, {**mail, "lease_token": None}, "accepted") == 0
    assert settle(db, mail, "accepted") == 1


# ---- one mail, by address and code -----------------------------------------------------------


def claim_one(db: Database, email: str | None, code: str | None) -> Row:
    db.as_service()
    answer: Row = db.value("select public.claim_invite_mail(%s, %s, 'web')", email, code)
    return answer


def test_one_mail_by_address_and_code(db: Database, scene: Scene) -> None:
    answer = claim_one(db, " Candidate1@Example.com", f"{scene.code} ")
    assert answer["delivery"] == "claimed"
    assert answer["mail"]["email"] == scene.email
    assert claim_one(db, scene.email, scene.code) == {"delivery": "in_progress"}
    assert claim(db) == []
    settle(db, answer["mail"], "accepted")
    assert claim_one(db, scene.email, scene.code)["delivery"] == "accepted"
    assert db.outbox(scene.invite) == ["accepted"]


def test_one_mail_of_an_invite_of_the_first_version(db: Database, scene: Scene) -> None:
    """Which was never queued."""
    with db.without_triggers():
        db.run("update public.interview_invites set queued_at = null, delivery_status = null")
        db.run("delete from private.outbox")
    assert claim_one(db, scene.email, scene.code)["delivery"] == "claimed"
    assert db.outbox(scene.invite) == ["queued"]


def test_one_mail_that_failed(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    assert claim_one(db, scene.email, scene.code) == {"delivery": "failed", "error": "550"}


def test_one_mail_is_not_held_back_by_a_later_attempt(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "retry", error="450", retry_in=3600)
    assert claim_one(db, scene.email, scene.code)["delivery"] == "claimed"


def test_one_mail_while_paused(db: Database, scene: Scene) -> None:
    db.as_service().value("select public.pause_mail('535 wrong password', 600)")
    assert claim_one(db, scene.email, scene.code) == {
        "delivery": "paused",
        "reason": "535 wrong password",
    }
    assert db.outbox(scene.invite) == ["queued"]


def test_one_mail_of_a_closed_interview(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    assert claim_one(db, scene.email, scene.code) == {"delivery": "cancelled"}


def test_it_is_no_relay(db: Database, scene: Scene) -> None:
    """The pair must exist and be pending."""
    call = "select public.claim_invite_mail(%s, %s, 'web')"
    wrong = "000000" if scene.code != "000000" else "000001"
    for email, code in [
        ("stranger@example.com", scene.code),
        (scene.email, wrong),
        (scene.email, None),
        (None, scene.code),
    ]:
        refusal = db.as_service().refused(call, email, code)
        assert (refusal.code, refusal.slug) == ("PT404", "invite_not_found")
    with db.connection.transaction(force_rollback=True):
        db.accept(scene.candidate, scene.code)
        refusal = db.as_service().refused(call, scene.email, scene.code)
        assert refusal.slug == "invite_not_found"
    db.pass_time("30 days")
    assert db.as_service().refused(call, scene.email, scene.code).slug == "invite_not_found"


# ---- pausing, and what there is to see -------------------------------------------------------


def status(db: Database) -> Row:
    db.as_service()
    row: Row = db.value("select public.mail_status()")
    return row


def test_pausing_keeps_every_row(db: Database, scene: Scene) -> None:
    db.as_service().value("select public.pause_mail('535 wrong password', 600)")
    assert claim(db) == []
    assert db.outbox(scene.invite) == ["queued"]
    assert status(db)["paused_reason"] == "535 wrong password"
    db.pass_time("600 seconds")
    assert (status(db)["paused_reason"], status(db)["paused_until"]) == (None, None)
    assert len(claim(db)) == 1


def test_resuming_ends_a_pause(db: Database, scene: Scene) -> None:
    db.as_service().value("select public.pause_mail('a reason', 600)")
    db.value("select public.resume_mail()")
    assert status(db)["paused_until"] is None
    assert len(claim(db)) == 1


def test_the_status(db: Database, scene: Scene) -> None:
    nobody = {"workers": 0, "last_seen_seconds": None, "paused_until": None, "paused_reason": None}
    never = {"accepted": 0, "failed": 0, "retried": 0}
    assert status(db) == {"queued": 1, "oldest_seconds": 0, "late_seconds": 0, **never, **nobody}
    db.pass_time("90 seconds")
    assert {"oldest_seconds": 90, "late_seconds": 90}.items() <= status(db).items()
    (mail,) = claim(db)
    assert status(db)["late_seconds"] == 0, "somebody has it"
    settle(db, mail, "retry", retry_in=0)
    for worker in ("one", "two"):
        for mail in claim(db, worker=worker):
            settle(db, mail, "accepted")
    done = {"queued": 0, "oldest_seconds": None, "accepted": 1, "failed": 0, "retried": 1}
    assert {**done, "workers": 3, "last_seen_seconds": 0}.items() <= status(db).items()
    db.pass_time("61 seconds")
    assert {"workers": 0, "last_seen_seconds": 61}.items() <= status(db).items()
    claim(db)
    assert {"workers": 1, "last_seen_seconds": 0}.items() <= status(db).items()


def test_what_recruiters_see_of_sending(db: Database, scene: Scene) -> None:
    def state() -> str:
        text: str = db.as_user(scene.recruiter).value("select public.delivery_state()")
        return text

    assert state() == "stopped"
    claim(db)
    assert state() == "sending"
    db.as_service().value("select public.pause_mail('a reason', 30)")
    assert state() == "paused"
    db.pass_time("61 seconds")
    assert state() == "stopped"


# ---- failed mails again ----------------------------------------------------------------------


def retry(db: Database, since: str = "1 day") -> int:
    db.as_service()
    answer: Row = db.value("select public.retry_mails(now() - %s::interval)", since)
    retried: int = answer["retried"]
    return retried


def test_failed_mails_are_queued_again(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("2 hours")
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours") == 1
    assert delivery(db, scene) == ("queued", None)
    (mail,) = claim(db)
    assert mail["attempts"] == 1
    settle(db, mail, "accepted")
    assert retry(db) == 0


def test_those_that_failed_earlier_are_left(db: Database, scene: Scene) -> None:
    """Whether or not they have an invite."""
    db.as_service().value("select public.invite_candidates('{someone@example.com}')")
    for mail in claim(db):
        settle(db, mail, "failed", error="550")
    db.pass_time("2 hours")
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours") == 2


def test_of_several_failed_mails_to_one_person_one_is_retried(db: Database, scene: Scene) -> None:
    for _ in range(2):
        settle(db, claim(db)[0], "failed", error="550")
        db.pass_time("11 minutes")
        db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert retry(db) == 0  # One is waiting.
    settle(db, claim(db)[0], "failed", error="550")
    assert retry(db) == 1
    assert sorted(db.outbox(scene.invite)) == ["failed", "failed", "queued"]


def test_what_arrived_in_the_meantime_is_not_retried(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    settle(db, claim(db)[0], "accepted")
    assert retry(db) == 0
