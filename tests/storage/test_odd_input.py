"""Requests that no client makes: odd paths, forged headers and tokens, bodies that lie."""

import base64
import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.environment import access_token
from local.stack import Stack
from tests.kit.hostile import MARKS, fuzzed, json_values, or_any_json
from tests.kit.responses import BUCKET
from tests.kit.waiting import eventually
from tests.storage.bucket import ATTACK, FIRST, Answering, Bucket
from tests.storage.caller import Caller, encoded, everything
from tests.storage.doors import Answer, by_all, place_of

pytestmark = [pytest.mark.xdist_group("storage"), *MARKS]


def send(
    caller: Caller,
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    cut: bool = False,
) -> Answer:
    """A request as it is, which no library corrects; `cut` closes the line after it."""
    with caller.line(method, path, body, {"Connection": "close", **(headers or {})}) as line:
        if cut:
            line.shutdown(socket.SHUT_WR)
        said = everything(line)
    head, _, text = said.partition("\r\n\r\n")
    return Answer(int(head.split(" ")[1]) if head else 0, text)


def cannot_be_held(text: str) -> bool:
    """Whether it has what PostgreSQL holds in no text; Storage says that the database failed."""
    return "database error, code: 22" in text


# ---- paths -------------------------------------------------------------------------------------

PATHS = {
    "up": "{folder}/../{path}",
    "up, encoded": "{folder}/%2e%2e%2f{path}",
    "up, encoded twice": "{folder}/%252e%252e%252f{path}",
    "up to another bucket": "../other/{path}",
    "out": "../../../../../../etc/passwd",
    "here": "./{path}",
    "two slashes": "{folder}//{name}",
    "slash first": "/{path}",
    "slash last": "{path}/",
    "backslash": "{folder}%5C{name}",
    "backslashes up": "..%5C..%5C{path}",
    "NUL": "{path}%00",
    "NUL within": "{folder}%00/{name}",
    "line": "{path}%0d%0aX-Injected:%201",
    "not UTF-8": "{path}%ff",
    "overlong": "{folder}%c0%af{name}",
    "half a surrogate": "{path}%ed%a0%80",
    "broken percent": "{path}%zz",
    "full width": "{folder}/%EF%BC%8E%EF%BC%8E/{name}",
    "composed": "{folder}/%C3%A9.webm",
    "decomposed": "{folder}/e%CC%81.webm",
    "invisible": "{path}%E2%80%8B",
    "upper case": "{upper}",
    "long": "{folder}/" + "x" * 1_000,
    "very long": "{folder}/" + "x" * 10_000,
    "blank": "{path}%20",
    "pattern": "{folder}/%25",
    "query": "{folder}/%3F{name}",
    "fragment": "{folder}/%23{name}",
    "empty": "",
}


@pytest.mark.parametrize("odd", PATHS)
def test_odd_paths(played: tuple[Bucket, Answering], odd: str) -> None:
    bucket, scene = played
    before = bucket.state()
    for path, caller in (
        (scene.path, bucket.caller(scene.candidate)),
        (scene.kept, bucket.service),
    ):
        folder, _, name = path.partition("/")
        given = PATHS[odd].format(path=path, folder=folder, name=name, upper=path.upper())
        for method, route in (
            ("POST", "/object/"),
            ("PUT", "/object/"),
            ("POST", "/object/upload/sign/"),
            ("GET", "/object/authenticated/"),
            ("HEAD", "/object/"),
            ("GET", "/object/info/"),
            ("DELETE", "/object/"),
        ):
            body = ATTACK if method in ("POST", "PUT") else b""
            answer = send(caller, method, f"{route}{BUCKET}/{given}", body, length_of(body))
            is_odd = 400 <= answer.status < 500 or "NUL" in odd
            assert is_odd, (method, route, answer)
            assert FIRST.decode() not in answer.text
        begun = caller.begin(f"{BUCKET}/{given}", 5)
        assert 400 <= begun.status_code < 500, begun.text
    assert bucket.state() == before


