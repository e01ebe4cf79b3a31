"""Section 8 of the design as a model: what workers do with jobs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.model.fairness import check_fairness, check_order, due_since
from tests.model.queueing import Queueing
from tests.model.recipients import address
from tests.model.rows import (
    DAY,
    DRAWN,
    NOBODY,
    Caller,
    Invite,
    Job,
    JobKind,
    Participant,
    Refused,
    Response,
    Reviewer,
    normalize,
    read_code,
)
from tests.model.state import (
    GENERAL,
    INVITATION,
    RECEIPT,
    REMINDER,
    REMOVAL,
    REVIEWING,
    SUBMISSION,
)


class Mailing(Queueing):
    """Claiming, sending and settling."""

    # ---- claiming ----------------------------------------------------------------------------

    def is_wanted(self, job: Job) -> bool:
        """Whether it is still to be done; looked at when it is claimed."""
        subject = job.subject
        if isinstance(subject, UUID):
            return not self.is_stopped(job)
        if isinstance(subject, Reviewer):
            return subject.user is None and not self.is_stopped(job)
        if subject not in self.invites and subject not in self.participants:
            return False
        if self.is_stopped(job):
            return False
        if job.kind in (REMINDER, SUBMISSION) and self.last_delivery_failed(subject):
            return False
        interview = subject.interview
        if job.kind == SUBMISSION:
            return self.may_submit_late(subject)
        if job.kind == RECEIPT:
            return subject.status == "completed"
        if isinstance(subject, Invite):
            target = min(x for x in (subject.expires_at, interview.deadline) if x)
            return (
                subject.is_pending(self.now)
                and interview.is_open(self.now)
                and (job.kind != REMINDER or self.has_come(target, job))
            )
        return (
            subject.status == "active"
            and interview.status != "completed"
            and interview.deadline is not None
            and interview.deadline > self.now
            and self.has_come(interview.deadline, job)
        )

    def has_come(self, target: datetime, job: Job) -> bool:
        """Whether the target, which may have moved, is within the distance of a reminder."""
        assert job.distance
        return target - job.distance <= self.now

    def lease(self, job: Job, seconds: int) -> Any:
        """What the worker gets; None when it is no longer wanted, which drops it."""
        if not self.is_wanted(job):
            self.jobs.remove(job)
            if job.kind == INVITATION and isinstance(job.subject, Invite):
                self.cancel(job.subject)
            return None
        job.attempts += 1
        job.lease_token = DRAWN
        job.due_at = self.now + timedelta(seconds=seconds)
        answer = {
            "job_id": job.id,
            "lease_token": lambda: job.lease_token,
            "kind": job.kind,
            "attempts": job.attempts,
            "queued_at": job.queued_at,
        }
        if isinstance(job.subject, UUID):
            told = {**answer, **dict.fromkeys(DETAILS), **told_by_its_data(job)}
            return {**told, "unsubscribe_token": self.unsubscribe_token(job, NOBODY)}
        assert not isinstance(job.subject, Response)
        invite = job.subject if isinstance(job.subject, Invite) else None
        redeemed = job.subject.invite if isinstance(job.subject, Participant) else None
        signed = invite or redeemed
        interview = job.subject.interview
        owner = interview.recruiter.full_name if job.kind == REVIEWING else None
        person = job.subject if isinstance(job.subject, Participant) else None
        return {
            **answer,
            **dict.fromkeys(DETAILS),
            "subject": job.subject.id,
            "answered": person and person.answered,
            "questions": person and sum(q.interview is interview for q in self.questions),
            "submit_until": interview.deadline and interview.deadline + DAY,
            "completed_at": person and person.completed_at,
            "kept_until": person and self.kept_until(person),
            "email": address(job.subject),
            "invite_code": invite and invite.invite_code,
            "interview_title": interview.title,
            "recruiter_name": signed.recruiter_name if signed else owner or "HireVision",
            "candidate_name": signed and signed.candidate_name,
            "reply_to": interview.recruiter.email,
            "expires_at": invite and invite.expires_at,
            "deadline": interview.deadline,
            "unsubscribe_token": lambda: self.unsubscribe_token(job, interview.recruiter.id),
        }

    def may_submit_late(self, person: Invite | Participant) -> bool:
        """Who has answered has a day after the deadline to submit."""
        interview = person.interview
        return (
            isinstance(person, Participant)
            and person.status == "active"
            and person.answered > 0
            and interview.status != "completed"
            and interview.deadline is not None
            and interview.deadline <= self.now < interview.deadline + DAY
        )

    def kept_until(self, person: Participant) -> datetime | None:
        """When the responses of a participant who has submitted are deleted."""
        if person.completed_at is None or person.answered == 0:
            return None
        return person.completed_at + timedelta(days=180)

    def cancel(self, invite: Invite) -> None:
        """Its mail was not sent, and will not be."""
        if invite.delivery_status == "queued":
            invite.delivery_status, invite.delivery_at = "cancelled", self.now

    def is_paused(self, kind: str) -> bool:
        """Whether nothing of this kind is claimed."""
        paused_until = self.kinds.get(kind, JobKind()).paused_until
        return paused_until is not None and paused_until > self.now

    def claim_jobs(
        self,
        caller: Caller,
        kinds: list[str],
        worker: str,
        batch: int,
        lease_seconds: int,
        *,
        taken: set[int],
    ) -> Any:
        """Leases what is due; which lanes' jobs the database chose is in `taken`. Where none of
        them was still wanted, it has dropped them and chosen again."""
        for kind in kinds:
            seen = self.workers.get((worker, kind))
            if seen is None or seen < self.now - timedelta(seconds=5):
                self.workers[worker, kind] = self.now
        due = [
            job
            for job in self.jobs
            if job.is_due(self.now) and job.kind in kinds and not self.is_paused(job.kind)
        ]
        chosen = [job for job in due if job.id in taken]
        assert len(chosen) == len(taken), "claimed what is not due, or is paused"
        in_order = sorted(chosen, key=lambda job: (due_since(job), job.id))
        check_order(due, in_order)
        answers = [self.lease(job, lease_seconds) for job in in_order]
        check_fairness(
            leased=[job for job in chosen if job.lease_token is DRAWN],
            left=[job for job in due if job not in chosen],
            batch=batch,
        )
        return [answer for answer in answers if answer]

    def claim_invite_mail(
        self, caller: Caller, email: str, invite_code: str, worker: str, lease_seconds: int
    ) -> Any:
        """The queued mail of one pending invite, named by address and code."""
        for invite in self.invites:
            if (invite.email, invite.invite_code) == (normalize(email), read_code(invite_code)):
                break
        else:
            raise Refused("PT404", "invite_not_found")
        if not invite.is_pending(self.now):
            raise Refused("PT404", "invite_not_found")
        job = self.job(INVITATION, invite)
        unsubscribed = self.is_unsubscribed(invite.interview.recruiter.id, invite.email)
        if unsubscribed and not (job and job.asked_for):
            return {"delivery": "unsubscribed"}
        if job is None:
            return {"delivery": invite.delivery_status, "error": invite.delivery_error}
        if job.failed_at:
            return {"delivery": "failed", "error": job.last_error}
        if job.lease_token and not job.is_due(self.now):
            return {"delivery": "in_progress"}
        if self.is_paused(INVITATION):
            return {"delivery": "paused", "reason": self.kinds[INVITATION].paused_reason}
        answer = self.lease(job, lease_seconds)
        return {"delivery": "claimed", "mail": answer} if answer else {"delivery": "cancelled"}

    def held(self, job_id: int, lease_token: str) -> Job | None:
        """The job, if that token still holds it."""
        for job in self.jobs:
            if (job.id, str(job.lease_token)) == (job_id, lease_token):
                return job
        return None

    def renew_jobs(
        self, caller: Caller, lease_token: str, job_ids: list[int], lease_seconds: int
    ) -> Any:
        """The lease of those that the token still holds runs on from now."""
        held = [job for id in job_ids if (job := self.held(id, lease_token))]
        for job in held:
            job.due_at = self.now + timedelta(seconds=lease_seconds)
        return sorted(job.id for job in held)

    # ---- settling ----------------------------------------------------------------------------

    def settle_jobs(self, caller: Caller, results: list[dict[str, Any]]) -> Any:
        """Results of claimed jobs; a job whose lease went to another worker is left alone."""
        settled = 0
        for result in results:
            if job := self.held(result["job_id"], result["lease_token"]):
                self.settle(job, result["outcome"], result.get("error"), result.get("retry_in"))
                settled += 1
        return {"settled": settled, "busy": []}

    def settle(self, job: Job, outcome: str, error: str | None, retry_in: int | None) -> None:
        """accepted and failed are final; retry comes again later, until it is too old. What was
        accepted is deleted: the invite tells of it; a general invitation is kept for a while, so
        that nobody gets two."""
        too_old = job.attempts > 5 and job.queued_at < self.now - self.settings.mail_give_up_after
        if outcome == "retry" and too_old:
            outcome = "failed"
        job.lease_token = None
        job.last_error = error or job.last_error
        job.due_at = self.now
        if outcome == "released":
            job.attempts -= 1
            return
        kind = self.kinds.setdefault(job.kind, JobKind())
        if outcome == "retry":
            job.due_at += timedelta(seconds=60 if retry_in is None else retry_in)
            kind.retried += 1
        elif outcome == "failed":
            job.failed_at = self.now
            kind.failed += 1
        else:
            kind.accepted += 1
            if job.kind == GENERAL:
                job.done_at = self.now
            else:
                self.jobs.remove(job)
        if job.kind == INVITATION and isinstance(job.subject, Invite):
            invite = job.subject
            invite.delivery_status = "queued" if outcome == "retry" else outcome
            invite.delivery_at = self.now
            invite.delivery_error = (
                None if outcome == "accepted" else job.last_error or invite.delivery_error
            )

    def pause_jobs(self, caller: Caller, kinds: list[str], reason: str, seconds: int) -> Any:
        """Authentication, quota and sender errors pause sending with every job kept."""
        for name in kinds:
            kind = self.kinds.setdefault(name, JobKind())
            kind.paused_until = self.now + timedelta(seconds=seconds)
            kind.paused_reason = reason
        return None

    def resume_jobs(self, caller: Caller, kinds: list[str]) -> Any:
        """Ends a pause."""
        for name in kinds:
            if kind := self.kinds.get(name):
                kind.paused_until = kind.paused_reason = None
        return None

    def retry_jobs(self, caller: Caller, kinds: list[str], failed_since: datetime) -> Any:
        """Failed jobs again, with all their tries."""
        again = [
            job
            for job in self.jobs
            if job.kind in kinds and job.failed_at and job.failed_at >= failed_since
        ]
        for job in again:
            self.start_over(job)
            if job.kind == INVITATION and isinstance(job.subject, Invite):
                job.subject.delivery_status, job.subject.delivery_error = "queued", None
        return {"retried": len(again)}


DETAILS = [
    "email",
    "invite_code",
    "interview_title",
    "recruiter_name",
    "reply_to",
    "expires_at",
    "deadline",
    "answered",
    "questions",
    "submit_until",
    "bucket",
    "path",
    "unsubscribe_token",
    "completed_at",
    "kept_until",
    "interview_id",
    "people",
    "digest",
    "number",
    "candidate_name",
    "mime_type",
    "size_bytes",
    "language",
    "max_seconds",
]


def told_by_its_data(job: Job) -> dict[str, Any]:
    """What a worker gets of a job about an address, or about an object."""
    if job.kind == REMOVAL:
        return {
            "subject": job.subject,
            "recruiter_name": "HireVision",
            "bucket": "interview-responses",
            "path": job.path,
        }
    return {"subject": job.subject, "email": job.email, "recruiter_name": job.recruiter_name}
