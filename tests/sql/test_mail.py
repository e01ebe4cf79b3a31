"""Email jobs: their content, when they are no longer sent, and claiming one by its code."""

from datetime import datetime

import pytest

from tests.kit.database import Database, Row, Scene, committed
from tests.sql.jobs import INVITATION, REMINDER, answer, claim, delivery, maintain, result, settle

# ---- what is in a mail ---------------------------------------------------------------------


def test_a_claimed_mail_has_all_that_is_needed_to_write_it(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = now() + interval '9 days'"
    )
    (mail,) = claim(db)
    invite = db.invite_row(scene.invite)
    recruiter = db.email_of(scene.recruiter)
    assert {
        "kind": INVITATION,
        "subject": str(scene.invite),
        "attempts": 1,
        "email": scene.email,
        "invite_code": scene.code,
        "interview_title": "Frontend Developer",
        "recruiter_name": "Rita Recruiter",
        "reply_to": recruiter,
    }.items() <= mail.items()
    assert datetime.fromisoformat(mail["expires_at"]) == invite["expires_at"]
    assert mail["lease_token"] and mail["deadline"] and mail["queued_at"]


def test_a_mail_says_what_is_true_when_it_is_claimed(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set title = 'Backend Developer'")
    db.as_owner().run("update public.interview_invites set recruiter_name = 'Bob'")
    (mail,) = claim(db)
    assert (mail["interview_title"], mail["recruiter_name"]) == ("Backend Developer", "Bob")


def test_a_participant_s_reminder_is_signed_like_the_invitation(db: Database, scene: Scene) -> None:
    db.as_owner().run("update public.interview_invites set recruiter_name = 'Bob'")
    settle(db, claim(db)[0], "accepted")
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter).run(
        "update public.interviews set deadline = now() + interval '10 days'"
    )
    db.pass_time("7 days")
    maintain(db)
    (mail,) = claim(db)
    participant = db.participant_row(scene.interview, scene.candidate)
    assert {
        "kind": REMINDER,
        "subject": str(participant["id"]),
        "email": scene.email,
        "recruiter_name": "Bob",
        "invite_code": None,
        "interview_title": "Frontend Developer",
    }.items() <= mail.items()


# ---- no longer wanted ----------------------------------------------------------------------


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
    assert db.jobs(scene.invite) == []
    assert delivery(db, scene) == ("cancelled", None)


def test_an_overdue_invite_is_not_mailed_before_any_job_has_run(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    assert claim(db) == []
    assert db.jobs(scene.invite) == []
    assert delivery(db, scene) == ("cancelled", None)


def test_a_deleted_invite_is_not_mailed(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("delete from public.interview_invites")
    assert claim(db) == [] and db.jobs(scene.invite) == []


def test_what_arrived_stays_shown_when_a_repetition_is_no_longer_wanted(
    db: Database, scene: Scene
) -> None:
    settle(db, claim(db)[0], "accepted")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert delivery(db, scene) == ("queued", None)
    db.value("select public.revoke_invite(%s)", scene.invite)
    assert claim(db) == []
    assert delivery(db, scene) == ("cancelled", None), "the repetition"


# ---- sending again -------------------------------------------------------------------------


def test_sending_again_forgets_the_failure(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "failed", error="550 no such user")
    assert delivery(db, scene) == ("failed", "550 no such user")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert delivery(db, scene) == ("queued", None)
    assert db.jobs(scene.invite) == ["queued"]
    assert claim(db)[0]["attempts"] == 1


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
    assert [again["job_id"] for again in claim(db)] == [mail["job_id"]]


def test_a_reminder_s_job_says_nothing_about_the_invitation(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "accepted")
    db.pass_time("27 days")
    maintain(db)
    (reminder,) = claim(db)
    assert answer(db, result(reminder, "retry", error="450", retry_in=0))["settled"] == 1
    assert delivery(db, scene) == ("accepted", None)
    (reminder,) = claim(db)
    assert settle(db, reminder, "accepted") == 1
    assert db.jobs(scene.invite) == []


# ---- one mail, by address and code ---------------------------------------------------------


def claim_one(db: Database, email: str | None, code: str | None) -> Row:
    db.as_service()
    told: Row = db.value("select public.claim_invite_mail(%s, %s, 'web')", email, code)
    return told


def test_one_mail_by_address_and_code(db: Database, scene: Scene) -> None:
    told = claim_one(db, " Candidate1@Example.com", f"{scene.code} ")
    assert told["delivery"] == "claimed"
    assert told["mail"]["email"] == scene.email
    assert claim_one(db, scene.email, scene.code) == {"delivery": "in_progress"}
    assert claim(db) == []
    settle(db, told["mail"], "accepted")
    assert claim_one(db, scene.email, scene.code)["delivery"] == "accepted"
    assert db.jobs(scene.invite) == []


def test_one_mail_of_an_invite_of_the_first_version(db: Database, scene: Scene) -> None:
    """Which was never queued."""
    with db.without_triggers():
        db.run("update public.interview_invites set queued_at = null, delivery_status = null")
        db.run("delete from private.jobs")
    assert claim_one(db, scene.email, scene.code)["delivery"] == "claimed"
    assert db.jobs(scene.invite) == ["queued"]


def test_one_mail_that_failed(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    assert claim_one(db, scene.email, scene.code) == {"delivery": "failed", "error": "550"}


@pytest.mark.parametrize("outcome", ["accepted", "failed"])
def test_one_mail_that_the_invite_does_not_say_yet(url: str, outcome: str) -> None:
    """It was settled while somebody held the invite."""
    with committed(url) as db:
        scene = db.scene()
        (mail,) = claim(db, lease=3600)
    with committed(url) as holding:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        with committed(url) as db:
            settle(db, mail, outcome, error="250 or 550")
            assert claim_one(db, scene.email, scene.code)["delivery"] == outcome


def test_one_mail_is_not_held_back_by_a_later_attempt(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "retry", error="450", retry_in=3600)
    assert claim_one(db, scene.email, scene.code)["delivery"] == "claimed"


@pytest.mark.parametrize("kind", [INVITATION, REMINDER])
def test_one_mail_while_paused(db: Database, scene: Scene, kind: str) -> None:
    db.as_service().value("select public.pause_jobs(%s, '535 wrong password', 600)", [kind])
    told = claim_one(db, scene.email, scene.code)
    if kind == INVITATION:
        assert told == {"delivery": "paused", "reason": "535 wrong password"}
    else:
        assert told["delivery"] == "claimed"
    assert db.jobs(scene.invite) == ["queued"]


def test_one_mail_of_a_closed_interview(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    assert claim_one(db, scene.email, scene.code) == {"delivery": "cancelled"}
    assert claim_one(db, scene.email, scene.code)["delivery"] == "cancelled"


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
