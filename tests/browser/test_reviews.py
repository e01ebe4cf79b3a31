"""The pages of a reviewer, who judges the candidates of somebody else's interview."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from local import demo
from tests.browser.answering import press, press_by_key, tab_to
from tests.browser.answers import QUESTIONS, Answering, answering
from tests.browser.layout import check_layout, layout_of
from tests.browser.one_interview import told
from tests.browser.reviewers import ask, compared, mailed_link, remove, reviewer
from tests.browser.site import ON_BOTH, PHONE, Site, check_page
from tests.browser.test_reviewing import (
    DEPTH,
    criterion,
    overall,
    review,
    reviewed_by,
    save,
    wait_until_usable,
)
from tests.browser.test_right_to_left import check_direction

MARKUP = '<img src="x" onerror="alert(1)"> & more'
NAME = "ليلى حداد"
GONE = "You don’t review this interview."


def home(candidate: Answering) -> str:
    """The interview's page for its reviewers."""
    return f"/reviews/{candidate.interview.id}"


def page_of(candidate: Answering) -> str:
    """The candidate's."""
    return f"{home(candidate)}/candidates/{candidate.participant}"


def rows(page: Page) -> Locator:
    """The candidates in the list of all, without its head."""
    return (
        page.get_by_role("table", name="Candidates")
        .get_by_role("row")
        .filter(has=page.get_by_role("cell"))
    )


@ON_BOTH
def test_a_colleague_joins_and_reviews(site: Site, viewport: dict[str, int]) -> None:
    first, second = compared(site, "Late, in a bridge.", MARKUP, names=[NAME, ""])
    reviewed_by(site, first, DEPTH)
    save(site, first.recruiter, first, MARKUP, **{DEPTH: 4})
    colleague = site.person("colleague")
    ask(site, first, colleague)
    with site.device(viewport) as page:
        page.goto(mailed_link(site, colleague))
        expect(page).to_have_url(site.url("/login?next=%2Freviews"))
        site.fill_in(page, colleague)
        expect(page).to_have_url(site.url("/reviews"))
        expect(page.get_by_text("2 to review")).to_be_visible()
        expect(page.get_by_text("Asked by Recruiter Test")).to_be_visible()
        expect(page.get_by_role("link", name="Recruiting")).to_have_count(0)
        check_page(page, "interviews to review")
        check_layout(page)

        page.get_by_role("link", name=first.interview.title).click()
        expect(rows(page)).to_have_count(2)
        expect(rows(page).nth(0)).to_contain_text(NAME)
        expect(rows(page).nth(0)).to_contain_text("1 of 4")
        expect(rows(page).nth(1)).to_contain_text("Candidate 2")
        expect(rows(page).nth(1)).to_contain_text("Not begun")
        check_page(page, "candidates to review")
        check_direction(page, "candidates to review")
        check_layout(page)

        page.get_by_role("link", name=NAME).click()
        wait_until_usable(page)
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        expect(page.get_by_role("region", name="Answer")).to_contain_text("Late, in a bridge.")
        # What is the recruiter's alone, and what others think, until one has said it oneself.
        for text in ("Decision", "Extra takes", "deadline", first.email, MARKUP, "Reviews by"):
            expect(page.get_by_text(text)).to_have_count(0)
        overall(page).fill("بناء جيد")
        press(page, "Save draft")
        told(page, "Draft saved.")
        criterion(page, DEPTH).get_by_role("radio", name="Partly shown").check()
        press(page, "Submit review")
        told(page, "Review submitted.")
        others = page.get_by_role("region", name="Reviews by others")
        expect(others.get_by_role("heading", name="Recruiter Test")).to_be_visible()
        expect(others).to_contain_text(MARKUP)
        check_page(page, "a candidate who is reviewed")
        # Without what was said in passing.
        page.reload()
        expect(others).to_be_visible()
        check_layout(page)

        page.get_by_role("link", name=first.interview.title).click()
        expect(rows(page).nth(0)).to_contain_text("Submitted")
        page.get_by_role("link", name="Compare answers").click()
        cards = page.get_by_role("region").get_by_role("listitem")
        expect(cards).to_have_count(2)
        expect(cards.nth(0)).to_contain_text("Recruiter Test")
        expect(cards.nth(0)).to_contain_text("Partly shown")
        expect(cards.nth(1)).to_contain_text("Candidate 2")
        expect(cards.nth(1)).to_contain_text(MARKUP)
        assert second.email not in page.content()
        check_page(page, "a reviewer's comparison")
        check_layout(page)
        page.get_by_role("link", name="Candidate 2").click()
        expect(page.get_by_role("heading", name="Candidate 2")).to_be_visible()
        page.goto("/reviews")
        expect(page.get_by_text("1 to review")).to_be_visible()
        # Where people land who do nothing but review.
        page.goto("/")
        expect(page).to_have_url(site.url("/reviews"))
        page.goto("/candidates/dashboard")
        expect(page.get_by_role("navigation", name="Main")).to_contain_text("Reviews")

    # The recruiter, who has submitted theirs, reads it under the colleague's name.
    with site.device(viewport) as page:
        site.sign_in(page, first.recruiter, first.page)
        others = page.get_by_role("region", name="Reviews by others")
        expect(others.get_by_role("heading", name="Colleague Test")).to_be_visible()
        expect(others).to_contain_text("بناء جيد")
        check_page(page, "a colleague's review")


