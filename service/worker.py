"""The loop that keeps the outbox empty, as a process of its own or a thread of the web's."""

import atexit
import logging
import os
import threading
from collections.abc import Callable
from time import monotonic

from service.backoff import Backoff
from service.delivery import Delivery, report, settled
from service.outbox import Outbox, Settlement
from service.senders import Progress, Senders
from service.settings import Settings
from service.smtp import GIVE_UP_AFTER, Pool
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds between looking for work when there was none, and between maintenance runs.
IDLE = 1.0
MAINTENANCE = 60.0
# Seconds between signs of life while nothing is claimed.
BEAT = 5.0
# How many mails wait in memory, and in how many seconds as many should go: more are claimed at
# once when they go faster, fewer when they go slower. Others cannot send what waits here.
LEAST, MOST_WAITING = 16, 400
QUICK, SLOW = 1.0, 4.0
# Outcomes are written down when there are so many, or when one is so old, in seconds. What was
# sent and not written down is sent again after a crash.
MANY_OUTCOMES = 100
OLD_OUTCOME = 0.5
# Seconds for which the last outcomes are tried to be written down before the end.
LAST_PATIENCE = 15.0

_MAIL_SERVER_DOWN = "mail server down"


class Worker:
    """Claims, sends and settles until it is told to stop; survives whatever is down.

    Claiming and settling go on while the senders send. No database session waits for SMTP.
    """

    def __init__(self, settings: Settings, outbox: Outbox, delivery: Delivery, smtp: Pool) -> None:
        self._blocked = settings.mail_blocked
        self._connections = settings.mail_connections
        self._outbox = outbox
        self._delivery = delivery
        self._smtp = smtp
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._senders: Senders
        self._unwritten: list[Settlement] = []
        self._batch = LEAST
        # Set when a claim brought all there was: the next one can wait.
        self._drained = True
        # Why the senders have halted, if so.
        self._halted = ""
        self._state = ""
        self._supabase, self._mail_server = Backoff(), Backoff()
        # When what was done or is due, on the monotonic clock.
        self._claimed_at = -IDLE
        self._settle_at = self._beat_at = self._maintain_at = self._probe_at = self._again_at = 0.0

    def run(self) -> None:
        """Work until stop(); returns once what was in flight is settled."""
        log.info("mail worker started")
        self._senders = Senders(self._delivery.attempt, self._connections, self._wake.set)
        while not self._stopping.is_set():
            self._wake.clear()
            wait = self._round()
            if not self._stopping.is_set():
                self._wake.wait(wait)
        self._end()
        self._smtp.close()
        log.info("mail worker stopped")

    def wake(self) -> None:
        """Look for work now."""
        self._claimed_at = self._beat_at = self._probe_at = self._again_at = 0.0
        self._wake.set()

    def stop(self) -> None:
        """Finish the mails in flight, give the others back, and end."""
        self._stopping.set()
        self._wake.set()

    def _round(self) -> float:
        """Whatever is due; returns the seconds to wait before the next look, unless woken."""
        if (quiet := self._again_at - monotonic()) > 0:
            return quiet
        try:
            self._maintain()
            if self._blocked:
                self._beat()
                return self._now(f"blocked: {self._blocked}", logging.ERROR, BEAT)
            self._settle()
            if self._halted and (down := self._probe()) > 0:
                self._beat()
                return self._now(self._halted, logging.WARNING, min(down, BEAT))
            self._claim()
            self._supabase.reset()
            return self._now("", logging.INFO, IDLE if self._senders.idle else OLD_OUTCOME)
        except SupabaseUnreachable as error:
            return self._unavailable(f"supabase {error}")
        except SupabaseRefused as error:
            return self._unavailable(f"supabase refuses: {error.status} {error.code}")
        except Exception as error:
            # Whatever it is, mails of others must not wait for a person to restart us.
            log.error("mail worker failed", exc_info=error)
            return self._unavailable("failed")

    # ---- what is done in a round -------------------------------------------------------------

    def _maintain(self) -> None:
        if monotonic() >= self._maintain_at:
            self._maintain_at = monotonic() + MAINTENANCE
            self._outbox.maintain()

    def _beat(self) -> None:
        if monotonic() >= self._beat_at:
            self._beat_at = monotonic() + BEAT
            self._outbox.beat()

    def _settle(self) -> None:
        """Write down what has happened, if it is enough, or long enough ago."""
        senders = self._senders
        if senders.done < MANY_OUTCOMES and not senders.idle and monotonic() < self._settle_at:
            return
        self._take(senders.progress())
        self._write(patience=0)
        self._settle_at = monotonic() + OLD_OUTCOME

    def _take(self, progress: Progress) -> None:
        """Note outcomes and a halt; a pause is recorded before any row is free again."""
        self._unwritten += [settled(mail, verdict) for mail, verdict in progress.outcomes]
        if any(
            not verdict.stop for _, verdict in progress.outcomes if verdict.outcome != "released"
        ):
            self._mail_server.reset()
        if progress.halt and not self._halted:
            self._halted = "sending paused" if progress.halt.pause else _MAIL_SERVER_DOWN
            self._probe_at = monotonic() + self._mail_server.next()
            if progress.halt.pause:
                self._delivery.pause(progress.halt)

    def _write(self, patience: float) -> None:
        # Kept until it works: what is forgotten is sent again.
        if self._unwritten:
            self._outbox.settle(self._unwritten, patience)
            report(self._unwritten)
            self._unwritten = []

    def _probe(self) -> float:
        """Seconds until the mail server may be tried again; 0 once it answers."""
        if (wait := self._probe_at - monotonic()) > 0:
            return wait
        # Nothing is claimed that could not be sent anyway.
        if self._smtp.probe() is None:
            self._halted = ""
            self._senders.resume()
            return 0
        delay = self._mail_server.next()
        self._probe_at = monotonic() + delay
        return delay

    def _claim(self) -> None:
        """Fetch mails while the senders are busy with those they have."""
        waiting, now = self._senders.waiting, monotonic()
        if waiting > self._batch // 2 or (self._drained and now < self._claimed_at + IDLE):
            return
        if not self._drained:
            self._batch = next_batch(self._batch, now - self._claimed_at)
        self._drained, self._claimed_at = True, now
        room, lease = self._batch - waiting, self._outbox.lease()
        mails = self._outbox.claim(room)
        self._drained = len(mails) < room
        self._beat_at = monotonic() + BEAT
        self._senders.low = 0 if self._drained else self._batch // 2
        self._senders.put(mails, lease)
        if not mails:
            self._smtp.close(idle_for=GIVE_UP_AFTER)

    def _end(self) -> None:
        self._take(self._senders.end())
        try:
            self._write(LAST_PATIENCE)
        except (SupabaseUnreachable, SupabaseRefused) as error:
            log.error("%d mails not settled", len(self._unwritten), exc_info=error)

    # ---- what is said about it ---------------------------------------------------------------

    def _unavailable(self, state: str) -> float:
        delay = self._supabase.next()
        self._again_at = monotonic() + delay
        return self._now(state, logging.ERROR, delay)

    def _now(self, state: str, level: int, wait: float) -> float:
        """Note the state, logging each change once; returns `wait`."""
        if state != self._state:
            log.log(level, "mail worker: %s", state or "working again")
            self._state = state
        return wait


