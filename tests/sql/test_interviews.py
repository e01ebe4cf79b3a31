"""The rules of the table interviews, for every writer."""

import itertools
import uuid

import pytest

from tests.kit.database import Database, Scene
from tests.sql.jobs import claim

STATUSES = ["active", "inactive", "completed"]
TITLES = [
    "Frontend Developer Assessment",
    'O\'Brien & "Sons" <b>bold</b> {{ 7 * 7 }} %s $1 \\',
    "Two\r\nBcc: everybody@example.com",
    "\U0001f680 \u202eEngineer\u202c \u4e2d\u6587 \u0645\u0631\u062d\u0628\u0627",
    "x" * 255,
]


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_kept_as_they_are(db: Database, title: str) -> None:
    interview = db.interview(db.account(), title)
    assert db.value("select title from public.interviews where id = %s", interview) == title


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"title": " "}, "23514"),
        ({"description": "x" * 100_001}, "23514"),
        ({"title": "\n\u00a0\u200b"}, "23514"),
        ({"deadline": "infinity"}, "23514"),
        ({"deadline": "-infinity"}, "23514"),
        ({"title": None}, "23502"),
        ({"title": "x" * 256}, "22001"),
        ({"status": "archived"}, "23514"),
        ({"status": None}, "23502"),
        ({"company_number": "1" * 51}, "22001"),
    ],
)
def test_what_it_refuses(db: Database, columns: dict[str, str | None], code: str) -> None:
    interview = db.interview(db.account())
    (name, value), *_ = columns.items()
    refusal = db.refused(
        f"update public.interviews set {name} = %s where id = %s", value, interview
    )
    assert refusal.code == code


def test_stamps_are_the_database_s_own(db: Database) -> None:
    recruiter = db.account()
    interview = db.interview(recruiter, created_at="2001-01-01")
    now = db.value("select now()")
    db.pass_time("1 hour")
    db.as_owner().run(
        "update public.interviews set created_at = '2001-01-01', updated_at = null,"
        " company_number = '7'"
    )
    row = db.one("select * from public.interviews where id = %s", interview)
    assert (now - row["created_at"]).total_seconds() == 3600
    assert row["updated_at"] == now


def test_no_stamp_or_mark_comes_along(db: Database) -> None:
    row = db.as_owner().one(
        "insert into public.interviews"
        " (title, recruiter_id, created_at, updated_at, reminded_for, deadline_stage)"
        " values ('T', %s, '2001-01-01', '2001-01-01', '1 day', 2) returning *",
        db.account(),
    )
    now = db.value("select now()")
    assert (row["created_at"], row["updated_at"]) == (now, now)
    assert (row["reminded_for"], row["deadline_stage"]) == (None, 0)


@pytest.mark.parametrize("change", ["status = 'inactive'", "deadline = now() + interval '9 days'"])
def test_what_was_done_for_another_deadline_is_done_again(db: Database, change: str) -> None:
    interview = db.interview(db.account(), deadline="9000-01-01")
    db.as_owner().run("update public.interviews set reminded_for = '1 day', deadline_stage = 1")
    db.run(f"update public.interviews set {change}")
    row = db.one("select * from public.interviews where id = %s", interview)
    assert (row["reminded_for"], row["deadline_stage"]) == (None, 0)


def test_an_update_that_changes_nothing_is_no_update(db: Database) -> None:
    """Nor are the marks of reminders."""
    interview = db.interview(db.account())
    before = db.value("select updated_at from public.interviews where id = %s", interview)
    db.pass_time("1 hour")
    db.as_owner().run("update public.interviews set updated_at = null, reminded_for = '1 day'")
    row = db.one("select * from public.interviews where id = %s", interview)
    assert (before - row["updated_at"]).total_seconds() == 3600
    assert row["reminded_for"] is not None


@pytest.mark.parametrize(("old", "new"), list(itertools.product(STATUSES, STATUSES)))
def test_the_status_moves_freely(db: Database, old: str, new: str) -> None:
    interview = db.interview(db.account(), status=old)
    assert db.run("update public.interviews set status = %s where id = %s", new, interview) == 1


def test_the_recruiter_is_who_inserts(db: Database) -> None:
    recruiter = db.account()
    db.as_user(recruiter)
    assert (
        db.value("insert into public.interviews (title) values ('T') returning recruiter_id")
        == recruiter
    )


def test_deleting_takes_everything_below_along(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.as_user(scene.recruiter)
    db.run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Q', 1)",
        scene.interview,
    )
    assert db.run("delete from public.interviews where id = %s", scene.interview) == 1
    with db.superuser():
        for table in [
            "public.interview_questions",
            "public.interview_invites",
            "public.interview_participants",
        ]:
            assert db.value(f"select count(*) from {table}") == 0
    assert claim(db) == [] and db.jobs(scene.invite) == [], "what waited is dropped"


def test_a_recruiter_s_account_stays_while_it_owns_interviews(db: Database, scene: Scene) -> None:
    with db.superuser():
        refusal = db.refused("delete from auth.users where id = %s", scene.recruiter)
        assert refusal.code == "23503"
    db.as_user(scene.recruiter).run("delete from public.interviews")
    with db.superuser():
        assert db.run("delete from auth.users where id = %s", scene.recruiter) == 1


def test_a_candidate_s_account_takes_its_participation_along(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.value("select public.resend_my_codes()")
    with db.superuser():
        assert db.run("delete from auth.users where id = %s", scene.candidate) == 1
        assert db.value("select count(*) from public.interview_participants") == 0
        assert db.value("select count(*) from private.code_requests") == 0
    assert db.invite_row(scene.invite)["status"] == "accepted"


# ---- the first version's calls ---------------------------------------------------------------


def test_the_first_frontend_s_inserts(db: Database) -> None:
    """As PostgREST carries out .insert(...).select().single()."""
    recruiter = db.account()
    db.as_user(recruiter)
    interview = db.one(
        """
        with sent as (
          select * from json_to_recordset(%s) as _ (title varchar, description text,
            recruiter_id uuid, company_number varchar, status varchar, created_at timestamptz)
        ), written as (
          insert into public.interviews
            (title, description, recruiter_id, company_number, status, created_at)
          select title, description, recruiter_id, company_number, status, created_at from sent
          returning *
        )
        select * from written
        """,
        f'[{{"title": "T", "description": "D", "recruiter_id": "{recruiter}",'
        ' "company_number": "42", "status": "active", "created_at": "2001-01-01T00:00:00Z"}]',
    )
    assert (interview["title"], interview["recruiter_id"]) == ("T", recruiter)
    assert interview["created_at"] == db.value("select now()")
    question = db.one(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " values (%s, 'Q', 0) returning *",
        interview["id"],
    )
    assert (question["question"], question["order_index"]) == ("Q", 0)


def test_the_first_frontend_s_list_of_participations(db: Database, scene: Scene) -> None:
    """As PostgREST carries out .select("*, interview:interview_id(*)")."""
    db.accept(scene.candidate, scene.code)
    rows = db.rows(
        "select p.*, row_to_json(interview.*) as interview from public.interview_participants p"
        " left join lateral (select n.* from public.interviews n where n.id = p.interview_id)"
        " interview on true"
    )
    assert [uuid.UUID(row["interview"]["id"]) for row in rows] == [scene.interview]
