"""adjust_participant: more takes and more time for one candidate."""

import pytest

from tests.kit.database import Database
from tests.kit.responses import START, Asked, record

pytestmark = pytest.mark.usefixtures("nothing_is_left")


def test_accommodations_give_takes_and_time(db: Database, asked: Asked) -> None:
    for _ in range(3):
        record(db, asked.candidate, asked.questions[0])
    given = {"participant_id": str(asked.participant), "extra_takes": 1, "time_factor": 1.5}
    call = "select public.adjust_participant(%s, %s, %s::numeric)"
    assert db.as_user(asked.recruiter).value(call, *given.values()) == given
    take = record(db, asked.candidate, asked.questions[0])
    assert (take["takes_left"], take["max_seconds"]) == (0, 270)
    assert db.refused(START, asked.questions[0], "video/webm").slug == "no_takes_left"
    assert db.value("select extra_takes from public.accommodations") == 1


def test_accommodations_that_somebody_else_has_given(db: Database, asked: Asked) -> None:
    """Given on the condition that nobody has given others since."""
    call = "select public.adjust_participant(%s, %s, 1, %s::jsonb)"
    none, one = '{"extra_takes": 0, "time_factor": 1}', '{"extra_takes": 1, "time_factor": 1.00}'
    db.as_user(asked.recruiter)
    assert db.value(call, asked.participant, 1, none)["extra_takes"] == 1
    for seen in (none, '{"extra_takes": 1, "time_factor": 1.5}', "[]", "0", '"none"'):
        refusal = db.refused(call, asked.participant, 2, seen)
        assert (refusal.code, refusal.slug) == ("PT409", "row_conflict")
    assert db.value("select extra_takes from public.accommodations") == 1
    assert db.value(call, asked.participant, 2, one)["extra_takes"] == 2
    assert db.value(call, asked.participant, 3, None)["extra_takes"] == 3


@pytest.mark.parametrize(
    "values",
    [
        (-1, 1),
        (11, 1),
        (2_147_483_647, 1),
        (0, 0.99),
        (0, 2.01),
        (0, "NaN"),
        (0, "Infinity"),
        (None, 1),
        (0, None),
    ],
)
def test_no_absurd_accommodation(db: Database, asked: Asked, values: tuple[object, ...]) -> None:
    refusal = db.as_user(asked.recruiter).refused(
        "select public.adjust_participant(%s, %s, %s::numeric)", asked.participant, *values
    )
    assert (refusal.code, refusal.slug) == ("PT400", "invalid_accommodation")


@pytest.mark.parametrize("who", ["candidate", "stranger"])
def test_only_the_recruiter_gives_accommodations(db: Database, asked: Asked, who: str) -> None:
    caller = asked.candidate if who == "candidate" else db.account()
    refusal = db.as_user(caller).refused(
        "select public.adjust_participant(%s, 10, 2)", asked.participant
    )
    assert (refusal.code, refusal.slug) == ("PT404", "participant_not_found")
    assert (
        db.as_user(asked.recruiter).refused("select public.adjust_participant(null, 1, 1)").slug
        == "participant_not_found"
    )
