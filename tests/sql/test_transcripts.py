"""What people do with transcripts: search them, look for terms, and see how far they are."""

import uuid
from typing import Any

import pytest

from tests.kit import responses
from tests.kit.analyses import (
    CHECK,
    KINDS,
    TRANSCRIPT,
    consent,
    spoken,
    transcribe,
)
from tests.kit.database import Database, Row
from tests.kit.responses import COMPLETE, Asked, change_interview, record
from tests.kit.reviews import add_criteria, reviewer
from tests.sql.jobs import claim, settle

STATE = "select public.analysis_state(%s)"
SEARCH = "select public.search_responses(%s, %s)"
TERMS = "select public.find_terms(%s)"


def answer(db: Database, asked: Asked, *texts: str, **more: Any) -> list[str]:
    """The candidate says a text to each question, submitted and transcribed; the responses."""
    consent(db, asked.candidate, asked.interview)
    for question in asked.questions[: len(texts)]:
        record(db, asked.candidate, question)
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    said = dict(zip(asked.questions, texts, strict=False))
    for job in claim(db, kinds=[TRANSCRIPT]):
        question = responses.response_row(db, job["subject"])["question_id"]
        assert settle(db, job, "accepted", result=spoken(said[question], **more)) == 1
    rows = db.as_user(asked.candidate).rows(
        "select r.id from public.interview_responses r join public.interview_questions q"
        " on q.id = r.question_id order by q.order_index"
    )
    return [str(row["id"]) for row in rows]


def search(db: Database, asked: Asked, query: str | None) -> list[Row]:
    """What the interview's recruiter finds."""
    found: list[Row] = db.as_user(asked.recruiter).value(SEARCH, asked.interview, query)
    return found


def quotes(found: list[Row]) -> list[str]:
    return [row["quote"] for row in found]


def join_too(db: Database, asked: Asked) -> uuid.UUID:
    """Another candidate of the interview."""
    later = db.account("later@example.com")
    code = db.invite(asked.recruiter, asked.interview, "later@example.com")["invite_code"]
    db.accept(later, code)
    return later


FILLED = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


# ---- searching -------------------------------------------------------------------------------


def test_a_quote_with_its_second(db: Database, asked: Asked) -> None:
    first, second = answer(
        db, asked, f"{FILLED} we deployed it on Kubernetes {FILLED}", "No cluster at all"
    )
    (found,) = search(db, asked, "deploy")
    assert found == {
        "participant_id": str(asked.participant),
        "response_id": first,
        "question_id": str(asked.questions[0]),
        "start_seconds": 7.5,
        "quote": "ten eleven twelve thirteen fourteen we deployed it on Kubernetes one two three"
        " four five six seven eight nine ten eleven",
    }
    assert [row["response_id"] for row in search(db, asked, "clusters")] == [second]
    assert search(db, asked, "Terraform") == []


@pytest.mark.parametrize(
    "query", [None, "", "   ", "the", "-the", "!", "' | \\ : & ( <->", "x" * 9000]
)
def test_queries_that_find_nothing(db: Database, asked: Asked, query: str | None) -> None:
    answer(db, asked, "We deployed it, the cluster")
    assert search(db, asked, query) == []


def test_as_in_a_web_search(db: Database, asked: Asked) -> None:
    first, second = answer(
        db,
        asked,
        f"learning the machine {FILLED} {FILLED} then machine learning models",
        "a machine that was learning",
    )
    (phrase,) = search(db, asked, '"machine learning"')
    assert phrase["response_id"] == first and "then machine learning models" in phrase["quote"]
    assert {row["response_id"] for row in search(db, asked, "machine learning")} == {first, second}
    assert [row["response_id"] for row in search(db, asked, "machine -models")] == [second]
    assert {row["response_id"] for row in search(db, asked, "models or machine")} == {first, second}


def test_words_far_apart_are_each_quoted(db: Database, asked: Asked) -> None:
    answer(db, asked, f"Kafka {FILLED} {FILLED} Redis")
    assert [row["start_seconds"] for row in search(db, asked, "kafka redis")] == [0, 14.5]


def test_hostile_texts_are_quoted_as_they_are(db: Database, asked: Asked) -> None:
    texts = [
        "<script>alert(1)</script> marker <img src=x onerror=alert(2)>",
        "\x01\x02 marker \u202e",
    ]
    answer(db, asked, *texts)
    assert quotes(search(db, asked, "marker")) == [texts[0], " marker \u202e"]


def test_words_with_blanks_and_without_letters(db: Database, asked: Asked) -> None:
    words = [[" We", 0, 1, 1], ["", 1, 2, 1], [" de ployed ", 2, 3, 1], ["-", 3, 4, None]]
    answer(db, asked, "We deployed -", words=words)
    (found,) = search(db, asked, "deployed")
    assert (found["start_seconds"], found["quote"]) == (2, "We  deployed -")


