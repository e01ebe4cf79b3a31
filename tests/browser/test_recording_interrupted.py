"""The screen stays awake while recording, and an interruption keeps what was recorded."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answering import KEEP_STREAM, Candidate, card, joined, press, start
from tests.browser.site import Site
from tests.kit.waiting import eventually

ASKED = ["Who are you?"]
# Chromium without a screen has no lock to give. This one is lost when the page is hidden, as real
# ones are.
WAKE_LOCKS = """{
  window.locks = [];
  const request = async (type) => {
    if (window.refusing) throw new DOMException("battery", "NotAllowedError");
    const lock = {type, released: false, release: async () => { lock.released = true; }};
    window.locks.push(lock);
    return lock;
  };
  Object.defineProperty(navigator, "wakeLock", {value: {request}});
}"""
LOCKS = "window.locks.map(({type, released}) => [type, released])"
# The person switches to another app, or the screen is locked, and back.
HIDE = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
  if (hidden) for (const lock of window.locks) lock.released = true;
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# What a call does to the microphone on a phone.
MUTE = """(muted) => {
  const [track] = window.stream.getAudioTracks();
  Object.defineProperty(track, "muted", {value: muted, configurable: true});
  track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
}"""


def recording(site: Site, page: Page, *scripts: str) -> Candidate:
    """Somebody who records their answer."""
    candidate = joined(site, "video", consents=True, questions=ASKED)
    for script in scripts:
        page.add_init_script(script)
    site.sign_in(page, candidate.email, candidate.path)
    press(page, "Answer: question 1")
    start(page)
    return candidate


def kept(page: Page) -> None:
    """What was recorded before is there, and can be sent."""
    expect(page.get_by_text("something else took it. What you recorded until then")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^You recorded [1-9]\d? seconds?\.$"))).to_be_visible()
    press(page, "Use this answer")
    expect(card(page, ASKED[0])).to_contain_text("Answered")


def test_the_screen_stays_awake_while_recording(camera_site: Site) -> None:
    with camera_site.device() as page:
        recording(camera_site, page, WAKE_LOCKS)
        eventually(lambda: page.evaluate(LOCKS) == [["screen", False]])
        page.evaluate(HIDE, True)
        page.evaluate(HIDE, False)
        # Asked for again, since the browser has taken it.
        eventually(lambda: page.evaluate(LOCKS) == [["screen", True], ["screen", False]])
        page.wait_for_timeout(1500)
        press(page, "Stop")
        expect(page.get_by_text(re.compile(r"^You recorded "))).to_be_visible()
        eventually(lambda: page.evaluate(LOCKS) == [["screen", True], ["screen", True]])
        # Nor does the page keep it awake afterwards.
        page.evaluate(HIDE, True)
        page.evaluate(HIDE, False)
        assert len(page.evaluate(LOCKS)) == 2


def test_without_a_wake_lock_recording_goes_on(camera_site: Site) -> None:
    with camera_site.device() as page:
        recording(camera_site, page, WAKE_LOCKS, "window.refusing = true")
        page.wait_for_timeout(1500)
        press(page, "Stop")
        expect(page.get_by_text(re.compile(r"^You recorded "))).to_be_visible()
        assert page.evaluate(LOCKS) == []


def test_a_screen_that_is_locked_keeps_what_was_recorded(camera_site: Site) -> None:
    """Frozen, as phones do it, then thrown away, as they do when they need the memory."""
    with camera_site.device() as page:
        page.on("dialog", lambda dialog: dialog.accept())
        recording(camera_site, page)
        page.wait_for_timeout(3500)
        browser = page.context.new_cdp_session(page)
        browser.send("Page.setWebLifecycleState", {"state": "frozen"})
        page.wait_for_timeout(1000)
        browser.send("Page.setWebLifecycleState", {"state": "active"})
        page.reload()
        expect(page.get_by_text(re.compile(r"^You recorded [2-9] seconds\.$"))).to_be_visible()
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")


def test_a_call_keeps_what_was_recorded(camera_site: Site) -> None:
    with camera_site.device() as page:
        recording(camera_site, page, KEEP_STREAM)
        page.wait_for_timeout(1500)
        # A moment without sound is no reason to stop.
        page.evaluate(MUTE, True)
        page.evaluate(MUTE, False)
        page.wait_for_timeout(4000)
        expect(page.get_by_text("Recording · ")).to_be_visible()
        page.evaluate(MUTE, True)
        kept(page)


@pytest.mark.parametrize("device", ["camera", "microphone"])
def test_the_browser_takes_a_device_back(camera_site: Site, device: str) -> None:
    """As it does when the person, or an administrator, takes the permission away."""
    with camera_site.device() as page:
        recording(camera_site, page)
        page.wait_for_timeout(2500)
        browser = page.context.browser
        assert browser
        target = page.context.new_cdp_session(page).send("Target.getTargetInfo")
        browser.new_browser_cdp_session().send(
            "Browser.setPermission",
            {
                "permission": {"name": device},
                "setting": "denied",
                "origin": camera_site.environment.site_url,
                "browserContextId": target["targetInfo"]["browserContextId"],
            },
        )
        kept(page)
