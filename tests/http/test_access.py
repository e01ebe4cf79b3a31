"""policies/access.txt over HTTP: every line as every role, and ways round it by rows."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from psycopg.types.json import Jsonb

from tests.http.api import (
    DENIED,
    NOT_SIGNED_IN,
    RETURNING,
    Api,
    Person,
    Row,
    Scene,
    refusal,
    value,
)
from tests.kit.access import Cast, expected, found, key_of
from tests.kit.access_page import FUNCTIONS, PRIVATE_FUNCTIONS, ROLES, TABLES

# ---- the page, line by line ---------------------------------------------------------------------


class HttpDoor:
    """A Data API, with the token of each role. What it changes is undone, or the scene is spent."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._cast: Cast | None = None

    def cast(self) -> Cast:
        """The scene in its first state."""
        if self._cast is None:
            self._cast = Cast.of(self.api.database)
            self.api.database.connection.commit()
        return self._cast

    def select(self, role: str, table: str, interview: uuid.UUID) -> str:
        return self._send(role, "GET", table, None, **_of_interview(table, interview))

    def insert(self, role: str, table: str, row: Row) -> str:
        met = self._send(role, "POST", table, row)
        if met == "1":
            # A template says by default whose it is.
            whose = {"owner_id": self.cast().people.get(role), **row}
            key = next(k for k in ("recruiter_id", "interview_id", "owner_id") if k in whose)
            newest = (
                f"select id from public.{table} where {key} = %s order by created_at desc limit 1"
            )
            self.api.sql(f"delete from public.{table} where id = ({newest})", whose[key])
        return met

    def update(self, role: str, table: str, column: str, interview: uuid.UUID) -> str:
        met: list[str] = []
        rows = self._stored(table, interview) or [{}]
        # Each row with its own value; those without an id all at once.
        for row in rows if "id" in rows[0] else rows[:1]:
            which = {"id": f"eq.{row['id']}"} if "id" in row else _of_interview(table, interview)
            met.append(self._send(role, "PATCH", table, {column: row.get(column)}, **which))
            if not met[-1].isdecimal():
                return met[-1]
        return str(sum(map(int, met)))

    def delete(self, role: str, table: str, interview: uuid.UUID) -> str:
        met = self._send(role, "DELETE", table, None, **_of_interview(table, interview))
        if met not in ("!", "0"):
            self._cast = None
        return met

    def call(self, role: str, function: str, arguments: Row) -> str:
        schema, _, name = function.partition(".")
        met = self._send(role, "POST", f"{schema}.rpc/{name}", arguments)
        if met == "ok":
            self._cast = None
        return met

    def _stored(self, table: str, interview: uuid.UUID) -> list[Row]:
        if table in ("interview_candidates", "interview_stats") or "." in table:
            return []
        return self.api.sql(f"select * from public.{table} where {key_of(table)} = %s", interview)

    def _send(self, role: str, method: str, name: str, body: Any, **parameters: str) -> str:
        schema, _, path = name.rpartition(".")
        profile = (
            {"Accept-Profile": schema, "Content-Profile": schema} if schema == "private" else {}
        )
        answer = self._person(role).send(
            method,
            f"/{path}",
            json.loads(json.dumps(body, default=_plain)),
            {**RETURNING, **profile},
            **parameters,
        )
        return self._cell(answer, role, path)

    def _cell(self, answer: httpx.Response, role: str, path: str) -> str:
        if answer.is_success:
            return "ok" if path.startswith("rpc/") else str(len(answer.json()))
        status, code, details = refusal(answer)
        if code.startswith("PT"):
            return str(details)
        meaning = {
            (401 if role == "anon" else 403, "42501"): "!",
            # A column that the database generates, before any look at rights.
            (400, "428C9"): "!",
            (406, "PGRST106"): "!",
            (500, "55000"): "-",
        }
        return meaning.get((status, code), answer.text)

    def _person(self, role: str) -> Person:
        if role in ("anon", "service"):
            return self.api.anon if role == "anon" else self.api.service
        sub = str(self.cast().people[role])
        token = self.api.token(sub=sub, is_anonymous=role == "anonymous")
        return Person(self.api.http, sub, "", token)


def _of_interview(table: str, interview: uuid.UUID) -> dict[str, str]:
    if "." in table:
        return {}
    return {key_of(table): f"eq.{interview}"}


