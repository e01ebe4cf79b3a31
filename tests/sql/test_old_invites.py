"""Invites whose time is over, which maintenance deletes with what they led to."""

import pytest

from tests.kit.database import Database, Scene, committed
from tests.kit.responses import Asked, change_settings, record
from tests.sql.jobs import claim, maintain
from tests.sql.test_privacy import everywhere

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def expired(db: Database) -> int:
    count: int = maintain(db)["invites_expired"]
    return count


def test_invites_go_after_two_years(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    assert expired(db) == 0
    db.pass_time("728 days")
    assert expired(db) == 0
    db.pass_time("3 days")
    assert expired(db) == 1
    assert everywhere(db, scene.email) == ["auth.users"]
    assert db.as_owner().value("select count(*) from public.interviews") == 1


def test_a_redeemed_invite_goes_with_its_participation(db: Database, asked: Asked) -> None:
    record(db, asked.candidate, asked.questions[0])
    change_settings(db, "responses_kept_for", "10 years")
    db.pass_time("729 days")
    assert expired(db) == 0
    db.pass_time("2 days")
    assert expired(db) == 1
    assert everywhere(db, asked.participant, asked.email) == ["auth.users"]
    assert len(claim(db, kinds=["response_removal"])) == 1


def test_it_counts_from_the_last_thing_that_happened(db: Database, asked: Asked) -> None:
    db.pass_time("700 days")
    db.as_user(asked.candidate).value("select public.complete_interview(%s)", asked.interview)
    db.pass_time("700 days")
    assert expired(db) == 0


def test_null_keeps_them_for_ever_and_a_setting_is_obeyed(db: Database, scene: Scene) -> None:
    change_settings(db, "invites_kept_for", None)
    db.pass_time("30 years")
    assert expired(db) == 0
    change_settings(db, "invites_kept_for", "31 years")
    assert expired(db) == 0
    change_settings(db, "invites_kept_for", "29 years")
    assert expired(db) == 1


def test_a_run_takes_2000_by_the_index(db: Database, scene: Scene) -> None:
    with db.without_triggers():
        db.run(
            "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
            " email, invite_code, status, expires_at) select %s, %s, 'R', n || '@example.com',"
            " '123456', 'expired', now() - interval '3 years' from generate_series(1, 3000) n",
            scene.interview,
            scene.recruiter,
        )
    db.as_owner().run("analyze public.interview_invites")
    plan = db.rows(
        "explain select i.id from public.interview_invites i where i.status <> 'pending'"
        " and coalesce(i.completed_at, i.accepted_at, i.expires_at) <= now()"
        " order by coalesce(i.completed_at, i.accepted_at, i.expires_at) limit 2000"
    )
    assert any("interview_invites_age_idx" in row["QUERY PLAN"] for row in plan)
    assert [expired(db) for _ in range(3)] == [2000, 1000, 0]


def test_rows_that_somebody_holds_wait_for_the_next_run(url: str, answering: Asked) -> None:
    with committed(url) as db:
        db.pass_time("3 years")
    for hold in ("interview_participants", "interview_invites"):
        with committed(url) as holder, committed(url) as db:
            holder.run(f"select from public.{hold} for update")
            db.run("set local lock_timeout = '50ms'")
            assert expired(db) == 0
    with committed(url) as db:
        assert expired(db) == 1
        assert db.as_owner().value("select count(*) from public.interview_participants") == 0
