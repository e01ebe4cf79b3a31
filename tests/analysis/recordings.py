"""Recordings made by code: sound and picture, in the containers that browsers use."""

import io
import wave
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import av
import numpy as np

from local.recordings import RECORDINGS

RATE = 16_000
OPUS_RATE = 48_000


def spoken(number: int = 0) -> np.ndarray:
    """The sound of a committed recording, before any browser had it."""
    with wave.open(str(RECORDINGS[number].sound)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return samples.astype(np.float32) / 32768


def louder(sound: np.ndarray, decibels: float) -> np.ndarray:
    """By so much, clipped where that is too much."""
    return np.clip(sound * 10 ** (decibels / 20), -1, 1)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)


def noise(seconds: float, decibels: float = -20) -> np.ndarray:
    """White noise, always the same."""
    drawn = np.random.default_rng(1).standard_normal(int(seconds * RATE))
    return np.clip(drawn * 10 ** (decibels / 20), -1, 1).astype(np.float32)


def tones(seconds: float, *frequencies: float) -> np.ndarray:
    """Sines: 50 Hz for the hum of a cable, three for a chord, which is struck twice a second."""
    times = np.arange(int(seconds * RATE)) / RATE
    together = np.sin(2 * np.pi * np.outer(frequencies, times)).sum(axis=0)
    struck = np.exp(-3 * (times % 0.5)) if len(frequencies) > 1 else 1.0
    return np.asarray(0.2 * together * struck, np.float32)


def recorded(
    sound: np.ndarray | None,
    picture: Iterable[np.ndarray] = (),
    container: str = "webm",
    codecs: tuple[str, str] = ("libopus", "libvpx"),
    options: dict[str, str] | None = None,
) -> bytes:
    """A file with this sound, and one frame (height × width × 3) each tenth of a second."""
    frames = list(picture)
    made = io.BytesIO()
    with av.open(made, "w", format=container, options=options or {}) as output:
        video = _picture_of(output, frames, codecs[1]) if frames else None
        audio: Any = None if sound is None else output.add_stream(codecs[0], rate=OPUS_RATE)
        blocks = [] if audio is None else _blocks(sound, audio)
        for number in range(max(len(frames), len(blocks))):
            if video and number < len(frames):
                frame = av.VideoFrame.from_ndarray(frames[number], format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 10)
                output.mux(video.encode(frame))
            if number < len(blocks):
                output.mux(audio.encode(blocks[number]))
        for stream in output.streams:
            output.mux(stream.encode(None))
    return made.getvalue()


def _picture_of(output: Any, frames: list[np.ndarray], codec: str) -> Any:
    video = output.add_stream(codec, rate=10)
    video.height, video.width = frames[0].shape[:2]
    video.pix_fmt = "yuv420p"
    # A key frame a second.
    video.gop_size = 10
    quick = {"preset": "ultrafast"} if codec.startswith("libx") else {"deadline": "realtime"}
    video.options = {**quick, "cpu-used": "8"} if codec.startswith("libvpx") else quick
    return video


def _blocks(sound: Any, audio: Any) -> list[Any]:
    """Of a tenth of a second each."""
    audio.layout = "mono"
    whole = av.AudioFrame.from_ndarray(
        (np.clip(sound, -1, 1) * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono"
    )
    whole.sample_rate = RATE
    resampler = av.AudioResampler(
        format=audio.format.name, layout="mono", rate=OPUS_RATE, frame_size=OPUS_RATE // 10
    )
    blocks = [*resampler.resample(whole), *resampler.resample(None)]
    for block in blocks:
        block.pts = None
    return blocks


def plain(brightness: int, seconds: float, size: tuple[int, int] = (90, 160)) -> list[np.ndarray]:
    """Frames of one grey."""
    return [np.full((*size, 3), brightness, np.uint8)] * int(seconds * 10)


def moving(seconds: float) -> list[np.ndarray]:
    """A gradient that wanders."""
    row = np.tile(np.linspace(0, 255, 160), (90, 1)).astype(np.uint8)
    return [
        np.repeat(np.roll(row, 5 * number, axis=1)[:, :, None], 3, axis=2)
        for number in range(int(seconds * 10))
    ]


def ten_hours_of_silence() -> bytes:
    """In a small file: the same packets of FLAC again and again."""
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as output:
        audio = output.add_stream("flac", rate=RATE, layout="mono", format="s16")
        samples = np.zeros((1, RATE), np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        packet = next(iter(audio.encode(frame)))
        each, content = audio.codec_context.frame_size, bytes(packet)
        for number in range(10 * 3600 * RATE // each):
            again = av.Packet(content)
            again.stream = audio
            again.time_base = Fraction(1, RATE)
            again.pts = again.dts = number * each
            output.mux(again)
    return made.getvalue()
