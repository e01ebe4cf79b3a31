"""Reading a code as it was typed: in the digits of any script."""

import json
import unicodedata
from pathlib import Path

import pytest

from tests.kit.database import Database, Scene
from tests.kit.hostile import BLANKS

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


def test_a_code_is_read_in_every_script(db: Database) -> None:
    digits = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Nd"]
    rows = db.rows(
        "select d, private.read_code(repeat(d, 6)) as c from unnest(%s::text[]) as d", digits
    )
    assert [row["c"] for row in rows] == [str(unicodedata.digit(digit)) * 6 for digit in digits]


def test_nothing_else_is_a_digit(db: Database) -> None:
    """Neither other numbers, nor what is before and after the digits of a script."""
    kinds = [unicodedata.category(chr(n)) for n in range(0x110000)]
    others = [
        chr(n)
        for n, kind in enumerate(kinds)
        if kind in ("No", "Nl") or (kind not in ("Nd", "Cn", "Cs") and "Nd" in kinds[n - 1 : n + 2])
    ]
    assert len(others) > 1_000
    rows = db.rows(
        "select d, private.read_code(d || '12345') as code from unnest(%s::text[]) as d",
        [other for other in others if other not in BLANKS],
    )
    assert [ascii(row["d"]) for row in rows if row["code"] is not None] == []


CODES = json.loads((SAMPLES / "codes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", CODES, ids=ascii)
def test_codes_as_the_browser_reads_them(db: Database, sample: dict[str, str | None]) -> None:
    assert db.value("select private.read_code(%s)", sample["typed"]) == sample["code"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (None, None),
        # Unlike in the field, where blanks are typed while reading.
        ("403 510", None),
        ("403-510", None),
        ("-40351", None),
        ("4" * 1_000_000, None),
        ("٤" * 100_000, None),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_reading_a_code(db: Database, typed: str | None, read: str | None) -> None:
    assert db.value("select private.read_code(%s)", typed) == read


@pytest.mark.parametrize("zero", ["٠", "०", "０", "𝟎"], ids=ascii)
def test_a_code_opens_in_any_script(db: Database, scene: Scene, zero: str) -> None:
    typed = "".join(chr(ord(zero) + int(digit)) for digit in scene.code)
    assert db.accept(scene.candidate, typed)["status"] == "active"
