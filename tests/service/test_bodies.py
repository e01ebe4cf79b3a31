"""Bodies as bytes on a connection: chunked, at the limit, malformed or cut."""

import io
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.http.bodies import MOST_BYTES, MOST_UNVERIFIED
from tests.kit.gateway import Gateway
from tests.service.conftest import BACKEND, Invited, Seed, Service, address, token
from tests.service.test_callers import calls
from tests.service.test_fuzz import exchange
from tests.service.test_schemathesis import served


@pytest.fixture
def url(service: Service, tmp_path: Path) -> Iterator[str]:
    """The service as gunicorn serves it."""
    with served(service, tmp_path) as url:
        yield url


def post(
    url: str,
    interview: uuid.UUID,
    content_type: str,
    framing: str,
    sent: bytes,
    credentials: str = BACKEND["Authorization"],
) -> tuple[int, str | None]:
    """The status and the code of the answer to a list of candidates."""
    head = [
        f"POST /interviews/{interview}/invites HTTP/1.1",
        "Host: service",
        "Connection: close",
        f"Authorization: {credentials}",
        f"Content-Type: {content_type}",
        framing,
    ]
    received = exchange(url, "\r\n".join([*head, "", ""]).encode() + sent)
    answer_head, _, content = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", answer_head)
    assert status, received[:300]
    return int(status[1]), json.loads(content).get("code")


CHUNKED = "Transfer-Encoding: chunked"


def chunked(body: bytes) -> bytes:
    """In chunks of 64 KiB."""
    parts = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])


def framed(body: bytes) -> list[tuple[str, bytes]]:
    """Both ways to send it: how it is announced, and the bytes."""
    return [(CHUNKED, chunked(body)), (f"Content-Length: {len(body)}", body)]


def csv(size: int, email: str) -> bytes:
    """A file of this size whose last bytes are an address."""
    rows = ["note;email\n", *(f"{'x' * 100_000};{address()}\n" for _ in range(41))]
    text = "".join(rows)
    return f"{text}{'x' * (size - len(text) - len(email) - 1)};{email}".encode()


Form = Callable[[int, str], tuple[str, bytes]]


def as_csv(size: int, email: str) -> tuple[str, bytes]:
    return "text/csv", csv(size, email)


def as_form(size: int, email: str) -> tuple[str, bytes]:
    before = b'--line\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    after = b"\r\n--line--\r\n"
    content = csv(size - len(before) - len(after), email)
    return "multipart/form-data; boundary=line", before + content + after


def as_json(size: int, email: str) -> tuple[str, bytes]:
    return "application/json", json.dumps({"emails": [email]})[:-1].ljust(size - 1).encode() + b"}"


@pytest.mark.parametrize("form", [as_csv, as_form, as_json])
def test_a_list_is_read_whole_or_refused(url: str, seed: Seed, form: Form) -> None:
    interview = seed.interview()
    content_type, body = form(MOST_BYTES + 1, address())
    for framing, sent in framed(body):
        answer = post(url, interview, content_type, framing, sent)
        assert answer == (413, "request_too_large"), framing
    assert seed.mails() == [], "nothing of it is invited"
    email = address()
    content_type, body = form(MOST_BYTES, email)
    for framing, sent in framed(body):
        assert post(url, interview, content_type, framing, sent) == (201, None), framing
    assert email in invited(seed, interview)


def invited(seed: Seed, interview: uuid.UUID) -> list[str]:
    """The addresses that were invited to an interview."""
    seed.connection.rollback()
    rows = seed.connection.execute(
        "select email from public.interview_invites where interview_id = %s", (interview,)
    )
    return [row["email"] for row in rows]


LIST = b"email\na@example.com\nb@example.com"


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/json", "multipart/form-data; boundary=x"]
)
def test_malformed_and_cut_bodies(url: str, seed: Seed, content_type: str) -> None:
    interview = seed.interview()
    whole = chunked(LIST)
    for framing, sent in [
        (CHUNKED, b"ZZ\r\n" + whole),
        (CHUNKED, b"-1\r\n" + whole),
        (CHUNKED, b"\r\n" + whole),
        (CHUNKED, b"5;=\r\nemail\r\n0\r\n\r\n"),
        (CHUNKED, whole.replace(b"com\r\n0", b"comXX0")),
        (CHUNKED, whole.replace(b"0\r\n\r\n", b"0\r\nTrailer: x\n\r\n")),
        (CHUNKED, whole[:-5]),
        (CHUNKED, whole[:20]),
        (f"Content-Length: {len(LIST) + 1}", LIST),
    ]:
        answer = post(url, interview, content_type, framing, sent)
        assert answer == (400, "malformed_request"), (framing, sent)
    assert invited(seed, interview) == []


# ---- callers whom nobody has verified ----------------------------------------------------------


class Counted(io.BytesIO):
    """A body that says how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


TYPES = [
    "application/json",
    "text/csv",
    "text/tab-separated-values",
    "multipart/form-data; boundary=line",
    "application/x-www-form-urlencoded",
]
ACCOUNT = str(uuid.uuid4())
UNVERIFIED = {
    "forged": token(secret="x" * 40, sub=ACCOUNT),
    "unsigned": token(sub=ACCOUNT).rpartition(".")[0] + ".",
    "expired": token(sub=ACCOUNT, exp=int(time.time()) - 3600),
}


@pytest.mark.parametrize("credentials", UNVERIFIED.values(), ids=UNVERIFIED.keys())
@pytest.mark.parametrize("announced", [True, False])
def test_of_a_token_that_is_not_verified_nothing_large_is_read(
    service: Service, seed: Seed, supabase: Gateway, credentials: str, announced: bool
) -> None:
    client = service.client()
    for route, made in calls(Invited("", address(), "", uuid.uuid4())).items():
        method = route.partition(" ")[0]
        for content_type in TYPES:
            body = Counted(b"x" * (MOST_UNVERIFIED + 1))
            supabase.calls.clear()
            answer = client.open(
                made["path"],
                method=method,
                input_stream=body,
                headers={"Authorization": f"Bearer {credentials}"},
                content_type=content_type,
                environ_overrides={"CONTENT_LENGTH": str(MOST_UNVERIFIED + 1)}
                if announced
                else {"wsgi.input_terminated": True},
            )
            assert body.taken == 0, (route, content_type)
            if answer.status_code != 415:
                assert answer.status_code == 401, (route, content_type)
                assert len(supabase.calls) == 1, "the token is asked about once"


@pytest.mark.parametrize("content_type", TYPES[:4])
def test_a_forged_token_is_refused_before_its_list_has_come(
    url: str, seed: Seed, content_type: str
) -> None:
    """The rest of the body never comes: a service that waited for it would call the body cut."""
    interview = seed.interview()
    forged = f"Bearer {UNVERIFIED['forged']}"
    for framing, sent in [(CHUNKED, b"10000\r\nemail"), ("Content-Length: 4000000", b"email")]:
        answer = post(url, interview, content_type, framing, sent, forged)
        assert answer == (401, "invalid_token"), framing


def test_a_recruiter_s_long_list_is_read(url: str, seed: Seed) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    who = f"Bearer {token(sub=str(recruiter))}"
    for form in (as_csv, as_form, as_json):
        email = address()
        content_type, body = form(MOST_BYTES, email)
        for framing, sent in framed(body):
            answer = post(url, interview, content_type, framing, sent, who)
            assert answer == (201, None), (content_type, framing)
        assert email in invited(seed, interview)
