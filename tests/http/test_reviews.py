"""Criteria, reviews and decisions as the recruiter's screen reads and writes them."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.http.api import SINGLE, Api, Person, Row, refusal, value

LEVELS = ["Not shown", "Partly shown", "Shown", "Shown convincingly"]
IN_ORDER = {"order": "created_at,id"}


@dataclass
class Reviewing:
    """A recruiter, the interview, and who has completed it."""

    recruiter: Person
    candidate: Person
    interview_id: str
    participant_id: str

    def add(self, *names: str) -> list[str]:
        """Criteria; their ids."""
        rows = [{"interview_id": self.interview_id, "name": name} for name in names]
        return [row["id"] for row in value(self.recruiter.insert("interview_criteria", rows))]

    def save(self, ratings: Any, **more: Any) -> Any:
        return self.recruiter.rpc(
            "save_review", participant_id=self.participant_id, ratings=ratings, **more
        )


@pytest.fixture
def reviewing(api: Api) -> Reviewing:
    scene = api.scene().joined()
    done = value(scene.candidate.rpc("complete_interview", interview_id=scene.interview_id))
    return Reviewing(scene.recruiter, scene.candidate, scene.interview_id, done["participant_id"])


def rated(*criteria: str) -> list[Row]:
    return [{"criterion_id": id, "level": 3, "note": "Why"} for id in criteria]


def test_what_the_screen_does(reviewing: Reviewing) -> None:
    names = [f"Criterion {number:02}" for number in range(20)]
    criteria = reviewing.add(*names)
    recruiter, participant = reviewing.recruiter, f"eq.{reviewing.participant_id}"
    rows = recruiter.rows("interview_criteria", **IN_ORDER)
    assert [(row["name"], row["levels"]) for row in rows] == [(name, LEVELS) for name in names]
    assert refusal(
        recruiter.insert(
            "interview_criteria", {"interview_id": reviewing.interview_id, "name": "x"}
        )
    ) == (413, "PT413", "too_many_criteria")
    draft = value(reviewing.save(rated(criteria[0])))
    assert refusal(reviewing.save([], submit=True)) == (409, "PT409", "ratings_missing")
    review = value(reviewing.save(rated(*criteria), note="Good", submit=True))
    assert review["review_id"] == draft["review_id"] and review["submitted_at"]
    decided = value(
        recruiter.rpc("decide", participant_id=reviewing.participant_id, decision="advance")
    )
    # One call for all of a candidate, by the foreign keys.
    (read,) = recruiter.rows(
        "candidate_reviews",
        select="note,submitted_at,candidate_ratings(level,interview_criteria(name))",
        participant_id=participant,
    )
    assert read["submitted_at"] == review["submitted_at"]
    found = {row["interview_criteria"]["name"]: row["level"] for row in read["candidate_ratings"]}
    assert found == dict.fromkeys(names, 3)
    person = value(
        recruiter.send(
            "GET",
            "/interview_participants",
            None,
            SINGLE,
            select="id,candidate_decisions(decision,decided_at),candidate_reviews(note)",
            id=participant,
        )
    )
    assert person["candidate_decisions"] == {
        "decision": "advance",
        "decided_at": decided["decided_at"],
    }
    assert person["candidate_reviews"] == [{"note": "Good"}]
    which = {"id": f"eq.{criteria[0]}"}
    for changed in (
        recruiter.update("interview_criteria", {"name": "Other"}, **which),
        recruiter.delete("interview_criteria", **which),
    ):
        assert refusal(changed) == (409, "PT409", "criterion_in_use")
    # The candidate sees none of it, beside what they do see.
    for table in ("interview_criteria", "candidate_reviews", "candidate_ratings"):
        assert reviewing.candidate.rows(table) == []
    (own,) = reviewing.candidate.rows(
        "interview_participants", select="id,candidate_decisions(decision),candidate_reviews(note)"
    )
    assert (own["candidate_decisions"], own["candidate_reviews"]) == (None, [])


@pytest.mark.parametrize("ratings", [[{"criterion_id": 1}], {}, None, 1, [None], [[]]])
def test_ratings_of_another_shape(reviewing: Reviewing, ratings: Any) -> None:
    assert refusal(reviewing.save(ratings)) == (400, "PT400", "invalid_ratings")


def test_what_no_database_can_store(reviewing: Reviewing) -> None:
    (criterion,) = reviewing.add("Clarity")
    answer = reviewing.save([{"criterion_id": criterion, "level": 1, "note": "a\0b"}])
    assert answer.status_code == 400, answer.text
    assert reviewing.recruiter.rows("candidate_reviews") == []
