"""create_interview: interview, questions and invites in one transaction."""

from typing import Any

import pytest

from tests.kit.database import Database, Scene

CALL = (
    "select public.create_interview(title => %(title)s, description => %(description)s,"
    " company_number => '42',"
    " questions => %(questions)s::text[], emails => %(emails)s::text[],"
    " deadline => %(deadline)s::timestamptz, recruiter_name => 'Bob',"
    " privacy_notice => %(privacy_notice)s)"
)
GIVEN: dict[str, Any] = {
    "title": "Frontend Developer Assessment",
    "description": "D",
    "questions": ["Tell me about your experience with React", "Describe a challenging project"],
    "emails": ["candidate1@example.com", "nobody", "candidate2@example.com"],
    "deadline": "2100-01-01",
    "privacy_notice": " We keep your answers\nfor a year. ",
}


def test_everything_at_once(db: Database) -> None:
    recruiter = db.account()
    answer = db.as_user(recruiter).value(CALL, GIVEN)
    interview = db.one("select * from public.interviews")
    assert str(interview["id"]) == answer["interview_id"]
    assert {
        "title": GIVEN["title"],
        "description": "D",
        "company_number": "42",
        "recruiter_id": recruiter,
        "status": "active",
        "privacy_notice": "We keep your answers\nfor a year.",
    }.items() <= interview.items()
    assert interview["deadline"].year == 2100
    questions = db.rows(
        "select id::text, question, order_index from public.interview_questions"
        " order by order_index"
    )
    assert answer["questions"] == questions
    assert [q["question"] for q in questions] == GIVEN["questions"]
    assert [q["order_index"] for q in questions] == [1, 2]
    assert [(i["email"], i["outcome"]) for i in answer["invites"]] == [
        ("candidate1@example.com", "created"),
        ("nobody", "invalid_email"),
        ("candidate2@example.com", "created"),
    ]
    names = db.rows("select distinct recruiter_name from public.interview_invites")
    assert names == [{"recruiter_name": "Bob"}]


def test_only_the_title_is_needed(db: Database) -> None:
    db.as_user(db.account())
    answer = db.value("select public.create_interview('T')")
    assert (answer["questions"], answer["invites"]) == ([], [])
    nothing = {**dict.fromkeys(GIVEN), "title": "T"}
    assert db.value(CALL, nothing)["invites"] == []


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"title": None}, "invalid_title"),
        ({"title": "  "}, "invalid_title"),
        ({"title": "\n\u00a0\u200b\u2060"}, "invalid_title"),
        ({"title": "\u2028\x85"}, "invalid_title"),
        ({"questions": ["Why?", "\u2028\x85"]}, "empty_question"),
        ({"questions": ["Why?", "\u00a0\n"]}, "empty_question"),
        ({"deadline": "infinity"}, "invalid_deadline"),
        ({"deadline": "20000-01-01"}, "invalid_deadline"),
        ({"title": "x" * 256}, "invalid_title"),
        ({"questions": ["Q", " "]}, "empty_question"),
        ({"questions": ["Q", None]}, "empty_question"),
        ({"questions": [""] * 101}, "too_many_questions"),
        ({"questions": ["Q", "x" * 100_001]}, "question_too_long"),
        ({"description": "x" * 100_001}, "description_too_long"),
        ({"privacy_notice": "x" * 5001}, "privacy_notice_too_long"),
        ({"emails": ["x@example.com"] * 10_001}, "too_many_emails"),
        ({"deadline": "2001-01-01"}, "interview_closed"),
    ],
)
def test_a_refusal_leaves_nothing_behind(db: Database, change: dict[str, Any], slug: str) -> None:
    db.as_user(db.account())
    assert db.refused(CALL, {**GIVEN, **change}).slug == slug
    assert db.rows("select from public.interviews") == []


def test_blanks_around_the_title_do_not_count(db: Database) -> None:
    db.as_user(db.account())
    db.value(CALL, {**GIVEN, "title": f"  {'x' * 255}  "})
    assert db.value("select title from public.interviews") == "x" * 255


def test_only_confirmed_accounts_recruit(db: Database) -> None:
    for account in [db.account(confirmed=False), db.account(anonymous=True)]:
        refusal = db.as_user(account).refused(CALL, GIVEN)
        assert (refusal.code, refusal.slug) == ("PT403", "email_not_confirmed")


# ---- the company's privacy notice ------------------------------------------------------------


@pytest.mark.parametrize("notice", [None, "", " \n\u00a0"])
def test_a_blank_notice_is_none(db: Database, notice: str | None) -> None:
    db.as_user(db.account())
    db.value(CALL, {**GIVEN, "privacy_notice": notice})
    assert db.value("select privacy_notice from public.interviews") is None


def test_candidates_read_the_notice_and_recruiters_change_it(db: Database, scene: Scene) -> None:
    change = "update public.interviews set privacy_notice = %s where id = %s returning updated_at"
    long_ago = db.as_user(scene.recruiter).value("select updated_at from public.interviews")
    db.pass_time("1 day")
    assert db.as_user(scene.recruiter).value(change, "🎨" * 5000, scene.interview) == long_ago
    assert db.refused(change, "x" * 5001, scene.interview).code == "23514"
    db.accept(scene.candidate, scene.code)
    assert db.value("select privacy_notice from public.interviews") == "🎨" * 5000
    assert db.rows(change, "Mine", scene.interview) == []


