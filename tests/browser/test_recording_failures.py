"""Each failure on the way to an answer has a sentence and a way out."""

import base64
import random
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from local import frontend
from tests.browser import chromium
from tests.browser.answering import (
    KEEP_STREAM,
    Candidate,
    card,
    finish,
    joined,
    press,
    record,
    rows,
    start,
)
from tests.browser.site import PHONE, Site, check_page, expect_refusal

ASKED = ["Who are you?"]
FAKE = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
# Reads a QR code from a picture.
SCAN = """async (image) => {
  const {default: decode} = await import("/qr/decode.js");
  const picture = await createImageBitmap(
    await (await fetch(`data:image/png;base64,${image}`)).blob(),
  );
  const {width, height} = picture;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  return decode(canvas.getImageData(0, 0, width, height), {timeLimit: 10_000});
}"""
IN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148"
)
IN_USE = """{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.inUse = true;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (window.inUse) throw new DOMException("Could not start video source", "NotReadableError");
    return ask(wanted);
  };
}"""
UNPLUG = """() => {
  for (const track of window.stream.getVideoTracks()) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
}"""


@contextmanager
def browser_with(playwright: Playwright, site: Site, *arguments: str) -> Iterator[Site]:
    """The site in a browser with other devices."""
    browser = chromium.launch(playwright, *arguments)
    yield Site(site.stack, browser, site.faults)
    browser.close()


def at_question(site: Site, page: Page, candidate: Candidate) -> None:
    """Signed in, at the first question."""
    site.sign_in(page, candidate.email, candidate.path)
    press(page, "Answer: question 1")


def interview(site: Site, candidate: Candidate, change: str) -> None:
    """Let something happen to the interview meanwhile."""
    site.sql(f"update public.interviews set {change} where id = '{candidate.interview.id}'")


# ---- devices and browsers ------------------------------------------------------------------------


def test_the_camera_is_refused(camera_site: Site, playwright: Playwright) -> None:
    candidate = joined(camera_site, "video", "audio", consents=True, questions=ASKED)
    devices = (FAKE, f"{ALLOWED}=deny")
    with browser_with(playwright, camera_site, *devices) as site, site.device() as page:
        at_question(site, page, candidate)
        expect_refusal(page, "camera_refused", "camera and microphone")
        check_page(page, "a camera that is refused")
        press(page, "Record sound alone")
        expect_refusal(page, "microphone_refused", "use your microphone")
        press(page, "Try again")
        expect_refusal(page, "microphone_refused", "use your microphone")


def test_there_is_no_camera(camera_site: Site, playwright: Playwright) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    devices = (f"{FAKE}=device-count=0", ALLOWED)
    with browser_with(playwright, camera_site, *devices) as site, site.device() as page:
        at_question(site, page, candidate)
        expect_refusal(page, "no_camera", "No camera was found.")
        expect(page.get_by_role("img", name="QR code of this page")).to_be_visible()
        # The address alone: not even the question's number, and nothing that lets anybody in.
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert scanned(site, page) == site.url(candidate.path), scheme
        expect(page.get_by_role("button", name="Start recording")).to_have_count(0)
        expect(page.get_by_role("button", name="Record sound alone")).to_have_count(0)
        check_page(page, "no camera")


def scanned(site: Site, page: Page) -> str:
    """What a phone's camera reads from the page's QR code."""
    image = base64.b64encode(page.get_by_role("figure").screenshot()).decode()
    decoder = frontend.FOLDER / "node_modules" / "qr" / "decode.js"
    with site.browser.new_context(base_url="http://localhost") as context:
        camera = context.new_page()
        camera.route("**", lambda route: route.fulfill(content_type="text/html", body=""))
        camera.route("/qr/*.js", lambda route: route.fulfill(path=decoder.parent / name(route)))
        camera.goto("/")
        return str(camera.evaluate(SCAN, image))


def name(route: Route) -> str:
    """The last part of the address that is asked for."""
    return route.request.url.rsplit("/", 1)[-1]


def test_a_phone_without_a_camera_shows_no_code_for_phones(
    camera_site: Site, playwright: Playwright
) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    devices = (f"{FAKE}=device-count=0", ALLOWED)
    with (
        browser_with(playwright, camera_site, *devices) as site,
        site.device(PHONE, is_mobile=True, has_touch=True) as page,
    ):
        at_question(site, page, candidate)
        expect_refusal(page, "no_camera", "No camera was found.")
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("img", name="QR code of this page")).to_have_count(0)