def test_engines_without_times(db: Database, asked: Asked) -> None:
    answer(db, asked, "We deployed it\non  Kubernetes", words=[])
    (found,) = search(db, asked, "kubernetes")
    assert (found["start_seconds"], found["quote"]) == (None, "We deployed it on Kubernetes")


def test_the_language_of_the_transcript_decides(db: Database, asked: Asked) -> None:
    """Endings count in languages that PostgreSQL knows, also when the setting changes later."""
    answer(db, asked, "Wir haben die Häuser gebaut", language="de")
    assert len(search(db, asked, "haus")) == 1
    change_interview(db, asked, "language", "en")
    assert len(search(db, asked, "häusern")) == 1
    other = responses.ask(db, db.scene("o@example.com"), {})
    answer(db, other, "majibu yangu", language="sw")
    assert len(search(db, other, "MAJIBU")) == 1 and search(db, other, "majibus") == []


def test_the_order_is_that_of_joining(db: Database, asked: Asked) -> None:
    """Of two candidates, the questions and seconds of each; nothing ranks them."""
    later = join_too(db, asked)
    with db.without_triggers():
        db.run(
            "update public.interview_participants set joined_at = joined_at - interval '1 hour'"
            " where user_id = %s",
            asked.candidate,
        )
    joined = db.participant_row(asked.interview, later)["id"]
    again = Asked(**{**vars(asked), "candidate": later, "participant": joined})
    answer(db, again, "hit hit hit", f"hit {FILLED} {FILLED} hit")
    answer(db, asked, f"hit {FILLED} {FILLED} hit", "hit")
    found = [
        (row["participant_id"], row["question_id"], row["start_seconds"])
        for row in search(db, asked, "hit")
    ]
    one, two = map(str, asked.questions)
    me, they = str(asked.participant), str(joined)
    assert found == [
        *[(me, one, 0), (me, one, 14.5), (me, two, 0)],
        *[(they, one, 0), (they, two, 0), (they, two, 14.5)],
    ]


def test_at_most_200(db: Database, asked: Asked) -> None:
    answer(db, asked, *[f"hit {FILLED} {FILLED} " * 150] * 2)
    found = search(db, asked, "hit")
    assert len(found) == 200
    assert [row["question_id"] for row in found].count(str(asked.questions[0])) == 150


def test_who_finds_what(db: Database, asked: Asked) -> None:
    consent(db, asked.candidate, asked.interview)
    record(db, asked.candidate, asked.questions[0])
    answer(db, asked, "We deployed it")
    for stranger in [db.account(), responses.ask(db, db.scene("o@example.com"), {}).recruiter]:
        assert db.as_user(stranger).value(SEARCH, asked.interview, "deployed") == []
    # The candidate has said it.
    assert len(db.as_user(asked.candidate).value(SEARCH, asked.interview, "deployed")) == 1
    colleague = reviewer(db, asked.recruiter, asked.interview, "colleague@example.com")
    assert len(db.as_user(colleague).value(SEARCH, asked.interview, "deployed")) == 1
    assert db.as_anon().refused(SEARCH, asked.interview, "deployed").code == "42501"
    # Not of an interview, and not of another one.
    assert db.as_user(asked.recruiter).value(SEARCH, None, "deployed") == []
    assert db.value(SEARCH, uuid.uuid4(), "deployed") == []


def test_nobody_makes_the_search_look_at_what_they_may_not_read(db: Database, asked: Asked) -> None:
    """The time that it took would tell them whether somebody has said it."""
    matching = "select count(*) from private.matching_transcripts(%s, 'deployed')"
    answer(db, asked, "We deployed it")
    other = join_too(db, asked)
    joined = db.participant_row(asked.interview, other)["id"]
    answer(db, Asked(**{**vars(asked), "candidate": other, "participant": joined}), "Not I")
    answer(db, responses.ask(db, db.scene("o@example.com"), {}), "They deployed it")
    assert db.as_user(asked.recruiter).value(matching, asked.interview) == 1
    assert db.as_user(asked.candidate).value(matching, asked.interview) == 1
    for stranger in [other, db.account()]:
        assert db.as_user(stranger).value(matching, asked.interview) == 0


@pytest.mark.parametrize("query", ["-absent", "-absent -missing", "deployed or -absent", ""])
def test_what_has_no_word_to_quote_matches_nothing(db: Database, asked: Asked, query: str) -> None:
    """Else each transcript of the interview would be read, and the index of all others."""
    answer(db, asked, "We deployed it")
    db.as_user(asked.recruiter)
    matching = "select count(*) from private.matching_transcripts(%s, %s)"
    assert db.value(matching, asked.interview, query) == 0
    assert db.value(matching, asked.interview, "deployed -absent") == 1


