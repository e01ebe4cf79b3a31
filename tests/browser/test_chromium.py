"""The browser of the tests, and that it can do what the screens need."""

import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import playwright as package
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser import chromium
from tests.kit.waiting import eventually

FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
RECORD = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
  const recorder = new MediaRecorder(stream, {mimeType: "video/webm"});
  const slices = [];
  const enough = new Promise((resolve) => {
    recorder.ondataavailable = ({data}) => {
      if (data.size) slices.push(data);
      if (slices.length === 3) resolve();
    };
  });
  const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start(100);
  await enough;
  recorder.stop();
  await stopped;
  for (const track of stream.getTracks()) track.stop();
  const head = new Uint8Array(await new Blob(slices).slice(0, 4).arrayBuffer());
  return Array.from(head);
}"""
STORE = """async () => {
  const ends = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opening = indexedDB.open("slices", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("slices");
  const database = await ends(opening);
  const slices = (mode) => database.transaction("slices", mode).objectStore("slices");
  await ends(slices("readwrite").put(new Blob(["abc"]), "first"));
  return (await ends(slices("readonly").get("first"))).text();
}"""
HOLD_LOCK = """() => new Promise((held) => {
  navigator.locks.request("recording", () => new Promise(() => held()));
})"""
LOCK_IS_FREE = """() => navigator.locks.request(
  "recording", {ifAvailable: true}, (lock) => lock !== null)"""
WIDTH = """() => document.querySelector("span").getBoundingClientRect().width"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser with a simulated camera and microphone."""
    browser = chromium.launch(playwright, *FAKE_CAMERA)
    yield browser
    browser.close()


@pytest.fixture
def tabs(browser: Browser) -> Iterator[BrowserContext]:
    """Pages at http://localhost, where a browser allows what it forbids on insecure sites."""
    context = browser.new_context(base_url="http://localhost")
    context.route("**", lambda route: route.fulfill(content_type="text/html", body="<p>A page"))
    yield context
    context.close()


@pytest.fixture
def page(tabs: BrowserContext) -> Page:
    """One of them."""
    page = tabs.new_page()
    page.goto("/")
    return page


def test_it_is_the_chromium_that_playwright_was_made_for(browser: Browser) -> None:
    driver = Path(package.__file__).parent / "driver"
    known = json.loads((driver / "package" / "browsers.json").read_text())["browsers"]
    expected = next(one["browserVersion"] for one in known if one["name"] == "chromium")
    pair = f"Playwright {version('playwright')} with Chromium {browser.version}"
    if not os.environ.get("CHROMIUM"):
        assert browser.version.split(".")[0] == expected.split(".")[0], pair


def test_it_shows_text(page: Page) -> None:
    page.set_content("<span>iiii</span>")
    narrow = page.evaluate(WIDTH)
    page.set_content("<span>MMMM</span>")
    assert 0 < narrow < page.evaluate(WIDTH)


def test_it_records_video(page: Page) -> None:
    assert page.evaluate(RECORD) == [0x1A, 0x45, 0xDF, 0xA3]  # as every WebM file begins


def test_it_keeps_what_was_recorded(page: Page) -> None:
    assert page.evaluate(STORE) == "abc"


def test_one_tab_at_a_time_has_a_lock(tabs: BrowserContext, page: Page) -> None:
    assert page.evaluate(LOCK_IS_FREE)
    page.evaluate(HOLD_LOCK)
    other = tabs.new_page()
    other.goto("/")
    assert not other.evaluate(LOCK_IS_FREE)
    page.close()
    eventually(lambda: other.evaluate(LOCK_IS_FREE))
