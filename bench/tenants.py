"""How much one recruiter is slowed down by another, and by the size of their own interview.

The first part measures waiting, so it uses the wall clock: 200 invites, one by one, and the slowest
in a hundred of them. A session that only uses CPU and writes, without any of our locks, is measured
too, because on a small machine it also takes its share. CPU time shows what is not waiting.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial

from bench.database import (
    BIG,
    FIRST,
    RECRUITER,
    Bench,
    Connection,
    connect,
    cpu,
    interview,
    invites,
    people,
)
from bench.inviting import AS_RECRUITER
from bench.measure import Reach, Row, compare

Other = Callable[[str], AbstractContextManager[object]]
"""Work of somebody else in the database of a URL, which goes on while the context lasts."""

OTHER = "10000000-0000-4000-8000-000000000002"
OTHERS = "20000000-0000-4000-8000-000000000002"
"""An interview of OTHER's."""

_OTHER = f"""
insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
    raw_user_meta_data, raw_app_meta_data)
  select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'authenticated',
    'authenticated', 'other' || n || '@example.com', now(), false, false, '{{}}', '{{}}'
  from generate_series(2, 3) as n;
insert into public.interviews (id, title, recruiter_id)
  values ('{OTHERS}', 'Backend Developer', '{OTHER}');
create table public.unrelated (like public.interview_invites including all);
"""

_FRESH = "array(select gen_random_uuid() || '@example.com' from generate_series(1, {count}))"
_INVITE = f"select public.create_invites('{BIG}', {_FRESH.format(count=1)})"
_AS_OTHER = AS_RECRUITER.replace(RECRUITER, OTHER)

# As much work and writing, into a table of its own.
_UNRELATED = """
insert into public.unrelated (interview_id, recruiter_id, recruiter_name, email, invite_code)
  select gen_random_uuid(), gen_random_uuid(), 'Nobody', gen_random_uuid() || '@example.com',
    lpad((n % 1000000)::text, 6, '0')
  from generate_series(1, {count}) as n
"""


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """Beside another recruiter, in a large interview, and during a large delete or transfer."""
    many = 1_000 if quick else 10_000
    bench.create("tenants")
    bench.run("tenants", people(1, 0) + interview() + _OTHER)
    yield from _beside(bench, rounds, many, 1 if quick else 10)
    yield from _large(bench, rounds, 4_000 if quick else 100_000)
    yield from _moved(bench, rounds, 4_000 if quick else 100_000)


# ---- beside another -------------------------------------------------------------------------


def _beside(bench: Bench, rounds: int, many: int, times: int) -> Iterator[Row]:
    """The slowest in a hundred invites by the clock, and the CPU time of one.

    The clock also counts the waiting for a core, of which there are fewer than sessions and
    clients. CPU time does not, so it shows what the other makes an invite do: read more, for one.
    """

    def slowest(other: Other) -> float:
        taken = _invites(bench, other, 20 * times, lambda _: time.perf_counter())
        return statistics.quantiles(taken, n=100, method="inclusive")[98]

    def of_its_own(other: Other) -> float:
        return statistics.median(_invites(bench, other, 20 * times, cpu))

    many_invites = f"select public.create_invites('{OTHERS}', {_FRESH.format(count=many)})"
    holding, inviting = partial(_holding, many_invites), partial(_repeating, many_invites)
    writing = partial(_repeating, _UNRELATED.format(count=many))
    in_transaction = f"while another holds a transaction with {many:,}"
    in_calls = f"while another invites {many:,} a call, again and again"
    in_inserts = f"while a session inserts {many:,} rows a call into a table of its own"
    the_slowest = "one recruiter's invites, one by one, the slowest in 100,"
    reach = Reach("≤", 1.5)
    for name, what, measure, other, promised in (
        ("transaction", f"{the_slowest} {in_transaction}", slowest, holding, reach),
        ("call", f"{the_slowest} {in_calls}", slowest, inviting, reach),
        ("writer", f"{the_slowest} {in_inserts}", slowest, writing, None),
        ("transaction_cpu", f"CPU of an invite {in_transaction}", of_its_own, holding, reach),
        ("call_cpu", f"CPU of an invite {in_calls}", of_its_own, inviting, reach),
    ):
        yield compare(
            f"invites_beside_a_{name}",
            what,
            "alone",
            subject=partial(measure, other),
            baseline=partial(measure, lambda url: nullcontext()),
            unit="ms",
            reach=promised,
            rounds=rounds,
        )


