"""What the SQL tests start from."""

import pytest

from local.postgres import Cluster
from tests.kit.database import Database, Scene


@pytest.fixture
def scene(db: Database) -> Scene:
    """A recruiter who has invited one candidate, in the test's transaction."""
    return db.scene()


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own, for several connections that commit."""
    return cluster.url(database)
