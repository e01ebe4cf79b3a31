"""Candidates who have unsubscribed by the link of an email see so, and can undo it."""

from playwright.sync_api import expect

from tests.browser.site import Site, check_page, expect_refusal

TOLD = "You’ve unsubscribed from recruiters’ emails."


def unsubscribe(site: Site, recruiter: str, email: str) -> None:
    """What the link in an email does."""
    site.sql(
        "insert into private.unsubscribes (address_key, recruiter_id)"
        f" select private.address_key('{email}'), id from auth.users where email = '{recruiter}'"
    )


def unsubscribes(site: Site, email: str) -> str:
    return site.sql(
        "select count(*) from private.unsubscribes"
        f" where address_key = private.address_key('{email}')"
    ).strip()


def test_who_has_unsubscribed_gets_emails_again(site: Site) -> None:
    email, other, recruiter = site.person(), site.person(), site.person("recruiter")
    for address in (email, other):
        unsubscribe(site, recruiter, address)
    with site.device() as page:
        site.sign_in(page, email)
        expect(page.get_by_text(TOLD)).to_be_visible()
        check_page(page, "a dashboard of someone who has unsubscribed")
        again = page.get_by_role("button", name="Get emails again")
        page.context.set_offline(True)
        again.click()
        expect_refusal(page, "network_down", "HireVision can’t be reached.")
        assert unsubscribes(site, email) == "1"
        page.context.set_offline(False)
        again.click()
        expect(page.get_by_text("You’ll get recruiters’ emails again.")).to_be_visible()
        expect(page.get_by_text(TOLD)).to_have_count(0)
        assert unsubscribes(site, email) == "0"
        # Nobody else's.
        assert unsubscribes(site, other) == "1"
        page.reload()
        expect(page.get_by_role("heading", name="My interviews")).to_be_visible()
        expect(page.get_by_text(TOLD)).to_have_count(0)
