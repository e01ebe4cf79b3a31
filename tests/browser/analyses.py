"""What an analyst finds in recordings, told to the database in the way in which it tells it."""

from typing import Any

import httpx

from local import demo
from tests.browser.answers import Answering, answering
from tests.browser.site import Site

CHECK, TRANSCRIPT = "response_check", "response_transcript"
DIGEST = "0" * 64
SURE = 0.95


def call(site: Site, function: str, **arguments: Any) -> Any:
    """A function, as the service calls it."""
    key = site.environment.supabase_service_role_key
    response = httpx.post(
        f"{site.environment.supabase_url}/rest/v1/rpc/{function}",
        headers={"apikey": key, "Authorization": f"Bearer {key}"},
        json=arguments,
        timeout=60,
    )
    assert response.status_code == 200, response.text
    return response.json()


def look(site: Site, *kinds: str) -> list[dict[str, Any]]:
    """An analyst asks for work, and so is seen."""
    jobs: list[dict[str, Any]] = call(
        site, "claim_jobs", kinds=list(kinds), worker="test", batch=50, lease_seconds=60
    )
    return jobs


def be_seen(site: Site) -> None:
    """An analyst asks for work and does none of it."""
    for job in look(site, CHECK, TRANSCRIPT):
        settle(site, job, "released")


def settle(site: Site, job: dict[str, Any], outcome: str, **more: Any) -> None:
    result = {"job_id": job["job_id"], "lease_token": job["lease_token"], "outcome": outcome}
    assert call(site, "settle_jobs", results=[{**result, **more}])["settled"] == 1


def gone(site: Site) -> None:
    """No analyst has been seen for a while."""
    site.sql(
        "delete from private.job_workers where kind in ('response_check', 'response_transcript')"
    )


def report(site: Site, kind: str, response: str, outcome: str, result: dict[str, Any]) -> None:
    """What an analyst found in a response; others' jobs go back."""
    jobs = look(site, kind)
    assert response in [job["subject"] for job in jobs]
    for job in jobs:
        if job["subject"] == response:
            settle(site, job, outcome, result=result)
        else:
            settle(site, job, "released")


def checked(site: Site, response: str, *flags: str) -> None:
    """A check that found these."""
    result = {
        "engine": "hirevision",
        "version": "1",
        "digest": DIGEST,
        "seconds": 8.5,
        "picture_seconds": 8.5,
        "flags": list(flags),
    }
    report(site, CHECK, response, "accepted", result)


def spoken(text: str, *, seconds: float = 0.5, doubtful: str = "") -> list[list[Any]]:
    """Words that follow each other, of so many seconds each."""
    return [
        [word, at * seconds, (at + 1) * seconds, 0.3 if word in doubtful.split() else SURE]
        for at, word in enumerate(text.split())
    ]


def transcribed(
    site: Site,
    response: str,
    text: str,
    *,
    words: list[list[Any]] | None = None,
    problem: str | None = None,
    **more: Any,
) -> None:
    """A transcript with these words, each of half a second unless they are given."""
    result = {
        "engine": "faster-whisper",
        "model": "tiny.en",
        "version": "1.2.1",
        "digest": DIGEST,
        "seconds": 8.5,
        "language": "en",
        "problem": problem,
        "transcript": text,
        "words": spoken(text) if words is None else words,
        "flags": [],
        **more,
    }
    report(site, TRANSCRIPT, response, "accepted", result)


def failed(site: Site, response: str, problem: str) -> None:
    """A transcript that could not be made."""
    report(site, TRANSCRIPT, response, "failed", {"problem": problem})


def response_of(site: Site, candidate: Answering, number: int) -> str:
    """The id of the take that counts of a question, from 1."""
    return site.sql(
        "select id from interview_responses where status = 'uploaded' "
        f"and participant_id = '{candidate.participant}' "
        f"and question_id = '{candidate.questions[number - 1]}'"
    ).strip()


def consenting(site: Site, **more: Any) -> Answering:
    """A candidate who has agreed to transcripts, too."""
    candidate = answering(site, **more)
    agreed = {"recording": True, "analysis": True}
    demo.value(candidate.api.call("set_consent", interview_id=candidate.interview.id, **agreed))
    return candidate


def heard(site: Site, *texts: str, **more: Any) -> Answering:
    """A candidate who has submitted recordings with these words, as an engine heard them."""
    candidate = consenting(site, **more)
    for number in range(1, len(texts) + 1):
        candidate.record(number)
    candidate.end()
    for number, text in enumerate(texts, 1):
        transcribed(site, response_of(site, candidate, number), text)
    return candidate
