"""Handing messages to the mail server, and what its answers mean."""

import functools
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any, Literal

from service.jobs import Verdict
from service.settings import Settings

# Seconds that the server may take (RFC 5321, 4.5.3.2) for the greeting or any command, for
# DATA, for taking in the message, and for its answer to the final dot. While it thinks about a
# message, asking again would mean sending it twice.
COMMAND, DATA, BLOCK, DOT = 300.0, 120.0, 180.0, 600.0
# Seconds for connecting, TLS included.
CONNECT = 30.0
# Seconds after which an idle connection is given up.
GIVE_UP_AFTER = 60.0
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
# What smtplib raises for what mail servers and networks do.
ERRORS = (smtplib.SMTPException, OSError)
_NOT_PRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Envelope:
    """One message as the mail server gets it: ASCII, with CRLF at the end of each line."""

    sender: str
    recipient: str
    content: bytes


class Refusals:
    """Remembers that the mail server refuses us, for all messages that were claimed before that.

    So a wrong password is tried once, not once by each thread, and what is claimed after the
    pause tries again. Times are of the monotonic clock.
    """

    def __init__(self) -> None:
        self.logging_in = threading.Lock()
        self._refusal: Verdict | None = None
        self._until = -inf

    def of(self, since: float) -> Verdict | None:
        """How messages are refused that were claimed at `since`, or None."""
        return self._refusal if since <= self._until else None

    def begin(self, refusal: Verdict) -> None:
        """Refuse all messages until end()."""
        self._refusal, self._until = refusal, inf

    def end(self) -> None:
        """Refuse only those that have been claimed so far."""
        self._until = monotonic()


class _Utf8(str):
    """Text that smtplib sends as UTF-8 (RFC 4616), where it would encode it as ASCII."""

    def encode(self, encoding: str = "", errors: str = "strict") -> bytes:
        return super().encode("utf-8", errors)


class _Patient(smtplib.SMTP):
    """Gives connecting another time than the greeting and what follows."""

    def auth_plain(self, challenge: Any = None) -> str:
        return _Utf8(super().auth_plain(challenge))

    def auth_cram_md5(self, challenge: Any = None) -> str | None:  # type: ignore[override]
        answer = super().auth_cram_md5(challenge)
        return None if answer is None else _Utf8(answer)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock: socket.socket = super()._get_socket(host, port, min(timeout, CONNECT))  # type: ignore[misc]
        sock.settimeout(timeout)
        return sock


class _PatientTLS(_Patient, smtplib.SMTP_SSL):
    """The same over TLS."""


