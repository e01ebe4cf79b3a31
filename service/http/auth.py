"""Who calls: the company's backend with a service key, or a recruiter with an access token."""

import hmac
import re
from dataclasses import dataclass

import jwt
from flask import g, request

from service.http.problems import unauthorized
from service.runtime import runtime
from service.settings import Settings
from service.supabase_api import Supabase

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Caller:
    """`token` is a recruiter's access token; None stands for the backend."""

    token: str | None

    @property
    def is_backend(self) -> bool:
        """Whether it showed a service key."""
        return self.token is None

    @property
    def user_id(self) -> str | None:
        """The account that the token claims, unverified: to choose rows by, never to allow."""
        return None if self.token is None else _claim(self.token, "sub")

    @property
    def supabase(self) -> Supabase:
        """Supabase with this caller's rights. It verifies the token, so ask it before acting."""
        return runtime().supabase(self.token)


def require() -> None:
    """Before every request of a blueprint: set g.caller, or refuse with 401."""
    if request.method == "OPTIONS":  # CORS preflight, which carries no credentials
        return
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise unauthorized(
            "missing_credentials",
            "This call needs credentials.",
            "Send Authorization: Bearer with a service API key or a recruiter's access token.",
        )
    g.caller = identify(authorization.token, runtime().settings)


def identify(bearer: str, settings: Settings) -> Caller:
    """Tell the callers apart; raises a 401 Problem for what is neither."""
    if is_service_key(bearer, settings):
        return Caller(token=None)
    # The role sorts out the anon and service-role keys; accounts have a uuid.
    if _claim(bearer, "role") != "authenticated" or not _is_uuid(_claim(bearer, "sub")):
        raise unauthorized(
            "invalid_credentials",
            "These credentials are not accepted here.",
            "Use a service API key or the access token of a signed-in recruiter.",
        )
    return Caller(token=bearer)


def is_service_key(bearer: str, settings: Settings) -> bool:
    """Whether this is one of the service's keys, compared in constant time."""
    given = bearer.encode()
    # All are compared, so that the time taken tells nothing.
    found = [
        hmac.compare_digest(given, key.get_secret_value().encode())
        for key in settings.service_api_key
    ]
    return any(found)


def _is_uuid(text: str | None) -> bool:
    """Whether PostgreSQL reads this as one; Python takes more forms."""
    return text is not None and _UUID.fullmatch(text) is not None


def _claim(token: str, name: str) -> str | None:
    """What a token claims, unverified; whether it is true is for PostgREST to say."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError):
        return None
    value = claims.get(name)
    return value if isinstance(value, str) else None
