"""Section 4 of the design as a model: interviews and their questions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.model.recording import Recording
from tests.model.rows import (
    Account,
    Caller,
    Interview,
    Question,
    Refused,
    Reviewer,
    trimmed,
)
from tests.model.state import REVIEWING

LIMITS = (datetime.fromisoformat("2000-01-01T00:00Z"), datetime.fromisoformat("9999-01-01T00:00Z"))


class Interviewing(Recording):
    """Interviews and questions, and who may recruit."""

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

    def is_reviewer(self, interview: Interview, email: str | None, account: Account | None) -> bool:
        """Whether the address or the account reviews an interview."""
        return any(
            one.interview is interview
            and (one.email == email or (account is not None and one.user is account))
            for one in self.reviewers
        )

    def queue_reviewer_mail(self, reviewer: Reviewer) -> None:
        """One mail, unless one is under way."""
        job = self.job(REVIEWING, reviewer)
        if job is None:
            self.queue(REVIEWING, reviewer.interview.recruiter.id, reviewer)
        elif job.lease_token is None:
            self.start_over(job)

    def drop_reviewers(self, reviewers: list[Reviewer]) -> int:
        """Removed, and their mails with them."""
        self.reviewers = [one for one in self.reviewers if one not in reviewers]
        self.jobs = [job for job in self.jobs if job.subject not in reviewers]
        return len(reviewers)

    # ---- interviews --------------------------------------------------------------------------

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
        self.drop_reviewers([one for one in self.reviewers if one.interview is interview])
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
