"""What hostile accounts do, over and over, through PostgREST and the service as anybody can.

Filters that take seconds hold what they have touched until PostgreSQL cancels them after 8 seconds;
the others do what has a limit, far beyond it.
"""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import httpx

from tests.http.api import Person
from tests.kit.database import Database
from tests.kit.waiting import meanwhile
from tests.service.conftest import token

Call = Callable[[int], httpx.Response]

ACCOUNTS = 8
SEEDED = 2_000
LONG = "a" * 99_999
# Seconds for LONG, and no time for aaaa, which is like it.
SLOW = r"match.^(.+)(.+)\1\2c?$"
# Seconds for the status withdrawn.
SLOW_STATUS = "".join(["^", "(.*)" * 22, *(rf"\\{n}" for n in range(1, 23)), r"(.)\\23$"])
CELLS = b"a@b," * 1_040_000
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ROLLBACK = {"Prefer": "tx=rollback"}
# What must have answered them, among other things.
CANCELLED = {"57014"}
REFUSED = {
    "delete_by_a_slow_filter": CANCELLED,
    "update_by_a_slow_filter": CANCELLED,
    "participate_by_a_slow_filter": CANCELLED,
    "insert_20_000": {"too_many_rows", "invites_per_day_reached"} | CANCELLED,
    "revoke": {"invite_not_found"},
    "ask_250": {"too_many_questions"},
    "insert_250": {"too_many_questions"},
    "guess": {"too_many_attempts"},
    "have_codes_sent": {"codes_sent_recently"},
    "forge_a_token": {"invalid_token"},
    "try_tokens": {"invalid_token"},
}


def forged(number: int) -> str:
    """A token, signed by somebody else."""
    return token(secret="not the project's secret, but as long", sub=str(uuid.UUID(int=number)))


@dataclass
class Held:
    """What the database has of them at first."""

    recruiters: list[uuid.UUID]
    interviews: list[uuid.UUID]
    """One of each recruiter, to which the tenant's candidates are invited."""
    seeded: list[uuid.UUID]
    """Interviews with many invites."""
    invites: list[uuid.UUID]
    """Those of the first, not mailed for long."""
    guesser: uuid.UUID
    participant: uuid.UUID
    """Of the guesser in the third one's interview, whose deadline has passed."""
    link: str
    """To unsubscribe from the first one."""


def settle_in(db: Database, targets: list[str]) -> Held:
    """Put their accounts and rows into the database; `targets` are the tenant's candidates."""
    recruiters = [db.account(full_name=f"Hostile {n}") for n in range(ACCOUNTS)]
    guesser = db.account("guesser@hostile.example")
    interviews = [db.interview(one, "Yours too", description="aaaa") for one in recruiters]
    for recruiter, interview in zip(recruiters, interviews, strict=True):
        db.as_user(recruiter).value("select public.create_invites(%s, %s)", interview, targets)
        db.interview(recruiter, "Slow", description=LONG)
    five = [f"reminded{n}@hostile.example" for n in range(5)]
    rows = db.as_user(recruiters[0]).value(
        "select public.create_invites(%s, %s)", interviews[0], five
    )
    left = db.interview(recruiters[2], "Left")
    for interview in (interviews[2], left):
        invite = db.invite(recruiters[2], interview, "guesser@hostile.example")
        db.accept(guesser, invite["invite_code"])
    db.as_user(guesser).value("select public.withdraw_from_interview(%s)", left)
    participant = db.participant_row(interviews[2], guesser)["id"]
    seeded = [db.interview(recruiters[n], f"Seeded {n}") for n in (4, 5, 5, 5, 6)]
    with db.without_triggers():
        for interview in seeded:
            db.run(
                "insert into public.interview_invites (interview_id, recruiter_id, recruiter_name,"
                " email, invite_code, delivery_status) select id, recruiter_id, 'H',"
                " case when n = 1 then 'guesser@hostile.example'"
                " else 's' || n || '@hostile.example' end,"
                " lpad((trunc(random() * 400) * 2500 + n)::text, 6, '0'), 'accepted'"
                " from public.interviews, generate_series(1, %s) as n where id = %s"
                " on conflict do nothing",
                SEEDED,
                interview,
            )
        # As if their one participant had answered, so that maintenance has something to do.
        db.run("update public.interview_participants set answered = 1 where id = %s", participant)
        link = db.value(
            "select private.unsubscribe_token(link_secret, %s, %s, %s) from private.settings",
            recruiters[0],
            rows[0]["invite_id"],
            five[0],
        )
    return Held(
        recruiters,
        interviews,
        seeded,
        [uuid.UUID(row["invite_id"]) for row in rows],
        guesser,
        participant,
        link,
    )


