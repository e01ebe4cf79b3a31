"""The main flow with real accounts: invite, email, redeem, read, submit, count."""

import re

import httpx
import pytest

from local.environment import Environment
from local.people import sign_up
from tests.http.api import QUESTIONS, TITLE, Api, Person, refusal, value
from tests.http.mailbox import Mailbox

PASSWORD = "correct horse battery staple 1"


def sign_in(api: Api, environment: Environment, email: str, **metadata: str) -> Person:
    """Sign up, confirm by the link in the mail, sign in."""
    sign_up(environment, email, PASSWORD, **metadata)
    answer = httpx.post(
        f"{environment.supabase_url}/auth/v1/token",
        params={"grant_type": "password"},
        headers={"apikey": environment.supabase_anon_key},
        json={"email": email, "password": PASSWORD},
    )
    session = value(answer)
    return Person(api.http, session["user"]["id"], email, session["access_token"])


@pytest.mark.usefixtures("mailing")
def test_main_job(api: Api, environment: Environment, mailbox: Mailbox) -> None:
    recruiter = sign_in(
        api, environment, f"recruiter.{api.name}@example.com", full_name="Rita Recruiter"
    )
    first, second = f"candidate1.{api.name}@example.com", f"candidate2.{api.name}@example.com"
    made = value(
        recruiter.rpc("create_interview", title=TITLE, questions=QUESTIONS, emails=[first, second])
    )
    assert [invite["outcome"] for invite in made["invites"]] == ["created", "created"]
    interview_id = made["interview_id"]

    candidate = sign_in(api, environment, first)
    (mail,) = mailbox.wait_for_invitations(first)
    (code,) = set(re.findall(r"\b\d{6}\b", mail.text))
    assert candidate.rows("interviews") == candidate.rows("interview_questions") == []

    redeemed = value(candidate.rpc("accept_invite", code=code))
    assert redeemed["interview_id"] == interview_id
    assert [row["id"] for row in candidate.rows("interviews")] == [interview_id]
    asked = candidate.rows("interview_questions", select="question", order="order_index")
    assert [row["question"] for row in asked] == QUESTIONS
    assert candidate.rows("interview_invites") == []

    other = sign_in(api, environment, second)
    assert refusal(other.rpc("accept_invite", code=code)) == (404, "PT404", "invite_not_found")
    assert other.rows("interviews") == []

    done = value(candidate.rpc("complete_interview", interview_id=interview_id))
    assert done["status"] == "completed"
    (stats,) = recruiter.rows("interview_stats")
    assert {name: float(stats[name]) for name in _COUNTED} == _COUNTED
    invites = recruiter.rows("interview_invites", select="email,status,delivery_status")
    assert sorted(tuple(invite.values()) for invite in invites) == [
        (first, "completed", "accepted"),
        (second, "pending", "accepted"),
    ]


_COUNTED = {
    "invited": 2,
    "pending": 1,
    "expired": 0,
    "joined": 1,
    "completed": 1,
    "withdrawn": 0,
    "join_rate": 0.5,
    "completion_rate": 1,
}
