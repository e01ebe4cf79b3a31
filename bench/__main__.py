"""Measures everything in one run: `python -m bench [--quick] [row …]`.

Standard output gets one line of JSON per row; standard error gets progress messages and, at the
end, a table.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from bench import (
    accepting,
    analysis,
    growth,
    inviting,
    jobs,
    lists,
    mail,
    maintenance,
    pages,
    redeeming,
    tenants,
)
from bench.database import Bench, benched
from bench.measure import Row, table

LARGE = "large"
ROUNDS = 5


def measured(bench: Bench, rounds: int, quick: bool) -> dict[str, Callable[[], Iterator[Row]]]:
    """The groups of rows by name, in their order."""

    def large() -> Iterator[Row]:
        growth.fill(bench, LARGE, 20_000 if quick else 1_000_000)
        yield from lists.rows(bench, LARGE, rounds, quick)
        yield from accepting.growth(bench, LARGE, rounds, quick)

    return {
        "accepting": lambda: accepting.rows(bench, rounds, quick),
        "inviting": lambda: inviting.rows(bench, rounds, quick),
        "tenants": lambda: tenants.rows(bench, rounds, quick),
        "jobs": lambda: jobs.rows(bench, rounds, quick),
        "maintenance": lambda: maintenance.rows(bench, rounds, quick),
        "large": large,
        "redeeming": lambda: redeeming.rows(bench, rounds, quick),
        "mail": lambda: mail.rows(bench, rounds, quick),
        "pages": lambda: pages.rows(rounds),
        "analysis": lambda: analysis.rows(rounds, quick),
    }


def main() -> int:
    """Measure what was asked for; 1 if a figure was missed at full size."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", metavar="group", help="these only (see --help)")
    parser.add_argument("--quick", action="store_true", help="small sizes, within a minute")
    parser.add_argument("--rounds", type=int, help="of each comparison; the median counts")
    given = parser.parse_args()
    rounds = given.rounds or (2 if given.quick else ROUNDS)
    found: list[Row] = []
    with benched() as bench:
        groups = measured(bench, rounds, given.quick)
        if unknown := set(given.groups) - set(groups):
            parser.error(f"no group {', '.join(unknown)}; there are {', '.join(groups)}")
        for name in given.groups or groups:
            for row in groups[name]():
                found.append(row)
                print(row.json(), flush=True)
    print(f"\n{table(found)}", file=sys.stderr)
    return int(not given.quick and any(row.holds is False for row in found))


if __name__ == "__main__":
    sys.exit(main())
