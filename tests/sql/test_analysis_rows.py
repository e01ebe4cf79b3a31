"""Rows of analyses that nobody can write: a DBA, or a worker that reports."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.kit.analyses import TRANSCRIPT, analysis_rows, spoken
from tests.kit.database import Database, Row
from tests.kit.responses import Asked
from tests.sql.jobs import claim, result


@pytest.mark.parametrize(
    ("step", "columns"),
    [
        ("check", {"status": "done", "finished_at": "now", "problem": "no_speech"}),
        ("check", {"status": "failed", "finished_at": "now"}),
        ("check", {"status": "skipped", "finished_at": "now", "problem": "gave_up"}),
        ("check", {"status": "running", "problem": "gave_up"}),
        ("check", {"status": "done"}),
        ("check", {"status": "waiting"}),
        ("check", {"flags": ["doubtful"]}),
        ("check", {"correction": "Mine"}),
        ("check", {"seconds": -1}),
        ("check", {"picture_seconds": 100001}),
        ("check", {"digest": "abc"}),
        ("check", {"language": "EN"}),
        ("transcript", {"flags": ["confident"]}),
        ("transcript", {"transcript": "Hello", "words": Jsonb([])}),
        ("transcript", {"status": "done", "finished_at": "now", "transcript": "Hello"}),
        ("transcript", {"status": "done", "finished_at": "now", "problem": "too_large"}),
        (
            "transcript",
            {
                "status": "done",
                "finished_at": "now",
                "transcript": "x" * 200001,
                "words": Jsonb([]),
            },
        ),
    ],
)
def test_what_no_row_can_say(
    db: Database, submitted: Row, step: str, columns: dict[str, Any]
) -> None:
    sets = ", ".join(f"{column} = %s" for column in columns)
    refusal = db.as_owner().refused(
        f"update public.response_analyses set {sets} where response_id = %s and step = %s",
        *columns.values(),
        submitted["response_id"],
        step,
    )
    assert refusal.code == "23514"


def test_rows_belong_to_their_response(db: Database, asked: Asked, submitted: Row) -> None:
    """Whatever a DBA writes; and there is none without a response."""
    db.as_owner()
    insert = (
        "insert into public.response_analyses (response_id, step, language, recruiter_id)"
        " values (%s, 'check', 'en', %s)"
    )
    db.run("delete from public.response_analyses")
    db.run(insert, submitted["response_id"], uuid.uuid4())
    assert analysis_rows(db, submitted["response_id"])["check"]["recruiter_id"] == asked.recruiter
    with pytest.raises(psycopg.Error):
        db.run(insert, uuid.uuid4(), asked.recruiter)


def test_reports_of_nobody(db: Database, submitted: Row) -> None:
    """The token decides, not the response that a worker names."""
    (job,) = claim(db, kinds=[TRANSCRIPT])
    forged = result({**job, "lease_token": str(uuid.uuid4())}, "accepted", result=spoken())
    assert db.as_service().value("select public.settle_jobs(%s)", Jsonb([forged])) == {
        "settled": 0,
        "busy": [],
    }
    rows = analysis_rows(db, submitted["response_id"])
    assert {step: row["status"] for step, row in rows.items()} == {
        "check": "queued",
        "transcript": "running",
    }
