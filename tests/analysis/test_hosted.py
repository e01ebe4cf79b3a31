"""An engine elsewhere: what it gets, what becomes of its answers, and of nine faults."""

import io
import json
import tempfile
from collections.abc import Iterator
from typing import Any

import av
import pytest

from service.analysis import hosted
from service.analysis.engines import Elsewhere
from service.analysis.hosted import BadAnswer, Hosted, Unavailable
from service.analysis.results import Failure, Transcript
from service.analysis.sandbox import Stopped
from service.analysis.work import Analysis
from tests.analysis.recordings import louder, moving, noise, recorded, spoken
from tests.kit.transcribing import SAID, Transcribing, transcribing

KEY = "a-key-of-the-tests"
WORK = Analysis(
    job_id=1,
    kind="response_transcript",
    attempts=1,
    bucket="interview-responses",
    path="a/path/of/jane.doe@example.com.webm",
    mime_type="video/webm",
    size_bytes=1,
    language="en",
    max_seconds=200,
)


@pytest.fixture
def server() -> Iterator[Transcribing]:
    with transcribing() as running:
        yield running


@pytest.fixture
def engine(server: Transcribing) -> Hosted:
    return Hosted(server.url, KEY, "whisper-1")


def heard(engine: Hosted, recording: bytes) -> Any:
    """What becomes of a recording."""
    with tempfile.TemporaryFile() as file:
        file.write(recording)
        return Elsewhere(engine)(WORK, file, "0" * 64, lambda: False)


def test_it_gets_the_sound_and_nothing_else(server: Transcribing, engine: Hosted) -> None:
    found = heard(engine, recorded(louder(spoken(), -30), moving(3)))
    (asked,) = server.asked
    assert asked["path"] == b"/v1/audio/transcriptions"
    assert set(asked) - {"path", "headers"} == {
        *("file", "filename", "model", "language", "response_format"),
        "timestamp_granularities[]",
    }
    assert asked["model"] == b"whisper-1" and asked["language"] == b"en"
    assert asked["filename"] == b"recording.flac"
    with av.open(io.BytesIO(asked["file"])) as opened:
        assert [stream.type for stream in opened.streams] == ["audio"]
        assert not {name.lower() for name in opened.metadata} - {"encoder"}
        samples = sum(frame.samples for frame in opened.decode(audio=0))
        assert opened.streams.audio[0].rate == 16_000
    assert samples / 16_000 == pytest.approx(7.2, abs=0.1)
    everything = b"".join(asked.values())
    assert b"jane" not in everything and b"path/of" not in everything
    assert f"Bearer {KEY}".encode() in asked["headers"]

    assert isinstance(found, Transcript)
    assert found.transcript == "I have worked with React."
    assert (found.engine, found.model, found.problem) == ("openai-compatible", "whisper-1", None)
    assert found.words[0] == ("I", 0.5, 0.9, None) and len(found.words) == 5
    assert found.seconds == pytest.approx(7.2, abs=0.1)


def test_where_nobody_speaks_nothing_is_sent(server: Transcribing, engine: Hosted) -> None:
    found = heard(engine, recorded(noise(3)))
    assert (found.problem, found.transcript, server.asked) == ("no_speech", "", [])


def test_what_is_no_recording_is_not_sent(server: Transcribing, engine: Hosted) -> None:
    assert heard(engine, b"#EXTM3U") == Failure(problem="unreadable")
    assert server.asked == []


