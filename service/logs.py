"""Structured logs: one JSON object a line, with the request's id.

They never hold a code, an address, a title or a key. Exceptions are therefore written as their
type and where they happened, without their message: smtplib's quotes the recipient, a
validation error its input.
"""

import logging
import re
import sys
import uuid
from contextvars import ContextVar
from time import gmtime, monotonic
from traceback import walk_tb
from typing import Any

from flask import Flask, Response, g, request
from pythonjsonlogger.json import JsonFormatter

REQUEST_ID_HEADER = "X-Request-ID"
# What may come in from outside: nothing that could forge a line, carry an address or be a code.
_ACCEPTABLE_ID = re.compile(r"(?!\d{6}$)[A-Za-z0-9._-]{1,64}")

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

log = logging.getLogger(__name__)


class Formatter(JsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
        self.converter = gmtime
        self.default_time_format = "%Y-%m-%dT%H:%M:%S"
        self.default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the id of the request during which the record was made."""
        if (current := request_id.get()) is not None:
            record.request_id = current
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """The chain of exceptions by type and place, innermost cause last."""
        lines = []
        error = ei[1]
        while error is not None:
            places = [
                f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
                for frame, line in walk_tb(error.__traceback__)
            ]
            lines.append(" < ".join([type(error).__qualname__, *reversed(places)]))
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def configure() -> None:
    """Log to standard error, unless the embedding program has configured logging."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # These write request lines, in which codes and addresses can stand.
    for name in ("httpx", "httpcore", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)


def init_app(app: Flask) -> None:
    """Give every request an id, sent back in X-Request-ID, and a line in the log."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
        g.started = monotonic()
        request_id.set(g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        # The rule, not the path: anything can stand in a path.
        rule = request.url_rule.rule if request.url_rule else None
        log.log(
            logging.DEBUG if rule in ("/health", "/ready") else logging.INFO,
            "request",
            extra={
                "method": request.method,
                "rule": rule,
                "status": response.status_code,
                "milliseconds": round((monotonic() - g.started) * 1000),
            },
        )
        return response

    @app.teardown_request
    def forget(_: BaseException | None) -> None:
        request_id.set(None)
