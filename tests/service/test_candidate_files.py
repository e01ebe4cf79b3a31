"""Files of candidates as people have them, and files that are none."""

import csv
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from service.http import candidate_columns, candidate_files
from service.http.problems import Problem


def emails(text: str | bytes) -> list[str | None]:
    content = text.encode() if isinstance(text, str) else text
    return [row.email for row in candidate_files.read(content).rows]


TESTS = Path(__file__).resolve().parents[1]
TWO = ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    "text",
    [
        "a@example.com\nb@example.com",
        "a@example.com\r\nb@example.com\r\n",
        "a@example.com\rb@example.com\r",
        "email\na@example.com\nb@example.com\n",
        "E-Mail\n" + "\n".join(TWO),
        "Name,EMAIL\nAda,a@example.com\nBob,b@example.com",
        "Name;Email Address\nAda;a@example.com\nBob;b@example.com",
        "e_mail\tname\na@example.com\tAda\nb@example.com\tBob",
        "Mail;Note\na@example.com;one, two, three\nb@example.com;four, five",
        'Name,Email\n"Lovelace, Ada",a@example.com\n"Bob ""the Bob"" B.",b@example.com',
        'Name;Email\n"two\nlines";a@example.com\n"c@example.com";b@example.com',
        "address,email\nMain Street 1,a@example.com\nOther Street 2,b@example.com",
        "Ada,a@example.com,x\nBob,b@example.com,y",
        "Ada;a@example.com\nBob O'Brien;b@example.com;more;cells",
        "1,Ada,a@example.com\n2,Bob,b@example.com",
        '"a@example.com"\n"b@example.com"',
        "Name, Email\nAda, a@example.com\nBob, b@example.com",
        "Candidate Email;Position\na@example.com;Developer @ work\nb@example.com;",
        "\ufeffemail\na@example.com\nb@example.com",
    ],
)
def test_files_as_people_have_them(text: str) -> None:
    assert emails(text) == TWO


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("näme;email\nÄda;ä@exämple.com".encode(), "utf-8"),
        ("näme;email\nÄda;ä@exämple.com".encode("utf-8-sig"), "utf-8"),
        ("näme\temail\nÄda\tä@exämple.com".encode("utf-16"), "utf-16"),
        ("näme;email\nÄda;ä@exämple.com".encode("cp1252"), "windows-1252"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    table = candidate_files.read(content)
    assert (table.encoding, table.emails) == (encoding, ["ä@exämple.com"])
    assert (table.note is not None) == (encoding == "windows-1252")


@pytest.mark.parametrize(
    ("name", "told"),
    [("cp850.csv", "1 name was left out."), ("shift-jis.csv", "2 names were left")],
)
def test_what_an_unknown_encoding_costs_is_said(name: str, told: str) -> None:
    note = candidate_files.read((TESTS / "samples" / "candidates" / name).read_bytes()).note
    assert note is not None and "not UTF-8" in note and told in note


def test_the_words_of_headers_are_those_of_the_frontend() -> None:
    copy = TESTS.parent / "frontend" / "lib" / "candidateColumns.json"
    assert json.loads(copy.read_text(encoding="utf-8")) == candidate_columns.WORDS


SAMPLES = json.loads((TESTS / "samples" / "addresses.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: ascii(sample["text"]))
def test_cells_are_read_as_the_browser_reads_them(sample: dict[str, Any]) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["email"], [sample["text"]]])
    assert emails(file.getvalue()) == sample["addresses"]


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    table = candidate_files.read(
        b'name;email\n\n"two\nlines";a@example.com\n;\nBob;\nEve\n;nonsense\n \t;b@example.com\n\n'
    )
    assert [(row.row, row.email) for row in table.rows] == [
        (2, None),
        (3, "a@example.com"),
        (4, None),
        (5, ""),
        (6, ""),
        (7, "nonsense"),
        (8, "b@example.com"),
        (9, None),
    ]
    assert (table.header, table.column, table.delimiter) == ("email", 2, "semicolon")


def test_an_unknown_word_above_addresses_is_their_header_and_said_to_be() -> None:
    table = candidate_files.read(b"Kontakt\na@example.com")
    assert (table.emails, table.header) == (["a@example.com"], "Kontakt")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "unreadable_file"),
        (b" \r\n\t\n", 422, "unreadable_file"),
        (b";;;\n;;;\n", 422, "unreadable_file"),
        (b"email\n", 422, "unreadable_file"),
        (b"email\n\n\n", 422, "unreadable_file"),
        (b"name;town\nAda;London\n", 422, "unreadable_file"),
        (b"PK\x03\x04\x14\x00\x06\x00", 422, "unreadable_file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 422, "unreadable_file"),
        (b",".join([b"a@example.com"] * 10_001), 413, "too_many_emails"),
        ((b"a " * 99_000 + b"@\n") * 20, 413, "too_many_emails"),
        (b"email\n" + b",".join([b"a@example.com"] * 900), 422, "ambiguous_column"),
        (b";,\t" * 40_000 + b"\n" + b"a@" * 60_000, 422, "unreadable_file"),
        (b"\xff\xfe\x00", 422, "unreadable_file"),
        (b'email\n"a@example.com\nb@example.com\n', 422, "unreadable_file"),
        (b'email\n"a@example.com"x\nb@example.com\n', 422, "unreadable_file"),
        (b"email\n" + b"x" * 200_000, 422, "unreadable_file"),
        (b"email" + b"," * 1_040_000 + b"\na@example.com\n", 422, "unreadable_file"),
        (b"email\n" + b"a@example.com\n" * 10_001, 413, "too_many_emails"),
        (b"\n" * 1_000_000 + b"a@example.com", 413, "too_many_emails"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_files_that_are_none(content: bytes, status: int, code: str) -> None:
    with pytest.raises(Problem) as caught:
        candidate_files.read(content)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.detail.endswith(".") and caught.value.hint


@pytest.mark.parametrize(
    "content",
    [b'"' * 1_000_000, b",'" * 1_000_000, b'a,"' * 500_000],
    ids=lambda value: repr(value)[:30],
)
def test_hostile_files_are_refused(content: bytes) -> None:
    """A reader that goes back for every letter would not end before the time limit."""
    with pytest.raises(Problem) as caught:
        candidate_files.read(content)
    assert caught.value.code == "unreadable_file"


@pytest.mark.parametrize(
    "text",
    [
        "email" + "," * 1_040_000 + "\na@example.com\n",
        ("a@b.c" + ",;\t" * 333 + "\n") * 4_000,
        ("a@b.c" + ",;\t" * 99 + "\n") * 10_000,
        'email\na@b.c,;\t"' + '"\n",;\t' * 500_000,
        "email\na@b.c," + '"\n",' * 200_000,
        '"' + "\n" * 1_000_000 + '"',
    ],
    ids=lambda value: repr(value)[:30],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_is_held_of_a_file_is_bounded(text: str, delimiter: str) -> None:
    cells = 0
    with suppress(Problem):
        for record in candidate_files._records(text, delimiter):
            assert len(record) <= candidate_files.MOST_COLUMNS
            assert sum(map(len, record)) <= candidate_files.MOST_LETTERS
            cells += len(record)
    assert cells <= candidate_files.MOST_CELLS


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a@" * 60_000, 1),
        (b",".join([b"a@example.com"] * 10_000), 10_000),
        (b"@\n" * 10_000, 10_000),
        ((b"@" + b"," * 49 + b"\n") * 10_000, 10_000),
        (b"a " * 90_000 + b"<a@example.com", 1),
        (b"email\n" + b"a@b.co " * 9_000 + b"<", 9_000),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_hostile_files_are_read(content: bytes, rows: int) -> None:
    assert len(candidate_files.read(content).rows) == rows
