"""Lists of candidates as people have them: files of comma separated values, however made."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.http.problems import Problem
from service.http.schemas import MOST_EMAILS, ReadFile, too_many_emails

# Letters and cells of one row, and cells of one file: what a file may cost in memory.
MOST_LETTERS, MOST_COLUMNS, MOST_CELLS = 200_000, 1_000, 500_000
# Rows that are enough to tell how a file is written.
_SAMPLE = 200
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What a header may call the column of addresses, without blanks and signs; the likeliest first,
# since an "address" beside an "e-mail" is where somebody lives. The same list is in
# frontend/lib/csv.ts; tests compare both with tests/samples/columns.json.
COLUMN_NAMES = (
    *("email", "emailaddress", "emailadress", "emailadresse", "candidateemail", "emails"),
    *("mail", "mailaddress", "mailadresse", "courriel", "correo", "address", "adresse"),
)
_NOT_A_LETTER = re.compile(r"[\W_]+")
_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+")
# What parts addresses, whatever the keyboard; | is legal in an address and never meant.
_PARTING = re.compile("[|｜,،、，､;؛；]+")
# Quotes and brackets around an address (' is legal there and never meant), blanks, and marks that
# nobody sees. As in frontend/lib/addresses.ts.
_UNSEEN = [*range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x205F, 0x2070)]
_UNSEEN += [0x85, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, 0x3000, 0xFEFF]
_AROUND = "\"'`´“”„‟«»‹›‘’‚‛「『」』([（［<>)]）］ \t\n\v\f\r" + "".join(map(chr, _UNSEEN))
_FULL_STOPS = ".。．｡"

Record = list[str]


@dataclass(frozen=True)
class Row:
    """A row of a file by its number, as spreadsheets count: the header, if any, is the first.

    `email` is None when all cells of the row are blank.
    """

    row: int
    email: str | None


@dataclass(frozen=True)
class Table:
    encoding: str
    delimiter: str
    column: int
    """The column of addresses, from 1."""
    header: str | None
    """What the header calls it."""
    rows: Sequence[Row]

    @property
    def emails(self) -> list[str]:
        """What stands in the rows that are not blank."""
        return [row.email for row in self.rows if row.email is not None]

    @property
    def note(self) -> str | None:
        """What the sender should check."""
        if self.encoding != "windows-1252":
            return None
        return "The file is not UTF-8, so it was read as Windows-1252: check names with accents."

    def described(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ReadFile.model_fields}

    def with_outcomes(self, outcomes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """One outcome per row, given those of `emails` in their order.

        When there are fewer, the rows after them are left out.
        """
        found = iter(outcomes)
        blank = {"email": None, "outcome": "blank", "invite_id": None, "invite_code": None}
        rows = []
        for row in self.rows:
            outcome = blank if row.email is None else next(found, None)
            if outcome is None:
                break
            rows.append({"row": row.row, **outcome})
        return rows


def summary(outcomes: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many rows there are, and how many of each outcome that occurs."""
    counts = Counter(outcome["outcome"] for outcome in outcomes)
    return {"rows": counts.total(), **dict(counts.most_common())}


def read(content: bytes) -> Table:
    """Understand a file; raises a Problem that says what is wrong with it.

    csv.Sniffer is not used: it gives up on ragged rows, and takes long over hostile ones.
    """
    text, encoding = _decoded(content)
    delimiter = _delimiter(text)
    records = list(_records(text, delimiter))
    if len(records) > MOST_EMAILS + 1:
        raise too_many_emails("rows")
    header, column = _column(records)
    rows = [Row(number, _email(record, column)) for number, record in records if number != header]
    if len(rows) > MOST_EMAILS:
        raise too_many_emails("rows")
    if all(row.email is None for row in rows):
        raise _unusable("The file has no rows below its header.", "Add the addresses to invite.")
    named = next((record[column] for number, record in records if number == header), None)
    return Table(
        encoding, _DELIMITERS[delimiter], column + 1, named.strip()[:255] if named else None, rows
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding."""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    encodings = [_BYTE_ORDER_MARKS[mark]] if mark else ["utf-8", "windows-1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise _unusable("The file is empty.", "Send a file with a column of addresses.")
        return text, encoding.removesuffix("-sig")
    raise _unusable(
        "This is not a text file.", "Save the list as CSV (UTF-8); spreadsheets offer that."
    )


def _delimiter(text: str) -> str:
    """That with which most of the first rows hold an address in a cell of its own."""

    def addresses(delimiter: str) -> int:
        found = 0
        try:
            for number, record in _records(text, delimiter):
                found += any(_ADDRESS.fullmatch(cell.strip()) for cell in record)
                if number == _SAMPLE:
                    break
        except Problem:
            return found - _SAMPLE
        return found

    # Of equals the one that occurs in the text at all: a file may hold no valid address.
    return max(_DELIMITERS, key=lambda delimiter: (addresses(delimiter), delimiter in text))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, Record]]:
    """The records with their numbers, to one more than a file may have."""
    letters = cells = 0

    def lines() -> Iterator[str]:
        nonlocal letters
        for line in io.StringIO(text, newline=""):
            letters += len(line)
            if letters > MOST_LETTERS:
                raise csv.Error(f"a row may have {MOST_LETTERS:,} characters")
            yield line

    # Strict: a quote that is never closed would swallow the rows below it.
    reader = csv.reader(lines(), delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        for number, record in enumerate(reader, 1):
            letters, cells = 0, cells + len(record)
            if len(record) > MOST_COLUMNS:
                raise csv.Error(f"a row may have {MOST_COLUMNS:,} cells")
            if cells > MOST_CELLS:
                raise csv.Error(f"a file may have {MOST_CELLS:,} cells")
            yield number, record
            if number > MOST_EMAILS + 1:
                return
    except csv.Error as error:
        raise _unusable(
            f"Line {reader.line_num} of the file cannot be read: {error}.",
            'Put text that holds quotes into quotes, and double those inside: "say ""hello""".',
        ) from error


def _column(records: Sequence[tuple[int, Record]]) -> tuple[int | None, int]:
    """The number of the header's row, if there is one, and the index of the addresses' column."""
    filled = ((number, record) for number, record in records if _text(record))
    first, cells = next(filled, (None, []))
    names = [_NOT_A_LETTER.sub("", cell).lower() for cell in cells]
    for name in COLUMN_NAMES:
        if name in names:
            return first, names.index(name)
    columns = Counter(
        index for _, record in records for index, cell in enumerate(record) if "@" in cell
    )
    if not columns:
        raise _unusable(
            "No column of the file contains email addresses.",
            "Name the column of addresses email in the first row.",
        )
    return None, columns.most_common(1)[0][0]


def _email(record: Record, column: int) -> str | None:
    if not _text(record):
        return None
    if column >= len(record):
        return ""
    # Two in one cell are none to the database, and what is still too long for one neither.
    return _bare(_PARTING.sub(" ", record[column][:1000]))


def _bare(cell: str) -> str:
    """The cell without what people and programs put around an address."""
    return cell.lstrip(_AROUND).rstrip(_AROUND + _FULL_STOPS).removeprefix("mailto:")


def _text(record: Record) -> str:
    return "".join(record).strip()


def _unusable(detail: str, hint: str) -> Problem:
    return Problem(422, "unreadable_file", detail, hint)
