"""GET /interviews/<id>/candidates/<id>/responses: what a candidate has submitted."""

import uuid
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.kit.gateway import Gateway
from tests.service.conftest import BACKEND, SERVICE_ROLE_KEY, Seed, Service
from tests.service.recording import WEBM, Candidate, as_account, joined, owner, recruiter_of, stored


def path_of(candidate: Candidate, interview: uuid.UUID | None = None) -> str:
    """Where a candidate's responses are."""
    interview = interview or candidate.interview
    return f"/interviews/{interview}/candidates/{candidate.participant}/responses"


def responses(
    client: FlaskClient, candidate: Candidate, headers: dict[str, str] = BACKEND, **query: Any
) -> list[dict[str, Any]]:
    answer = client.get(path_of(candidate), query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["participant_id"] == str(candidate.participant)
    assert answer.json["expires_in"] == 300
    return list(answer.json["responses"])


def opened(seed: Seed, candidate: Candidate) -> list[tuple[str | None, str]]:
    """Who has asked for links to which of a candidate's recordings."""
    seed.connection.rollback()
    rows = seed.connection.execute(
        "select actor_id::text as actor, response_id::text as response from private.access_log"
        " where participant_id = %s order by id",
        (candidate.participant,),
    )
    return [(row["actor"], row["response"]) for row in rows]


def test_responses_in_order_with_links(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, asked = joined(seed, storage, 4)
    client = service.client()
    candidate.record(asked[2], b"\x1aE\xdf\xa3 another")
    candidate.rpc("write_response", question_id=asked[1], answer="In words <b>&</b>")
    discarded = candidate.record(asked[0])
    current = candidate.record(asked[0])
    seed.run("update public.interview_questions set question = 'Reworded' where id = %s", asked[0])
    assert responses(client, candidate) == [], "nothing before it is submitted"
    assert opened(seed, candidate) == []
    candidate.submit()
    recruiter = recruiter_of(seed, candidate.interview)
    found = responses(client, candidate, recruiter)
    assert [row["question_id"] for row in found] == [str(each) for each in asked[:3]]
    first, text, last = found
    assert first["response_id"] == current["response_id"] != discarded["response_id"]
    assert (first["question"], first["take"], first["kind"]) == ("Question 1", 2, "video")
    assert (first["mime_type"], first["size_bytes"]) == ("video/webm", len(WEBM))
    assert first["answer"] is None and first["submitted_at"]
    assert (text["kind"], text["answer"], text["url"]) == ("text", "In words <b>&</b>", None)
    assert httpx.get(first["url"]).content == WEBM
    part = httpx.get(last["url"], headers={"Range": "bytes=5-"})
    assert (part.status_code, part.content) == (206, b"another")
    assert set(first) == set(text) and "place" not in first

    backend = responses(client, candidate)
    assert [row["response_id"] for row in backend] == [row["response_id"] for row in found]
    assert httpx.get(backend[0]["url"]).content == WEBM
    recordings = [first["response_id"], last["response_id"]]
    actors = [str(owner(seed, candidate.interview)), None]
    assert set(opened(seed, candidate)) == {
        (actor, recording) for actor in actors for recording in recordings
    }
    assert len(opened(seed, candidate)) == 4


def test_without_links_nothing_is_opened(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, asked = joined(seed, storage, 1)
    candidate.record(asked[0])
    candidate.submit()
    (found,) = responses(service.client(), candidate, links="false")
    assert found["url"] is None and found["size_bytes"] == len(WEBM)
    assert opened(seed, candidate) == []


@pytest.mark.parametrize("trouble", ["503", "500", "403", "nonsense"])
def test_storage_is_away(service: Service, seed: Seed, storage: Gateway, trouble: str) -> None:
    candidate, asked = joined(seed, storage, 2)
    candidate.record(asked[0])
    candidate.rpc("write_response", question_id=asked[1], answer="In words")
    candidate.submit()
    client = service.client()
    storage.on_storage = lambda method, body: (
        (200, "no list") if trouble == "nonsense" else (int(trouble), "no")
    )
    answer = client.get(path_of(candidate), headers=BACKEND)
    assert answer.status_code == 503
    assert answer.json is not None and answer.json["code"] == "storage_unavailable"
    assert answer.headers["Retry-After"]
    assert "links=false" in answer.json["hint"]
    found = responses(client, candidate, links="false")
    assert [row["answer"] for row in found] == [None, "In words"]


def test_texts_alone_need_no_storage(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, asked = joined(seed, storage, 1)
    candidate.rpc("write_response", question_id=asked[0], answer="In words")
    candidate.submit()
    storage.storage = None
    (found,) = responses(service.client(), candidate)
    assert found["answer"] == "In words"


def test_a_recording_that_storage_has_lost_has_no_link(
    service: Service, seed: Seed, storage: Gateway
) -> None:
    candidate, asked = joined(seed, storage, 2)
    takes = [candidate.record(question) for question in asked]
    candidate.submit()
    lost = takes[0]["path"]
    httpx.request(
        "DELETE",
        f"{storage.url}/storage/v1/object/{takes[0]['bucket']}",
        json={"prefixes": [lost]},
        headers={"apikey": SERVICE_ROLE_KEY, "Authorization": f"Bearer {SERVICE_ROLE_KEY}"},
    )
    assert not stored(seed, [lost])
    first, second = responses(service.client(), candidate)
    assert first["url"] is None and second["url"]


def test_more_recordings_than_are_opened_at_once(
    service: Service, seed: Seed, storage: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.candidates.MOST_LINKS", 2)
    candidate, asked = joined(seed, storage, 5)
    for question in asked:
        candidate.record(question)
    candidate.submit()
    calls = storage.calls.count("rpc/open_responses")
    found = responses(service.client(), candidate)
    assert all(row["url"] for row in found) and len({row["url"] for row in found}) == 5
    assert storage.calls.count("rpc/open_responses") - calls == 3


def test_who_gets_nothing(service: Service, seed: Seed, storage: Gateway) -> None:
    """Other recruiters, other participants, and the wrong interview in the path."""
    candidate, asked = joined(seed, storage, 1)
    candidate.record(asked[0])
    candidate.submit()
    fellow = Candidate(seed, storage, candidate.interview)
    recruiter = recruiter_of(seed, candidate.interview)
    other, _ = joined(seed, storage, 1)
    client = service.client()
    for path, headers in (
        (path_of(candidate), recruiter_of(seed, other.interview)),
        (path_of(candidate), as_account(fellow.account)),
        (path_of(candidate), as_account(other.account)),
        (path_of(candidate, other.interview), BACKEND),
        (path_of(candidate, other.interview), recruiter),
        (path_of(candidate, uuid.uuid4()), BACKEND),
        (path_of(other, candidate.interview), recruiter),
        (path_of(candidate).replace(str(candidate.participant), str(candidate.account)), BACKEND),
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 404, path
        assert answer.json is not None and answer.json["code"] == "participant_not_found"
        assert "token=" not in answer.text
    assert opened(seed, candidate) == []


def test_candidates_read_their_own(service: Service, seed: Seed, storage: Gateway) -> None:
    candidate, asked = joined(seed, storage, 1)
    candidate.record(asked[0])
    own = as_account(candidate.account)
    client = service.client()
    assert responses(client, candidate, own) == [], "what is not submitted is on the screen alone"
    candidate.submit()
    (found,) = responses(client, candidate, own)
    assert httpx.get(found["url"]).content == WEBM


@pytest.mark.parametrize("end", ["withdrawn", "deleted"])
def test_what_was_taken_back_is_gone(
    service: Service, seed: Seed, storage: Gateway, end: str
) -> None:
    candidate, asked = joined(seed, storage, 1)
    candidate.record(asked[0])
    client = service.client()
    if end == "deleted":
        candidate.submit()
        assert responses(client, candidate)
        candidate.rpc("delete_my_responses", interview_id=candidate.interview)
    else:
        candidate.rpc("withdraw_from_interview", interview_id=candidate.interview)
    for headers in (BACKEND, recruiter_of(seed, candidate.interview)):
        assert responses(client, candidate, headers) == []


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (str.upper, 200),
        (lambda one: one.replace("-", ""), 404),
        (lambda one: f"{{{one}}}", 404),
        (lambda one: f"{one}%00", 404),
        (lambda one: f"{one},id.gt.0", 404),
        (lambda _: "*", 404),
        (lambda _: "1", 404),
    ],
)
def test_ways_to_write_an_id(
    service: Service, seed: Seed, storage: Gateway, written: Any, status: int
) -> None:
    candidate, _ = joined(seed, storage, 1)
    client = service.client()
    for part in (candidate.interview, candidate.participant):
        path = path_of(candidate).replace(str(part), written(str(part)))
        assert client.get(path, headers=BACKEND).status_code == status, path


@pytest.mark.parametrize("query", [{"links": "perhaps"}, {"limit": "5"}, {"select": "*"}])
def test_malformed_queries_of_responses(offline: Service, query: dict[str, str]) -> None:
    path = f"/interviews/{uuid.uuid4()}/candidates/{uuid.uuid4()}/responses"
    answer = offline.client().get(path, query_string=query, headers=BACKEND)
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["code"] == "invalid_request"


def test_links_are_not_logged(
    service: Service, seed: Seed, storage: Gateway, log_lines: list[str], secrets: set[str]
) -> None:
    candidate, asked = joined(seed, storage, 1)
    candidate.record(asked[0])
    candidate.submit()
    client = service.client()
    (found,) = responses(client, candidate)
    key = found["url"].partition("token=")[2]
    assert key
    secrets.add(key)
    before = len(log_lines)
    storage.on_storage = lambda method, body: (500, found["url"])
    assert client.get(path_of(candidate), headers=BACKEND).status_code == 503
    said = "\n".join(log_lines[before:])
    assert "links not made" in said
    assert "token=" not in said and str(candidate.participant) not in said
