"""Hostile accounts beside a tenant at work: the tenant never waits for what one of them holds.

There is a PostgREST for the hostile and one for all others, the worker included, so that it is
known whose sessions wait. How a shared pool of connections is used up, docs/operations.md says.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest

import local.postgrest
from local.postgres import Cluster
from tests.http.api import Person
from tests.kit.database import Database, committed
from tests.kit.gateway import gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually, wait_for_a_lock
from tests.service import hostile, working
from tests.service.conftest import (
    ANON_KEY,
    JWT_SECRET,
    SERVICE_ROLE_KEY,
    Service,
    token,
)
from tests.service.hostile import REFUSED, Hostile
from tests.service.test_schemathesis import ALONE, served
from tests.service.watching import HOSTILE, TENANT, Watch, watching
from tests.service.working import Tenant

AT_FIRST = 300  # settings.invites_per_day_at_first


@pytest.fixture
def url(cluster: Cluster, database: str) -> str:
    """A database of the test's own."""
    return cluster.url(database)


@pytest.fixture
def watch(cluster: Cluster, url: str) -> Iterator[Watch]:
    """Sees all waits of this test."""
    with watching(url, cluster.part.text) as watch:
        yield watch


def side(url: str, name: str) -> str:
    """Connections that belong to a side."""
    return f"{url}?application_name={name}"


# ---- what the watch sees ------------------------------------------------------------------------


def test_a_wait_for_a_hostile_session_is_seen(url: str, watch: Watch) -> None:
    """At once, and in the log; also that of somebody who waits for somebody else who waits."""
    locks = [f"select pg_advisory_lock({n})" for n in (1, 2)]
    with ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        enemy, between, tenant = (
            stack.enter_context(psycopg.connect(side(url, name), autocommit=True))
            for name in (HOSTILE, "maintenance", TENANT)
        )
        enemy.execute(locks[0])
        between.execute(locks[1])
        direct = pool.submit(tenant.execute, locks[0])
        eventually(lambda: watch.waits)
        eventually(watch.logged)
        enemy.execute("select pg_advisory_unlock_all()")
        direct.result(timeout=PATIENCE)

        tenant.execute("select pg_advisory_unlock_all()")
        enemy.execute(locks[0])
        waiting = pool.submit(between.execute, locks[0])
        watch.waits.clear()
        behind = pool.submit(tenant.execute, locks[1])
        eventually(lambda: watch.waits)
        enemy.execute("select pg_advisory_unlock_all()")
        waiting.result(timeout=PATIENCE)
        between.execute("select pg_advisory_unlock_all()")
        behind.result(timeout=PATIENCE)


def test_other_waits_are_not(url: str, watch: Watch) -> None:
    with ThreadPoolExecutor(2) as pool, ExitStack() as stack:
        first, second, enemy = (
            stack.enter_context(psycopg.connect(side(url, name), autocommit=True))
            for name in (TENANT, TENANT, HOSTILE)
        )
        first.execute("select pg_advisory_lock(1)")
        take = "select pg_advisory_xact_lock(1)"
        waiting = [pool.submit(second.execute, take)]
        wait_for_a_lock(url)
        waiting.append(pool.submit(enemy.execute, take))
        wait_for_a_lock(url, 2)
        looked = watch.looks
        eventually(lambda: watch.looks > looked + 20)
        first.execute("select pg_advisory_unlock_all()")
        for one in waiting:
            one.result(timeout=PATIENCE)
    assert watch.waits == watch.logged() == []


# ---- the proof ----------------------------------------------------------------------------------


