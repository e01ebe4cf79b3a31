"""Titles with a link in them: what the database says of one stands beside its field."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.answering import press
from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.one_interview import visit
from tests.browser.site import Interview, Site, check_page, expect_refusal

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


def test_an_interview_is_renamed_before_people_are_invited(site: Site) -> None:
    recruiter = site.person("recruiter")
    # As the first version's frontend inserts it.
    found = site.sql(
        "insert into public.interviews (title, recruiter_id)"
        f" select '{LINK}', u.id from auth.users u where u.email = '{recruiter}' returning id"
    )
    interview = Interview(found, LINK, {})
    with site.device() as page:
        visit(site, page, recruiter, interview)
        press(page, "Invite more")
        dialog = page.get_by_role("dialog", name="Invite more people")
        dialog.get_by_label("Email addresses").fill("a@example.com")
        press(page, "Next: review")
        expect_refusal(page, "text_not_allowed", "so it is not emailed.")
        expect(dialog.get_by_text("Rename the interview first, then invite.")).to_be_visible()
        dialog.get_by_role("button", name="Cancel").click()
        press(page, "Edit")
        editing = page.get_by_role("dialog", name="Edit the interview")
        # As it is, it may stay.
        editing.get_by_label("Description").fill("For all of you.")
        press(page, "Save")
        expect(editing).to_have_count(0)
        press(page, "Edit")
        editing.get_by_label("Title").fill("Sign in: www.evil.example")
        press(page, "Save")
        expect(editing.get_by_text(SENTENCE)).to_be_visible()
        expect(editing.get_by_label("Title")).to_be_focused()
        expect(editing.get_by_label("Title")).to_have_value("Sign in: www.evil.example")
        check_page(page, "a changed title is refused")
        editing.get_by_label("Title").fill("Frontend")
        press(page, "Save")
        expect(page.get_by_role("heading", name="Frontend")).to_be_visible()
