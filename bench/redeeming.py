"""Redeeming a code over HTTP: one call, against the four of the first version."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import httpx

from bench.accepting import NO_TRIGGERS
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

Redeem = Callable[[httpx.Client, int, dict[str, str]], None]
"""Redeems the code of a candidate, by number and headers."""

FIRST_VERSION = ROOT / "tests" / "upgrade" / "first_version.sql"

# What one call can cost at least: accept_invite's two writes by key, without any of its checks.
TWO_WRITES = f"""
{NO_TRIGGERS}
create function public.two_writes(invite_id uuid, user_id uuid) returns void
  language plpgsql security definer set search_path = ''
as $$
begin
  update public.interview_invites i set status = 'accepted', accepted_at = now()
    where i.id = two_writes.invite_id;
  insert into public.interview_participants (interview_id, recruiter_id, user_id, invite_id)
    values ('{BIG}', '{RECRUITER}', two_writes.user_id, two_writes.invite_id);
end
$$;
grant execute on function public.two_writes to authenticated;
"""

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
    filled = people(FIRST, count) + interview() + invites(FIRST, count)
    for name, sql in (("now", filled), ("bare", filled + TWO_WRITES)):
        bench.create(name)
        bench.run(name, sql)
    bench.cluster.create_hosted("before")
    bench.cluster.run_sql(FIRST_VERSION.read_text() + OPEN_POLICIES, "before", "postgres")
    bench.run("before", people(FIRST, 2 * count) + _old_rows(2 * count))
    theirs = iter(range(FIRST, FIRST + 2 * count))

    for name, what, database, redeem, reach in (
        ("redeeming_over_http", "one rpc", "now", _redeem, Reach("≤", 0.3)),
        ("two_writes_over_http", "its two writes alone, one rpc", "bare", _write_twice, None),
    ):
        mine = iter(range(FIRST, FIRST + count))
        with (
            postgrest(bench, database) as url,
            postgrest(bench, "before") as before_url,
            httpx.Client(base_url=url, timeout=30) as client,
            httpx.Client(base_url=before_url, timeout=30) as before,
        ):
            yield compare(
                name,
                f"redeeming over HTTP, {what}",
                "the first version's four calls",
                subject=partial(_taken, redeem, client, mine, each),
                baseline=partial(_taken, _redeem_as_before, before, theirs, each),
                unit="ms",
                reach=reach,
                rounds=rounds,
            )


def _taken(redeem: Redeem, client: httpx.Client, numbers: Iterator[int], count: int) -> float:
    """Milliseconds in which one of the next candidates redeems a code."""
    candidates = [(n, _headers(n)) for n in islice(numbers, count)]
    started = time.perf_counter()
    for n, headers in candidates:
        redeem(client, n, headers)
    return 1000 * (time.perf_counter() - started) / count


def _redeem(client: httpx.Client, n: int, headers: dict[str, str]) -> None:
    _good(client.post("/rpc/accept_invite", json={"code": str(n)}, headers=headers))


def _write_twice(client: httpx.Client, n: int, headers: dict[str, str]) -> None:
    invite = {"invite_id": f"30000000-0000-4000-8000-{n:012}", "user_id": person(n)}
    _good(client.post("/rpc/two_writes", json=invite, headers=headers))


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
    return answer.json() if answer.content else None
