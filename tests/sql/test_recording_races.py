"""Uploads and answers while something else is open on another connection: before, or after."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.kit import responses
from tests.kit.database import Database, Refusal, Row, at_once, committed
from tests.kit.responses import CONSENT, DELETE, INSERT, START, WRITE, Asked, is_not_awaited
from tests.sql.jobs import maintain
from tests.sql.locks import Act, slug, waited

Acts = Callable[[Asked, Database], Row]


def says(user: str, sql: str, *values: str) -> Acts:
    """What a person of the scene does by one statement; values are names in the scene."""

    def act(asked: Asked, db: Database) -> Row:
        db.as_user(getattr(asked, user))
        given = [getattr(asked, name, name) for name in values]
        rows = db.rows(sql, *given)
        return rows[0] if rows else {}

    return act


def first_question(sql: str, *more: str) -> Acts:
    """What the candidate does about the first question."""
    return lambda asked, db: db.as_user(asked.candidate).one(sql, asked.questions[0], *more)


def delete_account(asked: Asked, db: Database) -> Row:
    with db.superuser():
        db.run("delete from auth.users where id = %s", asked.candidate)
    return {}


def transfer(asked: Asked, db: Database) -> Row:
    heir = db.account("heir@example.com")
    return db.as_service().one(
        "select public.transfer_interviews(%s, %s, 10)", asked.recruiter, heir
    )


ENDS: dict[str, Acts] = {
    "complete": says("candidate", responses.COMPLETE, "interview"),
    "complete by an update": says(
        "candidate", "update public.interview_participants set status = 'completed' returning id"
    ),
    "withdraw": says("candidate", responses.WITHDRAW, "interview"),
    "delete my responses": says("candidate", DELETE, "interview"),
    "withdraw consent": says("candidate", CONSENT, "interview", "false"),
    "another take": first_question(START, "video/webm"),
    "replace by text": first_question("select public.write_response(%s, 'Because.', true)"),
    "delete the interview": says("recruiter", "delete from public.interviews returning id"),
    "delete the account": delete_account,
}


def begin(url: str, asked: Asked) -> Row:
    """A take of the first question whose bytes are on their way, and one before it."""
    with committed(url) as db:
        responses.record(db, asked.candidate, asked.questions[0])
        return responses.start(db, asked.candidate, asked.questions[0])


def store(take: Row) -> Act:
    """Storage inserts the row of a take."""
    return lambda db: db.as_service().run(
        INSERT, *responses.row_of(take["path"], responses.stored())
    )


ANSWERS: dict[str, Acts] = {
    "start": first_question(START, "video/webm"),
    "write": lambda asked, db: responses.write(db, asked.candidate, asked.questions[1], "Because."),
    "empty": lambda asked, db: responses.write(db, asked.candidate, asked.questions[0], ""),
}


@pytest.mark.parametrize("act", ["upload", *ANSWERS, *[end for end in ENDS if "the" not in end]])
def test_nobody_who_answers_locks_the_interview_or_an_account(
    url: str, answering: Asked, act: str
) -> None:
    """A transfer or deletion holds these and waits for the participant: it would be a deadlock."""
    take = begin(url, answering)
    with committed(url) as first, committed(url) as second:
        if act == "upload":
            store(take)(first)
        else:
            {**ANSWERS, **ENDS}[act](answering, first)
        first.as_owner().run("set constraints all immediate")
        second.run("reset role")
        assert second.run("select from public.interviews for update nowait") == 1
        assert second.run("select from auth.users for update nowait") == 2


def assert_nothing_is_left(url: str) -> None:
    with committed(url) as db:
        assert responses.faults(db) == {}


@pytest.mark.parametrize("end", ENDS)
def test_an_upload_while_it_ends(url: str, answering: Asked, end: str) -> None:
    take = begin(url, answering)
    refusal = waited(url, partial(ENDS[end], answering), store(take))
    assert is_not_awaited(refusal)
    assert_nothing_is_left(url)


@pytest.mark.parametrize("end", ENDS)
def test_it_ends_while_an_upload_is_inserted(url: str, answering: Asked, end: str) -> None:
    take = begin(url, answering)
    answer = waited(url, store(take), partial(ENDS[end], answering))
    assert not isinstance(answer, Refusal)
    assert_nothing_is_left(url)
    with committed(url) as db:
        gone = take["path"] in responses.removals(db)
        submitted = db.value(
            "select count(*) from public.interview_responses where submitted_at > '-infinity'"
        )
        assert gone == (not end.startswith("complete") and end != "another take")
        assert submitted == (1 if end.startswith("complete") else 0)


@pytest.mark.parametrize("end", ["delete my responses", "withdraw consent"])
def test_who_has_withdrawn_meanwhile_takes_nothing_back(
    url: str, answering: Asked, end: str
) -> None:
    answer = waited(url, *(partial(ENDS[one], answering) for one in ("withdraw", end)))
    assert slug(answer) == "participation_not_found"


def test_two_uploads_to_one_path(url: str, answering: Asked) -> None:
    take = begin(url, answering)
    assert is_not_awaited(waited(url, store(take), store(take)))
    assert_nothing_is_left(url)


@pytest.mark.parametrize("order", ["upload first", "transfer first"])
def test_an_upload_while_the_interview_is_transferred(
    url: str, answering: Asked, order: str
) -> None:
    take = begin(url, answering)
    move = partial(transfer, answering)
    acts: list[Act] = [store(take), move] if order == "upload first" else [move, store(take)]
    assert not isinstance(waited(url, *acts), Refusal)
    assert_nothing_is_left(url)
    with committed(url) as db:
        owners = {
            row["recruiter_id"]
            for row in db.as_owner().rows("select recruiter_id from public.interview_responses")
        }
        assert owners == {db.value("select id from auth.users where email = 'heir@example.com'")}


# ---- beginning -------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [START, WRITE], ids=["start", "write"])
@pytest.mark.parametrize("end", ["complete", "withdraw", "delete the interview"])
def test_an_answer_that_comes_after_the_end(
    url: str, answering: Asked, what: str, end: str
) -> None:
    answer = partial(first_question(what, "video/webm"), answering)
    assert slug(waited(url, partial(ENDS[end], answering), answer)) == (
        "already_submitted" if end == "complete" else "question_not_found"
    )
    assert_nothing_is_left(url)


@pytest.mark.parametrize("what", [START, WRITE], ids=["start", "write"])
@pytest.mark.parametrize("end", ["complete", "withdraw", "delete the interview"])
def test_the_end_after_an_answer(url: str, answering: Asked, what: str, end: str) -> None:
    answer = partial(first_question(what, "video/webm"), answering)
    assert not isinstance(waited(url, answer, partial(ENDS[end], answering)), Refusal)
    assert_nothing_is_left(url)


DROP_QUESTION = says(
    "recruiter", "delete from public.interview_questions where order_index = 1 returning id"
)


@pytest.mark.parametrize("what", [START, WRITE], ids=["start", "write"])
def test_an_answer_while_its_question_is_deleted(url: str, answering: Asked, what: str) -> None:
    answer = partial(first_question(what, "video/webm"), answering)
    assert slug(waited(url, partial(DROP_QUESTION, answering), answer)) == "question_not_found"
    assert_nothing_is_left(url)


@pytest.mark.parametrize("what", [START, WRITE], ids=["start", "write"])
def test_a_question_that_is_deleted_while_it_is_answered(
    url: str, answering: Asked, what: str
) -> None:
    answer = partial(first_question(what, "video/webm"), answering)
    assert slug(waited(url, answer, partial(DROP_QUESTION, answering))) == "question_answered"
    assert_nothing_is_left(url)


@pytest.mark.parametrize("order", ["start first", "transfer first"])
def test_an_answer_while_the_interview_is_transferred(
    url: str, answering: Asked, order: str
) -> None:
    begin_take = partial(first_question(START, "video/webm"), answering)
    acts = [begin_take, partial(transfer, answering)]
    assert not isinstance(waited(url, *(acts if order == "start first" else acts[::-1])), Refusal)
    assert_nothing_is_left(url)


# ---- two tabs --------------------------------------------------------------------------------


def test_two_tabs_begin_the_last_take(url: str, answering: Asked) -> None:
    """The later one goes on; what the other one records is not awaited any more."""
    with committed(url) as db:
        db.as_user(answering.recruiter).run("update public.interview_questions set max_takes = 1")
    begin_take = partial(first_question(START, "video/webm"), answering)
    first, second = at_once(url, [begin_take, begin_take])
    assert isinstance(first, dict) and isinstance(second, dict)
    paths = {take["start_response"]["path"] for take in (first, second)}
    with committed(url) as db:
        awaited = {
            row["name"]
            for row in db.as_user(answering.candidate).rows(
                "select private.awaited_paths() as name"
            )
        }
        assert len(awaited) == 1 and awaited < paths
        (lost,) = paths - awaited
        responses.store(db, *awaited)
        assert is_not_awaited(responses.refused_store(db, lost))
    assert_nothing_is_left(url)


def test_two_tabs_save_the_first_text(url: str, answering: Asked) -> None:
    texts = [partial(first_question(WRITE, f"Text {n}"), answering) for n in range(8)]
    answers = at_once(url, texts)
    assert [answer for answer in answers if isinstance(answer, Refusal)] == []
    with committed(url) as db:
        assert responses.states(db, answering.participant) == ["text uploaded"]
    assert_nothing_is_left(url)


def test_a_text_while_a_recording_is_uploaded_in_another_tab(url: str, answering: Asked) -> None:
    take = begin(url, answering)
    write = partial(first_question(WRITE, "Because."), answering)
    assert slug(waited(url, store(take), write)) == "response_exists"
    assert_nothing_is_left(url)


# ---- many ------------------------------------------------------------------------------------


def join_many(url: str, asked: Asked, count: int) -> list[Asked]:
    """So many candidates of one interview, each with a take of the first question under way."""
    people = []
    with committed(url) as db:
        for n in range(count):
            email = f"many{n}@example.com"
            candidate = db.account(email)
            invite = db.invite(asked.recruiter, asked.interview, email)
            db.accept(candidate, invite["invite_code"])
            db.value(CONSENT, asked.interview, True)
            participant = db.participant_row(asked.interview, candidate)["id"]
            people.append(
                Asked(**{**vars(asked), "candidate": candidate, "participant": participant})
            )
    return people


def answer_all(asked: Asked, db: Database) -> int:
    """Two takes of each question, each statement a transaction; returns how many were admitted."""
    admitted = 0
    for question in asked.questions * 2:
        take = responses.start(db, asked.candidate, question)
        db.connection.commit()
        responses.probe(db.as_user(asked.candidate), take["path"])
        responses.store(db, take["path"])
        db.connection.commit()
        admitted += 1
    return admitted


def answer_and_submit(asked: Asked, db: Database) -> int:
    """As answer_all, then submits."""
    admitted = answer_all(asked, db)
    db.as_user(asked.candidate).value(responses.COMPLETE, asked.interview)
    return admitted


def seen_by_the_heir(url: str) -> int:
    """How many recordings the new recruiter reads and may fetch."""
    with committed(url) as db:
        heir = db.as_owner().value("select id from auth.users where email = 'heir@example.com'")
        count: int = db.as_user(heir).value(
            "select count(*) from public.interview_responses r"
            " join storage.objects o on o.name = r.object_path"
        )
        return count


many = pytest.mark.parametrize("count", [8, pytest.param(64, marks=pytest.mark.proof)])


@many
def test_many_upload_and_submit_at_once(url: str, answering: Asked, count: int) -> None:
    """While the interview moves to another recruiter and maintenance runs."""
    people = join_many(url, answering, count)
    calls: list[Callable[[Database], object]] = [
        partial(answer_and_submit, person) for person in people
    ]
    calls += [partial(transfer, answering), maintain]
    results = at_once(url, calls)
    assert results[:-2] == [4] * count
    assert [answer for answer in results[-2:] if isinstance(answer, Refusal)] == []
    assert_nothing_is_left(url)
    assert seen_by_the_heir(url) == 2 * count


@many
def test_many_submit_while_they_upload(url: str, answering: Asked, count: int) -> None:
    """Those who have submitted are told so; nothing else fails, and nothing is half submitted."""
    people = join_many(url, answering, count)
    calls: list[Callable[[Database], object]] = [partial(answer_all, person) for person in people]
    calls += [partial(ENDS["complete"], person) for person in people]
    calls += [partial(transfer, answering), maintain]
    results = at_once(url, calls)
    for answer in results[:count]:
        if isinstance(answer, Refusal):
            assert is_not_awaited(answer) or answer.slug == "already_submitted"
    assert [answer for answer in results[count:] if isinstance(answer, Refusal)] == []
    assert_nothing_is_left(url)
    with committed(url) as db:
        uploaded = db.as_owner().value(
            "select count(*) from public.interview_responses where status = 'uploaded'"
        )
    assert seen_by_the_heir(url) == uploaded
