"""Writes database_schema.sql, from supabase/schemas/ and policies/, and the templates of Auth's
mails (auth_mails.py).

`python -m local.schema` writes them, `--check` fails if one is stale.
"""

import argparse
import sys
from pathlib import Path

from local import auth_mails

ROOT = Path(__file__).resolve().parent.parent

SCHEMA = "database_schema.sql"

SCHEMA_HEADER = """\
-- GENERATED from supabase/schemas/ and policies/: do not edit, run `make schema`.
--
-- The whole database: tables, functions, policies and grants, in one transaction. Run it with
-- `psql -f database_schema.sql`, or paste it into the Supabase SQL editor. Running it again
-- changes nothing and loses nothing.

begin;
"""


def generated() -> dict[str, str]:
    """Every generated file as the sources say it should be."""
    return {SCHEMA: joined(), **auth_mails.generated()}


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
