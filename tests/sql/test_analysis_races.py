"""Workers of analyses, and those who upload, withdraw and turn off, on several connections."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.kit import responses
from tests.kit.analyses import (
    ANALYZE_AGAIN,
    CHECK,
    KINDS,
    TRANSCRIPT,
    analysis_rows,
    checked,
    consent,
    spoken,
)
from tests.kit.database import Database, Refusal, Row, at_once, committed
from tests.kit.responses import (
    COMPLETE,
    CONSENT,
    DELETE,
    INSERT,
    WITHDRAW,
    Asked,
    change_interview,
)
from tests.sql.jobs import answer, claim, maintain, result, settle
from tests.sql.locks import Act, after, waited

CORRECT = "update public.response_analyses set correction = 'Mine' where step = 'transcript'"


@pytest.fixture
def take(url: str, answering: Asked) -> Row:
    """A recording, submitted with consent to analysis."""
    with committed(url) as db:
        consent(db, answering.candidate, answering.interview)
        take = responses.record(db, answering.candidate, answering.questions[0])
        db.as_user(answering.candidate).value(COMPLETE, answering.interview)
    return take


def claimed(url: str, kind: str = TRANSCRIPT) -> Row:
    with committed(url) as db:
        (job,) = claim(db, kinds=[kind])
    return job


def delete(answering: Asked, db: Database) -> Row:
    row: Row = db.as_user(answering.candidate).value(DELETE, answering.interview)
    return row


def withdraw_consent(answering: Asked, db: Database) -> None:
    consent(db, answering.candidate, answering.interview, analysis=False)


def turn_off(answering: Asked, db: Database) -> None:
    change_interview(db, answering, "analysis", "off")


def correct(answering: Asked, db: Database) -> None:
    assert db.as_user(answering.candidate).run(CORRECT) == 1


ENDS = [delete, withdraw_consent, turn_off]


@pytest.mark.parametrize("other", [*ENDS, correct])
def test_settling_waits_for_nobody(
    url: str, answering: Asked, take: Row, other: Callable[[Asked, Database], None]
) -> None:
    """What is locked is busy, and whatever comes of the other one is right."""
    job = claimed(url)
    told = result(job, "accepted", result=spoken())
    with committed(url) as holding:
        other(answering, holding)
        with committed(url) as db:
            db.run("set local lock_timeout = '50ms'")
            assert answer(db, told) == {"settled": 0, "busy": [job["job_id"]]}
    with committed(url) as db:
        assert answer(db, told) == {"settled": int(other == correct), "busy": []}
        rows = analysis_rows(db, take["response_id"])
        if other == correct:
            assert (rows["transcript"]["transcript"], rows["transcript"]["correction"]) == (
                told["result"]["transcript"],
                "Mine",
            )
        else:
            assert rows == {}


@pytest.mark.parametrize("end", ENDS)
def test_the_end_while_a_result_is_settled(
    url: str, answering: Asked, take: Row, end: Callable[[Asked, Database], None]
) -> None:
    """It waits for the result, and deletes it."""
    job = claimed(url)
    refused = waited(
        url, lambda db: settle(db, job, "accepted", result=spoken()), partial(end, answering)
    )
    assert not isinstance(refused, Refusal)
    with committed(url) as db:
        assert analysis_rows(db, take["response_id"]) == {}
        assert db.jobs(take["response_id"]) == []


@pytest.mark.parametrize("other", [*ENDS, correct])
def test_claiming_waits_for_nobody(
    url: str, answering: Asked, take: Row, other: Callable[[Asked, Database], None]
) -> None:
    with committed(url) as holding:
        other(answering, holding)
        with committed(url) as db:
            db.run("set local lock_timeout = '50ms'")
            assert len(claim(db, kinds=[TRANSCRIPT])) == int(other == correct)


def test_an_unwanted_analysis_that_is_locked_is_dropped_later(
    url: str, answering: Asked, take: Row
) -> None:
    with committed(url) as db, db.without_triggers():
        db.run("update public.interviews set analysis = 'off'")
    with committed(url) as holding:
        correct(answering, holding)
        with committed(url) as db:
            db.run("set local lock_timeout = '50ms'")
            assert claim(db, kinds=KINDS) == []
            assert list(analysis_rows(db, take["response_id"])) == ["transcript"]
    with committed(url) as db:
        assert claim(db, kinds=KINDS) == [] and db.jobs(take["response_id"]) == ["queued"]
        db.pass_time("11 seconds")
        assert claim(db, kinds=KINDS) == [] and db.jobs(take["response_id"]) == []
        assert analysis_rows(db, take["response_id"]) == {}


def test_a_dead_job_whose_analysis_is_locked_is_given_up_later(
    url: str, answering: Asked, take: Row
) -> None:
    with committed(url) as db:
        claim(db, kinds=[TRANSCRIPT])
        with db.superuser():
            db.run(
                "update private.jobs set attempts = 3, due_at = now() where kind = %s", TRANSCRIPT
            )
    with committed(url) as holding:
        correct(answering, holding)
        with committed(url) as db:
            db.run("set local lock_timeout = '50ms'")
            assert claim(db, kinds=[TRANSCRIPT]) == []
            assert db.jobs(take["response_id"], TRANSCRIPT) == ["queued"]
    with committed(url) as db:
        db.pass_time("11 seconds")
        assert claim(db, kinds=[TRANSCRIPT]) == []
        assert analysis_rows(db, take["response_id"])["transcript"]["problem"] == "gave_up"


def upload(take: Row, db: Database) -> int:
    return db.as_service().run(INSERT, *responses.row_of(take["path"], responses.stored()))


def complete(answering: Asked, db: Database) -> Row:
    row: Row = db.as_user(answering.candidate).value(COMPLETE, answering.interview)
    return row


@pytest.mark.parametrize("order", ["off first", "off last"])
@pytest.mark.parametrize("act", ["upload", "complete"])
def test_nothing_is_left_when_it_is_turned_off_meanwhile(
    url: str, answering: Asked, act: str, order: str
) -> None:
    with committed(url) as db:
        consent(db, answering.candidate, answering.interview)
        if act == "complete":
            take = responses.record(db, answering.candidate, answering.questions[0])
            does: Act = partial(complete, answering)
        else:
            take = responses.start(db, answering.candidate, answering.questions[0])
            does = partial(upload, take)
    acts: list[Act] = [partial(turn_off, answering), does]
    answered = waited(url, *(acts if order == "off first" else reversed(acts)))
    assert not isinstance(answered, Refusal)
    with committed(url) as db:
        assert analysis_rows(db, take["response_id"]) == {}
        assert db.jobs(take["response_id"]) == []


@pytest.mark.parametrize(
    "act",
    ["upload", "complete", "consent", "withdraw consent", "take all consent back", "withdraw"],
)
def test_no_candidate_locks_the_interview(url: str, answering: Asked, act: str) -> None:
    with committed(url) as db:
        consent(db, answering.candidate, answering.interview, analysis=act != "consent")
        take = responses.start(db, answering.candidate, answering.questions[0])
        if act != "upload":
            upload(take, db)
        if "consent" in act:
            complete(answering, db)
    with committed(url) as first, committed(url) as second:
        if act == "upload":
            upload(take, first)
        elif act == "complete":
            complete(answering, first)
        elif act == "withdraw":
            first.as_user(answering.candidate).value(WITHDRAW, answering.interview)
        elif act == "take all consent back":
            first.as_user(answering.candidate).value(CONSENT, answering.interview, False)
        else:
            consent(first, answering.candidate, answering.interview, analysis=act == "consent")
        first.as_owner().run("set constraints all immediate")
        second.run("reset role")
        assert second.run("select from public.interviews for update nowait") == 1
        assert second.run("select from auth.users for update nowait") == 2


def again(answering: Asked, take: Row, db: Database) -> Row:
    row: Row = db.as_user(answering.recruiter).value(ANALYZE_AGAIN, take["response_id"])
    return row


def test_two_ask_for_another_transcript(url: str, answering: Asked, take: Row) -> None:
    with committed(url) as db:
        settle(db, claim(db, kinds=[TRANSCRIPT])[0], "accepted", result=spoken())
    ask = partial(again, answering, take)
    refused = waited(url, ask, ask)
    assert isinstance(refused, Refusal) and refused.slug == "analysis_in_progress"


def test_nothing_is_analysed_again_that_is_being_deleted(
    url: str, answering: Asked, take: Row
) -> None:
    refused = waited(url, partial(delete, answering), partial(again, answering, take))
    assert isinstance(refused, Refusal) and refused.slug == "response_not_found"


def test_another_transcript_while_the_first_is_settled(
    url: str, answering: Asked, take: Row
) -> None:
    """It waits, and is no longer in progress."""
    job = claimed(url)
    answered = waited(
        url,
        lambda db: settle(db, job, "accepted", result=spoken()),
        partial(again, answering, take),
    )
    assert answered == {"response_id": take["response_id"], "status": "queued"}


def test_retrying_holds_analyses_before_their_jobs(url: str, take: Row) -> None:
    """As workers do who settle one."""
    with committed(url) as db:
        (job,) = claim(db, kinds=[TRANSCRIPT])
        settle(db, job, "failed", error="no memory", result={"problem": "engine_failed"})
    retried = after(
        url,
        "select from public.response_analyses for no key update",
        lambda db: db.as_service().value("select public.retry_jobs(%s, '2000-01-01')", KINDS),
        f"select from private.jobs where id = {job['job_id']} for update",
        1,
    )
    assert retried == {"retried": 1}


def test_a_deadlock_of_nobody(url: str, answering: Asked, take: Row) -> None:
    """Workers, a candidate who changes their mind, a recruiter who does, and maintenance."""

    def work(db: Database) -> None:
        for _ in range(10):
            for job in claim(db, kinds=KINDS, lease=1):
                told = checked() if job["kind"] == CHECK else spoken()
                settle(db, job, "accepted", result=told)
            db.connection.commit()

    def doubt(db: Database) -> None:
        for n in range(10):
            consent(db, answering.candidate, answering.interview, analysis=n % 2 == 1)
            db.connection.commit()
            db.as_user(answering.candidate).run(CORRECT)
            db.connection.commit()

    def switch(db: Database) -> None:
        for n in range(10):
            value = "off" if n % 2 == 0 else "transcripts"
            change_interview(db, answering, "analysis", value)
            db.connection.commit()

    def tidy(db: Database) -> None:
        for _ in range(5):
            maintain(db)
            db.connection.commit()

    answers = at_once(url, [work, work, doubt, switch, tidy])
    assert [one for one in answers if isinstance(one, Refusal)] == []
