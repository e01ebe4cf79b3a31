"""A real PostgREST on a real database for each test process, and a mail server for each test."""

import itertools
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

import local.postgrest
import tests.kit.storage
from local.environment import access_token
from local.postgres import Cluster
from local.processes import LOOPBACK
from service import create_app
from service.logs import Formatter
from service.mail.message import Renderer
from service.runtime import Runtime
from service.settings import Settings
from tests.kit.database import Database
from tests.kit.gateway import Gateway, gateway
from tests.kit.mailserver import MailServer, mail_server

JWT_SECRET = "a-secret-of-the-tests-that-is-long-enough-for-hs256"
SERVICE_KEY = "service-key-of-the-tests"
OLD_SERVICE_KEY = "service-key-before-rotation"
_numbers = itertools.count(1)


def token(role: str = "authenticated", *, secret: str = JWT_SECRET, **claims: Any) -> str:
    """An access token as Supabase's Auth makes them."""
    return access_token(secret, role, **claims)


ANON_KEY = token("anon", exp=4102444800)
SERVICE_ROLE_KEY = token("service_role", exp=4102444800)
PUBLISHABLE_KEY = "sb_publishable_of_the_tests"
SECRET_KEY = "sb_secret_of_the_tests"

BACKEND = {"Authorization": f"Bearer {SERVICE_KEY}"}


# ---- the database ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgrest(
    postgrest_program: None,
    cluster: Cluster,
    create_database: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, str]]:
    """A PostgREST as on hosted projects; (the name of its database, its URL)."""
    database = create_database()
    log = tmp_path_factory.mktemp("postgrest") / "log"
    with local.postgrest.running(cluster.url(database, "authenticator"), JWT_SECRET, log) as url:
        yield database, url


@pytest.fixture
def supabase(postgrest: tuple[str, str]) -> Iterator[Gateway]:
    """Supabase's Data API, as the service reaches it."""
    keys = {
        ANON_KEY: ANON_KEY,
        PUBLISHABLE_KEY: ANON_KEY,
        SERVICE_ROLE_KEY: SERVICE_ROLE_KEY,
        SECRET_KEY: SERVICE_ROLE_KEY,
    }
    with gateway(postgrest[1], keys) as running:
        yield running


