"""Which column of a table holds the addresses of candidates, by its header and by what it holds.

frontend/lib/columns.ts chooses alike, with the same words; tests/samples/candidates/ has tables and
what must be chosen.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.http.people import Person, one_line, people
from service.http.problems import Problem
from service.http.request_schemas import too_many_emails

# A copy of it is frontend/lib/candidateColumns.json.
WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
# Words in cells with an @ that are held of a file.
_MOST_WORDS = 500_000
# Rows among which the header is looked for, below titles.
_TOP = 20
# Values of a column that tell a person which it is.
_EXAMPLES = 3
_SIGNS = re.compile(r"[\W_]+")
# What an unknown word above addresses may be made of. More likely a mistyped address otherwise.
_WORD = re.compile(r"[^\d@.]*[^\d@.\s][^\d@.]*")

Record = list[str]


class Sheet:
    """The rows of a file, with the people in each cell that has an @."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.people: list[dict[int, list[Person]]] = []
        number = 0
        for record in records:
            found = {column: people(cell) for column, cell in enumerate(record) if "@" in cell}
            number += sum(map(len, found.values()))
            if number > _MOST_WORDS:
                raise too_many_emails("addresses")
            self.people.append(found)

    def is_list(self, row: int) -> bool:
        """Whether a cell of the row holds addresses and nothing else."""
        return any(
            found and all(person.has_address for person in found)
            for found in self.people[row].values()
        )

    def in_cell(self, row: int, column: int) -> list[Person]:
        """Who is in a cell. Without an @ the whole cell is one mistake."""
        if column in self.people[row]:
            return self.people[row][column]
        cell = self.records[row][column] if column < len(self.records[row]) else ""
        text = one_line(cell[:1000])
        return [Person(text)] if text else []


@dataclass(frozen=True)
class Layout:
    header: int | None
    """The row of the header."""
    columns: Sequence[int]
    """Those of addresses: one, or all of a list without a header."""
    names: Sequence[int]
    """Those of names, in the order in which they are joined."""


def layout(sheet: Sheet, wanted: str | None) -> Layout:
    """Choose the columns. Raises a Problem that names several when people must choose.

    `wanted` is what a person chose: a column's number, from 1, or its header.
    """
    header = _header(sheet)
    titles = _cells(sheet, header)
    columns = _chosen(sheet, header) if wanted is None else [_wanted(sheet, header, wanted)]
    if header is not None and not any(map(_is_email, titles)):
        # Nothing says that it is one, but what stands below it.
        (column, *others) = columns
        word = title(sheet, header, column) or ""
        if others or not _WORD.fullmatch(word):
            header, titles = None, []
    return Layout(header, columns, _names([_key(title) for title in titles], columns))


def _header(sheet: Sheet) -> int | None:
    """The first row with a known word above the addresses, or else the fullest."""
    filled = [sum(bool(cell.strip()) for cell in record) for record in sheet.records[:_TOP]]
    first = next((row for row in range(len(filled)) if sheet.is_list(row)), len(filled))
    for row, record in enumerate(sheet.records[:_TOP]):
        # Rows above a header are titles, which have fewer cells.
        if row > first and max(filled[:row]) >= filled[row]:
            break
        if any(map(_is_email, record)) and not sheet.is_list(row):
            return row
    above = [row for row in range(first) if filled[row] and not sheet.people[row]]
    return max(above, key=lambda row: filled[row], default=None)


def _chosen(sheet: Sheet, header: int | None) -> list[int]:
    """The column that can be meant; raises a Problem unless it is one."""
    titles = _cells(sheet, header)
    filled, holding, at = _counted(sheet, header)
    named = [column for column, title in enumerate(titles) if _is_email(title)]
    others = [column for column, title in enumerate(titles) if _is_other(title)]
    full = [c for c in holding if c in named or 2 * holding[c] >= filled[c]]
    possible = sorted(column for column in full if column not in others)
    if any(column in named for column in possible):
        # Some have an address in place of their name.
        possible = [c for c in possible if c in named or _key(_at(titles, c)) not in WORDS["name"]]
    if not possible and full:
        raise _ambiguous(sheet, header, sorted(full))
    if len(possible) == 1:
        (column,) = possible
        if column in named or not set(named) - set(others):
            return possible
        raise _ambiguous(sheet, header, sorted({column, *named} - set(others)))
    if possible and header is None and _all_addresses(sheet):
        return possible
    # Without an address that is one, the mistakes are shown.
    possible = possible or [c for c in named if c not in others] or sorted(at)
    if not possible:
        raise Problem(
            422,
            "unreadable_file",
            "No column of the file contains email addresses.",
            "Name the column of addresses email in the first row, and separate the columns by "
            "commas, semicolons, tabs or |.",
        )
    if len(possible) > 1:
        raise _ambiguous(sheet, header, possible)
    return possible


