"""GET /interviews/<id>/candidates: who takes part, and how far they are."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.http.request_schemas import cursor
from tests.kit.gateway import Gateway
from tests.service.conftest import BACKEND, Seed, Service
from tests.service.recording import Candidate, as_account, joined, recruiter_of


def page(
    client: FlaskClient, interview: uuid.UUID, headers: dict[str, str] = BACKEND, **query: Any
) -> dict[str, Any]:
    answer = client.get(f"/interviews/{interview}/candidates", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return dict(answer.json)


def ids(found: dict[str, Any]) -> list[str]:
    return [candidate["participant_id"] for candidate in found["candidates"]]


def test_how_far_a_candidate_is(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, asked = joined(seed, storage, 3)
    client = service.client()

    def now() -> dict[str, Any]:
        (found,) = page(client, candidate.interview)["candidates"]
        assert page(client, candidate.interview, recruiter_of(seed, candidate.interview))[
            "candidates"
        ] == [found]
        return dict(found)

    joined_at = now()["joined_at"]
    assert joined_at.endswith(("Z", "+00:00"))
    assert now() == {
        "participant_id": str(candidate.participant),
        "email": candidate.email,
        "name": None,
        "status": "active",
        "joined_at": joined_at,
        "completed_at": None,
        "answered": 0,
        "questions": 3,
        "responses_deleted_at": None,
        "responses_expired_at": None,
    }
    candidate.record(asked[0])
    candidate.rpc("write_response", question_id=asked[1], answer="In words")
    assert (now()["answered"], now()["status"]) == (2, "active")
    candidate.submit()
    assert now()["status"] == "completed" and now()["completed_at"]
    candidate.rpc("delete_my_responses", interview_id=candidate.interview)
    assert now()["answered"] == 0 and now()["responses_deleted_at"]


def test_pages_hold_everybody_once_in_order(service: Service, seed: Seed, storage: Gateway) -> None:
    interview = seed.interview()
    everybody = [str(Candidate(seed, storage, interview).participant) for _ in range(7)]
    # Three of one moment.
    seed.run(
        "set session_replication_role = replica; update public.interview_participants set joined_at"
        f" = '2026-01-01' where id = any ('{{{','.join(everybody[2:5])}}}');"
        " set session_replication_role = origin"
    )
    client = service.client()
    whole = ids(page(client, interview))
    assert sorted(whole) == sorted(everybody) and whole[:3] == sorted(everybody[2:5])
    for headers in (BACKEND, recruiter_of(seed, interview)):
        seen: list[str] = []
        query: dict[str, str] = {}
        while True:
            found = page(client, interview, headers, limit=2, **query)
            seen += ids(found)
            if found["next_cursor"] is None:
                break
            query = {"cursor": found["next_cursor"]}
        assert seen == whole


def test_by_status(service: Service, seed: Seed, storage: Gateway) -> None:
    interview = seed.interview()
    active, completed, withdrawn = (Candidate(seed, storage, interview) for _ in range(3))
    completed.submit()
    withdrawn.rpc("withdraw_from_interview", interview_id=interview)
    client = service.client()
    for status, candidate in (
        ("active", active),
        ("completed", completed),
        ("withdrawn", withdrawn),
    ):
        assert ids(page(client, interview, status=status)) == [str(candidate.participant)]
    assert len(ids(page(client, interview))) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"cursor": "nonsense"},
        {"cursor": "\0"},
        {"cursor": cursor("2026-01-01T00:00:00Z", "') or true --")},
        {"cursor": cursor("9999-12-31T23:59:59-16:00", str(uuid.uuid4()))},
        {"status": "gone"},
        {"delivery_status": "queued"},
        {"interview_id": str(uuid.uuid4())},
    ],
)
def test_malformed_queries(offline: Service, query: dict[str, str]) -> None:
    answer = offline.client().get(
        f"/interviews/{uuid.uuid4()}/candidates", query_string=query, headers=BACKEND
    )
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["code"] == "invalid_request"
    assert [error["field"] for error in answer.json["errors"]] == list(query)


def test_a_forged_cursor_shows_nobody_else(service: Service, seed: Seed, storage: Gateway) -> None:
    mine, theirs = (Candidate(seed, storage, seed.interview()) for _ in range(2))
    forged = cursor("0001-01-01T00:00:00+00:00", str(theirs.participant))
    found = page(
        service.client(), mine.interview, recruiter_of(seed, mine.interview), cursor=forged
    )
    assert ids(found) == [str(mine.participant)]


def test_interviews_of_others_and_of_nobody(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, _ = joined(seed, storage)
    client = service.client()
    stranger = as_account(seed.recruiter())
    for interview, headers in ((candidate.interview, stranger), (uuid.uuid4(), BACKEND)):
        answer = client.get(f"/interviews/{interview}/candidates", headers=headers)
        assert answer.status_code == 404
        assert answer.json is not None and answer.json["code"] == "interview_not_found"


def test_participants_see_themselves_alone(service: Service, seed: Seed, storage: Gateway) -> None:
    interview = seed.interview()
    one, _other = (Candidate(seed, storage, interview) for _ in range(2))
    (found,) = page(service.client(), interview, as_account(one.account))["candidates"]
    assert found["participant_id"] == str(one.participant)
    assert found["email"] is None, "no invites are theirs to read"
