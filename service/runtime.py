"""What the routes and commands of one application share."""

from dataclasses import dataclass

import httpx
from flask import Flask, current_app

from service.http.readiness import Readiness
from service.mail.jobs import Jobs
from service.mail.message import Renderer
from service.mail.send_now import SendNow
from service.mail.sender import Sender
from service.mail.smtp import Pool
from service.mail.worker import MailThread, Worker
from service.metrics import Metrics
from service.settings import Settings
from service.supabase_api import Supabase, connect, http_client

_KEY = "hirevision"


@dataclass(frozen=True)
class Runtime:
    """The parts of one application; none connects to anything before its first use."""

    settings: Settings
    http: httpx.Client
    metrics: Metrics
    renderer: Renderer
    jobs: Jobs
    smtp: Pool
    sender: Sender
    send_now: SendNow
    readiness: Readiness
    mail_thread: MailThread

    @classmethod
    def build(cls, settings: Settings) -> "Runtime":
        """Put the parts together."""
        metrics = Metrics()
        http = http_client(metrics.supabase_answered)
        key = settings.supabase_service_role_key.get_secret_value()
        jobs = Jobs(connect(http, settings.supabase_url, key), settings.mail_lease)
        smtp = Pool(settings)
        renderer = Renderer(settings.sender, settings.site_url)
        sender = Sender(jobs, renderer, smtp, metrics)
        readiness = Readiness(jobs, smtp, settings.mail_blocked)
        metrics.watch(readiness.queue)
        return cls(
            settings=settings,
            http=http,
            metrics=metrics,
            renderer=renderer,
            jobs=jobs,
            smtp=smtp,
            sender=sender,
            send_now=SendNow(jobs, sender),
            readiness=readiness,
            mail_thread=MailThread(lambda: Worker(settings, jobs, sender, smtp)),
        )

    def supabase(self, token: str | None) -> Supabase:
        """Supabase as the user whose access token this is, or as the service role."""
        settings = self.settings
        key = settings.supabase_anon_key if token else settings.supabase_service_role_key
        return connect(self.http, settings.supabase_url, key.get_secret_value(), token)

    def worker(self) -> Worker:
        """A worker for a process of its own."""
        return Worker(self.settings, self.jobs, self.sender, self.smtp)

    def install(self, app: Flask) -> None:
        """Make runtime() find it."""
        app.extensions[_KEY] = self

    def close(self) -> None:
        """Finish what is in flight and hang up. The application is of no use afterwards."""
        self.mail_thread.stop()
        self.send_now.close()
        self.jobs.close()
        self.readiness.close()
        self.smtp.close()
        self.http.close()


def runtime() -> Runtime:
    """The parts of the current application."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Runtime)
    return found
