"""The base of what works through a queue, one turn after the other, whatever is down meanwhile."""

import logging
import threading
from typing import Generic

from service.backoff import Backoff
from service.jobs import Jobs, Verdict, W
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)


class JobWorker(Generic[W]):
    """Takes turns until it is told to stop; between empty ones it rests for `idle` seconds.

    `name` stands in the log before each change of state.
    """

    def __init__(self, jobs: Jobs[W], name: str, idle: float) -> None:
        self._jobs = jobs
        self._name = name
        self._idle = idle
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._state = ""

    def work_once(self) -> Verdict | None:
        """One turn: its last verdict, None where there was nothing to do.

        Raises SupabaseRefused and -Unreachable about the database.
        """
        raise NotImplementedError

    def run(self) -> None:
        """Work until stop()."""
        while not self._stopping.is_set():
            try:
                last = self.work_once()
            except SupabaseUnreachable as error:
                self._wait(f"supabase {error}")
            except SupabaseRefused as error:
                self._wait(f"supabase refuses: {error.status} {error.code}")
            except Exception as error:
                log.error("%s failed", self._name, exc_info=error)
                self._wait("failed")
            else:
                if last and last.stop and not last.pause:
                    self._wait(last.error or "")
                    continue
                self._backoff.reset()
                self._say("", logging.INFO)
                if not last or last.pause:
                    self._stopping.wait(self._idle)

    def stop(self) -> None:
        """Give back what is not begun, and end."""
        self._stopping.set()

    def _paused(self, reason: str, seconds: int) -> Verdict:
        """Have nobody try for a while; written down before any job is free again."""
        try:
            self._jobs.pause(reason, seconds)
        except (SupabaseRefused, SupabaseUnreachable) as error:
            # The next one meets the same refusal.
            log.error("pause not recorded", exc_info=error)
        return Verdict("released", reason, stop=True, pause=seconds)

    def _wait(self, state: str) -> None:
        """Leave others alone for a while."""
        self._say(state, logging.ERROR)
        self._stopping.wait(self._backoff.next())

    def _say(self, state: str, level: int) -> None:
        """Log each change of state once."""
        if state != self._state:
            self._state = state
            log.log(level, "%s: %s", self._name, state or "working again")
