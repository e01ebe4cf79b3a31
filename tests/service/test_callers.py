"""Who may call: on every route, everybody else is refused and nobody is mailed."""

import time
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import create_app
from tests.kit.mailserver import MailServer
from tests.kit.pages import ADOPTING, table
from tests.service.conftest import (
    ANON_KEY,
    BACKEND,
    OLD_SERVICE_KEY,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    SERVICE_ROLE_KEY,
    Invited,
    Seed,
    Service,
    address,
    token,
)


def bearer(credentials: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credentials}"}


def calls(invited: Invited) -> dict[str, dict[str, Any]]:
    """A call of each route that needs credentials, by method and rule."""
    interview = f"/interviews/{invited.interview}"
    invites = f"{interview}/invites"
    responses = "GET /interviews/<uuid:interview_id>/candidates/<uuid:participant_id>/responses"
    return {
        "POST /send-interview-invite": {"path": "/send-interview-invite", "json": invited.body},
        "POST /invite": {
            "path": "/invite",
            "json": {"email": address(), "interview_id": str(invited.interview)},
        },
        "GET /interviews/<uuid:interview_id>/invites": {"path": invites},
        "POST /interviews/<uuid:interview_id>/invites": {
            "path": invites,
            "json": {"emails": [address()]},
        },
        "GET /interviews/<uuid:interview_id>/candidates": {"path": f"{interview}/candidates"},
        responses: {"path": f"{interview}/candidates/{uuid.uuid4()}/responses"},
    }


def call(
    client: FlaskClient, route: str, made: dict[str, Any], who: dict[str, str]
) -> TestResponse:
    """Make one of these calls."""
    return client.open(method=route.partition(" ")[0], headers=who, **made)


WRONG: dict[str, dict[str, str]] = {
    "nothing": {},
    "an empty bearer": {"Authorization": "Bearer "},
    "another scheme": {"Authorization": "Basic c2VydmljZTprZXk="},
    "a wrong key": bearer("not-the-service-key-at-all"),
    "a key with more behind it": bearer(BACKEND["Authorization"].removeprefix("Bearer ") + "x"),
    "both keys at once": bearer(BACKEND["Authorization"] + ", " + OLD_SERVICE_KEY),
    "letters beyond ASCII": bearer("schlüssel-mit-umlaut-12345"),
    "the anon key": bearer(ANON_KEY),
    "the publishable key": bearer(PUBLISHABLE_KEY),
    "the secret key": bearer(SECRET_KEY),
    "the service-role key": bearer(SERVICE_ROLE_KEY),
    "another anon key": bearer(token("anon", iss="supabase")),
    "a forged token": bearer(token(secret="x" * 40, sub=str(uuid.uuid4()))),
    "an unsigned token": bearer(token(sub=str(uuid.uuid4())).rpartition(".")[0] + "."),
    "an expired token": bearer(token(sub=str(uuid.uuid4()), exp=int(time.time()) - 3600)),
    "a token of no role": bearer(token("postgres")),
    "an account that is no uuid": bearer(token(sub="user_2abc")),
    "an account in another form": bearer(token(sub=uuid.uuid4().urn)),
    "no account": bearer(token()),
    "no JSON inside": bearer("e30.e30.e30"),
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
def test_refused_on_every_route(
    service: Service, seed: Seed, mailbox: MailServer, headers: dict[str, str]
) -> None:
    (invited,) = seed.invite()
    client = service.client()
    for route, made in calls(invited).items():
        answer = call(client, route, made, headers)
        assert answer.status_code == 401, route
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert mailbox.messages == []
    assert [mail["attempts"] for mail in seed.jobs()] == [0], "nothing was claimed or queued"


def test_the_old_calls_answer_as_docs_adopting_says(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    unknown = {**invited.body, "email": address()}
    old_calls: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
        "mail endpoint without credentials": ({}, invited.body),
        "mail endpoint with the anon key": (bearer(ANON_KEY), invited.body),
        "mail endpoint, no pending invite of this address and code": (BACKEND, unknown),
    }
    promised = {row["old call"]: row["answer"] for row in table(ADOPTING, "old call")}
    assert {call for call in promised if call.startswith("mail endpoint")} == old_calls.keys()
    for call, (headers, body) in old_calls.items():
        answer = service.client().post("/send-interview-invite", json=body, headers=headers)
        assert f"{answer.status_code} `{answer.json['code']}`" == promised[call]  # type: ignore[index]


OPEN = {
    *("/health", "/ready", "/metrics", "/openapi.json", "/docs/", "/docs/<path:path>"),
    "/unsubscribe/<token>",
}


def test_every_route_but_the_open_ones_needs_credentials(
    settings: dict[str, str], secrets: set[str]
) -> None:
    app = create_app(settings)
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in OPEN
    }
    assert routes == set(calls(Invited("", "", "", uuid.uuid4())))


