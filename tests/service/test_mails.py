"""The mails: their fixed text, and what strangers may write into titles, names and addresses."""

import re
import uuid
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from markupsafe import escape

from service.mail.jobs import Digested, Mail, MailKind, Told
from service.mail.message import Renderer, Texts, UnusableAddress, is_mailable, moment, one_line

GOLDEN = Path(__file__).with_name("invitation.txt").read_text(encoding="utf-8")
EXPIRES = datetime(2025, 12, 3, 14, 5, tzinfo=UTC)
DEADLINE = datetime(2025, 11, 30, 23, 59, tzinfo=timezone(timedelta(hours=2)))

SUBMIT_UNTIL = datetime(2025, 12, 2, 0, 59, tzinfo=timezone(timedelta(hours=3)))
KEPT_UNTIL = datetime(2026, 6, 2, 1, 5, tzinfo=timezone(timedelta(hours=2)))

HOSTILE = [
    "Plain",
    'Say "hello", it\'s <b>bold</b> & </title><script>alert(1)</script>',
    "Line\nbreaks\r\nBcc: victim@example.com\r\n\r\nbody",
    "Emoji 👩‍💻 and 日本語 and Ünïcödé " * 4,
    "Right\u202eto left\u2069, \u2028separators\u2029, nul\x00 and bell\x07",
    "{{ 7 * 7 }} {% raw %} %s %(x)s",
    "=?utf-8?q?already=20encoded?=",
    "=?utf-8?q?a=0D=0ABcc:_victim@example.com?=",
    "x" * 255,
    "word " * 51,
    "é" * 255,
    "🎨" * 120,
    ", ; : <a@b.c> (comment)",
]


def digested(title: str, number: int) -> Digested:
    people = tuple(f"person{n}@example.com" for n in range(min(number, 11)))
    told = Told(kind="candidate_completed", number=number, people=people)
    return Digested(interview_id=uuid.UUID(int=number), title=title, told=(told,))


def a_mail(kind: MailKind = "interview_invitation", **changes: Any) -> Mail:
    given: dict[str, Any] = {
        "job_id": 7,
        "subject": uuid.UUID(int=1),
        "kind": kind,
        "attempts": 1,
        "email": "candidate1@example.com",
        "invite_code": "012345",
        "interview_title": "Frontend Developer Assessment",
        "recruiter_name": "Grace Hopper",
        "reply_to": "grace@example.com",
        "expires_at": EXPIRES,
        "deadline": DEADLINE,
        "answered": 3,
        "questions": 5,
        "submit_until": SUBMIT_UNTIL,
        "completed_at": EXPIRES,
        "kept_until": KEPT_UNTIL,
        "interview_id": uuid.UUID(int=2),
        "people": ("ada@example.com", "bob@example.com"),
        "number": 2,
        "digest": (digested("Backend Developer", 1), digested("Frontend\nDeveloper", 12)),
        "queued_at": datetime.now(UTC),
    }
    return Mail(**{**given, **changes})


