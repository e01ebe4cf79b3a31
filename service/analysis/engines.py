"""Who carries out a step of an analysis: a child process here, and behind it perhaps an engine
elsewhere."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Protocol

from service.analysis import sandbox
from service.analysis.hosted import Hosted
from service.analysis.model import NAME, ModelMissing
from service.analysis.results import Check, Failure, Result, Transcript
from service.analysis.work import Analysis

# Of the product.
_PRODUCT = "hirevision-interviews"
# The engine here, which is a package of that name.
_LOCAL = "faster-whisper"

IsStopping = Callable[[], bool]


class Engine(Protocol):
    """Reads the recording of a job, whose sha256 is `digest`."""

    def __call__(
        self, work: Analysis, recording: IO[bytes], digest: str, is_stopping: IsStopping
    ) -> Result:
        """Raises sandbox's ChildDied, TookTooLong and Stopped, hosted's Unavailable and
        BadAnswer, ModelMissing, and ValidationError where a child says something else."""


def check(
    work: Analysis, recording: IO[bytes], digest: str, is_stopping: IsStopping
) -> Check | Failure:
    """Technical: what is wrong with the sound and the picture."""
    said = _ask(
        {"step": "check", "picture": work.mime_type.startswith("video/")},
        work,
        recording,
        is_stopping,
    )
    if isinstance(said, Failure):
        return said
    about = {"engine": "hirevision", "version": version(_PRODUCT), "digest": digest}
    return Check.model_validate({**said, **about})


class Local:
    """faster-whisper, in the child; `model` names a folder, None is the package's."""

    def __init__(self, model: str | None) -> None:
        self._model = model
        self._name = Path(model).resolve().name if model else NAME

    def __call__(
        self, work: Analysis, recording: IO[bytes], digest: str, is_stopping: IsStopping
    ) -> Transcript | Failure:
        said = _ask(
            {"step": "transcript", "language": work.language, "model": self._model},
            work,
            recording,
            is_stopping,
        )
        if isinstance(said, Failure):
            return said
        about = {"engine": _LOCAL, "model": self._name, "version": version(_LOCAL)}
        return Transcript.model_validate({**said, **about, "digest": digest})


class Elsewhere:
    """An engine elsewhere, which gets what the child heard: the sound alone, as a new file."""

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted

    def __call__(
        self, work: Analysis, recording: IO[bytes], digest: str, is_stopping: IsStopping
    ) -> Transcript | Failure:
        # FLAC is smaller than the samples, of two bytes.
        most = sandbox.MOST_ANSWER + work.max_seconds * 32_000
        said = sandbox.run(
            {"step": "sound", "max_seconds": work.max_seconds},
            recording,
            work.max_seconds,
            is_stopping,
            most,
        )
        head, _, sound = said.partition(b"\n")
        heard = _read(head)
        if isinstance(heard, Failure):
            return heard
        seconds = float(heard["seconds"])
        if not sound:
            found: dict[str, Any] = {
                "problem": "no_speech",
                "transcript": "",
                "words": [],
                "flags": [],
            }
        else:
            found = self._hosted.transcribe(sound, work.language, seconds, is_stopping)
        about = {**self._hosted.about, "digest": digest, "language": work.language}
        return Transcript.model_validate({**found, **about, "seconds": seconds})


def _ask(
    arguments: dict[str, Any], work: Analysis, recording: IO[bytes], is_stopping: IsStopping
) -> dict[str, Any] | Failure:
    """What a child says, or that it is the recording that cannot be used."""
    given = {**arguments, "max_seconds": work.max_seconds}
    return _read(sandbox.run(given, recording, work.max_seconds, is_stopping))


def _read(said: bytes) -> dict[str, Any] | Failure:
    found = sandbox.answer(said)
    if "model_missing" in found:
        raise ModelMissing(str(found["model_missing"]))
    if "failed" in found:
        return Failure.model_validate({"problem": found["failed"]})
    return found
