"""A new password: forgotten, changed, or taken back from a stranger who signed up first."""

import re

import httpx
from playwright.sync_api import Page, expect

from local.people import PASSWORD
from tests.browser.site import DASHBOARD, PHONE, Site, check_page, expect_refusal, with_code
from tests.kit.waiting import PATIENCE

NEW = "another-password-1"
CODE = "012345"
ASKED = "Check your inbox"


def set_password(page: Page, password: str) -> None:
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Set the password").click()


def test_a_forgotten_password(site: Site) -> None:
    email = site.person()
    with site.device(PHONE, is_mobile=True) as page:
        page.goto("/login?code=012345")
        site.fill_in(page, email, "not-the-password")
        expect_refusal(page, "invalid_credentials", "Wrong email address or password.")
        page.get_by_role("link", name="Forgot password?").click()
        expect(page).to_have_url(with_code(CODE, "/forgot"))
        expect(page.get_by_text("The interview code from your link.")).to_be_visible()
        check_page(page, "a forgotten password")
        site.ask_for_link(page, email)
        expect(page.get_by_role("heading", name=ASKED)).to_be_focused()
        check_page(page, "the mail for a new password is on its way")
        mail = site.mails(email)[-1]
        assert mail["subject"] == "Choose a new password"
        # Nothing in it looks like the code of an interview.
        assert not re.search(r"\b[0-9]{6}\b", re.sub("<.*?>", "", mail["html"]))

        site.follow_link(page, email)
        expect(page).to_have_url(with_code(CODE, "/password"))
        expect(page.get_by_role("main")).to_contain_text(f"For {email}")
        check_page(page, "a new password")
        for weak in ("short1", "no-digits-in-it", "1234567890"):
            set_password(page, weak)
            expect_refusal(page, "weak_password", "This password is too weak.")
        set_password(page, PASSWORD)
        expect_refusal(page, "same_password", "This is your current password.")
        set_password(page, NEW)
        expect(page).to_have_url(with_code(CODE))
        expect(page.get_by_label("Interview code")).to_have_value("012345")
        expect(page.get_by_text("Your new password is set.")).to_be_visible()
    with site.device() as page:
        page.goto("/login?code=012345")
        site.fill_in(page, email, PASSWORD)
        expect_refusal(page, "invalid_credentials", "Wrong email address or password.")
        site.fill_in(page, email, NEW)
        expect(page).to_have_url(with_code(CODE))


def test_nobody_learns_who_has_an_account(site: Site) -> None:
    known, unknown = site.person(), site.address()
    told = []
    with site.device() as page:
        for email in (known, unknown):
            page.goto("/forgot")
            site.ask_for_link(page, email)
            expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
            told.append(page.get_by_role("main").inner_text().replace(email, "…"))
    assert told[0] == told[1]
    assert len(site.mails(known)) == 1
    assert site.mails(unknown) == []


def test_one_mail_a_minute(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        page.goto("/forgot")
        site.ask_for_link(page, email)
        page.get_by_role("button", name="Ask again").click()
        site.ask_for_link(page, email)
        expect_refusal(page, "over_email_send_rate_limit", "We just sent you an email.")
        check_page(page, "asked twice for a new password")
        first = site.confirmation_link(email)
        site.sql(
            "update auth.users set recovery_sent_at = recovery_sent_at - interval '61 seconds'"
            f" where email = '{email}'"
        )
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
        assert site.confirmation_link(email) != first


def test_a_link_that_was_used_offers_another(site: Site) -> None:
    email = site.person()
    with site.device() as page, site.device() as other:
        page.goto("/forgot?code=012345")
        site.ask_for_link(page, email)
        expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
        link = site.confirmation_link(email)
        site.follow_link(page, email)
        expect(page).to_have_url(with_code(CODE, "/password"))
        other.goto(link)
        expect_refusal(other, "recovery_expired", "This link has expired or was already used.")
        check_page(other, "a link for a new password that was used")
        other.get_by_role("link", name="Send another link").click()
        expect(other).to_have_url(with_code(CODE, "/forgot"))


def test_each_form_of_link_leads_to_the_new_password(site: Site) -> None:
    """token_hash, as in email templates of hosted projects, and PKCE's code."""
    email = site.person()
    with site.device() as page:
        page.goto("/forgot?code=012345")
        site.ask_for_link(page, email)
        expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
        back = "/auth/confirm?invite=012345&type=recovery"
        page.goto(f"{back}&token_hash={site.token_hash(email)}&type=recovery")
        expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
        check_page(page, "a link for a new password")
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(with_code(CODE, "/password"))
        expect(page.get_by_role("main")).to_contain_text(f"For {email}")
        set_password(page, NEW)
        expect(page).to_have_url(with_code(CODE))
        expect(page.get_by_label("Interview code")).to_have_value(CODE)
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        expect(page.get_by_role("button", name=f"Account of {email}")).to_be_visible()
    with site.device() as page:
        page.goto(f"{back}&code=6ba7b810-9dad-11d1-80b4-00c04fd430c8")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="Open this link in the other")).to_be_visible()
        check_page(page, "another browser asked for a new password")
        page.get_by_role("link", name="Send a new link").click()
        expect(page).to_have_url(with_code(CODE, "/forgot"))


