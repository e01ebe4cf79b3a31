"""Analyses of recordings, and a worker that does them."""

import uuid
from typing import Any

from tests.kit.database import Database, Row
from tests.kit.responses import COMPLETE, CONSENT, Asked, record
from tests.sql.jobs import claim, settle

CHECK = "response_check"
TRANSCRIPT = "response_transcript"
KINDS = [CHECK, TRANSCRIPT]
CONSENT_TO_ANALYSIS = CONSENT.replace("%s)", "%s, true)")
ANALYZE_AGAIN = "select public.analyze_again(%s)"
DIGEST = "0123456789abcdef" * 4
UNREADABLE = {"problem": "unreadable"}


def checked(**more: Any) -> Row:
    """What a worker reports of a check."""
    return {
        "engine": "hirevision",
        "version": "1.0",
        "digest": DIGEST,
        "seconds": 12.5,
        "picture_seconds": 12.4,
        "flags": [],
        **more,
    }


def spoken(text: str = "We built it with Postgres", **more: Any) -> Row:
    """What a worker reports of a transcript: a word each half second."""
    return {
        "engine": "faster-whisper",
        "model": "tiny.en",
        "version": "1.2.0",
        "digest": DIGEST,
        "seconds": 12.5,
        "language": "en",
        "problem": None,
        "transcript": text,
        "words": [[word, n / 2, n / 2 + 0.4, 0.9] for n, word in enumerate(text.split())],
        "flags": [],
        **more,
    }


def consent(db: Database, who: uuid.UUID, interview: uuid.UUID, analysis: bool = True) -> None:
    """The candidate agrees to be recorded, and to analysis or not."""
    db.as_user(who).value(CONSENT.replace("%s)", "%s, %s)"), interview, True, analysis)


def submit(db: Database, asked: Asked, mime_type: str = "video/webm") -> Row:
    """A recording of the first question, submitted with consent to analysis."""
    db.as_user(asked.candidate).value(CONSENT_TO_ANALYSIS, asked.interview, True)
    take = record(db, asked.candidate, asked.questions[0], mime_type)
    db.as_user(asked.candidate).value(COMPLETE, asked.interview)
    return take


def analysis_rows(db: Database, response_id: str | uuid.UUID) -> dict[str, Row]:
    """The analyses of a recording as they are stored, by step."""
    with db.superuser():
        rows = db.rows("select * from public.response_analyses where response_id = %s", response_id)
    return {row["step"]: row for row in rows}


def state(db: Database, take: Row, step: str = "transcript") -> tuple[str, str | None]:
    """Status and problem of a step of a recording."""
    row = analysis_rows(db, take["response_id"])[step]
    return row["status"], row["problem"]


def transcribe(db: Database, text: str = "We built it with Postgres", **more: Any) -> None:
    """A worker does every transcript that is due, with this text."""
    for job in claim(db, kinds=[TRANSCRIPT]):
        assert settle(db, job, "accepted", result=spoken(text, **more)) == 1
