"""POST /invite and POST /send-interview-invite, as a backend calls them."""

import uuid
from typing import Any

import pytest

from tests.kit.mailserver import MailServer
from tests.service.conftest import BACKEND, Seed, Service, address, token


def test_one_address(service: Service, seed: Seed) -> None:
    interview, email = seed.interview(), address()
    answer = service.client().post(
        "/invite", json={"email": email, "interview_id": str(interview)}, headers=BACKEND
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["success"] is True
    assert answer.json["message"] == "1 invitation queued."
    (row,) = answer.json["invites"]
    assert (row["email"], row["outcome"]) == (email, "created")
    assert row["invite_code"].isdigit() and len(row["invite_code"]) == 6
    assert len(seed.jobs()) == 1


def test_many_addresses_are_answered_in_their_order(service: Service, seed: Seed) -> None:
    interview, email = seed.interview(), address()
    emails: list[str | None] = [
        f" {email.upper()} ",
        "nonsense",
        email,
        None,
        "nul\0@example.com",
        "\ud800half-a-pair@example.com",
        "x" * 100_000 + "@example.com",
        "kandidat@bücher.example",
    ]
    answer = service.client().post(
        "/invite", json={"emails": emails, "interview_id": str(interview)}, headers=BACKEND
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert [row["outcome"] for row in answer.json["invites"]] == [
        "created",
        "invalid_email",
        "duplicate_in_request",
        "invalid_email",
        "invalid_email",
        "invalid_email",
        "invalid_email",
        "created",
    ]
    assert answer.json["message"] == "2 invitations queued, 6 not: see the outcomes."


def test_ten_thousand_addresses(service: Service, seed: Seed) -> None:
    interview = seed.interview()
    seed.run("update private.settings set invites_per_day = 1000")
    emails = [f"bulk{number}@{uuid.uuid4().hex}.example" for number in range(10_000)]
    answer = service.client().post(
        "/invite", json={"emails": emails, "interview_id": str(interview)}, headers=BACKEND
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert [row["email"] for row in answer.json["invites"]] == emails
    assert {row["outcome"] for row in answer.json["invites"]} == {"created"}


@pytest.mark.parametrize("general", [False, True])
def test_more_than_that_are_too_many(service: Service, seed: Seed, general: bool) -> None:
    body: dict[str, Any] = {"emails": [f"{number}@example.com" for number in range(10_001)]}
    if not general:
        body["interview_id"] = str(seed.interview())
    answer = service.client().post("/invite", json=body, headers=BACKEND)
    assert answer.status_code == 413
    assert answer.json is not None and answer.json["code"] == "too_many_emails"
    assert seed.jobs() == []


def test_inviting_again_is_harmless(service: Service, seed: Seed) -> None:
    body = {"email": address(), "interview_id": str(seed.interview())}
    client = service.client()
    first, second = (client.post("/invite", json=body, headers=BACKEND).json for _ in range(2))
    assert first is not None and second is not None
    assert second["invites"][0]["outcome"] == "unchanged"
    assert second["invites"][0]["invite_code"] == first["invites"][0]["invite_code"]
    assert len(seed.jobs()) == 1


@pytest.mark.parametrize("general", [False, True])
@pytest.mark.parametrize("body", [{"email": "nonsense"}, {"emails": ["nonsense", None, ""]}])
def test_nothing_but_nonsense_is_a_problem(
    service: Service, seed: Seed, body: dict[str, Any], general: bool
) -> None:
    if not general:
        body = {**body, "interview_id": str(seed.interview())}
    answer = service.client().post("/invite", json=body, headers=BACKEND)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "invalid_email"
    assert {row["outcome"] for row in answer.json["invites"]} == {"invalid_email"}
    assert seed.jobs() == []


def test_a_misspelt_key_sends_no_other_mail_than_meant(service: Service, seed: Seed) -> None:
    body = {"email": address(), "interviewId": str(seed.interview())}
    answer = service.client().post("/invite", json=body, headers=BACKEND)
    assert answer.status_code == 422
    assert answer.json is not None and answer.json["code"] == "invalid_request"
    assert seed.jobs() == []


def test_an_unknown_interview(service: Service, seed: Seed) -> None:
    answer = service.client().post(
        "/invite", json={"email": address(), "interview_id": str(uuid.uuid4())}, headers=BACKEND
    )
    assert answer.status_code == 404
    assert answer.json is not None and answer.json["code"] == "interview_not_found"


def test_the_general_invitation(service: Service, seed: Seed, mailbox: MailServer) -> None:
    client = service.client(MAIL_WORKER="on")
    emails = [address(), address()]
    answer = client.post(
        "/invite", json={"emails": [*emails, "nonsense"], "recruiter_name": "Ada"}, headers=BACKEND
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert [row["outcome"] for row in answer.json["invites"]] == [
        "queued",
        "queued",
        "invalid_email",
    ]
    received = mailbox.wait(2)
    assert sorted(mail.recipient for mail in received) == sorted(emails)
    assert received[0].mail["Subject"] == "Ada invites you to HireVision"
    again = client.post("/invite", json={"email": emails[0]}, headers=BACKEND)
    assert again.json is not None and again.json["invites"][0]["outcome"] == "unchanged"


@pytest.mark.parametrize("name", ["Ada https://evil.example", "HireVision Security"])
def test_names_that_may_not_sign(service: Service, seed: Seed, name: str) -> None:
    """Nor by the other ways to invite."""
    interview = seed.interview()
    client = service.client()
    bodies: list[tuple[str, dict[str, object]]] = [
        ("/invite", {"emails": [address()]}),
        ("/invite", {"emails": [address()], "interview_id": str(interview)}),
        (f"/interviews/{interview}/invites", {"emails": [address()]}),
    ]
    for path, body in bodies:
        answer = client.post(path, json={**body, "recruiter_name": name}, headers=BACKEND)
        assert answer.status_code == 400
        assert answer.json is not None and answer.json["code"] == "text_not_allowed"
        assert answer.json["hint"]
    assert seed.jobs() == []


def test_the_general_invitation_is_the_backends_alone(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    headers = {"Authorization": f"Bearer {token(sub=str(seed.recruiter()))}"}
    answer = service.client().post("/invite", json={"email": address()}, headers=headers)
    assert answer.status_code == 403
    assert answer.json is not None and answer.json["code"] == "service_key_required"
    assert seed.jobs() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": address(), "emails": [address()]},
        {"emails": "a@example.com"},
        {"emails": [1]},
        {"emails": {"a": "b"}},
        {"email": ["a@example.com"]},
        {"email": address(), "interview_id": "one"},
        {"email": address(), "recruiter_name": "x" * 300},
        [],
        "text",
        1,
    ],
)
def test_malformed_bodies_are_named_by_their_fields(offline: Service, body: Any) -> None:
    answer = offline.client().post("/invite", json=body, headers=BACKEND)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "invalid_request"
    assert answer.json["errors"]
    assert "example.com" not in answer.text, "what was sent is not repeated"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@example.com"},
        {"invite_code": "123456"},
        {"email": None, "invite_code": "123456"},
        {"email": "a@example.com", "invite_code": 123456},
    ],
)
def test_sending_needs_an_address_and_a_code(offline: Service, body: Any) -> None:
    answer = offline.client().post("/send-interview-invite", json=body, headers=BACKEND)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "code", ["000000", "", "12345", "1234567", "１２３４５６", "abcdef", "' or 1=1", "\0", "\ud800"]
)
def test_an_unknown_pair_is_not_found(
    service: Service, seed: Seed, mailbox: MailServer, code: str
) -> None:
    (invited,) = seed.invite()
    if code == invited.code:
        code = "000001"
    client = service.client()
    for headers in (BACKEND, {"Authorization": f"Bearer {token(sub=str(uuid.uuid4()))}"}):
        answer = client.post(
            "/send-interview-invite",
            json={"email": invited.email, "invite_code": code},
            headers=headers,
        )
        assert answer.status_code == 404
        assert answer.json is not None and answer.json["code"] == "invite_not_found"
    assert mailbox.messages == []


def test_it_is_no_relay(service: Service, seed: Seed, mailbox: MailServer) -> None:
    (invited,) = seed.invite()
    answer = service.client().post(
        "/send-interview-invite",
        json={**invited.body, "email": "victim@example.com"},
        headers=BACKEND,
    )
    assert answer.status_code == 404
    assert mailbox.messages == []
