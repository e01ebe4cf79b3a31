"""What software finds wrong with a recording, said to its candidate within seconds."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.analyses import be_seen, checked, gone, response_of
from tests.browser.answering import card, press
from tests.browser.answers import QUESTIONS, Answering, answering
from tests.browser.site import ON_BOTH, Site, check_page
from tests.kit.waiting import eventually

SETTINGS = [{"max_takes": 2, "required": False}] * len(QUESTIONS)
ASKED = re.compile(r"/rest/v1/(rpc/analysis_state|response_analyses\?)")


def path(candidate: Answering) -> str:
    return f"/candidates/interviews/{candidate.interview.id}"


def note(page: Page, question: str) -> Locator:
    """What is said below a question in the overview."""
    return card(page, question).get_by_role("status")


@contextmanager
def looks(page: Page) -> Iterator[list[str]]:
    """What the page asks about checks."""
    asked: list[str] = []

    def keep(request: Request) -> None:
        found = ASKED.search(request.url)
        if found and request.method != "OPTIONS":
            asked.append(found[1])

    page.on("request", keep)
    yield asked
    page.remove_listener("request", keep)


def passed(page: Page, seconds: int) -> bool:
    """So much time passes for the page, which is answered meanwhile."""
    for _ in range(seconds // 2):
        page.clock.run_for(2000)
        page.wait_for_timeout(100)
    return True


def hide(page: Page, hidden: str) -> None:
    """Another tab is in front of the page, or no longer."""
    page.evaluate(
        f"Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});"
        "document.dispatchEvent(new Event('visibilitychange'));"
    )


@ON_BOTH
def test_what_is_wrong_is_said_with_a_way_out(camera_site: Site, viewport: dict[str, int]) -> None:
    site = camera_site
    candidate = answering(site, question_settings=SETTINGS)
    candidate.record(1)
    be_seen(site)
    with site.device(viewport) as page:
        site.sign_in(page, candidate.email, path(candidate))
        expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
        expect(note(page, QUESTIONS[0])).to_be_empty()
        checked(site, response_of(site, candidate, 1), "no_speech")
        # Nothing is reloaded.
        expect(note(page, QUESTIONS[0])).to_contain_text(
            "We can’t hear any speech in your answer to question 1. Record it again?"
        )
        check_page(page, "a recording without speech")
        page.get_by_role("button", name="Record again: question 1").click()
        expect(page.get_by_role("heading", name=QUESTIONS[0])).to_be_visible()
        expect(page.get_by_role("button", name="Keep the answer you sent")).to_be_visible()
        press(page, "Keep the answer you sent")
        # The same is said where the question is.
        step = page.get_by_role("article").get_by_role("article")
        expect(step.get_by_text("We can’t hear any speech")).to_be_visible()
        check_page(page, "a question whose recording has no speech")
        press(page, "All questions")

        press(page, "Keep it: question 1")
        expect(note(page, QUESTIONS[0])).to_be_empty()
        expect(note(page, QUESTIONS[0])).to_be_focused()
        page.reload()
        expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
        expect(note(page, QUESTIONS[0])).to_be_empty()

        # Another take has a check of its own; it was the last one.
        candidate.record(1)
        checked(site, response_of(site, candidate, 1), "black_picture", "clipped")
        page.reload()
        expect(note(page, QUESTIONS[0])).to_contain_text("Is the camera covered?")
        expect(note(page, QUESTIONS[0])).to_contain_text("The sound is distorted")
        expect(note(page, QUESTIONS[0])).to_contain_text("You can submit it as it is.")
        expect(page.get_by_role("button", name="Record again")).to_have_count(0)
        check_page(page, "the last take has a black picture")
        press(page, "Submit my answers")
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
        expect(page.get_by_text("Is the camera covered?")).to_have_count(0)


@pytest.mark.proof
def test_nothing_is_asked_where_nothing_comes(site: Site) -> None:
    candidate = answering(site)
    candidate.record(1)
    gone(site)
    with site.device() as page:
        # From here on the test says how late it is.
        page.clock.install()
        with looks(page) as asked:
            site.sign_in(page, candidate.email, path(candidate))
            expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
            eventually(lambda: passed(page, 2) and asked)
            passed(page, 10)
            # No analyst: it is asked once whether there is one.
            assert asked == ["rpc/analysis_state"]
        be_seen(site)
        with looks(page) as asked:
            page.reload()
            expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
            eventually(lambda: passed(page, 2) and len(asked) >= 4)
            assert asked.count("rpc/analysis_state") == 1
            # Nobody looks at it.
            hide(page, "true")
            passed(page, 4)
            before = len(asked)
            passed(page, 10)
            assert len(asked) == before
            hide(page, "false")
            eventually(lambda: passed(page, 2) and len(asked) > before)
            # Not after a minute.
            passed(page, 60)
            before = len(asked)
            passed(page, 20)
            assert len(asked) == before <= 32
        # Checked: nothing is awaited.
        checked(site, response_of(site, candidate, 1))
        with looks(page) as asked:
            page.reload()
            expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
            page.clock.run_for(10_000)
            page.wait_for_load_state("networkidle")
            assert asked == []


def test_interviews_without_analysis_ask_nothing(site: Site) -> None:
    candidate = answering(site, analysis="off")
    candidate.record(1)
    be_seen(site)
    with site.device() as page, looks(page) as asked:
        page.clock.install()
        site.sign_in(page, candidate.email, path(candidate))
        expect(card(page, QUESTIONS[0])).to_contain_text("Answered")
        page.clock.run_for(10_000)
        page.wait_for_load_state("networkidle")
        assert asked == []
