"""A real SMTP server whose answers a test chooses."""

import asyncio
import gc
import logging
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from local.processes import LOOPBACK, Ports
from tests.kit.waiting import PATIENCE

# It writes a line for every line of a message.
logging.getLogger("mail.log").setLevel(logging.WARNING)
CERTIFICATE = Path(__file__).with_name("localhost.pem")

Answer = str | None
"""A reply such as "550 5.1.1 no such user", or None for yes."""


@dataclass(frozen=True)
class Received:
    """A message that was accepted."""

    sender: str
    recipient: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The parsed message."""
        message = message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        """The plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert isinstance(content, str)
        return content


@dataclass
class MailServer:
    """What the server has seen, and what it answers. Replies may be changed at any time."""

    port: int
    on_sender: Callable[[str], Answer] = lambda _: None
    on_recipient: Callable[[str], Answer] = lambda _: None
    on_data: Callable[[bytes], Answer] = lambda _: None
    on_login: Callable[[LoginPassword], bool] = lambda _: True
    login_refusal: Answer = "535 5.7.8 Authentication credentials invalid"
    """What a refused login is told; None hangs up instead."""
    slow: Callable[[str], float] = lambda _: 0.0
    """Seconds to wait before answering RCPT for this recipient."""
    held: set[str] = field(default_factory=set)
    """Recipients whose RCPT is not answered while they stand here."""
    pauses: dict[str, float] = field(default_factory=dict)
    """Seconds to wait before the "greeting", and before answering "sender", "recipient", "dot"."""
    hang: bool = False
    hang_up: bool = False
    """Close the connection at the next MAIL."""
    messages: list[Received] = field(default_factory=list)
    connections: int = 0
    transports: list[asyncio.Transport] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait(self, count: int, seconds: float = PATIENCE) -> list[Received]:
        """Wait until so many messages have come; returns all."""
        with self.changed:
            arrived = self.changed.wait_for(lambda: len(self.messages) >= count, seconds)
        assert arrived, f"{len(self.messages)} messages instead of {count}"
        return list(self.messages)

    # ---- aiosmtpd's hooks ------------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        """Count the connections."""
        session.host_name = name
        self.connections += 1
        if isinstance(server.transport, asyncio.Transport):
            self.transports.append(server.transport)
        return replies

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        await self.pause("sender")
        while self.hang:
            await asyncio.sleep(0.01)
        if self.hang_up:
            self.hang_up = False
            assert server.transport is not None
            server.transport.close()
            return "250 OK"
        answer = self.on_sender(address)
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        await self.pause("recipient")
        while address in self.held:
            await asyncio.sleep(0.01)
        if seconds := self.slow(address):
            await asyncio.sleep(seconds)
        answer = self.on_recipient(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the message."""
        await self.pause("dot")
        content = envelope.original_content
        assert content is not None and envelope.mail_from is not None
        answer = self.on_data(content)
        if answer is None:
            with self.changed:
                for recipient in envelope.rcpt_tos:
                    self.messages.append(Received(envelope.mail_from, recipient, content))
                self.changed.notify_all()
        return answer or "250 OK"

    async def pause(self, phase: str) -> None:
        """Wait as long as the test asks; other connections go on."""
        await asyncio.sleep(self.pauses.get(phase, 0))

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Answer AUTH."""
        success = self.on_login(data)
        if not success and self.login_refusal is None:
            assert server.transport is not None
            server.transport.close()
        return AuthResult(
            success=success,
            handled=not success and self.login_refusal is None,
            message=None if success else self.login_refusal,
        )


class _Session(SMTP):
    """One connection."""

    async def _handle_client(self) -> None:
        assert isinstance(self.event_handler, MailServer)
        await self.event_handler.pause("greeting")
        await super()._handle_client()


class _Controller(Controller):
    def factory(self) -> SMTP:
        """The server's side of a new connection."""
        return _Session(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(
    port: int | None = None,
    *,
    starttls: bool = False,
    tls: bool = False,
    login: bool = False,
    without: tuple[str, ...] = (),
) -> Iterator[MailServer]:
    """Run a server on loopback, on a free port unless one is given.

    It offers the ways to log in that it knows, `without` some.
    """
    ports = Ports()
    server = MailServer(port or ports.take())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    options: dict[str, Any] = {}
    if starttls:
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {
            "authenticator": server.authenticate,
            "auth_require_tls": False,
            "auth_exclude_mechanism": without,
        }
    controller = _Controller(
        server,
        hostname=LOOPBACK,
        port=server.port,
        ssl_context=context if tls else None,
        server_hostname="mail.test",
        **options,
    )
    controller.start()
    try:
        yield server
    finally:
        server.hang = False
        server.held.clear()
        for transport in server.transports:
            controller.loop.call_soon_threadsafe(transport.abort)
        controller.stop()
        ports.release()
        if tls or starttls:
            # asyncio's transports of handshakes that failed.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()
