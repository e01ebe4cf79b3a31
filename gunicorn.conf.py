"""gunicorn's settings for the service: `gunicorn` in the project's folder reads them.

One process with threads is enough for thousands of calls a minute, since the database does the
work. Each further process (WEB_CONCURRENCY) has its own mail thread, unless MAIL_WORKER=off.
"""

import os

wsgi_app = "service.wsgi:app"
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
# /send-interview-invite keeps a thread busy for up to 10 seconds.
threads = 32
# Threads do not survive a fork, and importing the module starts the mail thread.
preload_app = False
# Bytes of a request's first line, its path and query included; gunicorn takes no more.
limit_request_line = 8190
# Seconds. After SIGTERM, requests that were accepted get this long to finish; connections that were
# not are reset, so have the load balancer stop sending first.
graceful_timeout = 30
# Seconds without a heartbeat; a worker sends it even if all its threads are busy.
timeout = 30
# Seconds. Longer than load balancers keep an idle connection (60 s as a rule): they must not send
# into one that is being closed.
keepalive = 75
# By default, a client on this machine, or behind a proxy on it, could set SCRIPT_NAME in a header
# and so decide which part of the path we see.
forwarder_headers = ""


def on_starting(_: object) -> None:
    """Exit with the line that names what is missing; a worker that exits would be restarted."""
    # Not at the top: gunicorn finds our modules only now.
    from service.mail.message import require_templates
    from service.settings import Settings

    Settings.load()
    require_templates()


# It would be a file in the home folder, which a container usually lacks.
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
