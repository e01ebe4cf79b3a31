"""What Chromium has recorded plays in Firefox: `make test-firefox`.

It fails without a Firefox: FIREFOX names one, else it is looked for on the PATH.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from local import node, people
from tests.browser.answering import Candidate, card, finish, joined, press, record, watched_seconds
from tests.browser.site import Site

pytestmark = pytest.mark.firefox

SCRIPT = Path(__file__).with_name("firefox.mjs")
RECORDED_SECONDS = 5.0
SEEK_TO = [3.0, 0.5, 4.0, 2.0]


@pytest.fixture(scope="session")
def firefox() -> str:
    """The path of a Firefox."""
    named = os.environ.get("FIREFOX")
    found = [shutil.which(name) for name in ([named] if named else ["firefox-esr", "firefox"])]
    program = next(filter(None, found), None)
    assert program, (
        f"FIREFOX names no program: {named}"
        if named
        else "there is no Firefox: install firefox-esr, or set FIREFOX to the path of one"
    )
    return program


def played(firefox: str, site: Site, candidate: Candidate) -> dict[str, Any]:
    """What firefox.mjs tells of the answer on the recruiter's page."""
    recruiter = site.api(candidate.recruiter)
    (row,) = recruiter.rows("interview_participants", interview_id=f"eq.{candidate.interview.id}")
    path = f"/recruiters/{candidate.interview.id}/candidates/{row['id']}"
    given = {
        "program": firefox,
        "signIn": site.url(f"/login?next={path}"),
        "email": candidate.recruiter,
        "password": people.PASSWORD,
        "seconds": SEEK_TO,
    }
    done = subprocess.run(
        [node.program(), SCRIPT, json.dumps(given)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_what_chromium_recorded_plays_in_firefox(
    firefox: str, camera_site: Site, kind: str
) -> None:
    candidate = joined(camera_site, kind, consents=True, questions=["Who are you?"])
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Answer: question 1")
        record(page, RECORDED_SECONDS)
        press(page, "Use this answer")
        expect(card(page, "Who are you?")).to_contain_text("Answered")
        seconds = watched_seconds(page)
        finish(page)
    told = played(firefox, camera_site, candidate)
    assert told["version"].lower().startswith("firefox/")
    assert seconds == pytest.approx(RECORDED_SECONDS, abs=2)
    assert told["duration"] == pytest.approx(seconds, abs=0.3)
    assert told["decoded"] == pytest.approx(seconds, abs=0.3) and told["loudest"] > 0.05
    assert told["end"] == pytest.approx(seconds, abs=0.3)
    assert told["sought"] == pytest.approx(SEEK_TO, abs=0.05)
    assert (told["videoWidth"] > 0) == (kind == "video")
