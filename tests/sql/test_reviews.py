"""save_review: what the owner of an interview thinks of a candidate, and who reads it."""

import uuid
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal, Row, at_once, committed
from tests.kit.responses import COMPLETE, WITHDRAW, Asked
from tests.kit.reviews import (
    DECIDE,
    RATINGS,
    REVIEWS,
    SAVE,
    Reviewed,
    add_criteria,
    rate,
    rate_all,
    refused,
    reviewer,
    save,
)
from tests.sql.locks import after, slug, waited

TRANSFER = "select public.transfer_interviews(%s, %s)"


# ---- saving --------------------------------------------------------------------------------------


def test_a_draft_then_submitted(db: Database, reviewed: Reviewed) -> None:
    clarity, depth = reviewed.criteria
    draft = save(
        db,
        reviewed.recruiter,
        reviewed.participant,
        [
            rate(clarity, 2, note=" First\u200b "),
            rate(depth, None, note=" "),
        ],
        " On the whole ",
    )
    assert (draft["submitted_at"], draft["changed_at"]) == (None, None)
    row = db.one(REVIEWS)
    assert (str(row["id"]), row["note"]) == (draft["review_id"], "On the whole")
    assert (row["reviewer_id"], row["user_id"]) == (reviewed.recruiter, reviewed.candidate)
    assert (row["interview_id"], row["recruiter_id"]) == (reviewed.interview, reviewed.recruiter)
    assert db.rows(RATINGS) == [{"criterion_id": clarity, "level": 2, "note": "First"}]
    submitted = save(
        db, reviewed.recruiter, reviewed.participant, rate_all(*reviewed.criteria), submit=True
    )
    assert submitted["review_id"] == draft["review_id"]
    assert submitted["submitted_at"] and submitted["changed_at"] is None
    assert [row["level"] for row in db.rows(RATINGS)] == [3, 3]
    assert db.one(REVIEWS)["note"] == ""


@pytest.mark.parametrize(
    "change",
    [
        "update public.candidate_reviews set submitted_at = null, changed_at = now()",
        "update public.candidate_reviews set note = repeat('x', 5001)",
        "update public.candidate_ratings set note = repeat('x', 2001)",
        "update public.candidate_ratings set level = 0",
        "update public.candidate_ratings set level = 5",
        "update public.candidate_decisions set decision = 'maybe'",
        "update public.interview_criteria set description = repeat('x', 2001)",
    ],
)
def test_what_the_tables_keep_from_dbas(db: Database, reviewed: Reviewed, change: str) -> None:
    ratings = rate_all(*reviewed.criteria)
    save(db, reviewed.recruiter, reviewed.participant, ratings, submit=True)
    db.value(DECIDE, reviewed.participant, "hold")
    assert db.as_owner().refused(change).code == "23514"


def test_a_call_with_the_ratings_alone(db: Database, reviewed: Reviewed) -> None:
    answer = db.as_user(reviewed.recruiter).value(
        "select public.save_review(participant_id => %s, ratings => '[]')", reviewed.participant
    )
    assert set(answer) == {"review_id", "submitted_at", "changed_at"}
    assert db.value(SAVE, reviewed.participant, Jsonb([]), None, None)["submitted_at"] is None


def test_what_is_changed_after_submitting_is_stamped(db: Database, reviewed: Reviewed) -> None:
    on, ratings = reviewed, rate_all(*reviewed.criteria)
    first = save(db, on.recruiter, on.participant, ratings, "Good", submit=True)
    # A repeated call changes nothing, in whatever order and spelling.
    for same in (ratings, ratings[::-1], [rate(on.criteria[0], 3.0, note=None), ratings[1]]):
        again = save(db, on.recruiter, on.participant, same, " Good ", submit=same == ratings)
        assert again == first
    for ratings, note in (
        ([rate(on.criteria[0], 4), rate(on.criteria[1])], "Good"),
        ([rate(on.criteria[0], 4), rate(on.criteria[1], note="Why")], "Good"),
        ([rate(on.criteria[0], 4), rate(on.criteria[1], note="Why")], "Very good"),
    ):
        with db.superuser():
            db.run("update public.candidate_reviews set changed_at = null")
        later = save(db, on.recruiter, on.participant, ratings, note)
        assert later["submitted_at"] == first["submitted_at"] and later["changed_at"]
    # It stays complete.
    for submit in (False, True):
        refusal = refused(db, on, ratings[:1], "Very good", submit)
        assert (refusal.code, refusal.slug) == ("PT409", "ratings_missing")
    assert len(db.rows(RATINGS)) == 2


