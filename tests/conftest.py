"""One PostgreSQL cluster per test run; a template database with the schema, copied for tests.

The controlling process (the only one without pytest-xdist) owns the cluster, so that it ends
with the run; the workers learn how to reach it from `workerinput`.
"""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local import postgrest
from local.postgres import FAST, Cluster
from tests.kit import clusters, proof
from tests.kit.database import Database

# The mutation run brings a cluster, and in it a template of its own.
BORROWED = "HIREVISION_TEST_TEMPLATE"
TEMPLATE = os.environ.get(BORROWED, "interviews_template")
# An authority whose key nobody has. httpx reads those that it trusts for every client, the usual
# ones in 45 ms; tests open thousands of clients, and call nobody beyond this machine but a hosted
# project's Storage, if one is named.
AUTHORITY = Path(__file__).parent / "kit" / "authority.pem"
HOSTED = "STORAGE_CONFORMANCE_URL"
_counter = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's cluster and fill the template, in the controlling process."""
    proof.choose(config.option.markexpr)
    if HOSTED not in os.environ:
        os.environ["SSL_CERT_FILE"] = str(AUTHORITY)
    if hasattr(config, "workerinput") or config.option.collectonly or BORROWED in os.environ:
        return
    folder = tempfile.TemporaryDirectory(prefix="hirevision-tests-", dir=clusters.in_memory())
    config.add_cleanup(folder.cleanup)
    cluster = Cluster(Path(folder.name) / "postgres", settings=FAST)
    cluster.start()
    config.add_cleanup(cluster.stop)
    cluster.create_with_schema(TEMPLATE)
    clusters.name(cluster)


@pytest.fixture(scope="session")
def postgrest_program() -> None:
    """Needs PostgREST, which has no build for some platforms; on Linux x64 it is there."""
    if postgrest.program() is None:
        pytest.skip("PostgREST has no build for this platform")


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The run's cluster, already started; its databases are made with `create_database`."""
    return clusters.named()


@pytest.fixture(scope="session")
def create_database(cluster: Cluster) -> Callable[..., str]:
    """Makes a database with the schema (`schema=False`: a bare hosted one); returns its name."""

    def create(schema: bool = True) -> str:
        name = f"test_{os.getpid()}_{next(_counter)}"
        if schema:
            # By copying files it takes half of the time that it takes by writing all to the log.
            options = f"template {TEMPLATE} owner postgres strategy file_copy"
            administer(cluster, f"create database {name} {options}")
        else:
            cluster.create_hosted(name)
        return name

    return create


@pytest.fixture(scope="session")
def shared_database(create_database: Callable[..., str]) -> str:
    """A database for tests that leave nothing behind."""
    return f"{TEMPLATE}_shared" if BORROWED in os.environ else create_database()


@pytest.fixture
def database(cluster: Cluster, create_database: Callable[..., str]) -> Iterator[str]:
    """The name of a database of the test's own, for tests that commit."""
    name = create_database()
    yield name
    administer(cluster, f"drop database {name} with (force)")


def administer(cluster: Cluster, statement: str) -> None:
    """A statement about databases; psql would take longer to start than to run it."""
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="module")
def shared_connection(cluster: Cluster, shared_database: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the shared database. A file's tests share it, since a session that has read
    the catalog and compiled the functions is half of what a short test costs.
    """
    connection: psycopg.Connection[Any]
    with psycopg.connect(cluster.url(shared_database)) as connection:
        yield connection


@pytest.fixture
def db(shared_connection: psycopg.Connection[Any]) -> Iterator[Database]:
    """A transaction on the shared database, rolled back after the test."""
    yield Database(shared_connection)
    shared_connection.rollback()
    # What it has counted, in pg_stat_xact_…, is not for the next test.
    shared_connection.execute("select pg_stat_force_next_flush()")
    shared_connection.rollback()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the screens were not tested, if there is no browser for this machine."""
    reasons = {str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])}
    for reason in filter(lambda reason: "Chromium" in reason, reasons):
        terminalreporter.line(f"The screens were not tested: {reason}")
