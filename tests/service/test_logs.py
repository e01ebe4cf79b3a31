"""The log: JSON lines that tell what happened, and to whom only by id."""

import json
import logging

from service.logs import Formatter, request_id
from tests.service.conftest import BACKEND, Service


def formatted(**values: object) -> dict[str, object]:
    record = logging.LogRecord("service.test", logging.INFO, "", 0, "said", None, None)
    record.__dict__.update(values)
    found = json.loads(Formatter().format(record))
    assert isinstance(found, dict)
    return found


def test_a_line_is_json() -> None:
    line = formatted(accepted=3)
    assert {name: line[name] for name in ("level", "logger", "message", "accepted")} == {
        "level": "INFO",
        "logger": "service.test",
        "message": "said",
        "accepted": 3,
    }
    assert "request_id" not in line


def test_it_carries_the_requests_id() -> None:
    reset = request_id.set("abc")
    assert formatted()["request_id"] == "abc"
    request_id.reset(reset)


def test_exceptions_come_without_what_they_say() -> None:
    try:
        try:
            raise ValueError("someone@example.com")
        except ValueError as error:
            raise RuntimeError("123456") from error
    except RuntimeError as error:
        line = formatted(exc_info=(type(error), error, error.__traceback__))
    text = str(line["exc_info"])
    assert text.startswith("RuntimeError < ")
    assert "ValueError < " in text
    assert "someone" not in text and "123456" not in text


def test_a_request_is_logged_by_its_rule(offline: Service, log_lines: list[str]) -> None:
    client = offline.client()
    before = len(log_lines)
    client.post("/invite?code=123456", json={}, headers={**BACKEND, "X-Request-ID": "from-outside"})
    client.get("/someone@example.com")
    lines = [json.loads(line) for line in log_lines[before:]]
    requests = [line for line in lines if line["message"] == "request"]
    assert [(line["rule"], line["status"]) for line in requests] == [("/invite", 422), (None, 404)]
    assert requests[0]["request_id"] == "from-outside"
    assert requests[0]["milliseconds"] >= 0
