"""Nothing that was recorded is lost: kills, reloads, a bad line, two tabs, other accounts."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from tests.browser import chromium
from tests.browser.answering import (
    DEVICES,
    Candidate,
    agree,
    card,
    joined,
    press,
    record,
    rows,
    start,
    watched_seconds,
)
from tests.browser.site import Site, check_page, unreachable
from tests.browser.test_first_data import expire_session
from tests.kit.waiting import eventually

ASKED = ["Who are you?"]
# Tells the test each slice that the page gets.
LOG_SLICES = """window.MediaRecorder = class extends MediaRecorder {
  constructor(...given) {
    super(...given);
    this.addEventListener("dataavailable", ({data}) => noteSlice(data.size));
  }
}"""


def at_question(site: Site, page: Page, candidate: Candidate) -> None:
    """Signed in, before the first question."""
    site.sign_in(page, candidate.email, candidate.path)
    press(page, "Answer: question 1")
    expect(page.get_by_role("button", name="Start recording")).to_be_visible()


def leave_anyway(page: Page) -> None:
    """Answer the browser's question whether the page may be left."""
    page.on("dialog", lambda dialog: dialog.accept())


def arrived(site: Site, candidate: Candidate) -> None:
    """One recording has arrived, and nothing else waits."""
    eventually(lambda: [row["status"] for row in rows(site, candidate)] == ["uploaded"])


