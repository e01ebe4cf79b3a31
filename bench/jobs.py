"""What claiming and settling a job costs PostgreSQL: CPU time of the server process.

One connection claims and settles 10,000 jobs in batches of 100. The baseline is the queries of
pgqueuer, a well-maintained queue in PostgreSQL, which does the same for its own table, without
tenants and without an invite to update. Then the cost of fairness: many lanes, and lanes with
nothing due.
"""

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg

from bench.database import (
    BIG,
    FIRST,
    RECRUITER,
    Bench,
    connect,
    cpu,
    interview,
    median_of_cpu,
    people,
)
from bench.measure import Reach, Row, compare

BATCH = 100

_PARTICIPANTS = f"""
set session_replication_role = replica;
update public.interviews set deadline = now() + interval '1 hour';
insert into public.interview_participants (interview_id, recruiter_id, user_id)
  select '{BIG}', '{RECRUITER}', u.id from auth.users u where u.email like 'c%';
set session_replication_role = origin;
"""

# Through the function that queues them.
_INVITATIONS = f"""
insert into public.interview_invites (interview_id, email)
  select '{BIG}', 'candidate' || n || '@example.com' from generate_series(1, {{count}}) as n;
"""

_REMINDERS = """
insert into private.jobs (kind, lane, subject, due_at, data)
  select 'interview_reminder',
    ('10000000-0000-4000-8000-' || lpad(((n - 1) % {lanes})::text, 12, '0'))::uuid, id,
    now() + interval '{delay}', '{{"distance": "1 day"}}'
  from (select id, row_number() over (order by md5(id::text)) as n
        from public.interview_participants) as p
  order by n;
"""

# What is to be done stands in the job, as in pgqueuer's.
_REMOVALS = """
insert into private.jobs (kind, subject, data)
  select 'response_removal', gen_random_uuid(),
    jsonb_build_object('path', gen_random_uuid() || '/' || gen_random_uuid() || '.webm')
  from generate_series(1, {count});
"""

# That many are due, for claims beside other lanes.
_READY = """
insert into private.jobs (kind, lane, subject, data)
  select 'candidate_invitation', gen_random_uuid(), gen_random_uuid(), '{"email": "a@b.c"}'
  from generate_series(1, 2000);
"""

_CLAIM = "select public.claim_jobs(%s::text[], 'bench', %s, 60)"
_SETTLE = "select public.settle_jobs(%s::jsonb)"


def rows(bench: Bench, rounds: int, quick: bool) -> Iterator[Row]:
    """Against pgqueuer, with and without an invite to update and contents to read; by lanes."""
    count = 1_000 if quick else 10_000
    lanes = count // 10
    bench.create("jobs")
    bench.run("jobs", people(FIRST, count) + interview() + _PARTICIPANTS)
    for name, sql in {
        "invited": _INVITATIONS.format(count=count),
        "removals": _REMOVALS.format(count=count),
        "one_lane": _REMINDERS.format(lanes=1, delay="0"),
        "many_lanes": _REMINDERS.format(lanes=lanes, delay="0"),
        "nobody": _READY,
        "idle_lanes": _REMINDERS.format(lanes=lanes, delay="1 hour") + _READY,
    }.items():
        bench.create(name, "jobs")
        bench.run(name, sql)
    if _install_pgqueuer(bench):
        for name, what, kind, filled, bound in (
            (
                "jobs_with_state",
                "the invite's state written",
                "interview_invitation",
                "invited",
                1.5,
            ),
            (
                "jobs_without_state",
                "nothing to tell",
                "interview_reminder",
                "one_lane",
                1.1,
            ),
            (
                "jobs_without_contents",
                "nothing to tell, and nothing to read that is not in the job",
                "response_removal",
                "removals",
                1.1,
            ),
        ):
            yield compare(
                name,
                f"CPU a job: claim and settle of {count:,}, {what}",
                "pgqueuer's queries",
                subject=partial(_drained, bench, filled, kind, count),
                baseline=partial(_drained_by_pgqueuer, bench, count),
                unit="µs",
                reach=Reach("≤", bound),
                rounds=rounds,
            )
    yield compare(
        "jobs_in_many_lanes",
        f"CPU a job: {lanes:,} recruiters with 10 jobs each",
        f"one with {count:,}",
        subject=partial(_drained, bench, "many_lanes", "interview_reminder", count),
        baseline=partial(_drained, bench, "one_lane", "interview_reminder", count),
        unit="µs",
        reach=None,
        rounds=rounds,
    )
    yield compare(
        "claim_past_idle_lanes",
        f"CPU of a claim of {BATCH} where {lanes:,} recruiters have jobs that are not due",
        "where nobody has",
        subject=partial(_claimed, bench, "idle_lanes"),
        baseline=partial(_claimed, bench, "nobody"),
        unit="ms",
        reach=None,
        rounds=rounds,
    )


