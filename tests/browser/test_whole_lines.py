"""Codes and buttons stay on one line beside long addresses, on every width."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.one_interview import manage, visit
from tests.browser.site import Site

WIDTHS = (390, 768, 1024, 1280)

# How many lines the text of an element takes; an address in two has its domain on the second.
BROKEN = """
    (elements) => elements
        .filter((element) => element.checkVisibility() && element.innerText.trim())
        .filter((element) => {
            const range = document.createRange();
            range.selectNodeContents(element);
            const tops = [...range.getClientRects()]
                .filter(({ width, height }) => width > 1 && height > 1)
                .map(({ top, bottom }) => Math.round((top + bottom) / 2));
            return Math.max(...tops) - Math.min(...tops) > 4;
        })
        .map((element) => element.innerText)
"""


def broken(found: Locator) -> list[str]:
    """The texts of those elements that take more than one line."""
    texts: list[str] = found.evaluate_all(BROKEN)
    return texts


def check_lines(page: Page, codes: list[str], where: str) -> None:
    """No code is in pieces, and no button of the page or the dialog in front of it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for code in codes:
            shown = page.get_by_text(code, exact=True)
            assert shown.count() > 0, f"{code} is not {where}"
            assert broken(shown) == [], f"{where}, {width}"
        buttons = page.locator("button, a[class*=button]")
        assert broken(buttons) == [], f"{where}, {width}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{where} is {wide} wide on {width}"


@pytest.mark.parametrize(
    "long",
    [
        "a-candidate-with-a-long-name.and-another-one@a-long-subdomain.of-a-company.example.com",
        "abcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyz@example.com",
    ],
)
def test_codes_and_buttons_beside_long_addresses(site: Site, long: str) -> None:
    recruiter, short = site.person("recruiter"), "jane.doe@example.com"
    interview = site.interview(long, short, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        expect(page.get_by_role("table").get_by_text(short, exact=True)).to_be_visible()
        check_lines(page, [], "in the list")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            address = page.get_by_role("table").get_by_text(short, exact=True)
            assert broken(address) == [], f"{short} on {width}"
        manage(page, long)
        check_lines(page, [interview.codes[long]], "in the window of an invitation")
        page.keyboard.press("Escape")

        page.get_by_role("button", name="Invite more").click()
        dialog = page.get_by_role("dialog")
        more = f"more.{long}"
        dialog.get_by_label("Email addresses").fill(more)
        dialog.get_by_role("button", name="Add to list").click()
        check_lines(page, [], "in the list of addresses")
        dialog.get_by_role("button", name="Next: review").click()
        expect(dialog.get_by_role("button", name="Send 1 email")).to_be_visible()
        check_lines(page, [], "in the preview")
        dialog.get_by_role("button", name="Send 1 email").click()
        expect(dialog.get_by_role("button", name="Done")).to_be_visible()
        code = site.sql(f"select invite_code from interview_invites where email = '{more}'")
        check_lines(page, [code.strip()], "in the result")
