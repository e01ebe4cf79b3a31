"""Which emails a recruiter gets about their interviews."""

from playwright.sync_api import expect

from tests.browser.answering import press
from tests.browser.site import Site, check_page, expect_refusal


def test_recruiters_turn_emails_off_and_on(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(site.person(), recruiter=recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        press(page, "Notifications")
        window = page.get_by_role("dialog", name="Notifications")
        completed = window.get_by_label("Candidates complete an interview")
        failed = window.get_by_label("Invitations can’t be delivered")
        expect(completed).to_be_checked()
        expect(failed).to_be_checked()
        expect(window.get_by_text(recruiter)).to_be_visible()
        check_page(page, "notifications")
        completed.uncheck()
        page.context.set_offline(True)
        press(page, "Save")
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        press(page, "Try again")
        expect(window).to_have_count(0)

        # As the emails link to it.
        page.goto(site.url("/recruiters?notifications"))
        expect(completed).not_to_be_checked()
        expect(failed).to_be_checked()
        press(page, "Cancel")
        expect(window).to_have_count(0)
        expect(page).to_have_url(site.url("/recruiters"))
    assert "f|t|t" in site.sql(
        "select candidate_completed, renewal_requested, delivery_failed from private.notifications"
        f" n join auth.users u on u.id = n.user_id where u.email = '{recruiter}'"
    )
