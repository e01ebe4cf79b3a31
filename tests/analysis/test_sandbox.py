"""The walls around a child, and what becomes of one that does not behave."""

import json
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from service.analysis import sandbox
from tests.kit.processes import alive
from tests.kit.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]

CONFINED = """
import json, os, resource, socket, sys
from service.analysis import sandbox
sandbox.confine()
tried = {}
def attempt(name, do):
    try:
        tried[name] = do() or "done"
    except BaseException as error:
        tried[name] = type(error).__name__
attempt("memory", lambda: len(bytearray(3 << 30)))
attempt("file", lambda: open(sys.argv[1], "wb", buffering=0).write(b"x"))
attempt("files", lambda: [open("/dev/null") for _ in range(100)] and "done")
attempt("network", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5).close())
tried["core"] = resource.getrlimit(resource.RLIMIT_CORE)
tried["cpu"] = resource.getrlimit(resource.RLIMIT_CPU)
tried["environment"] = dict(os.environ)
tried["status"] = open("/proc/self/status").read() if sys.platform == "linux" else ""
print(json.dumps(tried))
"""


def test_a_child_has_nothing_to_reach_out_with(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = subprocess.run(
            [sys.executable, "-I", "-c", CONFINED, str(tmp_path / "file"), str(port_of(server))],
            env={},
            capture_output=True,
            check=True,
        )
    tried = json.loads(found.stdout)
    assert tried["memory"] == "MemoryError"
    assert tried["file"] == "OSError"
    assert tried["files"] == "OSError"
    assert tried["core"] == [0, 0]
    assert tried["cpu"][0] == sandbox.CPU
    assert set(tried["environment"]) <= {"LC_CTYPE"}
    if sys.platform == "linux":
        assert "NoNewPrivs:\t1" in tried["status"]
    if may_unshare():
        assert tried["network"] == "OSError"


def port_of(server: socket.socket) -> int:
    port: int = server.getsockname()[1]
    return port


def may_unshare() -> bool:
    """Whether this machine lets processes leave the network."""
    try:
        return not subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode
    except OSError:
        return False


Child = Callable[[str], None]


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    """Has this program run as the child."""

    def become(program: str) -> None:
        monkeypatch.setattr(sandbox, "CHILD", [sys.executable, "-I", "-c", program])

    return become


def run(seconds: float = 100, is_stopping: Callable[[], bool] = lambda: False) -> bytes:
    with tempfile.TemporaryFile() as recording:
        recording.write(b"The recording")
        return sandbox.run({"step": "check"}, recording, seconds, is_stopping)


HIDDEN = """
import ctypes
from service.analysis import sandbox
get_dumpable = 3
before = ctypes.CDLL(None).prctl(get_dumpable)
sandbox.hide_keys()
print(before, ctypes.CDLL(None).prctl(get_dumpable))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_the_parents_keys_are_hidden_from_a_child_of_the_same_user() -> None:
    found = subprocess.run(
        [sys.executable, "-c", HIDDEN], cwd=ROOT, capture_output=True, check=True
    )
    assert found.stdout.split() == [b"1", b"0"]


def test_it_gets_the_recording_and_its_arguments_and_nothing_else(child: Child) -> None:
    child("""
import json, os, sys
open_files = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc") else 4
print(json.dumps([sys.stdin.read(), sys.argv[1:], len(os.environ.keys() - {"LC_CTYPE"}),
                  open_files, os.getsid(0) == os.getpid(), os.getcwd()]))
""")
    said = json.loads(run())
    # Three, and the one of the listing.
    assert said == ["The recording", ['{"step": "check"}'], 0, 4, True, "/"]


def test_one_that_talks_without_end(child: Child) -> None:
    child("while True: print('x' * 100_000)")
    with pytest.raises(sandbox.ChildDied, match="too much"):
        run()


@pytest.mark.parametrize("program", ["import os; os.abort()", "1 / 0", "raise SystemExit(3)"])
def test_one_that_dies(child: Child, program: str) -> None:
    child(program)
    with pytest.raises(sandbox.ChildDied, match="status"):
        run()


def test_one_that_takes_too_much_time_of_the_processor(child: Child) -> None:
    child("""
import resource
resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
while True: pass
""")
    with pytest.raises(sandbox.TookTooLong):
        run()


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"null", b"[" * 100_000])
def test_an_answer_that_is_none(said: bytes) -> None:
    with pytest.raises(sandbox.ChildDied):
        sandbox.answer(said)


# It says who it is, leaves a process behind and hangs.
HANGS = """
import os, subprocess, sys, time
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], stdout=2)
with open({path!r}, "w") as file:
    file.write(f"{{os.getpid()}} {{left.pid}}")
time.sleep(1000)
"""


def test_one_that_hangs_is_killed_with_its_session(
    child: Child, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE", 3)
    child(HANGS.format(path=str(tmp_path / "pids")))
    with pytest.raises(sandbox.TookTooLong):
        run(seconds=0)
    pids = {int(pid) for pid in (tmp_path / "pids").read_text().split()}
    eventually(lambda: not alive(pids))


def test_a_worker_that_stops_kills_its_child(child: Child, tmp_path: Path) -> None:
    written = tmp_path / "pids"
    child(HANGS.format(path=str(written)))
    with pytest.raises(sandbox.Stopped):
        run(is_stopping=lambda: written.exists() and len(written.read_text().split()) == 2)
    pids = {int(pid) for pid in written.read_text().split()}
    eventually(lambda: not alive(pids))


PARENT = """
import sys, tempfile
from service.analysis import sandbox
sandbox.CHILD = [sys.executable, "-I", "-c", sys.argv[1]]
sandbox.run({}, tempfile.TemporaryFile(), 1000)
"""
CHILD = """
import time
from service.analysis import sandbox
sandbox.confine()
time.sleep(1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_does_not_outlive_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-I", "-c", PARENT, CHILD], cwd=ROOT)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    try:
        eventually(lambda: children.read_text().split())
        (pid,) = (int(pid) for pid in children.read_text().split())
        limits = Path(f"/proc/{pid}/limits")
        # The last of its walls.
        eventually(lambda: re.search(r"core file size +0 +0", limits.read_text()))
    finally:
        parent.kill()
        parent.wait()
    eventually(lambda: not alive({pid}))
