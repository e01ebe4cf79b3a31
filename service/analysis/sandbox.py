"""A child process for one recording, which may be hostile, and the walls around it.

The child gets the recording as its standard input and answers on its standard output. It has an
empty environment, hence no key, a session of its own, and limits that it sets itself before it
reads the first byte.
"""

import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import IO, Any

CHILD = [sys.executable, "-I", "-m", "service.analysis.child"]
# Bytes of address space (the recogniser needs more than 1 GiB), seconds of CPU time, open files.
MEMORY, CPU, FILES = 2 << 30, 300, 64
# Bytes that a child may answer.
MOST_ANSWER = 4_000_000
# Seconds that a child may take longer than the recording may last.
PATIENCE = 60.0
# Seconds between looking whether the worker is to stop.
_TICK = 0.2
# Seconds that a child may take to end after its answer.
_END_WITHIN = 10.0

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


class ChildDied(Exception):
    """It ended without an answer, or with one that is none."""


class TookTooLong(Exception):
    """It was killed because its time was over."""


class Stopped(Exception):
    """It was killed because the worker is to stop."""


def run(
    arguments: dict[str, Any],
    recording: IO[bytes],
    seconds: float,
    is_stopping: Callable[[], bool] = lambda: False,
    most_answer: int = MOST_ANSWER,
) -> bytes:
    """What a child with these arguments says of the recording, which may last so many seconds.

    Raises ChildDied, TookTooLong, Stopped. The child has ended afterwards, and with it its session.
    """
    recording.seek(0)
    with subprocess.Popen(
        [*CHILD, json.dumps(arguments)],
        stdin=recording,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    ) as child:
        assert child.stdout
        try:
            deadline = monotonic() + PATIENCE + seconds
            said = _heard(child.stdout, deadline, is_stopping, most_answer)
            with suppress(subprocess.TimeoutExpired):
                child.wait(_END_WITHIN)
        finally:
            # Also what it may have left behind; while that lives, no other group has this number.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    if child.returncode == -signal.SIGXCPU:
        raise TookTooLong
    if child.returncode:
        raise ChildDied(f"it ended with status {child.returncode}")
    return said


def answer(said: bytes) -> dict[str, Any]:
    """The object that a child said; raises ChildDied."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ChildDied("it said something else")
    return found


def _heard(pipe: IO[bytes], deadline: float, is_stopping: Callable[[], bool], most: int) -> bytes:
    """What comes through the pipe until its end."""
    said = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if is_stopping():
                raise Stopped
            if monotonic() >= deadline:
                raise TookTooLong
            if not selector.select(_TICK):
                continue
            part = os.read(pipe.fileno(), 1 << 16)
            if not part:
                return bytes(said)
            said += part
            if len(said) > most:
                raise ChildDied("it said too much")


def hide_keys() -> None:
    """Let no process of the same user read this one's environment and memory, which have keys.

    A recording that takes over its child would look there. Of root nothing can be hidden.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


# ---- in the child ------------------------------------------------------------------------------


def confine() -> None:
    """Give up what this process, a child, does not need; before its first thread."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        # No network: in a user namespace of its own where that is allowed, or else as root.
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
            libc.unshare(_CLONE_NEWNET)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # After the namespaces, which clear it.
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for name, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        # Where less is allowed already, that stays.
        _, most = resource.getrlimit(name)
        wanted = limit if most == resource.RLIM_INFINITY else min(limit, most)
        # Of CPU time a second more: at the last one it is killed without a word of why.
        resource.setrlimit(name, (wanted, wanted + (name == resource.RLIMIT_CPU and wanted < most)))
