"""From claimed mails to settled ones: render, hand over, write down."""

import logging
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from service.mails import Renderer, UnusableAddress
from service.outbox import LEASE, Mail, Outbox, Settlement
from service.smtp import Connection, Pool, Verdict
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds after which what is left of a batch is given back, so that no lease runs out.
BATCH_TIME = LEASE / 2
# Seconds after which a mail that we could not even render is tried again, by newer code perhaps.
RETRY_BROKEN = 600

_ADDRESS = re.compile(r"\S+@\S+")


@dataclass(frozen=True)
class Report:
    """What became of some claimed mails, in their order."""

    settlements: Sequence[Settlement]
    stopped: bool
    """The mail server takes nothing at the moment."""


class Delivery:
    """Sends claimed mails; for any number of threads."""

    def __init__(self, outbox: Outbox, renderer: Renderer, smtp: Pool) -> None:
        self._outbox = outbox
        self._renderer = renderer
        self._smtp = smtp

    def deliver(
        self, mails: Sequence[Mail], *, interrupted: Callable[[], bool] = lambda: False
    ) -> Report:
        """Send and settle claimed mails.

        When the mail server takes nothing any more, when time runs out, or when `interrupted`
        says so, the rest is released. Raises SupabaseRefused, -Unreachable if the outcome
        could not be written.
        """
        started = monotonic()
        settlements: list[Settlement] = []
        stop: Verdict | None = None
        with self._smtp.connection() as connection:
            for mail in mails:
                if stop or interrupted() or monotonic() - started > BATCH_TIME:
                    settlements.append(Settlement(mail, "released"))
                    continue
                verdict = self._send(mail, connection)
                settlements.append(_settlement(mail, verdict))
                if verdict.stop:
                    stop = verdict
        if stop and stop.pause:
            # Before the rows are free again, so that nobody claims them in between.
            self._pause(stop)
        self._outbox.settle(settlements)
        self._report(settlements, monotonic() - started)
        return Report(settlements, stopped=stop is not None)

    def _send(self, mail: Mail, connection: Connection) -> Verdict:
        try:
            envelope = self._renderer.envelope(mail)
        except UnusableAddress:
            return Verdict("failed", "the address cannot be mailed", "address")
        except Exception as error:
            # A fault of ours in one mail; the others must not wait for its repair.
            log.error("mail not rendered", exc_info=error, extra={"mail_id": str(mail.mail_id)})
            return Verdict("retry", "the mail could not be written", "rendering")
        verdict = connection.send(envelope)
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

    def _pause(self, verdict: Verdict) -> None:
        assert verdict.pause is not None
        log.error("sending paused", extra={"reply": verdict.code, "seconds": verdict.pause})
        # Shown by /ready, to anybody: without the recipient, whom some servers name.
        reason = _ADDRESS.sub("<address>", verdict.error or "the mail server refuses us")
        try:
            self._outbox.pause(reason, verdict.pause)
        except (SupabaseRefused, SupabaseUnreachable) as error:
            # The mails are released all the same, and the next one meets the same answer.
            log.error("pause not recorded", exc_info=error)

    def _report(self, settlements: Sequence[Settlement], seconds: float) -> None:
        outcomes: Counter[str] = Counter(settlement.outcome for settlement in settlements)
        log.info("mails settled", extra={**outcomes, "milliseconds": round(seconds * 1000)})


def _settlement(mail: Mail, verdict: Verdict) -> Settlement:
    if verdict.outcome != "retry":
        return Settlement(mail, verdict.outcome, verdict.error)
    delay = RETRY_BROKEN if verdict.code == "rendering" else retry_in(mail.attempts)
    return Settlement(mail, "retry", verdict.error, delay)


def retry_in(attempts: int) -> int:
    """Seconds until the next try: half a minute first, doubling up to an hour, jittered.

    When to give up is the database's decision.
    """
    delay = min(30 * 2 ** (attempts - 1), 3600) if attempts < 10 else 3600
    return round(delay * random.uniform(0.75, 1.25))
