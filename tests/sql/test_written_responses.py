"""write_response: answers in text, beside recordings; and questions that somebody has answered."""

import pytest

from tests.kit import responses
from tests.kit.database import Database
from tests.kit.responses import DELETE, START, WITHDRAW, WRITE, Asked, record, write

pytestmark = pytest.mark.usefixtures("nothing_is_left")

DROP_QUESTION = "delete from public.interview_questions where id = %s"


def texts(db: Database) -> list[str]:
    """The texts that the one who speaks reads, in the order of the questions."""
    rows = db.rows(
        "select answer from public.interview_responses where kind = 'text' order by question"
    )
    return [row["answer"] for row in rows]


def test_a_text_is_saved_again_and_again_in_one_row(db: Database, asked: Asked) -> None:
    first = write(db, asked.candidate, asked.questions[0], "Be")
    assert first == {
        "response_id": first["response_id"],
        "question_id": str(asked.questions[0]),
        "saved_at": first["saved_at"],
    }
    for text in ["Because", "  Because of this.\n"]:
        again = write(db, asked.candidate, asked.questions[0], text)
        assert again["response_id"] == first["response_id"]
    assert texts(db) == ["Because of this."]
    row = responses.response_row(db, first["response_id"])
    assert (row["status"], row["take"], row["object_path"]) == ("uploaded", 1, None)
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 1


@pytest.mark.parametrize("empty", [None, "", " \n\u00a0\u200b\u2028"])
def test_an_empty_text_deletes_it(db: Database, asked: Asked, empty: str | None) -> None:
    for text in ["Because.", empty, empty]:
        said = write(db, asked.candidate, asked.questions[0], text)
    assert said["response_id"] is None
    assert texts(db) == []
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 0


def test_an_empty_text_leaves_recordings(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[0], "")
    write(db, asked.candidate, asked.questions[0], "", replace=True)
    assert responses.states(db, asked.participant) == ["video uploaded"]


@pytest.mark.parametrize("letter", ["x", "\U0001f600", "\u0301"])
def test_how_long_a_text_may_be(db: Database, asked: Asked, letter: str) -> None:
    write(db, asked.candidate, asked.questions[0], letter * 20_000)
    refusal = db.refused(WRITE, asked.questions[0], letter * 20_001)
    assert (refusal.code, refusal.slug) == ("PT400", "answer_too_long")
    assert texts(db) == [letter * 20_000], "what was saved stays"
    write(db, asked.candidate, asked.questions[0], f"{' ' * 9} {letter * 20_000} ")


def test_a_text_needs_no_consent(db: Database, asked: Asked) -> None:
    db.value(responses.CONSENT, asked.interview, False)
    write(db, asked.candidate, asked.questions[0], "Because.")
    refusal = db.refused(START, asked.questions[0], "video/webm")
    assert (refusal.code, refusal.slug) == ("PT403", "consent_required")


# ---- beside recordings -----------------------------------------------------------------------


@pytest.mark.parametrize("state", ["started", "uploaded"])
@pytest.mark.parametrize("replace", [False, None])
def test_a_text_does_not_replace_a_recording(
    db: Database, asked: Asked, state: str, replace: bool | None
) -> None:
    """Nor one that is being recorded or uploaded, perhaps in another tab."""
    begin = responses.start if state == "started" else record
    begin(db, asked.candidate, asked.questions[0])
    call = "select public.write_response(%s, 'Because.', %s)"
    refusal = db.refused(call, asked.questions[0], replace)
    assert (refusal.code, refusal.slug) == ("PT409", "response_exists")
    assert responses.states(db, asked.participant) == [f"video {state}"]
    write(db, asked.candidate, asked.questions[1], "Another question.")


def test_a_text_replaces_recordings_if_told_to(db: Database, asked: Asked) -> None:
    first = record(db, asked.candidate, asked.questions[0])
    second = responses.start(db, asked.candidate, asked.questions[0])
    write(db, asked.candidate, asked.questions[0], "Because.", replace=True)
    assert responses.removals(db) == [first["path"]]
    assert responses.states(db, asked.participant) == [
        "video discarded",
        "text uploaded",
        "video discarded",
    ]
    refusal = responses.refused_store(db, second["path"])
    assert (refusal.code, (refusal.message or "")[:20]) == ("42501", "response_not_awaited")


def test_a_recording_replaces_a_text_when_it_is_uploaded(db: Database, asked: Asked) -> None:
    written = write(db, asked.candidate, asked.questions[0], "Because.")
    take = responses.start(db, asked.candidate, asked.questions[0])
    assert texts(db) == ["Because."]
    responses.store(db, take["path"])
    row = responses.response_row(db, written["response_id"])
    assert (row["status"], row["answer"]) == ("discarded", None), "the text itself goes"
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 1
    again = write(db, asked.candidate, asked.questions[0], "Written again.", replace=True)
    assert again["response_id"] != written["response_id"]
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 1
    assert responses.removals(db) == [take["path"]]


