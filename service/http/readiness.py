"""Whether the service can do its work: the checks behind /ready."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any, Generic, TypeVar

from service.jobs import Jobs
from service.mail.smtp import Pool
from service.metrics import Figures
from service.supabase_api import Supabase, SupabaseRefused, SupabaseUnreachable

# Seconds within which the report is there, whatever hangs.
PATIENCE = 1.5
# Seconds that the mail server may take for a reply, and for which its answer is kept.
SMTP_PATIENCE = 10.0
SMTP_KEPT = 5.0
# Seconds for which Auth's settings are kept.
AUTH_KEPT = 60.0
# Seconds after which a mail that nobody takes counts as late.
LATE = 30

Status = dict[str, dict[str, Any]]
"""jobs_status() of each queue: mail, removals, checks, transcripts."""
_NO_ANSWER: tuple[str | None, Status] = ("no answer in time", {})

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

    def __init__(
        self, supabase: Supabase, queues: dict[str, Jobs[Any]], smtp: Pool, blocked: str | None
    ) -> None:
        self._blocked = blocked
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="ready")
        self._supabase = Probe(self._threads, lambda: _ask_supabase(queues), 0.0)
        self._responses = Probe(self._threads, lambda: _ask_of_responses(supabase), 0.0)
        self._auth = Probe(self._threads, lambda: _ask_auth(supabase), AUTH_KEPT)
        self._smtp = Probe(self._threads, lambda: smtp.probe(SMTP_PATIENCE), SMTP_KEPT)

    def report(self) -> dict[str, Any]:
        """`status` is ready, degraded (anything but the database is in trouble) or unavailable."""
        deadline = monotonic() + PATIENCE
        asked, tried, told = self._supabase.start(), self._smtp.start(), self._auth.start()
        supabase_error, queues = _within(asked, deadline, _NO_ANSWER)
        smtp_error = _within(tried, deadline, "no answer in time")
        auth_error = _within(told, deadline, None)
        problems = [
            *([f"supabase: {supabase_error}"] if supabase_error else []),
            *([f"smtp: {smtp_error}"] if smtp_error else []),
            *([f"mail: {self._blocked}"] if self._blocked else []),
            *([f"auth: {auth_error}"] if auth_error else []),
            *([] if supabase_error else _problems(queues)),
        ]
        status = "unavailable" if supabase_error else "degraded" if problems else "ready"
        return {
            "status": status,
            "problems": problems,
            "supabase": "down" if supabase_error else "up",
            "smtp": "down" if smtp_error else "up",
            "mail": queues.get("mail", {}),
            "removals": queues.get("removals", {}),
        }

    def figures(self) -> Figures:
        """What the database says, within PATIENCE."""
        deadline = monotonic() + PATIENCE
        asked, of_responses = self._supabase.start(), self._responses.start()
        error, queues = _within(asked, deadline, _NO_ANSWER)
        if error is not None:
            return {}
        responses = _within(of_responses, deadline, {})
        return {**queues, "responses": responses} if responses else queues

    def close(self) -> None:
        self._threads.shutdown()


def _within(future: Future[T], deadline: float, otherwise: T) -> T:
    try:
        return future.result(max(deadline - monotonic(), 0))
    except NotDone:
        return otherwise


def _ask_supabase(queues: dict[str, Jobs[Any]]) -> tuple[str | None, Status]:
    """(why the database cannot be used, the state of its queues)."""
    try:
        return None, {name: jobs.status() for name, jobs in queues.items()}
    except SupabaseUnreachable as error:
        return str(error), {}
    except SupabaseRefused as error:
        return f"refuses jobs_status() with {error.status} {error.code or ''}".strip(), {}


def _ask_auth(supabase: Supabase) -> str | None:
    """What is wrong with Auth's settings; nothing while it cannot be asked."""
    with suppress(SupabaseRefused, SupabaseUnreachable):
        if supabase.auth_settings().get("mailer_autoconfirm") is True:
            return (
                "email confirmation is off, so anybody can sign up with another person's address"
                " and redeem their codes"
            )
    return None


def _ask_of_responses(supabase: Supabase) -> dict[str, Any]:
    """What responses_status() says; nothing while it cannot be asked."""
    with suppress(SupabaseRefused, SupabaseUnreachable):
        return dict(supabase.rpc("responses_status"))
    return {}


def _problems(queues: Status) -> list[str]:
    mail = queues["mail"]
    found = []
    if mail.get("paused_until"):
        found.append(f"mail: paused until {mail['paused_until']}: {mail.get('paused_reason')}")
    if not mail.get("workers"):
        found.append("mail: no worker has been seen for a minute")
    late = mail.get("late_seconds") or 0
    if late > LATE and not mail.get("paused_until"):
        found.append(f"mail: emails have been overdue for {late} s")
    for name in ("removals", "checks", "transcripts"):
        said = queues[name]
        if said.get("paused_until"):
            # Else nothing of it would show: what is not removed is in nobody's way.
            reason = said.get("paused_reason")
            found.append(f"{name}: paused until {said['paused_until']}: {reason}")
    return found
