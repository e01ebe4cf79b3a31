"""Everything there is, as the model has it: rows, settings, limits and jobs, at one moment."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tests.model.rows import (
    Account,
    Interview,
    Invite,
    Job,
    JobKind,
    Participant,
    Question,
    Response,
    Review,
    Reviewer,
)

INVITATION = "interview_invitation"
GENERAL = "candidate_invitation"
REMINDER = "interview_reminder"
SUBMISSION = "submission_reminder"
RECEIPT = "submission_receipt"
REVIEWING = "reviewer_invitation"
STOPPABLE = (INVITATION, GENERAL, REMINDER, SUBMISSION, REVIEWING)
"""What people can unsubscribe from."""
REMOVAL = "response_removal"
CHECK = "response_check"
TRANSCRIPT = "response_transcript"
AddressKey = bytes


@dataclass
class Settings:
    """private.settings"""

    invites_per_day: int = 1000
    invites_per_day_at_first: int = 300
    backend_invites_per_day: int | None = None
    interviews_per_account: int = 10_000
    require_recruiter_role: bool = False
    mail_give_up_after: timedelta = timedelta(days=1)
    outbox_kept_for: timedelta = timedelta(days=30)
    reminder_distances: list[timedelta] = field(
        default_factory=lambda: [timedelta(days=3), timedelta(days=1)]
    )


@dataclass
class CodeRequests:
    """private.code_requests: what limits one account."""

    wrong_guesses: list[datetime] = field(default_factory=list)
    resent_at: datetime | None = None


@dataclass
class Takes:
    """private.response_takes"""

    started: int = 0
    uploaded: int = 0
    bytes: int = 0


@dataclass
class State:
    """Everything there is, at `now`."""

    now: datetime
    settings: Settings = field(default_factory=Settings)
    accounts: list[Account] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    invites: list[Invite] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    reviewers: list[Reviewer] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    takes: dict[tuple[Participant, Question], Takes] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)
    bytes: dict[tuple[UUID, date], int] = field(default_factory=dict)
    swept_at: datetime | None = None
    jobs: list[Job] = field(default_factory=list)
    kinds: dict[str, JobKind] = field(default_factory=dict)
    workers: dict[tuple[str, str], datetime] = field(default_factory=dict)
    counts: dict[tuple[UUID, date], int] = field(default_factory=dict)
    reminder_counts: dict[tuple[UUID, date], int] = field(default_factory=dict)
    backend_counts: dict[date, int] = field(default_factory=dict)
    unsubscribes: dict[tuple[AddressKey, UUID], datetime] = field(default_factory=dict)
    requests: dict[UUID, CodeRequests] = field(default_factory=dict)
