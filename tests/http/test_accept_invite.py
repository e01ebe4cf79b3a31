"""accept_invite over HTTP: servers, headers and races."""

from collections import Counter
from functools import partial
from typing import Any

import httpx
import pytest

from tests.http.api import SINGLE, Api, Person, refusal, value
from tests.kit.waiting import at_once

NOT_FOUND = (404, "PT404", "invite_not_found")
TOO_MANY = (429, "PT429", "too_many_attempts")

# How the servers call a function's result, where a query string asks for a part of it.
COLUMN = {"lite": "accept_invite", "postgrest": "pgrst_scalar"}


def counted(api: Api, person: Person) -> int:
    """The wrong guesses that the database remembers of somebody."""
    rows = api.sql(
        "select cardinality(wrong_guesses) as guesses"
        " from private.code_requests where user_id = %s",
        person.id,
    )
    return rows[0]["guesses"] if rows else 0


def accept(person: Person, code: Any) -> httpx.Response:
    return person.rpc("accept_invite", code=code)


# ---- what an answer tells ---------------------------------------------------------------------


def test_wrong_unknown_and_somebody_elses_code_get_the_same_bytes(api: Api) -> None:
    scene, other = api.scene(), api.scene()
    unused = api.sql(
        "select lpad(n::text, 6, '0') as code from generate_series(0, 999999) n where"
        " lpad(n::text, 6, '0') not in (select invite_code from public.interview_invites) limit 1"
    )[0]["code"]
    answers = [
        accept(scene.candidate, other.code),
        accept(scene.candidate, unused),
        accept(api.person(), scene.code),
        accept(scene.recruiter, scene.code),
    ]
    assert refusal(answers[0]) == NOT_FOUND
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }
    assert len({tuple(sorted(_told(answer))) for answer in answers}) == 1


def _told(answer: httpx.Response) -> list[tuple[str, str]]:
    return [
        (name, text)
        for name, text in answer.headers.items()
        if name not in ("date", "x-request-id", "server-timing")
    ]


def test_redeeming_again_returns_the_same(api: Api) -> None:
    scene = api.scene()
    first = value(accept(scene.candidate, scene.code))
    assert first == {
        "interview_id": scene.interview_id,
        "participant_id": first["participant_id"],
        "invite_id": scene.invite_id,
        "title": "Frontend Developer Assessment",
        "status": "active",
    }
    assert value(accept(scene.candidate, scene.code)) == first
    value(scene.candidate.rpc("complete_interview", interview_id=scene.interview_id))
    assert value(accept(scene.candidate, scene.code)) == {**first, "status": "completed"}
    assert len(scene.recruiter.rows("interview_participants")) == 1


MALFORMED = {
    "null": None,
    "empty": "",
    "blank": " ",
    "letters": "abcdef",
    "five digits": "12345",
    "seven digits": "1234567",
    "digits in circles": "①②③④⑤⑥",
    "blank within": "12 456",
    "emoji": "😀" * 6,
    "very long": "x" * 100_000,
    "fraction": 12.5,
    "long number": 1234567,
    "object": {"code": "123456"},
    "sql": "123456; drop table interviews",
}


@pytest.mark.parametrize("code", MALFORMED.values(), ids=MALFORMED)
def test_malformed_codes(api: Api, code: Any) -> None:
    person = api.person()
    assert refusal(accept(person, code)) == (400, "PT400", "invalid_code")
    assert counted(api, person) == 0


@pytest.mark.parametrize("code", [True, ["123456"], "12\0456"], ids=["true", "array", "nul"])
def test_what_is_no_text_never_hurts_the_server(api: Api, code: Any) -> None:
    status, _, _ = refusal(accept(api.person(), code))
    assert 400 <= status < 500


def test_a_code_may_come_with_blanks_or_as_a_number(api: Api) -> None:
    scene = api.scene()
    first = value(accept(scene.candidate, f"\t {scene.code}\u00a0\n"))
    if not scene.code.startswith("0"):
        assert value(accept(scene.candidate, int(scene.code))) == first


# ---- counting -----------------------------------------------------------------------------------


def test_sixth_wrong_guess_has_to_wait(api: Api) -> None:
    scene = api.scene()
    for _ in range(5):
        assert refusal(accept(scene.candidate, scene.wrong_code)) == NOT_FOUND
    answer = accept(scene.candidate, scene.code)
    assert refusal(answer) == TOO_MANY
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert counted(api, scene.candidate) == 5