def test_how_many_levels_are_missing(db: Database, reviewed: Reviewed) -> None:
    clarity, depth = reviewed.criteria
    for ratings, missing in (
        ([], 2),
        ([rate(clarity)], 1),
        ([rate(clarity), rate(depth, None)], 1),
        ([rate(clarity, None), rate(depth, None)], 2),
    ):
        refusal = refused(db, reviewed, ratings, "Good", submit=True)
        assert (refusal.code, refusal.slug) == ("PT409", "ratings_missing")
        assert f": {missing}." in str(refusal.message)
    assert db.rows(REVIEWS) == []


def test_an_interview_without_criteria_needs_a_note(db: Database, reviewed: Reviewed) -> None:
    db.as_user(reviewed.recruiter).run("delete from public.interview_criteria")
    for note in ("", " \u2060", None):
        assert refused(db, reviewed, [], note, submit=True).slug == "ratings_missing"
    assert save(db, reviewed.recruiter, reviewed.participant, [], "Good", submit=True)


def test_a_criterion_that_comes_later(db: Database, reviewed: Reviewed) -> None:
    """What was submitted stays submitted; once it is changed, the new one needs a level too."""
    on = reviewed
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
    later = add_criteria(db, on.recruiter, on.interview, "Later")
    assert refused(db, on, rate_all(*on.criteria)).slug == "ratings_missing"
    assert save(db, on.recruiter, on.participant, rate_all(*on.criteria, *later))["changed_at"]


def test_only_of_those_who_have_completed(db: Database, asked: Asked) -> None:
    criteria = add_criteria(db, asked.recruiter, asked.interview, "Clarity")
    on = Reviewed(asked.recruiter, asked.interview, asked.candidate, asked.participant, criteria)
    assert (refused(db, on, []).code, refused(db, on, []).slug) == ("PT409", "not_completed")
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    assert refused(db, on, []).slug == "not_completed"


# ---- others --------------------------------------------------------------------------------------


def test_nobody_but_the_owner_reviews(db: Database, reviewed: Reviewed) -> None:
    stranger = db.account()
    own = db.interview(stranger)
    ratings = Jsonb([])
    refusals = [
        db.as_user(who).refused(SAVE, participant, ratings, "", False)
        for who, participant in (
            (stranger, reviewed.participant),
            (stranger, uuid.uuid4()),
            (stranger, own),
            (stranger, None),
            (reviewed.candidate, reviewed.participant),
            (reviewed.recruiter, reviewed.interview),
        )
    ]
    assert (refusals[0].code, refusals[0].slug) == ("PT404", "participant_not_found")
    assert all(refusal == refusals[0] for refusal in refusals)
    for role in (db.as_anon, db.as_service):
        assert role().refused(SAVE, reviewed.participant, ratings, "", False).code == "42501"
    # A DBA may act on every interview, but a review is somebody's.
    refusal = db.as_owner().refused(SAVE, reviewed.participant, ratings, "", False)
    assert refusal.slug == "not_signed_in"


def test_nobody_else_reads_or_writes_reviews(db: Database, reviewed: Reviewed) -> None:
    on = reviewed
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "Good", submit=True)
    db.value("select public.decide(%s, 'advance')", on.participant)
    tables = ("candidate_reviews", "candidate_ratings", "candidate_decisions")
    assert [db.run(f"select from public.{table}") for table in tables] == [1, 2, 1]
    for who in (on.candidate, db.account()):
        for table in tables:
            assert db.as_user(who).run(f"select from public.{table}") == 0
    for table in tables:
        assert db.as_anon().refused(f"select from public.{table}").code == "42501"
        db.as_user(on.recruiter)
        for sql in (
            f"delete from public.{table}",
            f"update public.{table} set recruiter_id = recruiter_id",
            f"insert into public.{table} default values",
        ):
            assert db.refused(sql).code == "42501"


