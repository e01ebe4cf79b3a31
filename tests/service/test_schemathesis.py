"""The service does what its description says, whatever is sent: by Schemathesis, over HTTP.

FUZZING_EXAMPLES=200 for more cases than the few of every run.
"""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from waitress.server import create_server  # type: ignore[import-untyped]

from local.processes import LOOPBACK
from tests.service.conftest import BACKEND, Seed, Service, token
from tests.service.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
# What is valid by its form may hold nothing that can be used: no file, no address. And a list that
# is too long is refused with 413.
CONFIG = """
[[operations]]
include-path-regex = "/(invite|invites)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]
checks.negative_data_rejection.expected-statuses = [400, 401, 403, 404, 409, 413, 415, 422, 429]
"""
EXAMPLES = os.environ.get("FUZZING_EXAMPLES", "6")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application behind a real server; its URL."""
    port = free_port()
    server = create_server(app, host=LOOPBACK, port=port, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://{LOOPBACK}:{port}"
    server.close()
    thread.join(10)


@pytest.mark.parametrize(
    ("caller", "phases"), [("backend", "coverage,fuzzing,stateful"), ("recruiter", "fuzzing")]
)
def test_every_answer_is_as_described(
    service: Service, seed: Seed, tmp_path: Path, caller: str, phases: str
) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    seed.invite(interview)
    bearer = f"Bearer {token(sub=str(recruiter))}"
    authorization = BACKEND["Authorization"] if caller == "backend" else bearer
    app = service.app(RATE_LIMIT="1000000/minute")
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    with served(app) as url:
        run = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "schemathesis.cli",
                    f"--config-file={config}",
                    "run",
                    f"{url}/openapi.json",
                ),
                *("--checks", "all", "--max-examples", EXAMPLES, "--seed", "1"),
                *("--phases", phases),
                *("--header", f"Authorization: {authorization}"),
                *("--suppress-health-check", "all", "--no-color"),
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCHEMATHESIS_HOOKS": "tests.service.fuzzing",
                "FUZZED_INTERVIEW": str(interview),
            },
            capture_output=True,
            text=True,
            timeout=1200,
        )
    print(run.stdout)  # how many cases there were, for whoever asks with -s
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.findall(r"(\d+) generated", run.stdout)[-1]) >= 20