@pytest.mark.parametrize(
    "headers",
    [
        SINGLE,
        {"Accept": "text/csv"},
        {"Accept": "application/vnd.pgrst.array+json"},
        {"Prefer": "tx=rollback"},
        {"Prefer": "handling=strict, tx=rollback"},
        {"Prefer": "count=exact"},
        {"Prefer": "return=minimal"},
        {"Range": "5-9"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_guesses_count_whatever_the_headers_say(api: Api, headers: dict[str, str]) -> None:
    scene = api.scene()
    guess = {"code": scene.wrong_code}
    for _ in range(5):
        scene.candidate.send("POST", "/rpc/accept_invite", guess, headers)
    assert counted(api, scene.candidate) == 5
    assert refusal(accept(scene.candidate, scene.code)) == TOO_MANY


@pytest.mark.parametrize(
    "parameters",
    [
        {"{}->>status": "eq.x"},
        {"select": "{}"},
        {"order": "{}->status"},
        {"limit": "1"},
        {"offset": "5"},
    ],
    ids=str,
)
def test_guesses_count_whatever_is_asked_of_the_result(
    api: Api, parameters: dict[str, str]
) -> None:
    scene = api.scene()
    asked = {
        name.format(COLUMN[api.name]): text.format(COLUMN[api.name])
        for name, text in parameters.items()
    }
    for _ in range(5):
        scene.candidate.send("POST", "/rpc/accept_invite", {"code": scene.wrong_code}, **asked)
    assert counted(api, scene.candidate) == 5
    assert refusal(accept(scene.candidate, scene.code)) == TOO_MANY


@pytest.mark.parametrize(
    "parameters",
    [{"limit": "0"}, {"status": "eq.x"}, {"select": "status"}, {"order": "status"}],
    ids=str,
)
def test_what_does_not_run_the_function_tells_nothing(api: Api, parameters: dict[str, str]) -> None:
    scene = api.scene()
    wrong, right = (
        scene.candidate.send("POST", "/rpc/accept_invite", {"code": code}, **parameters)
        for code in (scene.wrong_code, scene.code)
    )
    assert (wrong.status_code, wrong.content) == (right.status_code, right.content)
    assert counted(api, scene.candidate) == 0
    assert scene.recruiter.rows("interview_participants") == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_may_not_write_tells_nothing(api: Api, method: str) -> None:
    scene = api.scene()
    wrong, right = (
        scene.candidate.send(method, "/rpc/accept_invite", code=code)
        for code in (scene.wrong_code, scene.code)
    )
    assert 400 <= wrong.status_code < 500
    assert (wrong.status_code, wrong.content) == (right.status_code, right.content)
    assert scene.recruiter.rows("interview_participants") == []


def test_an_answer_that_fails_to_be_written_tells_nothing_about_others(api: Api) -> None:
    """Such a request is rolled back with its count; that is known, and of no use."""
    scene, stranger = api.scene(), api.person()
    answers = [
        stranger.send(
            "POST", "/rpc/accept_invite", {"code": code}, select=f"{COLUMN[api.name]}::int"
        )
        for code in (scene.wrong_code, scene.code)
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert answers[0].content == answers[1].content


def test_parallel_guesses_are_counted_one_by_one(api: Api) -> None:
    scene = api.scene()
    guess = partial(accept, scene.candidate, scene.wrong_code)
    answers = Counter(refusal(answer) for answer in at_once([guess] * 32))
    assert answers == {NOT_FOUND: 5, TOO_MANY: 27}
    assert counted(api, scene.candidate) == 5


# ---- racing -------------------------------------------------------------------------------------


def test_two_hundred_at_once_with_one_code(api: Api) -> None:
    """The invited person on many devices, a second account of the same address, strangers."""
    scene = api.scene()
    twin = api.person()
    # Auth itself compares addresses as they are written.
    api.sql(
        "update auth.users set email = %s where id = %s", scene.candidate.email.upper(), twin.id
    )
    callers = [scene.candidate] * 60 + [twin] * 60 + [api.person() for _ in range(80)]
    answers = at_once([partial(accept, caller, scene.code) for caller in callers])

    (participant,) = scene.recruiter.rows("interview_participants")
    winner, loser = (
        (answers[:60], answers[60:120])
        if participant["user_id"] == scene.candidate.id
        else (answers[60:120], answers[:60])
    )
    assert {value(answer)["participant_id"] for answer in winner} == {participant["id"]}
    assert {refusal(answer) for answer in loser} == {(409, "PT409", "invite_used")}
    assert {refusal(answer) for answer in answers[120:]} == {NOT_FOUND}
    assert len({answer.content for answer in answers[120:]}) == 1


def test_one_person_with_two_invites_joins_once(api: Api) -> None:
    scene = api.scene()
    api.sql("update public.interview_invites set status = 'expired' where id = %s", scene.invite_id)
    (again,) = value(
        scene.recruiter.rpc(
            "create_invites", interview_id=scene.interview_id, emails=[scene.candidate.email]
        )
    )
    assert refusal(accept(scene.candidate, scene.code)) == (410, "PT410", "invite_expired")
    first = value(accept(scene.candidate, again["invite_code"]))
    assert first["invite_id"] == again["invite_id"] != scene.invite_id
    assert len(scene.recruiter.rows("interview_participants")) == 1
