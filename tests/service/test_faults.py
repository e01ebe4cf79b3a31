"""Crashes, outages and misbehaving mail servers, with real processes and real servers."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

from local.postgres import FAST, Cluster
from local.processes import LOOPBACK, accepts
from service import smtp
from tests.service.conftest import (
    BACKEND,
    SERVICE_ROLE_KEY,
    Seed,
    Service,
    address,
    parts,
    serve,
)
from tests.service.gateway import Gateway, gateway
from tests.service.mailserver import MailServer, mail_server, until
from tests.service.ports import free_port
from tests.service.test_cli import ROOT, process
from tests.service.test_delivery import SEND, working

WORKER = ("-m", "flask", "--app", "service", "worker")
# HIREVISION_FAULT_MAILS=10000 HIREVISION_FAULT_KILLS=20 for the long one.
MAILS = int(os.environ.get("HIREVISION_FAULT_MAILS", "600"))
KILLS = int(os.environ.get("HIREVISION_FAULT_KILLS", "4"))

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
    return {str(mail["id"]) for mail in seed.outbox() if mail["lease_token"]}


def message_ids(mailbox: MailServer) -> Counter[str]:
    """How often each message has come, by the id of its mail."""
    ids = (received.mail["Message-ID"] for received in mailbox.messages)
    return Counter(str(found).strip("<>").partition("@")[0] for found in ids)


def all_accepted(seed: Seed) -> bool:
    """Whether nothing is left to do."""
    return {mail["status"] for mail in seed.outbox()} == {"accepted"}


# ---- crashes ------------------------------------------------------------------------------------


@pytest.mark.timeout(900 if MAILS > 1000 else 120)
def test_kills_at_any_moment_lose_nothing(
    seed: Seed, mailbox: MailServer, spawn: Spawn, record_property: Callable[[str, object], None]
) -> None:
    emails = [address() for _ in range(MAILS)]
    interview = seed.interview()
    for start in range(0, MAILS, 1000):
        seed.invite(interview, *emails[start : start + 1000])
    mailbox.on_data = lambda _: time.sleep(0.004)
    workers = [spawn()[0], spawn()[0]]
    mailbox.wait(1, 30)
    in_flight: set[str] = set()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.3, 1.5))
        victim = workers.pop(0)
        victim.kill()
        victim.wait()
        in_flight |= leased(seed)
        workers.append(spawn()[0])
    until(lambda: all_accepted(seed), 30 + MAILS / 50)
    came = message_ids(mailbox)
    assert {received.recipient for received in mailbox.messages} == set(emails)
    assert set(came) == {str(mail["id"]) for mail in seed.outbox()}
    twice = {mail for mail, times in came.items() if times > 1}
    record_property("duplicates", len(twice))
    print(f"{MAILS} mails, {KILLS} kills: {len(in_flight)} in flight, {len(twice)} came twice")
    assert twice <= in_flight


def test_killed_between_claim_and_smtp(seed: Seed, mailbox: MailServer, spawn: Spawn) -> None:
    seed.invite()
    mailbox.hang = True
    worker, _ = spawn()
    until(lambda: mailbox.connections > 0 and bool(leased(seed)), 30)
    worker.kill()
    worker.wait()
    mailbox.hang = False
    killed = time.monotonic()
    spawn()
    mailbox.wait(1)
    assert time.monotonic() - killed < 10
    until(lambda: all_accepted(seed))
    assert list(message_ids(mailbox).values()) == [1]


def test_killed_between_smtp_and_settle(
    seed: Seed, mailbox: MailServer, supabase: Gateway, spawn: Spawn
) -> None:
    seed.invite()

    def keep_from_settling(_: bytes) -> None:
        supabase.hang.clear()

    mailbox.on_data = keep_from_settling
    worker, _ = spawn()
    mailbox.wait(1, 30)
    worker.kill()
    worker.wait()
    mailbox.on_data = lambda _: None
    supabase.hang.set()
    spawn()
    mailbox.wait(2, 30)
    until(lambda: all_accepted(seed))
    assert list(message_ids(mailbox).values()) == [2], "twice, as one message"


def test_stopped_past_the_lease_it_writes_nothing(
    seed: Seed, mailbox: MailServer, spawn: Spawn, service: Service
) -> None:
    seed.invite(None, address(), address())
    mailbox.hang = True
    worker, log = spawn(MAIL_CONNECTIONS="1")
    until(lambda: mailbox.connections > 0 and len(leased(seed)) == 2, 30)
    worker.send_signal(signal.SIGSTOP)
    # Until all its threads have stopped, it could still send.
    os.waitid(os.P_PID, worker.pid, os.WSTOPPED)
    mailbox.hang = False
    with working(service.app()):
        mailbox.wait(2)
        until(lambda: all_accepted(seed))
    before = seed.outbox()
    worker.send_signal(signal.SIGCONT)
    until(lambda: "mails settled" in log.read_text())
    assert seed.outbox() == before
    assert sorted(message_ids(mailbox).values()) == [1, 1], "nor does it send anything"


# ---- mail servers -------------------------------------------------------------------------------


def test_a_slow_recipient_takes_one_connection_only(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    slow, quick = address(), [address() for _ in range(30)]
    mailbox.slow = lambda recipient: 4.0 if recipient == slow else 0.0
    seed.invite(None, slow)
    with working(service.app(MAIL_CONNECTIONS="2")) as worker:
        until(lambda: bool(leased(seed)))
        seed.invite(None, *quick)
        worker.wake()
        mailbox.wait(30, 3)
        assert slow not in {received.recipient for received in mailbox.messages}
        mailbox.wait(31)


def test_one_that_always_hangs_holds_back_no_other(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 1.0)
    bad = address()
    mailbox.slow = lambda recipient: 3.0 if recipient == bad else 0.0
    first = seed.invite(None, bad, *[address() for _ in range(20)])[0]
    with working(service.app(MAIL_CONNECTIONS="1")):
        mailbox.wait(20, 6)
        until(lambda: seed.delivery(first.id)[1] is not None)
    assert seed.delivery(first.id) == ("queued", "the mail server did not answer in time")


def test_no_session_is_in_a_transaction_while_the_mail_server_hangs(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite(None, *[address() for _ in range(10)])
    mailbox.hang = True
    with working(service.app(MAIL_LEASE="4")):
        until(lambda: mailbox.connections > 0)
        for _ in range(20):
            (row,) = seed.connection.execute(
                "select count(*) as open from pg_stat_activity where usename = 'authenticator'"
                " and datname = current_database() and now() - xact_start > interval '0.3 seconds'"
            )
            assert row["open"] == 0
            seed.connection.rollback()
            time.sleep(0.1)
        mailbox.hang = False


def test_a_message_is_broken_off_before_its_lease_ends(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite()
    mailbox.hang = True
    with working(service.app(MAIL_LEASE="2", MAIL_CONNECTIONS="1")):
        until(lambda: bool(leased(seed)))
        until(lambda: seed.outbox()[0]["last_error"] is not None, 3)
        mailbox.hang = False
    (mail,) = seed.outbox()
    assert mail["last_error"] == "the mail server did not answer in time"
    assert mail["attempts"] == 1


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
                "update private.outbox set next_attempt_at = now()"
                " where status = 'queued' and lease_token is null and next_attempt_at > now()"
            )
            worker.wake()
            return all_accepted(seed)

        until(done)
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
        until(
            lambda: (
                Counter(mail["status"] for mail in seed.outbox()) == {"accepted": 15, "failed": 5}
            )
        )


def test_a_wrong_password_fails_no_mail_and_is_tried_again(
    service: Service, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "PAUSE_ACCOUNT", 1)
    seed.invite(None, *[address() for _ in range(20)])
    with mail_server(login=True) as server:
        tries = []

        def refuse(_: object) -> bool:
            tries.append(time.monotonic())
            return False

        server.on_login = refuse
        account = {"EMAIL_PORT": str(server.port), "EMAIL_USER": "a@b.example"}
        with working(service.app(**account, EMAIL_PASSWORD="not-it")):
            until(lambda: len(tries) >= 3)
            rows = seed.outbox()
            assert {(mail["status"], mail["settled_at"]) for mail in rows} == {("queued", None)}
            server.on_login = lambda _: True
            server.wait(20)
            until(lambda: all_accepted(seed))
    assert {mail["attempts"] for mail in seed.outbox()} == {1}
    # smtplib tries PLAIN and LOGIN on one connection; the other connections do not join in.
    pauses = sum(later - sooner > 0.3 for sooner, later in zip(tries, tries[1:], strict=False))
    assert len(tries) <= 2 * (pauses + 1)


# ---- the database --------------------------------------------------------------------------------


def test_the_database_restarted_in_the_middle(
    service: Service, mailbox: MailServer, secrets: set[str], tmp_path: Path
) -> None:
    with Cluster(tmp_path / "postgres", settings=FAST) as cluster, ExitStack() as stack:
        cluster.create_hosted("restarted")
        cluster.run_sql((ROOT / "database_schema.sql").read_text(), "restarted", "postgres")
        url = stack.enter_context(serve(cluster.url("restarted", "authenticator"), tmp_path))
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
            started = time.monotonic()
            assert client.get("/ready").status_code == 503
            assert time.monotonic() - started < 2
            assert client.get("/health").status_code == 200
        cluster.start()
        assert {mail.recipient for mail in mailbox.wait(200, 60)} == set(emails)
        until(lambda: client.get("/ready").status_code == 200, 30)
        until(lambda: parts(app).outbox.status()["queued"] == 0, 30)
    assert set(message_ids(mailbox).values()) == {1}, "what was sent meanwhile was not forgotten"


# ---- ending under load --------------------------------------------------------------------------


def test_sigterm_under_load_drops_no_request(
    service: Service, seed: Seed, mailbox: MailServer, tmp_path: Path
) -> None:
    invited = seed.invite(None, *[address() for _ in range(8)])
    mailbox.slow = lambda _: 1.5
    port = free_port()
    settings = {**service.settings, "PORT": str(port), "MAIL_WORKER": "on"}
    command = ("-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--bind")
    with (
        process(tmp_path, settings, *command, f"{LOOPBACK}:{port}") as (web, log),
        ThreadPoolExecutor(12) as callers,
    ):
        until(lambda: accepts(port), 30)

        def call(number: int) -> int:
            url = f"http://{LOOPBACK}:{port}{SEND}"
            body = invited[number].body
            return httpx.post(url, json=body, headers=BACKEND, timeout=30).status_code

        dropped = []

        def call_quickly() -> int:
            calls = 0
            with contextlib.suppress(httpx.ConnectError):  # nobody listens any more
                while True:
                    try:
                        answer = httpx.get(f"http://{LOOPBACK}:{port}/health", timeout=30)
                    except httpx.ReadError as error:
                        dropped.append(error)
                        continue
                    assert answer.status_code == 200
                    calls += 1
            return calls

        quick = [callers.submit(call_quickly) for _ in range(4)]
        answers = [callers.submit(call, number) for number in range(8)]
        until(lambda: mailbox.connections >= 4)
        time.sleep(0.3)
        web.send_signal(signal.SIGTERM)
        assert {answer.result() for answer in answers} <= {200, 202}
        assert all(answer.result() > 0 for answer in quick)
        assert web.wait(30) == 0
    # Between the last accept and the end of listening there are some microseconds, in which
    # TCP lets somebody connect whom nobody will ever see.
    assert len(dropped) <= 1
    assert all(line.startswith("{") for line in log.read_text().splitlines())
    assert not leased(seed), "whatever was not sent was given back"
    assert max(message_ids(mailbox).values()) == 1
