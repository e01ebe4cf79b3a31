"""What candidates record and write next, and what becomes of the objects: rules for hypothesis."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.kit.database import Refusal
from tests.model.people import UNKNOWN, candidates, nth
from tests.model.recording import SIZE
from tests.model.recruiters import Recruiters
from tests.model.rows import Caller, Participant, Question
from tests.model.state import REMOVAL

SERVICE = Caller("service")
KINDS = st.sampled_from(["video/webm", "video/webm", "audio/webm", "text/html"])
STORE = (
    "insert into storage.objects (bucket_id, name, metadata) values ('interview-responses',"
    f""" %(path)s, '{{"eTag": "x", "size": {SIZE}, "mimetype": "video/webm"}}')"""
)
REMOVE = "delete from storage.objects where bucket_id = 'interview-responses' and name = %(path)s"


class Answers(Recruiters):
    """Takes, texts, consent and objects."""

    def person(self, n: int, somebody: str | None) -> tuple[Caller, Participant | None]:
        """A participant, and who speaks for them: they themselves, or an account that may not."""
        person = self.pick(self.world.participants, n)
        if person and not somebody:
            return Caller("user", person.user), person
        return self.caller(somebody or "bob"), person

    def question(self, person: Participant | None, n: int) -> UUID:
        """One of their interview's; n 9 is another's, or none."""
        mine: list[Question] = [
            q for q in self.world.questions if person and q.interview is person.interview
        ]
        return self.id(self.world.questions if n == 9 else mine, n % 9)

    @rule(n=nth, question=nth, mime_type=KINDS, somebody=st.none() | candidates)
    def start_response(self, n: int, question: int, mime_type: str, somebody: str | None) -> None:
        caller, person = self.person(n, somebody)
        asked = self.question(person, question)
        self.call(caller, "start_response", question_id=asked, mime_type=mime_type)

    @precondition(lambda self: self.world.responses)
    @rule(n=st.integers(0, 8), times=st.integers(1, 2))
    def upload(self, n: int, times: int) -> None:
        """Storage finishes an upload to some path that was given once."""
        recordings = [r for r in self.world.responses if r.mime_type]
        started = [r for r in recordings if r.status == "started"]
        response = self.pick(started if n % 2 == 0 and started else recordings, n)
        if response:
            path = response.object_path
            for _ in range(times):
                sql = STORE.replace("video/webm", response.mime_type)
                self.write(SERVICE, "store", sql, path=path)

    @precondition(lambda self: self.world.participants)
    @rule(n=st.integers(0, 8), question=st.integers(0, 8), mime_type=KINDS)
    def record(self, n: int, question: int, mime_type: str) -> None:
        """Agree, start and upload, as far as it is allowed."""
        caller, person = self.person(n, None)
        assert person
        asked = self.question(person, question)
        if not person.consents_to_recording:
            self.set_consent(n, True, False, None)
        take = self.call(caller, "start_response", question_id=asked, mime_type=mime_type)
        if not isinstance(take, Refusal):
            self.write(SERVICE, "store", STORE.replace("video/webm", mime_type), path=take["path"])

    @rule(
        n=nth,
        question=nth,
        answer=st.sampled_from(["Because.", " It is so.\n", "", "\u200b "]),
        replace=st.booleans(),
        somebody=st.none() | candidates,
    )
    def write_response(
        self, n: int, question: int, answer: str, replace: bool, somebody: str | None
    ) -> None:
        caller, person = self.person(n, somebody)
        self.call(
            caller,
            "write_response",
            question_id=self.question(person, question),
            answer=answer,
            replace=replace,
        )

    @rule(n=nth, recording=st.booleans(), analysis=st.booleans(), somebody=st.none() | candidates)
    def set_consent(self, n: int, recording: bool, analysis: bool, somebody: str | None) -> None:
        caller, person = self.person(n, somebody)
        self.call(
            caller,
            "set_consent",
            interview_id=person.interview.id if person else UNKNOWN,
            recording=recording,
            analysis=analysis,
        )

    @rule(n=nth, somebody=st.none() | candidates)
    def delete_my_responses(self, n: int, somebody: str | None) -> None:
        caller, person = self.person(n, somebody)
        self.call(
            caller,
            "delete_my_responses",
            interview_id=person.interview.id if person else UNKNOWN,
        )

    @rule(
        n=nth,
        change=st.tuples(st.just("required"), st.booleans())
        | st.tuples(st.just("max_takes"), st.sampled_from([1, 2, 3]))
        | st.tuples(st.just("question"), st.sampled_from(["Reworded?", "Why?"])),
    )
    def change_question(self, n: int, change: tuple[str, Any]) -> None:
        """By its recruiter; what was answered keeps its wording."""
        question = self.pick(self.world.questions, n)
        column, value = change
        self.write(
            Caller("user", question.interview.recruiter) if question else self.caller("rita"),
            "change_question",
            f"update public.interview_questions set {column} = %(value)s where id = %(id)s",
            id=question.id if question else UNKNOWN,
            column=column,
            value=value,
        )

    @rule(outcome=st.sampled_from(["accepted", "accepted", "accepted", "retry", "failed"]))
    def remove_objects(self, outcome: str) -> None:
        """A worker claims removals, removes the objects by the Storage API, and settles."""
        jobs: list[dict[str, Any]] = self.call(
            SERVICE, "claim_jobs", kinds=[REMOVAL], worker="one", batch=50, lease_seconds=60
        )
        # Storage allows itself to delete rows.
        self.db.run("select set_config('storage.allow_delete_query', 'true', false)")
        for job in jobs:
            if outcome == "accepted":
                self.write(SERVICE, "remove", REMOVE, path=job["path"])
        self.db.run("select set_config('storage.allow_delete_query', 'false', false)")
        self.call(
            SERVICE,
            "settle_jobs",
            results=[
                {"job_id": job["job_id"], "lease_token": job["lease_token"], "outcome": outcome}
                for job in jobs
            ],
        )
