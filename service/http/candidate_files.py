"""Lists of candidates as people have them: files of comma separated values, however made."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from service.http import candidate_columns
from service.http.candidate_columns import WORDS, Layout, Record, Sheet
from service.http.file_schemas import ReadFile
from service.http.people import Person, one_line
from service.http.problems import Problem
from service.http.request_schemas import MOST_EMAILS, too_many_emails

# Letters and cells of one row, and cells of one file: what a file may cost in memory.
MOST_LETTERS, MOST_COLUMNS, MOST_CELLS = 200_000, 1_000, 500_000
# Rows and characters that are enough to tell how a file is written.
_SAMPLE, _SAMPLE_LETTERS = 200, 65_536
_DELIMITERS: dict[str, str] = WORDS["delimiters"]
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What a spreadsheet writes above the rows to name the delimiter.
_SEP_LINE = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)', re.IGNORECASE)
# What may separate columns though we do not read it. Most of them are legal in an address.
_UNKNOWN_DELIMITERS = "^~#!*/\\&%:¦§"
# Letters that Windows-1252 has where other encodings have other letters of names.
_SURE = re.compile("[ -~À-ÖØ-öø-ÿ’]*")


@dataclass(frozen=True)
class Row:
    """Somebody in a row of a file, or nobody.

    `row` is its number as spreadsheets count: the header, if any, is the first. `email` is None
    when all cells of the row are blank, and empty when only that of the address is.
    """

    row: int
    email: str | None
    name: str | None = None


@dataclass(frozen=True)
class Table:
    encoding: str
    delimiter: str
    column: int
    """The column of addresses, from 1."""
    header: str | None
    """What the header calls it."""
    rows: Sequence[Row]
    titles: int
    """Rows above the header."""
    other_addresses: Sequence[dict[str, Any]]
    """Addresses in other columns: column, header, addresses."""
    names_left_out: int
    """Names whose letters cannot be told."""

    @property
    def emails(self) -> list[str]:
        """What stands in the rows that are not blank."""
        return [row.email for row in self.rows if row.email is not None]

    def people(self) -> dict[str, list[str | None]]:
        """The arguments `emails` and `names` of create_invites."""
        names = [row.name for row in self.rows if row.email is not None]
        return {"emails": [*self.emails], "names": names}

    @property
    def left_aside(self) -> dict[str, Any]:
        """What the file has and nobody is invited by."""
        return {
            "titles": self.titles,
            "rows_without_address": sum(row.email == "" for row in self.rows),
            "other_addresses": self.other_addresses,
            "names": self.names_left_out,
        }

    @property
    def note(self) -> str | None:
        """What the sender should check."""
        notes = []
        if self.encoding == "windows-1252":
            notes.append(
                "The file is not UTF-8, so it was read as Windows-1252: check names with accents."
            )
        if self.encoding == "unknown":
            notes.append(
                "The file is not UTF-8, so that its accents cannot be told: "
                f"{_plural(self.names_left_out, 'name')} {_was(self.names_left_out)} left out."
            )
        if self.titles:
            rows = _plural(self.titles, "row")
            notes.append(f"{rows} above the header {_was(self.titles)} left aside.")
        for other in self.other_addresses:
            number = other["addresses"]
            addresses = _plural(number, "address", "addresses")
            column = candidate_columns.told(other)
            notes.append(f"{addresses} in column {column} {_was(number)} left aside.")
        return " ".join(notes) or None

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
            rows.append({"row": row.row, "name": row.name, **outcome})
        return rows


def summary(outcomes: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many rows there are, and how many of each outcome that occurs."""
    counts = Counter(outcome["outcome"] for outcome in outcomes)
    return {"rows": counts.total(), **dict(counts.most_common())}


