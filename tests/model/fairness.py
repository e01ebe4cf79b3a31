"""In which order, and of which lanes, workers are given jobs: what is asserted of each claim."""

import math
from collections import Counter
from uuid import UUID

from tests.model.rows import Job


def check_order(due: list[Job], chosen: list[Job]) -> None:
    """Of each lane what has been due for longest."""
    for job in due:
        if job not in chosen:
            lane = [other for other in chosen if lane_of(other) == lane_of(job)]
            assert all(due_since(other) <= due_since(job) for other in lane), (
                "claimed what has not been due for longest in its lane"
            )


def check_fairness(leased: list[Job], left: list[Job], batch: int) -> None:
    """No more than asked for, something if anything is due, and no lane more than its share:
    lanes of which nothing was still wanted do not count."""
    assert len(leased) <= batch, "claimed more than asked for"
    assert leased or not left, "claimed nothing, though something is due"
    lanes = {lane_of(job) for job in leased + left}
    share = math.ceil(batch / min(len(lanes), batch)) if lanes else 0
    for lane, number in Counter(lane_of(job) for job in leased).items():
        assert number <= share, f"claimed {number} of the lane {lane}, whose share is {share}"


def lane_of(job: Job) -> tuple[str, UUID]:
    """Each kind has its own."""
    return job.kind, job.lane


def due_since(job: Job) -> float:
    """As a number; the head of the lane before all others."""
    return job.due_at.timestamp() if job.due_at else -math.inf
