"""How a file of candidates was understood, as the service answers it."""

from typing import Literal

from pydantic import BaseModel, Field


class OtherAddresses(BaseModel):
    """Addresses of a file in a column that was not chosen."""

    column: int
    header: str | None
    addresses: int


class LeftAside(BaseModel):
    """What a file has that invites nobody."""

    titles: int = Field(description="Rows above the header.")
    rows_without_address: int
    other_addresses: list[OtherAddresses]
    names: int = Field(description="Names in an encoding that cannot be told.")


class ReadFile(BaseModel):
    """How a file was understood."""

    encoding: Literal["utf-8", "utf-16", "windows-1252", "unknown"]
    delimiter: Literal["comma", "semicolon", "tab", "pipe"]
    column: int = Field(description="The column of addresses, from 1.")
    header: str | None = Field(description="What the header calls it; null without a header.")
    left_aside: LeftAside
    note: str | None = Field(description="What to check, in a sentence.")


class PossibleColumn(BaseModel):
    """A column that may hold the addresses."""

    column: int
    header: str | None
    values: list[str] = Field(description="The first ones.")
