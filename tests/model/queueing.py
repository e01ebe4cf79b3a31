"""Section 8 of the design as a model: what queues jobs."""

import hashlib
from typing import Any
from uuid import UUID

from tests.model.recipients import Recipients
from tests.model.rows import (
    MINUTES_10,
    NOBODY,
    Caller,
    Invite,
    Job,
    Recipient,
    Refused,
    Response,
    display_name,
    is_email,
    normalize,
)
from tests.model.state import GENERAL, INVITATION


class Queueing(Recipients):
    """Jobs come, and come again; the general invitation."""

    def job(self, kind: str, subject: Recipient | Response | UUID) -> Job | None:
        """At most one per kind and subject."""
        for job in self.jobs:
            if job.kind == kind and job.subject == subject:
                return job
        return None

    def queue(self, kind: str, lane: UUID, subject: Recipient | Response | UUID) -> Job:
        """A new job, due now."""
        job = Job(kind, lane, subject, due_at=self.now, queued_at=self.now)
        self.jobs.append(job)
        return job

    def start_over(self, job: Job) -> None:
        """Due now, as if it had just been queued."""
        job.failed_at = job.done_at = None
        job.queued_at = job.due_at = self.now
        job.attempts = 0

    def queue_again(self, invite: Invite) -> None:
        """One mail more, unless one waits (which is then due now) or is under way."""
        invite.queued_at = self.now
        invite.delivery_status = "queued"
        invite.delivery_error = None
        job = self.job(INVITATION, invite)
        if job is None:
            self.queue(INVITATION, invite.interview.recruiter.id, invite)
        elif not job.waits:
            due_at = job.due_at
            self.start_over(job)
            job.asked_for = None
            job.due_at = due_at and min(due_at, self.now)
        elif job.lease_token is None:
            job.due_at = job.due_at and min(job.due_at, self.now)

    def hurry(self, invite: Invite, *, asked_for: bool) -> None:
        """Somebody waits for this mail: it goes to the head of its lane. What the candidate asked
        for comes even if they have unsubscribed."""
        job = self.job(INVITATION, invite)
        if job and job.lease_token is None:
            job.due_at = None
            job.asked_for = asked_for or job.asked_for

    def invite_candidates(
        self, caller: Caller, emails: list[str | None], recruiter_name: str | None
    ) -> Any:
        """The general invitation; once in 10 minutes for one address."""
        if not emails:
            raise Refused("PT400", "no_emails")
        name = display_name(recruiter_name) or "HireVision"
        answer, seen = [], set()
        for sent in emails:
            email = normalize(sent)
            if email is None or not is_email(email):
                outcome, email = "invalid_email", sent
            elif email in seen:
                outcome = "duplicate_in_request"
            else:
                outcome = "queued" if self.queue_general(email, name) else "unchanged"
            seen.add(email)
            answer.append({"email": email, "outcome": outcome})
        self.count(caller, sum(told["outcome"] == "queued" for told in answer))
        return answer

    def queue_general(self, email: str, name: str) -> bool:
        """Unless one was queued in the last 10 minutes, or is under way."""
        subject = UUID(hashlib.md5(email.encode(), usedforsecurity=False).hexdigest())
        job = self.job(GENERAL, subject)
        if job is None:
            job = self.queue(GENERAL, NOBODY, subject)
        elif job.queued_at <= self.now - MINUTES_10 and job.lease_token is None:
            self.start_over(job)
        else:
            return False
        job.email, job.recruiter_name = email, name
        return True
