"""Every refusal is an RFC 9457 problem: application/problem+json.

Beside the members of the standard it has `code` (a stable slug, for programs), `hint` (the way
out) and `request_id` (for support).
"""

import logging
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, g, json
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from service.invalid import reason
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds after which a call to an unreachable Supabase is worth repeating.
RETRY_AFTER = "5"

# The SQLSTATE of a statement timeout, which is 8 s on hosted projects.
_QUERY_CANCELED = "57014"

# Flask's own refusals: slug and way out. Python's names for them change with its version.
OF_FLASK = {
    400: ("malformed_request", "Send one JSON object or one file, whole."),
    404: ("not_found", "Check the path."),
    405: ("method_not_allowed", "The Allow header lists the methods of this path."),
    413: ("request_too_large", "Split the request into several."),
    415: (
        "unsupported_media_type",
        "Send JSON with Content-Type: application/json. A list may also be a file, as text/csv or "
        "in a multipart form.",
    ),
}


class Problem(Exception):
    """A refusal. `more` are further members of the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        hint: str | None = None,
        *,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        self.headers |= headers or {}
        self.more = more

    def response(self) -> Response:
        members = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
            "request_id": g.get("request_id"),
            **self.more,
        }
        return Response(
            json.dumps(members) + "\n",
            status=self.status,
            headers=self.headers,
            content_type="application/problem+json",
        )


def from_refusal(error: SupabaseRefused) -> Problem:
    """What our SQL raised, as it is; what else Supabase refused, in our words."""
    if error.code and error.code.startswith("PT"):
        headers = {"Retry-After": wait} if (wait := _wait(error)) else {}
        return Problem(
            error.status,
            error.details or "refused",
            error.message or "The database refused the call.",
            error.hint,
            headers=headers,
        )
    if error.status == 401:
        return Problem(
            401,
            "invalid_token",
            "The access token is not valid or has expired.",
            "Sign in again, or refresh the session.",
        )
    if error.status == 403:
        return Problem(
            403,
            "not_allowed",
            "This account may not do that.",
            "Use the account that owns the interview.",
        )
    if error.code == _QUERY_CANCELED:
        return Problem(
            503,
            "took_too_long",
            "The database ended the call because it took too long; nothing was changed.",
            "Split the list into several calls, or repeat the call later.",
            headers={"Retry-After": RETRY_AFTER},
        )
    # Not expected: a function that is missing, a value that SQL could not read.
    log.error("supabase refused", extra={"status": error.status, "sqlstate": error.code})
    return unexpected()


def _wait(error: SupabaseRefused) -> str | None:
    """Seconds after which a call that our SQL refused may succeed."""
    if error.details == "invites_per_day_reached":
        return str(seconds_to_tomorrow(datetime.now(UTC)))
    if error.status == 503:  # all codes are taken: maintenance frees some every minute
        return error.retry_after or "60"
    return error.retry_after


def seconds_to_tomorrow(now: datetime) -> int:
    """Until midnight, UTC, when accounts may send invitations again."""
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return ceil((midnight - now).total_seconds())


def unexpected() -> Problem:
    """A fault of ours, of which the log knows more."""
    return Problem(
        500,
        "internal_error",
        "Something went wrong on our side.",
        "Repeat the call later, or report it with its request_id.",
    )


def init_app(app: Flask) -> None:
    """Answer every exception with a problem."""

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        return error.response()

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        # Which fields are wrong and why, without repeating what was sent.
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        return Problem(
            422,
            "invalid_request",
            "The request has missing or malformed fields.",
            "Correct the fields listed in `errors`.",
            errors=[
                {"field": ".".join(map(str, problem["loc"])), "message": reason(problem)}
                for problem in problems[:100]
            ],
        ).response()

    @app.errorhandler(SupabaseRefused)
    def refused(error: SupabaseRefused) -> Response:
        return from_refusal(error).response()

    @app.errorhandler(SupabaseUnreachable)
    def no_answer(error: SupabaseUnreachable) -> Response:
        log.error("supabase %s", error)
        return Problem(
            503,
            "supabase_unavailable",
            "The database cannot be reached at the moment.",
            "Repeat the call in a few seconds; repeating it is harmless.",
            headers={"Retry-After": RETRY_AFTER},
        ).response()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response | HTTPException:
        if error.code is None or error.code < 400:
            return error  # a redirect
        # No such path, wrong method, a body that is too large …
        code, hint = OF_FLASK.get(error.code, (f"http_{error.code}", None))
        headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        detail = error.description or error.name
        return Problem(error.code, code, detail, hint, headers=headers).response()

    @app.errorhandler(Exception)
    def crash(error: Exception) -> Response:
        log.error("unexpected error", exc_info=error)
        return unexpected().response()
