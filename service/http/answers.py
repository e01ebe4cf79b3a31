"""What the service answers when all is well, for its description and whoever reads it."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

Outcome = Literal[
    "created", "renewed", "unchanged", "already_joined", "duplicate_in_request", "invalid_email"
]
GeneralOutcome = Literal["queued", "unchanged", "duplicate_in_request", "invalid_email"]


class Done(BaseModel):
    """What was done, in a sentence."""

    success: Literal[True]
    message: str


class Invited(BaseModel):
    """What inviting one address to an interview came to."""

    email: str | None = Field(description="Trimmed and lower-cased, if it is an address.")
    outcome: Outcome
    invite_id: UUID | None
    invite_code: str | None


class InvitedGenerally(BaseModel):
    """What inviting one address to HireVision came to."""

    email: str | None
    outcome: GeneralOutcome


class Invitations(Done):
    """One outcome per address, in the order given."""

    invites: list[Invited] | list[InvitedGenerally]


class InvitedRow(BaseModel):
    """What one row of a list came to."""

    row: int = Field(description="As spreadsheets count: a file's header is row 1.")
    email: str | None
    outcome: Outcome | Literal["blank"]
    invite_id: UUID | None
    invite_code: str | None = Field(description="Null in a preview of a new invite.")


class ReadFile(BaseModel):
    """How a file was understood."""

    encoding: Literal["utf-8", "utf-16", "windows-1252"]
    delimiter: Literal["comma", "semicolon", "tab"]
    column: int = Field(description="The column of addresses, from 1.")
    header: str | None = Field(description="What the header calls it; null without a header.")
    note: str | None = Field(description="What to check, in a sentence.")


class Bulk(Done):
    """One outcome per row, and their counts."""

    dry_run: bool
    file: ReadFile | None
    summary: dict[str, int] = Field(description="`rows`, and each outcome that occurs.")
    invites: list[InvitedRow]


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
    hint: str | None = Field(description="The way out.")
    request_id: str
    errors: list[FieldProblem] | SkipJsonSchema[None] = None
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
    mail: dict[str, Any] = Field(description="The state of the outbox, as jobs_status() has it.")
