"""The technical check: what a child finds in recordings, good, poor and hostile ones."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from local.recordings import RECORDINGS, Recording
from service.analysis.recording import TooLong
from tests.analysis.asking import checked, checked_by_child
from tests.analysis.recordings import (
    louder,
    moving,
    noise,
    plain,
    recorded,
    silence,
    spoken,
    ten_hours_of_silence,
    tones,
)

MP4 = ("aac", "libx264")
# As MediaRecorder writes it: for a stream, without any length.
LIVE = {"live": "1"}
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_what_a_browser_recorded_is_fine(recording: Recording) -> None:
    found = checked_by_child(recording.video.read_bytes())
    assert found["flags"] == []
    assert found["seconds"] == pytest.approx(recording.seconds, abs=0.1)
    assert found["picture_seconds"] == pytest.approx(recording.seconds, abs=0.1)


@pytest.mark.parametrize(
    "make",
    [
        lambda sound, picture: recorded(sound, picture, options=LIVE),
        lambda sound, picture: recorded(sound, picture, codecs=("libopus", "libvpx-vp9")),
        lambda sound, picture: recorded(sound, picture, "mp4", MP4),
        lambda sound, picture: recorded(sound, picture, "mp4", MP4, FRAGMENTED),
        lambda sound, picture: recorded(sound, picture, "mp4", ("aac", "libx265")),
    ],
    ids=["webm-live", "webm-vp9", "mp4", "mp4-fragmented", "mp4-hevc"],
)
def test_all_that_browsers_record_is_read(make: Callable[..., bytes]) -> None:
    found = checked(make(spoken(), moving(7)))
    assert found["flags"] == []
    assert found["seconds"] == pytest.approx(7.2, abs=0.1)
    assert found["picture_seconds"] == pytest.approx(7, abs=0.2)


@pytest.mark.parametrize("container", ["webm", "mp4", "ogg"])
def test_sound_alone(container: str) -> None:
    codecs = ("aac" if container == "mp4" else "libopus", "")
    found = checked(recorded(spoken(), (), container, codecs), with_picture=False)
    assert found == {"seconds": pytest.approx(7.2, abs=0.1), "picture_seconds": None, "flags": []}


@pytest.mark.parametrize(
    ("sound", "flags"),
    [
        (silence(5), ["no_sound"]),
        (noise(5), ["no_speech"]),
        (noise(5, -50), ["no_speech"]),
        (tones(5, 50), ["no_speech"]),
        (tones(5, 261.6, 329.6, 392.0), ["no_speech"]),
        (louder(spoken(), -25), []),
        (louder(spoken(), -40), ["too_quiet"]),
        (louder(spoken(), 12), ["clipped"]),
        (None, ["no_sound"]),
    ],
    ids=[
        *("silence", "noise", "faint-noise", "hum", "chord"),
        *("soft", "too-quiet", "clipped", "no-microphone"),
    ],
)
def test_what_is_wrong_with_the_sound(sound: np.ndarray | None, flags: list[str]) -> None:
    assert checked(recorded(sound, moving(1)))["flags"] == flags


@pytest.mark.parametrize(
    ("picture", "flags"),
    [
        (plain(0, 8), ["black_picture"]),
        (plain(15, 8), ["black_picture"]),
        (plain(60, 8), []),
        # Until the camera has got used to the dark.
        (plain(0, 3) + plain(90, 5), []),
    ],
    ids=["black", "covered", "dim", "late"],
)
def test_a_black_picture(picture: list[np.ndarray], flags: list[str]) -> None:
    assert checked(recorded(spoken(), picture))["flags"] == flags


def test_a_video_without_a_picture() -> None:
    found = checked(recorded(spoken()))
    assert (found["picture_seconds"], found["flags"]) == (0, ["black_picture"])


@pytest.mark.parametrize(
    ("container", "codecs", "options"),
    [
        ("webm", ("libopus", "libvpx"), {}),
        ("webm", ("libopus", "libvpx"), LIVE),
        ("mp4", MP4, FRAGMENTED),
        ("ogg", ("libopus", ""), {}),
    ],
    ids=["webm", "webm-live", "mp4-fragmented", "ogg"],
)
@pytest.mark.parametrize("kept", [0.45, 0.8])
def test_a_truncated_recording_is_read_as_far_as_it_goes(
    container: str, codecs: tuple[str, str], options: dict[str, str], kept: float
) -> None:
    whole = recorded(spoken(), moving(7) if codecs[1] else (), container, codecs, options)
    found = checked(whole[: int(len(whole) * kept)], with_picture=bool(codecs[1]))
    assert found["flags"] == ["cut_off"]
    assert 1 < found["seconds"] < 6.9


PLAYLISTS = {
    "m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "m3u8-as-mp4": b"#EXTftypisom\n#EXTINF:9,\nfile:///etc/passwd\n",
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST",
    "text": b"Hello",
    "nothing": b"",
}


@pytest.mark.parametrize("content", PLAYLISTS.values(), ids=PLAYLISTS)
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    assert checked_by_child(content) == {
        "seconds": 0,
        "picture_seconds": 0,
        "flags": ["unreadable"],
    }


def test_giant_frames_are_refused_by_the_header() -> None:
    assert checked_by_child(recorded(spoken(), plain(90, 0.1, (90, 4096))))["flags"] == []
    assert checked_by_child(recorded(spoken(), plain(90, 0.1, (90, 4100))))["flags"] == [
        "unreadable"
    ]


def test_giant_frames_that_the_header_does_not_tell_of_are_not_decoded() -> None:
    whole = recorded(spoken(), plain(90, 1))
    start = whole.index(b"\x9d\x01\x2a") + 3
    giant = whole[:start] + b"\xff\x3f\xff\x3f" + whole[start + 4 :]
    # It would not be black.
    assert checked_by_child(giant)["flags"] == ["black_picture"]


def test_ten_hours_of_silence_in_a_small_file() -> None:
    hours = ten_hours_of_silence()
    assert len(hours) < 9_000_000
    assert checked_by_child(hours) == {"failed": "too_long"}


def test_a_second_more_than_it_may_have_is_too_long() -> None:
    assert checked(recorded(spoken()), max_seconds=8)["flags"] == ["black_picture"]
    with pytest.raises(TooLong):
        checked(recorded(spoken()), max_seconds=6)


def damaged(whole: bytes, seed: int) -> bytes:
    """Flipped, lost, doubled or zeroed somewhere; the first bytes are kept, or it is refused."""
    draw = random.Random(seed)
    content = bytearray(whole)
    for _ in range(draw.choice([1, 3, 30, 300])):
        at = draw.randrange(12, len(content))
        length = draw.choice([1, 4, 100, 2000])
        part = content[at : at + length]
        how = draw.randrange(4)
        if how == 0:
            part = bytearray(draw.randbytes(len(part)))
        elif how == 1:
            part = bytearray()
        elif how == 2:
            part = part + part
        else:
            part = bytearray(len(part))
        content[at : at + length] = part
        if len(content) < 100:
            break
    return bytes(content)


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, 20), *(pytest.param(n, 100, marks=pytest.mark.proof) for n in range(0, 1000, 100))],
)
def test_damaged_recordings(first: int, count: int) -> None:
    """Whatever is in it, the child says something, within its memory and its time."""
    sound = spoken()[:32_000]
    wholes = [
        recorded(sound, moving(2)),
        recorded(sound, moving(2), "mp4", MP4),
        recorded(sound, moving(2), "mp4", MP4, FRAGMENTED),
        recorded(sound, (), "ogg"),
    ]
    said = []
    for seed in range(first, first + count):
        found = checked_by_child(damaged(wholes[seed % len(wholes)], seed))
        said.append("failed" if "failed" in found else str(found["flags"]))
    assert len(set(said)) > 1
