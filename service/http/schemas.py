"""Requests and responses: the models that check what callers send and describe what they get."""

import base64
import re
from datetime import UTC
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from service.http.file_schemas import PossibleColumn, ReadFile
from service.http.problems import Problem

# ---- what callers send ---------------------------------------------------------------------------

_UNSTORABLE = re.compile("[\\0\ud800-\udfff]")


def _storable(text: Any) -> Any:
    # Neither PostgreSQL nor UTF-8 can hold these. Replaced, they make an address invalid and
    # leave the others alone.
    return _UNSTORABLE.sub("\ufffd", text) if isinstance(text, str) else text


def _cut(text: str) -> str:
    # Still too long for an address, which the database says of this one alone, and soon.
    return text[:1000]


Text = Annotated[str, BeforeValidator(_storable), Field(max_length=1000)]
Name = Annotated[Text, Field(max_length=255)]
EmailText = Annotated[str, BeforeValidator(_storable), AfterValidator(_cut)]

# As many addresses as create_invites takes.
MOST_EMAILS = 10_000


def too_many_emails(what: str) -> Problem:
    return Problem(
        413,
        "too_many_emails",
        f"At most {MOST_EMAILS:,} {what} can be sent at once; these are more.",
        "Split the list into several.",
    )


def _counted(emails: Any) -> Any:
    # The database would say the same, of what has been read in vain by then.
    if isinstance(emails, list) and len(emails) > MOST_EMAILS:
        raise too_many_emails("addresses")
    return emails


class Form(BaseModel):
    """A JSON body, a form's fields or a query."""

    model_config = ConfigDict(hide_input_in_errors=True, str_strip_whitespace=True)


class Addressee(Form):
    """An address with the name of the candidate."""

    email: EmailText | None
    # Cut like an address, so that no name is a reason to refuse the list.
    name: EmailText | None = None


# An address, or an object with the name beside it.
Emails = Annotated[
    list[EmailText | Addressee | None],
    BeforeValidator(_counted),
    Field(json_schema_extra={"minItems": 1, "maxItems": MOST_EMAILS}),
]


def named(emails: list[EmailText | Addressee | None]) -> dict[str, list[str | None]]:
    """The arguments `emails` and `names` of create_invites."""
    people = [entry if isinstance(entry, Addressee) else Addressee(email=entry) for entry in emails]
    return {
        "emails": [person.email for person in people],
        "names": [person.name for person in people],
    }


class SendForm(Form):
    """Which invitation to deliver. The title and the name are those stored with the invite."""

    email: Text
    invite_code: Text
    interview_title: Text | None = None
    recruiter_name: Text | None = None


class InviteForm(Form):
    """Whom to invite: one address or a list of them."""

    model_config = ConfigDict(
        # A slip in interview_id would send another mail than the one meant.
        extra="forbid",
        json_schema_extra={
            "oneOf": [
                {"required": ["email"], "properties": {"email": {"type": "string"}}},
                {"required": ["emails"], "properties": {"emails": {"type": "array"}}},
            ]
        },
    )

    email: EmailText | None = None
    name: EmailText | None = Field(default=None, description="The candidate's, beside `email`.")
    emails: Emails | None = None
    interview_id: UUID | None = None
    recruiter_name: Name | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "InviteForm":
        if (self.email is None) == (self.emails is None):
            raise ValueError("either email or emails is needed")
        return self

    def people(self) -> dict[str, list[str | None]]:
        """The arguments `emails` and `names` of create_invites, in the order given."""
        if self.emails is None:
            return named([Addressee(email=self.email, name=self.name)])
        return named(self.emails)


class SignedForm(Form):
    """Who signs the emails."""

    recruiter_name: Name | None = Field(default=None, description="Signs the emails.")


class ListForm(SignedForm):
    """A list of addresses."""

    emails: Emails


Column = Annotated[
    Text | None,
    Field(description="The column of addresses: its number, from 1, or its header."),
]


class FileFields(SignedForm):
    """What a form says beside its file."""

    column: Column = None


class FileForm(FileFields):
    """A form with a file. For the description alone: the file is no text."""

    file: Annotated[bytes, Field(description="A CSV file.")]


class ListQuery(FileFields):
    """How to treat the list. A form's own fields go before these."""

    dry_run: bool = Field(default=False, description="Only say what would happen.")


Status = Literal["pending", "accepted", "completed", "expired"]
ParticipantStatus = Literal["active", "completed", "withdrawn"]
DeliveryStatus = Literal["queued", "accepted", "failed", "cancelled"]


Place = tuple[AwareDatetime, UUID]
"""The position of a row in a list: lists are sorted by a time, then by id."""
_PLACE = TypeAdapter(Place)


def cursor(moment: str, row_id: str) -> str:
    """An opaque token for the position of a page's last row."""
    return base64.urlsafe_b64encode(f"{moment} {row_id}".encode()).decode()


def _place(text: Any) -> Place:
    try:
        parts = base64.urlsafe_b64decode(text).decode().split(" ")
        moment, row_id = _PLACE.validate_python(parts)
        # Python takes offsets that PostgreSQL refuses, from 16 hours on.
        return moment.astimezone(UTC), row_id
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError("is not the next_cursor of an earlier page") from error


class PageQuery(BaseModel):
    """Which page of a list. All may be left out."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page.")
    cursor: Annotated[
        Annotated[Place, BeforeValidator(_place, json_schema_input_type=str)] | None,
        Field(
            description="`next_cursor` of the page before; none for the first page.",
            json_schema_extra={"format": "cursor"},
        ),
    ] = None


class InviteQuery(PageQuery):
    """Which invites to list."""

    status: Status | None = Field(default=None, description="Only invites with this status.")
    delivery_status: DeliveryStatus | None = Field(
        default=None, description="Only invites whose email has this status."
    )


class CandidateQuery(PageQuery):
    """Which participants to list."""

    status: ParticipantStatus | None = Field(
        default=None, description="Only participants with this status."
    )


class ResponsesQuery(BaseModel):
    """What to read of a candidate's responses."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    links: bool = Field(
        default=True, description="Whether to make links to the recordings, and log the access."
    )


# ---- what they get -------------------------------------------------------------------------------

Outcome = Literal[
    "created",
    "renewed",
    "unchanged",
    "unsubscribed",
    "already_joined",
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
