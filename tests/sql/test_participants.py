"""The table interview_participants, complete_interview and withdraw_from_interview."""

import itertools
import uuid
from datetime import datetime

import pytest

from tests.kit.database import Database, Scene

STATUSES = ["active", "completed", "withdrawn"]
CALLS = {
    "completed": "select public.complete_interview(%s)",
    "withdrawn": "select public.withdraw_from_interview(%s)",
}
UPDATE = "update public.interview_participants set status = %s where interview_id = %s"


@pytest.fixture
def joined(db: Database, scene: Scene) -> Scene:
    """The candidate has joined, and is the one who speaks."""
    db.accept(scene.candidate, scene.code)
    return scene


@pytest.mark.parametrize("status", ["completed", "withdrawn"])
def test_the_functions_say_what_became_of_it(db: Database, joined: Scene, status: str) -> None:
    answer = db.value(CALLS[status], joined.interview)
    row = db.participant_row(joined.interview, joined.candidate)
    assert row["status"] == status
    assert answer == {
        "interview_id": str(joined.interview),
        "participant_id": str(row["id"]),
        "status": status,
        "completed_at": answer["completed_at"],
    }
    stamp = answer["completed_at"]
    assert row["completed_at"] == (stamp and datetime.fromisoformat(stamp))
    assert row["completed_at"] == (db.value("select now()") if status == "completed" else None)
    assert db.value(CALLS[status], joined.interview) == answer


@pytest.mark.parametrize("sql", [CALLS["completed"], UPDATE.replace("%s", "'completed'", 1)])
def test_completing_completes_the_invite(db: Database, joined: Scene, sql: str) -> None:
    """The first frontend updates the status; it meets the same rules."""
    db.run(sql, joined.interview)
    invite = db.invite_row(joined.invite)
    assert (invite["status"], invite["completed_at"]) == ("completed", db.value("select now()"))


def test_completing_leaves_the_invites_of_others_accepted(db: Database, joined: Scene) -> None:
    other = db.account("other@example.com")
    invite = db.invite(joined.recruiter, joined.interview, "other@example.com")
    db.accept(other, invite["invite_code"])
    db.as_user(joined.candidate).value(CALLS["completed"], joined.interview)
    assert db.invite_row(joined.invite)["status"] == "completed"
    assert db.invite_row(invite["invite_id"])["status"] == "accepted"


def test_completing_leaves_the_invite_of_a_deleted_account_accepted(
    db: Database, joined: Scene
) -> None:
    gone = db.account("gone@example.com")
    invite = db.invite(joined.recruiter, joined.interview, "gone@example.com")
    db.accept(gone, invite["invite_code"])
    with db.superuser():
        db.run("delete from auth.users where id = %s", gone)
    db.as_user(joined.candidate).value(CALLS["completed"], joined.interview)
    assert db.invite_row(joined.invite)["status"] == "completed"
    assert db.invite_row(invite["invite_id"])["status"] == "accepted"


def test_completing_leaves_the_invite_of_another_account_of_the_address_accepted(
    db: Database, joined: Scene
) -> None:
    twin = db.account(joined.email.upper())
    second = db.as_user(joined.recruiter).one(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)"
        " returning id, invite_code",
        joined.interview,
        joined.email,
    )
    db.accept(twin, second["invite_code"])
    db.as_user(joined.candidate).value(CALLS["completed"], joined.interview)
    assert db.invite_row(joined.invite)["status"] == "completed"
    assert db.invite_row(second["id"])["status"] == "accepted"


def test_withdrawing_leaves_the_invite_accepted(db: Database, joined: Scene) -> None:
    db.value(CALLS["withdrawn"], joined.interview)
    assert db.invite_row(joined.invite)["status"] == "accepted"


@pytest.mark.parametrize(("old", "new"), list(itertools.product(STATUSES, STATUSES)))
def test_every_status_move(db: Database, joined: Scene, old: str, new: str) -> None:
    """For participants and for DBAs alike."""
    if old != "active":
        db.value(CALLS[old], joined.interview)
    allowed = new == old or (old, new) in [("active", "completed"), ("active", "withdrawn")]
    for speaker in [db.as_owner(), db.as_user(joined.candidate)]:
        if allowed:
            assert speaker.run(UPDATE, new, joined.interview) == 1
        else:
            refusal = speaker.refused(UPDATE, new, joined.interview)
            assert (refusal.code, refusal.slug) == ("PT409", "status_move_not_allowed")


@pytest.mark.parametrize(
    ("status", "invite"), [("completed", "gen_random_uuid()"), ("withdrawn", "null")]
)
def test_no_way_back_by_sql(db: Database, joined: Scene, status: str, invite: str) -> None:
    """Without an invite; and from completed by none."""
    db.value(CALLS[status], joined.interview)
    refusal = db.as_owner().refused(
        f"update public.interview_participants set status = 'active', invite_id = {invite}"
    )
    assert refusal.slug == "status_move_not_allowed"


@pytest.mark.parametrize("call", CALLS.values())
def test_who_is_nobody_moves_nobody(db: Database, joined: Scene, call: str) -> None:
    """A DBA's session has no account."""
    assert db.as_owner().refused(call, joined.interview).slug == "participation_not_found"


@pytest.mark.parametrize(("status", "code"), [("done", "PT409"), (None, "23502")])
def test_no_other_status(db: Database, joined: Scene, status: str | None, code: str) -> None:
    assert db.refused(UPDATE, status, joined.interview).code == code


