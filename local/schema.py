"""Joins supabase/schemas/ and policies/ into database_schema.sql.

`python -m local.schema` writes the file, `--check` fails when it is stale.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "database_schema.sql"

HEADER = """\
-- GENERATED from supabase/schemas/ and policies/: do not edit, run `make schema`.
--
-- The whole database: tables, functions, policies and grants, in one transaction. Run it with
-- `psql -f database_schema.sql`, or paste it into the Supabase SQL editor. Running it again
-- changes nothing and loses nothing.
"""


def sources() -> list[Path]:
    """The files that are joined, in their order: the steps of the flow, then the policies."""
    return [
        *sorted((ROOT / "supabase" / "schemas").glob("*.sql")),
        *sorted((ROOT / "policies").glob("*.sql")),
    ]


def joined() -> str:
    """The text of database_schema.sql as the sources say it should be."""
    parts = [HEADER, "begin;\n"]
    for source in sources():
        name = source.relative_to(ROOT).as_posix()
        body = source.read_text(encoding="utf-8").strip()
        parts.append(f"-- ======== {name} ========\n\n{body}\n")
    parts.append("commit;\n")
    return "\n".join(parts)


def stale() -> bool:
    """Whether database_schema.sql differs from its sources."""
    return not TARGET.exists() or TARGET.read_bytes() != joined().encode()


def main() -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m local.schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file is stale")
    if parser.parse_args().check:
        if stale():
            print(f"{TARGET.name} is stale: run `make schema`", file=sys.stderr)
            return 1
        return 0
    TARGET.write_bytes(joined().encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
