"""/health and /ready during outages."""

import threading

import pytest

from tests.kit.gateway import Gateway
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import Seed, Service, parts


def test_everything_in_order(service: Service, seed: Seed) -> None:
    client = service.client(MAIL_WORKER="on")
    eventually(lambda: client.get("/ready").json["status"] == "ready")  # type: ignore[index]
    ready = client.get("/ready")
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["problems"] == []
    assert (ready.json["supabase"], ready.json["smtp"]) == ("up", "up")
    assert ready.json["mail"]["queued"] == 0
    assert client.get("/health").json == {"status": "ok"}


def test_nobody_sends(service: Service, seed: Seed) -> None:
    seed.run("delete from private.job_workers")
    ready = service.client().get("/ready")
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["problems"] == ["mail: no worker has been seen for a minute"]


def test_supabase_is_down(service: Service, seed: Seed, supabase: Gateway) -> None:
    supabase.down = True
    client = service.client()
    ready = client.get("/ready")
    assert ready.status_code == 503
    assert ready.json is not None and ready.json["status"] == "unavailable"
    assert client.get("/health").status_code == 200
    supabase.down = False
    assert client.get("/ready").status_code == 200


def test_supabase_hangs(service: Service, seed: Seed, supabase: Gateway) -> None:
    client = service.client()
    supabase.hang.clear()
    for _ in range(2):
        assert client.get("/ready").status_code == 503
    supabase.hang.set()
    eventually(lambda: client.get("/ready").status_code == 200)


def test_the_mail_server_is_asked_now_and_then_only(
    service: Service, seed: Seed, mailbox: MailServer
) -> None:
    client = service.client()
    for _ in range(5):
        assert client.get("/ready").status_code == 200
    assert mailbox.connections == 1


def test_the_mail_server_hangs(service: Service, seed: Seed) -> None:
    app = service.app()
    over = threading.Event()
    parts(app).readiness._smtp._check = lambda: str(over.wait(PATIENCE))
    ready = app.test_client().get("/ready")
    over.set()
    assert ready.status_code == 200
    assert ready.json is not None and ready.json["smtp"] == "down"


@pytest.mark.parametrize(
    ("auth", "is_problem"),
    [
        ('{"mailer_autoconfirm": true}', True),
        ('{"mailer_autoconfirm": false}', False),
        ("{}", False),
        ("[]", False),
        ("not JSON", False),
        ("null", False),
        ('"mailer_autoconfirm"', False),
        ('[["mailer_autoconfirm", true]]', False),
        ('{"mailer_autoconfirm": "false"}', False),
        ("[" * 100_000, False),
        ("1" * 10_000, False),
        (None, False),
    ],
)
def test_confirmations_that_are_off_are_noticed(
    service: Service, seed: Seed, supabase: Gateway, auth: str | None, is_problem: bool
) -> None:
    supabase.auth_settings = auth
    ready = service.client().get("/ready")
    assert ready.status_code == 200 and ready.json is not None
    # Where it is not, workers of other tests may be alive or not.
    assert ready.json["status"] == "degraded" or not is_problem
    told = [problem for problem in ready.json.get("problems", []) if problem.startswith("auth: ")]
    assert [problem[:32] for problem in told] == ["auth: email confirmation is off,"] * is_problem
