"""Handing over messages to real mail servers, good and bad ones."""

import hmac
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from local.processes import free_port
from service.jobs import Verdict
from service.mail import smtp
from service.mail.smtp import Connection, Envelope, Pool, reply_verdict
from service.settings import Settings
from tests.kit.mailserver import CERTIFICATE, mail_server


def message(recipient: str = "a@example.com") -> Envelope:
    content = b"Subject: one\r\n\r\n.starts with a dot\r\n"
    return Envelope("no-reply@hirevision.example", recipient, content)


@pytest.fixture
def connect(settings: dict[str, str]) -> Iterator[Any]:
    made: list[Connection] = []

    def connect(port: int, **changes: str) -> Connection:
        made.append(Connection(Settings.load({**settings, "EMAIL_PORT": str(port), **changes})))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def test_a_message_arrives_as_it_was(connect: Any) -> None:
    with mail_server() as server:
        assert connect(server.port).send(message()) == Verdict("accepted")
        (received,) = server.messages
    assert received.content == message().content
    assert received.recipient == "a@example.com"


def test_one_connection_serves_many_messages(connect: Any) -> None:
    with mail_server() as server:
        connection = connect(server.port)
        for _ in range(20):
            assert connection.send(message()).outcome == "accepted"
        assert (len(server.messages), server.connections) == (20, 1)


def test_a_connection_that_the_server_closed_is_opened_again(connect: Any) -> None:
    with mail_server() as server:
        connection = connect(server.port)
        connection.send(message())
        server.hang_up = True
        assert connection.send(message()) == Verdict("accepted")
        assert (len(server.messages), server.connections) == (2, 2)


def test_a_server_that_was_restarted_is_connected_to_again(connect: Any) -> None:
    port = free_port()
    connection = connect(port)
    with mail_server(port):
        assert connection.send(message()).outcome == "accepted"
    with mail_server(port) as server:
        assert connection.send(message()).outcome == "accepted"
        assert len(server.messages) == 1


def test_a_server_that_hangs_up_on_a_new_connection_gets_the_mail_later(connect: Any) -> None:
    with mail_server() as server:
        server.hang_up = True
        verdict = connect(server.port).send(message())
        assert (verdict.outcome, verdict.stop) == ("retry", False)


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        ("recipient", "550 5.1.1 no such user", Verdict("failed", code="550 5.1.1")),
        ("recipient", "553 nonsense", Verdict("failed", code="553")),
        ("recipient", "552 5.2.2 mailbox full", Verdict("failed", code="552 5.2.2")),
        ("recipient", "450 4.2.1 greylisted", Verdict("retry", code="450 4.2.1")),
        ("recipient", "452 4.2.2 over quota", Verdict("retry", code="452 4.2.2")),
        ("recipient", "421 4.3.2 closing", Verdict("retry", code="421 4.3.2", stop=True)),
        ("data", "554 5.7.1 looks like spam", Verdict("failed", code="554 5.7.1")),
        ("data", "451 4.3.0 try again", Verdict("retry", code="451 4.3.0")),
        ("data", "421 4.7.0 slow down", Verdict("retry", code="421 4.7.0", stop=True)),
        (
            "data",
            "550 5.4.5 Daily user sending limit exceeded",
            Verdict("released", code="550 5.4.5", stop=True, pause=smtp.PAUSE_QUOTA),
        ),
        (
            "recipient",
            "530 5.7.0 Authentication required",
            Verdict("released", code="530 5.7.0", stop=True, pause=smtp.PAUSE_ACCOUNT),
        ),
        (
            "sender",
            "535 5.7.8 bad credentials",
            Verdict("released", code="535 5.7.8", stop=True, pause=smtp.PAUSE_ACCOUNT),
        ),
        (
            "sender",
            "550 5.7.1 sender not allowed",
            Verdict("released", code="550 5.7.1", stop=True, pause=smtp.PAUSE_SENDER),
        ),
        (
            "data",
            "554 5.7.60 Client does not have permissions to send as this sender",
            Verdict("released", code="554 5.7.60", stop=True, pause=smtp.PAUSE_ACCOUNT),
        ),
        (
            "sender",
            "550 Domain example.com has exceeded the max emails per hour (100/100 (100%)) allowed",
            Verdict("released", code="550", stop=True, pause=smtp.PAUSE_SENDER),
        ),
        (
            "sender",
            "550 5.1.90 Your account has reached its daily limit",
            Verdict("released", code="550 5.1.90", stop=True, pause=smtp.PAUSE_SENDER),
        ),
        ("sender", "451 4.7.1 later", Verdict("retry", code="451 4.7.1")),
        ("sender", "421 4.7.0 closing", Verdict("retry", code="421 4.7.0", stop=True)),
        ("sender", "552 5.3.4 too big", Verdict("failed", code="552 5.3.4")),
    ],
)
def test_what_replies_mean(connect: Any, stage: str, reply: str, expected: Verdict) -> None:
    with mail_server() as server:
        setattr(server, f"on_{stage}", lambda _: reply)
        connection = connect(server.port)
        verdict = connection.send(message())
        assert verdict == Verdict(
            expected.outcome, reply, expected.code, expected.stop, expected.pause
        )
        # The connection, or a new one, serves the next message.
        setattr(server, f"on_{stage}", lambda _: None)
        assert connection.send(message()) == Verdict("accepted")