def _counted(sheet: Sheet, header: int | None) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """How many cells of each column are filled, hold an address, and have an @."""
    filled, holding, at = Counter[int](), Counter[int](), Counter[int]()
    for row in _body(sheet, header):
        filled.update(c for c, cell in enumerate(sheet.records[row]) if cell.strip())
        for column, found in sheet.people[row].items():
            at[column] += 1
            holding[column] += any(person.has_address for person in found)
    return filled, +holding, at


def _all_addresses(sheet: Sheet) -> bool:
    """Whether the file is nothing but a list."""
    return all(
        all(person.has_address for person in sheet.in_cell(row, column))
        for row, record in enumerate(sheet.records)
        for column in range(len(record))
    )


def _wanted(sheet: Sheet, header: int | None, wanted: str) -> int:
    titles = [_key(title) for title in _cells(sheet, header)]
    width = max(map(len, sheet.records), default=0)
    number = wanted.strip()
    if number.isdecimal() and len(number) <= 9 and 1 <= int(number) <= width:
        return int(number) - 1
    matching = [column for column, title in enumerate(titles) if title and title == _key(wanted)]
    if len(matching) != 1:
        raise _ambiguous(sheet, header, matching or list(range(min(width, 20))))
    return matching[0]


def _names(titles: Sequence[str], columns: Sequence[int]) -> list[int]:
    """The columns of names: the likeliest word that occurs, or first and last name."""

    def places(words: Sequence[str]) -> Iterator[int]:
        return (titles.index(word) for word in words if word in titles)

    first = next(places(WORDS["first_name"]), None)
    last = next(places(WORDS["last_name"]), None)
    whole = next(places(WORDS["name"]), None)
    if whole is not None and (first is None or last is None):
        # "First name" beside "Name".
        found = [first, whole] if first is not None else [whole]
    else:
        found = [place for place in (first, last) if place is not None]
    return [place for place in found if place not in columns]


def _ambiguous(sheet: Sheet, header: int | None, columns: Sequence[int]) -> Problem:
    described = [described_column(sheet, header, column) for column in columns]
    names = ", ".join(told(column) for column in described)
    return Problem(
        422,
        "ambiguous_column",
        f"More than one column may hold the candidates' addresses: {names}."
        if len(columns) > 1
        else f"It is not clear that the addresses are those of candidates: {names}.",
        "Choose one with `column`: its number, or its header.",
        columns=described,
    )


def told(column: dict[str, object]) -> str:
    return (
        f"{column['column']} (“{column['header']}”)" if column["header"] else str(column["column"])
    )


def described_column(sheet: Sheet, header: int | None, column: int) -> dict[str, object]:
    """A column's number, from 1, its header and its first values."""
    cells = (
        sheet.records[row][column].strip()[:100]
        for row in _body(sheet, header)
        if column < len(sheet.records[row])
    )
    values = list(dict.fromkeys(filter(None, cells)))[:_EXAMPLES]
    return {"column": column + 1, "header": title(sheet, header, column), "values": values}


def title(sheet: Sheet, header: int | None, column: int) -> str | None:
    """What the header calls a column."""
    text = one_line(_at(_cells(sheet, header), column))
    return text and text[:255]


def _at(titles: Record, column: int) -> str:
    return titles[column] if column < len(titles) else ""


def _cells(sheet: Sheet, row: int | None) -> Record:
    return [] if row is None else sheet.records[row]


def _body(sheet: Sheet, header: int | None) -> range:
    return range(0 if header is None else header + 1, len(sheet.records))


def _key(title: str) -> str:
    """A header without blanks and signs."""
    return _SIGNS.sub("", title).lower()


def _is_email(title: str) -> bool:
    key = _key(title)
    return len(key) <= 60 and (
        key in WORDS["email_exactly"] or any(word in key for word in WORDS["email"])
    )


def _is_other(title: str) -> bool:
    """Whether a header speaks of someone who is not a candidate."""
    return any(word in _key(title) for word in WORDS["other_people"])
