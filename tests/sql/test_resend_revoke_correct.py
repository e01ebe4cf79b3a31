"""resend_invite, revoke_invite and correct_invite."""

import uuid
from collections.abc import Callable

import pytest

from tests.kit.database import Database, Refusal, Row, Scene, at_once, committed
from tests.sql.jobs import claim, settle

CALLS = {
    "resend": "select public.resend_invite(%s)",
    "revoke": "select public.revoke_invite(%s)",
    "correct": "select public.correct_invite(%s, 'right@example.com')",
}
SPEAKERS: dict[str, Callable[[Database, Scene], Database]] = {
    "recruiter": lambda db, scene: db.as_user(scene.recruiter),
    "service_role": lambda db, scene: db.as_service(),
    "owner": lambda db, scene: db.as_owner(),
}


def correct(db: Database, scene: Scene, email: str | None) -> Row:
    db.as_user(scene.recruiter)
    row: Row = db.value("select public.correct_invite(%s, %s)", scene.invite, email)
    return row


@pytest.mark.parametrize("call", list(CALLS.values()), ids=list(CALLS))
@pytest.mark.parametrize("speaker", list(SPEAKERS.values()), ids=list(SPEAKERS))
def test_who_may(
    db: Database, scene: Scene, speaker: Callable[[Database, Scene], Database], call: str
) -> None:
    other = db.account()
    refusal = db.as_user(other).refused(call, scene.invite)
    assert (refusal.code, refusal.slug) == ("PT404", "invite_not_found")
    assert speaker(db, scene).value(call, scene.invite)["invite_id"] == str(scene.invite)
    missing = speaker(db, scene).refused(call, uuid.uuid4())
    assert (missing.code, missing.slug) == ("PT404", "invite_not_found")


# ---- resend --------------------------------------------------------------------------------


