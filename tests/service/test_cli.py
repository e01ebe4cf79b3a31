"""The commands, and the service as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import httpx
import pytest

from local.processes import LOOPBACK, accepts, free_port
from service.mail.jobs import MailKind
from tests.kit.mailserver import MailServer
from tests.kit.waiting import PATIENCE, eventually
from tests.service.conftest import BACKEND, Seed, Service, address, assert_discreet

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = ("-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"))


@contextmanager
def process(
    tmp_path: Path, settings: dict[str, str], *command: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A Python program with these settings; killed at the end if it still runs."""
    log = tmp_path / "log"
    with log.open("wb") as output:
        started = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            stdout=output,
            stderr=output,
        )
        try:
            yield started, log
        finally:
            started.kill()
            started.wait()


@pytest.mark.parametrize("mail", get_args(MailKind))
def test_preview(offline: Service, mail: str, tmp_path: Path) -> None:
    run = offline.app().test_cli_runner()
    text = run.invoke(args=["preview", mail])
    assert text.exit_code == 0
    assert text.output.startswith("Subject: ")
    assert ("🎨" in text.output) == (mail != "candidate_invitation")
    html = run.invoke(args=["preview", mail, "--html"])
    assert html.output.startswith("<!doctype html>")
    # Recruiters and reviewers are not greeted by the name of a candidate.
    unnamed = ("candidate_completed", "renewal_requested", "delivery_failed", "daily_digest")
    assert ("Jane Doe" in html.output) == (
        mail not in ("candidate_invitation", "reviewer_invitation", *unnamed)
    )
    target = tmp_path / "mail.html"
    written = run.invoke(args=["preview", mail, "--html", "--output", str(target)])
    assert (written.exit_code, written.output) == (0, "")
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_preview_needs_no_settings(tmp_path: Path) -> None:
    """As a newcomer calls it, in an environment that says nothing of the service."""
    command = [sys.executable, "-m", "flask", "--app", "service", "preview", "interview_reminder"]
    shown = subprocess.run(
        command, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("Subject: Reminder: ")
    assert "http://localhost:3000/candidates" in shown.stdout


def test_preview_knows_its_mails(offline: Service) -> None:
    result = offline.app().test_cli_runner().invoke(args=["preview", "nothing"])
    assert result.exit_code == 2
    assert "interview_invitation" in result.output


def test_a_worker_of_its_own_sends_and_ends_in_order(
    service: Service, seed: Seed, mailbox: MailServer, secrets: set[str], tmp_path: Path
) -> None:
    seed.invite(None, address(), address())
    command = ("-m", "flask", "--app", "service", "worker")
    with process(tmp_path, service.settings, *command) as (worker, log):
        mailbox.wait(2)
        eventually(seed.all_sent)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    lines = log.read_text().splitlines()
    assert any("mail worker started" in line for line in lines)
    assert any("mail worker stopped" in line for line in lines)
    assert all(line.startswith("{") for line in lines)
    assert_discreet(lines, secrets)


def test_one_web_process_serves_and_sends(
    service: Service,
    seed: Seed,
    mailbox: MailServer,
    secrets: set[str],
    tmp_path: Path,
) -> None:
    port = free_port()
    command = (*GUNICORN, "--bind", f"{LOOPBACK}:{port}")
    settings = {**service.settings, "MAIL_WORKER": "on"}
    with process(tmp_path, settings, *command) as (web, log):
        eventually(lambda: accepts(port))
        url = f"http://{LOOPBACK}:{port}"
        body = {"email": address(), "interview_id": str(seed.interview())}
        assert httpx.post(f"{url}/invite", json=body, headers=BACKEND).status_code == 201
        assert httpx.post(f"{url}/invite", json=body).status_code == 401
        (received,) = mailbox.wait(1)
        assert received.recipient == body["email"]
        eventually(seed.all_sent)
        web.send_signal(signal.SIGTERM)
        ended = web.wait(PATIENCE)
    lines = log.read_text().splitlines()
    assert ended == 0
    assert any("mail worker stopped" in line for line in lines)
    assert_discreet(lines, secrets)


def test_the_wsgi_module_sends_before_any_request(
    service: Service, seed: Seed, mailbox: MailServer, tmp_path: Path
) -> None:
    seed.invite()
    command = (*GUNICORN, "--bind", f"{LOOPBACK}:{free_port()}")
    with process(tmp_path, {**service.settings, "MAIL_WORKER": "on"}, *command):
        mailbox.wait(1)
