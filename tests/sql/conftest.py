"""What the SQL tests start from."""

from collections.abc import Iterator

import pytest

from local.postgres import Cluster
from tests.kit import responses
from tests.kit.access import Cast
from tests.kit.analyses import submit
from tests.kit.database import Database, Row, Scene, committed
from tests.kit.responses import Asked
from tests.kit.reviews import Reviewed, complete


@pytest.fixture
def scene(db: Database) -> Scene:
    """A recruiter who has invited one candidate, in the test's transaction."""
    return db.scene()


@pytest.fixture
def asked(db: Database, scene: Scene) -> Asked:
    """Two questions; the candidate has joined, agreed to be recorded, and is the one who speaks."""
    return responses.ask(db, scene, {}, {})


@pytest.fixture
def submitted(db: Database, asked: Asked) -> Row:
    """A recording, submitted with consent to analysis."""
    return submit(db, asked)


@pytest.fixture
def reviewed(db: Database, asked: Asked) -> Reviewed:
    """Two criteria by which the recruiter, who speaks, can rate a candidate who has completed."""
    return complete(db, asked)


@pytest.fixture
def cast(db: Database) -> Cast:
    """Somebody in each role of policies/access.txt, and the rows that it is tried on."""
    return Cast.of(db)


@pytest.fixture
def nothing_is_left(db: Database) -> Iterator[None]:
    """At the end no object without a response or job is found, no wrong count and the like."""
    yield
    assert responses.faults(db) == {}


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own, for several connections that commit."""
    return cluster.url(database)


@pytest.fixture
def made(url: str) -> Scene:
    """A recruiter who has invited one candidate, committed."""
    with committed(url) as db:
        return db.scene()


@pytest.fixture
def answering(url: str, made: Scene) -> Asked:
    """Two questions for a candidate who has joined and agreed to be recorded, committed."""
    with committed(url) as db:
        return responses.ask(db, made, {}, {})


@pytest.fixture
def reviewing(url: str, answering: Asked) -> Reviewed:
    """Two criteria for a candidate who has completed, committed."""
    with committed(url) as db:
        return complete(db, answering)
