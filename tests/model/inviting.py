"""Sections 4 and 6 of the design as a model: what recruiters, the service and DBAs do."""

from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from tests.model.recipients import INVITATION
from tests.model.recording import Recording
from tests.model.things import (
    DAYS_30,
    DRAWN,
    MINUTES_10,
    Account,
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

LIMITS = (datetime.fromisoformat("2000-01-01T00:00Z"), datetime.fromisoformat("9999-01-01T00:00Z"))


class Inviting(Recording):
    """Interviews, questions and invites."""

    # ---- who may, and on what ----------------------------------------------------------------

    def may_recruit(self, account: Account) -> bool:
        """Confirmed accounts; if the settings say so, only those with the role."""
        return account.confirmed and (
            account.may_recruit or not self.settings.require_recruiter_role
        )

    def require_recruiter(self, caller: Caller) -> None:
        """The same, with a reason."""
        if caller.user:
            if caller.user not in self.accounts:
                raise Refused("PT401", "not_signed_in")
            if not caller.user.confirmed:
                raise Refused("PT403", "email_not_confirmed")
            if not self.may_recruit(caller.user):
                raise Refused("PT403", "recruiter_role_required")

    def interview(self, id: UUID) -> Interview | None:
        """By its id."""
        return next((n for n in self.interviews if n.id == id), None)

    def require_interview(self, caller: Caller, id: UUID) -> Interview:
        """One that the caller may invite to."""
        self.require_recruiter(caller)
        interview = self.interview(id)
        if interview is None or not caller.owns(interview):
            raise Refused("PT404", "interview_not_found")
        return interview

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

    # ---- interviews --------------------------------------------------------------------------

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

    def insert_interview(
        self,
        caller: Caller,
        title: str,
        recruiter_id: UUID,
        status: str,
        deadline: datetime | None,
    ) -> Any:
        """As the existing frontend does; only one's own."""
        assert caller.user
        if recruiter_id != caller.user.id or not self.may_recruit(caller.user):
            raise Refused("42501")
        if not trimmed(title) or status not in ("active", "inactive", "completed"):
            raise Refused("23514")
        self.interviews.append(
            Interview(caller.user, title, None, None, status, deadline, self.now, self.now)
        )
        self.check_interviews(caller.user)
        return 1

    def check_interviews(self, account: Account) -> None:
        """Whether it may have one more, which is added already."""
        own = sum(interview.recruiter is account for interview in self.interviews)
        if own > self.settings.interviews_per_account:
            raise Refused("PT409", "too_many_interviews")

    def update_interview(self, caller: Caller, id: UUID, column: str, value: Any) -> Any:
        """Status and deadline move freely; others' interviews are not touched."""
        interview = self.interview(id)
        if interview is None or not caller.owns(interview):
            return 0
        if column == "status" and value not in ("active", "inactive", "completed"):
            raise Refused("23514")
        if (column == "title" and not trimmed(value)) or (column == "response_kinds" and not value):
            raise Refused("23514")
        if column == "deadline" and value and not LIMITS[0] <= value <= LIMITS[1]:
            raise Refused("23514")
        if getattr(interview, column) != value:
            setattr(interview, column, value)
            interview.updated_at = self.now
            if column in ("status", "deadline"):
                interview.reminded_for = None
                interview.deadline_stage = 0
        return 1

    def delete_interview(self, caller: Caller, id: UUID) -> Any:
        """With everything below it. Its jobs are dropped when they are claimed."""
        interview = self.interview(id)
        if interview is None or not caller.owns(interview):
            return 0
        self.interviews.remove(interview)
        for person in [p for p in self.participants if p.interview is interview]:
            self.forget(person)
        self.questions = [q for q in self.questions if q.interview is not interview]
        self.participants = [p for p in self.participants if p.interview is not interview]
        self.invites = [i for i in self.invites if i.interview is not interview]
        return 1

    def transfer_interviews(
        self, caller: Caller, from_recruiter: UUID, to_recruiter: UUID, at_most: int | None
    ) -> Any:
        """The interviews of one recruiter, with everything below them, to another: all, or the
        first by their ids. The jobs stay in their lanes."""
        heir = next((a for a in self.accounts if a.id == to_recruiter), None)
        if heir is None:
            raise Refused("PT404", "recruiter_not_found")
        theirs = [n for n in self.interviews if n.recruiter.id == from_recruiter]
        moved = sorted(theirs, key=lambda n: n.id)[:at_most]
        for interview in moved:
            if interview.recruiter is not heir:
                self.move_unsubscribes(interview, heir)
                interview.recruiter, interview.updated_at = heir, self.now
        return len(moved)

    # ---- questions ---------------------------------------------------------------------------

    def insert_question(
        self, caller: Caller, interview_id: UUID, question: str, order_index: int
    ) -> Any:
        """Order unique within an interview."""
        interview = self.interview(interview_id)
        if interview is None or not caller.owns(interview):
            raise Refused("42501")
        if not trimmed(question) or order_index < 0:
            raise Refused("23514")
        if any(q.interview is interview and q.order_index == order_index for q in self.questions):
            raise Refused("23505")
        if caller.is_client and sum(q.interview is interview for q in self.questions) == 100:
            raise Refused("PT413", "too_many_questions")
        self.questions.append(Question(interview, question, order_index, self.now, self.now))
        return 1

    def update_question(self, caller: Caller, id: UUID, order_index: int) -> Any:
        """To a place that is free."""
        for question in self.questions:
            if question.id == id and caller.owns(question.interview):
                if order_index < 0:
                    raise Refused("23514")
                others = [q for q in self.questions if q is not question]
                if (question.interview, order_index) in [
                    (q.interview, q.order_index) for q in others
                ]:
                    raise Refused("23505")
                question.order_index = order_index
                return 1
        return 0

    def change_question(self, caller: Caller, id: UUID, column: str, value: Any) -> Any:
        """How it is answered, or its wording."""
        for question in self.questions:
            if question.id == id and caller.owns(question.interview):
                if getattr(question, column) != value:
                    question.updated_at = self.now
                setattr(question, column, value)
                return 1
        return 0

    def delete_question(self, caller: Caller, id: UUID) -> Any:
        """Leaves a gap; not once somebody has begun to answer it."""
        if any(r.asked.id == id and caller.owns(r.asked.interview) for r in self.responses):
            raise Refused("PT409", "question_answered")
        self.takes = {
            key: takes
            for key, takes in self.takes.items()
            if key[1].id != id or not caller.owns(key[1].interview)
        }
        kept = [q for q in self.questions if q.id != id or not caller.owns(q.interview)]
        deleted = len(self.questions) - len(kept)
        self.questions = kept
        return deleted

    def reorder_questions(
        self, caller: Caller, interview_id: UUID, question_ids: list[UUID]
    ) -> Any:
        """Every question exactly once; numbered from 1."""
        interview = self.interview(interview_id)
        if interview is None or not caller.owns(interview):
            raise Refused("PT404", "interview_not_found")
        mine = {q.id: q for q in self.questions if q.interview is interview}
        if sorted(mine) != sorted(question_ids):
            raise Refused("PT409", "question_ids_mismatch")
        for position, id in enumerate(question_ids, 1):
            mine[id].order_index = position
        return [
            {"id": str(id), "order_index": position} for position, id in enumerate(question_ids, 1)
        ]

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
