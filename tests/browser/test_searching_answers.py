"""Words that were said, over all candidates of an interview."""

import re

from playwright.sync_api import Page, expect

from local import demo
from tests.browser.analyses import consenting, response_of, transcribed
from tests.browser.answering import press
from tests.browser.answers import QUESTIONS, Answering, join
from tests.browser.site import ON_BOTH, Site, check_page

FIRST = "I wrote a queue in Postgres. It never lost a job."
SECOND = "We had no queue at all. <b>Nobody</b> missed it."


def two_heard(site: Site) -> tuple[Answering, Answering]:
    """Two candidates of one interview who have submitted what they said."""
    first = consenting(site)
    email = site.person()
    invited = demo.value(
        site.api(first.recruiter).call(
            "create_invites", interview_id=first.interview.id, emails=[email]
        )
    )
    first.interview.codes[email] = invited[0]["invite_code"]
    other = join(site, first.recruiter, email, first.interview)
    agreed = {"recording": True, "analysis": True}
    demo.value(other.api.call("set_consent", interview_id=first.interview.id, **agreed))
    # The one who joined last submits first.
    for candidate, number, text in ((other, 2, SECOND), (first, 1, FIRST)):
        candidate.record(number)
        candidate.end()
        transcribed(site, response_of(site, candidate, number), text)
    return first, other


def search(page: Page, words: str) -> None:
    field = page.get_by_role("searchbox", name="Words that were said")
    field.fill(words)
    field.press("Enter")


@ON_BOTH
def test_an_interview_is_searched(site: Site, viewport: dict[str, int]) -> None:
    first, other = two_heard(site)
    with site.device(viewport) as page:
        site.sign_in(page, first.recruiter, f"/recruiters/{first.interview.id}")
        page.get_by_role("link", name="Search in answers").click()
        expect(page.get_by_role("heading", name="Search in answers")).to_be_visible()
        check_page(page, "a search before it")
        search(page, "queue")
        found = page.get_by_role("region", name="Found")
        expect(found.get_by_role("article")).to_have_count(2)
        # In the order of joining, whatever was said and whenever.
        expect(found.get_by_role("article").nth(0)).to_contain_text(first.email)
        expect(found.get_by_role("article").nth(1)).to_contain_text(other.email)
        expect(found).to_contain_text("I wrote a queue in Postgres.")
        expect(page).to_have_url(re.compile(r"/search\?q=queue$"))
        check_page(page, "a search")
        page.reload()
        expect(found.get_by_role("article")).to_have_count(2)

        search(page, "nobody")
        expect(found.get_by_role("article")).to_have_count(1)
        expect(found).to_contain_text("<b>Nobody</b>")
        search(page, "Playwright")
        expect(found).to_contain_text("Not found")
        expect(found).to_contain_text("names of technologies are often misheard")
        check_page(page, "nothing found")
        page.go_back()
        page.go_back()
        expect(found.get_by_role("article")).to_have_count(2)
        expect(page.get_by_role("searchbox")).to_have_value("queue")

        found.get_by_role("article").nth(1).get_by_role("link").first.click()
        expect(page).to_have_url(
            re.compile(re.escape(other.page) + r"\?question=2&at=\d+(\.\d+)?$")
        )
        expect(page.get_by_role("heading", name=QUESTIONS[1])).to_be_visible()
        expect(page.locator("[data-play]")).to_have_text(re.compile("^Play from 0:0"))


def test_any_text_can_be_searched_for(site: Site) -> None:
    first, _ = two_heard(site)
    with site.device() as page:
        site.sign_in(page, first.recruiter, f"/recruiters/{first.interview.id}/search?q=queue")
        expect(page.get_by_role("region", name="Found").get_by_role("article")).to_have_count(2)
        # Punctuation that means something to web searches, and nothing at all.
        for words in ('"', "-", "   ", "' or 1=1 --", "100%", "(&|!)", "<script>"):
            search(page, words)
            expect(page.get_by_role("heading", name="Search in answers")).to_be_visible()
            expect(page.locator("[data-slug]")).to_have_count(0)
        press(page, "Search")
