"""Recordings that cannot be played, on a candidate's page."""

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.answers import QUESTIONS, TEXT, answered
from tests.browser.site import Site, check_page, expect_refusal, unreachable
from tests.browser.watching import BYTES, LINKS, entry, second, visit
from tests.kit.waiting import eventually


def fail(page: Page) -> None:
    """Play, without what is to be played."""
    with unreachable(page, BYTES):
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "recording_unplayable", "can’t be played")


def try_again(page: Page) -> None:
    """It plays."""
    page.get_by_role("button", name="Try again").click()
    eventually(lambda: second(page.get_by_label("Recording")) > 0.5)


def test_a_recording_that_cannot_be_played(site: Site) -> None:
    candidate = answered(site)
    with site.ignored("net::ERR_FAILED"), site.device() as page:
        visit(site, page, candidate)
        fail(page)
        check_page(page, "a recording that cannot be played")
        try_again(page)
        expect(page.locator("[data-slug]")).to_have_count(0)

        # The line is lost before there is a link.
        entry(page, QUESTIONS[2]).click()
        page.context.set_offline(True)
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        try_again(page)


def test_trying_again_with_the_same_link(site: Site) -> None:
    """As within a second, whose links are the same."""
    candidate = answered(site)
    with site.ignored("net::ERR_FAILED"), site.device() as page:
        visit(site, page, candidate)
        links: list[APIResponse] = []

        def same(route: Route) -> None:
            links[:] = links or [route.fetch()]
            route.fulfill(response=links[0])

        page.route(LINKS, same)
        fail(page)
        try_again(page)


def test_a_recording_that_was_deleted_meanwhile(site: Site) -> None:
    candidate = answered(site)
    with site.device() as page:
        visit(site, page, candidate)
        candidate.end("delete_my_responses")
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "recording_gone", "doesn’t exist any more")
        page.reload()
        expect(page.get_by_text("The candidate deleted answers on")).to_be_visible()
        expect(page.get_by_role("navigation", name="Questions")).to_contain_text("Not answered")
        assert TEXT.splitlines()[0] not in page.content()
        check_page(page, "deleted answers")
