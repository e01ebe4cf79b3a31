"""Titles with a link in them: what the database says of one stands beside its field."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.answering import press
from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.site import Site, check_page

LINK = "Verify now: https://evil.example"
SENTENCE = "This title seems to contain a web or email address."


def expect_refused(page: Page, dialog: Locator) -> None:
    """Said at the title, which has the focus and is as it was typed."""
    field = dialog.get_by_label("Title")
    expect(field).to_be_focused()
    expect(field).to_have_value(LINK)
    expect(field).to_have_accessible_description(re.compile(re.escape(SENTENCE)))


def test_a_new_interview_goes_back_to_its_title(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        write(page, LINK, "Who are you?")
        go_on(page, 2)
        window(page).get_by_label("Email addresses").fill("a@example.com")
        go_on(page, 3)
        window(page).get_by_role("button", name="Create and invite").click()
        expect_refused(page, window(page))
        check_page(page, "a title is refused")
        # It is not asked again before the title is another one.
        press(page, "Next: candidates")
        expect_refused(page, window(page))
        window(page).get_by_label("Title").fill("Frontend")
        expect(window(page).get_by_text(SENTENCE)).to_have_count(0)
        go_on(page, 2)
        go_on(page, 3)
        expect(window(page).get_by_text("a@example.com")).to_be_visible()
        window(page).get_by_role("button", name="Create and invite").click()
        expect(page.get_by_text("1 invitation is on its way.")).to_be_visible()
