"""The recordings in local/recordings, and that the script still makes such files."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from local.recordings import RECORDINGS, Recording
from tests.browser import chromium
from tests.browser.record_samples import MEDIABUNNY, SILENCE_SECONDS, record

LARGEST = 700_000
# The loudness of each tenth of a second, decoded by the browser.
LEVELS = """async (url) => {
  const file = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(file);
  const samples = sound.getChannelData(0);
  const levels = [];
  for (let start = 0; start + 1600 <= samples.length; start += 1600) {
    const squares = samples.subarray(start, start + 1600).map((sample) => sample * sample);
    levels.push(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 1600));
  }
  return levels;
}"""
DESCRIBE = """async (url) => {
  const {Input, UrlSource, WEBM} = await import("/mediabunny.mjs");
  const input = new Input({source: new UrlSource(url), formats: [WEBM]});
  const tracks = await input.getTracks();
  return {
    seconds: await input.getDurationFromMetadata(),
    codecs: tracks.map((track) => track.codec).sort(),
  };
}"""
PLAY_FROM = """async (second) => {
  const file = await (await fetch("/sample.webm")).blob();
  const video = document.createElement("video");
  const played = new Promise((resolve, reject) => {
    video.onerror = () => reject(new Error(video.error.message));
    video.onloadedmetadata = () => { video.currentTime = second; };
    video.onseeked = () => resolve([video.duration, video.currentTime, video.videoWidth]);
  });
  video.src = URL.createObjectURL(file);
  return played;
}"""
# Elements of a WebM file, by the identifiers of RFC 9559.
SEGMENT = 0x18538067
CUES = 0x1C53BB6B
CUE_POINT = 0xBB


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """A page of a site that has nothing but mediabunny."""
    browser = chromium.launch(playwright)
    page = browser.new_page(base_url="http://localhost")
    page.route("**", lambda route: route.fulfill(content_type="text/html", body=""))
    page.route("/mediabunny.mjs", lambda route: route.fulfill(path=MEDIABUNNY))
    page.goto("/")
    yield page
    browser.close()


@pytest.mark.parametrize("sample", RECORDINGS, ids=lambda sample: sample.name)
def test_a_recording_can_be_played_from_anywhere(page: Page, sample: Recording) -> None:
    assert sample.video.stat().st_size < LARGEST
    check(page, sample, sample.video)
    assert sample.seconds == page.evaluate(DESCRIBE, "/sample.webm")["seconds"]


@pytest.mark.proof
def test_the_script_makes_such_recordings(
    playwright: Playwright, page: Page, tmp_path: Path
) -> None:
    sample = RECORDINGS[0]
    made = tmp_path / "made.webm"
    made.write_bytes(record(playwright, sample))
    assert made.read_bytes() != sample.video.read_bytes()
    check(page, sample, made)


def check(page: Page, sample: Recording, video: Path) -> None:
    """It has a duration, cues, picture and sound, and says what the sample does."""
    page.route("/sample.wav", lambda route: route.fulfill(path=sample.sound))
    page.route("/sample.webm", lambda route: route.fulfill(path=video))
    said, heard = (page.evaluate(LEVELS, f"/sample.{kind}") for kind in ("wav", "webm"))
    seconds = len(said) / 10 + 2 * SILENCE_SECONDS
    described = page.evaluate(DESCRIBE, "/sample.webm")
    assert described["codecs"] == ["opus", "vp8"]
    assert described["seconds"] == pytest.approx(seconds, abs=1)
    (segment,) = (content for name, content in elements(video.read_bytes()) if name == SEGMENT)
    (cues,) = (content for name, content in elements(segment) if name == CUES)
    assert [name for name, _ in elements(cues)].count(CUE_POINT) >= 1
    duration, at, width = page.evaluate(PLAY_FROM, 5)
    assert duration == pytest.approx(described["seconds"], abs=0.1)
    assert (at, width) == (5, 640)
    # Another sample's words reach a third.
    assert likeness(said, heard) > 0.5


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What an EBML element contains: identifiers and contents (RFC 8794, section 4)."""
    at = 0
    while at < len(content):
        name, at = number(content, at)
        size, at = number(content, at)
        size &= (1 << size.bit_length() - 1) - 1  # without the bit that gives its length
        yield name, content[at : at + size]
        at += size


def number(content: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, with the bit that gives its length, and where it ends."""
    end = at + 9 - content[at].bit_length()
    return int.from_bytes(content[at:end], "big"), end


def likeness(said: list[float], heard: list[float]) -> float:
    """How well loudness rises and falls alike (1: the same), wherever the words begin."""
    return max(
        statistics.correlation(said, heard[start : start + len(said)])
        for start in range(len(heard) - len(said) + 1)
    )
