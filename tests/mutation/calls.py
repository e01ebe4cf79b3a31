"""Which functions of the database each test calls: only those tests can notice a change in one."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.postgres import Cluster
from tests.kit import clusters
from tests.kit.pages import ROOT

FOLDER = "HIREVISION_CALLS"

Calls = dict[str, list[str]]
"""By test the names of functions, those of triggers included."""


def learn(tests: str = "tests/sql") -> Calls:
    """Run the tests as they are, and watch; RuntimeError if one fails."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-q", "-n2", "--dist=loadgroup", "-p", "tests.mutation.calls"]
        command = [sys.executable, "-m", "pytest", *tests.split(), *options]
        ran = subprocess.run(
            command, cwd=ROOT, env={**os.environ, FOLDER: folder}, capture_output=True, text=True
        )
        if ran.returncode:
            raise RuntimeError(f"tests fail without any mutant:\n{ran.stdout[-4000:]}")
        return {
            test: functions
            for file in Path(folder).iterdir()
            for test, functions in json.loads(file.read_text()).items()
        }


class Watch:
    """A plugin that asks the databases of a test what was called there."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.found: dict[str, set[str]] = defaultdict(set)
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("alter system set track_functions = 'all'")
            connection.execute("select pg_reload_conf()")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Iterator[None]:
        """Ask before a test's own database is dropped, but after its connections have ended, since
        they write then what they have counted.
        """
        yield
        if fixturedef.argname == "database":
            fixturedef.addfinalizer(lambda: self._ask(request.node))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """Once the shared connection has written its counts."""
        yield
        self._ask(item)

    def _ask(self, item: pytest.Item) -> None:
        with psycopg.connect(self.cluster.url(), autocommit=True) as connection:
            names = connection.execute(
                "select datname from pg_database where datname like %s",
                (f"test\\_{os.getpid()}\\_%",),
            ).fetchall()
        for (name,) in names:
            with psycopg.connect(self.cluster.url(name), autocommit=True) as connection:
                rows = connection.execute(
                    "select funcname from pg_stat_user_functions where calls > 0"
                ).fetchall()
                self.found[item.nodeid] |= {function for (function,) in rows}
                # Leaves them there, with no calls.
                connection.execute("select pg_stat_reset()")

    def pytest_sessionfinish(self) -> None:
        """Leave what was found to who has started it."""
        found = {test: sorted(functions) for test, functions in self.found.items()}
        file = Path(os.environ[FOLDER]) / f"{os.getpid()}.json"
        file.write_text(json.dumps(found))


def pytest_sessionstart(session: pytest.Session) -> None:
    """In the processes that run tests."""
    if FOLDER in os.environ and hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Watch(clusters.named()))
