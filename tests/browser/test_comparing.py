"""The page that compares the answers of all candidates to one question."""

import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.answering import press
from tests.browser.answers import QUESTIONS, Answering, answering, submitted
from tests.browser.layout import check_layout
from tests.browser.reviewers import compared
from tests.browser.site import ON_BOTH, PHONE, Site, check_page
from tests.browser.test_reviewing import CLARITY, DEPTH, reviewed_by, save

MARKUP = '<img src="x" onerror="alert(1)"> & ليلى'


def path_of(candidate: Answering, question: int = 1) -> str:
    """Where the answers to this question are compared."""
    question_id = candidate.questions[question - 1]
    return f"/recruiters/{candidate.interview.id}/compare?question={question_id}"


def cards(page: Page) -> Locator:
    """The candidates, in their order."""
    return page.get_by_role("region").get_by_role("listitem")


def shown(page: Page, question: str) -> None:
    """The question that is open."""
    expect(page.get_by_role("region").get_by_role("heading", name=question)).to_be_visible()


@ON_BOTH
def test_all_answers_to_a_question_in_the_order_of_joining(
    site: Site, viewport: dict[str, int]
) -> None:
    first, second, third = compared(site, "Late, in a bridge.", "", MARKUP)
    reviewed_by(site, first, DEPTH, CLARITY)
    save(site, first.recruiter, first, "Hire them.", **{DEPTH: 4, CLARITY: 1})
    save(site, first.recruiter, third, MARKUP, **{DEPTH: 2})
    with site.device(viewport) as page:
        site.sign_in(page, first.recruiter, f"/recruiters/{first.interview.id}")
        page.get_by_role("link", name="Compare answers").click()
        shown(page, QUESTIONS[0])
        # Neither by who was submitted first nor by levels.
        for card, candidate in zip(cards(page).all(), (first, second, third), strict=True):
            expect(card).to_contain_text(candidate.email)
        expect(cards(page).nth(0)).to_contain_text("Late, in a bridge.")
        expect(cards(page).nth(0)).to_contain_text("Shown convincingly")
        expect(cards(page).nth(0)).to_contain_text("Hire them.")
        expect(cards(page).nth(0)).to_contain_text("Submitted on")
        expect(cards(page).nth(1)).to_contain_text("Not answered")
        expect(cards(page).nth(1)).to_contain_text("Not begun.")
        expect(cards(page).nth(2)).to_contain_text("A draft, not submitted yet.")
        # Text, whatever it looks like.
        expect(cards(page).nth(2).get_by_text(MARKUP)).to_have_count(2)
        check_page(page, "compared answers")
        check_layout(page)

        page.keyboard.press("j")
        shown(page, QUESTIONS[1])
        expect(page.get_by_role("heading", name=QUESTIONS[1])).to_be_focused()
        expect(page).to_have_url(re.compile(f"question={first.questions[1]}$"))
        expect(page.get_by_text("Not answered")).to_have_count(3)
        page.keyboard.press("k")
        expect(cards(page).nth(0)).to_contain_text("Late, in a bridge.")
        page.get_by_role("link", name="Next question").click()
        page.reload()
        shown(page, QUESTIONS[1])
        page.get_by_role("link", name=third.email).click()
        expect(page.get_by_role("heading", name=third.email)).to_be_visible()
        expect(page.get_by_role("region", name="Answer")).to_contain_text(QUESTIONS[1])


def test_it_comes_with_its_data_and_asks_for_links_on_demand(site: Site) -> None:
    candidate = answering(site)
    candidate.record(1)
    candidate.end()
    with site.device() as page:
        site.sign_in(page, candidate.recruiter)
        calls: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith(site.environment.supabase_url):
                calls.append(request.url)

        page.on("request", note)
        page.goto(path_of(candidate))
        expect(cards(page)).to_have_count(1)
        page.wait_for_load_state("networkidle")
        assert calls == []
        press(page, "Play")
        player = cards(page).get_by_label("Recording")
        expect(player).to_be_focused()
        assert [call for call in calls if "open_responses" in call]
        page.get_by_role("radio", name="2×").check()
        expect(player).to_have_js_property("playbackRate", 2)
        site.sql(
            f"update interview_questions set question = 'Now reworded?' "
            f"where id = '{candidate.questions[0]}'"
        )
        page.reload()
        expect(cards(page)).to_contain_text(f"They were asked: {QUESTIONS[0]}")
        check_page(page, "a recording among compared answers")
        check_layout(page)