def test_what_is_not_submitted_is_not_found(db: Database, asked: Asked) -> None:
    """There is no such transcript; not even a DBA's would be shown."""
    answer(db, asked, "We deployed it")
    with db.without_triggers():
        db.run("update public.interview_responses set submitted_at = null")
    assert search(db, asked, "deployed") == []
    assert db.as_user(asked.recruiter).value(TERMS, asked.participant) == []


# ---- terms -----------------------------------------------------------------------------------


def look_for(db: Database, asked: Asked, *lists: list[str]) -> list[uuid.UUID]:
    """Criteria with these terms."""
    criteria = add_criteria(
        db, asked.recruiter, asked.interview, *[f"C{n}" for n in range(len(lists))]
    )
    for criterion, terms in zip(criteria, lists, strict=True):
        db.run("update public.interview_criteria set terms = %s where id = %s", terms, criterion)
    return criteria


def test_terms_of_the_criteria(db: Database, asked: Asked) -> None:
    one, two = look_for(db, asked, ["load balancer", "Redis"], ["team", "pair programming"])
    first, second = answer(
        db,
        asked,
        f"balancer of load {FILLED} {FILLED} two load balancers, programming a pair",
        "My teams do pair programming with a load balancer",
    )
    found = db.as_user(asked.recruiter).value(TERMS, asked.participant)
    assert [(row["criterion_id"], row["term"], row["response_id"]) for row in found] == [
        (str(one), "load balancer", first),
        (str(one), "load balancer", second),
        (str(two), "team", second),
        (str(two), "pair programming", second),
    ]
    assert [row["start_seconds"] for row in found] == [16, 3.5, 0.5, 1.5]
    assert {row["question_id"] for row in found} == set(map(str, asked.questions))
    assert set(found[0]) == {
        *("criterion_id", "term", "response_id", "question_id", "start_seconds", "quote"),
    }


def test_terms_are_looked_for_as_they_are_now(db: Database, asked: Asked) -> None:
    (criterion,) = look_for(db, asked, [])
    answer(db, asked, "We used Postgres")
    assert db.as_user(asked.recruiter).value(TERMS, asked.participant) == []
    db.run(
        "update public.interview_criteria set terms = '{postgres,the,<script>}' where id = %s",
        criterion,
    )
    assert quotes(db.value(TERMS, asked.participant)) == ["We used Postgres"]


def test_terms_are_for_those_who_read_criteria(db: Database, asked: Asked) -> None:
    look_for(db, asked, ["postgres"])
    answer(db, asked, "We used Postgres")
    for other in [asked.candidate, db.account()]:
        assert db.as_user(other).value(TERMS, asked.participant) == []
    assert db.as_user(asked.recruiter).value(TERMS, None) == []


# ---- how far they are --------------------------------------------------------------------------


def test_whether_workers_are_there(db: Database, asked: Asked) -> None:
    def seen(who: uuid.UUID) -> list[str]:
        state = db.as_user(who).value(STATE, None)
        assert (state["analysis"], state["checks"], state["transcripts"]) == (None, None, None)
        return [state["check"], state["transcript"]]

    assert seen(asked.candidate) == ["stopped", "stopped"]
    claim(db, kinds=[CHECK])
    assert seen(asked.candidate) == ["working", "stopped"]
    db.pass_time("61 seconds")
    claim(db, kinds=[TRANSCRIPT])
    assert seen(asked.recruiter) == ["stopped", "working"]
    db.as_service().value("select public.pause_jobs(%s, 'no quota', 60)", KINDS)
    assert seen(db.account()) == ["paused", "paused"]
    db.as_service().value("select public.resume_jobs(%s)", KINDS)
    assert seen(asked.recruiter) == ["stopped", "working"]


def test_counts_of_an_own_interview(db: Database, asked: Asked) -> None:
    none = dict.fromkeys(["queued", "running", "done", "failed", "skipped"], 0)
    db.as_user(asked.recruiter)
    state = db.value(STATE, asked.interview)
    assert (state["analysis"], state["checks"], state["transcripts"]) == ("transcripts", none, none)
    answer(db, asked, "We", "You")
    claim(db, batch=1, kinds=[CHECK])
    state = db.as_user(asked.recruiter).value(STATE, asked.interview)
    assert state["checks"] == {**none, "queued": 1, "running": 1}
    assert state["transcripts"] == {**none, "done": 2}
    for stranger in [asked.candidate, db.account()]:
        state = db.as_user(stranger).value(STATE, asked.interview)
        assert (state["analysis"], state["checks"], state["transcripts"]) == (None, None, None)
    change_interview(db, asked, "analysis", "off")
    state = db.as_user(asked.recruiter).value(STATE, asked.interview)
    assert (state["analysis"], state["checks"], state["transcripts"]) == ("off", none, none)


def test_an_empty_transcript_is_not_found(db: Database, asked: Asked) -> None:
    consent(db, asked.candidate, asked.interview)
    record(db, asked.candidate, asked.questions[0])
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    transcribe(db, "", problem="no_speech")
    assert search(db, asked, "-anything") == []