# ---- after a transfer ----------------------------------------------------------------------------


def reads(db: Database, who: uuid.UUID) -> tuple[list[str], int]:
    """The notes of the reviews that somebody reads, and how many ratings."""
    db.as_user(who)
    notes = [row["note"] for row in db.rows(f"{REVIEWS} order by note")]
    return notes, len(db.rows(RATINGS))


def test_others_reviews_show_once_ones_own_is_in(db: Database, reviewed: Reviewed) -> None:
    on, heir = reviewed, db.account()
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "First", submit=True)
    db.as_service().value(TRANSFER, on.recruiter, heir)
    assert reads(db, on.recruiter) == ([], 0)
    assert reads(db, heir) == ([], 0)
    save(db, heir, on.participant, [rate(on.criteria[0])], "Second")
    assert reads(db, heir) == (["Second"], 1)
    save(db, heir, on.participant, rate_all(*on.criteria, level=1), "Second", submit=True)
    assert reads(db, heir) == (["First", "Second"], 4)
    refusal = db.as_user(on.recruiter).refused(SAVE, on.participant, Jsonb([]), "", False)
    assert refusal.slug == "participant_not_found"
    assert (
        db.as_user(heir).refused("update public.interview_criteria set name = 'Other'").slug
        == "criterion_in_use"
    )
    # And back again: each has one.
    db.as_service().value(TRANSFER, heir, on.recruiter)
    assert reads(db, on.recruiter) == (["First", "Second"], 4)
    assert reads(db, heir) == ([], 0)
    assert reads(db, on.candidate) == ([], 0)


def test_ones_own_review_of_somebody_else_opens_nothing(db: Database, reviewed: Reviewed) -> None:
    on, heir = reviewed, db.account()
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "First", submit=True)
    second = db.account("second@example.com")
    db.accept(second, db.invite(on.recruiter, on.interview, "second@example.com")["invite_code"])
    db.value(COMPLETE, on.interview)
    other = db.participant_row(on.interview, second)["id"]
    db.as_service().value(TRANSFER, on.recruiter, heir)
    save(db, heir, other, rate_all(*on.criteria), "Of the second", submit=True)
    assert reads(db, heir) == (["Of the second"], 2)


def test_others_drafts_show_to_nobody(db: Database, reviewed: Reviewed) -> None:
    on, heir = reviewed, db.account()
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "Draft")
    db.as_service().value(TRANSFER, on.recruiter, heir)
    save(db, heir, on.participant, rate_all(*on.criteria), "Own", submit=True)
    assert reads(db, heir) == (["Own"], 2)


def test_a_review_outlives_its_reviewer(db: Database, reviewed: Reviewed) -> None:
    on, heir = reviewed, db.account()
    save(db, on.recruiter, on.participant, rate_all(*on.criteria), "First", submit=True)
    db.value("select public.decide(%s, 'hold')", on.participant)
    db.as_service().value(TRANSFER, on.recruiter, heir)
    email = db.email_of(on.recruiter)
    assert db.as_service().value("select public.erase_person(%s)", email)["accounts"] == 1
    assert reads(db, heir) == ([], 0)
    save(db, heir, on.participant, rate_all(*on.criteria), "Second", submit=True)
    assert reads(db, heir) == (["First", "Second"], 4)
    assert {row["reviewer_id"] for row in db.rows(REVIEWS)} == {None, heir}
    assert db.one("select decided_by, decision from public.candidate_decisions") == {
        "decided_by": None,
        "decision": "hold",
    }


# ---- at once -------------------------------------------------------------------------------------


