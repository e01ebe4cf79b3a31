"""analytics: the numbers of one's own interviews, by cohort, with their n."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.kit.database import Database, Row, Scene
from tests.kit.responses import COMPLETE, DELETE, WITHDRAW, Asked, record
from tests.kit.reviews import (
    DECIDE,
    Reviewed,
    invite_reviewers,
    join,
    rate_all,
    save,
)
from tests.sql.test_lists import rows_read

ANALYTICS = "select public.analytics(%(interview_id)s, %(since)s, %(until)s, %(time_zone)s)"
NONE = {"median_seconds": None, "n": 0}
TODAY = datetime.now(UTC).date()


def analytics(db: Database, who: uuid.UUID, interview: Any = None, **given: Any) -> Row:
    """What a recruiter is told."""
    arguments = {"interview_id": interview, "since": None, "until": None, "time_zone": "UTC"}
    return dict(db.as_user(who).value(ANALYTICS, arguments | given))


def people(figures: Row) -> list[int]:
    """The counts of a funnel, in its order."""
    names = ["invited", "delivered", "joined", "answered", "completed", "withdrawn"]
    return [figures[name] for name in [*names, "reviewed", "decided"]]


def candidate(db: Database, scene: Scene, name: str, *calls: str) -> uuid.UUID:
    """Somebody who joined, and did this afterwards."""
    email = f"{name}@example.com"
    account = db.account(email)
    db.accept(account, db.invite(scene.recruiter, scene.interview, email)["invite_code"])
    for call in calls:
        db.as_user(account).value(call, scene.interview)
    return account


def test_without_interviews_everything_is_0(db: Database) -> None:
    told = analytics(db, db.account())
    assert people(told["total"]) == [0] * 8
    assert told["total"]["time_to_join"] == told["total"]["time_to_complete"] == NONE
    assert (told["interviews"], told["interview_count"]) == ([], 0)
    assert (told["step"], told["completions"]) == (
        "day",
        [{"from": f"{TODAY}", "completed": 0}],
    )


def test_each_stage_counts_people(db: Database, asked: Asked) -> None:
    """Nobody counts twice, however often they were invited."""
    record(db, asked.candidate, asked.questions[0])
    candidate(db, asked, "silent", COMPLETE)
    candidate(db, asked, "away", WITHDRAW)
    for _ in range(2):
        again = db.invite(asked.recruiter, asked.interview, "again@example.com")
        db.value("select public.revoke_invite(%s)", again["invite_id"])
    db.invite(asked.recruiter, asked.interview, "reached@example.com")
    db.as_owner().run(
        "update public.interview_invites set delivery_status = 'accepted'"
        " where email = 'reached@example.com'"
    )
    told = analytics(db, asked.recruiter)
    assert people(told["total"]) == [5, 4, 3, 1, 1, 1, 0, 0]
    assert [people(row) for row in told["interviews"]] == [people(told["total"])]
    assert told["interviews"][0]["title"] == "Frontend Developer"
    # Who has deleted their answers had some.
    db.as_user(asked.candidate).value(DELETE, asked.interview)
    assert analytics(db, asked.recruiter)["total"]["answered"] == 1


def test_reviews_of_others_count_and_show_nothing_else(db: Database, reviewed: Reviewed) -> None:
    """Before the recruiter's own is submitted, too; drafts do not."""
    invite_reviewers(db, reviewed.recruiter, reviewed.interview, "colleague@example.com")
    colleague = db.account("colleague@example.com")
    join(db, colleague)
    ratings = rate_all(*reviewed.criteria)
    save(db, colleague, reviewed.participant, ratings)
    assert people(analytics(db, reviewed.recruiter)["total"])[-2:] == [0, 0]
    save(db, colleague, reviewed.participant, ratings, submit=True)
    db.as_user(reviewed.recruiter).value(DECIDE, reviewed.participant, "hold")
    assert people(analytics(db, reviewed.recruiter)["total"])[-2:] == [1, 1]
    assert people(analytics(db, colleague)["total"]) == [0] * 8


def test_a_decision_before_they_complete_is_not_one_of_those_who_have(
    db: Database, asked: Asked
) -> None:
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, "decline")
    assert analytics(db, asked.recruiter)["total"]["decided"] == 0


