"""Settings: complete ones are read, everything else stops the start with one line."""

import os
import shutil
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from service import create_app
from service.settings import Settings, SettingsError
from tests.kit.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_left_out_has_the_designs_defaults(settings: dict[str, str]) -> None:
    required = {
        name: settings[name]
        for name in (
            "SUPABASE_URL",
            "SUPABASE_SERVICE_ROLE_KEY",
            "SUPABASE_ANON_KEY",
            "SERVICE_API_KEY",
        )
    }
    account = {"EMAIL_USER": "someone@gmail.com", "EMAIL_PASSWORD": "app password"}
    found = Settings.load({**required, **account})
    assert found.site_url == "http://localhost:3000"
    assert (found.email_host, found.email_port) == ("smtp.gmail.com", 587)
    assert found.email_security == "starttls"
    assert found.email_from.addr_spec == "someone@gmail.com"
    assert found.mail_worker is True
    assert found.mail_time_zone is UTC
    assert found.cors_origins == ()


@pytest.mark.parametrize(
    "name", ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY", "SERVICE_API_KEY"]
)
@pytest.mark.parametrize("empty", [False, True])
def test_a_missing_setting_is_named(settings: dict[str, str], name: str, empty: bool) -> None:
    settings[name] = ""
    if not empty:
        del settings[name]
    with pytest.raises(SettingsError) as caught:
        create_app(settings)
    assert str(caught.value) == f"{name} is missing"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUPABASE_URL", "project.supabase.co"),
        ("SUPABASE_URL", "https://"),
        ("SERVICE_API_KEY", "too-short"),
        ("SERVICE_API_KEY", "long-enough-to-be-a-key,short"),
        ("SERVICE_API_KEY", "with blanks in the middle of it"),
        ("SITE_URL", "javascript:alert(1)"),
        ("EMAIL_PORT", "smtp"),
        ("EMAIL_PORT", "70000"),
        ("EMAIL_SECURITY", "ssl"),
        ("EMAIL_FROM", "HireVision"),
        ("EMAIL_FROM", "HireVision <a@b@c>"),
        ("EMAIL_FROM", "Jobs @ Acme <no-reply@example.com>"),
        ("EMAIL_FROM", "Jobs, Acme <no-reply@example.com>"),
        ("EMAIL_FROM", "Acme: Jobs <no-reply@example.com>"),
        ("EMAIL_FROM", "no-reply@example.com, other@example.com"),
        ("EMAIL_FROM", "Acme <no-reply@example.com> Jobs"),
        ("EMAIL_FROM", "Acme <no reply@example.com>"),
        ("EMAIL_FROM", "<a@example.com> <no-reply@example.com>"),
        ("EMAIL_FROM", "Acme (jobs@evil.example) <no-reply@example.com"),
        ("SUPABASE_URL", "http://project.supabase.co"),
        ("SUPABASE_URL", "http://8.8.8.8"),
        ("SITE_URL", "http://app.example.com"),
        ("CORS_ORIGINS", "https://a.example,http://b.example"),
        ("CORS_ORIGINS", "https://a.example,b.example"),
        ("MAIL_WORKER", "maybe"),
        ("TRANSCRIBER", "whisper"),
        ("TRANSCRIBER_URL", "http://api.example.com/v1"),
        ("ANALYSIS_LEASE", "0"),
        *(
            ("MAIL_TIME_ZONE", zone)
            for zone in ("Berlin", "+01:00", "Europe", "../UTC", "/etc", "a\0b")
        ),
    ],
)
def test_a_malformed_setting_is_named_in_one_line(
    settings: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        create_app({**settings, name: value})
    message = str(caught.value)
    assert message.startswith(name)
    assert "\n" not in message
    if name == "SERVICE_API_KEY":
        assert all(key not in message for key in value.split(","))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"EMAIL_FROM": ""}, "EMAIL_FROM"),
        ({"EMAIL_FROM": "", "EMAIL_USER": "apikey", "EMAIL_PASSWORD": "x"}, "EMAIL_FROM"),
        ({"EMAIL_USER": "someone@example.com"}, "EMAIL_PASSWORD"),
        ({"EMAIL_PASSWORD": "secret"}, "EMAIL_USER"),
    ],
)
def test_an_incomplete_mail_account_is_named(
    settings: dict[str, str], given: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{named} is missing"):
        create_app({**settings, **given})


@pytest.mark.parametrize(
    ("given", "complete"),
    [
        ({}, True),
        ({"TRANSCRIBER": "off"}, True),
        ({"TRANSCRIBER": "local", "TRANSCRIBER_MODEL": "/models/base"}, True),
        ({"TRANSCRIBER": "openai"}, False),
        ({"TRANSCRIBER": "openai", "TRANSCRIBER_KEY": "sk-1"}, True),
        # A server of one's own may need none.
        ({"TRANSCRIBER": "openai", "TRANSCRIBER_URL": "http://whisper:8000/v1/"}, True),
    ],
)
def test_a_transcriber_that_wants_a_key(
    settings: dict[str, str], given: dict[str, str], complete: bool
) -> None:
    if complete:
        assert Settings.load({**settings, **given}).transcriber == given.get("TRANSCRIBER")
    else:
        with pytest.raises(SettingsError, match="^TRANSCRIBER_KEY is missing"):
            Settings.load({**settings, **given})


@pytest.mark.parametrize(
    ("host", "site_url", "blocked"),
    [
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("localhost", "", False),
        ("smtp.example.com", "", True),
        ("10.0.0.5", "", True),
        ("smtp.example.com", "http://localhost:3000", True),
        ("smtp.example.com", "http://127.0.0.1:3000", True),
        ("smtp.example.com", "https://[::1]", True),
        ("smtp.example.com", "http://app.localhost", True),
        ("smtp.example.com", "https://app.example.com/", False),
        ("smtp.example.com", "https://localhost.example.com/", False),
    ],
)
def test_mail_leaves_this_machine_only_with_a_site_url(
    settings: dict[str, str], host: str, site_url: str, blocked: bool
) -> None:
    found = Settings.load({**settings, "EMAIL_HOST": host, "SITE_URL": site_url})
    assert (found.mail_blocked is not None) == blocked


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("no-reply@example.com", "", "no-reply@example.com"),
        ("<no-reply@example.com>", "", "no-reply@example.com"),
        ("HireVision <no-reply@example.com>", "HireVision", "no-reply@example.com"),
        ('"Jobs @ Acme, Inc." <no-reply@example.com>', "Jobs @ Acme, Inc.", "no-reply@example.com"),
        (r'"Jobs \"Acme\"" <no-reply@example.com>', 'Jobs "Acme"', "no-reply@example.com"),
        ("Bücher GmbH <jobs@bücher.example>", "Bücher GmbH", "jobs@xn--bcher-kva.example"),
    ],
)
def test_the_sender_is_what_was_written(
    settings: dict[str, str], written: str, name: str, address: str
) -> None:
    found = Settings.load({**settings, "EMAIL_FROM": written}).email_from
    assert (found.display_name, found.addr_spec) == (name, address)


