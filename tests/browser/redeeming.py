"""The dialog in which a candidate redeems a code."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site


def window(page: Page) -> Locator:
    """The Add Interview dialog."""
    return page.get_by_role("dialog", name="Add Interview")


def enter(page: Page, code: str) -> None:
    """Type a code and send it; the dialog is open."""
    window(page).get_by_label("Interview code").fill(code)
    window(page).get_by_role("button", name="Add Interview").click()


def opened(site: Site, page: Page, email: str) -> None:
    """Signed in, with the dialog open."""
    site.sign_in(page, email)
    page.get_by_role("button", name="Add Interview").click()
    expect(window(page)).to_be_visible()
