"""Dialogs in the smallest window that must do: 1280 × 1024 pixels at 400 %, WCAG 2.2, 1.4.10."""

import pytest
from playwright.sync_api import Page, expect

from local import demo
from tests.browser.layout import layout_of
from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.one_interview import manage, visit
from tests.browser.site import Site

SMALL = {"width": 320, "height": 256}

# How much of a dialog's text is in sight at once, in pixels of height.
ROOM = """
    (dialog) => {
        const parts = [dialog, ...dialog.querySelectorAll("*")];
        const scrolled = parts.filter((part) =>
            part.scrollHeight > part.clientHeight + 1
            && ["auto", "scroll"].includes(getComputedStyle(part).overflowY)
            && !part.matches("textarea"));
        return Math.min(...scrolled.map((part) => part.clientHeight), innerHeight);
    }
"""


def check_small(page: Page, name: str) -> None:
    """All of the dialog in front can be read and used."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth"), f"{name} is cut"
    room = dialog.evaluate(ROOM)
    assert room >= SMALL["height"] / 2, f"{name} shows {room} pixels"
    layout = layout_of(page)
    assert layout.controls > 0, name
    assert layout.faults == [], name


def test_dialogs_of_an_interview_in_a_small_window(site: Site) -> None:
    recruiter, email = site.person("recruiter"), site.address()
    interview = site.interview(email, recruiter=recruiter)
    with site.device(SMALL) as page:
        visit(site, page, recruiter, interview)
        for button in (
            *("Edit", "Set a deadline", "Close", "Complete", "Delete", "Invite more"),
            *("Add a question", "Edit question 1", "Remove question 1", "Add a criterion"),
        ):
            page.get_by_role("button", name=button, exact=True).click()
            check_small(page, button)
            page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
            expect(page.get_by_role("dialog")).to_have_count(0)
        for action in ("Correct the address", "Revoke", "Delete"):
            manage(page, email)
            check_small(page, "an invitation")
            page.get_by_role("dialog").get_by_role("button", name=action).click()
            check_small(page, action)
            page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
            page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()


def test_a_new_interview_in_a_small_window(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(recruiter=recruiter)
    with site.device(SMALL) as page:
        opened(site, page, recruiter)
        write(page, "Small", "Who are you?", "What did you build?")
        check_small(page, "the first step")
        go_on(page, 2)
        expect(window(page).get_by_role("heading", name="Step 2 of 3")).to_be_in_viewport()
        window(page).get_by_label("Email addresses").fill("a@example.com, not an address")
        window(page).get_by_role("button", name="Add to list").click()
        check_small(page, "the second step")
        window(page).get_by_role("button", name="Remove").first.click()
        go_on(page, 3)
        expect(window(page).get_by_role("heading", name="Step 3 of 3")).to_be_in_viewport()
        check_small(page, "the last step")
        window(page).get_by_role("button", name="Close", exact=True).click()


@pytest.mark.parametrize("button", ["Finish the interview", "Withdraw"])
def test_a_candidates_dialogs_in_a_small_window(site: Site, button: str) -> None:
    email = site.person()
    interview = site.interview(email, recruiter=site.person("recruiter"))
    with site.device(SMALL) as page:
        site.sign_in(page, email)
        page.get_by_role("button", name="Add Interview").click()
        check_small(page, "the code")
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        demo.value(site.api(email).call("accept_invite", code=interview.codes[email]))
        page.goto(f"/candidates/interviews/{interview.id}")
        page.get_by_role("button", name=button).click()
        check_small(page, button)
