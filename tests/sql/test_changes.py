"""latest_change: what others do is seen by those who may see it, and nobody waits for it."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.kit.access import Cast
from tests.kit.database import Database, Scene, committed
from tests.kit.reviews import DECIDE, JOIN, invite_reviewers, rate_all, save
from tests.sql.jobs import maintain
from tests.sql.test_lists import rows_read

CHANGE = "select public.latest_change(%s)"
NOTES = (
    "select tgrelid::regclass::text as table_name, tgname::text as name from pg_catalog.pg_trigger"
    " where tgfoid = 'private.note_changes()'::regprocedure order by 1, 2"
)


def latest(db: Database, account: uuid.UUID, interview: uuid.UUID | None = None) -> Any:
    return db.as_user(account).value(CHANGE, interview)["latest"]


def acts(db: Database, cast: Cast) -> dict[str, Callable[[], Any]]:
    """One statement or call for each trigger, by its table and name."""
    recruiter, interview = cast.people["recruiter"], cast.interview
    active, completed = cast.participations["active"], cast.participations["completed"]

    def owner(sql: str, *values: Any) -> Callable[[], Any]:
        return lambda: db.as_user(recruiter).run(sql, *values)

    def dba(sql: str, *values: Any) -> Callable[[], Any]:
        return lambda: db.as_owner().run(sql, *values)

    def review(submit: bool) -> Callable[[], Any]:
        return lambda: save(db, recruiter, completed, rate_all(cast.criteria[0]), submit=submit)

    def add_criterion() -> Any:
        return db.as_user(recruiter).value(
            "insert into public.interview_criteria (interview_id, name)"
            " values (%s, 'One more') returning id",
            interview,
        )

    newcomer = db.account(cast.emails["pending"])
    return {
        "interviews _700_note_changes_by_insert": lambda: db.interview(recruiter),
        "interviews _700_note_changes_by_update": owner(
            "update public.interviews set status = 'completed' where id = %s", interview
        ),
        "interviews _700_note_changes_by_delete": owner(
            "delete from public.interviews where id = %s", interview
        ),
        "interview_invites _700_note_changes_by_insert": lambda: db.invite(
            recruiter, interview, "new@example.com"
        ),
        "interview_invites _700_note_changes_by_update": lambda: db.accept(
            newcomer, cast.invites["pending"]["invite_code"]
        ),
        "interview_invites _700_note_changes_by_delete": owner(
            "delete from public.interview_invites where id = %s",
            cast.invites["expired"]["invite_id"],
        ),
        "interview_participants _700_note_changes_by_update": lambda: db.as_user(
            cast.people["active"]
        ).value("select public.withdraw_from_interview(%s)", interview),
        "interview_participants _700_note_changes_by_delete": dba(
            "delete from public.interview_participants where id = %s", active
        ),
        "interview_reviewers _700_note_changes_by_insert": lambda: invite_reviewers(
            db, recruiter, interview, "colleague@example.com"
        ),
        "interview_reviewers _700_note_changes_by_update": lambda: db.as_user(
            db.account("asked@example.com")
        ).value(JOIN),
        "interview_reviewers _700_note_changes_by_delete": owner(
            "delete from public.interview_reviewers where interview_id = %s", interview
        ),
        "interview_criteria _700_note_changes_by_insert": add_criterion,
        "interview_criteria _700_note_changes_by_update": owner(
            "update public.interview_criteria set description = %s where id = %s",
            "How deep",
            cast.criteria[0],
        ),
        "interview_criteria _700_note_changes_by_delete": lambda: db.as_user(recruiter).run(
            "delete from public.interview_criteria where id = %s", add_criterion()
        ),
        "candidate_reviews _700_note_changes_by_insert": review(submit=False),
        "candidate_reviews _700_note_changes_by_update": lambda: save(
            db,
            cast.people["reviewer"],
            completed,
            rate_all(cast.criteria[0], level=1),
            submit=True,
        ),
        "candidate_decisions _700_note_changes_by_insert": owner(DECIDE, completed, "hold"),
        "candidate_decisions _700_note_changes_by_update": dba(
            "update public.candidate_decisions set decision = 'hold'"
        ),
        "candidate_decisions _700_note_changes_by_delete": dba(
            "delete from public.candidate_decisions"
        ),
        "response_analyses _700_note_changes_by_update": dba(
            "update public.response_analyses set engine = 'another'"
        ),
    }


def test_each_change_is_told(db: Database, cast: Cast) -> None:
    """Each by its own trigger: the others are switched off."""
    recruiter = cast.people["recruiter"]
    invite_reviewers(db, recruiter, cast.interview, "asked@example.com")
    tried = acts(db, cast)
    notes = db.as_owner().rows(NOTES)
    assert {f"{note['table_name'].split('.')[-1]} {note['name']}" for note in notes} == set(tried)
    for about, act in tried.items():
        with db.connection.transaction(force_rollback=True):
            with db.superuser():
                if "insert" in about:
                    # So that there is none yet.
                    db.run("delete from public.candidate_decisions")
                    db.run("delete from public.candidate_reviews where reviewer_id = %s", recruiter)
                for note in notes:
                    if about != f"{note['table_name'].split('.')[-1]} {note['name']}":
                        db.run(f"alter table {note['table_name']} disable trigger {note['name']}")
            before = latest(db, recruiter)
            act()
            assert latest(db, recruiter) != before, about


def test_who_is_told(db: Database, cast: Cast) -> None:
    """The owner and the reviewers of the interview, and those who own another not of this one."""
    told = {who: latest(db, cast.people[who], cast.interview) for who in ("recruiter", "reviewer")}
    elsewhere = latest(db, cast.people["other"])
    db.invite(cast.people["recruiter"], cast.interview, "new@example.com")
    for who, before in told.items():
        assert latest(db, cast.people[who], cast.interview) not in (None, before)
    assert latest(db, cast.people["other"]) == elsewhere
    assert db.refused(CHANGE, cast.interview).slug == "interview_not_found"
    assert latest(db, cast.people["reviewer"]) is None, "they own none"
    change = db.as_user(cast.people["reviewer"]).value(CHANGE, cast.interview)
    assert 0 <= change["seconds"] < 3600
    assert db.value(CHANGE, cast.interview)["latest"] == change["latest"], "nothing has changed"
    # A transfer, which tells both owners.
    owners = [cast.people["recruiter"], cast.people["other"]]
    before = [latest(db, owner) for owner in owners]
    db.as_service().value("select public.transfer_interviews(%s, %s)", *owners)
    assert all(latest(db, owner) != was for owner, was in zip(owners, before, strict=True))


def test_nobody_waits_and_who_commits_late_is_told(url: str, made: Scene) -> None:
    """Of two who change one interview, the second neither waits nor hides the first."""
    with committed(url) as db:
        other = db.invite(made.recruiter, made.interview, "other@example.com")["invite_id"]
    touch = "update public.interview_invites set queued_at = now() where id = %s"
    with committed(url) as late:
        late.as_owner().run(touch, made.invite)
        with committed(url) as db:
            before = latest(db, made.recruiter, made.interview)
            db.as_owner().run("set local lock_timeout = '5s'")
            db.run(touch, other)
        with committed(url) as db:
            between = latest(db, made.recruiter, made.interview)
            assert between != before
    with committed(url) as db:
        assert latest(db, made.recruiter, made.interview) != between


def test_the_answer_reads_twenty_rows(db: Database, scene: Scene) -> None:
    """However much has changed within the last hour; maintenance deletes what is older."""
    with db.superuser():
        db.run(
            "insert into private.changes (interview_id, recruiter_id)"
            " select %s, %s from generate_series(1, 3000)",
            scene.interview,
            scene.recruiter,
        )
    for interview in (None, scene.interview):
        before = rows_read(db, "private.changes")
        assert latest(db, scene.recruiter, interview)
        assert rows_read(db, "private.changes") - before <= 20
    db.pass_time("59 minutes")
    maintain(db)
    assert latest(db, scene.recruiter)
    db.pass_time("2 minutes")
    maintain(db)
    assert db.as_user(scene.recruiter).value(CHANGE, None) == {"latest": None, "seconds": None}
