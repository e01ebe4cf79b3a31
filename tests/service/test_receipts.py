"""Receipts and notices on their whole way: queued, written, mailed once."""

from service.mail.message import day
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import eventually
from tests.service.conftest import Seed, Service, parts
from tests.service.recording import Candidate, questions
from tests.service.sending import working


def test_who_submits_gets_one_receipt(
    service: Service, seed: Seed, storage: Gateway, mailbox: MailServer
) -> None:
    interview = seed.interview("Submitted to")
    asked = questions(seed, interview, 3)
    answered, silent = (Candidate(seed, storage, interview) for _ in range(2))
    answered.record(asked[0])
    answered.rpc("write_response", question_id=asked[1], answer="In words")
    seed.run("delete from private.jobs")
    app, other = service.app(), service.app()
    with working(app), working(other):
        for candidate in (answered, answered, silent):
            candidate.submit()
        mailbox.wait(2)
        eventually(lambda: not seed.jobs())
        answered.submit()
    mails = {received.recipient: received for received in mailbox.messages}
    assert len(mailbox.messages) == 2
    assert set(mails) == {answered.email, silent.email}
    assert {mail.mail["Subject"] for mail in mails.values()} == {"Submitted: Submitted to"}
    kept_until = seed.connection.execute(
        "select completed_at + interval '180 days' as day from public.interview_participants"
        " where id = %s",
        (answered.participant,),
    ).fetchone()
    assert kept_until is not None
    for text in (mails[answered.email].text, mails[answered.email].html):
        assert "You submitted answers to 2 of 3 questions" in text
        assert day(kept_until["day"]) in text
        assert "http://localhost:3000/candidates/dashboard" in text
    for text in (mails[silent.email].text, mails[silent.email].html):
        assert "HireVision holds no answers of yours" in text


def test_the_recruiter_is_told_of_many_in_one_mail(
    service: Service, seed: Seed, storage: Gateway, mailbox: MailServer
) -> None:
    recruiter = seed.recruiter(notified=True)
    interview = seed.interview("Completed by many", recruiter)
    candidates = [Candidate(seed, storage, interview) for _ in range(12)]
    for candidate in candidates:
        candidate.submit()
    seed.run("delete from private.jobs where kind <> 'candidate_completed'")
    seed.run("update private.jobs set due_at = now()")
    with working(service.app()):
        mailbox.wait(1)
        eventually(lambda: all(job["done_at"] for job in seed.jobs()))
    (received,) = mailbox.messages
    assert received.recipient == seed.db.email_of(recruiter)
    assert received.mail["Subject"] == "12 candidates completed: Completed by many"
    assert received.mail["Reply-To"] is None
    for text in (received.text, received.html):
        assert sum(candidate.email in text for candidate in candidates) == 10
        assert "and 2 more" in text
        assert f"http://localhost:3000/recruiters/{interview}" in text


def test_the_recruiter_is_told_of_invitations_that_failed(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    recruiter = seed.recruiter(notified=True)
    interview = seed.interview("Not delivered", recruiter)
    (unknown,) = seed.invite(interview)
    mailbox.on_recipient = lambda to: "550 5.1.1 no such user" if to == unknown.email else None
    app = service.app()
    with working(app):
        eventually(lambda: seed.delivery(unknown.id)[0] == "failed")
        parts(app).jobs.maintain()
        seed.run("update private.jobs set due_at = now() where kind = 'delivery_failed'")
        mailbox.wait(1)
    (received,) = mailbox.messages
    assert received.recipient == seed.db.email_of(recruiter)
    assert received.mail["Subject"] == f"Not delivered to {unknown.email}: Not delivered"