@dataclass
class Hostile:
    """All of them at work; `seen` counts what they did and what they were told."""

    held: Held
    people: list[Person]
    guesser: Person
    backend: Person
    """The service role, which transfers their interviews."""
    service: httpx.Client
    targets: list[str]
    seen: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def connections(self) -> list[list[Call]]:
        """What each connection does in turn."""
        return [
            [self.delete_by_a_slow_filter],
            [self.update_by_a_slow_filter],
            [self.participate_by_a_slow_filter],
            [self.insert_20_000, self.invite, self.resend, self.revoke, self.correct],
            [self.move_the_deadline, self.ask_250, self.insert_250, self.reword, self.phish],
            [self.delete_many, self.invite_meanwhile, self.transfer, self.search, self.match],
            [self.guess, self.have_codes_sent, self.unsubscribe, self.forge_a_link],
            [self.forge_a_token, self.try_tokens],
        ]

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All connections at once, until the end of the block."""
        with meanwhile(*(partial(self.go_on, calls) for calls in self.connections())):
            yield

    def go_on(self, calls: list[Call], over: threading.Event) -> None:
        """One connection."""
        for number in count():
            for call in calls:
                if over.is_set():
                    return
                self.note(call.__name__, call(number))

    def note(self, call: str, answer: httpx.Response) -> None:
        """Count an answer."""
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        said = body if isinstance(body, dict) else {}
        slug = said.get("details") if str(said.get("code", "")).startswith("PT") else None
        self.seen[call, answer.status_code, slug or said.get("code") or ""] += 1

    def told(self, call: str) -> set[str]:
        """The slugs and codes that answered a call; empty for success."""
        return {slug for name, _, slug in self.seen if name == call}

    # ---- filters that take seconds ---------------------------------------------------------------

    def delete_by_a_slow_filter(self, number: int) -> httpx.Response:
        """Holds the interview and its invites."""
        return self.people[1].send("DELETE", "/interviews", None, ROLLBACK, description=SLOW)

    def update_by_a_slow_filter(self, number: int) -> httpx.Response:
        """Holds the interview."""
        values = {"company_number": str(number)}
        return self.people[2].send("PATCH", "/interviews", values, ROLLBACK, description=SLOW)

    def participate_by_a_slow_filter(self, number: int) -> httpx.Response:
        """Holds a participant for whom maintenance has something to do."""
        either = f'(id.eq.{self.held.participant},status.match."{SLOW_STATUS}")'
        path, values = "/interview_participants", {"status": "active"}
        return self.guesser.send("PATCH", path, values, **{"or": either})

    # ---- inviting --------------------------------------------------------------------------------

    def insert_20_000(self, number: int) -> httpx.Response:
        """Too many, but only after they are in."""
        interview = str(self.held.interviews[3])
        size = 20_000 if number % 5 == 0 else 1_000
        rows = [
            {"interview_id": interview, "email": f"i{number}.{n}@hostile.example"}
            for n in range(size)
        ]
        return self.people[3].send("POST", "/interview_invites", rows, ROLLBACK)

    def invite(self, number: int) -> httpx.Response:
        """Until the day's limit, and beyond."""
        emails = [f"m{number}.{n}@hostile.example" for n in range(40)] + self.targets
        return self.people[3].rpc(
            "create_invites", interview_id=str(self.held.interviews[3]), emails=emails
        )

    def invite_meanwhile(self, number: int) -> httpx.Response:
        """The same account deletes its interviews."""
        emails = [f"d{number}.{n}@hostile.example" for n in range(20)]
        return self.people[5].rpc(
            "create_invites", interview_id=str(self.held.interviews[5]), emails=emails
        )

    def resend(self, number: int) -> httpx.Response:
        """Each mail again."""
        invite = self.held.invites[number % len(self.held.invites)]
        return self.people[0].rpc("resend_invite", invite_id=str(invite))

    def revoke(self, number: int) -> httpx.Response:
        """Somebody else's invite."""
        invite = self.held.invites[number % len(self.held.invites)]
        return self.people[1].rpc("revoke_invite", invite_id=str(invite))

    def correct(self, number: int) -> httpx.Response:
        """A new mail for each correction."""
        email = f"corrected{number}@hostile.example"
        return self.people[0].rpc(
            "correct_invite", invite_id=str(self.held.invites[4]), email=email
        )

    def phish(self, number: int) -> httpx.Response:
        """A title that is a mail of its own."""
        title = "Your account is suspended. Verify now: https://evil.example"
        return self.people[4].rpc("create_interview", title=title, emails=self.targets[:1])

    # ---- interviews ------------------------------------------------------------------------------

    def move_the_deadline(self, number: int) -> httpx.Response:
        """Each new deadline is a reason for reminders."""
        deadline = datetime.now(UTC) + timedelta(hours=23, seconds=number)
        return self.people[0].update(
            "interviews", {"deadline": deadline.isoformat()}, id=f"eq.{self.held.interviews[0]}"
        )

    def ask_250(self, number: int) -> httpx.Response:
        """25 million letters."""
        return self.people[4].rpc("create_interview", title="Long", questions=[LONG] * 250)

    def insert_250(self, number: int) -> httpx.Response:
        """The same, directly."""
        interview = str(self.held.interviews[4])
        rows = [
            {"interview_id": interview, "question": LONG, "order_index": n} for n in range(1, 251)
        ]
        return self.people[4].send("POST", "/interview_questions", rows)

    def reword(self, number: int) -> httpx.Response:
        """The same by small questions that grow."""
        interview = str(self.held.interviews[4])
        if number == 0:
            rows = [
                {"interview_id": interview, "question": "Why?", "order_index": n}
                for n in range(1, 101)
            ]
            return self.people[4].send("POST", "/interview_questions", rows)
        return self.people[4].update(
            "interview_questions", {"question": LONG}, interview_id=f"eq.{interview}"
        )

    def delete_many(self, number: int) -> httpx.Response:
        """An interview with many invites."""
        seeded = self.held.seeded[1 + number % 3]
        return self.people[5].delete("interviews", select="id", id=f"eq.{seeded}")

    def transfer(self, number: int) -> httpx.Response:
        """All that two of them have, to and fro."""
        one, other = (self.held.recruiters[6 + (number + side) % 2] for side in (0, 1))
        return self.backend.rpc(
            "transfer_interviews", from_recruiter=str(one), to_recruiter=str(other)
        )

    def search(self, number: int) -> httpx.Response:
        """Everything, counted."""
        counted = {"Prefer": "count=exact"}
        return self.people[4].send("GET", "/interview_invites", None, counted, email="ilike.*s*1*")

    def match(self, number: int) -> httpx.Response:
        """The same by a pattern."""
        return self.people[4].send("GET", "/interview_invites", email=r"match.^(.*)(.*)(.*)\1\2\3$")

    # ---- candidates, links, the service ----------------------------------------------------------

    def guess(self, number: int) -> httpx.Response:
        """One code after the other."""
        return self.guesser.rpc("accept_invite", code=f"{number % 1_000_000:06}")

    def have_codes_sent(self, number: int) -> httpx.Response:
        """Again and again."""
        return self.guesser.rpc("resend_my_codes")

    def unsubscribe(self, number: int) -> httpx.Response:
        """By a link that is good."""
        return self.service.post(f"/unsubscribe/{self.held.link}", data=ONE_CLICK)

    def forge_a_link(self, number: int) -> httpx.Response:
        """By one that is not."""
        return self.service.post(f"/unsubscribe/{'A' * 86}", data=ONE_CLICK)

    def forge_a_token(self, number: int) -> httpx.Response:
        """A list of a million cells."""
        return self._call("text/csv", forged(0), CELLS)

    def try_tokens(self, number: int) -> httpx.Response:
        """Another one each time, more slowly than the service allows."""
        time.sleep(0.2)
        body = b'{"emails": ["a@example.com"]}'
        return self._call("application/json", forged(number), body)

    def _call(self, content_type: str, bearer: str, content: bytes) -> httpx.Response:
        try:
            return self.service.post(
                f"/interviews/{self.held.interviews[0]}/invites",
                content=content,
                headers={"Authorization": f"Bearer {bearer}", "Content-Type": content_type},
            )
        except httpx.TransportError:
            # It answers before the whole body has come, and closes the connection.
            return httpx.Response(401, json={"code": "invalid_token"})
