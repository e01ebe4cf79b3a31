"""The queue of mails in the database: claiming some under a lease, renewing it, settling them."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from service.mail.backoff import delay
from service.mail.smtp import BROKEN, Verdict
from service.supabase_api import Supabase

log = logging.getLogger(__name__)

MailKind = Literal["interview_invitation", "candidate_invitation", "interview_reminder"]
KINDS: tuple[MailKind, ...] = get_args(MailKind)

# Jobs of one claim, unless the caller says otherwise.
BATCH = 50
# A lease is renewed so many times in its length; after a renewal that failed, more often.
RENEWALS, HURRIED_RENEWALS = 3, 12
# Seconds after which a mail that we could not even write is tried again, by newer code perhaps.
RETRY_BROKEN = 600

_NOT_UNDERSTOOD = Verdict("retry", "this version of the service cannot send it", BROKEN)


class Mail(BaseModel):
    """A mail to be sent. Codes and addresses are as they were when it was claimed."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job_id: int
    subject: uuid.UUID
    kind: MailKind
    attempts: int
    email: str
    invite_code: str | None = None
    interview_title: str | None = None
    recruiter_name: str
    reply_to: str | None = None
    expires_at: datetime | None = None
    deadline: datetime | None = None
    queued_at: datetime


@dataclass(eq=False)
class Lease:
    """What one claim holds: the jobs `held`, until `ends`. Times are of the monotonic clock."""

    token: str
    began: float
    """Before the claim was under way, so that `ends` is never later than in the database."""
    ends: float
    held: set[int] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class Job:
    """A claimed mail, with the lease under which it was claimed."""

    mail: Mail
    lease: Lease

    @property
    def id(self) -> int:
        return self.mail.job_id

    @property
    def is_ours(self) -> bool:
        """Whether nobody else may have claimed it by now."""
        return self.id in self.lease.held and monotonic() < self.lease.ends


Outcome = tuple[Job, Verdict]
"""How one try to send a mail ended."""


@dataclass(frozen=True)
class Claim:
    """The answer to asking for one invite's mail: a job only when `claimed`."""

    delivery: Literal[
        "claimed", "queued", "in_progress", "paused", "accepted", "failed", "cancelled"
    ]
    error: str | None = None
    job: Job | None = None


class Jobs:
    """The queue; `supabase` is called as the service role, leases last `lease` seconds.

    A lease is renewed, by a thread of its own, until all its jobs are settled or let go.
    """

    def __init__(self, supabase: Supabase, lease: int = 60) -> None:
        self._supabase = supabase
        self._seconds = lease
        self._lock = threading.Lock()
        self._leases: list[Lease] = []
        self._renewing: threading.Thread | None = None

    def claim(self, batch: int = BATCH) -> list[Job]:
        """Take mails that are due, at most `batch`; none while sending is paused.

        It may be fewer although more are due. Only an empty answer means that there are none.
        """
        began = monotonic()
        rows = self._rpc(
            "claim_jobs",
            kinds=KINDS,
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
                jobs.append(Job(Mail.model_validate(row), lease))
            except ValidationError as error:
                # A mail of a newer database, for a newer service; the others must not wait.
                log.error("mail not understood", exc_info=error, extra={"job_id": row["job_id"]})
                broken = _row(row["job_id"], lease, _NOT_UNDERSTOOD, row["attempts"])
                self._rpc("settle_jobs", results=[broken])
        self._hold(lease, jobs)
        return jobs

    def beat(self) -> None:
        """Tell that this worker lives, without taking anything."""
        self.claim(0)

    def claim_invite(self, email: str, code: str) -> Claim:
        """Take the mail of one pending invite; SupabaseRefused when there is no such pair."""
        began = monotonic()
        answer = self._rpc(
            "claim_invite_mail",
            email=email,
            invite_code=code,
            worker=worker_name(),
            lease_seconds=self._seconds,
        )
        job = None
        if row := answer.get("mail"):
            lease = Lease(row["lease_token"], began, began + self._seconds)
            job = Job(Mail.model_validate(row), lease)
            self._hold(lease, [job])
        return Claim(answer["delivery"], answer.get("error"), job)

    def settle(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Write down outcomes, and let go of their jobs; raises SupabaseRefused, -Unreachable.

        Returns those that the database could not write at the moment, to be settled again a bit
        later. What is never written down is sent again. Settling is harmless after the lease:
        what somebody else holds by then is left alone.
        """
        if not outcomes:
            return []
        rows = [_row(job.id, job.lease, verdict, job.mail.attempts) for job, verdict in outcomes]
        busy = set(self._rpc("settle_jobs", results=rows)["busy"])
        for job, _ in outcomes:
            if job.id not in busy:
                self.let_go(job)
        return [(job, verdict) for job, verdict in outcomes if job.id in busy]

    def let_go(self, job: Job) -> None:
        """Do not renew this job's lease any more."""
        job.lease.held.discard(job.id)

    def close(self) -> None:
        """Renew no lease any more."""
        with self._lock:
            self._leases.clear()

    # ---- what operators and /ready ask ---------------------------------------------------------

    def pause(self, reason: str, seconds: int) -> None:
        """Let nobody claim a mail for a while."""
        self._rpc("pause_jobs", kinds=KINDS, reason=reason, seconds=seconds)

    def resume(self) -> None:
        self._rpc("resume_jobs", kinds=KINDS)

    def status(self) -> dict[str, Any]:
        """How many mails are queued, and whether somebody sends them."""
        return dict(self._rpc("jobs_status", kinds=KINDS))

    def retry(self, failed_since: datetime) -> int:
        """Queue again what failed since then, the newest of each recipient; returns how many."""
        answer = self._rpc("retry_jobs", kinds=KINDS, failed_since=failed_since.isoformat())
        return int(answer["retried"])

    def maintain(self) -> None:
        """Expire what is overdue, queue reminders, prune; nothing while another is at it."""
        self._rpc("run_maintenance")

    # ---- leases ----------------------------------------------------------------------------------

    def _hold(self, lease: Lease, jobs: Sequence[Job]) -> None:
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
    return {
        "job_id": job_id,
        "lease_token": lease.token,
        "outcome": verdict.outcome,
        "error": verdict.error,
        "retry_in": RETRY_BROKEN if verdict.code == BROKEN else retry_in(attempts),
    }


def retry_in(attempts: int) -> int:
    """Seconds until the next try: half a minute first, doubling up to an hour, jittered.

    When to give up is the database's decision.
    """
    return round(delay(attempts, 30, 3600))


def worker_name() -> str:
    """Names this process in the database; read every time, since it changes with a fork."""
    return f"{socket.gethostname()}:{os.getpid()}"
