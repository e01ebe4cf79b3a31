"""The service end to end: rows come in by the Data API, mails arrive in the mailbox."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.environment import Environment
from tests.http.api import TITLE, Api, Person, Row, value
from tests.http.mailbox import Mailbox
from tests.kit.waiting import PATIENCE, at_once

GOLDEN = (Path(__file__).parents[1] / "service" / "invitation.txt").read_text(encoding="utf-8")

pytestmark = pytest.mark.usefixtures("mailing")

Post = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def post(environment: Environment) -> Iterator[Post]:
    """Calls the service with a bearer, by default the backend's key."""
    assert environment.service_url
    with httpx.Client(base_url=environment.service_url, timeout=PATIENCE) as client:

        def post(path: str, body: Any, bearer: str | None = None) -> httpx.Response:
            token = bearer or environment.service_api_key
            return client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})

        yield post


def invited(
    api: Api, recruiter: Person, title: str = TITLE, email: str = "candidate@{}.example"
) -> Row:
    """A new interview and an invite to it, inserted as the frontend does."""
    (interview,) = value(
        recruiter.insert("interviews", {"title": title, "recruiter_id": recruiter.id})
    )
    row = {"interview_id": interview["id"], "email": email.format(interview["id"][:8])}
    (invite,) = value(recruiter.insert("interview_invites", row))
    return {**invite, "title": title}


def request(invite: Row) -> Row:
    """The body of POST /send-interview-invite."""
    return {
        "email": invite["email"],
        "invite_code": invite["invite_code"],
        "interview_title": invite["title"],
        "recruiter_name": "Rita Recruiter",
    }


# ---- POST /send-interview-invite ----------------------------------------------------------------


def test_one_mail_whether_asked_once_twice_or_eight_times(
    api: Api, post: Post, mailbox: Mailbox
) -> None:
    recruiter = api.person(full_name="Rita Recruiter")
    invites = [invited(api, recruiter) for _ in range(3)]
    once, twice, eightfold = (
        partial(post, "/send-interview-invite", request(invite)) for invite in invites
    )
    answers = [once(), twice(), twice(), *at_once([eightfold] * 8)]
    assert [(answer.status_code, answer.json()["success"]) for answer in answers] == [
        (200, True)
    ] * len(answers)
    assert [len(mailbox.invitations(invite["email"])) for invite in invites] == [1, 1, 1]
    delivered = recruiter.rows("interview_invites", select="delivery_status,delivery_error")
    assert delivered == [{"delivery_status": "accepted", "delivery_error": None}] * 3


def test_the_text_is_the_golden_one(api: Api, post: Post, mailbox: Mailbox) -> None:
    recruiter = api.person(full_name="Rita Recruiter")
    invite = invited(api, recruiter)
    post("/send-interview-invite", request(invite))
    (mail,) = mailbox.invitations(invite["email"])
    expected = (
        GOLDEN.replace("[Interview Title]", TITLE)
        .replace("[6-digit code]", invite["invite_code"])
        .replace("[Recruiter Name]", "Rita Recruiter")
    )
    assert f"Subject: {mail.subject}\n\n{mail.text}".strip() == expected.strip()
    assert mail.message["Reply-To"] == recruiter.email
    assert f"/signup?code={invite['invite_code']}" in mail.html


def test_a_title_with_all_that_titles_may_have(api: Api, post: Post, mailbox: Mailbox) -> None:
    title = 'C++ & "R&D"\r\nBcc: victim\n<script>alert(1)</script> 👩‍💻 Ünï'
    invite = invited(api, api.person(), title)
    assert post("/send-interview-invite", request(invite)).status_code == 200
    (mail,) = mailbox.invitations(invite["email"])
    one_line = " ".join(title.split())
    assert mail.subject == f"Interview Invitation: {one_line}"
    assert f"interview: {one_line}\n" in mail.text
    assert mail.message["Bcc"] is None
    assert "<script>" not in mail.html and "&lt;script&gt;" in mail.html and "👩‍💻" in mail.html


