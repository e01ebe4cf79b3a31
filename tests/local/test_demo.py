"""The demo, once, on a stack of its own."""

from pathlib import Path

from local.demo import play
from local.stack import Stack


def test_every_step_goes_as_told(tmp_path: Path) -> None:
    told: list[str] = []
    with Stack(tmp_path, ports={}, fast=True) as stack:
        play(stack.environment, told.append)
    assert told[-1].strip() == "Every step went as it should."
