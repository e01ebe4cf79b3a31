"""The technical check of a recording, in seconds, so that the candidate can record again."""

from typing import Any

from service.analysis import sound
from service.analysis.recording import Recording, Unreadable, read


def check(file: Any, max_seconds: float, with_picture: bool) -> dict[str, Any]:
    """Seconds and flags; raises TooLong."""
    try:
        recording = read(file, max_seconds, with_picture)
    except Unreadable:
        return {
            "seconds": 0.0,
            "picture_seconds": 0.0 if with_picture else None,
            "flags": ["unreadable"],
        }
    return {
        "seconds": round(sound.seconds(recording.sound), 2),
        "picture_seconds": _rounded(recording.picture_seconds),
        "flags": [flag for flag, is_so in _flags(recording) if is_so],
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _flags(recording: Recording) -> list[tuple[str, bool]]:
    heard = recording.sound
    level = sound.level(heard)
    has_sound = level >= sound.NO_SOUND
    has_speech = has_sound and has_voice(sound.lifted(heard))
    return [
        ("no_sound", not has_sound),
        ("no_speech", has_sound and not has_speech),
        ("too_quiet", has_speech and level < sound.TOO_QUIET),
        ("clipped", sound.is_clipped(heard)),
        ("black_picture", recording.is_black),
        ("cut_off", recording.is_cut_off),
    ]


def has_voice(heard: sound.Sound) -> bool:
    """Whether somebody speaks in it, as far as silero can tell."""
    # Not at the top: it takes a second, and a recording without sound does not need it.
    from faster_whisper.vad import get_speech_timestamps

    return any(bool(get_speech_timestamps(piece)) for _, piece in sound.pieces(heard))
