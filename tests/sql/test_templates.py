"""Templates: one's own, and those that are shipped once."""

from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from tests.kit.database import Database, Scene
from tests.kit.reviews import add_criteria

SHIPPED = Path(__file__).resolve().parents[2] / "supabase/schemas/87_shipped_templates.sql"
SAVE = "select public.save_template(%s, %s)"
QUESTION = {
    **{"question": "Why?", "max_seconds": 60, "max_takes": 1, "preparation_seconds": 0},
    "required": True,
}


def test_a_dozen_are_shipped_that_create_interview_takes(db: Database) -> None:
    db.as_user(db.account())
    templates = db.rows("select * from public.interview_templates where owner_id is null")
    assert len(templates) == 12
    for template in templates:
        questions, criteria = template["questions"], template["criteria"]
        assert 5 <= len(questions) <= 7
        assert all(30 <= q["max_seconds"] <= 180 and q["required"] for q in questions)
        assert len(criteria) >= 3
        assert all(len(set(c["levels"])) == 4 and c["description"] for c in criteria)
        made = db.value(
            "select public.create_interview(%s, questions => %s, question_settings => %s,"
            " criteria => %s)",
            template["name"],
            [q["question"] for q in questions],
            Jsonb([{k: v for k, v in q.items() if k != "question"} for q in questions]),
            Jsonb(criteria),
        )
        assert len(made["questions"]) == len(questions)


def test_what_a_dba_has_done_with_them_stays(db: Database) -> None:
    """However often the schema is applied."""
    names = "select array_agg(name order by name) from public.interview_templates"
    db.as_owner().run("delete from public.interview_templates where name = 'Nurse'")
    db.run("update public.interview_templates set name = 'Teller' where name = 'Accountant'")
    db.run("insert into public.interview_templates (owner_id, name) values (null, 'Our own')")
    before = db.value(names)
    assert {"Teller", "Our own"} <= set(before) and "Nurse" not in before
    db.connection.execute(SHIPPED.read_text(encoding="utf-8"))
    assert db.value(names) == before


def test_an_interview_is_saved_as_a_template(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter).run(
        "update public.interviews set description = 'About', response_kinds = '{text}',"
        " privacy_notice = 'Ours', analysis = 'off', language = 'de'"
    )
    db.run("delete from public.interview_questions")
    db.run(
        "insert into public.interview_questions"
        " (interview_id, question, order_index, max_seconds, max_takes, required)"
        " values (%s, 'Then?', 9, 90, 2, false), (%s, 'Why?', 3, 60, 1, true)",
        scene.interview,
        scene.interview,
    )
    add_criteria(db, scene.recruiter, scene.interview, "Zeal", "Care")
    title = db.as_user(scene.recruiter).value("select title from public.interviews")
    saved = db.value("select public.save_template(%s)", scene.interview)
    assert saved["name"] == title
    row = db.one("select * from public.interview_templates where id = %s", saved["template_id"])
    assert row["owner_id"] == scene.recruiter
    assert (row["interview_description"], row["privacy_notice"]) == ("About", "Ours")
    assert (row["response_kinds"], row["analysis"], row["language"]) == (["text"], "off", "de")
    second = {**QUESTION, "question": "Then?", "max_seconds": 90, "max_takes": 2}
    assert row["questions"] == [QUESTION, {**second, "required": False}]
    assert [c["name"] for c in row["criteria"]] == ["Zeal", "Care"]
    assert db.value(SAVE, scene.interview, " Mine ")["name"] == "Mine"
    for wrong in (" ", "x" * 101):
        assert db.refused(SAVE, scene.interview, wrong).slug == "invalid_template"
    other = db.account("other@example.com")
    assert db.as_user(other).refused(SAVE, scene.interview, "x").slug == "interview_not_found"


def test_own_ones_are_one_s_own_and_at_most_a_hundred(db: Database) -> None:
    recruiter, other = db.account(), db.account("other@example.com")
    own = "select name from public.interview_templates where owner_id is not null"
    insert = "insert into public.interview_templates (name) values ('Mine')"
    db.as_user(recruiter).run(insert)
    assert db.as_user(other).rows(own) == []
    assert db.run("update public.interview_templates set name = 'Theirs'") == 0
    assert db.run("delete from public.interview_templates") == 0
    db.as_user(recruiter)
    assert db.run("update public.interview_templates set name = 'Renamed'") == 1, "nor shipped ones"
    many = "insert into public.interview_templates (name) select n::text from generate_series(1, "
    assert db.refused(many + "100) as n").slug == "too_many_templates"
    db.run(many + "99) as n")
    assert db.refused(insert).slug == "too_many_templates"
    # An account that may not recruit sees none.
    db.as_owner().run("update private.settings set require_recruiter_role = true")
    db.as_user(other)
    assert db.rows("select from public.interview_templates") == []
    assert db.refused(insert).code == "42501"
    with db.superuser():
        db.run("delete from auth.users where id = %s", recruiter)
    assert db.as_owner().rows(own) == []


def test_questions_are_as_interviews_take_them(db: Database) -> None:
    db.as_user(db.account())
    insert = "insert into public.interview_templates (name, questions) values ('Mine', %s)"
    db.run(insert, Jsonb([QUESTION] * 100))
    # As much text as an interview may have, however JSON writes it.
    db.run(insert, Jsonb([{**QUESTION, "question": '"' * 10_000}] * 100))
    refused: list[Any] = [
        *({}, [1], [{}], [QUESTION] * 101, [{**QUESTION, "more": 1}]),
        [{**QUESTION, "question": " "}],
        [{**QUESTION, "question": 1}],
        [{**QUESTION, "question": "x" * 100_001}],
        [{**QUESTION, "question": "x" * 10_001}] * 100,
        [{**QUESTION, "max_seconds": 9}],
        [{**QUESTION, "max_seconds": 601}],
        [{**QUESTION, "max_seconds": "60"}],
        [{**QUESTION, "max_takes": 0}],
        [{**QUESTION, "max_takes": 11}],
        [{**QUESTION, "preparation_seconds": 601}],
        [{**QUESTION, "preparation_seconds": 0.5}],
        [{**QUESTION, "required": None}],
    ]
    for wrong in refused:
        assert db.refused(insert, Jsonb(wrong)).code == "23514", wrong
