"""Invites after their creation: status, requested renewals, deleting."""

import itertools
from collections.abc import Callable

import pytest

from tests.kit.database import Database, Scene
from tests.sql.jobs import maintain

STATUSES = ["pending", "accepted", "completed", "expired"]
UPDATE = "update public.interview_invites set {} where id = %s"


# ---- changes -------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "new"), list(itertools.product(STATUSES, STATUSES)))
def test_every_status_move(db: Database, scene: Scene, old: str, new: str) -> None:
    path = {
        "pending": [],
        "accepted": ["accepted"],
        "completed": ["accepted", "completed"],
        "expired": ["expired"],
    }
    db.as_owner()
    for status in path[old]:
        db.run(UPDATE.format("status = %s"), status, scene.invite)
    allowed = [("pending", "accepted"), ("accepted", "completed"), ("pending", "expired")]
    if old == new or (old, new) in allowed:
        assert db.run(UPDATE.format("status = %s"), new, scene.invite) == 1
    else:
        refusal = db.refused(UPDATE.format("status = %s"), new, scene.invite)
        assert (refusal.code, refusal.slug) == ("PT409", "status_move_not_allowed")


def test_what_is_overdue_cannot_be_accepted_by_a_dba_either(db: Database, scene: Scene) -> None:
    db.pass_time("30 days")
    refusal = db.as_owner().refused(UPDATE.format("status = 'accepted'"), scene.invite)
    assert refusal.slug == "status_move_not_allowed"


def test_stamps_follow_the_status(db: Database, scene: Scene) -> None:
    db.pass_time("1 hour")
    before = db.invite_row(scene.invite)
    db.as_owner().run(
        UPDATE.format("created_at = now(), accepted_at = now(), completed_at = now()"),
        scene.invite,
    )
    assert db.invite_row(scene.invite) == before
    now = db.value("select now()")
    db.run(UPDATE.format("status = 'accepted', accepted_at = null"), scene.invite)
    db.run(UPDATE.format("status = 'completed', accepted_at = null"), scene.invite)
    row = db.invite_row(scene.invite)
    assert (row["accepted_at"], row["completed_at"]) == (now, now)


def test_queueing_a_mail_again_is_stamped_now(db: Database, scene: Scene) -> None:
    db.pass_time("1 hour")
    db.as_owner().run(UPDATE.format("queued_at = '2001-01-01'"), scene.invite)
    row = db.invite_row(scene.invite)
    assert (row["queued_at"], row["delivery_status"]) == (db.value("select now()"), "queued")


def test_another_expiry_is_reminded_of_anew(db: Database, scene: Scene) -> None:
    remind = UPDATE.format("reminded_for = '1 day'")
    db.as_owner().run(remind, scene.invite)
    db.run(UPDATE.format("candidate_name = 'Ann'"), scene.invite)
    assert db.invite_row(scene.invite)["reminded_for"]
    db.run(UPDATE.format("expires_at = expires_at + interval '1 day'"), scene.invite)
    assert db.invite_row(scene.invite)["reminded_for"] is None


def test_nobody_sets_a_code(db: Database, scene: Scene) -> None:
    refusal = db.as_owner().refused(UPDATE.format("invite_code = '000000'"), scene.invite)
    assert (refusal.code, refusal.slug) == ("PT400", "code_not_allowed")


def test_a_dba_corrects_an_address_by_hand(db: Database, scene: Scene) -> None:
    db.pass_time("1 hour")
    db.as_owner().run(UPDATE.format("email = ' Right@Example.com'"), scene.invite)
    row = db.invite_row(scene.invite)
    assert row["email"] == "right@example.com"
    assert row["invite_code"] != scene.code
    assert db.jobs(scene.invite) == ["queued"]
    # The same address in another letter case is no correction.
    db.run(UPDATE.format("email = 'RIGHT@example.com'"), scene.invite)
    assert db.invite_row(scene.invite) == row
    assert db.refused(UPDATE.format("email = 'wrong'"), scene.invite).slug == "invalid_email"
    db.run(UPDATE.format("status = 'accepted'"), scene.invite)
    refusal = db.refused(UPDATE.format("email = 'late@example.com'"), scene.invite)
    assert (refusal.code, refusal.slug) == ("PT409", "invite_not_pending")


