"""Many people at once: each connection makes random calls, committed one by one, for a while."""

import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from service.mail.jobs import KINDS
from tests.kit import responses
from tests.kit.database import PATIENCE, Database, Refusal

RECRUITERS = 3
CANDIDATES = 24
MAIL_KINDS = list(KINDS)
OUTCOMES = ["accepted", "accepted", "failed", "retry", "released"]


@dataclass
class Call:
    """The result of one call."""

    name: str
    user: uuid.UUID | None
    answer: Any


@dataclass
class Person:
    """One connection, which acts as changing accounts."""

    db: Database
    dice: random.Random
    recruiters: list[uuid.UUID]
    candidates: dict[uuid.UUID, str]
    claimed: list[dict[str, Any]] = field(default_factory=list)
    user: uuid.UUID | None = None

    # ---- choosing ----------------------------------------------------------------------------

    def one_of(self, table: str, where: str = "true", *values: Any) -> dict[str, Any]:
        """A random row, seen before the call begins; one that does not exist if there is none."""
        with self.db.superuser():
            rows = self.db.rows(
                f"select * from {table} where {where} order by random() limit 1", *values
            )
        self.db.connection.commit()
        nothing = {"id": uuid.uuid4(), "email": "nobody@example.com", "invite_code": "000000"}
        return rows[0] if rows else {**nothing, "interview_id": uuid.uuid4()}

    def recruit(self, table: str = "public.interviews") -> dict[str, Any]:
        """Act as a recruiter, nearly always the one of the returned row."""
        row = self.one_of(table)
        self.user = row.get("recruiter_id")
        if self.user is None or self.dice.random() < 0.05:
            self.user = self.dice.choice(self.recruiters)
        self.db.as_user(self.user)
        return row

    def apply(self) -> str:
        """Act as a candidate; returns the address."""
        self.user = self.dice.choice(list(self.candidates))
        self.db.as_user(self.user)
        return self.candidates[self.user]

    def serve(self) -> None:
        """Act as the service."""
        self.user = None
        self.db.as_service()

    def emails(self) -> list[str]:
        """Some addresses."""
        return self.dice.choices(list(self.candidates.values()), k=self.dice.randint(1, 6))

    # ---- recruiters --------------------------------------------------------------------------

    def create_interview(self) -> Any:
        self.user = self.dice.choice(self.recruiters)
        self.db.as_user(self.user)
        return self.db.value(
            "select public.create_interview('New', questions => '{a,b}', emails => %s)",
            self.emails(),
        )["invites"]

    def create_invites(self) -> Any:
        row = self.recruit()
        return self.db.value("select public.create_invites(%s, %s)", row["id"], self.emails())

    def insert_invite(self) -> Any:
        row, email = self.recruit(), self.emails()[0]
        self.db.run(
            "insert into public.interview_invites (interview_id, email) values (%s, %s)",
            row["id"],
            email,
        )
        return [{"outcome": "created"}]

    def delete_invite(self) -> Any:
        row = self.recruit("public.interview_invites")
        self.db.run("delete from public.interview_invites where id = %s", row["id"])

    def resend_invite(self) -> Any:
        row = self.recruit("public.interview_invites")
        return [self.db.value("select public.resend_invite(%s)", row["id"])]

    def revoke_invite(self) -> Any:
        row = self.recruit("public.interview_invites")
        self.db.value("select public.revoke_invite(%s)", row["id"])

    def correct_invite(self) -> Any:
        row, email = self.recruit("public.interview_invites"), self.emails()[0]
        return [self.db.value("select public.correct_invite(%s, %s)", row["id"], email)]

    def change_interview(self) -> Any:
        row = self.recruit()
        status = self.dice.choice(["active"] * 4 + ["inactive", "completed"])
        self.db.run(
            "update public.interviews set status = %s, deadline = now() + %s::interval"
            " where id = %s",
            status,
            self.dice.choice([None, "1 day", "1 hour", "1 second"]),
            row["id"],
        )

    def delete_interview(self) -> Any:
        row = self.recruit()
        self.db.run("delete from public.interviews where id = %s", row["id"])

    def insert_question(self) -> Any:
        row = self.recruit()
        self.db.run(
            "insert into public.interview_questions (interview_id, question, order_index)"
            " values (%s, 'q', %s)",
            row["id"],
            self.dice.randint(0, 5),
        )

    def reorder_questions(self) -> Any:
        row = self.recruit()
        ids = self.db.rows(
            "select id from public.interview_questions where interview_id = %s order by random()",
            row["id"],
        )
        self.db.value(
            "select public.reorder_questions(%s, %s::uuid[])", row["id"], [r["id"] for r in ids]
        )

    # ---- candidates --------------------------------------------------------------------------

    def accept_invite(self) -> Any:
        invite = self.one_of(
            "public.interview_invites", "email = %s and status <> 'expired'", self.apply()
        )
        # Asking ended the transaction, and the role with it.
        self.db.as_user(self.user or "")
        return self.db.value("select public.accept_invite(%s)", invite["invite_code"])

    def guess(self) -> Any:
        self.apply()
        return self.db.value(
            "select public.accept_invite(%s)", f"{self.dice.randrange(1_000_000):06}"
        )

    def resend_my_codes(self) -> Any:
        self.apply()
        return self.db.value("select public.resend_my_codes()")

    def finish(self) -> Any:
        row = self.one_of("public.interview_participants")
        self.user = row.get("user_id")
        self.db.as_user(self.user or uuid.uuid4())
        function = self.dice.choice(["complete_interview", "withdraw_from_interview"])
        return self.db.value(f"select public.{function}(%s)", row["interview_id"])

    def answer(self) -> str:
        """Act as somebody who has joined, about a question; returns its id."""
        row = self.one_of(
            "(select p.user_id, q.id from public.interview_participants p"
            " join public.interview_questions q using (interview_id)"
            " where p.status = 'active') as a"
        )
        self.user = row.get("user_id")
        self.db.as_user(self.user or uuid.uuid4())
        return str(row["id"])

    def record(self) -> Any:
        """From consent to the row of the object, each call a transaction of its own."""
        question = self.answer()
        self.db.run(
            "select public.set_consent(q.interview_id, true) from public.interview_questions q"
            " where q.id = %s",
            question,
        )
        self.db.connection.commit()
        take = responses.start(self.db, self.user or uuid.uuid4(), uuid.UUID(question))
        self.db.connection.commit()
        responses.store(self.db, take["path"])
        return take

    def write_response(self) -> Any:
        question = self.answer()
        return self.db.value(
            "select public.write_response(%s, 'Because.', %s)",
            question,
            self.dice.random() < 0.5,
        )

    def forget(self) -> Any:
        row = self.one_of("public.interview_participants", "answered > 0")
        self.user = row.get("user_id")
        self.db.as_user(self.user or uuid.uuid4())
        call = self.dice.choice(["public.delete_my_responses(%s)", "public.set_consent(%s, false)"])
        return self.db.value(f"select {call}", row["interview_id"])

    # ---- reviewers ---------------------------------------------------------------------------

    def invite_reviewers(self) -> Any:
        row = self.recruit()
        return self.db.value("select public.invite_reviewers(%s, %s)", row["id"], self.emails())

    def remove_reviewer(self) -> Any:
        row = self.recruit("public.interview_reviewers")
        self.db.run("delete from public.interview_reviewers where id = %s", row["id"])

    def join_reviews(self) -> Any:
        """Nearly always somebody who was asked."""
        row = self.one_of("public.interview_reviewers", "user_id is null")
        asked = [id for id, email in self.candidates.items() if email == row["email"]]
        self.user = asked[0] if asked else self.dice.choice(list(self.candidates))
        self.db.as_user(self.user)
        return {"interviews": self.db.value("select public.join_reviews()")}

    def save_review(self) -> Any:
        """By a reviewer, or by the owner."""
        row = self.one_of(
            "(select p.id, coalesce(r.user_id, p.recruiter_id) as reviewer_id"
            " from public.interview_participants p"
            " left join public.interview_reviewers r on r.interview_id = p.interview_id"
            " where p.status = 'completed') as p"
        )
        self.user = row.get("reviewer_id")
        self.db.as_user(self.user or uuid.uuid4())
        return self.db.value(
            "select public.save_review(%s, '[]', %s, %s)",
            row["id"],
            f"Note {self.dice.randint(1, 9)}",
            self.dice.random() < 0.5,
        )

    # ---- the service -------------------------------------------------------------------------

    def work(self) -> Any:
        self.serve()
        self.claimed += self.db.value(
            "select public.claim_jobs(%s, 'w', 20, %s)", MAIL_KINDS, self.dice.choice([1, 60])
        )

    def renew_jobs(self) -> Any:
        self.serve()
        job = self.dice.choice(self.claimed or [{"lease_token": uuid.uuid4(), "job_id": 0}])
        ids = [job["job_id"] for job in self.claimed]
        return self.db.value("select public.renew_jobs(%s, %s, 60)", job["lease_token"], ids)

    def settle_jobs(self) -> Any:
        self.serve()
        self.dice.shuffle(self.claimed)
        results = [
            {**job, "outcome": self.dice.choice(OUTCOMES), "error": "4xx", "retry_in": 0}
            for job in self.claimed[:20]
        ]
        self.claimed = self.claimed[10:]
        return self.db.value("select public.settle_jobs(%s)", Jsonb(results))

    def claim_invite_mail(self) -> Any:
        row = self.one_of("public.interview_invites")
        self.serve()
        return self.db.value(
            "select public.claim_invite_mail(%s, %s, 'web', 1)", row["email"], row["invite_code"]
        )

    def pause_and_resume(self) -> Any:
        self.serve()
        kinds = self.dice.sample(MAIL_KINDS, self.dice.randint(1, 3))
        self.db.value("select public.pause_jobs(%s, 'refused', 1)", kinds)
        self.db.value("select public.resume_jobs(%s)", kinds)

    def retry_jobs(self) -> Any:
        self.serve()
        return self.db.value("select public.retry_jobs(%s, now() - interval '1 hour')", MAIL_KINDS)

    def run_maintenance(self) -> Any:
        self.serve()
        return self.db.value("select public.run_maintenance()")

    def invite_candidates(self) -> Any:
        self.serve()
        return self.db.value("select public.invite_candidates(%s)", self.emails())

    def transfer_interviews(self) -> Any:
        source, heir = self.dice.sample(self.recruiters, 2)
        self.serve()
        return self.db.value("select public.transfer_interviews(%s, %s, 2)", source, heir)


