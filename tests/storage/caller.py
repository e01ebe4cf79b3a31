"""The Storage API over HTTP as one caller."""

import base64
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

import httpx

WEBM = "video/webm"
CHUNK = {"Content-Type": "application/offset+octet-stream"}


@dataclass
class Caller:
    """Calls Storage with one token; `token` None sends neither key nor token."""

    url: str
    key: str
    token: str | None
    # The account, if there is one.
    id: str | None = None

    @property
    def storage(self) -> str:
        return f"{self.url}/storage/v1"

    @property
    def headers(self) -> dict[str, str]:
        if self.token is None:
            return {}
        return {"apikey": self.key, "Authorization": f"Bearer {self.token}"}

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> httpx.Response:
        """One request; `path` is below /storage/v1, or a whole URL."""
        url = path if path.startswith("http") else f"{self.storage}{path}"
        given = {**self.headers, **(headers or {})}
        return httpx.request(method, url, headers=given, timeout=60, verify=_trusted(), **sent)

    @contextmanager
    def line(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> Iterator[socket.socket]:
        """An open line, on which a request was sent as it is: no library corrects it."""
        address = urlsplit(self.url)
        named = {"Host": "x", **self.headers, **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as line:
            line.settimeout(60)
            line.sendall(f"{method} /storage/v1{path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            yield line

    def upload(
        self,
        place: str,
        content: bytes = b"recorded",
        type: str = WEBM,
        *,
        upsert: bool = False,
        form: bool = False,
        method: str = "POST",
        path: str = "/object/",
    ) -> httpx.Response:
        """Upload to `place`, a bucket and a name, as the body or in a form as browsers do."""
        headers = {"x-upsert": "true"} if upsert else {}
        if form:
            sent: dict[str, Any] = {"files": {"": ("blob", content, type)}}
        else:
            sent = {"content": content}
            headers["Content-Type"] = type
        return self.ask(method, f"{path}{place}", headers, **sent)

    def read(self, place: str, **headers: str) -> httpx.Response:
        return self.ask("GET", f"/object/authenticated/{place}", headers)

    def sign(self, place: str, seconds: int = 60) -> httpx.Response:
        return self.ask("POST", f"/object/sign/{place}", json={"expiresIn": seconds})

    def names(self, bucket: str, prefix: str = "") -> list[str]:
        """What a list shows."""
        answer = self.ask("POST", f"/object/list/{bucket}", json={"prefix": prefix})
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()]

    def everything(self, bucket: str, folder: str = "") -> list[str]:
        """The whole names of all objects, in folders too."""
        body = {"prefix": folder, "limit": 1000}
        rows = self.ask("POST", f"/object/list/{bucket}", json=body).raise_for_status().json()
        names: list[str] = []
        for row in rows:
            name = f"{folder}/{row['name']}" if folder else row["name"]
            names += [name] if row["id"] else self.everything(bucket, name)
        return names

    def remove(self, bucket: str, *names: str) -> list[str]:
        """Remove objects; returns the names of those that were removed."""
        answer = self.ask("DELETE", f"/object/{bucket}", json={"prefixes": names})
        assert answer.status_code == 200, answer.text
        return [row["name"] for row in answer.json()]

    # ---- resumable uploads -------------------------------------------------------------------

    def begin(
        self, place: str, length: int, type: str | None = WEBM, **headers: str
    ) -> httpx.Response:
        """POST of a resumable upload."""
        bucket, _, name = place.partition("/")
        metadata = {"bucketName": bucket, "objectName": name}
        if type is not None:
            metadata["contentType"] = type
        pairs = [f"{key} {encoded(value)}" for key, value in metadata.items()]
        given = {"Upload-Length": str(length), "Upload-Metadata": ",".join(pairs)}
        return self.tus("POST", "/upload/resumable", {**given, **headers})

    def begun(self, place: str, length: int, **headers: str) -> str:
        """The URL of a resumable upload that was begun."""
        answer = self.begin(place, length, **headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def go_on(self, url: str, offset: int, content: bytes) -> httpx.Response:
        """PATCH of a resumable upload."""
        return self.tus("PATCH", url, {**CHUNK, "Upload-Offset": str(offset)}, content=content)

    def tus(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> httpx.Response:
        return self.ask(method, url, {"Tus-Resumable": "1.0.0", **(headers or {})}, **sent)


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: reading all certificates takes longer than any request here."""
    return httpx.create_ssl_context()


def everything(line: socket.socket) -> str:
    """What is said on a line until it is closed."""
    return b"".join(iter(partial(line.recv, 65536), b"")).decode(errors="replace")


def encoded(text: str) -> str:
    """In base64."""
    return base64.b64encode(text.encode()).decode()


def refused(answer: httpx.Response, status: int, message: str) -> None:
    """Assert a refusal: HTTP 400, and the status that is meant in the body."""
    assert answer.status_code == 400, (answer.status_code, answer.text)
    body = answer.json()
    assert (body["statusCode"], body["message"]) == (str(status), message)
