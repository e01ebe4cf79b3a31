"""A recording's sound: 16 kHz, mono, samples from -1 to 1."""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RATE = 16_000
Sound: TypeAlias = npt.NDArray[np.float32]

# The recogniser takes some 2 MB for each second that it gets at once, so it gets few minutes, and a
# piece ends where it is quietest in its last seconds.
_PIECE, _LAST = 240 * RATE, 20 * RATE

# Levels are of blocks of 100 ms, and that of a recording is their 95th percentile: speech, however
# long the pauses in it are. In dB below full scale.
_BLOCK = RATE // 10
_SPEECH = 95
LIFTED, MOST_LIFT = -20.0, 60.0
# What even the largest lift leaves under the level that is wanted.
NO_SOUND = LIFTED - MOST_LIFT
# Microphones give speech at -35 to -15 dB. 10 dB under that, a player at its loudest is quiet.
TOO_QUIET = -45.0
# The share of samples at full scale. Of speech that just reaches it, 0.0001; of speech that was
# recorded 3 dB too loud, which is hardly heard, up to 0.01; of 6 dB too loud, 0.05.
_FULL_SCALE, _MOST_AT_FULL_SCALE = 0.98, 0.015


def seconds(sound: Sound) -> float:
    """How long it is."""
    return len(sound) / RATE


def level(sound: Sound) -> float:
    """How loud its speech is, in dB; -200 for digital silence."""
    if len(sound) == 0:
        return -200.0
    blocks = sound[: len(sound) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if len(blocks) == 0:
        blocks = sound.reshape(1, -1)
    loudness = np.sqrt(np.mean(np.square(blocks), axis=1))
    return float(20 * np.log10(max(np.percentile(loudness, _SPEECH), 1e-10)))


def lifted(sound: Sound) -> Sound:
    """As loud as speech should be; quiet speech looks like silence to those who detect voices."""
    gain = min(LIFTED - level(sound), MOST_LIFT)
    if gain <= 0:
        return sound
    louder: Sound = np.clip(sound * np.float32(10 ** (gain / 20)), -1, 1)
    return louder


def pieces(sound: Sound) -> Iterator[tuple[float, Sound]]:
    """The sound in pieces that are not too long, each with the second at which it begins."""
    begin = 0
    while len(sound) - begin > _PIECE:
        last = sound[begin + _PIECE - _LAST : begin + _PIECE].reshape(-1, _BLOCK)
        quietest = int(np.argmin(np.square(last).sum(axis=1)))
        end = begin + _PIECE - _LAST + quietest * _BLOCK + _BLOCK // 2
        yield begin / RATE, sound[begin:end]
        begin = end
    yield begin / RATE, sound[begin:]


def is_clipped(sound: Sound) -> bool:
    """Whether too much of it is at full scale."""
    if len(sound) == 0:
        return False
    return float(np.mean(np.abs(sound) >= _FULL_SCALE)) > _MOST_AT_FULL_SCALE
