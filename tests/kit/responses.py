"""Candidates who record and write, and uploads in the two steps in which Storage carries them out.

Storage inserts the row of an object as the caller first, without an eTag, and rolls that back: the
probe. Once it has the bytes, it inserts the row as service_role, with what it has stored.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from tests.kit.database import Database, Refusal, Row, Scene

BUCKET = "interview-responses"
REMOVAL = "response_removal"
START = "select public.start_response(%s, %s)"
WRITE = "select public.write_response(%s, %s)"
CONSENT = "select public.set_consent(%s, %s)"
DELETE = "select public.delete_my_responses(%s)"
COMPLETE = "select public.complete_interview(%s)"
COMPLETE_BY_HAND = (
    "update public.interview_participants set status = 'completed' where interview_id = %s"
)
WITHDRAW = "select public.withdraw_from_interview(%s)"
INSERT = (
    "insert into storage.objects (bucket_id, name, owner_id, version, metadata, user_metadata)"
    " values (%s, %s, %s, gen_random_uuid()::text, %s, %s)"
)


@dataclass
class Asked(Scene):
    """A scene with questions, whose candidate has joined and agreed to be recorded."""

    questions: list[uuid.UUID]
    participant: uuid.UUID


def ask(db: Database, scene: Scene, *settings: dict[str, Any], **columns: Any) -> Asked:
    """Questions with these settings, and the candidate joins; columns change the interview."""
    questions = add_questions(db, scene, *settings)
    for column, value in {"response_kinds": ["video", "audio", "text"], **columns}.items():
        change_interview(db, scene, column, value)
    db.accept(scene.candidate, scene.code)
    db.value(CONSENT, scene.interview, True)
    participant = db.participant_row(scene.interview, scene.candidate)["id"]
    db.as_user(scene.candidate)
    return Asked(**vars(scene), questions=questions, participant=participant)


def add_questions(db: Database, scene: Scene, *settings: dict[str, Any]) -> list[uuid.UUID]:
    """Their ids, in order."""
    db.as_user(scene.recruiter)
    questions = []
    for number, setting in enumerate(settings, start=1):
        row = {"question": f"Question {number}", "order_index": number, **setting}
        questions.append(
            db.value(
                f"insert into public.interview_questions (interview_id, {', '.join(row)})"
                f" values (%s{', %s' * len(row)}) returning id",
                scene.interview,
                *row.values(),
            )
        )
    return questions


def change_interview(db: Database, scene: Scene, column: str, value: Any) -> None:
    """The recruiter changes a column of the interview."""
    sql = f"update public.interviews set {column} = %s where id = %s"
    assert db.as_user(scene.recruiter).run(sql, value, scene.interview) == 1


def change_settings(db: Database, column: str, value: Any) -> None:
    """The DBA changes a setting, within the test's transaction."""
    db.as_owner().run(f"update private.settings set {column} = %s", value)


def start(db: Database, who: uuid.UUID, question: uuid.UUID, mime_type: str = "video/webm") -> Row:
    """What the candidate is told when they begin a take."""
    take: Row = db.as_user(who).value(START, question, mime_type)
    return take


def write(
    db: Database, who: uuid.UUID, question: uuid.UUID, answer: str | None, replace: bool = False
) -> Row:
    """What the candidate is told when they save a text."""
    saved: Row = db.as_user(who).value(WRITE.replace("%s)", "%s, %s)"), question, answer, replace)
    return saved


def stored(size: Any = 1000, mime_type: str | None = "video/webm", **more: Any) -> Row:
    """What Storage writes down of an object whose bytes it has."""
    return {"eTag": '"1"', "size": size, "contentLength": size, "mimetype": mime_type, **more}


def row_of(path: str, metadata: Row | None, bucket: str = BUCKET, **about: Any) -> tuple[Any, ...]:
    """The values of INSERT."""
    return (bucket, path, None, None if metadata is None else Jsonb(metadata), Jsonb(about))


def probe(db: Database, path: str, metadata: Row | None = None, bucket: str = BUCKET) -> None:
    """Whether the one who speaks may upload there: raises what refuses it, and changes nothing."""
    with db.connection.transaction(force_rollback=True):
        db.run(INSERT, *row_of(path, metadata, bucket))


def refused_probe(db: Database, path: str, metadata: Row | None = None) -> Refusal:
    """What refuses an upload before it begins."""
    return db.refused(INSERT, *row_of(path, metadata))


def store(db: Database, path: str, mime_type: str = "video/webm", **about: Any) -> None:
    """Storage has the bytes, and inserts the row; about is the client's own user_metadata."""
    size = about.pop("size", 1000)
    db.as_service().run(INSERT, *row_of(path, stored(size, mime_type), **about))


