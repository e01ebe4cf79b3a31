"""A recruiter tries an interview as a candidate, and nothing of it is stored or sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Request, expect

from local import demo
from tests.browser.answering import (
    agree,
    begin_by_key,
    card,
    finish,
    press,
    press_by_key,
    record,
    start,
    tab_to,
)
from tests.browser.site import ON_BOTH, Interview, Site, check_page

THINK, PLAY, EXTRA = "Who are you?", "What did you build?", "Anything else?"
SETTINGS = {
    THINK: {"required": True, "max_seconds": 10, "max_takes": 2, "preparation_seconds": 2},
    PLAY: {"required": True, "max_seconds": 30, "max_takes": 1},
    EXTRA: {"required": False, "max_seconds": 60, "max_takes": 3},
}
# Wherever something of a trial could be.
TABLES = (
    "public.interview_participants",
    "public.interview_responses",
    "private.response_takes",
    "private.consents",
    "private.access_log",
    "private.jobs",
    "storage.objects",
)
KEPT = """async () => [
  JSON.stringify(localStorage),
  JSON.stringify(sessionStorage),
  (await indexedDB.databases()).length,
  (await caches.keys()).length,
]"""


def made(
    site: Site, *kinds: str, questions: tuple[str, ...] = (THINK, PLAY, EXTRA), invited: str = ""
) -> tuple[str, Interview]:
    """A recruiter and their interview."""
    recruiter = site.person("recruiter")
    interview = site.interview(
        *([invited] if invited else []),
        recruiter=recruiter,
        questions=list(questions),
        question_settings=[SETTINGS[question] for question in questions],
        response_kinds=list(kinds),
    )
    return recruiter, interview


def path_of(interview: Interview) -> str:
    return f"/recruiters/{interview.id}/try"


def counts(site: Site) -> list[str]:
    """How many rows there are of all that answering writes."""
    return [site.sql(f"select count(*) from {table}").strip() for table in TABLES]


@contextmanager
def nothing_left(site: Site, page: Page) -> Iterator[None]:
    """Nothing is stored meanwhile, neither in the database nor here, and nothing is sent."""
    sent: list[str] = []

    def note(request: Request) -> None:
        supabase = request.url.startswith(site.environment.supabase_url)
        reads = request.method in ("GET", "HEAD", "OPTIONS") and "/storage/" not in request.url
        # It writes nothing.
        settings = request.url.endswith("/rpc/response_settings")
        if supabase and not reads and not settings:
            sent.append(f"{request.method} {request.url}")

    before = (counts(site), page.evaluate(KEPT))
    page.on("request", note)
    yield
    page.remove_listener("request", note)
    assert sent == []
    assert (counts(site), page.evaluate(KEPT)) == before


def expect_trial(page: Page) -> None:
    """It is said in sight that nothing counts."""
    expect(page.get_by_text("This is a trial. Nothing is stored or sent.")).to_be_in_viewport()


@ON_BOTH
def test_the_whole_trial(camera_site: Site, viewport: dict[str, int]) -> None:
    site = camera_site
    # Closed, and its deadline has passed: it can be tried all the same.
    recruiter, interview = made(site, "video", "audio", "text")
    past = "status = 'inactive', deadline = now() - interval '2 days'"
    site.sql(f"update interviews set {past} where id = '{interview.id}'")
    with site.device(viewport) as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}")
        page.get_by_role("link", name="Try as a candidate").first.click()
        page.wait_for_url(site.url(path_of(interview)))
        expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
        with nothing_left(site, page):
            whole_trial(page)
        page.get_by_role("link", name="Back to the interview").click()
        page.wait_for_url(site.url(f"/recruiters/{interview.id}"))
        expect(page.get_by_role("heading", name=interview.title)).to_be_visible()


def whole_trial(page: Page) -> None:
    """From what comes to the receipt, and once more."""
    expect_trial(page)
    expect(page.get_by_text(THINK)).to_have_count(0)
    expect(page.get_by_text("answer questions 1 and 2.")).to_be_visible()
    check_page(page, "what comes in a trial")
    press(page, "Start answering")
    check_page(page, "consent in a trial")
    agree(page)
    expect(page.get_by_role("heading", name="Check your camera")).to_be_focused()
    press(page, "Practise for five seconds")
    expect(page.get_by_label("Your practice take")).to_be_visible()
    expect_trial(page)
    check_page(page, "the check of the devices in a trial")
    press(page, "All is well, go on")

    # Time to prepare, the countdown, and an end by itself.
    press(page, "Show the question")
    expect(page.get_by_role("heading", name=THINK)).to_be_visible()
    expect(page.get_by_text("Starts in")).to_be_visible()
    expect(page.get_by_text("Recording · ")).to_be_visible()
    expect_trial(page)
    expect(page.get_by_text("The time was up")).to_be_visible()
    expect(page.get_by_text("If you use it, you have 1 more take.")).to_be_visible()
    plays(page, "Your answer")
    check_page(page, "a recording to watch in a trial")
    press(page, "Use this answer")
    expect(page.get_by_role("heading", name=PLAY)).to_be_visible()
    press(page, "All questions")
    expect(card(page, THINK)).to_contain_text("Answered")
    expect(card(page, THINK)).to_contain_text("1 more take")
    expect(page.get_by_text("answer question 2.")).to_be_visible()

    # The second and last take.
    press(page, "Change: question 1")
    press(page, "Record again")
    press(page, "Show the question")
    press(page, "Start recording now")
    expect(page.get_by_text("Recording · ")).to_be_visible()
    page.wait_for_timeout(1500)
    press(page, "Stop")
    expect(page.get_by_text("it is your last take")).to_be_visible()
    press(page, "Use this answer")
    expect(page.get_by_role("heading", name=PLAY)).to_be_visible()

    page.get_by_role("radio", name="Write").check()
    page.get_by_label("Your answer").fill("A bakery.")
    expect(page.get_by_text("Saved at")).to_be_visible()
    check_page(page, "text in a trial")
    press(page, "Save and go on")
    expect(page.get_by_role("heading", name=EXTRA)).to_be_visible()
    press(page, "All questions")
    expect(card(page, THINK)).to_contain_text("no takes left")
    expect(card(page, PLAY)).to_contain_text("Answered")
    press(page, "Watch your answer to question 1")
    plays(page)
    with page.expect_download() as downloading:
        press(page, "Download your answer to question 1")
    assert downloading.value.suggested_filename == "answer-1.webm"
    assert downloading.value.path().stat().st_size > 1000
    expect_trial(page)
    check_page(page, "all answered in a trial")
    finish(page)
    expect(page.get_by_text("2 answers, on")).to_be_visible()
    page.get_by_text("Read your answer").click()
    expect(page.get_by_text("A bakery.")).to_be_visible()
    expect_trial(page)
    check_page(page, "the receipt of a trial")
    page.get_by_text("My data").click()
    press(page, "Delete my answers")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You deleted your answers.")).to_be_visible()

    press(page, "Start again")
    expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
    press(page, "Withdraw")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("You have withdrawn from this interview.")).to_be_visible()


def plays(page: Page, label: str = "") -> None:
    """The player has something to play."""
    player = page.get_by_label(label, exact=True) if label else page.locator("video[src]")
    expect(player).to_be_visible()
    expect(player).to_have_js_property("error", None)
    expect(player).to_have_js_property("readyState", 4)


@pytest.mark.proof
def test_a_trial_by_keyboard_alone_with_sound(camera_site: Site) -> None:
    recruiter, interview = made(camera_site, "audio", questions=(THINK,))
    with camera_site.device() as page:
        camera_site.sign_in(page, recruiter, path_of(interview))
        expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
        with nothing_left(camera_site, page):
            begin_by_key(page)
            begin = page.get_by_role("button", name="Show the question")
            expect(begin).not_to_have_attribute("aria-disabled", "true")
            press_by_key(page, "Show the question")
            expect(page.get_by_role("button", name="Stop")).to_be_focused()
            expect(page.get_by_text("The time was up")).to_be_visible()
            press_by_key(page, "Use this answer")
            expect(card(page, THINK)).to_contain_text("Answered")
            press_by_key(page, "Submit my answers")
            press_by_key(page, "Submit")
            expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
            tab_to(page, "Back to the interview", "link")
        page.keyboard.press("Enter")
        page.wait_for_url(camera_site.url(f"/recruiters/{interview.id}"))


def test_leaving_a_trial_in_the_middle_leaves_nothing(camera_site: Site) -> None:
    """Neither does a reload, nor a crash would: there is nothing to find."""
    recruiter, interview = made(camera_site, "video", questions=(PLAY,))
    with camera_site.device() as page:
        page.on("dialog", lambda dialog: dialog.accept())
        camera_site.sign_in(page, recruiter, path_of(interview))
        press(page, "Start answering")
        expect(page.get_by_role("heading", name="Before you record")).to_be_visible()
        with nothing_left(camera_site, page):
            agree(page)
            go_on = page.get_by_role("button", name="All is well, go on")
            expect(go_on).not_to_have_attribute("aria-disabled", "true")
            go_on.click()
            record(page, 1.5)
            page.reload()
            expect(page.get_by_role("heading", name="Before you record")).to_be_visible()
            agree(page)
            start(page)
            page.get_by_role("link", name="Back to the interview").click()
            page.wait_for_url(camera_site.url(f"/recruiters/{interview.id}"))
            page.get_by_role("link", name="Try as a candidate").first.click()
            expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
            expect(page.get_by_text("not sent yet")).to_have_count(0)


def test_what_the_recruiter_changes_shows_in_the_trial(camera_site: Site) -> None:
    recruiter, interview = made(camera_site, "text", questions=(PLAY,))
    with camera_site.device() as page:
        camera_site.sign_in(page, recruiter, path_of(interview))
        press(page, "Start answering")
        expect(page.get_by_role("heading", name=PLAY)).to_be_visible()
        camera_site.sql(
            "update interview_questions set question = 'What is new?' "
            f"where interview_id = '{interview.id}'"
        )
        page.reload()
        expect(page.get_by_role("heading", name="What is new?")).to_be_visible()


def test_nobody_tries_an_interview_of_others(camera_site: Site) -> None:
    """Not even a candidate of it, who may read it."""
    site = camera_site
    candidate = site.person()
    recruiter, interview = made(site, "video", invited=candidate)
    demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
    paths = [path_of(interview), "/recruiters/nothing/try"]
    for email, path in [
        (candidate, paths[0]),
        (site.person("stranger"), paths[0]),
        (recruiter, paths[1]),
    ]:
        with site.device() as page:
            site.sign_in(page, email, path)
            expect(page.get_by_text("This interview doesn’t exist")).to_be_visible()
            expect(page.get_by_text("This is a trial")).to_have_count(0)
            assert interview.title not in page.content()
            check_page(page, "a trial of nothing")
    with site.device() as page:
        page.goto(paths[0])
        page.wait_for_url(re.compile("/login"))