def test_no_key_is_sent_where_there_is_none(server: Transcribing) -> None:
    Hosted(server.url, "", "tiny").transcribe(b"sound", "en", 8)
    assert b"Authorization" not in server.asked[0]["headers"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # Some models give nothing but the text.
        ({"words": None, "segments": None, "language": None}, {"words": []}),
        ({"words": []}, {"words": []}),
        ({"words": [{"word": "I", "start": 5, "end": 4}]}, {"words": []}),
        ({"words": [{"word": "I", "start": 5, "end": 400}]}, {"words": []}),
        ({"language": "en"}, {"problem": None}),
        ({"language": "klingon"}, {"problem": None}),
        ({"language": "german"}, {"problem": "not_recognized", "transcript": "", "words": []}),
        ({"language": "de"}, {"problem": "not_recognized", "transcript": "", "words": []}),
        ({"text": " "}, {"problem": "no_speech", "transcript": "", "words": []}),
        ({"segments": [{"avg_logprob": -1.5}]}, {"problem": "not_recognized", "transcript": ""}),
        ({"segments": [{"avg_logprob": -0.8}]}, {"problem": None, "flags": ["doubtful"]}),
    ],
    ids=str,
)
def test_answers(
    server: Transcribing, engine: Hosted, change: dict[str, Any], found: dict[str, Any]
) -> None:
    server.body = json.dumps({**SAID, **change}).encode()
    said = engine.transcribe(b"sound", "en", 8.16)
    assert {name: said[name] for name in found} == found


@pytest.mark.parametrize(
    ("status", "headers", "pause", "counts"),
    [
        (429, {}, 60, False),
        (429, {"Retry-After": "7"}, 7, False),
        (429, {"Retry-After": "99999"}, 3600, False),
        (401, {}, 300, False),
        (403, {}, 300, False),
        (503, {}, None, False),
        (500, {}, None, True),
    ],
)
def test_it_has_no_time_for_us(
    server: Transcribing,
    engine: Hosted,
    status: int,
    headers: dict[str, str],
    pause: int | None,
    counts: bool,
) -> None:
    server.status, server.headers = status, headers
    with pytest.raises(Unavailable, match=f"answers {status}") as caught:
        engine.transcribe(b"sound", "en", 8)
    assert (caught.value.pause, caught.value.counts) == (pause, counts)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(SAID).encode()[:-20],
        b"",
        b"[]",
        b"<html></html>",
        b'{"text": null}',
        b'{"words": []}',
        b"[" * 100_000,
        b" " * 5_000_000,
    ],
    ids=["truncated", "empty", "list", "html", "null", "no-text", "deep", "huge"],
)
def test_an_answer_that_is_none(server: Transcribing, engine: Hosted, body: bytes) -> None:
    server.body = body
    with pytest.raises(BadAnswer):
        engine.transcribe(b"sound", "en", 8)


def test_a_redirect_is_not_followed(server: Transcribing, engine: Hosted) -> None:
    with transcribing() as elsewhere:
        server.status, server.headers = 307, {"Location": f"{elsewhere.url}/audio/transcriptions"}
        with pytest.raises(BadAnswer, match="307"):
            engine.transcribe(b"sound", "en", 8)
        assert elsewhere.asked == []


def test_a_refusal(server: Transcribing, engine: Hosted) -> None:
    server.status = 400
    with pytest.raises(BadAnswer, match="400"):
        engine.transcribe(b"sound", "en", 8)


def test_nobody_is_there() -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        Hosted("http://127.0.0.1:1/v1", KEY, "whisper-1").transcribe(b"sound", "en", 8)


def test_it_does_not_answer(
    server: Transcribing, engine: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted, "_TIMEOUT", 0.2)
    server.drip = 5
    with pytest.raises(Unavailable) as caught:
        engine.transcribe(b"sound", "en", 8)
    assert caught.value.counts


def test_it_drips_for_ever(
    server: Transcribing, engine: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes within the timeout, and the last one never."""
    monkeypatch.setattr(hosted, "PATIENCE", 1.0)
    server.drip, server.body = 0.05, b" " * 100_000
    with pytest.raises(Unavailable):
        engine.transcribe(b"sound", "en", 0)


def test_an_analyst_that_stops_waits_for_no_answer(server: Transcribing, engine: Hosted) -> None:
    server.drip = 0.05
    server.body = b" " * 100_000
    with pytest.raises(Stopped):
        engine.transcribe(b"sound", "en", 1000, lambda: bool(server.asked))
