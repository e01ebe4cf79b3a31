"""Dates are written as the reader's browser writes them; the sentences around them are English."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.answering import joined
from tests.browser.one_interview import manage, visit
from tests.browser.site import Site, check_page

DASHBOARD = "/candidates/dashboard"
DEADLINE = "2030-01-31T17:00:00Z"
# A browser's locale, the language tag of its dates, and the 31st of January in 2030.
LOCALES = [
    ("de-DE", "de-DE", "31. Januar 2030"),
    ("ar-EG", "ar-EG", "٣١ يناير ٢٠٣٠"),
    ("ja-JP", "ja-JP", "2030年1月31日"),
    ("th-TH", "th-TH", "31 มกราคม"),
]
THAI_YEAR = "2573"


def own(page: Page) -> str:
    """The deadline as this browser writes it."""
    written: str = page.evaluate(
        "time => new Intl.DateTimeFormat(undefined, {dateStyle: 'long', timeStyle: 'short'})"
        ".format(new Date(time))",
        DEADLINE,
    )
    return written


@pytest.mark.parametrize(("locale", "language", "day"), LOCALES, ids=[one[0] for one in LOCALES])
def test_dates_are_in_the_browsers_locale(site: Site, locale: str, language: str, day: str) -> None:
    """From the first page on, also in what the server writes."""
    candidate = joined(site, "text", deadline=DEADLINE)
    with site.device(locale=locale, timezone_id="UTC") as page:
        page.goto("/login")
        site.fill_in(page, candidate.email)
        shown = page.locator("time").filter(has_text=day)
        expect(shown).to_have_text(own(page))
        expect(shown).to_have_attribute("lang", language)
        if locale == "th-TH":
            expect(shown).to_contain_text(THAI_YEAR)
        # The page of a server that knows the browser's headers alone, and then its cookie.
        for clear in (True, False):
            if clear:
                page.context.clear_cookies(name=re.compile("^(locale|time-zone)$"))
            answer = page.goto(DASHBOARD)
            assert answer and day in answer.text()
            expect(shown).to_have_text(own(page))
        expect(page.get_by_text("Until")).to_contain_text(day)
        check_page(page, f"dates of {locale}")
    with site.device(locale=locale, timezone_id="UTC") as page:
        visit(site, page, candidate.recruiter, candidate.interview)
        expect(page.get_by_text("Until").locator("time")).to_have_text(own(page))
        page.get_by_role("button", name="Change the deadline").click()
        hint = page.get_by_role("dialog").get_by_text("Ends")
        expect(hint).to_contain_text(own(page))
        expect(hint.locator("time")).to_have_attribute("lang", language)
        page.keyboard.press("Escape")
        invited = manage(page, candidate.email).locator("dd time").last
        expect(invited).to_have_attribute("lang", language)
        check_page(page, f"an invitation of {locale}")


def test_what_asks_in_an_odd_language_gets_english(site: Site) -> None:
    email = joined(site, "text", deadline=DEADLINE).email
    with site.device(extra_http_headers={"Accept-Language": "*, tlh, xx-@, <b>;q=2"}) as page:
        site.sign_in(page, email)
        page.context.clear_cookies(name="locale")
        answer = page.goto(DASHBOARD)
        assert answer and "31 January 2030 at 17:00" in answer.text()
        page.context.add_cookies(
            [{"name": "locale", "value": "en-x-<script>", "url": site.environment.site_url}]
        )
        answer = page.goto(DASHBOARD)
        assert answer and "31 January 2030 at 17:00" in answer.text()
