"""The page about one's account: how it signs, which emails come, and its end."""

import re

from playwright.sync_api import Page, expect

from local import demo
from tests.browser.answering import press_by_key
from tests.browser.site import Site, check_page, expect_refusal


def chosen(page: Page) -> list[str]:
    """What is chosen for completing, new codes and failed invitations."""
    selects = page.get_by_role("combobox")
    expect(selects).to_have_count(3)
    return [select.input_value() for select in selects.all()]


def test_recruiters_choose_when_to_be_told(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(site.person(), recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        page.get_by_role("button", name="Account of").click()
        page.get_by_role("link", name="Account", exact=True).click()
        assert chosen(page) == ["each", "each", "each"]
        check_page(page, "account")
        page.get_by_label("Candidates complete an interview").select_option("Once a day")
        page.get_by_label("Invitations can’t be delivered").select_option("Never")
        emails = page.get_by_role("form", name="Emails about your interviews")
        page.context.set_offline(True)
        emails.get_by_role("button", name="Save").click()
        # What else the page was reading then is refused as well.
        expect_refusal(emails, "network_down", "can’t be reached")
        page.context.set_offline(False)
        emails.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        # As the emails link to it.
        page.goto(site.url("/account"))
        assert chosen(page) == ["daily", "each", "never"]
    with site.device() as page:
        site.sign_in(page, site.person(), "/account")
        expect(page.get_by_role("link", name="Change password")).to_be_visible()
        expect(page.get_by_role("combobox")).to_have_count(0)


def test_the_name_and_company_that_sign(site: Site) -> None:
    """They are shown as they sign before they are saved, and before anything is sent."""
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/account")
        names = page.get_by_role("region", name="Name and company")
        signed = names.get_by_role("status")
        expect(signed).to_contain_text("Recruiter Test")
        names.get_by_label("Your name").fill("Jane Doe")
        names.get_by_label("Company").fill("https://acme.example")
        expect_refusal(page, "text_not_allowed", "web or email address")
        names.get_by_label("Company").fill("Acme")
        expect(signed).to_contain_text("Jane Doe, Acme")
        names.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.get_by_role("button", name="Account of").click()
        expect(page.get_by_role("banner").get_by_text("Jane Doe")).to_be_visible()
        page.goto(f"/recruiters/{interview.id}?invite")
        window = page.get_by_role("dialog")
        window.get_by_label("Email addresses").fill(site.address())
        window.get_by_role("button", name="Next: review").click()
        expect(window.get_by_text("signed by Jane Doe, Acme")).to_be_visible()


def test_deleting_the_account(site: Site) -> None:
    """It says what goes, by key, and asks for the address."""
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
    with site.device() as page:
        site.sign_in(page, recruiter, "/account")
        press_by_key(page, "Delete my account")
        window = page.get_by_role("dialog", name="Delete your account?")
        told = "your 1 interview, for everybody: the answers, recordings and reviews of 1 person"
        expect(window.get_by_role("listitem").filter(has_text=told)).to_be_visible()
        check_page(page, "deletion")
        address = window.get_by_label("To confirm, type your address")
        address.fill(candidate)
        page.keyboard.press("Enter")
        expect_refusal(page, "address_differs", "isn’t the address of your account")
        address.fill(recruiter)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/login"))
        assert site.sql(f"select count(*) from auth.users where email = '{recruiter}'") == "0"
        # The candidate's own page holds.
        site.sign_in(page, candidate)
        expect(page.get_by_role("heading", name="My interviews")).to_be_visible()
        expect(page.get_by_text(interview.title)).to_have_count(0)
