"""Jobs in the database: claiming some under a lease, renewing it, settling them."""

import logging
import os
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from service.backoff import delay
from service.supabase_api import Supabase

log = logging.getLogger(__name__)

# Jobs of one claim, unless the caller says otherwise.
BATCH = 50
# A lease is renewed so many times in its length; after a renewal that failed, more often.
RENEWALS, HURRIED_RENEWALS = 3, 12
# Seconds after which a job that we could not even understand is tried again, by newer code perhaps.
RETRY_BROKEN = 600

BROKEN = "broken"
"""The code of a verdict that is a fault of ours."""


class Work(BaseModel):
    """What is to be done. Each kind of job says what else it needs."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job_id: int
    kind: str
    attempts: int


W = TypeVar("W", bound=Work)


@dataclass(frozen=True)
class Verdict:
    """How one try ended.

    `accepted` and `failed` are final, `retry` is for later, `released` says that this job had no
    part in what went wrong. `error` is what the other side said; it may hold an address, `code`
    does not. With `stop` it takes no other job from us at the moment either, and with `pause`
    (seconds) from nobody before somebody has done something about it.
    """

    outcome: Literal["accepted", "failed", "retry", "released"]
    error: str | None = None
    code: str | None = None
    stop: bool = False
    pause: int | None = None
    result: dict[str, Any] | None = None
    """What there is to write down, for kinds of jobs that have a result."""


_NOT_UNDERSTOOD = Verdict("retry", "this version of the service cannot do it", BROKEN)


@dataclass(eq=False)
class Lease:
    """What one claim holds: the jobs `held`, until `ends`. Times are of the monotonic clock."""

    token: str
    began: float
    """Before the claim was under way, so that `ends` is never later than in the database."""
    ends: float
    held: set[int] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Job(Generic[W]):
    """A claimed job, with the lease under which it was claimed."""

    work: W
    lease: Lease

    @property
    def id(self) -> int:
        return self.work.job_id

    @property
    def is_ours(self) -> bool:
        """Whether nobody else may have claimed it by now."""
        return self.id in self.lease.held and monotonic() < self.lease.ends


class Jobs(Generic[W]):
    """The jobs of some kinds, read as `work`; `supabase` is called as the service role.

    A lease lasts `lease` seconds, and is renewed, by a thread of its own, until all its jobs are
    settled or let go.
    """

    def __init__(
        self, supabase: Supabase, kinds: Sequence[str], work: type[W], lease: int = 60
    ) -> None:
        self._supabase = supabase
        self._kinds = list(kinds)
        self._work = work
        self._seconds = lease
        self._lock = threading.Lock()
        self._leases: list[Lease] = []
        self._renewing: threading.Thread | None = None

    def claim(self, batch: int = BATCH) -> list[Job[W]]:
        """Take jobs that are due, at most `batch`; none of a kind that is paused.

        It may be fewer although more are due. Only an empty answer means that there are none.
        """
        began = monotonic()
        rows = self._rpc(
            "claim_jobs",
            kinds=self._kinds,
            worker=worker_name(),
            batch=batch,
            lease_seconds=self._seconds,
        )
        if not rows:
            return []
        lease = Lease(rows[0]["lease_token"], began, began + self._seconds)
        jobs = []
        for row in rows:
            try:
                jobs.append(Job(self._work.model_validate(row), lease))
            except ValidationError as error:
                # A job of a newer database, for a newer service; the others must not wait.
                log.error("job not understood", exc_info=error, extra={"job_id": row["job_id"]})
                broken = _row(row["job_id"], lease, _NOT_UNDERSTOOD, row["attempts"])
                self._rpc("settle_jobs", results=[broken])
        self._hold(lease, jobs)
        return jobs

    def beat(self) -> None:
        """Tell that this worker lives, without taking anything."""
        self.claim(0)

    def settle(self, outcomes: Sequence[tuple[Job[W], Verdict]]) -> list[tuple[Job[W], Verdict]]:
        """Write down outcomes, and let go of their jobs; raises SupabaseRefused, -Unreachable.

        Returns those that the database could not write at the moment, to be settled again a bit
        later. What is never written down is done again. Settling is harmless after the lease:
        what somebody else holds by then is left alone.
        """
        if not outcomes:
            return []
        rows = [_row(job.id, job.lease, verdict, job.work.attempts) for job, verdict in outcomes]
        busy = set(self._rpc("settle_jobs", results=rows)["busy"])
        for job, _ in outcomes:
            if job.id not in busy:
                self.let_go(job)
        return [(job, verdict) for job, verdict in outcomes if job.id in busy]

    def let_go(self, job: Job[W]) -> None:
        """Do not renew this job's lease any more."""
        job.lease.held.discard(job.id)

    def close(self) -> None:
        """Renew no lease any more."""
        with self._lock:
            self._leases.clear()

    # ---- what operators and /ready ask ---------------------------------------------------------

    def pause(self, reason: str, seconds: int) -> None:
        """Let nobody claim one for a while."""
        self._rpc("pause_jobs", kinds=self._kinds, reason=reason, seconds=seconds)

    def resume(self) -> None:
        self._rpc("resume_jobs", kinds=self._kinds)

    def status(self) -> dict[str, Any]:
        """How many wait, and whether somebody does them."""
        return dict(self._rpc("jobs_status", kinds=self._kinds))

    def retry(self, failed_since: datetime) -> int:
        """Queue again what failed since then; returns how many."""
        answer = self._rpc("retry_jobs", kinds=self._kinds, failed_since=failed_since.isoformat())
        return int(answer["retried"])

    # ---- leases ----------------------------------------------------------------------------------

    def _hold(self, lease: Lease, jobs: Sequence[Job[W]]) -> None:
        lease.held.update(job.id for job in jobs)
        with self._lock:
            self._leases.append(lease)
            # One from before a fork is not alive.
            if self._renewing is None or not self._renewing.is_alive():
                self._renewing = threading.Thread(target=self._renew, name="leases", daemon=True)
                self._renewing.start()

    def _renew(self) -> None:
        """Renew what is held, until nothing is."""
        fine = True
        while True:
            sleep(self._seconds / (RENEWALS if fine else HURRIED_RENEWALS))
            with self._lock:
                self._leases = leases = [lease for lease in self._leases if lease.held]
                if not leases:
                    self._renewing = None
                    return
            fine = all([self._renewed(lease) for lease in leases])

    def _renewed(self, lease: Lease) -> bool:
        """Whether the database has answered which jobs of this lease are still ours."""
        began = monotonic()
        try:
            held = self._rpc(
                "renew_jobs",
                lease_token=lease.token,
                job_ids=list(lease.held),
                lease_seconds=self._seconds,
            )
        except Exception as error:
            # Whatever it is, the other leases are renewed.
            log.warning("lease not renewed", exc_info=error)
            return False
        # Not assigned: others have been settled meanwhile.
        lease.held.intersection_update(held)
        lease.ends = began + self._seconds
        return True

    def _rpc(self, function: str, **arguments: Any) -> Any:
        return self._supabase.rpc(function, arguments)


def _row(job_id: int, lease: Lease, verdict: Verdict, attempts: int) -> dict[str, Any]:
    row = {
        "job_id": job_id,
        "lease_token": lease.token,
        "outcome": verdict.outcome,
        "error": verdict.error,
        "retry_in": RETRY_BROKEN if verdict.code == BROKEN else retry_in(attempts),
    }
    return row if verdict.result is None else {**row, "result": verdict.result}


def retry_in(attempts: int) -> int:
    """Seconds until the next try: half a minute first, doubling up to an hour, jittered.

    When to give up is the database's decision.
    """
    return round(delay(attempts, 30, 3600))


def worker_name() -> str:
    """Names this process in the database; read every time, since it changes with a fork."""
    return f"{socket.gethostname()}:{os.getpid()}"
