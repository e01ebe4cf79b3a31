"""How many people may be invited today is said before a list is prepared in vain."""

from playwright.sync_api import expect

from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.site import Site, check_page


def test_the_daily_limit_is_shown_beforehand(site: Site) -> None:
    with site.device() as page:
        recruiter = opened(site, page)
        use_up(site, recruiter, left=2)
        write(page, "Limited")
        go_on(page, 2)
        expect(window(page).get_by_text("You can invite 2 more people today.")).to_be_visible()
        window(page).get_by_label("Email addresses").fill(
            "a@example.com, b@example.com, c@example.com"
        )
        window(page).get_by_role("button", name="Add to list").click()
        expect(window(page).get_by_text("You can invite only 2 more people today.")).to_be_visible()
        check_page(page, "beyond the daily limit")


def test_nobody_more_today(site: Site) -> None:
    with site.device() as page:
        recruiter = opened(site, page)
        use_up(site, recruiter, left=0)
        write(page, "Used up")
        go_on(page, 2)
        told = window(page).get_by_text("You’ve reached today’s limit of invitations.")
        expect(told).to_be_visible()
        check_page(page, "the daily limit is reached")


def use_up(site: Site, recruiter: str, *, left: int) -> None:
    """A recruiter has invited as many today as a new account may, but for some."""
    site.sql(
        "insert into private.invite_counts (user_id, day, invites)"
        " select u.id, (now() at time zone 'utc')::date,"
        f" (select s.invites_per_day_at_first - {left} from private.settings s)"
        f" from auth.users u where u.email = '{recruiter}'"
    )
