"""Redeeming a code: against the minimum of writes, and as the tables grow."""

from collections.abc import Iterator
from functools import partial

from bench.database import BIG, FIRST, RECRUITER, Bench, interview, invites, people
from bench.measure import Reach, Row, compare

_WHO = """
select set_config('role', '{role}', true), set_config('request.jwt.claims',
  '{{"sub":"00000000-0000-4000-8000-000000' || :n || '","role":"authenticated"}}', true);
"""

# As PostgREST calls it.
ACCEPT = f"begin;{_WHO.format(role='authenticated')}select public.accept_invite(:n);\ncommit;\n"

# The two writes by key, with all values known.
BARE = f"""begin;{_WHO.format(role="postgres")}
update public.interview_invites set status = 'accepted', accepted_at = now()
  where id = ('30000000-0000-4000-8000-000000' || :n)::uuid;
insert into public.interview_participants (interview_id, recruiter_id, user_id, invite_id)
  values ('{BIG}', '{RECRUITER}', ('00000000-0000-4000-8000-000000' || :n)::uuid,
    ('30000000-0000-4000-8000-000000' || :n)::uuid);
commit;
"""

# The same in one statement, so that it needs as few round trips as the function.
BARE_AT_ONCE = f"""begin;{_WHO.format(role="postgres")}
with redeemed as (
  update public.interview_invites set status = 'accepted', accepted_at = now()
  where id = ('30000000-0000-4000-8000-000000' || :n)::uuid returning id)
insert into public.interview_participants (interview_id, recruiter_id, user_id, invite_id)
select '{BIG}', '{RECRUITER}', ('00000000-0000-4000-8000-000000' || :n)::uuid, id from redeemed;
commit;
"""

# Foreign keys and indexes stay; the triggers are disabled.
NO_TRIGGERS = """
alter table public.interview_invites disable trigger user;
alter table public.interview_participants disable trigger user;
"""


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """accept_invite against a bare update and insert."""
    clients, each = 32, 20 if quick else 250
    count = clients * each
    bench.create("accepting")
    bench.run("accepting", people(FIRST, count) + interview() + invites(FIRST, count))

    def rate(script: str, prepare: str) -> float:
        bench.create("accepted", "accepting")
        bench.run("accepted", prepare)
        return bench.pgbench("accepted", script, clients=clients, each=each, first=FIRST)

    for name, against, script, reach in (
        ("accept_invite", "a bare update and insert", BARE, Reach("≥", 0.7)),
        ("accept_invite_at_once", "the same two as one statement", BARE_AT_ONCE, None),
    ):
        yield compare(
            name,
            "accept_invite",
            against,
            subject=partial(rate, ACCEPT, ""),
            baseline=partial(rate, script, NO_TRIGGERS),
            unit="tps",
            reach=reach,
            rounds=rounds,
        )


def growth(bench: Bench, large: str, rounds: int, quick: bool) -> Iterator[Row]:
    """accept_invite in the large database against one of 1,000 invites: time of one call."""
    each = 100 if quick else 900
    bench.create("small")
    bench.run("small", people(FIRST, 1000) + interview() + invites(FIRST, 1000))
    first = iter(range(FIRST, 10**6, each))

    def small() -> float:
        bench.create("small_copy", "small")
        bench.settle("small_copy")
        return 1000 / bench.pgbench("small_copy", ACCEPT, clients=1, each=each, first=FIRST)

    def grown() -> float:
        bench.settle(large)
        return 1000 / bench.pgbench(large, ACCEPT, clients=1, each=each, first=next(first))

    yield compare(
        "accept_invite_growth",
        f"accept_invite at {'20,000' if quick else '1 M'} invites",
        "at 1,000 invites",
        subject=grown,
        baseline=small,
        unit="ms",
        reach=Reach("≤", 1.2),
        rounds=rounds,
    )
