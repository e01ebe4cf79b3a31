"""What callers send, checked."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
# How many there may be is for the database to say.
Emails = Annotated[
    list[EmailText | None], Field(json_schema_extra={"minItems": 1, "maxItems": 10_000})
]


class Form(BaseModel):
    """A JSON body."""

    model_config = ConfigDict(hide_input_in_errors=True, str_strip_whitespace=True)


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
    emails: Emails | None = None
    interview_id: UUID | None = None
    recruiter_name: Name | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "InviteForm":
        if (self.email is None) == (self.emails is None):
            raise ValueError("either email or emails is needed")
        return self

    def addresses(self) -> list[str | None]:
        """The addresses in the order given."""
        return [self.email] if self.emails is None else list(self.emails)


class BulkForm(Form):
    """A list of addresses."""

    emails: Emails
    recruiter_name: Name | None = Field(default=None, description="Signs the mails.")


class Signed(Form):
    """Who signs the mails."""

    recruiter_name: Name | None = Field(default=None, description="Signs the mails.")


class BulkQuery(Signed):
    """How to treat the list. A name beside the list itself goes before the one in the query."""

    dry_run: bool = Field(default=False, description="Only look what would happen.")


class UploadForm(Signed):
    """A form with a file. For the description alone: the file is no text."""

    file: Annotated[bytes, Field(description="A CSV file.")]
