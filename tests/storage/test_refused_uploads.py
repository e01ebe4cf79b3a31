"""Uploads to where nothing is awaited, and of what is not awaited; links that are older."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.kit import responses
from tests.kit.responses import BUCKET, COMPLETE, DELETE
from tests.storage.bucket import ATTACK, FIRST, Bucket
from tests.storage.caller import CHUNK, Caller, refused
from tests.storage.doors import Answer, by_all, place_of
from tests.storage.test_attacks import is_refused

pytestmark = pytest.mark.xdist_group("storage")

NEVER = "00000000-0000-4000-8000-000000000000"


def all_refused(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        assert is_refused(answer), (name, answer)


# ---- where ---------------------------------------------------------------------------------------


def test_other_peoples_paths(bucket: Bucket) -> None:
    mine, other = bucket.answering(), bucket.answering()
    strangers = [
        bucket.caller(mine.candidate),
        bucket.caller(mine.recruiter),
        bucket.caller(other.recruiter),
        bucket.account(),
        bucket.account(confirmed=False),
        bucket.account(anonymous=True),
        bucket.anon,
    ]
    before = bucket.state()
    for stranger in strangers:
        for path in (other.path, other.second, other.kept):
            all_refused(by_all(bucket, stranger, path, ATTACK))
    for answer in by_all(bucket, bucket.nobody, other.path, ATTACK).values():
        assert answer.status == 400
    assert bucket.state() == before


def test_paths_without_a_response(bucket: Bucket) -> None:
    scene = bucket.answering()
    before = bucket.state()
    folder, _, name = scene.path.partition("/")
    for path in (
        f"{folder}/{NEVER}.webm",
        f"{NEVER}/{name}",
        name,
        f"{folder}/{name.replace('.webm', '.mp4')}",
        f"{folder}/{name}/part",
        scene.path.upper(),
        f"{folder}/{scene.response_id}",
    ):
        for caller in (bucket.caller(scene.candidate), bucket.service):
            all_refused(by_all(bucket, caller, path, ATTACK))
    assert bucket.state() == before


# ---- what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "type", ["video/mp4", "audio/webm", "text/html", "image/svg+xml", "application/octet-stream"]
)
def test_other_types(bucket: Bucket, type: str) -> None:
    scene = bucket.answering()
    before = bucket.state()
    for caller in (bucket.caller(scene.candidate), bucket.service):
        for name, answer in by_all(bucket, caller, scene.path, ATTACK, type).items():
            assert answer.status in (400, 403, 415), (name, answer)
    assert bucket.state() == before


def test_a_resumable_upload_without_a_type(bucket: Bucket) -> None:
    """Storage does not ask the bucket's list then; the trigger does."""
    scene = bucket.answering()
    before = bucket.state()
    for caller in (bucket.caller(scene.candidate), bucket.service):
        begun = caller.begin(place_of(scene.path), len(ATTACK), type=None)
        answer = caller.go_on(begun.headers["location"], 0, ATTACK)
        assert (answer.status_code, "another type" in answer.text) == (403, True)
    assert bucket.state() == before


def test_nothing_at_all(bucket: Bucket) -> None:
    scene = bucket.answering()
    before = bucket.state()
    for caller in (bucket.caller(scene.candidate), bucket.service):
        all_refused(by_all(bucket, caller, scene.path, b""))
    assert bucket.state() == before


LIMIT = 1_000


@contextmanager
def lowered(bucket: Bucket) -> Iterator[None]:
    """The DBA has lowered the bucket's limit while somebody records."""
    sql = "update storage.buckets set file_size_limit = %s where id = %s"
    with bucket.committed() as db:
        kept = db.as_owner().value("select private.response_max_bytes()")
        db.run(sql, LIMIT, BUCKET)
    try:
        yield
    finally:
        with bucket.committed() as db:
            db.as_owner().run(sql, kept, BUCKET)


def test_more_than_the_lowered_limit(bucket: Bucket) -> None:
    scene = bucket.answering()
    candidate, place = bucket.caller(scene.candidate), place_of(scene.path)
    before = bucket.state()
    with lowered(bucket):
        for caller in (bucket.service, candidate):
            for name, answer in by_all(bucket, caller, scene.path, b"x" * (LIMIT + 1)).items():
                assert answer.status in (400, 413), (name, answer)
                assert "xceeded" in answer.text or is_refused(answer), (name, answer)
        # Without a Content-Length.
        chunks = (b"x" * 100 for _ in range(20))
        streamed = candidate.ask(
            "POST", f"/object/{place}", {"Content-Type": "video/webm"}, content=chunks
        )
        refused(streamed, 413, "The object exceeded the maximum allowed size")
        assert bucket.state() == before
        assert bucket.call(candidate, "response_settings")["max_bytes"] == LIMIT
        assert candidate.upload(place, b"x" * LIMIT).status_code == 200


