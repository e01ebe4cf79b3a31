"""A candidate's page, as their recruiter watches and reads the answers on it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from local import demo
from tests.browser.answers import QUESTIONS, TEXT, answered, answering
from tests.browser.one_interview import told
from tests.browser.site import Site, check_page
from tests.browser.watching import BYTES, entry, second, visit
from tests.kit.waiting import eventually

OPEN = "**/rest/v1/rpc/open_responses"


def shown(page: Page, question: str) -> None:
    """The question that is open."""
    answer = page.get_by_role("region", name="Answer")
    expect(answer.get_by_role("heading", name=question)).to_be_visible()


def play(page: Page) -> Locator:
    """Press the button, and wait until something was played; returns the player."""
    page.get_by_role("button", name="Play", exact=True).click()
    player = page.get_by_label("Recording")
    expect(player).to_be_visible()
    eventually(lambda: second(player) > 0.5, told=lambda: f"it stands at {second(player)}")
    return player


def pass_six_minutes(page: Page) -> None:
    """Set the page's clock forward."""
    page.evaluate("const now = Date.now; Date.now = () => now() + 360_000")


@contextmanager
def links_asked_for(page: Page) -> Iterator[list[str]]:
    """The calls that ask for a link."""
    calls: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and "open_responses" in request.url:
            calls.append(request.url)

    page.on("request", note)
    yield calls
    page.remove_listener("request", note)


# ---- watching and reading ------------------------------------------------------------------------


def test_answers_are_watched_and_read(site: Site) -> None:
    candidate = answered(site)
    reworded = "Why did you leave your last employer?"
    site.sql(
        f"update interview_questions set question = '{reworded}' "
        f"where id = '{candidate.questions[1]}'"
    )
    with site.device() as page, links_asked_for(page) as links:
        site.sign_in(page, candidate.recruiter, f"/recruiters/{candidate.interview.id}")
        row = page.get_by_role("table", name="Candidates").get_by_role("row").nth(1)
        expect(row).to_contain_text("3 of 4")
        expect(row.get_by_text("Completed").first).to_be_visible()
        check_page(page, "an interview with answers")
        row.get_by_role("link", name=candidate.email).click()
        expect(page).to_have_url(site.url(candidate.page))
        expect(page).to_have_title("Candidate · HireVision")

        shown(page, QUESTIONS[0])
        expect(page.get_by_text("Take 1")).to_be_visible()
        expect(page.get_by_text("Recorded")).to_be_visible()
        expect(entry(page, QUESTIONS[0])).to_contain_text("Not watched yet")
        expect(entry(page, QUESTIONS[3])).to_contain_text("Not answered")
        check_page(page, "a candidate")
        assert links == []

        player = play(page)
        expect(entry(page, QUESTIONS[0])).to_contain_text("Watched")
        expect(entry(page, QUESTIONS[2])).to_contain_text("Not watched yet")
        page.get_by_role("radio", name="2×").check()
        assert player.evaluate("media => media.playbackRate") == 2
        check_page(page, "a recording is played")
        assert len(links) == 1

        # The text, as it was asked.
        page.get_by_role("link", name="Next question").click()
        shown(page, QUESTIONS[1])
        expect(page.get_by_text("And another one called.")).to_be_visible()
        expect(page.get_by_text(reworded)).to_be_visible()
        expect(entry(page, QUESTIONS[1])).to_contain_text("Read")
        check_page(page, "an answer in text")

        # The speed stays.
        entry(page, QUESTIONS[2]).click()
        shown(page, QUESTIONS[2])
        expect(page.get_by_text("Audio")).to_be_visible()
        player = play(page)
        assert player.evaluate("media => [media.tagName, media.playbackRate]") == ["AUDIO", 2]
        check_page(page, "a sound is played")
        entry(page, QUESTIONS[3]).click()
        shown(page, QUESTIONS[3])
        expect(page.get_by_role("region", name="Answer")).to_contain_text("Not answered")
        expect(page.get_by_role("link", name="Next question")).to_have_count(0)

        # What was seen is kept, and what is open stands in the address.
        expect(page).to_have_url(re.compile(r"\?question=4$"))
        page.reload()
        shown(page, QUESTIONS[3])
        expect(entry(page, QUESTIONS[0])).to_contain_text("Watched")
        expect(entry(page, QUESTIONS[2])).to_contain_text("Watched")
        assert len(links) == 2
    watched = site.sql(
        "select count(*) from private.access_log l join interview_responses r "
        f"on r.id = l.response_id where r.participant_id = '{candidate.participant}'"
    )
    assert watched.strip() == "2"


