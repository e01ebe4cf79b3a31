"""A candidate's page, as their recruiter opens it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.answers import Answering
from tests.browser.site import Site

LINKS = re.compile(r"/storage/v1/object/sign/[^?]*$")
"""Asks for a link to a recording."""

BYTES = re.compile(r"/storage/v1/object/sign/.*token=")
"""The recording itself."""


def visit(site: Site, page: Page, candidate: Answering) -> None:
    """Signed in as the recruiter, on the candidate's page."""
    site.sign_in(page, candidate.recruiter, candidate.page)
    expect(page.get_by_role("heading", name=candidate.email)).to_be_visible()


def entry(page: Page, question: str) -> Locator:
    """A question in the list of all."""
    return page.get_by_role("navigation", name="Questions").get_by_role("link", name=question)


def second(player: Locator) -> float:
    """Where it is."""
    at: float = player.evaluate("media => media.currentTime")
    return at
