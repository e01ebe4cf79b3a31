"""The ratings and notes that save_review is given, hostile ones among them."""

import json
import uuid
from typing import Any

import pytest

from tests.kit.database import Database
from tests.kit.reviews import RATINGS, REVIEWS, SAVE, Reviewed, add_criteria, rate, refused, save

ID = "11111111-1111-4111-8111-111111111111"
NO_IDS: list[Any] = [
    *(None, 1, {}, [ID], "", "null", f"{{{ID}}}", f" {ID}", f"{ID}\n", f"{ID}0"),
    *("1" * 32, "é", f"urn:uuid:{ID}", "a" * 100_000),
]
MALFORMED = [
    *("null", "{}", '"a"', "1", "true", "[null]", "[1]", '["a"]', "[[]]", "[{}]", "[[[{}]]]"),
    f'{{"criterion_id": "{ID}", "level": 1}}',
    f'[{{"criterion_id": "{ID}", "level": 1, "weight": 2}}]',
    f'[{{"criterion_id": "{ID}", "LEVEL": 1}}]',
    '[{"level": 1}]',
    *(json.dumps([{"criterion_id": id, "level": 1}]) for id in NO_IDS),
    *(
        f'[{{"criterion_id": "{ID}", "level": {level}}}]'
        for level in (
            *("0", "5", "-1", "1.5", "1e400", "-1e400", "1e-400", '"1"', "true", "[1]", "{}"),
            *("65537", "4294967297", "9" * 1000),
        )
    ),
    *(
        f'[{{"criterion_id": "{ID}", "level": 1, "note": {note}}}]'
        for note in ("1", "false", "[]", '{"a": "b"}', '["a"]')
    ),
    f'[{{"criterion_id": "{ID}", "note": "Without a level"}}]',
    f'[{{"criterion_id": "{ID}", "level": null, "note": "Without a level"}}]',
    json.dumps([{"criterion_id": ID}, {"criterion_id": ID}]),
    json.dumps([{"criterion_id": ID, "level": 1}, {"criterion_id": ID}]),
    json.dumps([rate(ID)] * 10_000),
]


@pytest.mark.parametrize("ratings", MALFORMED, ids=lambda ratings: str(ratings)[:60])
def test_malformed_ratings(db: Database, reviewed: Reviewed, ratings: str) -> None:
    refusal = db.as_user(reviewed.recruiter).refused(SAVE, reviewed.participant, ratings, "", False)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_ratings")


def test_ratings_that_are_null(db: Database, reviewed: Reviewed) -> None:
    refusal = db.as_user(reviewed.recruiter).refused(SAVE, reviewed.participant, None, "", False)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_ratings")


@pytest.mark.parametrize("text", ['["\\u0000"]', '["\\ud800"]', "[", "nan", "[1e999999]"])
def test_what_postgresql_takes_for_no_json(db: Database, reviewed: Reviewed, text: str) -> None:
    refusal = db.as_user(reviewed.recruiter).refused(SAVE, reviewed.participant, text, "", False)
    assert refusal.code in ("22P02", "22P05", "22003")


def test_one_criterion_in_two_spellings(db: Database, reviewed: Reviewed) -> None:
    id = "abcdef01-1111-4111-8111-111111111111"
    refusal = refused(db, reviewed, [rate(id), rate(id.upper())])
    assert refusal.slug == "invalid_ratings"


@pytest.mark.parametrize("level", [1, None])
def test_criteria_of_nobody_and_of_others(
    db: Database, reviewed: Reviewed, level: int | None
) -> None:
    own = db.interview(reviewed.recruiter, "Second")
    other = db.account()
    elsewhere = [
        uuid.uuid4(),
        *add_criteria(db, reviewed.recruiter, own, "Own"),
        *add_criteria(db, other, db.interview(other), "Other's"),
    ]
    refusals = [refused(db, reviewed, [rate(id, level)]) for id in elsewhere]
    assert (refusals[0].code, refusals[0].slug) == ("PT404", "criterion_not_found")
    assert all(refusal == refusals[0] for refusal in refusals)
    many = [rate(uuid.uuid4()) for _ in range(10_000)]
    assert refused(db, reviewed, many) == refusals[0]


def test_no_dba_rates_by_another_interviews_criterion(db: Database, reviewed: Reviewed) -> None:
    answer = save(db, reviewed.recruiter, reviewed.participant)
    own = db.interview(reviewed.recruiter, "Second")
    (elsewhere,) = add_criteria(db, reviewed.recruiter, own, "Elsewhere")
    db.as_owner().run("set constraints all immediate")
    insert = "insert into public.candidate_ratings (review_id, criterion_id, level)"
    values = "values (%s, %s, %s)"
    assert db.refused(f"{insert} {values}", answer["review_id"], elsewhere, 1).code == "23503"
    for level in (0, 5, None):
        values_of = (answer["review_id"], reviewed.criteria[0], level)
        assert db.refused(f"{insert} {values}", *values_of).code in ("23514", "23502")
    assert db.run(f"{insert} {values}", answer["review_id"], reviewed.criteria[0], 1) == 1


def test_notes_that_are_too_long(db: Database, reviewed: Reviewed) -> None:
    on, criterion = reviewed, reviewed.criteria[0]
    for ratings, note, most in (
        ([rate(criterion, note="é" * 2001)], "", "2,000"),
        ([], "é" * 5001, "5,000"),
    ):
        refusal = refused(db, on, ratings, note)
        assert (refusal.code, refusal.slug) == ("PT400", "note_too_long")
        assert most in str(refusal.message)
    # Blanks around them do not count.
    longest = [rate(criterion, note="\U0001f600" * 2000 + " ")]
    assert save(db, on.recruiter, on.participant, longest, "\n" + "\U0001f600" * 5000)


def test_texts_come_back_as_they_were_written(db: Database, reviewed: Reviewed) -> None:
    text = "<b>'\"; drop table x; --\u202eعربي\u0301 \x01 \U0001f468\u200d\U0001f469 {a,b} \\u0000"
    save(
        db, reviewed.recruiter, reviewed.participant, [rate(reviewed.criteria[0], note=text)], text
    )
    assert db.one(RATINGS)["note"] == db.one(REVIEWS)["note"] == text
