"""The invites of one interview, with the delivery status of their mails, page by page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.http import pages
from service.http.answer_schemas import Invite
from service.http.request_schemas import InviteQuery
from service.supabase_api import Select, Supabase

_ROWS = f"interview_invites({','.join(Invite.model_fields)})"


def page(supabase: Supabase, interview_id: UUID, query: InviteQuery) -> dict[str, Any]:
    """An InvitePage; raises a 404 Problem when the caller cannot see the interview.

    Participants see their interview, but none of its invites.
    """
    now = datetime.now(UTC)

    def narrow(select: Select, name: str) -> Select:
        return _filtered(select, name, query, now)

    _, invites, next_cursor = pages.read(
        supabase, interview_id, query, _ROWS, since="created_at", narrow=narrow
    )
    for invite in invites:
        if invite["status"] == "pending" and datetime.fromisoformat(invite["expires_at"]) <= now:
            invite["status"] = "expired"
    return {
        "invites": invites,
        "next_cursor": next_cursor,
        "sending": supabase.rpc("delivery_state"),
    }


def _filtered(select: Select, name: str, query: InviteQuery, now: datetime) -> Select:
    if query.status == "pending":
        select = select.eq(f"{name}.status", "pending").gt(f"{name}.expires_at", now.isoformat())
    elif query.status == "expired":
        overdue = f"and(status.eq.pending,expires_at.lte.{now.isoformat()})"
        select = select.or_(f"status.eq.expired,{overdue}", reference_table=name)
    elif query.status:
        select = select.eq(f"{name}.status", query.status)
    if query.delivery_status:
        select = select.eq(f"{name}.delivery_status", query.delivery_status)
    return select
