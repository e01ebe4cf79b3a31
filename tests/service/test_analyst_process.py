"""The analyst as a process: killed, stopped, held, without a network, and beside others."""

import importlib.util
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from local.processes import LOOPBACK, free_port
from tests.kit.gateway import Gateway
from tests.kit.processes import alive, descendants
from tests.kit.transcribing import transcribing
from tests.kit.waiting import PATIENCE, eventually
from tests.service.analysing import ANALYST, SPOKEN, Recorded, analysis_jobs, leased, recorded
from tests.service.conftest import Seed, Service, assert_discreet
from tests.service.test_cli import process
from tests.service.test_metrics import figures

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("faster_whisper") is None, reason="the extra analysis is not installed"
)

Spawn = Callable[..., tuple[subprocess.Popen[bytes], Path]]


@pytest.fixture
def spawn(service: Service, storage: Gateway, tmp_path: Path) -> Iterator[Spawn]:
    """Starts analysts, which only check unless they are told otherwise; each with its log."""
    with ExitStack() as stack:

        def start(**settings: str) -> tuple[subprocess.Popen[bytes], Path]:
            folder = tmp_path / str(random.random())
            folder.mkdir()
            given = {**service.settings, "ANALYSIS_LEASE": "3", "TRANSCRIBER": "off", **settings}
            return stack.enter_context(process(folder, given, *ANALYST))

        yield start


def held_child(worker: subprocess.Popen[bytes]) -> int:
    """The child of an analyst that has just begun, stopped in the middle of its work."""
    eventually(lambda: descendants(worker.pid))
    (pid,) = descendants(worker.pid)
    if sys.platform == "linux":
        # Held before it has confined itself, it would not end with its parent.
        eventually(lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE)[0] == 0)
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_it_checks_and_transcribes(
    seed: Seed, storage: Gateway, spawn: Spawn, secrets: set[str]
) -> None:
    made = recorded(seed, storage)
    port = free_port()
    with transcribing() as server:
        worker, log = spawn(
            TRANSCRIBER="openai",
            TRANSCRIBER_URL=server.url,
            TRANSCRIBER_KEY="a-key-of-the-transcriber",
            METRICS_PORT=str(port),
        )
        eventually(lambda: made.status("check") == made.status("transcript") == "done")
        answer = httpx.get(f"http://{LOOPBACK}:{port}/metrics")
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    row = made.analysis("transcript")
    assert row and (row["engine"], row["model"]) == ("openai-compatible", "whisper-1")
    told = figures(answer.text)
    for step in ("check", "transcript"):
        assert told[f"hirevision_analysts {step}"] >= 1
        assert told[f"hirevision_analyses_queued {step}"] == 0
        assert told[f"hirevision_analyses_total accepted {step}"] >= 1
        assert told[f"hirevision_sound_seconds_total {step}"] == pytest.approx(8.16, abs=0.1)
    assert_discreet(
        log.read_text().splitlines(), secrets | {"a-key-of-the-transcriber", made.takes[0]["path"]}
    )


def test_a_check_never_waits_behind_transcripts(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    made = recorded(seed, storage)
    with transcribing() as server:
        # It thinks for minutes.
        server.drip, server.body = 1, b" " * 1000
        worker, _ = spawn(TRANSCRIBER="openai", TRANSCRIBER_URL=server.url)
        eventually(lambda: server.asked and made.status("transcript") == "running")
        another = recorded(seed, storage)
        eventually(lambda: another.status("check") == "done")
        assert made.status("transcript") == "running"
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert made.status("transcript") == "queued"


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.proof)]
)
def test_stopping_gives_back_what_is_under_way(
    seed: Seed, storage: Gateway, spawn: Spawn, number: signal.Signals
) -> None:
    recorded(seed, storage)
    worker, _ = spawn(ANALYSIS_LEASE="600")
    child = held_child(worker)
    worker.send_signal(number)
    assert worker.wait(PATIENCE) == 0
    assert not alive({child})
    assert [(job["attempts"], job["lease_token"]) for job in analysis_jobs(seed)] == [(0, None)]


