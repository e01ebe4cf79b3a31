"""Ports for the tests' own servers; every test process has a range of its own."""

import itertools
import os
import random
import socket

from local.processes import LOOPBACK

# Below the range from which systems give ports to outgoing connections, and above the one that
# the local Supabase chooses from.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_START = 31_000 + 200 * (_WORKER % 8)
_ports = itertools.cycle(range(_START, _START + 200))
for _ in range(random.randrange(200)):  # two runs at once rarely meet
    next(_ports)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    for _ in range(200):
        port = next(_ports)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
    raise AssertionError("no free port")
