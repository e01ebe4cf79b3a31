"""Each dialog is in the page's address: Back closes it, and asks before something typed is lost."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from local import demo
from tests.browser.new_interview import filled
from tests.browser.one_interview import confirm, leave, manage, row, visit
from tests.browser.site import DASHBOARD, ON_BOTH, Site, check_page

QUESTION = "Discard your changes?"
# A browser that takes a second to go back.
SLOW_HISTORY = """() => {
  const go = history.go.bind(history);
  history.go = (entries) => setTimeout(() => go(entries), 1000);
}"""


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def goes_and_comes(page: Page, opened: Callable[[], object], name: str) -> None:
    """Back closes the dialog and stays on the page; Forward and reloading open it again."""
    where = page.url
    opened()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.go_back()
    expect(dialog(page)).to_have_count(0)
    assert page.url == where
    page.go_forward()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.reload()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    # Closed by itself, it leaves no entry for Back to go through.
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    assert page.url == where


@ON_BOTH
def test_every_dialog_of_a_recruiter(site: Site, viewport: dict[str, int]) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device(viewport) as page:
        site.sign_in(page, recruiter, "/recruiters")
        page.get_by_role("link", name=interview.title).click()
        expect(page.get_by_role("heading", name=interview.title, level=1)).to_be_visible()

        def pressed(name: str) -> Callable[[], None]:
            return lambda: page.get_by_role("button", name=name, exact=True).first.click()

        for button, name in (
            ("Edit", "Edit the interview"),
            ("Set a deadline", "Set a deadline"),
            ("Close", "Close this interview?"),
            ("Complete", "Complete this interview?"),
            ("Delete", f"Delete “{interview.title}”?"),
            ("Invite more", "Invite more people"),
            (f"Manage the invitation to {candidate}", candidate),
            ("Add a question", "Add a question"),
            ("Edit question 1", "Edit the question"),
            ("Remove question 1", "Remove this question?"),
            ("Add a criterion", "Add a criterion"),
        ):
            goes_and_comes(page, pressed(button), name)
        # The page was never left: one more Back leads to the list.
        page.go_back()
        expect(page.get_by_role("heading", name="Recruiting", exact=True)).to_be_visible()
        goes_and_comes(page, pressed("New Interview"), "New Interview")


@ON_BOTH
def test_every_dialog_of_a_candidate(site: Site, viewport: dict[str, int]) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
    with site.device(viewport) as page:
        site.sign_in(page, candidate)
        add = page.get_by_role("button", name="Add Interview")
        goes_and_comes(page, add.click, "Add Interview")
        page.get_by_role("link", name=interview.title).click()
        for button, name in (
            ("Finish the interview", "Finish the interview?"),
            ("Withdraw", "Withdraw from this interview?"),
        ):
            expect(page.get_by_role("button", name=button)).to_be_visible()
            goes_and_comes(page, page.get_by_role("button", name=button).click, name)
        page.get_by_role("button", name="Withdraw").click()
        dialog(page).get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("You have withdrawn from this interview.")).to_be_visible()
        page.go_back()
        expect(page).to_have_url(DASHBOARD)


def test_what_one_dialog_leads_on_to(site: Site) -> None:
    """Back leads from a question to the dialog that asked it, and then to the list."""
    recruiter, first, second = site.person("recruiter"), site.address(), site.address()
    interview = site.interview(first, second, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        where = page.url
        for action in ("Revoke", "Delete", "Correct the address"):
            manage(page, first, action)
            expect(page.get_by_role("dialog", name=first)).to_have_count(0)
            page.go_back()
            expect(page.get_by_role("dialog", name=first)).to_be_visible()
            page.go_back()
            expect(dialog(page)).to_have_count(0)
            assert page.url == where
        manage(page, first, "Delete")
        dialog(page).get_by_role("button", name="Delete", exact=True).click()
        expect(row(page, first)).to_have_count(0)
        expect(dialog(page)).to_have_count(0)
        expect(page).to_have_url(where)
        # What it was about is gone; so is the dialog.
        page.go_forward()
        expect(page).to_have_url(where)
        expect(dialog(page)).to_have_count(0)
        expect(row(page, second)).to_be_visible()


def test_closing_a_dialog_while_the_browser_goes_back(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        page.evaluate(SLOW_HISTORY)
        manage(page, candidate, "Revoke")
        confirm(page, "Revoke this invitation?", "Revoke")
        # The first dialog is there again before the address is the one that it was opened with.
        leave(page, candidate)
        expect(page).to_have_url(re.compile(rf"/recruiters/{interview.id}$"))


@ON_BOTH
def test_what_was_typed_is_asked_for(site: Site, viewport: dict[str, int]) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device(viewport) as page:
        visit(site, page, recruiter, interview)
        where = page.url
        page.get_by_role("button", name="Edit", exact=True).click()
        title = dialog(page).get_by_label("Title")
        title.fill("Typed")
        address = page.url
        ways: tuple[Callable[[], object], ...] = (
            page.go_back,
            lambda: page.keyboard.press("Escape"),
            dialog(page).get_by_role("button", name="Close", exact=True).click,
        )
        for way in ways:
            way()
            expect(dialog(page).get_by_text(QUESTION)).to_be_visible()
            keep = dialog(page).get_by_role("button", name="Keep editing")
            expect(keep).to_be_focused()
            expect(page).to_have_url(address)
            check_page(page, "discard your changes?")
            keep.click()
            expect(title).to_have_value("Typed")
        # However often it is asked, and by Escape alone.
        for _ in range(3):
            page.keyboard.press("Escape")
            expect(dialog(page).get_by_text(QUESTION)).to_be_visible()
        page.go_back()
        expect(dialog(page).get_by_text(QUESTION)).to_be_visible()
        expect(page).to_have_url(address)
        dialog(page).get_by_role("button", name="Discard").click()
        expect(dialog(page)).to_have_count(0)
        assert page.url == where
        # What is saved is not asked for, nor what is cancelled.
        for button in ("Save", "Cancel"):
            page.get_by_role("button", name="Edit", exact=True).click()
            title.fill(f"With {button}")
            dialog(page).get_by_role("button", name=button, exact=True).click()
            expect(dialog(page)).to_have_count(0)
            expect(page).to_have_url(where)
        expect(page.get_by_role("heading", level=1)).to_have_text("With Save")


def test_a_browser_that_keeps_nothing_asks_before_the_draft_is_lost(site: Site) -> None:
    with site.device() as page:
        page.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('full'); }"
        )
        filled(site, page, "Not kept")
        expect(page.get_by_text("This browser can’t save your entries.")).to_be_visible()
        page.go_back()
        expect(dialog(page).get_by_text(QUESTION)).to_be_visible()
        dialog(page).get_by_role("button", name="Discard").click()
        expect(dialog(page)).to_have_count(0)


def test_what_leads_to_another_page_leaves_no_dialog_behind(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        page.get_by_role("link", name=interview.title).click()
        page.get_by_role("button", name="Delete", exact=True).click()
        dialog(page).get_by_role("button", name="Delete interview").click()
        expect(page).to_have_url(re.compile(r"/recruiters$"))
        expect(dialog(page)).to_have_count(0)
        page.get_by_role("button", name="New Interview").first.click()
        dialog(page).get_by_label("Title").fill("Made")
        for button in ("Next: candidates", "Next: review", "Create interview"):
            dialog(page).get_by_role("button", name=button).click()
        dialog(page).get_by_role("button", name="Open the interview").click()
        expect(page.get_by_role("heading", name="Made")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Recruiting", exact=True)).to_be_visible()
        expect(dialog(page)).to_have_count(0)
