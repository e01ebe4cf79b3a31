"""The demo, once, on a stack of its own."""

import os
from importlib.util import find_spec
from pathlib import Path

from local.demo import play
from local.stack import Stack


def test_every_step_goes_as_told(tmp_path: Path) -> None:
    told: list[str] = []
    with Stack(tmp_path, ports={}, fast=True, analyst=True) as stack:
        play(stack.environment, told.append)
    analysed = find_spec("faster_whisper") and os.environ.get("ANALYSIS") != "off"
    said = "faster-whisper tiny.en heard: " if analysed else "Nobody transcribes here: "
    assert any(line.strip().startswith(said) for line in told)
    assert told[-1].strip() == "Every step went as it should."
