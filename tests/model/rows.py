"""What the model remembers: a dataclass per table, with the columns as fields.

References to other rows are held as the objects themselves (`invite` for `invite_id`). What the
database draws (ids, codes, lease tokens) starts as DRAWN, until comparison.py has taken it over.
"""

import re
import unicodedata
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import idna

from tests.kit.hostile import BLANKS

DRAWN: Any = ...

MINUTES_10 = timedelta(minutes=10)
MINUTES_15 = timedelta(minutes=15)
DAY = timedelta(days=1)
DAYS_30 = timedelta(days=30)

ADDRESS = re.compile(r"[a-z0-9+_-]+(\.[a-z0-9+_-]+)*@([a-z0-9-]+\.)+[a-z]{2,}")


class Refused(Exception):
    """A call that changes nothing: its SQLSTATE and, for PTxyz, its slug."""

    def __init__(self, code: str, slug: str | None = None) -> None:
        super().__init__(code, slug)
        self.code = code
        self.slug = slug


@dataclass
class Said:
    """A refusal that is returned, because what has been counted must be committed."""

    status: int
    slug: str
    retry_after: int


@dataclass
class Caller:
    """Who calls: an account, or `service` (the service-role key), or `dba`."""

    role: str
    user: "Account | None" = None

    @property
    def is_client(self) -> bool:
        """Whether ownership, roles and limits count for this caller."""
        return self.role == "user"

    def owns(self, interview: "Interview") -> bool:
        """Whether it is the interview's recruiter, or may act on everything."""
        return not self.is_client or interview.recruiter is self.user


@dataclass(eq=False)
class Account:
    """A row of auth.users. Two may have one address, in different letter case."""

    id: UUID
    email: str
    confirmed: bool = True
    may_recruit: bool = False
    full_name: str | None = None

    @property
    def address(self) -> str:
        """As it is compared with those of invites."""
        return normalize(self.email) or ""


@dataclass(eq=False)
class Interview:
    """public.interviews"""

    recruiter: Account
    title: str
    description: str | None
    company_number: str | None
    status: str
    deadline: datetime | None
    created_at: datetime
    updated_at: datetime
    reminded_for: timedelta | None = None
    response_kinds: list[str] = field(default_factory=lambda: ["video", "audio"])
    deadline_stage: int = 0
    privacy_notice: str | None = None
    analysis: str = "transcripts"
    language: str = "en"
    id: UUID = DRAWN

    def is_open(self, now: datetime) -> bool:
        """Only an active interview before its deadline accepts candidates."""
        return self.status == "active" and (self.deadline is None or self.deadline > now)

    def may_be_finished(self, now: datetime, grace: timedelta = MINUTES_10) -> bool:
        """Those who have joined may finish for a while after the deadline."""
        return self.status != "completed" and (
            self.deadline is None or self.deadline >= now - grace
        )


@dataclass(eq=False)
class Question:
    """public.interview_questions"""

    interview: Interview
    question: str
    order_index: int
    created_at: datetime
    updated_at: datetime
    max_seconds: int = 180
    max_takes: int = 3
    preparation_seconds: int = 0
    required: bool = False
    id: UUID = DRAWN


@dataclass(eq=False)
class Invite:
    """public.interview_invites"""

    interview: Interview
    email: str
    recruiter_name: str
    created_at: datetime
    expires_at: datetime
    queued_at: datetime
    status: str = "pending"
    accepted_at: datetime | None = None
    completed_at: datetime | None = None
    revoked_at: datetime | None = None
    renewal_requested_at: datetime | None = None
    reminded_at: datetime | None = None
    reminded_for: timedelta | None = None
    delivery_status: str = "queued"
    delivery_at: datetime | None = None
    delivery_error: str | None = None
    is_limited: bool = True
    candidate_name: str | None = None
    invite_code: str = DRAWN
    id: UUID = DRAWN

    def is_pending(self, now: datetime) -> bool:
        """Pending past `expires_at` counts as expired before any job has run."""
        return self.status == "pending" and self.expires_at > now

    def is_overdue(self, now: datetime) -> bool:
        """Expired, though its row does not say so yet."""
        return self.status == "pending" and self.expires_at <= now


@dataclass(eq=False)
class Participant:
    """public.interview_participants; the invite is the one redeemed last."""

    interview: Interview
    user: Account
    invite: Invite | None
    joined_at: datetime
    status: str = "active"
    completed_at: datetime | None = None
    reminded_at: datetime | None = None
    answered: int = 0
    consents_to_recording: bool = False
    consents_to_analysis: bool = False
    consent_version: int | None = None
    consented_at: datetime | None = None
    responses_deleted_at: datetime | None = None
    responses_expired_at: datetime | None = None
    candidate_name: str | None = None
    id: UUID = DRAWN


@dataclass(eq=False)
class Reviewer:
    """public.interview_reviewers; without a user until an account has joined."""

    interview: Interview
    email: str
    invited_at: datetime
    user: Account | None = None
    joined_at: datetime | None = None
    reviewer_name: str | None = None
    id: UUID = DRAWN


