"""invite_candidates: the general invitation to join HireVision."""

import pytest

from tests.database import Database, Row

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
    db.as_service()
    mails = db.value("select public.claim_mails('worker')")
    assert {mail["mail"] for mail in mails} == {"candidate_invitation"}
    assert sorted(mail["email"] for mail in mails) == ["a@example.com", "b@example.com"]
    assert all(mail["invite_code"] is mail["interview_title"] is None for mail in mails)


@pytest.mark.parametrize(
    ("name", "signs"), [(None, "HireVision"), ("Bob\n", "Bob"), (" ", "HireVision")]
)  # noqa: E501
def test_who_signs(db: Database, name: str | None, signs: str) -> None:
    invite(db, "a@example.com", name=name)
    assert db.value("select public.claim_mails('worker')")[0]["recruiter_name"] == signs


def test_ten_minutes_lie_between_two_mails(db: Database) -> None:
    invite(db, "a@example.com")
    db.pass_time("9 minutes 59 seconds")
    assert invite(db, "a@example.com")[0]["outcome"] == "unchanged"
    db.pass_time("1 second")
    assert invite(db, "a@example.com")[0]["outcome"] == "queued"


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
