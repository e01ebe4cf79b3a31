"""Handing messages to the mail server, and what its answers mean."""

import functools
import logging
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, Literal

from service.settings import Settings

log = logging.getLogger(__name__)

# Seconds that the server may take for one reply.
TIMEOUT = 10.0
# Seconds after which an idle connection is asked whether it still lives, and is given up.
CHECK_AFTER = 2.0
GIVE_UP_AFTER = 60.0
# Seconds between two looks for messages that take longer than they may.
WATCH = 0.25
# Seconds for which sending pauses.
PAUSE_ACCOUNT = 120
PAUSE_SENDER = 300
PAUSE_QUOTA = 900

# Replies that concern our account, whichever command they answer (RFC 4954, and the enhanced
# codes that Gmail and Exchange use for it).
_ACCOUNT_CODES = {530, 534, 535, 538}
_ACCOUNT_STATUSES = {"5.7.3", "5.7.8", "5.7.9", "5.7.14", "5.7.60"}
_QUOTA_STATUSES = {"5.4.5"}
_STATUS = re.compile(r"\d\d\d[ -](\d\.\d{1,3}\.\d{1,3})\b")
_NOT_PRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Envelope:
    """One message as the mail server gets it."""

    sender: str
    recipient: str
    content: bytes
    smtputf8: bool = False


@dataclass(frozen=True)
class Verdict:
    """What became of one message.

    `accepted` and `failed` are final, `retry` is for later, `released` says that this message
    had no part in what went wrong. `error` is the server's last words; they may hold the
    recipient's address, `code` does not. With `stop` the server takes no other message at the
    moment either, and with `pause` (seconds) not before somebody has done something about it.
    """

    outcome: Literal["accepted", "failed", "retry", "released"]
    error: str | None = None
    code: str | None = None
    stop: bool = False
    pause: int | None = None


class Door:
    """Lets one connection at a time be opened.

    A wrong password must not be tried by all at once: whoever waited while another was refused
    is told the same.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusals = 0
        self._refusal: Verdict | None = None

    def open(self, how: Callable[[], None]) -> Verdict | None:
        """Why it failed, or None."""
        seen = self._refusals
        with self._lock:
            if self._refusals != seen:
                return self._refusal
            try:
                how()
            except (smtplib.SMTPException, OSError) as error:
                self._refusal = _connect_verdict(error)
                self._refusals += 1
                return self._refusal
            return None


class _Timely(smtplib.SMTP):
    """Hands over nothing once its time is up; what was offered by then is forgotten."""

    cut_at = inf

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message itself, the point of no return."""
        if monotonic() >= self.cut_at:
            raise smtplib.SMTPServerDisconnected("too late")
        return super().data(msg)


class _TimelyTLS(_Timely, smtplib.SMTP_SSL):
    """The same over TLS."""


