"""docs/adopting.md, step by step: its statements, what it says old calls answer, and going back."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from local import postgrest
from local.environment import access_token
from local.postgres import Cluster, binary
from tests.http.api import RETURNING, SINGLE, Person, Row
from tests.kit.pages import ADOPTING, ROOT, blocks, table
from tests.kit.waiting import PATIENCE
from tests.upgrade.conftest import DIRTY_ROWS, FIRST_VERSION, MIGRATIONS, Project, row_id
from tests.upgrade.test_blocking import BLOCKING
from tests.upgrade.test_ways import contents, read

SECRET = "of-these-tests-and-long-enough-for-the-algorithm"
CONFIRM, COUNT, DELETE, SETTLE = blocks(ADOPTING, "sql")


# ---- its statements and commands ----------------------------------------------------------------


def test_the_rows_that_block_can_be_deleted(dirty: Project) -> None:
    # The second deletes the interview that the first is about.
    for names in (["twice"], ["recruiter", "question", "invite", "participant", "account"]):
        for name in names:
            dirty.connection.execute(BLOCKING[name][0].encode())
        spoiled = [rows for rows in list(dirty.preflight().values())[:9] if rows]
        assert len(spoiled) == len(names)
        dirty.connection.execute(DELETE.encode())
        assert sum(list(dirty.preflight().values())[:9]) == 0
        if names == ["twice"]:
            assert dirty.row("interview_participants", "404")  # the older one
    dirty.apply(*MIGRATIONS)


def test_what_is_settled_before_the_service_starts(dirty: Project) -> None:
    counts = dirty.rows(COUNT)
    dirty.apply(*MIGRATIONS)
    assert dirty.rows(COUNT) == counts
    dirty.connection.execute(CONFIRM.encode())
    dirty.connection.execute(SETTLE.encode())
    assert dirty.value("select invites_kept_for from private.settings") is None
    assert dirty.rows("select distinct analysis, language from public.interviews") == [
        {"analysis": "off", "language": "de"}
    ]
    assert dirty.rows("select distinct candidate_completed from private.notifications") == [
        {"candidate_completed": "daily"}
    ]


def test_going_back(dirty: Project, tmp_path: Path) -> None:
    """As the page says, from a backup made as docs/database.md says."""
    before = read(dirty), contents(dirty)
    schemas = [f"--schema={name}" for name in ("public", "private", "auth")]
    run("pg_dump", dirty.url, *schemas, "--format=custom", "--file=backup.dump", cwd=tmp_path)
    dirty.apply(*MIGRATIONS)
    listed = run("pg_restore", "--list", "backup.dump", cwd=tmp_path)
    kept = [line for line in listed.splitlines() if "DEFAULT ACL" not in line]
    (tmp_path / "backup.list").write_text("\n".join(kept))
    run(
        *("pg_restore", "--schema=public", "--use-list=backup.list", "--file=backup.sql"),
        "backup.dump",
        cwd=tmp_path,
    )
    remove = ROOT / "supabase" / "going_back.sql"
    stop = ("-v", "ON_ERROR_STOP=1")
    run("psql", dirty.url, "-q", *stop, "-f", str(remove), cwd=tmp_path)
    assert dirty.value("select to_regclass('private.jobs') is not null")  # alone it changes nothing
    files = ("-f", str(remove), "-f", "backup.sql", "-c", "commit")
    run("psql", dirty.url, "-q", *stop, *files, cwd=tmp_path)
    assert (read(dirty), contents(dirty)) == before
    assert dirty.rows("select from pg_policies where schemaname = 'storage'") == []
    dirty.apply(*MIGRATIONS)


@pytest.mark.parametrize(
    ("page", "status"), [("adopting.md", "reverted"), ("database.md", "applied")]
)
def test_the_docs_name_every_migration(page: str, status: str) -> None:
    text = (ADOPTING.parent / page).read_text()
    assert f"{status} {' '.join(file.name[:14] for file in MIGRATIONS)}\n" in text


def run(program: str, *arguments: str, cwd: Path) -> str:
    """What one of PostgreSQL's programs prints."""
    done = subprocess.run(
        [binary(program), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---- what the old calls answer ------------------------------------------------------------------


@pytest.fixture
def person(
    postgrest_program: None, make_project: Callable[..., Project], cluster: Cluster, tmp_path: Path
) -> Iterator[Callable[[str], Person]]:
    """Somebody with an account in the upgraded database, by address, over PostgREST."""
    project = make_project(FIRST_VERSION, DIRTY_ROWS)
    project.connection.execute(
        "insert into auth.users (id, email, email_confirmed_at)"
        " values (gen_random_uuid(), 'nullstatus@example.com', now())"
    )
    project.connection.execute(
        "insert into public.interview_participants (interview_id, user_id) values (%s, %s)",
        (row_id("103"), row_id("b1")),
    )
    project.apply(*MIGRATIONS)
    before = contents(project)
    with (
        postgrest.running(
            cluster.url(project.name, "authenticator"), SECRET, tmp_path / "log"
        ) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as http,
    ):

        def somebody(email: str) -> Person:
            if not email:
                return Person(http, "", "", None)
            account = str(project.value("select id from auth.users where email = %s", email))
            return Person(http, account, email, access_token(SECRET, sub=account))

        yield somebody
        assert contents(project) == before, "a call has changed a row"


class Call(NamedTuple):
    """What somebody sends."""

    who: Person
    method: str
    path: str
    body: Any = None
    parameters: dict[str, str] = {}
    headers: dict[str, str] = RETURNING


OWN, ELSEWHERE, CLOSED, INACTIVE = (str(row_id(key)) for key in ("101", "102", "103", "104"))
PENDING, REDEEMED, PARTICIPANT = ({"id": f"eq.{row_id(key)}"} for key in ("302", "341", "401"))
INTERVIEWS, QUESTIONS = "/interviews", "/interview_questions"
INVITES, PARTICIPANTS = "/interview_invites", "/interview_participants"
COMPLETED = {"status": "completed"}


def recruiters_calls(rita: Person, pending: str) -> dict[str, list[Call]]:
    """By what the page calls them; `pending` is an address that has been invited."""

    def invite(interview: str = OWN, email: str = "x@example.com", **more: str) -> Call:
        row = {"interview_id": interview, "email": email, **more}
        return Call(rita, "POST", INVITES, row)

    def ask(interview: str = OWN, **question: Any) -> Call:
        row = {"interview_id": interview, "question": "Why?", **question}
        return Call(rita, "POST", QUESTIONS, row)

    def change(path: str, values: Row, of: dict[str, str]) -> Call:
        return Call(rita, "PATCH", path, values, of)

    coded = invite(invite_code="123456")
    merging = {"Prefer": "return=representation,resolution=merge-duplicates"}
    stamped = {"title": "New", "updated_at": "2026-01-01"}
    return {
        "insert into `interview_invites` with `invite_code`": [
            coded,
            coded._replace(body=[coded.body, {**coded.body, "email": "y@example.com"}]),
        ],
        "insert into `interview_invites`, pending one exists": [invite(email=pending)],
        "insert into `interview_invites`, interview not active or past its deadline": [
            invite(CLOSED),
            invite(INACTIVE),
        ],
        "insert into `interview_invites`, invalid address": [invite(email="x")],
        "insert into `interview_invites` with a `status` other than pending": [
            invite(status="accepted")
        ],
        "insert into another recruiter's interview": [
            invite(ELSEWHERE),
            ask(ELSEWHERE, order_index=9),
        ],
        "insert into `interview_questions` without `order_index`": [ask()],
        "insert into `interview_questions`, another one has the `order_index`": [
            ask(order_index=7)
        ],
        "insert into `interview_questions` with a blank text": [ask(question=" ", order_index=9)],
        "insert into `interviews` with a blank title or another status than active, inactive,"
        " completed": [
            Call(rita, "POST", INTERVIEWS, {"title": " "}),
            Call(rita, "POST", INTERVIEWS, {"title": "New", "status": "draft"}),
        ],
        "update of `interview_invites`": [change(INVITES, {"status": "expired"}, PENDING)],
        "upsert into `interview_invites`": [
            invite(id=str(row_id("302")))._replace(headers=merging)
        ],
        "insert or update of `interviews` with `updated_at`": [
            Call(rita, "POST", INTERVIEWS, stamped),
            change(INTERVIEWS, stamped, {"id": f"eq.{OWN}"}),
        ],
        "update of another recruiter's interview": [
            change(INTERVIEWS, {"title": "Mine"}, {"id": f"eq.{ELSEWHERE}"})
        ],
        "recruiter updates a participant": [change(PARTICIPANTS, COMPLETED, PARTICIPANT)],
        "recruiter deletes a participant": [Call(rita, "DELETE", PARTICIPANTS, None, PARTICIPANT)],
        "recruiter deletes a redeemed invite": [Call(rita, "DELETE", INVITES, None, REDEEMED)],
    }


def candidates_calls(
    invited: Person, active: Person, completed: Person, stranger: Person
) -> dict[str, list[Call]]:
    """The same of candidates in each state, and of somebody without a session."""

    def change(who: Person, values: Row, interview: str = OWN) -> Call:
        own = {"interview_id": f"eq.{interview}", "user_id": f"eq.{who.id}"}
        return Call(who, "PATCH", PARTICIPANTS, values, own)

    joining = {"interview_id": OWN, "user_id": invited.id}
    return {
        "candidate reads `interview_invites`": [
            Call(invited, "GET", INVITES, None, {"invite_code": "eq.000302"})
        ],
        "candidate inserts into `interview_participants`": [
            Call(invited, "POST", PARTICIPANTS, joining)
        ],
        "candidate updates the invite": [
            Call(invited, "PATCH", INVITES, {"status": "accepted"}, PENDING)
        ],
        "candidate reads an interview or its questions before joining": [
            Call(invited, "GET", INTERVIEWS, None, {"id": f"eq.{OWN}"}),
            Call(invited, "GET", QUESTIONS, None, {"interview_id": f"eq.{OWN}"}),
        ],
        "participant updates `status` together with `completed_at`": [
            change(active, {**COMPLETED, "completed_at": "2026-01-01"})
        ],
        "participant sets a completed participation to `active`": [
            change(completed, {"status": "active"})
        ],
        "participant completes in an interview that is `completed`": [
            change(active, COMPLETED, CLOSED)
        ],
        "participant deletes their own participation": [
            change(active, {})._replace(method="DELETE", body=None)
        ],
        "anything without a session": [
            Call(stranger, "GET", INTERVIEWS),
            Call(stranger, "POST", PARTICIPANTS, joining),
        ],
    }


def said(answer: httpx.Response) -> str:
    """In the words of the page's table."""
    body = answer.json()
    if answer.is_success:
        assert body == []
        return f"{answer.status_code}, no row"
    slug = body["details"] if body["code"].startswith("PT") else body["code"]
    return f"{answer.status_code} `{slug}`"


def test_the_old_calls_answer_as_the_page_says(person: Callable[[str], Person]) -> None:
    """Those of the mail endpoint are in tests/service/test_callers.py."""
    invited = person("nullstatus@example.com")
    calls = recruiters_calls(person("rita@example.com"), invited.email) | candidates_calls(
        invited, person("Carl@Example.com"), person("dora@example.com"), person("")
    )
    promised = {row["old call"]: row["answer"] for row in table(ADOPTING, "old call")}
    assert {call for call in promised if not call.startswith("mail endpoint")} == calls.keys()
    for call, requests in calls.items():
        usual, _, single = promised[call].partition("; with `.single()` ")
        for request in requests:
            assert said(send(request)) == usual.partition(";")[0], call
            if single:
                assert said(send(request._replace(headers=SINGLE))) == single, call


def send(call: Call) -> httpx.Response:
    who, method, path, body, parameters, headers = call
    return who.send(method, path, body, headers, **parameters)


# ---- the statuses -------------------------------------------------------------------------------


def test_the_statuses_are_those_of_the_constraints(upgraded: Project) -> None:
    for row in table(ADOPTING, "what"):
        relation, column = row["what"].strip("`").split(".")
        constraint = upgraded.value(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s",
            f"{relation}_{column}_check",
        )
        values = re.sub(r"\(.*?\)|;.*", "", row["values"])
        assert re.findall(r"`(\w+)`", values) == re.findall(r"'(\w+)'", constraint), row["what"]
