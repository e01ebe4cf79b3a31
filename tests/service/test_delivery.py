"""From an invite to exactly one mail, whatever happens in between."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from service.mail.backoff import Backoff
from service.mail.jobs import Job, retry_in
from service.mail.send_now import SendNow
from service.mail.smtp import Verdict
from service.mail.worker import Worker
from service.runtime import Runtime
from service.supabase_api import Supabase
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer, mail_server
from tests.kit.waiting import eventually
from tests.service.conftest import BACKEND, Seed, Service, address, parts
from tests.service.ports import free_port

SEND = "/send-interview-invite"


@contextmanager
def working(app: Flask) -> Iterator[Worker]:
    """A worker of this application, stopped at the end."""
    worker = parts(app).worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def deliver(runtime: Runtime, job: Job) -> Verdict:
    """Send and settle one mail."""
    verdict = runtime.sender.send(job)
    assert runtime.jobs.settle([(job, verdict)]) == []
    return verdict


# ---- one mail -------------------------------------------------------------------------------


def test_inserting_by_postgrest_then_sending_gives_one_mail(
    service: Service, seed: Seed, mailbox: MailServer, supabase: Gateway
) -> None:
    (invited,) = seed.invite(seed.interview("Stored “title” 🎨"))
    (job,) = seed.jobs()
    client = service.client()
    for _ in range(3):
        answer = client.post(SEND, json=invited.body, headers=BACKEND)
        assert answer.status_code == 200
        assert answer.json == {"success": True, "message": "The invitation has been sent."}
    with working(service.app()):
        eventually(lambda: "rpc/claim_jobs" in supabase.calls)
    (received,) = mailbox.messages
    assert received.recipient == invited.email
    assert received.mail["Subject"] == "Interview Invitation: Stored “title” 🎨"
    assert f"Your unique interview code is: {invited.code}" in received.text
    assert received.text.rstrip().endswith("Grace Hopper")
    assert f"http://localhost:3000/signup?code={invited.code}" in received.html
    assert seed.delivery(invited.id) == ("accepted", None)
    assert received.mail["Message-ID"] == f"<{invited.id}.{job['id']}@hirevision.example>"
    assert seed.jobs() == []


def test_addresses_and_codes_are_read_as_people_write_them(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    (invited,) = seed.invite()
    body = {"email": f" {invited.email.upper()} ", "invite_code": f" {invited.code} "}
    assert service.client().post(SEND, json=body, headers=BACKEND).status_code == 200
    assert len(mailbox.messages) == 1


def test_many_callers_at_once_and_two_workers_give_one_mail(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    invited = seed.invite(None, *[address() for _ in range(5)])
    app = service.app()

    def call(number: int) -> int:
        body = invited[number % len(invited)].body
        return app.test_client().post(SEND, json=body, headers=BACKEND).status_code

    with working(app), working(service.app()), ThreadPoolExecutor(20) as callers:
        assert set(callers.map(call, range(60))) == {200}
    assert sorted(received.recipient for received in mailbox.messages) == sorted(
        invite.email for invite in invited
    )


def test_a_mail_that_another_sends_is_waited_for(
    service: Service, seed: Seed, mailbox: MailServer, supabase: Gateway
) -> None:
    (invited,) = seed.invite()
    runtime = parts(service.app())
    (job,) = runtime.jobs.claim()
    client = service.client()
    with ThreadPoolExecutor(1) as callers:
        waiting = callers.submit(
            lambda: client.post(SEND, json=invited.body, headers=BACKEND).status_code
        )
        eventually(lambda: supabase.calls.count("rpc/claim_invite_mail") >= 2)
        assert not waiting.done()
        deliver(runtime, job)
        assert waiting.result(10) == 200
    assert len(mailbox.messages) == 1


def test_a_mail_that_another_keeps_is_left_to_him(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SendNow.deliver, "__defaults__", (0.5,))
    (invited,) = seed.invite()
    assert len(parts(service.app()).jobs.claim()) == 1
    answer = service.client().post(SEND, json=invited.body, headers=BACKEND)
    assert answer.status_code == 202
    assert mailbox.messages == []


def test_the_worker_sends_what_was_only_inserted(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    emails = [address() for _ in range(120)]
    invited = seed.invite(None, *emails)
    with working(service.app()):
        received = mailbox.wait(120)
        eventually(seed.all_sent)
    assert sorted(mail.recipient for mail in received) == sorted(emails)
    assert mailbox.connections <= 4
    codes = {invite.email: invite.code for invite in invited}
    assert all(codes[mail.recipient] in mail.text for mail in received)


def test_the_thread_of_the_web_process_sends_too(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    app = service.app(MAIL_WORKER="on")
    assert not parts(app).mail_thread.alive, "it starts with the first request"
    app.test_client().get("/health")
    assert parts(app).mail_thread.alive
    seed.invite()
    mailbox.wait(1)
    parts(app).mail_thread.stop()
    assert not parts(app).mail_thread.alive


def test_a_title_with_a_line_break_injects_nothing(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite(seed.interview("Innocent\r\nBcc: victim@mail.test\r\n\r\nbody <b>"))
    with working(service.app()):
        (received,) = mailbox.wait(1)
    assert received.mail["Bcc"] is None
    assert received.mail["Subject"] == (
        "Interview Invitation: Innocent Bcc: victim@mail.test body <b>"
    )
    assert "body &lt;b&gt;" in received.html


@pytest.mark.parametrize(
    ("given", "mailed"),
    [
        ("Some.One+Tag@Example.com", "some.one+tag@example.com"),
        ("Kandidat@BÜCHER.example", "kandidat@xn--bcher-kva.example"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("a@例子.example", "a@xn--fsqu00a.example"),
    ],
)
def test_addresses_of_every_kind_are_mailed(
    service: Service, seed: Seed, mailbox: MailServer, given: str, mailed: str
) -> None:
    (invited,) = seed.invite(None, given)
    body = {**invited.body, "email": given}
    assert service.client().post(SEND, json=body, headers=BACKEND).status_code == 200
    (received,) = mailbox.messages
    assert received.recipient == mailed
    assert invited.code in received.text


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (
            "update public.interview_invites set status = 'expired' where id = %s",
            404,
            "invite_not_found",
        ),
        (
            "update public.interviews set status = 'inactive'"
            " where id = (select interview_id from public.interview_invites where id = %s)",
            409,
            "interview_closed",
        ),
    ],
)
def test_whoever_is_no_longer_invited_is_not_mailed(
    service: Service, seed: Seed, mailbox: MailServer, change: str, status: int, code: str
) -> None:
    (invited,) = seed.invite()
    seed.run(change, invited.id)
    app = service.app()
    answer = app.test_client().post(SEND, json=invited.body, headers=BACKEND)
    assert answer.status_code == status
    assert answer.json is not None and answer.json["code"] == code
    with working(app):
        eventually(lambda: seed.mails() == ["cancelled"] and not seed.jobs())
    assert mailbox.messages == []


# ---- refusals -------------------------------------------------------------------------------


def test_a_refused_address_is_a_problem_and_shown_to_the_recruiter(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    mailbox.on_recipient = lambda _: "550 5.1.1 no such user"
    (invited,) = seed.invite()
    client = service.client()
    for _ in range(2):
        answer = client.post(SEND, json=invited.body, headers=BACKEND)
        assert answer.status_code == 422
        assert answer.json is not None and answer.json["code"] == "mail_refused"
        assert "no such user" in answer.json["detail"]
    assert seed.delivery(invited.id) == ("failed", "550 5.1.1 no such user")


def test_a_delay_is_no_success(service: Service, seed: Seed, mailbox: MailServer) -> None:
    mailbox.on_recipient = lambda _: "450 4.2.1 greylisted"
    (invited,) = seed.invite()
    client = service.client()
    answer = client.post(SEND, json=invited.body, headers=BACKEND)
    assert answer.status_code == 202
    assert answer.json is not None and "queued" in answer.json["message"]
    assert seed.delivery(invited.id) == ("queued", "450 4.2.1 greylisted")
    mailbox.on_recipient = lambda _: None
    assert client.post(SEND, json=invited.body, headers=BACKEND).status_code == 200


def test_a_server_that_hangs_does_not_hang_the_caller(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SendNow.deliver, "__defaults__", (0.3,))
    (invited,) = seed.invite()
    mailbox.hang = True
    answer = service.client().post(SEND, json=invited.body, headers=BACKEND)
    assert answer.status_code == 202
    assert seed.jobs()[0]["lease_token"], "it is under way still"
    # The mail in flight is finished and written down all the same.
    mailbox.hang = False
    mailbox.wait(1)
    eventually(lambda: seed.delivery(invited.id)[0] == "accepted")


def test_one_bad_address_delays_no_other(service: Service, seed: Seed, mailbox: MailServer) -> None:
    bad, later, good = address(), address(), address()
    answers = {bad: "550 5.1.1 no such user", later: "450 4.2.1 greylisted"}
    mailbox.on_recipient = answers.get
    invited = {invite.email: invite for invite in seed.invite(None, bad, later, good)}
    with working(service.app()):
        mailbox.wait(1)
        eventually(lambda: seed.delivery(invited[good].id)[0] == "accepted")
    assert seed.delivery(invited[bad].id)[0] == "failed"
    assert seed.delivery(invited[later].id)[0] == "queued"


def test_a_mail_we_cannot_write_delays_no_other(
    service: Service, seed: Seed, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = seed.invite(None, address(), address())
    app = service.app()
    renderer = parts(app).renderer
    render = renderer.texts

    def texts(mail: object) -> object:
        if mail.email == first.email:  # type: ignore[attr-defined]
            raise ZeroDivisionError(first.email)
        return render(mail)  # type: ignore[arg-type]

    monkeypatch.setattr(renderer, "texts", texts)
    with working(app):
        (received,) = mailbox.wait(1)
        eventually(lambda: seed.delivery(second.id)[0] == "accepted")
    assert received.recipient == second.email
    assert seed.delivery(first.id) == ("queued", "the mail could not be written")


@pytest.mark.parametrize(
    "reply", ["535 5.7.8 bad credentials", "550 5.4.5 daily limit", "530 5.7.0 who is a@b.c"]
)
def test_account_and_quota_pause_with_every_row_kept(
    service: Service, seed: Seed, mailbox: MailServer, reply: str
) -> None:
    mailbox.on_data = lambda _: reply
    invited = seed.invite(None, address(), address(), address())
    app = service.app()
    client = app.test_client()
    with working(app) as worker:
        eventually(lambda: "mail: paused" in client.get("/ready").text)
        kept = [(0, None, None)] * 3
        eventually(
            lambda: (
                kept
                == [(job["attempts"], job["lease_token"], job["failed_at"]) for job in seed.jobs()]
            )
        )
        assert set(seed.mails()) == {"queued"}
        ready = client.get("/ready")
        assert ready.status_code == 200
        assert ready.json is not None and ready.json["status"] == "degraded"
        assert reply.replace("a@b.c", "<address>") in ready.json["problems"][0]
        assert client.post(SEND, json=invited[0].body, headers=BACKEND).status_code == 202
        mailbox.on_data = lambda _: None
        parts(app).jobs.resume()
        worker.wake()
        mailbox.wait(3)


# ---- outages --------------------------------------------------------------------------------


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
    worker = parts(app).worker()

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


# ---- small parts ----------------------------------------------------------------------------


def test_retries_come_later_and_later() -> None:
    assert all(20 <= retry_in(1) <= 60 for _ in range(50))
    assert retry_in(5) > retry_in(1)
    assert all(2700 <= retry_in(attempts) <= 4500 for attempts in (10, 30, 100_000))


def test_backoff_grows_to_a_limit_and_starts_again() -> None:
    backoff = Backoff()
    delays = [backoff.next() for _ in range(20)]
    assert delays[0] < 1
    assert 20 < max(delays) < 40
    backoff.reset()
    assert backoff.next() < 1
