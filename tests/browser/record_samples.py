"""`python -m tests.browser.record_samples` makes the recordings in local/recordings again.

As a candidate's browser does: camera and microphone, slices of a second, then the remuxing that
gives the file a duration and cues. Only the devices are Chromium's simulated ones: the microphone
plays the sound that lies beside each recording.
"""

import base64
import tempfile
import wave
from pathlib import Path

import click
from playwright.sync_api import Playwright, sync_playwright

from local import frontend
from local.recordings import RECORDINGS, Recording
from tests.browser import chromium

MEDIABUNNY = frontend.FOLDER / "node_modules/mediabunny/dist/bundles/mediabunny.min.mjs"
DEVICES = ("--use-fake-device-for-media-stream=fps=24", "--use-fake-ui-for-media-stream")
# Before and after the words. The recording starts a moment after the microphone.
SILENCE_SECONDS = 0.5
RECORD = """async (seconds) => {
  const {BlobSource, BufferTarget, Conversion, Input, Output, WEBM, WebMOutputFormat} =
    await import("/mediabunny.mjs");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {width: 640, height: 480, frameRate: 24},
    audio: true,
  });
  const recorder = new MediaRecorder(stream, {
    mimeType: "video/webm;codecs=vp8,opus",
    videoBitsPerSecond: 600_000,
    audioBitsPerSecond: 48_000,
  });
  const slices = [];
  recorder.ondataavailable = ({data}) => slices.push(data);
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start(1000);
  setTimeout(() => recorder.stop(), seconds * 1000);
  await stopped;
  for (const track of stream.getTracks()) track.stop();

  const input = new Input({source: new BlobSource(new Blob(slices)), formats: [WEBM]});
  const output = new Output({format: new WebMOutputFormat(), target: new BufferTarget()});
  const copy = {mode: "forced", shiftTolerance: Infinity};
  const conversion = await Conversion.init({input, output, copy});
  if (!conversion.isValid || conversion.discardedTracks.length) {
    throw new Error("not every track can be copied");
  }
  await conversion.execute();
  const bytes = new Uint8Array(output.target.buffer);
  return bytes.toBase64();
}"""


def record(playwright: Playwright, sample: Recording) -> bytes:
    """The WebM file of somebody who says this in front of a camera."""
    with tempfile.TemporaryDirectory(prefix="hirevision-recording-") as folder:
        sound = Path(folder) / "sound.wav"
        seconds = between_silences(sample.sound, sound)
        microphone = f"--use-file-for-fake-audio-capture={sound}%noloop"
        browser = chromium.launch(playwright, *DEVICES, microphone)
        try:
            # Browsers have cameras for https and for localhost only.
            page = browser.new_page(base_url="http://localhost")
            page.route("**", lambda route: route.fulfill(content_type="text/html", body=""))
            page.route("/mediabunny.mjs", lambda route: route.fulfill(path=MEDIABUNNY))
            page.goto("/")
            return base64.b64decode(page.evaluate(RECORD, seconds))
        finally:
            browser.close()


def between_silences(sound: Path, copy: Path) -> float:
    """Write a copy with silence before and after; returns its length in seconds."""
    with wave.open(str(sound), "rb") as source, wave.open(str(copy), "wb") as target:
        target.setparams(source.getparams())
        frames = round(SILENCE_SECONDS * source.getframerate())
        silence = bytes(frames * source.getnchannels() * source.getsampwidth())
        target.writeframes(silence + source.readframes(source.getnframes()) + silence)
        return source.getnframes() / source.getframerate() + 2 * SILENCE_SECONDS


@click.command()
def main() -> None:
    """Make all recordings; each takes as long as it takes to say it."""
    with sync_playwright() as playwright:
        for sample in RECORDINGS:
            sample.video.write_bytes(record(playwright, sample))
            click.echo(f"{sample.video.name}: {sample.video.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
