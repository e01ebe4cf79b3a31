"""The project that the tests of Storage run against."""

from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.storage.project import HOSTED, Project, hosted_project, local_project, local_stack

# What needs the disk, the database or policies of the tests' own.
collect_ignore = ["test_clients.py", "test_policies.py", "test_server.py"] if HOSTED else []


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with local_stack(tmp_path_factory.mktemp("storage")) as started:
        yield started


@pytest.fixture(scope="session")
def project(request: pytest.FixtureRequest) -> Iterator[Project]:
    if HOSTED:
        with hosted_project() as made:
            yield made
    else:
        with local_project(request.getfixturevalue("stack")) as made:
            yield made
