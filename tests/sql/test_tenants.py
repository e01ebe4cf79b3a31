"""Nothing is shared between recruiters: whatever locks one of them holds, the others go on.

Each test opens what one recruiter can hold, and lets all who have nothing to do with them work
with a lock_timeout: who had to wait would be refused.
"""

import json
import subprocess
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest

from local.postgres import Cluster
from tests.kit.database import UNLIMITED, Database, Scene, committed
from tests.kit.waiting import PATIENCE, eventually
from tests.sql.jobs import maintain

MAILS = "{interview_invitation,candidate_invitation,interview_reminder}"
ADDRESSES = [f"p{n}@example.com" for n in range(50)]


def work_of_others(url: str, scene: Scene, label: str) -> None:
    """Everything that another recruiter, their candidates and the worker do; nobody waits."""
    with committed(url) as db:
        candidate = db.account(f"{label}@example.com")
    with committed(url) as db:
        db.run("set local lock_timeout = '100ms'")
        db.as_user(scene.recruiter)
        rows = db.value(
            "select public.create_invites(%s, %s)",
            scene.interview,
            [f"{label}@example.com", *ADDRESSES],
        )
        assert rows[0]["outcome"] == "created"
        db.run(
            "insert into public.interview_invites (interview_id, email) values (%s, %s)",
            scene.interview,
            f"{label}-direct@example.com",
        )
        invite, code = rows[0]["invite_id"], rows[0]["invite_code"]
        other = db.interview(scene.recruiter, "To delete")
        db.invite(scene.recruiter, other, f"{label}@example.com")
        assert db.run("delete from public.interviews where id = %s", other) == 1
        corrected = db.invite(scene.recruiter, scene.interview, f"{label}-typo@example.com")
        correct = "select public.correct_invite(%s, %s) ->> 'outcome'"
        right = f"{label}-right@example.com"
        assert db.value(correct, corrected["invite_id"], right) == "corrected"
        db.value("select public.resend_invite(%s)", invite)
    with committed(url) as db:
        db.run("set local lock_timeout = '100ms'")
        assert db.accept(candidate, code)["status"] == "active"
        maintain(db)
    send_all(url)


def send_all(url: str) -> set[str]:
    """A worker sends all that is due; returns the invites it settled. It waits for nobody."""
    settled: set[str] = set()
    while True:
        with committed(url) as db:
            db.run("set local lock_timeout = '100ms'")
            db.as_service()
            jobs = db.value("select public.claim_jobs(%s, 'worker', 1000)", MAILS)
        if not jobs:
            return settled
        results = [
            {"job_id": job["job_id"], "lease_token": job["lease_token"], "outcome": "accepted"}
            for job in jobs
        ]
        with committed(url) as db:
            db.run("set local lock_timeout = '100ms'")
            answer = db.as_service().value("select public.settle_jobs(%s)", json.dumps(results))
        assert answer["settled"] + len(answer["busy"]) == len(jobs)
        settled |= {job["subject"] for job in jobs if job["job_id"] not in answer["busy"]}


@pytest.fixture
def scenes(url: str) -> tuple[Scene, Scene]:
    """Two recruiters, each with an interview and an invited candidate."""
    with committed(url) as db:
        scenes = db.scene("one@example.com"), db.scene("two@example.com")
        db.as_owner().run(UNLIMITED)
        return scenes


def test_a_call_of_10_000_that_is_open(url: str, scenes: tuple[Scene, Scene]) -> None:
    busy, other = scenes
    emails = [f"p{n}@example.com" for n in range(10_000)]  # the other's addresses among them
    with committed(url) as db:
        db.as_user(busy.recruiter)
        db.value("select public.create_invites(%s, %s)", busy.interview, emails)
        work_of_others(url, other, "beside")
        db.connection.rollback()


