"""Whose fault a refusal is: the account's refusals fail no recipient, and pause."""

from collections.abc import Callable

import pytest

from service.jobs import Verdict
from service.mail.answers import SAME, SAME_OF_ACCOUNT, Answers
from service.mail.smtp import PAUSE_QUOTA, PAUSE_SENDER, reply_verdict
from tests.kit.mailserver import MailServer
from tests.kit.waiting import eventually
from tests.service.conftest import BACKEND, Seed, Service, address, parts
from tests.service.sending import SEND, working


def refused(reply: str) -> Verdict:
    """What one such reply to RCPT means by itself."""
    return reply_verdict(int(reply[:3]), reply[4:])


def outcomes(answers: Answers, reply: str, recipients: int, attempts: int = 1) -> list[str]:
    """What becomes of so many recipients who get the same reply."""
    return [
        answers.judge(refused(reply), f"{number}@example.com", attempts).outcome
        for number in range(recipients)
    ]


OF_ACCOUNT = [
    "550 5.1.90 Your account has reached its daily limit",
    "550 Domain example.com has exceeded the max emails per hour (100/100 (100%)) allowed",
    "550 relay not permitted",
    "554 5.7.1 <a@example.com>: Relay access denied",
    "550 5.7.1 Unable to relay",
    "554 5.7.1 You have exceeded your sending limit",
    "550 Too many emails from this account",
]
OF_NOBODY_KNOWS = [
    "550 computer says no",
    "554 5.7.1 looks like spam",
    "550 5.7.26 This mail is unauthenticated",
    "550 Administrative prohibition",
    "571 kaput",
]
OF_RECIPIENT = [
    "550 5.1.1 no such user",
    "550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in relay table",
    "550 no such user here",
    "550 Unknown recipient",
    "550 The account does not exist",
    "552 5.2.2 mailbox full",
    "550 5.2.1 mailbox disabled",
    "550 5.1.2 bad destination system",
]


@pytest.mark.parametrize("reply", OF_RECIPIENT)
def test_what_plainly_speaks_of_the_recipient_fails_each(reply: str) -> None:
    assert outcomes(Answers(), reply, 10) == ["failed"] * 10


@pytest.mark.parametrize("reply", OF_ACCOUNT)
def test_what_names_the_account_pauses_soon(reply: str) -> None:
    retried = SAME_OF_ACCOUNT - 1
    assert outcomes(Answers(), reply, 5) == ["retry"] * retried + ["released"] * (5 - retried)
    answers = Answers()
    assert [outcomes(answers, reply, 1, tries) for tries in (1, 2)] == [["retry"], ["released"]]
    verdict = answers.judge(refused(reply), "b@example.com", 1)
    assert (verdict.stop, verdict.pause) == (True, PAUSE_QUOTA)


@pytest.mark.parametrize("reply", OF_NOBODY_KNOWS)
def test_the_same_to_different_recipients_is_about_us(reply: str) -> None:
    retried = SAME - 1
    answers = Answers()
    assert outcomes(answers, reply, 6) == ["retry"] * retried + ["released"] * (6 - retried)
    verdict = answers.judge(refused(reply), "b@example.com", 1)
    assert (verdict.stop, verdict.pause) == (True, PAUSE_SENDER)


def test_addresses_and_ids_make_no_other_answer() -> None:
    answers = Answers()
    for number in range(SAME):
        reply = f"550 <{number}@b{number}.example>: refused by mx{number}.example (id Q7{number}X)"
        verdict = answers.judge(refused(reply), f"{number}@b{number}.example", 1)
    assert verdict.outcome == "released"


def test_one_recipient_is_no_proof() -> None:
    answers = Answers()
    for attempt in range(1, 10):
        verdict = answers.judge(refused("550 computer says no"), "a@example.com", attempt)
        assert verdict.outcome == "retry", "nobody has been accepted either"


def test_others_who_are_accepted_tell_that_it_is_the_recipient() -> None:
    answers, reply = Answers(), refused("550 computer says no")
    for attempt, outcome in [(1, "retry"), (2, "failed")]:
        assert answers.judge(reply, "a@example.com", attempt).outcome == outcome
        answers.judge(Verdict("accepted"), "b@example.com", 1)


