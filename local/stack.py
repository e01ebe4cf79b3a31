"""The local Supabase as a whole: its parts, their settings, and the order in which they start.

    with Stack(Path("/some/folder"), ports={}, fast=True) as stack:
        httpx.get(stack.environment.supabase_url + "/rest/v1/interviews", …)

Every start does the same: PostgreSQL; what a hosted project has (hosted.sql) and the role of
our Auth server (lite.sql); the migrations, with the Supabase CLI; in a database that was there
before, database_schema.sql, which may have changed since; then the servers.
"""

import contextlib
import importlib.util
import json
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import httpx

from local import auth_mails, frontend, node, postgrest
from local.environment import Environment, Secrets, write_private
from local.lock import Lock
from local.people import ACCOUNTS, PASSWORD, sign_up
from local.postgres import FAST, SCHEMA, Cluster
from local.processes import LOOPBACK, LocalError, Part, Ports, accepts
from local.supabase_cli import supabase_cli

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "local"

# Where the parts listen. If a port is taken, the next free one is used.
PORTS = {
    "supabase": 54321,
    "postgres": 54322,
    "postgrest": 54323,
    "mailbox": 54324,
    "smtp": 54325,
    "service": 54326,
    "frontend": 3000,
}


class Stack:
    """All parts together. `start()` returns when they are ready; `stop()` keeps the data.

    `folder` holds `.data` (the database, the emails, the secrets) and `.run` (the env file and the
    logs). `ports` has preferred ports by the names in PORTS; a part without one gets any free port.
    `fast` gives up safety against power cuts. `frontend` adds the example frontend, whose first
    build takes half a minute; if the environment variable SITE_URL names another frontend, it is
    left out. `analyst` adds the process that reads recordings, where the extra `analysis` is
    installed and ANALYSIS is not "off". `say` is called with progress messages for people.
    """

    def __init__(
        self,
        folder: Path = HOME,
        *,
        ports: Mapping[str, int] = PORTS,
        fast: bool = False,
        postgrest: bool = True,
        service: bool = True,
        frontend: bool = False,
        analyst: bool = False,
        accounts: bool = True,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.data = folder / ".data"
        self.run = folder / ".run"
        self._ports = ports
        self._fast = fast
        self._wants_postgrest = postgrest
        self._wants_service = service
        self._wants_frontend = frontend and not os.environ.get("SITE_URL")
        self._wants_analyst = analyst and os.environ.get("ANALYSIS") != "off"
        self._wants_accounts = accounts
        self._say = say
        self._parts: list[Part] = []
        self._lock = Lock(self.run)
        self._taken = Ports()
        # Whether `environment.site_url` is the example frontend.
        self.has_frontend = False
        self._environment: Environment | None = None
        self.cluster: Cluster

    @property
    def environment(self) -> Environment:
        """Addresses and keys; LocalError before `start()`."""
        if self._environment is None:
            raise LocalError("the local Supabase is not running")
        return self._environment

    @property
    def env_file(self) -> Path:
        """The file that has the environment while everything is running."""
        return self.run / "env"

    def start(self) -> None:
        """Start every part in order; if one fails, none is left running."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started, in reverse order."""
        if self._lock.held:
            self.env_file.unlink(missing_ok=True)
        self._environment = None
        while self._parts:
            self._parts.pop().stop()
        self._taken.release()
        self._lock.release()

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def watch(self) -> None:
        """Wait until a part ends, then raise LocalError with the end of its log; never return."""
        while True:
            self.check()
            time.sleep(0.3)

    def check(self) -> None:
        """Raise LocalError if a part has ended."""
        for part in self._parts:
            if part.returncode is not None:
                raise LocalError(part.obituary())

    # ---- starting, in order ------------------------------------------------------------------

    def _start(self) -> None:
        self._lock.take()
        self.env_file.unlink(missing_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        drawn = Secrets.kept_in(self.data / "secrets.json")
        self.has_frontend = self._wants_frontend and self._build_frontend()
        environment = self._addresses(drawn)

        self._say("Starting PostgreSQL and the mailbox")
        mailbox = self._start_mailbox(environment)
        self.cluster = self._start_postgres(drawn)
        self._migrate()

        self._say("Starting Auth, the Data API, Storage and the service")
        waiting = [mailbox, self._start_lite(environment)]
        if environment.postgrest_url:
            waiting.append(self._start_postgrest(environment))
        elif self._wants_postgrest:
            self._say(
                f"PostgREST has no build for {postgrest.platform_name()}: going on without "
                "(POSTGREST_BIN names one of your own)"
            )
        if environment.service_url:
            waiting.append(self._start_service(environment))
            if self._wants_analyst:
                self._start_analyst(environment)
        if self.has_frontend:
            waiting.append(self._start_frontend(environment))
        for wait in waiting:
            wait()

        if self._wants_accounts:
            self._make_accounts(environment)
        self._environment = environment
        lines = [f"{name}={value}\n" for name, value in environment.variables().items()]
        write_private(self.env_file, "".join(lines))

    def _addresses(self, drawn: Secrets) -> Environment:
        wanted = [name for name in PORTS if name != "frontend" or self.has_frontend]
        ports = {name: self._taken.take(self._ports.get(name, 0)) for name in wanted}
        self._postgres_port = ports["postgres"]
        password = drawn.database_password
        http = f"http://{LOOPBACK}:"
        has_postgrest = self._wants_postgrest and postgrest.program()
        # By name, because cookies belong to the name: at 127.0.0.1 nobody would be signed in.
        own_site = f"http://localhost:{ports['frontend']}" if self.has_frontend else None
        return Environment(
            supabase_url=f"{http}{ports['supabase']}",
            supabase_anon_key=drawn.api_key("anon"),
            supabase_service_role_key=drawn.api_key("service_role"),
            supabase_publishable_key=drawn.publishable_key,
            supabase_secret_key=drawn.secret_key,
            supabase_jwt_secret=drawn.jwt_secret,
            database_url=f"postgresql://postgres:{password}@{LOOPBACK}:{ports['postgres']}/postgres",
            service_api_key=drawn.service_api_key,
            smtp_url=f"smtp://{LOOPBACK}:{ports['smtp']}",
            mailbox_url=f"{http}{ports['mailbox']}",
            site_url=own_site or os.environ.get("SITE_URL") or "http://localhost:3000",
            postgrest_url=f"{http}{ports['postgrest']}" if has_postgrest else None,
            service_url=f"{http}{ports['service']}" if self._has_service() else None,
        )

    def _build_frontend(self) -> bool:
        """Whether it can be served; if not, say why."""
        problem = frontend.missing()
        if not problem:
            try:
                if frontend.stale():
                    self._say("Building the frontend; the next start finds it built")
                frontend.build()
            except LocalError as error:
                problem = str(error)
        if problem:
            self._say(f"Going on without the frontend: {problem}")
        return not problem

    def _has_service(self) -> bool:
        return self._wants_service and importlib.util.find_spec("service.__init__") is not None

    def _start_postgres(self, drawn: Secrets) -> Cluster:
        cluster = Cluster(
            self.data / "postgres",
            port=self._postgres_port,
            password=drawn.database_password,
            settings=FAST if self._fast else None,
            log=self.run / "postgres.log",
        )
        self._adopt(cluster.part)
        cluster.start()
        cluster.make_hosted()
        cluster.run_file(Path(__file__).with_name("lite.sql"))
        return cluster

    def _migrate(self) -> None:
        if not any((ROOT / "supabase" / "migrations").glob("*.sql")):
            return
        had_the_schema = self.cluster.run_sql("select to_regclass('public.interviews')")
        self._say("Applying the migrations with the Supabase CLI")
        url = self.cluster.url(user="postgres")
        result = supabase_cli("db", "push", "--yes", url=url, home=self.run)
        if result.returncode:
            said = f"{result.stdout}\n{result.stderr}".replace(self.cluster.password, "***")
            raise LocalError(
                f"supabase db push ended with status {result.returncode}\n{said.strip()}\n"
                "  (`make reset` starts from an empty database)"
            )
        if had_the_schema:
            # The CLI applies a migration once, whatever `make schema` has written since.
            self._say("Applying database_schema.sql, for what has changed since the last start")
            self._apply_schema()

    def _apply_schema(self) -> None:
        try:
            self.cluster.run_sql(SCHEMA.read_text(encoding="utf-8"), user="postgres")
        except LocalError as error:
            raise LocalError(
                f"database_schema.sql: {error}\n  (`make reset` starts from an empty database)"
            ) from error

    def _part(self, name: str, log: str) -> Part:
        part = Part(name, self.run / f"{log}.log")
        self._adopt(part)
        return part

    def _adopt(self, part: Part) -> None:
        part.held = (self._lock.parts,)
        self._parts.append(part)

    def _start_mailbox(self, environment: Environment) -> Callable[[], None]:
        smtp, http = _port(environment.smtp_url), _port(environment.mailbox_url)
        part = self._part("the mailbox", "mailbox")
        part.start(
            [
                *(_script("maildump"), "--foreground", "--no-quit"),
                *("--smtp-ip", LOOPBACK, "--smtp-port", str(smtp)),
                *("--http-ip", LOOPBACK, "--http-port", str(http)),
                *("--db", self.data / "mails.sqlite"),
            ]
        )
        return lambda: part.wait_until(lambda: accepts(smtp) and accepts(http))

    def _start_lite(self, environment: Environment) -> Callable[[], None]:
        settings = {
            "databaseUrl": self.cluster.url(user="supabase_lite"),
            "port": _port(environment.supabase_url),
            "url": environment.supabase_url,
            "siteUrl": environment.site_url,
            "jwtSecret": environment.supabase_jwt_secret,
            "smtpPort": _port(environment.smtp_url),
            "auth": auth_mails.auth_settings(),
            "mails": auth_mails.configured(),
            "storageDatabaseUrl": self.cluster.url(user="supabase_storage_admin"),
            "storageFolder": str(self.data / "storage"),
            "keys": {
                environment.supabase_anon_key: "anon",
                environment.supabase_publishable_key: "anon",
                environment.supabase_service_role_key: "service_role",
                environment.supabase_secret_key: "service_role",
            },
        }
        part = self._part("@supabase/lite (Auth, the Data API, Storage)", "lite")
        part.start(
            [node.program(), Path(__file__).with_name("lite.mjs")],
            env={"LITE_SETTINGS": json.dumps(settings), "LITE_TELEMETRY": "0"},
        )
        return lambda: part.wait_until(
            lambda: _answers(f"{environment.supabase_url}/auth/v1/health", environment)
        )

    def _start_postgrest(self, environment: Environment) -> Callable[[], None]:
        url = environment.postgrest_url
        assert url
        database = self.cluster.url(user="authenticator")
        part = self._part("PostgREST", "postgrest")
        return postgrest.start(part, database, environment.supabase_jwt_secret, _port(url))

    def _start_service(self, environment: Environment) -> Callable[[], None]:
        url = environment.service_url
        assert url
        part = self._part("the service", "service")
        part.start(
            [
                *(sys.executable, "-m", "gunicorn", "--config", ROOT / "gunicorn.conf.py"),
                *("--bind", f"{LOOPBACK}:{_port(url)}"),
            ],
            env=service_settings(environment),
            cwd=ROOT,
        )
        return lambda: part.wait_until(lambda: _answers(f"{url}/health", environment))

    def _start_analyst(self, environment: Environment) -> None:
        if importlib.util.find_spec("faster_whisper") is None:
            self._say("Going on without analysing recordings: the extra analysis is not installed")
            return
        part = self._part("the analyst", "analyst")
        part.start(
            [sys.executable, "-m", "flask", "--app", "service", "analyst"],
            env=service_settings(environment),
            cwd=ROOT,
        )

    def _start_frontend(self, environment: Environment) -> Callable[[], None]:
        part = self._part("the frontend", "frontend")
        port = _port(environment.site_url)
        part.start(
            [node.program(), *frontend.serving(port)],
            env=frontend.settings(
                NEXT_PUBLIC_SUPABASE_URL=environment.supabase_url,
                NEXT_PUBLIC_SUPABASE_ANON_KEY=environment.supabase_anon_key,
            ),
            cwd=frontend.FOLDER,
        )
        return lambda: part.wait_until(lambda: accepts(port))

    def _make_accounts(self, environment: Environment) -> None:
        for email, name in ACCOUNTS.items():
            if not self.cluster.run_sql(f"select 1 from auth.users where email = '{email}'"):
                sign_up(environment, email, PASSWORD, full_name=name)


def service_settings(environment: Environment) -> dict[str, str]:
    """The environment variables with which the service runs on this stack."""
    return {
        "SUPABASE_URL": environment.supabase_url,
        "SUPABASE_ANON_KEY": environment.supabase_anon_key,
        "SUPABASE_SERVICE_ROLE_KEY": environment.supabase_service_role_key,
        "SERVICE_API_KEY": environment.service_api_key,
        "SITE_URL": environment.site_url,
        "CORS_ORIGINS": environment.site_url,
        **environment.mail_settings,
        "EMAIL_FROM": f"HireVision <{environment.mail_settings['EMAIL_FROM']}>",
        "MAIL_WORKER": "on",
    }


def reset(folder: Path = HOME) -> None:
    """Remove the data, the accounts, the keys and the logs; LocalError while it is running."""
    taken = Lock(folder / ".run")
    taken.take()
    for name in (".data", ".run"):
        shutil.rmtree(folder / name, ignore_errors=True)
    taken.release()


def _script(name: str) -> Path:
    return Path(sysconfig.get_path("scripts")) / name


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _answers(url: str, environment: Environment) -> bool:
    with contextlib.suppress(httpx.TransportError):
        headers = {"apikey": environment.supabase_anon_key}
        return httpx.get(url, headers=headers, timeout=5).status_code == 200
    return False
