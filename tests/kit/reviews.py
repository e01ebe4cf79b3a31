"""Criteria of an interview, its reviewers, and reviews and decisions."""

import uuid
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal, Row
from tests.kit.responses import COMPLETE, Asked

ADD = "insert into public.interview_criteria (interview_id, name) values (%s, %s) returning id"
SAVE = "select public.save_review(%s, %s, %s, %s)"
REVIEWS = "select * from public.candidate_reviews"
RATINGS = "select criterion_id, level, note from public.candidate_ratings order by level, note"
DECIDE = "select public.decide(%s, %s)"
INVITE = "select public.invite_reviewers(%s, %s)"
JOIN = "select public.join_reviews()"
REVIEWERS = "select * from public.interview_reviewers"


@dataclass
class Reviewed:
    """An interview with two criteria, whose candidate has completed."""

    recruiter: uuid.UUID
    interview: uuid.UUID
    candidate: uuid.UUID
    participant: uuid.UUID
    criteria: list[uuid.UUID]


def complete(db: Database, asked: Asked) -> Reviewed:
    """Two criteria; the candidate completes, and the recruiter is the one who speaks."""
    criteria = add_criteria(db, asked.recruiter, asked.interview, "Clarity", "Depth")
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    db.as_user(asked.recruiter)
    return Reviewed(asked.recruiter, asked.interview, asked.candidate, asked.participant, criteria)


def add_criteria(
    db: Database, owner: uuid.UUID, interview: uuid.UUID, *names: str
) -> list[uuid.UUID]:
    """Their ids, in order."""
    db.as_user(owner)
    return [db.value(ADD, interview, name) for name in names]


def invite_reviewers(
    db: Database, owner: uuid.UUID, interview: uuid.UUID, *emails: str
) -> list[Row]:
    """The outcome of each address."""
    return list(db.as_user(owner).value(INVITE, interview, list(emails)))


def join(db: Database, who: uuid.UUID) -> list[Row]:
    """What somebody has to review, after they have joined what they were asked for."""
    return list(db.as_user(who).value(JOIN))


def reviewer(
    db: Database, owner: uuid.UUID, interview: uuid.UUID, email: str, **account: Any
) -> uuid.UUID:
    """A colleague's account, which has joined; it is the one who speaks."""
    invite_reviewers(db, owner, interview, email)
    colleague = db.account(email, **account)
    db.as_user(colleague).value(JOIN)
    return colleague


def rate(criterion: Any, level: Any = 3, **more: Any) -> Row:
    """A rating as a browser sends it."""
    return {"criterion_id": str(criterion), "level": level, **more}


def rate_all(*criteria: uuid.UUID, level: int = 3) -> list[Row]:
    """All criteria at one level."""
    return [rate(criterion, level) for criterion in criteria]


def save(
    db: Database,
    who: uuid.UUID,
    participant: uuid.UUID,
    ratings: Any = (),
    note: str = "",
    submit: bool = False,
) -> Row:
    """What the reviewer is told."""
    db.as_user(who)
    return dict(db.value(SAVE, participant, Jsonb(list(ratings)), note, submit))


def refused(
    db: Database, on: Reviewed, ratings: Any, note: str | None = "", submit: bool = False
) -> Refusal:
    """What the reviewer is refused."""
    return db.as_user(on.recruiter).refused(SAVE, on.participant, Jsonb(ratings), note, submit)


def refused_save(db: Database, who: uuid.UUID, participant: uuid.UUID, ratings: Any) -> Refusal:
    """What somebody who may not review is refused."""
    return db.as_user(who).refused(SAVE, participant, Jsonb(ratings), "", False)
