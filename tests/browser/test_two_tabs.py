"""Two people, or two tabs, change the same thing: nothing is undone unseen, nothing made twice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, expect

from tests.browser.answers import answering
from tests.browser.one_interview import manage
from tests.browser.site import Interview, Site, check_page, expect_refusal

MEANWHILE = "Someone changed this in the meantime."


@contextmanager
def two_tabs(site: Site, recruiter: str, path: str) -> Iterator[tuple[Page, Page]]:
    """Two tabs of one browser at the same page."""
    with site.device() as first:
        site.sign_in(first, recruiter, path)
        second = first.context.new_page()
        second.goto(path)
        yield first, second


def written(page: Page) -> list[dict[str, object]]:
    """What the page sends to change rows, from now on."""
    bodies: list[dict[str, object]] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            bodies.append(json.loads(request.post_data or "null"))

    page.on("request", note)
    return bodies


def row(site: Site, interview: Interview, columns: str) -> str:
    """Columns of the interview, as SQL shows them."""
    return site.sql(f"select {columns} from public.interviews where id = '{interview.id}'").strip()


def editing(page: Page, name: str = "Edit the interview", button: str = "Edit") -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("dialog", name=name)).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()


def test_only_what_was_changed_is_written(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, title="Engineer", description="As it was")
    with two_tabs(site, recruiter, f"/recruiters/{interview.id}") as (first, second):
        bodies = written(second)
        editing(first)
        editing(second)
        first.get_by_label("Title").fill("Engineer, Berlin")
        save(first)
        expect(first.get_by_role("dialog")).to_have_count(0)
        # The other tab has not seen the new title, and must not put the old one back.
        second.get_by_label("Description").fill("As it is")
        save(second)
        expect(second.get_by_text(MEANWHILE)).to_be_visible()
        expect(second.get_by_text("Nothing was saved yet.")).to_be_visible()
        expect(second.get_by_label("Title")).to_have_value("Engineer, Berlin")
        expect(second.get_by_label("Description")).to_have_value("As it is")
        assert row(site, interview, "title, description") == "Engineer, Berlin|As it was"
        check_page(second, "someone changed something else in the meantime")
        save(second)
        expect(second.get_by_role("dialog")).to_have_count(0)
        assert row(site, interview, "title, description") == "Engineer, Berlin|As it is"
        assert bodies == [{"description": "As it is"}] * 2
        # Saved without a change, nothing is written.
        editing(second)
        save(second)
        expect(second.get_by_role("dialog")).to_have_count(0)
        assert len(bodies) == 2


def test_both_versions_are_shown_and_one_is_chosen(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, title="Engineer")
    with two_tabs(site, recruiter, f"/recruiters/{interview.id}") as (first, second):
        for title, choice in (("Theirs", "Use theirs"), ("Also theirs", "Save mine")):
            editing(first)
            editing(second)
            first.get_by_label("Title").fill(title)
            save(first)
            expect(first.get_by_role("dialog")).to_have_count(0)
            second.get_by_label("Title").fill("Mine")
            save(second)
            told = second.locator("[data-slug=row_conflict]")
            expect(told).to_contain_text(f"Theirs: {title}")
            expect(told).to_contain_text("Yours: Mine")
            expect(told).to_be_focused()
            assert row(site, interview, "title") == title
            check_page(second, "both versions")
            told.get_by_role("button", name=choice).click()
            if choice == "Use theirs":
                expect(second.get_by_label("Title")).to_have_value(title)
                save(second)
            expect(second.get_by_role("dialog")).to_have_count(0)
        assert row(site, interview, "title") == "Mine"
        expect(second.get_by_role("heading", level=1)).to_have_text("Mine")


def test_a_question_that_was_changed_or_deleted_meanwhile(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, questions=["Who are you?"])
    with two_tabs(site, recruiter, f"/recruiters/{interview.id}") as (first, second):
        for page in (first, second):
            editing(page, "Edit the question", "Edit question 1")
        first.get_by_label("Question", exact=True).fill("Who are you, in a minute?")
        save(first)
        expect(first.get_by_role("dialog")).to_have_count(0)
        second.get_by_label("Question", exact=True).fill("Who were you?")
        second.get_by_label("Takes").select_option("5")
        save(second)
        told = second.locator("[data-slug=row_conflict]")
        expect(told).to_contain_text("Theirs: Who are you, in a minute?")
        expect(told).to_contain_text("Yours: Who were you?")
        told.get_by_role("button", name="Save mine").click()
        expect(second.get_by_role("dialog")).to_have_count(0)
        expect(second.get_by_text("5 takes")).to_be_visible()

        editing(second, "Edit the question", "Edit question 1")
        second.get_by_label("Question", exact=True).fill("What did you build?")
        site.sql(f"delete from public.interview_questions where interview_id = '{interview.id}'")
        save(second)
        expect_refusal(second, "question_not_found", "This question doesn’t exist any more.")
        expect(second.get_by_label("Question", exact=True)).to_have_value("What did you build?")
        check_page(second, "a question that was deleted meanwhile")
        second.get_by_role("button", name="Add it as a new question").click()
        expect(second.get_by_role("dialog")).to_have_count(0)
        expect(second.get_by_text("What did you build?")).to_be_visible()


def test_an_address_that_was_corrected_meanwhile(site: Site) -> None:
    recruiter, now = site.person("recruiter"), site.address()
    interview = site.interview(now, recruiter=recruiter)
    path = f"/recruiters/{interview.id}"
    with two_tabs(site, recruiter, path) as (first, second):
        for choice in ("Use theirs", "Save mine"):
            theirs, mine = site.address(), site.address()
            for page in (first, second):
                page.goto(path)
                manage(page, now, "Correct the address")
            first.get_by_label("Email address").fill(theirs)
            save(first)
            expect(first.get_by_role("dialog", name=theirs)).to_be_visible()
            second.get_by_label("Email address").fill(mine)
            save(second)
            told = second.locator("[data-slug=row_conflict]")
            expect(told).to_contain_text(f"Theirs: {theirs}")
            expect(told).to_contain_text(f"Yours: {mine}")
            check_page(second, "an address that was corrected meanwhile")
            told.get_by_role("button", name=choice).click()
            now = theirs if choice == "Use theirs" else mine
            expect(second.get_by_role("dialog", name=now)).to_be_visible()
            emails = f"select email from interview_invites where interview_id = '{interview.id}'"
            assert site.sql(emails).strip() == now


def test_accommodations_that_were_given_meanwhile(site: Site) -> None:
    candidate = answering(site)
    title = "Extra takes and time"
    with two_tabs(site, candidate.recruiter, candidate.page) as (first, second):
        for page in (first, second):
            editing(page, title, title)
        first.get_by_label("Extra takes per question").select_option("2")
        save(first)
        expect(first.get_by_text("2 extra takes per question.")).to_be_visible()
        second.get_by_label("Extra takes per question").select_option("1")
        second.get_by_label("Time per recording").select_option("1.5")
        save(second)
        told = second.locator("[data-slug=row_conflict]")
        expect(told).to_contain_text("Theirs: 2")
        expect(told).to_contain_text("Yours: 1")
        check_page(second, "accommodations that were given meanwhile")
        told.get_by_role("button", name="Use theirs").click()
        save(second)
        expect(second.get_by_role("dialog")).to_have_count(0)
        # What was not disputed is theirs as well, once it is chosen.
        expect(second.get_by_text("2 extra takes per question.")).to_be_visible()
        editing(second, title, title)
        second.get_by_label("Time per recording").select_option("2")
        save(second)
        expect(second.get_by_text("2 extra takes per question, twice the time.")).to_be_visible()


def test_an_order_that_was_refused_is_tried_again(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, questions=["One", "Two", "Three"])
    table = "public.interview_questions"
    with site.device() as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
        down = page.get_by_role("button", name="Move question 1 down")
        expect(down).to_be_visible()
        site.sql(f"delete from {table} where question = 'Three'")
        down.click()
        expect_refusal(page, "question_ids_mismatch", "Someone changed the questions")
        expect(page.get_by_text("Three")).to_have_count(0)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("[data-slug=question_ids_mismatch]")).to_have_count(0)
        expect(page.locator("ol li p")).to_have_text(["Two", "One"])
        page.reload()
        expect(page.locator("ol li p")).to_have_text(["Two", "One"])


def test_a_state_that_was_changed_meanwhile_stays(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with two_tabs(site, recruiter, f"/recruiters/{interview.id}") as (first, second):
        for page, button in ((first, "Complete"), (second, "Close")):
            page.get_by_role("button", name=button, exact=True).click()
        first.get_by_role("button", name="Complete interview").click()
        expect(first.get_by_role("dialog")).to_have_count(0)
        second.get_by_role("button", name="Close interview").click()
        expect_refusal(second, "row_conflict", MEANWHILE)
        assert row(site, interview, "status") == "completed"
        second.get_by_role("button", name="Cancel").click()
        expect(second.get_by_text("Completed", exact=True).first).to_be_visible()


def test_a_deadline_in_an_hour_that_comes_twice_stays(site: Site) -> None:
    recruiter = site.person("recruiter")
    # Half past two, for the second time that night.
    twice = "2030-10-27T01:30:07+00:00"
    interview = site.interview(recruiter=recruiter, deadline=twice)
    with site.device(timezone_id="Europe/Berlin") as page:
        bodies = written(page)
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
        editing(page, "Change the deadline", "Change the deadline")
        expect(page.get_by_role("dialog").locator("input")).to_have_value("2030-10-27T02:30")
        save(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert bodies == []
        editing(page, "Change the deadline", "Change the deadline")
        page.get_by_role("dialog").locator("input").fill("2030-10-27T04:30")
        save(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert bodies == [{"deadline": "2030-10-27T03:30:00.000Z"}]


@contextmanager
def two_drafts(site: Site, recruiter: str) -> Iterator[tuple[Page, Page]]:
    """Two tabs with the same empty draft."""
    with two_tabs(site, recruiter, "/recruiters?new") as tabs:
        # A tab that opens it later has what was written, and nothing to choose.
        for page in tabs:
            expect(page.get_by_label("Title")).to_be_visible()
        yield tabs


def begun(page: Page, title: str) -> None:
    page.get_by_label("Title").fill(title)


def test_one_draft_in_two_tabs_makes_one_interview(site: Site) -> None:
    recruiter = site.person("recruiter")
    address = site.address()
    with two_drafts(site, recruiter) as (first, second):
        begun(first, "Engineer")
        first.get_by_role("button", name="Next: candidates").click()
        first.get_by_label("Email addresses").fill(address)
        first.get_by_role("button", name="Next: review").click()
        # The second tab has noticed, and takes it over.
        expect(second.get_by_text("This draft was changed in another tab.")).to_be_visible()
        check_page(second, "a draft that was changed in another tab")
        second.get_by_role("button", name="Use the other version").click()
        expect(second.get_by_text("This draft was changed")).to_have_count(0)
        create = "Create and invite"
        expect(second.get_by_role("button", name=create)).to_be_visible()
        # Both at once: neither waits for the other's answer.
        for page in (first, second):
            page.get_by_role("button", name=create).click(no_wait_after=True)
        done = first.get_by_role("dialog", name="Interview created").or_(
            first.get_by_text("This draft was finished or discarded in another tab.")
        )
        expect(done.first).to_be_visible()
        again = second.get_by_role("dialog", name="Interview created").or_(
            second.get_by_text("This draft was finished or discarded in another tab.")
        )
        expect(again.first).to_be_visible()
        made = site.sql(
            "select count(*) from public.interviews n join auth.users u on u.id = n.recruiter_id"
            f" where u.email = '{recruiter}'"
        )
        assert made.strip() == "1"


def test_a_stale_tab_overwrites_nothing(site: Site) -> None:
    recruiter = site.person("recruiter")
    with two_drafts(site, recruiter) as (first, second):
        begun(first, "Written first")
        told = second.get_by_text("The other tab has “Written first”")
        expect(told).to_be_visible()
        begun(second, "Written second")
        # Neither is lost: the first is what is kept, the second is still here.
        third = first.context.new_page()
        third.goto("/recruiters?new")
        expect(third.get_by_label("Title")).to_have_value("Written first")
        third.close()
        expect(second.get_by_label("Title")).to_have_value("Written second")
        second.get_by_role("button", name="Keep what is here").click()
        expect(told).to_have_count(0)
        expect(first.get_by_text("The other tab has “Written second”")).to_be_visible()
        first.get_by_role("button", name="Use the other version").click()
        expect(first.get_by_label("Title")).to_have_value("Written second")


def test_a_list_of_candidates_in_two_tabs(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with two_tabs(site, recruiter, f"/recruiters/{interview.id}") as (first, second):
        for page in (first, second):
            page.get_by_role("button", name="Invite more").click()
        first.get_by_label("Email addresses").fill("a@example.com, b@example.com")
        first.get_by_role("button", name="Add to list").click()
        expect(second.get_by_text("The other tab has 2 addresses.")).to_be_visible()
        second.get_by_label("Email addresses").fill("c@example.com")
        second.get_by_role("button", name="Keep what is here").click()
        expect(first.get_by_text("The other tab has 0 addresses.")).to_be_visible()
        # Not sent while that is open.
        first.get_by_role("button", name="Next: review").click()
        expect(first.get_by_role("button", name="Next: review")).to_be_visible()
        first.get_by_role("button", name="Use the other version").click()
        expect(first.get_by_label("Email addresses")).to_have_value("c@example.com")