# ---- requested renewals ----------------------------------------------------------------------

Renewal = Callable[[Database, Scene], object]


def correct_by_hand(db: Database, scene: Scene) -> object:
    """A DBA corrects the address of another invite."""
    wrong = db.invite(scene.recruiter, scene.interview, "wrong@example.com")["invite_id"]
    return db.as_owner().run(UPDATE.format("email = %s"), scene.email, wrong)


RENEWALS: dict[str, Renewal] = {
    "create_invites": lambda db, scene: db.as_user(scene.recruiter).value(
        "select public.create_invites(%s, %s)", scene.interview, [scene.email]
    ),
    "create_invites of the service": lambda db, scene: db.as_service().value(
        "select public.create_invites(%s, %s)", scene.interview, [scene.email]
    ),
    "resend_invite": lambda db, scene: db.as_user(scene.recruiter).value(
        "select public.resend_invite(%s)", scene.invite
    ),
    "insert of the recruiter": lambda db, scene: db.as_user(scene.recruiter).run(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)",
        scene.interview,
        scene.email,
    ),
    "insert of the service": lambda db, scene: db.as_service().run(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)",
        scene.interview,
        scene.email,
    ),
    "insert of a dba": lambda db, scene: db.as_owner().run(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)",
        scene.interview,
        scene.email,
    ),
    "correct_invite of another": lambda db, scene: db.as_user(scene.recruiter).value(
        "select public.correct_invite(%s, %s)",
        db.invite(scene.recruiter, scene.interview, "wrong@example.com")["invite_id"],
        scene.email,
    ),
    "update of a dba": correct_by_hand,
}


@pytest.mark.parametrize("overdue", [True, False])
@pytest.mark.parametrize("renew", list(RENEWALS.values()), ids=list(RENEWALS))
def test_a_newer_invite_answers_what_was_asked(
    db: Database, scene: Scene, renew: Renewal, overdue: bool
) -> None:
    elsewhere = db.invite(scene.recruiter, db.interview(scene.recruiter), scene.email)
    db.pass_time("30 days")
    if not overdue:
        maintain(db)
    db.as_user(scene.candidate).value("select public.resend_my_codes()")
    assert db.invite_row(scene.invite)["renewal_requested_at"]
    renew(db, scene)
    row = db.invite_row(scene.invite)
    assert (row["status"], row["renewal_requested_at"]) == ("expired", None)
    assert db.invite_row(elsewhere["invite_id"])["renewal_requested_at"], "not of this interview"


# ---- deleting, and the first version's call ---------------------------------------------------


def test_recruiters_delete_what_is_pending_or_expired(db: Database, scene: Scene) -> None:
    delete = "delete from public.interview_invites where id = %s"
    db.as_user(scene.recruiter)
    with db.connection.transaction(force_rollback=True):
        assert db.run(delete, scene.invite) == 1
    db.value("select public.revoke_invite(%s)", scene.invite)
    with db.connection.transaction(force_rollback=True):
        assert db.run(delete, scene.invite) == 1
    again = db.invite(scene.recruiter, scene.interview, scene.email)
    db.accept(scene.candidate, again["invite_code"])
    assert db.as_user(scene.recruiter).run(delete, again["invite_id"]) == 0
    db.as_user(scene.candidate).value("select public.complete_interview(%s)", scene.interview)
    assert db.as_user(scene.recruiter).run(delete, again["invite_id"]) == 0


def test_the_first_frontend_s_insert(db: Database, scene: Scene) -> None:
    """.insert({interview_id, email, status: 'pending', created_at}), without a code."""
    insert = (
        "insert into public.interview_invites (interview_id, email, status, created_at)"
        " values (%s, 'first@example.com', 'pending', '2001-01-01') returning *"
    )
    db.as_user(scene.recruiter)
    row = db.one(insert, scene.interview)
    assert (row["status"], row["created_at"]) == ("pending", db.value("select now()"))
    assert db.jobs(row["id"]) == ["queued"]
    refusal = db.refused(insert, scene.interview)
    assert (refusal.code, refusal.slug) == ("PT409", "already_invited")
