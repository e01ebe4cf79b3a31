"""preview_invites: what create_invites would answer, without inviting anybody."""

import uuid
from typing import Any

from tests.kit.database import Database, Row, Scene

PREVIEW = "select public.preview_invites(%s, %s)"
CREATE = "select public.create_invites(%s, %s)"


def preview(db: Database, interview: uuid.UUID, *emails: str | None) -> list[Row]:
    found: list[Row] = db.value(PREVIEW, interview, list(emails))
    return found


def everything(db: Database) -> list[list[Row]]:
    """All rows that inviting could touch."""
    tables = ("public.interview_invites", "private.jobs", "private.invite_counts")
    with db.superuser():
        return [db.rows(f"select * from {table} order by 1, 2") for table in tables]


def test_it_foretells_every_outcome(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    waiting = db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    db.pass_time("11 minutes")
    fresh = db.invite(scene.recruiter, scene.interview, "fresh@example.com")
    emails: list[str | None] = [
        *("No Address", "WAITING@example.com ", "new@example.com", None, "New@Example.com"),
        *(scene.email, "fresh@example.com", "waiting@example.com"),
    ]
    foretold = preview(db, scene.interview, *emails)
    happened: list[Row] = db.value(CREATE, scene.interview, emails)
    assert [(row["email"], row["outcome"]) for row in foretold] == [
        (row["email"], row["outcome"]) for row in happened
    ]
    assert {row["outcome"] for row in foretold} == {
        *("created", "renewed", "unchanged", "already_joined"),
        *("duplicate_in_request", "invalid_email"),
    }
    known = {row["email"]: row for row in foretold if row["invite_id"]}
    assert known == {
        "waiting@example.com": {**waiting, "outcome": "renewed"},
        "fresh@example.com": {**fresh, "outcome": "unchanged"},
    }
    assert {row["invite_code"] for row in foretold if not row["invite_id"]} == {None}


def test_it_changes_nothing(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    before = everything(db)
    db.as_user(scene.recruiter)
    db.run("set transaction read only")
    assert [row["outcome"] for row in preview(db, scene.interview, scene.email)] == ["created"]
    assert everything(db) == before


def test_an_overdue_invite_counts_as_expired(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    db.as_user(scene.recruiter)
    (foretold,) = preview(db, scene.interview, scene.email)
    (happened,) = db.value(CREATE, scene.interview, [scene.email])
    assert foretold["outcome"] == happened["outcome"] == "created"
    assert foretold["invite_code"] is None


def test_the_refusals_are_those_of_create_invites(db: Database, scene: Scene) -> None:
    stranger = db.account()

    def both(*values: Any) -> str | None:
        first, second = db.refused(PREVIEW, *values), db.refused(CREATE, *values)
        assert first == second
        return first.slug

    db.as_user(scene.recruiter)
    assert both(scene.interview, []) == "no_emails"
    assert both(scene.interview, None) == "no_emails"
    assert both(scene.interview, ["a@example.com"] * 10_001) == "too_many_emails"
    assert both(uuid.uuid4(), ["a@example.com"]) == "interview_not_found"
    db.run("update public.interviews set status = 'inactive'")
    assert both(scene.interview, ["a@example.com"]) == "interview_closed"
    db.as_user(stranger)
    assert both(scene.interview, ["a@example.com"]) == "interview_not_found"
    db.as_user(db.account(confirmed=False))
    assert both(scene.interview, ["a@example.com"]) == "email_not_confirmed"


def test_the_service_and_the_dba_may_look_too(db: Database, scene: Scene) -> None:
    for who in (db.as_service, db.as_owner):
        who()
        assert preview(db, scene.interview, scene.email)[0]["outcome"] == "unchanged"