def test_another_program_uses_the_camera(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        page.add_init_script(IN_USE)
        at_question(camera_site, page, candidate)
        expect_refusal(page, "camera_in_use", "Another program is using your camera")
        check_page(page, "a camera in use")
        page.evaluate("window.inUse = false")
        press(page, "Try again")
        record(page)


@pytest.mark.parametrize(
    ("agent", "slug"), [(IN_APP, "in_app_browser"), (None, "unsupported_browser")]
)
def test_the_browser_cannot_record(camera_site: Site, agent: str | None, slug: str) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    clipboard = ["clipboard-read", "clipboard-write"]
    with camera_site.device(permissions=clipboard, user_agent=agent) as page:
        page.add_init_script("delete window.MediaRecorder")
        at_question(camera_site, page, candidate)
        expect(page.locator(f"[data-slug={slug}]")).to_be_visible()
        press(page, "Copy the link")
        expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == camera_site.url(candidate.path)
        check_page(page, slug)


def test_the_camera_is_unplugged_while_recording(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        page.add_init_script(KEEP_STREAM)
        at_question(camera_site, page, candidate)
        start(page)
        page.wait_for_timeout(2500)
        page.evaluate(UNPLUG)
        expect(page.get_by_text("was disconnected")).to_be_visible()
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


def test_a_microphone_that_hears_nothing(
    camera_site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    muted = f"--use-file-for-fake-audio-capture={silence}"
    with browser_with(playwright, camera_site, FAKE, ALLOWED, muted) as site, site.device() as page:
        at_question(site, page, candidate)
        start(page)
        expect(page.get_by_text("We can’t hear you.")).to_be_visible()
        check_page(page, "nothing to hear")
        press(page, "Stop")


# ---- where it is kept ----------------------------------------------------------------------------


def test_a_browser_that_keeps_nothing(camera_site: Site) -> None:
    """It is said before recording, and the answer arrives all the same."""
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        page.add_init_script("indexedDB.open = () => { throw new Error('no') }")
        at_question(camera_site, page, candidate)
        expect(page.get_by_text("keeps nothing on this device")).to_be_visible()
        check_page(page, "a browser that keeps nothing")
        record(page)
        page.get_by_role("link", name="My interviews").first.click()
        page.get_by_role("link", name=candidate.interview.title).click()
        press(page, "Look at it: question 1")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


def test_no_space_is_left_while_recording(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        start(page)
        page.evaluate(
            """() => { IDBObjectStore.prototype.put = () => {
                 throw new DOMException("full", "QuotaExceededError");
               }; }"""
        )
        expect(page.get_by_text("hardly any storage left")).to_be_visible()
        page.wait_for_timeout(1500)
        press(page, "Stop")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


# ---- the line, the interview, the limits ---------------------------------------------------------


def test_no_line_when_recording_starts(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        ready = page.get_by_role("button", name="Start recording", exact=True)
        expect(ready).not_to_have_attribute("aria-disabled", "true")
        page.context.set_offline(True)
        ready.click()
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        record(page)
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


def test_the_deadline_passes_while_recording(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        start(page)
        interview(camera_site, candidate, "deadline = now() - interval '1 hour'")
        page.wait_for_timeout(2500)
        press(page, "Stop")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
        expect(page.get_by_text("can be sent and submitted until")).to_be_visible()
        expect(page.get_by_role("button", name="Change: question 1")).to_have_count(0)
        check_page(page, "after the deadline")
        page.get_by_role("link", name="My interviews").first.click()
        expect(page.get_by_text("You can still submit your answers.")).to_be_visible()
        page.get_by_role("link", name=candidate.interview.title).click()
        finish(page)


def test_the_interview_is_closed_meanwhile(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        record(page)
        interview(camera_site, candidate, "status = 'completed'")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Not sent")
        press(page, "Look at it: question 1")
        expect_refusal(page, "recording_too_late", "the interview is closed")
        check_page(page, "a recording that nobody waits for")


def test_a_video_would_be_too_large(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", "audio", consents=True, questions=ASKED)
    with camera_site.device() as page, small_files(camera_site, 200_000):
        at_question(camera_site, page, candidate)
        ready = page.get_by_role("button", name="Start recording", exact=True)
        expect(ready).not_to_have_attribute("aria-disabled", "true")
        ready.click()
        expect(page.locator("[data-slug=kind_not_allowed]")).to_be_visible()
        press(page, "Record sound alone")
        record(page)
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


@pytest.mark.proof
def test_a_recording_stops_before_it_is_too_large(
    camera_site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    """
    A picture of noise takes many times the bits that the encoder is asked for: 1.5 MB in the
    first second, on a slow machine a third of that.
    """
    noise = tmp_path / "noise.y4m"
    numbers = random.Random(1)
    frames = [b"FRAME\n" + numbers.randbytes(640 * 480 * 3 // 2) for _ in range(6)]
    noise.write_bytes(b"YUV4MPEG2 W640 H480 F24:1 C420\n" + b"".join(frames))
    shown = f"--use-file-for-fake-video-capture={noise}"
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with (
        browser_with(playwright, camera_site, FAKE, ALLOWED, shown) as site,
        site.device() as page,
        small_files(site, 6_000_000),
    ):
        at_question(site, page, candidate)
        start(page)
        expect(page.get_by_text("as large as can be sent")).to_be_visible()
        check_page(page, "a recording that has become large")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    (sent,) = rows(camera_site, candidate, "status, size_bytes, duration_seconds")
    assert sent["status"] == "uploaded" and sent["size_bytes"] <= 6_000_000
    assert sent["duration_seconds"] < 30


def test_a_recording_is_too_large(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        record(page)
        with small_files(camera_site, 1000):
            press(page, "Use this answer")
            expect(card(page, ASKED[0])).to_contain_text("Not sent")
        press(page, "Look at it: question 1")
        expect_refusal(page, "recording_too_large", "larger than what can be sent")
        press(page, "Try again")
        expect(page.get_by_text("Your answer has been sent.")).to_be_visible()


@contextmanager
def small_files(site: Site, most: int) -> Iterator[None]:
    """The bucket takes less for a while."""
    change = "update storage.buckets set file_size_limit = {} where id = 'interview-responses'"
    site.sql(change.format(most))
    try:
        yield
    finally:
        site.sql(change.format(52_428_800))
