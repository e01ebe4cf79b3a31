"""`python -m local up` as a process: how it ends, and that nothing is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kit.processes import alive, descendants
from tests.kit.waiting import PATIENCE, eventually

pytestmark = pytest.mark.xdist_group("stack")


class Up:
    """A running `python -m local up` on a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.env_file = folder / ".run" / "env"
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local", "up", "--no-frontend", "--folder", str(folder)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                # Tests run in the background ignore SIGINT, which would be inherited.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )

    def wait_until_ready(self) -> None:
        eventually(self.env_file.exists, told=self.output.read_text)

    def parts(self) -> set[int]:
        """Every process that descends from it, guards and parts and theirs."""
        return descendants(self.process.pid)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Starts one on the test's folder; none outlives the test."""
    started: list[Up] = []

    def start(**environment: str) -> Up:
        started.append(Up(tmp_path, **environment))
        return started[-1]

    yield start
    for up in started:
        up.process.kill()
        up.process.wait()


def test_ctrl_c_ends_it_and_sigkill_leaves_nothing(start: Callable[..., Up]) -> None:
    up = start()
    up.wait_until_ready()
    parts = up.parts()
    assert len(parts) >= 10
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(timeout=PATIENCE) == 0
    assert not alive(parts)
    assert not up.env_file.exists()
    said = up.output.read_text()
    assert "Open in a browser" in said and "recruiter@example.com" in said
    assert "service-role key" in said and "/docs/" in said

    # The second start is killed at once, and the third waits until its parts have ended.
    second = start()
    second.wait_until_ready()
    parts = second.parts()
    second.process.kill()
    second.process.wait()
    third = start()
    eventually(lambda: not alive(parts))
    eventually(lambda: third.parts() != set())
    third.wait_until_ready()
    parts = third.parts()
    third.process.terminate()
    assert third.process.wait(timeout=PATIENCE) == 128 + signal.SIGTERM
    assert not alive(parts)


@pytest.mark.parametrize("seconds", [0.7, 1.2, 2.0, 3.0])
def test_killed_while_starting_it_leaves_nothing(start: Callable[..., Up], seconds: float) -> None:
    up = start()
    time.sleep(seconds)
    parts = up.parts()
    up.process.kill()
    eventually(lambda: not alive(parts))


def test_what_fails_halfway_is_told_and_the_rest_is_stopped(
    start: Callable[..., Up], tmp_path: Path
) -> None:
    failing = tmp_path / "postgrest"
    failing.write_text("#!/bin/sh\necho 'no licence today' >&2\nexit 4\n")
    failing.chmod(0o755)
    up = start(POSTGREST_BIN=str(failing))
    assert up.process.wait(timeout=PATIENCE) == 1
    said = up.output.read_text()
    assert "PostgREST ended with status 4" in said
    assert "no licence today" in said
    assert not up.env_file.exists()
    # Nothing holds the lock any more.
    again = subprocess.run([sys.executable, "-m", "local", "reset", "--folder", str(tmp_path)])
    assert again.returncode == 0
