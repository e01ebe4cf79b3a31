"""A test's access to the database: act as a role, query, be refused."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.kit import waiting

Row = dict[str, Any]
T = TypeVar("T")

# An error says more than a test that hangs.
PATIENCE = "-c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"

# Recruiters invite as many a day as a test likes.
UNLIMITED = (
    "update private.settings set invites_per_day = 1000000, invites_per_day_at_first = 1000000"
)


def _bound(values: tuple[Any, ...]) -> Any:
    """Parameters for psycopg: positional ones, or one dict of named ones."""
    return values[0] if len(values) == 1 and isinstance(values[0], dict) else values or None


@dataclass
class Refusal:
    """An error of the database: its SQLSTATE, its stable slug and its sentences."""

    code: str | None = None
    slug: str | None = None
    message: str | None = None
    hint: str | None = None

    @classmethod
    def of(cls, error: psycopg.Error) -> "Refusal":
        """What an error of the database said."""
        said = error.diag
        return cls(said.sqlstate, said.message_detail, said.message_primary, said.message_hint)


@dataclass
class Scene:
    """A recruiter who has invited one candidate to an interview; the candidate has an account."""

    recruiter: uuid.UUID
    interview: uuid.UUID
    candidate: uuid.UUID
    email: str
    invite: uuid.UUID
    code: str


class Database:
    """A superuser's connection in one transaction, which takes on roles as PostgREST does."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        connection.row_factory = dict_row
        self.as_owner()

    # ---- who -----------------------------------------------------------------------------

    def _be(self, role: str, claims: dict[str, Any] | None) -> None:
        text = json.dumps(claims) if claims else ""
        self.connection.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('role', %s, true)",
            (text, role),
        )

    def as_owner(self) -> "Database":
        """The DBA: postgres, who owns the schema and is no superuser."""
        self._be("postgres", None)
        return self

    def as_user(self, user_id: uuid.UUID | str, **claims: Any) -> "Database":
        """A signed-in account, as PostgREST presents it."""
        self._be("authenticated", {"sub": str(user_id), "role": "authenticated", **claims})
        return self

    def as_anon(self) -> "Database":
        """Someone without a token."""
        self._be("anon", {"role": "anon"})
        return self

    def as_service(self) -> "Database":
        """The Flask service, with the service-role key."""
        self._be("service_role", {"role": "service_role"})
        return self

    @contextmanager
    def superuser(self) -> Iterator[None]:
        """The superuser, for what no role of the project may do, such as creating accounts."""
        row = self.one(
            "select current_setting('role') as role,"
            " current_setting('request.jwt.claims', true) as c"
        )
        self.connection.execute("reset role")
        yield
        self.connection.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('role', %s, true)",
            (row["c"] or "", row["role"]),
        )

    @contextmanager
    def without_triggers(self) -> Iterator[None]:
        """As the superuser, without triggers and foreign keys: rows as nobody else could write."""
        with self.superuser():
            self.connection.execute("set local session_replication_role = replica")
            yield
            self.connection.execute("set local session_replication_role = origin")

    # ---- what ----------------------------------------------------------------------------

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a statement that returns some."""
        return list(self.connection.execute(sql, _bound(values)).fetchall())

    def one(self, sql: str, *values: Any) -> Row:
        """The only row."""
        rows = self.rows(sql, *values)
        assert len(rows) == 1, f"{len(rows)} rows instead of one"
        return rows[0]

    def value(self, sql: str, *values: Any) -> Any:
        """The only column of the only row."""
        (value,) = self.one(sql, *values).values()
        return value

    def run(self, sql: str, *values: Any) -> int:
        """Carry out a statement; returns how many rows it touched."""
        return self.connection.execute(sql, _bound(values)).rowcount

    def refused(self, sql: str, *values: Any) -> Refusal:
        """The error that a statement must meet; the transaction goes on as before it."""
        with pytest.raises(psycopg.Error) as caught, self.connection.transaction():
            self.connection.execute(sql, _bound(values))
        return Refusal.of(caught.value)

    # ---- people and things -----------------------------------------------------------------

    def account(
        self,
        email: str | None = None,
        *,
        confirmed: bool = True,
        anonymous: bool = False,
        full_name: str | None = None,
        roles: list[str] | None = None,
        sso: str | None = None,
    ) -> uuid.UUID:
        """A new account; returns its id. `sso` is the id of the SSO provider that made it."""
        user_id = uuid.uuid4()
        with self.superuser():
            self.connection.execute(
                "insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous,"
                " raw_user_meta_data, raw_app_meta_data, is_sso_user) values (%s, 'authenticated',"
                " 'authenticated', %s, case when %s then now() end, %s, %s, %s, %s)",
                (
                    user_id,
                    email or f"{user_id}@example.com",
                    confirmed,
                    anonymous,
                    json.dumps({"full_name": full_name} if full_name else {}),
                    json.dumps(
                        ({"roles": roles} if roles else {})
                        | ({"provider": f"sso:{sso}"} if sso else {})
                    ),
                    sso is not None,
                ),
            )
        return user_id

    def interview(
        self, recruiter: uuid.UUID, title: str = "Frontend Developer", **columns: Any
    ) -> uuid.UUID:
        """A new interview, created by that recruiter; returns its id."""
        self.as_user(recruiter)
        given = {"title": title, "recruiter_id": recruiter, **columns}
        names = ", ".join(given)
        marks = ", ".join(["%s"] * len(given))
        found: uuid.UUID = self.value(
            f"insert into public.interviews ({names}) values ({marks}) returning id",
            *given.values(),
        )
        return found

    def invite(self, recruiter: uuid.UUID, interview: uuid.UUID, email: str) -> Row:
        """Invites one address; returns its outcome."""
        self.as_user(recruiter)
        outcome: Row = self.value("select public.create_invites(%s, %s)", interview, [email])[0]
        return outcome

    def accept(self, candidate: uuid.UUID, code: str | None) -> Row:
        """The candidate redeems a code; returns what the function returns."""
        self.as_user(candidate)
        answer: Row = self.value("select public.accept_invite(%s)", code)
        return answer

    def scene(self, email: str = "candidate1@example.com") -> Scene:
        """A recruiter, an interview and one invited candidate."""
        recruiter = self.account(full_name="Rita Recruiter")
        candidate = self.account(email)
        interview = self.interview(recruiter)
        invite = self.invite(recruiter, interview, email)
        return Scene(
            recruiter,
            interview,
            candidate,
            email,
            uuid.UUID(invite["invite_id"]),
            invite["invite_code"],
        )

    def invite_row(self, invite: uuid.UUID | str) -> Row:
        """The invite as it is stored."""
        with self.superuser():
            return self.one("select * from public.interview_invites where id = %s", invite)

    def participant_row(self, interview: uuid.UUID, user_id: uuid.UUID) -> Row:
        """The participant as it is stored."""
        with self.superuser():
            return self.one(
                "select * from public.interview_participants"
                " where interview_id = %s and user_id = %s",
                interview,
                user_id,
            )

    def email_of(self, account: uuid.UUID) -> str:
        """The address of an account."""
        with self.superuser():
            email: str = self.value("select email from auth.users where id = %s", account)
        return email

    def jobs(self, subject: uuid.UUID | str, kind: str | None = None) -> list[str]:
        """What there still is to do about an invite or participant: queued, failed or done."""
        with self.superuser():
            rows = self.rows(
                "select case when failed_at is not null then 'failed'"
                " when done_at is not null then 'done' else 'queued' end as state"
                " from private.jobs where subject = %s and kind = coalesce(%s, kind) order by id",
                subject,
                kind,
            )
        return [row["state"] for row in rows]

    def pass_time(self, interval: str) -> None:
        """Moves everything that has happened into the past by an interval."""
        with self.without_triggers():
            for table, columns in {
                "public.interviews": ["deadline", "created_at", "updated_at", "archived_at"],
                "public.interview_questions": ["created_at", "updated_at"],
                "public.interview_invites": [
                    "created_at",
                    "expires_at",
                    "accepted_at",
                    "completed_at",
                    "revoked_at",
                    "queued_at",
                    "delivery_at",
                    "renewal_requested_at",
                    "reminded_at",
                    "withdrawn_at",
                    "reviewed_at",
                    "decided_at",
                ],
                "public.interview_participants": [
                    "joined_at",
                    "completed_at",
                    "reminded_at",
                    "consented_at",
                    "responses_deleted_at",
                    "responses_expired_at",
                ],
                "public.interview_responses": ["started_at", "uploaded_at", "submitted_at"],
                "public.response_analyses": ["queued_at", "started_at", "finished_at"],
                "public.interview_criteria": ["created_at", "updated_at"],
                "public.interview_templates": ["created_at"],
                "public.interview_reviewers": ["invited_at", "joined_at"],
                "public.candidate_reviews": ["submitted_at", "changed_at", "created_at"],
                "public.candidate_decisions": ["decided_at"],
                "private.consents": ["given_at"],
                "private.access_log": ["at"],
                "private.changes": ["at"],
                "private.unsubscribes": ["unsubscribed_at"],
                "private.storage_sweep": ["finished_at"],
                "private.jobs": ["queued_at", "due_at", "failed_at", "done_at"],
                "private.job_kinds": ["paused_until"],
                "private.job_workers": ["seen_at"],
                "private.notifications": ["digested_until"],
                "private.code_requests": ["resent_at"],
            }.items():
                moves = ", ".join(f"{column} = {column} - %(by)s::interval" for column in columns)
                self.connection.execute(f"update {table} set {moves}", {"by": interval})
            for moment in ("told_of", "since", "until"):
                self.connection.execute(
                    "update private.jobs set data = jsonb_set(data, %(path)s,"
                    " to_jsonb(((data ->> %(key)s)::timestamptz - %(by)s::interval)::text))"
                    " where data ? %(key)s",
                    {"path": [moment], "key": moment, "by": interval},
                )
            self.connection.execute(
                "update private.jobs set key ="
                " (key::bigint - extract(epoch from %s::interval)::bigint)::text"
                " where kind = 'daily_digest'",
                (interval,),
            )
            self.connection.execute(
                "update private.code_requests set wrong_guesses ="
                " array(select g - %s::interval from unnest(wrong_guesses) g)",
                (interval,),
            )
            for counts in [
                "private.invite_counts",
                "private.reminder_counts",
                "private.storage_counts",
                "private.analysis_counts",
            ]:
                # By way of another age: on its way no row may meet the day of another one.
                self.connection.execute(f"update {counts} set day = day + 100000")
                self.connection.execute(
                    f"update {counts} set day = day - 100000 - extract(day from %s::interval)::int",
                    (interval,),
                )


@contextmanager
def committed(url: str) -> Iterator[Database]:
    """A transaction of its own, committed at the end."""
    connection: psycopg.Connection[Any]
    with psycopg.connect(url, options=PATIENCE) as connection:
        yield Database(connection)


def at_once(url: str, calls: Sequence[Callable[[Database], T]]) -> list[T | Refusal]:
    """Carries out calls at the same time, each in a committed transaction of its own."""

    def carry_out(call: Callable[[Database], T], db: Database) -> T | Refusal:
        try:
            answer = call(db)
            db.connection.commit()
        except psycopg.Error as error:
            db.connection.rollback()
            return Refusal.of(error)
        return answer

    with ExitStack() as stack:
        connected = []
        for call in calls:
            connection: psycopg.Connection[Any] = psycopg.connect(url, options=PATIENCE)
            connected.append(partial(carry_out, call, Database(stack.enter_context(connection))))
        return waiting.at_once(connected)
