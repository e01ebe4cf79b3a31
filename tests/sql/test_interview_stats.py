"""The view interview_stats: the funnel of each own interview, counted by person."""

from decimal import Decimal

from tests.kit.database import Database, Scene

FUNNEL = (
    "select invited, pending, expired, joined, completed, withdrawn from public.interview_stats"
)


def join(db: Database, scene: Scene, name: str, call: str | None = None) -> None:
    account = db.account(f"{name}@example.com")
    invite = db.invite(scene.recruiter, scene.interview, f"{name}@example.com")
    db.accept(account, invite["invite_code"])
    if call:
        db.value(f"select public.{call}(%s)", scene.interview)


def test_an_interview_without_invites(db: Database) -> None:
    recruiter = db.account()
    interview = db.interview(recruiter, "Empty")
    row = db.one("select * from public.interview_stats")
    assert (row["interview_id"], row["title"], row["status"]) == (interview, "Empty", "active")
    assert list(db.one(FUNNEL).values()) == [0] * 6
    assert row["join_rate"] is None and row["completion_rate"] is None


def test_it_names_what_was_added_last(db: Database) -> None:
    """New columns come last, so that selecting the earlier ones by position still works."""
    recruiter = db.account()
    db.interview(recruiter, deadline="2100-01-01 00:00+00")
    row = db.one("select * from public.interview_stats")
    assert row["deadline"] == db.value("select deadline from public.interviews")
    added = ["deadline", "archived_at", "asks_for_code", "not_delivered", "to_review"]
    assert list(row)[-5:] == added
    db.run("update public.interviews set deadline = null")
    assert db.value("select deadline from public.interview_stats") is None


def test_the_funnel(db: Database, scene: Scene) -> None:
    join(db, scene, "active")
    join(db, scene, "completed", "complete_interview")
    join(db, scene, "withdrawn", "withdraw_from_interview")
    # Overdue, whether a job has run or not; revoked; and revoked but invited again.
    db.pass_time("29 days")
    revoked = db.invite(scene.recruiter, scene.interview, "revoked@example.com")
    again = db.invite(scene.recruiter, scene.interview, "again@example.com")
    for invite in (revoked, again):
        db.value("select public.revoke_invite(%s)", invite["invite_id"])
    db.invite(scene.recruiter, scene.interview, "again@example.com")
    db.pass_time("1 day")

    db.as_user(scene.recruiter)
    assert db.one(FUNNEL) == {
        "invited": 6,
        "pending": 1,
        "expired": 2,
        "joined": 3,
        "completed": 1,
        "withdrawn": 1,
    }
    rates = db.one("select join_rate, completion_rate from public.interview_stats")
    assert rates == {"join_rate": Decimal("0.5000"), "completion_rate": Decimal("0.3333")}
    db.as_owner().value("select public.run_maintenance()")
    db.as_user(scene.recruiter)
    assert db.one(FUNNEL)["expired"] == 2


def test_own_interviews_only(db: Database, scene: Scene) -> None:
    other = db.scene("other@example.com")
    db.accept(scene.candidate, scene.code)
    for person, interviews in [
        (scene.recruiter, [scene.interview]),
        (other.recruiter, [other.interview]),
        (scene.candidate, []),
    ]:
        rows = db.as_user(person).rows("select interview_id from public.interview_stats")
        assert [row["interview_id"] for row in rows] == interviews
