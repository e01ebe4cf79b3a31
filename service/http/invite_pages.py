"""The invites of one interview, with what became of their mails, page by page."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from service.http.auth import Caller
from service.http.problems import Problem
from service.supabase_api import Select

# Rows of one page: the most, and as many as nobody asked for.
MOST = 200
USUAL = 50

Status = Literal["pending", "accepted", "completed", "expired"]
DeliveryStatus = Literal["queued", "accepted", "failed", "cancelled"]
Sending = Literal["sending", "paused", "stopped"]

_TABLE = "interview_invites"


class Cursor(BaseModel):
    """The last invite of a page. Invites are in the order of their making, then of their ids."""

    created_at: AwareDatetime
    id: UUID

    def text(self) -> str:
        """For callers, to whom it says nothing."""
        plain = f"{self.created_at.isoformat()} {self.id}"
        return base64.urlsafe_b64encode(plain.encode()).decode()

    @classmethod
    def parse(cls, text: Any) -> Self:
        """Back from text(); raises ValueError."""
        try:
            created_at, invite_id = base64.urlsafe_b64decode(text).decode().split(" ")
            return cls.model_validate({"created_at": created_at, "id": invite_id})
        except (binascii.Error, ValueError, TypeError) as error:
            raise ValueError("is no next_cursor of an earlier page") from error


class ListForm(BaseModel):
    """Which invites to list. All may be left out."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: int = Field(default=USUAL, ge=1, le=MOST, description="Rows of a page.")
    cursor: Annotated[
        Annotated[Cursor, BeforeValidator(Cursor.parse, json_schema_input_type=str)] | None,
        Field(
            description="`next_cursor` of the page before; none for the first page.",
            json_schema_extra={"format": "cursor"},
        ),
    ] = None
    status: Status | None = Field(default=None, description="Only invites that are so.")
    delivery_status: DeliveryStatus | None = Field(
        default=None, description="Only invites whose mail is so."
    )


class Invite(BaseModel):
    """An invite as its recruiter sees it."""

    id: UUID
    email: str
    invite_code: str
    status: Status = Field(description="A pending one past expires_at counts as expired.")
    recruiter_name: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    accepted_at: AwareDatetime | None
    completed_at: AwareDatetime | None
    renewal_requested_at: AwareDatetime | None = Field(
        description="When the candidate asked for a new code in place of this expired one."
    )
    queued_at: AwareDatetime | None = Field(description="When its mail was last queued.")
    delivery_status: DeliveryStatus | None = Field(
        description="`accepted` by the mail server. Null: an invite of the first version."
    )
    delivery_at: AwareDatetime | None = Field(description="When delivery was last tried.")
    delivery_error: str | None = Field(description="The mail server's last words, if it refused.")


class InvitePage(BaseModel):
    """A page of an interview's invites."""

    invites: list[Invite]
    next_cursor: str | None = Field(description="Where to go on; null on the last page.")
    sending: Sending = Field(
        description="Whether mails leave: `paused` when the mail server refuses the service for a "
        "while, `stopped` when no worker runs. Queued mails wait either way."
    )


def page(caller: Caller, interview_id: UUID, form: ListForm) -> InvitePage:
    """One page; raises a 404 Problem when the caller cannot see the interview."""
    now = datetime.now(UTC)
    # Participants see the interview too, but not its invites.
    wanted = {"id": str(interview_id)} | (
        {"recruiter_id": caller.user_id} if caller.user_id else {}
    )
    interviews = caller.supabase.rows(
        "interviews",
        f"{_TABLE}({','.join(Invite.model_fields)})",
        lambda query: _chosen(query.match(wanted), form, now),
    )
    if not interviews:
        raise Problem(
            404,
            "interview_not_found",
            "This interview does not exist, or it is not yours.",
            "Open it from your list of interviews.",
        )
    invites = [_shown(Invite.model_validate(row), now) for row in interviews[0][_TABLE]]
    last = invites[form.limit - 1] if len(invites) > form.limit else None
    return InvitePage(
        invites=invites[: form.limit],
        next_cursor=Cursor(created_at=last.created_at, id=last.id).text() if last else None,
        sending=caller.supabase.rpc("delivery_state"),
    )


def _chosen(query: Select, form: ListForm, now: datetime) -> Select:
    """One row more than the page holds, which tells whether there is another page."""
    column = f"{_TABLE}.{{}}".format
    if form.cursor:
        after, invite_id = form.cursor.created_at.isoformat(), form.cursor.id
        # The first is implied by the second, but it is what an index can find.
        query = query.gte(column("created_at"), after).or_(
            f"created_at.gt.{after},id.gt.{invite_id}", reference_table=_TABLE
        )
    if form.status == "pending":
        query = query.eq(column("status"), "pending").gt(column("expires_at"), now.isoformat())
    elif form.status == "expired":
        overdue = f"and(status.eq.pending,expires_at.lte.{now.isoformat()})"
        query = query.or_(f"status.eq.expired,{overdue}", reference_table=_TABLE)
    elif form.status:
        query = query.eq(column("status"), form.status)
    if form.delivery_status:
        query = query.eq(column("delivery_status"), form.delivery_status)
    for name in ("created_at", "id"):
        query = query.order(name, foreign_table=_TABLE)
    return query.limit(form.limit + 1, foreign_table=_TABLE)


def _shown(invite: Invite, now: datetime) -> Invite:
    overdue = invite.status == "pending" and invite.expires_at <= now
    return invite.model_copy(update={"status": "expired"}) if overdue else invite
