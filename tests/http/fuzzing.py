"""Requests to PostgREST with arguments in odd forms, and what may answer them."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
from hypothesis import strategies as st

from tests.http.api import Person
from tests.kit.hostile import assert_documented, ids, json_values, or_any_json, short, text

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
            # A function's result is one value, in PostgreSQL's form of a row: with two backslashes
            # for each.
            if rows and "pgrst_scalar" in rows[0]:
                return json.loads(rows[0]["pgrst_scalar"].replace("\\\\", "\\"))
            return rows
        quoted = answer.text.partition("\n")[2]
        return json.loads(quoted.strip()[1:-1].replace('""', '"'))
    return answer.json() if answer.content else None


def assert_answer(answer: httpx.Response, is_right: Callable[..., bool]) -> None:
    """A success of the documented shape, or a documented refusal."""
    body = body_of(answer)
    if answer.is_success:
        # Without nulls there are keys missing.
        stripped = "nulls=stripped" in answer.request.headers["Accept"]
        assert body is None or stripped or is_right(body), body
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


# ---- what is called, and what it returns when it succeeds ---------------------------------------

Calls = dict[str, tuple[dict[str, st.SearchStrategy[Any]], Callable[..., bool]]]


def response_calls(
    interview_id: str, question_id: str, response_id: str, participant_id: str
) -> Calls:
    """The same of the functions about responses, for the candidate but for the last one."""
    interviews, questions = or_any_json(ids(interview_id)), or_any_json(ids(question_id))
    types = ["video/webm", "Video/WebM; codecs=vp8", "audio/mp4", "text/html", "video/", ";", "*/*"]
    numbers = st.integers(-1, 11) | st.integers() | st.floats(allow_nan=False)
    return {
        "set_consent": (
            {
                "interview_id": interviews,
                "recording": or_any_json(st.booleans()),
                "analysis": or_any_json(st.booleans()),
            },
            has("interview_id", "version", "recording", "analysis", "given_at"),
        ),
        "start_response": (
            {"question_id": questions, "mime_type": or_any_json(st.sampled_from(types) | text)},
            has(
                *("response_id", "take", "bucket", "path", "max_seconds", "max_bytes"),
                *("bits_per_second", "takes_left"),
            ),
        ),
        "write_response": (
            {
                "question_id": questions,
                "answer": or_any_json(text),
                "replace": or_any_json(st.booleans()),
            },
            has("response_id", "question_id", "saved_at"),
        ),
        "delete_my_responses": ({"interview_id": interviews}, has("interview_id", "deleted")),
        "open_responses": (
            {"response_ids": or_any_json(st.lists(or_any_json(ids(response_id)), max_size=120))},
            lambda found: all(map(has("response_id", "bucket", "path"), found)),
        ),
        "adjust_participant": (
            {
                "participant_id": or_any_json(ids(participant_id)),
                "extra_takes": or_any_json(numbers),
                "time_factor": or_any_json(numbers),
                "seen": or_any_json(numbers),
            },
            has("participant_id", "extra_takes", "time_factor"),
        ),
    }


def review_calls(participant_id: str, criterion_id: str) -> Calls:
    """The same of the functions about a candidate who has completed, for the recruiter."""
    rating = {
        "criterion_id": or_any_json(ids(criterion_id)),
        "level": or_any_json(st.integers(1, 4) | st.floats(allow_nan=False)),
        "note": or_any_json(text),
    }
    ratings = st.lists(or_any_json(st.fixed_dictionaries(rating)), max_size=3)
    participants = or_any_json(ids(participant_id))
    decisions = st.sampled_from(["advance", "hold", "decline"]) | text
    return {
        "save_review": (
            {
                "participant_id": participants,
                "ratings": or_any_json(ratings),
                "note": or_any_json(text),
                "submit": or_any_json(st.booleans()),
            },
            has("review_id", "submitted_at", "changed_at"),
        ),
        "decide": (
            {"participant_id": participants, "decision": or_any_json(decisions)},
            has("participant_id", "decision", "decided_at"),
        ),
    }


def has(*keys: str) -> Callable[..., bool]:
    """Whether an object has these keys, perhaps among others."""
    return lambda found: set(keys) <= set(found)