def test_more_than_was_said(bucket: Bucket) -> None:
    """A resumable upload with more bytes than its length, or with a length that comes later."""
    scene = bucket.answering()
    candidate, place = bucket.caller(scene.candidate), place_of(scene.path)
    with lowered(bucket):
        first = candidate.begin(place, 10)
        url = first.headers["location"]
        assert candidate.go_on(url, 0, b"x" * 11).status_code in (400, 413)
        assert candidate.tus("DELETE", url).status_code == 204
        later = {
            "Upload-Defer-Length": "1",
            "Upload-Metadata": first.request.headers["upload-metadata"],
        }
        begun = candidate.tus("POST", "/upload/resumable", later)
        assert begun.status_code == 201
        url = begun.headers["location"]
        too_long = {**CHUNK, "Upload-Offset": "0", "Upload-Length": str(LIMIT + 1)}
        assert candidate.tus("PATCH", url, too_long, content=b"x" * 10).status_code == 413
        assert candidate.go_on(url, 0, b"x" * (LIMIT + 1)).status_code == 413
        assert bucket.bytes_of(scene.path) is None
    assert candidate.upload(place, FIRST).status_code == 200


def test_more_than_fifty_megabytes(bucket: Bucket) -> None:
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    assert candidate.begin(place_of(scene.path), 52_428_801).status_code == 413
    assert bucket.service.begin(place_of(scene.path), 52_428_801).status_code == 413


# ---- links ---------------------------------------------------------------------------------------


def _link(caller: Caller, path: str) -> str:
    answer = caller.sign(place_of(path), 600)
    assert answer.status_code == 200, answer.text
    link: str = answer.json()["signedURL"]
    return link


def test_links_after_a_transfer(bucket: Bucket) -> None:
    """A link that was handed out opens until it expires; the old recruiter gets no other."""
    scene = bucket.answering()
    recruiter, heir = bucket.caller(scene.recruiter), bucket.account()
    with bucket.committed() as db:
        db.as_user(scene.candidate).value(COMPLETE, scene.interview)
    link = _link(recruiter, scene.kept)
    with bucket.committed() as db:
        db.as_service().value(
            "select public.transfer_interviews(%s, %s, 10)", scene.recruiter, heir.id
        )
    assert bucket.nobody.ask("GET", link).content == FIRST
    refused(recruiter.sign(place_of(scene.kept)), 404, "Object not found")
    refused(recruiter.read(place_of(scene.kept)), 404, "Object not found")
    many = {"expiresIn": 60, "paths": [scene.kept]}
    (signed,) = recruiter.ask("POST", f"/object/sign/{BUCKET}", json=many).json()
    assert signed["signedURL"] is None
    assert bucket.nobody.ask("GET", _link(heir, scene.kept)).content == FIRST


@pytest.mark.parametrize("end", ["deleted", "interview", "account", "another take"])
def test_links_after_the_recording_is_gone(bucket: Bucket, end: str) -> None:
    """Nobody signs a new one; those that were handed out open until the worker's turn."""
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    callers = [candidate, bucket.service]
    links = [_link(caller, scene.kept) for caller in callers]

    with bucket.committed() as db:
        if end == "deleted":
            db.as_user(scene.candidate).value(DELETE, scene.interview)
        elif end == "interview":
            db.as_user(scene.recruiter).run(
                "delete from public.interviews where id = %s", scene.interview
            )
        elif end == "account":
            with db.superuser():
                db.run("delete from auth.users where id = %s", scene.candidate)
    if end == "another take":
        assert candidate.upload(place_of(scene.path), ATTACK).status_code == 200
    refused(candidate.sign(place_of(scene.kept)), 404, "Object not found")
    refused(candidate.read(place_of(scene.kept)), 404, "Object not found")
    with bucket.committed() as db:
        assert responses.removals(db) == [scene.kept]
    assert bucket.turn() == [scene.kept]
    for link in links:
        refused(bucket.nobody.ask("GET", link), 404, "Object not found")
        refused(bucket.nobody.ask("GET", link, {"Range": "bytes=0-3"}), 404, "Object not found")
    # What a candidate recorded is not put back under its name.
    all_refused(by_all(bucket, bucket.service, scene.kept, ATTACK))