def test_two_inserts_of_1_000_that_are_open(url: str, scenes: tuple[Scene, Scene]) -> None:
    with committed(url) as db:
        third = db.scene("three@example.com")
    with ExitStack() as stack:
        for scene in (scenes[0], third):
            db = stack.enter_context(committed(url))
            db.as_user(scene.recruiter)
            inserted = db.run(
                "insert into public.interview_invites (interview_id, email)"
                " select %s, 'p' || n || '@example.com' from generate_series(0, 998) as n",
                scene.interview,
            )
            assert inserted == 999
        work_of_others(url, scenes[1], "beside")


def sleeps(watch: Database, pid: int) -> bool:
    """Whether a backend is at pg_sleep by now."""
    watch.connection.rollback()
    return bool(
        watch.value("select wait_event = 'PgSleep' from pg_stat_activity where pid = %s", pid)
    )


def test_a_delete_whose_filter_takes_long(url: str, scenes: tuple[Scene, Scene]) -> None:
    busy, other = scenes
    slow = (
        "delete from public.{} where pg_sleep(case when recruiter_id = %(recruiter)s"
        " then 60 else 0 end) is null"
    )
    for table in ("interviews", "interview_invites"):
        with ExitStack() as stack, committed(url) as db:
            pool = stack.enter_context(ThreadPoolExecutor(1))
            db.as_user(busy.recruiter)
            deleting = pool.submit(db.refused, slow.format(table), vars(busy))
            pid = db.connection.info.backend_pid
            with committed(url) as watch:
                eventually(partial(sleeps, watch, pid))
                work_of_others(url, other, f"beside-{table.replace('_', '-')}")
                watch.run("reset role")
                watch.value("select pg_cancel_backend(%s)", pid)
            assert deleting.result(timeout=PATIENCE).code == "57014"
            db.connection.rollback()


def test_somebody_who_holds_10_000_invites_stalls_nobodys_settling(
    url: str, scenes: tuple[Scene, Scene]
) -> None:
    """Their own mails are settled too, and shown as soon as they let go."""
    busy, other = scenes
    emails = [f"p{n}@example.com" for n in range(10_000)]
    with committed(url) as db:
        db.as_service().value("select public.create_invites(%s, %s)", busy.interview, emails)
    held = "select from public.interview_invites where recruiter_id = %s order by id for update"
    with committed(url) as db:
        assert len(db.rows(held, busy.recruiter)) == 10_001
        work_of_others(url, other, "beside")
        assert db.value("select count(*) from private.jobs where done_at is null") == 0
        queued = (
            "select count(*) from public.interview_invites where delivery_status = 'queued'"
            " and recruiter_id = %s"
        )
        with committed(url) as watch:
            assert watch.as_owner().value(queued, busy.recruiter) == 10_001
        db.connection.commit()
    with committed(url) as db:
        while db.as_owner().value("select count(*) from private.jobs"):
            maintain(db)
        assert db.as_owner().value(queued, busy.recruiter) == 0


def test_somebody_who_sends_all_again_stalls_nobodys_settling(
    url: str, scenes: tuple[Scene, Scene]
) -> None:
    """They hold the jobs as well: these are settled later, by their ids."""
    busy, other = scenes
    with committed(url) as db:
        emails = [f"p{n}@example.com" for n in range(1_000)]
        db.as_service().value("select public.create_invites(%s, %s)", busy.interview, emails)
        db.pass_time("11 minutes")
    with committed(url) as db:
        jobs = db.as_service().value("select public.claim_jobs(%s, 'worker', 1000, 600)", MAILS)
    results = json.dumps(
        [{"job_id": j["job_id"], "lease_token": j["lease_token"], "outcome": "accepted"}
         for j in jobs]
    )  # fmt: skip
    settle = "select public.settle_jobs(%s)"
    with committed(url) as db:
        db.as_service().value("select public.create_invites(%s, %s)", busy.interview, emails)
        with committed(url) as worker:
            worker.run("set local lock_timeout = '100ms'")
            answer = worker.as_service().value(settle, results)
        assert answer["busy"] and answer["settled"] + len(answer["busy"]) == len(jobs)
        work_of_others(url, other, "beside")
        db.connection.commit()
    with committed(url) as db:
        assert db.as_service().value(settle, results)["settled"] == len(answer["busy"])


