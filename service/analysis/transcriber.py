"""Speech to text on this machine: faster-whisper, with the model of a package or a folder."""

import os

# Before the library is imported: it would ask the Internet about models.
os.environ["HF_HUB_OFFLINE"] = "1"

from collections.abc import Sequence
from typing import Any

from service.analysis import sound
from service.analysis.model import model_folder, require_whole
from service.analysis.sound import Sound

# English gives words a mean probability of 0.87 to 0.96; another language, heard as English, 0.41.
_NOT_RECOGNIZED, _NOT_RECOGNIZED_LOG = 0.6, -1.0
_DOUBTFUL = 0.8
# Seconds with two decimals, probabilities as well: 48 bytes a word.
_DECIMALS = 2


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
    segments = []
    for begin, piece in sound.pieces(sound.lifted(heard)):
        segments += [(begin, segment) for segment in _segments(model, piece, language)]
    return {**result, **_said(segments)}


def _segments(model: Any, piece: Sound, language: str) -> list[Any]:
    segments, _ = model.transcribe(
        piece,
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
    return list(segments)


def _said(pieces: Sequence[tuple[float, Any]]) -> dict[str, Any]:
    """What the result says of segments, each with the second at which its piece begins."""
    segments = [segment for _, segment in pieces]
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
        "words": [_word(word, begin) for begin, segment in pieces for word in segment.words],
        "flags": ["doubtful"] if probability < _DOUBTFUL else [],
    }


def _word(word: Any, begin: float) -> list[Any]:
    times = (begin + word.start, begin + word.end, word.probability)
    return [word.word.strip(), *(round(float(number), _DECIMALS) for number in times)]
