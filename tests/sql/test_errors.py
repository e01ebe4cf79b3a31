"""docs/errors.md lists exactly the refusals that the SQL has, with their statuses."""

import re
from pathlib import Path

from local import schema

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
SQL = schema.joined()
RAISED = re.compile(r"using errcode = 'PT(\d{3})',\s*detail = '(\w+)',\s*hint = ")
RETURNED = re.compile(r"private\.refusal\((\d{3}), '(\w+)',")


def refusals() -> set[tuple[str, str]]:
    """Slug and status of everything that the SQL refuses."""
    return {(slug, status) for status, slug in RAISED.findall(SQL) + RETURNED.findall(SQL)}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_the_page_lists_every_slug_with_its_status() -> None:
    listed = [(row[0].strip("`"), row[1]) for row in rows("Raised by the database")]
    assert len(refusals()) > 20
    assert listed == sorted(refusals())


def test_one_slug_has_one_status() -> None:
    slugs = [slug for slug, _ in refusals()]
    assert len(slugs) == len(set(slugs))


def test_every_row_says_what_who_and_the_way_out() -> None:
    for heading, cells in [
        ("Raised by the database", 5),
        ("What PostgreSQL and PostgREST say by themselves", 4),
    ]:
        assert rows(heading)
        for row in rows(heading):
            assert len(row) == cells and all(row), row


def test_whatever_is_named_as_raising_exists() -> None:
    for row in rows("Raised by the database"):
        for name in re.findall(r"`(\w+)`", row[3]):
            assert re.search(rf"(function|table if not exists) public\.{name}\b", SQL), name


def test_no_message_repeats_what_was_sent() -> None:
    """PostgREST 12 writes it into the status line, where a line break would begin a header."""
    for filled in re.findall(r"raise exception '[^']*%[^']*',(.*?)\busing errcode", SQL, re.DOTALL):
        for value in re.findall(
            r"\b(?:new|create_\w+|correct_\w+)\.(?!interview_id::text)\w+", filled
        ):
            assert re.search(rf"(length|cardinality)\({re.escape(value)}\)", filled), filled


def test_every_error_of_the_sql_has_status_slug_and_hint() -> None:
    assert SQL.count("raise exception") == len(RAISED.findall(SQL))
    assert SQL.count("private.refusal(") - len(RETURNED.findall(SQL)) == SQL.count(
        "private.refusal(integer"
    ) + SQL.count("function private.refusal(status")
