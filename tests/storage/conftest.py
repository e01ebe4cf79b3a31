"""The project that the tests of Storage run against."""

from collections.abc import Iterator

import pytest

from local.stack import Stack
from service.responses.removal import Remover
from tests.storage.bucket import Answering, Bucket, bucket_of, remover_of
from tests.storage.project import HOSTED, Project, hosted_project, local_project, local_stack

# What needs the disk, the database or policies of the tests' own.
LOCAL = [
    "access",
    "at_once",
    "attacks",
    "clients",
    "odd_input",
    "policies",
    "refused_uploads",
    "server",
]
collect_ignore = [f"test_{name}.py" for name in LOCAL] if HOSTED else []


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


@pytest.fixture(scope="session")
def remover(stack: Stack) -> Iterator[Remover]:
    with remover_of(stack) as made:
        yield made


@pytest.fixture
def bucket(stack: Stack, remover: Remover) -> Iterator[Bucket]:
    """The bucket of recordings, in which each test must leave what the rules allow."""
    with bucket_of(stack, remover) as opened:
        yield opened


@pytest.fixture(scope="module")
def played(stack: Stack, remover: Remover) -> Iterator[tuple[Bucket, Answering]]:
    """With a scene for many requests that change nothing."""
    with bucket_of(stack, remover) as opened:
        yield opened, opened.answering()
