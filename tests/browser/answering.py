"""The screens on which a candidate answers, as a candidate uses them."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from local import demo
from local.recordings import RECORDINGS
from tests.browser.site import Interview, Site

# A camera and a microphone that speaks.
DEVICES = (
    "--use-fake-device-for-media-stream=fps=8",
    "--use-fake-ui-for-media-stream",
    f"--use-file-for-fake-audio-capture={RECORDINGS[0].sound}",
)
QUESTIONS = ["Who are you?", "What did you build?", "Why us?"]
# The page's stream of camera and microphone, for a test to change.
KEEP_STREAM = """{
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted));
}"""
SECONDS = """async (url) => {
  const file = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16_000).decodeAudioData(file);
  return sound.length / 16_000;
}"""


@dataclass
class Candidate:
    """Somebody who has joined an interview."""

    email: str
    interview: Interview
    recruiter: str

    @property
    def path(self) -> str:
        return f"/candidates/interviews/{self.interview.id}"


def joined(
    site: Site,
    *kinds: str,
    consents: bool = False,
    settings: dict[str, Any] | None = None,
    questions: list[str] | None = None,
    **more: Any,
) -> Candidate:
    """A candidate of an interview that requires an answer of these kinds to each question."""
    email, recruiter = site.person(), site.person("recruiter")
    questions = questions or QUESTIONS
    asked = {"required": True, "max_seconds": 30, "max_takes": 2, **(settings or {})}
    interview = site.interview(
        email,
        recruiter=recruiter,
        questions=questions,
        question_settings=[asked] * len(questions),
        response_kinds=list(kinds),
        **more,
    )
    caller = site.api(email)
    demo.value(caller.call("accept_invite", code=interview.codes[email]))
    if consents:
        demo.value(caller.call("set_consent", interview_id=interview.id, recording=True))
    return Candidate(email, interview, recruiter)


def press(page: Page, name: str) -> None:
    """A button of the page, by its whole name."""
    page.get_by_role("button", name=name, exact=True).click()


def tab_to(page: Page, name: str, role: str = "button") -> None:
    """Press Tab until the focus is there."""
    wanted = page.get_by_role(role, name=name, exact=role == "button").first  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(40):
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the focus does not come to {name}")


def press_by_key(page: Page, name: str) -> None:
    """A button, by the keyboard alone."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def agree(page: Page) -> None:
    """Consent to being recorded."""
    page.get_by_role("checkbox").first.check()
    press(page, "Agree and go on")


def begin_by_key(page: Page) -> None:
    """From what to expect to the first question, where sound alone is recorded, by the keyboard."""
    press_by_key(page, "Start answering")
    expect(page.get_by_role("heading", name="Before you record")).to_be_focused()
    tab_to(page, "I agree", "checkbox")
    page.keyboard.press("Space")
    press_by_key(page, "Agree and go on")
    expect(page.get_by_text("Sound alone is recorded")).to_be_visible()
    ready = page.get_by_role("button", name="All is well, go on")
    expect(ready).not_to_have_attribute("aria-disabled", "true")
    press_by_key(page, "All is well, go on")


def record(page: Page, seconds: float = 2.5) -> None:
    """Start, let some time pass, stop: what was recorded can be watched."""
    start(page)
    page.wait_for_timeout(seconds * 1000)
    press(page, "Stop")
    expect(page.get_by_text(re.compile(r"^You recorded \d+ seconds?\.$"))).to_be_visible()


def start(page: Page) -> None:
    """Record until somebody stops it."""
    button = page.get_by_role("button", name="Start recording", exact=True)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    expect(page.get_by_text(re.compile("Recording · "))).to_be_visible()


def watched_seconds(page: Page) -> float:
    """Watch the answer to question 1; how long its sound is, by its decoded samples."""
    with page.expect_response(re.compile("/object/sign/.*token=")) as watching:
        press(page, "Watch your answer to question 1")
    seconds: float = page.evaluate(SECONDS, watching.value.url)
    return seconds


def card(page: Page, question: str) -> Locator:
    """A question in the overview."""
    return page.get_by_role("listitem").filter(has_text=question)


def rows(site: Site, candidate: Candidate, columns: str = "status, kind") -> list[dict[str, Any]]:
    """The candidate's takes, oldest first, as the database has them."""
    told = site.sql(
        f"select coalesce(json_agg(r), '[]') from (select {columns} from interview_responses "
        f"where interview_id = '{candidate.interview.id}' order by started_at) r"
    )
    return list(json.loads(told.strip()))


def finish(page: Page) -> None:
    """Submit, from the overview, up to the receipt."""
    press(page, "Submit my answers")
    page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
