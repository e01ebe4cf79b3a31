"""The invites of one interview, with the delivery status of their mails, page by page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.http.problems import Problem
from service.http.schemas import Invite, PageQuery, cursor
from service.supabase_api import Select, Supabase

_COLUMNS = ",".join(Invite.model_fields)


def page(supabase: Supabase, interview_id: UUID, query: PageQuery) -> dict[str, Any]:
    """An InvitePage; raises a 404 Problem when the caller cannot see the interview.

    Participants see their interview, but none of its invites.
    """
    now = datetime.now(UTC)
    # Two reads, each of which begins at its place in the index. One read with `or` would sort
    # all invites of the interview.
    reads = {"later": []} if query.cursor is None else _after(*query.cursor)
    select = supabase.select(
        "interviews", ",".join(f"{name}:interview_invites({_COLUMNS})" for name in reads)
    ).eq("id", str(interview_id))
    for name, conditions in reads.items():
        for column, comparison, value in conditions:
            select = select.filter(f"{name}.{column}", comparison, value)
        select = _filtered(select, name, query, now)
        for column in ("created_at", "id"):
            select = select.order(column, foreign_table=name)
        # One more than the page holds, which tells whether there is another page.
        select = select.limit(query.limit + 1, foreign_table=name)
    interviews = supabase.rows(select)
    if not interviews:
        raise Problem(
            404,
            "interview_not_found",
            "This interview does not exist, or it is not yours.",
            "Open it from your list of interviews.",
        )
    found = [invite for name in reads for invite in interviews[0][name]]
    invites = found[: query.limit]
    for invite in invites:
        if invite["status"] == "pending" and datetime.fromisoformat(invite["expires_at"]) <= now:
            invite["status"] = "expired"
    more = len(found) > len(invites)
    return {
        "invites": invites,
        "next_cursor": cursor(invites[-1]["created_at"], invites[-1]["id"]) if more else None,
        "sending": supabase.rpc("delivery_state"),
    }


def _after(created_at: datetime, invite_id: UUID) -> dict[str, list[tuple[str, str, str]]]:
    """What follows an invite: those of the same moment, then those made later."""
    moment = created_at.isoformat()
    return {
        "same": [("created_at", "eq", moment), ("id", "gt", str(invite_id))],
        "later": [("created_at", "gt", moment)],
    }


def _filtered(select: Select, name: str, query: PageQuery, now: datetime) -> Select:
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