def parsed(renderer: Renderer, mail: Mail) -> EmailMessage:
    message = message_from_bytes(renderer.envelope(mail).content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


class Page(HTMLParser):
    """The elements of a page, and whether they are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def links(self) -> list[str | None]:
        return [attributes.get("href") for tag, attributes in self.tags if tag == "a"]


def test_the_invitations_subject_and_text_are_the_agreed_ones(renderer: Renderer) -> None:
    texts = renderer.texts(
        a_mail(
            interview_title="[Interview Title]",
            invite_code="[6-digit code]",
            recruiter_name="[Recruiter Name]",
        )
    )
    assert f"Subject: {texts.subject}\n\n{texts.text}" == GOLDEN


def test_the_text_arrives_as_agreed_too(renderer: Renderer) -> None:
    mail = a_mail(
        interview_title="[Interview Title]",
        invite_code="[6-digit code]",
        recruiter_name="[Recruiter Name]",
    )
    message = parsed(renderer, mail)
    assert f"Subject: {message['Subject']}\n\n{body(message, 'plain')}" == GOLDEN


def test_the_html_says_what_a_candidate_wants_to_know(renderer: Renderer) -> None:
    page = Page(renderer.texts(a_mail()).html)
    assert not page.open
    assert "http://localhost:3000/signup?code=012345" in page.links
    assert "http://localhost:3000/candidates/dashboard?code=012345" in page.links
    text = re.sub(r"\s+", " ", page.text)
    for said in (
        "Grace Hopper invites you",
        "Frontend Developer Assessment",
        "012345",
        "What happens next",
        "Join by Sunday, 30 November 2025, 21:59 UTC, when the interview closes.",
        "You received this email because Grace Hopper entered candidate1@example.com",
    ):
        assert said in text


@pytest.mark.parametrize("kind", ["interview_invitation", "interview_reminder"])
def test_the_html_greets_by_name_and_the_text_stays(renderer: Renderer, kind: MailKind) -> None:
    plain = renderer.texts(a_mail(kind))
    for name in ("Jane Doe", "<a href='https://x.example'>&\r\n\u202eBcc: x", "=?utf-8?q?x?="):
        greeted = renderer.texts(a_mail(kind, candidate_name=name))
        shown = escape(one_line(name))
        assert f"Hello <bdi>{shown}</bdi>," in greeted.html
        assert (greeted.subject, greeted.text) == (plain.subject, plain.text)
        assert greeted.html.count("<a ") == plain.html.count("<a ")
    assert "Hello" not in plain.html
    # Nothing in a name is filled in.
    both = renderer.texts(a_mail(kind, candidate_name=f"{renderer._code} {renderer._email}"))
    assert f"<bdi>{renderer._code} {renderer._email}</bdi>" in both.html


def test_who_has_not_submitted_is_told_how_far_they_are_and_until_when(renderer: Renderer) -> None:
    mail = a_mail("submission_reminder", invite_code=None, expires_at=None)
    message = parsed(renderer, mail)
    assert message["Subject"] == "Not submitted yet: Frontend Developer Assessment"
    page = Page(body(message, "html"))
    assert page.links == ["http://localhost:3000/candidates/dashboard"]
    assert str(page.links[0]) in body(message, "plain")
    for text in (body(message, "plain"), re.sub(r"\s+", " ", page.text)):
        assert (
            "You answered 3 of 5 questions of the interview Frontend Developer Assessment,"
            " but have not submitted."
        ) in text
        assert "Submit by Monday, 1 December 2025, 21:59 UTC." in text
        assert "The interview has closed, so no new answers can be started." in text
        assert "candidate1@example.com" in text
    alone = body(parsed(renderer, a_mail("submission_reminder", answered=1, questions=1)), "plain")
    assert "You answered 1 of 1 question of" in alone


def test_who_has_submitted_is_told_what_and_until_when_it_is_kept(renderer: Renderer) -> None:
    message = parsed(renderer, a_mail("submission_receipt", invite_code=None))
    assert message["Subject"] == "Submitted: Frontend Developer Assessment"
    page = Page(body(message, "html"))
    assert page.links == ["http://localhost:3000/candidates/dashboard"]
    assert str(page.links[0]) in body(message, "plain")
    for text in (body(message, "plain"), re.sub(r"\s+", " ", page.text)):
        for said in (
            "You completed the interview Frontend Developer Assessment"
            " on Wednesday, 3 December 2025, 14:05 UTC.",
            "You submitted answers to 3 of 5 questions.",
            "They are deleted on 1 June 2026.",
            "My data",
        ):
            assert said in text


def test_where_nothing_is_kept_the_receipt_says_so(renderer: Renderer) -> None:
    message = parsed(renderer, a_mail("submission_receipt", answered=0, kept_until=None))
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "HireVision holds no answers of yours to this interview." in text
        assert "deleted" not in text and "My data" not in text


NOTICES: dict[MailKind, tuple[str, str]] = {
    "candidate_completed": ("ada@example.com completed: ", "This candidate has completed"),
    "renewal_requested": ("ada@example.com asked for a new code: ", "this person has expired"),
    "delivery_failed": ("Not delivered to ada@example.com: ", "This address could not be reached"),
}


@pytest.mark.parametrize("kind", NOTICES)
def test_recruiters_are_told_of_whom_and_how_to_stop_it(renderer: Renderer, kind: MailKind) -> None:
    subject, said = NOTICES[kind]
    message = parsed(renderer, a_mail(kind, people=("ada@example.com",), number=1))
    assert message["Subject"] == f"{subject}Frontend Developer Assessment"
    page = Page(body(message, "html"))
    links = [
        f"http://localhost:3000/recruiters/{uuid.UUID(int=2)}",
        "http://localhost:3000/account",
    ]
    assert page.links == links
    for text in (body(message, "plain"), re.sub(r"\s+", " ", page.text)):
        assert said in text and "ada@example.com" in text
        assert "more" not in text
    assert all(link in body(message, "plain") for link in links)


def test_the_daily_email_tells_of_all_interviews(renderer: Renderer) -> None:
    message = parsed(renderer, a_mail("daily_digest", interview_title=None, number=60))
    assert message["Subject"] == "News of 60 interviews"
    site = "http://localhost:3000"
    links = [f"{site}/recruiters/{uuid.UUID(int=n)}" for n in (1, 12)]
    links += [f"{site}/recruiters", f"{site}/account"]
    page = Page(body(message, "html"))
    assert page.links == links
    for text in (body(message, "plain"), re.sub(r"\s+", " ", page.text)):
        for said in ("1 candidate has completed:", "12 candidates have completed:"):
            assert said in text
        assert "Frontend Developer" in text and "and 2 more" in text
        assert "in 58 more" in text
    assert all(link in body(message, "plain") for link in links)
    alone = a_mail("daily_digest", digest=(digested("Frontend\nDeveloper", 1),), number=1)
    assert parsed(renderer, alone)["Subject"] == "News of your interview: Frontend Developer"


@pytest.mark.parametrize("kind", NOTICES)
def test_of_many_people_ten_are_named(renderer: Renderer, kind: MailKind) -> None:
    people = tuple(f"person{n}@example.com" for n in range(100))
    message = parsed(renderer, a_mail(kind, people=people, number=300))
    assert "300 " in message["Subject"] and "@" not in message["Subject"]
    for part in ("plain", "html"):
        text = body(message, part)
        assert text.count("@example.com") == 10
        assert "and 290 more" in text


@pytest.mark.parametrize("mail", get_args(MailKind))
@pytest.mark.parametrize("bare", [False, True])
def test_every_mail_renders_with_and_without_what_may_be_missing(
    renderer: Renderer, mail: MailKind, bare: bool
) -> None:
    nothing: dict[str, Any] = {}
    if bare:
        nothing = {"expires_at": None, "deadline": None, "reply_to": None, "kept_until": None}
        if mail != "interview_invitation":
            nothing["invite_code"] = None
    texts = renderer.texts(a_mail(mail, **nothing))
    assert "None" not in texts.subject + texts.text + texts.html
    assert not Page(texts.html).open
    assert "Grace Hopper" in texts.text and "Grace Hopper" in texts.html
    assert "\n\n\n" not in texts.text
    assert "https://" not in texts.html, "nothing is loaded from elsewhere"


@pytest.mark.parametrize("mail", get_args(MailKind))
def test_html_tells_its_language_and_suits_the_dark(renderer: Renderer, mail: MailKind) -> None:
    html = renderer.texts(a_mail(mail)).html
    assert '<html lang="en">' in html
    assert "prefers-color-scheme: dark" in html
    page = Page(html)
    assert all(
        attributes.get("role") == "presentation" for tag, attributes in page.tags if tag == "table"
    )
    assert [tag for tag, _ in page.tags].count("h1") == 1


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("mail", get_args(MailKind))
def test_what_strangers_write_stays_text(renderer: Renderer, mail: MailKind, text: str) -> None:
    given = {"interview_title": text, "recruiter_name": text, "number": 1}
    message = parsed(renderer, a_mail(mail, digest=(digested(text, 1),), **given))
    clean = one_line(text)
    assert message["Bcc"] is None
    assert message.get_all("Subject") == [message["Subject"]]
    subject = str(message["Subject"]).replace("\u200b", "")
    assert clean in subject
    plain = body(message, "plain")
    assert clean in plain
    html = body(message, "html")
    page = Page(html)
    assert not page.open
    assert clean in page.text
    assert "script" not in [tag for tag, _ in page.tags]
    for part in (subject, plain, html):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\u2029]", part)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_is_longer_than_smtp_allows(renderer: Renderer, text: str) -> None:
    content = renderer.envelope(a_mail(interview_title=text, recruiter_name=text)).content
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.isascii()


def test_headers(renderer: Renderer) -> None:
    message = parsed(renderer, a_mail())
    assert message["From"] == "Grace Hopper via HireVision <no-reply@hirevision.example>"
    assert message["To"] == "candidate1@example.com"
    assert message["Reply-To"] == "grace@example.com"
    assert message["Message-ID"] == f"<{uuid.UUID(int=1)}.7@hirevision.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "email",
    [
        *("plus+tag@example.com", "kandidat@xn--bcher-kva.example", "Some.One@Example.COM"),
        *("o'brien@example.com", "a&b=3d|{x}@example.com"),
        f"{'l' * 64}@{'d' * 60}.{'e' * 60}.example",
    ],
)
def test_addresses(renderer: Renderer, email: str) -> None:
    found = renderer.envelope(a_mail("candidate_invitation", email=email))
    assert found.recipient == email
    assert is_mailable(email)
    message = message_from_bytes(found.content, policy=default)
    assert isinstance(message, EmailMessage)
    assert f"\r\nTo: {email}\r\n" in re.sub(r"\s*\r\n +", " ", found.content.decode())
    assert f"this email address: {email}\n" in body(message, "plain")
    assert f"entered {email} to invite" in Page(body(message, "html")).text


@pytest.mark.parametrize(
    "address",
    [
        *("", "nobody", "@example.com", "a@", "a@b\r\nBcc: c@example.com", "a@\u2028é"),
        *("a@b.example,c@example.com", "a@b,example.com", "a@<b>.example", "a@b..example"),
        *("a..b@example.com", ".a@example.com", "a.@example.com", "\ud800@example.com"),
        *("用户@example.com", "kandidat@bücher.example", "a@b.example\n"),
    ],
)
def test_what_is_no_address_is_said_to_be_none(renderer: Renderer, address: str) -> None:
    with pytest.raises(UnusableAddress):
        renderer.envelope(a_mail(email=address))


@pytest.mark.parametrize("reply_to", ["用户@example.com", "nonsense", "a@b\nBcc: c@example.com"])
def test_an_unusable_reply_to_is_left_out(renderer: Renderer, reply_to: str) -> None:
    assert parsed(renderer, a_mail(reply_to=reply_to))["Reply-To"] is None


def test_times_are_written_with_their_zone() -> None:
    assert moment(DEADLINE) == "Sunday, 30 November 2025, 21:59 UTC"


def test_what_mails_have_in_common_is_rendered_once(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = renderer.texts(a_mail(email="first@example.com", invite_code="111111"))
    monkeypatch.setattr(renderer, "_templates", None)
    mail = a_mail(email="o'second@example.com", invite_code="222222")
    second = renderer.texts(mail)
    assert "111111" in first.text and "111111" in first.html
    assert "111111" not in second.text + second.html
    assert "222222" in second.text and "/signup?code=222222" in second.html
    assert "first@example.com" not in second.html and "o&#39;second@example.com" in second.html
    for change in (
        *({"recruiter_name": "Another"}, {"interview_title": "Another"}, {"deadline": None}),
        *({"expires_at": None}, {"kind": "interview_reminder"}),
        *({"answered": 4}, {"questions": 6}, {"submit_until": EXPIRES}),
        *({"completed_at": DEADLINE}, {"kept_until": None}),
        *({"interview_id": uuid.UUID(int=3)}, {"people": ()}, {"number": 3}),
    ):
        with pytest.raises(AttributeError):
            renderer.texts(a_mail(**change))


def test_texts_of_different_mails_differ(renderer: Renderer) -> None:
    texts: list[Texts] = [renderer.texts(a_mail(mail)) for mail in get_args(MailKind)]
    assert len({text.subject for text in texts}) == len(get_args(MailKind))
