"""delete_my_account: what goes with an account, what stays, and who is asked."""

import uuid

import pytest

from tests.kit.access import Cast
from tests.kit.database import Database, Row, Scene
from tests.kit.responses import WITHDRAW

DELETE = "select public.delete_my_account(%s)"
PREVIEW = "select public.delete_my_account(preview => true)"


def people_left(db: Database, cast: Cast) -> set[str]:
    with db.superuser():
        left = {row["id"] for row in db.rows("select id from auth.users")}
    return {name for name, id in cast.people.items() if id in left}


def removals(db: Database) -> set[str]:
    """The recordings that are to be removed."""
    with db.superuser():
        jobs = db.rows("select data from private.jobs where kind = 'response_removal'")
    return {job["data"]["path"] for job in jobs}


def rows_of(db: Database, account: uuid.UUID) -> list[Row]:
    """The rows below interviews in which an account stands."""
    with db.superuser():
        return db.rows(
            "select id from public.interviews where recruiter_id = %(me)s union all"
            " select id from public.interview_participants where %(me)s in (user_id, recruiter_id)"
            " union all select id from public.interview_responses"
            " where %(me)s in (user_id, recruiter_id)"
            " union all select id from public.interview_invites where recruiter_id = %(me)s"
            " union all select id from public.interview_reviewers"
            " where %(me)s in (user_id, recruiter_id)"
            " union all select id from public.candidate_reviews"
            " where %(me)s in (reviewer_id, recruiter_id)",
            {"me": account},
        )


def test_a_recruiter_leaves_with_their_interviews(db: Database, cast: Cast) -> None:
    recruiter, everybody = cast.people["recruiter"], people_left(db, cast)
    counts = {"interviews": 1, "candidates": 3, "participations": 0, "reviewing": 0}
    db.as_user(recruiter)
    assert db.value(PREVIEW) == counts
    for address in (None, "", cast.emails["other"], "recruiter"):
        assert db.refused(DELETE, address).slug == "address_differs"
    assert people_left(db, cast) == everybody
    assert db.as_user(recruiter).value(DELETE, f" {cast.emails['recruiter'].upper()} ") == counts
    assert people_left(db, cast) == everybody - {"recruiter"}
    assert rows_of(db, recruiter) == []
    # The recordings of their candidates are removed; the candidates keep all else.
    assert removals(db) == {*cast.recorded["active"], *cast.recorded["completed"]}
    assert rows_of(db, cast.people["active"]) == rows_of(db, cast.people["completed"]) == []
    assert len(rows_of(db, cast.people["joined elsewhere"])) == 2
    assert db.as_user(recruiter).refused(DELETE, cast.emails["recruiter"]).slug == "not_signed_in"


def test_an_account_without_an_address_stays(db: Database, cast: Cast) -> None:
    """It is told apart from others by nothing that its owner could type."""
    everybody, active = people_left(db, cast), cast.people["active"]
    with db.superuser():
        db.run("update auth.users set email = null where id = %s", active)
    assert db.as_user(active).refused(DELETE, None).slug == "address_differs"
    assert people_left(db, cast) == everybody


def test_invites_that_they_have_not_redeemed_stay(db: Database, scene: Scene) -> None:
    """Those of an account that is gone, of another account of their address, and a new one."""
    insert = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    db.accept(scene.candidate, scene.code)
    kept = []
    for account in db.account("gone@example.com"), db.account(scene.email.upper()):
        email = db.email_of(account)
        invite = db.as_user(scene.recruiter).one(f"{insert} returning *", scene.interview, email)
        db.accept(account, invite["invite_code"])
        kept.append(invite["id"])
    with db.superuser():
        db.run("delete from auth.users where email = 'gone@example.com'")
    db.as_user(scene.recruiter)
    kept.append(db.one(f"{insert} returning id", scene.interview, scene.email)["id"])
    db.as_user(scene.candidate).value(DELETE, scene.email)
    left = db.as_owner().rows("select id from public.interview_invites")
    assert {row["id"] for row in left} == set(kept)