class Connection:
    """One connection to the mail server, opened when a message needs it."""

    def __init__(self, settings: Settings, door: Door | None = None) -> None:
        self._settings = settings
        self._door = door or Door()
        self._smtp: _Timely | None = None
        self._used = 0.0
        self._watch = threading.Lock()
        self._cut_at = inf
        self._cut = False

    def send(self, envelope: Envelope, until: float = inf) -> Verdict:
        """Hand over one message. Never raises for what a mail server or a network may do.

        Gives up at `until`, a time of the monotonic clock, if somebody calls cut() now and then.
        """
        if self._settings.mail_blocked:
            return Verdict("released", self._settings.mail_blocked, "blocked", stop=True)
        with self._watch:
            self._cut_at, self._cut = until, False
        try:
            verdict, fresh = self._attempt(envelope)
            if verdict is None and not fresh and not self._cut:
                # Servers close connections after a time or a number of messages; that says
                # nothing about this message.
                verdict, _ = self._attempt(envelope)
        finally:
            with self._watch:
                self._cut_at = inf
        if verdict is None and self._cut:
            return Verdict("retry", "the mail server did not answer in time", "cut", stop=True)
        return verdict or Verdict("retry", "the mail server closed the connection", "closed")

    def cut(self) -> None:
        """Break the line if the message in flight is past its time; for another thread."""
        with self._watch:
            if monotonic() < self._cut_at or self._smtp is None:
                return
            self._cut = True
            sock = self._smtp.sock
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def probe(self) -> str | None:
        """Why the mail server cannot be talked to, or None. Does not log in."""
        try:
            self._open(login=False)
        except (smtplib.SMTPException, OSError) as error:
            return _connect_verdict(error).error
        finally:
            self.close()
        return None

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    @property
    def idle(self) -> float:
        """Seconds since it was last used."""
        return monotonic() - self._used

    def _attempt(self, envelope: Envelope) -> tuple[Verdict | None, bool]:
        """(verdict, or None when the server hung up; whether the connection was a new one)."""
        fresh = not self._alive()
        if fresh:
            refusal = self._door.open(lambda: self._open(login=True))
            if refusal is not None:
                self._drop()
                return refusal, fresh
        if self._cut or monotonic() >= self._cut_at:
            self._drop()
            return Verdict("released", "the mail server did not answer in time", "cut"), fresh
        assert self._smtp is not None
        options = ["SMTPUTF8", "BODY=8BITMIME"] if envelope.smtputf8 else []
        if envelope.smtputf8 and not self._smtp.has_extn("smtputf8"):
            words = "the mail server takes no addresses with letters beyond ASCII before the @"
            return Verdict("failed", words, "no SMTPUTF8"), fresh
        self._smtp.cut_at = self._cut_at
        try:
            self._smtp.sendmail(envelope.sender, envelope.recipient, envelope.content, options)
        except (smtplib.SMTPException, OSError) as error:
            if isinstance(error, smtplib.SMTPServerDisconnected) and not _timed_out(error):
                self._drop()
                return None, fresh
            verdict = classify(error)
            if verdict.stop:
                self._drop()
            return verdict, fresh
        except ValueError:
            # smtplib refuses line breaks and letters beyond ASCII in addresses.
            return Verdict("failed", "the address cannot be mailed", "address"), fresh
        finally:
            self._used = monotonic()
        return Verdict("accepted"), fresh

    def _alive(self) -> bool:
        if self._smtp is None:
            return False
        if self.idle < CHECK_AFTER:
            return True
        try:
            answered = self._smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            answered = False
        if not answered:
            self._drop()
        return answered

    def _open(self, *, login: bool) -> None:
        settings = self._settings
        host, port = settings.email_host, settings.email_port
        name = _own_name(settings.mail_is_local)
        if settings.email_security == "tls":
            self._smtp = _TimelyTLS(
                host, port, local_hostname=name, timeout=TIMEOUT, context=_tls()
            )
        else:
            self._smtp = _Timely(host, port, local_hostname=name, timeout=TIMEOUT)
            if settings.email_security == "starttls":
                # Raises when the server does not offer it; never goes on without.
                self._smtp.starttls(context=_tls())
        self._smtp.ehlo_or_helo_if_needed()
        if login and settings.email_user:
            self._smtp.login(settings.email_user, settings.email_password.get_secret_value())
        self._used = monotonic()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


class Pool:
    """Connections to the mail server, kept for whoever sends next; for any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._door = Door()
        self._changed = threading.Condition()
        self._idle: list[Connection] = []
        self._in_use: set[Connection] = set()
        self._watcher: threading.Thread | None = None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection of one's own for a while; the one that was used last, if there is any."""
        with self._changed:
            connection = self._idle.pop() if self._idle else Connection(self._settings, self._door)
            self._in_use.add(connection)
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="cut", daemon=True)
                self._watcher.start()
        try:
            yield connection
        except BaseException:
            with self._changed:
                self._in_use.discard(connection)
            connection.close()
            raise
        with self._changed:
            self._in_use.discard(connection)
            self._idle.append(connection)

    def probe(self) -> str | None:
        """Why the mail server cannot be talked to, or None."""
        return Connection(self._settings).probe()

    def close(self, *, idle_for: float = 0.0) -> None:
        """Close the connections that nobody has used for so many seconds."""
        with self._changed:
            old = [connection for connection in self._idle if connection.idle >= idle_for]
            self._idle = [connection for connection in self._idle if connection not in old]
            if not idle_for:
                self._changed.notify_all()
        for connection in old:
            connection.close()

    def _watch(self) -> None:
        """Cut what is past its time, until nothing has been in use for a while."""
        while True:
            with self._changed:
                self._changed.wait(WATCH)
                if not self._in_use:
                    self._watcher = None
                    return
                in_use = list(self._in_use)
            for connection in in_use:
                connection.cut()


