"""The invites of one interview, with what became of their mails, page by page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from service.http.problems import Problem
from service.http.schemas import Invite, PageQuery, cursor
from service.supabase_api import Select, Supabase

_COLUMNS = ",".join(Invite.model_fields)


def page(supabase: Supabase, interview_id: UUID, query: PageQuery) -> dict[str, Any]:
    """One InvitePage; raises a 404 Problem when the caller cannot see the interview.

    Participants see their interview, but none of its invites.
    """
    interviews = supabase.rows(
        supabase.select("interviews", "id,recruiter_id").eq("id", str(interview_id))
    )
    if not interviews:
        raise Problem(
            404,
            "interview_not_found",
            "This interview does not exist, or it is not yours.",
            "Open it from your list of interviews.",
        )
    now = datetime.now(UTC)

    def invites_after(most: int, *place: tuple[str, str, str]) -> list[dict[str, Any]]:
        # The recruiter follows from the interview, but with both the index has the order.
        chosen = supabase.select("interview_invites", _COLUMNS)
        chosen = chosen.eq("interview_id", interviews[0]["id"])
        chosen = _filtered(chosen.eq("recruiter_id", interviews[0]["recruiter_id"]), query, now)
        for column, comparison, value in place:
            chosen = chosen.filter(column, comparison, value)
        return supabase.rows(chosen.order("created_at").order("id").limit(most))

    # One more than the page holds, which tells whether there is another page.
    most = query.limit + 1
    if query.cursor is None:
        invites = invites_after(most)
    else:
        # Two reads that begin where they should; one, with `or`, would sort all that follows.
        created_at, last_id = query.cursor[0].isoformat(), str(query.cursor[1])
        invites = invites_after(most, ("created_at", "eq", created_at), ("id", "gt", last_id))
        if len(invites) < most:
            invites += invites_after(most - len(invites), ("created_at", "gt", created_at))
    more = len(invites) > query.limit
    shown = invites[: query.limit]
    for invite in shown:
        if invite["status"] == "pending" and datetime.fromisoformat(invite["expires_at"]) <= now:
            invite["status"] = "expired"
    return {
        "invites": shown,
        "next_cursor": cursor(shown[-1]["created_at"], shown[-1]["id"]) if more else None,
        "sending": supabase.rpc("delivery_state"),
    }


def _filtered(chosen: Select, query: PageQuery, now: datetime) -> Select:
    if query.status == "pending":
        chosen = chosen.eq("status", "pending").gt("expires_at", now.isoformat())
    elif query.status == "expired":
        overdue = f"and(status.eq.pending,expires_at.lte.{now.isoformat()})"
        chosen = chosen.or_(f"status.eq.expired,{overdue}")
    elif query.status:
        chosen = chosen.eq("status", query.status)
    if query.delivery_status:
        chosen = chosen.eq("delivery_status", query.delivery_status)
    return chosen
