"""The pages of the documentation, and what stands on them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
ADOPTING = DOCS / "adopting.md"
FRONTEND = DOCS / "frontend.md"
BACKEND = DOCS / "backend.md"
DATABASE = DOCS / "database.md"
DEPLOYING = DOCS / "deploying.md"
PRIVACY = DOCS / "privacy.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]

# `code spans` on one line, and fenced blocks with their language.
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def text(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(page: Path) -> set[str]:
    """The code spans of a page, those in tables included."""
    return set(SPAN.findall(text(page)))


def blocks(page: Path, *languages: str) -> list[str]:
    """The fenced blocks in these languages."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [body for language, body in found if language in languages]


def tables(page: Path) -> Iterator[list[dict[str, str]]]:
    """The tables of a page, each as its rows by the names of their columns."""
    for table in re.findall(r"(?:^\|.*\n)+", text(page), re.MULTILINE):
        header, _, *rows = (
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in table.splitlines()
        )
        yield [dict(zip(header, row, strict=True)) for row in rows]


def table(page: Path, first_column: str) -> list[dict[str, str]]:
    """The only table whose first column has this name."""
    (found,) = (rows for rows in tables(page) if next(iter(rows[0])) == first_column)
    return found


def anchors(page: Path) -> set[str]:
    """What links may name behind #, as GitHub makes it of the headings."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}
