"""One whole Supabase for all of these tests, which therefore run on one worker.

Where the grouping has no effect (pytest 9.2 with pytest-xdist 3.8, pytest-dev/pytest-xdist#1386),
each worker has a stack of its own, and the tests pass as well.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from local.environment import Environment
from local.stack import Stack
from tests.http.api import Api
from tests.http.mailbox import Mailbox
from tests.kit.waiting import PATIENCE

HERE = Path(__file__).parent
MAILS = "{interview_invitation,interview_reminder,candidate_invitation}"


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for the mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests together (with --dist loadgroup), so that one stack is enough."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("http"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Started when the first test needs it. No mail leaves, unless a test asks for `mailing`."""
    folder = tmp_path_factory.mktemp("stack")
    with Stack(folder, ports={}, fast=True, accounts=False) as started:
        _pause(started)
        yield started


@pytest.fixture(scope="session")
def environment(stack: Stack) -> Environment:
    """Where everything is."""
    return stack.environment


@pytest.fixture
def mailing(stack: Stack) -> Iterator[None]:
    """Mails leave during this test: those that it queues."""
    stack.cluster.run_sql(f"delete from private.jobs; select public.resume_jobs('{MAILS}')")
    yield
    _pause(stack)


@pytest.fixture
def kept_paused(stack: Stack) -> Iterator[None]:
    """For tests that resume sending on their way."""
    yield
    _pause(stack)


@pytest.fixture
def mailbox(environment: Environment) -> Mailbox:
    """What has arrived."""
    return Mailbox(environment)


def _pause(stack: Stack) -> None:
    stack.cluster.run_sql(f"select public.pause_jobs('{MAILS}', 'tests of something else', 86400)")


@pytest.fixture
def connection(stack: Stack) -> Iterator[psycopg.Connection[Any]]:
    """The superuser's, for what no API does: making accounts quickly, looking at counters."""
    with psycopg.connect(stack.cluster.url()) as opened:
        yield opened


@pytest.fixture(scope="session")
def clients(environment: Environment) -> Iterator[dict[str, httpx.Client]]:
    """Both Data APIs by name, with the anon key as supabase-js sends it."""
    addresses = {
        "lite": f"{environment.supabase_url}/rest/v1",
        "postgrest": environment.postgrest_url,
    }
    opened = {
        name: httpx.Client(
            base_url=url,
            headers={"apikey": environment.supabase_anon_key},
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=250),
        )
        for name, url in addresses.items()
        if url
    }
    yield opened
    for client in opened.values():
        client.close()


@pytest.fixture(params=[pytest.param("lite", marks=pytest.mark.proof), "postgrest"])
def api(
    request: pytest.FixtureRequest,
    clients: dict[str, httpx.Client],
    environment: Environment,
    connection: psycopg.Connection[Any],
) -> Api:
    """One Data API after the other, on the same database."""
    if request.param not in clients:
        pytest.skip("PostgREST has no build for this platform")
    return Api(request.param, clients[request.param], environment, connection)
