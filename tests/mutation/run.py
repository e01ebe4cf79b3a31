"""Runs the tests against mutants: a pytest session per worker, which collects once and then, for
every mutant, runs tests on a database with that one change until the first of them fails.
"""

import contextlib
import functools
import inspect
import itertools
import math
import multiprocessing
import os
import queue
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.postgres import FAST, Cluster
from tests.kit import clusters
from tests.kit.database import Database
from tests.kit.pages import ROOT
from tests.mutation.calls import Calls
from tests.mutation.mutants import Mutant, by_hand, from_catalog

PRISTINE = "mutation_pristine"

# These read the files, or compare a database with the file: they would notice any change, and
# say nothing about what is meant.
NOT_COUNTED = [
    "test_database_schema_is_up_to_date",
    "test_it_is_one_transaction_of_plain_sql",
    "test_applying_it_again_changes_nothing_and_loses_nothing",
    "test_it_puts_foreign_grants_and_policies_of_ours_right",
    "test_it_stops_before_a_first_version",
    "test_it_needs_a_supabase_project",
    "test_a_project_without_storage_that_gets_it_later",
    "test_older_signatures_go_and_grants_come_back",
]

# These state by name what the catalog is meant to hold. They count, but come after the tests that
# try what somebody can do; unless they state all that there is of a kind. Those kinds have some
# 3,600 of 5,000 mutants, and trying each of them would take hours.
OF_THE_CATALOG = [
    "tests/sql/test_catalog.py::",
    "tests/sql/test_columns.py::",
    "tests/sql/test_schema_file.py::",
    "tests/sql/test_access.py::test_every_",
    "tests/sql/test_access.py::test_nobody_creates_anything_in_the_schemas",
]
STATED_WHOLE = [
    "grant",
    "function grant",
    "function rights",
    "search path",
    "not null",
    "default",
    "foreign key",
]
# The kinds for which test_access.py is the likeliest.
TRIED_BY_ACCESS = ["policy", "row security", "view"]


@dataclass(frozen=True)
class Verdict:
    """The verdict on a mutant: the test that failed, with its error's first line, or None."""

    name: str
    killer: str | None
    error: str
    seconds: float

    @property
    def by_catalog(self) -> bool:
        """Whether a look at the catalog told it, not what somebody could do."""
        return _of_the_catalog(self.killer or "")


UNCHANGED = Mutant("none", "the schema", "as it is", "")

# Mutants of one thing, for one worker: what killed the first of them is likely to kill the next.
Task = list[Mutant]


@dataclass
class Known:
    """What earlier runs have found out."""

    killers: dict[str, str] = field(default_factory=dict)
    """By mutant the test that killed it, which is tried first."""
    calls: Calls = field(default_factory=dict)
    """What each test calls, which says how near it is to a mutant."""


# ---- all mutants -----------------------------------------------------------------------------


def make_pristine(cluster: Cluster) -> None:
    """The database that mutants are copied from."""
    cluster.create_with_schema(PRISTINE)


def all_mutants(cluster: Cluster) -> list[Mutant]:
    """Every mutant of the pristine database; ValueError if one cannot be made."""
    connection: psycopg.Connection[Any]
    with psycopg.connect(cluster.url(PRISTINE)) as connection:
        db = Database(connection)
        mutants = [*from_catalog(db), *by_hand(db)]
        connection.execute("reset role")
        for mutant in mutants:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(mutant.sql.encode())
            except psycopg.Error as error:
                raise ValueError(f"{mutant.name} cannot be made: {error}") from error
    doubles = [name for name, times in Counter(m.name for m in mutants).items() if times > 1]
    if doubles:
        raise ValueError(f"two mutants are called {doubles[0]!r}")
    return mutants


# ---- workers ---------------------------------------------------------------------------------


def verdicts(
    cluster: Cluster,
    mutants: Sequence[Mutant],
    known: Known,
    workers: int = 2,
    tests: str = "tests/sql",
    limit: float = math.inf,
) -> Iterator[Verdict]:
    """Try all mutants, as their verdicts come in. One that no test notices within `limit` seconds
    survives. A test that fails without any mutant, too, kills none; it has a verdict of its own.
    """
    context = multiprocessing.get_context("spawn")
    tasks: Queue[Task] = context.Queue()
    results: Queue[Verdict] = context.Queue()
    for _, alike in itertools.groupby(mutants, lambda mutant: (mutant.kind, mutant.about)):
        tasks.put(list(alike))
    clusters.name(cluster)
    running = [
        context.Process(target=_work, args=(number, tests, tasks, results, known, limit))
        for number in range(workers)
    ]
    for process in running:
        process.start()
    try:
        left = len(mutants)
        while left:
            verdict = _next(results, running)
            left -= verdict.name != UNCHANGED.name
            yield verdict
    finally:
        for process in running:
            process.terminate()
            process.join()


