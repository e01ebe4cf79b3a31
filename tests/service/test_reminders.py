"""Reminders on their whole way: due, queued by a worker, written, mailed once."""

import uuid
from datetime import UTC, datetime, timedelta

from service.mail.message import moment
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import eventually
from tests.service.conftest import Seed, Service, address, parts
from tests.service.recording import Candidate, questions
from tests.service.sending import working


def make_older(seed: Seed, interview: uuid.UUID) -> None:
    """Have everybody been invited and have joined ten days ago; other tests' rows stay."""
    seed.connection.rollback()
    seed.connection.execute("set local session_replication_role = replica")
    for table, column in (("invites", "queued_at"), ("participants", "joined_at")):
        seed.connection.execute(
            f"update public.interview_{table} set {column} = {column} - interval '10 days'"
            " where interview_id = %s",
            (interview,),
        )
    seed.connection.commit()


def test_each_is_mailed_once_with_the_time_in_its_zone(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    closes = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2, hours=12)
    interview = seed.interview("Reminded of")
    pending, joined = seed.invite(interview, address(), address())
    account = seed.db.account(joined.email)
    seed.db.accept(account, joined.code)
    seed.connection.commit()
    seed.run("delete from private.jobs")
    make_older(seed, interview)
    seed.run("update public.interviews set deadline = %s where id = %s", closes, interview)
    app, other = service.app(), service.app()
    with working(app), working(other):
        mailbox.wait(2)
        eventually(lambda: not seed.jobs())
        parts(other).jobs.maintain()
    mails = {received.recipient: received for received in mailbox.messages}
    assert len(mailbox.messages) == 2
    assert set(mails) == {pending.email, joined.email}
    for received in mails.values():
        assert received.mail["Subject"] == "Reminder: Reminded of"
        assert moment(closes) in received.text
        assert moment(closes) in received.html
        assert moment(closes).endswith(" UTC")
    assert pending.code in mails[pending.email].text
    assert joined.code not in mails[joined.email].text
    assert "not completed it yet" in mails[joined.email].text


def test_who_has_not_submitted_when_the_deadline_passes_is_told_once(
    service: Service, seed: Seed, storage: Gateway, mailbox: MailServer
) -> None:
    interview = seed.interview("Nearly done")
    asked = questions(seed, interview, 5)
    late, submitted, idle = (Candidate(seed, storage, interview) for _ in range(3))
    for candidate in (late, submitted):
        candidate.record(asked[0])
        for question in asked[1:3]:
            candidate.rpc("write_response", question_id=question, answer="In words")
    submitted.submit()
    assert idle.account
    seed.run("delete from private.jobs")
    closed = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    seed.run("update public.interviews set deadline = %s where id = %s", closed, interview)
    app, other = service.app(), service.app()
    with working(app), working(other):
        mailbox.wait(1)
        parts(other).jobs.maintain()
        eventually(lambda: not seed.jobs())
    (received,) = mailbox.messages
    assert received.recipient == late.email
    assert received.mail["Subject"] == "Not submitted yet: Nearly done"
    for text in (received.text, received.html):
        assert "You answered 3 of 5 questions" in text
        assert moment(closed + timedelta(days=1)) in text, "the grace of the settings"
        assert "http://localhost:3000/candidates/dashboard" in text
        assert "code=" not in text
