"""The longest recording that is allowed fits into the bucket, at the bits that it is told."""

import json
import subprocess
from pathlib import Path

import pytest

from local import node
from tests.kit import responses
from tests.kit.database import Database

SCRIPT = Path(__file__).with_name("longest_answer.mjs")
BUCKET_BYTES = 50 * 1024 * 1024


@pytest.mark.parametrize(
    "mime_type",
    [
        *("audio/webm", "audio/mp4", "audio/ogg"),
        *(pytest.param(f"video/{kind}", marks=pytest.mark.proof) for kind in ("webm", "mp4")),
    ],
)
def test_the_longest_recording_fits_into_the_bucket(db: Database, mime_type: str) -> None:
    asked = responses.ask(db, db.scene(), {"max_seconds": 600})
    db.as_user(asked.recruiter)
    db.run("select public.adjust_participant(%s, 0, 2)", asked.participant)
    take = responses.start(db, asked.candidate, asked.questions[0], mime_type)
    assert (take["max_seconds"], take["max_bytes"]) == (1200, BUCKET_BYTES)
    given = {
        "mimeType": mime_type,
        "seconds": take["max_seconds"],
        "bitsPerSecond": take["bits_per_second"],
    }
    done = subprocess.run(
        [node.program(), SCRIPT, json.dumps(given)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    bits = take["bits_per_second"] if mime_type.startswith("video/") else 32_000
    # As many bytes as the encoders were told, and what the container adds.
    assert bits / 8 * 1200 <= made["sent"] <= take["max_bytes"]
    # The file was made by our remuxing; Ogg is sent as it was recorded.
    if mime_type != "audio/ogg":
        assert made["seconds"] == pytest.approx(1200, abs=0.1)
