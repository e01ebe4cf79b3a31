"""Answers: the models that describe what callers get."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from service.http.file_schemas import PossibleColumn, ReadFile
from service.http.request_schemas import DeliveryStatus, ParticipantStatus, Status

Outcome = Literal[
    "created",
    "renewed",
    "unchanged",
    "unsubscribed",
    "already_joined",
    "is_reviewer",
    "duplicate_in_request",
    "invalid_email",
]


class Done(BaseModel):
    """What was done, in a sentence."""

    success: Literal[True]
    message: str


class Invited(BaseModel):
    """The outcome of inviting one address to an interview."""

    email: str | None = Field(description="Trimmed and lower-cased, if it is an address.")
    outcome: Outcome
    invite_id: UUID | None
    invite_code: str | None


class InvitedGenerally(BaseModel):
    """The outcome of inviting one address to HireVision."""

    email: str | None
    outcome: Literal["queued", "unchanged", "duplicate_in_request", "invalid_email"]


class Invitations(Done):
    """One outcome per address, in the order given."""

    invites: list[Invited] | list[InvitedGenerally]


class InvitedRow(BaseModel):
    """The outcome of one row of a list."""

    row: int = Field(
        description="As spreadsheets count: a file's header is row 1. A row with several addresses "
        "has several outcomes."
    )
    email: str | None
    name: str | None = Field(description="The candidate's, if the list has one.")
    outcome: Outcome | Literal["blank"]
    invite_id: UUID | None
    invite_code: str | None = Field(description="Null in a preview of a new invite.")


class InvitedList(Done):
    """One outcome per row, and their counts."""

    dry_run: bool
    file: ReadFile | None
    summary: dict[str, int] = Field(description="`rows`, and each outcome that occurs.")
    invites: list[InvitedRow]


class Invite(BaseModel):
    """An invite as its recruiter sees it."""

    id: UUID
    email: str
    candidate_name: str | None
    invite_code: str
    status: Status = Field(description="A pending one past expires_at counts as expired.")
    recruiter_name: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    accepted_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    revoked_at: AwareDatetime | None = Field(
        description="When the recruiter revoked it; its status is `expired`."
    )
    renewal_requested_at: AwareDatetime | None = Field(
        description="When the candidate asked for a new code in place of this one, which has "
        "expired or was used by an account that is gone."
    )
    queued_at: AwareDatetime | None = Field(description="When its email was last queued.")
    delivery_status: DeliveryStatus | None = Field(
        description="`accepted` by the mail server. Null: an invite of the first version."
    )
    delivery_at: AwareDatetime | None = Field(description="When delivery was last tried.")
    delivery_error: str | None = Field(description="The mail server's last answer, if it refused.")
    unsubscribed: bool = Field(
        description="Whether this person wants no emails from the recruiter. The code is valid."
    )


class InvitePage(BaseModel):
    """A page of an interview's invites."""

    invites: list[Invite]
    next_cursor: str | None = Field(description="Cursor of the next page; null on the last page.")
    sending: Literal["sending", "paused", "stopped"] = Field(
        description="Whether emails are being sent: `paused` while the mail server refuses the "
        "service, `stopped` when no worker runs. Queued emails wait either way."
    )


class Candidate(BaseModel):
    """A participant as the recruiter sees them."""

    participant_id: UUID
    email: str | None = Field(
        description="The address that was invited. Null when that invite was deleted, and to "
        "participants, who read no invites."
    )
    name: str | None = Field(description="What the recruiter calls them; null like `email`.")
    status: ParticipantStatus
    joined_at: AwareDatetime
    completed_at: AwareDatetime | None = Field(description="When they submitted.")
    answered: int = Field(description="How many of the questions have a response.")
    questions: int = Field(description="How many questions the interview has now.")
    responses_deleted_at: AwareDatetime | None = Field(
        description="When they deleted their responses."
    )
    responses_expired_at: AwareDatetime | None = Field(
        description="When their responses were deleted because of their age."
    )


class CandidatePage(BaseModel):
    """A page of an interview's participants."""

    candidates: list[Candidate]
    next_cursor: str | None = Field(description="Cursor of the next page; null on the last page.")


class SubmittedResponse(BaseModel):
    """A candidate's submitted response to one question."""

    response_id: UUID
    question_id: UUID
    question: str = Field(description="As it was worded when it was answered.")
    kind: Literal["video", "audio", "text"]
    take: int
    mime_type: str | None = Field(description="Null for text.")
    size_bytes: int | None
    duration_seconds: float | None
    answer: str | None = Field(description="The text; null for recordings.")
    started_at: AwareDatetime
    uploaded_at: AwareDatetime
    submitted_at: AwareDatetime
    url: str | None = Field(
        description="A link to the recording that needs no credentials and works for `expires_in` "
        "seconds. Null for text, without `links`, and for a recording that is being deleted."
    )


class CandidateResponses(BaseModel):
    """What a candidate has submitted, in the order of the questions."""

    participant_id: UUID
    responses: list[SubmittedResponse]
    expires_in: int = Field(description="For how many seconds the links work.")


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str
    message: str


class ProblemAnswer(BaseModel):
    """A refusal: an RFC 9457 problem."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str = Field(description="A sentence for people.")
    code: str = Field(description="A stable slug, for programs; docs/errors.md lists them.")
    hint: str | None = Field(description="What to do.")
    request_id: str
    errors: list[FieldProblem] | SkipJsonSchema[None] = None
    columns: list[PossibleColumn] | SkipJsonSchema[None] = None
    invites: list[InvitedRow] | list[Invited] | list[InvitedGenerally] | SkipJsonSchema[None] = None


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Whether the service can do its work."""

    status: Literal["ready", "degraded", "unavailable"]
    problems: list[str] = Field(description="What is wrong, for people.")
    supabase: Literal["up", "down"]
    smtp: Literal["up", "down"]
    mail: dict[str, Any] = Field(description="The queue of emails, as jobs_status() returns it.")
    removals: dict[str, Any] = Field(description="The same of files to be removed.")
