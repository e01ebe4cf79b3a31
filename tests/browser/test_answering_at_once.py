"""What a click shows before any answer has come, and how many calls a page needs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.answering import press
from tests.browser.site import Site, answers_held, loading


@contextmanager
def calls(site: Site, page: Page) -> Iterator[list[str]]:
    """What the browser itself asks of Supabase's database."""
    asked: list[str] = []

    def note(request: Request) -> None:
        path = request.url.removeprefix(site.environment.supabase_url)
        if path.startswith("/rest/v1/") and request.method != "OPTIONS":
            asked.append(f"{request.method} {path.removeprefix('/rest/v1/').partition('?')[0]}")

    page.on("request", note)
    yield asked
    page.remove_listener("request", note)


def many(site: Site, recruiter: str) -> str:
    """An interview with two pages of candidates; returns its id."""
    emails = [site.address() for _ in range(25)]
    interview = site.interview(*emails, recruiter=recruiter, title="Many")
    # Nothing is queued any more, so that the page does not look again by itself.
    site.sql(
        "delete from private.jobs j using interview_invites i "
        f"where i.id = j.subject and i.interview_id = '{interview.id}'; "
        "alter table interview_invites disable trigger user; "
        "update interview_invites set delivery_status = 'accepted' "
        f"where interview_id = '{interview.id}'; "
        "alter table interview_invites enable trigger user"
    )
    return interview.id


