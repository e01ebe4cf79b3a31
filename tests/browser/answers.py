"""Candidates who have answered, as a recruiter's pages show them; real recordings in Storage."""

from dataclasses import dataclass
from typing import Any

from local import demo
from local.recordings import RECORDINGS
from local.uploading import begin
from tests.browser.site import Interview, Site

QUESTIONS = ["What did you build?", "Why did you leave?", "Which sound helps?", "Anything else?"]
TEXT = "Because the work was done.\nAnd another one called."


@dataclass
class Answering:
    """A candidate who has joined and agreed to be recorded."""

    site: Site
    recruiter: str
    email: str
    interview: Interview
    api: demo.Person
    participant: str
    questions: list[str]

    @property
    def page(self) -> str:
        """Where their recruiter reads of them."""
        return f"/recruiters/{self.interview.id}/candidates/{self.participant}"

    def record(self, number: int, mime_type: str = "video/webm") -> None:
        """Upload a recording as the answer to a question, counted from 1."""
        recording = RECORDINGS[number % 2]
        take = demo.value(
            self.api.call(
                "start_response", question_id=self.questions[number - 1], mime_type=mime_type
            )
        )
        begin(
            self.api.storage,
            self.api.headers,
            take["bucket"],
            take["path"],
            recording.video.read_bytes(),
            mime_type,
            recording.seconds,
        ).send()

    def write(self, number: int, text: str = TEXT) -> None:
        """Answer a question in text."""
        question = self.questions[number - 1]
        demo.value(self.api.call("write_response", question_id=question, answer=text))

    def end(self, function: str = "complete_interview") -> None:
        """Submit, withdraw or delete."""
        demo.value(self.api.call(function, interview_id=self.interview.id))


def answering(site: Site, questions: list[str] = QUESTIONS, **more: Any) -> Answering:
    """A candidate of an interview with these questions, which may be answered in any way."""
    recruiter, email = site.person("recruiter"), site.person()
    more = {"response_kinds": ["video", "audio", "text"], **more}
    interview = site.interview(email, recruiter=recruiter, questions=questions, **more)
    return join(site, recruiter, email, interview)


def join(site: Site, recruiter: str, email: str, interview: Interview) -> Answering:
    """Somebody who was invited to this interview, and now takes part."""
    api = site.api(email)
    joined = demo.value(api.call("accept_invite", code=interview.codes[email]))
    demo.value(api.call("set_consent", interview_id=interview.id, recording=True))
    rows = api.rows("interview_questions", interview_id=f"eq.{interview.id}", order="order_index")
    ids = [row["id"] for row in rows]
    return Answering(site, recruiter, email, interview, api, joined["participant_id"], ids)


def answered(site: Site) -> Answering:
    """The same, who has submitted a video, a text and a sound, and left one question out."""
    candidate = answering(site)
    candidate.record(1)
    candidate.write(2)
    candidate.record(3, "audio/webm")
    candidate.end()
    return candidate


def submitted(site: Site) -> Answering:
    """A candidate who has answered in text, and submitted that."""
    candidate = answering(site)
    candidate.write(1)
    candidate.end()
    return candidate
