"""Submitting: what is required, by whatever way; what the recruiter reads; the access log."""

import uuid
from typing import Any

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, COMPLETE_BY_HAND, DELETE, WITHDRAW, Asked, record, write
from tests.sql.jobs import maintain

pytestmark = pytest.mark.usefixtures("nothing_is_left")

OPEN = "select public.open_responses(%s)"
WAYS = pytest.mark.parametrize("way", [COMPLETE, COMPLETE_BY_HAND])


def required(*numbers: int, of: int = 3) -> list[dict[str, Any]]:
    """The settings of so many questions, of which some are required."""
    return [{"required": number in numbers} for number in range(1, of + 1)]


def log(db: Database) -> list[Row]:
    """The access log, oldest first."""
    with db.superuser():
        return db.rows("select * from private.access_log order by id")


# ---- what is required ------------------------------------------------------------------------


@WAYS
def test_required_questions_need_an_answer(db: Database, scene: Scene, way: str) -> None:
    asked = responses.ask(db, scene, *required(1, 3))
    responses.start(db, asked.candidate, asked.questions[0])
    refusal = db.refused(way, asked.interview)
    assert (refusal.code, refusal.slug) == ("PT409", "responses_missing")
    assert "1, 3" in (refusal.message or "")
    record(db, asked.candidate, asked.questions[0])
    assert "answer: 3." in (db.refused(way, asked.interview).message or "")
    write(db, asked.candidate, asked.questions[2], "Because.")
    db.run(way, asked.interview)
    assert db.participant_row(asked.interview, asked.candidate)["status"] == "completed"


@WAYS
@pytest.mark.parametrize("who", ["DBA", "superuser"])
def test_dbas_meet_the_same_rule(db: Database, scene: Scene, way: str, who: str) -> None:
    asked = responses.ask(db, scene, *required(1))
    if who == "DBA":
        assert db.as_owner().refused(COMPLETE_BY_HAND, asked.interview).slug == "responses_missing"
    else:
        with db.superuser():
            assert db.refused(COMPLETE_BY_HAND, asked.interview).slug == "responses_missing"


@WAYS
@pytest.mark.parametrize("questions", [0, 3])
def test_the_existing_frontend_completes_as_before(
    db: Database, scene: Scene, way: str, questions: int
) -> None:
    """It inserts question and order_index, and knows of neither responses nor consent."""
    responses.add_questions(db, scene, *[{} for _ in range(questions)])
    db.accept(scene.candidate, scene.code)
    db.run(way, scene.interview)
    row = db.participant_row(scene.interview, scene.candidate)
    assert (row["status"], row["answered"]) == ("completed", 0)
    assert db.invite_row(scene.invite)["status"] == "completed"


def test_a_question_that_is_required_later(db: Database, asked: Asked) -> None:
    """From then on, also for those who have joined; who has submitted is done."""
    second = responses.ask(db, db.scene("other@example.com"), {})
    db.as_user(second.candidate).value(COMPLETE, second.interview)
    db.as_user(asked.recruiter).run("update public.interview_questions set required = true")
    assert db.as_user(asked.candidate).refused(COMPLETE, asked.interview).slug == (
        "responses_missing"
    )
    db.as_user(second.recruiter).run("update public.interview_questions set required = true")
    db.as_user(second.candidate).value(COMPLETE, second.interview)


def test_required_questions_do_not_keep_anybody_from_withdrawing(
    db: Database, scene: Scene
) -> None:
    asked = responses.ask(db, scene, *required(1, 2, 3))
    db.value(WITHDRAW, asked.interview)
    assert db.participant_row(asked.interview, asked.candidate)["status"] == "withdrawn"


def test_deleting_reopens_what_is_required(db: Database, scene: Scene) -> None:
    asked = responses.ask(db, scene, *required(1))
    record(db, asked.candidate, asked.questions[0])
    db.value(DELETE, asked.interview)
    assert db.refused(COMPLETE, asked.interview).slug == "responses_missing"


# ---- what happens then -----------------------------------------------------------------------


@WAYS
def test_submitting_hands_over_what_is_current(db: Database, asked: Asked, way: str) -> None:
    for _ in range(2):
        record(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[1], "Because.")
    responses.start(db, asked.candidate, asked.questions[0])
    columns = "select question, kind, status, answer from public.interview_responses order by 1"
    assert db.as_user(asked.recruiter).rows(columns) == []
    assert db.value("select answered from public.interview_participants") == 2
    db.as_user(asked.candidate).run(way, asked.interview)
    assert responses.states(db, asked.participant) == [
        "video discarded",
        "video uploaded",
        "video discarded",
        "text uploaded",
    ]
    read = db.as_user(asked.recruiter).rows(columns)
    assert [tuple(row.values()) for row in read] == [
        ("Question 1", "video", "uploaded", None),
        ("Question 2", "text", "uploaded", "Because."),
    ]
    stamps = db.rows("select distinct submitted_at from public.interview_responses")
    assert stamps == [{"submitted_at": db.value("select now()")}]


