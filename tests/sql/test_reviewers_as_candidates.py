"""Nobody judges the candidates of an interview in which they are one."""

from functools import partial
from typing import Any

from tests.kit.database import Database, Scene
from tests.kit.reviews import (
    invite_reviewers,
    reviewer,
)

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
    insert = "insert into public.interview_invites (interview_id, email) values (%s, %s)"
    for who in (partial(db.as_user, scene.recruiter), db.as_service, db.as_owner):
        refusal = who().refused(insert, scene.interview, " Colleague@example.com")
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


def test_an_expired_invite_is_not_renewed_for_a_reviewer(db: Database, scene: Scene) -> None:
    db.pass_time("31 days")
    invite_reviewers(db, scene.recruiter, scene.interview, scene.email)
    answer = db.value("select public.resend_invite(%s)", scene.invite)
    assert answer["outcome"] == "is_reviewer"