# ---- how it is answered ----------------------------------------------------------------------

SETTINGS = (
    "select public.create_interview('T', questions => %s::text[], question_settings => %s::jsonb)"
)
KINDS = "select public.create_interview('T', response_kinds => %s::text[])"
COLUMNS = "max_seconds, max_takes, preparation_seconds, required"
DEFAULTS = (180, 3, 0, False)


def settings_of_questions(db: Database) -> list[tuple[Any, ...]]:
    rows = db.rows(f"select {COLUMNS} from public.interview_questions order by order_index")
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (None, [DEFAULTS, DEFAULTS]),
        ("null", [DEFAULTS, DEFAULTS]),
        ("[]", [DEFAULTS, DEFAULTS]),
        ("[{}, {}]", [DEFAULTS, DEFAULTS]),
        ("[null, null]", [DEFAULTS, DEFAULTS]),
        ('[{"required": true}]', [(180, 3, 0, True), DEFAULTS]),
        ('[null, {"max_seconds": 10, "max_takes": 1}]', [DEFAULTS, (10, 1, 0, False)]),
        (
            '[{"max_seconds": 600, "max_takes": 10, "preparation_seconds": 600, "required": false},'
            ' {"preparation_seconds": 0, "required": true}]',
            [(600, 10, 600, False), (180, 3, 0, True)],
        ),
    ],
)
def test_settings_of_questions_by_position(
    db: Database, settings: str | None, expected: list[tuple[Any, ...]]
) -> None:
    db.as_user(db.account())
    answer = db.value(SETTINGS, ["Why?", "How?"], settings)
    assert [question["question"] for question in answer["questions"]] == ["Why?", "How?"]
    assert settings_of_questions(db) == expected


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        ("{}", 1),
        ('"required"', 1),
        ("1", 1),
        ("true", 1),
        ('{"0": {"required": true}}', 1),
        ("[[]]", 1),
        ('["required"]', 1),
        ("[{}, 5]", 2),
        ("[{}, {}, {}]", 3),
        ("[{}, {}, null]", 3),
        ('[{"required": "true"}]', 1),
        ('[{"required": 1}]', 1),
        ('[{"required": null}]', 1),
        ('[{}, {"max_seconds": 9}]', 2),
        ('[{"max_seconds": 601}]', 1),
        ('[{"max_seconds": -180}]', 1),
        ('[{"max_seconds": 180.5}]', 1),
        ('[{"max_seconds": "180"}]', 1),
        ('[{"max_seconds": null}]', 1),
        ('[{"max_seconds": [180]}]', 1),
        ('[{"max_seconds": 1e99}]', 1),
        ('[{"max_seconds": 99999999999999999999}]', 1),
        ('[{"max_takes": 0}]', 1),
        ('[{"max_takes": 11}]', 1),
        ('[{"max_takes": true}]', 1),
        ('[{"preparation_seconds": 601}]', 1),
        ('[{"preparation_seconds": -1}]', 1),
        ('[{"question": "Another?"}]', 1),
        ('[{"Required": true}]', 1),
        ('[{"": 1}]', 1),
    ],
)
def test_wrong_settings_of_questions(db: Database, settings: str, number: int) -> None:
    db.as_user(db.account())
    refusal = db.refused(SETTINGS, ["Why?", "How?"], settings)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_question_settings")
    assert f"question {number} " in (refusal.message or "")
    assert db.rows("select from public.interviews") == []


def test_settings_without_questions(db: Database) -> None:
    db.as_user(db.account())
    assert db.refused(SETTINGS, [], "[{}]").slug == "invalid_question_settings"
    assert db.value(SETTINGS, [], "[]")["questions"] == []


@pytest.mark.parametrize(
    ("kinds", "stored"),
    [
        (None, ["video", "audio"]),
        (["text"], ["text"]),
        (["audio", "video", "text"], ["audio", "video", "text"]),
    ],
)
def test_kinds_of_responses(db: Database, kinds: list[str] | None, stored: list[str]) -> None:
    db.as_user(db.account())
    db.value(KINDS, kinds)
    assert db.value("select response_kinds from public.interviews") == stored


@pytest.mark.parametrize(
    "kinds",
    [
        [],
        ["video", None],
        [None],
        ["Video"],
        ["video", "smell"],
        [""],
        ["video"] * 4,
        ["text"] * 100_000,
    ],
    ids=lambda kinds: str(kinds)[:40],
)
def test_wrong_kinds_of_responses(db: Database, kinds: list[str | None]) -> None:
    recruiter = db.account()
    refusal = db.as_user(recruiter).refused(KINDS, kinds)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_response_kinds")
    interview = db.interview(recruiter)
    refusal = db.refused(
        "update public.interviews set response_kinds = %s where id = %s", kinds, interview
    )
    assert refusal.code == "23514"
