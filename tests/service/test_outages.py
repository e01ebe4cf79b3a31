"""What the worker does while the mail server or Supabase is away, and with what it cannot send."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.processes import free_port
from service.supabase_api import Supabase
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer, mail_server
from tests.kit.waiting import eventually
from tests.service.conftest import BACKEND, Seed, Service, address, parts
from tests.service.sending import SEND, a_worker, deliver, working


def test_a_mail_server_that_is_down_at_the_start(service: Service, seed: Seed) -> None:
    port = free_port()
    app = service.app(EMAIL_PORT=str(port), MAIL_WORKER="on")
    client = app.test_client()
    assert client.get("/health").status_code == 200
    (invited,) = seed.invite()
    eventually(lambda: client.get("/ready").json["mail"]["workers"] > 0)  # type: ignore[index]
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json is not None
    assert (ready.json["status"], ready.json["smtp"]) == ("degraded", "down")
    body = {"email": address(), "interview_id": str(invited.interview)}
    assert client.post("/invite", json=body, headers=BACKEND).status_code == 201
    assert client.post(SEND, json=invited.body, headers=BACKEND).status_code == 202
    assert set(seed.mails()) == {"queued"}
    eventually(
        lambda: {(job["attempts"], job["lease_token"]) for job in seed.jobs()} == {(0, None)}
    )
    with mail_server(port) as server:
        received = server.wait(2)
        assert {mail.recipient for mail in received} == {invited.email, body["email"]}
        eventually(seed.all_sent)


def test_supabase_away_for_a_while(
    service: Service, seed: Seed, mailbox: MailServer, supabase: Gateway, log_lines: list[str]
) -> None:
    before = len(log_lines)
    app = service.app()
    supabase.down = True
    with working(app) as worker:
        eventually(lambda: any("cannot be reached" in line for line in log_lines[before:]))
        seed.invite()
        turned_away = supabase.turned_away
        eventually(lambda: supabase.turned_away > turned_away + 1)
        supabase.down = False
        worker.wake()
        mailbox.wait(1)
    changes = [line for line in log_lines[before:] if "mail worker: " in line]
    assert len(changes) == 2, "each change is logged once"


def test_an_outcome_is_written_when_supabase_comes_back(
    service: Service, seed: Seed, mailbox: MailServer, supabase: Gateway
) -> None:
    (invited,) = seed.invite()

    def lose_supabase(_: bytes) -> None:
        supabase.down = True

    mailbox.on_data = lose_supabase
    with working(service.app()):
        mailbox.wait(1)
        eventually(lambda: supabase.turned_away)
        supabase.down = False
        eventually(lambda: seed.delivery(invited.id)[0] == "accepted")
    assert len(mailbox.messages) == 1


def test_stopping_finishes_what_is_in_flight_and_gives_back_the_rest(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    emails = [address() for _ in range(3)]
    seed.invite(None, *emails)
    app = service.app(MAIL_CONNECTIONS="1")
    worker = a_worker(app)

    def stop(_: bytes) -> None:
        worker.stop()
        # Before this mail is accepted, so that its thread does not begin with another.
        eventually(lambda: not worker._waiting)

    mailbox.on_data = stop
    worker.run()
    assert len(mailbox.messages) == 1
    assert sorted(seed.mails()) == ["accepted", "queued", "queued"]
    assert [job["attempts"] for job in seed.jobs()] == [0, 0]
    assert len(parts(app).jobs.claim()) == 2, "others may take them at once"


def test_nothing_is_begun_after_the_end_of_a_lease(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite(None, address(), address())
    runtime = parts(service.app())
    first, second = runtime.jobs.claim()
    first.lease.ends = time.monotonic()
    assert [deliver(runtime, job).outcome for job in (first, second)] == ["released", "released"]
    assert {job["attempts"] for job in seed.jobs()} == {0}
    assert mailbox.messages == []


def test_a_lease_that_ran_out_writes_nothing(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    (invited,) = seed.invite()
    runtime = parts(service.app())
    (stale,) = runtime.jobs.claim()
    seed.run("update private.jobs set due_at = now()")
    (mine,) = runtime.jobs.claim()
    mailbox.on_recipient = lambda _: "550 5.1.1 no such user"
    deliver(runtime, stale)
    assert seed.delivery(invited.id)[0] == "queued"
    mailbox.on_recipient = lambda _: None
    deliver(runtime, mine)
    assert seed.delivery(invited.id)[0] == "accepted"


def test_without_a_site_url_no_mail_leaves_for_elsewhere(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    # A way of writing 127.0.0.1 that the service takes for another machine.
    app = service.app(EMAIL_HOST="127.1", SITE_URL="")
    client = app.test_client()
    (invited,) = seed.invite()
    with working(app):
        assert client.post(SEND, json=invited.body, headers=BACKEND).status_code == 202
        eventually(lambda: client.get("/ready").json["mail"]["workers"] > 0)  # type: ignore[index]
    assert [job["attempts"] for job in seed.jobs()] == [0]
    assert mailbox.messages == []
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json is not None and ready.json["status"] == "degraded"
    assert "SITE_URL" in ready.text
    told = service.client(EMAIL_HOST="127.1", SITE_URL="https://app.example.com")
    assert told.post(SEND, json=invited.body, headers=BACKEND).status_code == 200
    assert "https://app.example.com/candidates" in mailbox.messages[0].text


def test_a_kind_of_a_newer_database_is_left_to_newer_workers(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.run("alter table private.jobs drop constraint jobs_kind_check")
    newer, known = seed.invite(None, address(), address())
    seed.run("update private.jobs set kind = 'singing_telegram' where subject = %s", newer.id)
    with working(service.app()):
        (received,) = mailbox.wait(1)
        eventually(lambda: seed.delivery(known.id)[0] == "accepted")
    assert received.recipient == known.email
    assert [(job["kind"], job["attempts"]) for job in seed.jobs()] == [("singing_telegram", 0)]


def test_a_mail_that_is_not_understood_delays_no_other(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer, known = seed.invite(None, address(), address())
    rpc = Supabase.rpc

    def changed(supabase: Supabase, function: str, arguments: dict[str, Any]) -> Any:
        answer = rpc(supabase, function, arguments)
        if function == "claim_jobs":
            return [{**row, "kind": "?"} if row["subject"] == newer.id else row for row in answer]
        return answer

    monkeypatch.setattr(Supabase, "rpc", changed)
    with working(service.app()):
        (received,) = mailbox.wait(1)
        eventually(lambda: seed.delivery(known.id)[0] == "accepted")
        eventually(lambda: seed.delivery(newer.id)[1] is not None)
    assert received.recipient == known.email
    (job,) = seed.jobs()
    assert job["lease_token"] is None
    assert job["due_at"] > datetime.now(UTC) + timedelta(minutes=9)


def test_a_worker_shows_that_it_lives_while_the_mail_server_is_down(
    service: Service, seed: Seed
) -> None:
    seed.invite()
    app = service.app(EMAIL_PORT=str(free_port()))
    with working(app) as worker:
        eventually(lambda: worker._state == "mail server down")
        seed.run("delete from private.job_workers")
        worker.wake()
        eventually(lambda: parts(app).jobs.status()["workers"] == 1)