def test_others_reviews_show_where_ones_own_is_submitted(site: Site) -> None:
    first, second = compared(site, "One", "Two")
    reviewed_by(site, first, DEPTH)
    for candidate in (first, second):
        save(site, first.recruiter, candidate, "By the first", **{DEPTH: 4})
    successor = site.person("recruiter")
    of = "(select id from auth.users where email = '{}')".format
    site.sql(f"select transfer_interviews({of(first.recruiter)}, {of(successor)})")
    former, first.recruiter = first.recruiter, successor
    save(site, successor, first, "By the second", **{DEPTH: 1})
    with site.device() as page:
        site.sign_in(page, successor, path_of(first))
        expect(cards(page).nth(0)).to_contain_text("By the first")
        expect(cards(page).nth(0)).to_contain_text("By the second")
        expect(cards(page).nth(1)).not_to_contain_text("By the first")
        check_page(page, "compared answers with others' reviews")
        check_layout(page)
    for email in (former, first.email):
        with site.device() as page:
            site.sign_in(page, email)
            answer = page.goto(path_of(first))
            expect(page.get_by_text("This interview doesn’t exist")).to_be_visible()
            assert answer and "By the" not in answer.text() + page.content()


def test_many_candidates_come_in_pages(site: Site) -> None:
    candidate = submitted(site)
    site.sql(f"""
        create temporary table others as
          select n, gen_random_uuid() as user_id, gen_random_uuid() as id
          from generate_series(1, 44) n;
        insert into auth.users (id, aud, role, email, email_confirmed_at, is_anonymous, is_sso_user,
            raw_user_meta_data, raw_app_meta_data)
          select user_id, 'authenticated', 'authenticated', user_id || '@example.com', now(),
            false, false, '{{}}', '{{}}' from others;
        set session_replication_role = replica;
        insert into interview_participants (id, interview_id, recruiter_id, user_id, status,
            joined_at, completed_at)
          select o.id, p.interview_id, p.recruiter_id, o.user_id, 'completed',
            p.joined_at + (n + 1) / 2 * interval '1 minute', now()
          from others o, interview_participants p where p.id = '{candidate.participant}';
        insert into interview_responses (interview_id, recruiter_id, participant_id, user_id,
            question_id, question, kind, take, status, answer, uploaded_at, submitted_at)
          select r.interview_id, r.recruiter_id, o.id, o.user_id, r.question_id, r.question,
            'text', 1, 'uploaded', 'Answer ' || n, now(), now()
          from others o, interview_responses r where r.participant_id = '{candidate.participant}'
    """)
    with site.device(PHONE) as page:
        site.sign_in(page, candidate.recruiter, path_of(candidate))
        expect(cards(page)).to_have_count(20)
        expect(cards(page).nth(0)).to_contain_text(candidate.email)
        seen = {*cards(page).all_inner_texts()}
        pages = page.get_by_role("navigation", name="Pages of candidates")
        for count in (20, 5):
            pages.get_by_role("button", name="Next").click()
            expect(cards(page).filter(has_text=seen.copy().pop())).to_have_count(0)
            expect(cards(page)).to_have_count(count)
            page.wait_for_timeout(200)
            seen |= {*cards(page).all_inner_texts()}
        assert len(seen) == 45
        # The same candidates, with the next question.
        page.keyboard.press("j")
        shown(page, QUESTIONS[1])
        expect(cards(page)).to_have_count(5)
        page.keyboard.press("k")
        pages.get_by_role("button", name="Previous").click()
        expect(cards(page)).to_have_count(20)
        page.reload()
        expect(cards(page)).to_have_count(20)
        check_page(page, "a page of many compared answers")


def test_it_works_by_the_keyboard(site: Site) -> None:
    first, _ = compared(site, "One", "Two")
    with site.device() as page:
        site.sign_in(page, first.recruiter, path_of(first))
        link = page.get_by_role("link", name=QUESTIONS[2])
        link.focus()
        page.keyboard.press("Enter")
        shown(page, QUESTIONS[2])
        page.get_by_role("checkbox", name="Keys").uncheck()
        page.keyboard.press("k")
        page.wait_for_timeout(200)
        shown(page, QUESTIONS[2])


@pytest.mark.parametrize("question", ["", "?question=oops"])
def test_without_a_question_it_is_the_first(site: Site, question: str) -> None:
    (candidate,) = compared(site, "Only this.")
    with site.device() as page:
        site.sign_in(
            page, candidate.recruiter, f"/recruiters/{candidate.interview.id}/compare{question}"
        )
        shown(page, QUESTIONS[0])
        expect(cards(page)).to_contain_text("Only this.")