# ---- questions -------------------------------------------------------------------------------


def test_rewording_a_question_leaves_what_was_asked(db: Database, asked: Asked) -> None:
    recorded = record(db, asked.candidate, asked.questions[0])
    written = write(db, asked.candidate, asked.questions[1], "Because.")
    db.as_user(asked.recruiter).run("update public.interview_questions set question = 'Reworded'")
    for answer, wording in [(recorded, "Question 1"), (written, "Question 2")]:
        assert responses.response_row(db, answer["response_id"])["question"] == wording
    write(db, asked.candidate, asked.questions[1], "Because, reworded.")
    assert responses.response_row(db, written["response_id"])["question"] == "Reworded"


@pytest.mark.parametrize("who", ["recruiter", "DBA"])
@pytest.mark.parametrize("answer", ["started", "uploaded", "written"])
def test_an_answered_question_cannot_be_deleted(
    db: Database, asked: Asked, who: str, answer: str
) -> None:
    begin = {"started": responses.start, "uploaded": record}.get(answer)
    if begin:
        begin(db, asked.candidate, asked.questions[0])
    else:
        write(db, asked.candidate, asked.questions[0], "Because.")
    speaker = db.as_user(asked.recruiter) if who == "recruiter" else db.as_owner()
    refusal = speaker.refused(DROP_QUESTION, asked.questions[0])
    assert (refusal.code, refusal.slug) == ("PT409", "question_answered")
    assert speaker.run(DROP_QUESTION, asked.questions[1]) == 1
    db.as_user(asked.candidate).value(DELETE, asked.interview)
    speaker = db.as_user(asked.recruiter) if who == "recruiter" else db.as_owner()
    assert speaker.run(DROP_QUESTION, asked.questions[0]) == 1


@pytest.mark.parametrize("who", ["recruiter", "DBA", "the candidate's account", "withdrawal"])
def test_what_is_deleted_takes_responses_along(db: Database, asked: Asked, who: str) -> None:
    paths = [record(db, asked.candidate, q)["path"] for q in asked.questions]
    responses.start(db, asked.candidate, asked.questions[0])
    db.as_user(asked.recruiter).run("select public.adjust_participant(%s, 1, 1)", asked.participant)
    if who == "the candidate's account":
        with db.superuser():
            db.run("delete from auth.users where id = %s", asked.candidate)
    elif who == "withdrawal":
        db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    else:
        speaker = db.as_user(asked.recruiter) if who == "recruiter" else db.as_owner()
        assert speaker.run("delete from public.interviews where id = %s", asked.interview) == 1
    # Keys that are checked at the end of a transaction are checked now.
    db.as_owner().run("set constraints all immediate")
    assert sorted(responses.removals(db)) == sorted(paths)
    assert db.rows("select from public.interview_responses") == []


def test_questions_go_with_their_interview_also_by_sql(db: Database, asked: Asked) -> None:
    """A DBA may delete participants, then questions, in one transaction."""
    record(db, asked.candidate, asked.questions[0])
    db.as_owner().run("delete from public.interview_participants")
    assert db.run(DROP_QUESTION, asked.questions[0]) == 1
    db.run("set constraints all immediate")
    assert len(responses.removals(db)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "status = 'started'",
        "status = 'uploaded', uploaded_at = null",
        "kind = 'text'",
        "answer = 'x'",
        "submitted_at = now() where status = 'started'",
        "take = 0",
        "kind = 'smell'",
        "status = 'lost'",
        "object_path = null",
    ],
)
def test_the_table_keeps_its_rules_from_dbas_too(db: Database, asked: Asked, change: str) -> None:
    record(db, asked.candidate, asked.questions[0])
    responses.start(db, asked.candidate, asked.questions[0])
    refusal = db.as_owner().refused(f"update public.interview_responses set {change}")
    assert refusal.code in {"23514", "PT409"}


@pytest.mark.parametrize("who", ["candidate", "recruiter", "service"])
def test_nobody_writes_the_table_past_the_functions(db: Database, asked: Asked, who: str) -> None:
    record(db, asked.candidate, asked.questions[0])
    speaker = db.as_service() if who == "service" else db.as_user(getattr(asked, who))
    for sql in [
        "update public.interview_responses set size_bytes = 1",
        "delete from public.interview_responses",
        "insert into public.interview_responses (id) values (gen_random_uuid())",
    ]:
        assert speaker.refused(sql).code == "42501"
