"""/metrics, of the web process and of a worker."""

from pathlib import Path

import httpx
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from local.processes import LOOPBACK, free_port
from service.responses.removal import Remover
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import BACKEND, Seed, Service, address, parts
from tests.service.recording import WEBM, joined
from tests.service.sending import working
from tests.service.test_cli import process
from tests.service.test_faults import WORKER


def figures(text: str) -> dict[str, float]:
    """Samples by name and labels."""
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(client: FlaskClient) -> dict[str, float]:
    """What the web process says."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return figures(answer.text)


def test_what_is_told(service: Service, seed: Seed, mailbox: MailServer) -> None:
    seed.run("delete from private.job_workers")
    bad, later = address(), address()
    mailbox.on_recipient = {bad: "550 5.1.1 nobody", later: "450 4.2.1 later"}.get
    seed.invite(None, bad, later, address())
    app = service.app()
    client = app.test_client()
    before = scrape(client)
    assert before["hirevision_outbox_queued"] == 3
    assert before["hirevision_mail_workers"] == 0
    assert "hirevision_mail_worker_last_seen_seconds" not in before
    with working(app):
        eventually(lambda: scrape(client)["hirevision_outbox_queued"] == 1)
    after = scrape(client)
    for outcome in ("accepted", "failed", "retried"):
        name = f"hirevision_mails_total {outcome}"
        assert after[name] - before[name] == 1
    assert after["hirevision_supabase_up"] == 1
    assert after["hirevision_mail_workers"] == 1
    assert after["hirevision_mail_worker_last_seen_seconds"] < 60
    assert after["hirevision_mail_paused"] == 0
    assert after["hirevision_outbox_late_seconds"] == 0
    assert after["hirevision_smtp_seconds_count accepted"] == 1
    assert after["hirevision_smtp_seconds_count retry"] == 1
    assert after["hirevision_rpc_seconds_count claim_jobs 200"] >= 1
    assert after["process_resident_memory_bytes"] > 0


def test_what_is_told_of_responses(service: Service, seed: Seed, storage: Gateway) -> None:
    app = service.app()
    client = app.test_client()
    before = scrape(client)
    candidate, questions = joined(seed, storage, 3)
    for question in questions[:2]:
        candidate.record(question)
    candidate.rpc("start_response", question_id=questions[2], mime_type="audio/webm")
    seed.run("truncate private.jobs, private.job_workers")

    def grown(name: str) -> float:
        return scrape(client)[name] - before[name]

    assert grown("hirevision_responses_held") == 2
    assert grown("hirevision_responses_held_bytes") == 2 * len(WEBM)
    assert grown("hirevision_responses_uploaded_bytes_today") == 2 * len(WEBM)
    assert grown("hirevision_responses_awaited") == 1
    assert scrape(client)["hirevision_removal_workers"] == 0

    candidate.rpc("delete_my_responses", interview_id=candidate.interview)
    past = "now() - interval '90 seconds'"
    seed.run(f"update private.jobs set queued_at = {past}, due_at = {past}")
    assert grown("hirevision_responses_held") == 0
    waiting = scrape(client)
    assert waiting["hirevision_removals_queued"] == 2
    assert waiting["hirevision_removals_late_seconds"] >= 90
    assert waiting["hirevision_removals_oldest_seconds"] >= 90
    assert waiting["hirevision_outbox_queued"] == 0, "those are no mails"
    runtime = parts(app)
    storage.on_storage = lambda method, body: (403, "no")
    Remover(runtime.supabase, runtime.removals).turn()
    paused = scrape(client)
    assert paused["hirevision_removals_paused"] == 1
    assert paused["hirevision_mail_paused"] == 0
    storage.on_storage = lambda method, body: None
    runtime.removals.resume()
    Remover(runtime.supabase, runtime.removals).turn()
    assert grown("hirevision_removals_total accepted") == 2
    after = scrape(client)
    assert after["hirevision_removals_queued"] == after["hirevision_removals_paused"] == 0
    assert after["hirevision_removal_workers"] == 1
    assert after["hirevision_rpc_seconds_count storage_delete 200"] == 1


def test_a_database_without_responses(service: Service, seed: Seed) -> None:
    """An older one: the other figures are there."""
    seed.run("alter function public.responses_status() rename to not_yet")
    try:
        told = scrape(service.client())
    finally:
        seed.run("alter function public.not_yet() rename to responses_status")
    assert told["hirevision_supabase_up"] == 1 and "hirevision_removals_queued" in told
    assert "hirevision_responses_held" not in told


def test_a_pause_and_mails_that_nobody_takes(service: Service, seed: Seed) -> None:
    seed.invite()
    before = "now() - interval '90 seconds'"
    seed.run(f"update private.jobs set queued_at = {before}, due_at = {before}")
    app = service.app()
    client = app.test_client()
    assert scrape(client)["hirevision_outbox_late_seconds"] >= 90
    assert "emails have been overdue for" in client.get("/ready").text
    parts(app).jobs.pause("for a test", 60)
    assert scrape(client)["hirevision_mail_paused"] == 1
    assert "emails have been overdue for" not in client.get("/ready").text


def test_supabase_is_away_or_hangs(service: Service, seed: Seed, supabase: Gateway) -> None:
    client = service.client()
    supabase.down = True
    told = scrape(client)
    assert told["hirevision_supabase_up"] == 0
    assert "hirevision_outbox_queued" not in told
    supabase.down = False
    supabase.hang.clear()
    assert scrape(client)["hirevision_supabase_up"] == 0
    supabase.hang.set()


def test_a_worker_tells_on_a_port_of_its_own(
    service: Service, seed: Seed, mailbox: MailServer, tmp_path: Path
) -> None:
    seed.invite()
    port = free_port()
    settings = {**service.settings, "METRICS_PORT": str(port)}
    with process(tmp_path, settings, *WORKER) as (worker, _):
        mailbox.wait(1)
        url = f"http://{LOOPBACK}:{port}/metrics"
        eventually(lambda: "hirevision_smtp_seconds_count" in httpx.get(url).text)
        assert figures(httpx.get(url).text)["hirevision_smtp_seconds_count accepted"] == 1
        worker.terminate()
        assert worker.wait(PATIENCE) == 0


def test_only_who_has_the_key_sees_them(offline: Service) -> None:
    key = "a-key-of-the-scraper"
    client = offline.client(METRICS_KEY=key)
    for headers in ({}, BACKEND, {"Authorization": f"Bearer {key}x"}, {"Authorization": key}):
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json is not None and answer.json["code"] == "metrics_key_required"
        assert "hirevision_supabase_up" not in answer.text
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert figures(answer.text)["hirevision_supabase_up"] == 0
    # It is no key to anything else.
    refused = client.post("/invite", json={}, headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 401
