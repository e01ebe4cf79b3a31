"""What others do shows without a reload, and moves nothing that somebody is about to click."""

import re

from playwright.sync_api import Page, expect

from local import demo
from tests.browser.answering import press
from tests.browser.answers import TEXT, answering, join
from tests.browser.layout import check_layout
from tests.browser.one_interview import told
from tests.browser.reviewers import ask, reviewer
from tests.browser.site import Site, check_page
from tests.browser.test_reviewing import (
    DEPTH,
    criterion,
    overall,
    review,
    reviewed_by,
    save,
    wait_until_usable,
)
from tests.kit.waiting import eventually

OUT_OF_DATE = "Out of date – update"
NEW_REVIEW = "1 new review – show"


def look(page: Page, read: str = "candidate_reviews", seconds: int = 10) -> None:
    """So much time passes that the page has looked whether something has changed, and read it."""
    with page.expect_response(lambda response: f"/{read}" in response.url):
        page.clock.run_for(seconds * 1000)
    page.wait_for_timeout(200)


def expect_waiting(page: Page, *texts: str) -> None:
    """The buttons that show what is new."""
    names = re.compile("– (show|update)$")
    expect(page.get_by_role("button", name=names)).to_have_text(list(texts))


def boxes(page: Page, region: str) -> list[list[float]]:
    """Where its controls are on the page, but for those that show what is new."""
    found: list[list[float]] = page.get_by_role("region", name=region).evaluate(
        """(region) => [...region.querySelectorAll("button, input, a")]
          .filter((control) => !control.closest("[role=status]"))
          .map((control) => {
            const { x, y, width, height } = control.getBoundingClientRect();
            return [x, y + scrollY, width, height];
          })"""
    )
    return found


def test_a_list_follows_what_others_do(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(title="As it was", recruiter=recruiter)
    with site.device() as page:
        page.clock.install()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.split("/")[-1]))
        site.sign_in(page, recruiter, "/recruiters")
        titles = page.get_by_role("list", name="Your interviews").get_by_role("heading")
        expect(titles).to_have_text(["As it was"])
        asked.clear()
        site.sql(f"update interviews set title = 'As it is' where id = '{interview.id}'")
        site.interview(title="Another", recruiter=recruiter)
        page.clock.run_for(10_000)
        # The row changes where it stands; the new one, which belongs above it, waits.
        expect(titles).to_have_text(["As it is"])
        page.wait_for_load_state("networkidle")
        assert asked.count("latest_change") == 1
        assert asked.count("list_interviews") == 1
        waiting = page.get_by_role("button", name="1 new – show")
        check_page(page, "one waits")
        waiting.click()
        expect(titles).to_have_text(["Another", "As it is"])
        expect(waiting).to_have_count(0)

        # Nothing has happened since: the list is not read again, and nobody asks in a hidden tab.
        asked.clear()
        page.clock.run_for(10_000)
        eventually(lambda: "latest_change" in asked)
        page.evaluate(
            "Object.defineProperty(document, 'visibilityState',"
            " { value: 'hidden', configurable: true })"
        )
        page.wait_for_load_state("networkidle")
        assert "list_interviews" not in asked
        asked.clear()
        page.clock.run_for(120_000)
        assert "latest_change" not in asked


def test_a_candidates_page_follows_what_others_do(site: Site) -> None:
    """For the recruiter. What would move the decision is told, and drawn when it is asked for."""
    candidate = answering(site, ["Why did you leave?"])
    colleague = reviewer(site, candidate)
    own = site.api(candidate.recruiter)
    with site.device() as page:
        page.clock.install()
        site.sign_in(page, candidate.recruiter, candidate.page)
        decision = page.get_by_role("region", name="Decision")
        expect(page.get_by_text("0 of 1 answered, not submitted")).to_be_visible()
        before = boxes(page, "Decision")
        candidate.write(1)
        look(page)
        expect(page.get_by_text("1 of 1 answered, not submitted")).to_be_visible()
        expect_waiting(page)
        candidate.end()
        look(page)
        expect_waiting(page, OUT_OF_DATE)
        expect(page.get_by_text("1 of 1 answered, not submitted")).to_be_visible()
        assert boxes(page, "Decision") == before
        check_page(page, "a candidate has submitted meanwhile")
        press(page, OUT_OF_DATE)
        expect(page.get_by_role("region", name="Answer")).to_contain_text(TEXT.splitlines()[0])
        expect_waiting(page)

        # What one has done oneself is no news.
        overall_note = review(page).get_by_label("Note")
        overall_note.fill("Mine")
        press(page, "Submit review")
        told(page, "Review submitted.")
        look(page)
        expect_waiting(page)

        overall_note.fill("Mine, and more")
        before = boxes(page, "Decision")
        save(site, colleague, candidate, "By a colleague")
        # Nor does it come with the focus, just before a click.
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        look(page)
        # At the top, and above the decision.
        expect_waiting(page, NEW_REVIEW, NEW_REVIEW)
        assert boxes(page, "Decision") == before
        assert "By a colleague" not in page.content()
        check_page(page, "a new review waits")
        check_layout(page)
        page.get_by_role("button", name=NEW_REVIEW).last.click()
        expect(page.get_by_role("region", name="Reviews by others")).to_contain_text(
            "By a colleague"
        )
        expect(overall_note).to_have_value("Mine, and more")
        expect_waiting(page)

        before = boxes(page, "Decision")
        demo.value(own.call("decide", participant_id=candidate.participant, decision="hold"))
        look(page)
        expect_waiting(page, OUT_OF_DATE, OUT_OF_DATE)
        assert boxes(page, "Decision") == before
        page.get_by_role("button", name=OUT_OF_DATE).first.click()
        expect(decision.get_by_role("radio", name="Hold")).to_be_checked()
        before = boxes(page, "Decision")
        demo.value(own.call("decide", participant_id=candidate.participant, decision="advance"))
        look(page)
        expect(decision.get_by_role("radio", name="Advance")).to_be_checked()
        expect_waiting(page)
        assert boxes(page, "Decision") == before
        expect(overall_note).to_have_value("Mine, and more")