# ---- many ------------------------------------------------------------------------------------


@pytest.fixture(params=[2_000, pytest.param(100_000, marks=pytest.mark.proof)])
def many(request: pytest.FixtureRequest) -> int:
    """How many invites `large` has."""
    return int(request.param)


@pytest.fixture
def large(url: str, scenes: tuple[Scene, Scene], many: int) -> Scene:
    """The first of the two, with that many invites in 100 interviews."""
    busy = scenes[0]
    with committed(url) as db, db.without_triggers():
        db.run(
            "insert into public.interviews (id, title, recruiter_id)"
            " select lpad(n::text, 32, '0')::uuid, 'Interview ' || n, %s"
            " from generate_series(1, 100) as n",
            busy.recruiter,
        )
        db.run(
            "insert into public.interview_invites"
            " (interview_id, recruiter_id, recruiter_name, email, invite_code)"
            " select lpad((1 + n %% 100)::text, 32, '0')::uuid, %s, 'R', 'p' || n"
            " || '@example.com', lpad(n::text, 6, '0') from generate_series(0, %s) as n",
            busy.recruiter,
            many - 1,
        )
    return busy


def test_deleting_many_invites(url: str, large: Scene, scenes: tuple[Scene, Scene]) -> None:
    with committed(url) as db:
        db.as_user(large.recruiter)
        assert db.run("delete from public.interviews where title like 'Interview %%'", {}) == 100
        work_of_others(url, scenes[1], "beside")
    with committed(url) as db:
        left = db.as_owner().value("select count(*) from public.interview_invites")
        assert left < 1_000


def test_transferring_many_invites_in_steps(
    url: str, large: Scene, many: int, scenes: tuple[Scene, Scene]
) -> None:
    moved = 0
    with committed(url) as db:
        heir = db.account()
    call = "select public.transfer_interviews(%s, %s, 40)"
    for step in range(10):
        with committed(url) as db:
            count = db.as_service().value(call, large.recruiter, heir)
            work_of_others(url, scenes[1], f"beside{step}")
        moved += count
        if not count:
            break
    assert moved == 101  # the scene's own interview too
    with committed(url) as db:
        db.as_owner()
        for table in ("interviews", "interview_invites"):
            mine = f"select count(*) from public.{table} where recruiter_id = %s"
            assert db.value(mine, large.recruiter) == 0
        assert db.value(mine, heir) == many + 1


def test_a_dump_of_many_invites_is_restored(
    cluster: Cluster,
    create_database: Callable[..., str],
    url: str,
    large: Scene,
    tmp_path: Path,
) -> None:
    """No trigger counts rows of DBAs, nor redraws a code."""
    dump, restored = tmp_path / "dump", create_database(schema=False)
    schemas = ("--schema=public", "--schema=private")
    for program, *options in (
        ["pg_dump", *schemas, "--format=custom", "--file", str(dump), url],
        ["pg_restore", "--clean", "--if-exists", "--dbname", cluster.url(restored), str(dump)],
    ):
        # The accounts are not part of it: what refers to them is restored with them on a project.
        if program == "pg_restore":
            copy_accounts(url, cluster.url(restored))
        done = subprocess.run(
            [cluster.binary(program), *options], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    rows = "select md5(string_agg(i::text, ',' order by id)) from public.interview_invites i"
    with committed(url) as before, committed(cluster.url(restored)) as after:
        assert after.as_owner().value(rows) == before.as_owner().value(rows)
    cluster.run_sql(f"drop database {restored} with (force)")


def copy_accounts(source: str, target: str) -> None:
    """The accounts of one database into another."""
    with psycopg.connect(source) as old, psycopg.connect(target) as new:
        for user_id, email in old.execute("select id, email from auth.users"):
            assert isinstance(user_id, uuid.UUID)
            new.execute(
                "insert into auth.users (id, email, aud, role) values (%s, %s, 'authenticated',"
                " 'authenticated')",
                (user_id, email),
            )
