"""Removing the files of responses that were deleted, discarded, withdrawn or have expired.

The path is queued in the transaction that deletes the row. A file that is gone already counts as
removed, so that a worker which dies between removing and settling leaves nothing to be mended.
"""

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from service import jobs
from service.backoff import Backoff
from service.jobs import Verdict, Work
from service.supabase_api import Supabase, SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

KIND: Literal["response_removal"] = "response_removal"
# Files that Storage removes in one call.
MOST = 500
# Seconds between looking for files when there were none, and between tries to settle, and how many.
IDLE = 5.0
SETTLE, SETTLINGS = 0.5, 20
# Seconds for which removing pauses when Storage refuses our key.
PAUSE = 300

_NOT_BEGUN = Verdict("released")


class Removal(Work):
    """A file to be removed."""

    kind: Literal["response_removal"]
    bucket: str
    path: str


Job = jobs.Job[Removal]
Outcome = tuple[Job, Verdict]


class Jobs(jobs.Jobs[Removal]):
    """The queue of removals; `supabase` is called as the service role."""

    def __init__(self, supabase: Supabase, lease: int = 60) -> None:
        super().__init__(supabase, [KIND], Removal, lease)


class Remover:
    """Claims, removes and settles until it is told to stop; survives whatever is down."""

    def __init__(self, supabase: Supabase, jobs: Jobs) -> None:
        self._supabase = supabase
        self._jobs = jobs
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._state = ""

    def run(self) -> None:
        """Work until stop()."""
        while not self._stopping.is_set():
            try:
                outcomes = self.turn()
            except SupabaseUnreachable as error:
                self._wait(f"supabase {error}")
            except SupabaseRefused as error:
                self._wait(f"supabase refuses: {error.status} {error.code}")
            except Exception as error:
                log.error("removal failed", exc_info=error)
                self._wait("failed")
            else:
                last = outcomes[-1][1] if outcomes else None
                if last and last.stop and not last.pause:
                    self._wait(f"supabase {last.error}")
                    continue
                self._backoff.reset()
                self._say("", logging.INFO)
                if not last or last.pause:
                    self._stopping.wait(IDLE)

    def stop(self) -> None:
        """Finish the call under way, give the other files back, and end."""
        self._stopping.set()

    def turn(self) -> list[Outcome]:
        """Claim, remove and settle once; raises SupabaseRefused, -Unreachable.

        That is about the database. What Storage says stands in the outcomes.
        """
        claimed = self._jobs.claim(MOST)
        try:
            outcomes = self._remove(claimed)
            self._settle(outcomes)
        finally:
            # What could not be settled comes again when its lease has ended, and is gone by then.
            for job in claimed:
                self._jobs.let_go(job)
        return outcomes

    def _remove(self, claimed: Sequence[Job]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        verdict = _NOT_BEGUN
        for bucket, those in _calls(claimed):
            if self._stopping.is_set():
                verdict = _NOT_BEGUN
            elif not verdict.stop:
                verdict = self._try(bucket, those)
            outcomes += [(job, verdict) for job in those]
        return outcomes

    def _try(self, bucket: str, those: Sequence[Job]) -> Verdict:
        """Have Storage remove these files."""
        try:
            self._supabase.remove_files(bucket, [job.work.path for job in those])
        except SupabaseUnreachable as error:
            # It is away for all files: each keeps its attempts, and the thread waits.
            return Verdict("released", str(error), stop=True)
        except SupabaseRefused as error:
            about = {"status": error.status, "files": len(those)}
            if error.status in (401, 403):
                log.error("removals paused", extra={**about, "seconds": PAUSE})
                return self._paused(f"Storage refuses the service-role key: {error.status}")
            log.warning("files not removed", extra=about)
            return Verdict("retry", f"Storage answers {error.status} {error.message or ''}".strip())
        return Verdict("accepted")

    def _paused(self, reason: str) -> Verdict:
        """Have nobody try for a while; written down before any file is free again."""
        try:
            self._jobs.pause(reason, PAUSE)
        except (SupabaseRefused, SupabaseUnreachable) as error:
            # The next one meets the same refusal.
            log.error("pause not recorded", exc_info=error)
        return Verdict("released", reason, stop=True, pause=PAUSE)

    def _settle(self, outcomes: list[Outcome]) -> None:
        """Write down outcomes; those that another transaction holds locked, a bit later."""
        written = Counter[str](verdict.outcome for _, verdict in outcomes)
        for _ in range(SETTLINGS):
            outcomes = self._jobs.settle(outcomes)
            if not outcomes or self._stopping.wait(SETTLE):
                break
        if written:
            log.info("removals settled", extra={**written})

    # ---- what is said about it -----------------------------------------------------------------

    def _wait(self, state: str) -> None:
        """Leave Supabase alone for a while."""
        self._say(state, logging.ERROR)
        self._stopping.wait(self._backoff.next())

    def _say(self, state: str, level: int) -> None:
        """Log each change of state once."""
        if state != self._state:
            self._state = state
            log.log(level, "response removal: %s", state or "working again")


def _calls(jobs: Sequence[Job]) -> Iterator[tuple[str, list[Job]]]:
    """The files of each call to Storage, with their bucket.

    The more often files were refused, the fewer go together, so that in the end one that Storage
    cannot remove holds up no other.
    """
    alike: defaultdict[tuple[str, int], list[Job]] = defaultdict(list)
    for job in jobs:
        alike[job.work.bucket, job.work.attempts].append(job)
    for (bucket, attempts), those in alike.items():
        size = max(MOST // 4 ** (attempts - 1), 1)
        for start in range(0, len(those), size):
            yield bucket, those[start : start + size]
