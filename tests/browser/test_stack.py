"""How the stack serves the frontend: its port, and what happens if it cannot."""

import socket
from pathlib import Path

import httpx
import pytest

from local import demo, frontend, people
from local.processes import LOOPBACK
from local.stack import Stack


def test_a_taken_port_is_stepped_over_and_every_link_follows(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Stack(
            tmp_path,
            ports={"frontend": port},
            fast=True,
            postgrest=False,
            frontend=True,
        ) as stack:
            site = stack.environment.site_url
            assert site.startswith("http://localhost:") and not site.endswith(f":{port}")
            assert httpx.get(f"{site}/login").status_code == 200
            # Auth's mails lead back there, and the invitations, too.
            link = people.mailed_link(stack.environment, people.CANDIDATE)
            assert link.startswith(f"{site}/auth/confirm?")
            recruiter = demo.sign_in(stack.environment, people.RECRUITER, "")
            made = demo.value(
                recruiter.call("create_interview", title="Port", emails=["a@example.com"])
            )
            code = made["invites"][0]["invite_code"]
            mail = demo.wait_for_mail(stack.environment, "a@example.com", code)
            assert f"{site}/candidates" in mail["plain"]


def test_without_the_frontend_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "NEXT", tmp_path / "nothing")
    said: list[str] = []
    with Stack(
        tmp_path,
        ports={},
        fast=True,
        postgrest=False,
        service=False,
        accounts=False,
        frontend=True,
        say=said.append,
    ) as stack:
        assert not stack.has_frontend
        assert httpx.get(f"{stack.environment.supabase_url}/auth/v1/health").status_code < 500
    assert any(line.startswith("Going on without the frontend") for line in said)


def test_another_site_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://app.example.com")
    with Stack(
        tmp_path,
        ports={},
        fast=True,
        postgrest=False,
        service=False,
        accounts=False,
        frontend=True,
    ) as stack:
        assert not stack.has_frontend
        assert stack.environment.site_url == "https://app.example.com"
