"""Recordings that cannot be played, on a candidate's page."""

from playwright.sync_api import APIResponse, Route, expect

from tests.browser.answers import QUESTIONS, TEXT, answered
from tests.browser.site import Site, check_page, expect_refusal
from tests.browser.watching import BYTES, LINKS, entry, second, visit
from tests.kit.waiting import eventually


def test_a_recording_that_cannot_be_played(site: Site) -> None:
    candidate = answered(site)
    with site.device() as page:
        visit(site, page, candidate)
        page.route(BYTES, lambda route: route.abort())
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "recording_unplayable", "can’t be played")
        check_page(page, "a recording that cannot be played")
        page.unroute(BYTES)
        page.get_by_role("button", name="Try again").click()
        player = page.get_by_label("Recording")
        eventually(lambda: second(player) > 0.5)
        expect(page.locator("[data-slug]")).to_have_count(0)

        # The line is lost before there is a link.
        entry(page, QUESTIONS[2]).click()
        page.context.set_offline(True)
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        page.get_by_role("button", name="Try again").click()
        eventually(lambda: second(player) > 0.5)
        site.faults[:] = [fault for fault in site.faults if "net::ERR_FAILED" not in fault]


def test_trying_again_with_the_same_link(site: Site) -> None:
    """As within a second, whose links are the same."""
    candidate = answered(site)
    with site.device() as page:
        visit(site, page, candidate)
        links: list[APIResponse] = []

        def same(route: Route) -> None:
            links[:] = links or [route.fetch()]
            route.fulfill(response=links[0])

        page.route(LINKS, same)
        page.route(BYTES, lambda route: route.abort())
        page.get_by_role("button", name="Play", exact=True).click()
        expect_refusal(page, "recording_unplayable", "can’t be played")
        page.unroute(BYTES)
        page.get_by_role("button", name="Try again").click()
        player = page.get_by_label("Recording")
        eventually(lambda: second(player) > 0.5)
    site.faults[:] = [fault for fault in site.faults if "net::ERR_FAILED" not in fault]


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