@dataclass(eq=False)
class Review:
    """public.candidate_reviews, without ratings. When it was submitted and changed is the time of
    the call, not of the transaction, so the model knows only that it was."""

    participant: Participant
    reviewer: Account | None
    reviewer_name: str
    note: str
    created_at: datetime
    is_submitted: bool = False
    is_changed: bool = False
    id: UUID = DRAWN


@dataclass(eq=False)
class Response:
    """public.interview_responses; `asked` is the question, `question` its wording at the time."""

    participant: Participant
    asked: Question
    question: str
    kind: str
    take: int
    started_at: datetime
    status: str = "started"
    mime_type: str | None = None
    size_bytes: int | None = None
    duration_seconds: None = None
    answer: str | None = None
    uploaded_at: datetime | None = None
    submitted_at: datetime | None = None
    id: UUID = DRAWN

    @property
    def object_path(self) -> str | None:
        """Where a recording is uploaded to."""
        if self.mime_type is None:
            return None
        return f"{self.participant.interview.id}/{self.id}.{self.mime_type.partition('/')[2]}"

    @property
    def touched_at(self) -> datetime:
        """From when on it is kept for a time."""
        return self.submitted_at or self.uploaded_at or self.started_at


NOBODY = UUID(int=0)


@dataclass(eq=False)
class Job:
    """private.jobs. The subject is an invite, a participant, a reviewer, a response to be analysed,
    or of a general invitation the id that stands for the address, of a removal the one for the
    path; it may be gone.
    `due_at` is None at the head of the lane; email, recruiter_name, distance, path and asked_for
    are the job's `data`."""

    kind: str
    lane: UUID
    subject: "Recipient | Response | UUID"
    due_at: datetime | None
    queued_at: datetime
    email: str | None = None
    recruiter_name: str | None = None
    distance: timedelta | None = None
    path: str | None = None
    asked_for: bool | None = None
    key: str = ""
    attempts: int = 0
    lease_token: UUID | None = None
    failed_at: datetime | None = None
    done_at: datetime | None = None
    last_error: str | None = None
    id: int = DRAWN

    @property
    def waits(self) -> bool:
        """Whether it is still to be done, now or later."""
        return self.failed_at is None and self.done_at is None

    def is_due(self, now: datetime) -> bool:
        """Whether a worker may claim it."""
        return self.waits and (self.due_at is None or self.due_at <= now)


@dataclass
class JobKind:
    """private.job_kinds"""

    paused_until: datetime | None = None
    paused_reason: str | None = None
    accepted: int = 0
    failed: int = 0
    retried: int = 0


Recipient = Invite | Participant | Reviewer
ModelRow = Interview | Question | Recipient | Response | Review | Job
REFERENCES = {"interview", "recruiter", "invite", "user", "participant", "reviewer"}


def columns(model: ModelRow) -> dict[str, Any]:
    """The row as the database should have it."""
    row: dict[str, Any] = {}
    for column in fields(model):
        value = getattr(model, column.name)
        if column.name in REFERENCES:
            row[f"{column.name}_id"] = value and value.id
        elif column.name == "asked":
            row["question_id"] = value.id
        elif column.name == "subject":
            row["subject"] = value if isinstance(value, UUID) else value.id
        else:
            row[column.name] = value
    if isinstance(model, Question | Invite | Participant | Reviewer):
        row["recruiter_id"] = model.interview.recruiter.id
    if isinstance(model, Response):
        row["object_path"] = model.object_path
    if isinstance(model, Response | Review):
        row["user_id"] = model.participant.user.id
        row["interview_id"] = model.participant.interview.id
        row["recruiter_id"] = model.participant.interview.recruiter.id
    return row


def trimmed(text: str) -> str:
    """Without surrounding blanks, including those that copied text brings along."""
    return text.strip(BLANKS)


def read_code(text: str) -> str | None:
    """Six digits of any script, without the blanks around them; None for anything else."""
    digits = [unicodedata.decimal(letter, None) for letter in trimmed(text)]
    if len(digits) != 6 or None in digits:
        return None
    return "".join(map(str, digits))


def normalize(email: str | None) -> str | None:
    """Addresses are stored and compared trimmed, in lower case, the domain in ASCII."""
    if email is None:
        return None
    local, at, domain = trimmed(email).partition("@")
    if local.isascii() and not domain.isascii():
        domain = idna.encode(domain, uts46=True, transitional=False).decode()
    address = local + at + domain
    return address.lower() if address.isascii() else address


def is_email(email: str | None) -> bool:
    """Whether a normalized address can be mailed; knows only what the machine's addresses need."""
    return email is not None and len(email) <= 254 and ADDRESS.fullmatch(email) is not None


def candidate_name(name: str | None) -> str | None:
    """The same of a candidate, unless there is a link in it."""
    shown = display_name(name)
    return None if shown and "://" in shown else shown


def display_name(name: str | None) -> str | None:
    """A name that fits on one line of an email, or nothing."""
    return (" ".join((name or "").split())[:100]) or None
