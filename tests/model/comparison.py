"""The database and the model side by side: takes over what was drawn, then tells differences."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.kit.database import Database, Row
from tests.model.rows import DRAWN, Invite, ModelRow, Response, columns
from tests.model.world import World

Rows = dict[str, list[Row]]

TABLES = {
    "interviews": "public.interviews",
    "questions": "public.interview_questions",
    "invites": "public.interview_invites",
    "participants": "public.interview_participants",
    "reviewers": "public.interview_reviewers",
    "responses": "public.interview_responses",
    "analyses": "public.response_analyses",
    "reviews": "public.candidate_reviews",
    "takes": "private.response_takes",
    "objects": "storage.objects",
    "bytes": "private.storage_counts",
    "jobs": "private.jobs",
    "counts": "private.invite_counts",
    "reminder_counts": "private.reminder_counts",
    "backend_counts": "private.backend_invites",
    "unsubscribes": "private.unsubscribes",
    "requests": "private.code_requests",
    "workers": "private.job_workers",
    "kinds": "private.job_kinds",
}
# Python has no moment before all others: the head of a lane is None to the model.
JOBS = """
    select id, kind, lane, subject, key, nullif(due_at, '-infinity') as due_at, attempts,
           lease_token, queued_at, failed_at, done_at, last_error, data ->> 'email' as email,
           data ->> 'recruiter_name' as recruiter_name,
           (data ->> 'distance')::interval as distance, data ->> 'path' as path,
           (data ->> 'asked_for')::boolean as asked_for
    from private.jobs
"""
BACKEND_COUNTS = """
    select day, sum(invites)::integer as invites from private.backend_invites group by day
"""
ANALYSES = """
    select response_id, 'response_' || step as kind, status, queued_at, interview_id, recruiter_id
    from public.response_analyses
"""
OBJECTS = "select name from storage.objects where bucket_id = 'interview-responses'"
REVIEWS = """
    select id, participant_id, interview_id, recruiter_id, user_id, reviewer_id, reviewer_name,
           note, created_at, submitted_at is not null as is_submitted,
           changed_at is not null as is_changed
    from public.candidate_reviews
