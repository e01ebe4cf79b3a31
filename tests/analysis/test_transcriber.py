"""Speech to text on this machine: what is said, and when nothing should be said at all.

The model is loaded for each; so they are few, and follow each other in one process.
"""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from local.recordings import RECORDINGS, Recording
from service.analysis import model, transcriber
from service.analysis.model import ModelMissing, model_folder, require_whole
from service.analysis.sound import Sound
from service.analysis.transcriber import transcribe
from tests.analysis.asking import transcribed
from tests.analysis.recordings import louder, noise, recorded, silence, spoken, tones

pytestmark = pytest.mark.xdist_group("recogniser")

# Read by espeak-ng, a speech synthesiser that Debian has: `espeak-ng -v de -s 150`.
GERMAN = Path(__file__).resolve().parents[1] / "samples" / "recordings" / "german.ogg"
MOST_WRONG = 0.1


def words(text: str) -> list[str]:
    """As they are compared: numbers in figures, without signs."""
    plain = re.sub(r"[^a-z0-9' ]", " ", text.lower().replace("two hundred", "200"))
    return plain.split()


def wrong(said: str, heard: str) -> float:
    """The share of words that are wrong, missing or too many: their edit distance."""
    wanted, found = words(said), words(heard)
    distances = list(range(len(found) + 1))
    for row, word in enumerate(wanted, 1):
        corner, distances[0] = distances[0], row
        for column, other in enumerate(found, 1):
            corner, distances[column] = (
                distances[column],
                min(distances[column] + 1, distances[column - 1] + 1, corner + (word != other)),
            )
    return distances[-1] / len(wanted)


def test_the_share_of_wrong_words_is_counted_right() -> None:
    assert wrong("One, two three.", "one two three") == 0
    assert wrong("one two three four", "one three four") == 0.25
    assert wrong("one two three four", "one too three for you") == 0.75
    assert wrong("two hundred requests", "200 requests") == 0


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
def test_what_is_said_in_a_recording(recording: Recording) -> None:
    found = transcribed(recording.video.read_bytes())
    assert wrong(recording.words, found["transcript"]) <= MOST_WRONG
    assert (found["problem"], found["language"], found["flags"]) == (None, "en", [])
    assert found["seconds"] == pytest.approx(recording.seconds, abs=0.1)
    assert [word for word, *_ in found["words"]] == found["transcript"].split()
    times = [time for _, start, end, _ in found["words"] for time in (start, end)]
    assert times == sorted(times) and times[-1] <= found["seconds"] + 0.1
    assert all(0 <= probability <= 1 for *_, probability in found["words"])


def test_quiet_speech_is_lifted() -> None:
    """As it is, it looks like silence."""
    found = transcribed(recorded(louder(spoken(), -40)))
    assert wrong(RECORDINGS[0].words, found["transcript"]) <= MOST_WRONG


def test_another_language_is_not_recognized() -> None:
    """It would become fluent nonsense."""
    found = transcribed(GERMAN.read_bytes())
    assert (found["problem"], found["transcript"], found["words"]) == ("not_recognized", "", [])


@pytest.mark.parametrize(
    "sound",
    [silence(5), noise(5), noise(5, -60), tones(5, 50), tones(5, 261.6, 329.6, 392.0)],
    ids=["silence", "noise", "faint-noise", "hum", "chord"],
)
def test_where_nobody_speaks_nothing_is_said(sound: Sound) -> None:
    found = transcribe(sound, "en", None)
    assert (found["problem"], found["transcript"], found["words"]) == ("no_speech", "", [])
    assert found["seconds"] == 5


def test_a_language_that_the_model_does_not_know() -> None:
    found = transcribe(spoken(), "de", None)
    assert (found["problem"], found["language"]) == ("language_not_supported", "de")
    assert (found["transcript"], found["words"]) == ("", [])


def test_the_model_is_the_one_that_we_know() -> None:
    folder = model_folder(None)
    with (folder / "model.bin").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    assert digest.startswith("1a5afae0") and digest.endswith("e936b2a")
    require_whole(folder, is_ours=True)


def test_a_damaged_model_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"other weights")
    monkeypatch.setattr(transcriber, "model_folder", lambda configured: tmp_path)
    with pytest.raises(ModelMissing, match="^TRANSCRIBER_MODEL: .* is not the one"):
        transcribe(np.ones(16_000, np.float32), "en", None)


def test_without_a_model_one_line_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ModelMissing, match="^TRANSCRIBER_MODEL: there is no model.bin in "):
        model_folder(str(tmp_path))
    monkeypatch.setattr(model, "_PACKAGE", "a-package-that-nobody-has")
    with pytest.raises(ModelMissing, match="^TRANSCRIBER_MODEL is missing: ") as caught:
        model_folder(None)
    assert "\n" not in str(caught.value)
