"""Random calls in parallel: only documented answers, and the invariants hold afterwards.

The choices are the same in every run; how the calls interleave is not.
"""

import uuid
from collections import Counter

import pytest

from local.postgres import Cluster
from tests.kit.database import UNLIMITED, Database, Refusal, committed
from tests.model.invariants import broken, count_by_hand
from tests.model.traffic import CANDIDATES, RECRUITERS, WEIGHTS, Call, play

MAILED = ("created", "renewed", "corrected", "invited", "invited_again")
# Other refusals that random calls may get: the recruiter is no longer one, or two questions have
# the same place.
PLAIN = {"42501", "23505"}


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own."""
    return cluster.url(database)


def documented(db: Database) -> set[tuple[str, str]]:
    """SQLSTATE and slug of every refusal of the database; docs/errors.md lists the same."""
    with db.superuser():
        rows = db.rows("select 'PT' || status as code, key from private.refusals")
    return {(row["code"], row["key"].partition(":")[0]) for row in rows}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seconds", [5, pytest.param(120, marks=pytest.mark.proof)])
def test_random_calls_in_parallel(url: str, seconds: int) -> None:
    with committed(url) as db:
        recruiters = [db.account(full_name=f"Recruiter {n}") for n in range(RECRUITERS)]
        emails = [f"candidate{n}@example.com" for n in range(CANDIDATES)]
        candidates = {db.account(email): email for email in emails}
        db.as_owner().run(UNLIMITED)
        for recruiter in recruiters:
            interview = db.interview(recruiter, response_kinds=["video", "text"])
            db.run(
                "insert into public.interview_questions (interview_id, question, order_index)"
                " select %s, 'q', n from generate_series(1, 3) as n",
                interview,
            )
            db.value("select public.create_invites(%s, %s)", interview, emails)
        db.pass_time("11 minutes")
        with db.superuser():
            db.run("delete from private.invite_counts")
        refusals = documented(db)
    calls = play(url, recruiters, candidates, connections=12, seconds=seconds, seed=seconds)
    print(summary(calls))

    unexpected = [call for call in calls if not is_expected(call, refusals)]
    assert unexpected == []
    # Every kind of call was made and succeeded at least once.
    assert {call.name for call in calls if not isinstance(call.answer, Refusal)} == {
        what.__name__ for what in WEIGHTS
    }
    with committed(url) as db:
        # If a job was settled while its invite was locked, the next maintenance updates the invite.
        db.as_service().value("select public.run_maintenance()")
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


def is_expected(call: Call, refusals: set[tuple[str, str]]) -> bool:
    """Whether the answer is one of our refusals, or a success."""
    if isinstance(call.answer, Refusal):
        code, slug = call.answer.code, call.answer.slug
        return code in PLAIN or (code or "", slug or "") in refusals
    return True


def queued(calls: list[Call]) -> Counter[uuid.UUID | None]:
    """How many emails each account has queued by inviting, according to the answers."""
    mails: Counter[uuid.UUID | None] = Counter()
    for call in calls:
        if isinstance(call.answer, list) and call.user:
            outcomes = [row.get("outcome") or row["status"] for row in call.answer]
            mails[call.user] += sum(outcome in MAILED for outcome in outcomes)
    return +mails


def summary(calls: list[Call]) -> str:
    """How often each call had which result."""
    kinds: Counter[tuple[str, str]] = Counter()
    for call in calls:
        kinds[call.name, slug(call) or getattr(call.answer, "code", None) or "done"] += 1
    return "\n".join(f"{n:6} {name}: {outcome}" for (name, outcome), n in sorted(kinds.items()))
