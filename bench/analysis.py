"""What transcribing costs: CPU time of the child that does it, start and model included.

The baseline is the length of the sound: what a recording costs beside the time that its candidate
has taken for it.
"""

import importlib.util
import resource
import sys
import tempfile
from collections.abc import Iterator
from typing import IO

from bench.measure import Reach, Row, compare

# Seconds of silence after each recording: people think.
_PAUSE = 2.0


def rows(rounds: int, quick: bool) -> Iterator[Row]:
    """Of a check and of a transcript."""
    if importlib.util.find_spec("faster_whisper") is None:
        print("  the extra analysis is not installed: left out", file=sys.stderr)
        return
    seconds = 30 if quick else 240
    with tempfile.TemporaryFile() as recording:
        _record(recording, seconds)
        for step, bound in (("check", 0.05), ("transcript", 0.15)):

            def cost(step: str = step) -> float:
                return _cpu_of(step, recording, seconds)

            yield compare(
                f"analysis_{step}",
                f"CPU of a {step}, {seconds} s of speech, one core",
                "the sound's length",
                subject=cost,
                baseline=lambda: float(seconds),
                unit="s",
                # At small sizes, loading the model is a good part of it.
                reach=None if quick else Reach("≤", bound),
                rounds=min(rounds, 3),
            )


def _record(file: IO[bytes], seconds: int) -> None:
    """The committed recordings in turn, as one sound of that length."""
    import numpy as np

    from tests.analysis.recordings import RATE, recorded, silence, spoken

    once = np.concatenate([spoken(0), silence(_PAUSE), spoken(1), silence(_PAUSE)])
    sound = np.tile(once, seconds * RATE // len(once) + 1)[: seconds * RATE]
    file.write(recorded(sound, (), "ogg"))


def _cpu_of(step: str, recording: IO[bytes], seconds: int) -> float:
    """Seconds of CPU time of a child that carries out a step."""
    from service.analysis import sandbox

    arguments = {"step": step, "picture": False, "language": "en", "model": None}
    before = _used()
    said = sandbox.run({**arguments, "max_seconds": seconds + 1}, recording, seconds)
    used = _used() - before
    assert "failed" not in sandbox.answer(said)
    return used


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
