"""The worker: claims, sends and settles mails, in a process of its own or a thread of the web's.

Beside it, in the same process, a thread removes the files of responses.
"""

import atexit
import logging
import threading
from collections import Counter, deque
from contextlib import suppress
from dataclasses import replace
from time import monotonic, sleep

from service.backoff import Backoff
from service.jobs import BATCH, Verdict
from service.mail.jobs import Job, Jobs, Outcome
from service.mail.sender import Sender
from service.mail.smtp import GIVE_UP_AFTER, Pool
from service.responses.removal import Remover
from service.settings import Settings
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds between looking for mails when there were none, between writing down outcomes, between
# signs of life, and between maintenance runs.
IDLE = 1.0
SETTLE = 0.5
BEAT = 5.0
MAINTENANCE = 60.0
# Seconds that mails in flight get to end when the worker is stopped, and then the last outcomes
# to be written down. What gets no further comes again, when its lease has ended.
LAST_MAILS, LAST_OUTCOMES = 40.0, 15.0
# Seconds that a web process waits for its thread: servers kill those that take long to end.
JOIN_WITHIN = 25.0

_NOT_SENT = Verdict("released", code="halted")


class Worker:
    """Claims, sends and settles until it is told to stop; survives whatever is down.

    It works in the thread that calls run(), or in one of its own after start(). The threads that
    send are equal: each takes the next of the claimed mails, and when there is none left, one
    thread claims the next batch for all. No database session waits for SMTP.
    """

    def __init__(
        self, settings: Settings, jobs: Jobs, sender: Sender, smtp: Pool, remover: Remover
    ) -> None:
        self._blocked = settings.mail_blocked
        self._connections = settings.mail_connections
        self._jobs = jobs
        self._sender = sender
        self._smtp = smtp
        self._remover = remover
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._starting, self._claiming, self._settling = (threading.Lock() for _ in range(3))
        self._thread: threading.Thread | None = None
        self._waiting: deque[Job] = deque()
        self._outcomes: deque[Outcome] = deque()
        # Whether the last claim found nothing, and whether the mail server has to be probed.
        self._idle = self._down = False
        self._state = ""
        self._supabase, self._mail_server = Backoff(), Backoff()
        # When to claim, to talk to Supabase at all, and so on, on the monotonic clock.
        self._claim_at = self._talk_at = self._beat_at = self._maintain_at = 0.0

    def run(self) -> None:
        """Work until stop(); returns once what was in flight is settled."""
        log.info("mail worker started")
        threads = [
            threading.Thread(target=self._work, name=f"smtp-{number}", daemon=True)
            for number in range(0 if self._blocked else self._connections)
        ]
        # Whatever becomes of the mails, files are removed.
        threads.append(threading.Thread(target=self._remover.run, name="removal", daemon=True))
        for thread in threads:
            thread.start()
        while not self._stopping.wait(SETTLE):
            try:
                self._do_what_is_due()
            except Exception as error:
                self._in_trouble(error)
        self._end(threads)
        self._smtp.close()
        log.info("mail worker stopped")

    def start(self) -> None:
        """Work in a thread until end(), or the process's end; cheap to call again."""
        with self._starting:
            if self._thread is None:
                # A daemon, because Python waits for other threads before it runs atexit
                # functions, and it is one of those that stops this one.
                self._thread = threading.Thread(target=self.run, name="mail", daemon=True)
                self._thread.start()
                atexit.register(self.end)

    @property
    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def end(self) -> None:
        """Stop the thread of start(), and wait for what it has in flight."""
        self.stop()
        if self._thread is not None:
            self._thread.join(JOIN_WITHIN)
        atexit.unregister(self.end)

    def wake(self) -> None:
        """Look for work now."""
        self._talk_at = 0.0
        self._wake.set()

    def stop(self) -> None:
        """Finish the mails in flight, give the others back, and end."""
        self._stopping.set()
        self._wake.set()
        self._remover.stop()

    # ---- the threads ---------------------------------------------------------------------------

    def _work(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                if (job := self._take()) is not None:
                    self._send(job, backoff)
            except Exception as error:
                # Whatever it is, mails of others must not wait for a person to restart us.
                self._in_trouble(error)

    def _take(self) -> Job | None:
        """The next mail; None after a claim that another thread or this one has made."""
        if not self._down:
            with suppress(IndexError):
                return self._waiting.popleft()
        with self._claiming:
            if not self._stopping.is_set() and (self._down or not self._waiting):
                self._claim()
        return None

    def _claim(self) -> None:
        """Wait until a claim is due, and claim."""
        self._give_back()
        self._wake.wait(max(self._claim_at - monotonic(), 0))
        self._wake.clear()
        if self._stopping.is_set():
            return
        if self._state:
            # What was sent while Supabase was away would be sent again if it were claimed first.
            self._settle()
        if self._down and self._smtp.probe() is not None:
            # Nothing is claimed that could not be sent anyway.
            self._claim_at = monotonic() + self._mail_server.next()
            return self._say("mail server down", logging.WARNING)
        self._down = False
        jobs = self._jobs.claim(BATCH)
        self._waiting.extend(jobs)
        self._idle = not jobs
        self._claim_at = monotonic() + (IDLE if self._idle else 0)
        self._beat_at = monotonic() + BEAT
        self._supabase.reset()
        self._say("", logging.INFO)
        if self._idle:
            self._settle()
            self._smtp.close(idle_for=GIVE_UP_AFTER)

    def _send(self, job: Job, backoff: Backoff) -> None:
        verdict = self._sender.send(job)
        alone = False
        if not verdict.stop:
            backoff.reset()
            self._mail_server.reset()
        elif not verdict.pause:
            # While others are served, it is this connection alone that gets no further.
            alone = self._smtp.is_served
            if not alone:
                self._mail_server_down(verdict)
        if alone and verdict.outcome == "released":
            self._waiting.appendleft(job)
        else:
            self._outcomes.append((job, verdict))
        if alone:
            self._stopping.wait(backoff.next())
        elif self._idle and not self._waiting:
            self._settle()

    def _mail_server_down(self, verdict: Verdict) -> None:
        """Let no connection try for a while; mails that are claimed already are released."""
        if not self._down:
            self._claim_at = monotonic() + self._mail_server.next()
            self._down = True
            self._say("mail server down", logging.WARNING)
        self._smtp.refusals.begin(replace(verdict, outcome="released", stop=False))
        self._smtp.refusals.end()

    # ---- what is done for all ------------------------------------------------------------------

    def _do_what_is_due(self) -> None:
        if monotonic() < self._talk_at:
            return
        self._settle()
        if monotonic() >= self._maintain_at:
            self._maintain_at = monotonic() + MAINTENANCE
            self._jobs.maintain()
        if monotonic() >= self._beat_at:
            self._beat_at = monotonic() + BEAT
            self._jobs.beat()
        if self._blocked:
            self._say(f"blocked: {self._blocked}", logging.ERROR)

    def _settle(self) -> None:
        """Write down all outcomes so far; what cannot be written is kept, and raises."""
        with self._settling:
            outcomes = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
            if not outcomes:
                return
            try:
                busy = self._jobs.settle(outcomes)
            except BaseException:
                self._outcomes.extend(outcomes)
                raise
            self._outcomes.extend(busy)
            written: Counter[str] = Counter(verdict.outcome for _, verdict in outcomes)
            written.subtract(verdict.outcome for _, verdict in busy)
            log.info("mails settled", extra=dict(+written))

    def _give_back(self) -> None:
        """Release the mails that nobody has begun with."""
        with suppress(IndexError):
            while True:
                self._outcomes.append((self._waiting.popleft(), _NOT_SENT))

    def _end(self, threads: list[threading.Thread]) -> None:
        deadline = monotonic() + LAST_MAILS
        self._give_back()
        with suppress(SupabaseRefused, SupabaseUnreachable):
            self._settle()
        for thread in threads:
            thread.join(max(deadline - monotonic(), 0))
        self._give_back()
        deadline = monotonic() + LAST_OUTCOMES
        while True:
            try:
                self._settle()
            except (SupabaseRefused, SupabaseUnreachable) as error:
                log.error("%d mails not settled yet", len(self._outcomes), exc_info=error)
            if not self._outcomes or monotonic() >= deadline:
                return
            sleep(SETTLE)

    # ---- what is said about it -----------------------------------------------------------------

    def _in_trouble(self, error: Exception) -> None:
        """Leave Supabase alone for a while."""
        if isinstance(error, SupabaseUnreachable):
            state = f"supabase {error}"
        elif isinstance(error, SupabaseRefused):
            state = f"supabase refuses: {error.status} {error.code}"
        else:
            state = "failed"
            log.error("mail worker failed", exc_info=error)
        self._talk_at = self._claim_at = monotonic() + self._supabase.next()
        self._say(state, logging.ERROR)

    def _say(self, state: str, level: int) -> None:
        """Log each change of state once."""
        if state != self._state:
            self._state = state
            log.log(level, "mail worker: %s", state or "working again")
