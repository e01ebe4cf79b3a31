"""A worker's calls to the database: claim, renew, settle."""

import uuid
from typing import Any

from psycopg.types.json import Jsonb

from tests.kit.database import Database, Row, Scene

INVITATION = "interview_invitation"
REMINDER = "interview_reminder"
GENERAL = "candidate_invitation"
SUBMISSION = "submission_reminder"
MAILS = [INVITATION, REMINDER, GENERAL]
NOBODY = uuid.UUID(int=0)
"""The lane of general invitations."""


def claim(
    db: Database,
    batch: int = 50,
    lease: int = 60,
    worker: str = "worker",
    kinds: list[str] | None = None,
) -> list[Row]:
    """Jobs leased to a worker: of all kinds, unless some are named."""
    db.as_service()
    jobs: list[Row] = db.value(
        "select public.claim_jobs(%s, %s, %s, %s)",
        MAILS if kinds is None else kinds,
        worker,
        batch,
        lease,
    )
    return jobs


def answer(db: Database, *results: Row) -> Row:
    """What settle_jobs answers: settled and busy."""
    db.as_service()
    row: Row = db.value("select public.settle_jobs(%s)", Jsonb(results))
    return row


def result(job: Row, outcome: str, **more: Any) -> Row:
    """What a worker reports of a claimed job."""
    return {
        "job_id": job["job_id"],
        "lease_token": job["lease_token"],
        "outcome": outcome,
        **more,
    }


def settle(db: Database, job: Row, outcome: str, **more: Any) -> int:
    """Settles one claimed job; returns how many were settled."""
    settled: int = answer(db, result(job, outcome, **more))["settled"]
    return settled


def job_row(db: Database, job: Row) -> Row:
    """The job as it is stored."""
    with db.superuser():
        return db.one("select * from private.jobs where id = %s", job["job_id"])


def delivery(db: Database, scene: Scene) -> tuple[str, str | None]:
    """What the invite says of its mail."""
    row = db.invite_row(scene.invite)
    return row["delivery_status"], row["delivery_error"]


def maintain(db: Database) -> Row:
    """What a run of the maintenance says that it did."""
    db.as_service()
    did: Row = db.value("select public.run_maintenance()")
    return did


def accept_all(db: Database) -> None:
    """Every mail that waits is sent: to invites that say so, without a job left."""
    with db.without_triggers():
        db.run("delete from private.jobs")
        db.run("update public.interview_invites set delivery_status = 'accepted'")


def queue(db: Database, lane: uuid.UUID, count: int, kind: str = GENERAL) -> None:
    """So many general invitations in a lane, all of them due."""
    with db.superuser():
        db.run(
            "insert into private.jobs (kind, lane, subject, data)"
            " select %s, %s, gen_random_uuid(), jsonb_build_object('email', n || '@example.com')"
            " from generate_series(1, %s) as n",
            kind,
            lane,
            count,
        )


def status(db: Database, *kinds: str) -> Row:
    db.as_service()
    row: Row = db.value("select public.jobs_status(%s)", list(kinds or MAILS))
    return row
