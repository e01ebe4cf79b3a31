"""gunicorn's settings for the service: `gunicorn` in the project's folder reads them.

One process with threads is enough for thousands of calls a minute: the work is done elsewhere.
More processes (WEB_CONCURRENCY) each have a mail thread of their own, unless MAIL_WORKER=off.
"""

import os

wsgi_app = "service.wsgi:app"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
# A delivery that its caller waits for takes a thread for up to 10 seconds.
threads = 32
# Threads do not survive a fork, and the mail thread starts with the module.
preload_app = False
# Seconds in which, after SIGTERM, the requests that were taken are finished. Connections that are
# not taken by then are reset: have the load balancer stop sending first.
graceful_timeout = 30
# A worker whose threads are all busy still tells that it lives.
timeout = 30
keepalive = 5


def on_starting(_: object) -> None:
    """End with the line that names a missing setting; workers that end are started again."""
    from service.settings import Settings  # not above: gunicorn finds our modules only now

    Settings.load()


# It would be a file in the home folder, which containers mostly lack.
control_socket_disable = True
# The service logs requests itself, and gunicorn's own lines look like its.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.logs.Formatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"level": "INFO", "handlers": [], "propagate": False},
    },
}
