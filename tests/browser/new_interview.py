"""The dialog that creates an interview, as a recruiter uses it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site


def window(page: Page) -> Locator:
    """The dialog that creates an interview."""
    return page.get_by_role("dialog", name="New Interview")


def opened(site: Site, page: Page, email: str = "") -> str:
    """Signed in as a recruiter, with the dialog open; returns the recruiter's address."""
    email = email or site.person("recruiter")
    site.sign_in(page, email, "/recruiters")
    page.get_by_role("button", name="New Interview").click()
    expect(window(page)).to_be_visible()
    return email


def write(page: Page, title: str, *questions: str) -> None:
    """The first step."""
    window(page).get_by_label("Title").fill(title)
    for question in questions:
        window(page).get_by_role("button", name="Add a question").click()
        # The new one has the focus.
        page.keyboard.insert_text(question)


def go_on(page: Page, to: int) -> None:
    """To the next step."""
    window(page).get_by_role("button", name="Next:").click()
    expect(window(page).get_by_role("heading", name=f"Step {to} of 3")).to_be_visible()


def paste(page: Page, text: str) -> None:
    """Paste into the field for addresses, with the real clipboard."""
    box = window(page).get_by_label("Email addresses")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    box.focus()
    page.keyboard.press("ControlOrMeta+v")


def questions(page: Page) -> list[str]:
    """The questions in the dialog, in order."""
    fields = window(page).get_by_role("textbox", name=re.compile(r"^Question \d+$"))
    return [field.input_value() for field in fields.all()]


def ready(page: Page) -> Locator:
    """The addresses that are ready."""
    return window(page).get_by_role("region", name="Ready to be invited").get_by_role("listitem")


def faulty(page: Page) -> Locator:
    """The fields of the addresses that need attention."""
    return window(page).get_by_role("region", name="Needs attention").get_by_role("textbox")


CLIPBOARD = ["clipboard-read", "clipboard-write"]


def filled(site: Site, page: Page, title: str, email: str = "") -> str:
    """At the last step, with one candidate; returns the recruiter's address."""
    recruiter = opened(site, page, email)
    write(page, title, "one")
    go_on(page, 2)
    window(page).get_by_label("Email addresses").fill(site.address())
    go_on(page, 3)
    return recruiter


def create(page: Page) -> None:
    """Send it."""
    window(page).get_by_role("button", name="Create and invite").click()