def test_a_click_shows_something_before_any_answer(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = many(site, recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        link = page.get_by_role("link", name="Many")
        expect(link).to_be_visible()
        with answers_held(page):
            link.click()
            expect(loading(page)).to_be_visible()
        page.wait_for_url(f"**/recruiters/{interview}")
        table = page.get_by_role("table", name="Candidates")
        expect(table).to_be_visible()
        waiting = page.locator("[aria-busy=true]").filter(has=table)

        with answers_held(page):
            page.get_by_role("button", name="Next").click()
            expect(waiting).to_be_visible()
            expect(loading(page)).to_be_visible()
        expect(waiting).to_have_count(0)
        with answers_held(page):
            page.get_by_role("radio", name="Invited").check()
            expect(waiting).to_be_visible()
        expect(waiting).to_have_count(0)
        with answers_held(page):
            page.get_by_label("Find a name or address").fill("nobody")
            expect(waiting).to_be_visible()
        expect(page.get_by_text("No matches")).to_be_visible()

        page.get_by_role("button", name="Edit", exact=True).click()
        dialog = page.get_by_role("dialog", name="Edit the interview")
        dialog.get_by_label("Title").fill("Renamed")
        with answers_held(page):
            dialog.get_by_role("button", name="Save").click()
            expect(dialog.get_by_role("button", name="Saving …")).to_be_visible()
        expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).click()
        with answers_held(page):
            page.get_by_role("dialog").get_by_role("button", name="Close interview").click()
            expect(page.get_by_role("dialog").locator("[aria-busy=true]")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        with answers_held(page):
            # The frame of a page that was visited before is there at once.
            page.get_by_role("link", name="Back to Recruiting").click()
            expect(page.get_by_role("heading", name="Recruiting")).to_be_visible()
        expect(page.get_by_role("link", name="Renamed")).to_be_visible()


# What the router asks for another page with.
PAGES = "**/*_rsc=*"


def busy(button: Locator) -> None:
    expect(button).to_have_attribute("aria-busy", "true")


def test_every_action_of_a_recruiter_shows_before_any_answer(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.address()
    interview = site.interview(candidate, recruiter=recruiter, questions=["One", "Two"])
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        page.goto(f"/recruiters/{interview.id}")
        with answers_held(page):
            page.get_by_role("button", name="Move question 1 down").click()
            expect(page.locator("ol li p")).to_have_text(["Two", "One"])
        dialog = page.get_by_role("dialog")

        def works(action: str) -> None:
            """A button of the dialog is busy before anything is answered."""
            button = dialog.get_by_role("button", name=re.compile(f"^{action}"))
            with answers_held(page):
                button.click()
                busy(button)

        def is_done() -> None:
            expect(dialog).to_have_count(0)

        press(page, "Add a question")
        dialog.get_by_label("Question", exact=True).fill("Three")
        works("Sav")
        is_done()
        press(page, "Remove question 1")
        works("Remove")
        is_done()
        press(page, "Set a deadline")
        dialog.locator("input").fill("2030-01-31T17:00")
        works("Sav")
        is_done()
        press(page, "Invite more")
        dialog.get_by_label("Email addresses").fill(site.address())
        works("Next: review")
        works("Send 1 email")
        press(page, "Done")
        is_done()
        press(page, f"Manage the invitation to {candidate}")
        # Its code has to come first.
        expect(dialog).to_be_visible()
        works("Send again")
        is_done()


def test_what_leads_to_another_page_is_busy_until_it_is_there(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device() as page:
        page.goto("/login")
        with answers_held(page, PAGES):
            site.fill_in(page, recruiter)
            busy(page.get_by_role("main").get_by_role("button", name="Sign in"))
        page.wait_for_url("**/recruiters")
        page.goto(f"/recruiters/{interview.id}")
        page.get_by_role("button", name="Delete", exact=True).click()
        button = page.get_by_role("dialog").get_by_role("button", name="Delete interview")
        with answers_held(page, PAGES):
            button.click()
            busy(button)
        page.wait_for_url("**/recruiters")
        page.goto("/candidates/dashboard")
        page.get_by_role("button", name="Add Interview").click()
        button = page.get_by_role("dialog").get_by_role("button", name="Switch account")
        with answers_held(page):
            button.click()
            busy(button)
        page.wait_for_url("**/login")


def test_first_content_needs_no_call_of_the_browser(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = many(site, recruiter)
    with site.device(timezone_id="Asia/Kolkata") as page, calls(site, page) as asked:
        site.sign_in(page, recruiter, "/recruiters")
        expect(page.get_by_role("link", name="Many")).to_be_visible()
        page.get_by_role("link", name="Many").click()
        expect(page.get_by_role("table", name="Candidates")).to_be_visible()
        page.wait_for_load_state("networkidle")
        for path in ("/recruiters", f"/recruiters/{interview}?show=invited"):
            answer = page.goto(path)
            page.wait_for_load_state("networkidle")
            # One account's data is kept for no other.
            assert answer and answer.header_value("cache-control") == (
                "private, no-cache, no-store, max-age=0, must-revalidate"
            )
        expect(page.get_by_role("radio", name="Invited")).to_be_checked()
        assert asked == []


def test_saving_reads_only_what_it_has_changed(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = many(site, recruiter)
    with site.device() as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview}")
        expect(page.get_by_role("table", name="Candidates")).to_be_visible()
        page.wait_for_load_state("networkidle")
        with calls(site, page) as asked:
            page.get_by_role("button", name="Edit", exact=True).click()
            page.get_by_role("dialog").get_by_label("Title").fill("Renamed")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
            page.get_by_role("button", name="Add a question").click()
            page.get_by_role("dialog").get_by_label("Question").fill("And now?")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("listitem").filter(has_text="And now?")).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert asked == ["PATCH interviews", "POST interview_questions"]
        page.get_by_role("button", name="Manage the invitation to").first.click()
        page.get_by_role("button", name="Revoke").click()
        with calls(site, page) as asked:
            page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
            expect(page.get_by_role("status").get_by_text("no longer works")).to_have_count(1)
            page.wait_for_load_state("networkidle")
            assert asked[0] == "POST rpc/change_candidates"
            # One round: the candidates, and the figures.
            assert sorted(asked[1:]) == [
                "GET interview_stats",
                "POST rpc/count_candidates",
                "POST rpc/list_candidates",
            ]