def test_resending_a_pending_invite_keeps_code_and_name(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    assert db.value(CALLS["resend"], scene.invite)["outcome"] == "unchanged"
    db.as_owner().run("update public.interview_invites set recruiter_name = 'Bob'")
    db.pass_time("10 minutes")
    db.as_user(scene.recruiter)
    left = db.value("select public.invites_left_today()")
    assert db.value(CALLS["resend"], scene.invite) == {
        "email": scene.email,
        "outcome": "renewed",
        "invite_id": str(scene.invite),
        "invite_code": scene.code,
    }
    assert db.value("select public.invites_left_today()") == left - 1
    assert db.invite_row(scene.invite)["recruiter_name"] == "Bob"


def test_what_is_resent_by_hand_leaves_before_the_rest(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "accepted")
    db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value(CALLS["resend"], scene.invite)
    assert [mail["email"] for mail in claim(db, batch=1)] == [scene.email]


@pytest.mark.parametrize("revoked", [True, False])
def test_resending_an_expired_invite_renews_it(db: Database, scene: Scene, revoked: bool) -> None:
    db.as_owner().run("update public.interview_invites set recruiter_name = 'Bob'")
    if revoked:
        db.as_user(scene.recruiter).value(CALLS["revoke"], scene.invite)
    else:
        db.pass_time("30 days")
    db.as_user(scene.recruiter)
    row = db.value(CALLS["resend"], scene.invite)
    assert (row["outcome"], row["email"]) == ("created", scene.email)
    assert row["invite_id"] != str(scene.invite) and row["invite_code"] != scene.code
    assert db.invite_row(row["invite_id"])["recruiter_name"] == "Bob"
    assert db.accept(scene.candidate, row["invite_code"])["status"] == "active"


def test_resending_to_who_has_joined(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter)
    assert db.value(CALLS["resend"], scene.invite)["outcome"] == "already_joined"


@pytest.mark.parametrize("call", ["resend", "correct"])
def test_a_closed_interview(db: Database, scene: Scene, call: str) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set status = 'inactive'")
    refusal = db.refused(CALLS[call], scene.invite)
    assert (refusal.code, refusal.slug) == ("PT409", "interview_closed")


# ---- revoke --------------------------------------------------------------------------------


def test_revoking_is_expiring_now(db: Database, scene: Scene) -> None:
    db.pass_time("1 hour")
    answer = {"invite_id": str(scene.invite), "status": "expired"}
    db.as_user(scene.recruiter)
    assert db.value(CALLS["revoke"], scene.invite) == answer
    row = db.invite_row(scene.invite)
    assert (row["status"], row["expires_at"]) == ("expired", db.value("select now()"))
    assert db.value(CALLS["revoke"], scene.invite) == answer
    # The waiting mail is not sent.
    assert claim(db) == []
    assert db.jobs(scene.invite) == []
    assert db.invite_row(scene.invite)["delivery_status"] == "cancelled"


def test_revoking_what_is_overdue_keeps_its_expiry(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    before = db.invite_row(scene.invite)["expires_at"]
    db.as_user(scene.recruiter).value(CALLS["revoke"], scene.invite)
    row = db.invite_row(scene.invite)
    assert (row["status"], row["expires_at"]) == ("expired", before)


@pytest.mark.parametrize("call", ["revoke", "correct"])
def test_what_was_redeemed_stays(db: Database, scene: Scene, call: str) -> None:
    db.accept(scene.candidate, scene.code)
    for _ in range(2):
        refusal = db.as_user(scene.recruiter).refused(CALLS[call], scene.invite)
        assert (refusal.code, refusal.slug) == ("PT409", "invite_not_pending")
        db.as_user(scene.candidate).value("select public.complete_interview(%s)", scene.interview)


# ---- correct -------------------------------------------------------------------------------


def test_correcting_draws_a_new_code_and_queues_one_mail(db: Database, scene: Scene) -> None:
    db.pass_time("1 day")
    right = db.account("right@example.com")
    row = correct(db, scene, " Right@Example.com ")
    assert (row["email"], row["outcome"]) == ("right@example.com", "corrected")
    assert row["invite_id"] == str(scene.invite) and row["invite_code"] != scene.code
    stored = db.invite_row(scene.invite)
    now = db.value("select now()")
    assert (stored["email"], stored["invite_code"]) == (row["email"], row["invite_code"])
    assert (stored["queued_at"], (stored["expires_at"] - now).days) == (now, 30)
    assert db.jobs(scene.invite) == ["queued"]
    assert db.accept(scene.candidate, scene.code)["details"] == "invite_not_found"
    assert db.accept(right, row["invite_code"])["status"] == "active"


def test_correcting_cancels_even_a_mail_under_way(db: Database, scene: Scene) -> None:
    db.pass_time("1 day")
    (leased,) = claim(db)
    correct(db, scene, "right@example.com")
    assert settle(db, leased, "accepted") == 0
    assert db.invite_row(scene.invite)["delivery_status"] == "queued"
    (mail,) = claim(db)
    assert mail["email"] == "right@example.com" and mail["job_id"] != leased["job_id"]


def test_correcting_to_the_same_address_changes_nothing(db: Database, scene: Scene) -> None:
    before = db.invite_row(scene.invite)
    db.pass_time("0 seconds")
    assert correct(db, scene, "CANDIDATE1@example.com") == {
        "email": scene.email,
        "outcome": "unchanged",
        "invite_id": str(scene.invite),
        "invite_code": scene.code,
    }
    assert db.invite_row(scene.invite) == before


def test_correcting_what_somebody_else_has_corrected(db: Database, scene: Scene) -> None:
    """Of two tabs with the old address, only the first one's code goes out."""
    call = "select public.correct_invite(%s, %s, %s)"
    db.as_user(scene.recruiter)
    # As a person types it.
    seen = f" {scene.email.upper()}"
    assert db.value(call, scene.invite, "right@example.com", seen)["outcome"] == "corrected"
    before = db.invite_row(scene.invite)
    db.as_user(scene.recruiter)
    refusal = db.refused(call, scene.invite, "other@example.com", scene.email)
    assert (refusal.code, refusal.slug) == ("PT409", "row_conflict")
    assert db.invite_row(scene.invite) == before
    db.as_user(scene.recruiter)
    found = db.value(call, scene.invite, "other@example.com", "right@example.com")
    assert found["outcome"] == "corrected"


@pytest.mark.parametrize("email", [None, "", "nobody", "a\u200b@example.com"])
def test_correcting_to_no_address(db: Database, scene: Scene, email: str | None) -> None:
    db.as_user(scene.recruiter)
    refusal = db.refused("select public.correct_invite(%s, %s)", scene.invite, email)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_email")


def test_correcting_to_an_address_that_is_invited_already(db: Database, scene: Scene) -> None:
    second = db.invite(scene.recruiter, scene.interview, "right@example.com")
    refusal = db.refused(CALLS["correct"], scene.invite)
    assert (refusal.code, refusal.slug) == ("PT409", "already_invited")
    db.value(CALLS["revoke"], second["invite_id"])
    assert correct(db, scene, "right@example.com")["outcome"] == "corrected"


def test_correcting_to_an_address_whose_invite_is_overdue(db: Database, scene: Scene) -> None:
    second = db.invite(scene.recruiter, scene.interview, "right@example.com")
    db.pass_time("29 days")
    db.value(CALLS["resend"], scene.invite)
    db.pass_time("1 day")
    assert correct(db, scene, "right@example.com")["outcome"] == "corrected"
    assert db.invite_row(second["invite_id"])["status"] == "expired"


@pytest.mark.parametrize("revoked", [True, False])
def test_correcting_what_has_expired(db: Database, scene: Scene, revoked: bool) -> None:
    if revoked:
        db.as_user(scene.recruiter).value(CALLS["revoke"], scene.invite)
    else:
        db.pass_time("30 days")
    refusal = db.as_user(scene.recruiter).refused(CALLS["correct"], scene.invite)
    assert (refusal.code, refusal.slug) == ("PT409", "invite_not_pending")


def test_many_who_correct_different_invites_to_one_address(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        invites = [
            db.invite(scene.recruiter, scene.interview, f"{n}@example.com")["invite_id"]
            for n in range(8)
        ]

    def call(invite: str) -> Callable[[Database], Row]:
        def correct_it(db: Database) -> Row:
            row: Row = db.as_user(scene.recruiter).value(CALLS["correct"], invite)
            return row

        return correct_it

    answers = at_once(url, [call(invite) for invite in invites])
    slugs = [answer.slug for answer in answers if isinstance(answer, Refusal)]
    assert slugs == ["already_invited"] * 7
