"""Section 6 of the design as a model: takes, their objects, and what becomes of both."""

import hashlib
from datetime import timedelta
from uuid import UUID

from tests.model.rows import DAY, NOBODY, Caller, Participant, Question, Refused, Response
from tests.model.state import CHECK, REMOVAL, TRANSCRIPT, Takes
from tests.model.upkeep import Upkeep

SIZE = 1000
"""Bytes of every recording."""


class Recording(Upkeep):
    """What functions for candidates, the bucket's trigger and maintenance have in common."""

    def responses_of(self, person: Participant, *statuses: str) -> list[Response]:
        """With one of these statuses; all without."""
        return [
            r
            for r in self.responses
            if r.participant is person and (not statuses or r.status in statuses)
        ]

    def count_answers(self, person: Participant) -> None:
        """Everybody sees how many questions are answered, while nobody may read what."""
        person.answered = len(self.responses_of(person, "uploaded"))

    def discard(self, response: Response) -> None:
        """Another take, a text or the end of the interview: what was uploaded is removed."""
        if response.status == "uploaded":
            self.queue_removal(response)
            self.forget_analyses(response)
        response.status = "discarded"
        response.answer = response.submitted_at = None

    def delete_responses(self, person: Participant, *kinds: str) -> int:
        """The rows of these kinds; what was uploaded is removed."""
        deleted = [r for r in self.responses_of(person) if r.kind in kinds]
        for response in deleted:
            if response.status == "uploaded":
                self.queue_removal(response)
                self.forget_analyses(response)
            self.responses.remove(response)
        self.count_answers(person)
        return len(deleted)

    def forget(self, person: Participant) -> None:
        """A participant is deleted: with interview or account."""
        self.delete_responses(person, "video", "audio", "text")
        self.reviews = [review for review in self.reviews if review.participant is not person]
        self.takes = {key: takes for key, takes in self.takes.items() if key[0] is not person}

    def queue_removal(self, response: Response) -> None:
        """In the lane of who is the recruiter now."""
        if response.object_path:
            self.queue_removal_of(response.object_path, response.participant.interview.recruiter.id)

    def queue_removal_of(self, path: str, lane: UUID) -> None:
        """One job per path; one that failed is tried again."""
        subject = UUID(hashlib.md5(path.encode(), usedforsecurity=False).hexdigest())
        job = self.job(REMOVAL, subject)
        if job is None:
            self.queue(REMOVAL, lane, subject).path = path
        elif job.failed_at:
            self.start_over(job)

    # ---- analyses ----------------------------------------------------------------------------

    def queue_analysis(self, kind: str, response: Response) -> None:
        """Of recordings only. No worker does it here, so that each analysis has a job."""
        if response.object_path and self.job(kind, response) is None:
            self.queue(kind, response.participant.interview.recruiter.id, response)

    def forget_analyses(self, response: Response) -> None:
        """Whatever takes their ground away takes them along."""
        self.jobs = [job for job in self.jobs if job.subject is not response]

    def follow_consent(self, person: Participant, given_before: bool) -> None:
        """Transcripts of what is submitted, with consent; without it nothing that was found."""
        for response in self.responses_of(person, "uploaded"):
            if person.consents_to_analysis and response.submitted_at:
                self.queue_analysis(TRANSCRIPT, response)
            elif given_before and not person.consents_to_analysis:
                self.forget_analyses(response)

    # ---- takes -------------------------------------------------------------------------------

    def start_take(self, person: Participant, question: Question) -> Takes:
        """Uploaded takes count; of others there may be 20."""
        takes = self.takes.setdefault((person, question), Takes())
        takes.started += 1
        if takes.uploaded >= question.max_takes or takes.started - takes.uploaded > 20:
            raise Refused("PT409", "no_takes_left")
        for response in self.responses_of(person, "started"):
            if response.asked is question:
                self.discard(response)
        return takes

    def take_recording(self, response: Response) -> None:
        """Storage has the bytes."""
        person, question = response.participant, response.asked
        for other in self.responses_of(person, "uploaded"):
            if other.asked is question:
                self.discard(other)
        response.status, response.uploaded_at, response.size_bytes = "uploaded", self.now, SIZE
        takes = self.takes[person, question]
        takes.uploaded += 1
        takes.bytes += SIZE
        key = (person.interview.recruiter.id, self.now.date())
        self.bytes[key] = self.bytes.get(key, 0) + SIZE
        assert response.object_path
        self.objects.add(response.object_path)
        self.queue_analysis(CHECK, response)
        self.count_answers(person)

    def remove(self, caller: Caller, path: str) -> int:
        """The Storage API removes an object, if it is there."""
        removed = path in self.objects
        self.objects.discard(path)
        return int(removed)

    # ---- what time brings about --------------------------------------------------------------

    def expire_responses(self) -> int:
        """180 days after submitting; of who never did, after the last take."""
        cutoff = self.now - timedelta(days=180)
        expired = 0
        for person in self.participants:
            mine = self.responses_of(person)
            if mine and all(response.touched_at <= cutoff for response in mine):
                expired += self.delete_responses(person, "video", "audio", "text")
                person.responses_expired_at = self.now
        return expired

    def sweep(self) -> int:
        """Once a day, what is in the bucket for no reason: here, what could not be removed."""
        if self.swept_at and self.swept_at > self.now - DAY:
            return 0
        self.swept_at = self.now
        current = {r.object_path for r in self.responses if r.status == "uploaded"}
        awaiting = {job.path for job in self.jobs if job.kind == REMOVAL and not job.failed_at}
        orphans = self.objects - current - awaiting
        for path in orphans:
            self.queue_removal_of(path, NOBODY)
        return len(orphans)
