"""Jobs as workers see them: in the table, claimed and renewed."""

import uuid
from collections import Counter
from functools import partial

import pytest

from tests.kit.database import Database, Scene, at_once, committed
from tests.sql.jobs import (
    GENERAL,
    INVITATION,
    NOBODY,
    REMINDER,
    accept_all,
    claim,
    delivery,
    queue,
    settle,
)


@pytest.fixture
def empty(db: Database) -> Database:
    """A database in which no job waits."""
    accept_all(db)
    return db


# ---- the table -----------------------------------------------------------------------------


def test_what_the_table_refuses(db: Database, scene: Scene) -> None:
    db.as_owner()
    insert = "insert into private.jobs (kind, subject) values (%s, %s)"
    assert db.refused(insert, "newsletter", scene.invite).code == "23514"
    assert db.refused(insert, INVITATION, None).code == "23502"
    assert db.refused(insert, INVITATION, scene.invite).code == "23505", "no mail twice"
    assert db.run(insert, REMINDER, scene.invite) == 1


@pytest.mark.parametrize("table", ["job_kinds (kind)", "job_workers (kind, worker)"])
def test_names_of_kinds_are_short(db: Database, table: str) -> None:
    values = "repeat('x', 101)" + (", 'w'" if "worker" in table else "")
    refusal = db.as_owner().refused(f"insert into private.{table} values ({values})")
    assert refusal.code == "23514"


# ---- claiming ------------------------------------------------------------------------------


def test_oldest_first_and_no_more_than_asked_for(db: Database, scene: Scene) -> None:
    for n in range(3):
        db.pass_time("1 minute")
        db.invite(scene.recruiter, scene.interview, f"{n}@example.com")
    assert [mail["email"] for mail in claim(db, batch=3)] == [
        scene.email,
        "0@example.com",
        "1@example.com",
    ]
    assert claim(db, batch=-1) == []
    assert [mail["email"] for mail in claim(db)] == ["2@example.com"]
    assert claim(db) == []


def test_a_lease_comes_back_by_itself(db: Database, scene: Scene) -> None:
    (first,) = claim(db, lease=60)
    db.pass_time("59 seconds")
    assert claim(db) == []
    db.pass_time("1 second")
    (second,) = claim(db)
    assert second["job_id"] == first["job_id"]
    assert second["lease_token"] != first["lease_token"]
    assert second["attempts"] == 2
    # A worker that slept past the lease writes nothing.
    assert settle(db, first, "failed", error="too late") == 0
    assert delivery(db, scene) == ("queued", None)
    assert settle(db, second, "accepted") == 1


def test_a_job_whose_subject_is_gone_is_dropped_by_the_claim(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    db.as_user(scene.recruiter).run("delete from public.interview_invites")
    db.pass_time("61 seconds")
    assert db.jobs(scene.invite) == ["queued"]
    assert claim(db) == [] and db.jobs(scene.invite) == []
    assert settle(db, mail, "accepted") == 0


def test_a_worker_has_a_name(db: Database) -> None:
    call = "select public.claim_jobs(%s, null)"
    assert db.as_service().refused(call, [INVITATION]).code == "23502"


def test_of_a_long_name_of_a_worker_the_beginning_is_kept(db: Database) -> None:
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 9_000)))  # more than an index takes
    claim(db, worker=name, kinds=[INVITATION])
    with db.superuser():
        assert db.value("select worker from private.job_workers") == name[:200]