def kill(profile: Path) -> None:
    """SIGKILL the browser that uses this profile."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        ours = f"--user-data-dir={profile}".encode() in arguments
        if ours and not any(argument.startswith(b"--type=") for argument in arguments):
            found.append(int(folder.name))
    (pid,) = found
    os.kill(pid, signal.SIGKILL)


@pytest.mark.proof
def test_the_browser_is_killed_while_recording(
    camera_site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    slices: list[int] = []

    def opened() -> Any:
        return chromium.launch_with_profile(
            playwright, tmp_path, *DEVICES, base_url=camera_site.environment.site_url
        )

    context = opened()
    context.expose_function("noteSlice", lambda size: slices.append(size))
    context.add_init_script(LOG_SLICES)
    page = context.pages[0]
    at_question(camera_site, page, candidate)
    start(page)
    while len(slices) < 6:
        page.wait_for_timeout(50)
    logged = len(slices)
    kill(tmp_path)

    context = opened()
    page = context.pages[0]
    page.goto(f"/login?next={candidate.path}")
    if "/login" in page.url:  # the browser had not written the session's cookie
        camera_site.fill_in(page, candidate.email)
    press(page, "Look at it: question 1")
    expect(page.get_by_text(re.compile(r"^You recorded \d+ seconds"))).to_be_visible()
    expect(page.get_by_text("before this page was closed")).to_be_visible()
    press(page, "Use this answer")
    expect(card(page, ASKED[0])).to_contain_text("Answered")
    told = rows(camera_site, candidate, "status, duration_seconds, object_path")
    assert [row["status"] for row in told] == ["uploaded"]
    assert watched_seconds(page) >= logged - 2.2
    assert told[0]["duration_seconds"] >= logged - 2.2
    context.close()


def test_a_reload_at_every_step(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", questions=ASKED)
    with camera_site.ignored("ERR_FAILED"), camera_site.device() as page:
        leave_anyway(page)
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Start answering")
        page.reload()
        agree(page)
        expect(page.get_by_role("heading", name="Check your camera")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Check your camera")).to_be_visible()
        ready = page.get_by_role("button", name="All is well, go on")
        expect(ready).not_to_have_attribute("aria-disabled", "true")
        ready.click()
        page.reload()
        start(page)
        page.wait_for_timeout(3200)
        page.reload()
        expect(page.get_by_text(re.compile(r"^You recorded [2-5] seconds\.$"))).to_be_visible()
        check_page(page, "what was recorded before a reload")
        page.reload()
        # Sending: nothing gets through at first.
        with unreachable(page, "**/upload/resumable**"):
            press(page, "Use this answer")
            expect(card(page, ASKED[0])).to_contain_text("Waiting for the connection")
            expect(page.get_by_text("1 recording is not sent yet")).to_be_visible()
            check_page(page, "a recording that waits")
        page.reload()
        expect(card(page, ASKED[0])).to_contain_text("Answered")
        page.reload()
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)


def test_a_page_that_was_read_before_it_arrived(camera_site: Site) -> None:
    """As when somebody reloads while the upload ends: the server reads, then it arrives."""
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        record(page)
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
        (sent,) = rows(camera_site, candidate, "id")

        def arrives(route: Route) -> None:
            set_response(camera_site, sent["id"], "status = 'uploaded', uploaded_at = now()")
            route.continue_()

        set_response(camera_site, sent["id"], "status = 'started', uploaded_at = null")
        page.route("**/rest/v1/interview_responses*", arrives)
        page.reload()
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)


def set_response(site: Site, response_id: str, changes: str) -> None:
    """Change a response as nobody may."""
    site.sql(
        "set session_replication_role = replica;"
        f" update public.interview_responses set {changes} where id = '{response_id}'"
    )


def test_another_tab_was_read_before_it_arrived(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        leave_anyway(page)
        at_question(camera_site, page, candidate)
        record(page)
        uploads: list[Route] = []
        page.route("**/upload/resumable**", lambda route: uploads.append(route))
        press(page, "Use this answer")
        while not uploads:
            page.wait_for_timeout(50)
        other = page.context.new_page()
        other.goto(candidate.path)
        expect(other.get_by_text("open in another tab")).to_be_visible()
        page.route("**/upload/resumable**", lambda route: route.continue_())
        for upload in uploads:
            upload.continue_()
        expect(card(page, ASKED[0])).to_contain_text("Answered")
        page.close()
        expect(card(other, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)


def test_the_line_is_cut_while_sending(camera_site: Site) -> None:
    """An upload goes on where it stopped, also under another token."""
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        record(page)
        cut = 0
        tokens: list[str] = []
        created: list[str] = []

        def unreliable(route: Route) -> None:
            nonlocal cut
            request = route.request
            if request.method == "OPTIONS":
                return route.continue_()
            tokens.append(request.headers["authorization"])
            if request.method == "POST":
                created.append(request.url)
            if request.method == "PATCH" and cut < 2:
                cut += 1
                page.context.set_offline(True)
                return route.abort("internetdisconnected")
            return route.continue_()

        page.route("**/upload/resumable**", unreliable)
        press(page, "Use this answer")
        for _ in range(2):
            expect(card(page, ASKED[0])).to_contain_text("Waiting for the connection")
            expire_session(page)
            page.context.set_offline(False)
            page.wait_for_timeout(500)
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)
    assert cut == 2 and len(created) == 1 and len(set(tokens)) >= 2


def test_a_token_that_expires_while_sending(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        record(page)
        tokens: list[str] = []

        def refusing(route: Route) -> None:
            request = route.request
            if request.method != "PATCH":
                return route.continue_()
            tokens.append(request.headers["authorization"])
            if len(tokens) == 1:
                # As Storage says it.
                return route.fulfill(
                    status=400,
                    headers={"Access-Control-Allow-Origin": "*"},
                    body='"exp" claim timestamp check failed',
                )
            return route.continue_()

        page.route("**/upload/resumable/*", refusing)
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)
    assert len(set(tokens)) == 2


def test_two_tabs_do_not_fight(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        start(page)
        page.wait_for_timeout(2500)
        other = page.context.new_page()
        other.goto(f"{candidate.path}?question=1")
        expect(other.get_by_text("open in another tab")).to_be_visible()
        expect(other.get_by_role("button", name="Start recording")).to_have_count(0)
        check_page(other, "a second tab")
        press(other, "Continue here")
        expect(other.get_by_text(re.compile(r"^You recorded \d"))).to_be_visible()
        expect(page.get_by_text("open in another tab")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_have_count(0)
        press(other, "Use this answer")
        expect(card(other, ASKED[0])).to_contain_text("Answered")
        leave_anyway(other)
        other.close()
        # The first one may again.
        expect(page.get_by_text("open in another tab")).to_have_count(0)
        expect(page.get_by_text("Your answer has been sent.")).to_be_visible()
    arrived(camera_site, candidate)


def test_nobody_else_on_this_computer_gets_it(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    stranger = camera_site.person("stranger")
    with camera_site.device() as page:
        leave_anyway(page)
        at_question(camera_site, page, candidate)
        record(page)
        page.get_by_role("button", name=re.compile("^Account of")).click()
        press(page, "Sign out")
        asking = page.get_by_role("dialog", name="Sign out with unsent answers?")
        expect(asking).to_contain_text("One recording has not been sent yet.")
        check_page(page, "signing out with something unsent")
        asking.get_by_role("button", name="Cancel").click()
        press(page, "Sign out")
        asking.get_by_role("button", name="Sign out").click()
        page.wait_for_url(re.compile("/login"))
        camera_site.sign_in(page, stranger)
        page.goto(candidate.path)
        expect(page.get_by_text("You haven’t joined this interview.")).to_be_visible()
        page.get_by_role("button", name=re.compile("^Account of")).click()
        press(page, "Sign out")
        page.wait_for_url(re.compile("/login"))
        camera_site.sign_in(page, candidate.email, candidate.path)
        press(page, "Look at it: question 1")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)


def test_going_elsewhere_on_the_site_keeps_what_was_recorded(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    with camera_site.device() as page:
        at_question(camera_site, page, candidate)
        start(page)
        page.wait_for_timeout(2500)
        page.get_by_role("link", name="My interviews").first.click()
        expect(page.get_by_text("Open it to send your recording")).to_be_visible()
        check_page(page, "a dashboard with something unsent")
        page.get_by_role("link", name=candidate.interview.title).click()
        expect(card(page, ASKED[0])).to_contain_text("Recorded, not sent yet")
        press(page, "Look at it: question 1")
        press(page, "Use this answer")
        expect(card(page, ASKED[0])).to_contain_text("Answered")
    arrived(camera_site, candidate)
