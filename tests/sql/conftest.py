"""What the SQL tests start from."""

import pytest

from local.postgres import Cluster
from tests.kit.database import Database, Scene, committed


@pytest.fixture
def scene(db: Database) -> Scene:
    """A recruiter who has invited one candidate, in the test's transaction."""
    return db.scene()


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own, for several connections that commit."""
    return cluster.url(database)


@pytest.fixture
def made(url: str) -> Scene:
    """A recruiter who has invited one candidate, committed."""
    with committed(url) as db:
        return db.scene()
