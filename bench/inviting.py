"""Inviting many: against inserting the same rows with known codes; and with few codes left."""

from collections.abc import Iterator
from functools import partial

from bench.database import (
    BIG,
    RECRUITER,
    Bench,
    Connection,
    connect,
    cpu,
    interview,
    median_of_cpu,
    people,
)
from bench.measure import Reach, Row, compare

AS_RECRUITER = (
    "select set_config('role', 'authenticated', false), set_config('request.jwt.claims',"
    f' \'{{"sub":"{RECRUITER}","role":"authenticated"}}\', false)'
)

# The same rows through the same indexes and foreign keys, in the order of the request; addresses
# and random codes are read from a table.
BARE = f"""
with invites as (
  insert into public.interview_invites
    (interview_id, recruiter_id, recruiter_name, email, invite_code)
  select '{BIG}', '{RECRUITER}', 'Grace Hopper', g.email, g.code
  from given g where g.call = %s order by g.position
  returning id)
insert into private.jobs (kind, lane, subject)
  select 'interview_invitation', '{RECRUITER}', id from invites
"""

GIVEN = """
create table given (call integer, position integer, email text, code text);
insert into given
  select (n - 1) / {batch}, n, 'candidate' || n || '@example.com', lpad(code::text, 6, '0')
  from (select code, row_number() over (order by gen_random_uuid()) as n
        from generate_series(0, 999999) as code limit {count}) as random;
create index on given (call, position);
"""


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """create_invites in large calls; then with 90 % of the codes taken."""
    calls, batch = (2, 2_000) if quick else (10, 10_000)
    bench.create("inviting")
    bench.run(
        "inviting", people(1, 0) + interview() + GIVEN.format(batch=batch, count=calls * batch)
    )

    def prepared(sql: str = "") -> str:
        url = bench.create("invited", "inviting")
        bench.run("invited", sql)
        return url

    def create_invites() -> float:
        with connect(prepared()) as connection:
            lists = [
                [row[0] for row in connection.execute(_ADDRESSES, (call,))] for call in range(calls)
            ]
            connection.execute(AS_RECRUITER)
            started = cpu(connection)
            for emails in lists:
                connection.execute("select public.create_invites(%s, %s)", (BIG, emails))
            return cpu(connection) - started

    def bare() -> float:
        sql = "alter table public.interview_invites disable trigger user"
        with connect(prepared(sql)) as connection:
            started = cpu(connection)
            for call in range(calls):
                connection.execute(BARE, (call,))
            return cpu(connection) - started

    yield compare(
        "create_invites",
        f"CPU of create_invites, {calls * batch:,} addresses in calls of {batch:,}",
        "inserting the same rows with codes at hand",
        subject=create_invites,
        baseline=bare,
        unit="s",
        reach=Reach("≤", 1.6),
        rounds=rounds,
    )
    yield from _codes(bench, rounds, quick)


_ADDRESSES = "select email from given where call = %s order by position"


def _codes(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """With 90 % of the million codes in the recruiter's pending invites; against expired ones."""
    taken = 60_000 if quick else 900_000
    many = 1_000 if quick else 10_000
    share = f"{taken // 10_000} % of all codes"
    for name, status in (("none_taken", "expired"), ("most_taken", "pending")):
        bench.create(name)
        bench.run(name, people(1, 0) + interview() + _take(taken, status))
    with (
        connect(bench.url("none_taken")) as none_taken,
        connect(bench.url("most_taken")) as most_taken,
    ):
        for name, what, statement, count in (
            (
                "codes_one_by_one",
                f"CPU of an invite of its own where the recruiter has {share} pending",
                f"insert into public.interview_invites (interview_id, email)"
                f" values ('{BIG}', gen_random_uuid() || '@example.com')",
                100 if quick else 1000,
            ),
            (
                "codes_in_bulk",
                f"CPU of inviting {many:,} in one call, {share} pending",
                f"select public.create_invites('{BIG}', array(select gen_random_uuid() ||"
                f" '@example.com' from generate_series(1, {many})))",
                1 if quick else 3,
            ),
        ):
            yield compare(
                name,
                what,
                "with none pending",
                subject=partial(_timed, most_taken, statement, count),
                baseline=partial(_timed, none_taken, statement, count),
                unit="ms",
                reach=Reach("≤", 3),
                rounds=rounds,
            )


def _timed(connection: Connection, statement: str, count: int) -> float:
    """Milliseconds of CPU time of a statement, the median of several; each is rolled back."""

    def rolled_back() -> None:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)

    rolled_back()
    return median_of_cpu(connection, rolled_back, count)


def _take(count: int, status: str) -> str:
    """SQL that gives random codes to that many invites of that status."""
    return f"""
    set session_replication_role = replica;
    insert into public.interview_invites
        (interview_id, recruiter_id, recruiter_name, email, invite_code, delivery_status, status)
      select '{BIG}', '{RECRUITER}', 'Grace Hopper', 'c' || n || '@example.com',
        lpad(n::text, 6, '0'), 'accepted', '{status}'
      from generate_series(0, 999999) as n order by gen_random_uuid() limit {count};
    set session_replication_role = origin;
    """
