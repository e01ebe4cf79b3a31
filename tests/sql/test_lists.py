"""The pages of list_interviews and list_invites: all rows once, in order, read by the index."""

import uuid
from typing import Any

import pytest

from tests.kit.database import Database, Row, Scene


def pages(db: Database, call: str, key: str, *values: Any) -> list[Row]:
    """All rows of a list, a page of three at a time."""
    rows: list[Row] = []
    cursor: tuple[Any, Any] = (None, None)
    while page := db.rows(f"select * from {call}", *values, 3, *cursor):
        rows += page
        cursor = (page[-1]["created_at"], page[-1][key])
    return rows


def interviews(db: Database) -> list[Row]:
    return pages(db, "public.list_interviews(%s, %s, %s)", "interview_id")


def invites(db: Database, interview: uuid.UUID, *filters: str) -> list[Row]:
    given = (*filters, *["all", ""][len(filters) :])
    return pages(db, "public.list_invites(%s, %s, %s, %s, %s, %s)", "id", str(interview), *given)


def addresses(rows: list[Row]) -> set[str]:
    return {row["email"].partition("@")[0] for row in rows}


def rows_read(db: Database, table: str) -> int:
    """How many rows of a table this transaction has read so far."""
    read: int = db.value(
        "select (seq_tup_read + coalesce(idx_tup_fetch, 0))::integer"
        " from pg_stat_xact_user_tables where relid = %s::regclass",
        table,
    )
    return read


def test_every_interview_comes_once_the_newest_first(db: Database) -> None:
    """Those that were made in one transaction have one created_at."""
    recruiter = db.account()
    made = {db.interview(recruiter, f"Interview {n}") for n in range(8)}
    db.pass_time("1 hour")
    latest = db.interview(recruiter, "The latest")
    db.as_user(recruiter)
    listed = interviews(db)
    assert listed[0]["interview_id"] == latest
    assert len(listed) == 9 and {row["interview_id"] for row in listed} == made | {latest}
    stats = db.rows("select * from public.interview_stats order by interview_id")
    assert sorted(listed, key=lambda row: row["interview_id"]) == stats


def test_interviews_are_one_s_own(db: Database, scene: Scene) -> None:
    db.scene("other@example.com")
    db.accept(scene.candidate, scene.code)
    assert interviews(db.as_user(scene.candidate)) == []
    assert [r["interview_id"] for r in interviews(db.as_user(scene.recruiter))] == [scene.interview]
    assert db.rows("select * from public.list_interviews(0)") == []
    assert len(db.rows("select * from public.list_interviews(null)")) == 1


def test_every_invite_comes_once_and_to_its_recruiter_alone(db: Database, scene: Scene) -> None:
    emails = [f"several{n}@example.com" for n in range(7)]
    db.as_user(scene.recruiter)
    db.value("select public.create_invites(%s, %s)", scene.interview, emails)
    other = db.scene("other@example.com")
    for person in (db.as_user(scene.recruiter), db.as_service()):
        listed = invites(person, scene.interview)
        assert len(listed) == 8
        assert addresses(listed) == {f"several{n}" for n in range(7)} | {"candidate1"}
    assert invites(db.as_user(other.recruiter), scene.interview) == []
    assert invites(db.as_user(scene.candidate), scene.interview) == []
    assert db.as_anon().refused("select public.list_invites(%s)", scene.interview).code == "42501"


def test_invites_by_state_and_by_a_part_of_the_address(db: Database, scene: Scene) -> None:
    for name in ("open", "overdue", "revoked", "refused", "redeemed"):
        db.invite(scene.recruiter, scene.interview, f"{name}@example.com")
    revoked = db.value("select id from public.interview_invites where email ~ '^revoked'")
    db.value("select public.revoke_invite(%s)", revoked)
    with db.without_triggers():
        for name, change in {
            "overdue": "expires_at = now()",
            "refused": "delivery_status = 'failed'",
            "redeemed": "status = 'accepted'",
        }.items():
            db.run(f"update public.interview_invites set {change} where email ~ '^{name}@'")
    db.as_user(scene.recruiter)
    for state, found in {
        "pending": {"open", "refused", "candidate1"},
        "joined": {"redeemed"},
        "expired": {"overdue", "revoked"},
        "failed": {"refused"},
    }.items():
        assert addresses(invites(db, scene.interview, state)) == found
    assert addresses(invites(db, scene.interview, "all", "RE")) == {
        "revoked",
        "refused",
        "redeemed",
    }
    # No pattern: it is looked for as it stands.
    assert invites(db, scene.interview, "all", "%") == []
    assert invites(db, scene.interview, "all", ".*") == []
    assert addresses(invites(db, scene.interview, "pending", "open@")) == {"open"}


@pytest.mark.parametrize("page", [0, 40])
def test_a_page_reads_its_own_rows(db: Database, page: int) -> None:
    """However many there are, and however far down the list it is."""
    recruiter = db.account()
    interview = db.interview(recruiter, "One of many")
    with db.without_triggers():
        db.run(
            "insert into public.interviews (title, recruiter_id)"
            " select 'Another ' || n, %s from generate_series(1, 3000) as n",
            recruiter,
        )
        db.run(
            "insert into public.interview_invites"
            " (interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " select %s, %s, 'Rita', 'c' || n || '@example.com', lpad(n::text, 6, '0')"
            " from generate_series(1, 3000) as n",
            interview,
            recruiter,
        )
    db.as_user(recruiter)
    for table, call, key in [
        ("public.interviews", "public.list_interviews(20, %s, %s)", "interview_id"),
        (
            "public.interview_invites",
            f"public.list_invites('{interview}', 'all', '', 20, %s, %s)",
            "id",
        ),
    ]:
        cursor: tuple[Any, Any] = (None, None)
        for _ in range(page):
            last = db.rows(f"select created_at, {key} from {call}", *cursor)[-1]
            cursor = (last["created_at"], last[key])
        before = rows_read(db, table)
        assert len(db.rows(f"select * from {call}", *cursor)) == 20
        assert rows_read(db, table) - before <= 60
