"""How often anybody may call the service."""

import hashlib
from math import ceil
from time import time

from flask import Flask, Response
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits.errors import ConfigurationError
from werkzeug.middleware.proxy_fix import ProxyFix

from service.http import auth
from service.http.problems import Problem
from service.settings import Settings, SettingsError

# Calls from one address with credentials that are not accepted, against guessing tokens. Service
# keys are compared without asking Supabase, and need no such limit.
REFUSED = "60/minute"


def init_app(app: Flask, settings: Settings) -> None:
    """Limit every route that needs credentials; raises SettingsError."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    limiter = Limiter(
        key_func=_caller,
        application_limits=[
            ApplicationLimit(settings.rate_limit, exempt_when=auth.is_open),
            ApplicationLimit(
                REFUSED,
                scope="refused",
                key_function=get_remote_address,
                exempt_when=lambda: auth.is_open() or auth.has_service_key(settings),
                deduct_when=lambda response: response.status_code == 401,
            ),
        ],
        storage_uri=settings.rate_limit_storage,
        # What counts the calls may be down without taking the service along.
        in_memory_fallback_enabled=True,
    )
    try:
        limiter.init_app(app)
    except (ConfigurationError, ImportError) as error:
        raise SettingsError(f"RATE_LIMIT_STORAGE: {error}") from None

    @app.errorhandler(RateLimitExceeded)
    def exceeded(_: RateLimitExceeded) -> Response:
        current = limiter.current_limit
        seconds = max(ceil(current.window[0] - time()), 1) if current else 60
        return Problem(
            429,
            "too_many_requests",
            "There were too many calls in a short time.",
            f"Try again in {seconds} seconds. One call takes up to 10,000 addresses.",
            headers={"Retry-After": str(seconds)},
        ).response()


def _caller() -> str:
    """A key or token by its hash, since this may lie in a store; else where the call is from."""
    bearer = auth.bearer()
    return hashlib.sha256(bearer.encode()).hexdigest() if bearer else get_remote_address()