def _drained(bench: Bench, filled: str, kind: str, count: int) -> float:
    """Microseconds of CPU time for each of the jobs that are queued in a database."""
    with closing(connect(bench.create("working", filled))) as connection:
        connection.execute("set role service_role")
        started, settled = cpu(connection), 0
        while settled < count:
            (jobs,) = connection.execute(_CLAIM, ([kind], BATCH)).fetchone() or ([],)
            assert jobs, f"{settled} of {count} were settled"
            results = [
                {"job_id": j["job_id"], "lease_token": j["lease_token"], "outcome": "accepted"}
                for j in jobs
            ]
            connection.execute(_SETTLE, (json.dumps(results),))
            settled += len(jobs)
        return (cpu(connection) - started) * 1e6 / count


def _claimed(bench: Bench, filled: str) -> float:
    """Milliseconds of CPU time of a claim beside the other jobs of a database."""
    kinds = ["candidate_invitation", "interview_reminder"]
    with closing(connect(bench.create("working", filled))) as connection:
        connection.execute("set role service_role")
        for _ in range(3):
            connection.execute(_CLAIM, (kinds, BATCH))
        return median_of_cpu(
            connection, lambda: connection.execute(_CLAIM, (kinds, BATCH)).fetchall(), 10
        )


# ---- pgqueuer -------------------------------------------------------------------------------


def _install_pgqueuer(bench: Bench) -> bool:
    """A database with its tables; False if the package is not installed."""
    try:
        from pgqueuer.adapters.persistence import qb
    except ImportError:
        print("  pgqueuer is not installed (make bench does so): left out", file=sys.stderr)
        return False
    bench.cluster.run_sql("drop database if exists pgqueuer with (force)")
    bench.cluster.run_sql("create database pgqueuer")
    bench.run("pgqueuer", qb.QueryBuilderEnvironment().build_install_query())
    return True


def _drained_by_pgqueuer(bench: Bench, count: int) -> float:
    """Microseconds of CPU time for each of that many jobs, with the queries of its workers."""
    from pgqueuer.adapters.persistence import qb

    # Any, so that mypy gets the same types if the package is not installed.
    queries: Any = qb.QueryQueueBuilder()
    worker = uuid.uuid4()
    with closing(
        psycopg.connect(
            bench.create("working", "pgqueuer"),
            autocommit=True,
            prepare_threshold=0,
            cursor_factory=psycopg.RawCursor,
        )
    ) as connection:
        payloads = [json.dumps({"id": n}).encode() for n in range(count)]
        nothing = [None] * count
        connection.execute(
            queries.build_enqueue_query(),
            ([0] * count, ["mail"] * count, payloads, [timedelta(0)] * count, nothing, nothing),
        )
        bench.settle("working")
        started, settled = cpu(connection), 0
        while settled < count:
            claim = queries.build_dequeue_query(
                batch_size=BATCH,
                entrypoints=["mail"],
                concurrency_limits=[0],
                queue_manager_id=worker,
                global_concurrency_limit=None,
                heartbeat_timeout=timedelta(seconds=60),
            )
            ids = [row[0] for row in connection.execute(claim.sql, claim.args).fetchall()]
            assert ids, f"{settled} of {count} were settled"
            outcomes = (ids, ["successful"] * len(ids), [None] * len(ids))
            connection.execute(queries.build_log_job_query(), outcomes)
            settled += len(ids)
        return (cpu(connection) - started) * 1e6 / count
