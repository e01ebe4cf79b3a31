"""Crashes, outages and misbehaving mail servers, with real processes and real servers."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest
from aiosmtpd.smtp import LoginPassword

from local import postgrest
from local.postgres import FAST, Cluster
from local.processes import LOOPBACK, accepts, free_port
from service.mail import smtp
from tests.kit.gateway import Gateway, gateway
from tests.kit.mailserver import MailServer, mail_server
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import (
    BACKEND,
    JWT_SECRET,
    SERVICE_ROLE_KEY,
    Seed,
    Service,
    address,
    parts,
)
from tests.service.sending import SEND, working
from tests.service.test_cli import GUNICORN, process

WORKER = ("-m", "flask", "--app", "service", "worker")

Spawn = Callable[..., tuple[subprocess.Popen[bytes], Path]]


@pytest.fixture
def spawn(service: Service, tmp_path: Path) -> Iterator[Spawn]:
    """Starts worker processes; returns each with its log."""
    with ExitStack() as stack:

        def start(**settings: str) -> tuple[subprocess.Popen[bytes], Path]:
            folder = tmp_path / str(random.random())
            folder.mkdir()
            given = {**service.settings, "MAIL_LEASE": "4", **settings}
            return stack.enter_context(process(folder, given, *WORKER))

        yield start


def leased(seed: Seed) -> set[str]:
    """The ids of the mails that somebody holds."""
    return {f"{job['subject']}.{job['id']}" for job in seed.jobs() if job["lease_token"]}


def in_transaction(seed: Seed) -> set[tuple[int, datetime]]:
    """The transactions that PostgREST has open: the backend, and since when."""
    seed.connection.rollback()
    rows = seed.connection.execute(
        "select pid, xact_start from pg_stat_activity where usename = 'authenticator'"
        " and datname = current_database() and xact_start is not null"
    )
    return {(row["pid"], row["xact_start"]) for row in rows}


def have_ended(seed: Seed, transactions: set[tuple[int, datetime]]) -> bool:
    """Whether none of them is open any more."""
    return not transactions & in_transaction(seed)


def message_ids(mailbox: MailServer) -> Counter[str]:
    """How often each message has come, by the id of its mail."""
    ids = (received.mail["Message-ID"] for received in mailbox.messages)
    return Counter(str(found).strip("<>").partition("@")[0] for found in ids)


# ---- crashes ------------------------------------------------------------------------------------


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("mails", "kills"), [(300, 2), pytest.param(10_000, 20, marks=pytest.mark.proof)]
)
def test_kills_at_any_moment_lose_nothing(
    seed: Seed, mailbox: MailServer, spawn: Spawn, mails: int, kills: int
) -> None:
    moments = random.Random(kills)
    emails = [address() for _ in range(mails)]
    interview = seed.interview()
    for start in range(0, mails, 1000):
        seed.invite(interview, *emails[start : start + 1000])
    queued = {f"{job['subject']}.{job['id']}" for job in seed.jobs()}
    mailbox.on_data = lambda _: time.sleep(0.004)
    workers = [spawn()[0], spawn()[0]]
    mailbox.wait(1)
    in_flight: set[str] = set()
    for _ in range(kills):
        time.sleep(moments.uniform(0.3, 1.5))
        victim = workers.pop(0)
        victim.kill()
        victim.wait()
        in_flight |= leased(seed)
        workers.append(spawn()[0])
    eventually(seed.all_sent, 1200)
    came = message_ids(mailbox)
    assert {received.recipient for received in mailbox.messages} == set(emails)
    assert set(came) == queued
    twice = {mail for mail, times in came.items() if times > 1}
    print(f"{len(in_flight)} mails were in flight, {len(twice)} came twice")
    assert twice <= in_flight


def test_killed_between_claim_and_smtp(seed: Seed, mailbox: MailServer, spawn: Spawn) -> None:
    seed.invite()
    mailbox.hang = True
    worker, _ = spawn()
    eventually(lambda: mailbox.connections > 0 and bool(leased(seed)))
    worker.kill()
    worker.wait()
    mailbox.hang = False
    spawn()
    mailbox.wait(1)
    eventually(seed.all_sent)
    assert list(message_ids(mailbox).values()) == [1]


def test_killed_between_smtp_and_settle(
    seed: Seed, mailbox: MailServer, supabase: Gateway, spawn: Spawn
) -> None:
    seed.invite()

    def keep_from_settling(_: bytes) -> None:
        supabase.hang.clear()

    mailbox.on_data = keep_from_settling
    worker, _ = spawn()
    mailbox.wait(1)
    worker.kill()
    worker.wait()
    mailbox.on_data = lambda _: None
    supabase.hang.set()
    spawn()
    mailbox.wait(2)
    eventually(seed.all_sent)
    assert list(message_ids(mailbox).values()) == [2], "twice, as one message"


def test_stopped_past_the_lease_it_writes_nothing(
    seed: Seed, mailbox: MailServer, spawn: Spawn, service: Service
) -> None:
    seed.invite(None, address(), address())
    mailbox.hang = True
    worker, log = spawn(MAIL_CONNECTIONS="1")
    eventually(lambda: mailbox.connections > 0 and len(leased(seed)) == 2)
    worker.send_signal(signal.SIGSTOP)
    # Until all its threads have stopped, it could still send.
    os.waitid(os.P_PID, worker.pid, os.WSTOPPED)
    mailbox.hang = False
    with working(service.app()):
        mailbox.wait(2)
        eventually(seed.all_sent)
    worker.send_signal(signal.SIGCONT)
    eventually(lambda: "mails settled" in log.read_text())
    assert seed.all_sent()
    assert sorted(message_ids(mailbox).values()) == [1, 1], "nor does it send anything"


# ---- mail servers -------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", ["first", "together"])
def test_a_slow_recipient_takes_one_connection_only(
    service: Service, seed: Seed, mailbox: MailServer, claimed: str
) -> None:
    slow, quick = address(), [address() for _ in range(30)]
    mailbox.held = {slow}
    seed.invite(None, slow, *(quick if claimed == "together" else []))
    with working(service.app(MAIL_CONNECTIONS="2")) as worker:
        eventually(lambda: bool(leased(seed)))
        if claimed == "first":
            seed.invite(None, *quick)
            worker.wake()
        assert slow not in {received.recipient for received in mailbox.wait(30)}
        mailbox.held.clear()
        mailbox.wait(31)


def test_one_that_always_hangs_holds_back_no_other(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "COMMAND", 1.0)
    bad = address()
    mailbox.slow = lambda recipient: 3.0 if recipient == bad else 0.0
    first = seed.invite(None, bad, *[address() for _ in range(20)])[0]
    with working(service.app(MAIL_CONNECTIONS="1")):
        mailbox.wait(20)
        eventually(lambda: seed.delivery(first.id)[1] is not None)
    assert seed.delivery(first.id) == ("queued", "the mail server did not answer in time")


def test_no_session_is_in_a_transaction_while_the_mail_server_hangs(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite(None, *[address() for _ in range(10)])
    mailbox.hang = True
    with working(service.app(MAIL_LEASE="4")):
        eventually(lambda: mailbox.connections > 0)
        # Those that are open at some moment, such as a renewal's, end while it still hangs.
        for _ in range(20):
            eventually(partial(have_ended, seed, in_transaction(seed)))
        mailbox.hang = False


@pytest.mark.parametrize("phase", ["greeting", "recipient", "dot"])
def test_a_server_that_thinks_for_many_leases_gets_one_mail(
    service: Service, seed: Seed, mailbox: MailServer, phase: str
) -> None:
    """As with 40 s before the answer to the final dot and a lease of 60: it is renewed."""
    (invited,) = seed.invite()
    mailbox.pauses[phase] = 5.0
    with working(service.app(MAIL_LEASE="2")), working(service.app(MAIL_LEASE="2")):
        eventually(lambda: bool(leased(seed)))
        (job,) = seed.jobs()
        eventually(seed.all_sent)
    (received,) = mailbox.messages
    assert received.mail["Message-ID"] == f"<{invited.id}.{job['id']}@hirevision.example>"
    assert mailbox.connections == 1, "nobody else tried it"


def test_a_lease_that_another_has_taken_is_not_used(
    service: Service, seed: Seed, mailbox: MailServer, supabase: Gateway
) -> None:
    seed.invite()
    mailbox.hang = True
    app = service.app(MAIL_LEASE="2", MAIL_CONNECTIONS="1")
    with working(app):
        eventually(lambda: mailbox.connections > 0 and bool(leased(seed)))
        # As if it had run out, and somebody else had claimed it.
        seed.run("update private.jobs set lease_token = gen_random_uuid()")
        eventually(lambda: not any(lease.held for lease in parts(app).jobs._leases))
        settled = supabase.calls.count("rpc/settle_jobs")
        seed.run("update private.jobs set due_at = now() + interval '1 minute'")
        mailbox.hang = False
        eventually(lambda: supabase.calls.count("rpc/settle_jobs") > settled)
        assert mailbox.messages == []


@pytest.mark.parametrize("fault", ["421 4.3.2 going down", "450 4.2.1 later", "drop"])
def test_faults_for_the_moment_lose_and_repeat_nothing(
    service: Service, seed: Seed, mailbox: MailServer, fault: str
) -> None:
    emails = [address() for _ in range(40)]
    seed.invite(None, *emails)
    met: set[str] = set()

    def first_try(recipient: str) -> str | None:
        if hash(recipient) % 4 or recipient in met:
            return None
        met.add(recipient)
        if fault == "drop":
            mailbox.hang_up = True
            return None
        return fault

    mailbox.on_recipient = first_try
    with working(service.app()) as worker:

        def done() -> bool:
            seed.run(
                "update private.jobs set due_at = now()"
                " where lease_token is null and due_at > now()"
            )
            worker.wake()
            return seed.all_sent()

        eventually(done)
    assert set(message_ids(mailbox).values()) == {1}
    assert len(mailbox.messages) == 40


def test_what_is_refused_for_good_fails_alone(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    bad = {address() for _ in range(5)}
    mailbox.on_recipient = lambda recipient: "550 5.1.1 nobody" if recipient in bad else None
    seed.invite(None, *bad, *[address() for _ in range(15)])
    with working(service.app()):
        mailbox.wait(15)
        eventually(lambda: Counter(seed.mails()) == {"accepted": 15, "failed": 5})


def test_a_wrong_password_fails_no_mail_and_is_tried_again(
    service: Service, seed: Seed, supabase: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "PAUSE_ACCOUNT", 1)
    seed.invite(None, *[address() for _ in range(20)])
    with mail_server(login=True) as server:
        tries = []

        def refuse(given: LoginPassword) -> bool:
            tries.append(given)
            return False

        server.on_login = refuse
        account = {"EMAIL_PORT": str(server.port), "EMAIL_USER": "a@b.example"}
        with working(service.app(**account, EMAIL_PASSWORD="not-it")):
            eventually(lambda: len(tries) >= 3)
            # smtplib tries PLAIN and LOGIN on one connection, and again after each pause; the other
            # connections do not join in.
            tried = len(tries)
            assert tried <= 2 * (supabase.calls.count("rpc/pause_jobs") + 1)
            assert set(seed.mails()) == {"queued"}
            eventually(lambda: {job["attempts"] for job in seed.jobs()} == {0})
            server.on_login = lambda _: True
            server.wait(20)
            eventually(seed.all_sent)


# ---- the database --------------------------------------------------------------------------------


def test_the_database_restarted_in_the_middle(
    service: Service, mailbox: MailServer, secrets: set[str], tmp_path: Path
) -> None:
    with Cluster(tmp_path / "postgres", settings=FAST) as cluster, ExitStack() as stack:
        cluster.create_with_schema("restarted")
        database = cluster.url("restarted", "authenticator")
        url = stack.enter_context(postgrest.running(database, JWT_SECRET, tmp_path / "log"))
        supabase = stack.enter_context(gateway(url, {SERVICE_ROLE_KEY: SERVICE_ROLE_KEY}))
        emails = [address() for _ in range(200)]
        with psycopg.connect(cluster.url("restarted")) as connection:
            seed = Seed(connection, secrets)
            seed.invite(None, *emails)
        app = service.app(SUPABASE_URL=supabase.url)
        client = app.test_client()
        mailbox.on_data = lambda _: time.sleep(0.01)
        stack.enter_context(working(app))
        mailbox.wait(50)
        cluster.stop()
        for _ in range(2):
            assert client.get("/ready").status_code == 503
            assert client.get("/health").status_code == 200
        cluster.start()
        assert {mail.recipient for mail in mailbox.wait(200)} == set(emails)
        eventually(lambda: client.get("/ready").status_code == 200)
        eventually(lambda: parts(app).jobs.status()["queued"] == 0)
    assert set(message_ids(mailbox).values()) == {1}, "what was sent meanwhile was not forgotten"


# ---- ending under load --------------------------------------------------------------------------


def test_sigterm_under_load_drops_no_request(
    service: Service, seed: Seed, mailbox: MailServer, tmp_path: Path
) -> None:
    invited = seed.invite(None, *[address() for _ in range(8)])
    mailbox.slow = lambda _: 1.5
    port = free_port()
    settings = {**service.settings, "PORT": str(port), "MAIL_WORKER": "on"}
    with (
        process(tmp_path, settings, *GUNICORN, "--bind", f"{LOOPBACK}:{port}") as (web, log),
        ThreadPoolExecutor(12) as callers,
    ):
        eventually(lambda: accepts(port))

        def call(number: int) -> int:
            url = f"http://{LOOPBACK}:{port}{SEND}"
            body = invited[number].body
            return httpx.post(url, json=body, headers=BACKEND, timeout=PATIENCE).status_code

        taken_out = threading.Event()

        def call_quickly() -> int:
            calls = 0
            while not taken_out.is_set():
                answer = httpx.get(f"http://{LOOPBACK}:{port}/health", timeout=PATIENCE)
                assert answer.status_code == 200
                calls += 1
            return calls

        quick = [callers.submit(call_quickly) for _ in range(4)]
        answers = [callers.submit(call, number) for number in range(8)]
        eventually(lambda: mailbox.connections >= 4)
        time.sleep(0.3)
        # As a load balancer does it: nothing is sent any more to a process that is to end.
        taken_out.set()
        assert all(answer.result() > 0 for answer in quick)
        web.send_signal(signal.SIGTERM)
        assert {answer.result() for answer in answers} <= {200, 202}
        assert web.wait(PATIENCE) == 0
    assert all(line.startswith("{") for line in log.read_text().splitlines())
    assert not leased(seed), "whatever was not sent was given back"
    assert max(message_ids(mailbox).values()) == 1
