"""Two short recordings: answers to the demo's questions, as a candidate's browser makes them.

Of each there are the words (.txt), their sound (.wav) and the recording (.webm). The words are read
by flite, a speech synthesiser that Debian has; its voice slt may be used and passed on freely:

    flite -voice slt -f react.txt -o react.wav

`make recordings` plays the sound into the microphone of a real browser, before a simulated camera,
and records it (tests/browser/record_samples.py).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
MIME_TYPE = "video/webm"
# How a WebM file gives its length: the element Duration, a double of 8 bytes, in milliseconds.
DURATION = b"\x44\x89\x88"


@dataclass(frozen=True)
class Recording:
    """One of them, by the name of its files."""

    name: str

    @property
    def words(self) -> str:
        """What is said."""
        return (FOLDER / f"{self.name}.txt").read_text(encoding="utf-8").strip()

    @property
    def sound(self) -> Path:
        """The words as sound: WAV, mono, 16 kHz."""
        return FOLDER / f"{self.name}.wav"

    @property
    def video(self) -> Path:
        """The recording: WebM, VP8 and Opus."""
        return FOLDER / f"{self.name}.webm"

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        _, _, rest = self.video.read_bytes().partition(DURATION)
        milliseconds: float = struct.unpack(">d", rest[:8])[0]
        return milliseconds / 1000


RECORDINGS = [Recording("react"), Recording("project")]
