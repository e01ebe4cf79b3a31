"""From an invite to exactly one email, despite failures in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.backoff import Backoff
from service.jobs import retry_in
from service.mail.send_now import SendNow
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import BACKEND, Seed, Service, address, parts
from tests.service.sending import SEND, deliver, working

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
        assert waiting.result(PATIENCE) == 200
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
    assert not parts(app).worker.is_alive, "it starts with the first request"
    app.test_client().get("/health")
    assert parts(app).worker.is_alive
    seed.invite()
    mailbox.wait(1)
    parts(app).worker.end()
    assert not parts(app).worker.is_alive


def test_a_title_with_a_line_break_injects_nothing(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    seed.invite(seed.interview("Innocent\r\nBcc: victim\r\n\r\nbody <b>"))
    with working(service.app()):
        (received,) = mailbox.wait(1)
    assert received.mail["Bcc"] is None
    assert received.mail["Subject"] == ("Interview Invitation: Innocent Bcc: victim body <b>")
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
def test_who_is_no_longer_invited_is_not_mailed(
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
    assert seed.delivery(first.id) == ("queued", "the email could not be written")


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
