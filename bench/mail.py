"""What an email costs the mail worker, against smtplib alone, and how long one waits.

The mail server is a minimal one in a process of its own:

- CPU time per email, from the first message to the last, so that it includes every claim and
  settle except the first, but not the start of Python; against a loop of smtplib over emails that
  the same code renders;
- at 20 ms a reply: the worker, against smtplib with a connection per message;
- at 20 ms a reply: one recruiter's invitation while another's queue is long.
"""

import itertools
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
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psycopg

from bench.database import SECRET, Bench, postgrest
from bench.measure import Reach, Row, compare
from local.environment import access_token
from local.processes import LOOPBACK
from local.stack import ROOT
from service.commands.preview import sample
from service.mail.jobs import Mail
from service.mail.message import Renderer
from tests.kit.gateway import gateway

# ---- a mail server that keeps nothing -------------------------------------------------------


class _Sink(socketserver.StreamRequestHandler):
    """Accepts everything after `delay` seconds, and records when messages came."""

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


def _serve(delay: float, line: Pipe) -> None:
    server = _Server(delay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line.send(server.server_address[1])
    while line.recv():
        times = list(server.times)
        line.send((len(times), times[0] if times else 0.0, times[-1] if times else 0.0))


@contextmanager
def sink(delay: float) -> Iterator[tuple[int, Pipe]]:
    """A mail server that takes `delay` seconds per reply.

    Yields its port, and a pipe that tells count, first and last time.
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

_ACCEPTED = "select id from public.interview_invites where id = %s and delivery_status = 'accepted'"


@dataclass
class Served:
    """A database with the schema, served by PostgREST at `url`; `key` is the service role's."""

    bench: Bench
    url: str
    key: str

    def fill(self, count: int) -> None:
        """Queue that many invitations, and nothing else."""
        with psycopg.connect(self.bench.url("mailing")) as connection:
            connection.execute("truncate private.jobs")
            if count:
                connection.execute(_FILL, (count,))
        self.bench.settle("mailing")


@contextmanager
def served(bench: Bench) -> Iterator[Served]:
    """A fresh database with a PostgREST in front."""
    bench.create("mailing")
    key = access_token(SECRET, "service_role")
    # Hosted projects serve it below /rest/v1.
    with postgrest(bench, "mailing") as url, gateway(url, {key: key}) as front:
        yield Served(bench, front.url, key)


# ---- what is measured -----------------------------------------------------------------------


def _mails() -> Iterator[Mail]:
    """Invitations to one interview, as create_invites creates them."""
    mail = sample("interview_invitation", "Frontend Developer", "Grace Hopper")
    for number in itertools.count():
        changes = {"job_id": number, "email": f"candidate{number}@example.com"}
        yield mail.model_copy(update={**changes, "invite_code": f"{number % 1_000_000:06}"})


def _renderer() -> Renderer:
    return Renderer(Address("HireVision", "no-reply", "example.com"), "http://localhost:3000")


def loop(count: int) -> float:
    """Microseconds of CPU time per email: rendered, then sent by smtplib on one connection."""
    renderer, mails = _renderer(), itertools.islice(_mails(), count)
    renderer.envelope(next(_mails()))  # compiles the templates, as a worker does once
    with (
        sink(0) as (port, _),
        # With a timeout, as everybody should use; it costs some CPU time.
        smtplib.SMTP(LOOPBACK, port, local_hostname="localhost", timeout=60) as smtp,
    ):
        started = time.process_time()
        for mail in mails:
            made = renderer.envelope(mail)
            smtp.sendmail(made.sender, made.recipient, made.content)
        return 1e6 * (time.process_time() - started) / count


def connection_per_message(count: int, delay: float) -> float:
    """Messages per second with a connection per message."""
    content = _renderer().envelope(next(_mails())).content
    with sink(delay) as (port, _):
        started = time.monotonic()
        for _ in range(count):
            with smtplib.SMTP(LOOPBACK, port, local_hostname="localhost") as smtp:
                smtp.sendmail("no-reply@example.com", "candidate@example.com", content)
        return count / (time.monotonic() - started)


@contextmanager
def worker(database: Served, port: int) -> Iterator[int]:
    """A worker process with four connections; its id."""
    settings = {
        "SUPABASE_URL": database.url,
        "SUPABASE_SERVICE_ROLE_KEY": database.key,
        "SUPABASE_ANON_KEY": database.key,
        "SERVICE_API_KEY": "a-key-of-the-benchmark",
        "EMAIL_HOST": LOOPBACK,
        "EMAIL_PORT": str(port),
        "EMAIL_SECURITY": "none",
        "EMAIL_FROM": "HireVision <no-reply@example.com>",
        "MAIL_CONNECTIONS": "4",
        "MAIL_WORKER": "off",
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "service", "worker"],
            env={**os.environ, **settings},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait()


@dataclass(frozen=True)
class Seen:
    """How many emails the mail server has accepted, and the worker's CPU seconds by then."""

    count: int
    first: float
    last: float
    cpu: float


def seen(line: Pipe, pid: int, count: int) -> Seen:
    """Wait until that many emails have arrived."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        line.send(True)
        taken, first, last = line.recv()
        if taken >= count:
            user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            return Seen(taken, first, last, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
        time.sleep(0.02)
    raise SystemExit(f"the worker sent {taken} of {count} mails")


def worker_cpu(database: Served, count: int) -> float:
    """Microseconds of CPU time per email in the worker, including claiming and settling."""
    database.fill(count)
    with sink(0) as (port, line), worker(database, port) as pid:
        first, last = seen(line, pid, 1), seen(line, pid, count)
        return 1e6 * (last.cpu - first.cpu) / (last.count - first.count)


def worker_rate(database: Served, count: int, delay: float) -> float:
    """Messages per second by the worker, from the first to the last."""
    database.fill(count)
    with sink(delay) as (port, line), worker(database, port) as pid:
        all_of_them = seen(line, pid, count)
        return (count - 1) / (all_of_them.last - all_of_them.first)


def one_mail(database: Served, waiting: int, delay: float) -> float:
    """Seconds until one invitation is accepted while that many of another recruiter wait."""
    database.fill(waiting)
    with sink(delay) as (port, line), worker(database, port) as pid:
        if waiting:
            seen(line, pid, 20)
        else:
            time.sleep(3)
        with psycopg.connect(database.bench.url("mailing"), autocommit=True) as connection:
            started = time.monotonic()
            (invite,) = connection.execute(f"{_FILL} returning id", (1,)).fetchone() or ()
            while not connection.execute(_ACCEPTED, (invite,)).fetchone():
                time.sleep(0.02)
            return time.monotonic() - started


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """The worker against a bare loop, with a slow mail server, and behind a long queue."""
    count, waiting = (500, 500) if quick else (4000, 10_000)
    with served(bench) as database:
        yield compare(
            "mail_worker_cpu",
            "CPU a mail of the mail worker, rendering included",
            "smtplib on one connection, with the same rendering",
            subject=lambda: worker_cpu(database, count),
            baseline=lambda: loop(count),
            unit="µs",
            reach=Reach("≤", 1.3),
            rounds=rounds,
        )
        yield compare(
            "mail_worker_slow_server",
            "the mail worker at 20 ms a reply",
            "smtplib, a connection per message",
            subject=lambda: worker_rate(database, 60 if quick else 1000, 0.02),
            baseline=lambda: connection_per_message(5 if quick else 40, 0.02),
            unit="mails/s",
            reach=Reach("≥", 6),
            rounds=rounds,
        )
        yield compare(
            "mail_behind_a_queue",
            f"one invitation accepted while {waiting:,} of another recruiter wait, 20 ms a reply",
            "alone, and 2 s",
            subject=lambda: one_mail(database, waiting, 0.02),
            baseline=lambda: one_mail(database, 0, 0.02) + 2,
            unit="s",
            reach=Reach("≤", 1),
            rounds=rounds,
        )
