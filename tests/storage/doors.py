"""The doors by which bytes come into the bucket of recordings.

Each is opened at a moment when that is allowed, and returns how the upload ends, for later.
"""

from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from tests.kit.responses import BUCKET
from tests.kit.waiting import eventually
from tests.storage.bucket import Bucket
from tests.storage.caller import CHUNK, WEBM, Caller


class Answer(NamedTuple):
    """The HTTP status of an answer, and its body."""

    status: int
    text: str

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @classmethod
    def of(cls, answer: httpx.Response) -> "Answer":
        return cls(answer.status_code, answer.text)


End = Callable[[], Answer]
Door = Callable[[Bucket, Caller, str, bytes], End]


def place_of(path: str) -> str:
    """The place of a path in the bucket of recordings."""
    return f"{BUCKET}/{path}"


# ---- each begins with the caller's upload to a path ------------------------------------------


def plain(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    return lambda: Answer.of(caller.upload(place_of(path), content))


def in_a_form(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    return lambda: Answer.of(caller.upload(place_of(path), content, form=True))


def plain_under_way(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """Half of the bytes are there: the policies have been asked."""
    before = bucket.files()
    end = _send(caller, "POST", f"/object/{place_of(path)}", {"Content-Type": WEBM}, content)
    eventually(lambda: bucket.files() > before)
    return end


def resumable(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """Between two parts."""
    half = len(content) // 2
    url = caller.begun(place_of(path), len(content))
    assert caller.go_on(url, 0, content[:half]).status_code == 204
    return lambda: Answer.of(caller.go_on(url, half, content[half:]))


def resumable_under_way(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """Half of the only part is there."""
    url = caller.begun(place_of(path), len(content))
    headers = {**CHUNK, "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    end = _send(caller, "PATCH", urlsplit(url).path.removeprefix("/storage/v1"), headers, content)
    file: Path = bucket.folder / url.rpartition("/")[2]
    eventually(lambda: file.stat().st_size > 0)
    return end


def by_a_link(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """By a link for uploading that was signed before."""
    answer = caller.ask("POST", f"/object/upload/sign/{place_of(path)}")
    assert answer.status_code == 200, answer.text
    url = answer.json()["url"]
    return lambda: Answer.of(bucket.nobody.upload(url, content, method="PUT", path=""))


def by_the_service(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    return plain(bucket, bucket.service, path, content)


def by_the_service_over_it(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """By an upsert, for which candidates have no policy."""
    return lambda: Answer.of(bucket.service.upload(place_of(path), content, upsert=True))


def by_the_service_resumable(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    return resumable(bucket, bucket.service, path, content)


def by_a_link_of_the_service(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """By one that may replace what is there."""
    headers = {"x-upsert": "true"}
    answer = bucket.service.ask("POST", f"/object/upload/sign/{place_of(path)}", headers)
    assert answer.status_code == 200, answer.text
    url = answer.json()["url"]
    return lambda: Answer.of(bucket.nobody.upload(url, content, method="PUT", path=""))


def by_copying(bucket: Bucket, caller: Caller, path: str, content: bytes) -> End:
    """From another bucket, which the company's backend may use."""
    source = "copied.webm"
    bucket.db.connection.commit()
    with bucket.committed() as db, db.superuser():
        db.run(
            "insert into storage.buckets (id, name) values ('elsewhere', 'elsewhere')"
            " on conflict do nothing"
        )
    assert bucket.service.upload(f"elsewhere/{source}", content, upsert=True).status_code == 200
    ends = {"bucketId": "elsewhere", "sourceKey": source, "destinationBucket": BUCKET}
    body = {**ends, "destinationKey": path}
    return lambda: Answer.of(bucket.service.ask("POST", "/object/copy", json=body))


def _send(caller: Caller, method: str, path: str, headers: dict[str, str], content: bytes) -> End:
    """Send the first half of a request now; the end sends the other."""
    address = urlsplit(caller.url)
    line = HTTPConnection(str(address.hostname), address.port, timeout=60)
    line.putrequest(method, f"/storage/v1{path}")
    for name, value in {**caller.headers, **headers, "Content-Length": str(len(content))}.items():
        line.putheader(name, value)
    line.endheaders()
    half = len(content) // 2
    line.send(content[:half])

    def end() -> Answer:
        line.send(content[half:])
        response = line.getresponse()
        answer = Answer(response.status, response.read().decode())
        line.close()
        return answer

    return end


DOORS: dict[str, Door] = {
    door.__name__.replace("_", " "): door
    for door in (
        *(plain, in_a_form, plain_under_way, resumable, resumable_under_way, by_a_link),
        *(by_the_service, by_the_service_over_it, by_the_service_resumable),
        *(by_a_link_of_the_service, by_copying),
    )
}


def by_all(
    bucket: Bucket, caller: Caller, path: str, content: bytes, type: str = WEBM
) -> dict[str, Answer]:
    """What a caller's upload meets at each door, the last step that it comes to."""
    place = place_of(path)
    answers = {
        "plain": caller.upload(place, content, type),
        "form": caller.upload(place, content, type, form=True),
        "upsert": caller.upload(place, content, type, upsert=True),
        "update": caller.upload(place, content, type, method="PUT"),
        "resumable": caller.begin(place, len(content), type),
        "resumable upsert": caller.begin(place, len(content), type, **{"x-upsert": "true"}),
        "link": caller.ask("POST", f"/object/upload/sign/{place}"),
        "link upsert": caller.ask("POST", f"/object/upload/sign/{place}", {"x-upsert": "true"}),
    }
    for name, answer in answers.items():
        if name.startswith("resumable") and answer.is_success:
            url = answer.headers["location"]
            answers[name] = caller.go_on(url, 0, content)
        elif name.startswith("link") and answer.is_success:
            url = answer.json()["url"]
            answers[name] = bucket.nobody.upload(url, content, type, method="PUT", path="")
    return {name: Answer.of(answer) for name, answer in answers.items()}