def test_who_has_no_account_signs_up_with_that_address(site: Site) -> None:
    (candidate,) = compared(site, "One")
    colleague = site.address("colleague")
    ask(site, candidate, colleague)
    with site.device() as page:
        page.goto(mailed_link(site, colleague))
        page.get_by_role("main").get_by_role("link", name="Sign up").click()
        expect(page.get_by_text("Signs the reviews you write.")).to_be_visible()
        check_page(page, "signing up to review")
        check_layout(page)
        site.sign_up(page, colleague)
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
        site.follow_link(page, colleague)
        expect(page).to_have_url(site.url("/reviews"))
        expect(page.get_by_text("1 to review")).to_be_visible()
    with site.device() as page:
        # Another address than the one that was asked.
        other = site.person("other")
        site.sign_in(page, other, "/reviews")
        expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(other)
        check_page(page, "nothing to review")
        check_layout(page)


def test_a_recording_is_played(site: Site) -> None:
    candidate = answering(site)
    candidate.record(1)
    candidate.end()
    colleague = reviewer(site, candidate)
    with site.device() as page:
        site.sign_in(page, colleague, "/candidates/dashboard")
        calls: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith(site.environment.supabase_url):
                calls.append(request.url)

        page.on("request", note)
        for path in ("/reviews", home(candidate), page_of(candidate)):
            page.goto(path)
            page.wait_for_load_state("networkidle")
        # The pages come with their data; what was said is read with the answer that is open.
        said = ("response_analyses", "/interview_criteria?", "/rpc/find_terms")
        assert not [call for call in calls if not any(part in call for part in said)]
        press(page, "Play")
        expect(page.get_by_label("Recording")).to_be_focused()
        expect(page.get_by_label("Recording")).to_have_js_property("error", None)
        assert [call for call in calls if "open_responses" in call]
    log = site.sql(
        "select count(*) from private.access_log l join auth.users u on u.id = l.actor_id "
        f"where u.email = '{colleague}' and l.participant_id = '{candidate.participant}'"
    )
    assert log.strip() == "1"


def test_who_is_not_submitted_is_not_shown(site: Site) -> None:
    candidate = answering(site, deadline="2030-01-31T17:00:00Z")
    candidate.write(2)
    colleague = reviewer(site, candidate)
    with site.device() as page:
        site.sign_in(page, colleague, home(candidate))
        expect(rows(page)).to_contain_text("1 of 4")
        page.get_by_role("link", name="Candidate 1").click()
        expect(page.get_by_text("1 of 4 answered, not submitted")).to_be_visible()
        expect(review(page)).to_contain_text("You can review once they have submitted.")
        expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
        check_page(page, "not submitted, for a reviewer")
        check_layout(page)
        candidate.end("withdraw_from_interview")
        page.reload()
        expect(page.get_by_text("They have withdrawn.")).to_be_visible()
        expect(page.get_by_text("invite them again")).to_have_count(0)


def test_who_is_removed_is_told_so(site: Site) -> None:
    (candidate,) = compared(site, "One")
    colleague = reviewer(site, candidate)
    with site.device() as page:
        site.sign_in(page, colleague, page_of(candidate))
        wait_until_usable(page)
        review(page).get_by_label("Note").fill("Kept here.")
        remove(site, candidate, colleague)
        press(page, "Submit review")
        expect(page.get_by_role("heading", name=GONE)).to_be_visible()
        check_page(page, "a reviewer who was removed")
        check_layout(page)
        for path in (home(candidate), page_of(candidate), f"{home(candidate)}/compare"):
            answer = page.goto(path)
            expect(page.get_by_role("heading", name=GONE)).to_be_visible()
            assert answer and QUESTIONS[0] not in answer.text()
        page.get_by_role("link", name="Your reviews").click()
        expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()


