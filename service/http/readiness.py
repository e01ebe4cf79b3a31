"""Whether the service can do its work: the checks behind /ready."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from service.mail.jobs import Jobs
from service.mail.smtp import Pool
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

# Seconds within which the report is there, whatever hangs.
PATIENCE = 1.5
# Seconds that the mail server may take for a reply, and for which its answer is kept.
SMTP_PATIENCE = 10.0
SMTP_KEPT = 5.0
# Seconds after which a mail that nobody takes counts as late.
LATE = 30

_NO_ANSWER: tuple[str | None, dict[str, Any]] = ("no answer in time", {})

T = TypeVar("T")


class Probe(Generic[T]):
    """A check that may hang: however many ask, it runs once at a time."""

    def __init__(self, threads: ThreadPoolExecutor, check: Callable[[], T], kept: float) -> None:
        self._threads = threads
        self._check = check
        self._kept = kept
        self._lock = Lock()
        self._running: Future[T] | None = None
        self._done_at = 0.0

    def start(self) -> Future[T]:
        """The check that runs, or one that ended less than `kept` seconds ago, or a new one."""
        with self._lock:
            if self._running is None or self._is_old(self._running):
                self._running = self._threads.submit(self._run)
            return self._running

    def _run(self) -> T:
        try:
            return self._check()
        finally:
            self._done_at = monotonic()

    def _is_old(self, future: Future[T]) -> bool:
        return future.done() and monotonic() - self._done_at >= self._kept


class Readiness:
    """Asks Supabase and the mail server. `blocked` is why no mail may leave, if so."""

    def __init__(self, jobs: Jobs, smtp: Pool, blocked: str | None) -> None:
        self._blocked = blocked
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ready")
        self._supabase = Probe(self._threads, lambda: _ask_supabase(jobs), 0.0)
        self._smtp = Probe(self._threads, lambda: smtp.probe(SMTP_PATIENCE), SMTP_KEPT)

    def report(self) -> dict[str, Any]:
        """`status` is ready, degraded (only mail is in trouble) or unavailable."""
        deadline = monotonic() + PATIENCE
        asked, tried = self._supabase.start(), self._smtp.start()
        supabase_error, mail = _within(asked, deadline, _NO_ANSWER)
        smtp_error = _within(tried, deadline, "no answer in time")
        problems = [
            *([f"supabase: {supabase_error}"] if supabase_error else []),
            *([f"smtp: {smtp_error}"] if smtp_error else []),
            *([f"mail: {self._blocked}"] if self._blocked else []),
            *([] if supabase_error else _mail_problems(mail)),
        ]
        status = "unavailable" if supabase_error else "degraded" if problems else "ready"
        return {
            "status": status,
            "problems": problems,
            "supabase": "down" if supabase_error else "up",
            "smtp": "down" if smtp_error else "up",
            "mail": mail,
        }

    def queue(self) -> tuple[str | None, dict[str, Any]]:
        """(why the database cannot be used, the state of its queue), within PATIENCE."""
        return _within(self._supabase.start(), monotonic() + PATIENCE, _NO_ANSWER)

    def close(self) -> None:
        self._threads.shutdown()


def _within(future: Future[T], deadline: float, otherwise: T) -> T:
    try:
        return future.result(max(deadline - monotonic(), 0))
    except NotDone:
        return otherwise


def _ask_supabase(jobs: Jobs) -> tuple[str | None, dict[str, Any]]:
    """(why the database cannot be used, the state of its queue)."""
    try:
        return None, jobs.status()
    except SupabaseUnreachable as error:
        return str(error), {}
    except SupabaseRefused as error:
        return f"refuses jobs_status() with {error.status} {error.code or ''}".strip(), {}


def _mail_problems(mail: dict[str, Any]) -> list[str]:
    found = []
    if mail.get("paused_until"):
        found.append(f"mail: paused until {mail['paused_until']}: {mail.get('paused_reason')}")
    if not mail.get("workers"):
        found.append("mail: no worker has been seen for a minute")
    late = mail.get("late_seconds") or 0
    if late > LATE and not mail.get("paused_until"):
        found.append(f"mail: emails have been overdue for {late} s")
    return found