def test_the_checks_hold_without_the_triggers(db: Database, joined: Scene) -> None:
    with db.without_triggers():
        sql = "update public.interview_participants set status = 'invited'"
        assert db.refused(sql).code == "23514"


def test_stamps_and_owner_are_the_database_s_own(db: Database, joined: Scene) -> None:
    db.pass_time("1 hour")
    before = db.participant_row(joined.interview, joined.candidate)
    other = db.account()
    db.as_owner().run(
        "update public.interview_participants"
        " set joined_at = now(), completed_at = now(), recruiter_id = %s",
        other,
    )
    assert db.participant_row(joined.interview, joined.candidate) == before


def test_a_dba_s_new_participant_is_active_now(db: Database, scene: Scene) -> None:
    insert = (
        "insert into public.interview_participants"
        " (interview_id, recruiter_id, user_id, status, joined_at, completed_at, reminded_at,"
        " answered)"
        " values (%s, gen_random_uuid(), %s, %s, '2001-01-01', '2001-01-01', '2001-01-01', 3)"
    )
    refusal = db.as_owner().refused(insert, scene.interview, scene.candidate, "completed")
    assert (refusal.code, refusal.slug) == ("PT400", "status_not_allowed")
    db.run(insert, scene.interview, scene.candidate, "active")
    row = db.participant_row(scene.interview, scene.candidate)
    assert (row["joined_at"], row["completed_at"]) == (db.value("select now()"), None)
    assert (row["reminded_at"], row["answered"]) == (None, 0)
    assert str(row["recruiter_id"]) == str(scene.recruiter)
    assert db.refused(insert, scene.interview, scene.candidate, "active").code == "23505"
    assert db.refused(insert, uuid.uuid4(), scene.candidate, "active").slug == "interview_not_found"


def test_nobody_joins_a_closed_interview_by_sql_either(db: Database, scene: Scene) -> None:
    db.as_owner().run("update public.interviews set status = 'inactive'")
    insert = "insert into public.interview_participants (interview_id, user_id) values (%s, %s)"
    assert db.refused(insert, scene.interview, scene.candidate).slug == "interview_closed"


def test_completing_completes_every_invite_of_the_address(db: Database, scene: Scene) -> None:
    """A recruiter may insert another invite for somebody who takes part."""
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter)
    second = db.value(
        "insert into public.interview_invites (interview_id, email) values (%s, %s)"
        " returning invite_code",
        scene.interview,
        scene.email,
    )
    db.accept(scene.candidate, second)
    db.value("select public.complete_interview(%s)", scene.interview)
    invites = db.as_owner().rows("select status from public.interview_invites")
    assert [invite["status"] for invite in invites] == ["completed", "completed"]


# ---- until when candidates may finish -------------------------------------------------------


@pytest.mark.parametrize("sql", [CALLS["completed"], UPDATE.replace("%s", "'completed'", 1)])
@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ("status = 'inactive'", None),
        ("deadline = now() + interval '1 day'", None),
        ("deadline = now() - interval '10 minutes'", None),
        ("deadline = now() - interval '10 minutes 1 second'", "interview_closed"),
        ("status = 'completed'", "interview_closed"),
    ],
)
def test_finishing_in_time(
    db: Database, joined: Scene, sql: str, change: str, slug: str | None
) -> None:
    db.as_user(joined.recruiter).run(f"update public.interviews set {change}")
    db.as_user(joined.candidate)
    if slug:
        refusal = db.refused(sql, joined.interview)
        assert (refusal.code, refusal.slug) == ("PT409", slug)
    else:
        db.run(sql, joined.interview)
        assert db.participant_row(joined.interview, joined.candidate)["status"] == "completed"


def test_withdrawing_is_possible_for_ever(db: Database, joined: Scene) -> None:
    db.as_user(joined.recruiter).run(
        "update public.interviews set status = 'completed', deadline = now() - interval '1 year'"
    )
    db.as_user(joined.candidate)
    assert db.value(CALLS["withdrawn"], joined.interview)["status"] == "withdrawn"


@pytest.mark.parametrize("call", list(CALLS.values()))
def test_who_has_not_joined(db: Database, joined: Scene, call: str) -> None:
    for person in [joined.recruiter, db.account()]:
        refusal = db.as_user(person).refused(call, joined.interview)
        assert (refusal.code, refusal.slug) == ("PT404", "participation_not_found")
    assert db.participant_row(joined.interview, joined.candidate)["status"] == "active"


def test_nobody_reads_or_moves_another_participant(db: Database, joined: Scene) -> None:
    second = db.account("candidate2@example.com")
    invite = db.invite(joined.recruiter, joined.interview, "candidate2@example.com")
    db.accept(second, invite["invite_code"])
    assert db.rows("select user_id from public.interview_participants") == [{"user_id": second}]
    assert db.run("update public.interview_participants set status = 'withdrawn'") == 1
    assert db.participant_row(joined.interview, joined.candidate)["status"] == "active"


def test_deleting_the_invite_keeps_the_participant(db: Database, joined: Scene) -> None:
    db.as_owner().run("delete from public.interview_invites")
    assert db.participant_row(joined.interview, joined.candidate)["invite_id"] is None
    db.as_user(joined.candidate)
    assert db.value(CALLS["completed"], joined.interview)["status"] == "completed"
