"""Answering an interview: record, watch, send, submit; and nothing is lost on the way."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import chromium
from tests.browser.answering import (
    DEVICES,
    QUESTIONS,
    card,
    joined,
    press,
    record,
    rows,
)
from tests.browser.site import PHONE, Site, check_page


@pytest.fixture(scope="module")
def recording_site(whole_site: Site, playwright: Playwright) -> Iterator[Site]:
    """The site, in a browser with a simulated camera and a microphone that speaks."""
    browser = chromium.launch(playwright, *DEVICES)
    yield Site(whole_site.stack, browser)
    browser.close()


@pytest.fixture
def site(recording_site: Site) -> Iterator[Site]:
    """The same; any complaint of a browser during the test fails it."""
    recording_site.faults.clear()
    yield recording_site
    assert not recording_site.faults, "\n".join(recording_site.faults)


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_the_whole_way_with_video(site: Site, viewport: dict[str, int]) -> None:
    candidate = joined(site, "video", "audio", deadline="2030-01-31T17:00:00Z")
    with site.device(viewport) as page:
        site.sign_in(page, candidate.email, candidate.path)
        expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
        expect(page.get_by_text("answer questions 1, 2 and 3")).to_be_visible()
        check_page(page, "what comes")
        press(page, "Start answering")

        expect(page.get_by_role("heading", name="Before you record")).to_be_focused()
        check_page(page, "consent")
        press(page, "Agree and go on")
        expect(page.get_by_text("Tick the first box to go on.")).to_be_visible()
        page.get_by_role("checkbox").first.check()
        press(page, "Agree and go on")

        expect(page.get_by_role("heading", name="Check your camera")).to_be_focused()
        press(page, "Practise for five seconds")
        expect(page.get_by_label("Your practice take")).to_be_visible()
        check_page(page, "the check of the devices")
        press(page, "All is well, go on")

        for number, question in enumerate(QUESTIONS, 1):
            expect(page.get_by_role("heading", name=question)).to_be_visible()
            record(page)
            if number == 1:
                check_page(page, "a recording to watch")
                # Thrown away before it was sent: it does not count.
                press(page, "Record again")
                page.get_by_role("dialog").get_by_role("button", name="Record again").click()
                record(page)
            press(page, "Use this answer")
        expect(page.get_by_role("heading", name="3 questions")).to_be_visible()
        for question in QUESTIONS:
            expect(card(page, question)).to_contain_text("Answered")
            expect(card(page, question)).to_contain_text("1 more take")
        check_page(page, "all answered")
        card(page, QUESTIONS[0]).get_by_role("button", name=re.compile("Watch")).click()
        watched(page)
        press(page, "Submit my answers")
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
        expect(page.get_by_text("3 answers")).to_be_visible()
        check_page(page, "the receipt")
    sent = rows(site, candidate, "status, kind, size_bytes, duration_seconds, submitted_at")
    assert [row["status"] for row in sent] == ["discarded"] + ["uploaded"] * 3
    assert all(row["kind"] == "video" for row in sent)
    assert all(2 <= row["duration_seconds"] <= 30 and row["size_bytes"] for row in sent[1:])


def watched(page: Page) -> None:
    """What was uploaded plays, has a length, and can be played from anywhere."""
    video = page.locator("video[src]")
    expect(video).to_be_visible()
    page.wait_for_function("document.querySelector('video[src]').readyState >= 1")
    told = page.evaluate(
        """async () => {
          const video = document.querySelector("video[src]");
          const sought = new Promise((resolve) => { video.onseeked = resolve; });
          video.currentTime = 1;
          await sought;
          return [video.duration, video.currentTime];
        }"""
    )
    assert 2 <= told[0] <= 30 and told[1] >= 1
