"""invite_reviewers: who is asked to judge the candidates of an interview, and who is not."""

import uuid

import pytest

from tests.kit.database import Database, Row, Scene
from tests.kit.reviews import (
    INVITE,
    REVIEWERS,
    invite_reviewers,
    join,
    reviewer,
)

COLLEAGUE = "colleague@example.com"


def statuses(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row["email"], row["status"]) for row in rows]


# ---- inviting ------------------------------------------------------------------------------------


def test_each_address_has_its_status(db: Database, scene: Scene) -> None:
    db.invite(scene.recruiter, scene.interview, "pending@example.com")
    owner = db.email_of(scene.recruiter)
    found = invite_reviewers(
        db,
        scene.recruiter,
        scene.interview,
        " Colleague@Example.COM ",
        "no address",
        "colleague@example.com",
        "pending@example.com",
        owner.upper(),
        "jane@müller.example",
    )
    assert statuses(found) == [
        (COLLEAGUE, "invited"),
        ("no address", "invalid_email"),
        (COLLEAGUE, "duplicate_in_request"),
        ("pending@example.com", "is_candidate"),
        (owner, "is_owner"),
        ("jane@xn--mller-kva.example", "invited"),
    ]
    rows = db.rows(f"{REVIEWERS} order by email")
    assert [row["email"] for row in rows] == [COLLEAGUE, "jane@xn--mller-kva.example"]
    assert [str(row["id"]) for row in rows] == [found[0]["reviewer_id"], found[5]["reviewer_id"]]
    assert {row["reviewer_id"] for row in found[1:5]} == {None}
    assert (rows[0]["recruiter_id"], rows[0]["user_id"]) == (scene.recruiter, None)
    assert rows[0]["joined_at"] is None


def test_who_has_not_joined_is_invited_again(db: Database, scene: Scene) -> None:
    (first,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    (same,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert same == {**first, "status": "unchanged"}
    db.pass_time("11 minutes")
    (again,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert again == {**first, "status": "invited_again"}
    assert db.run(f"{REVIEWERS} where invited_at = now()") == 1
    colleague = db.account(COLLEAGUE)
    join(db, colleague)
    db.pass_time("11 minutes")
    (joined,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert joined == {**first, "status": "already_reviewer"}


def test_it_counts_as_inviting(db: Database, scene: Scene) -> None:
    with db.superuser():
        db.run("update private.settings set invites_per_day_at_first = 3")
    emails = ["a@example.com", "b@example.com", "c@example.com"]
    db.as_user(scene.recruiter)  # has invited one candidate
    refusal = db.refused(INVITE, scene.interview, emails)
    assert (refusal.code, refusal.slug) == ("PT429", "invites_per_day_reached")
    assert db.rows(REVIEWERS) == []
    assert len(invite_reviewers(db, scene.recruiter, scene.interview, *emails[:2])) == 2
    assert db.value("select public.invites_left_today()") == 0
    # No mail, no count.
    (same,) = invite_reviewers(db, scene.recruiter, scene.interview, emails[0])
    assert same["status"] == "unchanged"


def test_twenty_are_enough(db: Database, scene: Scene) -> None:
    emails = [f"colleague{number}@example.com" for number in range(20)]
    assert len(invite_reviewers(db, scene.recruiter, scene.interview, *emails)) == 20
    refusal = db.refused(INVITE, scene.interview, ["one.more@example.com"])
    assert (refusal.code, refusal.slug) == ("PT413", "too_many_reviewers")
    assert len(db.rows(REVIEWERS)) == 20
    second = db.interview(scene.recruiter, "Second")
    assert invite_reviewers(db, scene.recruiter, second, "one.more@example.com")


def test_who_may_invite_reviewers(db: Database, scene: Scene) -> None:
    for who in (scene.candidate, db.account()):
        refusal = db.as_user(who).refused(INVITE, scene.interview, [COLLEAGUE])
        assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")
    colleague = reviewer(db, scene.recruiter, scene.interview, COLLEAGUE)
    refusal = db.as_user(colleague).refused(INVITE, scene.interview, ["other@example.com"])
    assert refusal.slug == "interview_not_found"
    for role in (db.as_anon, db.as_service):
        assert role().refused(INVITE, scene.interview, [COLLEAGUE]).code == "42501"
    # A DBA may.
    (found,) = db.as_owner().value(INVITE, scene.interview, ["other@example.com"])
    assert found["status"] == "invited"


@pytest.mark.parametrize(
    ("emails", "expected"), [([], "no_emails"), (["a@example.com"] * 10_001, "too_many_emails")]
)
def test_lists_that_are_none(db: Database, scene: Scene, emails: list[str], expected: str) -> None:
    assert db.as_user(scene.recruiter).refused(INVITE, scene.interview, emails).slug == expected


def test_a_title_with_a_link_is_not_mailed(db: Database, scene: Scene) -> None:
    interview = db.interview(scene.recruiter, "Win at https://evil.example")
    assert db.refused(INVITE, interview, [COLLEAGUE]).slug == "text_not_allowed"


def test_a_closed_interview_can_be_reviewed(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run("update public.interviews set status = 'completed'")
    (found,) = invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    assert found["status"] == "invited"


@pytest.mark.parametrize(
    ("change", "is_candidate"),
    [
        ("accept", True),
        ("withdraw", True),
        ("complete", True),
        ("revoke", False),
        ("expire", False),
        ("leave", False),
    ],
)
def test_who_is_a_candidate(db: Database, scene: Scene, change: str, is_candidate: bool) -> None:
    if change == "revoke":
        db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
    elif change == "expire":
        db.pass_time("31 days")
    else:
        db.accept(scene.candidate, scene.code)
    if change in ("withdraw", "complete"):
        name = {"withdraw": "withdraw_from_interview", "complete": "complete_interview"}[change]
        db.value(f"select public.{name}(%s)", scene.interview)
    elif change == "leave":
        with db.superuser():
            db.run("delete from auth.users where id = %s", scene.candidate)
    (found,) = invite_reviewers(db, scene.recruiter, scene.interview, scene.email)
    assert found["status"] == ("is_candidate" if is_candidate else "invited")


# ---- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"email": "no address"}, "invalid_email"),
        ({"email": None}, "invalid_email"),
        ({"email": "candidate1@example.com"}, "is_candidate"),
        ({"email": " Colleague@Example.com"}, None),
        ({"email": COLLEAGUE, "interview_id": uuid.UUID(int=0)}, "interview_not_found"),
        ({"email": COLLEAGUE, "joined_at": "2026-01-01"}, "23514"),
    ],
)
def test_rows_of_dbas_meet_the_same_rules(
    db: Database, scene: Scene, row: Row, expected: str | None
) -> None:
    given = {"interview_id": scene.interview, **row}
    sql = (
        f"insert into public.interview_reviewers ({', '.join(given)})"
        f" values ({', '.join(['%s'] * len(given))})"
    )
    db.as_owner()
    if expected is None:
        assert db.run(sql, *given.values()) == 1
        assert db.one(REVIEWERS)["email"] == COLLEAGUE
        assert db.refused(sql, *given.values()).code == "23505"
    else:
        refusal = db.refused(sql, *given.values())
        assert expected in (refusal.slug, refusal.code)


def test_a_dba_binds_no_candidate(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    db.as_owner()
    bind = "update public.interview_reviewers set user_id = %s, joined_at = now()"
    assert db.refused(bind, scene.candidate).slug == "is_candidate"
    assert db.run(bind, db.account()) == 1
