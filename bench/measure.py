"""Two ways of doing the same thing, measured in turn in one run, and the report about them."""

import itertools
import json
import statistics
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Measure = Callable[[], float]


@dataclass(frozen=True)
class Reach:
    """What a ratio must be: at least or at most a number."""

    sense: Literal["≥", "≤"]
    bound: float

    def holds(self, ratio: float) -> bool:
        """Whether a ratio meets it."""
        return ratio >= self.bound if self.sense == "≥" else ratio <= self.bound

    def __str__(self) -> str:
        return f"{self.sense} {self.bound:g}"


@dataclass(frozen=True)
class Row:
    """One row of the result: the median ratio of subject to baseline, and its range.

    `subject` and `baseline` are medians in `unit`. A row without a `reach` shows a limit and
    promises nothing.
    """

    name: str
    what: str
    against: str
    ratio: float
    reach: str | None
    holds: bool | None
    rounds: int
    lowest: float
    highest: float
    subject: float
    baseline: float
    unit: str

    def json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def compare(
    name: str,
    what: str,
    against: str,
    *,
    subject: Measure,
    baseline: Measure,
    unit: str,
    reach: Reach | None,
    rounds: int,
) -> Row:
    """Measure both in turn for `rounds` rounds; the order alternates."""
    turns = itertools.count()

    def both() -> tuple[float, float]:
        if next(turns) % 2:
            ours, other = subject(), baseline()
        else:
            other, ours = baseline(), subject()
        return ours, other

    return compare_pairs(name, what, against, both=both, unit=unit, reach=reach, rounds=rounds)


def compare_pairs(
    name: str,
    what: str,
    against: str,
    *,
    both: Callable[[], tuple[float, float]],
    unit: str,
    reach: Reach | None,
    rounds: int,
) -> Row:
    """The same if one call measures both subject and baseline."""
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        ours, other = both()
        found.append((ours, other))
        _say(f"  {name}: {ours:.4g} against {other:.4g} {unit}, ratio {ours / other:.3f}")
    ratios = [ours / other for ours, other in found]
    ratio = statistics.median(ratios)
    return Row(
        name=name,
        what=what,
        against=against,
        ratio=round(ratio, 3),
        reach=str(reach) if reach else None,
        holds=reach.holds(ratio) if reach else None,
        rounds=rounds,
        lowest=round(min(ratios), 3),
        highest=round(max(ratios), 3),
        subject=_short(statistics.median(ours for ours, _ in found)),
        baseline=_short(statistics.median(other for _, other in found)),
        unit=unit,
    )


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| what | against | ratio | range | reach | holds |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        holds = {True: "yes", False: "**no**", None: "a limit"}[row.holds]
        lines.append(
            f"| {row.what} ({row.subject:g} {row.unit}) | {row.against} ({row.baseline:g}) |"
            f" {row.ratio:.2f} | {row.lowest:.2f} to {row.highest:.2f} | {row.reach or '-'} |"
            f" {holds} |"
        )
    return "\n".join(lines)


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
