"""Signing out: what was typed about candidates does not stay for the next one at the computer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.new_interview import go_on, window, write
from tests.browser.site import Site, check_page

KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('hirevision:draft:'))"


def kept(page: Page) -> list[str]:
    """The keys of what this browser keeps."""
    keys: list[str] = page.evaluate(KEPT)
    return keys


def type_draft(page: Page, address: str) -> None:
    """A new interview with this candidate, begun and left."""
    page.goto("/recruiters?new")
    write(page, "Engineer")
    go_on(page, 2)
    window(page).get_by_label("Email addresses").fill(address)
    window(page).get_by_role("button", name="Add to list").click()
    window(page).get_by_role("button", name="Close").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()


def test_signing_out_forgets_drafts(site: Site) -> None:
    recruiter = site.person("recruiter")
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        type_draft(page, "jane@example.com")
        assert "jane@example.com" in page.evaluate("JSON.stringify(localStorage)")
        sign_out(page)
        expect(page).to_have_url(re.compile(r"/login$"))
        assert kept(page) == []
        assert "jane@example.com" not in page.evaluate("JSON.stringify(localStorage)")


def test_someone_else_who_signs_in_finds_no_drafts(site: Site) -> None:
    """A session that has ended by itself keeps them until then: its owner may come back."""
    recruiter, other = site.person("recruiter"), site.person("recruiter")
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        type_draft(page, "jane@example.com")
        page.context.clear_cookies()
        site.sign_in(page, recruiter, "/recruiters")
        expect(page.get_by_text("You haven’t finished creating “Engineer”.")).to_be_visible()
        page.context.clear_cookies()
        site.sign_in(page, other, "/recruiters")
        expect(page.get_by_role("heading", name="No interviews yet")).to_be_visible()
        assert kept(page) == []


def test_a_written_answer_that_was_not_saved_is_asked_about(site: Site) -> None:
    """By the account's menu and by "Switch account" alike."""
    email = site.person()
    with site.device() as page:
        site.sign_in(page, email)
        account = site.sql(f"select id from auth.users where email = '{email}'").strip()
        key = f"hirevision:draft:{account}:answer:6ba7b810-9dad-11d1-80b4-00c04fd430c8"
        page.evaluate("key => localStorage.setItem(key, 'I built')", key)
        question = page.get_by_role("dialog", name="Sign out with unsent answers?")
        sign_out(page)
        expect(question).to_contain_text("1 written answer has not been saved yet")
        check_page(page, "signing out with an unsaved text")
        question.get_by_role("button", name="Cancel").click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Add Interview").click()
        page.get_by_role("button", name="Switch account").click()
        expect(question).to_be_visible()
        assert kept(page) == [key]
        question.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile(r"/login$"))
        assert kept(page) == []
