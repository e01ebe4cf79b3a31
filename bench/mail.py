"""How fast the mail worker is, against smtplib alone: `python -m bench.mail`.

One run measures all of it, each against a mail server in a process of its own:

- smtplib on one connection, with the same rendered message again and again, and a worker
  process with a full outbox;
- at 20 ms a reply: smtplib with a connection per message, and the worker.

The worker's time runs from the first message that the mail server took to the last, so that it
holds every claim and settle but the first and the last, and not the start of Python.
"""

import argparse
import multiprocessing
import os
import smtplib
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import jwt
import psycopg
from aiosmtpd.controller import Controller

from local.postgres import Cluster
from local.processes import LOOPBACK, Part, Ports, accepts
from local.stack import ROOT, postgrest_program
from service.cli import sample
from service.mails import Renderer
from tests.service.gateway import gateway

# ---- a mail server that keeps nothing -------------------------------------------------------


class _Sink(socketserver.StreamRequestHandler):
    """Answers everything with yes after `delay` seconds, and notes when messages came."""

    server: "_Server"
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say(b"220 sink")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"EHLO":
                self._say(b"250-sink\r\n250 8BITMIME")
            elif verb == b"DATA":
                self._say(b"354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.times.append(time.monotonic())
                self._say(b"250 taken")
            elif verb == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 yes")

    def _say(self, reply: bytes) -> None:
        if self.server.delay:
            time.sleep(self.server.delay)
        self.wfile.write(reply + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, delay: float) -> None:
        super().__init__((LOOPBACK, 0), _Sink)
        self.delay = delay
        self.times: list[float] = []


class _Keeper:
    """What aiosmtpd does with a message."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802
        """Note when it came."""
        self.times.append(time.monotonic())
        return "250 taken"


def _serve(delay: float | None, line: Pipe) -> None:
    if delay is None:
        keeper = _Keeper()
        port = Ports().take()
        Controller(keeper, LOOPBACK, port).start()
        times = keeper.times
    else:
        server = _Server(delay)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port, times = server.server_address[1], server.times
    line.send(port)
    while line.recv():
        line.send((len(times), times[0] if times else 0.0, times[-1] if times else 0.0))


@contextmanager
def sink(delay: float | None) -> Iterator[tuple[int, Pipe]]:
    """A mail server: (its port, a line on which it tells count, first and last time).

    With a delay (seconds a reply) it is the least that speaks SMTP; without one, aiosmtpd.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(delay, theirs))
    process.start()
    try:
        yield ours.recv(), ours
    finally:
        process.terminate()
        process.join()


# ---- the database ---------------------------------------------------------------------------

_SECRET = "a-secret-of-the-benchmark-that-is-long-enough-for-hs256"


@dataclass
class Database:
    """A database with the schema, served by PostgREST at `url`; `key` is the service role's."""

    owner: str
    url: str
    key: str

    def fill(self, count: int) -> None:
        """Queue so many invitations, and nothing else."""
        with psycopg.connect(self.owner) as connection:
            connection.execute("truncate private.outbox")
            connection.execute(_FILL, (count,))
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute("vacuum analyze")


# In calls of 10,000, as recruiters make them.
_FILL = """
with recruiter as (
  insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
    raw_user_meta_data, raw_app_meta_data)
  values (gen_random_uuid(), 'authenticated', 'authenticated', gen_random_uuid() || '@example.com',
    now(), false, false, '{"full_name": "Grace Hopper"}', '{}')
  returning id
), interview as (
  insert into public.interviews (title, recruiter_id) select 'Frontend Developer', id from recruiter
  returning id
)
insert into public.interview_invites (interview_id, email)
select interview.id, 'candidate' || n || '@example.com' from interview, generate_series(1, %s) n
"""


