"""Sending one claimed mail: render, hand over, judge."""

import logging
import re
import threading
from math import inf
from time import monotonic

from service.jobs import BROKEN, Verdict
from service.mail.answers import Answers
from service.mail.jobs import Job, Jobs
from service.mail.message import Renderer, UnusableAddress
from service.mail.smtp import Pool
from service.metrics import Metrics

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"\S+@\S+")


class Sender:
    """Sends claimed mails; for any number of threads."""

    def __init__(self, jobs: Jobs, renderer: Renderer, smtp: Pool, metrics: Metrics) -> None:
        self._metrics = metrics
        self._jobs = jobs
        self._renderer = renderer
        self._smtp = smtp
        self._answers = Answers()
        self._pausing = threading.Lock()
        self._paused_at = -inf

    def send(self, job: Job) -> Verdict:
        """Hand over one mail. Never raises.

        If the account is refused, the pause is written down by the time this returns: before
        any row is free again, so that nobody claims it in between.
        """
        refusal = self._smtp.refusals.of(job.lease.began)
        verdict = refusal or self._handed_over(job)
        if verdict.pause:
            self._pause(verdict, job.lease.began)
        return verdict

    def _handed_over(self, job: Job) -> Verdict:
        about: dict[str, object] = {"job_id": job.id}
        if not job.is_ours:
            return Verdict("released", "its lease was lost", "lost")
        try:
            envelope = self._renderer.envelope(job.work)
        except UnusableAddress:
            return Verdict("failed", "the address cannot be mailed", "address")
        except Exception as error:
            # A fault of ours in one mail; the others must not wait for its repair.
            log.error("mail not rendered", exc_info=error, extra=about)
            return Verdict("retry", "the email could not be written", BROKEN)
        started = monotonic()
        try:
            with self._smtp.connection() as connection:
                verdict = connection.send(envelope, job.lease.began, lambda: job.is_ours)
        except Exception as error:
            log.error("mail not sent", exc_info=error, extra=about)
            return Verdict("retry", "the email could not be sent", BROKEN)
        verdict = self._answers.judge(verdict, envelope.recipient, job.work.attempts)
        self._metrics.mail_tried(verdict.outcome, monotonic() - started)
        if verdict.outcome != "accepted":
            about |= {"outcome": verdict.outcome, "reply": verdict.code}
            log.warning("mail not accepted", extra={**about, "attempts": job.work.attempts})
        return verdict

    def _pause(self, verdict: Verdict, since: float) -> None:
        """Have nobody send for a while; once for all mails that had been claimed by then."""
        assert verdict.pause is not None
        with self._pausing:
            if since <= self._paused_at:
                # It may have been another refusal, of a login, which is over as well.
                self._smtp.refusals.end()
                return
            self._smtp.refusals.begin(verdict)
            log.error("sending paused", extra={"reply": verdict.code, "seconds": verdict.pause})
            # Shown by /ready, to anybody: without the recipient, whom some servers name.
            reason = _ADDRESS.sub("<address>", verdict.error or "the mail server refuses us")
            try:
                self._jobs.pause(reason, verdict.pause)
            except Exception as error:
                # The mails are released all the same, and the next one meets the same answer.
                log.error("pause not recorded", exc_info=error)
            self._smtp.refusals.end()
            self._paused_at = monotonic()
