"""Anything sent to PostgREST gets a success of the documented shape, or a documented refusal."""

from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.environment import Environment
from local.stack import Stack
from tests.http.api import RETURNING, Api, Person, Scene, value
from tests.http.fuzzing import (
    Calls,
    assert_answer,
    bodies,
    headers,
    response_calls,
    review_calls,
    send,
)
from tests.kit.database import UNLIMITED
from tests.kit.hostile import (
    BLANKS,
    MARKS,
    addresses,
    are_outcomes,
    assert_kept,
    codes,
    fuzzed,
    ids,
    is_interview,
    is_outcome,
    is_participation,
    or_any_json,
    short,
    storable,
    text,
)
from tests.kit.responses import faults

pytestmark = MARKS


@pytest.fixture(scope="module")
def postgrest(clients: dict[str, httpx.Client]) -> httpx.Client:
    """The real one."""
    if "postgrest" not in clients:
        pytest.skip("PostgREST has no build for this platform")
    return clients["postgrest"]


@pytest.fixture
def api(
    postgrest: httpx.Client, environment: Environment, connection: psycopg.Connection[Any]
) -> Api:
    """Of PostgREST alone."""
    return Api("postgrest", postgrest, environment, connection)


# ---- what is called, and what it returns when it succeeds ---------------------------------------


def calls(scene: Scene) -> Calls:
    """The functions for browsers: strategies of their arguments, and a check of the answer."""
    emails = or_any_json(st.lists(or_any_json(addresses() | text), max_size=5))
    interviews, invites = or_any_json(ids(scene.interview_id)), or_any_json(ids(scene.invite_id))
    return {
        "accept_invite": ({"code": or_any_json(codes(scene.code))}, is_participation),
        "complete_interview": ({"interview_id": interviews}, is_participation),
        "withdraw_from_interview": ({"interview_id": interviews}, is_participation),
        "create_interview": (
            {
                "title": or_any_json(text),
                "description": or_any_json(text),
                "company_number": or_any_json(text),
                "questions": or_any_json(st.lists(or_any_json(text), max_size=4)),
                "emails": emails,
                "deadline": or_any_json(
                    text | st.datetimes().map(str) | st.sampled_from(["infinity", "now", "epoch"])
                ),
                "recruiter_name": or_any_json(text),
                "names": or_any_json(st.lists(or_any_json(text), max_size=4)),
            },
            is_interview,
        ),
        "create_invites": (
            {
                "interview_id": interviews,
                "emails": emails,
                "recruiter_name": or_any_json(text),
                "names": or_any_json(st.lists(or_any_json(text), max_size=4)),
            },
            are_outcomes,
        ),
        "preview_invites": ({"interview_id": interviews, "emails": emails}, are_outcomes),
        "correct_invite": (
            {
                "invite_id": invites,
                "email": or_any_json(addresses() | text),
                "seen_email": or_any_json(addresses() | text),
            },
            is_outcome,
        ),
        "resend_invite": ({"invite_id": invites}, is_outcome),
        "revoke_invite": (
            {"invite_id": invites},
            lambda found: set(found) == {"invite_id", "status"},
        ),
        "invite_reviewers": (
            {"interview_id": interviews, "emails": emails},
            lambda found: all(set(row) == {"email", "status", "reviewer_id"} for row in found),
        ),
        "reorder_questions": (
            {"interview_id": interviews, "question_ids": or_any_json(st.lists(or_any_json(ids())))},
            lambda found: isinstance(found, list),
        ),
    }


@pytest.fixture
def scene(api: Api) -> Scene:
    """A scene without limits for its recruiter and candidate."""
    api.sql(UNLIMITED)
    return api.scene()


def forget_guesses(api: Api) -> None:
    api.sql("delete from private.code_requests")