@contextmanager
def served() -> Iterator[Database]:
    """A fresh cluster with a PostgREST before it."""
    program = postgrest_program()
    if program is None:
        raise SystemExit("there is no PostgREST for this platform")
    with tempfile.TemporaryDirectory(prefix="hirevision-bench-") as folder, ExitStack() as stack:
        cluster = stack.enter_context(Cluster(Path(folder) / "postgres"))
        cluster.create_hosted("bench")
        cluster.run_sql((ROOT / "database_schema.sql").read_text(), "bench", "postgres")
        ports = Ports()
        stack.callback(ports.release)
        port = ports.take()
        part = Part("PostgREST", Path(folder) / "postgrest.log")
        stack.callback(part.stop)
        part.start(
            [program],
            env={
                "PGRST_DB_URI": cluster.url("bench", "authenticator"),
                "PGRST_DB_SCHEMAS": "public",
                "PGRST_DB_ANON_ROLE": "anon",
                "PGRST_DB_MAX_ROWS": "1000",
                "PGRST_JWT_SECRET": _SECRET,
                "PGRST_SERVER_HOST": LOOPBACK,
                "PGRST_SERVER_PORT": str(port),
            },
        )
        part.wait_until(lambda: accepts(port))
        key = jwt.encode({"role": "service_role"}, _SECRET, "HS256")
        # Hosted projects serve it below /rest/v1.
        front = stack.enter_context(gateway(f"http://{LOOPBACK}:{port}", {key: key}))
        yield Database(cluster.url("bench"), front.url, key)


# ---- what is measured -----------------------------------------------------------------------


def loop(count: int, delay: float | None) -> float:
    """Messages a second by smtplib on one connection."""
    content = _message()
    with sink(delay) as (port, _), smtplib.SMTP(LOOPBACK, port, local_hostname="localhost") as smtp:
        started = time.monotonic()
        for _ in range(count):
            smtp.sendmail("no-reply@example.com", "candidate@example.com", content)
        return count / (time.monotonic() - started)


def connection_per_message(count: int, delay: float) -> float:
    """Messages a second when each has a connection of its own."""
    content = _message()
    with sink(delay) as (port, _):
        started = time.monotonic()
        for _ in range(count):
            with smtplib.SMTP(LOOPBACK, port, local_hostname="localhost") as smtp:
                smtp.sendmail("no-reply@example.com", "candidate@example.com", content)
        return count / (time.monotonic() - started)


def worker(database: Database, count: int, delay: float | None, connections: int) -> float:
    """Messages a second by a worker process."""
    database.fill(count)
    with sink(delay) as (port, line), tempfile.TemporaryFile() as log:
        settings = {
            "SUPABASE_URL": database.url,
            "SUPABASE_SERVICE_ROLE_KEY": database.key,
            "SUPABASE_ANON_KEY": database.key,
            "SERVICE_API_KEY": "a-key-of-the-benchmark",
            "EMAIL_HOST": LOOPBACK,
            "EMAIL_PORT": str(port),
            "EMAIL_SECURITY": "none",
            "EMAIL_FROM": "HireVision <no-reply@example.com>",
            "MAIL_CONNECTIONS": str(connections),
            "MAIL_WORKER": "off",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "service", "worker"],
            env={**os.environ, **settings},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            return _rate(line, count)
        finally:
            process.terminate()
            process.wait()


def _rate(line: Pipe, count: int) -> float:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(0.1)
        line.send(True)
        taken, first, last = line.recv()
        if taken >= count:
            return float((taken - 1) / (last - first))
    raise SystemExit(f"the worker sent {taken} of {count} mails")


def _message() -> bytes:
    mail = sample("interview_invitation", "Frontend Developer", "Grace Hopper")
    sender = Address("HireVision", "no-reply", "example.com")
    return Renderer(sender, "http://localhost:3000").envelope(mail).content


def main() -> None:
    """Measure everything and print it, as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=4000, help="mails on a quick server")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3, help="the median counts")
    given = parser.parse_args()
    with served() as database:
        for name, delay in (("aiosmtpd", None), ("the least that speaks SMTP", 0.0)):
            compare(database, given, name, delay)
        each = connection_per_message(40, 0.02)
        ours = worker(database, 1000, 0.02, given.connections)
        print("\nAt 20 ms a reply")
        print(f"  {'smtplib, a connection per message':36}{each:8.1f} mails/s")
        print(f"  {'the worker':36}{ours:8.1f} mails/s   {ours / each:.1f} times (5 wanted)")


def compare(database: Database, given: argparse.Namespace, name: str, delay: float | None) -> None:
    """Print smtplib's and the worker's rates in turn, and the median ratio."""
    print(f"\nInto {name}")
    ratios = []
    for _ in range(given.rounds):
        alone = loop(given.count, delay)
        ours = worker(database, given.count, delay, given.connections)
        ratios.append(ours / alone)
        print(f"  {'smtplib, one connection':36}{alone:8.0f} mails/s")
        print(f"  {'the worker':36}{ours:8.0f} mails/s   {ratios[-1]:.2f} of it", flush=True)
    print(f"  {'median':59}{statistics.median(ratios):.2f} (0.8 wanted)")


if __name__ == "__main__":
    main()