def _invites(
    bench: Bench, other: Other, count: int, clock: Callable[[Connection], float]
) -> list[float]:
    """Milliseconds of each of so many invites beside the other's work, by a clock in seconds.

    The session has already invited when there were hardly any invites, so it has cached its plans.
    """
    url = bench.create("shared", "tenants")
    bench.settle("shared")
    found = []
    with closing(connect(url)) as connection:
        connection.execute(AS_RECRUITER)
        for _ in range(20):
            connection.execute(_INVITE)
        with other(url):
            for _ in range(count):
                started = clock(connection)
                connection.execute(_INVITE)
                found.append(1000 * (clock(connection) - started))
    return found


@contextmanager
def _holding(statement: str, url: str) -> Iterator[None]:
    """Another recruiter's open transaction that has run the statement."""
    with closing(connect(url)) as connection, connection.transaction(force_rollback=True):
        connection.execute(_AS_OTHER)
        connection.execute(statement)
        yield


@contextmanager
def _repeating(statement: str, url: str) -> Iterator[None]:
    """Another recruiter, who runs the statement repeatedly."""
    ended = threading.Event()

    def run() -> None:
        with closing(connect(url)) as connection:
            if OTHERS in statement:
                connection.execute(_AS_OTHER)
            while not ended.is_set():
                connection.execute(statement)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        time.sleep(0.1)
        yield
    finally:
        ended.set()
        thread.join()


# ---- into a large interview -----------------------------------------------------------------


def _large(bench: Bench, rounds: int, size: int) -> Iterator[Row]:
    """The same call in an interview with that many invites, and in an empty one."""
    joined = f"""
    set session_replication_role = replica;
    update public.interview_invites set queued_at = now() - interval '1 hour';
    insert into public.interview_participants (interview_id, recruiter_id, user_id, invite_id)
      select i.interview_id, i.recruiter_id, u.id, i.id
      from public.interview_invites i join auth.users u on u.email = i.email
      order by u.id limit {size // 4};
    update public.interview_invites i set status = 'accepted', accepted_at = now()
      from public.interview_participants p where p.invite_id = i.id;
    set session_replication_role = origin;
    """
    few = f"""
    set session_replication_role = replica;
    insert into public.interview_invites (interview_id, recruiter_id, recruiter_name, email,
        invite_code, queued_at, delivery_status)
      select '{BIG}', '{RECRUITER}', 'Grace Hopper', 'few' || n || '@example.com',
        lpad(n::text, 6, '0'), now() - interval '1 hour', 'accepted'
      from generate_series(1, 200) as n;
    set session_replication_role = origin;
    """
    for name, sql in (
        ("filled", people(FIRST, size) + interview() + invites(FIRST, size) + joined),
        ("unfilled", people(FIRST, size) + interview()),
    ):
        bench.create(name)
        bench.run(name, sql + few)

    resend = (
        f"select public.resend_invite((select id from public.interview_invites where"
        f" interview_id = '{BIG}' and email = 'few' || %s || '@example.com'))"
    )
    numbers = {name: iter(range(1, 201)) for name in ("filled", "unfilled")}

    def first(name: str, statement: str) -> float:
        """Milliseconds of CPU time of a session's first call, the median of several sessions."""
        return statistics.median(_calls(bench, name, statement, numbers, 1)[0] for _ in range(3))

    def later(name: str, statement: str) -> float:
        """The same for its later calls."""
        return statistics.median(_calls(bench, name, statement, numbers, 13)[8:])

    holds = f"into an interview of {size:,} invites, {size // 4:,} joined"
    for name, what, statement, measure in (
        ("invite_into_large_first", f"a session's first invite {holds}", _INVITE, first),
        ("invite_into_large", f"one invite more {holds}", _INVITE, later),
        ("resend_in_large_first", f"a session's first resent code, {holds[5:]}", resend, first),
        ("resend_in_large", f"one resent code, {holds[5:]}", resend, later),
    ):
        yield compare(
            name,
            f"CPU of {what}",
            "an interview of 200",
            subject=partial(measure, "filled", statement),
            baseline=partial(measure, "unfilled", statement),
            unit="ms",
            reach=Reach("≤", 1.5),
            rounds=rounds,
        )


