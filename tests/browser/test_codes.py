"""The code of an invitation on the screens: redeemed, refused, and what helps then."""

import re

import pytest
from playwright.sync_api import expect

from local import demo
from tests.browser.redeeming import enter, opened, window
from tests.browser.site import Site, check_page, expect_refusal

DASHBOARD = re.compile(r"/candidates/dashboard$")


def test_the_code_of_the_address_is_filled_in_but_never_sent(site: Site) -> None:
    email = site.person()
    code = site.interview(email).codes[email]
    with site.device() as page:
        site.sign_in(page, email)
        page.goto(f"/candidates/dashboard?code={code}")
        expect(window(page).get_by_label("Interview code")).to_have_value(code)
        expect(window(page)).to_contain_text(email)
        page.wait_for_load_state("networkidle")
        assert site.sql(f"select status from interview_invites where invite_code = '{code}'") in (
            "pending",
            "pending\n",
        )
        # Closed, it stays closed, on reloading too.
        page.keyboard.press("Escape")
        expect(window(page)).to_have_count(0)
        expect(page).to_have_url(DASHBOARD)
        page.reload()
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        expect(window(page)).to_have_count(0)
        page.goto(f"/candidates/dashboard?code={code}")
        window(page).get_by_role("button", name="Add Interview").click()
        expect(page.get_by_role("region", name="Active")).to_be_visible()
        expect(page).to_have_url(DASHBOARD)


@pytest.mark.parametrize(
    "pasted",
    ["{0}", " {0}\n", "{1} {2}", "{1}-{2}", "Your code: {0}.", "Call 12345 with {0} by 2030"],
)
def test_pasting(site: Site, pasted: str) -> None:
    with site.device(permissions=["clipboard-read", "clipboard-write"]) as page:
        opened(site, page, site.person())
        text = pasted.format("012345", "012", "345")
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        window(page).get_by_label("Interview code").focus()
        page.keyboard.press("ControlOrMeta+V")
        expect(window(page).get_by_label("Interview code")).to_have_value("012345")


def test_switching_the_account_keeps_the_code(site: Site) -> None:
    mine, invited = site.person(), site.person()
    code = site.interview(invited).codes[invited]
    with site.device() as page:
        site.sign_in(page, mine)
        page.goto(f"/candidates/dashboard?code={code}")
        window(page).get_by_role("button", name="Add Interview").click()
        expect_refusal(page, "invite_not_found", "This code doesn’t match your email address.")
        check_page(page, "a code for somebody else")
        refused = page.locator("[data-slug=invite_not_found]")
        refused.get_by_role("button", name="Switch account").click()
        expect(page).to_have_url(re.compile(rf"/login\?code={code}$"))
        site.fill_in(page, invited)
        expect(window(page)).to_contain_text(invited)
        expect(window(page).get_by_label("Interview code")).to_have_value(code)
        window(page).get_by_role("button", name="Add Interview").click()
        expect(page.get_by_role("region", name="Active")).to_be_visible()


def test_no_code_at_all(site: Site) -> None:
    with site.device() as page:
        opened(site, page, site.person())
        enter(page, "123")
        expect_refusal(page, "invalid_code", "An interview code has six digits.")
        expect(window(page).get_by_label("Interview code")).to_be_focused()
        check_page(page, "no code")


def test_five_wrong_codes(site: Site) -> None:
    email = site.person()
    code = site.interview(email).codes[email]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with site.device() as page:
        opened(site, page, email)
        for _ in range(5):
            enter(page, wrong)
            expect_refusal(page, "invite_not_found", "Check the digits.")
            window(page).get_by_label("Interview code").fill("")
        # Then the right code is refused too, with the time to wait.
        enter(page, code)
        expect_refusal(page, "too_many_attempts", "Too many wrong codes.")
        refused = page.locator("[data-slug=too_many_attempts]")
        expect(refused).to_contain_text(re.compile(r"15 minutes, .* \d\d:\d\d at the latest"))
        check_page(page, "too many wrong codes")


