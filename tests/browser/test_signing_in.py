"""Signing up and in: the code is passed along everywhere, and each refusal has its sentence."""

import re

from playwright.sync_api import expect

from tests.browser.site import DASHBOARD, PHONE, Site, check_page, expect_refusal, with_code


def test_the_code_survives_signing_up_and_the_mail(site: Site) -> None:
    email = site.address()
    interview = site.interview(email)
    code = interview.codes[email]
    with site.device() as page:
        page.goto(f"/signup?code={code}")
        expect(page.get_by_text("The interview code from your link.")).to_be_visible()
        check_page(page, "signing up with a code")
        site.sign_up(page, email)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_focused()
        check_page(page, "the mail is on its way")
        site.follow_link(page, email)
        expect(page).to_have_url(with_code(code))
        window = page.get_by_role("dialog", name="Add Interview")
        expect(window.get_by_label("Interview code")).to_have_value(code)
        expect(window).to_contain_text(email)


def test_the_mail_may_be_opened_on_another_device(site: Site) -> None:
    email = site.address()
    code = site.interview(email).codes[email]
    with site.device() as computer, site.device(PHONE, is_mobile=True) as phone:
        computer.goto(f"/signup?code={code}")
        site.sign_up(computer, email)
        expect(computer.get_by_role("heading", name="Check your inbox")).to_be_visible()
        site.follow_link(phone, email)
        expect(phone).to_have_url(with_code(code))
        expect(phone.get_by_label("Interview code")).to_have_value(code)
        # On the computer, signing in is enough now, and the code is still there.
        computer.goto(f"/login?code={code}")
        site.fill_in(computer, email)
        expect(computer).to_have_url(with_code(code))


def test_the_code_survives_signing_in(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        # From the dashboard by way of the sign-in page, and back.
        page.goto("/candidates/dashboard?code=012345")
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))
        expect(page.get_by_text("The interview code from your link.")).to_be_visible()
        check_page(page, "signing in with a code")
        # Without an account yet, the code is passed along, too.
        page.get_by_role("link", name="Sign up").last.click()
        expect(page).to_have_url(re.compile(r"/signup\?code=012345$"))
        page.get_by_role("link", name="Sign in").last.click()
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))
        site.fill_in(page, email)
        expect(page).to_have_url(with_code("012345"))
        expect(page.get_by_label("Interview code")).to_have_value("012345")
        # Signed in, each page of these leads straight there.
        for path in ("/login", "/signup", "/candidates"):
            page.goto(f"{path}?code=543210")
            expect(page).to_have_url(with_code("543210"))
        page.goto("/")
        expect(page).to_have_url(DASHBOARD)


def test_candidates_leads_to_signing_in_with_the_code(site: Site) -> None:
    with site.device() as page:
        page.goto("/candidates?code=012345")
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))
        page.goto("/candidates")
        expect(page).to_have_url(re.compile(r"/login$"))
        check_page(page, "signing in")