# The relative frequencies.
WEIGHTS: dict[Callable[[Person], Any], int] = {
    Person.create_interview: 4,
    Person.create_invites: 8,
    Person.insert_invite: 3,
    Person.delete_invite: 2,
    Person.resend_invite: 4,
    Person.revoke_invite: 2,
    Person.correct_invite: 4,
    Person.change_interview: 3,
    Person.delete_interview: 1,
    Person.insert_question: 2,
    Person.reorder_questions: 2,
    Person.accept_invite: 20,
    Person.guess: 1,
    Person.resend_my_codes: 4,
    Person.finish: 8,
    Person.record: 12,
    Person.write_response: 4,
    Person.forget: 2,
    Person.invite_reviewers: 4,
    Person.remove_reviewer: 2,
    Person.join_reviews: 5,
    Person.save_review: 8,
    Person.work: 6,
    Person.renew_jobs: 3,
    Person.settle_jobs: 6,
    Person.claim_invite_mail: 3,
    Person.pause_and_resume: 1,
    Person.retry_jobs: 1,
    Person.run_maintenance: 2,
    Person.invite_candidates: 1,
    Person.transfer_interviews: 2,
}


def go_on(person: Person, until: float) -> list[Call]:
    """Calls until a moment of time.monotonic(), each in a transaction as PostgREST's are."""
    calls = []
    while time.monotonic() < until:
        (what,) = person.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        person.user = None
        answer: Any
        try:
            answer = what(person)
            person.db.connection.commit()
        except psycopg.Error as error:
            person.db.connection.rollback()
            answer = Refusal.of(error)
        calls.append(Call(what.__name__, person.user, answer))
    return calls


def play(
    url: str,
    recruiters: list[uuid.UUID],
    candidates: dict[uuid.UUID, str],
    *,
    connections: int,
    seconds: float,
    seed: int,
) -> list[Call]:
    """The results of all calls."""
    until = time.monotonic() + seconds

    def carry_out(number: int) -> list[Call]:
        connection: psycopg.Connection[Any]
        with psycopg.connect(url, options=PATIENCE) as connection:
            dice = random.Random(f"{seed} {number}")
            return go_on(Person(Database(connection), dice, recruiters, candidates), until)

    with ThreadPoolExecutor(connections) as pool:
        return [call for calls in pool.map(carry_out, range(connections)) for call in calls]