def test_two_saves_at_once_leave_one_of_them(url: str, reviewing: Reviewed) -> None:
    """Never some ratings of one and some of the other."""
    on = reviewing

    def saving(level: int) -> Any:
        return lambda db: save(
            db, on.recruiter, on.participant, rate_all(*on.criteria, level=level), str(level), True
        )

    answers = at_once(url, [saving(level) for level in (1, 2, 3, 4)])
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    with committed(url) as db:
        row = db.one(REVIEWS)
        assert {str(rating["level"]) for rating in db.rows(RATINGS)} == {row["note"]}
        assert db.run("select from public.candidate_ratings") == 2
        assert row["changed_at"] >= row["submitted_at"]


def test_a_save_waits_for_a_transfer(url: str, reviewing: Reviewed) -> None:
    on = reviewing
    with committed(url) as db:
        heir = db.account()
    refusal = waited(
        url,
        lambda db: db.as_service().value(TRANSFER, on.recruiter, heir),
        lambda db: save(db, on.recruiter, on.participant, rate_all(*on.criteria)),
    )
    assert slug(refusal) == "participant_not_found"


def test_a_transfer_waits_for_a_save(url: str, reviewing: Reviewed) -> None:
    on = reviewing
    with committed(url) as db:
        heir = db.account()

    def transfer(db: Database) -> Row:
        db.as_service().value(TRANSFER, on.recruiter, heir)
        return db.as_owner().one(
            "select (select array_agg(distinct recruiter_id) from public.candidate_reviews) as a,"
            " (select array_agg(distinct recruiter_id) from public.candidate_ratings) as b,"
            " (select array_agg(distinct recruiter_id) from public.interview_criteria) as c"
        )

    owners = waited(
        url,
        lambda db: save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True),
        transfer,
    )
    assert owners == {"a": [heir], "b": [heir], "c": [heir]}


@pytest.mark.parametrize("by", ["owner", "colleague"])
def test_a_save_waits_for_an_erasure(url: str, reviewing: Reviewed, by: str) -> None:
    on = reviewing
    with committed(url) as db:
        colleague = reviewer(db, on.recruiter, on.interview, "colleague@example.com")
    who = on.recruiter if by == "owner" else colleague
    refusal = waited(
        url,
        lambda db: db.as_user(on.recruiter).value(
            "select public.erase_candidate(%s)", on.participant
        ),
        lambda db: save(db, who, on.participant, rate_all(*on.criteria)),
    )
    assert slug(refusal) == "participant_not_found"


def test_erasing_a_former_owner_holds_nothing_that_a_deletion_needs(
    url: str, reviewing: Reviewed
) -> None:
    """Both write the reviews of several candidates, in different orders."""
    on = reviewing
    with committed(url) as db:
        save(db, on.recruiter, on.participant, rate_all(*on.criteria), submit=True)
        db.as_service().value(TRANSFER, on.recruiter, db.account())
        email = db.email_of(on.recruiter)
    accounts = after(
        url,
        holds="select from public.interviews for update",
        act=lambda db: db.as_service().value(
            "select public.erase_person(%s) ->> 'accounts'", email
        ),
        goes_on="delete from public.interviews",
        rows=1,
    )
    assert accounts == "1"


@pytest.mark.parametrize("write", ["save", "save as a colleague", "decide"])
def test_who_deletes_their_account_meanwhile_finds_no_candidate_held(
    url: str, reviewing: Reviewed, write: str
) -> None:
    """The account is held before its interviews, and what is written refers to it."""
    on = reviewing
    who = on.recruiter
    if write == "save as a colleague":
        with committed(url) as db:
            who = reviewer(db, on.recruiter, on.interview, "colleague@example.com")

    def act(db: Database) -> Any:
        if write == "decide":
            return db.as_user(who).value(DECIDE, on.participant, "hold")
        return save(db, who, on.participant, rate_all(*on.criteria))

    written = after(
        url,
        holds=f"select from auth.users where id = '{who}' for update",
        act=act,
        goes_on="select from public.interview_participants for update",
        rows=1,
    )
    assert written["participant_id" if write == "decide" else "review_id"]
