"""The invariants hold for an ordinary scene, and breaking each one is noticed."""

import pytest

from tests.kit import responses
from tests.kit.database import Database
from tests.model.invariants import INVARIANTS, broken


def story(db: Database) -> None:
    """One has joined and recorded, one is invited."""
    scene = db.scene()
    db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    asked = responses.ask(db, scene, {}, {})
    responses.record(db, asked.candidate, asked.questions[0])


def test_all_hold(db: Database) -> None:
    story(db)
    assert broken(db) == {}


def test_every_fault_of_responses_is_one() -> None:
    assert responses.FAULTS.keys() <= INVARIANTS.keys()


@pytest.mark.parametrize("name", INVARIANTS)
def test_each_is_found_broken(db: Database, name: str) -> None:
    story(db)
    db.run("set constraints all immediate")
    with db.without_triggers():
        for statement in INVARIANTS[name].broken_by.split(";"):
            db.run(statement)
    assert name in broken(db)
