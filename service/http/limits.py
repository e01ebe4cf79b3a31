"""How often anybody may call the service."""

import hashlib
import logging
from math import ceil
from time import time

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits.errors import ConfigurationError
from werkzeug.middleware.proxy_fix import ProxyFix

from service.http import auth, subscriptions
from service.http.problems import Problem
from service.settings import Settings, SettingsError

log = logging.getLogger(__name__)

# Calls with credentials that are not accepted: with the same ones from one address, and from one
# address at all, behind which there may be many people. Each costs Supabase a look; service keys
# are compared without asking it, and need no such limit.
REFUSED, REFUSED_OF_ADDRESS = "60/minute", "600/minute"
# Uses of links to unsubscribe, from one address: large mail providers use them for many people.
LINKS = "600/minute"


def init_app(app: Flask, settings: Settings) -> None:
    """Limit every route that needs credentials; raises SettingsError."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    else:
        _warn_of_proxies(app)

    limiter = Limiter(
        key_func=_caller,
        application_limits=[
            ApplicationLimit(settings.rate_limit, exempt_when=auth.is_open),
            ApplicationLimit(
                LINKS,
                scope="links",
                key_function=get_remote_address,
                exempt_when=lambda: request.blueprint != subscriptions.bp.name,
            ),
            *(
                ApplicationLimit(
                    limit,
                    scope=scope,
                    key_function=key,
                    exempt_when=lambda: auth.is_open() or auth.has_service_key(settings),
                    deduct_when=lambda response: response.status_code == 401,
                )
                for limit, scope, key in (
                    (REFUSED, "refused", lambda: f"{get_remote_address()} {_caller()}"),
                    (REFUSED_OF_ADDRESS, "refused-of-address", get_remote_address),
                )
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


def _warn_of_proxies(app: Flask) -> None:
    """Say once that all callers seem to come from the same address, when a proxy is in front."""
    warned = False

    @app.before_request
    def warn() -> None:
        nonlocal warned
        if not warned and "X-Forwarded-For" in request.headers:
            warned = True
            log.warning(
                "X-Forwarded-For is ignored, because TRUSTED_PROXIES is 0: if that header is your "
                "proxy's, set it to the number of proxies, else all callers share one limit"
            )


def _caller() -> str:
    """A key or token by its hash, since this may lie in a store; else where the call is from."""
    bearer = auth.bearer()
    return hashlib.sha256(bearer.encode()).hexdigest() if bearer else get_remote_address()
