"""Rate limits, and the answers when they are exceeded."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from service.http.problems import seconds_to_tomorrow
from service.settings import SettingsError
from tests.service.conftest import (
    BACKEND,
    OLD_SERVICE_KEY,
    Seed,
    Service,
    address,
    token,
)


def post(client: FlaskClient, who: dict[str, str], **more: Any) -> TestResponse:
    return client.post("/invite", json={}, headers=who, **more)


def bearer(credentials: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credentials}"}


def refused(answer: TestResponse) -> int:
    """Check the refusal; returns the seconds to wait."""
    assert answer.status_code == 429
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None and answer.json["code"] == "too_many_requests"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    return int(answer.headers["Retry-After"])


def test_each_caller_has_a_limit_of_his_own(offline: Service) -> None:
    client = offline.client(RATE_LIMIT="3/hour")
    accounts = [bearer(token(sub=str(uuid.uuid4()))) for _ in range(2)]
    for who in (BACKEND, bearer(OLD_SERVICE_KEY), *accounts):
        assert [post(client, who).status_code for _ in range(3)] == [422] * 3
        assert 0 < refused(post(client, who)) <= 3600


def test_what_needs_no_credentials_has_no_limit(offline: Service) -> None:
    client = offline.client(RATE_LIMIT="1/hour")
    assert {client.get("/health").status_code for _ in range(5)} == {200}
    preflight = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answers = {client.options("/invite", headers=preflight).status_code for _ in range(5)}
    assert answers == {200}


def test_browsers_may_read_the_refusal(offline: Service) -> None:
    client = offline.client(RATE_LIMIT="1/hour")
    who = {**BACKEND, "Origin": "http://localhost:3000"}
    post(client, who)
    answer = post(client, who)
    refused(answer)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_trying_tokens_comes_to_an_end(offline: Service) -> None:
    client = offline.client()
    tried = [post(client, bearer(f"no-such-key-{number}")) for number in range(601)]
    assert {answer.status_code for answer in tried[:600]} == {401}
    assert refused(tried[600]) <= 60
    assert post(client, BACKEND).status_code == 422, "a caller with a key is not locked out"
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert post(client, bearer("x"), environ_base=elsewhere).status_code == 401


def test_one_bad_token_locks_nobody_else_out(offline: Service) -> None:
    client = offline.client()
    assert {post(client, bearer("expired")).status_code for _ in range(60)} == {401}
    refused(post(client, bearer("expired")))
    who = bearer(token(sub=str(uuid.uuid4())))
    assert post(client, who).status_code == 422, "behind the same proxy"
    assert post(client, bearer("another")).status_code == 401


def test_a_proxy_that_nobody_told_us_of_is_noticed(offline: Service, log_lines: list[str]) -> None:
    for proxies, forwarded, warnings in [
        ("0", {}, 0),
        ("0", {"X-Forwarded-For": "192.0.2.1"}, 1),
        ("1", {"X-Forwarded-For": "192.0.2.1"}, 0),
    ]:
        client, said = offline.client(TRUSTED_PROXIES=proxies), len(log_lines)
        for _ in range(3):
            client.get("/health", headers=forwarded)
        assert sum("TRUSTED_PROXIES" in line for line in log_lines[said:]) == warnings


@pytest.mark.parametrize(("proxies", "together"), [("0", True), ("1", False)])
def test_addresses_behind_a_proxy(offline: Service, proxies: str, together: bool) -> None:
    client = offline.client(TRUSTED_PROXIES=proxies)
    for _ in range(60):
        assert post(client, {"X-Forwarded-For": "192.0.2.1"}).status_code == 401
    assert (post(client, {"X-Forwarded-For": "192.0.2.2"}).status_code == 429) == together


def test_a_store_that_is_down_takes_nobody_along(offline: Service) -> None:
    class Down(MemoryStorage):
        """A store that answers nothing."""

        STORAGE_SCHEME = ["down"]

        def incr(self, *_: Any, **__: Any) -> int:
            raise ConnectionError

        def get(self, *_: Any, **__: Any) -> int:
            raise ConnectionError

    client = offline.client(RATE_LIMIT="3/hour", RATE_LIMIT_STORAGE="down://")
    assert [post(client, BACKEND).status_code for _ in range(3)] == [422] * 3
    refused(post(client, BACKEND))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("RATE_LIMIT", "much"),
        ("RATE_LIMIT_STORAGE", "nowhere://"),
        ("TRUSTED_PROXIES", "-1"),
    ],
)
def test_settings_that_make_no_sense(offline: Service, setting: str, value: str) -> None:
    with pytest.raises(SettingsError, match=setting):
        offline.app(**{setting: value})


# ---- the day's invitations ---------------------------------------------------------------------


def test_the_day_s_invitations_are_used_up(service: Service, seed: Seed) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    who = bearer(token(sub=str(recruiter)))
    client = service.client()
    seed.run("update private.settings set invites_per_day = 2")
    try:
        body: dict[str, Any] = {"emails": [address(), address()], "interview_id": str(interview)}
        assert client.post("/invite", json=body, headers=who).status_code == 201
        body["emails"] = [address()]
        answer = client.post("/invite", json=body, headers=who)
        assert answer.status_code == 429
        assert answer.json is not None and answer.json["code"] == "invites_per_day_reached"
        assert "00:00 UTC" in answer.json["hint"]
        left = seconds_to_tomorrow(datetime.now(UTC))
        assert 0 <= int(answer.headers["Retry-After"]) - left <= 30
        again = client.post("/invite", json={**body, "emails": [address()]}, headers=BACKEND)
        assert again.status_code == 201, "the backend has no such limit"
    finally:
        seed.run("update private.settings set invites_per_day = 1000")
    assert len(seed.jobs()) == 3


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2030, 1, 31, 0, 0, 0, tzinfo=UTC), 86_400),
        (datetime(2030, 1, 31, 23, 59, 59, tzinfo=UTC), 1),
        (datetime(2030, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 1),
        (datetime(2030, 6, 1, 12, 0, 0, 1, tzinfo=UTC), 43_200),
    ],
)
def test_seconds_to_tomorrow(now: datetime, seconds: int) -> None:
    assert seconds_to_tomorrow(now) == seconds