def test_all_of_it_works_by_the_keyboard(site: Site) -> None:
    candidate = answered(site)
    with site.device() as page:
        visit(site, page, candidate)
        page.keyboard.press("j")
        shown(page, QUESTIONS[1])
        expect(page.get_by_role("heading", name=QUESTIONS[1])).to_be_focused()
        page.keyboard.press("j")
        # Where it can be played at once.
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        player = page.get_by_label("Recording")
        expect(player).to_be_focused()
        eventually(lambda: second(player) > 0.5)
        page.keyboard.press("Space")
        eventually(lambda: player.evaluate("media => media.paused"))
        page.keyboard.press("j")
        shown(page, QUESTIONS[3])
        page.keyboard.press("j")
        for question in reversed(QUESTIONS[:3]):
            page.keyboard.press("k")
            shown(page, question)
        page.keyboard.press("k")
        shown(page, QUESTIONS[0])

        # Not behind a dialog, nor once they are turned off.
        page.get_by_role("button", name="Extra takes and time").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        shown(page, QUESTIONS[0])
        page.get_by_role("checkbox", name="Keys").uncheck()
        page.keyboard.press("j")
        page.reload()
        expect(page.get_by_role("checkbox", name="Keys")).not_to_be_checked()
        page.keyboard.press("j")
        page.get_by_role("checkbox", name="Keys").check()
        shown(page, QUESTIONS[0])
        page.keyboard.press("j")
        shown(page, QUESTIONS[1])


