"""Section 6 of the design as a model: invites, and who makes them."""

from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from tests.model.interviewing import LIMITS, Interviewing
from tests.model.rows import (
    DAYS_30,
    DRAWN,
    MINUTES_10,
    Caller,
    Interview,
    Invite,
    Question,
    Refused,
    candidate_name,
    display_name,
    is_email,
    normalize,
    trimmed,
)
from tests.model.state import INVITATION


class Inviting(Interviewing):
    """Invites, and interviews that are created with some."""

    def require_open(self, caller: Caller, id: UUID, emails: list[str | None]) -> Interview:
        """One that takes candidates, and somebody to invite."""
        interview = self.require_interview(caller, id)
        if not emails:
            raise Refused("PT400", "no_emails")
        if not interview.is_open(self.now):
            raise Refused("PT409", "interview_closed")
        return interview

    def require_invite(self, caller: Caller, id: UUID) -> Invite:
        """One that the caller may act on."""
        self.require_recruiter(caller)
        for invite in self.invites:
            if invite.id == id and caller.owns(invite.interview):
                return invite
        raise Refused("PT404", "invite_not_found")

    def create_interview(
        self,
        caller: Caller,
        title: str,
        description: str | None,
        company_number: str | None,
        questions: list[str],
        emails: list[str | None],
        deadline: datetime | None,
        recruiter_name: str | None,
    ) -> Any:
        """Interview, questions and invites in one transaction."""
        self.require_recruiter(caller)
        if not 1 <= len(trimmed(title)) <= 255:
            raise Refused("PT400", "invalid_title")
        if len(questions) > 100:
            raise Refused("PT413", "too_many_questions")
        if not all(trimmed(question) for question in questions):
            raise Refused("PT400", "empty_question")
        if deadline and not LIMITS[0] <= deadline <= LIMITS[1]:
            raise Refused("PT400", "invalid_deadline")
        assert caller.user
        interview = Interview(
            caller.user,
            trimmed(title),
            description,
            company_number,
            "active",
            deadline,
            self.now,
            self.now,
        )
        self.interviews.append(interview)
        self.check_interviews(caller.user)
        asked = [Question(interview, q, n, self.now, self.now) for n, q in enumerate(questions, 1)]
        self.questions += asked
        if emails and not interview.is_open(self.now):
            raise Refused("PT409", "interview_closed")
        return {
            "interview_id": lambda: interview.id,
            "questions": [
                {"id": (lambda q=q: q.id), "question": q.question, "order_index": q.order_index}
                for q in asked
            ],
            "invites": self.invite(caller, interview, emails, recruiter_name),
        }

    # ---- invites -----------------------------------------------------------------------------

    def classify(
        self, interview: Interview, emails: list[str | None]
    ) -> list[tuple[str | None, str, Invite | None]]:
        """Address, outcome and pending invite of each address, in the order given."""
        # By the invite's address: who redeemed it may have another by now.
        joined = {
            person.invite.email
            for person in self.participants
            if person.interview is interview and person.status != "withdrawn" and person.invite
        }
        found: list[tuple[str | None, str, Invite | None]] = []
        seen = set()
        for sent in emails:
            email = normalize(sent)
            pending = self.pending(interview, email)
            if not is_email(email):
                found.append((sent, "invalid_email", None))
            elif email in seen:
                found.append((email, "duplicate_in_request", None))
            elif email in joined:
                found.append((email, "already_joined", None))
            elif self.is_reviewer(interview, email, None):
                found.append((email, "is_reviewer", None))
            elif pending is None:
                found.append((email, "created", None))
            elif pending.queued_at > self.now - MINUTES_10:
                found.append((email, "unchanged", pending))
            else:
                found.append((email, "renewed", pending))
            seen.add(email)
        return found

    def pending(self, interview: Interview, email: str | None) -> Invite | None:
        """At most one per interview and address."""
        for invite in self.invites:
            if (invite.interview, invite.email) == (interview, email) and invite.is_pending(
                self.now
            ):
                return invite
        return None

    def create_invites(
        self,
        caller: Caller,
        interview_id: UUID,
        emails: list[str | None],
        recruiter_name: str | None = None,
        names: list[str | None] | None = None,
    ) -> Any:
        """One outcome per address; one bad address never stops the rest."""
        interview = self.require_open(caller, interview_id, emails)
        return self.invite(caller, interview, emails, recruiter_name, names)

    def invite(
        self,
        caller: Caller,
        interview: Interview,
        emails: list[str | None],
        recruiter_name: str | None,
        names: list[str | None] | None = None,
    ) -> list[Any]:
        """What create_invites does once it may."""
        name = display_name(recruiter_name) or interview.recruiter.full_name or "HireVision"
        answer = []
        mails = 0
        found = self.classify(interview, emails)
        for (email, outcome, invite), called in zip_longest(found, (names or [])[: len(found)]):
            known = candidate_name(called) or self.known_name(interview, email)
            if outcome == "created":
                assert email
                self.make_room(interview, email)
                invite = self.new_invite(caller, interview, email, name)
                invite.candidate_name = known
            elif outcome == "renewed":
                assert invite
                self.queue_again(invite)
                self.set_expiry(invite, max(invite.expires_at, self.now + DAYS_30))
                invite.recruiter_name = display_name(recruiter_name) or invite.recruiter_name
                invite.candidate_name = known
            mails += outcome in ("created", "renewed")
            answer.append(self.told(interview, email, outcome, invite))
        self.count(caller, mails)
        return answer

    def known_name(self, interview: Interview, email: str | None) -> str | None:
        """What the latest invite that has a name calls them."""
        named = [
            (invite.created_at, invite.candidate_name)
            for invite in self.invites
            if (invite.interview, invite.email) == (interview, email) and invite.candidate_name
        ]
        return max(named)[1] if named else None

    def make_room(self, interview: Interview, email: str) -> None:
        """Before an address is invited: its overdue invite says so now, and what it asked for is
        answered."""
        for invite in self.invites:
            if (invite.interview, invite.email) == (interview, email):
                if invite.is_overdue(self.now):
                    invite.status = "expired"
                if invite.status != "pending":
                    invite.renewal_requested_at = None

    def set_expiry(self, invite: Invite, expires_at: datetime) -> None:
        """Another end is reminded of like the first."""
        if expires_at != invite.expires_at:
            invite.expires_at, invite.reminded_for = expires_at, None

    def new_invite(self, caller: Caller, interview: Interview, email: str, name: str) -> Invite:
        """Every new row queues exactly one email, by whatever role it is inserted."""
        invite = Invite(interview, email, name, self.now, self.now + DAYS_30, self.now)
        invite.is_limited = caller.user is not None
        self.invites.append(invite)
        self.queue(INVITATION, interview.recruiter.id, invite)
        return invite

    def preview_invites(self, caller: Caller, interview_id: UUID, emails: list[str | None]) -> Any:
        """The same without any effect."""
        interview = self.require_open(caller, interview_id, emails)
        return [self.told(interview, *found) for found in self.classify(interview, emails)]

    def insert_invite(
        self,
        caller: Caller,
        interview_id: UUID,
        email: str,
        status: str,
        invite_code: str | None,
    ) -> Any:
        """The existing frontend's way. The triggers speak before the policy does."""
        interview = self.interview(interview_id)
        if interview is None or not caller.owns(interview):
            raise Refused("42501") if caller.is_client else Refused("PT404", "interview_not_found")
        if invite_code is not None:
            raise Refused("PT400", "code_not_allowed")
        if status != "pending":
            raise Refused("PT400", "status_not_allowed")
        address = normalize(email)
        if address is None or not is_email(address):
            raise Refused("PT400", "invalid_email")
        if self.pending(interview, address):
            raise Refused("PT409", "already_invited")
        if caller.user and not self.may_recruit(caller.user):
            raise Refused("42501")
        if not interview.is_open(self.now):
            raise Refused("PT409", "interview_closed")
        if self.is_reviewer(interview, address, None):
            raise Refused("PT409", "is_reviewer")
        self.make_room(interview, address)
        self.new_invite(caller, interview, address, interview.recruiter.full_name or "HireVision")
        self.count(caller, 1)
        return 1

    def delete_invite(self, caller: Caller, id: UUID) -> Any:
        """Recruiters delete only pending or expired ones; its job is dropped when claimed."""
        for invite in self.invites:
            if invite.id == id and caller.owns(invite.interview):
                if caller.is_client and invite.status not in ("pending", "expired"):
                    return 0
                self.invites.remove(invite)
                for person in self.participants:
                    if person.invite is invite:
                        person.invite = None
                return 1
        return 0

    def resend_invite(self, caller: Caller, invite_id: UUID) -> Any:
        """Keeps a pending code, renews an expired invite; somebody waits for the mail."""
        invite = self.require_invite(caller, invite_id)
        (outcome,) = self.create_invites(
            caller, invite.interview.id, [invite.email], invite.recruiter_name
        )
        pending = self.pending(invite.interview, invite.email)
        if pending and outcome["outcome"] != "already_joined":
            self.hurry(pending, asked_for=False)
        return outcome

    def revoke_invite(self, caller: Caller, invite_id: UUID) -> Any:
        """Expires now."""
        invite = self.require_invite(caller, invite_id)
        if invite.status in ("accepted", "completed"):
            raise Refused("PT409", "invite_not_pending")
        if invite.revoked_at is None:
            invite.status = "expired"
            self.set_expiry(invite, min(invite.expires_at, self.now))
            invite.revoked_at, invite.renewal_requested_at = self.now, None
        return {"invite_id": str(invite.id), "status": "expired"}

    def correct_invite(self, caller: Caller, invite_id: UUID, email: str | None) -> Any:
        """New address, new code, one mail; what was meant for the old address is dropped."""
        invite = self.require_invite(caller, invite_id)
        address = normalize(email)
        if not invite.is_pending(self.now):
            raise Refused("PT409", "invite_not_pending")
        if address is None or not is_email(address):
            raise Refused("PT400", "invalid_email")
        if not invite.interview.is_open(self.now):
            raise Refused("PT409", "interview_closed")
        if address == invite.email:
            return self.told(invite.interview, address, "unchanged", invite)
        self.make_room(invite.interview, address)
        if self.pending(invite.interview, address):
            raise Refused("PT409", "already_invited")
        if self.is_reviewer(invite.interview, address, None):
            raise Refused("PT409", "is_reviewer")
        invite.email, invite.invite_code = address, DRAWN
        self.set_expiry(invite, max(invite.expires_at, self.now + DAYS_30))
        self.jobs = [job for job in self.jobs if job.subject is not invite]
        self.queue_again(invite)
        self.count(caller, 1)
        return self.told(invite.interview, address, "corrected", invite)

    def told(
        self, interview: Interview, email: str | None, outcome: str, invite: Invite | None
    ) -> dict[str, Any]:
        """One outcome as it is answered; its id and code are read once they are drawn. Who has
        unsubscribed is invited all the same, but not mailed."""
        stopped = self.is_unsubscribed(interview.recruiter.id, email)
        if stopped and outcome in ("created", "renewed", "unchanged", "corrected"):
            outcome = "unsubscribed"
        return {
            "email": email,
            "outcome": outcome,
            "invite_id": lambda: invite and invite.id,
            "invite_code": lambda: invite and invite.invite_code,
        }
