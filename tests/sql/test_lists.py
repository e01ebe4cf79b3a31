"""The pages of list_interviews: all rows once, in order, read by the index."""

import pytest

from tests.kit.database import Database, Row, Scene

PAGE = "select * from public.list_interviews(%s, %s, %s, %s)"


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


@pytest.mark.parametrize("backwards", [False, True])
def test_a_page_reads_its_own_rows(db: Database, backwards: bool) -> None:
    """However many there are, and however far down the list it is."""
    recruiter = db.account()
    with db.without_triggers():
        db.run(
            "insert into public.interviews (title, recruiter_id)"
            " select 'Interview ' || n, %s from generate_series(1, 3000) as n",
            recruiter,
        )
    db.as_user(recruiter)
    row = page_after(db, None, 1000)[-1]
    for _ in range(8):
        before = rows_read(db, "public.interviews")
        rows = page_after(db, row, 20, backwards)
        assert len(rows) == 20
        assert rows_read(db, "public.interviews") - before <= 60
        row = rows[0] if backwards else rows[-1]
