"""docs/privacy.md names all that is kept."""

import re

from tests.kit.database import Database
from tests.kit.pages import DATABASE, PRIVACY, ROOT, SPAN, spans, table


def test_every_table_is_on_the_page_about_privacy(db: Database) -> None:
    """A new one is named there: whom it is about, and how long it is kept."""
    listed = [row["table"] for row in table(DATABASE, "table")]
    assert {name for names in listed for name in SPAN.findall(names)} <= spans(PRIVACY)


def test_what_is_said_of_the_keeping_of_data(db: Database) -> None:
    """The settings, with their defaults, and what a browser keeps."""
    said = {
        name: duration
        for row in table(PRIVACY, "datum")
        for name, duration in re.findall(r"`(\w+_kept_for)` \(([^)]+)\)", row["how long"])
    }
    existing = db.rows(
        "select attname::text as name from pg_catalog.pg_attribute"
        " where attrelid = 'private.settings'::regclass and attname like '%%kept_for'"
    )
    assert said.keys() == {row["name"] for row in existing}
    for name, duration in said.items():
        assert db.as_owner().value(
            f"select {name} = %s::interval from private.settings", duration
        ), name
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("lib", "features", "ui")
        for path in (ROOT / "frontend" / folder).rglob("*.ts*")
    )
    # Where it is kept: in a cookie, in local storage, in a database of the browser.
    kept = {
        *re.findall(r'(?:TIME_ZONE|LOCALE)_COOKIE = "([^"]+)"', code),
        *re.findall(r"[`\"](hirevision[:-][^`\"$]+)", code),
        *re.findall(r'const (?:DRAFT|SIGNED_UP|CONFIRMED_ELSEWHERE) = "([^"]+)"', code),
    }
    assert len(kept) == 10
    assert kept == {
        span.removesuffix("…")
        for row in table(PRIVACY, "place")
        if "browser" in row["place"] or row["place"] == "the same"
        for span in SPAN.findall(row["place"] + row["what"])
        if not span.startswith("sb-")
    }