def read(content: bytes, column: str | None = None) -> Table:
    """Understand a file; raises a Problem that says what is wrong with it.

    `column` is what a person chose where there are several: its number, from 1, or its header.
    """
    text, encoding = _decoded(content)
    delimiter, records = _split(text)
    if len(records) > MOST_EMAILS + 1:
        raise too_many_emails("rows")
    if not any(map(_text, records)):
        raise _unusable("The file is empty.", "Send a file with a column of addresses.")
    sheet = Sheet(records)
    layout = candidate_columns.layout(sheet, column)
    first = 0 if layout.header is None else layout.header + 1
    rows = [row for at in range(first, len(records)) for row in _people(sheet, layout, at)]
    if sum(row.email is not None for row in rows) > MOST_EMAILS:
        raise too_many_emails("rows")
    if all(row.email is None for row in rows):
        raise _unusable("The file has no rows below its header.", "Add the addresses to invite.")
    left_out = 0
    if encoding == "windows-1252" and not all(_SURE.fullmatch(row.name or "") for row in rows):
        encoding = "unknown"
        left_out = sum(not (row.name or "").isascii() for row in rows)
        rows = [row if (row.name or "").isascii() else Row(row.row, row.email) for row in rows]
    main = layout.columns[0]
    return Table(
        encoding=encoding,
        delimiter=_DELIMITERS[delimiter],
        column=main + 1,
        header=candidate_columns.title(sheet, layout.header, main),
        rows=rows,
        titles=sum(map(bool, map(_text, records[: layout.header or 0]))),
        other_addresses=_others(sheet, layout),
        names_left_out=left_out,
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and the name of its encoding."""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if mark:
        encodings = [_BYTE_ORDER_MARKS[mark]]
    else:
        encodings = ["utf-8", "utf-16-le", "utf-16-be"] if b"\0" in content else ["utf-8"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and ("@" in text or mark or encoding == "utf-8"):
            return text, encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    if mark or b"\0" in content:
        raise _unusable(
            "This is not a text file.", "Save the list as CSV (UTF-8); spreadsheets offer that."
        )
    # Any other encoding has the addresses, which are ASCII, where this one has them.
    return content.decode("windows-1252", "replace"), "windows-1252"


def _split(text: str) -> tuple[str, list[Record]]:
    """The delimiter, and the records to one more than a file may have.

    csv.Sniffer is not used: it gives up on ragged rows, and takes long over hostile ones.
    """
    if said := _SEP_LINE.match(text):
        delimiter, text = said[1], text[said.end() :]
        if delimiter not in _DELIMITERS:
            raise _unknown_delimiter(delimiter)
    else:
        delimiter = max(_DELIMITERS, key=lambda delimiter: _score(text, delimiter))
    try:
        records = list(_records(text, delimiter))
    except Problem:
        lines = text.splitlines()
        if not all("@" in line for line in lines if line.strip()):
            raise
        # Not a table but a list, in which quotes are part of names: "Doe, Jane" <jane@…>.
        return delimiter, [[line] for line in lines[: MOST_EMAILS + 2]]
    filled = [record for record in records if _text(record)]
    if len(filled) > 1 and max(map(len, records)) == 1:
        for mark in _UNKNOWN_DELIMITERS:
            if all(mark in re.sub("(?i)mailto:", "", cell) for (cell,) in filled):
                raise _unknown_delimiter(mark)
    return delimiter, records


def _score(text: str, delimiter: str) -> tuple[int, bool]:
    """How well a delimiter parts addresses from the rest, in the first rows."""
    addresses = 0
    sample = text[:_SAMPLE_LETTERS]
    reader = csv.reader(
        io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    try:
        for record in islice(reader, _SAMPLE):
            for found in Sheet([record]).people[0].values():
                if all(person.has_address for person in found):
                    addresses += len(found)
    except csv.Error:
        # The sample may end within quotes.
        if sample == text:
            return -1, False
    # Of equals the one that occurs: a file may hold no valid address.
    return addresses, delimiter in sample


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """The records, to one more than a file may have."""
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
            yield record
            if number > MOST_EMAILS + 1:
                return
    except csv.Error as error:
        raise _unusable(
            f"Line {reader.line_num} of the file cannot be read: {error}.",
            'Put text that holds quotes into quotes, and double those inside: "say ""hello""".',
        ) from error


def _people(sheet: Sheet, layout: Layout, at: int) -> list[Row]:
    """Who is in a row."""
    record, number = sheet.records[at], at + 1
    if not _text(record):
        return [Row(number, None)]
    found: list[Person] = []
    for column in layout.columns:
        found += sheet.in_cell(at, column)
    if len(found) == 1 and found[0].name is None:
        cells = (record[column] for column in layout.names if column < len(record))
        found = [Person(found[0].email, one_line(" ".join(cells)))]
    return [Row(number, *person) for person in found] or [Row(number, "")]


def _others(sheet: Sheet, layout: Layout) -> list[dict[str, Any]]:
    """The addresses of the other columns, counted."""
    counts = Counter[int]()
    for found in sheet.people[0 if layout.header is None else layout.header + 1 :]:
        for column, persons in found.items():
            counts[column] += sum(person.has_address for person in persons)
    return [
        {
            "column": column + 1,
            "header": candidate_columns.title(sheet, layout.header, column),
            "addresses": number,
        }
        for column, number in sorted((+counts).items())
        if column not in layout.columns
    ]


def _text(record: Record) -> str:
    return "".join(record).strip()


def _plural(number: int, one: str, many: str = "") -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many or f'{one}s'}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _unknown_delimiter(mark: str) -> Problem:
    return _unusable(
        f"The columns of the file are separated by {mark}, which is not read.",
        "Save it with commas, semicolons, tabs or | between the columns.",
    )


def _unusable(detail: str, hint: str) -> Problem:
    return Problem(422, "unreadable_file", detail, hint)
