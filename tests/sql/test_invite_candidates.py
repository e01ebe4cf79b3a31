"""invite_candidates: the general invitation to join HireVision."""

import pytest

from tests.kit.database import Database, Row
from tests.sql.jobs import GENERAL, claim, maintain, settle

CALL = "select public.invite_candidates(%s, %s)"


def invite(db: Database, *emails: str | None, name: str | None = None) -> list[Row]:
    db.as_service()
    rows: list[Row] = db.value(CALL, list(emails), name)
    return rows


def test_one_outcome_per_address_in_the_order_given(db: Database) -> None:
    assert invite(db, "A@example.com ", "nobody", None, "a@EXAMPLE.com", "b@example.com") == [
        {"email": "a@example.com", "outcome": "queued"},
        {"email": "nobody", "outcome": "invalid_email"},
        {"email": None, "outcome": "invalid_email"},
        {"email": "a@example.com", "outcome": "duplicate_in_request"},
        {"email": "b@example.com", "outcome": "queued"},
    ]
    mails = claim(db)
    assert {mail["kind"] for mail in mails} == {GENERAL}
    assert sorted(mail["email"] for mail in mails) == ["a@example.com", "b@example.com"]
    assert all(mail["invite_code"] is mail["interview_title"] is None for mail in mails)


@pytest.mark.parametrize(
    ("name", "signs"), [(None, "HireVision"), ("Bob\n", "Bob"), (" ", "HireVision")]
)  # noqa: E501
def test_who_signs(db: Database, name: str | None, signs: str) -> None:
    invite(db, "a@example.com", name=name)
    assert claim(db)[0]["recruiter_name"] == signs


def test_ten_minutes_lie_between_two_mails(db: Database) -> None:
    invite(db, "a@example.com")
    db.pass_time("9 minutes 59 seconds")
    assert invite(db, "a@example.com")[0]["outcome"] == "unchanged"
    db.pass_time("1 second")
    assert invite(db, "a@example.com")[0]["outcome"] == "queued"


@pytest.mark.parametrize("outcome", ["accepted", "failed", "retry"])
def test_settling_does_not_shorten_the_ten_minutes(db: Database, outcome: str) -> None:
    invite(db, "a@example.com")
    settle(db, claim(db)[0], outcome)
    db.pass_time("9 minutes 59 seconds")
    maintain(db)
    assert invite(db, "a@example.com")[0]["outcome"] == "unchanged"
    db.pass_time("1 second")
    assert invite(db, "a@example.com")[0]["outcome"] == "queued"
    assert claim(db)[0]["attempts"] == 1


def test_of_what_was_sent_nothing_is_kept(db: Database) -> None:
    invite(db, "a@example.com")
    settle(db, claim(db)[0], "accepted")
    db.pass_time("10 minutes 1 second")
    assert maintain(db)["pruned"] == 1
    with db.superuser():
        assert db.value("select count(*) from private.jobs") == 0


@pytest.mark.parametrize(
    ("emails", "code", "slug"),
    [
        (None, "PT400", "no_emails"),
        ([], "PT400", "no_emails"),
        (["x@example.com"] * 10_001, "PT413", "too_many_emails"),
    ],
)
def test_too_few_and_too_many(db: Database, emails: list[str] | None, code: str, slug: str) -> None:
    refusal = db.as_service().refused(CALL, emails, None)
    assert (refusal.code, refusal.slug) == (code, slug)


def test_10000_in_one_call(db: Database) -> None:
    emails = [f"p{n}@example.com" for n in range(10_000)]
    assert [row["outcome"] for row in invite(db, *emails)] == ["queued"] * 10_000
    assert [row["outcome"] for row in invite(db, *emails)] == ["unchanged"] * 10_000
