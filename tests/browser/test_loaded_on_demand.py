"""Parts of the screens whose code is loaded when they are first opened."""

from playwright.sync_api import Page, expect

from tests.browser.answering import joined, press
from tests.browser.site import Site, answers_held, expect_refusal, loading


def expect_a_second_try(page: Page) -> None:
    """Without a line it was refused; with one, the button for it helps."""
    expect_refusal(page, "network_down", "can’t be reached")
    page.context.set_offline(False)
    press(page, "Try again")


def test_a_dialog_is_announced_before_its_code_has_come(site: Site) -> None:
    candidate, recruiter = site.address(), site.person("recruiter")
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
        with answers_held(page):
            press(page, f"Manage the invitation to {candidate}")
            expect(loading(page)).to_be_visible()
        expect(page.get_by_role("dialog").get_by_text("Send again")).to_be_visible()
        expect(loading(page)).to_have_count(0)


def test_a_dialog_that_cannot_be_loaded_leaves_the_page_and_comes_later(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        press(page, "Invite more")
        expect(page.get_by_role("dialog")).to_contain_text("This didn’t open")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(page.get_by_role("heading", name=interview.title)).to_be_visible()
        press(page, "Invite more")
        expect_a_second_try(page)
        expect(page.get_by_role("dialog").get_by_label("Email addresses")).to_be_visible()


def test_questions_that_cannot_be_loaded_come_later(site: Site) -> None:
    candidate = joined(site, "text")
    with site.device() as page:
        site.sign_in(page, candidate.email, candidate.path)
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        press(page, "Start answering")
        expect_a_second_try(page)
        expect(page.get_by_label("Your answer")).to_be_visible()
