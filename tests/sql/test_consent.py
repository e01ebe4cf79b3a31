"""set_consent and delete_my_responses: what candidates agree to, and take back."""

import uuid

import pytest

from tests.kit import responses
from tests.kit.database import Database, Row
from tests.kit.responses import COMPLETE, DELETE, START, WITHDRAW, Asked, record, write

CONSENT = "select public.set_consent(%s, %s, %s)"
NOTICE = (
    "insert into private.consent_notices (version, recording, analysis) values (%s, 'New.', 'New.')"
)

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def in_force(db: Database, asked: Asked) -> list[bool]:
    """Consent to recording, and to analysis."""
    row = db.participant_row(asked.interview, asked.candidate)
    return [row["consents_to_recording"], row["consents_to_analysis"]]


def evidence(db: Database) -> list[Row]:
    """Every consent that was ever given or withdrawn."""
    with db.superuser():
        return db.rows("select version, recording, analysis from private.consents order by id")


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        ((True, True), [True, True]),
        ((True, False), [True, False]),
        ((True, None), [True, False]),
        ((False, True), [False, False]),
        ((False, False), [False, False]),
        ((None, True), [False, False]),
        ((None, None), [False, False]),
    ],
)
def test_what_counts(
    db: Database, asked: Asked, given: tuple[bool | None, bool | None], counts: list[bool]
) -> None:
    """What is not said is not agreed to, and there is no analysis without recordings."""
    answer = db.value(CONSENT, asked.interview, *given)
    assert answer == {
        "interview_id": str(asked.interview),
        "version": 1,
        "recording": counts[0],
        "analysis": counts[1],
        "given_at": answer["given_at"],
    }
    assert in_force(db, asked) == counts
    assert evidence(db)[-1] == {"version": 1, "recording": counts[0], "analysis": counts[1]}
    assert len(evidence(db)) == 2


def test_the_version_that_was_shown_is_kept(db: Database, asked: Asked) -> None:
    db.as_owner().run(NOTICE, 7)
    assert db.as_user(asked.candidate).value(CONSENT, asked.interview, True, False)["version"] == 7
    assert [row["version"] for row in evidence(db)] == [1, 7]
    refusal = db.as_owner().refused("delete from private.consent_notices where version = 1")
    assert refusal.code == "23503"


def test_the_version_may_be_an_earlier_one_but_must_exist(db: Database, asked: Asked) -> None:
    """A notice that was published while the candidate was reading is not what they agreed to."""
    with db.superuser():
        db.run(NOTICE, 2)
    db.as_user(asked.candidate)
    sql = "select public.set_consent(%s, true, false, %s)"
    assert db.value(sql, asked.interview, 1)["version"] == 1
    assert db.value(sql, asked.interview, None)["version"] == 2
    assert db.refused(sql, asked.interview, 3).slug == "consent_notice_not_found"
    assert [row["version"] for row in evidence(db)][-2:] == [1, 2]


def test_a_notice_says_something_and_stays_once_it_was_agreed_to(
    db: Database, asked: Asked
) -> None:
    with db.superuser():
        db.run(NOTICE, 2)
        blank = "update private.consent_notices set recording = ' ' where version = 2"
        assert db.refused(blank).code == "23514"
        change = "update private.consent_notices set recording = 'Other.' where version = %s"
        assert db.run(change, 2) == 1
    db.as_user(asked.candidate).value(CONSENT, asked.interview, True, False)
    with db.superuser():
        assert db.refused(change, 2).slug == "consent_notice_in_use"


def test_recordings_need_it(db: Database, asked: Asked) -> None:
    db.value(CONSENT, asked.interview, False, False)
    refusal = db.refused(START, asked.questions[0], "audio/webm")
    assert (refusal.code, refusal.slug) == ("PT403", "consent_required")
    assert "recruiter" in (refusal.hint or "")
    db.value(CONSENT, asked.interview, True, False)
    record(db, asked.candidate, asked.questions[0], "audio/webm")


@pytest.mark.parametrize("submitted", [False, True])
def test_taking_it_back_deletes_recordings_alone(
    db: Database, asked: Asked, submitted: bool
) -> None:
    paths = [record(db, asked.candidate, asked.questions[0])["path"] for _ in range(2)]
    write(db, asked.candidate, asked.questions[1], "Because.")
    if submitted:
        db.value(COMPLETE, asked.interview)
    db.value(CONSENT, asked.interview, False, True)
    assert responses.states(db, asked.participant) == ["text uploaded"]
    assert sorted(responses.removals(db)) == sorted(paths)
    row = db.participant_row(asked.interview, asked.candidate)
    assert (row["answered"], row["responses_deleted_at"]) == (1, db.value("select now()"))
    assert in_force(db, asked) == [False, False]


