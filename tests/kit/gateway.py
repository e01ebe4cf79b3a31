"""What is in front of PostgREST and Storage on a hosted project: their paths, and API keys.

It can be switched off, and can hang, as hosted projects do at times.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from local.processes import LOOPBACK
from tests.kit.waiting import PATIENCE

_DROPPED = {"host", "connection", "transfer-encoding", "content-length", "content-encoding"}


@dataclass
class Gateway:
    """`keys` maps API keys to the tokens of their roles."""

    port: int
    postgrest: str
    keys: dict[str, str]
    down: bool = False
    hang: threading.Event = field(default_factory=threading.Event)
    """Set: answer. Cleared: let callers wait."""
    storage: str | None = None
    """Where Storage is, if anywhere."""
    auth_settings: str | None = None
    """What Auth says of its settings, as JSON, if there is any."""
    on_storage: Callable[[str, bytes], tuple[int, str] | None] = lambda method, body: None
    """What Storage answers to such a call (status and message), or None: what it says itself."""
    calls: list[str] = field(default_factory=list)
    turned_away: int = 0
    """How many calls came while it was down."""

    @property
    def url(self) -> str:
        """What SUPABASE_URL says."""
        return f"http://{LOOPBACK}:{self.port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gateway: Gateway
    client: httpx.Client

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is nothing to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_DELETE(self) -> None:
        self._forward()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _forward(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gateway.hang.wait(PATIENCE)
        if self._is_alone():
            # What a worker asked for that was killed meanwhile never came through.
            self.close_connection = True
            return
        if gateway.down:
            gateway.turned_away += 1
            self.close_connection = True
            return
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in _DROPPED
        }
        key = gateway.keys.get(self.headers.get("apikey", ""))
        to_storage = self.path.startswith("/storage/v1/")
        if key is None and not to_storage:  # where links work without
            self._answer(401, b'{"message":"Invalid API key"}', {})
            return
        if key:
            headers.setdefault("Authorization", f"Bearer {key}")
        if self.path == "/auth/v1/settings":
            settings = gateway.auth_settings
            self._answer(200 if settings else 404, (settings or "{}").encode(), {})
            return
        gateway.calls.append(self.path.partition("?")[0].removeprefix("/rest/v1/"))
        url = gateway.postgrest + self.path.removeprefix("/rest/v1")
        if to_storage:
            if said := gateway.on_storage(self.command, body):
                status, message = said
                content = json.dumps({"statusCode": str(status), "message": message})
                self._answer(400 if 400 <= status < 500 else status, content.encode(), {})
                return
            assert gateway.storage
            url = gateway.storage + self.path
        answer = self.server.client.request(self.command, url, headers=headers, content=body)
        self._answer(answer.status_code, answer.content, dict(answer.headers))

    def _is_alone(self) -> bool:
        """Whether the client has hung up."""
        try:
            waiting: bytes = self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return waiting == b""

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _DROPPED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def gateway(postgrest: str, keys: dict[str, str]) -> Iterator[Gateway]:
    """Run one on a free loopback port."""
    with (
        httpx.Client(timeout=PATIENCE) as client,
        _Server((LOOPBACK, 0), _Handler, bind_and_activate=False) as server,
    ):
        server.request_queue_size = 128
        server.server_bind()
        server.server_activate()
        server.gateway = Gateway(server.server_port, postgrest, keys)
        server.gateway.hang.set()
        server.client = client
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.gateway
        server.gateway.hang.set()
        server.shutdown()
        thread.join()
