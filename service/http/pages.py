"""Pages of the rows that belong to one interview: its invites, its participants."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from service.http.problems import Problem
from service.http.request_schemas import PageQuery, cursor
from service.supabase_api import Select, Supabase

Narrow = Callable[[Select, str], Select]
"""Narrows a query by columns of the table that has this name in it."""


def read(
    supabase: Supabase,
    interview_id: UUID,
    query: PageQuery,
    rows: str,
    *,
    since: str,
    key: str = "id",
    narrow: Narrow = lambda select, _: select,
    beside: str = "id",
) -> tuple[dict[str, Any], list[dict[str, Any]], str | None]:
    """The interview, the rows of a page, and the cursor of the next one.

    `rows` is a table with its columns, as PostgREST's select takes them. It is sorted by `since`,
    then by its id, which the columns call `key`. Of the interview itself, `beside` is read. Raises
    a 404 Problem when the caller cannot see the interview.
    """
    # Two reads, each of which begins at its place in the index. One read with `or` would sort
    # all rows of the interview.
    reads = {"later": []} if query.cursor is None else _after(since, *query.cursor)
    embedded = [f"{name}:{rows}" for name in reads]
    select = supabase.select("interviews", ",".join([beside, *embedded]))
    select = select.eq("id", str(interview_id))
    for name, conditions in reads.items():
        for column, comparison, value in conditions:
            select = select.filter(f"{name}.{column}", comparison, value)
        select = narrow(select, name)
        for column in (since, "id"):
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
    found = [row for name in reads for row in interviews[0][name]]
    page = found[: query.limit]
    more = len(found) > len(page)
    return interviews[0], page, cursor(page[-1][since], page[-1][key]) if more else None


def _after(since: str, moment: datetime, row_id: UUID) -> dict[str, list[tuple[str, str, str]]]:
    """What follows a row: those of the same moment, then the later ones."""
    written = moment.isoformat()
    return {
        "same": [(since, "eq", written), ("id", "gt", str(row_id))],
        "later": [(since, "gt", written)],
    }
