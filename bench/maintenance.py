"""Maintenance when very many reminders are due, and when none is left.

The statistics know no reminders and are not updated: they must not mislead any run.
"""

import time
from collections.abc import Iterator
from contextlib import closing

from bench.database import (
    FIRST,
    Bench,
    connect,
    cpu,
    interview,
    invites,
    median_of_cpu,
    people,
)
from bench.measure import Reach, Row, compare, compare_pairs

RUNS = 12

# Invited long ago, so that they are reminded; no two at the same time.
_SOON = """
set session_replication_role = replica;
update public.interview_invites set queued_at = now() - interval '29 days',
  expires_at = now() + interval '12 hours' + random() * interval '10 hours';
set session_replication_role = origin;
"""
_REMINDED = "update public.interview_invites set reminded_for = '1 day', reminded_at = now();"

_RUN = "select (public.run_maintenance() ->> 'reminders')::integer"


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """Each run of 10,000 against the first; and a run with nothing to do."""
    # Quick: a little more than one run, whose limit of 10,000 is fixed.
    count = 12_000 if quick else RUNS * 10_000
    bench.create("soon")
    bench.run("soon", people(1, 0) + interview() + invites(FIRST, count) + _SOON)
    bench.create("reminded", "soon")
    bench.run("reminded", _REMINDED)
    slowest: list[float] = []

    def series() -> list[tuple[float, float]]:
        """Seconds of CPU time and of wall clock of each run, until nothing is due."""
        with closing(connect(bench.create("maintained", "soon"))) as connection:
            connection.execute("set role service_role")
            found, left = [], count
            while left > 0:
                started, since = cpu(connection), time.perf_counter()
                (reminders,) = connection.execute(_RUN).fetchone() or (0,)
                found.append((cpu(connection) - started, time.perf_counter() - since))
                assert reminders == min(left, 10_000), reminders
                left -= reminders
            return found

    def runs() -> tuple[float, float]:
        """Seconds of CPU time of the worst run and of the first.

        The minimum of three for each run; otherwise the worst of twelve would be noise.
        """
        all_of_them = list(zip(*(series() for _ in range(1 if quick else 3)), strict=True))
        spent = [min(processor for processor, _ in same) for same in all_of_them]
        slowest.append(max(min(clock for _, clock in same) for same in all_of_them))
        return max(spent), spent[0]

    yield compare_pairs(
        "maintenance",
        f"CPU of run_maintenance, {count:,} reminders due: the worst run of 10,000",
        "the first run",
        both=runs,
        unit="s",
        reach=Reach("≤", 1.2),
        rounds=rounds,
    )
    seconds = iter(slowest)
    yield compare(
        "maintenance_seconds",
        "the same, by the clock",
        "one second",
        subject=lambda: next(seconds),
        baseline=lambda: 1.0,
        unit="s",
        reach=Reach("≤", 1),
        rounds=rounds,
    )

    def idle(name: str) -> float:
        with closing(connect(bench.url(name))) as connection:
            connection.execute("set role service_role")
            for _ in range(3):
                connection.execute(_RUN)
            return median_of_cpu(connection, lambda: connection.execute(_RUN).fetchall(), 10)

    yield compare(
        "maintenance_idle",
        f"CPU of run_maintenance, {count:,} already reminded and nothing due",
        "an empty database",
        subject=lambda: idle("reminded"),
        baseline=lambda: idle("empty"),
        unit="ms",
        reach=None,
        rounds=rounds,
    )
