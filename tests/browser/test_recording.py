"""Answering an interview: record, watch, send, submit; and nothing is lost on the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from local import demo
from tests.browser.answering import (
    QUESTIONS,
    agree,
    begin_by_key,
    card,
    finish,
    joined,
    press,
    press_by_key,
    record,
    rows,
    start,
)
from tests.browser.site import ON_BOTH, PHONE, Site, check_page
from tests.kit.waiting import eventually


@ON_BOTH
def test_the_whole_way_with_video(camera_site: Site, viewport: dict[str, int]) -> None:
    site = camera_site
    candidate = joined(site, "video", "audio", deadline="2030-01-31T17:00:00Z")
    with site.device(viewport) as page:
        site.sign_in(page, candidate.email, candidate.path)
        expect(page.get_by_role("heading", name="What to expect")).to_be_visible()
        expect(page.get_by_text("answer questions 1, 2 and 3")).to_be_visible()
        check_page(page, "what comes")
        press(page, "Start answering")

        expect(page.get_by_role("heading", name="Before you record")).to_be_focused()
        check_page(page, "consent")
        press(page, "Agree and go on")
        expect(page.get_by_text("Tick the first box to go on.")).to_be_visible()
        agree(page)

        expect(page.get_by_role("heading", name="Check your camera")).to_be_focused()
        press(page, "Practise for five seconds")
        expect(page.get_by_label("Your practice take")).to_be_visible()
        check_page(page, "the check of the devices")
        press(page, "All is well, go on")

        for number, question in enumerate(QUESTIONS, 1):
            expect(page.get_by_role("heading", name=question)).to_be_visible()
            record(page)
            if number == 1:
                check_page(page, "a recording to watch")
                # Thrown away before it was sent: it does not count.
                press(page, "Record again")
                page.get_by_role("dialog").get_by_role("button", name="Record again").click()
                record(page)
            press(page, "Use this answer")
        expect(page.get_by_role("heading", name="3 questions")).to_be_visible()
        for question in QUESTIONS:
            expect(card(page, question)).to_contain_text("Answered")
            expect(card(page, question)).to_contain_text("1 more take")
        check_page(page, "all answered")
        card(page, QUESTIONS[0]).get_by_role("button", name=re.compile("Watch")).click()
        watched(page)
        finish(page)
        expect(page.get_by_text("3 answers")).to_be_visible()
        check_page(page, "the receipt")
    sent = rows(site, candidate, "status, kind, size_bytes, duration_seconds, submitted_at")
    assert [row["status"] for row in sent] == ["discarded"] + ["uploaded"] * 3
    assert all(row["kind"] == "video" for row in sent)
    assert all(2 <= row["duration_seconds"] <= 30 and row["size_bytes"] for row in sent[1:])


# Where the button has been since it appeared, in pixels from the top of the page.
FOLLOW = """(name) => {
  window.tops = new Set();
  const look = () => {
    const button = [...document.querySelectorAll("button")].find((b) => b.textContent === name);
    if (button) window.tops.add(Math.round(button.getBoundingClientRect().top + window.scrollY));
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_no_button_moves_under_a_finger(camera_site: Site, kind: str) -> None:
    """The player comes after the buttons; a press on the way would miss them."""
    candidate = joined(camera_site, kind, consents=True, questions=["Who are you?"])
    with camera_site.device(PHONE) as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Answer: question 1")
        start(page)
        page.evaluate(FOLLOW, "Use this answer")
        # Long enough for a slice, which comes every second.
        page.wait_for_timeout(2500)
        press(page, "Stop")
        player = page.get_by_label("Your answer")
        expect(player).to_have_attribute("src", re.compile("^blob:"))
        page.wait_for_timeout(500)
        assert len(page.evaluate("[...window.tops]")) == 1
        press(page, "Use this answer")
        expect(card(page, "Who are you?")).to_contain_text("Answered")


def watched(page: Page) -> None:
    """What was uploaded plays, has a length, and can be played from anywhere."""
    video = page.locator("video[src]")
    expect(video).to_be_visible()
    # Not wait_for_function, which the Content-Security-Policy stops when it has to ask again.
    eventually(lambda: page.evaluate("document.querySelector('video[src]').readyState >= 1"))
    told = page.evaluate(
        """async () => {
          const video = document.querySelector("video[src]");
          const sought = new Promise((resolve) => { video.onseeked = resolve; });
          video.currentTime = 1;
          await sought;
          return [video.duration, video.currentTime];
        }"""
    )
    assert 2 <= told[0] <= 30 and told[1] >= 1


def test_the_whole_way_with_sound_by_keyboard_alone(camera_site: Site) -> None:
    candidate = joined(camera_site, "audio", questions=["Who are you?"])
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        begin_by_key(page)
        begin = page.get_by_role("button", name="Start recording")
        expect(begin).not_to_have_attribute("aria-disabled", "true")
        press_by_key(page, "Start recording")
        expect(page.get_by_role("button", name="Stop")).to_be_focused()
        page.wait_for_timeout(2500)
        page.keyboard.press("Enter")
        press_by_key(page, "Use this answer")
        expect(card(page, "Who are you?")).to_contain_text("Answered")
        press_by_key(page, "Submit my answers")
        press_by_key(page, "Submit")
        expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
    (sent,) = rows(camera_site, candidate, "status, mime_type, duration_seconds")
    assert (sent["status"], sent["mime_type"]) == ("uploaded", "audio/webm")
    assert 2 <= sent["duration_seconds"] <= 30


def test_the_whole_way_in_writing(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", "text", questions=["Who are you?", "Why us?"])
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Start answering")
        press(page, "Answer in writing instead")
        answer = page.get_by_label("Your answer")
        answer.fill("I am Carol.")
        expect(page.get_by_text("Saved at")).to_be_visible()
        check_page(page, "an answer in writing")
        page.reload()
        expect(answer).to_have_value("I am Carol.")
        # What did not get through is there again after a reload, and is sent.
        page.context.set_offline(True)
        answer.fill("I am Carol, a baker.")
        expect(page.get_by_text("HireVision can’t be reached.")).to_be_visible()
        expect(page.get_by_text("Not saved yet")).to_be_visible()
        page.context.set_offline(False)
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(answer).to_have_value("I am Carol, a baker.")
        expect(page.get_by_text("Saved at")).to_be_visible()
        press(page, "Save and go on")
        expect(page.get_by_role("heading", name="Why us?")).to_be_visible()
        answer.fill("Bread.")
        press(page, "Save and see all questions")
        finish(page)
        page.get_by_text("Read your answer").first.click()
        expect(page.get_by_text("I am Carol, a baker.")).to_be_visible()
    saved = rows(camera_site, candidate, "answer, submitted_at")
    assert [row["answer"] for row in saved] == ["I am Carol, a baker.", "Bread."]
    assert all(row["submitted_at"] for row in saved)


def test_time_to_prepare_and_a_recording_that_stops_by_itself(camera_site: Site) -> None:
    candidate = joined(
        camera_site,
        "video",
        consents=True,
        questions=["Who are you?"],
        settings={"preparation_seconds": 2, "max_seconds": 10, "max_takes": 1},
    )
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        expect(page.get_by_text("2 seconds to prepare")).to_be_visible()
        expect(page.get_by_text("Who are you?")).to_have_count(0)
        press(page, "Answer: question 1")
        expect(page.get_by_text("Who are you?")).to_have_count(0)
        press(page, "Show the question")
        expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
        expect(page.get_by_text("Starts in")).to_be_visible()
        expect(page.get_by_text("Recording · ")).to_be_visible()
        expect(page.get_by_text("The time was up")).to_be_visible()
        expect(page.get_by_text("it is your last take")).to_be_visible()
        press(page, "Use this answer")
        expect(card(page, "Who are you?")).to_contain_text("no takes left")
    (sent,) = rows(camera_site, candidate, "status, duration_seconds")
    assert sent["status"] == "uploaded" and 9 <= sent["duration_seconds"] <= 12


def test_more_time_and_takes_from_the_recruiter(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=["Who are you?"])
    id_ = camera_site.sql(
        f"select id from interview_participants where interview_id = '{candidate.interview.id}'"
    )
    recruiter = camera_site.api(candidate.recruiter)
    demo.value(
        recruiter.call("adjust_participant", participant_id=id_, extra_takes=1, time_factor=1.5)
    )
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        expect(card(page, "Who are you?")).to_contain_text("up to 45 seconds · 3 takes")
        press(page, "Answer: question 1")
        start(page)
        expect(page.get_by_text(re.compile(r"Recording · 0:4\d left"))).to_be_visible()
        press(page, "Stop")


def test_my_data_can_be_taken_and_deleted(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", questions=["Who are you?"])
    agreed = {"recording": True, "analysis": True}
    caller = camera_site.api(candidate.email)
    demo.value(caller.call("set_consent", interview_id=candidate.interview.id, **agreed))
    with camera_site.device() as page:
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Answer: question 1")
        record(page)
        press(page, "Use this answer")
        expect(card(page, "Who are you?")).to_contain_text("Answered")
        with page.expect_download() as downloading:
            press(page, "Download your answer to question 1")
        assert downloading.value.suggested_filename == "answer-1.webm"
        finish(page)
        page.get_by_text("My data").click()
        check_page(page, "my data")
        page.get_by_role("button", name="No longer let software").click()
        page.get_by_role("dialog").get_by_role("button", name="Stop and delete").click()
        expect(page.get_by_text("You also agreed that software")).to_have_count(0)
        expect(page.get_by_text("You agreed that your answers are recorded.")).to_be_visible()
        press(page, "Delete my answers")
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_text("You deleted your answers.")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Watch"))).to_have_count(0)
    assert rows(camera_site, candidate) == []