@pytest.mark.parametrize(
    ("host", "security", "refused"),
    [
        ("smtp.example.com", "none", True),
        ("10.0.0.5", "none", True),
        ("localhost.example.com", "none", True),
        ("127.0.0.1", "none", False),
        ("localhost", "none", False),
        ("smtp.example.com", "starttls", False),
    ],
)
def test_no_password_leaves_this_machine_in_the_clear(
    settings: dict[str, str], host: str, security: str, refused: bool
) -> None:
    settings |= {"EMAIL_HOST": host, "EMAIL_SECURITY": security}
    assert Settings.load(settings), "without a password there is nothing to lose"
    settings |= {"EMAIL_USER": "user", "EMAIL_PASSWORD": "password"}
    if refused:
        with pytest.raises(SettingsError, match="^EMAIL_SECURITY: "):
            Settings.load(settings)
    else:
        assert Settings.load(settings)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:54321", "localhost", "kong:8000", "10.0.0.5", "[::1]"),
        *("host.docker.internal:54321", "kong.supabase.svc.cluster.local:8000"),
    ],
)
def test_http_is_for_hosts_that_are_near(settings: dict[str, str], host: str) -> None:
    assert Settings.load({**settings, "SUPABASE_URL": f"http://{host}"})


def test_addresses_lose_their_last_slash(settings: dict[str, str]) -> None:
    found = Settings.load({**settings, "SITE_URL": "https://app.example.com/"})
    assert found.site_url == "https://app.example.com"


def test_the_environment_goes_before_the_env_file(
    settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{name}='{value}'\n" for name, value in settings.items()]
    (tmp_path / ".env").write_text("".join([*lines, "EMAIL_PORT=2525\nSITE_URL=http://file\n"]))
    for name in settings:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SITE_URL", "http://environment")
    found = Settings.load()
    assert (found.email_port, found.site_url) == (2525, "http://environment")


SERVERS = [
    ["-m", "flask", "--app", "service", "run"],
    ["-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")],
]


@pytest.mark.parametrize("command", SERVERS)
def test_every_server_ends_with_that_one_line(
    settings: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    settings["SERVICE_API_KEY"] = ""
    ended = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode != 0
    assert ended.stderr.strip().splitlines()[-1] == "SERVICE_API_KEY is missing"
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", [*SERVERS, ["-m", "flask", "--app", "service", "worker"]])
def test_an_installation_without_templates_does_not_start(
    settings: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    """As `pip install .` makes it: the package alone."""
    shutil.copytree(ROOT / "service", tmp_path / "service")
    ended = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **settings, "PORT": "0", "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode != 0
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith(f"{tmp_path / 'email_templates'} is missing: ")
    assert "Traceback" not in ended.stderr


def test_the_example_names_every_setting_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
