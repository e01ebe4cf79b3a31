"""Delivering one invitation while its caller waits."""

import contextvars
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from time import monotonic, sleep

from service.delivery import Delivery
from service.outbox import Claim, Outbox

# Seconds that a caller waits for the mail server, and between two looks at another's delivery.
PATIENCE = 10.0
POLL = 0.25


class PromptDelivery:
    """Sends in threads of its own, which go on when their caller has been answered."""

    def __init__(self, outbox: Outbox, delivery: Delivery) -> None:
        self._outbox = outbox
        self._delivery = delivery
        # The threads start at the first task, and Python lets them finish before it ends.
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="prompt")

    def deliver(self, email: str, code: str, patience: float = PATIENCE) -> Claim | None:
        """Send the mail of this invite unless that has been done already.

        Returns what is known after `patience` seconds at most: None when nothing is. Raises
        SupabaseRefused when there is no such invite, and SupabaseUnreachable.
        """
        deadline = monotonic() + patience
        context = contextvars.copy_context()  # the request's id, for the log
        future: Future[Claim] = self._threads.submit(
            context.run, self._claim_and_send, email, code, deadline
        )
        try:
            return future.result(patience)
        except NotDone:
            # One that has not begun claims nothing any more: the mail is the worker's.
            future.cancel()
            return None

    def close(self) -> None:
        """Wait for what is in flight."""
        self._threads.shutdown()

    def _claim_and_send(self, email: str, code: str, deadline: float) -> Claim:
        claim = self._outbox.claim_invite(email, code)
        while claim.delivery == "in_progress" and monotonic() + POLL < deadline:
            sleep(POLL)
            claim = self._outbox.claim_invite(email, code)
        if claim.mail is None:
            return claim
        settlement = self._delivery.deliver(claim.mail)
        if settlement.outcome in ("accepted", "failed"):
            return Claim(delivery=settlement.outcome, error=settlement.error)
        return Claim(delivery="queued", error=settlement.error)