def test_a_new_code_is_asked_for_when_one_has_expired(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    code = interview.codes[email]
    site.sql(f"update interview_invites set expires_at = now() where invite_code = '{code}'")
    with site.device() as page:
        opened(site, page, email)
        enter(page, code)
        expect_refusal(page, "invite_expired", "This invite has expired.")
        check_page(page, "an expired code")
        page.get_by_role("button", name="Ask for a new code").click()
        expect(page.get_by_text("New code requested.")).to_be_visible()
        check_page(page, "a renewal asked for")
    assert site.sql(
        "select renewal_requested_at is not null from interview_invites "
        f"where invite_code = '{code}'"
    ).startswith("t")


def test_a_revoked_code_is_not_renewed(site: Site) -> None:
    email, recruiter = site.person(), site.person("recruiter")
    code = site.interview(email, recruiter=recruiter).codes[email]
    site.sql(
        "update interview_invites set status = 'expired', revoked_at = now()"
        f" where invite_code = '{code}'"
    )
    with site.device() as page:
        opened(site, page, email)
        enter(page, code)
        expect_refusal(page, "invite_expired", "The recruiter has revoked this invite.")
        page.get_by_role("button", name="Ask for a new code").click()
        expect(page.get_by_text(f"There is no open invitation to {email}.")).to_be_visible()


def test_the_account_that_used_it_is_gone(site: Site) -> None:
    email = site.person()
    code = site.interview(email).codes[email]
    demo.value(site.api(email).call("accept_invite", code=code))
    # The same person signs up once more.
    again = site.person()
    site.sql(
        f"delete from auth.users where email = '{email}';"
        f"update auth.users set email = '{email}' where email = '{again}'"
    )
    with site.device() as page:
        site.sign_in(page, email)
        page.get_by_role("button", name="Add Interview").click()
        enter(page, code)
        expect_refusal(page, "invite_expired", "used by an account that no longer exists")
        check_page(page, "an account that is gone had used it")
        page.get_by_role("button", name="Ask for a new code").click()
        expect(page.get_by_text("New code requested.")).to_be_visible()


def test_a_code_that_another_account_has_used(site: Site) -> None:
    first, second = site.person(), site.person()
    code = site.interview(first).codes[first]
    demo.value(site.api(first).call("accept_invite", code=code))
    # The second account takes the address over.
    site.sql(
        f"update auth.users set email = 'gone-{first}' where email = '{first}';"
        f"update auth.users set email = '{first}' where email = '{second}'"
    )
    with site.device() as page:
        opened(site, page, first)
        enter(page, code)
        expect_refusal(page, "invite_used", "used by another account with your address")
        refused = page.locator("[data-slug=invite_used]")
        expect(refused.get_by_role("button", name="Switch account")).to_be_visible()


def test_a_closed_interview(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    site.sql(f"update interviews set status = 'inactive' where id = '{interview.id}'")
    with site.device() as page:
        opened(site, page, email)
        enter(page, interview.codes[email])
        expect_refusal(page, "interview_closed", "This interview is closed.")
        expect(page.locator("[data-slug=interview_closed]")).to_contain_text("Ask the recruiter")


def test_an_address_that_is_not_confirmed_any_more(site: Site) -> None:
    email = site.person()
    code = site.interview(email).codes[email]
    with site.device() as page:
        opened(site, page, email)
        site.sql(
            "update auth.users set email_confirmed_at = null, "
            f"confirmation_sent_at = now() - interval '1 hour' where email = '{email}'"
        )
        enter(page, code)
        expect_refusal(page, "email_not_confirmed", "Your email address is not confirmed yet.")
        check_page(page, "not confirmed")
        page.get_by_role("button", name="Send the confirmation email again").click()
        expect(page.get_by_text("Sent again.")).to_be_visible()
        page.goto(site.confirmation_link(email))
        expect(window(page).get_by_label("Interview code")).to_have_value(code)


def test_an_account_that_is_gone(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        opened(site, page, email)
        site.sql(f"delete from auth.users where email = '{email}'")
        enter(page, "012345")
        expect_refusal(page, "not_signed_in", "You are no longer signed in.")
        page.get_by_role("button", name="Sign in again").click()
        expect(page).to_have_url(re.compile(r"/login\?code=012345$"))


def test_codes_sent_again(site: Site) -> None:
    email = site.person()
    code = site.interview(email).codes[email]
    demo.wait_for_mail(site.environment, email, code)
    with site.device() as page:
        opened(site, page, email)
        again = window(page).get_by_role("button", name="Send my codes again")
        again.click()
        expect(page.get_by_text(f"Sent again to {email}.")).to_be_visible()
        check_page(page, "codes sent again")
        again.click()
        expect_refusal(page, "codes_sent_recently", "Your codes were sent recently.")
        refused = page.locator("[data-slug=codes_sent_recently]")
        expect(refused).to_contain_text(re.compile(r"\d\d:\d\d at the latest"))
    assert len(demo.invitations(site.environment, email, code)) >= 1


def test_no_codes_to_be_sent(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        opened(site, page, email)
        window(page).get_by_role("button", name="Send my codes again").click()
        expect(page.get_by_text(f"There is no open invitation to {email}.")).to_be_visible()


def test_without_a_network_the_code_stays(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    with site.device() as page:
        opened(site, page, email)
        page.context.set_offline(True)
        enter(page, interview.codes[email])
        expect_refusal(page, "network_down", "HireVision can’t be reached.")
        page.context.set_offline(False)
        page.locator("[data-slug=network_down]").get_by_role("button", name="Try again").click()
        expect(page.get_by_role("region", name="Active")).to_contain_text(interview.title)
