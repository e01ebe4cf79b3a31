"""Writes the measured figures into docs/performance.md, between its markers, and the chart.

`python -m bench.report` measures everything at full size, growth included: about an hour.
"""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from bench import growth
from bench.__main__ import ROUNDS, measured
from bench.database import benched
from bench.measure import Row, table
from local.stack import ROOT

PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "growth.svg"


def main() -> None:
    """Measure, print a line of JSON per row, and write the page."""
    rows: list[Row] = []
    with benched() as bench:
        for group in measured(bench, rounds=ROUNDS, quick=False).values():
            for row in group():
                rows.append(row)
                print(row.json(), flush=True)
        grown = growth.measured(bench, growth.SIZES)
        server = bench.cluster.run_sql("show server_version")
    PICTURE.write_text(growth.plot(grown, growth.SIZES), encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for name, text in {
        "machine": machine(server),
        "figures": table(rows),
        "growth": growth_table(grown),
    }.items():
        page = put(page, name, text)
    PAGE.write_text(page, encoding="utf-8")


def put(page: str, name: str, text: str) -> str:
    """The page with the text between the markers of that name replaced."""
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marked.search(page):
        raise ValueError(f"{PAGE.name} has no marker {name}")
    return marked.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


def machine(server: str) -> str:
    """The machine that was measured, in a sentence."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}), "
        f"{memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"PostgreSQL {server}, Python {platform.python_version()}."
    )


def growth_table(grown: growth.Growth) -> str:
    """Milliseconds of each call by the number of invites."""
    heads = " | ".join(f"{size:,}" for size in growth.SIZES)
    lines = [f"| milliseconds a call, at so many invites | {heads} |"]
    lines.append("|---" * (len(growth.SIZES) + 1) + "|")
    for call, milliseconds in grown.items():
        lines.append(f"| {call} | " + " | ".join(f"{value:.3g}" for value in milliseconds) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
