"""From: who an email says that it comes from."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import getaddresses
from typing import get_args

import pytest

from service.mail.jobs import MailKind
from service.mail.message import Renderer
from service.settings import Settings
from tests.service.test_mails import HOSTILE, a_mail

SITE = "http://localhost:3000"
SERVICE = Address("HireVision", "no-reply", "hirevision.example")
OF_RECRUITERS: list[MailKind] = [
    *("interview_invitation", "candidate_invitation"),
    *("interview_reminder", "submission_reminder"),
    "reviewer_invitation",
]
OF_THE_SERVICE = sorted(set(get_args(MailKind)) - set(OF_RECRUITERS))


def author(
    kind: MailKind = "interview_invitation", name: str = "Jane Doe", sender: Address = SERVICE
) -> Address:
    """The only address in From, as mail programs read it."""
    content = Renderer(sender, SITE).envelope(a_mail(kind, recruiter_name=name)).content
    values = message_from_bytes(content).get_all("From", [])
    # (Python's newer parser puts a space between two encoded words.)
    ((phrase, addr_spec),) = getaddresses(values)
    return Address(str(make_header(decode_header(phrase))), addr_spec=addr_spec)


def line(name: str) -> bytes:
    """The lines of From as they are sent."""
    mail = a_mail(recruiter_name=name)
    content = Renderer(SERVICE, SITE).envelope(mail).content
    found = re.match(rb"From: (?:.*\r\n)(?:[ \t].*\r\n)*", content)
    assert found
    return found[0]


@pytest.mark.parametrize("kind", OF_RECRUITERS)
def test_what_a_recruiter_sends_says_so(kind: MailKind) -> None:
    found = author(kind)
    assert found.display_name == "Jane Doe via HireVision"
    assert found.addr_spec == SERVICE.addr_spec


@pytest.mark.parametrize("kind", OF_THE_SERVICE)
def test_what_the_service_sends_is_its_own(kind: MailKind) -> None:
    assert author(kind) == SERVICE


@pytest.mark.parametrize("name", ["HireVision", "", "\u202e"])
def test_without_a_name_nobody_is_the_service(name: str) -> None:
    assert author(name=name).display_name == "A recruiter via HireVision"
    # This one only the company's backend sends.
    assert author("candidate_invitation", name) == SERVICE


@pytest.mark.parametrize("kind", ["interview_invitation", "submission_receipt"])
@pytest.mark.parametrize("name", ["Ünïcödé, Inc.", 'The "Best" Co', "Jobs @ Acme", "Ж" * 90])
def test_the_name_in_email_from_survives(
    settings: dict[str, str], kind: MailKind, name: str
) -> None:
    quoted = name.replace('"', '\\"')
    email_from = f'"{quoted}" <a@bücher.example>'
    found = author(kind, sender=Settings.load({**settings, "EMAIL_FROM": email_from}).email_from)
    via = "Jane Doe via " if kind == "interview_invitation" else ""
    assert (found.display_name, found.addr_spec) == (via + name, "a@xn--bcher-kva.example")


def test_an_email_from_without_a_name() -> None:
    bare = Address("", "no-reply", "hirevision.example")
    assert author(sender=bare).display_name == "Jane Doe via HireVision"
    assert author("submission_receipt", sender=bare) == bare


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Doe, Jane", "Doe, Jane"),
        ('Jane "the boss" Doe', 'Jane "the boss" Doe'),
        ("Jane \\", "Jane \\"),
        ("Boss <boss@bank.example>", "Boss <boss@bank.example>"),
        ("Jobs @ Acme", "Jobs @ Acme"),
        ("a@bank.example, b@bank.example;", "a@bank.example, b@bank.example;"),
        ('"Boss" <boss@bank.example>, Jané', '"Boss" <boss@bank.example>, Jané'),
        ("(Jane)", "(Jane)"),
        ("Jane\r\nBcc: boss@bank.example", "Jane Bcc: boss@bank.example"),
        ("\u202eenaJ\u2066 Doe\u2069", "enaJ Doe"),
        ("=?utf-8?q?=0D=0ABcc:_a@b.c?=", "=\u200b?utf-8?q?=0D=0ABcc:_a@b.c?="),
        ("山田 太郎", "山田 太郎"),
        ("דנה כהן", "דנה כהן"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("山" * 100, "山" * 59 + "…"),
    ],
    ids=ascii,
)
def test_hostile_names_are_names(name: str, shown: str) -> None:
    found = author(name=name)
    assert (found.display_name, found.addr_spec) == (f"{shown} via HireVision", SERVICE.addr_spec)


@pytest.mark.parametrize("name", [*HOSTILE, "山田" * 50, "é, " * 33, "'\"" * 50])
def test_no_encoded_word_is_too_long(name: str) -> None:
    """75 characters (RFC 2047), on lines of 76."""
    sent = line(name)
    assert max(map(len, sent.split(b"\r\n"))) <= 78
    words = re.findall(rb"=\?utf-8\?[bq]\?\S*\?=", sent)
    assert max(map(len, words), default=0) <= 75
