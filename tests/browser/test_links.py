"""Links in Auth's emails: looking at them redeems nothing, and no account is changed unasked."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import DASHBOARD, Site, check_page, expect_refusal

BUTTON = {"signup": "Confirm", "recovery": "Continue"}


def link_of(site: Site, email: str, kind: str) -> str:
    """A link of the form that email templates of one's own have, as Auth has just sent it."""
    with site.device() as page:
        if kind == "signup":
            page.goto("/signup")
            site.sign_up(page, email)
        else:
            page.goto("/forgot")
            site.ask_for_link(page, email)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
    return f"/auth/confirm?next=%2F&token_hash={site.token_hash(email)}&type={kind}"


def face(page: Page, email: str) -> None:
    """It is this account that the page is signed in with."""
    expect(page.get_by_role("button", name=f"Account of {email}")).to_be_visible()


@pytest.mark.parametrize("kind", BUTTON)
def test_looking_at_a_link_redeems_nothing(site: Site, kind: str) -> None:
    """A program that checks mails runs the page's scripts, and presses nothing."""
    email = site.address() if kind == "signup" else site.person()
    link = link_of(site, email, kind)
    with site.device() as scanner, site.device() as owner:
        asked: list[str] = []
        scanner.on("request", lambda request: asked.append(request.url))
        for _ in range(2):
            scanner.goto(link)
            expect(scanner.get_by_role("button", name=BUTTON[kind])).to_be_visible()
            scanner.wait_for_load_state("networkidle")
            scanner.reload()
            expect(scanner.get_by_role("button", name=BUTTON[kind])).to_be_visible()
        assert not [url for url in asked if "/auth/v1/" in url]
        check_page(scanner, f"a link, {kind}")

        owner.goto(link)
        owner.context.set_offline(True)
        owner.get_by_role("button", name=BUTTON[kind]).click()
        expect_refusal(owner, "network_down", "HireVision can’t be reached.")
        owner.context.set_offline(False)
        owner.get_by_role("button", name=BUTTON[kind]).click()
        expect(owner).to_have_url(
            re.compile(r"/password\?next=") if kind == "recovery" else DASHBOARD
        )
        face(owner, email)
        # It worked once.
        scanner.get_by_role("button", name=BUTTON[kind]).click()
        slug = "recovery_expired" if kind == "recovery" else "otp_expired"
        expect_refusal(scanner, slug, "This link has expired or was already used.")
        expect(scanner).to_have_url(re.compile(r"/auth/confirm$"))


@pytest.mark.parametrize("kind", BUTTON)
def test_a_link_of_another_account_asks_before_it_changes(site: Site, kind: str) -> None:
    mine, theirs = site.person(), site.address() if kind == "signup" else site.person()
    link = link_of(site, theirs, kind)
    with site.device() as page:
        site.sign_in(page, mine)
        page.goto(link)
        expect(page.get_by_text(f"You are signed in as {mine}.")).to_be_visible()
        check_page(page, "a link while signed in")
        page.get_by_role("button", name=BUTTON[kind]).click()
        # Redeemed now, and still not signed in with.
        expect(page.get_by_role("heading", name="Which account?")).to_be_visible()
        expect(page.get_by_text(f"You are signed in as {mine}.")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(f"for {theirs}")
        second = page.context.new_page()
        second.goto("/candidates/dashboard")
        face(second, mine)
        second.close()
        check_page(page, "which account, once it is known")
        if kind == "signup":
            page.get_by_role("link", name=f"Stay signed in as {mine}").click()
            expect(page).to_have_url(DASHBOARD)
            face(page, mine)
        else:
            page.get_by_role("button", name=f"Continue as {theirs}").click()
            expect(page).to_have_url(re.compile(r"/password\?next="))
            expect(page.get_by_role("main")).to_contain_text(f"For {theirs}")


def test_a_link_that_hands_a_session_over_names_its_account(site: Site) -> None:
    """Auth has redeemed it already; whose account that is, is said before it is used."""
    email = site.address()
    with site.device() as asking, site.device() as page:
        asking.goto("/signup")
        site.sign_up(asking, email)
        expect(asking.get_by_role("heading", name="Check your inbox")).to_be_visible()
        page.goto(site.confirmation_link(email))
        expect(page.get_by_text(f"This link is for {email}.")).to_be_visible()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        check_page(page, "a link that hands a session over")
        page.get_by_role("button", name=f"Continue as {email}").click()
        expect(page).to_have_url(DASHBOARD)
        face(page, email)
