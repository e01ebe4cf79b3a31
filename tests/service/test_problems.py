"""Every refusal is a problem; requests have ids; CORS."""

import pytest

from service.http.problems import from_refusal
from service.supabase_api import SupabaseRefused
from tests.service.conftest import BACKEND, Seed, Service, address

ANY = "00000000-0000-4000-8000-000000000000"
MEMBERS = {"type", "title", "status", "detail", "code", "hint", "request_id"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/invite", 405, "method_not_allowed"),
        ("DELETE", "/send-interview-invite", 405, "method_not_allowed"),
        ("POST", "/health", 405, "method_not_allowed"),
    ],
)
def test_no_such_thing(offline: Service, method: str, path: str, status: int, code: str) -> None:
    answer = offline.client().open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert set(answer.json) == MEMBERS
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_request"),
        (b"", "application/json", 400, "malformed_request"),
        (b"\xff\xfe", "application/json", 400, "malformed_request"),
        (b"[" * 200_000, "application/json", 400, "malformed_request"),
        (b'{"email": ' + b"9" * 10_000 + b"}", "application/json", 400, "malformed_request"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"email=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b" " * (5 * 1024 * 1024), "application/json", 413, "request_too_large"),
    ],
)
def test_bodies_that_are_none(
    offline: Service, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = offline.client().post("/invite", data=body, content_type=content_type, headers=BACKEND)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["code"] == code
    assert answer.json["hint"]


def test_a_fault_of_ours_says_nothing_about_itself(offline: Service, log_lines: list[str]) -> None:
    app = offline.app()

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("someone@example.com 123456")

    before = len(log_lines)
    answer = app.test_client().get("/broken", headers=BACKEND)
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["code"] == "internal_error"
    assert "someone" not in answer.text
    logged = [line for line in log_lines[before:] if "RuntimeError" in line]
    assert len(logged) == 1
    assert answer.json["request_id"] in logged[0]
    assert "test_problems.py" in logged[0]
    assert "someone" not in logged[0]


def test_supabase_out_of_reach(offline: Service) -> None:
    client = offline.client()
    for path, body in {
        "/send-interview-invite": {"email": address(), "invite_code": "123456"},
        "/invite": {"email": address()},
    }.items():
        answer = client.post(path, json=body, headers=BACKEND)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.json is not None and answer.json["code"] == "supabase_unavailable"


def test_a_database_without_our_functions(service: Service, seed: Seed) -> None:
    client = service.client(SUPABASE_URL=service.settings["SUPABASE_URL"] + "/elsewhere")
    answer = client.post("/invite", json={"email": address()}, headers=BACKEND)
    assert answer.status_code == 500
    assert client.get("/ready").status_code == 503


def test_a_database_that_takes_too_long() -> None:
    problem = from_refusal(SupabaseRefused(500, {"code": "57014"}, None))
    assert (problem.status, problem.code) == (503, "took_too_long")
    assert problem.headers == {"Retry-After": "5"}


def test_what_our_sql_raises_is_passed_on() -> None:
    raised = {"code": "PT429", "details": "codes_sent_recently", "message": "m", "hint": "h"}
    problem = from_refusal(SupabaseRefused(429, raised, "60"))
    assert (problem.status, problem.code) == (429, "codes_sent_recently")
    assert (problem.detail, problem.hint) == ("m", "h")
    assert problem.headers == {"Retry-After": "60"}


def test_when_all_codes_are_taken() -> None:
    raised = {"code": "PT503", "details": "codes_exhausted", "message": "m", "hint": "h"}
    problem = from_refusal(SupabaseRefused(503, raised, None))
    assert (problem.status, problem.code) == (503, "codes_exhausted")
    assert problem.headers == {"Retry-After": "60"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abcdef-0123.456_789", True),
        ("1", True),
        ("short", True),
        ("1234567", True),
        ("123456", False),
        ("", False),
        ("x" * 65, False),
        ("someone@example.com", False),
        ("with blanks in it", False),
    ],
)
def test_request_ids_come_back_if_they_are_harmless(
    offline: Service, given: str, kept: bool
) -> None:
    answer = offline.client().get("/health", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) == kept


def test_browsers_of_the_site_may_call(offline: Service) -> None:
    client = offline.client(CORS_ORIGINS="https://app.example.com, http://localhost:3000")
    preflight = client.options(
        "/invite",
        headers={
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"].lower()
    refused = client.post("/invite", json={}, headers={"Origin": "https://app.example.com"})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "X-Request-ID" in refused.headers["Access-Control-Expose-Headers"]


def test_browsers_elsewhere_may_not(offline: Service) -> None:
    client = offline.client()
    answer = client.post("/invite", json={}, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    own = client.post("/invite", json={}, headers={"Origin": "http://localhost:3000"})
    assert own.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


# ---- redirects and TLS ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/docs", "", "/docs/"),
        ("/docs", "a=1&b=%2F", "/docs/?a=1&b=%2F"),
        ("/docs//evil.example", "", "/docs/evil.example"),
    ],
)
def test_redirects_lead_nowhere_else(offline: Service, path: str, query: str, target: str) -> None:
    """Whatever the Host header says."""
    client = offline.client(TRUSTED_PROXIES="1")
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = client.get(f"{path}?{query}", headers=forged)
    assert (answer.status_code, answer.headers.get("Location")) == (308, target)
    assert "//evil" not in answer.text


def test_browsers_that_came_by_https_stay_with_it(offline: Service) -> None:
    by_https = {"X-Forwarded-Proto": "https"}
    behind_a_proxy = offline.client(TRUSTED_PROXIES="1")
    for path in ("/docs/", "/docs", "/unsubscribe/x", "/nothing"):
        answer = behind_a_proxy.get(path, headers=by_https)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", path
        assert "Strict-Transport-Security" not in behind_a_proxy.get(path).headers, path
    # That header is anybody's where no proxy is trusted.
    answer = offline.client().get("/docs/", headers=by_https)
    assert "Strict-Transport-Security" not in answer.headers


# ---- what is wrong with a field ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "message"),
    [
        ("POST", "/invite", {}, "", "either email or emails is needed"),
        ("POST", "/invite", {"emails": ["a@b.example"], "email": "c@d.example"}, "", "either"),
        *(
            ("GET", f"/interviews/{ANY}/{rows}?cursor={given}", None, "cursor", "is not the next")
            for rows in ("invites", "candidates")
            for given in ("x", "MjAyNg==", "%00")
        ),
        ("GET", f"/interviews/{ANY}/invites?limit=0", None, "limit", "Input should be"),
        ("POST", "/invite", {"email": "a@b.example", "interview_id": "x"}, "interview_id", "Input"),
    ],
)
def test_a_field_is_refused_in_plain_words(
    offline: Service,
    method: str,
    path: str,
    body: dict[str, object] | None,
    field: str,
    message: str,
) -> None:
    answer = offline.client().open(path, method=method, json=body, headers=BACKEND)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert answer.json["errors"][0]["message"].startswith(message)
    assert "Value error" not in answer.text