def classify(error: Exception) -> Verdict:
    """What it means that handing over one message on an open connection failed with this."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        # One recipient a message, hence one reply.
        code, words = next(iter(error.recipients.values()))
        return _reply_verdict(code, words, of_sender=False)
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply_verdict(
            error.smtp_code,
            error.smtp_error,
            of_sender=isinstance(error, smtplib.SMTPSenderRefused),
        )
    # A timeout, or a line of the server's that makes no sense.
    return Verdict("retry", _own_words(error), type(error).__name__, stop=True)


def _reply_verdict(code: int, reply: bytes | str, *, of_sender: bool) -> Verdict:
    words, short = _server_words(code, reply), _code(code, reply)
    status = short.partition(" ")[2]
    if code in _ACCOUNT_CODES or status in _ACCOUNT_STATUSES:
        return Verdict("released", words, short, stop=True, pause=PAUSE_ACCOUNT)
    if status in _QUOTA_STATUSES:
        return Verdict("released", words, short, stop=True, pause=PAUSE_QUOTA)
    if code >= 500 and of_sender and status != "5.3.4":  # 5.3.4: the message is too big
        return Verdict("released", words, short, stop=True, pause=PAUSE_SENDER)
    if code >= 500:
        return Verdict("failed", words, short)
    # 421 announces that the server is closing the connection.
    return Verdict("retry", words, short, stop=code == 421)


def _connect_verdict(error: Exception) -> Verdict:
    """No message was offered, so none has failed: all of them wait."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = _server_words(error.smtp_code, error.smtp_error)
        short = _code(error.smtp_code, error.smtp_error)
        account = isinstance(error, smtplib.SMTPAuthenticationError)
        pause = PAUSE_ACCOUNT if account and error.smtp_code >= 500 else None
        return Verdict("released", words, short, stop=True, pause=pause)
    if type(error) is smtplib.SMTPException or isinstance(error, smtplib.SMTPNotSupportedError):
        # No STARTTLS, no AUTH, or no way of logging in that we know: smtplib's own sentence.
        return Verdict("released", str(error), type(error).__name__, stop=True, pause=PAUSE_ACCOUNT)
    return Verdict("released", _own_words(error), type(error).__name__, stop=True)


def _timed_out(error: Exception) -> bool:
    # smtplib reports a timeout as a disconnection that happened while handling it.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _own_words(error: Exception) -> str:
    if _timed_out(error):
        return "the mail server did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the mail server's certificate is not valid: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return f"the mail server cannot be reached: {error.strerror}"
    return f"the mail server cannot be talked to ({type(error).__name__})"


def _server_words(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return _NOT_PRINTABLE.sub(" ", f"{code} {text}").strip()[:500]


def _code(code: int, reply: bytes | str) -> str:
    """The reply's code with its enhanced status (RFC 3463) if it has one: 550 5.1.1."""
    found = _STATUS.match(_server_words(code, reply))
    return f"{code} {found[1]}" if found else str(code)


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@functools.cache
def _own_name(mail_is_local: bool) -> str:
    # getfqdn asks the DNS, which can take seconds, so it is asked once.
    name = "localhost" if mail_is_local else socket.getfqdn()
    return name if "." in name or mail_is_local else "[127.0.0.1]"
