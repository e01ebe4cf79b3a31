"""Resumable uploads to Supabase Storage over plain HTTP, by the TUS protocol (https://tus.io).

Browsers do the same with tus-js-client.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from local.processes import LocalError

# Hosted projects take chunks of exactly this size; only the last one is smaller.
CHUNK_BYTES = 6 * 1024 * 1024
VERSION = {"Tus-Resumable": "1.0.0"}


class LineLost(Exception):
    """The connection has ended in the middle of a request."""


@dataclass(frozen=True)
class Upload:
    """A file on its way to its place in a bucket; `headers` say who uploads it."""

    url: str
    headers: Mapping[str, str]
    content: bytes

    def arrived(self) -> int:
        """How many bytes Storage has."""
        answer = httpx.head(self.url, headers={**self.headers, **VERSION}, timeout=30)
        return int(accepted(answer).headers["Upload-Offset"])

    def send(self, start: int = 0) -> None:
        """Send what is missing from `start` on, in chunks."""
        while start < len(self.content):
            chunk = self.content[start : start + CHUNK_BYTES]
            answer = self._patch(start, chunk, len(chunk))
            start = int(accepted(answer).headers["Upload-Offset"])

    def send_until(self, end: int) -> None:
        """Begin a chunk, and close the connection after the byte `end`: the line is lost."""

        def beginning() -> Iterator[bytes]:
            yield self.content[:end]
            raise LineLost

        # httpx closes the connection of a request that cannot be finished.
        with suppress(LineLost):
            self._patch(0, beginning(), min(CHUNK_BYTES, len(self.content)))

    def _patch(self, start: int, body: bytes | Iterator[bytes], size: int) -> httpx.Response:
        headers = {
            **self.headers,
            **VERSION,
            "Upload-Offset": str(start),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(size),
        }
        return httpx.patch(self.url, headers=headers, content=body, timeout=60)


def begin(
    storage_url: str,
    headers: Mapping[str, str],
    bucket: str,
    path: str,
    content: bytes,
    mime_type: str,
    seconds: float,
) -> Upload:
    """Announce a recording to Storage; LocalError if it is not awaited at this path."""
    described = {
        "bucketName": bucket,
        "objectName": path,
        "contentType": mime_type,
        # Kept with the response, and shown in lists.
        "metadata": json.dumps({"duration_seconds": round(seconds, 3)}),
    }
    encoded = [f"{key} {b64encode(text.encode()).decode()}" for key, text in described.items()]
    url = f"{storage_url}/upload/resumable"
    answer = httpx.post(
        url,
        headers={
            **headers,
            **VERSION,
            "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(encoded),
        },
        timeout=30,
    )
    return Upload(urljoin(url, accepted(answer).headers["Location"]), headers, content)


def accepted(answer: httpx.Response) -> httpx.Response:
    """The same response; LocalError if it is a refusal."""
    if not answer.is_success:
        raise LocalError(f"Storage refused an upload: {answer.status_code} {answer.text}")
    return answer
