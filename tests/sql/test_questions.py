"""The table interview_questions, and reorder_questions."""

import uuid

import pytest

from tests.kit.database import Database, Scene

INSERT = (
    "insert into public.interview_questions (interview_id, question, order_index)"
    " values (%s, %s, %s) returning id"
)


@pytest.fixture
def questions(db: Database, scene: Scene) -> list[uuid.UUID]:
    db.as_user(scene.recruiter)
    return [db.value(INSERT, scene.interview, f"Question {n}", n) for n in (1, 2, 3)]


def order(db: Database) -> list[uuid.UUID]:
    return [
        row["id"]
        for row in db.rows("select id from public.interview_questions order by order_index")
    ]


@pytest.mark.parametrize(
    ("question", "position", "code"),
    [
        (" ", 9, "23514"),
        ("x" * 100_001, 9, "23514"),
        (None, 9, "23502"),
        ("Q", -1, "23514"),
        ("Q", None, "23502"),
        ("Q", 2, "23505"),
    ],
)
def test_what_it_refuses(
    db: Database,
    scene: Scene,
    questions: list[uuid.UUID],
    question: str | None,
    position: int | None,
    code: str,
) -> None:
    assert db.refused(INSERT, scene.interview, question, position).code == code


def test_another_interview_counts_for_itself(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    assert db.value(INSERT, db.interview(scene.recruiter), "Q", 2)


def test_two_may_change_places_in_one_statement(db: Database, questions: list[uuid.UUID]) -> None:
    db.run("update public.interview_questions set order_index = 4 - order_index")
    assert order(db) == questions[::-1]


def test_stamps_and_owner_are_the_database_s_own(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    other = db.account()
    db.as_owner().run(
        "update public.interview_questions set created_at = '2001-01-01', recruiter_id = %s", other
    )
    rows = db.rows(
        "select distinct created_at = now() as now, recruiter_id from public.interview_questions"
    )
    assert rows == [{"now": True, "recruiter_id": scene.recruiter}]


def test_no_stamp_comes_along(db: Database, scene: Scene) -> None:
    row = db.as_owner().one(
        "insert into public.interview_questions"
        " (interview_id, question, order_index, created_at, updated_at)"
        " values (%s, 'Q', 9, '2001-01-01', '2001-01-01') returning *",
        scene.interview,
    )
    assert row["created_at"] == row["updated_at"] == db.value("select now()")


def test_a_change_is_stamped_and_a_new_place_is_none(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    """Two people who edit one question at once rely on it."""
    table = "public.interview_questions"
    long_ago = f"update {table} set updated_at = '2001-01-01'"
    with db.without_triggers():
        db.run(long_ago)
    stamped = f"select id from {table} where updated_at = now()"
    db.as_owner().run(f"update {table} set updated_at = now()")
    db.run(f"update {table} set order_index = 4 - order_index, question = question")
    assert db.rows(stamped) == []
    changes = ["question = question || '!'", "max_seconds = 60", "max_takes = 1"]
    changes += ["preparation_seconds = 5", "required = not required"]
    for change in changes:
        with db.without_triggers():
            db.run(long_ago)
        db.run(f"update {table} set {change} where id = %s", questions[0])
        assert db.rows(stamped) == [{"id": questions[0]}], change


def test_the_owner_is_told_of_a_missing_interview(db: Database) -> None:
    for missing in [uuid.uuid4(), None]:
        refusal = db.as_owner().refused(INSERT, missing, "Q", 1)
        assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")


# ---- how much text -------------------------------------------------------------------------

LENGTHEN = "update public.interview_questions set question = repeat(%s, %s) where interview_id = %s"


@pytest.mark.parametrize(("letter", "letters"), [("a", 100_000), ("ä", 50_000), ("😀", 25_000)])
def test_rewording_makes_no_more_text_than_a_call_may_have(
    db: Database, scene: Scene, letter: str, letters: int
) -> None:
    db.as_user(scene.recruiter)
    for n in range(11):
        db.value(INSERT, scene.interview, f"Question {n}", n)
    refusal = db.refused(LENGTHEN, letter, letters, scene.interview)
    assert (refusal.code, refusal.slug) == ("PT413", "too_many_questions")
    assert db.run(f"{LENGTHEN} and order_index < 9", letter, letters, scene.interview) == 9
    last = f"{LENGTHEN} and order_index = 9"
    assert db.run(last, letter, letters - 100, scene.interview) == 1
    assert db.refused(last, letter, letters, scene.interview).slug == "too_many_questions"
    another = db.interview(scene.recruiter, "Another one")
    db.value(INSERT, another, "Q", 9)
    assert db.run(last, letter, letters, another) == 1


def test_more_text_than_allowed_may_shrink_and_move(db: Database, scene: Scene) -> None:
    """A DBA, a restore or an earlier release may have written it."""
    db.as_owner()
    for n in range(102):
        db.value(INSERT, scene.interview, "a" * 10_000, n)
    db.as_user(scene.recruiter)
    assert db.run("update public.interview_questions set order_index = 101 - order_index") == 102
    assert db.run("update public.interview_questions set max_takes = 2") == 102
    change = f"{LENGTHEN} and order_index = 5"
    assert db.refused(change, "b", 10_001, scene.interview).slug == "too_many_questions"
    assert db.run(change, "b", 10_000, scene.interview) == 1
    assert db.run(change, "b", 9_999, scene.interview) == 1
    assert db.as_owner().run(change, "b", 100_000, scene.interview) == 1


# ---- reorder_questions ---------------------------------------------------------------------


def test_reordering_numbers_from_one(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    db.value(INSERT, db.interview(scene.recruiter, "Another of theirs"), "Not concerned", 7)
    wanted = [questions[2], questions[0], questions[1]]
    answer = db.value("select public.reorder_questions(%s, %s)", scene.interview, wanted)
    assert answer == [
        {"id": str(question), "order_index": position}
        for position, question in enumerate(wanted, start=1)
    ]
    assert order(db)[:3] == wanted


def test_reordering_nothing(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    assert db.value("select public.reorder_questions(%s, '{}')", scene.interview) == []


def test_a_dba_reorders_too(db: Database, scene: Scene, questions: list[uuid.UUID]) -> None:
    db.as_owner().value("select public.reorder_questions(%s, %s)", scene.interview, questions[::-1])
    assert order(db) == questions[::-1]


@pytest.mark.parametrize("given", [[0, 1], [0, 1, 1], [0, 1, 2, 2], [], [0, 1, 2, None]])
def test_the_order_names_every_question_once(
    db: Database, scene: Scene, questions: list[uuid.UUID], given: list[int | None]
) -> None:
    ids = [None if n is None else questions[n] for n in given]
    refusal = db.refused("select public.reorder_questions(%s, %s::uuid[])", scene.interview, ids)
    assert (refusal.code, refusal.slug) == ("PT409", "question_ids_mismatch")
    assert order(db) == questions


def test_no_foreign_question_slips_in(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    elsewhere = db.interview(scene.recruiter)
    foreign = db.value(INSERT, elsewhere, "Q", 7)
    ids = [*questions[:2], foreign]
    refusal = db.refused("select public.reorder_questions(%s, %s)", scene.interview, ids)
    assert refusal.slug == "question_ids_mismatch"
    assert db.refused("select public.reorder_questions(%s, null)", scene.interview).slug == (
        "question_ids_mismatch"
    )


def test_a_participant_reads_but_does_not_reorder(
    db: Database, scene: Scene, questions: list[uuid.UUID]
) -> None:
    db.accept(scene.candidate, scene.code)
    assert order(db) == questions
    refusal = db.refused("select public.reorder_questions(%s, %s)", scene.interview, questions)
    assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")


@pytest.mark.parametrize(
    ("column", "least", "most"),
    [("max_seconds", 10, 600), ("max_takes", 1, 10), ("preparation_seconds", 0, 600)],
)
def test_settings_of_recording_have_bounds(
    db: Database, column: str, least: int, most: int
) -> None:
    scene = db.scene()
    db.as_user(scene.recruiter).run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Why?', 1)",
        scene.interview,
    )
    change = f"update public.interview_questions set {column} = %s"
    for allowed in (least, most):
        assert db.run(change, allowed) == 1
    for refused in (least - 1, most + 1):
        assert db.refused(change, refused).code == "23514"