def test_who_stays_as_they_are_submits_nothing(db: Database, asked: Asked) -> None:
    responses.start(db, asked.candidate, asked.questions[0])
    assert db.run("update public.interview_participants set status = status") == 1
    assert responses.states(db, asked.participant) == ["video started"]


def test_what_a_dba_discards_is_no_longer_submitted(db: Database, asked: Asked) -> None:
    written = write(db, asked.candidate, asked.questions[0], "Because.")
    db.value(COMPLETE, asked.interview)
    db.as_owner().run("update public.interview_responses set status = 'discarded'")
    row = responses.response_row(db, written["response_id"])
    assert (row["answer"], row["submitted_at"]) == (None, None)


def test_others_read_nothing(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    db.value(COMPLETE, asked.interview)
    colleague = db.account("colleague@example.com")
    invite = db.invite(asked.recruiter, asked.interview, "colleague@example.com")
    db.accept(colleague, invite["invite_code"])
    for stranger in [colleague, db.account()]:
        db.as_user(stranger)
        assert db.rows("select from public.interview_responses") == []
        assert db.rows("select from public.accommodations") == []
    assert db.as_anon().refused("select from public.interview_responses").code == "42501"


# ---- links -----------------------------------------------------------------------------------


def test_asking_for_links_is_written_down(db: Database, asked: Asked) -> None:
    takes = [record(db, asked.candidate, question) for question in asked.questions]
    ids = [uuid.UUID(take["response_id"]) for take in takes]
    db.value(COMPLETE, asked.interview)
    opened = db.as_user(asked.recruiter).value(OPEN, ids[::-1])
    assert opened == [
        {
            "response_id": take["response_id"],
            "bucket": "interview-responses",
            "path": take["path"],
            "mime_type": "video/webm",
            "size_bytes": 1000,
        }
        for take in takes[::-1]
    ]
    assert db.as_user(asked.candidate).value(OPEN, ids[:1])[0]["path"] == takes[0]["path"]
    assert len(db.as_service().value(OPEN, ids)) == 2
    rows = log(db)
    actors = [asked.recruiter] * 2 + [asked.candidate] + [None] * 2
    assert [row["actor_id"] for row in rows] == actors
    assert {row["participant_id"] for row in rows} == {asked.participant}
    assert {row["recruiter_id"] for row in rows} == {asked.recruiter}
    assert {row["response_id"] for row in rows} == set(ids)


def test_no_link_to_what_one_may_not_read(db: Database, asked: Asked) -> None:
    first = record(db, asked.candidate, asked.questions[0])
    second = record(db, asked.candidate, asked.questions[0])
    text = write(db, asked.candidate, asked.questions[1], "Because.")
    begun = responses.start(db, asked.candidate, asked.questions[0])
    ids = [uuid.UUID(one["response_id"]) for one in (first, second, text, begun)]
    assert [row["path"] for row in db.value(OPEN, ids)] == [second["path"]]
    for caller in [asked.recruiter, db.account()]:
        assert db.as_user(caller).value(OPEN, [*ids, uuid.uuid4()]) == []
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    assert len(db.as_user(asked.recruiter).value(OPEN, ids)) == 1
    assert db.as_anon().refused(OPEN, ids).code == "42501"
    assert len(log(db)) == 2


@pytest.mark.parametrize(
    ("ids", "opened"),
    [(None, 0), ([], 0), ([None], 0), (["same"] * 100, 1), (["same"] * 101, None)],
)
def test_how_many_links(
    db: Database, asked: Asked, ids: list[str | None] | None, opened: int | None
) -> None:
    take = record(db, asked.candidate, asked.questions[0])
    given = ids and [take["response_id"] if one else None for one in ids]
    call = "select public.open_responses(%s::uuid[])"
    if opened is None:
        refusal = db.refused(call, given)
        assert (refusal.code, refusal.slug) == ("PT413", "too_many_responses")
    else:
        assert len(db.value(call, given)) == opened
    assert len(log(db)) == (opened or 0)


def test_the_log_outlives_what_it_names_for_a_year(db: Database, asked: Asked) -> None:
    take = record(db, asked.candidate, asked.questions[0])
    db.value(OPEN, [uuid.UUID(take["response_id"])])
    db.as_user(asked.recruiter).run("delete from public.interviews")
    db.pass_time("364 days")
    maintain(db)
    assert len(log(db)) == 1
    db.pass_time("2 days")
    maintain(db)
    assert log(db) == []


@pytest.mark.parametrize("who", ["candidate", "recruiter", "service"])
def test_nobody_reads_or_writes_the_log_by_hand(db: Database, asked: Asked, who: str) -> None:
    _ = db.as_service() if who == "service" else db.as_user(getattr(asked, who))
    for sql in ["select from private.access_log", "delete from private.access_log"]:
        assert db.refused(sql).code == "42501"
