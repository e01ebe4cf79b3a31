"""/metrics, of the web process and of a worker."""

from pathlib import Path

import httpx
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from local.processes import LOOPBACK, free_port
from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import Seed, Service, address, parts
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
