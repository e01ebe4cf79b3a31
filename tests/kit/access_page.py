"""policies/access.txt as data: what it says of tables, views, functions and recordings."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "policies" / "access.txt"

# The words of the page for refusals.
SLUGS = {
    "unknown": "invite_not_found",
    "unconfirmed": "email_not_confirmed",
    "not_in": "participation_not_found",
    "no_move": "status_move_not_allowed",
    "not_own": "interview_not_found",
    "no_q": "question_not_found",
    "done": "already_submitted",
    "no_one": "participant_not_found",
    "answered": "question_answered",
    "in_use": "criterion_in_use",
    "no_link": "link_not_valid",
    "no_take": "response_not_found",
    "queued": "analysis_in_progress",
}
# Which role of the database somebody has; everybody else is signed in.
DATABASE_ROLES = {"anon": "anon", "service": "service_role"}


@dataclass
class Line:
    """What happens to each role, by its name, that does one thing with some columns."""

    command: str
    cells: dict[str, str]
    columns: list[str]


@dataclass
class Block:
    """A table or view, or all functions of a schema, whose lines are then named after them."""

    name: str
    lines: list[Line]

    @property
    def columns(self) -> list[str]:
        """Every column that some line names."""
        named = [column for line in self.lines for column in line.columns if column != "all"]
        return list(dict.fromkeys(named))


def read_page() -> list[Block]:
    """The blocks of the page, which blank lines separate."""
    text = "\n".join(line for line in PAGE.read_text().splitlines() if not line.startswith("#"))
    return [_block(part.splitlines()) for part in text.split("\n\n") if part.strip()]


def _block(lines: list[str]) -> Block:
    header, *rest = [line for line in lines if line]
    # Names of two words end where the column of the first role begins.
    start = header.index(" anon ") + 1
    roles = header[start:].split()[: -len(header.partition(" service ")[2].split())]
    block = Block(header[:start].strip(), [])
    for line in rest:
        words = line[start:].split()
        if line.startswith(" "):
            block.lines[-1].columns += line.split()
        else:
            cells = dict(zip(roles, words, strict=False))
            block.lines.append(Line(line[:start].strip(), cells, words[len(roles) :]))
    return block


BLOCKS = {block.name: block for block in read_page()}
FUNCTIONS, PRIVATE_FUNCTIONS = BLOCKS.pop("functions"), BLOCKS.pop("functions of private")
# Objects in Storage, where the last words of a line are not columns (tests/storage/test_access.py).
RECORDINGS = BLOCKS.pop("recordings")
TABLES = list(BLOCKS.values())
PUBLIC_TABLES = [block for block in TABLES if "." not in block.name]
PRIVATE_TABLES = [block for block in TABLES if "." in block.name]
ROLES = list(FUNCTIONS.lines[0].cells)


def database_role(role: str) -> str:
    """The role of the database that PostgREST switches to."""
    return DATABASE_ROLES.get(role, "authenticated")
