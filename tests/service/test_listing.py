"""GET /interviews/<id>/invites: what was sent to whom, and its state."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.http.request_schemas import cursor
from tests.service.conftest import BACKEND, Seed, Service, address, token


def page(client: FlaskClient, interview: uuid.UUID, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/interviews/{interview}/invites", query_string=query, headers=BACKEND)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return dict(answer.json)


def emails(found: dict[str, Any]) -> list[str]:
    return [invite["email"] for invite in found["invites"]]


def test_an_invite_with_the_state_of_its_mail(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    client = service.client()
    (before,) = page(client, invited.interview)["invites"]
    assert (before["email"], before["invite_code"]) == (invited.email, invited.code)
    assert (before["status"], before["delivery_status"]) == ("pending", "queued")
    assert before["created_at"].endswith(("Z", "+00:00"))
    assert client.post("/send-interview-invite", json=invited.body, headers=BACKEND).status_code
    (after,) = page(client, invited.interview)["invites"]
    assert after["delivery_status"] == "accepted"
    assert after["delivery_at"] is not None and after["delivery_error"] is None


def test_the_recruiter_sees_the_same_as_the_backend(service: Service, seed: Seed) -> None:
    recruiter = seed.recruiter()
    (invited,) = seed.invite(seed.interview(recruiter=recruiter))
    headers = {"Authorization": f"Bearer {token(sub=str(recruiter))}"}
    client = service.client()
    own = client.get(f"/interviews/{invited.interview}/invites", headers=headers)
    assert own.status_code == 200
    assert own.json == page(client, invited.interview)


def test_pages_hold_everything_once_in_order(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    for _ in range(3):  # each call stamps all its invites with one moment
        seed.invite(interview, *(address() for _ in range(7)))
    client = service.client()
    whole = page(client, interview)
    assert whole["next_cursor"] is None
    assert len(whole["invites"]) == 21
    seen: list[str] = []
    sizes: list[int] = []
    cursor = None
    while cursor or not sizes:
        found = page(client, interview, limit=5, **({"cursor": cursor} if cursor else {}))
        seen += emails(found)
        sizes.append(len(found["invites"]))
        cursor = found["next_cursor"]
    assert sizes == [5, 5, 5, 5, 1]
    assert seen == emails(whole)


def test_a_page_that_is_just_full_is_the_last(service: Service, seed: Seed) -> None:
    invited = seed.invite(None, *(address() for _ in range(3)))
    found = page(service.client(), invited[0].interview, limit=3)
    assert (len(found["invites"]), found["next_cursor"]) == (3, None)


@pytest.mark.parametrize("offset", ["+16:00", "-23:59", "+00:00"])
def test_a_cursor_of_any_time_zone(service: Service, seed: Seed, offset: str) -> None:
    """PostgreSQL takes no offset of 16 hours or more."""
    (invited,) = seed.invite()
    before = cursor(f"2020-01-01T00:00:00{offset}", str(uuid.uuid4()))
    assert emails(page(service.client(), invited.interview, cursor=before)) == [invited.email]


def test_what_comes_while_paging_is_found_at_the_end(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    seed.invite(interview, *(address() for _ in range(3)))
    client = service.client()
    first = page(client, interview, limit=2)
    (late,) = seed.invite(interview, address())
    assert emails(page(client, interview, cursor=first["next_cursor"]))[1:] == [late.email]


def test_filters(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    pending, overdue, accepted, revoked = seed.invite(interview, *(address() for _ in range(4)))
    seed.run(
        "update public.interview_invites set expires_at = now() - interval '1 s' where id = %s",
        overdue.id,
    )
    seed.run("select public.revoke_invite(%s)", revoked.id)
    seed.run("update public.interview_invites set status = 'accepted' where id = %s", accepted.id)
    seed.run(
        "update public.interview_invites set delivery_status = 'failed', delivery_error = '550 no'"
        " where id = %s",
        pending.id,
    )
    client = service.client()

    def found(**query: str) -> set[tuple[str, str]]:
        rows = page(client, interview, **query)["invites"]
        return {(row["email"], row["status"]) for row in rows}

    expired = {(overdue.email, "expired"), (revoked.email, "expired")}
    everybody = {(pending.email, "pending"), (accepted.email, "accepted"), *expired}
    assert found() == everybody
    assert found(status="pending") == {(pending.email, "pending")}
    assert found(status="expired") == expired
    assert found(status="accepted") == {(accepted.email, "accepted")}
    assert found(status="completed") == set()
    assert found(delivery_status="failed") == {(pending.email, "pending")}
    assert found(status="expired", delivery_status="failed") == set()
    assert len(page(client, interview, status="expired", limit=1)["invites"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"limit": ""},
        {"cursor": "nonsense"},
        {"cursor": "é"},
        {"cursor": "MSAy"},
        {"cursor": "\0"},
        {"cursor": cursor("0001-01-01T00:00:00+16:00", str(uuid.uuid4()))},
        {"cursor": cursor("9999-12-31T23:59:59-16:00", str(uuid.uuid4()))},
        {"status": "gone"},
        {"delivery_status": "Queued"},
        {"offset": "5"},
    ],
)
def test_malformed_queries(offline: Service, query: dict[str, str]) -> None:
    answer = offline.client().get(
        f"/interviews/{uuid.uuid4()}/invites", query_string=query, headers=BACKEND
    )
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["code"] == "invalid_request"
    assert [error["field"] for error in answer.json["errors"]] == list(query)


def test_interviews_of_others_and_of_nobody(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    client = service.client()
    stranger = {"Authorization": f"Bearer {token(sub=str(seed.recruiter()))}"}
    for interview, headers in ((invited.interview, stranger), (uuid.uuid4(), BACKEND)):
        answer = client.get(f"/interviews/{interview}/invites", headers=headers)
        assert answer.status_code == 404
        assert answer.json is not None and answer.json["code"] == "interview_not_found"
    assert client.get("/interviews/one/invites", headers=BACKEND).status_code == 404


def test_candidates_read_no_invites(service: Service, seed: Seed) -> None:
    """A participant sees the interview, but its codes are the recruiter's to see."""
    (invited,) = seed.invite()
    candidate = seed.db.account(invited.email)
    seed.db.accept(candidate, invited.code)
    seed.connection.commit()
    answer = service.client().get(
        f"/interviews/{invited.interview}/invites",
        headers={"Authorization": f"Bearer {token(sub=str(candidate))}"},
    )
    assert answer.json is not None and answer.json["invites"] == []


def test_whether_mails_leave(service: Service, seed: Seed) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    headers = {"Authorization": f"Bearer {token(sub=str(recruiter))}"}
    client = service.client()

    def states() -> set[str]:
        own = client.get(f"/interviews/{interview}/invites", headers=headers).json
        assert own is not None
        return {page(client, interview)["sending"], own["sending"]}

    seed.run("truncate private.job_workers")
    assert states() == {"stopped"}
    seed.run("select public.claim_jobs('{interview_invitation}', 'somebody', 0)")
    assert states() == {"sending"}
    seed.run("select public.pause_jobs('{interview_invitation}', '535', 60)")
    assert states() == {"paused"}