def test_the_medians_are_of_those_who_have_got_there(db: Database, scene: Scene) -> None:
    """From the first invitation on; of two, the median is between them."""
    db.pass_time("2 hours")
    slow = db.invite(scene.recruiter, scene.interview, "slow@example.com")
    db.value("select public.revoke_invite(%s)", slow["invite_id"])
    db.pass_time("4 hours")
    again = db.invite(scene.recruiter, scene.interview, "slow@example.com")
    db.accept(scene.candidate, scene.code)
    db.accept(db.account("slow@example.com"), again["invite_code"])
    db.pass_time("1 hour")
    db.as_user(scene.candidate).value(COMPLETE, scene.interview)
    total = analytics(db, scene.recruiter)["total"]
    assert total["time_to_join"] == {"median_seconds": 5 * 3600, "n": 2}
    assert total["time_to_complete"] == {"median_seconds": 3600, "n": 1}


def test_who_has_no_invitation_any_more_counts_when_they_joined(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    db.pass_time("5 days")
    db.as_owner().run("delete from public.interview_invites")
    total = analytics(db, scene.recruiter, since=TODAY - timedelta(days=6))["total"]
    assert people(total)[:3] == [1, 1, 1] and total["time_to_join"] == NONE
    later = analytics(db, scene.recruiter, since=TODAY - timedelta(days=2))
    assert people(later["total"])[:3] == [0, 0, 0]


def test_a_period_has_both_its_days_in_the_zone_of_the_reader(db: Database, scene: Scene) -> None:
    """Invited at 23:30 on 31 January in UTC: the next day in Berlin. Completed two days later."""
    db.accept(scene.candidate, scene.code)
    db.value(COMPLETE, scene.interview)
    with db.without_triggers():
        db.run("update public.interviews set created_at = '2026-01-31 00:00+00'")
        db.run("update public.interview_invites set created_at = '2026-01-31 23:30+00'")
        db.run(
            "update public.interview_participants set joined_at = '2026-02-01 00:00+00',"
            " completed_at = '2026-02-02 23:30+00'"
        )
    for zone, day, completed in [("UTC", 31, 2), ("Europe/Berlin", 1, 3)]:
        invited = date(2026, 1 if day == 31 else 2, day)
        told = analytics(db, scene.recruiter, since=invited, until=invited, time_zone=zone)
        assert told["total"]["invited"] == 1
        before = analytics(db, scene.recruiter, until=invited - timedelta(days=1), time_zone=zone)
        after = analytics(
            db, scene.recruiter, since=invited + timedelta(days=1), until=TODAY, time_zone=zone
        )
        assert before["total"]["invited"] == after["total"]["invited"] == 0
        # Completions are those of the period, whenever people were invited.
        both = analytics(
            db, scene.recruiter, since="2026-02-02", until="2026-02-03", time_zone=zone
        )
        assert both["completions"] == [
            {"from": f"2026-02-0{n}", "completed": int(n == completed)} for n in (2, 3)
        ]
        assert both["total"]["invited"] == 0


def test_longer_periods_have_longer_steps(db: Database, scene: Scene) -> None:
    """The first may begin within a week or month, and nothing before the interview is told."""
    db.accept(scene.candidate, scene.code)
    db.value(COMPLETE, scene.interview)
    with db.without_triggers():
        db.run("update public.interviews set created_at = '2020-01-15 12:00+00'")
        db.run("update public.interview_participants set completed_at = '2020-02-01 12:00+00'")
    told = analytics(db, scene.recruiter, since="2019-01-01", until="2020-06-30")
    assert told["step"] == "week"
    assert told["completions"][:3] == [
        {"from": "2020-01-15", "completed": 0},
        {"from": "2020-01-20", "completed": 0},
        {"from": "2020-01-27", "completed": 1},
    ]
    assert len(told["completions"]) == 25
    told = analytics(db, scene.recruiter, until="2023-12-31")
    assert told["step"] == "month"
    assert told["completions"][1] == {"from": "2020-02-01", "completed": 1}
    assert len(told["completions"]) == 48
    assert analytics(db, scene.recruiter, until="2019-01-01")["completions"] == []


def test_a_week_that_is_only_partly_in_the_period_counts_those_days(
    db: Database, scene: Scene
) -> None:
    """From a Wednesday to a Friday, twenty weeks later."""
    days = ["2026-01-06", "2026-01-07", "2026-05-22", "2026-05-23"]
    for number in range(len(days)):
        candidate(db, scene, f"day{number}", COMPLETE)
    with db.without_triggers():
        db.run("update public.interviews set created_at = '2020-01-01'")
        db.run(
            "update public.interview_participants p set completed_at = d.day::timestamptz + '12 h'"
            " from unnest(%s::text[]) with ordinality as d (day, number)"
            " join auth.users u on u.email = 'day' || d.number - 1 || '@example.com'"
            " where p.user_id = u.id",
            days,
        )
    told = analytics(db, scene.recruiter, since="2026-01-07", until="2026-05-22")
    assert told["step"] == "week"
    counted = [week for week in told["completions"] if week["completed"]]
    assert counted == [
        {"from": "2026-01-07", "completed": 1},
        {"from": "2026-05-18", "completed": 1},
    ]


def test_the_interviews_with_the_latest_invitations_come_first(db: Database, scene: Scene) -> None:
    with db.without_triggers():
        db.run(
            "with made as (insert into public.interviews (title, recruiter_id)"
            " select 'Interview ' || n, %(recruiter)s from generate_series(1, 120) n"
            " returning id, title)"
            " insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
            " email, invite_code, created_at)"
            " select id, %(recruiter)s, 'Rita', md5(title) || '@example.com', '000000',"
            " now() + substr(title, 11)::integer * interval '1 second' from made",
            {"recruiter": scene.recruiter},
        )
    told = analytics(db, scene.recruiter)
    assert told["interview_count"] == 121 and told["total"]["invited"] == 121
    titles = [row["title"] for row in told["interviews"]]
    assert titles == [f"Interview {n}" for n in range(120, 20, -1)]


def test_only_one_s_own_interviews_are_told(db: Database, scene: Scene) -> None:
    other = db.scene("other@example.com")
    db.accept(scene.candidate, scene.code)
    db.value(COMPLETE, scene.interview)
    second = db.interview(scene.recruiter, "Second")
    assert analytics(db, scene.recruiter)["total"]["invited"] == 1
    assert analytics(db, scene.recruiter, scene.interview)["total"]["joined"] == 1
    assert analytics(db, scene.recruiter, second)["total"]["invited"] == 0
    for stranger in (other.recruiter, scene.candidate):
        db.as_user(stranger)
        refusal = db.refused("select public.analytics(%s)", scene.interview)
        assert (refusal.code, refusal.slug) == ("PT404", "interview_not_found")
    assert people(analytics(db, scene.candidate)["total"]) == [0] * 8
    for recruiter, interview, completed in [
        (scene.recruiter, None, 1),
        (scene.recruiter, scene.interview, 1),
        (scene.recruiter, second, 0),
        (other.recruiter, None, 0),
    ]:
        (today,) = analytics(db, recruiter, interview)["completions"]
        assert today["completed"] == completed


def test_a_time_zone_must_exist(db: Database, scene: Scene) -> None:
    arguments = {"interview_id": None, "since": None, "until": None}
    for zone in ("Nowhere/At_all", "", None):
        refusal = db.as_user(scene.recruiter).refused(ANALYTICS, {**arguments, "time_zone": zone})
        assert (refusal.code, refusal.slug) == ("PT400", "invalid_time_zone")


def test_of_one_interview_only_its_own_rows_are_read(db: Database, scene: Scene) -> None:
    other = db.interview(scene.recruiter, "Large")
    db.as_owner().value(
        "select public.create_invites(%s, array(select 'p' || n || '@example.com'"
        " from generate_series(1, 1000) n))",
        other,
    )
    db.run("analyze public.interview_invites")
    before = rows_read(db, "public.interview_invites")
    assert analytics(db, scene.recruiter, scene.interview)["total"]["invited"] == 1
    assert rows_read(db, "public.interview_invites") - before <= 20


def test_10_000_candidates_are_read_as_sets(db: Database, scene: Scene) -> None:
    """In one call, by sets: no row is looked up for another."""
    with db.without_triggers():
        db.run(
            "insert into public.interview_invites (id, interview_id, recruiter_id, recruiter_name,"
            " email, invite_code) select md5(n::text)::uuid, %s, %s, 'Rita',"
            " n || '@example.com', lpad(n::text, 6, '0') from generate_series(1, 10000) n",
            scene.interview,
            scene.recruiter,
        )
        db.run(
            "insert into public.interview_participants (interview_id, recruiter_id, user_id,"
            " invite_id, joined_at) select %s, %s, gen_random_uuid(), md5(n::text)::uuid,"
            " now() + n * interval '1 second' from generate_series(1, 10000) n",
            scene.interview,
            scene.recruiter,
        )
        db.run("analyze public.interview_invites, public.interview_participants")
    tables = {"public.interview_invites": 20100, "public.interview_participants": 20100}
    before = {table: rows_read(db, table) for table in tables}
    total = analytics(db, scene.recruiter)["total"]
    assert total["joined"] == 10000
    assert total["time_to_join"] == {"median_seconds": 5000, "n": 10000}
    for table, most in tables.items():
        # Invites also for the addresses of participants, participants also by their completion.
        assert rows_read(db, table) - before[table] <= most
