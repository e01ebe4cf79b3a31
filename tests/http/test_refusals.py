"""How refusals look: status, the four keys, a slug where the SQL is ours."""

import time
import uuid
from typing import Any

import jwt
import pytest

from tests.http.api import Api, Person, refusal

# What a candidate and a recruiter may call, with arguments that would do.
CALLS: dict[str, dict[str, Any]] = {
    "accept_invite": {"code": "123456"},
    "resend_my_codes": {},
    "complete_interview": {"interview_id": str(uuid.uuid4())},
    "withdraw_from_interview": {"interview_id": str(uuid.uuid4())},
    "create_interview": {"title": "Any"},
    "reorder_questions": {"interview_id": str(uuid.uuid4()), "question_ids": []},
    "create_invites": {"interview_id": str(uuid.uuid4()), "emails": ["a@example.com"]},
    "resend_invite": {"invite_id": str(uuid.uuid4())},
    "preview_invites": {"interview_id": str(uuid.uuid4()), "emails": ["a@example.com"]},
    "revoke_invite": {"invite_id": str(uuid.uuid4())},
    "correct_invite": {"invite_id": str(uuid.uuid4()), "email": "a@example.com"},
}


def with_token(api: Api, token: str) -> Person:
    return Person(api.http, "", "", token)


# ---- tokens -------------------------------------------------------------------------------------


def test_the_anon_key_is_nobody(api: Api) -> None:
    anon_key = with_token(api, api.environment.supabase_anon_key)
    assert refusal(anon_key.send("GET", "/interviews")) == (401, "42501", None)
    for function, arguments in CALLS.items():
        assert refusal(anon_key.rpc(function, **arguments)) == (401, "42501", None), function


def test_tokens_that_are_not_valid(api: Api) -> None:
    scene = api.scene()
    now = int(time.time())
    claims = {"sub": scene.recruiter.id, "role": "authenticated", "aud": "authenticated"}
    valid = {**claims, "iat": now, "exp": now + 60}
    forged = {
        "another secret": jwt.encode(valid, "x" * 40, algorithm="HS256"),
        "no signature": jwt.encode(valid, "", algorithm="none"),
        "service_role": jwt.encode({**valid, "role": "service_role"}, "x" * 40, algorithm="HS256"),
        "expired": api.token(sub=scene.recruiter.id, exp=now - 60),
        "not yet valid": api.token(sub=scene.recruiter.id, nbf=now + 600),
        "no token": "abc",
        "the service's key": api.environment.service_api_key,
    }
    for name, token in forged.items():
        bearer = with_token(api, token)
        statuses = [
            bearer.send("GET", "/interviews").status_code,
            bearer.rpc("accept_invite", code=scene.code).status_code,
            bearer.rpc("jobs_status", kinds=[]).status_code,
        ]
        assert statuses == [401, 401, 401], name


@pytest.mark.parametrize("role", ["postgres", "supabase_admin", "supabase_auth_admin"])
def test_no_token_gives_a_role_that_is_not_for_clients(api: Api, role: str) -> None:
    answer = with_token(api, api.token(role)).send("GET", "/interviews")
    assert refusal(answer) == (403, "42501", None)


def test_deleted_account(api: Api) -> None:
    scene, gone = api.scene(), api.person()
    api.sql("delete from auth.users where id = %s", gone.id)
    for function in ("accept_invite", "resend_my_codes", "create_interview"):
        assert refusal(gone.rpc(function, **CALLS[function])) == (401, "PT401", "not_signed_in")
    assert refusal(gone.insert("interviews", {"title": "Any", "recruiter_id": gone.id})) == (
        403,
        "42501",
        None,
    )
    assert gone.rows("interviews", id=f"eq.{scene.interview_id}") == []


def test_accounts_without_a_confirmed_address(api: Api) -> None:
    for person in (api.person(confirmed=False), api.person(anonymous=True)):
        for function in ("accept_invite", "resend_my_codes", "create_interview", "create_invites"):
            answer = person.rpc(function, **CALLS[function])
            assert refusal(answer) == (403, "PT403", "email_not_confirmed")


# ---- our own errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("complete_interview", {}, (404, "participation_not_found")),
        ("withdraw_from_interview", {}, (404, "participation_not_found")),
        ("reorder_questions", {}, (404, "interview_not_found")),
        ("create_invites", {}, (404, "interview_not_found")),
        ("preview_invites", {}, (404, "interview_not_found")),
        ("resend_invite", {}, (404, "invite_not_found")),
        ("revoke_invite", {}, (404, "invite_not_found")),
        ("correct_invite", {}, (404, "invite_not_found")),
        ("create_interview", {"title": " "}, (400, "invalid_title")),
        ("create_interview", {"title": "x" * 256}, (400, "invalid_title")),
        ("create_interview", {"questions": ["a", " "]}, (400, "empty_question")),
    ],
)
def test_status_and_slug(
    api: Api, function: str, arguments: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = api.person().rpc(function, **{**CALLS[function], **arguments})
    status, slug = expected
    assert refusal(answer) == (status, f"PT{status}", slug)
    body = answer.json()
    assert body["message"].endswith(".") and body["hint"].endswith(".")


def test_refusals_of_an_interview_that_is_closed(api: Api) -> None:
    scene, joined = api.scene(), api.scene().joined()
    closed = (409, "PT409", "interview_closed")
    for changed in (scene, joined):
        api.sql(
            "update public.interviews set status = 'completed' where id = %s", changed.interview_id
        )
    assert refusal(scene.candidate.rpc("accept_invite", code=scene.code)) == closed
    answer = scene.recruiter.rpc(
        "create_invites", interview_id=scene.interview_id, emails=["late@example.com"]
    )
    assert refusal(answer) == closed
    answer = joined.candidate.rpc("complete_interview", interview_id=joined.interview_id)
    assert refusal(answer) == closed


def test_codes_are_sent_again_once_in_a_while(api: Api) -> None:
    candidate = api.scene().candidate
    assert candidate.rpc("resend_my_codes").json() == {"queued": 1, "renewals_requested": 0}
    answer = candidate.rpc("resend_my_codes")
    assert refusal(answer) == (429, "PT429", "codes_sent_recently")
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60


@pytest.mark.parametrize("status", ["a\r\nSet-Cookie: a=b", "a\r\n\r\n<b>", "é\n"])
def test_no_header_is_made_of_what_was_sent(api: Api, status: str) -> None:
    scene = api.scene().joined()
    answers = [
        scene.recruiter.insert(
            "interview_invites",
            {"interview_id": scene.interview_id, "email": "a@example.com", "status": status},
        ),
        scene.candidate.update("interview_participants", {"status": status}),
    ]
    assert [refusal(answer)[2] for answer in answers] == [
        "status_not_allowed",
        "status_move_not_allowed",
    ]
    assert all("Set-Cookie" not in answer.headers for answer in answers)
