"""The email to reviewers on its whole way: queued, written, mailed once."""

import re

from service.mail.message import Renderer
from tests.kit.mailserver import MailServer
from tests.kit.reviews import invite_reviewers
from tests.kit.waiting import eventually
from tests.service.conftest import Seed, Service, address
from tests.service.sending import working
from tests.service.test_mails import Page, a_mail, body, parsed


def test_colleagues_are_asked_once(service: Service, seed: Seed, mailbox: MailServer) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview("To be reviewed", recruiter)
    colleague = address()
    invite_reviewers(seed.db, recruiter, interview, colleague, colleague)
    seed.connection.commit()
    app = service.app(PUBLIC_SERVICE_URL="https://links.example.com")
    with working(app), working(service.app(PUBLIC_SERVICE_URL="https://links.example.com")):
        mailbox.wait(1)
        eventually(lambda: not seed.jobs())
    (received,) = mailbox.messages
    assert received.recipient == colleague
    assert (
        received.mail["Subject"] == "Grace Hopper asks you to review candidates for To be reviewed"
    )
    assert received.mail["From"].startswith("Grace Hopper via ")
    assert received.mail["Reply-To"] == seed.db.email_of(recruiter)
    link = received.mail["List-Unsubscribe"][1:-1]
    assert link.startswith("https://links.example.com/unsubscribe/")
    for text in (received.text, received.html):
        assert "http://localhost:3000/reviews" in text
        assert "To be reviewed" in text
        assert link in text


def test_what_it_says(renderer: Renderer) -> None:
    mail = a_mail("reviewer_invitation", invite_code=None, candidate_name=None)
    message = parsed(renderer, mail)
    title = "Frontend Developer Assessment"
    assert message["Subject"] == f"Grace Hopper asks you to review candidates for {title}"
    page = Page(body(message, "html"))
    assert page.links == ["http://localhost:3000/reviews"]
    for text in (body(message, "plain"), re.sub(r"\s+", " ", page.text)):
        for said in (
            f"Grace Hopper asks you to review candidates for the interview {title}:",
            "You need no code.",
            "You received this email because Grace Hopper entered",
            "candidate1@example.com",
        ):
            assert said in re.sub(r"\s+", " ", text)
        assert "nsubscribe" not in text