def test_what_is_no_code_is_said_and_does_no_harm(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        for path in ("/signup", "/login"):
            for bad in ("12345", "1234567", "abc", "%3Cscript%3E", "123456&code=654321x"):
                page.goto(f"{path}?code={bad}")
                told = page.get_by_text("This link has no valid interview code.")
                shown = page.get_by_text("The interview code from your link.")
                expect(told.or_(shown)).to_be_visible()
                assert shown.is_visible() == bad.startswith("123456&")
            # Whether it is one that somebody has, only redeeming it can tell.
            page.goto(f"{path}?code=000000")
            expect(page.get_by_text("It will be checked after you sign in.")).to_be_visible()
        site.fill_in(page, email)
        expect(page.get_by_role("heading", name="My interviews")).to_be_visible()
        page.goto("/candidates/dashboard?code=12x")
        expect(page.get_by_role("button", name="Add Interview")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_page_that_was_asked_for_is_there_after_signing_in(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        page.goto("/recruiters?filter=x")
        expect(page).to_have_url(re.compile(r"/login\?next="))
        site.fill_in(page, email)
        expect(page).to_have_url(re.compile(r"/recruiters\?filter=x$"))


def test_signing_in_leads_nowhere_else(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        for away in (
            "https://evil.example/",
            "//evil.example/",
            "/%5Cevil.example/",
            "/.//evil.example/",
            "/%09/evil.example/",
            "javascript:alert(1)",
            "https:evil.example",
        ):
            page.goto(f"/login?next={away}")
            site.fill_in(page, email)
            expect(page.get_by_role("heading", name="My interviews")).to_be_visible()
            assert page.url.startswith(site.url("/candidates/dashboard")), away
            page.context.clear_cookies()


def test_a_wrong_password(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        page.goto("/login")
        site.fill_in(page, email, "not-the-password")
        expect_refusal(page, "invalid_credentials", "Wrong email address or password.")
        check_page(page, "a wrong password")
        site.fill_in(page, email)
        expect(page).to_have_url(DASHBOARD)


def test_an_unconfirmed_address_gets_its_mail_again(site: Site) -> None:
    email = site.address()
    with site.device() as page:
        page.goto("/signup?code=012345")
        site.sign_up(page, email)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        page.goto("/login?code=012345")
        site.fill_in(page, email)
        expect_refusal(page, "email_not_confirmed", "Your email address is not confirmed yet.")
        # A mail has left a moment ago, so that none is sent …
        again = page.get_by_role("button", name="Send the confirmation email again")
        again.click()
        expect_refusal(page, "over_email_send_rate_limit", "We just sent you an email.")
        check_page(page, "an unconfirmed address")
        # … and a minute later one is.
        first = site.confirmation_link(email)
        pass_a_minute(site, email)
        again.click()
        expect(page.get_by_text("Sent again.")).to_be_visible()
        link = site.confirmation_link(email)
        assert link != first
        site.follow_link(page, email)
        expect(page).to_have_url(with_code("012345"))


def test_signing_up_again(site: Site) -> None:
    known, waiting = site.person(), site.address()
    with site.device() as page:
        page.goto("/signup?code=012345")
        site.sign_up(page, known)
        expect_refusal(page, "user_already_exists", "An account with this address")
        check_page(page, "an account that exists")
        page.get_by_role("link", name="Sign in instead").click()
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))
        # One that waits for its confirmation gets the mail again, a minute later.
        page.goto("/signup")
        site.sign_up(page, waiting)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        page.get_by_role("button", name="Use another address").click()
        site.sign_up(page, waiting)
        expect_refusal(page, "over_email_send_rate_limit", "We just sent you an email.")
        pass_a_minute(site, waiting)
        page.get_by_role("button", name="Sign up").click()
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        assert len(site.mails(waiting)) == 2


def test_a_weak_password(site: Site) -> None:
    email = site.address()
    with site.device() as page:
        page.goto("/signup")
        site.sign_up(page, email, "short")
        expect_refusal(page, "weak_password", "This password is too weak.")
        # What was typed is still there.
        expect(page.get_by_label("Email address")).to_have_value(email)
        check_page(page, "a weak password")


def test_too_many_tries(site: Site) -> None:
    """The local Auth does not count tries, so its answer is simulated."""
    with site.device() as page:
        body = {"code": 429, "error_code": "over_request_rate_limit", "msg": "Rate limit reached"}
        headers = {"Access-Control-Allow-Origin": "*"}
        page.route(
            "**/auth/v1/token**",
            lambda route: route.fulfill(status=429, json=body, headers=headers),
        )
        page.goto("/login")
        site.fill_in(page, "anybody@example.com")
        expect_refusal(page, "over_request_rate_limit", "Too many attempts.")


def test_without_a_network(site: Site) -> None:
    with site.device() as page:
        page.goto("/login")
        page.context.set_offline(True)
        site.fill_in(page, "anybody@example.com")
        expect_refusal(page, "network_down", "HireVision can’t be reached.")
        expect(page.get_by_label("Email address")).to_have_value("anybody@example.com")


def test_a_link_that_was_used_says_so_and_offers_another(site: Site) -> None:
    email = site.address()
    with site.device() as page, site.device() as other:
        page.goto("/signup?code=012345")
        site.sign_up(page, email)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        link = site.confirmation_link(email)
        site.follow_link(page, email)
        expect(page).to_have_url(with_code("012345"))
        other.goto(link)
        expect_refusal(other, "otp_expired", "This link has expired or was already used.")
        # Nothing of the link stays in the address.
        expect(other).to_have_url(re.compile(r"/auth/confirm$"))
        check_page(other, "a link that was used")
        other.get_by_role("link", name="Sign in").last.click()
        expect(other).to_have_url(re.compile(r"/login\?code=012345$"))


def test_a_link_changes_no_account_behind_ones_back(site: Site) -> None:
    mine, theirs = site.person(), site.address()
    with site.device() as page, site.device() as other:
        other.goto("/signup")
        site.sign_up(other, theirs)
        expect(other.get_by_role("heading", name="Check your inbox")).to_be_visible()
        site.sign_in(page, mine)
        page.goto(site.confirmation_link(theirs))
        expect(page.get_by_role("heading", name="Which account?")).to_be_visible()
        check_page(page, "which account")
        page.get_by_role("link", name=f"Stay signed in as {mine}").click()
        expect(page.get_by_role("button", name=f"Account of {mine}")).to_be_visible()


def test_each_form_of_link_signs_in(site: Site) -> None:
    """token_hash, as in email templates of hosted projects, and PKCE's code."""
    email = site.address()
    with site.device() as page:
        page.goto("/signup")
        site.sign_up(page, email)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        token = site.token_hash(email)
        page.goto(f"/auth/confirm?token_hash={token}&type=signup&invite=012345")
        page.get_by_role("button", name="Confirm").click()
        expect(page).to_have_url(with_code("012345"))
    with site.device() as page:
        # Such a link confirms the address at Auth, but signs in only where it was asked for.
        page.goto("/auth/confirm?code=6ba7b810-9dad-11d1-80b4-00c04fd430c8&invite=012345")
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
        check_page(page, "confirmed elsewhere")
        page.get_by_role("link", name="Sign in").last.click()
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))


def test_signing_out_ends_it_in_every_tab(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        site.sign_in(page, email)
        second = page.context.new_page()
        second.goto("/candidates/dashboard")
        page.get_by_role("button", name="Account of").click()
        expect(page.get_by_text("Signed in as")).to_be_visible()
        check_page(page, "the account menu")
        page.keyboard.press("Escape")
        expect(page.get_by_text("Signed in as")).to_be_hidden()
        page.get_by_role("button", name="Account of").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile(r"/login$"))
        expect(second).to_have_url(re.compile(r"/login$"))
        page.goto("/candidates/dashboard")
        expect(page).to_have_url(re.compile(r"/login$"))


def pass_a_minute(site: Site, email: str) -> None:
    site.sql(
        "update auth.users set confirmation_sent_at = confirmation_sent_at - interval '61 seconds'"
        f" where email = '{email}'"
    )