def test_one_that_says_goodbye_between_messages_is_connected_to_again(connect: Any) -> None:
    with mail_server() as server:
        connection = connect(server.port)
        assert connection.send(message()) == Verdict("accepted")
        farewell = iter(["421 4.4.2 idle for too long"])
        server.on_sender = lambda _: next(farewell, None)
        assert connection.send(message()) == Verdict("accepted")
        assert (len(server.messages), server.connections) == (2, 2)


@pytest.mark.parametrize("stage", ["sender", "recipient", "data"])
def test_a_421_on_a_used_connection_means_connect_again(connect: Any, stage: str) -> None:
    """Some servers close each connection after a number of messages."""
    with mail_server() as server:
        connection = connect(server.port)
        counts: dict[int, int] = {}

        def one_connection_one_message(_: Any) -> str | None:
            used = counts[server.connections] = counts.get(server.connections, 0) + 1
            return "421 4.7.0 too many messages in this connection" if used > 1 else None

        setattr(server, f"on_{stage}", one_connection_one_message)
        for _ in range(4):
            assert connection.send(message()) == Verdict("accepted")
        assert (len(server.messages), server.connections) == (4, 4)


def test_a_message_that_is_not_ours_any_more_is_not_handed_over(connect: Any) -> None:
    with mail_server() as server:
        connection = connect(server.port)
        verdict = connection.send(message(), is_ours=lambda: False)
        assert (verdict.outcome, verdict.stop) == ("released", False)
        assert not server.messages
        assert connection.send(message()) == Verdict("accepted")


@pytest.mark.parametrize(
    ("phase", "limit"),
    [("greeting", "COMMAND"), ("sender", "COMMAND"), ("recipient", "COMMAND"), ("dot", "DOT")],
)
def test_each_reply_has_the_time_that_rfc_5321_gives_it(
    connect: Any, monkeypatch: pytest.MonkeyPatch, phase: str, limit: str
) -> None:
    for name in ("CONNECT", "COMMAND", "DATA", "BLOCK", "DOT"):
        monkeypatch.setattr(smtp, name, 20.0 if name == limit else 0.5)
    with mail_server() as server:
        server.pauses[phase] = 1.0
        assert connect(server.port).send(message()) == Verdict("accepted")
        assert (len(server.messages), server.connections) == (1, 1)


def test_the_times_are_those_of_rfc_5321() -> None:
    assert (smtp.COMMAND, smtp.DATA, smtp.BLOCK, smtp.DOT) == (300, 120, 180, 600)


def test_a_server_that_hangs_costs_one_timeout(
    connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "COMMAND", 0.3)
    with mail_server() as server:
        connection = connect(server.port)
        connection.send(message())
        server.hang = True
        verdict = connection.send(message())
        assert (verdict.outcome, verdict.stop) == ("retry", True)
        assert verdict.error == "the mail server did not answer in time"


def test_nobody_listening_is_no_messages_fault(connect: Any) -> None:
    verdict = connect(free_port()).send(message())
    assert (verdict.outcome, verdict.stop, verdict.pause) == ("released", True, None)
    assert verdict.error is not None and "cannot be reached" in verdict.error


def test_a_wrong_password_pauses(connect: Any) -> None:
    with mail_server(login=True) as server:
        server.on_login = lambda _: False
        verdict = connect(server.port, EMAIL_USER="u", EMAIL_PASSWORD="wrong").send(message())
    assert (verdict.outcome, verdict.stop, verdict.pause) == ("released", True, smtp.PAUSE_ACCOUNT)
    assert verdict.error is not None and verdict.error.startswith("535")


def test_the_right_password_is_sent(connect: Any) -> None:
    with mail_server(login=True) as server:
        server.on_login = lambda login: (login.login, login.password) == (b"u", b"pass word")
        connection = connect(server.port, EMAIL_USER="u", EMAIL_PASSWORD="pass word")
        assert connection.send(message()).outcome == "accepted"


@pytest.mark.parametrize("password", ["pässwörd", "abcd\u00a0efgh", "пароль", "\u2603", "p=~"])
@pytest.mark.parametrize("without", ["PLAIN", "LOGIN"])
def test_a_password_is_sent_as_utf_8(connect: Any, password: str, without: str) -> None:
    with mail_server(login=True, without=(without,)) as server:
        server.on_login = lambda login: (login.login, login.password) == ("ü".encode(), sent)
        sent = password.encode()
        account = {"EMAIL_USER": "ü", "EMAIL_PASSWORD": password}
        assert connect(server.port, **account).send(message()) == Verdict("accepted")


