"""The bucket of recordings on a running stack: who uses it, and its rows and bytes."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from local.environment import access_token
from local.stack import Stack
from service.responses.removal import Jobs, Remover
from service.supabase_api import Supabase
from tests.kit import responses
from tests.kit.database import Database
from tests.kit.responses import BUCKET, Asked
from tests.kit.waiting import PATIENCE, eventually
from tests.storage.caller import Caller

# Where the bytes of the first recording and those of attackers come from.
FIRST, ATTACK = b"what was recorded first", b"what nobody has asked for"


@dataclass
class Answering(Asked):
    """A candidate who has recorded the first of two questions (`kept`), and begun both.

    `path` awaits another take of the first question, `second` the first take of the other.
    """

    kept: str
    path: str
    second: str
    response_id: str


class Bucket:
    """A stack's bucket of recordings, seen by everybody, and a superuser's connection."""

    def __init__(self, stack: Stack, remover: Remover, connection: psycopg.Connection[Any]) -> None:
        self.stack = stack
        self._remover = remover
        self.db = Database(connection)
        self.db.connection.commit()
        self.url = stack.cluster.url()
        self.folder: Path = stack.data / "storage" / "objects"
        environment = stack.environment
        self._url, self._key = environment.supabase_url, environment.supabase_anon_key
        self._secret = environment.supabase_jwt_secret
        self.service = Caller(self._url, self._key, environment.supabase_service_role_key)
        self.anon = Caller(self._url, self._key, self._key)
        self.nobody = Caller(self._url, self._key, None)
        # What is deleted at the end.
        self.interviews: list[uuid.UUID] = []
        self._before = responses.faults(self.db)
        self.db.connection.commit()
        eventually(lambda: not self.unneeded())

    # ---- who ---------------------------------------------------------------------------------

    def caller(self, account: uuid.UUID, **claims: Any) -> Caller:
        """An account, signed in."""
        token = access_token(self._secret, sub=str(account), **claims)
        return Caller(self._url, self._key, token, str(account))

    def account(self, **given: Any) -> Caller:
        """A new account, signed in."""
        with self.committed() as db:
            return self.caller(db.account(**given), is_anonymous=given.get("anonymous", False))

    def call(self, caller: Caller, function: str, **arguments: Any) -> Any:
        """What a function of the Data API returns."""
        answer = caller.ask("POST", f"{self._url}/rest/v1/rpc/{function}", json=arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @contextlib.contextmanager
    def committed(self) -> Iterator[Database]:
        """The connection, for a transaction that is committed at the end."""
        with self.db.connection.transaction():
            yield self.db

    # ---- what --------------------------------------------------------------------------------

    def answering(self, **columns: Any) -> Answering:
        """A new scene that shares nobody with others; columns change the interview."""
        with self.committed() as db:
            scene = db.scene(f"{uuid.uuid4().hex}@example.com")
            self.interviews.append(scene.interview)
            asked = responses.ask(db, scene, {"max_takes": 10}, {}, **columns)
            kept = responses.start(db, asked.candidate, asked.questions[0])["path"]
        answer = self.caller(asked.candidate).upload(f"{BUCKET}/{kept}", FIRST)
        assert answer.status_code == 200, answer.text
        with self.committed() as db:
            take, second = (
                responses.start(db, asked.candidate, question) for question in asked.questions
            )
        return Answering(
            **vars(asked),
            kept=kept,
            path=take["path"],
            second=second["path"],
            response_id=take["response_id"],
        )

    def objects(self) -> dict[str, Any]:
        """What is in the bucket: version and metadata by name."""
        with self.committed() as db, db.superuser():
            rows = db.rows("select * from storage.objects where bucket_id = %s", BUCKET)
        return {row["name"]: (row["version"], row["metadata"]) for row in rows}

    def files(self) -> set[str]:
        """The files on the disk."""
        return {file.name for file in self.folder.iterdir()}

    def bytes_of(self, path: str) -> bytes | None:
        """What is on the disk for an object, if there is one."""
        version, _ = self.objects().get(path, (None, None))
        return None if version is None else (self.folder / version).read_bytes()

    def state(self) -> dict[str, Any]:
        """Everything that an attack could change."""
        with self.committed() as db, db.superuser():
            rows = {
                table: db.rows(f"select * from {table} order by 1, 2")
                for table in (
                    "public.interview_responses",
                    "public.interview_participants",
                    "private.response_takes",
                    "private.storage_counts",
                )
            }
            jobs = responses.removals(db)
        return {**rows, "jobs": jobs, "objects": self.objects(), "files": self.files()}

    def unneeded(self) -> set[str]:
        """Files that belong to no object and to no resumable upload."""
        uploads = self.folder.parent / "uploads"
        uploading = {file.stem for file in uploads.iterdir()}
        with self.committed() as db, db.superuser():
            versions = db.rows("select version from storage.objects")
        return self.files() - {row["version"] for row in versions} - uploading

    # ---- the rules ---------------------------------------------------------------------------

    def turn(self) -> list[str]:
        """One turn of the worker that removes files; returns their paths."""
        outcomes = self._remover.turn()
        assert {verdict.outcome for _, verdict in outcomes} <= {"accepted"}
        return [job.work.path for job, _ in outcomes]

    def check(self) -> None:
        """After a turn of the worker the bucket has current responses alone, and no byte more."""
        self._assert_no_faults()
        self.turn()
        with self.committed() as db:
            assert responses.removals(db) == []
        self._assert_no_faults()
        current = "status = 'uploaded' and object_path is not null"
        with self.committed() as db, db.superuser():
            rows = db.rows(f"select object_path from public.interview_responses where {current}")
        assert set(self.objects()) <= {row["object_path"] for row in rows}

    def clear(self) -> None:
        """Delete the interviews; then no recording of theirs may be left."""
        sql = "delete from public.interviews where id = any(%s)"
        self.during(lambda db: db.as_owner().run(sql, self.interviews))
        self.check()
        folders = {str(interview) for interview in self.interviews}
        assert not [path for path in self.objects() if path.partition("/")[0] in folders]
        self.interviews = []

    def _assert_no_faults(self) -> None:
        with self.committed() as db:
            assert responses.faults(db) == self._before
        # Storage answers a refused upload before it has removed the file.
        eventually(lambda: not self.unneeded())

    def during(self, change: Callable[[Database], object]) -> None:
        """Make a change in a transaction that leaves nothing without its job when it commits."""
        with self.committed() as db:
            change(db)
            assert responses.faults(db) == self._before


@contextlib.contextmanager
def remover_of(stack: Stack) -> Iterator[Remover]:
    """The worker's part that removes files, which works when it is told to."""
    environment = stack.environment
    with httpx.Client(timeout=PATIENCE) as http:
        supabase = Supabase(http, environment.supabase_url, environment.supabase_service_role_key)
        jobs = Jobs(supabase)
        yield Remover(supabase, jobs)
        jobs.close()


@contextlib.contextmanager
def bucket_of(stack: Stack, remover: Remover) -> Iterator[Bucket]:
    """With a connection of its own."""
    connection: psycopg.Connection[Any]
    with psycopg.connect(stack.cluster.url()) as connection:
        bucket = Bucket(stack, remover, connection)
        yield bucket
        bucket.check()
        bucket.clear()
