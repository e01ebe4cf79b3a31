"""Candidates with recordings to be analysed, and analysts."""

import uuid
from dataclasses import dataclass
from typing import Any

from local.recordings import RECORDINGS
from service.analysis.engines import Engine, Local, check
from service.analysis.worker import Analyst
from service.runtime import Runtime
from tests.kit.gateway import Gateway
from tests.service.conftest import Seed
from tests.service.recording import Candidate, joined

SPOKEN = RECORDINGS[0]
ANALYST = ("-m", "flask", "--app", "service", "analyst")


@dataclass
class Recorded:
    """Somebody who consents to analysis, and has recorded answers."""

    seed: Seed
    candidate: Candidate
    takes: list[dict[str, Any]]

    @property
    def response(self) -> str:
        """The id of the first."""
        return str(self.takes[0]["response_id"])

    def analysis(self, step: str, response: str | None = None) -> dict[str, Any] | None:
        """The row of a step, if there is one."""
        self.seed.connection.rollback()
        row: dict[str, Any] | None = self.seed.connection.execute(
            "select * from public.response_analyses where response_id = %s and step = %s",
            (response or self.response, step),
        ).fetchone()
        return row

    def status(self, step: str, response: str | None = None) -> str | None:
        row = self.analysis(step, response)
        return str(row["status"]) if row else None


def recorded(
    seed: Seed, storage: Gateway, *contents: bytes, submitted: bool = True, consents: bool = True
) -> Recorded:
    """Recordings with this content, the committed one if none is given."""
    contents = contents or (SPOKEN.video.read_bytes(),)
    candidate, questions = joined(seed, storage, len(contents))
    candidate.rpc(
        "set_consent", interview_id=candidate.interview, recording=True, analysis=consents
    )
    takes = [
        candidate.record(question, content)
        for question, content in zip(questions, contents, strict=True)
    ]
    if submitted:
        candidate.submit()
    # The mails of it are not what is looked at.
    seed.run("delete from private.jobs where kind not like 'response\\_%%'")
    return Recorded(seed, candidate, takes)


def checker(runtime: Runtime, engine: Engine = check) -> Analyst:
    """Checks, when it is told to."""
    return Analyst(runtime.supabase, runtime.checks, engine, lambda seconds: None)


def transcriber(runtime: Runtime, engine: Engine | None = None) -> Analyst:
    """Transcribes, when it is told to."""
    engine = engine or Local(None)
    return Analyst(runtime.supabase, runtime.transcripts, engine, lambda seconds: None)


def analysis_jobs(seed: Seed, kind: str = "response_check") -> list[dict[str, Any]]:
    """The jobs of a step."""
    return [job for job in seed.jobs() if job["kind"] == kind]


def leased(seed: Seed, kind: str = "response_check") -> list[uuid.UUID]:
    """The recordings that somebody holds."""
    return [job["subject"] for job in analysis_jobs(seed, kind) if job["lease_token"]]
