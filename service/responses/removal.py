"""Removing the files of responses that were deleted, discarded, withdrawn or have expired.

The path is queued in the transaction that deletes the row. A file that is gone already counts as
removed, so that a worker which dies between removing and settling leaves nothing to be mended.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from service import jobs
from service.job_worker import JobWorker
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


class Remover(JobWorker[Removal]):
    """Claims, removes and settles."""

    def __init__(self, supabase: Supabase, jobs: Jobs) -> None:
        super().__init__(jobs, "response removal", IDLE)
        self._supabase = supabase

    def work_once(self) -> Verdict | None:
        """As JobWorker says."""
        outcomes = self.turn()
        if not outcomes:
            return None
        _, last = outcomes[-1]
        return replace(last, error=f"supabase {last.error}")

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
                return self._paused(f"Storage refuses the service-role key: {error.status}", PAUSE)
            log.warning("files not removed", extra=about)
            return Verdict("retry", f"Storage answers {error.status} {error.message or ''}".strip())
        return Verdict("accepted")

    def _settle(self, outcomes: list[Outcome]) -> None:
        """Write down outcomes; those that another transaction holds locked, a bit later."""
        written = Counter[str](verdict.outcome for _, verdict in outcomes)
        for _ in range(SETTLINGS):
            outcomes = self._jobs.settle(outcomes)
            if not outcomes or self._stopping.wait(SETTLE):
                break
        if written:
            log.info("removals settled", extra={**written})


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
