"""Waiting for what other threads, processes and sessions do. Time is limited for hangs only."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import psycopg

T = TypeVar("T")

PATIENCE = 120.0


def eventually(
    happened: Callable[[], object],
    seconds: float = PATIENCE,
    *,
    told: Callable[[], str] = lambda: "it did not happen",
) -> None:
    """Return once `happened()` is true; fail with what is `told` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, told()
        time.sleep(0.02)


def at_once(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all calls at the same moment; their results in order."""
    ready = threading.Barrier(len(calls), timeout=PATIENCE)

    def carry_out(call: Callable[[], T]) -> T:
        ready.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(carry_out, calls))


@contextmanager
def meanwhile(*loops: Callable[[threading.Event], object]) -> Iterator[None]:
    """Each loop in a thread of its own during the block; at its end they are told to be over.

    What ended a loop earlier is raised then.
    """
    over = threading.Event()
    with ThreadPoolExecutor(len(loops)) as threads:
        running = [threads.submit(loop, over) for loop in loops]
        try:
            yield
        finally:
            over.set()
    for loop in running:
        loop.result()


def wait_for_a_lock(url: str, sessions: int = 1, *, held_by: int | None = None) -> None:
    """Return once so many sessions of a database wait for a lock (that this backend holds)."""
    waiting = (
        "select count(*) >= %s from pg_stat_activity where datname = current_database()"
        " and cardinality(pg_blocking_pids(pid)) > 0"
        " and (%s::int is null or %s = any (pg_blocking_pids(pid)))"
    )
    with psycopg.connect(url, autocommit=True) as watch:
        eventually(
            lambda: watch.execute(waiting, (sessions, held_by, held_by)).fetchone() == (True,)
        )