def length_of(body: bytes) -> dict[str, str]:
    return {"Content-Length": str(len(body)), "Content-Type": "video/webm"} if body else {}


# ---- lengths -----------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["4", "0", "100", "-1", "x", "1e9", "52428801", "9" * 30])
def test_lies_about_the_length(bucket: Bucket, length: str) -> None:
    """As much as was said is taken, or nothing."""
    scene = bucket.answering()
    candidate, files = bucket.caller(scene.candidate), bucket.files()
    headers = {"Content-Length": length, "Content-Type": "video/webm"}
    answer = send(
        candidate,
        "POST",
        f"/object/{place_of(scene.path)}",
        b"0123456789",
        headers,
        cut=length in ("100", "52428801"),
    )
    assert answer.status < 500
    if answer.is_success:
        assert (length, bucket.bytes_of(scene.path)) == ("4", b"0123")
    else:
        assert bucket.bytes_of(scene.path) is None
        eventually(lambda: bucket.files() == files)


def test_two_lengths(bucket: Bucket) -> None:
    scene = bucket.answering()
    candidate, before = bucket.caller(scene.candidate), bucket.state()
    path, body = f"/object/{place_of(scene.path)}", b"5\r\n01234\r\n0\r\n\r\n"
    for headers in (
        {"Content-Length": "5", "Transfer-Encoding": "chunked"},
        {"Content-Length": "5\r\nContent-Length: 6"},
        {"Transfer-Encoding": "chunked, identity"},
    ):
        sent = {**headers, "Content-Type": "video/webm"}
        assert send(candidate, "POST", path, body, sent).status == 400
    eventually(lambda: bucket.state() == before)


# ---- who ---------------------------------------------------------------------------------------


def test_tokens(stack: Stack, bucket: Bucket) -> None:
    scene = bucket.answering()
    candidate, before = bucket.caller(scene.candidate), bucket.state()
    secret = stack.environment.supabase_jwt_secret
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    payload = str(candidate.token).split(".")[1]
    tokens = {
        "expired": access_token(secret, sub=candidate.id, exp=1),
        "another secret": access_token("x" * 40, sub=candidate.id),
        "unsigned": f"{unsigned}.{payload}.",
        "cut": str(candidate.token)[:-4],
        "role of the database": access_token(secret, "postgres", sub=candidate.id),
        "role of Storage": access_token(secret, "supabase_storage_admin", sub=candidate.id),
        "nobody": access_token(secret, sub="00000000-0000-4000-8000-000000000000"),
        "no subject": access_token(secret),
        "as anon": access_token(secret, "anon", sub=candidate.id),
        "guessed": "sb_secret_guessed",
    }
    for name, token in tokens.items():
        caller = Caller(candidate.url, candidate.key, token)
        for answer in by_all(bucket, caller, scene.path, ATTACK).values():
            assert answer.status in (400, 403), (name, answer)
        assert caller.read(place_of(scene.kept)).status_code in (400, 403), name
        assert caller.sign(place_of(scene.kept)).status_code in (400, 403), name
    # A subject that is no id does not get as far as a row.
    for sub in ("x", "' or true --", "\0", "x" * 5_000):
        caller = Caller(candidate.url, candidate.key, access_token(secret, sub=sub))
        assert caller.read(place_of(scene.kept)).status_code >= 400
    assert bucket.state() == before


def test_a_key_without_a_token(stack: Stack, bucket: Bucket) -> None:
    """The publishable key alone is nobody; a secret key is the service, as on a hosted project."""
    scene = bucket.answering()
    before = bucket.state()
    environment = stack.environment
    for key in (
        environment.supabase_anon_key,
        environment.supabase_publishable_key,
        environment.supabase_service_role_key,
        str(bucket.caller(scene.candidate).token),
        "x",
        "",
    ):
        for path in (scene.path, scene.kept):
            for method, route in (("POST", "object"), ("GET", "object/authenticated")):
                headers = {"apikey": key, "Content-Type": "video/webm"}
                body = ATTACK if method == "POST" else b""
                answer = bucket.nobody.ask(
                    method, f"/{route}/{place_of(path)}", headers, content=body
                )
                assert answer.status_code == 400, answer.text
    assert bucket.state() == before


