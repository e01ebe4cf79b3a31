"""What a worker may report of an analysis, and what is no result."""

import json
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.kit.analyses import (
    CHECK,
    KINDS,
    TRANSCRIPT,
    analysis_rows,
    checked,
    spoken,
    state,
    transcribe,
)
from tests.kit.database import Database, Row
from tests.kit.responses import Asked
from tests.sql.jobs import answer, claim, result, settle

HOSTILE = [
    "<script>alert(1)</script> & <img src=x onerror=alert(1)>",
    "\u202eevil\u202c \u2066left\u2069 \u200fright",
    "Robert'); drop table students; -- \\ {}\" :* !() &| <->",
    "\x01\x02\x7f\ufffe\ud7ff e\u0301 👩‍👩‍👧",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_stored_as_they_are(
    db: Database, asked: Asked, submitted: Row, text: str
) -> None:
    transcribe(db, text)
    row = db.as_user(asked.recruiter).one(
        "select transcript, words from public.response_analyses where step = 'transcript'"
    )
    assert row["transcript"] == text
    assert [word[0] for word in row["words"]] == text.split()


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\udc00", "\\ud800\\ud800"])
def test_what_no_jsonb_can_hold(db: Database, asked: Asked, submitted: Row, escape: str) -> None:
    (job,) = claim(db, kinds=[TRANSCRIPT])
    text = json.dumps([result(job, "accepted", result=spoken("MARK"))])
    refusal = db.as_service().refused(
        "select public.settle_jobs(%s::jsonb)", text.replace("MARK", escape)
    )
    assert refusal.code in ("22P02", "22P05")
    assert state(db, submitted) == ("running", None)
    assert settle(db, job, "accepted", result=spoken()) == 1


def test_the_longest_transcripts(db: Database, asked: Asked, submitted: Row) -> None:
    """Of letters of four bytes, no two words alike: nothing is too much for the search."""
    words = [chr(0x20000 + n // 200) + chr(0x20100 + n % 200) + "𠀀" for n in range(50000)]
    told = spoken(" ".join(words), words=[[word, 0, 0, 1] for word in words])
    told["transcript"] = told["transcript"] + "x" * (200000 - len(told["transcript"]))
    (job,) = claim(db, kinds=[TRANSCRIPT])
    assert settle(db, job, "accepted", result=told) == 1
    assert len(analysis_rows(db, submitted["response_id"])["transcript"]["transcript"]) == 200000


def without(row: Row, key: str) -> Row:
    return {name: value for name, value in row.items() if name != key}


NOTHING: list[Any] = [None, [], "x", 1, {}]
WRONG: list[tuple[str, str, Any]] = [
    *[(TRANSCRIPT, "accepted", without(spoken(), key)) for key in spoken()],
    *[(CHECK, "accepted", without(checked(), key)) for key in checked()],
    *[(kind, "accepted", value) for kind in KINDS for value in NOTHING],
    *[(kind, "failed", value) for kind in KINDS for value in [*NOTHING, {"problem": None}]],
    *[(kind, how, checked()) for kind in KINDS for how in ("retry", "released")],
    (TRANSCRIPT, "accepted", checked()),
    (CHECK, "accepted", spoken()),
    (CHECK, "failed", checked()),
    (CHECK, "failed", {"problem": "no_speech"}),
    (CHECK, "failed", {"problem": "unreadable", "score": 1}),
    *[
        (TRANSCRIPT, "accepted", spoken() | {key: 1})
        for key in ("score", "emotion", "confidence", "summary", "picture_seconds")
    ],
    *[
        (CHECK, "accepted", checked(**more))
        for more in (
            {"emotion": "calm"},
            {"engine": ""},
            {"engine": "x" * 201},
            {"version": 1},
            {"version": ""},
            {"version": "x" * 201},
            {"digest": "ABCDEF" * 10 + "ABCD"},
            {"digest": "0" * 63},
            {"seconds": "12"},
            {"seconds": -0.1},
            {"seconds": None},
            {"seconds": 100001},
            {"picture_seconds": "1"},
            {"picture_seconds": -1},
            {"flags": "no_sound"},
            {"flags": ["doubtful"]},
            {"flags": ["no_sound", "no_sound"]},
            {"flags": ["no_sound", None]},
            {"flags": [["no_sound"]]},
            {"flags": None},
        )
    ],
    *[
        (TRANSCRIPT, "accepted", spoken() | more)
        for more in list[Row](
            (
                {"engine": ""},
                {"flags": ["doubtful", "doubtful"]},
                {"model": ""},
                {"model": None},
                {"language": "EN"},
                {"language": "en-GB"},
                {"language": None},
                {"problem": "gave_up", "transcript": "", "words": []},
                {"problem": "no_speech"},
                {"problem": "no_speech", "transcript": ""},
                {"problem": "no_speech", "words": []},
                {"problem": False},
                {"flags": ["confident"]},
                {"transcript": None},
                {"transcript": "x" * 200001},
                {"words": {}},
                {"words": [["a", 0, 1, 1]] * 50001},
                {"words": [["x" * 500, 0, 1, 1]] * 801},
                *(
                    {"words": [word]}
                    for word in (
                        ["a", 0, 1],
                        ["a", 0, 1, 1, 1],
                        ["a", 0, 1, "1"],
                        ["a", 0, None, 1],
                        ["a", "0", 1, 1],
                        [1, 0, 1, 1],
                        [None, 0, 1, 1],
                        ["x" * 501, 0, 1, 1],
                        ["a", -1, 1, 1],
                        ["a", 2, 1, 1],
                        ["a", 0, 100001, 1],
                        ["a", 0, 1, 1.1],
                        ["a", 0, 1, -0.1],
                        "a",
                        None,
                        {"0": "a"},
                        [],
                    )
                ),
            )
        )
    ],
]


def test_nothing_else_is_a_result(db: Database, asked: Asked, submitted: Row) -> None:
    jobs = {job["kind"]: job for job in claim(db, kinds=KINDS)}
    right = {TRANSCRIPT: spoken(), CHECK: checked()}
    # All on one scene: to make it takes longer than to ask.
    for kind, outcome, told in WRONG:
        (other,) = (name for name in KINDS if name != kind)
        results = [
            result(jobs[other], "accepted", result=right[other]),
            result(jobs[kind], outcome, result=told),
        ]
        refusal = db.as_service().refused("select public.settle_jobs(%s)", Jsonb(results))
        case = f"{kind} {outcome} {told}"
        assert (refusal.code, refusal.slug) == ("PT400", "invalid_result"), case
        states = [state(db, submitted, step)[0] for step in ("check", "transcript")]
        assert states == ["running"] * 2, case
        # Nothing of it was settled.
        with db.connection.transaction(force_rollback=True):
            assert answer(db, results[0])["settled"] == 1, case


def test_every_problem_of_a_failed_one(db: Database, asked: Asked, submitted: Row) -> None:
    for problem in [
        *("unreadable", "too_long", "too_large", "took_too_long", "engine_failed", "gave_up")
    ]:
        with db.connection.transaction(force_rollback=True):
            for job in claim(db, kinds=KINDS):
                assert settle(db, job, "failed", result={"problem": problem}) == 1
            assert state(db, submitted) == state(db, submitted, "check") == ("failed", problem)
