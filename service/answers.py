"""What the service answers when all is well, for its description and whoever reads it."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

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
