"""The application: its parts, put together."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_cors import CORS

from service import commands, logs
from service.http import (
    auth,
    bodies,
    candidates,
    headers,
    health,
    invites,
    limits,
    openapi,
    problems,
    subscriptions,
)
from service.runtime import EXTENSION, Runtime
from service.settings import Settings


def create(config: Mapping[str, Any] | None = None) -> Flask:
    """What service.create_app returns."""
    settings = Settings.load(config)
    logs.configure()

    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    parts = app.extensions[EXTENSION] = Runtime(settings)
    if settings.mail_worker:
        # Not before: a command must not have the thread.
        app.before_request(parts.worker.start)

    logs.init_app(app)
    headers.init_app(app)
    problems.init_app(app)
    bodies.init_app(app)
    limits.init_app(app, settings)
    auth.init_app(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(invites.bp)
    app.register_blueprint(candidates.bp)
    app.register_blueprint(subscriptions.bp)
    openapi.init_app(app)
    commands.init_app(app)
    CORS(
        app,
        origins=list(settings.cors_origins or (settings.site_url,)),
        expose_headers=[logs.REQUEST_ID_HEADER, "Retry-After"],
        max_age=600,
    )
    return app
