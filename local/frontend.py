"""The example frontend: built once for each state of its sources, then served by Next.js."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from local import node
from local.processes import LOOPBACK, LocalError, Ports, run_here

FOLDER = Path(__file__).resolve().parent.parent / "frontend"
NEXT = FOLDER / "node_modules" / "next" / "dist" / "bin" / "next"
# Kept with the build: a digest of the sources it was made from.
MADE_FROM = FOLDER / ".next" / "made-from"

# Next.js writes these itself, or they do not change the build; nor do unit tests (.test.).
NOT_SOURCES = {"node_modules", ".next", "next-env.d.ts", "tsconfig.tsbuildinfo", "README.md"}


def missing() -> str:
    """Why the frontend cannot run here; empty when it can."""
    if not NEXT.exists():
        return "it is not installed (make frontend/node_modules/installed)"
    return ""


def stale() -> bool:
    """Whether `build()` has anything to do."""
    return not MADE_FROM.exists() or MADE_FROM.read_text() != _state()


def build() -> None:
    """Build it, unless exactly these sources were built before; LocalError with the output."""
    state = _state()
    # One at a time: a test run and `make up` may start at the same moment.
    with (FOLDER / "node_modules" / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if MADE_FROM.exists() and MADE_FROM.read_text() == state:
            return
        MADE_FROM.unlink(missing_ok=True)
        result = subprocess.run(
            [node.program(), NEXT, "build"],
            cwd=FOLDER,
            env={**os.environ, **settings()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            raise LocalError(f"next build ended with status {result.returncode}\n{result.stdout}")
        MADE_FROM.write_text(state)


def serving(port: int) -> list[str | Path]:
    """The arguments with which node serves the build."""
    return [NEXT, "start", "--hostname", "127.0.0.1", "--port", str(port)]


def serve_changing(env_file: Path, port: int) -> None:
    """`next dev` on `port`, or the next free one, until Ctrl-C.

    `env_file` is that of a running stack; LocalError if there is none.
    """
    if not env_file.exists():
        raise LocalError("Supabase is not running: leave `make up` running in another terminal")
    known = dict(line.split("=", 1) for line in env_file.read_text().splitlines())
    ports = Ports()  # kept, since it holds the port
    port = ports.take(port)
    run_here(
        [node.program(), NEXT, "dev", "--hostname", LOOPBACK, "--port", str(port)],
        env=settings(
            NEXT_PUBLIC_SUPABASE_URL=known["SUPABASE_URL"],
            NEXT_PUBLIC_SUPABASE_ANON_KEY=known["SUPABASE_ANON_KEY"],
        ),
        cwd=FOLDER,
    )


def settings(**more: str) -> dict[str, str]:
    """The environment of every Next.js process, without telemetry."""
    return {**node.environment(), "NEXT_TELEMETRY_DISABLED": "1", **more}


def _state() -> str:
    state = hashlib.sha256()
    for path in _sources(FOLDER):
        state.update(f"{path.relative_to(FOLDER)}\0".encode())
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_SOURCES or path.name.startswith(".env") or ".test." in path.name:
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path
