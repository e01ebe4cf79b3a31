"""The service matches its OpenAPI description for any input: by Schemathesis, over HTTP."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.processes import LOOPBACK, Part, accepts, free_port
from tests.kit.gateway import Gateway
from tests.service.conftest import BACKEND, Seed, Service, token
from tests.service.recording import Candidate, questions
from tests.service.test_cli import GUNICORN

ROOT = Path(__file__).resolve().parents[2]
# What is valid by its form may hold nothing that can be used: no file, no address. And a list that
# is too long is refused with 413.
CONFIG = """
[[operations]]
include-path-regex = "/(invite|invites|candidates|responses)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429]
checks.negative_data_rejection.expected-statuses = [400, 401, 403, 404, 409, 413, 415, 422, 429]
"""
# gunicorn closes a connection without a word when more than 64 kB of a body were not read, so that
# the next request on it may get no answer: each has a connection of its own.
ALONE = httpx.Limits(max_keepalive_connections=0)


@contextmanager
def served(service: Service, folder: Path) -> Iterator[str]:
    """The service as gunicorn serves it, without a limit that could end a test; its URL."""
    port = free_port()
    part = Part("the service", folder / "served.log")
    part.start(
        [sys.executable, *GUNICORN, "--bind", f"{LOOPBACK}:{port}"],
        env={**service.settings, "RATE_LIMIT": "1000000/minute", "PYTHONPATH": str(ROOT)},
        cwd=folder,
    )
    try:
        part.wait_until(lambda: accepts(port))
        yield f"http://{LOOPBACK}:{port}"
    finally:
        part.stop()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.proof)])
@pytest.mark.parametrize(
    ("caller", "phases"), [("backend", "coverage,fuzzing,stateful"), ("recruiter", "fuzzing")]
)
def test_every_answer_is_as_described(
    service: Service,
    seed: Seed,
    storage: Gateway,
    tmp_path: Path,
    caller: str,
    phases: str,
    examples: int,
) -> None:
    recruiter = seed.recruiter()
    interview = seed.interview(recruiter=recruiter)
    seed.invite(interview)
    (question,) = questions(seed, interview, 1)
    candidate = Candidate(seed, storage, interview)
    candidate.record(question)
    candidate.submit()
    bearer = f"Bearer {token(sub=str(recruiter))}"
    authorization = BACKEND["Authorization"] if caller == "backend" else bearer
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    with served(service, tmp_path) as url:
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
                *("--checks", "all", "--max-examples", str(examples), "--seed", "1"),
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
                "FUZZED_PARTICIPANT": str(candidate.participant),
            },
            capture_output=True,
            text=True,
        )
    print(run.stdout)  # how many cases there were, shown with -s
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.findall(r"(\d+) generated", run.stdout)[-1]) >= 20