def _next(results: "Queue[Verdict]", running: Sequence[Any]) -> Verdict:
    while True:
        with contextlib.suppress(queue.Empty):
            return results.get(timeout=1)
        if not any(process.is_alive() for process in running):
            raise RuntimeError("the workers have ended: see their output")


def _work(
    number: int,
    tests: str,
    tasks: "Queue[Task]",
    results: "Queue[Verdict]",
    known: Known,
    limit: float,
) -> None:
    os.environ["HIREVISION_TEST_TEMPLATE"] = f"mutation_{os.getpid()}"
    os.chdir(ROOT)
    # Reports of failing tests are no news here; what ends the session is.
    with tempfile.TemporaryFile("w+") as log:
        os.dup2(log.fileno(), 1)
        loop = Loop(tasks, results, known, limit)
        options = ["-q", "-rN", "--tb=native", "-p", "no:cacheprovider"]
        code = pytest.main([*tests.split(), *options], plugins=[loop])
        if not loop.finished:
            log.seek(0)
            print(f"worker {number} ended with {code}:\n{log.read()[-4000:]}", file=sys.stderr)


class Loop:
    """A plugin that replaces pytest's loop over the tests by one over mutants."""

    def __init__(
        self, tasks: "Queue[Task]", results: "Queue[Verdict]", known: Known, limit: float
    ) -> None:
        self.tasks = tasks
        self.results = results
        self.known = known
        self.limit = limit
        self.seconds: dict[str, float] = {}
        self.kills: Counter[tuple[str, str]] = Counter()
        # Of each test its words; of each word how rare it is.
        self.words: dict[str, frozenset[str]] = {}
        self.weights: defaultdict[str, float] = defaultdict(float)
        self.sound: set[str] = set()
        self.finished = False
        self.error: str | None = None
        for name, killer in known.killers.items():
            kind, about, change = name.split(": ", 2)
            self._remember(kind, about, change, killer)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """For every mutant, tests in the order of how likely they are to notice it."""
        items = [item for item in session.items if _name(item).split("[")[0] not in NOT_COUNTED]
        for item in items:
            assert isinstance(item, pytest.Function)
            words = _words(f"{item.nodeid} {inspect.getsource(item.function)}")
            called = map(_call_of, self.known.calls.get(item.nodeid, []))
            self.words[item.nodeid] = words.union(called)
        uses = Counter(word for item in items for word in self.words[item.nodeid])
        self.weights.update({word: math.log(len(items) / times) for word, times in uses.items()})
        while (task := self._next()) is not None:
            for mutant in task:
                self._databases(mutant, session)
                self.results.put(self._try(items, mutant))
        self.finished = True
        return True

    def _next(self) -> Task | None:
        """The next mutant; None when the process that hands them out is gone."""
        parent = multiprocessing.parent_process()
        while parent and parent.is_alive():
            with contextlib.suppress(queue.Empty):
                return self.tasks.get(timeout=1)
        return None

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """Remember what a failing test said."""
        if call.excinfo:
            self.error = call.excinfo.exconly().partition("\n")[0][:200]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test failed, and how long it took."""
        if report.failed:
            self.error = self.error or "failed"
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration

    def _remember(self, kind: str, about: str, change: str, killer: str) -> None:
        """Who killed a mutant of that thing, and one that was changed in that way."""
        for alike in (about, f"{kind}: {change}"):
            self.kills[alike, killer] += 1

    def _try(self, items: list[pytest.Item], mutant: Mutant) -> Verdict:
        start = time.monotonic()
        said = _words(f"{mutant.about} {mutant.change} {mutant.source}")
        if mutant.function:
            said |= {_call_of(mutant.function)}
        ordered = sorted(items, key=lambda item: self._rank(item, mutant, said))
        for item, following in itertools.zip_longest(ordered, ordered[1:]):
            error = self._failure(item, following)
            if error and self._is_sound(item, items):
                self._remember(mutant.kind, mutant.about, mutant.change, item.nodeid)
                return self._verdict(mutant, item.nodeid, error, start)
            if error:
                self._databases(mutant, item.session)
            if time.monotonic() - start > self.limit:
                break
        return self._verdict(mutant, None, "", start)

    def _is_sound(self, item: pytest.Item, items: list[pytest.Item]) -> bool:
        """Whether a test passes on the schema as it is; if not, it is not among them any more."""
        if item.nodeid in self.sound:
            return True
        start = time.monotonic()
        self._databases(UNCHANGED, item.session)
        if error := self._failure(item, None):
            items.remove(item)
            self.results.put(self._verdict(UNCHANGED, item.nodeid, error, start))
        else:
            self.sound.add(item.nodeid)
        return not error

    def _failure(self, item: pytest.Item, following: pytest.Item | None) -> str | None:
        """Run one test, which may have run before; its error if it fails."""
        for _ in range(2):
            self.error = None
            item._initrequest()  # type: ignore[attr-defined]
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            # The machine's fault, not the mutant's.
            if not (self.error or "").startswith(("psycopg.Operational", "threading.Broken")):
                break
        return self.error

    def _verdict(self, mutant: Mutant, killer: str | None, error: str, start: float) -> Verdict:
        return Verdict(mutant.name, killer, error, round(time.monotonic() - start, 2))

    def _rank(self, item: pytest.Item, mutant: Mutant, said: frozenset[str]) -> tuple[int, float]:
        """The lower, the earlier: who killed it before, then tests of rights and of the catalog,
        then those that speak of the same, the quick ones first."""
        of_the_catalog = _of_the_catalog(item.nodeid)
        by_access = mutant.kind in TRIED_BY_ACCESS
        kills = self.kills[mutant.about, item.nodeid]
        if by_access:
            kills += self.kills[f"{mutant.kind}: {mutant.change}", item.nodeid]
        if self.known.killers.get(mutant.name) == item.nodeid:
            group = 0
        elif of_the_catalog and mutant.kind in STATED_WHOLE:
            group = 1
        elif by_access and kills:
            group = 2
        elif by_access and item.path.stem == "test_access":
            group = 3
        else:
            group = 4 if of_the_catalog and mutant.function is None else 5
        worth = (kills + self._likeness(item, said)) / (self.seconds.get(item.nodeid, 0.1) + 0.4)
        return group, -worth

    def _likeness(self, item: pytest.Item, said: frozenset[str]) -> float:
        """How many of the words a test or its file has; rare ones count for more."""
        own = sum(self.weights[word] for word in said & self.words[item.nodeid])
        around = sum(self.weights[word] for word in said & _words_of(item.path))
        return own + around / 3

    def _databases(self, mutant: Mutant, session: pytest.Session) -> None:
        """The template, and the database that tests share, made afresh with the mutant in them."""
        session._setupstate.teardown_exact(None)
        cluster = clusters.named()
        template = os.environ["HIREVISION_TEST_TEMPLATE"]
        shared = f"{template}_shared"
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            for name in (shared, template):
                connection.execute(f"drop database if exists {name} with (force)")
            copy = "create database {} template {} owner postgres strategy file_copy"
            connection.execute(copy.format(template, PRISTINE))
            with psycopg.connect(cluster.url(template)) as changed:
                if mutant.sql:
                    changed.execute(mutant.sql.encode())
            connection.execute(copy.format(shared, template))


def _of_the_catalog(nodeid: str) -> bool:
    return nodeid.startswith(tuple(OF_THE_CATALOG))


def _words(text: str) -> frozenset[str]:
    """Names, such as slugs, and their parts."""
    names = re.findall("[a-z_]+", text.lower())
    return frozenset(names) | {part for name in names for part in name.split("_")}


def _call_of(function: str) -> str:
    """A call, as a word that no text has."""
    return f"{function}()"


@functools.cache
def _words_of(path: Path) -> frozenset[str]:
    return _words(path.read_text())


def _name(item: pytest.Item) -> str:
    return item.nodeid.rpartition("::")[2]


# ---- a cluster for a run of its own ----------------------------------------------------------


@contextlib.contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A cluster with the pristine database, gone afterwards."""
    memory = clusters.in_memory()
    with (
        tempfile.TemporaryDirectory(prefix="hirevision-mutants-", dir=memory) as folder,
        Cluster(Path(folder) / "postgres", settings={**FAST, "max_connections": "900"}) as cluster,
    ):
        make_pristine(cluster)
        yield cluster
