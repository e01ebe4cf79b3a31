"""The search of invites, with the pattern that the frontend makes of what was typed."""

import json
import subprocess
from pathlib import Path

from local import node
from tests.http.api import Api, value

SEARCH = Path(__file__).resolve().parents[2] / "frontend" / "lib" / "search.ts"


def patterns(*typed: str) -> list[str]:
    """What frontend/lib/search.ts makes of it."""
    script = (
        f"import {{ literally }} from {json.dumps(SEARCH.as_uri())};"
        f"console.log(JSON.stringify({json.dumps(typed)}.map(literally)))"
    )
    said = subprocess.run(
        [node.program(), "--input-type=module", "--eval", script],
        capture_output=True,
        text=True,
        check=True,
    )
    made: list[str] = json.loads(said.stdout)
    return made


def test_what_is_typed_is_found_and_no_wildcard(api: Api) -> None:
    scene = api.scene()
    odd = [f"a{mark}b@example.com" for mark in "*%_.+?^$|{}'"]
    emails = [*odd, "axb@example.com", "axxb@example.com"]
    value(scene.recruiter.rpc("create_invites", interview_id=scene.interview_id, emails=emails))
    never = ["\\", '"', ",", ")", "(", "[", "]", "\\d", "(?i)", "***=", "é", "a.*b", "a,b"]
    typed = [*odd, *(email[1:3] for email in odd), *never, "A*B@EXAMPLE"]
    for text, pattern in zip(typed, patterns(*typed), strict=True):
        found = scene.recruiter.rows("interview_invites", select="email", email=f"imatch.{pattern}")
        assert sorted(row["email"] for row in found) == sorted(
            email for email in [*emails, scene.candidate.email] if text.lower() in email
        ), text
