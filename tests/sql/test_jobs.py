"""Jobs as workers meet them: claimed, renewed and settled; paused, watched and tried again."""

import uuid
from collections import Counter
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.kit.database import Database, Row, Scene, at_once, committed
from tests.sql.jobs import (
    GENERAL,
    INVITATION,
    MAILS,
    REMINDER,
    accept_all,
    answer,
    claim,
    delivery,
    job_row,
    queue,
    result,
    settle,
)

NOBODY = uuid.UUID(int=0)


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
        db.value(
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
    # One that found all that was due locked by others has stopped early, and left them the rest.
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
    """One job each of 1,000 beside 10,000 of one, which were there before."""
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


# ---- settling ------------------------------------------------------------------------------


def test_accepted(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert answer(db, result(mail, "accepted")) == {"settled": 1, "busy": []}
    assert db.jobs(scene.invite) == []
    assert delivery(db, scene) == ("accepted", None)
    assert db.invite_row(scene.invite)["delivery_at"] == db.value("select now()")
    # Only once.
    assert settle(db, mail, "failed") == 0
    db.pass_time("1 day")
    assert claim(db) == []


def test_failed_for_good(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "failed", error="550 5.1.1 no such user") == 1
    assert db.jobs(scene.invite) == ["failed"]
    assert delivery(db, scene) == ("failed", "550 5.1.1 no such user")
    db.pass_time("1 day")
    assert claim(db) == []
    # The recruiter sees it.
    db.as_user(scene.recruiter)
    assert db.value("select delivery_status from public.interview_invites") == "failed"


def test_tried_again_later(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy", retry_in=30) == 1
    assert delivery(db, scene) == ("queued", "450 busy")
    db.pass_time("29 seconds")
    assert claim(db) == []
    db.pass_time("1 second")
    (mail,) = claim(db)
    assert mail["attempts"] == 2
    assert settle(db, mail, "accepted") == 1
    assert delivery(db, scene) == ("accepted", None)


def test_given_back_unsent(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    before = db.invite_row(scene.invite)
    assert settle(db, mail, "released") == 1
    assert db.invite_row(scene.invite) == before
    (again,) = claim(db)
    assert (again["job_id"], again["attempts"]) == (mail["job_id"], 1)


def test_given_up_after_a_day_of_tries(db: Database, scene: Scene) -> None:
    for _ in range(5):
        (mail,) = claim(db)
        settle(db, mail, "retry", error="450 busy", retry_in=0)
        db.pass_time("4 hours 50 minutes")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 still busy", retry_in=0) == 1
    assert db.jobs(scene.invite) == ["failed"]
    assert delivery(db, scene) == ("failed", "450 still busy")


def test_not_given_up_when_it_only_waited(db: Database, scene: Scene) -> None:
    """After a long pause everything is old, and deserves its tries all the same."""
    db.pass_time("3 days")
    (mail,) = claim(db)
    assert settle(db, mail, "retry", error="450 busy") == 1
    assert db.jobs(scene.invite) == ["queued"]


@pytest.mark.parametrize(
    "results",
    [None, [], [{}], [{"job_id": 1, "outcome": "accepted"}]],
)
def test_results_that_mean_nothing(db: Database, scene: Scene, results: object) -> None:
    db.as_service()
    settled = db.value("select public.settle_jobs(%s)", None if results is None else Jsonb(results))
    assert settled == {"settled": 0, "busy": []}


def test_an_unknown_outcome_and_a_wrong_token_settle_nothing(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    for wrong in (
        result(mail, "delivered"),
        {**result(mail, "accepted"), "lease_token": str(uuid.uuid4())},
        {**result(mail, "accepted"), "lease_token": None},
        {**result(mail, "accepted"), "job_id": mail["job_id"] + 1},
    ):
        assert answer(db, wrong) == {"settled": 0, "busy": []}
    assert settle(db, mail, "accepted") == 1


def test_one_result_twice_settles_once(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    assert answer(db, *[result(mail, "accepted")] * 2)["settled"] == 1
    assert status(db)["accepted"] == 1


def test_correcting_deletes_the_job_and_a_late_settling_changes_nothing(
    db: Database, scene: Scene
) -> None:
    db.pass_time("1 minute")
    (mail,) = claim(db)
    db.as_user(scene.recruiter).value(
        "select public.correct_invite(%s, 'right@example.com')", scene.invite
    )
    before = db.invite_row(scene.invite)
    for outcome in ("accepted", "failed", "retry", "released"):
        assert answer(db, result(mail, outcome)) == {"settled": 0, "busy": []}
    assert db.invite_row(scene.invite) == before
    (again,) = claim(db)
    assert (again["email"], again["attempts"]) == ("right@example.com", 1)


# ---- settling never waits ------------------------------------------------------------------


@pytest.fixture
def leased(url: str) -> tuple[Scene, Row]:
    """A committed scene, and its one mail in the hands of a worker."""
    with committed(url) as db:
        scene = db.scene()
        (mail,) = claim(db, lease=3600)
    return scene, mail


def settle_at_once(url: str, job: Row, outcome: str, **more: Any) -> Row:
    """The answer of settle_jobs, which waits for nobody."""
    with committed(url) as db:
        db.connection.execute("set local lock_timeout = '50ms'")
        return answer(db, result(job, outcome, **more))


@pytest.mark.parametrize(
    ("outcome", "state", "left"), [("accepted", "done", []), ("failed", "failed", ["failed"])]
)
@pytest.mark.parametrize("shown_by", ["settling", "maintenance"])
def test_an_invite_that_somebody_holds_is_told_later(
    url: str, leased: tuple[Scene, Row], outcome: str, state: str, left: list[str], shown_by: str
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        settled = settle_at_once(url, mail, outcome, error="550 no such user")
        assert settled == {"settled": 1, "busy": []}
        # Nor does anybody wait who looks for something else to tell.
        assert settle_at_once(url, mail, outcome) == {"settled": 0, "busy": []}
        with committed(url) as db:
            assert db.jobs(scene.invite) == [state]
            assert delivery(db, scene) == ("queued", None)
            assert claim(db) == [], "it is not sent again"
    with committed(url) as db:
        if shown_by == "settling":
            assert answer(db) == {"settled": 0, "busy": []}
        else:
            db.as_service().value("select public.run_maintenance()")
        assert delivery(db, scene) == (
            outcome,
            "550 no such user" if outcome == "failed" else None,
        )
        assert db.jobs(scene.invite) == left


def test_what_one_holds_for_long_stalls_nobody_else(url: str) -> None:
    """More settled mails of invites that are held than a settling looks at."""
    with committed(url) as db:
        scene, other = db.scene(), db.scene("other@example.com")
        emails = [f"p{n}@example.com" for n in range(250)]
        db.as_user(scene.recruiter).value(
            "select public.create_invites(%s, %s)", scene.interview, emails
        )
        jobs = claim(db, batch=1000, lease=3600)
    (theirs,) = (job for job in jobs if job["subject"] == str(other.invite))
    held = [result(job, "accepted") for job in jobs if job is not theirs]
    with committed(url) as holding:
        holding.run(
            "select from public.interview_invites where interview_id = %s for update",
            scene.interview,
        )
        with committed(url) as db:
            db.connection.execute("set local lock_timeout = '50ms'")
            assert answer(db, *held)["settled"] == 251
            assert answer(db, result(theirs, "accepted"))["settled"] == 1
            assert delivery(db, other) == ("accepted", None)
            assert delivery(db, scene) == ("queued", None)
    with committed(url) as db:
        for _ in range(3):
            answer(db)
        with db.superuser():
            assert db.value("select count(*) from private.jobs") == 0
            assert db.rows(
                "select delivery_status, count(*) as n from public.interview_invites group by 1"
            ) == [{"delivery_status": "accepted", "n": 252}]


def test_a_job_that_somebody_holds_is_named_busy_and_settled_by_repeating(
    url: str, leased: tuple[Scene, Row]
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from private.jobs where id = %s for update", mail["job_id"])
        assert settle_at_once(url, mail, "accepted") == {"settled": 0, "busy": [mail["job_id"]]}
    assert settle_at_once(url, mail, "accepted") == {"settled": 1, "busy": []}
    with committed(url) as db:
        assert delivery(db, scene) == ("accepted", None)


# ---- pausing, and what there is to see -------------------------------------------------------


def status(db: Database, *kinds: str) -> Row:
    db.as_service()
    row: Row = db.value("select public.jobs_status(%s)", list(kinds or MAILS))
    return row


def pause(db: Database, reason: str, seconds: int, *kinds: str) -> None:
    db.as_service().value(
        "select public.pause_jobs(%s, %s, %s)", list(kinds or MAILS), reason, seconds
    )


def test_pausing_keeps_every_job(db: Database, scene: Scene) -> None:
    pause(db, "535 wrong password", 600)
    assert claim(db) == []
    assert db.jobs(scene.invite) == ["queued"]
    assert status(db)["paused_reason"] == "535 wrong password"
    db.pass_time("600 seconds")
    assert (status(db)["paused_reason"], status(db)["paused_until"]) == (None, None)
    assert len(claim(db)) == 1


def test_resuming_ends_a_pause(db: Database, scene: Scene) -> None:
    pause(db, "a reason", 600)
    db.value("select public.resume_jobs(%s)", MAILS)
    assert status(db)["paused_until"] is None
    assert len(claim(db)) == 1


def test_a_pause_of_some_kinds_leaves_the_others(db: Database, scene: Scene) -> None:
    queue(db, NOBODY, 1)
    pause(db, "a reason", 600, INVITATION, INVITATION)
    assert [job["kind"] for job in claim(db)] == [GENERAL]
    assert claim(db) == []
    assert (status(db, GENERAL)["paused_until"], status(db, INVITATION)["paused_reason"]) == (
        None,
        "a reason",
    )
    db.value("select public.resume_jobs(%s)", [GENERAL])
    assert claim(db) == []
    db.as_service().value("select public.resume_jobs(%s)", [INVITATION])
    assert [job["kind"] for job in claim(db)] == [INVITATION]


def test_the_status(db: Database, scene: Scene) -> None:
    nobody = {"workers": 0, "last_seen_seconds": None, "paused_until": None, "paused_reason": None}
    never = {"accepted": 0, "failed": 0, "retried": 0}
    assert status(db) == {"queued": 1, "oldest_seconds": 0, "late_seconds": 0, **never, **nobody}
    db.pass_time("90 seconds")
    assert {"oldest_seconds": 90, "late_seconds": 90}.items() <= status(db).items()
    (mail,) = claim(db)
    assert status(db)["late_seconds"] == 0, "somebody has it"
    settle(db, mail, "retry", retry_in=0)
    for worker in ("one", "two"):
        for mail in claim(db, worker=worker):
            settle(db, mail, "accepted")
    done = {"queued": 0, "oldest_seconds": None, "accepted": 1, "failed": 0, "retried": 1}
    assert {**done, "workers": 3, "last_seen_seconds": 0}.items() <= status(db).items()
    db.pass_time("61 seconds")
    assert {"workers": 0, "last_seen_seconds": 61}.items() <= status(db).items()
    claim(db)
    assert {"workers": 1, "last_seen_seconds": 0}.items() <= status(db).items()


def test_the_status_is_of_the_kinds_asked_for(db: Database, scene: Scene) -> None:
    queue(db, NOBODY, 2)
    assert [status(db, kind)["queued"] for kind in MAILS] == [1, 0, 2]
    claim(db, kinds=[GENERAL], batch=1)
    assert [status(db, kind)["workers"] for kind in MAILS] == [0, 0, 1]
    for job in claim(db, kinds=[INVITATION]):
        settle(db, job, "failed")
    assert [status(db, kind)["failed"] for kind in MAILS] == [1, 0, 0]
    assert status(db)["queued"] == 2
    assert status(db, "newsletter")["queued"] == 0


@pytest.mark.parametrize("who", ["recruiter", "service"])
def test_what_recruiters_and_the_service_see_of_sending(
    db: Database, scene: Scene, who: str
) -> None:
    def state() -> str:
        caller = db.as_user(scene.recruiter) if who == "recruiter" else db.as_service()
        text: str = caller.value("select public.delivery_state()")
        return text

    assert state() == "stopped"
    claim(db, kinds=[REMINDER, GENERAL])
    assert state() == "stopped", "who sends other mails sends no invitations"
    claim(db)
    assert state() == "sending"
    pause(db, "a reason", 30, REMINDER)
    assert state() == "sending"
    pause(db, "a reason", 30)
    assert state() == "paused"
    db.pass_time("61 seconds")
    assert state() == "stopped"


def test_a_heartbeat_is_per_worker_and_kind(db: Database) -> None:
    claim(db, worker="one", kinds=[INVITATION, REMINDER, INVITATION])
    claim(db, worker="two", kinds=[INVITATION])
    with db.superuser():
        beats = db.rows("select worker, kind from private.job_workers order by 1, 2")
    assert [(row["worker"], row["kind"]) for row in beats] == [
        ("one", INVITATION),
        ("one", REMINDER),
        ("two", INVITATION),
    ]


# ---- failed jobs again -----------------------------------------------------------------------


def retry(db: Database, since: str = "1 day", kinds: list[str] | None = None) -> int:
    db.as_service()
    row: Row = db.value("select public.retry_jobs(%s, now() - %s::interval)", kinds or MAILS, since)
    retried: int = row["retried"]
    return retried


def test_failed_jobs_are_queued_again(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("2 hours")
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours", [REMINDER]) == 0
    assert retry(db, "2 hours") == 1
    assert delivery(db, scene) == ("queued", None)
    (mail,) = claim(db)
    assert mail["attempts"] == 1
    settle(db, mail, "accepted")
    assert retry(db) == 0


def test_those_that_failed_earlier_are_left(db: Database, scene: Scene) -> None:
    """Whether or not they have an invite, and whatever the maintenance did."""
    db.as_service().value("select public.invite_candidates('{someone@example.com}')")
    for mail in claim(db):
        settle(db, mail, "failed", error="550")
    db.pass_time("2 hours")
    db.as_service().value("select public.run_maintenance()")
    assert retry(db, "1 hour") == 0
    assert retry(db, "2 hours") == 2
    assert sorted(job["kind"] for job in claim(db)) == [GENERAL, INVITATION]


def test_what_is_sent_again_by_other_means_is_not_retried(db: Database, scene: Scene) -> None:
    """There is one mail of an invite: it waits, was accepted, or failed."""
    settle(db, claim(db)[0], "failed", error="550")
    db.pass_time("11 minutes")
    db.as_user(scene.recruiter).value("select public.resend_invite(%s)", scene.invite)
    assert db.jobs(scene.invite) == ["queued"]
    assert retry(db) == 0
    settle(db, claim(db)[0], "accepted")
    assert retry(db) == 0
    assert claim(db) == []


def test_a_retried_job_that_is_no_longer_wanted_is_dropped(db: Database, scene: Scene) -> None:
    settle(db, claim(db)[0], "failed", error="550")
    db.accept(scene.candidate, scene.code)
    assert retry(db) == 1
    assert claim(db) == [] and db.jobs(scene.invite) == []


def test_a_held_invite_that_failed_is_retried_all_the_same(
    url: str, leased: tuple[Scene, Row]
) -> None:
    scene, mail = leased
    with committed(url) as holding:
        holding.run("select from public.interview_invites where id = %s for update", scene.invite)
        settle_at_once(url, mail, "failed", error="550")
        with pytest.raises(psycopg.errors.LockNotAvailable), committed(url) as db:
            db.connection.execute("set local lock_timeout = '50ms'")
            retry(db)
    with committed(url) as db:
        assert retry(db) == 1
        answer(db)
        assert delivery(db, scene) == ("queued", None)
        assert len(claim(db)) == 1


def test_a_settled_job_keeps_its_last_error(db: Database, scene: Scene) -> None:
    (mail,) = claim(db)
    settle(db, mail, "retry", error="4" * 2_000, retry_in=0)
    assert job_row(db, mail)["last_error"] == "4" * 1_000
    (mail,) = claim(db)
    settle(db, mail, "failed")
    assert delivery(db, scene) == ("failed", "4" * 1_000)
