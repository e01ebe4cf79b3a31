"""The page of a recruiter's interview, as a recruiter uses it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Interview, Site
from tests.kit.waiting import eventually


def visit(site: Site, page: Page, recruiter: str, interview: Interview) -> None:
    """Signed in, on the interview's page."""
    site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
    expect(page.get_by_role("heading", name=interview.title)).to_be_visible()


def row(page: Page, email: str) -> Locator:
    """Somebody in the table of candidates."""
    return page.get_by_role("table", name="Candidates").get_by_role("row", name=email)


def manage(page: Page, email: str, action: str = "") -> Locator:
    """The window about somebody's invite, with one of its buttons pressed."""
    page.get_by_role("button", name=f"Manage the invitation to {email}").click()
    dialog = page.get_by_role("dialog", name=email)
    expect(dialog).to_be_visible()
    if action:
        dialog.get_by_role("button", name=action, exact=True).click()
    return dialog


def leave(page: Page, email: str) -> None:
    """Close the window about somebody's invite, once it is there again."""
    dialog = page.get_by_role("dialog", name=email)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def confirm(page: Page, title: str, button: str) -> None:
    """Answer the question whether one is sure."""
    asking = page.get_by_role("dialog", name=title)
    expect(asking.get_by_role("button", name="Cancel")).to_be_focused()
    asking.get_by_role("button", name=button, exact=True).click()


def told(page: Page, text: str) -> None:
    """It is said in passing that something was done."""
    expect(page.get_by_role("status").filter(has_text=text)).to_have_count(1)


def come_back(page: Page, shown: Locator) -> None:
    """Simulate that the window gets the focus again: new data appears without a reload."""

    def look() -> bool:
        # The page reacts at most once in five seconds.
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.wait_for_timeout(250)
        return shown.is_visible()

    eventually(look)