def test_taking_it_back_with_nothing_recorded_deletes_nothing(db: Database, asked: Asked) -> None:
    write(db, asked.candidate, asked.questions[1], "Because.")
    db.value(CONSENT, asked.interview, False, False)
    row = db.participant_row(asked.interview, asked.candidate)
    assert (row["answered"], row["responses_deleted_at"]) == (1, None)


def test_taking_back_analysis_leaves_recordings(db: Database, asked: Asked) -> None:
    db.value(CONSENT, asked.interview, True, True)
    record(db, asked.candidate, asked.questions[0])
    db.value(CONSENT, asked.interview, True, False)
    assert responses.states(db, asked.participant) == ["video uploaded"]
    assert in_force(db, asked) == [True, False]


@pytest.mark.parametrize("submitted", [False, True])
def test_deleting_everything(db: Database, asked: Asked, submitted: bool) -> None:
    path = record(db, asked.candidate, asked.questions[0])["path"]
    write(db, asked.candidate, asked.questions[1], "Because.")
    if submitted:
        db.value(COMPLETE, asked.interview)
    answer = {"interview_id": str(asked.interview), "deleted": 2}
    assert db.value(DELETE, asked.interview) == answer
    assert responses.removals(db) == [path]
    row = db.participant_row(asked.interview, asked.candidate)
    assert row["status"] == ("completed" if submitted else "active")
    assert (row["answered"], row["responses_deleted_at"]) == (0, db.value("select now()"))
    assert in_force(db, asked) == [False, False]
    # The recruiter sees when, and nothing else.
    db.as_user(asked.recruiter)
    assert db.value("select responses_deleted_at from public.interview_participants") is not None
    assert db.rows("select from public.interview_responses") == []
    db.pass_time("1 hour")
    assert db.as_user(asked.candidate).value(DELETE, asked.interview)["deleted"] == 0
    later = db.participant_row(asked.interview, asked.candidate)["responses_deleted_at"]
    assert later < db.value("select now()"), "it tells when there was something"


def test_withdrawing_from_the_interview_takes_it_back(db: Database, asked: Asked) -> None:
    db.value(CONSENT, asked.interview, True, True)
    record(db, asked.candidate, asked.questions[0])
    db.value(WITHDRAW, asked.interview)
    assert in_force(db, asked) == [False, False]
    assert db.participant_row(asked.interview, asked.candidate)["answered"] == 0


CALLS = [(CONSENT, [True, True]), (DELETE, [])]


@pytest.mark.parametrize(("call", "values"), CALLS)
def test_only_for_ones_own_interview(
    db: Database, asked: Asked, call: str, values: list[bool]
) -> None:
    record(db, asked.candidate, asked.questions[0])
    for caller in [asked.recruiter, db.account()]:
        refusal = db.as_user(caller).refused(call, asked.interview, *values)
        assert (refusal.code, refusal.slug) == ("PT404", "participation_not_found")
    db.as_user(asked.candidate)
    for interview in [None, uuid.uuid4(), asked.questions[0]]:
        assert db.refused(call, interview, *values).slug == "participation_not_found"
    assert responses.states(db, asked.participant) == ["video uploaded"]
    db.value(WITHDRAW, asked.interview)
    assert db.refused(call, asked.interview, *values).slug == "participation_not_found"
    assert db.as_anon().refused(call, asked.interview, *values).code == "42501"
    assert db.as_service().refused(call, asked.interview, *values).code == "42501"


@pytest.mark.parametrize("who", ["candidate", "recruiter"])
def test_nobody_writes_consent_by_hand(db: Database, asked: Asked, who: str) -> None:
    db.as_user(getattr(asked, who))
    for sql in [
        "update public.interview_participants set consents_to_recording = true",
        "update public.interview_participants set consent_version = 1",
        "update public.interview_participants set answered = 99",
        "insert into private.consents (participant_id) values (gen_random_uuid())",
        "select from private.consents",
        NOTICE % 99,
        "update private.consent_notices set recording = 'x'",
        "delete from private.consent_notices",
    ]:
        assert db.refused(sql).code == "42501"
    assert db.value("select public.response_settings() -> 'consent' -> 'version'") == 1
