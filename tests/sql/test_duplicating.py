"""duplicate_interview: the same content, and nobody in it."""

from typing import Any

from psycopg.types.json import Jsonb

from tests.kit.database import Database, Scene
from tests.kit.reviews import add_criteria

DUPLICATE = "select public.duplicate_interview(%s)"
RENAMED = "select public.duplicate_interview(%s, %s)"


def test_all_but_people_and_deadline_is_copied(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter).run(
        "update public.interviews set description = 'About', deadline = now() + interval '1 day',"
        " company_number = '7', response_kinds = '{text}', privacy_notice = 'Ours',"
        " analysis = 'off', language = 'de', archived_at = now(), status = 'inactive'"
    )
    db.run("delete from public.interview_questions")
    db.run(
        "insert into public.interview_questions (interview_id, question, order_index, max_seconds,"
        " max_takes, preparation_seconds, required)"
        " values (%s, 'Second?', 7, 60, 1, 30, true), (%s, 'First?', 2, 90, 2, 0, false)",
        scene.interview,
        scene.interview,
    )
    add_criteria(db, scene.recruiter, scene.interview, "Zeal", "Clarity")
    db.run("update public.interview_criteria set terms = '{deploy}' where name = 'Zeal'")
    made = db.as_user(scene.recruiter).value(DUPLICATE, scene.interview)
    assert made["title"].endswith(" (copy)")
    content = (
        "select description, company_number, response_kinds, privacy_notice, analysis, language,"
        " (select jsonb_agg(to_jsonb(q) - '{id,interview_id,created_at,updated_at}'::text[]"
        "   order by q.order_index) from public.interview_questions q"
        "   where q.interview_id = n.id) as questions,"
        " (select jsonb_agg(to_jsonb(c) - '{id,interview_id,created_at,updated_at}'::text[]"
        "   order by c.created_at, c.id) from public.interview_criteria c"
        "   where c.interview_id = n.id) as criteria"
        " from public.interviews n where n.id = %s"
    )
    copy = db.one(content, made["interview_id"])
    assert copy == db.one(content, scene.interview)
    assert [c["name"] for c in copy["criteria"]] == ["Zeal", "Clarity"]
    row = db.one("select * from public.interview_stats where title = %s", made["title"])
    assert (row["status"], row["deadline"], row["archived_at"]) == ("active", None, None)
    assert (row["invited"], row["joined"]) == (0, 0)


def test_another_title_and_the_rules_of_titles(db: Database, scene: Scene) -> None:
    db.as_user(scene.recruiter)
    assert db.value(RENAMED, scene.interview, "  Round 2 ")["title"] == "Round 2"
    assert db.refused(RENAMED, scene.interview, " ").slug == "invalid_title"
    assert db.refused(RENAMED, scene.interview, "See www.example.com").slug == "text_not_allowed"
    db.run("update public.interviews set title = repeat('x', 255)")
    assert len(db.value(DUPLICATE, scene.interview)["title"]) == 255


def test_only_one_s_own_within_the_limit(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    assert db.as_user(scene.candidate).refused(DUPLICATE, scene.interview).slug == (
        "interview_not_found"
    )
    db.as_owner().run("update private.settings set interviews_per_account = 1")
    assert db.as_user(scene.recruiter).refused(DUPLICATE, scene.interview).slug == (
        "too_many_interviews"
    )


def test_create_interview_takes_criteria(db: Database) -> None:
    create = "select public.create_interview('Mine', criteria => %s)"
    criterion = {"name": "Clarity", "description": "", "levels": ["a", "b", "c", "d"], "terms": []}
    second = {**criterion, "name": "Care", "terms": ["deploy"]}
    db.as_user(db.account())
    db.value(create, Jsonb([criterion, second]))
    rows = db.rows(
        "select name, description, levels, terms from public.interview_criteria order by created_at"
    )
    assert rows == [criterion, second]
    refused: list[Any] = [
        *({}, [None], [{}], [{**criterion, "more": 1}], [criterion] * 21),
        [{**criterion, "name": " "}],
        [{**criterion, "name": "x" * 101}],
        [{**criterion, "name": None}],
        [{**criterion, "description": "x" * 2001}],
        [{**criterion, "levels": ["a", "b", "c"]}],
        [{**criterion, "levels": ["a", "b", "c", " "]}],
        [{**criterion, "levels": ["a", "b", "c", 4]}],
        [{**criterion, "terms": [" deploy"]}],
        [{**criterion, "terms": [None]}],
        *([{**criterion, "terms": [term]}] for term in (1, True, {"a": 1})),
    ]
    for wrong in refused:
        assert db.refused(create, Jsonb(wrong)).slug == "invalid_criteria", wrong
    assert db.value("select count(*) from public.interviews") == 1
