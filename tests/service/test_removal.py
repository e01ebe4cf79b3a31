"""Files of deleted responses: removed by the worker, whatever fails in between."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from service.jobs import retry_in
from service.responses import removal
from service.responses.removal import Remover
from tests.kit.gateway import Gateway
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import SECRET_KEY, SERVICE_ROLE_KEY, Seed, Service, parts
from tests.service.recording import joined, stored
from tests.service.sending import working
from tests.service.test_faults import Spawn, spawn  # noqa: F401


@pytest.fixture
def remover(service: Service, storage: Gateway) -> Remover:
    """One of its own, which works when it is told to."""
    runtime = parts(service.app())
    return Remover(runtime.supabase, runtime.removals)


def discarded(seed: Seed, supabase: Gateway, count: int = 1) -> list[str]:
    """Paths of files whose responses have been deleted."""
    candidate, questions = joined(seed, supabase, count)
    paths = [candidate.record(question)["path"] for question in questions]
    seed.run("delete from private.jobs")
    candidate.rpc("delete_my_responses", interview_id=candidate.interview)
    assert stored(seed, paths) == set(paths)
    return paths


def queued(seed: Seed, *paths: str) -> None:
    """Queue removals, as the database does."""
    seed.run(
        "select private.queue_removals(array_agg(gen_random_uuid()), array_agg(path))"
        " from unnest(%s::text[]) as path",
        list(paths),
    )


@contextmanager
def removing(remover: Remover) -> Iterator[None]:
    """A remover in a thread, ended afterwards."""
    thread = threading.Thread(target=remover.run)
    thread.start()
    try:
        yield
    finally:
        remover.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def make_due(seed: Seed) -> None:
    """As if the delay of a retry were over."""
    seed.run("update private.jobs set due_at = now() where lease_token is null")


@pytest.mark.parametrize("key", [SERVICE_ROLE_KEY, SECRET_KEY], ids=["jwt", "sb_secret"])
def test_a_worker_removes_the_files_of_deleted_responses(
    service: Service, seed: Seed, storage: Gateway, key: str
) -> None:
    paths = discarded(seed, storage, 3)
    kept, questions = joined(seed, storage, 1)
    current = kept.record(questions[0])["path"]
    with working(service.app(SUPABASE_SERVICE_ROLE_KEY=key)):
        eventually(lambda: not stored(seed, paths))
        # Of the one that is left, the check waits for an analyst.
        eventually(lambda: {job["kind"] for job in seed.jobs()} == {"response_check"})
    assert stored(seed, [current]) == {current}


def test_a_worker_removes_although_no_mail_may_leave(
    service: Service, seed: Seed, storage: Gateway
) -> None:
    paths = discarded(seed, storage)
    with working(service.app(EMAIL_HOST="127.1", SITE_URL="")):
        eventually(lambda: not stored(seed, paths))


def test_what_is_gone_already_counts_as_removed(
    seed: Seed, storage: Gateway, remover: Remover
) -> None:
    paths = discarded(seed, storage)
    queued(seed, "never/was.webm", "../../etc/passwd", "a path, with blanks & Ünïcödé.webm")
    assert {verdict.outcome for _, verdict in remover.turn()} == {"accepted"}
    assert not seed.jobs() and not stored(seed, paths)
    assert remover.turn() == []


def test_many_files_take_few_calls(seed: Seed, storage: Gateway, remover: Remover) -> None:
    queued(seed, *(f"{number}/gone.webm" for number in range(1200)))
    sizes = []
    storage.on_storage = lambda _, body: sizes.append(len(json.loads(body)["prefixes"]))
    while remover.turn():
        pass
    assert sum(sizes) == 1200 and max(sizes) <= removal.MOST
    assert len(sizes) <= 6
    assert not seed.jobs()


@pytest.mark.parametrize("status", [429, 502, 503, 504, 544])
def test_while_storage_is_away_each_file_waits(
    seed: Seed, storage: Gateway, remover: Remover, status: int
) -> None:
    paths = discarded(seed, storage, 2)
    storage.on_storage = lambda method, body: (status, "not now")
    outcomes = remover.turn()
    assert {verdict.outcome for _, verdict in outcomes} == {"released"}
    assert outcomes[-1][1].stop
    assert {(job["attempts"], job["lease_token"]) for job in seed.jobs()} == {(0, None)}
    storage.on_storage = lambda method, body: None
    with removing(remover):
        eventually(lambda: not stored(seed, paths) and not seed.jobs())


def test_storage_comes_back_and_each_change_is_logged_once(
    seed: Seed, storage: Gateway, remover: Remover, log_lines: list[str]
) -> None:
    paths = discarded(seed, storage)
    calls: list[int] = []

    def away(method: str, body: bytes) -> tuple[int, str] | None:
        calls.append(len(body))
        return (503, "not now") if len(calls) < 3 else None

    storage.on_storage = away
    before = len(log_lines)
    with removing(remover):
        eventually(lambda: not stored(seed, paths) and not seed.jobs())
        eventually(lambda: any("working again" in line for line in log_lines[before:]))
    said = [line for line in log_lines[before:] if "response removal: " in line]
    assert len(said) == 2
    assert not any(path in line for path in paths for line in log_lines[before:])


def test_nothing_answers(seed: Seed, storage: Gateway, remover: Remover) -> None:
    paths = discarded(seed, storage)

    def lose_supabase(method: str, body: bytes) -> tuple[int, str]:
        storage.down = True
        return 500, "the rest is lost"

    # Not before the claim: then there would be nothing to lose.
    storage.on_storage = lose_supabase
    with removing(remover):
        eventually(lambda: storage.turned_away)
        storage.on_storage = lambda method, body: None
        storage.down = False
        # What was not settled belongs to the lost lease until it ends.
        seed.run("update private.jobs set due_at = now()")
        eventually(lambda: not stored(seed, paths) and not seed.jobs())


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_refusal_is_tried_again_later_and_later(
    seed: Seed, storage: Gateway, remover: Remover, status: int
) -> None:
    paths = discarded(seed, storage)
    storage.on_storage = lambda method, body: (status, "no")
    for attempts in (1, 2, 3):
        ((job, verdict),) = remover.turn()
        assert (verdict.outcome, job.work.attempts) == ("retry", attempts)
        assert remover.turn() == [], "not at once"
        (waiting,) = seed.jobs()
        delay = (waiting["due_at"] - waiting["queued_at"]).total_seconds()
        assert delay >= 0.75 * 30 * 2 ** (attempts - 1)
        assert waiting["last_error"] == f"Storage answers {status} no"
        make_due(seed)
    storage.on_storage = lambda method, body: None
    assert remover.turn()[0][1].outcome == "accepted"
    assert not stored(seed, paths) and not seed.jobs()
    assert max(retry_in(attempts) for attempts in range(1, 100)) <= 1.25 * 3600


def test_one_that_storage_cannot_remove_holds_up_no_other(
    seed: Seed, storage: Gateway, remover: Remover
) -> None:
    bad, others = "0/bad.webm", [f"{number}/good.webm" for number in range(600)]
    queued(seed, bad, *others)

    def choke(method: str, body: bytes) -> tuple[int, str] | None:
        return (500, "no") if bad in json.loads(body)["prefixes"] else None

    storage.on_storage = choke
    rounds = 0
    while len(seed.jobs()) > 1:
        rounds += 1
        assert rounds <= 10
        remover.turn()
        make_due(seed)
    (left,) = seed.jobs()
    assert left["data"] == {"path": bad}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_pauses_until_somebody_has_seen_to_it(
    service: Service,
    seed: Seed,
    storage: Gateway,
    remover: Remover,
    status: int,
    log_lines: list[str],
) -> None:
    paths = discarded(seed, storage, 3)
    storage.on_storage = lambda method, body: (status, "signature verification failed")
    before = len(log_lines)
    assert {verdict.outcome for _, verdict in remover.turn()} == {"released"}
    assert any("removals paused" in line for line in log_lines[before:])
    assert remover.turn() == [], "nobody tries"
    assert {job["attempts"] for job in seed.jobs()} == {0}
    ready = service.client().get("/ready")
    assert ready.status_code == 200 and ready.json is not None
    assert ready.json["status"] == "degraded"
    assert f"Storage refuses the service-role key: {status}" in ready.text
    parts(service.app()).removals.resume()
    storage.on_storage = lambda method, body: None
    remover.turn()
    assert not stored(seed, paths) and not seed.jobs()


def test_a_lease_lasts_as_long_as_storage_thinks(
    service: Service, seed: Seed, storage: Gateway
) -> None:
    discarded(seed, storage)
    over = threading.Event()
    calls: list[bytes] = []

    def think(method: str, body: bytes) -> None:
        calls.append(body)
        over.wait(PATIENCE)

    storage.on_storage = think
    made = [parts(service.app(MAIL_LEASE="2")) for _ in range(2)]
    first, second = (Remover(each.supabase, each.removals) for each in made)
    with removing(first):
        eventually(lambda: calls)
        renewed = storage.calls.count("rpc/renew_jobs")
        eventually(lambda: storage.calls.count("rpc/renew_jobs") >= renewed + 5)
        assert second.turn() == [], "it is held for longer than a lease"
        over.set()
        eventually(lambda: not seed.jobs())
    assert len(calls) == 1


def test_stopping_gives_back_what_was_not_begun(
    seed: Seed, storage: Gateway, remover: Remover
) -> None:
    queued(seed, *(f"{number}/gone.webm" for number in range(4)))
    seed.run("update private.jobs set attempts = 10")  # so that each goes alone

    def stop(method: str, body: bytes) -> None:
        remover.stop()

    storage.on_storage = stop
    remover.run()
    assert {(job["attempts"], job["lease_token"]) for job in seed.jobs()} == {(10, None)}
    assert len(seed.jobs()) == 3


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_killed_between_removing_and_settling(
    seed: Seed,
    storage: Gateway,
    spawn: Spawn,  # noqa: F811
    kills: int,
) -> None:
    """Nothing is left, and the next worker takes no harm from what it finds gone."""
    for _ in range(kills):
        paths = discarded(seed, storage, 3)

        def keep_from_settling(method: str, body: bytes) -> None:
            # Storage still answers this call; nothing that comes after it is answered.
            storage.hang.clear()

        storage.on_storage = keep_from_settling
        worker, _ = spawn(MAIL_LEASE="2")
        eventually(lambda: not stored(seed, paths))  # noqa: B023
        worker.kill()
        worker.wait()
        assert len(seed.jobs()) == 3 and all(job["lease_token"] for job in seed.jobs())
        storage.on_storage = lambda method, body: None
        storage.hang.set()
        _, log = spawn(MAIL_LEASE="2")
        eventually(lambda: not seed.jobs())
        assert '"level": "ERROR"' not in log.read_text()
        assert not stored(seed, paths)
