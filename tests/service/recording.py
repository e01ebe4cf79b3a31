"""A candidate who records, over HTTP as the browser does."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.kit.gateway import Gateway
from tests.service.conftest import ANON_KEY, Seed, address, token

BUCKET = "interview-responses"
WEBM = b"\x1aE\xdf\xa3 a recording"


def questions(seed: Seed, interview: uuid.UUID, count: int) -> list[uuid.UUID]:
    """Ask so many questions in an interview that takes every kind of answer."""
    seed.run(
        "update public.interviews set response_kinds = '{video,audio,text}' where id = %s",
        interview,
    )
    seed.run(
        "insert into public.interview_questions (interview_id, question, order_index)"
        " select %s, 'Question ' || n, n from generate_series(1, %s) as n",
        interview,
        count,
    )
    seed.connection.rollback()
    rows = seed.connection.execute(
        "select id from public.interview_questions where interview_id = %s order by order_index",
        (interview,),
    )
    return [row["id"] for row in rows]


@dataclass
class Candidate:
    """Somebody who has joined an interview and consents to being recorded."""

    seed: Seed
    supabase: Gateway
    interview: uuid.UUID
    email: str = field(default_factory=address)

    def __post_init__(self) -> None:
        (invited,) = self.seed.invite(self.interview, self.email)
        self.account = self.seed.db.account(self.email)
        self.seed.db.accept(self.account, invited.code)
        self.participant = uuid.UUID(
            self.seed.db.value(
                "select id::text from public.interview_participants where user_id = %s",
                self.account,
            )
        )
        self.seed.connection.commit()
        self.rpc("set_consent", interview_id=self.interview, recording=True)

    @property
    def headers(self) -> dict[str, str]:
        """As this candidate, to Supabase."""
        bearer = f"Bearer {token(sub=str(self.account))}"
        return {"apikey": ANON_KEY, "Authorization": bearer}

    def rpc(self, function: str, **arguments: Any) -> Any:
        """Call a function of the database."""
        given = {
            name: str(value) if isinstance(value, uuid.UUID) else value
            for name, value in arguments.items()
        }
        url = f"{self.supabase.url}/rest/v1/rpc/{function}"
        answer = httpx.post(url, json=given, headers=self.headers)
        assert answer.is_success, answer.text
        return answer.json()

    def record(self, question: uuid.UUID, content: bytes = WEBM) -> dict[str, Any]:
        """Record and upload one take; what start_response says of it."""
        take: dict[str, Any] = self.rpc(
            "start_response", question_id=question, mime_type="video/webm"
        )
        answer = httpx.post(
            f"{self.supabase.url}/storage/v1/object/{BUCKET}/{take['path']}",
            content=content,
            headers={**self.headers, "Content-Type": "video/webm"},
        )
        assert answer.is_success, answer.text
        return take

    def submit(self) -> None:
        """Complete the interview."""
        self.rpc("complete_interview", interview_id=self.interview)


def joined(seed: Seed, supabase: Gateway, count: int = 2) -> tuple[Candidate, list[uuid.UUID]]:
    """A candidate, and the questions of their interview."""
    interview = seed.interview()
    asked = questions(seed, interview, count)
    return Candidate(seed, supabase, interview), asked


def stored(seed: Seed, paths: Sequence[str]) -> set[str]:
    """Which of these files exist."""
    seed.connection.rollback()
    rows = seed.connection.execute(
        "select name from storage.objects where bucket_id = %s and name = any (%s)",
        (BUCKET, list(paths)),
    )
    return {row["name"] for row in rows}


def as_account(account: uuid.UUID) -> dict[str, str]:
    """An account's own token, forwarded."""
    return {"Authorization": f"Bearer {token(sub=str(account))}"}


def owner(seed: Seed, interview: uuid.UUID) -> uuid.UUID:
    """The recruiter's account."""
    seed.connection.rollback()
    row = seed.connection.execute(
        "select recruiter_id from public.interviews where id = %s", (interview,)
    ).fetchone()
    assert row is not None
    found: uuid.UUID = row["recruiter_id"]
    return found


def recruiter_of(seed: Seed, interview: uuid.UUID) -> dict[str, str]:
    """The token of the interview's recruiter."""
    return as_account(owner(seed, interview))