def test_a_page_comes_with_its_data(site: Site) -> None:
    candidate = answered(site)
    with site.device() as page:
        site.sign_in(page, candidate.recruiter, "/recruiters")
        page.wait_for_load_state("networkidle")
        calls: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith(site.environment.supabase_url):
                calls.append(request.url)

        page.on("request", note)
        page.goto(f"{candidate.page}?question=2")
        expect(page.get_by_text("And another one called.")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert calls == []


# ---- links ---------------------------------------------------------------------------------------


@contextmanager
def only_the_beginning(page: Page) -> Iterator[Callable[[], bool]]:
    """What plays in the block plays the beginning; then Storage refuses the first link for good.

    Returns whether there is a second link, which works.
    """
    asked: list[str] = []
    held: list[Route] = []
    over = False

    def answer(route: Route) -> None:
        url, headers = route.request.url, route.request.headers
        asked.append(url)
        if len(asked) == 1:
            route.continue_(headers={**headers, "range": "bytes=0-199999"})
        elif url != asked[0] or int(headers["range"][len("bytes=") : -1]) > 400_000:
            # By the second link, or the index at the end of the file.
            route.continue_()
        elif over:
            route.continue_(url=f"{asked[0]}x")
        else:
            held.append(route)

    page.route(BYTES, answer)
    yield lambda: asked[-1] != asked[0]
    over = True
    for route in held:
        route.continue_(url=f"{asked[0]}x")


def goes_on(page: Page, player: Locator, links: list[str]) -> None:
    """It plays what was refused, from there on."""
    eventually(lambda: second(player) > 6, told=lambda: f"it is at {second(player)}")
    assert player.evaluate("media => media.played.start(0)") > 3
    expect(page.locator("[data-slug]")).to_have_count(0)
    assert len(links) == 2


def test_a_link_that_is_over_is_renewed_at_the_same_second(site: Site) -> None:
    """By the clock, once the player waits: by itself it would try again for half a minute."""
    candidate = answered(site)
    with site.device() as page, links_asked_for(page) as links:
        visit(site, page, candidate)
        with only_the_beginning(page) as is_renewed:
            player = play(page)
            pass_six_minutes(page)
        # Asking the player lets Playwright answer what the page asks for meanwhile.
        eventually(lambda: second(player) >= 0 and is_renewed())
        goes_on(page, player, links)


@pytest.mark.proof  # half a minute
def test_a_player_that_fails_goes_on_at_the_same_second(site: Site) -> None:
    """Whatever the clock says. Chromium fails after its own attempts, which take half a minute."""
    candidate = answered(site)
    with site.device() as page, links_asked_for(page) as links:
        visit(site, page, candidate)
        with only_the_beginning(page) as is_renewed:
            player = play(page)
        eventually(lambda: second(player) >= 0 and is_renewed())
        goes_on(page, player, links)


def test_a_link_that_is_over_is_renewed_when_it_is_used(site: Site) -> None:
    candidate = answered(site)
    with site.device() as page, links_asked_for(page) as links:
        visit(site, page, candidate)
        player = play(page)
        # A link of the same second would be the same.
        eventually(lambda: second(player) > 1.5)
        # Far from the end, however long that took.
        player.evaluate("media => { media.pause(); media.currentTime = 1; }")
        at = second(player)
        before = player.get_attribute("src")
        pass_six_minutes(page)
        player.evaluate("media => media.play()")
        eventually(lambda: player.get_attribute("src") != before)
        eventually(lambda: second(player) > at + 0.5)
        # Never from the start.
        assert player.evaluate("media => media.played.start(0)") >= at
        assert not player.evaluate("media => media.paused") and len(links) == 2


# ---- before submitting, and instead of it --------------------------------------------------------


def test_what_is_not_submitted_is_counted_and_never_shown(site: Site) -> None:
    candidate = answering(site, deadline="2030-01-31T17:00:00Z")
    candidate.write(2)
    with site.device() as page:
        visit(site, page, candidate)
        expect(page.get_by_text("1 of 4 answered, not submitted")).to_be_visible()
        expect(page.get_by_role("navigation", name="Questions")).to_have_count(0)
        assert TEXT.splitlines()[0] not in page.content()
        check_page(page, "not submitted")
        page.get_by_role("button", name="Change the deadline").click()
        field = page.get_by_role("dialog").get_by_label("Deadline")
        field.fill("2031-07-31T17:00")
        page.get_by_role("button", name="Save").click()
        told(page, "Deadline saved.")
        expect(page.get_by_text("31 July 2031")).to_be_visible()
    assert "2031" in site.sql(
        f"select deadline from interviews where id = '{candidate.interview.id}'"
    )


def test_withdrawn_and_expired_answers(site: Site) -> None:
    candidate = answering(site)
    candidate.write(2)
    candidate.end("withdraw_from_interview")
    with site.device() as page:
        visit(site, page, candidate)
        expect(page.get_by_text("They have withdrawn.")).to_be_visible()
        check_page(page, "withdrawn")
    old = answered(site)
    site.sql(
        f"delete from interview_responses where participant_id = '{old.participant}'; "
        "update interview_participants set responses_expired_at = '2026-01-31T12:00:00Z' "
        f"where id = '{old.participant}'"
    )
    with site.device() as page:
        visit(site, page, old)
        expect(page.get_by_text("Answers were deleted on 31 January 2026")).to_be_visible()


def test_extra_takes_and_time_are_given(site: Site) -> None:
    candidate = answering(site)
    with site.device() as page:
        visit(site, page, candidate)
        expect(page.get_by_text("None given.")).to_be_visible()
        page.get_by_role("button", name="Extra takes and time").click()
        dialog = page.get_by_role("dialog", name="Extra takes and time")
        dialog.get_by_label("Extra takes").select_option("2")
        dialog.get_by_label("Time per recording").select_option("1.5")
        check_page(page, "extra takes and time")
        dialog.get_by_role("button", name="Save").click()
        expect(page.get_by_text("2 extra takes per question, 1.5 times the time.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("2 extra takes per question, 1.5 times the time.")).to_be_visible()
    take = demo.value(
        candidate.api.call(
            "start_response", question_id=candidate.questions[0], mime_type="video/webm"
        )
    )
    assert (take["max_seconds"], take["takes_left"]) == (270, 4)


def test_nobody_else_sees_a_candidate(site: Site) -> None:
    """Neither another recruiter nor the candidate."""
    candidate = answered(site)
    for email in (site.person("recruiter"), candidate.email):
        with site.device() as page:
            site.sign_in(page, email)
            for path in (candidate.page, candidate.page[:-1] + "x"):
                answer = page.goto(path)
                expect(page.get_by_text("This candidate doesn’t exist")).to_be_visible()
                assert answer and TEXT.splitlines()[0] not in answer.text()
            check_page(page, "nobody's candidate")
