"""Hostile texts in the service's mails."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.mail.jobs import MailKind
from service.mail.message import Renderer, UnusableAddress, is_mailable, one_line
from service.mail.smtp import Connection
from service.settings import Settings
from tests.kit.hostile import MARKS, addresses, fuzzed, short
from tests.kit.mailserver import MailServer
from tests.service.test_mails import GOLDEN, Page, a_mail, body

pytestmark = MARKS

HEADERS_OF_A_MAIL = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type"),
]
DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What the templates put around titles and names that are read from right to left.
ISOLATED = re.compile("\u2068([^\u202a-\u202e\u2066-\u2069]*)\u2069")
SITES = ["http://localhost:3000", 'https://a.example/"><script>', "https://ü.example/'{{ 7 }}"]


@fuzzed(40)
@given(
    kind=st.sampled_from(["interview_invitation", "candidate_invitation", "interview_reminder"]),
    title=short | short.map(lambda title: (title * 255)[:255]),
    name=short.map(lambda name: name[:100]),
    email=st.just("candidate@example.com") | addresses(),
    reply_to=st.none() | addresses(),
    site=st.sampled_from(SITES),
)
def test_mails(
    settings: dict[str, str],
    mailbox: MailServer,
    connection: Connection,
    kind: MailKind,
    title: str,
    name: str,
    email: str,
    reply_to: str | None,
    site: str,
) -> None:
    renderer = Renderer(Settings.load(settings).email_from, site)
    mail = a_mail(kind, interview_title=title, recruiter_name=name, email=email, reply_to=reply_to)
    try:
        envelope = renderer.envelope(mail)
    except UnusableAddress:
        assert not is_mailable(email)
        return
    mailbox.messages.clear()
    verdict = connection.send(envelope)
    assert verdict.outcome == "accepted"
    (received,) = mailbox.messages
    assert received.recipient == email
    assert_lines(received.content)

    message = message_from_bytes(received.content, policy=default)
    assert isinstance(message, EmailMessage)
    names = [name for name in HEADERS_OF_A_MAIL if name != "Reply-To" or message["Reply-To"]]
    assert message.keys() == names
    assert_no_defects(message)
    assert len(message["To"].addresses) == 1

    benign = renderer.texts(a_mail(kind))
    said = {"text": body(message, "plain"), "html": body(message, "html")}
    page, meant = Page(said["html"]), Page(benign.html)
    assert shape(page) == shape(meant) and page.links == meant.links
    everything = str(message["Subject"]) + said["text"] + said["html"]
    assert not DIRECTIONS.search(ISOLATED.sub(r"\1", everything))
    assert said["text"].count("\n") == benign.text.count("\n")
    if kind == "interview_invitation":
        recruiter = one_line(name) or "HireVision"
        wanted = (
            GOLDEN.replace("[Interview Title]", one_line(title))
            .replace("http://localhost:3000", site)
            .replace("[Recruiter Name]", recruiter)
            .replace("[6-digit code]", "012345")
        )
        subject = str(message["Subject"]).replace("=\u200b?", "=?")
        found = f"Subject: {subject}\n\n{said['text']}"
        assert re.sub(r"\s+\n", "\n", found) == re.sub(r"\s+\n", "\n", wanted)


@pytest.fixture
def connection(settings: dict[str, str], mailbox: MailServer) -> Iterator[Connection]:
    """To the mail server."""
    opened = Connection(Settings.load({**settings, "EMAIL_PORT": str(mailbox.port)}))
    yield opened
    opened.close()


def shape(page: Page) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """The elements and their attributes, without the one that repeats the title."""
    return [
        (tag, [pair if pair[0] != "aria-label" else ("aria-label", "") for pair in pairs.items()])
        for tag, pairs in page.tags
    ]


def assert_lines(content: bytes) -> None:
    """As SMTP wants them."""
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\0" not in content


def assert_no_defects(message: EmailMessage) -> None:
    """Python's parser finds nothing to complain of, in no header and no part."""
    for part in message.walk():
        assert not part.defects, part.defects
        for name, header in part.items():
            assert not header.defects, (name, header.defects)
