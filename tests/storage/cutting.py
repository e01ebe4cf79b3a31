"""A TCP proxy that cuts the line at chosen numbers of bytes, and counts all that it hands on.

It is as slow as a line, since a cut loses what the server has not read yet, and over loopback that
could be megabytes, most of all while the machine is busy.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

# At most 3 MB a second.
SECONDS_PER_READ = 0.02


class CuttingProxy:
    """Listens at `url` for the server at `target`.

    When it has handed on as many bytes to the server as the next of `cuts` says, it closes the
    connection on both sides. `received` is what the server's socket was given in all.
    """

    def __init__(self, target: str, cuts: Sequence[int]) -> None:
        address = urlsplit(target)
        self._target = (str(address.hostname), int(address.port or 0))
        self._cuts = sorted(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received = 0
        self.cut = 0

    def serve(self) -> None:
        """Accept until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._hand_back, args=(server, client))
            back.start()
            with contextlib.suppress(OSError):
                while data := client.recv(65536):
                    time.sleep(SECONDS_PER_READ)
                    allowed, cut = self._count(len(data))
                    server.sendall(data[:allowed])
                    if cut:
                        break
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _count(self, length: int) -> tuple[int, bool]:
        """How many of these bytes pass, and whether the line is cut after them."""
        with self._lock:
            cut = bool(self._cuts) and self.received + length >= self._cuts[0]
            allowed = self._cuts.pop(0) - self.received if cut else length
            self.cut += cut
            self.received += allowed
            return allowed, cut

    @staticmethod
    def _hand_back(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def cutting(target: str, cuts: Sequence[int]) -> Iterator[CuttingProxy]:
    """A running proxy."""
    proxy = CuttingProxy(target, cuts)
    thread = threading.Thread(target=proxy.serve)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
