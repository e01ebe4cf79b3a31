"""The loop that keeps the outbox empty, as a process of its own or a thread of the web's."""

import atexit
import logging
import os
import random
import threading
from collections.abc import Callable
from time import monotonic

from service.delivery import Delivery
from service.outbox import BATCH, Outbox
from service.settings import Settings
from service.smtp import GIVE_UP_AFTER, Pool
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

# Seconds between looking for work when there was none, and between maintenance runs.
IDLE = 1.0
MAINTENANCE = 60.0
# Seconds to wait when Supabase or the mail server is down, doubling from one to the other.
BACKOFF_FIRST = 0.5
BACKOFF_MOST = 30.0

_MAIL_SERVER_DOWN = "mail server down"


class Backoff:
    """A growing, jittered delay."""

    def __init__(self) -> None:
        self._delay = 0.0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        self._delay = min(max(self._delay * 2, BACKOFF_FIRST), BACKOFF_MOST)
        return self._delay * random.uniform(0.75, 1.25)

    def reset(self) -> None:
        """After a success."""
        self._delay = 0.0


class Worker:
    """Claims, sends and settles until it is told to stop; survives whatever is down."""

    def __init__(self, settings: Settings, outbox: Outbox, delivery: Delivery, smtp: Pool) -> None:
        self._blocked = settings.mail_blocked
        self._outbox = outbox
        self._delivery = delivery
        self._smtp = smtp
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._backoff = Backoff()
        self._state = ""
        self._maintain_at = 0.0

    def run(self) -> None:
        """Work until stop(); returns once what was in flight is settled."""
        log.info("mail worker started")
        while not self._stopping.is_set():
            self._wake.clear()
            wait = self._round()
            if not self._stopping.is_set():
                self._wake.wait(wait)
        self._smtp.close()
        log.info("mail worker stopped")

    def wake(self) -> None:
        """Look for work now."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the message in flight, give the others back, and end."""
        self._stopping.set()
        self._wake.set()

    def _round(self) -> float:
        """One batch; returns the seconds to wait before the next."""
        try:
            self._maintain()
            if self._blocked:
                self._outbox.beat()
                return self._now(f"blocked: {self._blocked}", logging.ERROR, BACKOFF_MOST)
            return self._send_batch()
        except SupabaseUnreachable as error:
            return self._now(f"supabase {error}", logging.ERROR, self._backoff.next())
        except SupabaseRefused as error:
            state = f"supabase refuses: {error.status} {error.code}"
            return self._now(state, logging.ERROR, self._backoff.next())
        except Exception as error:
            # Whatever it is, mails of others must not wait for a person to restart us.
            log.error("mail worker failed", exc_info=error)
            return self._backoff.next()

    def _send_batch(self) -> float:
        if self._state == _MAIL_SERVER_DOWN and self._smtp.probe() is not None:
            # Nothing is claimed that could not be sent anyway.
            self._outbox.beat()
            return self._backoff.next()
        mails = self._outbox.claim()
        if not mails:
            self._smtp.close(idle_for=GIVE_UP_AFTER)
            return self._fine(IDLE)
        report = self._delivery.deliver(mails, interrupted=self._stopping.is_set)
        if report.stopped:
            return self._now(_MAIL_SERVER_DOWN, logging.WARNING, self._backoff.next())
        return self._fine(0 if len(mails) == BATCH else IDLE)

    def _maintain(self) -> None:
        if monotonic() >= self._maintain_at:
            self._maintain_at = monotonic() + MAINTENANCE
            self._outbox.maintain()

    def _fine(self, wait: float) -> float:
        self._backoff.reset()
        return self._now("", logging.INFO, wait)

    def _now(self, state: str, level: int, wait: float) -> float:
        """Note the state, logging each change once; returns `wait`."""
        if state != self._state:
            log.log(level, "mail worker: %s", state or "working again")
            self._state = state
        return wait


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