class Connection:
    """One connection to the mail server, opened when a message needs it."""

    def __init__(self, settings: Settings, refusals: Refusals | None = None) -> None:
        self._settings = settings
        self._refusals = refusals or Refusals()
        self._smtp: smtplib.SMTP | None = None
        self._used = 0.0

    def send(
        self, envelope: Envelope, since: float = inf, is_ours: Callable[[], bool] = lambda: True
    ) -> Verdict:
        """Hand over one message. Never raises for what a mail server or a network may do.

        `since` is when it was claimed, on the monotonic clock. Unless it `is_ours` when its turn
        to be taken comes, it is released.
        """
        if self._settings.mail_blocked:
            return Verdict("released", self._settings.mail_blocked, "blocked", stop=True)
        if self.idle >= GIVE_UP_AFTER:
            self.close()
        used = self._smtp is not None
        verdict = self._attempt(envelope, since, is_ours)
        if used and (verdict is None or (verdict.code or "").startswith("421")):
            # Servers close connections after a time or a number of messages; that says
            # nothing about this message.
            verdict = self._attempt(envelope, since, is_ours)
        return verdict or Verdict("retry", "the mail server closed the connection", "closed")

    def probe(self, seconds: float = COMMAND) -> str | None:
        """Why the mail server cannot be talked to, or None. Does not log in."""
        try:
            self._open(seconds)
        except ERRORS as error:
            return _connect_verdict(error).error
        finally:
            self.close()
        return None

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._smtp is not None:
            with suppress(*ERRORS):
                self._limit(CONNECT)
                self._smtp.quit()
            self._drop()

    @property
    def is_open(self) -> bool:
        """Whether the server has let it in, as far as we know."""
        return self._smtp is not None

    @property
    def idle(self) -> float:
        return monotonic() - self._used

    def _attempt(
        self, envelope: Envelope, since: float, is_ours: Callable[[], bool]
    ) -> Verdict | None:
        """None when the server hung up."""
        if self._smtp is None and (refusal := self._enter(since)):
            return refusal
        assert self._smtp is not None
        try:
            verdict = self._hand_over(self._smtp, envelope, is_ours)
        except ERRORS as error:
            self._drop()
            hung_up = isinstance(error, smtplib.SMTPServerDisconnected) and not _timed_out(error)
            # Else a timeout, or a line of the server's that makes no sense.
            return None if hung_up else _verdict("retry", error)
        except ValueError:
            # smtplib refuses line breaks and letters beyond ASCII in commands.
            self._drop()
            return Verdict("failed", "the address cannot be mailed", "address")
        self._used = monotonic()
        if verdict.stop:
            self._drop()
        elif verdict.outcome != "accepted":
            with suppress(*ERRORS):
                self._smtp.rset()
        return verdict

    def _hand_over(
        self, smtp: smtplib.SMTP, envelope: Envelope, is_ours: Callable[[], bool]
    ) -> Verdict:
        """As smtplib's sendmail does, with RFC 5321's times, and at half its CPU time."""
        size = f" SIZE={len(envelope.content)}" if "size" in smtp.esmtp_features else ""
        self._limit(COMMAND)
        code, words = smtp.docmd(f"MAIL FROM:<{envelope.sender}>{size}")
        if code != 250:
            return reply_verdict(code, words, of_sender=True)
        code, words = smtp.docmd(f"RCPT TO:<{envelope.recipient}>")
        if code not in (250, 251):
            return reply_verdict(code, words)
        if not is_ours():
            return Verdict("released", "its lease was lost", "lost")
        self._limit(DATA)
        code, words = smtp.docmd("DATA")
        if code == 354:
            self._limit(BLOCK)
            smtp.send(envelope.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            self._limit(DOT)
            code, words = smtp.getreply()
            if code == 250:
                return Verdict("accepted")
        return reply_verdict(code, words)

    def _enter(self, since: float) -> Verdict | None:
        """Connect and log in; why that failed, or None."""
        refusal = None
        try:
            smtp = self._open(COMMAND)
            if self._settings.email_user:
                # One at a time: those that waited while another was refused are told the same.
                with self._refusals.logging_in:
                    refusal = self._refusals.of(since) or self._log_in(smtp)
        except ERRORS as error:
            refusal = _connect_verdict(error)
        if refusal:
            self._drop()
        return refusal

    def _log_in(self, smtp: smtplib.SMTP) -> Verdict | None:
        user = _Utf8(self._settings.email_user)
        password = _Utf8(self._settings.email_password.get_secret_value())
        try:
            smtp.login(user, password)
        except (*ERRORS, ValueError) as error:
            refusal = _connect_verdict(error)
            if not isinstance(error, smtplib.SMTPResponseException):
                refusal = replace(refusal, error=f"logging in failed: {refusal.error}")
            # Whatever it was, the next message would meet the same.
            refusal = replace(refusal, pause=PAUSE_ACCOUNT)
            self._refusals.begin(refusal)
            return refusal
        return None

    def _open(self, seconds: float) -> smtplib.SMTP:
        """Connect, with so many seconds for each reply."""
        settings = self._settings
        host, port = settings.email_host, settings.email_port
        name = _own_name(settings.mail_is_local)
        if settings.email_security == "tls":
            self._smtp = _PatientTLS(
                host, port, local_hostname=name, timeout=seconds, context=_tls()
            )
        else:
            self._smtp = _Patient(host, port, local_hostname=name, timeout=seconds)
            if settings.email_security == "starttls":
                # Raises when the server does not offer it; never goes on without.
                self._smtp.starttls(context=_tls())
        self._smtp.ehlo_or_helo_if_needed()
        self._used = monotonic()
        return self._smtp

    def _limit(self, seconds: float) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


class Pool:
    """Connections to the mail server, kept for the next message; for any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._lent: set[Connection] = set()
        self.refusals = Refusals()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection of one's own for a while; the one that was used last, if there is any."""
        with self._lock:
            connection = (
                self._idle.pop() if self._idle else Connection(self._settings, self.refusals)
            )
            self._lent.add(connection)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        finally:
            with self._lock:
                self._lent.discard(connection)
                self._idle.append(connection)

    @property
    def is_served(self) -> bool:
        """Whether the mail server talks to us on any connection that is in use."""
        with self._lock:
            return any(connection.is_open for connection in self._lent)

    def probe(self, seconds: float = COMMAND) -> str | None:
        """Why the mail server cannot be talked to, or None; so many seconds for each reply."""
        return Connection(self._settings).probe(seconds)

    def close(self, *, idle_for: float = 0.0) -> None:
        """Close the connections that nobody has used for so many seconds."""
        with self._lock:
            old = [connection for connection in self._idle if connection.idle >= idle_for]
            self._idle = [connection for connection in self._idle if connection not in old]
        for connection in old:
            connection.close()


def reply_verdict(code: int, reply: bytes | str, *, of_sender: bool = False) -> Verdict:
    """What it means that the server has refused a message with this reply."""
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
        return Verdict("released", words, short, stop=True)
    if type(error) is smtplib.SMTPException or isinstance(error, smtplib.SMTPNotSupportedError):
        # No STARTTLS, no AUTH, or no way of logging in that we know: smtplib's own sentence.
        return Verdict("released", str(error), type(error).__name__, stop=True, pause=PAUSE_ACCOUNT)
    return _verdict("released", error)


def _verdict(outcome: Literal["retry", "released"], error: Exception) -> Verdict:
    return Verdict(outcome, _own_words(error), type(error).__name__, stop=True)


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
