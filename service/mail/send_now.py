"""Delivering one invitation while its caller waits."""

import contextvars
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from time import monotonic, sleep

from service.backoff import Backoff
from service.jobs import Verdict
from service.mail.jobs import Claim, Job, Jobs
from service.mail.sender import Sender
from service.supabase_api import SupabaseUnreachable

# Seconds that a caller waits for the mail server, and between two looks at another's delivery.
PATIENCE = 10.0
POLL = 0.25
# Seconds for which the outcome is tried to be written down. After that the mail comes again.
SETTLING = 60.0


class SendNow:
    """Sends in threads of its own, which go on when their caller has been answered."""

    def __init__(self, jobs: Jobs, sender: Sender) -> None:
        self._jobs = jobs
        self._sender = sender
        # The threads start at the first task, and Python lets them finish before it ends.
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="send-now")

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
        self._threads.shutdown()

    def _claim_and_send(self, email: str, code: str, deadline: float) -> Claim:
        claim = self._jobs.claim_invite(email, code)
        while claim.delivery == "in_progress" and monotonic() + POLL < deadline:
            sleep(POLL)
            claim = self._jobs.claim_invite(email, code)
        if claim.job is None:
            return claim
        verdict = self._sender.send(claim.job)
        self._settle(claim.job, verdict)
        if verdict.outcome in ("accepted", "failed"):
            return Claim(verdict.outcome, verdict.error)
        return Claim("queued", verdict.error)

    def _settle(self, job: Job, verdict: Verdict) -> None:
        """Write down the outcome; raises SupabaseRefused, -Unreachable when that was in vain."""
        deadline, backoff = monotonic() + SETTLING, Backoff()
        try:
            while True:
                try:
                    if not self._jobs.settle([(job, verdict)]):
                        return
                except SupabaseUnreachable:
                    if monotonic() >= deadline:
                        raise
                if monotonic() >= deadline:
                    return
                sleep(backoff.next())
        finally:
            self._jobs.let_go(job)