"""
QUERIES = {
    "jobs": JOBS,
    "analyses": ANALYSES,
    "objects": OBJECTS,
    "backend_counts": BACKEND_COUNTS,
    "reviews": REVIEWS,
}

# What is a time in an answer.
MOMENTS = {
    "expires_at",
    "deadline",
    "queued_at",
    "completed_at",
    "submit_until",
    "kept_until",
    "saved_at",
    "given_at",
    "joined_at",
}

# By which columns a new row is known for what the model says must be there.
NATURAL_KEYS = {
    "interviews": ("recruiter_id", "created_at"),
    "questions": ("interview_id", "order_index"),
    "invites": ("interview_id", "email", "created_at"),
    "participants": ("interview_id", "user_id"),
    "reviewers": ("interview_id", "email"),
    "responses": ("participant_id", "question_id", "started_at"),
    "reviews": ("participant_id", "created_at"),
    "jobs": ("kind", "subject", "key"),
}


def read(db: Database, start: datetime, elapsed: timedelta) -> Rows:
    """Every table, its times as the model has them: now() is `start`, the model `elapsed` ahead."""
    with db.superuser():
        tables = {
            name: db.rows(QUERIES.get(name, f"select * from {table}"))
            for name, table in TABLES.items()
        }
    for row in tables["invites"]:
        for mark in MARKS:
            del row[mark]
    for row in (row for rows in tables.values() for row in rows):
        for column, value in row.items():
            row[column] = later(value, elapsed)
    for name in ("counts", "reminder_counts", "backend_counts", "bytes"):
        for row in tables[name]:
            row["day"] += (start + elapsed).date() - start.date()
    return tables


# What these say follows from other rows; tests/model/invariants.py compares them.
MARKS = [
    *("is_current", "state", "last_event_at", "list_name", "withdrawn_at", "reviewed_at"),
    *("decision", "decided_at"),
]


def later(value: Any, elapsed: timedelta) -> Any:
    """A time of the database as one of the model."""
    if isinstance(value, datetime):
        return value + elapsed
    if isinstance(value, list):
        return [later(one, elapsed) for one in value]
    return value


def take_over(world: World, rows: Rows, before: Rows) -> None:
    """Ids, codes and tokens that the database drew, once they keep the rules."""
    for table, key in NATURAL_KEYS.items():
        models: Sequence[ModelRow] = getattr(world, table)
        known = {model.id for model in models}
        new = {tuple(row[c] for c in key): row for row in rows[table] if row["id"] not in known}
        for model in models:
            if model.id is DRAWN:
                wanted = columns(model)
                model.id = new.get(tuple(wanted[c] for c in key), {"id": DRAWN})["id"]
    drawn = {row["id"]: row for row in rows["invites"]}
    held = {row["id"]: row["invite_code"] for row in before["invites"]}
    for invite in world.invites:
        if invite.invite_code is DRAWN and invite.id in drawn:
            code = drawn[invite.id]["invite_code"]
            assert code != held.get(invite.id), f"{invite.email} kept the code {code}"
            take_over_code(world, invite, code)
    tokens = {row["id"]: row["lease_token"] for row in rows["jobs"]}
    claimed = [job for job in world.jobs if job.lease_token is DRAWN]
    for job in claimed:
        job.lease_token = tokens.get(job.id)
        assert job.lease_token, f"a claimed job has no lease: {job}"
    assert len({job.lease_token for job in claimed}) < 2, "one claim has several tokens"


def take_over_code(world: World, invite: Invite, code: str) -> None:
    """Six digits, new to that address and among the recruiter's pending invites. (A transfer may
    bring equal ones together later.)"""
    assert re.fullmatch("[0-9]{6}", code), f"{code!r} is no code"
    for other in world.invites:
        if other.invite_code == code:
            assert other.email != invite.email, f"{invite.email} had the code {code} before"
            assert (
                other.status != "pending"
                or other.interview.recruiter is not invite.interview.recruiter
            ), f"two pending invites of one recruiter have the code {code}"
    invite.invite_code = code


def expected(world: World) -> Rows:
    """Every table as the model says."""
    tables = {name: [columns(thing) for thing in getattr(world, name)] for name in NATURAL_KEYS}
    return {
        **tables,
        "counts": [
            {"user_id": user, "day": day, "invites": n} for (user, day), n in world.counts.items()
        ],
        "reminder_counts": [
            {"recruiter_id": recruiter, "day": day, "reminders": n}
            for (recruiter, day), n in world.reminder_counts.items()
        ],
        "backend_counts": [{"day": day, "invites": n} for day, n in world.backend_counts.items()],
        "unsubscribes": [
            {"address_key": key, "recruiter_id": recruiter, "unsubscribed_at": at}
            for (key, recruiter), at in world.unsubscribes.items()
        ],
        "requests": [{"user_id": user, **vars(r)} for user, r in world.requests.items()],
        "takes": [
            {"participant_id": person.id, "question_id": question.id, **vars(takes)}
            for (person, question), takes in world.takes.items()
        ],
        "analyses": [
            {
                "response_id": job.subject.id,
                "kind": job.kind,
                "status": "queued",
                "queued_at": job.queued_at,
                "interview_id": job.subject.participant.interview.id,
                "recruiter_id": job.subject.participant.interview.recruiter.id,
            }
            for job in world.jobs
            if isinstance(job.subject, Response)
        ],
        "objects": [{"name": path} for path in world.objects],
        "bytes": [
            {"recruiter_id": recruiter, "day": day, "bytes": n}
            for (recruiter, day), n in world.bytes.items()
        ],
        "workers": [
            {"worker": worker, "kind": kind, "seen_at": at}
            for (worker, kind), at in world.workers.items()
        ],
        "kinds": [{"kind": name, **vars(kind)} for name, kind in world.kinds.items()],
    }


def differences(world: World, rows: Rows) -> list[str]:
    """One line for each row and column that is not as the model says."""
    lines = []
    for table, wanted in expected(world).items():
        lines += compare(table, wanted, rows[table])
    return lines


def compare(table: str, wanted: list[Row], found: list[Row]) -> list[str]:
    """The same for one table."""
    left, right = by_key(table, wanted), by_key(table, found)
    lines = [f"{TABLES.get(table, table)}: missing {left[k]}" for k in left.keys() - right.keys()]
    lines += [
        f"{TABLES.get(table, table)}: unexpected {right[k]}" for k in right.keys() - left.keys()
    ]
    for key in left.keys() & right.keys():
        for column in left[key].keys() | right[key].keys():
            model, database = left[key].get(column), right[key].get(column)
            if model != database:
                lines.append(
                    f"{TABLES.get(table, table)} {left[key].get('email') or key}: {column} is"
                    f" {database!r}, the model says {model!r}"
                )
    return sorted(lines)


def by_key(table: str, rows: list[Row]) -> dict[Any, Row]:
    """Rows by what identifies them; when a finished job was due means nothing."""
    for row in rows:
        if table == "jobs" and (row["failed_at"] or row["done_at"]):
            row["due_at"] = None
    if table == "counts":
        return {(row["user_id"], row["day"]): row for row in rows}
    if table in ("bytes", "reminder_counts"):
        return {(row["recruiter_id"], row["day"]): row for row in rows}
    if table == "unsubscribes":
        return {(row["address_key"], row["recruiter_id"]): row for row in rows}
    if table == "analyses":
        return {(row["response_id"], row["kind"]): row for row in rows}
    if table == "takes":
        return {(row["participant_id"], row["question_id"]): row for row in rows}
    if table == "workers":
        return {(row["worker"], row["kind"]): row for row in rows}
    keys = ("id", "user_id", "kind", "interview_id", "name", "day")
    return {next((row[k] for k in keys if k in row), "the row"): row for row in rows}


def settled(answer: Any) -> Any:
    """An answer of the model in plain values: what was drawn is known by now."""
    if callable(answer):
        return settled(answer())
    if isinstance(answer, dict):
        return {key: settled(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [settled(value) for value in answer]
    return str(answer) if isinstance(answer, UUID) else answer


def timely(answer: Any, elapsed: timedelta) -> Any:
    """An answer of the database with its times as those of the model."""
    if isinstance(answer, dict):
        return {
            key: datetime.fromisoformat(value) + elapsed
            if value and key in MOMENTS
            else timely(value, elapsed)
            for key, value in answer.items()
        }
    if isinstance(answer, list):
        return [timely(value, elapsed) for value in answer]
    return answer