# ---- bodies ------------------------------------------------------------------------------------

ABOUT = {
    "text": '"x"',
    "number": "1e400",
    "list": "[1]",
    "null": "null",
    "deep": "[" * 500 + "]" * 500,
    "cut": '{"duration_seconds": ',
    "object": '{"duration_seconds": {"a": 1}}',
    "prototype": '{"__proto__": {"duration_seconds": 1}}',
    "NUL": '{"duration_seconds": "\\u0000"}',
    "half a surrogate": '{"duration_seconds": "\\ud800"}',
    "large": json.dumps({"duration_seconds": "9" * 5_000}),
}


@pytest.mark.parametrize("odd", ABOUT)
def test_what_a_client_says_of_its_file(bucket: Bucket, odd: str) -> None:
    """An upload fails because of it only if PostgreSQL cannot hold it."""
    scene = bucket.answering()
    candidate = bucket.caller(scene.candidate)
    headers = {"x-metadata": encoded(ABOUT[odd]), "Content-Type": "video/webm"}
    answer = candidate.ask("POST", f"/object/{place_of(scene.path)}", headers, content=ATTACK)
    fits = odd not in ("NUL", "half a surrogate")
    assert answer.is_success if fits else cannot_be_held(answer.text), answer.text
    answer = candidate.ask(
        "POST",
        f"/object/{place_of(scene.second)}",
        files={"": ("blob", ATTACK, "video/webm")},
        data={"metadata": ABOUT[odd]},
    )
    assert answer.is_success if fits else cannot_be_held(answer.text), answer.text
    for path in (scene.path, scene.second):
        assert bucket.bytes_of(path) == (ATTACK if fits else None)


ROUTES = [
    ("POST", "/object/list/{bucket}"),
    ("POST", "/object/sign/{bucket}"),
    ("POST", "/object/sign/{bucket}/{kept}"),
    ("POST", "/object/move"),
    ("POST", "/object/copy"),
    ("DELETE", "/object/{bucket}"),
]


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_odd_bodies(played: tuple[Bucket, Answering], method: str, route: str) -> None:
    """Of a candidate, in the shape of the route's or any other."""
    bucket, scene = played
    other = bucket.caller(scene.recruiter)
    before = bucket.state()
    paths = st.sampled_from([scene.kept, scene.path, scene.second, "", "/", "../", "\0"])
    bodies = st.fixed_dictionaries(
        {},
        optional={
            "prefix": or_any_json(paths),
            "search": or_any_json(paths),
            "limit": or_any_json(st.integers()),
            "offset": or_any_json(st.integers()),
            "sortBy": or_any_json(
                st.fixed_dictionaries({"column": or_any_json(paths), "order": paths})
            ),
            "paths": or_any_json(st.lists(or_any_json(paths))),
            "prefixes": or_any_json(st.lists(or_any_json(paths))),
            "expiresIn": or_any_json(st.integers()),
            "bucketId": or_any_json(st.sampled_from([BUCKET, "elsewhere"])),
            "sourceKey": or_any_json(paths),
            "destinationKey": or_any_json(paths),
            "destinationBucket": or_any_json(st.sampled_from([BUCKET, "elsewhere"])),
        },
    )

    @fuzzed(8)
    @given(body=or_any_json(bodies) | json_values)
    def run(body: Any) -> None:
        content = json.dumps(body).encode()
        path = route.format(bucket=BUCKET, kept=scene.kept)
        answer = other.ask(method, path, {"Content-Type": "application/json"}, content=content)
        is_odd = answer.status_code in (200, 400) or cannot_be_held(answer.text)
        assert is_odd, (answer.text, content)
        assert "token=" not in answer.text

    run()
    assert bucket.state() == before
