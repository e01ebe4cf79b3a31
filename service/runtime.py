"""What the routes and commands of one application share."""

from typing import Any

from flask import current_app

from service.analysis import work as analysis
from service.http.readiness import Readiness
from service.jobs import Jobs
from service.mail.jobs import Jobs as Mails
from service.mail.message import Renderer
from service.mail.send_now import SendNow
from service.mail.sender import Sender
from service.mail.smtp import Pool
from service.mail.worker import Worker
from service.metrics import Metrics
from service.responses import removal
from service.settings import Settings
from service.supabase_api import Supabase, http_client

EXTENSION = "hirevision"


class Runtime:
    """The parts of one application; none connects to anything before its first use."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics(lambda: self.readiness.figures())
        self._http = http_client(self.metrics.supabase_answered)
        self.supabase = Supabase(
            self._http, settings.supabase_url, settings.supabase_service_role_key.get_secret_value()
        )
        """As the service role."""
        self.jobs = Mails(self.supabase, settings.mail_lease)
        self.removals = removal.Jobs(self.supabase, settings.mail_lease)
        self.checks = analysis.Jobs(self.supabase, analysis.CHECK, settings.analysis_lease)
        self.transcripts = analysis.Jobs(
            self.supabase, analysis.TRANSCRIPT, settings.analysis_lease
        )
        self.smtp = Pool(settings)
        self.renderer = Renderer(
            settings.email_from,
            settings.site_url,
            settings.public_service_url,
            settings.mail_time_zone,
        )
        self.sender = Sender(self.jobs, self.renderer, self.smtp, self.metrics)
        self.send_now = SendNow(self.jobs, self.sender)
        queues: dict[str, Jobs[Any]] = {
            "mail": self.jobs,
            "removals": self.removals,
            "checks": self.checks,
            "transcripts": self.transcripts,
        }
        self.readiness = Readiness(self.supabase, queues, self.smtp, settings.mail_blocked)
        remover = removal.Remover(self.supabase, self.removals)
        self.worker = Worker(settings, self.jobs, self.sender, self.smtp, remover)

    def supabase_of(self, token: str) -> Supabase:
        """As the user whose access token this is."""
        settings = self.settings
        return Supabase(
            self._http, settings.supabase_url, settings.supabase_anon_key.get_secret_value(), token
        )

    def close(self) -> None:
        """Finish what is in flight and hang up. The application is of no use afterwards."""
        self.worker.end()
        self.send_now.close()
        self.jobs.close()
        self.removals.close()
        self.checks.close()
        self.transcripts.close()
        self.readiness.close()
        self.smtp.close()
        self._http.close()


def runtime() -> Runtime:
    """The parts of the current application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Runtime)
    return found
