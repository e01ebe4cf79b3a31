"""Mails as jobs: what each needs to be written, and claiming that of one invite."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict

from service import jobs
from service.jobs import Lease, Verdict, Work, worker_name
from service.supabase_api import Supabase

MailKind = Literal[
    "interview_invitation",
    "candidate_invitation",
    "interview_reminder",
    "submission_reminder",
    "submission_receipt",
    "candidate_completed",
    "renewal_requested",
    "delivery_failed",
    "daily_digest",
    "reviewer_invitation",
]
KINDS: tuple[MailKind, ...] = get_args(MailKind)


class Told(BaseModel):
    """What has happened to `number` people; some of them by their addresses."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["candidate_completed", "renewal_requested", "delivery_failed"]
    number: int
    people: tuple[str, ...]


class Digested(BaseModel):
    """What has happened in one interview."""

    model_config = ConfigDict(frozen=True)

    interview_id: uuid.UUID
    title: str
    told: tuple[Told, ...]


class Mail(Work):
    """A mail to be sent. Codes and addresses are as they were when it was claimed."""

    subject: uuid.UUID
    kind: MailKind
    email: str
    invite_code: str | None = None
    interview_title: str | None = None
    recruiter_name: str
    reply_to: str | None = None
    candidate_name: str | None = None
    expires_at: datetime | None = None
    deadline: datetime | None = None
    answered: int | None = None
    """How many of the `questions` are answered, and until when to submit: submission_reminder."""
    questions: int | None = None
    submit_until: datetime | None = None
    completed_at: datetime | None = None
    kept_until: datetime | None = None
    """When the responses are deleted; None where there are none: submission_receipt."""
    interview_id: uuid.UUID | None = None
    people: tuple[str, ...] | None = None
    """The addresses of about a hundred of those, `number` in all, of whom a recruiter is told."""
    number: int | None = None
    digest: tuple[Digested, ...] | None = None
    """Some of the interviews, `number` in all, of which a recruiter is told: daily_digest."""
    unsubscribe_token: str | None = None
    """Of invitations and reminders alone."""
    queued_at: datetime


Job: TypeAlias = jobs.Job[Mail]
Outcome: TypeAlias = tuple[Job, Verdict]
"""How one try to send a mail ended."""


@dataclass(frozen=True)
class Claim:
    """The answer to asking for one invite's mail: a job only when `claimed`."""

    delivery: Literal[
        "claimed",
        "queued",
        "in_progress",
        "paused",
        "accepted",
        "failed",
        "cancelled",
        "unsubscribed",
    ]
    error: str | None = None
    job: Job | None = None


class Jobs(jobs.Jobs[Mail]):
    """The queue of mails; `supabase` is called as the service role, leases last `lease` seconds."""

    def __init__(self, supabase: Supabase, lease: int = 60) -> None:
        super().__init__(supabase, KINDS, Mail, lease)

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

    def maintain(self) -> None:
        """Expire what is overdue, queue what is due, prune; nothing while another is at it."""
        self._rpc("run_maintenance")
