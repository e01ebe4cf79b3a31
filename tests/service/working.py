"""A tenant at work: a recruiter and their candidates, each of whose calls must succeed."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.http.api import Person, Row, value
from tests.kit.database import Database
from tests.kit.waiting import meanwhile

CANDIDATES = 3
QUESTIONS = ["Why?", "Why not?"]


def addresses(rounds: int) -> list[str]:
    """Of all candidates of so many rounds."""
    return [f"c{number}.{n}@tenant.example" for number in range(rounds) for n in range(CANDIDATES)]


def settle_in(db: Database, rounds: int) -> tuple[uuid.UUID, list[str]]:
    """The recruiter, and an invite for each round that may be sent again."""
    recruiter = db.account("recruiter@tenant.example", full_name="Rita Tenant", roles=["recruiter"])
    interview = db.interview(recruiter, "Long open")
    emails = [f"again{number}@tenant.example" for number in range(rounds)]
    rows = db.as_user(recruiter).value("select public.create_invites(%s, %s)", interview, emails)
    return recruiter, [row["invite_id"] for row in rows]


@dataclass
class Tenant:
    """`mailed` are the addresses that must have mail in the end."""

    recruiter: Person
    again: list[str]
    sign_up: Callable[[str], Person]
    backend: Person
    """The service-role key, with which the worker calls."""
    service: httpx.Client
    mailed: list[str] = field(default_factory=list)
    maintained: int = 0

    def work(self, number: int) -> None:
        """One round: an interview from its creation to its last submission."""
        emails = addresses(number + 1)[-CANDIDATES:]
        made = value(
            self.recruiter.rpc(
                "create_interview",
                title=f"Interview {number}",
                questions=QUESTIONS,
                emails=emails,
                response_kinds=["text"],
            )
        )
        interview = made["interview_id"]
        codes = {row["email"]: row["invite_code"] for row in made["invites"]}
        self.invite(interview, number)
        one, other, third = (self.sign_up(email) for email in emails)
        self.answer(one, codes[one.email], interview)
        value(other.rpc("accept_invite", code=codes[other.email]))
        value(other.rpc("withdraw_from_interview", interview_id=interview))
        # The hostile have invited them as well, and may hold those invites.
        assert value(third.rpc("resend_my_codes"))["queued"] >= 1
        found = value(
            self.recruiter.update("interviews", {"description": "New"}, id=f"eq.{interview}")
        )
        assert len(found) == 1
        (stats,) = self.recruiter.rows("interview_stats", interview_id=f"eq.{interview}")
        assert (stats["joined"], stats["completed"]) == (2, 1)
        # The other redeemed the code, perhaps before it was mailed, which it then is not.
        self.mailed += [one.email, third.email]

    def invite(self, interview: str, number: int) -> None:
        """Everything that can be done with invites."""
        again = self.again[number]
        assert value(self.recruiter.rpc("resend_invite", invite_id=again))["outcome"] == "renewed"
        row = {"interview_id": interview, "email": f"direct{number}@tenant.example"}
        (direct,) = value(self.recruiter.insert("interview_invites", row))
        corrected = value(
            self.recruiter.rpc(
                "correct_invite", invite_id=direct["id"], email=f"right{number}@tenant.example"
            )
        )
        assert corrected["outcome"] == "corrected"
        value(self.recruiter.rpc("revoke_invite", invite_id=direct["id"]))
        answer = self.service.post(
            f"/interviews/{interview}/invites",
            json={"emails": [f"service{number}@tenant.example"]},
            headers={"Authorization": f"Bearer {self.recruiter.token}"},
        )
        assert [row["outcome"] for row in value(answer)["invites"]] == ["created"]
        (other,) = value(
            self.recruiter.insert(
                "interviews", {"title": "Not needed", "recruiter_id": self.recruiter.id}
            )
        )
        assert len(value(self.recruiter.delete("interviews", id=f"eq.{other['id']}"))) == 1
        self.mailed.append(f"service{number}@tenant.example")

    def answer(self, candidate: Person, code: str, interview: str) -> None:
        """From the code to the submission."""
        value(candidate.rpc("accept_invite", code=code))
        questions: list[Row] = candidate.rows("interview_questions", order="order_index")
        for question in questions:
            value(candidate.rpc("write_response", question_id=question["id"], answer="Because"))
        done = value(candidate.rpc("complete_interview", interview_id=interview))
        assert done["status"] == "completed"

    @contextmanager
    def maintained_all_the_time(self) -> Iterator[None]:
        """Maintenance runs again and again until the end of the block, and never fails."""

        def go_on(over: threading.Event) -> None:
            while not over.wait(0.1):
                self.maintained += "skipped" not in value(self.backend.rpc("run_maintenance"))

        with meanwhile(go_on):
            yield