def refused_store(db: Database, path: str, metadata: Row | None = None) -> Refusal:
    """What refuses an upload when Storage has the bytes."""
    return db.as_service().refused(INSERT, *row_of(path, metadata or stored()))


def record(
    db: Database, who: uuid.UUID, question: uuid.UUID, mime_type: str = "video/webm", **about: Any
) -> Row:
    """A take from beginning to end; returns what start_response said."""
    take = start(db, who, question, mime_type)
    probe(db, take["path"])
    store(db, take["path"], mime_type, **about)
    db.as_user(who)
    return take


def is_not_awaited(refusal: Refusal) -> bool:
    """Whether the trigger refused an object; Storage hands on the message of 42501 alone."""
    said = refusal.message or ""
    return refusal.code == "42501" and said.startswith("response_not_awaited: ")


def objects(db: Database) -> list[str]:
    """The names in the bucket."""
    with db.superuser():
        rows = db.rows("select name from storage.objects where bucket_id = %s", BUCKET)
    return [row["name"] for row in rows]


def response_row(db: Database, response_id: str | uuid.UUID) -> Row:
    """The response as it is stored."""
    with db.superuser():
        return db.one("select * from public.interview_responses where id = %s", response_id)


def states(db: Database, participant: uuid.UUID) -> list[str]:
    """Kind and status of each response, in the order of questions and takes."""
    with db.superuser():
        rows = db.rows(
            "select kind || ' ' || status as is from public.interview_responses"
            " where participant_id = %s order by question, take, status, kind",
            participant,
        )
    return [row["is"] for row in rows]


def removals(db: Database) -> list[str]:
    """The paths that wait for their removal."""
    with db.superuser():
        rows = db.rows(
            "select data ->> 'path' as path from private.jobs where kind = %s order by id", REMOVAL
        )
    return [row["path"] for row in rows]


@contextmanager
def without_storage(db: Database, *statements: str) -> Iterator[None]:
    """As the superuser changes Storage; the transaction is as before afterwards."""
    with db.connection.transaction(force_rollback=True):
        with db.superuser():
            for statement in statements:
                db.run(statement)
        yield


# What must never be found, no matter what was done: what it is, and a query for it.
FAULTS = {
    "an object that is no current response, without a job that removes it": """
        select o.name from storage.objects o
        where o.bucket_id = 'interview-responses'
          and not exists (select from public.interview_responses r
                          where r.object_path = o.name and r.status = 'uploaded')
          and not exists (select from private.jobs j where j.kind = 'response_removal'
                          and j.data ->> 'path' = o.name and j.done_at is null)""",
    "a current recording that is removed": """
        select r.object_path from public.interview_responses r
        join private.jobs j on j.kind = 'response_removal' and j.data ->> 'path' = r.object_path
        where r.status = 'uploaded'""",
    "an uploaded recording without an object": """
        select r.object_path from public.interview_responses r
        where r.status = 'uploaded' and r.kind <> 'text' and not exists (
          select from storage.objects o
          where o.bucket_id = 'interview-responses' and o.name = r.object_path)""",
    "a wrong count of answered questions": """
        select p.id from public.interview_participants p
        where p.answered <> (
          select count(distinct r.question_id) from public.interview_responses r
          where r.participant_id = p.id and r.status = 'uploaded')""",
    "two current responses to a question": """
        select participant_id from public.interview_responses where status <> 'discarded'
        group by participant_id, question_id, status having count(*) > 1""",
    "a response that is submitted, or awaited, at the wrong time": """
        select r.id from public.interview_responses r
        join public.interview_participants p on p.id = r.participant_id
        where (r.submitted_at is not null) <> (p.status = 'completed' and r.status = 'uploaded')
          or (r.status = 'started' and p.status <> 'active') or p.status = 'withdrawn'""",
    "a recording without consent": """
        select r.id from public.interview_responses r
        join public.interview_participants p on p.id = r.participant_id
        where r.kind <> 'text' and not p.consents_to_recording""",
    "a response that belongs to others than its participant": """
        select r.id from public.interview_responses r
        left join public.interview_participants p on p.id = r.participant_id
        where (r.interview_id, r.recruiter_id, r.user_id)
          is distinct from (p.interview_id, p.recruiter_id, p.user_id)""",
    "more takes than are allowed": """
        select t.question_id from private.response_takes t
        join public.interview_questions q on q.id = t.question_id
        left join public.accommodations a on a.participant_id = t.participant_id
        where t.uploaded > q.max_takes + coalesce(a.extra_takes, 0)
          or t.started - t.uploaded > 20 + coalesce(a.extra_takes, 0)""",
}


def faults(db: Database) -> dict[str, Sequence[Row]]:
    """What is found although it must never be, by what it is."""
    with db.superuser():
        found = {name: db.rows(query) for name, query in FAULTS.items()}
    return {name: rows for name, rows in found.items() if rows}