def finished_once(made: Recorded, seed: Seed) -> None:
    eventually(lambda: made.status("check") == "done")
    assert not analysis_jobs(seed)


@pytest.mark.proof
def test_killed_with_its_child(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    made = recorded(seed, storage)
    worker, _ = spawn()
    child = held_child(worker)
    worker.kill()
    os.kill(child, signal.SIGKILL)
    worker.wait()
    assert leased(seed)
    spawn()
    finished_once(made, seed)


def test_killed_alone(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    """The child ends with it."""
    made = recorded(seed, storage)
    worker, _ = spawn()
    child = held_child(worker)
    worker.kill()
    worker.wait()
    eventually(lambda: not alive({child}))
    spawn()
    finished_once(made, seed)


def test_its_child_killed_alone(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    made = recorded(seed, storage)
    worker, log = spawn()
    os.kill(held_child(worker), signal.SIGKILL)
    eventually(lambda: [job["attempts"] for job in analysis_jobs(seed)] == [1] and not leased(seed))
    assert worker.poll() is None
    seed.run("update private.jobs set due_at = now()")
    finished_once(made, seed)
    assert '"level": "ERROR"' not in log.read_text()


def test_held_past_its_lease(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    """Another one has done it by then; what the first one finds is dropped."""
    made = recorded(seed, storage)
    worker, _ = spawn()
    child = held_child(worker)
    os.kill(worker.pid, signal.SIGSTOP)
    os.kill(child, signal.SIGCONT)
    other, _ = spawn()
    finished_once(made, seed)
    other.terminate()
    other.wait()
    row = made.analysis("check")
    os.kill(worker.pid, signal.SIGCONT)
    # It goes on with the next one.
    next_one = recorded(seed, storage)
    finished_once(next_one, seed)
    assert made.analysis("check") == row


@pytest.mark.proof
def test_the_third_that_dies_of_a_recording_is_the_last(
    seed: Seed, storage: Gateway, spawn: Spawn
) -> None:
    made = recorded(seed, storage)
    for _ in range(3):
        worker, _ = spawn(ANALYSIS_LEASE="2")
        held_child(worker)
        worker.kill()
        worker.wait()
        seed.run("update private.jobs set due_at = now() where kind = 'response_check'")
    spawn()
    eventually(lambda: made.status("check") == "failed")
    row = made.analysis("check")
    assert row and row["problem"] == "gave_up"


def test_without_its_model_it_ends_with_one_line(spawn: Spawn, tmp_path: Path) -> None:
    worker, log = spawn(TRANSCRIBER="local", TRANSCRIBER_MODEL=str(tmp_path))
    assert worker.wait(PATIENCE) == 1
    (line,) = log.read_text().splitlines()
    assert line.startswith("Error: TRANSCRIBER_MODEL: there is no model.bin in ")


@pytest.mark.proof
def test_kills_at_any_moment(seed: Seed, storage: Gateway, spawn: Spawn) -> None:
    """Analysts, children, both: in the end, each recording is checked once."""
    draw = random.Random(5)
    made = recorded(seed, storage, *[SPOKEN.video.read_bytes()] * 12)
    ids = [str(take["response_id"]) for take in made.takes]
    for _ in range(20):
        worker, _ = spawn(ANALYSIS_LEASE="2")
        eventually(lambda: descendants(worker.pid) or not analysis_jobs(seed))  # noqa: B023
        victims = {worker.pid, *descendants(worker.pid)}
        for pid in draw.sample(sorted(victims), draw.randint(1, len(victims))):
            if pid in alive({pid}):
                os.kill(pid, signal.SIGKILL)
        worker.kill()
        worker.wait()
        # As if nobody had died of one too often.
        seed.run("update private.jobs set attempts = 0, due_at = now()")
    spawn()
    eventually(lambda: {made.status("check", one) for one in ids} == {"done"})
    assert not analysis_jobs(seed)
