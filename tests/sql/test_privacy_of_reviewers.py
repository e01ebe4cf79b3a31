"""export_person and erase_person for those who review candidates."""

import uuid
from typing import Any

import pytest

from tests.kit.database import Database, committed
from tests.kit.responses import Asked
from tests.kit.reviews import (
    Reviewed,
    complete,
    invite_reviewers,
    join,
    rate_all,
    reviewer,
    save,
)
from tests.sql.locks import after, waited
from tests.sql.test_privacy import ERASE, erase, everywhere, export, held


def review(db: Database, asked: Asked, email: str, **account: Any) -> uuid.UUID:
    """Somebody who reviews the candidate, and is asked to review somebody else's."""
    on = complete(db, asked)
    colleague = reviewer(db, on.recruiter, on.interview, email, **account)
    save(db, colleague, on.participant, rate_all(*on.criteria), "Theirs", submit=True)
    other = db.account()
    invite_reviewers(db, other, db.interview(other), email)
    return colleague


def test_what_reviewers_wrote_and_are_asked_is_exported(db: Database, asked: Asked) -> None:
    review(db, asked, "colleague@example.com", full_name="Cora Colleague")
    found = export(db, "colleague@example.com")
    assert {row["email"] for row in found["reviewing"]} == {"colleague@example.com"}
    assert {row["reviewer_name"] for row in found["reviewing"]} == {"Cora Colleague", None}
    assert [row["note"] for row in found["reviews_written"]] == ["Theirs"]
    assert [row["level"] for row in found["ratings_written"]] == [3, 3]
    assert [row["kind"] for row in found["jobs"]] == ["reviewer_invitation"] * 2
    assert found["reviews"] == [] and found["participations"] == []
    # The candidate's export has the review as one about them.
    assert held(db, asked.email)["reviews"] == 1
    assert "reviews_written" not in held(db, asked.email)


@pytest.mark.parametrize("name", ["Cora Colleague", None])
@pytest.mark.parametrize("leaves_first", [False, True])
def test_what_an_erased_reviewer_wrote_stays_without_them(
    db: Database, asked: Asked, name: str | None, leaves_first: bool
) -> None:
    email = "colleague@example.com"
    colleague = review(db, asked, email, full_name=name)
    if leaves_first:
        with db.superuser():
            db.run("delete from auth.users where id = %s", colleague)
    erased = erase(db, email)
    assert (erased["accounts"], erased["participations"]) == (0 if leaves_first else 1, 0)
    assert (erased["reviewing"], erased["mails"]) == ((1, 1) if leaves_first else (2, 2))
    assert everywhere(db, email, colleague) == []
    (row,) = db.as_owner().rows("select * from public.candidate_reviews")
    # Only a name is no address by which they could be found.
    kept = name if leaves_first else None
    assert (row["note"], row["reviewer_id"], row["reviewer_name"]) == ("Theirs", None, kept)
    assert db.run("select from public.candidate_ratings") == 2
    assert db.run("select from public.interview_reviewers") == 0


def test_an_address_that_is_somebody_elses_by_now(db: Database, asked: Asked) -> None:
    """What another account has joined by it is theirs."""
    email = "colleague@example.com"
    colleague = reviewer(db, asked.recruiter, asked.interview, email)
    with db.superuser():
        db.run("update auth.users set email = 'moved@example.com' where id = %s", colleague)
    db.account(email)
    assert "reviewing" not in held(db, email)
    assert held(db, "moved@example.com")["reviewing"] == 1


def test_another_reviewer_stays(db: Database, asked: Asked) -> None:
    review(db, asked, "colleague@example.com")
    other = "other@example.com"
    reviewer(db, asked.recruiter, asked.interview, other)
    assert erase(db, other)["reviewing"] == 1
    held_now = held(db, "colleague@example.com")
    assert (held_now["reviewing"], held_now["reviews_written"]) == (2, 1)
    name = "select reviewer_name from public.candidate_reviews"
    assert db.as_owner().value(name) == "colleague@example.com"


# ---- at once -------------------------------------------------------------------------------------

COLLEAGUE = "colleague@example.com"


@pytest.fixture
def asked_to_review(url: str, reviewing: Reviewed) -> Reviewed:
    """A colleague was invited, committed."""
    with committed(url) as db:
        invite_reviewers(db, reviewing.recruiter, reviewing.interview, COLLEAGUE)
        db.account(COLLEAGUE)
    return reviewing


def test_who_is_joining_is_erased_as_well(url: str, asked_to_review: Reviewed) -> None:
    with committed(url) as db:
        colleague = db.value("select id from auth.users where email = %s", COLLEAGUE)
    erased = waited(url, lambda db: join(db, colleague), lambda db: erase(db, COLLEAGUE))
    assert (erased["reviewing"], erased["accounts"]) == (1, 1)


def test_beside_who_removes_them(url: str, asked_to_review: Reviewed) -> None:
    """They hold the reviewer before the email, and so does the erasure."""
    answer = after(
        url,
        "select from public.interview_reviewers for update",
        lambda db: erase(db, COLLEAGUE),
        "delete from private.jobs where kind = 'reviewer_invitation'",
        1,
    )
    assert (answer["reviewing"], answer["mails"]) == (1, 0)


def test_who_leaves_beside_who_removes_them(url: str, asked_to_review: Reviewed) -> None:
    with committed(url) as db:
        colleague = db.value("select id from auth.users where email = %s", COLLEAGUE)
        join(db, colleague)
    answer = after(
        url,
        "select from public.interview_reviewers for update",
        lambda db: db.as_user(colleague).value("select public.delete_my_account(%s)", COLLEAGUE),
        "delete from private.jobs where kind = 'reviewer_invitation'",
        1,
    )
    assert answer["reviewing"] == 1


def test_a_review_that_is_being_saved_loses_its_name(url: str, asked_to_review: Reviewed) -> None:
    on = asked_to_review
    with committed(url) as db:
        colleague = db.value("select id from auth.users where email = %s", COLLEAGUE)
        join(db, colleague)
    waited(
        url,
        lambda db: save(db, colleague, on.participant, rate_all(*on.criteria), submit=True),
        lambda db: db.as_service().value(ERASE, COLLEAGUE),
    )
    with committed(url) as db:
        row = db.one("select reviewer_id, reviewer_name from public.candidate_reviews")
        assert row == {"reviewer_id": None, "reviewer_name": None}
