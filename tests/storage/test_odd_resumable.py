"""Resumable uploads as no client makes them: forged metadata, lies, other people's."""

import pytest

from tests.kit.responses import BUCKET
from tests.storage.bucket import Answering, Bucket
from tests.storage.caller import CHUNK, encoded
from tests.storage.doors import place_of

pytestmark = pytest.mark.xdist_group("storage")


def awaited(scene: Answering) -> str:
    """The right header."""
    pairs = {"bucketName": BUCKET, "objectName": scene.path, "contentType": "video/webm"}
    return ",".join(f"{key} {encoded(value)}" for key, value in pairs.items())


FORGED = {
    "rubbish": "%%%",
    "not base64": "bucketName ####,objectName ####",
    "half base64": "{bucket},{mine}x",
    "two buckets": "{bucket},{storage},{mine}",
    "two names": "{bucket},{mine},{kept},{type}",
    "two names, the other first": "{bucket},{kept},{mine},{type}",
    "no name": "{bucket}",
    "no bucket": "{mine}",
    "no value": "{bucket},objectName",
    "other bucket": "{storage},{mine}",
    "kept": "{bucket},{kept},{type}",
    "up": "{bucket},{up},{type}",
    "NUL": "{bucket},{nul},{type}",
    "prototype": "{bucket},__proto__ eA==,{prototype}",
    "long": "{bucket},{long}",
}


@pytest.mark.parametrize("odd", FORGED)
def test_forged_metadata(played: tuple[Bucket, Answering], odd: str) -> None:
    bucket, scene = played
    before = bucket.state()
    names = {
        "mine": scene.path,
        "kept": scene.kept,
        "up": f"../{scene.path}",
        "nul": f"{scene.path}\0",
        "prototype": "__proto__",
        "long": "x" * 5_000,
    }
    pairs = {
        "bucket": f"bucketName {encoded(BUCKET)}",
        "storage": f"bucketName {encoded('storage')}",
        "type": f"contentType {encoded('video/webm')}",
        **{name: f"objectName {encoded(path)}" for name, path in names.items()},
    }
    headers = {"Upload-Length": "5", "Upload-Metadata": FORGED[odd].format(**pairs)}
    for caller in (bucket.caller(scene.candidate), bucket.service):
        answer = caller.tus("POST", "/upload/resumable", headers)
        assert 400 <= answer.status_code < 500, answer.text
    assert bucket.state() == before


def test_lies_about_the_offset(bucket: Bucket) -> None:
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    url = candidate.begun(place_of(scene.path), 10)
    assert candidate.go_on(url, 0, b"01234").status_code == 204
    for offset in ("0", "4", "6", "10", "11", "-1", "5.0", "05", "x", "", "9" * 30, "5, 5"):
        for content in (b"", b"56789"):
            headers = {**CHUNK, "Upload-Offset": offset}
            answer = candidate.tus("PATCH", url, headers, content=content)
            assert answer.status_code in (400, 403, 404, 409), (offset, answer.text)
    for length in ("3", "10", "1000"):
        headers = {**CHUNK, "Upload-Offset": "5", "Upload-Length": length}
        assert candidate.tus("PATCH", url, headers, content=b"56789").status_code == 400
    assert candidate.go_on(url, 5, b"56789").status_code == 204
    assert bucket.bytes_of(scene.path) == b"0123456789"
    for end in (0, 10):
        assert candidate.go_on(url, end, b"").status_code in (403, 409)
    # It is finished, and not taken back.
    assert candidate.tus("DELETE", url).status_code in (400, 403)
    assert candidate.read(place_of(scene.path)).content == b"0123456789"


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "-1"},
        {"Upload-Length": "x"},
        {"Upload-Length": "9" * 30},
        {"Upload-Length": "1e3"},
        {},
        {"Upload-Length": "5", "Upload-Defer-Length": "1"},
        {"Upload-Length": "5", "Upload-Concat": "partial"},
        {"Upload-Concat": "final;/a /b"},
        {"Upload-Length": "5", "Tus-Resumable": "0.0.1"},
    ],
    ids=str,
)
def test_odd_beginnings(played: tuple[Bucket, Answering], headers: dict[str, str]) -> None:
    bucket, scene = played
    before = bucket.state()
    pairs = awaited(scene)
    for caller in (bucket.caller(scene.candidate), bucket.service):
        given = {"Upload-Metadata": pairs, **headers}
        answer = caller.tus("POST", "/upload/resumable", given)
        assert 400 <= answer.status_code < 500 or answer.status_code == 501, answer.text
    assert bucket.state() == before


def test_another_persons_upload(bucket: Bucket) -> None:
    """Who knows its URL learns how far it is, and can neither add to it nor end it."""
    scene, other = bucket.answering(), bucket.answering()
    candidate = bucket.caller(scene.candidate)
    url = candidate.begun(place_of(scene.path), 10)
    assert candidate.go_on(url, 0, b"01234").status_code == 204
    others = [bucket.caller(other.candidate), bucket.caller(scene.recruiter), bucket.anon]
    forged = {"Upload-Metadata": awaited(other), "X-HTTP-Method-Override": "PATCH"}
    for caller in [*others, bucket.nobody]:
        for headers in ({}, forged, {"x-upsert": "true"}):
            patch = {**CHUNK, "Upload-Offset": "5", **headers}
            assert caller.tus("PATCH", url, patch, content=b"56789").status_code in (400, 403)
            assert caller.tus("DELETE", url, headers).status_code in (400, 403)
            assert caller.tus("POST", url, patch, content=b"56789").status_code in (400, 403)
            head = caller.tus("HEAD", url, headers)
            assert head.status_code == (400 if caller is bucket.nobody else 200)
            assert caller.ask("GET", url).status_code in (400, 403, 404)
    assert candidate.tus("HEAD", url).headers["upload-offset"] == "5"
    assert candidate.go_on(url, 5, b"56789").status_code == 204
    assert candidate.read(place_of(scene.path)).content == b"0123456789"


def test_an_upload_goes_nowhere_else(bucket: Bucket) -> None:
    """What a later part says of bucket and name does not count."""
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    url = candidate.begun(place_of(scene.path), 5)
    forged = awaited(scene).replace(encoded(scene.path), encoded(scene.second))
    headers = {**CHUNK, "Upload-Offset": "0", "Upload-Metadata": forged}
    assert candidate.tus("PATCH", url, headers, content=b"01234").status_code == 204
    assert bucket.bytes_of(scene.path) == b"01234"
    assert bucket.bytes_of(scene.second) is None
