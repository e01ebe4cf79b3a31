"""What the project says is said in words that everybody knows."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tests.kit.pages import ROOT

# Sentences that were found hard to understand on the screens, and words of no plain English.
HARD = re.compile(
    "|".join(
        [
            r"\b(as others shall|look into your mailbox|came back to you|stands? twice)\b",
            r"\b(correct them here|read a csv file|taken by the mail server)\b",
            r"\b(nobody is invited yet|no invite is like that|no invite to your address)\b",
            r"\b(as many invitations today|is among your interviews|no date that people)\b",
            r"\b(or any at all|something else was faster|cannot become that|wherever else)\b",
            r"\b(whoever|mostly|anew|unless somebody knows|what came of it)\b|\bmail\(s\)",
            # Promises that nothing keeps.
            r"\b(has been told|a new code will come|is told that you have answered)\b",
            # People are "they".
            r"\b(he|him|his|himself|she|her|hers|herself)\b",
        ]
    ),
    re.IGNORECASE,
)
KINDS = (".css", ".html", ".js", ".md", ".mjs", ".py", ".sql", ".ts", ".tsx", ".txt")
FOLDERS = ("bench", "docs", "email_templates", "frontend", "local", "service", "supabase", "tests")


def written() -> Iterator[Path]:
    """The files that people wrote."""
    yield from ROOT.glob("*.md")
    for folder in FOLDERS:
        for path, folders, files in os.walk(ROOT / folder):
            # What was installed or built.
            folders[:] = [one for one in folders if one[0] != "." and one != "node_modules"]
            yield from (Path(path, one) for one in files if Path(one).suffix in KINDS)


def test_no_hard_words() -> None:
    files = [file for file in written() if file != Path(__file__)]
    assert len(files) > 500
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if HARD.search(line)
    ]
    assert found == []
