"""Asking a child about a recording, as the worker does."""

import io
import tempfile
from typing import Any

from service.analysis import check, sandbox

MAX_SECONDS = 200


def checked(recording: bytes, with_picture: bool = True, max_seconds: int = MAX_SECONDS) -> Any:
    """What the check says of a recording of our own; without a child, which is quick."""
    return check.check(io.BytesIO(recording), max_seconds, with_picture)


def checked_by_child(recording: bytes, max_seconds: int = MAX_SECONDS) -> Any:
    """What the check says of a video that may be hostile."""
    return _asked(recording, step="check", picture=True, max_seconds=max_seconds)


def transcribed(recording: bytes, language: str = "en", model: str | None = None) -> Any:
    """What the transcriber says."""
    return _asked(
        recording, step="transcript", language=language, model=model, max_seconds=MAX_SECONDS
    )


def _asked(recording: bytes, max_seconds: int, **arguments: Any) -> Any:
    with tempfile.TemporaryFile() as file:
        file.write(recording)
        said = sandbox.run({**arguments, "max_seconds": max_seconds}, file, max_seconds)
    return sandbox.answer(said)
