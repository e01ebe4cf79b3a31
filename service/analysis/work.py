"""Jobs of analyses, as the database hands them out."""

from typing import Literal

from pydantic import Field

from service import jobs
from service.jobs import Work
from service.supabase_api import Supabase

Kind = Literal["response_check", "response_transcript"]
CHECK: Kind = "response_check"
TRANSCRIPT: Kind = "response_transcript"


class Analysis(Work):
    """A recording to be read; `max_seconds` is how long it may be."""

    kind: Kind
    bucket: str
    path: str
    mime_type: str
    size_bytes: int = Field(ge=0)
    language: str
    max_seconds: int = Field(gt=0)


Job = jobs.Job[Analysis]


class Jobs(jobs.Jobs[Analysis]):
    """The queue of one step; `supabase` is called as the service role."""

    def __init__(self, supabase: Supabase, kind: Kind, lease: int = 60) -> None:
        super().__init__(supabase, [kind], Analysis, lease)
