"""The participants of an interview, and what each has submitted."""

import logging
from collections import defaultdict
from itertools import islice
from math import inf
from typing import Any
from uuid import UUID

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from service.http import answer_schemas, pages, request_schemas
from service.http.openapi import Described
from service.http.problems import RETRY_AFTER, Problem
from service.supabase_api import Select, Supabase, SupabaseRefused, SupabaseUnreachable

log = logging.getLogger(__name__)

bp = Blueprint("candidates", __name__)

# Seconds for which a link works. It cannot be taken back, so it is for fetching at once.
EXPIRES_IN = 300
# Recordings that open_responses takes in one call.
MOST_LINKS = 100

_CANDIDATES = (
    "interview_participants(participant_id:id,status,joined_at,completed_at,answered,"
    "responses_deleted_at,responses_expired_at,invite:invite_id(email,candidate_name))"
)
_RESPONSES = (
    "interview_responses(response_id:id,question_id,question,kind,take,mime_type,size_bytes,"
    "duration_seconds,answer,started_at,uploaded_at,submitted_at,place:question_id(order_index))"
)


@bp.get("/interviews/<uuid:interview_id>/candidates")
@Described(
    {200: answer_schemas.CandidatePage},
    ("404 interview_not_found", "422 invalid_request"),
    query=request_schemas.CandidateQuery,
)
def list_candidates(interview_id: UUID) -> ResponseReturnValue:
    """The participants of an interview and how far they are, the first to join first."""
    query = request_schemas.CandidateQuery.model_validate(request.args.to_dict())

    def narrow(select: Select, name: str) -> Select:
        return select.eq(f"{name}.status", query.status) if query.status else select

    interview, found, next_cursor = pages.read(
        g.caller.supabase,
        interview_id,
        query,
        _CANDIDATES,
        since="joined_at",
        key="participant_id",
        narrow=narrow,
        beside="questions:interview_questions(id)",
    )
    for candidate in found:
        invite = candidate.pop("invite")
        candidate["email"] = invite["email"] if invite else None
        candidate["name"] = invite["candidate_name"] if invite else None
        candidate["questions"] = len(interview["questions"])
    return jsonify(candidates=found, next_cursor=next_cursor)


@bp.get("/interviews/<uuid:interview_id>/candidates/<uuid:participant_id>/responses")
@Described(
    {200: answer_schemas.CandidateResponses},
    ("404 participant_not_found", "422 invalid_request", "503 storage_unavailable"),
    query=request_schemas.ResponsesQuery,
)
def list_responses(interview_id: UUID, participant_id: UUID) -> ResponseReturnValue:
    """What a candidate has submitted, with links to the recordings."""
    query = request_schemas.ResponsesQuery.model_validate(request.args.to_dict())
    supabase: Supabase = g.caller.supabase
    responses = _submitted(supabase, interview_id, participant_id)
    recordings = [row["response_id"] for row in responses if row["kind"] != "text"]
    urls = _links(supabase, recordings) if query.links else {}
    for row in responses:
        row["url"] = urls.get(row["response_id"])
    answer = jsonify(participant_id=participant_id, responses=responses, expires_in=EXPIRES_IN)
    # A link is enough to watch the recording.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _submitted(
    supabase: Supabase, interview_id: UUID, participant_id: UUID
) -> list[dict[str, Any]]:
    """The submitted responses of a participant, in the order of the questions."""
    select = (
        supabase.select("interview_participants", f"id,responses:{_RESPONSES}")
        .eq("id", str(participant_id))
        .eq("interview_id", str(interview_id))
        .eq("responses.status", "uploaded")
        # The service role, and the candidate, also see what is not submitted.
        .not_.is_("responses.submitted_at", "null")
    )
    participants = supabase.rows(select)
    if not participants:
        raise Problem(
            404,
            "participant_not_found",
            "This candidate does not exist, or is not yours.",
            "Open them from the interview's list of candidates.",
        )
    responses = participants[0]["responses"]
    responses.sort(key=_place)
    for row in responses:
        del row["place"]
    return list(responses)


def _place(row: dict[str, Any]) -> tuple[float, str]:
    # Those who left the interview no longer see its questions.
    return row["place"]["order_index"] if row["place"] else inf, row["question_id"]


def _links(supabase: Supabase, response_ids: list[str]) -> dict[str, str]:
    """Links to these recordings by id; the database logs that they were asked for."""
    rest = iter(response_ids)
    opened: list[dict[str, str]] = []
    while some := list(islice(rest, MOST_LINKS)):
        opened += supabase.rpc("open_responses", {"response_ids": some})
    by_bucket: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for recording in opened:
        by_bucket[recording["bucket"]][recording["path"]] = recording["response_id"]
    urls: dict[str, str] = {}
    try:
        for bucket, ids in by_bucket.items():
            for path, url in supabase.sign_files(bucket, list(ids), EXPIRES_IN).items():
                urls[ids[path]] = url
    except (SupabaseRefused, SupabaseUnreachable) as error:
        log.error("links not made", exc_info=error)
        raise Problem(
            503,
            "storage_unavailable",
            "The recordings cannot be reached at the moment.",
            "Repeat the call later, or send links=false for the answers without links.",
            headers={"Retry-After": RETRY_AFTER},
        ) from error
    return urls
