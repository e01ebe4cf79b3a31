"""The frontend's types and errors match the database."""

import re
from pathlib import Path

from local import typescript
from local.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]

# Refusals that no browser gets: of applying the schema, and of functions for DBAs.
NOT_OF_BROWSERS = {
    "first_version_found",
    "supabase_required",
    "tables_in_use",
    "recruiter_not_found",
    "owns_interviews",
    "link_not_valid",
    "bucket_in_use",
    "consent_notice_in_use",
    "invalid_result",
}


def test_the_types_are_those_of_the_schema(cluster: Cluster, shared_database: str) -> None:
    assert typescript.generate(cluster, shared_database) == typescript.TYPES.read_text(), (
        "run `make types`"
    )


def test_every_refusal_of_the_database_has_its_sentence() -> None:
    page = (ROOT / "docs" / "errors.md").read_text().partition("## Raised by the service")[0]
    documented = set(re.findall(r"^\| `([a-z_]+)` \| \d+ \|", page, re.MULTILINE))
    assert len(documented) > 20
    code = (ROOT / "frontend" / "lib" / "errors.ts").read_text()
    ours = code.partition("docs/errors.md that a browser can meet")[2].partition("---- Auth's")[0]
    assert set(re.findall(r"^  ([a-z_]+): \{", ours, re.MULTILINE)) == documented - NOT_OF_BROWSERS
