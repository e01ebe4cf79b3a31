"""The calls of the existing frontend, as supabase-js puts them on the wire."""

from datetime import UTC, datetime, timedelta

import httpx

from tests.http.api import QUESTIONS, RETURNING, SINGLE, Api, Row, refusal, value

LONG_AGO = "2001-02-03T04:05:06.789Z"


def one(answer: httpx.Response, status: int = 200) -> Row:
    """The object that .single() asks for."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/vnd.pgrst.object+json")
    found: Row = answer.json()
    return found


def is_recent(stamp: str) -> bool:
    return abs(datetime.now(UTC) - datetime.fromisoformat(stamp)) < timedelta(minutes=1)


# ---- .insert(…).select().single() ---------------------------------------------------------------


def test_insert_interview(api: Api) -> None:
    recruiter = api.person()
    sent = {
        "title": "Frontend Developer Assessment",
        "description": "Two questions",
        "recruiter_id": recruiter.id,
        "company_number": "42",
        "status": "active",
        "created_at": LONG_AGO,
    }
    answer = recruiter.send("POST", "/interviews", sent, RETURNING | SINGLE, select="*")
    interview = one(answer, 201)
    assert {name: interview[name] for name in sent if name != "created_at"} == {
        name: text for name, text in sent.items() if name != "created_at"
    }
    assert is_recent(interview["created_at"]) and is_recent(interview["updated_at"])


def test_insert_interview_with_a_link(api: Api) -> None:
    """It is stored as it was sent, and mailed once it has another title."""
    recruiter = api.person()
    sent = {"title": "See https://example.com/", "recruiter_id": recruiter.id}
    answer = recruiter.send("POST", "/interviews", sent, RETURNING | SINGLE, select="*")
    interview = one(answer, 201)
    assert interview["title"] == sent["title"]
    invite = {"interview_id": interview["id"], "email": "linked@example.com"}
    refused = recruiter.send("POST", "/interview_invites", invite)
    assert refusal(refused) == (400, "PT400", "text_not_allowed")
    renamed = {"title": "Without"}
    assert recruiter.send("PATCH", "/interviews", renamed, id=f"eq.{interview['id']}").is_success
    assert recruiter.send("POST", "/interview_invites", invite).status_code == 201


def test_insert_question(api: Api) -> None:
    scene = api.scene()
    sent = {"interview_id": scene.interview_id, "question": "And now?", "order_index": 3}
    answer = scene.recruiter.send(
        "POST", "/interview_questions", sent, RETURNING | SINGLE, select="*"
    )
    question = one(answer, 201)
    assert {name: question[name] for name in sent} == sent


def test_insert_questions_as_an_array(api: Api) -> None:
    scene = api.scene()
    sent = [
        {"interview_id": scene.interview_id, "question": f"Number {n}", "order_index": n}
        for n in (3, 4)
    ]
    # An array's keys are named in `columns`, quoted.
    answer = scene.recruiter.send(
        "POST",
        "/interview_questions",
        sent,
        RETURNING,
        columns='"interview_id","question","order_index"',
        select="*",
    )
    assert answer.status_code == 201
    assert [row["question"] for row in answer.json()] == ["Number 3", "Number 4"]


def test_insert_without_select(api: Api) -> None:
    recruiter = api.person()
    answer = recruiter.send("POST", "/interviews", {"title": "Quiet", "recruiter_id": recruiter.id})
    assert (answer.status_code, answer.content) == (201, b"")
    assert [row["title"] for row in recruiter.rows("interviews")] == ["Quiet"]


# ---- inviting -----------------------------------------------------------------------------------


def test_insert_invite(api: Api) -> None:
    scene = api.scene()
    sent = {
        "interview_id": scene.interview_id,
        "email": " New.Candidate+Tag@Example.COM ",
        "status": "pending",
        "created_at": LONG_AGO,
    }
    send = scene.recruiter.send
    invite = one(send("POST", "/interview_invites", sent, RETURNING | SINGLE, select="*"), 201)
    assert invite["email"] == "new.candidate+tag@example.com"
    assert invite["invite_code"].isdecimal() and len(invite["invite_code"]) == 6
    assert (invite["status"], invite["delivery_status"]) == ("pending", "queued")
    assert is_recent(invite["created_at"])

    again = send("POST", "/interview_invites", sent, RETURNING | SINGLE, select="*")
    assert refusal(again) == (409, "PT409", "already_invited")
    mails = api.sql("select kind from private.jobs where subject = %s", invite["id"])
    assert mails == [{"kind": "interview_invitation"}]


def test_insert_invite_with_a_code_made_in_the_browser(api: Api) -> None:
    scene = api.scene()
    answer = scene.recruiter.insert(
        "interview_invites",
        {"interview_id": scene.interview_id, "email": "a@example.com", "invite_code": "123456"},
    )
    assert refusal(answer) == (400, "PT400", "code_not_allowed")


def test_insert_invite_that_has_been_accepted_already(api: Api) -> None:
    scene = api.scene()
    answer = scene.recruiter.insert(
        "interview_invites",
        {"interview_id": scene.interview_id, "email": "a@example.com", "status": "accepted"},
    )
    assert refusal(answer) == (400, "PT400", "status_not_allowed")


# ---- participating ------------------------------------------------------------------------------


def test_select_joined_interviews(api: Api) -> None:
    scene = api.scene().joined()
    (row,) = scene.candidate.rows(
        "interview_participants",
        select="*,interview:interview_id(*)",
        user_id=f"eq.{scene.candidate.id}",
        order="joined_at.desc",
    )
    assert row["status"] == "active" and is_recent(row["joined_at"])
    assert row["interview"]["id"] == row["interview_id"] == scene.interview_id
    assert row["interview"]["status"] == "active"


def test_update_own_status(api: Api) -> None:
    scene = api.scene().joined()
    answer = scene.candidate.send(
        "PATCH",
        "/interview_participants",
        {"status": "completed"},
        RETURNING | SINGLE,
        interview_id=f"eq.{scene.interview_id}",
        user_id=f"eq.{scene.candidate.id}",
        select="*",
    )
    participant = one(answer)
    assert participant["status"] == "completed" and is_recent(participant["completed_at"])
    (invite,) = scene.recruiter.rows("interview_invites")
    assert invite["status"] == "completed" and is_recent(invite["completed_at"])

    back = scene.candidate.update(
        "interview_participants", {"status": "active"}, id=f"eq.{participant['id']}"
    )
    assert refusal(back) == (409, "PT409", "status_move_not_allowed")


def test_update_without_select(api: Api) -> None:
    scene = api.scene().joined()
    answer = scene.candidate.send(
        "PATCH",
        "/interview_participants",
        {"status": "withdrawn"},
        interview_id=f"eq.{scene.interview_id}",
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert scene.candidate.rows("interview_questions") == []


# ---- embedding ----------------------------------------------------------------------------------


def test_interviews_with_counts(api: Api) -> None:
    scene = api.scene().joined()
    value(
        scene.recruiter.rpc(
            "create_invites", interview_id=scene.interview_id, emails=["another@example.com"]
        )
    )
    (row,) = scene.recruiter.rows(
        "interviews", select="*,interview_invites(count),interview_participants(count)"
    )
    assert row["interview_invites"] == [{"count": 2}]
    assert row["interview_participants"] == [{"count": 1}]


def test_every_embedding_is_unambiguous(api: Api) -> None:
    scene = api.scene().joined()
    (row,) = scene.recruiter.rows(
        "interviews",
        **{
            "select": "title,interview_questions(question),"
            "interview_invites(email,interview_participants(user_id)),"
            "interview_participants(status,interview_invites(email))",
            "interview_questions.order": "order_index.desc",
        },
    )
    assert row == {
        "title": "Frontend Developer Assessment",
        "interview_questions": [{"question": question} for question in reversed(QUESTIONS)],
        "interview_invites": [
            {
                "email": scene.candidate.email,
                "interview_participants": [{"user_id": scene.candidate.id}],
            }
        ],
        "interview_participants": [
            {"status": "active", "interview_invites": {"email": scene.candidate.email}}
        ],
    }


def test_counting_without_rows(api: Api) -> None:
    """.select("*", { count: "exact", head: true })"""
    scene = api.scene()
    answer = scene.recruiter.send(
        "HEAD", "/interview_questions", None, {"Prefer": "count=exact"}, select="*"
    )
    assert answer.headers["Content-Range"] == "0-1/2"
