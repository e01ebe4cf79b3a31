"""Hostile bodies, headers and files for the service."""

import errno
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.processes import LOOPBACK
from service.http import candidate_files
from service.http.problems import Problem
from service.http.request_schemas import MOST_EMAILS
from tests.kit.hostile import (
    MARKS,
    ODD,
    addresses,
    assert_documented,
    fuzzed,
    ids,
    json_values,
    or_any_json,
    short,
    storable,
    text,
)
from tests.kit.waiting import PATIENCE
from tests.service.conftest import BACKEND, Seed, Service, token
from tests.service.test_schemathesis import ALONE, served

pytestmark = MARKS

# ---- files --------------------------------------------------------------------------------------

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-7"]
cells = addresses() | short | st.sampled_from(["email", "E-Mail", "name", ""])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Files of rows, in every dialect and encoding, usually well formed."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", " "]))
    ending = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\r", "\n\n", "\v", "\u2028"]))
    quote = draw(st.sampled_from(["minimal", "all", "none", "one is left open"]))

    def quoted(cell: str) -> str:
        if quote == "none" or (quote == "minimal" and not re.search(r'[",;\t\r\n]', cell)):
            return cell
        return '"' + cell.replace('"', '""') + '"'

    rows = draw(st.lists(st.lists(cells, max_size=4), max_size=8))
    content = ending.join(delimiter.join(map(quoted, row)) for row in rows)
    if quote == "one is left open":
        at = draw(st.integers(0, len(content)))
        content = content[:at] + '"' + content[at:]
    times = draw(st.sampled_from([1, 1, 1, 1, 10_001 // max(len(rows), 1) + 1]))
    encoded = (ending.join([content] * times)).encode(draw(st.sampled_from(ENCODINGS)), "replace")
    return draw(st.sampled_from([b"", b"", b"", b"\xff\xfe", b"\xef\xbb\xbf", b"\0"])) + encoded


@fuzzed(40)
@given(content=files() | st.binary(max_size=300))
def test_a_file_is_understood_or_refused(content: bytes) -> None:
    try:
        table = candidate_files.read(content)
    except Problem as problem:
        assert problem.code in ("unreadable_file", "too_many_emails", "ambiguous_column")
        assert_documented(problem.code, problem.status)
        return
    numbers = [row.row for row in table.rows]
    assert numbers == sorted(numbers) and len(table.emails) <= MOST_EMAILS
    # No row is lost: it is above the header, or it has an outcome.
    assert set(range(numbers[0], numbers[-1] + 1)) == set(numbers)
    assert table.emails and "\0" not in "".join(table.emails)
    outcomes = [{"email": email, "outcome": "created"} for email in table.emails]
    assert [row["row"] for row in table.with_outcomes(outcomes)] == numbers
    json.dumps(table.described())


# ---- requests -----------------------------------------------------------------------------------


@pytest.fixture
def url(service: Service, tmp_path: Path) -> Iterator[str]:
    """The service behind its server."""
    with served(service, tmp_path) as running:
        yield running


@pytest.fixture
def interview(seed: Seed) -> str:
    """One that takes candidates."""
    return str(seed.interview())


def assert_answer(answer: httpx.Response) -> None:
    """A success in JSON, or a documented problem."""
    if answer.is_success:
        answer.json()
        return
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    assert_documented(answer.json()["code"], answer.status_code)


FORMS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "/invite": {
        "email": or_any_json(addresses() | text),
        "emails": or_any_json(st.lists(or_any_json(addresses() | text), max_size=4)),
        "interview_id": or_any_json(ids()),
        "recruiter_name": or_any_json(text),
    },
    "/send-interview-invite": {
        "email": or_any_json(addresses() | text),
        "invite_code": or_any_json(text),
        "interview_title": or_any_json(text),
        "recruiter_name": or_any_json(text),
    },
    "/interviews/{}/invites": {
        "emails": or_any_json(st.lists(or_any_json(addresses() | text), max_size=4)),
        "recruiter_name": or_any_json(text),
    },
}


@pytest.mark.parametrize("path", FORMS)
def test_json(url: str, interview: str, path: str) -> None:
    existing = {"interview_id": interview} if path == "/invite" else {}

    @fuzzed(20)
    @given(
        given=st.fixed_dictionaries({}, optional=FORMS[path]),
        more=st.dictionaries(short, json_values, max_size=1),
        damage=st.sampled_from(["", "", "", "", "cut", "deep", "raw", "utf-16"]),
    )
    def run(given: dict[str, Any], more: dict[str, Any], damage: str) -> None:
        body = json.dumps({**existing, **given, **more})
        content = {
            "cut": body.encode()[:-1],
            "deep": b"[" * 50_000,
            "raw": json.dumps(given, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            "utf-16": body.encode("utf-16"),
        }.get(damage, body.encode())
        headers = {**BACKEND, "Content-Type": "application/json"}
        assert_answer(client.post(url + path.format(interview), content=content, headers=headers))

    with httpx.Client(timeout=PATIENCE, limits=ALONE) as client:
        run()


def test_uploads(url: str, interview: str) -> None:
    types = ["text/csv", "text/tab-separated-values", "text/csv; charset=utf-16", "text/plain", ""]

    @fuzzed(20)
    @given(
        content=files(),
        as_form=st.booleans(),
        kind=st.sampled_from(types),
        name=storable,
        query=st.dictionaries(
            st.sampled_from(["dry_run", "recruiter_name", "x"]),
            st.sampled_from(["1", "0", "maybe", "", *ODD]).map(encodable),
        ),
    )
    def run(content: bytes, as_form: bool, kind: str, name: str, query: dict[str, str]) -> None:
        sent: dict[str, Any] = {"content": content, "headers": {**BACKEND, "Content-Type": kind}}
        if as_form:
            field, data = ("file", name[:40], kind or "x"), {"recruiter_name": name[:1000]}
            sent = {"files": {field[0]: (field[1], content, field[2])}, "data": data}
            sent["headers"] = BACKEND
        assert_answer(client.post(f"{url}/interviews/{interview}/invites", params=query, **sent))

    with httpx.Client(timeout=PATIENCE, limits=ALONE) as client:
        run()


def encodable(text: str) -> str:
    """What goes into a query string."""
    return text.encode("utf-8", "replace").decode()


def test_lists(url: str, interview: str, seed: Seed) -> None:
    # Five of them fit into the longest line that gunicorn reads, however they are encoded.
    values = storable.map(lambda value: value[:100]) | st.integers().map(str)
    owner = str(seed.recruiter())
    client = httpx.Client(timeout=PATIENCE)

    @fuzzed(30)
    @given(
        query=st.dictionaries(
            st.sampled_from(["limit", "cursor", "status", "delivery_status", "x"]), values
        ),
        of=ids(interview),
        authorization=st.sampled_from([BACKEND["Authorization"], f"Bearer {token(sub=owner)}"]),
    )
    def run(query: dict[str, str], of: str, authorization: str) -> None:
        path = f"{url}/interviews/{quote(of.encode('utf-8', 'surrogatepass'), safe='')}/invites"
        headers = {"Authorization": authorization}
        assert_answer(client.get(path, params=query, headers=headers, follow_redirects=True))

    with client:
        run()


# ---- headers ------------------------------------------------------------------------------------

octets = st.binary(max_size=40) | st.sampled_from(ODD).map(
    lambda odd: odd.encode("utf-8", "surrogatepass")
)
HEADERS = [
    *(b"X-Request-ID", b"Authorization", b"Idempotency-Key", b"Content-Type", b"Accept", b"Origin"),
    *(b"X-Forwarded-For", b"X-Forwarded-Host", b"Forwarded", b"Cookie", b"Range", b"If-Match"),
    *(b"Accept-Encoding", b"Content-Encoding", b"X-HTTP-Method-Override", b"Upgrade", b"Expect"),
]
SENT_BEFORE = [
    b"Bearer ",
    b"bearer\t",
    b"Basic ",
    b"Bearer Bearer ",
    b"Digest username=",
    b"",
    b"Bearer a.b.",
]


@fuzzed(30)
@given(
    headers=st.lists(
        st.tuples(st.sampled_from(HEADERS), st.sampled_from(SENT_BEFORE), octets), max_size=4
    ),
    length=st.sampled_from([None, None, b"0", b"-1", b"5", b"99999999999", b"1e3", b"5, 6", b""]),
    chunked=st.sampled_from([None, None, None, b"chunked", b"identity", b"chunked, chunked"]),
    filler=st.sampled_from([0, 0, 0, 5_000, 300_000]),
    method=st.sampled_from([b"POST", b"POST", b"GET", b"HEAD", b"PUT", b"TRACE", b"NONSENSE"]),
)
def test_headers(
    url: str,
    headers: list[tuple[bytes, bytes, bytes]],
    length: bytes | None,
    chunked: bytes | None,
    filler: int,
    method: bytes,
) -> None:
    content = b'{"email": "somebody@example.com"}'
    lines = [
        method + b" /invite HTTP/1.1",
        b"Host: service",
        b"Connection: close",
        b"Content-Length: " + (str(len(content)).encode() if length is None else length),
        *([b"Transfer-Encoding: " + chunked] if chunked else []),
        *([b"X-Filler: " + b"x" * filler] if filler else []),
        *(name + b": " + before + value for name, before, value in headers),
    ]
    assert_refusals(exchange(url, b"\r\n".join(lines) + b"\r\n\r\n" + content))


def test_basic_credentials_beyond_ascii(url: str) -> None:
    """Which Werkzeug does not read."""
    lines = [b"POST /invite HTTP/1.1", b"Host: service", b"Connection: close"]
    sent = [*lines, b"Content-Length: 0", b"Authorization: Basic \xf1\xd9\xf8"]
    received = exchange(url, b"\r\n".join(sent) + b"\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 401 "), received[:300]
    assert b'"missing_credentials"' in received


@pytest.mark.parametrize("prefix", ["/health", "/elsewhere"])
def test_no_header_changes_the_path(url: str, prefix: str) -> None:
    lines = ["GET /health HTTP/1.1", "Host: service", f"SCRIPT_NAME: {prefix}", "Connection: close"]
    received = exchange(url, "\r\n".join([*lines, "", ""]).encode())
    assert received.startswith(b"HTTP/1.1 200 "), received[:300]


def exchange(url: str, sent: bytes) -> bytes:
    """Everything that is received until the server closes; nothing more is sent."""
    with socket.create_connection(
        (LOOPBACK, httpx.URL(url).port or 80), timeout=PATIENCE
    ) as connection:
        received = b""
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
        except OSError as error:  # it has heard enough, or has gone before we said that we had
            if not isinstance(error, ConnectionError) and error.errno != errno.ENOTCONN:
                raise
    return received


# Of gunicorn, for what it does not hand on.
PLAIN = {400, 413, 417, 431, 501}


def assert_refusals(received: bytes) -> None:
    """Documented problems, or what the web server refuses by itself; nobody was let in."""
    head, _, content = received.partition(b"\r\n\r\n")
    if not received:
        return
    status_line, *fields = head.decode("latin-1").split("\r\n")
    assert re.fullmatch(r"HTTP/1\.[01] \d{3} [ -~]*", status_line), status_line
    assert all(re.fullmatch(r"[\w-]+: [ -~]*", field) for field in fields), fields
    status = int(status_line.split()[1])
    named = dict(field.lower().split(": ", 1) for field in fields)
    if named.get("content-type") == "application/problem+json":
        assert re.fullmatch("[A-Za-z0-9._-]{1,64}", named["x-request-id"])
        if content:  # not after HEAD
            body, _ = json.JSONDecoder().raw_decode(content.decode())
            assert_documented(body["code"], status)
    else:
        assert status in PLAIN, received[:300]