def _plain(value: Any) -> Any:
    return value.obj if isinstance(value, Jsonb) else str(value)


# The others have the same kinds of token, and differ in rows, as in the tests of SQL.
IN_EVERY_RUN = {"anon", "anonymous", "recruiter", "active", "service"}


@pytest.mark.usefixtures("kept_paused")
@pytest.mark.parametrize(
    "role",
    [
        role if role in IN_EVERY_RUN else pytest.param(role, marks=pytest.mark.proof)
        for role in ROLES
    ],
)
def test_every_line(api: Api, role: str) -> None:
    door = HttpDoor(api)
    blocks = [*TABLES, FUNCTIONS, PRIVATE_FUNCTIONS]
    # The page says so of the schema that is not exposed.
    said = {
        key: "!" if "private" in key[0] else cell for key, cell in expected(blocks, role).items()
    }
    assert found(blocks, role, door, door.cast) == said


# ---- ways round it ------------------------------------------------------------------------------

PUBLIC_TABLES = ["interviews", "interview_questions", "interview_invites", "interview_participants"]
MERGE = {"Prefer": "resolution=merge-duplicates,return=representation"}
IGNORE = {"Prefer": "resolution=ignore-duplicates,return=representation"}

# Rows that only the scene's own people might write.
NEW: dict[str, Callable[[Scene], Row]] = {
    "interviews": lambda scene: {"title": "Foisted", "recruiter_id": scene.recruiter.id},
    "interview_questions": lambda scene: {
        "interview_id": scene.interview_id,
        "question": "Foisted?",
        "order_index": 9,
    },
    "interview_invites": lambda scene: {
        "interview_id": scene.interview_id,
        "email": "foisted@example.com",
    },
    "interview_participants": lambda scene: {
        "interview_id": scene.interview_id,
        "user_id": scene.candidate.id,
    },
}


def stored(api: Api, scene: Scene) -> dict[str, Any]:
    """All rows of a scene, as they are."""
    return {
        table: api.sql(
            f"select * from public.{table} where"
            f" {'id' if table == 'interviews' else 'interview_id'} = %s order by id",
            scene.interview_id,
        )
        for table in PUBLIC_TABLES
    }


@pytest.fixture(params=["another recruiter", "another candidate", "nobody"])
def stranger(request: pytest.FixtureRequest, api: Api) -> Person:
    """Someone with an interview and a participation of their own, and no right to others'."""
    if request.param == "nobody":
        return api.anon
    own = api.scene().joined()
    return own.recruiter if request.param == "another recruiter" else own.candidate


def of(scene: Scene, table: str) -> dict[str, str]:
    """The query string that selects a scene's rows."""
    return {"id" if table == "interviews" else "interview_id": f"eq.{scene.interview_id}"}


def test_recruiter_deletes_an_interview_with_all_that_is_in_it(api: Api) -> None:
    scene = api.scene().joined()
    assert len(value(scene.recruiter.delete("interviews", id=f"eq.{scene.interview_id}"))) == 1
    assert not any(stored(api, scene).values())


# ---- many rows, and rows that exist already -----------------------------------------------------


@pytest.mark.parametrize("table", PUBLIC_TABLES)
def test_strangers_insert_nothing_by_lists_and_upserts(
    api: Api, stranger: Person, table: str
) -> None:
    scene = api.scene().joined()
    before = stored(api, scene)
    denied = DENIED if stranger.token else NOT_SIGNED_IN
    row = NEW[table](scene)
    assert refusal(stranger.insert(table, [row, row])) == denied
    for conflict in (MERGE, IGNORE):
        assert stranger.send("POST", f"/{table}", row, conflict).status_code == denied[0]
    assert stored(api, scene) == before


def test_rows_of_mixed_owners_are_refused_together(api: Api) -> None:
    own, foreign = api.scene(), api.scene()
    before = stored(api, own), stored(api, foreign)
    for table in PUBLIC_TABLES[:3]:
        rows = [NEW[table](own), NEW[table](foreign)]
        for mixed in (rows, rows[::-1]):
            assert refusal(own.recruiter.insert(table, mixed)) == DENIED
            answer = own.recruiter.send("POST", f"/{table}", mixed, RETURNING, columns=_names(rows))
            assert refusal(answer) == DENIED
    assert (stored(api, own), stored(api, foreign)) == before
    assert len(own.recruiter.rows("interviews")) == 1


