"""flask --app service worker: a process that sends queued emails and removes files."""

import signal
from types import FrameType

import click
from flask.cli import with_appcontext

from service.runtime import runtime


@click.command()
@with_appcontext
def worker() -> None:
    """Send queued emails, and remove the files of deleted responses, until SIGTERM or Ctrl-C.

    You may run several.
    """
    parts = runtime()

    def stop(_: int, __: FrameType | None) -> None:
        parts.worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    port = parts.settings.metrics_port
    end_metrics = parts.metrics.serve(port) if port else None
    parts.worker.run()
    if end_metrics:
        end_metrics()
    parts.close()