def _calls(
    bench: Bench, name: str, statement: str, numbers: dict[str, Iterator[int]], times: int
) -> list[float]:
    """Milliseconds of CPU time of each call of a new session."""
    found = []
    with closing(connect(bench.url(name))) as connection:
        connection.execute(AS_RECRUITER)
        for _ in range(times):
            values = (next(numbers[name]),) if "%s" in statement else None
            started = cpu(connection)
            connection.execute(statement, values)
            found.append(1000 * (cpu(connection) - started))
    return found


# ---- while much is deleted or moved ---------------------------------------------------------


def _moved(bench: Bench, rounds: int, size: int) -> Iterator[Row]:
    """How long another recruiter's single invite waits meanwhile."""
    interviews = size // 100
    spread = "'40000000-0000-4000-8000-' || lpad((n % {})::text, 12, '0')"
    bench.create("one_large", "tenants")
    bench.run("one_large", invites(FIRST, size, f"'{OTHERS}'"))
    bench.create("many_small", "tenants")
    bench.run(
        "many_small",
        f"""
        insert into public.interviews (id, title, recruiter_id)
          select ({spread.format(interviews)})::uuid, 'Interview ' || n, '{OTHER}'
          from generate_series(0, {interviews - 1}) as n;
        """
        + invites(FIRST, size, spread.format(interviews)),
    )
    third = OTHER[:-1] + "3"
    for name, what, template, statement in (
        (
            "invites_beside_a_deletion",
            f"an interview of {size:,} invites is deleted",
            "one_large",
            f"delete from public.interviews where id = '{OTHERS}' returning 0",
        ),
        (
            "invites_beside_a_transfer",
            f"{interviews:,} interviews of 100 invites are transferred in steps of 100",
            "many_small",
            f"select public.transfer_interviews('{OTHER}', '{third}', 100)",
        ),
    ):
        yield compare(
            name,
            f"the slowest of a recruiter's invites while {what}",
            "alone, as many",
            subject=partial(_slowest_during, bench, template, statement),
            baseline=partial(_slowest_during, bench, template, ""),
            unit="ms",
            reach=None,
            rounds=rounds,
        )


def _slowest_during(bench: Bench, template: str, statement: str) -> float:
    """Milliseconds of the slowest invite while the statement runs, until it returns 0."""
    url = bench.create("shared", template)
    bench.settle("shared")
    with closing(connect(url)) as connection:
        connection.execute(AS_RECRUITER)
        for _ in range(20):
            connection.execute(_INVITE)

        def invite() -> float:
            return _taken(lambda: connection.execute(_INVITE))

        if not statement:
            return 1000 * max(invite() for _ in range(200))

        def run() -> None:
            with closing(connect(url)) as owner:
                while (owner.execute(statement).fetchone() or (0,))[0]:
                    pass

        thread = threading.Thread(target=run)
        thread.start()
        taken = [invite()]
        while thread.is_alive():
            taken.append(invite())
        return 1000 * max(taken)


def _taken(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
