"""Workers and people who touch the same invites and mails at the same time."""

import time
from concurrent.futures import ThreadPoolExecutor

from psycopg.types.json import Jsonb

from tests.database import committed


def wait_for_a_lock(url: str) -> None:
    """Returns once a session of this database waits for another's lock."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with committed(url) as db:
            if db.value(
                "select exists (select from pg_stat_activity"
                " where wait_event_type = 'Lock' and datname = current_database())"
            ):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_settling_waits_for_somebody_who_sends_the_mail_again(url: str) -> None:
    """Both lock the invite first; the other order would be a deadlock."""
    with committed(url) as db:
        scene = db.scene()
        (mail,) = db.as_service().value("select public.claim_mails('worker')")
        db.pass_time("11 minutes")
    results = Jsonb(
        [{"mail_id": mail["mail_id"], "lease_token": mail["lease_token"], "outcome": "accepted"}]
    )

    def settle() -> int:
        with committed(url) as db:
            settled: int = db.as_service().value("select public.settle_mails(%s)", results)[
                "settled"
            ]
            return settled

    with ThreadPoolExecutor(1) as pool, committed(url) as db:
        # As resend_invite does before anything else.
        db.run("select from public.interview_invites where id = %s for update", scene.invite)
        settling = pool.submit(settle)
        wait_for_a_lock(url)
        assert db.value("select public.resend_invite(%s)", scene.invite)["outcome"] == "renewed"
        db.connection.commit()
        assert settling.result(timeout=10) == 1


def test_inviting_again_locks_in_the_order_of_settling(url: str) -> None:
    """Somebody who holds the first of many invites gets the others too."""
    with committed(url) as db:
        scene = db.scene()
        emails = [f"{n}@example.com" for n in range(30)]
        call = "select public.create_invites(%s, %s)"
        db.value(call, scene.interview, emails)
        db.pass_time("11 minutes")

    def renew() -> set[str]:
        with committed(url) as db:
            rows = db.as_user(scene.recruiter).value(call, scene.interview, emails)
            return {row["outcome"] for row in rows}

    lock = "select from public.interview_invites {} for no key update"
    with ThreadPoolExecutor(1) as pool, committed(url) as db:
        db.run(
            lock.format("where id in (select min(id::text)::uuid from public.interview_invites)")
        )
        renewing = pool.submit(renew)
        wait_for_a_lock(url)
        assert db.run(lock.format("order by id")) == 31
        db.connection.commit()
        assert renewing.result(timeout=10) == {"renewed"}
