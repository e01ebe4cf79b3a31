"""decide: what becomes of a candidate."""

import uuid

import pytest

from tests.kit.database import Database, Refusal, at_once, committed
from tests.kit.responses import COMPLETE, WITHDRAW, Asked
from tests.kit.reviews import DECIDE
from tests.sql.locks import Act, slug, waited

ROWS = "select * from public.candidate_decisions"


def test_the_owner_decides_changes_it_and_takes_it_back(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter)
    for decision in ("advance", "hold", "decline"):
        answer = db.value(DECIDE, asked.participant, decision)
        assert (answer["participant_id"], answer["decision"]) == (
            str(asked.participant),
            decision,
        )
        row = db.one(ROWS)
        assert (row["decision"], row["decided_by"]) == (decision, asked.recruiter)
        assert (row["recruiter_id"], row["user_id"]) == (asked.recruiter, asked.candidate)
        assert row["interview_id"] == asked.interview and answer["decided_at"]
    for _ in range(2):
        assert db.value(DECIDE, asked.participant, None) == {
            "participant_id": str(asked.participant),
            "decision": None,
            "decided_at": None,
        }
        assert db.rows(ROWS) == []


def test_who_has_completed_too_and_no_one_who_has_withdrawn(db: Database, asked: Asked) -> None:
    second = db.account("second@example.com")
    invite = db.invite(asked.recruiter, asked.interview, "second@example.com")
    db.accept(second, invite["invite_code"])
    db.value(COMPLETE, asked.interview)
    db.as_user(asked.candidate).value(WITHDRAW, asked.interview)
    completed = db.participant_row(asked.interview, second)["id"]
    db.as_user(asked.recruiter)
    assert db.value(DECIDE, completed, "advance")["decision"] == "advance"
    for decision in ("advance", None, "nonsense"):
        refusal = db.refused(DECIDE, asked.participant, decision)
        assert (refusal.code, refusal.slug) == ("PT409", "already_withdrawn")


@pytest.mark.parametrize(
    "decision", ["", " ", "ADVANCE", "advance ", "null", "hire", "hold\u200b", "é" * 100_000]
)
def test_what_is_no_decision(db: Database, asked: Asked, decision: str) -> None:
    refusal = db.as_user(asked.recruiter).refused(DECIDE, asked.participant, decision)
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_decision")


def test_nobody_but_the_owner_decides(db: Database, asked: Asked) -> None:
    stranger = db.account()
    db.interview(stranger)
    refusals = [
        db.as_user(who).refused(DECIDE, participant, decision)
        for who, participant, decision in (
            (stranger, asked.participant, "advance"),
            (stranger, asked.participant, None),
            (stranger, asked.participant, "nonsense"),
            (stranger, uuid.uuid4(), "advance"),
            (stranger, None, "advance"),
            (asked.candidate, asked.participant, "advance"),
            (asked.recruiter, asked.invite, "advance"),
        )
    ]
    assert (refusals[0].code, refusals[0].slug) == ("PT404", "participant_not_found")
    assert all(refusal == refusals[0] for refusal in refusals)
    for role in (db.as_anon, db.as_service):
        assert role().refused(DECIDE, asked.participant, "advance").code == "42501"
    assert db.as_owner().rows(ROWS) == []


def test_a_decision_moves_with_the_interview(db: Database, asked: Asked) -> None:
    heir = db.account()
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, "hold")
    db.as_service().value("select public.transfer_interviews(%s, %s)", asked.recruiter, heir)
    assert db.as_user(asked.recruiter).rows(ROWS) == []
    assert db.as_user(heir).one(ROWS)["decided_by"] == asked.recruiter
    assert db.value(DECIDE, asked.participant, "advance")["decision"] == "advance"
    assert db.one(ROWS)["decided_by"] == heir


def test_a_decision_goes_with_the_candidate(db: Database, asked: Asked) -> None:
    db.as_user(asked.recruiter).value(DECIDE, asked.participant, "hold")
    with db.superuser():
        assert db.run("delete from auth.users where id = %s", asked.candidate) == 1
    assert db.as_owner().rows(ROWS) == []


def test_decisions_at_once(url: str, answering: Asked) -> None:
    def deciding(decision: str | None) -> Act:
        return lambda db: db.as_user(answering.recruiter).value(
            DECIDE, answering.participant, decision
        )

    decisions = ["advance", "hold", "decline", None, "advance", None]
    answers = at_once(url, [deciding(decision) for decision in decisions])
    assert not [answer for answer in answers if isinstance(answer, Refusal)]
    with committed(url) as db:
        assert db.run(ROWS) <= 1


def test_who_withdraws_meanwhile(url: str, answering: Asked) -> None:
    refusal = waited(
        url,
        lambda db: db.as_user(answering.candidate).value(WITHDRAW, answering.interview),
        lambda db: db.as_user(answering.recruiter).value(DECIDE, answering.participant, "hold"),
    )
    assert slug(refusal) == "already_withdrawn"