def test_two_workers_never_get_the_same_job(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.as_owner().value(
            "select public.create_invites(%s, %s)",
            scene.interview,
            [f"p{n}@example.com" for n in range(300)],
        )

    def work(name: str, db: Database) -> list[int]:
        found: list[int] = []
        while jobs := claim(db, batch=7, worker=name):
            found += [job["job_id"] for job in jobs]
            db.connection.commit()
        return found

    lists = at_once(url, [partial(work, f"worker {n}") for n in range(6)])
    # A claim that finds all due jobs locked by others stops early and leaves them the rest.
    claimed = [job for jobs in lists if isinstance(jobs, list) for job in jobs]
    assert len(claimed) == len(set(claimed)) == 301


def test_a_worker_gets_only_the_kinds_that_it_names(db: Database, scene: Scene) -> None:
    queue(db, NOBODY, 1)
    for kinds in ([], ["newsletter"], None):
        db.as_service()
        assert db.value("select public.claim_jobs(%s, 'worker')", kinds) == []
    assert [job["kind"] for job in claim(db, kinds=[GENERAL, GENERAL])] == [GENERAL]
    assert claim(db, kinds=[GENERAL, REMINDER]) == []
    assert [job["kind"] for job in claim(db, kinds=[INVITATION])] == [INVITATION]


# ---- fairness ------------------------------------------------------------------------------


def test_many_small_tenants_do_not_wait_for_a_large_one(empty: Database) -> None:
    """One job in each of 1,000 lanes, beside one lane with 10,000 older jobs."""
    db = empty
    large = uuid.uuid4()
    queue(db, large, 10_000)
    with db.superuser():
        db.run(
            "insert into private.jobs (kind, lane, subject, data)"
            " select 'candidate_invitation', gen_random_uuid(), gen_random_uuid(),"
            " jsonb_build_object('email', 'small' || n || '@example.com')"
            " from generate_series(1, 1000) as n"
        )
    small_ones, batches = 0, 0
    while small_ones < 1_000:
        jobs = claim(db, batch=100)
        kinds = Counter(job["email"].startswith("small") for job in jobs)
        assert len(jobs) <= 100
        lanes_before = 1_001 - small_ones
        assert kinds[False] <= -(-100 // lanes_before), "its share, as one lane of so many"
        small_ones += kinds[True]
        batches += 1
    assert batches <= 11
    assert len(claim(db, batch=100)) == 100, "alone it has all of a batch"


def test_two_tenants_share_a_batch(empty: Database) -> None:
    db = empty
    lanes = [uuid.uuid4(), uuid.uuid4()]
    for lane in lanes:
        queue(db, lane, 60)
    jobs = claim(db, batch=40)
    with db.superuser():
        claimed = db.rows(
            "select lane, count(*) as jobs from private.jobs where lease_token = %s group by lane",
            jobs[0]["lease_token"],
        )
    assert {row["lane"]: row["jobs"] for row in claimed} == dict.fromkeys(lanes, 20)


@pytest.mark.parametrize("batch", [1, 50])
def test_lanes_that_are_not_due_hide_none_that_is(empty: Database, batch: int) -> None:
    db = empty
    with db.superuser():
        db.run(
            "insert into private.jobs (kind, lane, subject, due_at, data)"
            " select 'candidate_invitation', gen_random_uuid(), gen_random_uuid(),"
            " now() + interval '1 hour', '{}' from generate_series(1, 300)"
        )
    for _ in range(5):
        queue(db, uuid.uuid4(), 1)
        assert len(claim(db, batch=batch)) == 1
    assert claim(db, batch=batch) == []


@pytest.mark.parametrize("lane", [1, 2**127, 2**128 - 2])
def test_what_has_failed_takes_nobody_s_share(empty: Database, lane: int) -> None:
    """In the same lane, and in one before or after where the worker begins."""
    queue(empty, uuid.UUID(int=lane), 1)
    with empty.superuser():
        fail = "update private.jobs set failed_at = now(), due_at = '-infinity' returning id"
        failed = empty.value(fail)
    queue(empty, uuid.UUID(int=2**127), 2)
    claimed = [job["job_id"] for job in claim(empty, batch=2)]
    assert len(claimed) == 2 and failed not in claimed


def test_what_is_no_longer_wanted_hides_nothing(db: Database, scene: Scene) -> None:
    """An answer is empty only when nothing is due."""
    emails = [f"p{n}@example.com" for n in range(12)]
    db.as_user(scene.recruiter)
    closed = db.interview(scene.recruiter, "Closed")
    db.value("select public.create_invites(%s, %s)", closed, emails)
    db.run("update public.interviews set status = 'inactive' where id = %s", closed)
    db.pass_time("1 minute")
    last = db.invite(scene.recruiter, scene.interview, "last@example.com")
    assert [job["email"] for job in claim(db, batch=1)] == [scene.email]
    assert [job["subject"] for job in claim(db, batch=1)] == [last["invite_id"]]
    with db.superuser():
        states = db.rows(
            "select delivery_status, count(*) as n from public.interview_invites"
            " where interview_id = %s group by 1",
            closed,
        )
    assert states == [{"delivery_status": "cancelled", "n": 12}]


def test_what_is_no_longer_wanted_but_held_hides_nothing(url: str) -> None:
    with committed(url) as db:
        scene = db.scene()
        db.as_user(scene.recruiter).value("select public.revoke_invite(%s)", scene.invite)
        db.pass_time("1 minute")
        last = db.invite(scene.recruiter, db.interview(scene.recruiter), "last@example.com")
    with committed(url) as holding, committed(url) as db:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        assert [job["subject"] for job in claim(db, batch=1)] == [last["invite_id"]]
        assert claim(db, batch=1) == []
        db.connection.commit()
        assert db.jobs(scene.invite) == ["queued"]
    with committed(url) as db:
        db.pass_time("10 seconds")
        assert claim(db) == [] and db.jobs(scene.invite) == []
        assert delivery(db, scene) == ("cancelled", None)


@pytest.mark.parametrize("call", ["resend_invite", "resend_my_codes"])
def test_what_a_person_waits_for_comes_first_in_its_lane(
    db: Database, scene: Scene, call: str
) -> None:
    settle(db, claim(db)[0], "accepted")
    db.pass_time("1 hour")
    db.as_user(scene.recruiter).value(
        "select public.create_invites(%s, %s)",
        scene.interview,
        [f"p{n}@example.com" for n in range(20)],
    )
    db.pass_time("1 minute")
    if call == "resend_invite":
        db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    else:
        db.as_user(scene.candidate).value("select public.resend_my_codes()")
    with db.connection.transaction(force_rollback=True):
        assert claim(db)[0]["email"] == scene.email, "first in the batch"
    assert [job["email"] for job in claim(db, batch=1)] == [scene.email]


# ---- renewing ------------------------------------------------------------------------------


def renew(db: Database, token: str | None, jobs: list[int] | None, lease: int = 60) -> list[int]:
    db.as_service()
    held: list[int] = db.value("select public.renew_jobs(%s, %s, %s)", token, jobs, lease)
    return held


def test_renewing_keeps_a_lease(db: Database, scene: Scene) -> None:
    (job,) = claim(db, lease=60)
    db.pass_time("50 seconds")
    assert renew(db, job["lease_token"], [job["job_id"]]) == [job["job_id"]]
    db.pass_time("59 seconds")
    assert claim(db) == []
    assert settle(db, job, "accepted") == 1


def test_renewing_answers_only_what_is_still_held(db: Database, scene: Scene) -> None:
    db.invite(scene.recruiter, scene.interview, "second@example.com")
    one, two = claim(db, lease=60)
    token, both = one["lease_token"], [one["job_id"], two["job_id"]]
    assert sorted(renew(db, token, both)) == sorted(both)
    settle(db, one, "accepted")
    assert renew(db, token, both) == [two["job_id"]]
    # A lease that ran out, and that nobody else took, can still be renewed.
    db.pass_time("61 seconds")
    assert renew(db, token, both) == [two["job_id"]]
    db.pass_time("61 seconds")
    (again,) = claim(db)
    assert renew(db, token, both) == []
    assert renew(db, again["lease_token"], both) == [two["job_id"]]


def test_another_token_renews_nothing(db: Database, scene: Scene) -> None:
    (job,) = claim(db, lease=60)
    for token in (str(uuid.uuid4()), None):
        assert renew(db, token, [job["job_id"]], 3600) == []
    for jobs in ([], None, [0], [None]):
        assert renew(db, job["lease_token"], jobs, 3600) == []  # type: ignore[arg-type]
    db.pass_time("60 seconds")
    assert len(claim(db)) == 1


def test_a_lease_without_time_is_over(db: Database, scene: Scene) -> None:
    (job,) = claim(db)
    assert renew(db, job["lease_token"], [job["job_id"]], lease=0) == []
