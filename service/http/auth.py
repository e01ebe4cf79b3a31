"""Who may call what: the company's backend with a service key, recruiters with access tokens.

What a recruiter may do is decided by the database, which is called with their token.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

import jwt
from flask import Flask, g, request
from pydantic import BaseModel, Field, SecretStr

from service.http.problems import Problem
from service.runtime import runtime
from service.settings import Settings
from service.supabase_api import Supabase

# The blueprints that anybody may call. Every other route needs credentials.
OPEN = ("health", "openapi", "swagger_ui", "subscriptions")


@dataclass(frozen=True)
class Caller:
    """The backend, or the recruiter to whom an access token belongs."""

    supabase: Supabase
    """Supabase with this caller's rights. It verifies the token, so ask it before acting."""
    is_backend: bool

    def verify(self) -> None:
        """Have Supabase verify the token; raises SupabaseRefused, -Unreachable."""
        if not self.is_backend:
            self.supabase.rpc("may_recruit")


class _Claims(BaseModel):
    """Of accounts' tokens, unverified: sorts out the anon and service-role keys."""

    role: Literal["authenticated"]
    sub: Annotated[str, Field(pattern="(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


def init_app(app: Flask) -> None:
    """Set g.caller before every request that needs credentials, or refuse it with 401."""

    @app.before_request
    def identify() -> None:
        if not is_open():
            g.caller = _caller(runtime().settings)


def needs_credentials(endpoint: str | None) -> bool:
    """Whether a route needs credentials. The limits and the OpenAPI document ask this as well."""
    return endpoint is not None and endpoint.partition(".")[0] not in OPEN


def is_open() -> bool:
    """Whether this request needs no credentials. CORS preflights carry none."""
    return request.method == "OPTIONS" or not needs_credentials(request.endpoint)


def bearer() -> str | None:
    """The key or token that this request came with."""
    try:
        authorization = request.authorization
    except ValueError:  # Werkzeug's, for Basic with letters beyond ASCII
        return None
    return authorization.token if authorization and authorization.type == "bearer" else None


def has_service_key(settings: Settings) -> bool:
    """Whether this request came with one of the service's keys."""
    return has_one_of(settings.service_api_key)


def has_one_of(keys: Iterable[SecretStr]) -> bool:
    """Whether this request came with one of these keys, compared in constant time."""
    given = (bearer() or "").encode()
    # All are compared, so that the time taken tells nothing.
    secrets = [key.get_secret_value().encode() for key in keys]
    return any([hmac.compare_digest(given, secret) for secret in secrets])


def _caller(settings: Settings) -> Caller:
    token = bearer()
    if not token:
        raise Problem(
            401,
            "missing_credentials",
            "This call needs credentials.",
            "Send Authorization: Bearer with a service API key or a recruiter's access token.",
        )
    if has_service_key(settings):
        return Caller(runtime().supabase, is_backend=True)
    try:
        _Claims.model_validate(jwt.decode(token, options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError):
        raise Problem(
            401,
            "invalid_credentials",
            "These credentials are not accepted here.",
            "Use a service API key or the access token of a signed-in recruiter.",
        ) from None
    return Caller(runtime().supabase_of(token), is_backend=False)