def test_a_candidate_leaves_alone(db: Database, cast: Cast) -> None:
    completed, others = cast.people["completed"], len(rows_of(db, cast.people["recruiter"]))
    db.as_user(completed)
    assert db.value(DELETE, cast.emails["completed"]) == {
        **{"interviews": 0, "candidates": 0, "participations": 1, "reviewing": 0}
    }
    assert "completed" not in people_left(db, cast)
    assert rows_of(db, completed) == []
    assert removals(db) == set(cast.recorded["completed"])
    # Of the recruiter's: their participation, response, invite and two reviews.
    assert len(rows_of(db, cast.people["recruiter"])) == others - 5
    assert (
        db.as_user(cast.people["recruiter"]).value(
            "select count(*) from public.interview_invites where id = %s",
            cast.invites["completed"]["invite_id"],
        )
        == 0
    )


def test_what_a_reviewer_wrote_stays_without_their_name(db: Database, cast: Cast) -> None:
    reviewer = cast.people["reviewer"]
    assert db.as_user(reviewer).value(DELETE, cast.emails["reviewer"])["reviewing"] == 1
    with db.superuser():
        reviews = "select reviewer_id, reviewer_name from public.candidate_reviews"
        left = db.rows(f"{reviews} where interview_id = %s", cast.interview)
    assert {row["reviewer_id"] for row in left} == {None, cast.people["recruiter"]}
    assert [row["reviewer_name"] for row in left if row["reviewer_id"] is None] == [None]
    assert rows_of(db, reviewer) == []


def move(db: Database, account: uuid.UUID, email: str) -> None:
    with db.superuser():
        db.run("update auth.users set email = %s where id = %s", email, account)


@pytest.mark.parametrize("erased_by", ["themselves", "the recruiter", "an administrator"])
def test_what_they_redeemed_earlier_goes_along(db: Database, erased_by: str) -> None:
    """They withdrew and came back, by an invite to another address and by one to the same."""
    first, second = "first@example.com", "second@example.com"
    scene = db.scene(first)
    db.accept(scene.candidate, scene.code)
    move(db, scene.candidate, second)
    for _ in range(2):
        db.as_user(scene.candidate).value(WITHDRAW, scene.interview)
        code = db.invite(scene.recruiter, scene.interview, second)["invite_code"]
        db.accept(scene.candidate, code)
    move(db, scene.candidate, first)
    if erased_by == "themselves":
        db.as_user(scene.candidate).value(DELETE, first)
    elif erased_by == "the recruiter":
        participant = db.participant_row(scene.interview, scene.candidate)["id"]
        db.as_user(scene.recruiter).value("select public.erase_candidate(%s)", participant)
    else:
        db.as_service().value("select public.erase_person(%s)", first)
    assert db.as_owner().rows("select id from public.interview_invites") == []


def test_nobody_else_goes_with_an_address(db: Database, cast: Cast) -> None:
    """The account that redeemed an invite to an address may have another one by now."""
    address = cast.emails["active"]
    move(db, cast.people["active"], "moved@example.com")
    heir = db.account("heir@example.com")
    code = db.invite(cast.people["recruiter"], cast.interview, "heir@example.com")["invite_code"]
    db.accept(heir, code)
    move(db, heir, address)
    db.as_user(heir).value(DELETE, address)
    assert "active" in people_left(db, cast)
    assert len(rows_of(db, cast.people["active"])) == 2


def test_an_account_that_another_program_needs_stays_whole(db: Database, cast: Cast) -> None:
    recruiter = cast.people["recruiter"]
    with db.superuser():
        db.run("create table public.theirs (user_id uuid references auth.users (id))")
        db.run("insert into public.theirs values (%s)", recruiter)
    before = rows_of(db, recruiter)
    refusal = db.as_user(recruiter).refused(DELETE, cast.emails["recruiter"])
    assert (refusal.code, refusal.slug) == ("PT409", "account_in_use")
    assert rows_of(db, recruiter) == before