def test_reviewers_pages_follow_and_stay_blind(site: Site) -> None:
    """Others' reviews are not announced before one's own is submitted."""
    recruiter, names = site.person("recruiter"), ("first", "second", "third")
    emails = [site.person(name) for name in names]
    interview = site.interview(*emails, recruiter=recruiter, response_kinds=["video", "text"])
    first, second = (join(site, recruiter, email, interview) for email in emails[:2])
    first.end()
    email, home = reviewer(site, first), f"/reviews/{interview.id}"
    with site.device() as page:
        page.clock.install()
        site.sign_in(page, email, f"{home}/candidates/{first.participant}")
        wait_until_usable(page)
        save(site, recruiter, first, "By the recruiter")
        look(page)
        expect_waiting(page)
        assert "By the recruiter" not in page.content()
        review(page).get_by_label("Note").fill("Mine")
        press(page, "Submit review")
        others = page.get_by_role("region", name="Reviews by others")
        expect(others).to_contain_text("By the recruiter")
        save(site, recruiter, first, "Thought over")
        look(page)
        expect_waiting(page, OUT_OF_DATE, OUT_OF_DATE)
        expect(others).to_contain_text("By the recruiter")
        page.get_by_role("button", name=OUT_OF_DATE).first.click()
        expect(others).to_contain_text("Thought over")
        review(page).get_by_label("Note").fill("Mine, and more")
        reviewed_by(site, first, DEPTH)
        look(page)
        expect_waiting(page, OUT_OF_DATE, OUT_OF_DATE)
        page.get_by_role("button", name=OUT_OF_DATE).first.click()
        expect(criterion(page, DEPTH)).to_be_visible()
        expect(overall(page)).to_have_value("Mine, and more")

        page.goto(home)
        rows = page.get_by_role("table", name="Candidates").get_by_role("row")
        expect(rows).to_have_count(3)
        before = boxes(page, "Candidates")
        second.end()
        third = join(site, recruiter, emails[2], interview)
        look(page, "interview_participants")
        expect(rows.nth(2)).to_contain_text("Not begun")
        expect_waiting(page, "1 new – show")
        assert boxes(page, "Candidates") == before
        check_page(page, "a reviewer's list, and one waits")
        check_layout(page)
        press(page, "1 new – show")
        expect(rows).to_have_count(4)

        page.goto(f"{home}/compare")
        cards = page.get_by_role("region").get_by_role("listitem")
        expect(cards).to_have_count(2)
        third.end()
        look(page, "interview_participants")
        expect_waiting(page, "1 new candidate – show")
        expect(cards).to_have_count(2)
        check_page(page, "one more can be compared")
        press(page, "1 new candidate – show")
        expect(cards).to_have_count(3)

        page.goto("/reviews")
        titles = page.get_by_role("list", name="Interviews to review").get_by_role("heading")
        expect(titles).to_have_text([interview.title])
        site.sql(f"update interviews set title = 'As it is' where id = '{interview.id}'")
        ask(site, answering(site, title="Another"), email)
        look(page, "join_reviews", seconds=60)
        expect(titles).to_have_text(["As it is"])
        check_page(page, "one more interview to review")
        press(page, "1 new – show")
        expect(titles).to_have_text(["Another", "As it is"])
        expect_waiting(page)


def test_who_joins_as_a_reviewer_moves_no_button(site: Site) -> None:
    candidate, colleague = answering(site), site.person("colleague")
    ask(site, candidate, colleague)
    with site.device() as page:
        page.clock.install()
        site.sign_in(page, candidate.recruiter, f"/recruiters/{candidate.interview.id}")
        section = page.get_by_role("region", name="Reviewers")
        expect(section).to_contain_text("Invited")
        before = boxes(page, "Reviewers")
        demo.value(site.api(colleague).call("join_reviews"))
        look(page, "interview_reviewers")
        expect_waiting(page, OUT_OF_DATE)
        assert boxes(page, "Reviewers") == before
        press(page, OUT_OF_DATE)
        expect(section).to_contain_text("Joined")
