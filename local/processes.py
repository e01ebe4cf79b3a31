"""Starts, watches and stops the programs of the local Supabase."""

import atexit
import contextlib
import fcntl
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

LOOPBACK = "127.0.0.1"
GUARD = Path(__file__).with_name("guard.py")


class LocalError(Exception):
    """A failure to report to the person at the keyboard; its text is written for them."""


class PartError(LocalError):
    """A part ended or did not start; the text names it and quotes the end of its log."""


class Part:
    """One running program and its log file; it ends when this process ends, if not before."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        # File descriptors that the guard keeps open, and with them the locks on them.
        self.held: tuple[int, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop_signal: str = "SIGTERM",
        user: int | None = None,
    ) -> None:
        """Start the program. `env` is added to this process's; `user` is a uid (root only)."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        uid = "" if user is None else str(user)
        with self.log.open("wb") as log:
            # A session of its own, so that Ctrl-C reaches only us and we stop parts in order.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", GUARD, stop_signal, uid, *argv],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
                pass_fds=self.held,
            )

    @property
    def pid(self) -> int | None:
        """The guard's process; the program is its child."""
        return None if self._process is None else self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status once the program has ended."""
        return None if self._process is None else self._process.poll()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Wait until `ready()` is true; raise PartError if the part ends or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.returncode is not None:
                raise PartError(self.obituary())
            if time.monotonic() > deadline:
                raise PartError(f"{self.name} gave no answer in {seconds:.0f} s\n{self.tail()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask the program to end and wait for it; its guard kills it if it does not."""
        if self._process is None:
            return
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def obituary(self) -> str:
        """How the part ended, with the end of its log."""
        return f"{self.name} ended with status {self.returncode}\n{self.tail()}"

    def tail(self, lines: int = 20) -> str:
        """The last lines of the log, indented, after a line with its path."""
        ending = self.text().splitlines()[-lines:]
        return "\n".join([f"  the end of {self.log}:", *(f"    {line}" for line in ending)])

    def text(self) -> str:
        """The whole log of this start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def run_here(argv: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path) -> int:
    """Run a program that prints to this terminal; like a part, it ends when this process ends.

    Returns its exit status. `env` is added to this process's.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", GUARD, "SIGTERM", "", *argv],
        stdin=subprocess.PIPE,
        env={**os.environ, **env},
        cwd=cwd,
        start_new_session=True,
    )
    assert process.stdin
    try:
        return process.wait()
    finally:
        process.stdin.close()
        process.wait()


class Ports:
    """Free loopback ports, reserved for this process until `release()`.

    Before the part listens, an outgoing connection of any program could get the port, so it is
    bound here too; and another stack, started at the same moment, could choose it, so it is also
    locked with a file.
    """

    def __init__(self) -> None:
        self._held: list[IO[str] | socket.socket] = []

    def take(self, preferred: int = 0) -> int:
        """Choose `preferred` or the next free port after it; with 0, any free port."""
        # Below the range of ports for outgoing connections, of which thousands may be in use.
        first = preferred or random.randrange(15000, 31000)
        for port in range(first, min(first + 500, 65536)):
            if self._reserve(port):
                return port
        raise LocalError(f"no free port between {first} and {first + 500}")

    def release(self) -> None:
        """Give the ports back."""
        while self._held:
            self._held.pop().close()

    def _reserve(self, port: int) -> bool:
        folder = Path(tempfile.gettempdir()) / f"local-supabase-ports-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = (folder / str(port)).open("w")
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if bound := _bound(port):
                self._held += [lock, bound]
                return True
        lock.close()
        return False


_until_the_end = Ports()
atexit.register(_until_the_end.release)


def free_port() -> int:
    """Any free port, reserved until this process ends."""
    return _until_the_end.take()


def _bound(port: int) -> socket.socket | None:
    """A socket bound to a free port, beside which a server with SO_REUSEADDR can listen."""
    bound = socket.socket()
    # With it, a port with lingering old connections counts as free. But the bind would also succeed
    # beside a wildcard listener on the same port, hence the connect.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        return None
    if accepts(port):
        bound.close()
        return None
    if sys.platform != "linux":
        bound.close()  # elsewhere nobody could listen beside it; the lock has to do
    return bound


def accepts(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
