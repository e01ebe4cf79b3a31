"""The measuring itself: that every row comes out, and what is said of it is what was found."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.measure import Reach, Row, compare, table
from local.stack import postgrest_program

ROOT = Path(__file__).resolve().parents[2]

# Those that promise something; pgqueuer comes with `make bench`.
ROWS = [
    "accept_invite",
    "create_invites",
    "codes_one_by_one",
    "codes_in_bulk",
    "invites_beside_a_transaction",
    "invites_beside_a_call",
    "invite_into_large_first",
    "invite_into_large",
    "resend_in_large_first",
    "resend_in_large",
    *(["jobs_with_state", "jobs_without_state"] if find_spec("pgqueuer") else []),
    "maintenance",
    "maintenance_seconds",
    "list_interviews_with_counts",
    "list_interviews_of_many",
    "list_invites",
    "list_joined",
    "accept_invite_growth",
    "redeeming_over_http",
    "mail_worker_cpu",
    "mail_worker_slow_server",
    "mail_behind_a_queue",
]


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


@pytest.mark.timeout(300)
@pytest.mark.skipif(postgrest_program() is None, reason="PostgREST has no build for this platform")
def test_every_row_is_measured() -> None:
    """One round of everything at small sizes: all of it runs, whatever the figures are."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--rounds=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [row["name"] for row in rows if row["reach"]] == ROWS
    for row in rows:
        assert row["rounds"] == 1
        assert row["ratio"] > 0
        assert {"name", "ratio", "reach", "holds", "rounds"} <= set(row)
    assert len(ran.stderr.rpartition("\n\n")[2].strip().splitlines()) == len(rows) + 2
