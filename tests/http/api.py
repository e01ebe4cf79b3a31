"""A Data API, and people who call it as supabase-js does."""

import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import psycopg

from local.environment import Environment, access_token
from tests.kit.database import Database

T = TypeVar("T")
Row = dict[str, Any]

# What supabase-js sends for .select() after a write, and for .single().
RETURNING = {"Prefer": "return=representation"}
SINGLE = {"Accept": "application/vnd.pgrst.object+json"}

TITLE = "Frontend Developer Assessment"
QUESTIONS = ["Tell me about your experience with React", "Describe a challenging project"]

# What PostgreSQL refuses, to who is signed in and who is not; see `refusal`.
DENIED = (403, "42501", None)
NOT_SIGNED_IN = (401, "42501", None)


@dataclass(frozen=True)
class Person:
    """Somebody with a token, or without one. Parameters are those of a query string."""

    http: httpx.Client
    id: str
    email: str
    token: str | None

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        /,
        **parameters: str,
    ) -> httpx.Response:
        """Any request."""
        signed_in = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        # PostgREST closes the connection after a HEAD without saying so; the next call would fail.
        hang_up = {"Connection": "close"} if method == "HEAD" else {}
        return self.http.request(
            method,
            path,
            params=parameters,
            json=body,
            headers={**signed_in, **hang_up, **(headers or {})},
        )

    def rpc(self, function: str, /, **arguments: Any) -> httpx.Response:
        """Call a SQL function."""
        return self.send("POST", f"/rpc/{function}", arguments)

    def rows(self, table: str, **parameters: str) -> list[Row]:
        """The rows that this person reads."""
        rows: list[Row] = value(self.send("GET", f"/{table}", **parameters))
        return rows

    def insert(self, table: str, rows: Any, **parameters: str) -> httpx.Response:
        """Insert one row or several; they come back."""
        return self.send("POST", f"/{table}", rows, RETURNING, **parameters)

    def update(self, table: str, values: Row, **parameters: str) -> httpx.Response:
        """Update what the parameters select; the rows come back."""
        return self.send("PATCH", f"/{table}", values, RETURNING, **parameters)

    def delete(self, table: str, **parameters: str) -> httpx.Response:
        """Delete what the parameters select; the rows come back."""
        return self.send("DELETE", f"/{table}", None, RETURNING, **parameters)


@dataclass(frozen=True)
class Scene:
    """A recruiter's interview with two questions and one pending invite."""

    recruiter: Person
    candidate: Person
    interview_id: str
    invite_id: str
    code: str

    @property
    def wrong_code(self) -> str:
        """Six digits that are not the candidate's."""
        return another(self.code)

    def joined(self) -> "Scene":
        """The same after the candidate has redeemed the code."""
        value(self.candidate.rpc("accept_invite", code=self.code))
        return self


class Api:
    """One server, `lite` or `postgrest`, and the database behind it."""

    def __init__(
        self,
        name: str,
        http: httpx.Client,
        environment: Environment,
        connection: psycopg.Connection[Any],
    ) -> None:
        self.name = name
        self.http = http
        self.environment = environment
        self.database = Database(connection)

    # ---- who -----------------------------------------------------------------------------

    def person(
        self,
        email: str | None = None,
        *,
        confirmed: bool = True,
        anonymous: bool = False,
        full_name: str | None = None,
    ) -> Person:
        """A new account with an access token; quicker than signing up."""
        email = email or f"{uuid.uuid4().hex}@example.com"
        account = self.database.account(
            email, confirmed=confirmed, anonymous=anonymous, full_name=full_name
        )
        self.database.connection.commit()
        return Person(self.http, str(account), email, self.token(sub=str(account)))

    def token(self, role: str = "authenticated", **claims: Any) -> str:
        """An access token as Auth makes them, good for an hour."""
        return access_token(self.environment.supabase_jwt_secret, role, **claims)

    @property
    def anon(self) -> Person:
        """No token."""
        return Person(self.http, "", "", None)

    @property
    def service(self) -> Person:
        """The service-role key."""
        return Person(self.http, "", "", self.environment.supabase_service_role_key)

    # ---- what ----------------------------------------------------------------------------

    def scene(self) -> Scene:
        """A new scene that shares nobody with other tests."""
        recruiter, candidate = self.person(full_name="Rita Recruiter"), self.person()
        made = value(
            recruiter.rpc(
                "create_interview", title=TITLE, questions=QUESTIONS, emails=[candidate.email]
            )
        )
        (invite,) = made["invites"]
        return Scene(
            recruiter, candidate, made["interview_id"], invite["invite_id"], invite["invite_code"]
        )

    def sql(self, statement: str, *values: Any) -> list[Row]:
        """A statement of the superuser, committed."""
        connection = self.database.connection
        connection.execute("reset role")
        cursor = connection.execute(statement, values or None)
        rows: list[Row] = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows


def value(answer: httpx.Response) -> Any:
    """What a successful call returned."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and details (our slug) of an error, which has the four keys of PostgREST."""
    body = answer.json()
    assert set(body) == {"code", "message", "details", "hint"}, f"{answer.status_code} {body}"
    return answer.status_code, body["code"], body["details"]


def another(code: str) -> str:
    """A different code."""
    return f"{(int(code) + 1) % 1_000_000:06}"