def _names(rows: list[Row]) -> str:
    return ",".join(f'"{name}"' for name in rows[0])


@pytest.mark.parametrize("conflict", [MERGE, IGNORE], ids=["merge", "ignore"])
def test_upserts_change_nobody_elses_rows(api: Api, conflict: dict[str, str]) -> None:
    own, foreign = api.scene().joined(), api.scene().joined()
    before = stored(api, foreign)
    attempts: list[tuple[str, Row, str]] = [
        ("interviews", {"id": foreign.interview_id, "title": "Mine"}, "id"),
        (
            "interview_invites",
            {"interview_id": foreign.interview_id, "email": foreign.candidate.email},
            "email,invite_code",
        ),
        (
            "interview_participants",
            {"interview_id": foreign.interview_id, "user_id": own.candidate.id},
            "interview_id,user_id",
        ),
    ]
    for person in (own.recruiter, own.candidate):
        for table, row, key in attempts:
            answer = person.send("POST", f"/{table}", row, conflict, on_conflict=key)
            assert refusal(answer) == DENIED
    assert stored(api, foreign) == before


# ---- odd questions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [
        {"or": "(id.not.is.null,id.is.null)"},
        {"and": "(id.not.is.null)", "order": "id.desc"},
        {"id": "not.is.null", "select": "id"},
        {"select": "*,interview_questions(*),interview_participants(*),interview_invites(*)"},
        {"select": "id,interview_invites!inner(invite_code)"},
        {"limit": "1000000", "offset": "0"},
    ],
    ids=json.dumps,
)
def test_no_filter_or_embedding_shows_a_foreign_row(
    api: Api, stranger: Person, parameters: dict[str, str]
) -> None:
    foreign = api.scene().joined()
    answer = stranger.send("GET", "/interviews", None, **parameters)
    if stranger.token is None:
        assert refusal(answer) == NOT_SIGNED_IN
    else:
        assert len(value(answer)) <= 1  # their own
        assert foreign.interview_id not in answer.text


def test_participants_embed_no_invite_and_nobody_else(api: Api) -> None:
    scene = api.scene().joined()
    other = api.person()
    invited = value(
        scene.recruiter.rpc("create_invites", interview_id=scene.interview_id, emails=[other.email])
    )
    value(other.rpc("accept_invite", code=invited[0]["invite_code"]))
    (row,) = scene.candidate.rows(
        "interviews", select="id,interview_invites(*),interview_participants(user_id)"
    )
    assert row["interview_invites"] == []
    assert row["interview_participants"] == [{"user_id": scene.candidate.id}]
    (row,) = scene.candidate.rows(
        "interview_participants", select="*,invite:invite_id(*),interview:interview_id(*)"
    )
    assert row["invite"] is None and row["interview"]["id"] == scene.interview_id


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("table", [*PUBLIC_TABLES, "interview_stats", "interview_candidates"])
def test_foreign_rows_are_not_counted(api: Api, table: str, method: str) -> None:
    scene = api.scene().joined()
    counting = {"Prefer": "count=exact"}
    for person, rows in ((api.person(), 0), (scene.recruiter, 1)):
        answer = person.send(method, f"/{table}", None, counting, **of(scene, table))
        total = int(answer.headers["Content-Range"].partition("/")[2])
        assert (total > 0) == bool(rows)


def test_options_and_the_root_tell_no_rows(api: Api) -> None:
    scene = api.scene().joined()
    for path in ("/", "/interviews", "/rpc/accept_invite"):
        for method in ("OPTIONS", "GET"):
            answer = api.anon.send(method, path)
            assert scene.interview_id not in answer.text and scene.code not in answer.text


def test_updates_without_a_filter_reach_ones_own_rows_alone(api: Api) -> None:
    """PostgREST takes them, and so the policies alone bound them."""
    own, foreign = api.scene().joined(), api.scene().joined()
    before = stored(api, foreign)
    for answer in (
        own.recruiter.update("interviews", {"title": "Changed"}),
        own.candidate.update("interview_participants", {"status": "completed"}),
        own.recruiter.delete("interview_questions"),
        own.recruiter.delete("interview_invites"),
        own.recruiter.delete("interviews"),
    ):
        assert answer.is_success or answer.status_code == 400, answer.text
    assert stored(api, foreign) == before
