"""Nobody judges the candidates of an interview in which they are one."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.kit.database import Database, Scene, at_once, committed
from tests.kit.reviews import invite_reviewers, join, reviewer
from tests.sql.locks import Act, redeem, slug, waited

INSERT = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
COLLEAGUE = "colleague@example.com"


def test_a_reviewer_is_not_invited_as_a_candidate(db: Database, scene: Scene) -> None:
    invite_reviewers(db, scene.recruiter, scene.interview, COLLEAGUE)
    for function in ("create_invites", "preview_invites"):
        found = db.value(
            f"select public.{function}(%s, %s)", scene.interview, ["new@example.com", COLLEAGUE]
        )
        assert [row["outcome"] for row in found] == ["created", "is_reviewer"]
        assert (found[1]["invite_id"], found[1]["invite_code"]) == (None, None)
        with db.superuser():
            db.run("delete from public.interview_invites where email = 'new@example.com'")
    for who in (partial(db.as_user, scene.recruiter), db.as_service, db.as_owner):
        refusal = who().refused(INSERT, scene.interview, " Colleague@example.com")
        assert (refusal.code, refusal.slug) == ("PT409", "is_reviewer")
    correct: Any = ("select public.correct_invite(%s, %s)", scene.invite, COLLEAGUE)
    assert db.as_user(scene.recruiter).refused(*correct).slug == "is_reviewer"
    # Elsewhere they may.
    second = db.interview(scene.recruiter, "Second")
    assert db.invite(scene.recruiter, second, COLLEAGUE)["outcome"] == "created"
    # And once they are removed.
    db.run("delete from public.interview_reviewers")
    assert db.value(*correct)["outcome"] == "corrected"


def test_an_account_that_reviews_redeems_no_code(db: Database, scene: Scene) -> None:
    """Though the address of its account is another one by now."""
    colleague = reviewer(db, scene.recruiter, scene.interview, COLLEAGUE)
    with db.superuser():
        db.run("delete from auth.users where id = %s", scene.candidate)
        db.run("update auth.users set email = %s where id = %s", scene.email, colleague)
    refusal = db.as_user(colleague).refused("select public.accept_invite(%s)", scene.code)
    assert (refusal.code, refusal.slug) == ("PT409", "is_reviewer")
    assert db.invite_row(scene.invite)["status"] == "pending"
    db.as_user(scene.recruiter).run("delete from public.interview_reviewers")
    assert db.accept(colleague, scene.code)["status"] == "active"


def test_a_candidate_reviews_another_interview(db: Database, scene: Scene) -> None:
    db.accept(scene.candidate, scene.code)
    other = db.account()
    elsewhere = db.interview(other)
    (asked,) = invite_reviewers(db, other, elsewhere, scene.email)
    assert asked["status"] == "invited"
    assert [row["interview_id"] for row in join(db, scene.candidate)] == [str(elsewhere)]


def test_an_expired_invite_is_not_renewed_for_a_reviewer(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    invite_reviewers(db, scene.recruiter, scene.interview, scene.email)
    answer = db.value("select public.resend_invite(%s)", scene.invite)
    assert answer["outcome"] == "is_reviewer"


# ---- at once -------------------------------------------------------------------------------------


def invite(made: Scene) -> Act:
    return lambda db: db.invite(made.recruiter, made.interview, COLLEAGUE)["outcome"]


def insert(made: Scene) -> Act:
    return lambda db: db.as_user(made.recruiter).run(INSERT, made.interview, COLLEAGUE)


def ask(made: Scene) -> Act:
    return lambda db: invite_reviewers(db, made.recruiter, made.interview, COLLEAGUE)[0]["status"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ask, invite, "is_reviewer"),
        (ask, insert, "is_reviewer"),
        (invite, ask, "is_candidate"),
        (insert, ask, "is_candidate"),
        (ask, ask, "unchanged"),
    ],
)
def test_of_two_who_invite_an_address_one_loses(
    url: str,
    made: Scene,
    first: Callable[[Scene], Act],
    second: Callable[[Scene], Act],
    expected: str,
) -> None:
    assert slug(waited(url, first(made), second(made))) == expected
    with committed(url) as db:
        rows = f"select 1 from public.interview_{{}} where email = '{COLLEAGUE}'"
        assert db.run(rows.format("invites")) + db.run(rows.format("reviewers")) == 1


def test_a_dba_who_asks_somebody_waits_too(url: str, made: Scene) -> None:
    sql = "insert into public.interview_reviewers (interview_id, email) values (%s, %s)"
    refusal = waited(
        url, invite(made), lambda db: db.as_owner().run(sql, made.interview, COLLEAGUE)
    )
    assert slug(refusal) == "is_candidate"


def test_who_is_redeeming_a_code_is_a_candidate(url: str, made: Scene) -> None:
    with committed(url) as db, committed(url) as other:
        redeem(made)(db)
        (found,) = invite_reviewers(other, made.recruiter, made.interview, made.email)
        assert found["status"] == "is_candidate"


@pytest.mark.parametrize("joins_first", [True, False])
def test_one_account_is_only_one_of_both(url: str, made: Scene, joins_first: bool) -> None:
    """It is asked to review by another address than the one that was invited."""
    with committed(url) as db:
        invite_reviewers(db, made.recruiter, made.interview, COLLEAGUE)
        with db.superuser():
            db.run("update auth.users set email = %s where id = %s", COLLEAGUE, made.candidate)
    move = "update auth.users set email = %s where id = %s"

    def redeem_as(db: Database) -> Any:
        with db.superuser():
            db.run(move, made.email, made.candidate)
        return db.accept(made.candidate, made.code)["status"]

    def review(db: Database) -> Any:
        return len(join(db, made.candidate))

    if joins_first:
        assert slug(waited(url, review, redeem_as)) == "is_reviewer"
    else:
        with committed(url) as db, db.superuser():
            db.run(move, made.email, made.candidate)

        def redeem_and_move(db: Database) -> None:
            db.accept(made.candidate, made.code)
            with db.superuser():
                db.run(move, COLLEAGUE, made.candidate)

        assert waited(url, redeem_and_move, review) == 0
    with committed(url) as db:
        both = "select user_id from public.interview_participants"
        found = db.rows(f"{both} union all select user_id from public.interview_reviewers")
        assert [row["user_id"] for row in found].count(made.candidate) == 1


def test_of_two_accounts_that_join_at_once_one_does(url: str, made: Scene) -> None:
    address = "jane@xn--mller-kva.example"
    with committed(url) as db:
        invite_reviewers(db, made.recruiter, made.interview, address)
        accounts = [db.account(address), db.account("jane@müller.example")]
    found = at_once(url, [partial(join, who=who) for who in accounts])
    assert sorted(len(rows) for rows in found if isinstance(rows, list)) == [0, 1]


def test_joining_waits_for_no_other_recruiter(url: str, made: Scene) -> None:
    with committed(url) as db:
        other = db.account()
        for owner, interview in ((made.recruiter, made.interview), (other, db.interview(other))):
            invite_reviewers(db, owner, interview, COLLEAGUE)
        colleague = db.account(COLLEAGUE)
    hold = "select from public.interview_reviewers where recruiter_id = %s for update"
    with committed(url) as holder, committed(url) as db:
        assert holder.run(hold, other) == 1
        assert [row["interview_id"] for row in join(db, colleague)] == [str(made.interview)]
    with committed(url) as db:
        assert len(join(db, colleague)) == 2


def test_a_transfer_takes_along_who_joins_meanwhile(url: str, made: Scene) -> None:
    with committed(url) as db:
        invite_reviewers(db, made.recruiter, made.interview, COLLEAGUE)
        colleague, heir = db.account(COLLEAGUE), db.account()
    transfer = "select public.transfer_interviews(%s, %s)"
    assert (
        waited(
            url,
            lambda db: join(db, colleague),
            lambda db: db.as_service().value(transfer, made.recruiter, heir),
        )
        == 1
    )
    with committed(url) as db:
        row = db.one("select user_id, recruiter_id from public.interview_reviewers")
        assert row == {"user_id": colleague, "recruiter_id": heir}
