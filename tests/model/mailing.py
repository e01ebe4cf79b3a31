"""Section 8 of the design as a model: the outbox, its workers, and what time brings about."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.model.things import (
    DRAWN,
    MINUTES_10,
    Account,
    Caller,
    Interview,
    Invite,
    Mail,
    Participant,
    Question,
    Refused,
    display_name,
    is_email,
    normalize,
    trimmed,
)

LETTER = {"interview": "interview_invitation", "general": "candidate_invitation"}
REMINDER = "interview_reminder"


@dataclass
class Settings:
    """private.settings"""

    invites_per_day: int = 1000
    require_recruiter_role: bool = False
    mail_give_up_after: timedelta = timedelta(days=1)
    outbox_kept_for: timedelta = timedelta(days=30)
    reminder_distances: list[timedelta] = field(
        default_factory=lambda: [timedelta(days=3), timedelta(days=1)]
    )


@dataclass
class CodeRequests:
    """private.code_requests: what limits one account."""

    wrong_guesses: list[datetime] = field(default_factory=list)
    resent_at: datetime | None = None


@dataclass
class State:
    """Everything there is, at `now`."""

    now: datetime
    settings: Settings = field(default_factory=Settings)
    accounts: list[Account] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    invites: list[Invite] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    outbox: list[Mail] = field(default_factory=list)
    counts: dict[tuple[UUID, date], int] = field(default_factory=dict)
    requests: dict[UUID, CodeRequests] = field(default_factory=dict)
    workers: dict[str, datetime] = field(default_factory=dict)
    paused_until: datetime | None = None
    paused_reason: str | None = None
    tries: dict[str, int] = field(
        default_factory=lambda: {"accepted": 0, "failed": 0, "retried": 0}
    )


class Mailing(State):
    """Queueing, sending and reminding."""

    # ---- queueing ----------------------------------------------------------------------------

    def queue_again(self, invite: Invite) -> None:
        """One mail more, unless one waits (which is then due now) or is under way."""
        invite.queued_at = self.now
        invite.delivery_status = "queued"
        invite.delivery_error = None
        for mail in self.outbox:
            if mail.invite is invite and mail.mail == LETTER["interview"]:
                if mail.status == "queued" and mail.lease_token is None:
                    mail.next_attempt_at = min(mail.next_attempt_at, self.now)
                if mail.status == "queued":
                    return
        self.outbox.append(Mail(LETTER["interview"], self.now, self.now, invite=invite))

    def cancel(self, mail: Mail) -> None:
        """It will not be sent."""
        mail.status, mail.settled_at, mail.lease_token = "cancelled", self.now, None

    def invite_candidates(
        self, caller: Caller, emails: list[str | None], recruiter_name: str | None
    ) -> Any:
        """The general invitation; once in 10 minutes for one address."""
        if not emails:
            raise Refused("PT400", "no_emails")
        answer, seen = [], set()
        recent = {
            mail.email
            for mail in self.outbox
            if mail.email and mail.queued_at > self.now - MINUTES_10
        }
        for sent in emails:
            email = normalize(sent)
            if not is_email(email):
                outcome, email = "invalid_email", sent
            elif email in seen:
                outcome = "duplicate_in_request"
            elif email in recent:
                outcome = "unchanged"
            else:
                outcome = "queued"
                name = display_name(recruiter_name) or "HireVision"
                self.outbox.append(
                    Mail(LETTER["general"], self.now, self.now, email=email, recruiter_name=name)
                )
            seen.add(email)
            answer.append({"email": email, "outcome": outcome})
        return answer

    # ---- sending -----------------------------------------------------------------------------

    def is_wanted(self, mail: Mail) -> bool:
        """Whether it is still to be sent; looked at when it is claimed."""
        if mail.invite:
            interview = mail.invite.interview
            until = [when for when in (mail.invite.expires_at, interview.deadline) if when]
            return (
                mail.invite.is_pending(self.now)
                and interview.is_open(self.now)
                and mail.target in (None, min(until))
            )
        if mail.participant:
            interview = mail.participant.interview
            return (
                mail.participant.status == "active"
                and interview.status != "completed"
                and interview.deadline is not None
                and interview.deadline > self.now
                and mail.target == interview.deadline
            )
        return True

    def lease(self, mail: Mail, seconds: int) -> Any:
        """What the worker gets; None when it is no longer wanted, which cancels it."""
        if not self.is_wanted(mail):
            self.cancel(mail)
            invite = mail.invite
            if invite and mail.mail == LETTER["interview"] and invite.delivery_status == "queued":
                invite.delivery_status, invite.delivery_at = "cancelled", self.now
            return None
        mail.attempts += 1
        mail.lease_token = DRAWN
        mail.next_attempt_at = self.now + timedelta(seconds=seconds)
        redeemed = mail.invite or (mail.participant and mail.participant.invite)
        about = mail.invite or mail.participant
        interview = about and about.interview
        return {
            "mail_id": str(mail.id),
            "lease_token": lambda: mail.lease_token,
            "mail": mail.mail,
            "attempts": mail.attempts,
            "email": mail.invite.email
            if mail.invite
            else (mail.participant.user.email if mail.participant else mail.email),
            "invite_code": mail.invite and mail.invite.invite_code,
            "interview_title": interview and interview.title,
            "recruiter_name": redeemed.recruiter_name
            if redeemed
            else (mail.recruiter_name or "HireVision"),
            "reply_to": interview and interview.recruiter.email,
            "expires_at": mail.invite and mail.invite.expires_at,
            "deadline": interview and interview.deadline,
            "queued_at": mail.queued_at,
        }

    def due(self) -> list[Mail]:
        """What may be claimed, the longest due first."""
        waiting = [m for m in self.outbox if m.status == "queued" and m.next_attempt_at <= self.now]
        return sorted(waiting, key=lambda mail: mail.next_attempt_at)

    def claim_mails(
        self, caller: Caller, worker: str, batch: int, lease_seconds: int, *, taken: set[UUID]
    ) -> Any:
        """Leases what is due. Of mails due at the same time the database chose those `taken`."""
        seen = self.workers.get(worker)
        if seen is None or seen < self.now - timedelta(seconds=5):
            self.workers[worker] = self.now
        if self.paused_until and self.paused_until > self.now:
            return []
        due = self.due()
        chosen = [mail for mail in due if mail.id in taken]
        left = [mail for mail in due if mail.id not in taken]
        assert len(chosen) == min(batch, len(due)), "claimed another number of mails"
        if chosen and left:
            assert chosen[-1].next_attempt_at <= left[0].next_attempt_at, "not the longest due"
        letters = [self.lease(mail, lease_seconds) for mail in chosen]
        return sorted((x for x in letters if x), key=lambda x: (x["queued_at"], x["mail_id"]))

    def claim_invite_mail(
        self, caller: Caller, email: str, invite_code: str, worker: str, lease_seconds: int
    ) -> Any:
        """The queued mail of one pending invite, named by address and code."""
        for invite in self.invites:
            if (invite.email, invite.invite_code) == (normalize(email), trimmed(invite_code)):
                break
        else:
            raise Refused("PT404", "invite_not_found")
        if not invite.is_pending(self.now):
            raise Refused("PT404", "invite_not_found")
        for mail in self.outbox:
            if (
                mail.invite is invite
                and mail.mail == LETTER["interview"]
                and mail.status == "queued"
            ):
                break
        else:
            return {"delivery": invite.delivery_status, "error": invite.delivery_error}
        if mail.lease_token and mail.next_attempt_at > self.now:
            return {"delivery": "in_progress"}
        if self.paused_until and self.paused_until > self.now:
            return {"delivery": "paused", "reason": self.paused_reason}
        letter = self.lease(mail, lease_seconds)
        return {"delivery": "claimed", "mail": letter} if letter else {"delivery": "cancelled"}

    def settle_mails(self, caller: Caller, results: list[dict[str, Any]]) -> Any:
        """What became of claimed mails; whose lease went to another worker is left alone."""
        settled = 0
        for result in results:
            for mail in self.outbox:
                if (str(mail.id), str(mail.lease_token)) == (
                    result["mail_id"],
                    result["lease_token"],
                ) and mail.status == "queued":
                    self.settle(mail, **result)
                    settled += 1
        return {"settled": settled}

    def settle(
        self,
        mail: Mail,
        outcome: str,
        error: str | None = None,
        retry_in: int | None = None,
        **_: Any,
    ) -> None:
        """accepted and failed are final; retry comes again later, until it is too old."""
        too_old = mail.attempts > 5 and mail.queued_at < self.now - self.settings.mail_give_up_after
        status = {"retry": "failed" if too_old else "queued", "released": "queued"}.get(
            outcome, outcome
        )
        mail.status = status
        mail.settled_at = self.now if status != "queued" else None
        mail.lease_token = None
        mail.last_error = error or mail.last_error
        mail.attempts -= outcome == "released"
        wait = (60 if retry_in is None else retry_in) if outcome == "retry" else 0
        mail.next_attempt_at = self.now + timedelta(seconds=wait)
        if outcome == "released":
            return
        self.tries["retried" if status == "queued" else status] += 1
        invite = mail.invite
        if invite and mail.mail == LETTER["interview"]:
            invite.delivery_status, invite.delivery_at = status, self.now
            invite.delivery_error = None if status == "accepted" else error or invite.delivery_error

    def pause_mail(self, caller: Caller, reason: str, seconds: int) -> Any:
        """Authentication, quota and sender errors pause sending with every row kept."""
        self.paused_until = self.now + timedelta(seconds=seconds)
        self.paused_reason = reason
        return None

    def resume_mail(self, caller: Caller) -> Any:
        """Ends a pause."""
        self.paused_until = self.paused_reason = None
        return None

    def retry_mails(self, caller: Caller, failed_since: datetime) -> Any:
        """Failed mails again, unless a later one of the same invite waits or was settled."""
        again = []
        for mail in self.outbox:
            if mail.status != "failed" or not mail.settled_at or mail.settled_at < failed_since:
                continue
            later = [
                other
                for other in self.outbox
                if mail.invite
                and (other.invite, other.mail) == (mail.invite, mail.mail)
                and (
                    other.status == "queued"
                    or (other.settled_at and other.settled_at > mail.settled_at)
                )
            ]
            if not later:
                again.append(mail)
        for mail in again:
            mail.status, mail.settled_at, mail.attempts, mail.lease_token = "queued", None, 0, None
            mail.queued_at = mail.next_attempt_at = self.now
            if mail.invite and mail.mail == LETTER["interview"]:
                mail.invite.delivery_status, mail.invite.delivery_error = "queued", None
        return {"retried": len(again)}

    # ---- what time brings about --------------------------------------------------------------

    def run_maintenance(self, caller: Caller) -> Any:
        """Expires what is overdue, reminds, and prunes what has been finished for long."""
        overdue = [invite for invite in self.invites if invite.is_overdue(self.now)]
        for invite in overdue:
            invite.status = "expired"
        reminders = self.remind()
        old = [
            mail
            for mail in self.outbox
            if mail.settled_at
            and mail.settled_at < self.now - self.settings.outbox_kept_for
            and (mail.target is None or mail.target < self.now)
        ]
        self.outbox = [mail for mail in self.outbox if mail not in old]
        yesterday = self.now.date() - timedelta(days=1)
        self.counts = {key: n for key, n in self.counts.items() if key[1] >= yesterday}
        day_ago = self.now - timedelta(days=1)
        self.workers = {name: at for name, at in self.workers.items() if at >= day_ago}
        return {"expired": len(overdue), "reminders": reminders, "pruned": len(old)}

    def remind(self) -> int:
        """Pending invites before the earlier of expiry and deadline; participants who have
        not finished before the deadline."""
        queued = 0
        for invite in self.invites:
            if invite.is_pending(self.now) and invite.interview.is_open(self.now):
                until = [x for x in (invite.expires_at, invite.interview.deadline) if x]
                queued += self.remind_one(min(until), invite.queued_at, invite=invite)
        for person in self.participants:
            deadline = person.interview.deadline
            if (
                person.status == "active"
                and person.interview.status != "completed"
                and deadline is not None
                and deadline > self.now
            ):
                queued += self.remind_one(deadline, person.joined_at, participant=person)
        return queued

    def remind_one(
        self,
        target: datetime,
        since: datetime,
        *,
        invite: Invite | None = None,
        participant: Participant | None = None,
    ) -> bool:
        """Once for a target and a distance, the shortest of those due, and no longer one
        afterwards; nobody who was mailed, or joined, less than that distance before it was due;
        no second one while one waits for the same invite."""
        due = [d for d in self.settings.reminder_distances if target - d <= self.now]
        if not due or since > target - 2 * min(due):
            return False
        for mail in self.outbox:
            if mail.mail == REMINDER and (mail.invite, mail.participant) == (invite, participant):
                if mail.target == target and mail.distance and mail.distance <= min(due):
                    return False
                if invite and mail.status == "queued":
                    return False
        self.outbox.append(
            Mail(
                REMINDER,
                self.now,
                self.now,
                invite=invite,
                participant=participant,
                target=target,
                distance=min(due),
            )
        )
        return True
