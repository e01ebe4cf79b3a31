"""Random calls in parallel: nothing but documented answers, and the invariants hold afterwards.

HIREVISION_TRAFFIC_SECONDS=60 makes it longer; the seed is new each time and
printed; HIREVISION_TRAFFIC_SEED repeats the choices, though not the interleaving.
"""

import os
import random
import re
import uuid
from collections import Counter
from pathlib import Path

import pytest

from local.postgres import Cluster
from tests.database import Refusal, committed
from tests.model.invariants import broken, count_by_hand
from tests.model.traffic import CANDIDATES, RECRUITERS, WEIGHTS, Call, play

ERRORS = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
SECONDS = float(os.environ.get("HIREVISION_TRAFFIC_SECONDS", "5"))
# What random calls may meet beside our own refusals: a recruiter who is none any more, two
# questions in one place.
PLAIN = {"42501", "23505"}


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own."""
    return cluster.url(database)


def documented() -> set[tuple[str, str]]:
    """SQLSTATE and slug of every refusal of the database."""
    section = ERRORS.read_text(encoding="utf-8").partition("## Raised by the service")[0]
    return {(f"PT{s}", slug) for slug, s in re.findall(r"^\| `(\w+)` \| (\d+) \|", section, re.M)}


@pytest.mark.timeout(120 + 2 * SECONDS)
def test_random_calls_in_parallel(url: str) -> None:
    seed = int(os.environ.get("HIREVISION_TRAFFIC_SEED", random.randrange(1_000_000)))
    print(f"HIREVISION_TRAFFIC_SEED={seed}")
    with committed(url) as db:
        recruiters = [db.account(full_name=f"Recruiter {n}") for n in range(RECRUITERS)]
        emails = [f"candidate{n}@example.com" for n in range(CANDIDATES)]
        candidates = {db.account(email): email for email in emails}
        db.as_owner().run("update private.settings set invites_per_day = 1000000")
        for recruiter in recruiters:
            interview = db.interview(recruiter)
            db.value("select public.create_invites(%s, %s)", interview, emails)
        db.pass_time("11 minutes")
        with db.superuser():
            db.run("delete from private.invite_counts")
    calls = play(url, recruiters, candidates, connections=12, seconds=SECONDS, seed=seed)
    print(summary(calls))

    unexpected = [call for call in calls if not is_expected(call)]
    assert unexpected == []
    # Every kind of call was made and came to something.
    assert {call.name for call in calls if not isinstance(call.answer, Refusal)} == {
        what.__name__ for what in WEIGHTS
    }
    with committed(url) as db:
        assert broken(db) == {}
        with db.superuser():
            counted = {
                row["user_id"]: row["invites"]
                for row in db.rows(
                    "select user_id, sum(invites) as invites from private.invite_counts group by 1"
                )
            }
            guesses = {
                row["user_id"]: len(row["wrong_guesses"])
                for row in db.rows("select * from private.code_requests")
                if row["wrong_guesses"]
            }
        assert counted == queued(calls)
        assert guesses == Counter(
            call.user for call in calls if slug(call) == "invite_not_found" and is_candidate(call)
        )
        numbers = count_by_hand(db)
        for recruiter in recruiters:
            db.as_user(recruiter)
            seen = {row["interview_id"]: row for row in db.rows("select * from interview_stats")}
            mine = {id: row for id, row in numbers.items() if row["recruiter_id"] == recruiter}
            assert seen.keys() == mine.keys()
            for id, row in mine.items():
                assert (
                    seen[id].items()
                    >= {k: v for k, v in row.items() if k != "recruiter_id"}.items()
                )


def slug(call: Call) -> str | None:
    """The slug of a refusal, raised or returned."""
    if isinstance(call.answer, Refusal):
        return call.answer.slug
    return call.answer.get("details") if isinstance(call.answer, dict) else None


def is_candidate(call: Call) -> bool:
    """Whether a code was tried."""
    return call.name in ("accept_invite", "guess")


def is_expected(call: Call) -> bool:
    """Whether the answer is one that docs/errors.md knows, or a success."""
    if isinstance(call.answer, Refusal):
        return call.answer.code in PLAIN or (call.answer.code, call.answer.slug) in documented()
    return True


def queued(calls: list[Call]) -> Counter[uuid.UUID | None]:
    """How many mails each account has queued by inviting, as it was told."""
    mails: Counter[uuid.UUID | None] = Counter()
    for call in calls:
        if isinstance(call.answer, list) and call.user:
            outcomes = [row["outcome"] for row in call.answer]
            mails[call.user] += sum(o in ("created", "renewed", "corrected") for o in outcomes)
    return +mails


def summary(calls: list[Call]) -> str:
    """How often each call came to what."""
    kinds: Counter[tuple[str, str]] = Counter()
    for call in calls:
        kinds[call.name, slug(call) or getattr(call.answer, "code", None) or "done"] += 1
    return "\n".join(f"{n:6} {name}: {outcome}" for (name, outcome), n in sorted(kinds.items()))