@pytest.mark.parametrize("password", ["pässwörd", "abcd\u00a0efgh", "p=~"])
def test_cram_md5_takes_any_password(connect: Any, password: str) -> None:
    """The way that is tried first where a server offers it."""
    expected = hmac.new(password.encode(), b"<1@example.com>", "md5").hexdigest()

    async def cram_md5(session: SMTP, _: list[str]) -> AuthResult:
        given = await session.challenge_auth("<1@example.com>")
        return AuthResult(success=given == f"ü {expected}".encode())

    with mail_server(login=True, without=("PLAIN", "LOGIN")) as server:
        server.auth_CRAM__MD5 = cram_md5  # type: ignore[attr-defined]
        account = {"EMAIL_USER": "ü", "EMAIL_PASSWORD": password}
        assert connect(server.port, **account).send(message()) == Verdict("accepted")


@pytest.mark.parametrize(
    "reply", ["535 5.7.8 no", "454 4.7.0 later", "500 what?", "421 4.3.0 closing", "334 a", None]
)
def test_any_failure_to_log_in_pauses_and_says_so(connect: Any, reply: str | None) -> None:
    with mail_server(login=True) as server:
        server.on_login = lambda _: False
        server.login_refusal = reply
        verdict = connect(server.port, EMAIL_USER="u", EMAIL_PASSWORD="p").send(message())
    assert (verdict.outcome, verdict.pause) == ("released", smtp.PAUSE_ACCOUNT)
    assert verdict.error is not None
    assert verdict.error == reply or verdict.error.startswith("logging in failed: ")


def test_a_server_without_logins_pauses(connect: Any) -> None:
    with mail_server() as server:
        verdict = connect(server.port, EMAIL_USER="u", EMAIL_PASSWORD="p").send(message())
    assert (verdict.outcome, verdict.pause) == ("released", smtp.PAUSE_ACCOUNT)


# ---- encryption -----------------------------------------------------------------------------


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    smtp._tls.cache_clear()
    yield
    smtp._tls.cache_clear()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted(connect: Any, security: str) -> None:
    with mail_server(starttls=security == "starttls", tls=security == "tls") as server:
        verdict = connect(server.port, EMAIL_SECURITY=security).send(message())
        assert verdict == Verdict("accepted")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_is_refused(connect: Any, security: str) -> None:
    with mail_server(starttls=security == "starttls", tls=security == "tls") as server:
        verdict = connect(server.port, EMAIL_SECURITY=security).send(message())
        assert (verdict.outcome, verdict.stop) == ("released", True)
        assert verdict.error is not None and "certificate" in verdict.error
        assert not server.messages


def test_without_starttls_nothing_is_sent_in_the_clear(connect: Any) -> None:
    with mail_server() as server:
        verdict = connect(server.port, EMAIL_SECURITY="starttls").send(message())
        assert (verdict.outcome, verdict.stop) == ("released", True)
        assert not server.messages


# ---- addresses ------------------------------------------------------------------------------


def test_no_command_is_smuggled_in_an_address(connect: Any) -> None:
    with mail_server() as server:
        connect(server.port).send(message("a@b.c>\r\nRCPT TO:<victim@example.com"))
        assert "victim@example.com" not in [received.recipient for received in server.messages]


# ---- the pool, and odd errors ---------------------------------------------------------------


def test_the_pool_lends_a_connection_again(settings: dict[str, str]) -> None:
    with mail_server() as server:
        pool = Pool(Settings.load({**settings, "EMAIL_PORT": str(server.port)}))
        for _ in range(3):
            with pool.connection() as connection:
                connection.send(message())
        assert server.connections == 1
        with pool.connection() as one, pool.connection() as other:
            one.send(message())
            other.send(message())
        assert server.connections == 2
        pool.close(idle_for=60)
        with pool.connection() as connection:
            connection.send(message())
        assert server.connections == 2
        pool.close()


def test_the_probe_does_not_log_in(settings: dict[str, str]) -> None:
    with mail_server(login=True) as server:
        server.on_login = lambda _: False
        account = {"EMAIL_USER": "u", "EMAIL_PASSWORD": "wrong", "EMAIL_PORT": str(server.port)}
        assert Pool(Settings.load({**settings, **account})).probe() is None


def test_nonsense_from_the_server_is_for_later(connect: Any) -> None:
    with mail_server() as server:
        server.on_sender = lambda _: "250 " + "x" * 10_000  # more than a line may have
        verdict = connect(server.port).send(message())
    assert (verdict.outcome, verdict.code, verdict.stop) == ("retry", "SMTPResponseException", True)


def test_the_servers_words_are_kept_on_one_line() -> None:
    verdict = reply_verdict(550, b"5.1.1 first\r\n5.1.1 second\x00\xff")
    assert verdict.error == "550 5.1.1 first 5.1.1 second �"