def test_a_link_sets_no_password_of_another_account(site: Site) -> None:
    mine, theirs = site.person(), site.person()
    with site.device() as page, site.device() as other:
        other.goto("/forgot")
        site.ask_for_link(other, theirs)
        expect(other.get_by_role("heading", name=ASKED)).to_be_visible()
        site.sign_in(page, mine)
        page.goto(site.confirmation_link(theirs))
        expect(page.get_by_text(f"This link sets a new password for {theirs}.")).to_be_visible()
        page.get_by_role("button", name=f"Continue as {theirs}").click()
        expect(page).to_have_url(re.compile(r"/password\?next="))
        expect(page.get_by_role("main")).to_contain_text(f"For {theirs}")


def test_changing_it_ends_every_other_session(site: Site) -> None:
    email = site.person()
    signed_in = httpx.post(
        f"{site.environment.supabase_url}/auth/v1/token?grant_type=password",
        headers={"apikey": site.environment.supabase_anon_key},
        json={"email": email, "password": PASSWORD},
        timeout=PATIENCE,
    )
    held = signed_in.raise_for_status().json()
    with site.device() as page, site.device() as other:
        site.sign_in(other, email)
        site.sign_in(page, email, "/recruiters")
        page.get_by_role("button", name="Account of").click()
        page.get_by_role("link", name="Change password").click()
        expect(page).to_have_url(re.compile(r"/password\?next=%2Frecruiters$"))
        expect(page.get_by_text("Signed in as")).to_be_hidden()
        set_password(page, NEW)
        expect(page).to_have_url(re.compile(r"/recruiters$"))
        page.reload()
        expect(page.get_by_role("heading", name="Recruiting")).to_be_visible()
        other.goto("/recruiters")
        expect(other).to_have_url(re.compile(r"/login\?next="))
    renewed = httpx.post(
        f"{site.environment.supabase_url}/auth/v1/token?grant_type=refresh_token",
        headers={"apikey": site.environment.supabase_anon_key},
        json={"refresh_token": held["refresh_token"]},
        timeout=PATIENCE,
    )
    assert renewed.status_code == 400


def test_the_new_password_is_asked_of_nobody_without_a_session(site: Site) -> None:
    with site.device() as page:
        page.goto("/password?code=012345")
        expect(page).to_have_url(re.compile(r"/login\?next=%2Fpassword%3Fcode%3D012345$"))


def test_a_stranger_who_signed_up_first_is_shut_out(site: Site) -> None:
    """The owner opens the confirmation link of an account that someone else has made."""
    email = site.address()
    code = site.interview(email).codes[email]
    with site.device() as stranger, site.device(PHONE, is_mobile=True) as owner:
        stranger.goto(f"/signup?code={code}")
        site.sign_up(stranger, email, "a-strangers-password-1")
        expect(stranger.get_by_role("heading", name="Check your inbox")).to_be_visible()
        site.follow_link(owner, email)
        expect(owner).to_have_url(with_code(code))
        owner.get_by_role("dialog").get_by_role("button", name="Add Interview").click()
        expect(owner.get_by_role("dialog")).to_have_count(0)

        # Now the stranger's password opens the account …
        stranger.goto("/login")
        site.fill_in(stranger, email, "a-strangers-password-1")
        expect(stranger).to_have_url(DASHBOARD)
        # … and the stranger's browser accepts that password.
        expect(stranger.get_by_role("heading", name="My interviews")).to_be_visible()
        expect(stranger.get_by_text("Your address is confirmed.")).to_have_count(0)

        expect(owner.get_by_text("Your address is confirmed.")).to_be_visible()
        check_page(owner, "confirmed on another device")
        owner.get_by_role("link", name="Set a new password").click()
        set_password(owner, NEW)
        expect(owner).to_have_url(DASHBOARD)
        expect(owner.get_by_role("heading", name="My interviews")).to_be_visible()
        expect(owner.get_by_text("Your address is confirmed.")).to_have_count(0)
        stranger.context.clear_cookies()
        stranger.goto("/login")
        site.fill_in(stranger, email, "a-strangers-password-1")
        expect_refusal(stranger, "invalid_credentials", "Wrong email address or password.")


def test_the_owner_says_once_that_they_chose_it(site: Site) -> None:
    email = site.address()
    with site.device() as computer, site.device() as phone:
        computer.goto("/signup")
        site.sign_up(computer, email)
        expect(computer.get_by_role("heading", name="Check your inbox")).to_be_visible()
        site.follow_link(phone, email)
        told = phone.get_by_text("Your address is confirmed.")
        expect(told).to_be_visible()
        phone.get_by_role("button", name="I chose it myself").click()
        expect(told).to_have_count(0)
        phone.reload()
        expect(phone.get_by_role("heading", name="My interviews")).to_be_visible()
        expect(told).to_have_count(0)


def test_an_account_that_nobody_confirmed_is_its_owners_by_the_same_way(site: Site) -> None:
    email = site.address()
    auth = f"{site.environment.supabase_url}/auth/v1"
    body = {"email": email, "password": "a-strangers-password-1"}
    headers = {"apikey": site.environment.supabase_anon_key}
    assert httpx.post(f"{auth}/signup", headers=headers, json=body, timeout=PATIENCE).is_success
    with site.device() as page:
        page.goto("/forgot")
        site.ask_for_link(page, email)
        expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
        site.follow_link(page, email)
        set_password(page, NEW)
        expect(page).to_have_url(DASHBOARD)
    refused = httpx.post(
        f"{auth}/token?grant_type=password", headers=headers, json=body, timeout=30
    )
    assert refused.json()["error_code"] == "invalid_credentials"
