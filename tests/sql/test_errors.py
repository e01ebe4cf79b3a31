"""docs/errors.md and private.refusals: each refusal once, with one status, and used."""

import re
from pathlib import Path

import pytest

from local import schema
from tests.kit.database import Database, Row

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
SQL = schema.joined()
# The guards of 10_setup.sql, which come before the table of refusals.
GUARD = re.compile(r"using errcode = 'PT(\d{3})',\s*detail = '(\w+)',\s*hint = ")
# private.refuse('key', arguments), private.refusal('key', seconds) and
# private.refuse_object('key'), to the end of the statement.
SAID = re.compile(
    r"(?:perform|return) private\.(refuse|refusal|refuse_object)\("
    r"\s*'([\w:]+)'(?:,\s*(.*?))?\);",
    re.DOTALL,
)
PLACEHOLDER = re.compile(r"%(?:(\d)\$)?s")


@pytest.fixture
def refusals(db: Database) -> dict[str, Row]:
    """The rows of private.refusals by key."""
    return {row["key"]: row for row in db.as_owner().rows("select * from private.refusals")}


def statuses(refusals: dict[str, Row]) -> set[tuple[str, int]]:
    """Slug and status of everything that the SQL refuses."""
    table = {(key.partition(":")[0], row["status"]) for key, row in refusals.items()}
    return table | {(slug, int(status)) for status, slug in GUARD.findall(SQL)}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_the_page_lists_every_slug_with_its_status(refusals: dict[str, Row]) -> None:
    listed = [(row[0].strip("`"), int(row[1])) for row in rows("Raised by the database")]
    assert len(refusals) > 20
    assert listed == sorted(statuses(refusals))


def test_one_slug_has_one_status(refusals: dict[str, Row]) -> None:
    slugs = [slug for slug, _ in statuses(refusals)]
    assert len(slugs) == len(set(slugs))


def test_the_page_quotes_a_refusal_as_it_is(refusals: dict[str, Row]) -> None:
    row = refusals["invite_not_found"]
    for value in (row["message"], row["hint"]):
        assert f'"{value}"' in PAGE


def test_every_row_says_what_who_and_the_way_out() -> None:
    for heading, cells in [
        ("Raised by the database", 5),
        ("What PostgreSQL and PostgREST say by themselves", 4),
    ]:
        assert rows(heading)
        for row in rows(heading):
            assert len(row) == cells and all(row), row


def test_what_is_named_as_raising_exists() -> None:
    for row in rows("Raised by the database"):
        for name in re.findall(r"`(\w+)`", row[3]):
            assert re.search(rf"(function|table if not exists) public\.{name}\b", SQL), name


# ---- the table of refusals -----------------------------------------------------------------


def arguments(text: str) -> list[str]:
    """The arguments of a call, split at the commas that stand outside brackets."""
    found, depth = [""], 0
    for mark in text:
        depth += (mark in "([") - (mark in ")]")
        if mark == "," and depth == 0:
            found.append("")
        else:
            found[-1] += mark
    return [argument.strip() for argument in found if argument.strip()]


def test_every_refusal_is_said_somewhere_and_exists(refusals: dict[str, Row]) -> None:
    assert {key for _, key, _ in SAID.findall(SQL)} == set(refusals)
    calls = re.findall(r"private\.(?:refuse|refusal|refuse_object)\(\s*'", SQL)
    assert len(calls) == len(SAID.findall(SQL)), "each call was read"


def test_placeholders_fit_the_arguments(refusals: dict[str, Row]) -> None:
    for function, key, given in SAID.findall(SQL):
        row = refusals[key]
        asked = PLACEHOLDER.findall(row["message"] + row["hint"])
        assert "%" not in PLACEHOLDER.sub("", row["message"] + row["hint"]), key
        numbers = {int(number) for number in asked}
        count = 0 if function == "refusal" else len(arguments(given))
        assert numbers == set(range(1, count + 1)), (key, given)


def test_only_the_guards_raise_by_themselves() -> None:
    raising = ["refuse(", "refuse_object("]
    assert SQL.count("raise exception") == len(GUARD.findall(SQL)) + len(raising)
    for name in raising:
        function = SQL.index(f"create or replace function private.{name}")
        assert SQL.index("raise exception using", function) < SQL.index("comment on", function)


def test_no_message_repeats_what_was_sent(refusals: dict[str, Row]) -> None:
    """PostgREST 12 writes it into the status line, where a line break would begin a header.

    Numbers, days, ids and the few words of a status may stand there.
    """
    harmless = (
        r"length\(|cardinality\(|::text|^(old|v_invite)\.status$|^case v_invite\.status "
        r"|^v_missing$|^'1'$"
    )
    for _, key, given in SAID.findall(SQL):
        if refusals[key]["message"] and "%" in refusals[key]["message"]:
            for argument in arguments(given):
                # A new status is what was sent; there it has been found to be a known one.
                known = (key, argument) == ("invite_not_pending", "new.status")
                assert known or re.search(harmless, argument), (key, argument)


def test_sentences_fit_into_a_header(refusals: dict[str, Row]) -> None:
    for key, row in refusals.items():
        for text in (row["message"], row["hint"]):
            assert re.fullmatch("[A-Z][ -~]{1,250}[.]", text), key


def test_an_unknown_key_is_a_fault_of_ours(db: Database) -> None:
    for key in ("nonsense", None):
        refusal = db.as_owner().refused("select private.refuse(%s)", key)
        assert refusal.code == "P0002", "no_data_found, a 500"


def test_nobody_edits_the_texts_by_hand_for_long(db: Database, refusals: dict[str, Row]) -> None:
    """They are kept by database_schema.sql, which writes all of them."""
    text = (ROOT / "supabase/schemas/12_refusals.sql").read_text(encoding="utf-8")
    statement = text[text.index("delete from private.refusals") :].partition("\n-- Definer")[0]
    db.as_owner().run("update private.refusals set message = 'No.'")
    db.run("insert into private.refusals values ('stale', 400, 'No.', 'No.')")
    db.connection.execute(statement)
    assert {row["key"]: row for row in db.rows("select * from private.refusals")} == refusals


def test_a_refusal_that_is_returned_sets_status_and_wait(db: Database) -> None:
    db.as_owner()
    said = db.value("select private.refusal('too_many_attempts', 90)")
    assert (said["code"], said["details"]) == ("PT429", "too_many_attempts")
    assert set(said) == {"code", "message", "details", "hint"}
    assert db.value("select current_setting('response.status')") == "429"
    assert db.value("select current_setting('response.headers')") == '[{"Retry-After": "90"}]'
