"""How fast the mail worker is, against smtplib alone.

Each against a mail server in a process of its own:

- smtplib on one connection, with the same rendered message again and again, and a worker
  process with a full outbox;
- at 20 ms a reply: smtplib with a connection per message, and the worker.

The worker's time runs from the first message that the mail server took to the last, so that it
holds every claim and settle but the first and the last, and not the start of Python.
"""

import multiprocessing
import os
import smtplib
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from functools import partial
from multiprocessing.connection import Connection as Pipe

import jwt
import psycopg
from aiosmtpd.controller import Controller

from bench.database import SECRET, Bench, postgrest
from bench.measure import Reach, Row, compare
from local.processes import LOOPBACK, Ports
from local.stack import ROOT
from service.cli import sample
from service.mails import Renderer
from tests.service.gateway import gateway

CONNECTIONS = 4
"""The worker's default."""

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


@dataclass
class Served:
    """A database with the schema, served by PostgREST at `url`; `key` is the service role's."""

    bench: Bench
    url: str
    key: str

    def fill(self, count: int) -> None:
        """Queue so many invitations, and nothing else."""
        with psycopg.connect(self.bench.url("mailing")) as connection:
            connection.execute("truncate private.outbox")
            connection.execute(_FILL, (count,))
        self.bench.settle("mailing")


@contextmanager
def served(bench: Bench) -> Iterator[Served]:
    """A fresh database with a PostgREST before it."""
    bench.create("mailing")
    key = jwt.encode({"role": "service_role"}, SECRET, "HS256")
    # Hosted projects serve it below /rest/v1.
    with postgrest(bench, "mailing") as url, gateway(url, {key: key}) as front:
        yield Served(bench, front.url, key)


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


def worker(database: Served, count: int, delay: float | None, connections: int) -> float:
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


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """The worker against a bare loop, and where a reply takes its time."""
    count = 500 if quick else 4000
    with served(bench) as database:
        for name, against, delay, reach in (
            ("mail_worker", "smtplib on one connection, into aiosmtpd", None, Reach("≥", 0.8)),
            (
                "mail_worker_least_server",
                "smtplib on one connection, into the least that speaks SMTP",
                0.0,
                None,
            ),
        ):
            yield compare(
                name,
                "the mail worker",
                against,
                subject=partial(worker, database, count, delay, CONNECTIONS),
                baseline=partial(loop, count, delay),
                unit="mails/s",
                reach=reach,
                rounds=rounds,
            )
        yield compare(
            "mail_worker_slow_server",
            "the mail worker at 20 ms a reply",
            "smtplib, a connection per message",
            subject=lambda: worker(database, 60 if quick else 1000, 0.02, CONNECTIONS),
            baseline=lambda: connection_per_message(5 if quick else 40, 0.02),
            unit="mails/s",
            reach=Reach("≥", 5),
            rounds=rounds,
        )
