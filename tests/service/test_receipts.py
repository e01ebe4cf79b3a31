"""Receipts on their whole way: queued by submitting, written, mailed once."""

from service.mail.message import day
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import eventually
from tests.service.conftest import Seed, Service
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