def next_batch(batch: int, seconds: float) -> int:
    """How many mails to have in memory, when the last ones went in so many seconds."""
    if seconds < QUICK:
        return min(batch * 2, MOST_WAITING)
    if seconds > SLOW:
        return max(batch // 2, LEAST)
    return batch


class MailThread:
    """The worker of a web process: one thread per process, also after forks."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._worker: Worker | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start it unless it runs in this process already; cheap to call."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._worker = self._make()
            # A daemon, because Python waits for other threads before it runs atexit functions,
            # and it is one of those that stops this one.
            self._thread = threading.Thread(target=self._worker.run, name="mail", daemon=True)
            self._thread.start()
            atexit.register(self.stop)
            self._pid = os.getpid()

    def wake(self) -> None:
        """Have it look for work now, if it runs."""
        if self._worker is not None and self._pid == os.getpid():
            self._worker.wake()

    @property
    def alive(self) -> bool:
        """Whether it runs in this process."""
        return self._pid == os.getpid() and self._thread is not None and self._thread.is_alive()

    def stop(self, seconds: float = 25.0) -> None:
        """Let it finish what is in flight, and wait for that."""
        if self.alive and self._worker is not None and self._thread is not None:
            self._worker.stop()
            self._thread.join(seconds)
        atexit.unregister(self.stop)