@pytest.mark.parametrize(
    "email",
    ["Candidate+Tag.{}@Example.COM", "candidate.{}@bücher.example"],
    ids=["capitals and tag", "unicode domain"],
)
def test_unusual_addresses(api: Api, post: Post, mailbox: Mailbox, email: str) -> None:
    invite = invited(api, api.person(), email=email)
    assert post("/send-interview-invite", request(invite)).status_code == 200
    assert invite["email"].isascii()
    assert len(mailbox.invitations(invite["email"])) == 1


def test_no_relay(api: Api, post: Post, mailbox: Mailbox) -> None:
    """Only an address with its own code is mailed."""
    scene, other = api.scene(), api.scene()
    outsider = f"outsider.{other.code}.{api.name}@example.com"
    for email in (scene.candidate.email, outsider):
        answer = post("/send-interview-invite", {"email": email, "invite_code": other.code})
        assert (answer.status_code, answer.json()["code"]) == (404, "invite_not_found")
    assert mailbox.invitations(outsider) == []


# ---- POST /invite -------------------------------------------------------------------------------


def test_inviting_to_an_interview(api: Api, post: Post, mailbox: Mailbox) -> None:
    """By the backend with its key, by the recruiter with a token."""
    scene = api.scene()
    backends, recruiters = f"b.{scene.candidate.email}", f"r.{scene.candidate.email}"
    body = {"interview_id": scene.interview_id}
    first = post("/invite", {**body, "emails": [backends, "no address", backends]})
    second = post("/invite", {**body, "email": recruiters}, scene.recruiter.token)
    outcomes = [[row["outcome"] for row in answer.json()["invites"]] for answer in (first, second)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert outcomes == [["created", "invalid_email", "duplicate_in_request"], ["created"]]
    for email in (backends, recruiters):
        (mail,) = mailbox.wait_for_invitations(email)
        assert mail.subject == f"Interview Invitation: {TITLE}"


def test_the_general_invitation(api: Api, post: Post, mailbox: Mailbox) -> None:
    email, recruiter = f"general.{api.name}@example.com", api.person()
    refused = post("/invite", {"email": email}, recruiter.token)
    assert (refused.status_code, refused.json()["code"]) == (403, "service_key_required")
    for outcome in ("queued", "unchanged"):
        answer = post("/invite", {"email": email, "recruiter_name": "Grace Hopper"})
        assert [row["outcome"] for row in answer.json()["invites"]] == [outcome]
    (mail,) = mailbox.wait_for_invitations(email)
    assert "Grace Hopper" in mail.text


# ---- callers that may not -----------------------------------------------------------------------


def test_others_are_refused_and_nothing_is_mailed(api: Api, post: Post, mailbox: Mailbox) -> None:
    # No worker runs: every email here was sent for a caller.
    kinds = ["interview_invitation", "interview_reminder", "candidate_invitation"]
    value(api.service.rpc("pause_jobs", kinds=kinds, reason="only callers send", seconds=60))
    scene, environment = api.scene(), api.environment
    new = f"new.{scene.candidate.email}"
    calls = {
        "/send-interview-invite": {"email": scene.candidate.email, "invite_code": scene.code},
        "/invite": {"interview_id": scene.interview_id, "email": new},
    }
    bearers = {
        api.person().token: 404,
        scene.candidate.token: 404,
        api.token(sub=scene.recruiter.id, exp=1): 401,
        environment.supabase_anon_key: 401,
        environment.supabase_service_role_key: 401,
        "abc": 401,
    }
    for path, body in calls.items():
        for bearer, status in bearers.items():
            answer = post(path, body, bearer)
            assert answer.status_code == status, f"{path} {answer.text}"
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(scene.recruiter.rows("interview_invites")) == 1
    assert mailbox.invitations(new) == mailbox.invitations(scene.candidate.email) == []
