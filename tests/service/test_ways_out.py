"""The way out of refusals, end to end: the call over HTTP, one mail, the right code in it."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer, Received
from tests.kit.waiting import eventually
from tests.service.conftest import ANON_KEY, BACKEND, Invited, Seed, Service, address, token

Rpc = Callable[..., httpx.Response]


@pytest.fixture
def rpc(supabase: Gateway) -> Rpc:
    """Call a function as an account, as its browser does."""

    def call(account: uuid.UUID, function: str, **arguments: Any) -> httpx.Response:
        return httpx.post(
            f"{supabase.url}/rest/v1/rpc/{function}",
            json=arguments,
            headers={"apikey": ANON_KEY, "Authorization": f"Bearer {token(sub=str(account))}"},
        )

    return call


@pytest.fixture
def recruiter(seed: Seed) -> uuid.UUID:
    """Whose interviews these are."""
    return seed.recruiter()


@pytest.fixture
def invited(seed: Seed, recruiter: uuid.UUID) -> Invited:
    """A candidate whose mail waits."""
    return seed.invite(seed.interview(recruiter=recruiter))[0]


@pytest.fixture
def sending(service: Service) -> FlaskClient:
    """A service that sends once it is called for the first time."""
    return service.client(MAIL_WORKER="on")


def later(seed: Seed, invite_id: str, interval: str = "11 minutes") -> None:
    """Let time pass for an invite."""
    seed.run(
        "update private.jobs set queued_at = queued_at - %s::interval where subject = %s",
        interval,
        invite_id,
    )
    seed.run("alter table public.interview_invites disable trigger user")
    seed.run(
        "update public.interview_invites set queued_at = queued_at - %s::interval,"
        " created_at = created_at - %s::interval, expires_at = expires_at - %s::interval"
        " where id = %s",
        *(interval, interval, interval, invite_id),
    )
    seed.run("alter table public.interview_invites enable trigger user")


def settled(seed: Seed) -> None:
    """Wait until nothing is left to send."""
    eventually(lambda: all(job["failed_at"] for job in seed.jobs()))


def sent(mailbox: MailServer) -> list[tuple[str, str]]:
    """Who got which code."""
    return [(mail.recipient, code(mail)) for mail in mailbox.messages]


def code(mail: Received) -> str:
    """The only code in a mail."""
    (found,) = {match[0] for match in re.finditer(r"(?<!\d)\d{6}(?!\d)", mail.text)}
    return str(found)


def test_resend_mails_the_same_code_once(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    too_soon = rpc(recruiter, "resend_invite", invite_id=invited.id)
    assert too_soon.json()["outcome"] == "unchanged"
    later(seed, invited.id)
    again = rpc(recruiter, "resend_invite", invite_id=invited.id)
    assert again.json()["outcome"] == "renewed"
    mailbox.wait(2)
    settled(seed)
    assert sent(mailbox) == [(invited.email, invited.code)] * 2
    ids = {mail.mail["Message-ID"] for mail in mailbox.messages}
    assert len(ids) == 2, "another mail, not the same once more"


def test_resend_renews_what_has_expired(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    later(seed, invited.id, "31 days")
    again = rpc(recruiter, "resend_invite", invite_id=invited.id).json()
    assert again["outcome"] == "created" and again["invite_code"] != invited.code
    mailbox.wait(2)
    assert sent(mailbox)[1] == (invited.email, again["invite_code"])


def test_what_was_revoked_is_not_mailed(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    assert rpc(recruiter, "revoke_invite", invite_id=invited.id).json()["status"] == "expired"
    (other,) = seed.invite(invited.interview, address())
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    assert sent(mailbox) == [(other.email, other.code)]
    listed = sending.get(f"/interviews/{invited.interview}/invites", headers=BACKEND).json
    assert listed is not None
    states = {row["email"]: (row["status"], row["delivery_status"]) for row in listed["invites"]}
    assert states == {
        invited.email: ("expired", "cancelled"),
        other.email: ("pending", "accepted"),
    }
    refused = sending.post("/send-interview-invite", json=invited.body, headers=BACKEND)
    assert refused.status_code == 404
    assert len(mailbox.messages) == 1


def test_a_corrected_address_gets_the_only_mail(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    right = address()
    corrected = rpc(recruiter, "correct_invite", invite_id=invited.id, email=right.upper()).json()
    assert (corrected["email"], corrected["outcome"]) == (right, "corrected")
    assert corrected["invite_code"] != invited.code
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    assert sent(mailbox) == [(right, corrected["invite_code"])]


def test_a_bounced_mail_is_repaired_by_a_correction(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    mailbox.on_recipient = lambda to: "550 5.1.1 no such user" if to == invited.email else None
    refused = sending.post("/send-interview-invite", json=invited.body, headers=BACKEND)
    assert refused.status_code in (202, 422)
    eventually(lambda: seed.delivery(invited.id)[0] == "failed")
    listed = sending.get(
        f"/interviews/{invited.interview}/invites?delivery_status=failed", headers=BACKEND
    ).json
    assert listed is not None
    (failed,) = listed["invites"]
    assert "no such user" in failed["delivery_error"]
    right = address()
    corrected = rpc(recruiter, "correct_invite", invite_id=failed["id"], email=right).json()
    mailbox.wait(1)
    settled(seed)
    assert sent(mailbox) == [(right, corrected["invite_code"])]


def test_a_candidate_asks_for_lost_codes(
    sending: FlaskClient, seed: Seed, mailbox: MailServer, rpc: Rpc, invited: Invited
) -> None:
    (second,) = seed.invite(None, invited.email)
    (stranger,) = seed.invite()
    sending.get("/health")
    mailbox.wait(3)
    settled(seed)
    candidate = seed.db.account(invited.email)
    seed.connection.commit()
    answer = rpc(candidate, "resend_my_codes")
    assert answer.json() == {"queued": 2, "renewals_requested": 0}
    mailbox.wait(5)
    settled(seed)
    assert sorted(sent(mailbox)[3:]) == sorted(
        [(invited.email, invited.code), (second.email, second.code)]
    )
    again = rpc(candidate, "resend_my_codes")
    assert again.status_code == 429
    assert again.json()["details"] == "codes_sent_recently"
    assert 0 < int(again.headers["Retry-After"]) <= 900
    assert seed.jobs() == [], "nothing more will come"
    assert len(mailbox.messages) == 5
    assert stranger.email not in dict(sent(mailbox)[3:])


def test_a_renewal_that_is_asked_for_is_seen_by_the_recruiter(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    recruiter: uuid.UUID,
    invited: Invited,
) -> None:
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    later(seed, invited.id, "31 days")
    candidate = seed.db.account(invited.email)
    seed.connection.commit()
    answer = rpc(candidate, "resend_my_codes")
    assert answer.json() == {"queued": 0, "renewals_requested": 1}
    listed = sending.get(
        f"/interviews/{invited.interview}/invites?status=expired",
        headers={"Authorization": f"Bearer {token(sub=str(recruiter))}"},
    ).json
    assert listed is not None
    (asked,) = listed["invites"]
    assert asked["renewal_requested_at"] is not None
    renewed = rpc(recruiter, "resend_invite", invite_id=asked["id"]).json()
    mailbox.wait(2)
    settled(seed)
    assert sent(mailbox)[1] == (invited.email, renewed["invite_code"])


@pytest.mark.parametrize("function", ["resend_invite", "revoke_invite", "correct_invite"])
def test_strangers_repair_nothing(
    sending: FlaskClient,
    seed: Seed,
    mailbox: MailServer,
    rpc: Rpc,
    invited: Invited,
    function: str,
) -> None:
    more = {"email": address()} if function == "correct_invite" else {}
    answer = rpc(seed.recruiter(), function, invite_id=invited.id, **more)
    assert (answer.status_code, answer.json()["details"]) == (404, "invite_not_found")
    sending.get("/health")
    mailbox.wait(1)
    settled(seed)
    assert sent(mailbox) == [(invited.email, invited.code)]
