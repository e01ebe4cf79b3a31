"""Section 6 of the design as a model: how candidates answer, submit, withdraw and delete."""

from typing import Any
from uuid import UUID

from tests.model.reviewing import Reviewing
from tests.model.rows import (
    DAY,
    MINUTES_10,
    Account,
    Caller,
    Participant,
    Question,
    Refused,
    Response,
    trimmed,
)
from tests.model.state import RECEIPT, SUBMISSION

MEBIBYTES_50 = 50 * 1024 * 1024


class Answering(Reviewing):
    """Responses and participants."""

    def participation(self, account: Account, interview_id: UUID) -> Participant | None:
        """At most one per interview and account."""
        for person in self.participants:
            if person.user is account and person.interview.id == interview_id:
                return person
        return None

    def require_participation(self, caller: Caller, interview_id: UUID) -> Participant:
        """Also after submitting, not after withdrawing."""
        assert caller.user
        person = self.participation(caller.user, interview_id)
        if person is None or person.status == "withdrawn":
            raise Refused("PT404", "participation_not_found")
        return person

    def require_answering(self, caller: Caller, id: UUID) -> tuple[Participant, Question]:
        """Until they have submitted, and before the deadline."""
        assert caller.user
        question = next((q for q in self.questions if q.id == id), None)
        if question is None:
            raise Refused("PT404", "question_not_found")
        person = self.participation(caller.user, question.interview.id)
        if person is None or person.status == "withdrawn":
            raise Refused("PT404", "question_not_found")
        if person.status == "completed":
            raise Refused("PT409", "already_submitted")
        interview = question.interview
        if interview.status == "completed" or (
            interview.deadline and interview.deadline <= self.now
        ):
            raise Refused("PT409", "interview_closed")
        return person, question

    # ---- answering ---------------------------------------------------------------------------

    def start_response(self, caller: Caller, question_id: UUID, mime_type: str) -> Any:
        """A take begins; one that was not uploaded is abandoned."""
        person, question = self.require_answering(caller, question_id)
        kind, _, extension = mime_type.partition("/")
        if extension != "webm" or kind not in person.interview.response_kinds:
            raise Refused("PT400", "kind_not_allowed")
        if not person.consents_to_recording:
            raise Refused("PT403", "consent_required")
        takes = self.start_take(person, question)
        response = Response(
            person,
            question,
            question.question,
            kind,
            takes.uploaded + 1,
            self.now,
            mime_type=mime_type,
        )
        self.responses.append(response)
        return {
            "response_id": lambda: response.id,
            "take": response.take,
            "bucket": "interview-responses",
            "path": lambda: response.object_path,
            "max_seconds": question.max_seconds,
            "max_bytes": MEBIBYTES_50,
            "bits_per_second": 648_000,
            "takes_left": question.max_takes - takes.uploaded - 1,
        }

    def store(self, caller: Caller, path: str) -> Any:
        """Storage inserts the row of an object: only where it is awaited."""
        for response in self.responses:
            if (response.object_path, response.status) == (path, "started"):
                break
        else:
            raise Refused("42501")
        if not response.participant.interview.may_be_finished(self.now, DAY):
            raise Refused("42501")
        self.take_recording(response)
        return 1

    def write_response(self, caller: Caller, question_id: UUID, answer: str, replace: bool) -> Any:
        """One row, written again and again; nothing written deletes it."""
        person, question = self.require_answering(caller, question_id)
        if "text" not in person.interview.response_kinds:
            raise Refused("PT400", "kind_not_allowed")
        mine = [r for r in self.responses_of(person) if r.asked is question]
        text = None
        if not trimmed(answer):
            self.responses = [r for r in self.responses if r not in mine or r.kind != "text"]
        else:
            recordings = [r for r in mine if r.kind != "text" and r.status != "discarded"]
            if recordings and not replace:
                raise Refused("PT409", "response_exists")
            for recording in recordings:
                self.discard(recording)
            text = self.save_text(person, question, trimmed(answer))
        self.count_answers(person)
        return {
            "response_id": lambda: text and text.id,
            "question_id": str(question_id),
            "saved_at": self.now,
        }

    def save_text(self, person: Participant, question: Question, answer: str) -> Response:
        """In the row of the current text, if there is one."""
        for text in self.responses_of(person, "uploaded"):
            if text.asked is question and text.kind == "text":
                break
        else:
            text = Response(person, question, "", "text", 1, self.now, "uploaded")
            self.responses.append(text)
        text.question, text.answer, text.uploaded_at = question.question, answer, self.now
        return text

    # ---- consent -----------------------------------------------------------------------------

    def set_consent(
        self, caller: Caller, interview_id: UUID, recording: bool, analysis: bool
    ) -> Any:
        """Without consent there are no recordings, and no analysis."""
        person = self.require_participation(caller, interview_id)
        if not recording and self.delete_responses(person, "video", "audio"):
            person.responses_deleted_at = self.now
        self.consent(person, recording, recording and analysis)
        return {
            "interview_id": str(interview_id),
            "version": 1,
            "recording": recording,
            "analysis": recording and analysis,
            "given_at": self.now,
        }

    def consent(self, person: Participant, recording: bool, analysis: bool) -> None:
        """From now on."""
        given_before = person.consents_to_analysis
        person.consents_to_recording, person.consents_to_analysis = recording, analysis
        person.consent_version, person.consented_at = 1, self.now
        self.follow_consent(person, given_before)

    def delete_my_responses(self, caller: Caller, interview_id: UUID) -> Any:
        """At any time; takes are not given back."""
        person = self.require_participation(caller, interview_id)
        deleted = self.delete_responses(person, "video", "audio", "text")
        if deleted:
            person.responses_deleted_at = self.now
        self.consent(person, False, False)
        return {"interview_id": str(interview_id), "deleted": deleted}

    # ---- submitting and withdrawing ----------------------------------------------------------

    def move(self, person: Participant, status: str, late: bool = False) -> None:
        """active -> completed | withdrawn; withdrawn -> active only by redeeming."""
        if status == person.status:
            return
        if person.status != "active" or status not in ("completed", "withdrawn"):
            raise Refused("PT409", "status_move_not_allowed")
        if status == "withdrawn":
            self.delete_responses(person, "video", "audio", "text")
            person.consents_to_recording = person.consents_to_analysis = False
        else:
            grace = DAY if person.answered else MINUTES_10
            if not late and not person.interview.may_be_finished(self.now, grace):
                raise Refused("PT409", "interview_closed")
            if self.misses_an_answer(person):
                raise Refused("PT409", "responses_missing")
            person.completed_at = self.now
            self.submit(person)
            self.complete_invites(person)
            self.queue(RECEIPT, person.interview.recruiter.id, person)
        person.status = status

    def misses_an_answer(self, person: Participant) -> bool:
        """Whether a required question has none."""
        answered = {response.asked for response in self.responses_of(person, "uploaded")}
        return any(
            q.required and q not in answered
            for q in self.questions
            if q.interview is person.interview
        )

    def submit(self, person: Participant) -> None:
        """What is current is the recruiter's to read; what is not uploaded is not awaited."""
        for response in self.responses_of(person, "started"):
            self.discard(response)
        for response in self.responses_of(person, "uploaded"):
            response.submitted_at = self.now
        self.follow_consent(person, person.consents_to_analysis)

    def complete_invites(self, person: Participant) -> None:
        """Its accepted invite, and earlier ones to the same address that nobody else is linked to:
        it is no longer known which account redeemed those."""
        if person.invite is None:
            return
        others = [other.invite for other in self.participants if other is not person]
        for invite in self.invites:
            if (
                invite.interview is person.interview
                and invite.email == person.invite.email
                and invite.status == "accepted"
                and invite not in others
            ):
                invite.status, invite.completed_at = "completed", self.now

    def unsubmitted(self, interview: object) -> list[Participant]:
        """Who has answered some of its questions and not submitted."""
        return [
            person
            for person in self.participants
            if person.interview is interview and person.status == "active" and person.answered
        ]

    def remind_of_submitting(self) -> int:
        """Once per deadline, when it has passed."""
        queued = 0
        for interview in self.interviews:
            if interview.deadline_stage or not interview.deadline or interview.deadline > self.now:
                continue
            interview.deadline_stage = 1
            if interview.deadline > self.now - DAY:
                due = [p for p in self.unsubmitted(interview) if self.job(SUBMISSION, p) is None]
                queued += self.remind_all(SUBMISSION, due, None)
        return queued

    def submit_late(self) -> int:
        """A day after the deadline, for who has answered what is required."""
        submitted = 0
        for interview in self.interviews:
            if (
                interview.deadline_stage != 1
                or not interview.deadline
                or interview.deadline >= self.now - DAY
            ):
                continue
            interview.deadline_stage = 2
            for person in self.unsubmitted(interview):
                if interview.status != "completed" and not self.misses_an_answer(person):
                    self.move(person, "completed", late=True)
                    submitted += 1
        return submitted
