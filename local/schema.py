"""Writes the SQL files that are generated from supabase/schemas/, policies/ and supabase/upgrade/,
and the templates of Auth's mails (auth_mails.py).

`python -m local.schema` writes them, `--check` fails if one is stale.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from local import auth_mails

ROOT = Path(__file__).resolve().parent.parent

SCHEMA = "database_schema.sql"
# Until the first release there is one migration, and it is the same file.
MIGRATION = "supabase/migrations/20261123000100_interviews.sql"
UPGRADE = "supabase/migrations/20261123000000_upgrade_first_version.sql"
PREFLIGHT = "supabase/preflight.sql"

TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]
# What both the upgrade and its preflight do with the rows of the first version.
SHARED = ["10_tables.sql", "20_rows.sql", "30_cases.sql"]
# The file of the schema whose functions they use; these call nothing outside it.
ADDRESSES = "supabase/schemas/15_addresses.sql"

SCHEMA_HEADER = """\
-- GENERATED from supabase/schemas/ and policies/: do not edit, run `make schema`.
--
-- The whole database: tables, functions, policies and grants, in one transaction. Run it with
-- `psql -f database_schema.sql`, or paste it into the Supabase SQL editor. Running it again
-- changes nothing and loses nothing.

begin;
"""

UPGRADE_HEADER = """\
-- GENERATED from supabase/upgrade/ and supabase/schemas/: do not edit, run `make schema`.
--
-- Upgrade of the first version: its four tables are cleaned and brought, in place, to what the
-- next migration expects, so that ids, rows and other tables' foreign keys to them survive.
-- Does nothing on a fresh project, nor where it has run before.
--
-- It stops before it changes anything when rows could not be kept; supabase/preflight.sql lists
-- those, and counts everything else that happens here by the same functions. What was changed is
-- told as notices, and in the server's log, because the Supabase CLI shows no notices. Nobody is
-- mailed.
--
-- The steps are functions that last for this transaction; the statement that runs them comes
-- last, short, since the CLI prints the whole statement that failed.

begin;
-- Hosted projects end a statement after two minutes, which may be too few for millions of rows.
set local statement_timeout = 0;
-- On a fresh project the functions name tables that do not exist.
set local check_function_bodies = off;
"""

PREFLIGHT_HEADER = """\
-- GENERATED from supabase/upgrade/ and supabase/schemas/: do not edit, run `make schema`.
--
-- What the upgrade of the first version would meet in this database. Changes nothing; run it by
-- `psql -q -f supabase/preflight.sql` or in the Supabase SQL editor before `supabase db push`.
-- One line per case: how many rows it concerns, what happens to them, and the ids (or names) of up
-- to ten. The cases that would block the upgrade come first, and should all be 0; then those of
-- the others that occur, by the names under which the upgrade reports them.
--
-- "relation … does not exist" means that there is no first version here, or not all of it.
--
-- First come the upgrade's own functions, as temporary ones; after them the transaction is read
-- only, and in the end it is rolled back.

