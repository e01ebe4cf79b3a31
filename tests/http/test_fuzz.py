"""Anything sent to PostgREST gets a success of the documented shape, or a documented refusal."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.environment import Environment
from local.stack import Stack
from tests.http.api import RETURNING, Api, Person, Scene, value
from tests.kit.hostile import (
    BLANKS,
    MARKS,
    addresses,
    are_outcomes,
    assert_documented,
    assert_kept,
    codes,
    fuzzed,
    ids,
    is_interview,
    is_outcome,
    is_participation,
    json_values,
    mostly,
    short,
    storable,
    text,
)

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


def calls(scene: Scene) -> dict[str, tuple[dict[str, st.SearchStrategy[Any]], Callable[..., bool]]]:
    """The functions for browsers: strategies of their arguments, and a check of the answer."""
    emails = mostly(st.lists(mostly(addresses() | text), max_size=5))
    interviews, invites = mostly(ids(scene.interview_id)), mostly(ids(scene.invite_id))
    return {
        "accept_invite": ({"code": mostly(codes(scene.code))}, is_participation),
        "complete_interview": ({"interview_id": interviews}, is_participation),
        "withdraw_from_interview": ({"interview_id": interviews}, is_participation),
        "create_interview": (
            {
                "title": mostly(text),
                "description": mostly(text),
                "company_number": mostly(text),
                "questions": mostly(st.lists(mostly(text), max_size=4)),
                "emails": emails,
                "deadline": mostly(
                    text | st.datetimes().map(str) | st.sampled_from(["infinity", "now", "epoch"])
                ),
                "recruiter_name": mostly(text),
            },
            is_interview,
        ),
        "create_invites": (
            {"interview_id": interviews, "emails": emails, "recruiter_name": mostly(text)},
            are_outcomes,
        ),
        "preview_invites": ({"interview_id": interviews, "emails": emails}, are_outcomes),
        "correct_invite": ({"invite_id": invites, "email": mostly(addresses() | text)}, is_outcome),
        "resend_invite": ({"invite_id": invites}, is_outcome),
        "revoke_invite": (
            {"invite_id": invites},
            lambda found: set(found) == {"invite_id", "status"},
        ),
        "reorder_questions": (
            {"interview_id": interviews, "question_ids": mostly(st.lists(mostly(ids())))},
            lambda found: isinstance(found, list),
        ),
    }


# ---- how it may be sent -------------------------------------------------------------------------

HEADERS: dict[str, list[str]] = {
    "Content-Type": [
        *("application/json", "application/json; charset=utf-16", "text/plain", "text/csv"),
        *("application/octet-stream", "application/x-www-form-urlencoded", "text/xml", "nonsense"),
        *("application/vnd.pgrst.object+json", "multipart/form-data; boundary=x", ";;,,"),
    ],
    "Accept": [
        *("*/*", "text/csv", "application/vnd.pgrst.object+json", "application/octet-stream"),
        *("application/vnd.pgrst.object+json;nulls=stripped", "application/vnd.pgrst.array+json"),
        *("application/vnd.pgrst.plan+json", "text/html", "nonsense", "text/plain", ";q=,"),
        "application/geo+json",
    ],
    "Prefer": [
        *("params=single-object", "params=multiple-objects", "tx=rollback", "tx=commit"),
        *("return=minimal", "return=representation", "count=exact", "count=planned"),
        *("handling=strict, nonsense=1", "handling=lenient, nonsense", "max-affected=0"),
        *("timezone=Nowhere/Land", "resolution=merge-duplicates", "missing=default", "=,;"),
    ],
    "Range": ["0-0", "5-1", "9-", "-1", "0-99999999999999999999", "nonsense"],
    "Range-Unit": ["items", "bytes", "nonsense"],
    "Content-Profile": ["public", "private", "auth", "pg_catalog", "nonsense"],
    "Accept-Profile": ["public", "private", "auth", "pg_catalog", "nonsense"],
    "X-HTTP-Method-Override": ["DELETE"],
    "If-None-Match": ["*"],
    "Expect": ["100-continue"],
}
headers = st.dictionaries(st.sampled_from(sorted(HEADERS)), st.integers(0, 30), max_size=3).map(
    lambda chosen: {name: HEADERS[name][at % len(HEADERS[name])] for name, at in chosen.items()}
)


@st.composite
def bodies(draw: st.DrawFn, arguments: dict[str, st.SearchStrategy[Any]]) -> bytes:
    """The arguments as JSON, or almost: one too many, one missing, cut off, in other bytes."""
    given = {name: draw(values) for name, values in arguments.items()}
    ways = ["as it is"] * 8 + ["missing", "extra", "a list", "any", "cut", "bytes", "raw", "deep"]
    way = draw(st.sampled_from(ways))
    if way == "missing":
        given.pop(draw(st.sampled_from(sorted(given))))
    elif way == "extra":
        given[draw(short)] = draw(json_values)
    elif way == "a list":
        return json.dumps([given] * draw(st.integers(0, 3))).encode()
    elif way == "any":
        return json.dumps(draw(json_values)).encode()
    elif way == "deep":
        depth = draw(st.sampled_from([10, 1_000, 20_000]))
        name = json.dumps(draw(st.sampled_from(sorted(given))))
        return f"{{{name}: {'[' * depth}{']' * depth}}}".encode()
    content = json.dumps(given).encode()
    if way == "cut":
        return content[: draw(st.integers(0, len(content)))]
    if way == "bytes":
        at = draw(st.integers(0, len(content)))
        return content[:at] + draw(st.binary(max_size=4)) + content[at:]
    if way == "raw":  # not escaped
        return json.dumps(given, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return content


def body_of(answer: httpx.Response) -> Any:
    """The JSON of an answer; of one in CSV its rows, or the JSON of a refusal in it."""
    if answer.headers.get("Content-Type", "").startswith("text/csv"):
        if answer.is_success:
            rows = list(csv.DictReader(io.StringIO(answer.text)))
            # A function's result is one value.
            return (
                json.loads(rows[0]["pgrst_scalar"]) if rows and "pgrst_scalar" in rows[0] else rows
            )
        quoted = answer.text.partition("\n")[2]
        return json.loads(quoted.strip()[1:-1].replace('""', '"'))
    return answer.json() if answer.content else None


def assert_answer(answer: httpx.Response, is_right: Callable[..., bool]) -> None:
    """A success of the documented shape, or a documented refusal."""
    body = body_of(answer)
    if answer.is_success:
        assert body is None or is_right(body), body
        return
    assert isinstance(body, dict), answer.text
    assert {"code", "message", "details", "hint"} >= set(body) >= {"code", "message"}, body
    ours = body["code"].startswith("PT")
    assert_documented(body["details"] if ours else body["code"], answer.status_code)
    assert not ours or body["code"] == f"PT{answer.status_code}"


def send(
    person: Person, method: str, path: str, content: bytes, more: dict[str, str]
) -> httpx.Response:
    if "Content-Type" in more:
        # A name in it that PostgREST does not know is compared with all that it knows, which
        # takes it seconds for a megabyte.
        content = content[:10_000]
    if more.get("Content-Type") == "application/x-www-form-urlencoded":
        # Of one that is no UTF-8 PostgREST says, in plain text, that something went wrong (500).
        content = content.decode("utf-8", "replace").encode()
    return person.http.request(
        method,
        path,
        content=content,
        headers={
            "Authorization": f"Bearer {person.token}",
            "Content-Type": "application/json",
            **more,
        },
    )


@pytest.fixture
def scene(api: Api) -> Scene:
    """A scene without limits for its recruiter and candidate."""
    api.sql("update private.settings set invites_per_day = 1000000000")
    return api.scene()


def forget_guesses(api: Api) -> None:
    api.sql("delete from private.code_requests")


FUNCTIONS = [
    *("accept_invite", "complete_interview", "withdraw_from_interview", "create_interview"),
    *("create_invites", "preview_invites", "correct_invite", "resend_invite", "revoke_invite"),
    "reorder_questions",
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

    @fuzzed(40 if function in TEXTUAL else 15)
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


# ---- the tables ---------------------------------------------------------------------------------

ROWS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "interviews": {
        "title": mostly(text),
        "description": mostly(text),
        "company_number": mostly(short),
        "status": mostly(st.sampled_from(["active", "inactive", "completed"])),
        "deadline": mostly(st.none() | st.datetimes().map(str) | short),
    },
    "interview_questions": {
        "question": mostly(text),
        "order_index": mostly(st.integers(0, 10**6) | st.integers()),
    },
    "interview_invites": {"email": mostly(addresses() | text), "status": mostly(short)},
}


def is_list_of_rows(found: Any) -> bool:
    return isinstance(found, dict | list)


@pytest.mark.parametrize("table", ROWS)
def test_rows_that_are_inserted(api: Api, scene: Scene, table: str) -> None:
    person = scene.recruiter
    owner = (
        {"recruiter_id": st.just(person.id)}
        if table == "interviews"
        else {"interview_id": mostly(ids(scene.interview_id))}
    )

    @fuzzed(30)
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

    @fuzzed(30)
    @given(content=bodies(ROWS[table]), more=st.just({}) | headers)
    def run(content: bytes, more: dict[str, str]) -> None:
        path = f"/{table}?{which}=eq.{scene.interview_id}"
        assert_answer(send(person, "PATCH", path, content, {**RETURNING, **more}), is_list_of_rows)

    run()


@fuzzed(60)
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


@fuzzed(40)
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
