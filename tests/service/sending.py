"""Sending mails, by the worker or one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from service.jobs import Verdict
from service.mail.jobs import Job
from service.mail.worker import Worker
from service.responses.removal import Remover
from service.runtime import Runtime
from tests.kit.waiting import PATIENCE
from tests.service.conftest import parts

SEND = "/send-interview-invite"


def a_worker(app: Flask) -> Worker:
    """One of this application, beside its own."""
    runtime = parts(app)
    remover = Remover(runtime.supabase, runtime.removals)
    return Worker(runtime.settings, runtime.jobs, runtime.sender, runtime.smtp, remover)


@contextmanager
def working(app: Flask) -> Iterator[Worker]:
    """A worker of this application, stopped at the end."""
    worker = a_worker(app)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def deliver(runtime: Runtime, job: Job) -> Verdict:
    """Send and settle one mail."""
    verdict = runtime.sender.send(job)
    assert runtime.jobs.settle([(job, verdict)]) == []
    return verdict
