"""Redeeming a code over HTTP: one call, against the four of the first version."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx

from bench.database import (
    BIG,
    FIRST,
    RECRUITER,
    Bench,
    interview,
    invites,
    people,
    person,
    postgrest,
    token,
)
from bench.measure import Reach, Row, compare
from local.stack import ROOT

FIRST_VERSION = ROOT / "tests" / "upgrade" / "first_version.sql"

# What the first version's browser calls need: candidates read and update invites.
OPEN_POLICIES = """
create policy "Candidates can see their invites" on public.interview_invites
  for select using (email = auth.jwt() ->> 'email');
create policy "Candidates can accept their invites" on public.interview_invites
  for update using (email = auth.jwt() ->> 'email');
create index on public.interview_invites (email);
create index on public.interview_participants (interview_id, user_id);
create index on public.interview_participants (user_id);
"""


def _old_rows(count: int) -> str:
    return f"""
    insert into public.interviews (id, title, recruiter_id)
      values ('{BIG}', 'Frontend Developer', '{RECRUITER}');
    insert into public.interview_invites (interview_id, email, invite_code)
      select '{BIG}', 'c' || n || '@example.com', n::text
      from generate_series({FIRST}, {FIRST + count - 1}) as n;
    """


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """Each candidate redeems a code of their own, one after the other, on one connection."""
    each = 30 if quick else 300
    count = each * rounds
    bench.create("now")
    bench.run("now", people(FIRST, count) + interview() + invites(FIRST, count))
    bench.cluster.create_hosted("before")
    bench.cluster.run_sql(FIRST_VERSION.read_text() + OPEN_POLICIES, "before", "postgres")
    bench.run("before", people(FIRST, count) + _old_rows(count))

    with (
        postgrest(bench, "now") as now_url,
        postgrest(bench, "before") as before_url,
        httpx.Client(base_url=now_url, timeout=30) as now,
        httpx.Client(base_url=before_url, timeout=30) as before,
    ):
        mine, theirs = (iter(range(FIRST, FIRST + count)) for _ in range(2))

        def one_call() -> float:
            candidates = [(n, _headers(n)) for n in islice(mine, each)]
            started = time.perf_counter()
            for n, headers in candidates:
                _good(now.post("/rpc/accept_invite", json={"code": str(n)}, headers=headers))
            return 1000 * (time.perf_counter() - started) / each

        def four_calls() -> float:
            candidates = [(n, _headers(n)) for n in islice(theirs, each)]
            started = time.perf_counter()
            for n, headers in candidates:
                _redeem_as_before(before, n, headers)
            return 1000 * (time.perf_counter() - started) / each

        yield compare(
            "redeeming_over_http",
            "redeeming over HTTP, one rpc",
            "the first version's four calls",
            subject=one_call,
            baseline=four_calls,
            unit="ms",
            reach=Reach("≤", 0.3),
            rounds=rounds,
        )


def _redeem_as_before(client: httpx.Client, n: int, headers: dict[str, str]) -> None:
    one = {**headers, "Accept": "application/vnd.pgrst.object+json"}
    invite = _good(
        client.get(
            "/interview_invites",
            params={"invite_code": f"eq.{n}", "status": "eq.pending", "select": "*"},
            headers=one,
        )
    )
    of = {"interview_id": f"eq.{invite['interview_id']}", "user_id": f"eq.{person(n)}"}
    assert not _good(client.get("/interview_participants", params=of, headers=headers))
    _good(
        client.post(
            "/interview_participants",
            json={"interview_id": invite["interview_id"], "user_id": person(n)},
            headers={**one, "Prefer": "return=representation"},
        )
    )
    (accepted,) = _good(
        client.patch(
            "/interview_invites",
            params={"id": f"eq.{invite['id']}"},
            json={"status": "accepted", "accepted_at": "now"},
            headers={**headers, "Prefer": "return=representation"},
        )
    )
    assert accepted["status"] == "accepted"


def _headers(n: int) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(person(n), f'c{n}@example.com')}"}


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()