FUNCTIONS = [
    *("accept_invite", "complete_interview", "withdraw_from_interview", "create_interview"),
    *("create_invites", "preview_invites", "correct_invite", "resend_invite", "revoke_invite"),
    *("reorder_questions", "invite_reviewers"),
]
# Text goes into these.
TEXTUAL = {
    "accept_invite",
    "create_interview",
    "create_invites",
    "preview_invites",
    "correct_invite",
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions(api: Api, scene: Scene, function: str) -> None:
    arguments, is_right = calls(scene)[function]
    is_candidates = function in ("accept_invite", "complete_interview", "withdraw_from_interview")
    person = scene.candidate if is_candidates else scene.recruiter

    @fuzzed(20 if function in TEXTUAL else 8)
    @given(content=bodies(arguments), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        if is_candidates:
            forget_guesses(api)
        assert_answer(send(person, "POST", f"/rpc/{function}", content, more), is_right)

    run()
    for invite in api.sql(
        "select * from public.interview_invites where recruiter_id = %s", scene.recruiter.id
    ):
        assert_kept(invite)


RESPONSE_FUNCTIONS = [
    *("set_consent", "start_response", "write_response", "delete_my_responses"),
    *("open_responses", "adjust_participant"),
]


@pytest.mark.parametrize("function", RESPONSE_FUNCTIONS)
def test_functions_about_responses(api: Api, scene: Scene, function: str) -> None:
    """Whatever is sent, what the database holds stays consistent."""
    scene.joined()
    kinds = {"response_kinds": ["video", "audio", "text"]}
    value(scene.recruiter.update("interviews", kinds, id=f"eq.{scene.interview_id}"))
    question = scene.candidate.rows("interview_questions")[0]["id"]
    value(scene.candidate.rpc("set_consent", interview_id=scene.interview_id, recording=True))
    started = value(
        scene.candidate.rpc("start_response", question_id=question, mime_type="video/webm")
    )
    (participant,) = scene.candidate.rows("interview_participants")
    arguments, is_right = response_calls(
        scene.interview_id, question, started["response_id"], participant["id"]
    )[function]
    person = scene.recruiter if function == "adjust_participant" else scene.candidate

    @fuzzed(20 if function == "write_response" else 10)
    @given(content=bodies(arguments), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        # So that takes and consent do not run out.
        api.sql("delete from private.response_takes")
        api.sql("update public.interview_participants set consents_to_recording = true")
        assert_answer(send(person, "POST", f"/rpc/{function}", content, more), is_right)

    run()
    value(scene.candidate.rpc("set_consent", interview_id=scene.interview_id, recording=True))
    assert faults(api.database) == {}
    api.database.connection.commit()


@pytest.mark.parametrize("function", ["save_review", "decide"])
def test_functions_about_reviews(api: Api, scene: Scene, function: str) -> None:
    person = scene.recruiter
    done = value(
        scene.joined().candidate.rpc("complete_interview", interview_id=scene.interview_id)
    )
    row = {"interview_id": scene.interview_id, "name": "Clarity"}
    (criterion,) = value(person.insert("interview_criteria", row))
    arguments, is_right = review_calls(done["participant_id"], criterion["id"])[function]

    @fuzzed(20)
    @given(content=bodies(arguments), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        assert_answer(send(person, "POST", f"/rpc/{function}", content, more), is_right)

    run()


# ---- the tables ---------------------------------------------------------------------------------

ROWS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "interviews": {
        "title": or_any_json(text),
        "description": or_any_json(text),
        "company_number": or_any_json(short),
        "status": or_any_json(st.sampled_from(["active", "inactive", "completed"])),
        "deadline": or_any_json(st.none() | st.datetimes().map(str) | short),
    },
    "interview_questions": {
        "question": or_any_json(text),
        "order_index": or_any_json(st.integers(0, 10**6) | st.integers()),
    },
    "interview_invites": {"email": or_any_json(addresses() | text), "status": or_any_json(short)},
}


def is_list_of_rows(found: Any) -> bool:
    return isinstance(found, dict | list)


@pytest.mark.parametrize("table", ROWS)
def test_rows_that_are_inserted(api: Api, scene: Scene, table: str) -> None:
    person = scene.recruiter
    owner = (
        {"recruiter_id": st.just(person.id)}
        if table == "interviews"
        else {"interview_id": or_any_json(ids(scene.interview_id))}
    )

    @fuzzed(15)
    @given(content=bodies({**ROWS[table], **owner}), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        given = {**RETURNING, **more}
        assert_answer(send(person, "POST", f"/{table}", content, given), is_list_of_rows)

    run()
    for invite in api.sql(
        "select * from public.interview_invites where recruiter_id = %s", person.id
    ):
        assert_kept(invite)


@pytest.mark.parametrize("table", ["interviews", "interview_questions"])
def test_rows_that_are_updated(api: Api, scene: Scene, table: str) -> None:
    person = scene.recruiter
    which = "id" if table == "interviews" else "interview_id"

    @fuzzed(15)
    @given(content=bodies(ROWS[table]), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        path = f"/{table}?{which}=eq.{scene.interview_id}"
        assert_answer(send(person, "PATCH", path, content, {**RETURNING, **more}), is_list_of_rows)

    run()


@fuzzed(30)
@given(
    query=st.dictionaries(
        st.sampled_from(["select", "order", "limit", "offset", "title", "id", "or", "and", "on"]),
        storable,
        max_size=3,
    ),
    more=headers,
)
def test_lists_that_are_asked_for(
    api: Api, reader: Person, query: dict[str, str], more: dict[str, str]
) -> None:
    # More than 8 kB of it do not reach the Data API.
    query = {name: asked[:1000] for name, asked in query.items()}
    answer = reader.send("GET", "/interviews", None, more, **query)
    if answer.is_success:
        return
    assert_answer(answer, is_list_of_rows)


@pytest.fixture(scope="module")
def reader(postgrest: httpx.Client, environment: Environment, stack: Stack) -> Person:
    """Somebody with an interview."""
    with psycopg.connect(stack.cluster.url()) as connection:
        return Api("postgrest", postgrest, environment, connection).scene().recruiter


# ---- what was typed is what is read -------------------------------------------------------------


@fuzzed(20)
@given(title=storable, question=storable, description=storable)
def test_texts_come_back_as_they_were_typed(
    api: Api, people: tuple[Person, Person], title: str, question: str, description: str
) -> None:
    recruiter, candidate = people
    answer = recruiter.rpc(
        "create_interview",
        title=title,
        questions=[question],
        description=description,
        emails=[candidate.email],
    )
    if not answer.is_success:
        assert_answer(answer, is_interview)
        return
    made = answer.json()
    wanted = title.strip(BLANKS)
    for reader in (recruiter, candidate):
        if reader is candidate:
            code = made["invites"][0]["invite_code"]
            joined = value(candidate.rpc("accept_invite", code=code))
            assert joined["title"] == wanted
        (row,) = reader.rows("interviews", id=f"eq.{made['interview_id']}")
        assert (row["title"], row["description"]) == (wanted, description)
        (asked,) = reader.rows("interview_questions", interview_id=f"eq.{made['interview_id']}")
        assert asked["question"] == question


@pytest.fixture(scope="module")
def people(
    postgrest: httpx.Client, environment: Environment, stack: Stack
) -> tuple[Person, Person]:
    """A recruiter and a candidate."""
    with psycopg.connect(stack.cluster.url()) as connection:
        api = Api("postgrest", postgrest, environment, connection)
        return api.person(), api.person()
