"""Reading a recording that anybody may have made: its sound, and whether its picture is black.

In a child process (sandbox.py). Nothing that the container says about its length is believed, and
nothing is encoded: encoders take any memory for giant frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer

from service.analysis import container
from service.analysis.sound import RATE, Sound

# Of each side of a frame.
MOST_PIXELS = 4096
# What browsers record; FFmpeg has hundreds of other decoders.
_SOUND = ("opus", "aac", "vorbis", "flac", "alac", "mp3", "pcm_s16le", "pcm_f32le")
_PICTURE = ("vp8", "vp9", "av1", "h264", "hevc")

# A frame counts as black where 99 of 100 of its pixels are darker than this, of 255.
_BLACK, _BRIGHTEST = 26, 99
# A picture is black if all frames looked at are: the first ones, since a recording may have one
# key frame alone, then key frames. One that is not black settles it.
_FIRST_FRAMES, _KEY_FRAMES = 150, 50


class Unreadable(Exception):
    """There is nothing in it that a browser may have recorded."""


class TooLong(Exception):
    """There is more sound than the recording may have."""


@dataclass(frozen=True)
class Recording:
    """`picture_seconds` is None where no picture was asked for."""

    sound: Sound
    picture_seconds: float | None
    is_black: bool
    is_cut_off: bool


def read(file: BinaryIO, max_seconds: float, with_picture: bool) -> Recording:
    """Decode all of its sound, and few frames; raises Unreadable, TooLong."""
    kind = container.sniff(file.read(12))
    if kind is None:
        raise Unreadable
    is_cut_off = container.ends_early(file, kind)
    file.seek(0)
    try:
        # Nothing that the file names is opened: there is no such protocol.
        options = {"protocol_whitelist": "none"}
        with av.open(file, format=kind, options=options, metadata_errors="ignore") as opened:
            reader = _Reader(opened, max_seconds, with_picture)
            reader.read()
    except (av.FFmpegError, ValueError) as error:
        raise Unreadable from error
    if not reader.has_anything:
        raise Unreadable
    return Recording(
        sound=reader.sound(),
        picture_seconds=reader.picture_seconds() if with_picture else None,
        is_black=with_picture and not reader.seen_light,
        is_cut_off=is_cut_off,
    )


class _Reader:
    """Goes once through a container."""

    def __init__(self, opened: InputContainer, max_seconds: float, with_picture: bool) -> None:
        self._container = opened
        self._max_seconds = max_seconds
        self._audio = next(iter(opened.streams.audio), None)
        self._video = next(iter(opened.streams.video), None) if with_picture else None
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        self._blocks: list[np.ndarray] = []
        self._seconds = 0.0
        self._first = self._last = 0.0
        self._frames = self._looks = 0
        self.seen_light = False

    @property
    def has_anything(self) -> bool:
        return self._seconds > 0 or self._frames > 0

    def sound(self) -> Sound:
        """What was decoded."""
        joined = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
        return joined.astype(np.float32) / np.float32(32768)

    def picture_seconds(self) -> float:
        """From the first frame to the last; their times are all that there is."""
        return min(max(self._last - self._first, 0.0), self._max_seconds)

    def read(self) -> None:
        """Everything, once."""
        streams = [stream for stream in (self._audio, self._video) if stream]
        for stream in streams:
            _require_decoder(stream)
        for packet in self._container.demux(streams) if streams else ():
            if packet.stream is self._video:
                self._look(packet)
            else:
                for frame in _decoded(packet):
                    self._hear(frame)
        self._keep(None)

    def _hear(self, frame: av.AudioFrame) -> None:
        # Before it is resampled: at 1 Hz, a few bytes would become hours.
        self._seconds += frame.samples / max(frame.sample_rate, 1)
        if self._seconds > self._max_seconds:
            raise TooLong
        self._keep(frame)

    def _keep(self, frame: av.AudioFrame | None) -> None:
        try:
            for resampled in self._resampler.resample(frame):
                self._blocks.append(resampled.to_ndarray().reshape(-1))
        except ValueError:
            # Of another kind than the frames before.
            return

    def _look(self, packet: av.Packet) -> None:
        if packet.size == 0:
            return
        if packet.pts is not None and packet.time_base:
            time = float(packet.pts * packet.time_base)
            if self._frames == 0:
                self._first = time
            self._last = max(self._last, time)
        self._frames += 1
        wanted = self._frames <= _FIRST_FRAMES or packet.is_keyframe
        if self.seen_light or self._looks >= _FIRST_FRAMES + _KEY_FRAMES or not wanted:
            return
        self._looks += 1
        self.seen_light = any(not _is_black(frame) for frame in _decoded(packet))


def _require_decoder(stream: av.AudioStream | av.VideoStream) -> None:
    """Raises Unreadable; no frame is decoded before."""
    context = stream.codec_context
    if context is None or context.name not in _SOUND + _PICTURE:
        raise Unreadable
    context.thread_count = 1
    if isinstance(stream, av.VideoStream):
        if max(context.width, context.height) > MOST_PIXELS:
            raise Unreadable
        # What the header does not say, frames may: decoders refuse those.
        context.options = {"max_pixels": str(MOST_PIXELS**2)}


def _decoded(packet: av.Packet) -> Iterator[av.AudioFrame | av.VideoFrame]:
    """The frames of a packet; none where it is damaged."""
    try:
        yield from packet.decode()
    except (av.FFmpegError, ValueError):
        return


def _is_black(frame: av.VideoFrame) -> bool:
    small = frame.reformat(width=64, height=36, format="gray").to_ndarray()
    return float(np.percentile(small, _BRIGHTEST)) < _BLACK