@pytest.fixture(scope="session")
def storage_server(
    cluster: Cluster, postgrest: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Storage on PostgREST's database; its URL."""
    url = cluster.url(postgrest[0], "supabase_storage_admin")
    with tests.kit.storage.running(url, JWT_SECRET, tmp_path_factory.mktemp("storage")) as running:
        yield running


@pytest.fixture
def storage(supabase: Gateway, storage_server: str) -> Gateway:
    """The same Supabase, with Storage."""
    supabase.storage = storage_server
    return supabase


@dataclass
class Seed:
    """Puts things into the database by its front doors, and looks at what is there."""

    connection: psycopg.Connection[Any]
    secrets: set[str]

    def __post_init__(self) -> None:
        self.db = Database(self.connection)
        self.interviews: list[uuid.UUID] = []

    def recruiter(
        self, full_name: str | None = "Grace Hopper", *, notified: bool = False
    ) -> uuid.UUID:
        """A recruiter's account, which gets no mails about candidates unless it should."""
        account = self.db.account(full_name=full_name)
        if not notified:
            self.db.as_user(account).run(
                "select public.set_notifications('never', 'never', 'never')"
            )
        self.connection.commit()
        return account

    def interview(
        self, title: str = "Frontend Developer Assessment", recruiter: uuid.UUID | None = None
    ) -> uuid.UUID:
        """An interview with a title that no log line may hold."""
        recruiter = recruiter or self.recruiter()
        interview = self.db.interview(recruiter, title)
        self.secrets.add(title)
        self.interviews.append(interview)
        self.connection.commit()
        return interview

    def invite(self, interview: uuid.UUID | None = None, *emails: str) -> list["Invited"]:
        """Invites as the DBA does; one address when none is given."""
        interview = interview or self.interview()
        emails = emails or (address(),)
        self.db.as_owner()
        rows = self.db.value("select public.create_invites(%s, %s)", interview, list(emails))
        self.connection.commit()
        self.secrets.update(row["invite_code"] for row in rows)
        return [
            Invited(row["invite_id"], row["email"], row["invite_code"], interview) for row in rows
        ]

    def delivery(self, invite_id: str) -> tuple[str, str | None]:
        """What the recruiter sees of an invite's mail: status and error."""
        self.connection.rollback()
        row = self.connection.execute(
            "select delivery_status, delivery_error from public.interview_invites where id = %s",
            (invite_id,),
        ).fetchone()
        assert row is not None
        return row["delivery_status"], row["delivery_error"]

    def jobs(self) -> list[dict[str, Any]]:
        """The mails of this test that wait, are under way, or have failed."""
        self.connection.rollback()
        return list(self.connection.execute("select * from private.jobs order by id"))

    def mails(self) -> list[str]:
        """What recruiters see of the mails of this test's interviews, as its invites came."""
        self.connection.rollback()
        rows = self.connection.execute(
            "select delivery_status from public.interview_invites"
            " where interview_id = any (%s) order by created_at, id",
            (self.interviews,),
        )
        return [row["delivery_status"] for row in rows]

    def all_sent(self) -> bool:
        """Whether all mails of this test were accepted, and nothing is left to do."""
        return not self.jobs() and set(self.mails()) == {"accepted"}

    def run(self, sql: str, *values: Any) -> None:
        """A statement as the superuser, committed."""
        self.connection.rollback()
        self.connection.execute(sql, values or None)
        self.connection.commit()


@dataclass(frozen=True)
class Invited:
    """A pending invite."""

    id: str
    email: str
    code: str
    interview: uuid.UUID

    @property
    def body(self) -> dict[str, str]:
        """As /send-interview-invite takes it."""
        return {
            "email": self.email,
            "invite_code": self.code,
            "interview_title": "A title of the caller's",
            "recruiter_name": "A name of the caller's",
        }


def address() -> str:
    """An address that no other test uses."""
    return f"candidate{next(_numbers)}.{uuid.uuid4().hex[:8]}@example.com"


@pytest.fixture
def seed(cluster: Cluster, postgrest: tuple[str, str], secrets: set[str]) -> Iterator[Seed]:
    """The database, without what earlier tests left to do: their mails and their files."""
    with psycopg.connect(cluster.url(postgrest[0])) as connection:
        found = Seed(connection, secrets)
        found.run("truncate private.jobs")
        found.run("update private.storage_sweep set finished_at = now()")
        found.run("update private.job_kinds set paused_until = null, paused_reason = null")
        yield found
        connection.rollback()


# ---- the service ----------------------------------------------------------------------------


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with mail_server() as running:
        yield running


@dataclass
class Service:
    """Makes applications, and ends them after the test."""

    settings: dict[str, str]
    made: list[Runtime] = field(default_factory=list)

    def app(self, **settings: str) -> Flask:
        """An application; `settings` change the usual ones (an empty one removes it)."""
        app = create_app({**self.settings, **settings})
        self.made.append(parts(app))
        return app

    def client(self, **settings: str) -> FlaskClient:
        """A client of a new application."""
        return self.app(**settings).test_client()


def parts(app: Flask) -> Runtime:
    """What an application consists of."""
    found = app.extensions["hirevision"]
    assert isinstance(found, Runtime)
    return found


@pytest.fixture
def settings() -> dict[str, str]:
    """A complete configuration, of which nothing answers."""
    return {
        "SUPABASE_URL": f"http://{LOOPBACK}:9",
        "SUPABASE_SERVICE_ROLE_KEY": SERVICE_ROLE_KEY,
        "SUPABASE_ANON_KEY": ANON_KEY,
        "SERVICE_API_KEY": f"{SERVICE_KEY}, {OLD_SERVICE_KEY}",
        "EMAIL_HOST": LOOPBACK,
        "EMAIL_PORT": "9",
        "EMAIL_SECURITY": "none",
        "EMAIL_FROM": "HireVision <no-reply@hirevision.example>",
        "MAIL_WORKER": "off",
    }


@pytest.fixture
def renderer(settings: dict[str, str]) -> Renderer:
    """What writes the mails, with links to a site on this machine."""
    return Renderer(Settings.load(settings).email_from, "http://localhost:3000")


@pytest.fixture
def offline(settings: dict[str, str]) -> Iterator[Service]:
    """A service to which neither Supabase nor a mail server answers."""
    service = Service(settings)
    yield service
    for made in service.made:
        made.close()


@pytest.fixture
def service(
    settings: dict[str, str], supabase: Gateway, seed: Seed, mailbox: MailServer
) -> Iterator[Service]:
    """A service on a real database with a real mail server; its worker is off."""
    service = Service({**settings, "SUPABASE_URL": supabase.url, "EMAIL_PORT": str(mailbox.port)})
    yield service
    for made in service.made:
        made.close()


# ---- the log --------------------------------------------------------------------------------


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Formatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The test's own mail server logs as mail.log.
        if not record.name.startswith("mail."):
            self.lines.append(self.format(record))


@pytest.fixture(scope="session")
def log_lines() -> Iterator[list[str]]:
    """Every line that the run would have logged."""
    handler = _Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def secrets() -> set[str]:
    """What must not stand in any log line."""
    return {SERVICE_KEY, OLD_SERVICE_KEY, SECRET_KEY, ANON_KEY, SERVICE_ROLE_KEY, JWT_SECRET}


@pytest.fixture(scope="session", autouse=True)
def _logs_keep_secrets(log_lines: list[str], secrets: set[str]) -> Iterator[None]:
    """After the run: no address, code, title or key in any line of it."""
    yield
    assert_discreet(log_lines, secrets)


WORD = r"[\w-]+"


def assert_discreet(lines: list[str], secrets: set[str]) -> None:
    """Fail for the first line that says too much."""
    # As whole words: digits of a code may also turn up within a request's id.
    words = {secret for secret in secrets if re.fullmatch(WORD, secret)}
    phrases = [rf"(?<![\w-]){re.escape(secret)}(?![\w-])" for secret in secrets - words if secret]
    said = re.compile("|".join(["@", *phrases]))
    for line in lines:
        # Six digits of a second may be those of a code. In an address, %3A is a colon.
        plain = re.sub(r"(?<=[:A]\d\d\.)\d{6}(?!\d)", "", line)
        spoken = said.search(line) or not words.isdisjoint(re.findall(WORD, plain))
        assert not spoken, f"a log line says too much: {line}"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ignore the .env file of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
