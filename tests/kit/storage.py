"""Supabase Storage on a database of the tests, without the rest of a stack."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import node
from local.processes import LOOPBACK, Part, Ports, accepts


@contextmanager
def running(database_url: str, jwt_secret: str, folder: Path) -> Iterator[str]:
    """One on a free port, until the end of the block; its URL. `folder` is for the bytes."""
    ports, part = Ports(), Part("Storage", folder / "log")
    port = ports.take()
    settings = {
        "databaseUrl": database_url,
        "folder": str(folder),
        "jwtSecret": jwt_secret,
        "keys": {},
        "port": port,
    }
    try:
        part.start(
            [node.program(), Path(__file__).with_suffix(".mjs")],
            env={"STORAGE_SETTINGS": json.dumps(settings)},
        )
        part.wait_until(lambda: accepts(port))
        yield f"http://{LOOPBACK}:{port}"
    finally:
        part.stop()
        ports.release()
