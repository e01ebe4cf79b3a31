"""The queue of mails in the database: claiming some under a lease, and settling them."""

import logging
import os
import random
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from service.supabase_api import Supabase, SupabaseUnreachable

log = logging.getLogger(__name__)

MailName = Literal["interview_invitation", "candidate_invitation", "interview_reminder"]

# Mails claimed at once, unless somebody knows better.
BATCH = 50


class Mail(BaseModel):
    """A claimed mail. Codes and addresses are as they were when it was claimed."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    mail_id: uuid.UUID
    lease_token: uuid.UUID
    mail: MailName
    attempts: int
    email: str
    invite_code: str | None = None
    interview_title: str | None = None
    recruiter_name: str
    reply_to: str | None = None
    expires_at: datetime | None = None
    deadline: datetime | None = None
    queued_at: datetime


@dataclass(frozen=True)
class Lease:
    """Until when claimed mails are ours, on the monotonic clock.

    Whoever dies with them lets them go when it ends; nothing of ours may happen to them then.
    """

    ends: float
    seconds: float

    @classmethod
    def begin(cls, seconds: float) -> Self:
        """One that begins now, before the claim is under way."""
        return cls(monotonic() + seconds, seconds)

    @property
    def start_by(self) -> float:
        """After this no mail is begun."""
        return self.ends - self.seconds / 2

    @property
    def cut_at(self) -> float:
        """At this time a mail in flight is broken off, which leaves time to write it down."""
        return self.ends - self.seconds / 4


@dataclass(frozen=True)
class Settlement:
    """What became of a claimed mail; `retry_in` are seconds."""

    mail: Mail
    outcome: Literal["accepted", "failed", "retry", "released"]
    error: str | None = None
    retry_in: int | None = None

    def row(self) -> dict[str, Any]:
        """As settle_mails takes it."""
        return {
            "mail_id": str(self.mail.mail_id),
            "lease_token": str(self.mail.lease_token),
            "outcome": self.outcome,
            "error": self.error,
            "retry_in": self.retry_in,
        }


class Claim(BaseModel):
    """The answer to asking for one invite's mail.

    Only `claimed` comes with a mail. It is `cancelled` when the interview takes no candidates.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    delivery: Literal[
        "claimed", "queued", "in_progress", "paused", "accepted", "failed", "cancelled"
    ]
    mail: Mail | None = None
    error: str | None = None


class Outbox:
    """The queue; `supabase` is called as the service role, leases last `lease` seconds."""

    def __init__(self, supabase: Supabase, lease: int = 60) -> None:
        self._supabase = supabase
        self._lease = lease

    def lease(self) -> Lease:
        """The lease of what is claimed next."""
        return Lease.begin(self._lease)

    def claim(self, batch: int = BATCH) -> list[Mail]:
        """Take mails whose time has come; none while sending is paused."""
        rows = self._rpc(
            "claim_mails", worker=worker_name(), batch=batch, lease_seconds=self._lease
        )
        mails = []
        for row in rows:
            try:
                mails.append(Mail.model_validate(row))
            except ValidationError as error:
                # A mail of a newer database, for a newer service; the others must not wait.
                log.error("mail not understood", exc_info=error, extra={"mail_id": row["mail_id"]})
                self._rpc("settle_mails", results=[_for_a_newer_service(row)])
        return mails

    def beat(self) -> None:
        """Tell that this worker lives, without taking anything."""
        self.claim(0)

    def claim_invite(self, email: str, code: str) -> Claim:
        """Take the mail of one pending invite; SupabaseRefused when there is no such pair."""
        return Claim.model_validate(
            self._rpc(
                "claim_invite_mail",
                email=email,
                invite_code=code,
                worker=worker_name(),
                lease_seconds=self._lease,
            )
        )

    def settle(self, settlements: Sequence[Settlement], patience: float = 0.0) -> None:
        """Write down what became of claimed mails; raises SupabaseRefused, -Unreachable.

        Goes on trying for `patience` seconds. What is never written down is sent again. It is
        harmless after the lease: what somebody else holds by then is left alone.
        """
        if not settlements:
            return
        rows = [settlement.row() for settlement in settlements]
        deadline = monotonic() + patience
        delay = 0.2
        while True:
            try:
                self._rpc("settle_mails", results=rows)
                return
            except SupabaseUnreachable:
                if monotonic() + delay > deadline:
                    raise
            sleep(delay * random.uniform(0.5, 1))
            delay = min(delay * 2, 5)

    def pause(self, reason: str, seconds: int) -> None:
        """Let nobody claim anything for a while."""
        self._rpc("pause_mail", reason=reason, seconds=seconds)

    def status(self) -> dict[str, Any]:
        """How much is queued, and whether somebody sends it."""
        status = self._rpc("mail_status")
        assert isinstance(status, dict)
        return status

    def resume(self) -> None:
        """End a pause."""
        self._rpc("resume_mail")

    def retry(self, failed_since: datetime) -> int:
        """Queue again what failed since then, the newest of each recipient; returns how many."""
        answer = self._rpc("retry_mails", failed_since=failed_since.isoformat())
        assert isinstance(answer, dict)
        return int(answer["retried"])

    def maintain(self) -> dict[str, Any]:
        """Expire what is overdue, queue reminders, prune what is finished.

        Returns how many of each, or `skipped` when another is at it.
        """
        done = self._rpc("run_maintenance")
        assert isinstance(done, dict)
        return done

    def _rpc(self, function: str, **arguments: Any) -> Any:
        return self._supabase.rpc(function, arguments)


def _for_a_newer_service(row: dict[str, Any]) -> dict[str, Any]:
    error = "this version of the service cannot send it"
    names = {name: row[name] for name in ("mail_id", "lease_token")}
    return {**names, "outcome": "retry", "error": error, "retry_in": 600}


def worker_name() -> str:
    """Names this process in the database; read anew, since it changes with a fork."""
    return f"{socket.gethostname()}:{os.getpid()}"
