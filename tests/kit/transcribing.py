"""A server with OpenAI's endpoint for transcriptions, which answers as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.processes import LOOPBACK

SAID: dict[str, Any] = {
    "task": "transcribe",
    "language": "english",
    "duration": 8.16,
    "text": " I have worked with React. ",
    "words": [
        {"word": "I", "start": 0.5, "end": 0.9},
        {"word": "have", "start": 0.9, "end": 1.1},
        {"word": "worked", "start": 1.1, "end": 1.38},
        {"word": "with", "start": 1.38, "end": 1.64},
        {"word": "React", "start": 1.64, "end": 1.88},
    ],
    "segments": [{"id": 0, "avg_logprob": -0.25, "no_speech_prob": 0.01}],
}


@dataclass
class Transcribing:
    """`status`, `headers` and `body` are what it answers; `drip` seconds pass between bytes."""

    port: int
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = json.dumps(SAID).encode()
    drip: float = 0
    asked: list[dict[str, bytes]] = field(default_factory=list)
    """The fields of each request, and its path and its headers."""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        fields: dict[str, bytes] = {}
        parts: Any = message_from_bytes(kind + body).get_payload()
        for part in parts:
            content = part.get_payload(decode=True)
            name = part.get_param("name", header="Content-Disposition")
            fields[name] = fields[name] + b"," + content if name in fields else content
            if filename := part.get_filename():
                fields["filename"] = filename.encode()
        self._answer(fields)

    def _answer(self, fields: dict[str, bytes]) -> None:
        told: Transcribing = self.server.told  # type: ignore[attr-defined]
        told.asked.append(
            {**fields, "path": self.path.encode(), "headers": str(self.headers).encode()}
        )
        with suppress(OSError):
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            if not told.drip:
                self.wfile.write(told.body)
                return
            for byte in told.body:
                self.wfile.write(bytes([byte]))
                time.sleep(told.drip)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def transcribing() -> Iterator[Transcribing]:
    """Run one on a free loopback port."""
    with ThreadingHTTPServer((LOOPBACK, 0), _Handler) as server:
        server.daemon_threads = True
        server.told = Transcribing(server.server_port)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.told  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
