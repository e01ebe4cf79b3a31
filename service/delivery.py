"""From a claimed mail to what is written down about it: render, hand over, judge."""

import logging
import random
import re
from collections import Counter
from collections.abc import Sequence
from time import monotonic

from service.mails import Renderer, UnusableAddress
from service.metrics import Metrics
from service.outbox import Lease, Mail, Outbox, Settlement
from service.smtp import Pool, Verdict
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds after which a mail that we could not even render is tried again, by newer code perhaps.
RETRY_BROKEN = 600
# Seconds for which the outcome of one mail is tried to be written down.
PATIENCE = 60.0

_ADDRESS = re.compile(r"\S+@\S+")


class Delivery:
    """Sends claimed mails; for any number of threads."""

    def __init__(self, outbox: Outbox, renderer: Renderer, smtp: Pool, metrics: Metrics) -> None:
        self._metrics = metrics
        self._outbox = outbox
        self._renderer = renderer
        self._smtp = smtp

    def deliver(self, mail: Mail) -> Settlement:
        """Send and settle one mail that was claimed just now.

        Raises SupabaseRefused, -Unreachable if the outcome could not be written.
        """
        verdict = self.attempt(mail, self._outbox.lease())
        if verdict.pause:
            # Before the row is free again, so that nobody claims it in between.
            self.pause(verdict)
        settlement = settled(mail, verdict)
        self._outbox.settle([settlement], PATIENCE)
        report([settlement])
        return settlement

    def attempt(self, mail: Mail, lease: Lease) -> Verdict:
        """Hand over one mail, and break off before the lease ends. Never raises."""
        try:
            envelope = self._renderer.envelope(mail)
        except UnusableAddress:
            return Verdict("failed", "the address cannot be mailed", "address")
        except Exception as error:
            # A fault of ours in one mail; the others must not wait for its repair.
            log.error("mail not rendered", exc_info=error, extra={"mail_id": str(mail.mail_id)})
            return Verdict("retry", "the mail could not be written", "rendering")
        started = monotonic()
        try:
            with self._smtp.connection() as connection:
                verdict = connection.send(envelope, lease.cut_at)
        except Exception as error:
            log.error("mail not sent", exc_info=error, extra={"mail_id": str(mail.mail_id)})
            return Verdict("retry", "the mail could not be sent", "sending")
        self._metrics.mail_tried(verdict.outcome, monotonic() - started)
        if verdict.outcome != "accepted":
            log.warning(
                "mail not accepted",
                extra={
                    "mail_id": str(mail.mail_id),
                    "outcome": verdict.outcome,
                    "reply": verdict.code,
                    "attempts": mail.attempts,
                },
            )
        return verdict

    def pause(self, verdict: Verdict) -> None:
        """Have nobody send for a while, as this verdict demands."""
        assert verdict.pause is not None
        log.error("sending paused", extra={"reply": verdict.code, "seconds": verdict.pause})
        # Shown by /ready, to anybody: without the recipient, whom some servers name.
        reason = _ADDRESS.sub("<address>", verdict.error or "the mail server refuses us")
        try:
            self._outbox.pause(reason, verdict.pause)
        except (SupabaseRefused, SupabaseUnreachable) as error:
            # The mails are released all the same, and the next one meets the same answer.
            log.error("pause not recorded", exc_info=error)


def report(settlements: Sequence[Settlement]) -> None:
    """Log how many mails had which outcome."""
    outcomes: Counter[str] = Counter(settlement.outcome for settlement in settlements)
    log.info("mails settled", extra=dict(outcomes))


def settled(mail: Mail, verdict: Verdict) -> Settlement:
    """What to write down about a mail that met this verdict."""
    if verdict.outcome != "retry":
        return Settlement(mail, verdict.outcome, verdict.error)
    broken = verdict.code in ("rendering", "sending")
    delay = RETRY_BROKEN if broken else retry_in(mail.attempts)
    return Settlement(mail, "retry", verdict.error, delay)


def retry_in(attempts: int) -> int:
    """Seconds until the next try: half a minute first, doubling up to an hour, jittered.

    When to give up is the database's decision.
    """
    delay = min(30 * 2 ** (attempts - 1), 3600) if attempts < 10 else 3600
    return round(delay * random.uniform(0.75, 1.25))