def test_a_limit_that_is_reached_twice_fails_nobody() -> None:
    answers, reply = Answers(), refused("550 exceeded the max emails per hour")
    for attempt in range(1, 5):
        assert answers.judge(reply, "a@example.com", attempt).outcome == "retry"
        answers.judge(Verdict("accepted"), "b@example.com", 1)


def test_what_is_for_later_or_ours_stays() -> None:
    answers = Answers()
    for verdict in (
        refused("450 4.2.1 greylisted"),
        refused("535 5.7.8 bad credentials"),
        Verdict("failed", "the address cannot be mailed", "address"),
        Verdict("retry", "the mail server closed the connection", "closed"),
    ):
        for number in range(5):
            assert answers.judge(verdict, f"{number}@example.com", 1) == verdict


def test_what_is_remembered_is_bounded() -> None:
    answers = Answers()
    for number in range(5_000):
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        answers.judge(refused(f"550 no {letters}"), "a@example.com", 1)
        answers.judge(refused("550 computer says no"), f"{number}@example.com", 1)
    assert len(answers._refused) <= 1000
    assert max(map(len, answers._refused.values())) <= 1000


# ---- with a real server ------------------------------------------------------------------------


@pytest.mark.parametrize("reply", [*OF_ACCOUNT, *OF_NOBODY_KNOWS])
@pytest.mark.parametrize("stage", ["recipient", "data"])
def test_no_invite_fails_for_the_accounts_fault(
    service: Service, seed: Seed, mailbox: MailServer, stage: str, reply: str
) -> None:
    setattr(mailbox, f"on_{stage}", lambda _: reply)
    seed.invite(None, *(address() for _ in range(8)))
    app = service.app()
    client = app.test_client()
    with working(app) as worker:
        eventually(lambda: "mail: paused" in client.get("/ready").text)
        eventually(lambda: not any(job["lease_token"] for job in seed.jobs()))
        assert set(seed.mails()) == {"queued"}
        setattr(mailbox, f"on_{stage}", lambda _: None)
        seed.run("update private.jobs set due_at = now()")
        parts(app).jobs.resume()
        worker.wake()
        mailbox.wait(8)
        eventually(seed.all_sent)


def some(bad: set[str], reply: str) -> Callable[[str], str | None]:
    """A server that refuses some recipients."""
    return lambda recipient: reply if recipient in bad else None


@pytest.mark.parametrize("reply", OF_NOBODY_KNOWS)
def test_one_recipient_s_refusal_fails_once_others_were_accepted(
    service: Service, seed: Seed, mailbox: MailServer, reply: str
) -> None:
    bad, good = address(), [address() for _ in range(5)]
    mailbox.on_recipient = some({bad}, reply)
    refused, *others = seed.invite(None, bad, *good)
    app = service.app()
    client = app.test_client()
    assert client.post(SEND, json=refused.body, headers=BACKEND).status_code == 202
    assert seed.delivery(refused.id) == ("queued", reply)
    for other in others:
        assert client.post(SEND, json=other.body, headers=BACKEND).status_code == 200
    assert client.post(SEND, json=refused.body, headers=BACKEND).status_code == 422
    assert seed.delivery(refused.id) == ("failed", reply)
    assert "mail: paused" not in client.get("/ready").text


def test_a_server_that_closes_after_some_messages_is_not_down(
    service: Service, seed: Seed, mailbox: MailServer, log_lines: list[str]
) -> None:
    taken: dict[int, int] = {}

    def ten_a_connection(_: str) -> str | None:
        taken[mailbox.connections] = taken.get(mailbox.connections, 0) + 1
        return "421 4.7.0 too many messages" if taken[mailbox.connections] > 10 else None

    mailbox.on_sender = ten_a_connection
    seed.invite(None, *(address() for _ in range(60)))
    app, said = service.app(MAIL_CONNECTIONS="1"), len(log_lines)
    with working(app):
        mailbox.wait(60)
        eventually(seed.all_sent)
    assert not any("mail server down" in line for line in log_lines[said:])
