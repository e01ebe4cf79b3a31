"""Section 8 of the design as a model: who may be mailed, and how many a day."""

import base64
import hashlib
import itertools
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.model.rows import (
    Account,
    Caller,
    Interview,
    Invite,
    Job,
    Participant,
    Recipient,
    Refused,
    Response,
    Reviewer,
)
from tests.model.state import STOPPABLE, AddressKey, State


class Recipients(State):
    """Limits, and who has unsubscribed."""

    link_secret = b""

    # ---- how many ----------------------------------------------------------------------------

    def invites_per_day(self, account: Account) -> int:
        """Fewer until ten people have joined the account's interviews."""
        at_most = self.settings.invites_per_day
        joined = [p for p in self.participants if p.interview.recruiter is account]
        if account.may_recruit or len(joined) >= 10:
            return at_most
        return min(at_most, self.settings.invites_per_day_at_first)

    def count(self, caller: Caller, mails: int) -> None:
        """Mails queued by inviting, for each account and for the service; the whole call is refused
        at the limit. DBAs have none."""
        today = self.now.date()
        if not mails:
            return
        if caller.user:
            key = (caller.user.id, today)
            self.counts[key] = self.counts.get(key, 0) + mails
            if self.counts[key] > self.invites_per_day(caller.user):
                raise Refused("PT429", "invites_per_day_reached")
        elif caller.role == "service" and self.settings.backend_invites_per_day is not None:
            self.backend_counts[today] = self.backend_counts.get(today, 0) + mails
            if self.backend_counts[today] > self.settings.backend_invites_per_day:
                raise Refused("PT429", "invites_per_day_reached")

    # ---- who may be mailed -------------------------------------------------------------------

    def address_key(self, email: str | None) -> AddressKey:
        """What stands for an address in links, and on the list of those who unsubscribed."""
        return keyed(self.link_secret, "address ", (email or "").encode())

    def is_unsubscribed(self, recruiter_id: UUID, email: str | None) -> bool:
        """Whether the address wants no more mails from a recruiter, or from HireVision."""
        return (self.address_key(email), recruiter_id) in self.unsubscribes

    def is_stopped(self, job: Job) -> bool:
        """Invitations and reminders are, unless the candidate asked for the mail."""
        if job.asked_for or job.kind not in STOPPABLE:
            return False
        if isinstance(job.subject, UUID):
            return self.is_unsubscribed(job.lane, job.email)
        assert not isinstance(job.subject, Response)
        return self.has_unsubscribed(job.subject)

    def has_unsubscribed(self, recipient: Recipient) -> bool:
        """With the address that mails go to, or the one that a participant was invited by."""
        recruiter = recipient.interview.recruiter
        return any(self.is_unsubscribed(recruiter.id, email) for email in addresses(recipient))

    def invites_to(self, recipient: Recipient) -> list[Invite]:
        """All of the recruiter's invites to the address."""
        return [
            invite
            for invite in self.invites
            if invite.interview.recruiter is recipient.interview.recruiter
            and invite.email == address(recipient)
        ]

    def last_delivery_failed(self, recipient: Recipient) -> bool:
        """Whether the mail server has refused the last invitation that it answered."""
        answered = [
            (invite.delivery_at, invite.delivery_status)
            for invite in self.invites_to(recipient)
            if invite.delivery_status in ("accepted", "failed") and invite.delivery_at
        ]
        return bool(answered) and max(answered)[1] == "failed"

    def last_reminder(self, recipient: Invite | Participant) -> datetime | None:
        """Of the recruiter, to this address or to the recipient."""
        known = self.invites_to(recipient)
        people = [person for person in self.participants if person.invite in known]
        found = [one.reminded_at for one in (recipient, *known, *people) if one.reminded_at]
        return max(found, default=None)

    # ---- unsubscribing -----------------------------------------------------------------------

    def unsubscribe_token(self, job: Job, recruiter_id: UUID) -> str | None:
        """The link that names the recruiter and the address, in an email that may be stopped."""
        if job.kind not in STOPPABLE:
            return None
        assert not isinstance(job.subject, Response)
        subject = job.subject.id if not isinstance(job.subject, UUID) else job.subject
        email = address(job.subject) if not isinstance(job.subject, UUID) else job.email
        named = recruiter_id.bytes + subject.bytes
        named += self.address_key(email)
        token = named + keyed(self.link_secret, "link ", named)
        return base64.urlsafe_b64encode(token).decode().rstrip("=")

    def named_by(self, token: str) -> tuple[set[AddressKey], list[UUID]]:
        """The address, for a participant also the one that was invited; the recruiter who sent the
        mail and the one who has its interview now."""
        read = base64.urlsafe_b64decode(token + "==")
        if read[48:] != keyed(self.link_secret, "link ", read[:48]):
            raise Refused("PT404", "link_not_valid")
        recruiters, key = {UUID(bytes=read[:16])}, read[32:48]
        keys = {key}
        subjects: list[Recipient] = [*self.invites, *self.participants, *self.reviewers]
        for subject in subjects:
            if subject.id == UUID(bytes=read[16:32]) and self.address_key(address(subject)) == key:
                recruiters.add(subject.interview.recruiter.id)
                keys |= {self.address_key(email) for email in addresses(subject)}
        return keys, sorted(recruiters)

    def set_email_subscription(self, caller: Caller, token: str, subscribed: bool) -> Any:
        """By the link in a mail."""
        keys, recruiters = self.named_by(token)
        for one in itertools.product(keys, recruiters):
            if subscribed:
                self.unsubscribes.pop(one, None)
            else:
                self.unsubscribes.setdefault(one, self.now)
        known = sorted((a for a in self.accounts if a.id in recruiters), key=lambda a: a.id)
        return {"subscribed": subscribed, "recruiter_name": known[0].full_name if known else None}

    def move_unsubscribes(self, interview: Interview, heir: Account) -> None:
        """Who has unsubscribed from an interview that is transferred stays so."""
        people: list[Recipient] = [*self.invites, *self.participants, *self.reviewers]
        for email in {address(one) for one in people if one.interview is interview}:
            if self.is_unsubscribed(interview.recruiter.id, email):
                self.unsubscribes.setdefault((self.address_key(email), heir.id), self.now)


def address(recipient: Recipient) -> str | None:
    """Where its mails go."""
    if isinstance(recipient, Invite | Reviewer):
        return recipient.email
    return recipient.user.address


def addresses(recipient: Recipient) -> list[str | None]:
    """Where its mails go, and the address by which a participant was invited."""
    redeemed = recipient.invite if isinstance(recipient, Participant) else None
    return [address(recipient), *([redeemed.email] if redeemed else [])]


def keyed(secret: bytes, purpose: str, content: bytes) -> bytes:
    """128 bits that nobody can guess without the secret."""
    inner = hashlib.sha256(secret + purpose.encode() + content).digest()
    return hashlib.sha256(secret + inner).digest()[:16]
