"""The invariants hold for an ordinary scene, and breaking each one is noticed."""

import pytest

from tests.kit.database import Database
from tests.model.invariants import INVARIANTS, broken


def story(db: Database) -> None:
    """One has joined, one is invited."""
    scene = db.scene()
    db.invite(scene.recruiter, scene.interview, "waiting@example.com")
    db.accept(scene.candidate, scene.code)


def test_all_hold(db: Database) -> None:
    story(db)
    assert broken(db) == {}


@pytest.mark.parametrize("name", INVARIANTS)
def test_each_is_found_broken(db: Database, name: str) -> None:
    story(db)
    db.run("set constraints all immediate")
    with db.without_triggers():
        for statement in INVARIANTS[name].broken_by.split(";"):
            db.run(statement)
    assert name in broken(db)
