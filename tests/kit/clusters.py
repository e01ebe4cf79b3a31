"""Where the clusters of tests lie, and how each process of a run finds its own."""

import os
import shutil
from pathlib import Path

from local.postgres import Cluster

NAME = "HIREVISION_TEST_CLUSTER"
# Enough for the proofs with a million rows.
ROOM_BYTES = 8 * 2**30


def in_memory() -> Path | None:
    """A folder in memory with room for the cluster, if there is one. A database for a test is made
    there in 56 ms, on a disk in 333 ms; hundreds of tests need one."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES else None


def name(cluster: Cluster) -> None:
    """Leave a running cluster to the processes that this one starts, and to itself."""
    os.environ[NAME] = f"{cluster.data}|{cluster.port}"


def named() -> Cluster:
    """The cluster that was left."""
    data, port = os.environ[NAME].split("|")
    return Cluster(Path(data), port=int(port))