@pytest.mark.parametrize("who", ["candidate", "recruiter", "other"])
def test_nobody_else_sees_these_pages(site: Site, who: str) -> None:
    """Neither another candidate of the interview, nor another recruiter, nor its own."""
    first, second = compared(site, "One of mine", "One of theirs")
    save(site, first.recruiter, first, "Hire them.")
    people = {
        "candidate": first.email,
        "recruiter": first.recruiter,
        "other": site.person("recruiter"),
    }
    paths = [home(first), page_of(first), page_of(second), f"{home(first)}/compare", "/reviews"]
    with site.device() as page:
        site.sign_in(page, people[who])
        for path in paths:
            answer = page.goto(path)
            told_so = GONE if path != "/reviews" else "Nothing to review"
            expect(page.get_by_role("heading", name=told_so)).to_be_visible()
            if who != "recruiter":
                assert answer and not re.search(
                    f"One of theirs|Hire them|{second.email}", answer.text() + page.content()
                )


def test_who_is_a_candidate_elsewhere_finds_only_their_own(site: Site) -> None:
    """What they review shows nowhere among their own interviews, nor the other way round."""
    (judged,) = compared(site, "Theirs")
    colleague = reviewer(site, judged)
    own = site.interview(colleague, questions=["Mine?"], response_kinds=["text"])
    caller = site.api(colleague)
    demo.value(caller.call("accept_invite", code=own.codes[colleague]))
    with site.device() as page:
        site.sign_in(page, colleague)
        expect(page.get_by_role("link", name=own.title)).to_be_visible()
        expect(page.get_by_role("main")).not_to_contain_text(judged.interview.title)
        page.goto(f"/candidates/interviews/{judged.interview.id}")
        expect(page.get_by_text("You haven’t joined this interview.")).to_be_visible()
        page.goto(f"/recruiters/{judged.interview.id}")
        expect(page.get_by_text("This interview doesn’t exist")).to_be_visible()
        page.goto(judged.page)
        expect(page.get_by_text("This candidate doesn’t exist")).to_be_visible()
        page.goto(f"/recruiters/{judged.interview.id}/try")
        expect(page.get_by_text("This interview doesn’t exist")).to_be_visible()
        page.goto("/recruiters")
        expect(page.get_by_role("main")).not_to_contain_text(judged.interview.title)
        page.goto("/reviews")
        expect(page.get_by_role("main")).not_to_contain_text(own.title)
        expect(page.get_by_role("main")).to_contain_text(judged.interview.title)


def test_a_recruiter_reviews_too(site: Site) -> None:
    """There is room for all three sections, and neither page has what belongs on the other."""
    (judged,), (own,) = compared(site, "Theirs"), compared(site, "Mine")
    assert ask(site, judged, own.recruiter) == ["invited"]
    with site.device(PHONE) as page:
        site.sign_in(page, own.recruiter, "/reviews")
        sections = page.get_by_role("navigation", name="Main").get_by_role("link")
        expect(sections).to_have_text(["My interviews", "Reviews", "Recruiting"])
        expect(page.get_by_role("main")).to_contain_text(judged.interview.title)
        expect(page.get_by_role("main")).not_to_contain_text(own.interview.title)
        check_page(page, "three sections")
        check_layout(page)
        page.set_viewport_size({"width": 320, "height": 640})
        assert layout_of(page).faults == []
        page.goto("/")
        expect(page).to_have_url(site.url("/recruiters"))
        expect(page.get_by_role("main")).to_contain_text(own.interview.title)
        expect(page.get_by_role("main")).not_to_contain_text(judged.interview.title)


def test_all_of_it_works_by_the_keyboard_on_a_phone(site: Site) -> None:
    (candidate,) = compared(site, "One")
    reviewed_by(site, candidate, DEPTH)
    colleague = reviewer(site, candidate)
    with site.device(PHONE) as page:
        site.sign_in(page, colleague, "/reviews")
        tab_to(page, candidate.interview.title, "link")
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_count(1)
        tab_to(page, "Candidate 1", "link")
        page.keyboard.press("Enter")
        wait_until_usable(page)
        criterion(page, DEPTH).get_by_role("radio").first.focus()
        page.keyboard.press("ArrowDown")
        press_by_key(page, "Submit review")
        told(page, "Review submitted.")
        expect(page.get_by_role("button", name="Save changes")).to_be_focused()
