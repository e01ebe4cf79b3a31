"""The pages of list_interviews: all rows once, in order, read by the index."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.kit.database import Database, Row, Scene
from tests.kit.reviews import DECIDE

PAGE = "select * from public.list_interviews(%s, %s, %s, %s)"
SORTED = """
    select * from public.list_interviews(
      page_size => %(size)s, sort => %(sort)s, backwards => %(backwards)s,
      cursor_id => %(interview_id)s, cursor_created_at => %(created_at)s,
      cursor_title => %(title)s, cursor_deadline => %(deadline)s)
"""
NOWHERE: Row = {"interview_id": None, "created_at": None, "title": None, "deadline": None}
# How each order compares two rows.
ORDERS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "created": lambda row: (-row["created_at"].timestamp(), -row["interview_id"].int),
    "title": lambda row: (row["title"].lower(), row["interview_id"]),
    "deadline": lambda row: (
        row["deadline"] is None,
        row["deadline"] or datetime.max.replace(tzinfo=UTC),
        row["interview_id"],
    ),
}


def page_after(db: Database, row: Row | None, size: int, backwards: bool = False) -> list[Row]:
    """The page that follows a row, or comes before it."""
    cursor = (row["created_at"], row["interview_id"]) if row else (None, None)
    return db.rows(PAGE, size, *cursor, backwards)


def interviews(db: Database) -> list[Row]:
    """All of them, a page of three at a time."""
    rows: list[Row] = []
    while page := page_after(db, rows[-1] if rows else None, 3):
        rows += page
    return rows


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


def test_a_page_may_come_before_a_row(db: Database) -> None:
    recruiter = db.account()
    for n in range(7):
        db.interview(recruiter, f"Interview {n}")
    db.as_user(recruiter)
    rows = interviews(db)
    assert page_after(db, rows[5], 3, backwards=True) == rows[2:5]
    assert page_after(db, rows[1], 3, backwards=True) == rows[:1]
    assert page_after(db, rows[0], 3, backwards=True) == []
    assert page_after(db, None, 3, backwards=True) == [], "nothing comes before no row"


def sorted_page(
    db: Database, sort: str, row: Row | None, size: int, backwards: bool = False
) -> list[Row]:
    """The page beside a row, in an order."""
    return db.rows(SORTED, {**(row or NOWHERE), "size": size, "sort": sort, "backwards": backwards})


@pytest.mark.parametrize("sort", ORDERS)
def test_each_order_goes_forwards_and_back(db: Database, sort: str) -> None:
    """Of each status, with titles and deadlines that several have, and deadlines that none has."""
    recruiter = db.account()
    with db.without_triggers():
        db.run(
            "insert into public.interviews (title, recruiter_id, status, deadline, created_at)"
            " select (array['b', 'A', 'a', 'ä', 'C'])[1 + mod(n, 5)], %s,"
            "  (array['active', 'inactive', 'completed'])[1 + mod(n, 3)],"
            "  now() + nullif(mod(n, 4), 0) * interval '1 day', now() - n / 4 * interval '1 hour'"
            " from generate_series(1, 23) as n",
            recruiter,
        )
    db.as_user(recruiter)
    rows: list[Row] = []
    while page := sorted_page(db, sort, rows[-1] if rows else None, 4):
        rows += page
    assert len(rows) == 23
    assert rows == sorted(rows, key=ORDERS[sort])
    assert sorted_page(db, sort, rows[9], 4, backwards=True) == rows[5:9]
    assert sorted_page(db, sort, rows[1], 4, backwards=True) == rows[:1]
    assert sorted_page(db, sort, None, 4, backwards=True) == []
    assert db.refused(SORTED, {**NOWHERE, "size": 4, "sort": "id", "backwards": False}).slug == (
        "invalid_sort"
    )


def titles(db: Database, choice: str = "") -> list[str]:
    """Those of a choice of list_interviews, in their order."""
    return [row["title"] for row in db.rows(f"select * from public.list_interviews(50{choice})")]


def test_interviews_are_found_by_title_status_and_archive(db: Database) -> None:
    recruiter = db.account()
    made = {}
    for title in ("Baker 100%", "Chef de partie", "BÄCKER", "Old baker"):
        made[title] = db.interview(recruiter, title)
        db.pass_time("1 hour")
    db.interview(db.account("other@example.com"), "Their baker")
    db.as_user(recruiter)
    was = db.value("select updated_at from public.interviews where title = 'Old baker'")
    archive = "update public.interviews set archived_at = %s where id = %s returning archived_at"
    at = db.value(archive, "2001-01-01", made["Old baker"])
    assert at == db.value("select now()"), "the database's own time"
    assert db.value("select updated_at from public.interviews where title = 'Old baker'") == was
    db.run("update public.interviews set status = 'inactive' where title like 'Chef%'")
    assert titles(db) == ["BÄCKER", "Chef de partie", "Baker 100%"]
    assert titles(db, ", search => ' bäck'") == ["BÄCKER"]
    assert titles(db, ", search => '0%'") == ["Baker 100%"]
    assert titles(db, ", search => '_'") == []
    assert titles(db, ", search => 'baker', archived => null") == ["Old baker", "Baker 100%"]
    assert titles(db, ", archived => true") == ["Old baker"]
    assert titles(db, ", status => 'inactive'") == ["Chef de partie"]
    assert titles(db, ", status => 'unheard of'") == []
    counts = {"all": 3, "active": 2, "inactive": 1, "completed": 0, "attention": 0, "archived": 1}
    assert db.value("select public.count_interviews()") == counts
    assert db.value("select public.count_interviews('BAKER')") == {
        **dict.fromkeys(counts, 0),
        **{"all": 1, "active": 1, "archived": 1},
    }
    # Archived again, it keeps its time; and it can be taken out.
    db.as_owner().pass_time("1 day")
    db.as_user(recruiter)
    assert db.value(archive, "2001-01-01", made["Old baker"]) < db.value("select now()")
    assert db.value(archive, None, made["Old baker"]) is None
    assert titles(db, ", search => 'old'") == ["Old baker"]


def test_what_needs_attention(db: Database, scene: Scene) -> None:
    """Until somebody has done something about it."""
    db.interview(scene.recruiter, "Quiet")
    numbers = "select asks_for_code, not_delivered, to_review from public.list_interviews({})"

    def attention() -> list[list[int]]:
        found = db.as_user(scene.recruiter).rows(numbers.format("attention => true"))
        assert db.value("select public.count_interviews() -> 'attention'") == len(found)
        return [list(row.values()) for row in found]

    def be(change: str) -> list[list[int]]:
        db.as_owner().run(f"update public.interview_invites set {change}")
        return attention()

    assert attention() == []
    assert be("delivery_status = 'failed'") == [[0, 1, 0]]
    assert be("renewal_requested_at = now()") == [[1, 0, 0]], "in one state at a time"
    assert be("renewal_requested_at = null, delivery_status = 'accepted'") == []
    db.accept(scene.candidate, scene.code)
    assert attention() == []
    db.as_user(scene.candidate).value("select public.complete_interview(%s)", scene.interview)
    assert attention() == [[0, 0, 1]]
    archive = "update public.interviews set archived_at = now() where id = %s"
    db.run(archive, scene.interview)
    assert attention() == [], "what is archived is left in peace"
    db.run("update public.interviews set archived_at = null")
    participant = db.participant_row(scene.interview, scene.candidate)["id"]
    db.as_user(scene.recruiter).value(DECIDE, participant, "hold")
    assert attention() == []


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_reads_its_own_rows(db: Database, sort: str, backwards: bool) -> None:
    """However many there are, and however far down the list it is."""
    recruiter = db.account()
    with db.without_triggers():
        db.run(
            "insert into public.interviews (title, recruiter_id, status, deadline)"
            " select 'Interview ' || n, %s,"
            "  (array['active', 'inactive', 'completed'])[1 + mod(n, 3)],"
            "  now() + nullif(mod(n, 50), 0) * interval '1 day'"
            " from generate_series(1, 3000) as n",
            recruiter,
        )
    db.as_user(recruiter)
    row = sorted_page(db, sort, None, 1000)[-1]
    # Up to 20 of each status, and those that are shown: 80. By the index of created_at alone, which
    # PostgreSQL takes where it expects that to cost the same, some 200.
    most = 300 if sort == "created" else 100
    for _ in range(8):
        before = rows_read(db, "public.interviews")
        rows = sorted_page(db, sort, row, 20, backwards)
        assert len(rows) == 20
        assert rows_read(db, "public.interviews") - before <= most
        row = rows[0] if backwards else rows[-1]