@pytest.fixture
def sides(
    postgrest_program: None, cluster: Cluster, database: str, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """A PostgREST for each side; their URLs."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                local.postgrest.running(
                    side(cluster.url(database, "authenticator"), name),
                    JWT_SECRET,
                    tmp_path / f"{name}.log",
                )
            )
            for name in (HOSTILE, TENANT)
        }


@pytest.fixture
def clients(
    sides: dict[str, str], settings: dict[str, str], mailbox: MailServer, tmp_path: Path
) -> Iterator[dict[str, httpx.Client]]:
    """Clients of both, and of the service as both call it, through a proxy."""
    keys = {ANON_KEY: ANON_KEY, SERVICE_ROLE_KEY: SERVICE_ROLE_KEY}
    with ExitStack() as stack:
        supabase = stack.enter_context(gateway(sides[TENANT], keys))
        service = Service(
            {
                **settings,
                "SUPABASE_URL": supabase.url,
                "EMAIL_PORT": str(mailbox.port),
                "PUBLIC_SERVICE_URL": "https://links.example.com",
                "TRUSTED_PROXIES": "1",
                "MAIL_WORKER": "on",
            }
        )
        url = stack.enter_context(served(service, tmp_path))
        made = {name: httpx.Client(base_url=sides[name], timeout=PATIENCE) for name in sides}
        for name, address in {HOSTILE: "203.0.113.66", TENANT: "198.51.100.7"}.items():
            made[f"service of the {name}"] = httpx.Client(
                base_url=url,
                timeout=PATIENCE,
                headers={"X-Forwarded-For": address},
                limits=ALONE,
            )
        for client in made.values():
            stack.enter_context(client)
        yield made


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_no_wait_of_the_tenant_is_for_a_hostile_account(
    url: str,
    clients: dict[str, httpx.Client],
    watch: Watch,
    mailbox: MailServer,
) -> None:
    rounds = 40
    targets = working.addresses(rounds)
    with committed(url) as db:
        held = hostile.settle_in(db, targets[:50])
        queued_before = invites_counted(db, held.recruiters)
        db.pass_time("10 days")
        db.as_owner().run(
            "update public.interviews set deadline = now() - interval '25 hours',"
            " deadline_stage = 1 where id = %s",
            held.interviews[2],
        )
        recruiter, again = working.settle_in(db, rounds)
        db.pass_time("11 minutes")
        people = {email: db.account(email) for email in targets}

    def person(which: str, account: object, email: str = "") -> Person:
        return Person(clients[which], str(account), email, token(sub=str(account)))

    def key(which: str) -> Person:
        return Person(clients[which], "", "", SERVICE_ROLE_KEY)

    enemy = Hostile(
        held,
        [person(HOSTILE, account) for account in held.recruiters],
        person(HOSTILE, held.guesser),
        key(HOSTILE),
        clients[f"service of the {HOSTILE}"],
        targets[:50],
    )
    tenant = Tenant(
        person(TENANT, recruiter),
        again,
        lambda email: person(TENANT, people[email], email),
        key(TENANT),
        clients[f"service of the {TENANT}"],
    )
    everything = {call.__name__ for calls in enemy.connections() for call in calls}
    with enemy.at_work(), tenant.maintained_all_the_time():
        for number in range(rounds):
            tenant.work(number)
        eventually(lambda: {call for call, *_ in enemy.seen} == everything)
        # On a busy machine a call may run into its limit before it is refused.
        eventually(lambda: all(enemy.told(call) & slugs for call, slugs in REFUSED.items()))
        eventually(
            lambda: not missing(tenant.mailed, mailbox),
            told=lambda: f"no mail to {missing(tenant.mailed, mailbox)}",
        )
    for (call, status, slug), times in sorted(enemy.seen.items()):
        print(f"{times:6} {call}: {status} {slug}")
    print(f"{watch.looks} looks, {watch.held} with something held, {tenant.maintained} maintained")

    assert watch.waits == watch.logged() == []
    assert watch.held > 0 and tenant.maintained > 0
    with committed(url) as db:
        counted = invites_counted(db, held.recruiters)
        assert all(max(counts, default=0) <= AT_FIRST for counts in counted.values())
        mails = mails_by_sender(mailbox)
        # The interviews of the last two go to and fro between them. In each round a candidate asked
        # for their codes, and the guesser for up to three of each, which counts for no recruiter.
        for together in (*([one] for one in held.recruiters[:-2]), held.recruiters[-2:]):
            sent = sum(mails[db.email_of(account)] for account in together)
            counts = sum(sum(counted[one]) + sum(queued_before[one]) for one in together)
            assert sent <= counts + len(together) * (rounds + 3)
        assert mails[db.email_of(held.recruiters[3])] > 0


def missing(mailed: list[str], mailbox: MailServer) -> set[str]:
    """To whom nothing came."""
    return set(mailed) - {received.recipient for received in list(mailbox.messages)}


def invites_counted(db: Database, accounts: list[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """What counted for each account's daily limit, by day."""
    with db.superuser():
        rows = db.rows("select user_id, invites from private.invite_counts")
    return {
        account: [row["invites"] for row in rows if row["user_id"] == account]
        for account in accounts
    }


def mails_by_sender(mailbox: MailServer) -> Counter[str]:
    """How many invitations came from each recruiter. Nobody got two reminders."""
    mails, reminded = Counter[str](), Counter[str]()
    for received in list(mailbox.messages):
        mail = received.mail
        if str(mail["Subject"]).startswith("Reminder"):
            reminded[received.recipient] += 1
        else:
            mails[str(mail["Reply-To"])] += 1
    assert set(reminded.values()) <= {1}
    return mails
