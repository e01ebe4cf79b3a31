"""accept_invite: the one door for candidates."""

import uuid

import pytest

from tests.database import Database


@pytest.fixture
def scene(db: Database) -> dict:
    recruiter = db.account("recruiter@example.com", full_name="Rita Recruiter")
    candidate = db.account("candidate1@example.com")
    interview = db.interview(recruiter)
    invite = db.invite(recruiter, interview, "Candidate1@Example.com ")
    return {
        "recruiter": recruiter,
        "candidate": candidate,
        "interview": interview,
        "invite": invite,
    }


def test_redeems_once_and_answers_alike_ever_after(db: Database, scene: dict) -> None:
    code = scene["invite"]["invite_code"]
    first = db.accept(scene["candidate"], f" {code} ")
    assert first["status"] == "active"
    assert db.accept(scene["candidate"], code) == first
    assert db.rows("select id from public.interview_participants") == [
        {"id": uuid.UUID(first["participant_id"])}
    ]
    db.as_user(scene["candidate"])
    assert (
        db.value("select public.complete_interview(%s)", scene["interview"])["status"]
        == "completed"
    )
    assert db.accept(scene["candidate"], code) == {**first, "status": "completed"}
    db.as_owner()
    assert db.value("select status from public.interview_invites") == "completed"
    db.as_user(scene["recruiter"])
    assert db.one("select invited, joined, completed, join_rate from public.interview_stats") == {
        "invited": 1,
        "joined": 1,
        "completed": 1,
        "join_rate": 1,
    }


def test_wrong_codes(db: Database, scene: dict) -> None:
    stranger = db.account("stranger@example.com")
    code = scene["invite"]["invite_code"]
    for _ in range(5):
        assert db.accept(stranger, code)["details"] == "invite_not_found"
    assert db.accept(stranger, code)["details"] == "too_many_attempts"
    db.pass_time("16 minutes")
    assert db.accept(stranger, code)["details"] == "invite_not_found"


@pytest.mark.parametrize("code", [None, "", "12345", "1234567", "abcdef", "１２３４５６", "12 456"])
def test_malformed(db: Database, scene: dict, code: str | None) -> None:
    db.as_user(scene["candidate"])
    assert db.refused("select public.accept_invite(%s)", code).slug == "invalid_code"
