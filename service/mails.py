"""Writing the mails: subject, text and HTML from email_templates/, and the MIME around them."""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTPUTF8, compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import idna
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.outbox import Mail
from service.smtp import Envelope

TEMPLATES = Path(__file__).resolve().parent.parent / "email_templates"

# Line breaks and other control characters, and what turns the direction of a line around:
# written by strangers into a title or a name, they could pass for another part of the mail.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
# RFC 5321's dot-string, with RFC 6531's letters: what needs no quotes in a header.
_ATOM = r"[^\s\x00-\x1f\"(),.:;<>@\[\\\]\ud800-\udfff]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE | re.ASCII)
# Headers as the standard library writes them, bodies as they are.
_PLAIN = compat32.clone(linesep="\r\n", mangle_from_=False)


class UnusableAddress(ValueError):
    """Nothing can be mailed to this address."""


@dataclass(frozen=True)
class Texts:
    """A rendered mail."""

    subject: str
    text: str
    html: str


class Renderer:
    """Renders mails as they come from `sender`, with links to `site_url`."""

    def __init__(self, sender: Address, site_url: str) -> None:
        self._sender = sender
        self._site_url = site_url
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # They come with the code; looking at the files for every mail takes time.
            auto_reload=False,
        )
        self._templates.filters["moment"] = moment

    def texts(self, mail: Mail) -> Texts:
        """The subject, text and HTML of one mail."""
        values = {
            "recruiter": one_line(mail.recruiter_name) or "HireVision",
            "title": one_line(mail.interview_title or ""),
            "code": mail.invite_code,
            "email": mail.email,
            "expires_at": mail.expires_at,
            "deadline": mail.deadline,
            "site_url": self._site_url,
            "signup_url": self._url("/signup", mail.invite_code),
            "dashboard_url": self._url("/candidates/dashboard", mail.invite_code),
        }
        return Texts(
            subject=one_line(self._render(mail, "subject.txt", values)),
            text=self._render(mail, "body.txt", values).strip() + "\n",
            html=self._render(mail, "body.html", values),
        )

    def envelope(self, mail: Mail) -> Envelope:
        """The message as the mail server gets it; raises UnusableAddress."""
        return envelope(mail, self.texts(mail), self._sender)

    def _render(self, mail: Mail, part: str, values: Mapping[str, object]) -> str:
        return self._templates.get_template(f"{mail.mail}/{part}").render(values)

    def _url(self, path: str, code: str | None) -> str:
        query = f"?{urlencode({'code': code})}" if code else ""
        return f"{self._site_url}{path}{query}"


def envelope(mail: Mail, texts: Texts, sender: Address) -> Envelope:
    """Put the MIME message around the texts; raises UnusableAddress."""
    recipient, domain = mailable(mail.email), _ascii_domain(sender.domain)
    smtputf8 = not recipient.isascii()
    boundary = f"=_{mail.lease_token.hex[:24]}"
    headers = [
        ("From", formataddr((sender.display_name, f"{sender.username}@{domain}"))),
        ("To", recipient),
        ("Reply-To", mail.reply_to and _reply_to(mail.reply_to)),
        # What looks encoded (RFC 2047) would be decoded on the way, line breaks in it included.
        ("Subject", texts.subject.replace("=?", "=\u200b?")),
        ("Date", format_datetime(datetime.now(UTC))),
        # The same for every try, so that a mail which arrives twice is recognised as one.
        ("Message-ID", f"<{mail.mail_id}@{domain}>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    head = b"".join(_header(name, value, smtputf8) for name, value in headers if value)
    return Envelope(
        sender=f"{sender.username}@{domain}",
        recipient=recipient,
        content=head + b"\r\n" + _parts(boundary, texts).encode("ascii"),
        smtputf8=smtputf8,
    )


def _header(name: str, value: str, smtputf8: bool) -> bytes:
    """A header line, or several: the standard library's folding and encoding where needed."""
    line = f"{name}: {value}"
    if len(line) < 77 and line.isascii() and line.isprintable():
        return f"{line}\r\n".encode("ascii")
    return _folded(name, value, smtputf8)


# Subjects and names are the same for many mails in a row.
@lru_cache(maxsize=1024)
def _folded(name: str, value: str, smtputf8: bool) -> bytes:
    if smtputf8:
        return SMTPUTF8.fold_binary(name, value)
    if name == "Subject":
        value = Header(value, header_name=name).encode(linesep="\r\n")
    return _PLAIN.fold_binary(name, value)


def _parts(boundary: str, texts: Texts) -> str:
    # email's own way of making a message takes ten times as long, more than everything else
    # that is done for a mail together.
    parts = [
        f'Content-Type: text/{kind}; charset="utf-8"\n'
        f"Content-Transfer-Encoding: quoted-printable\n\n{_quoted_printable(text)}"
        for kind, text in (("plain", texts.text), ("html", texts.html))
    ]
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return body.replace("\n", "\r\n")


def _quoted_printable(text: str) -> str:
    return b2a_qp(text.encode(), istext=True).decode("ascii")


def one_line(text: str) -> str:
    """`text` without line breaks, control characters and turns of direction."""
    return _BREAKS.sub(" ", _INVISIBLE.sub("", text)).strip()


def moment(when: datetime) -> str:
    """A time that nobody can mistake: 3 December 2025, 14:05 UTC."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def mailable(email: str) -> str:
    """The address with its domain in ASCII, as mail servers want it; raises UnusableAddress."""
    local, at, domain = email.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or _BREAKS.search(email):
        raise UnusableAddress
    domain = _ascii_domain(domain)
    if not _DOMAIN.fullmatch(domain):
        raise UnusableAddress
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise UnusableAddress from error


def _reply_to(email: str) -> str | None:
    """None where the address would keep the mail from a server that knows ASCII only."""
    try:
        address = mailable(email)
    except UnusableAddress:
        return None
    return address if address.isascii() else None


# strftime's would follow the process's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