def test_another_recruiter_is_refused(service: Service, seed: Seed, mailbox: MailServer) -> None:
    (invited,) = seed.invite()
    headers = bearer(token(sub=str(seed.recruiter())))
    client = service.client()
    for route, made in calls(invited).items():
        answer = call(client, route, made, headers)
        assert answer.status_code == 404, route
        assert invited.email not in answer.text and invited.code not in answer.text
    assert mailbox.messages == []
    assert [mail["attempts"] for mail in seed.jobs()] == [0]


def test_a_strangers_refusal_tells_nothing(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    headers = bearer(token(sub=str(seed.recruiter())))
    client = service.client()

    def problem(answer: TestResponse) -> dict[str, Any]:
        return {name: value for name, value in answer.json.items() if name != "request_id"}  # type: ignore[union-attr]

    right = client.post("/send-interview-invite", json=invited.body, headers=headers)
    wrong = client.post(
        "/send-interview-invite", json={**invited.body, "invite_code": "000000"}, headers=headers
    )
    unknown = client.post(
        "/send-interview-invite", json={"email": "a@b.example", "invite_code": "1"}, headers=BACKEND
    )
    assert problem(right) == problem(wrong)
    assert problem(right) == problem(unknown)


def test_the_invited_candidate_is_no_recruiter(service: Service, seed: Seed) -> None:
    (invited,) = seed.invite()
    candidate = seed.db.account(invited.email)
    seed.connection.commit()
    answer = service.client().post(
        "/send-interview-invite", json=invited.body, headers=bearer(token(sub=str(candidate)))
    )
    assert answer.status_code == 404


def test_an_unconfirmed_account_invites_nobody(service: Service, seed: Seed) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    seed.run("update auth.users set email_confirmed_at = null where id = %s", recruiter)
    answer = service.client().post(
        "/invite",
        json={"email": address(), "interview_id": str(interview)},
        headers=bearer(token(sub=str(recruiter))),
    )
    assert answer.status_code in (403, 404)
    assert seed.jobs() == []


@pytest.mark.parametrize("key", [BACKEND["Authorization"][7:], OLD_SERVICE_KEY])
def test_every_service_key_counts(offline: Service, key: str) -> None:
    answer = offline.client().post("/invite", json={}, headers=bearer(key))
    assert answer.status_code == 422


def test_the_recruiter_himself_is_served(service: Service, seed: Seed, mailbox: MailServer) -> None:
    recruiter = seed.recruiter()
    (invited,) = seed.invite(seed.interview(recruiter=recruiter))
    headers = bearer(token(sub=str(recruiter)))
    client: FlaskClient = service.client()
    sent = client.post("/send-interview-invite", json=invited.body, headers=headers)
    assert sent.status_code == 200
    assert [received.recipient for received in mailbox.messages] == [invited.email]
    more = client.post("/invite", json=calls(invited)["POST /invite"]["json"], headers=headers)
    assert more.status_code == 201


@pytest.mark.parametrize(
    ("secret", "anon"),
    [(SERVICE_ROLE_KEY, ANON_KEY), (SECRET_KEY, PUBLISHABLE_KEY)],
    ids=["legacy", "new"],
)
def test_keys_of_either_kind(
    service: Service, seed: Seed, mailbox: MailServer, secret: str, anon: str
) -> None:
    recruiter = seed.recruiter()
    first, second = seed.invite(seed.interview(recruiter=recruiter), address(), address())
    client = service.client(SUPABASE_SERVICE_ROLE_KEY=secret, SUPABASE_ANON_KEY=anon)
    as_backend = client.post("/send-interview-invite", json=first.body, headers=BACKEND)
    as_recruiter = client.post(
        "/send-interview-invite", json=second.body, headers=bearer(token(sub=str(recruiter)))
    )
    assert (as_backend.status_code, as_recruiter.status_code) == (200, 200)
    assert len(mailbox.messages) == 2


def test_a_service_role_key_that_supabase_refuses_is_our_fault(
    service: Service, seed: Seed
) -> None:
    (invited,) = seed.invite()
    client = service.client(SUPABASE_SERVICE_ROLE_KEY="sb_secret_of_another_project")
    answer = client.post("/send-interview-invite", json=invited.body, headers=BACKEND)
    assert answer.status_code == 503
    assert answer.json is not None and answer.json["code"] == "supabase_unavailable"
    assert client.get("/ready").status_code == 503
