"""Requests: the models that check what callers send."""

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

from service.http.problems import Problem

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


class FileFields(SignedForm):
    """What a form says beside its file."""

    column: Text | None = Field(
        default=None, description="The column of addresses: its number, from 1, or its header."
    )


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
