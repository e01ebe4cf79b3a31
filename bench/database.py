"""The measured databases: real PostgreSQL, filled with set statements, copied from templates.

Ids, addresses and codes are made from a number n of six digits, so that pgbench can name them:
person n has the id person(n) and the address c<n>@example.com, and was invited by the invite
invite(n) with the code n.
"""

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

import local.postgrest
from local.environment import access_token
from local.postgres import Cluster

FIRST = 100_000
"""The smallest number of a person."""

Connection = psycopg.Connection[tuple[Any, ...]]

SECRET = "a-secret-of-the-benchmark-that-is-long-enough-for-hs256"
RECRUITER = "10000000-0000-4000-8000-000000000001"
BIG = "20000000-0000-4000-8000-000000000001"
"""An interview of RECRUITER's with many invites."""

# Durable, like a project. Enough memory for the tables, and no background work in between. The
# same for both sides of every comparison.
SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}


@dataclass
class Bench:
    """A cluster with a template database that holds only the schema."""

    cluster: Cluster
    folder: Path

    def create(self, name: str, template: str = "empty") -> str:
        """Create a database from a template, dropping an existing one; returns its URL."""
        self.cluster.run_sql(f"drop database if exists {name} with (force)")
        self.cluster.run_sql(f"create database {name} template {template} owner postgres")
        return self.url(name)

    def url(self, name: str, user: str = "supabase_admin") -> str:
        """The URL of a database."""
        return self.cluster.url(name, user)

    def run(self, name: str, sql: str) -> None:
        """Run SQL as the superuser, then vacuum the tables and write everything to disk."""
        self.cluster.run_sql(f"set client_min_messages = warning;\n{sql}", name)
        self.settle(name)

    def settle(self, name: str) -> None:
        """Vacuum and write everything to disk, so that no run pays for an earlier one."""
        self.cluster.run_sql("vacuum analyze; checkpoint", name)

    def pgbench(self, name: str, script: str, *, clients: int, each: int, first: int) -> float:
        """Transactions per second of a script that gets each n once, from `first` on."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=self.folder) as file:
            file.write(f"\\set i :i + 1\n\\set n {first} + :client_id * {each} + :i\n{script}")
            file.flush()
            result = subprocess.run(
                [
                    *(self.cluster.binary("pgbench"), "--no-vacuum", "--protocol=prepared"),
                    *("--client", str(clients), "--jobs", str(min(clients, 2))),
                    *("--transactions", str(each), "--define", "i=-1", "--file", file.name, name),
                ],
                capture_output=True,
                text=True,
                env={**os.environ, **self.cluster.environment()},
            )
        rate = re.search(r"^tps = ([\d.]+)", result.stdout, re.MULTILINE)
        if (
            result.returncode
            or not rate
            or "number of failed transactions: 0 " not in result.stdout
        ):
            raise SystemExit(f"pgbench on {name}:\n{result.stdout}\n{result.stderr}")
        return float(rate[1])


@contextmanager
def benched() -> Iterator[Bench]:
    """A cluster for the length of a run."""
    with tempfile.TemporaryDirectory(prefix="hirevision-bench-") as name:
        folder = Path(name)
        with Cluster(folder / "postgres", settings=SETTINGS) as cluster:
            cluster.create_with_schema("empty")
            cluster.run_sql(
                "update private.settings set invites_per_day = 100000000,"
                " invites_per_day_at_first = 100000000",
                "empty",
            )
            yield Bench(cluster, folder)


@contextmanager
def postgrest(bench: Bench, name: str) -> Iterator[str]:
    """PostgREST with the settings of a hosted project before a database; yields its URL."""
    log = bench.folder / f"postgrest-{name}.log"
    with local.postgrest.running(bench.url(name, "authenticator"), SECRET, log) as url:
        yield url


def person(n: int) -> str:
    """The id of person n."""
    return f"00000000-0000-4000-8000-{n:012}"


def token(user_id: str, email: str) -> str:
    """An access token of an account."""
    return access_token(SECRET, sub=user_id, email=email)


def connect(url: str) -> Connection:
    """A connection on which every statement is prepared, as PostgREST's are."""
    return psycopg.connect(url, autocommit=True, prepare_threshold=0)


def cpu(connection: psycopg.Connection[Any]) -> float:
    """Seconds of CPU time that the server process of a connection has used (Linux only).

    The cost of a unit of work is measured with this, because the wall clock also counts the disk,
    the client and other load.
    """
    schedule = Path(f"/proc/{connection.info.backend_pid}/schedstat").read_text()
    return int(schedule.split()[0]) / 1e9


def median_of_cpu(connection: Connection, call: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU time of one call that uses the connection: the median."""
    spent = []
    for _ in range(times):
        started = cpu(connection)
        call()
        spent.append(cpu(connection) - started)
    return 1000 * statistics.median(spent)


# ---- filling --------------------------------------------------------------------------------


def people(first: int, count: int) -> str:
    """SQL that creates the accounts of persons first … first + count - 1, and RECRUITER's."""
    return f"""
    insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
        raw_user_meta_data, raw_app_meta_data)
      select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'authenticated',
        'authenticated', 'c' || n || '@example.com', now(), false, false, '{{}}'::jsonb,
        '{{}}'::jsonb
      from generate_series({first}, {first + count - 1}) as n
      union all
      select '{RECRUITER}', 'authenticated', 'authenticated', 'recruiter@example.com', now(),
        false, false, '{{"full_name": "Grace Hopper"}}', '{{}}'
      on conflict do nothing;
    """


def interview() -> str:
    """SQL that creates the interview BIG."""
    return f"""
    insert into public.interviews (id, title, recruiter_id)
      values ('{BIG}', 'Frontend Developer', '{RECRUITER}');
    """


def invites(first: int, count: int, interview_id: str = f"'{BIG}'", status: str = "pending") -> str:
    """SQL that invites `count` persons without email; `interview_id` is an expression over n."""
    return f"""
    set session_replication_role = replica;
    insert into public.interview_invites (id, interview_id, recruiter_id, recruiter_name, email,
        invite_code, delivery_status, status)
      select ('30000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, i.id, i.recruiter_id,
        'Grace Hopper', 'c' || n || '@example.com', lpad(n::text, 6, '0'), 'accepted', '{status}'
      from (select n, ({interview_id})::uuid as interview_id
            from generate_series({first}, {first + count - 1}) as n order by md5(n::text)) as n
      join public.interviews i on i.id = n.interview_id;
    set session_replication_role = origin;
    """