begin;
"""


def generated() -> dict[str, str]:
    """Every generated file as the sources say it should be."""
    schema = joined()
    columns, rules = catalog_of_tables()
    shared = [
        columns,
        source(f"supabase/upgrade/{SHARED[0]}"),
        temporary(source(ADDRESSES)),
        *(source(f"supabase/upgrade/{name}") for name in SHARED[1:]),
    ]
    upgrade = [UPGRADE_HEADER, *shared, rules, source("supabase/upgrade/upgrade.sql")]
    preflight = [
        PREFLIGHT_HEADER,
        *shared,
        "set transaction read only;\n",
        source("supabase/upgrade/preflight.sql"),
    ]
    return {
        SCHEMA: schema,
        MIGRATION: schema,
        UPGRADE: "\n".join([*upgrade, "discard temp;\n\ncommit;\n"]),
        PREFLIGHT: "\n".join([*preflight, "rollback;\n"]),
        **auth_mails.generated(),
    }


def joined() -> str:
    """The text of database_schema.sql: the steps of the flow, then the policies."""
    folders = ("supabase/schemas", "policies")
    files = [file for folder in folders for file in sorted((ROOT / folder).glob("*.sql"))]
    parts = [source(file.relative_to(ROOT).as_posix()) for file in files]
    return "\n".join([SCHEMA_HEADER, *parts, "commit;\n"])


def source(name: str) -> str:
    """A source file under a line that names it."""
    body = (ROOT / name).read_text(encoding="utf-8").strip()
    return f"-- ======== {name} ========\n\n{body}\n"


def temporary(body: str) -> str:
    """Functions of the schema as temporary ones, which last for a session."""
    return body.replace("private.", "pg_temp.")


def catalog_of_tables() -> tuple[str, str]:
    """SQL functions with the columns, and constraints and options, of the tables in the schema.

    The upgrade adds the missing ones, so that each is written only in supabase/schemas/.
    """
    columns, rules = [], []
    schemas = joined()
    for table in TABLES:
        created = re.search(
            rf"^create table if not exists public\.{table} \((.*?)\n\)(?: with (\(.*?\)))?;",
            schemas,
            re.M | re.S,
        )
        if not created:
            raise ValueError(f"supabase/schemas does not create {table}")
        for item in split_at_commas(re.sub(r"(^| )--.*", "", created[1], flags=re.M)):
            if item.startswith("constraint "):
                rules.append((table, f"add {item}"))
            else:
                columns.append((table, *parts_of_column(item)))
        if created[2]:
            rules.append((table, f"set {created[2]}"))
    return (
        rows_function(
            "schema_columns",
            "table_name text, column_name text, type text, default_value text, is_required boolean",
            columns,
        ),
        rows_function("schema_rules", "table_name text, change text", rules),
    )


def split_at_commas(text: str) -> list[str]:
    """The items between commas outside parentheses and quotes, on one line each."""
    depth, start, quoted = 0, 0, False
    items = []
    for position, letter in enumerate(text + ","):
        quoted ^= letter == "'"
        depth += 0 if quoted else {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0 and not quoted:
            items.append(re.sub(r"\s*\n\s*", " ", text[start:position]).strip())
            start = position + 1
    return items


def parts_of_column(item: str) -> tuple[str, str, str | None, bool]:
    """Name, type, default and whether it is required, of a column in a `create table`."""
    found = re.fullmatch(
        r"(?P<name>\w+) (?P<type>\w+(?:\(\d+\)|\[\])?)"
        r"(?P<required> primary key| not null)?(?: default (?P<default>.+))?",
        item,
    )
    if not found or re.search(r" (check|references|unique|not null)\b", found["default"] or ""):
        raise ValueError(f"write `name type not null default …`, constraints apart: {item}")
    return found["name"], found["type"], found["default"], bool(found["required"])


def rows_function(name: str, columns: str, rows: Sequence[tuple[str | bool | None, ...]]) -> str:
    """A temporary SQL function that returns these rows."""
    values = ",\n".join(f"    ({', '.join(map(literal, row))})" for row in rows)
    return (
        f"create function pg_temp.{name}()\n  returns table ({columns})\n  language sql\n"
        f"as $$\n  values\n{values}\n$$;\n"
    )


def literal(value: str | bool | None) -> str:
    """A value in SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return {None: "null", True: "true", False: "false"}[value]


def stale() -> list[str]:
    """The generated files that are stale."""
    return [
        name
        for name, text in generated().items()
        if not (ROOT / name).exists() or (ROOT / name).read_bytes() != text.encode()
    ]


def main() -> int:
    """Write the files, or with --check say whether they are up to date."""
    parser = argparse.ArgumentParser(prog="python -m local.schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a file is stale")
    if parser.parse_args().check:
        names = stale()
        if names:
            print(f"stale, run `make schema`: {', '.join(names)}", file=sys.stderr)
        return bool(names)
    for name, text in generated().items():
        (ROOT / name).write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
