"""Guards within functions that no other test covers; found by `make mutants` and the model."""

import uuid

from psycopg.types.json import Jsonb

from local.postgres import Cluster
from tests.kit.database import Database, Row, committed
from tests.sql.jobs import maintain

INVITATION = ["interview_invitation"]


def claim(db: Database, kinds: list[str], lease_seconds: int = 60) -> list[Row]:
    """As a worker does, which is the service."""
    jobs: list[Row] = db.as_service().value(
        "select public.claim_jobs(%s, 'worker', 50, %s)", kinds, lease_seconds
    )
    return jobs


def settle(db: Database, jobs: list[Row], outcome: str) -> Row:
    """All of them with the same result."""
    results = [{**job, "outcome": outcome, "error": "550 no"} for job in jobs]
    answer: Row = db.as_service().value("select public.settle_jobs(%s)", Jsonb(results))
    return answer


def test_a_failed_general_invitation_stays_for_a_retry(db: Database) -> None:
    general = ["candidate_invitation"]
    db.as_service().value("select public.invite_candidates('{a@example.com}')")
    settle(db, claim(db, general), "failed")
    db.pass_time("11 minutes")
    assert maintain(db)["pruned"] == 0
    answer = db.value("select public.retry_jobs(%s, now() - interval '1 hour')", general)
    assert answer == {"retried": 1}


def test_a_new_distance_counts_for_whom_an_old_one_has_reminded(db: Database) -> None:
    """A DBA replaces 3 days by 2 and 1, after the reminder of 3 days before."""
    scene = db.scene()
    db.accept(db.account("other@example.com"), invited(db, scene.recruiter, "other@example.com"))
    db.pass_time("27 days 12 hours")
    assert maintain(db)["reminders"] == 1
    db.as_owner().run("update private.settings set reminder_distances = '{2 days,1 day}'")
    db.pass_time("1 day")
    assert maintain(db)["reminders"] == 1


def invited(db: Database, recruiter: uuid.UUID, email: str) -> str:
    """To another interview, with a deadline in 30 days; returns the code."""
    interview = db.interview(recruiter, "Other")
    code: str = db.invite(recruiter, interview, email)["invite_code"]
    return code


def test_renewing_waits_for_nobody(cluster: Cluster, database: str) -> None:
    """A call that holds one job and waits for another would be a deadlock."""
    url = cluster.url(database)
    with committed(url) as db:
        scene = db.scene()
    with committed(url) as db:
        (job,) = claim(db, INVITATION)
    with committed(url) as holder:
        with holder.superuser():
            holder.run("select from private.jobs for update")
        with committed(url) as db:
            db.run("set local lock_timeout = '2s'")
            held = db.as_service().value(
                "select public.renew_jobs(%s, %s, 600)", job["lease_token"], [job["job_id"]]
            )
            assert held == [job["job_id"]]
    assert scene.invite


def test_no_candidate_waits_for_another(cluster: Cluster, database: str) -> None:
    url = cluster.url(database)
    with committed(url) as db:
        scene = db.scene()
        other = db.account("other@example.com")
    with committed(url) as guessing:
        guessing.accept(other, "000000")
        with committed(url) as db:
            db.run("set local lock_timeout = '2s'")
            assert db.accept(scene.candidate, scene.code)["status"] == "active"
