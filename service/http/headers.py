"""Headers that no answer may lack, or get wrong."""

from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

# A year, without subdomains, which may be somebody else's.
HSTS = "max-age=31536000"


def init_app(app: Flask) -> None:
    """Keep redirects on this host, and browsers that came by https with it (RFC 6797)."""

    @app.before_request
    def stay_here() -> ResponseReturnValue | None:
        moved = request.routing_exception
        if not isinstance(moved, RequestRedirect):
            return None
        # Werkzeug makes it absolute, by a Host header that anybody may write.
        target = urlsplit(moved.new_url)
        path = "/" + target.path.lstrip("/")
        return redirect(target._replace(scheme="", netloc="", path=path).geturl(), moved.code)

    @app.after_request
    def https_only(response: Response) -> Response:
        # Behind a proxy, by the X-Forwarded-Proto that TRUSTED_PROXIES says to believe.
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response
