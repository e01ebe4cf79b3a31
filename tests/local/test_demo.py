"""The demo, once, on a stack of its own."""

import os
from importlib.util import find_spec
from pathlib import Path

from local.demo import play
from local.stack import Stack
from tests.kit.waiting import eventually

DONE = "select count(*) from public.response_analyses where step = 'check' and status = 'done'"


def test_every_step_goes_as_told(tmp_path: Path) -> None:
    told: list[str] = []
    analysed = bool(find_spec("faster_whisper")) and os.environ.get("ANALYSIS") != "off"
    with Stack(tmp_path, ports={}, fast=True, analyst=True) as stack:
        play(stack.environment, told.append)
        if analysed:
            # The recordings of the story, by the process that `make up` starts.
            eventually(lambda: stack.cluster.run_sql(DONE).strip() == "2")
            stack.check()
    said = "faster-whisper tiny.en heard: " if analysed else "Nobody transcribes here: "
    assert any(line.strip().startswith(said) for line in told)
    assert told[-1].strip() == "Every step went as it should."
