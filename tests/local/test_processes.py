"""A part is watched, its log is quoted, and it never outlives the process that started it."""

import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import LOOPBACK, Part, PartError, Ports, accepts
from tests.kit.processes import alive
from tests.kit.waiting import eventually

# From linux/in.h; Python's socket module does not name it.
IP_LOCAL_PORT_RANGE = 51

# Ignores SIGTERM and has a child that does so too.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    open(sys.argv[1], 'w').write(f'{os.getpid()} {child}')
time.sleep(60)
"""

STARTER = """
import sys, time
from pathlib import Path
from local.processes import Part
part = Part('part', Path(sys.argv[1]) / 'log')
part.start([sys.executable, '-c', sys.argv[2], sys.argv[1] + '/pids'])
time.sleep(60)
"""


def test_a_starter_killed_by_sigkill_leaves_neither_part_nor_grandchild(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path), STUBBORN])
    pids = tmp_path / "pids"
    eventually(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    started = {int(pid) for pid in pids.read_text().split()}
    assert alive(started) == started
    starter.kill()
    starter.wait()
    eventually(lambda: not alive(started))


HERE = """
import signal, sys
from pathlib import Path
from local.processes import run_here
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
pids = sys.argv[1] + '/pids'
run_here([sys.executable, '-c', sys.argv[2], pids], env={}, cwd=Path(sys.argv[1]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_prints_to_the_terminal_ends_too(tmp_path: Path, number: signal.Signals) -> None:
    starter = subprocess.Popen([sys.executable, "-c", HERE, str(tmp_path), STUBBORN])
    pids = tmp_path / "pids"
    eventually(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    started = {int(pid) for pid in pids.read_text().split()}
    starter.send_signal(number)
    starter.wait()
    eventually(lambda: not alive(started))


def test_a_part_that_ends_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    part = Part("the thing", tmp_path / "log")
    program = "print('first'); [print(n) for n in range(100)]; print('last words'); exit(3)"
    part.start([sys.executable, "-c", program])
    with pytest.raises(PartError) as caught:
        part.wait_until(lambda: False)
    said = str(caught.value)
    assert said.startswith("the thing ended with status 3\n")
    assert said.endswith("last words")
    assert "first" not in said
    part.stop()


def test_a_part_that_never_answers_is_told_apart(tmp_path: Path) -> None:
    part = Part("the thing", tmp_path / "log")
    part.start([sys.executable, "-c", "import time; time.sleep(60)"])
    with pytest.raises(PartError, match="the thing gave no answer in 0 s"):
        part.wait_until(lambda: False, seconds=0.2)
    part.stop()
    assert part.returncode == 128 + signal.SIGTERM


def test_stopping_is_orderly(tmp_path: Path) -> None:
    part = Part("the thing", tmp_path / "log")
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)"
    )
    part.start([sys.executable, "-c", program])
    part.wait_until(lambda: "ready" in part.tail())
    part.stop()
    assert part.returncode == 0
    assert "bye" in part.tail()


@pytest.fixture
def ports() -> Iterator[Ports]:
    taken = Ports()
    yield taken
    taken.release()


@pytest.mark.parametrize("address", [LOOPBACK, "0.0.0.0"])
def test_a_port_that_somebody_listens_on_is_stepped_over(ports: Ports, address: str) -> None:
    port = ports.take()
    ports.release()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen()
        assert ports.take(port) > port


def test_a_port_is_chosen_once_until_it_is_released(ports: Ports) -> None:
    port, others = ports.take(), Ports()
    assert others.take(port) > port
    others.release()
    ports.release()
    assert ports.take(port) == port


def test_no_outgoing_connection_gets_a_chosen_port(ports: Ports) -> None:
    port = ports.take(54400)  # among those that outgoing connections get
    with socket.socket() as server, socket.socket() as client, socket.socket() as listener:
        server.bind((LOOPBACK, 0))
        server.listen()
        # The kernel may choose among this one port.
        client.setsockopt(socket.SOL_IP, IP_LOCAL_PORT_RANGE, struct.pack("HH", port, port))
        with pytest.raises(OSError, match="Cannot assign requested address"):
            client.connect(server.getsockname())
        # What every server sets; so the part itself can listen.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()
        assert accepts(port)


def test_the_lock_of_a_part_lasts_as_long_as_its_guard(tmp_path: Path) -> None:
    read, write = os.pipe()
    part = Part("the thing", tmp_path / "log")
    part.held = (write,)
    part.start([sys.executable, "-c", "import time; time.sleep(60)"])
    os.close(write)
    os.set_blocking(read, False)
    with pytest.raises(BlockingIOError):
        os.read(read, 1)
    part.stop()
    assert os.read(read, 1) == b""
    os.close(read)
