"""The benchmark itself: it runs, and it reports what it found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure import Reach, Row, compare, table

ROOT = Path(__file__).resolve().parents[2]


def measured(subject: list[float], baseline: list[float], reach: Reach | None) -> Row:
    ours, other = iter(subject), iter(baseline)
    return compare(
        "row",
        "one",
        "another",
        subject=lambda: next(ours),
        baseline=lambda: next(other),
        unit="s",
        reach=reach,
        rounds=len(subject),
    )


def test_the_ratio_is_the_median_of_the_rounds() -> None:
    row = measured([1, 2, 9], [1, 1, 1], Reach("≤", 2))
    assert (row.ratio, row.lowest, row.highest, row.rounds) == (2, 1, 9, 3)
    assert row.holds is True
    assert json.loads(row.json())["reach"] == "≤ 2"


def test_a_figure_that_is_not_reached_is_said_to_be_so() -> None:
    assert measured([3], [1], Reach("≤", 2)).holds is False
    assert measured([3], [1], Reach("≥", 2)).holds is True
    assert measured([1], [1], Reach("≥", 2)).holds is False
    assert measured([1], [1], None).holds is None
    assert "**no**" in table([measured([3], [1], Reach("≤", 2))])


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("postgrest_program")
def test_everything_is_measured() -> None:
    """One round at small sizes: everything runs, and the figures do not matter."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--rounds=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert rows and all(row["rounds"] == 1 for row in rows)
    written = ran.stderr.rpartition("\n\n")[2].strip().splitlines()
    assert len(written) == len(rows) + 2, "a line for each, under the table's head"
