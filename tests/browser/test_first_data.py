"""Candidates' pages come with their data, and each click shows before the server answers."""

import base64
import json
import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from local import demo
from tests.browser.site import Site, answers_held

DASHBOARD = "/candidates/dashboard"


def joined(site: Site) -> tuple[str, str, str]:
    """A candidate of an interview: their address, the interview's id and title."""
    email = site.person()
    interview = site.interview(email, deadline="2030-01-31T17:00:00Z")
    demo.value(site.api(email).call("accept_invite", code=interview.codes[email]))
    return email, interview.id, interview.title


@pytest.fixture(params=["dashboard", "interview"])
def screen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ---- the first data ------------------------------------------------------------------------------


def test_a_page_comes_with_its_data(site: Site, screen: str) -> None:
    """The browser asks Supabase for nothing before there is content, nor again after it."""
    email, interview, title = joined(site)
    path = DASHBOARD if screen == "dashboard" else f"/candidates/interviews/{interview}"
    with site.device() as page:
        site.sign_in(page, email)
        calls: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith(site.environment.supabase_url):
                calls.append(request.url)

        page.on("request", note)
        answer = page.goto(path)
        content = page.get_by_role("main").get_by_text(
            title if screen == "dashboard" else "Who are you?"
        )
        expect(content).to_be_visible()
        assert calls == []
        page.wait_for_load_state("networkidle")
        assert calls == []
        # Nobody in between keeps it.
        assert answer and "no-store" in answer.headers["cache-control"]


def test_nobody_gets_what_was_read_for_somebody_else(site: Site) -> None:
    (first, _, of_first), (second, _, of_second) = joined(site), joined(site)
    with site.device() as page, site.device() as other:
        for device, email in ((page, first), (other, second)):
            site.sign_in(device, email)
        for device, mine, theirs in ((page, of_first, of_second), (other, of_second, of_first)):
            answer = device.goto(DASHBOARD)
            expect(device.get_by_role("link", name=mine)).to_be_visible()
            assert answer and theirs not in answer.text()


def test_going_back_shows_what_has_changed_since(site: Site) -> None:
    email, _, title = joined(site)
    with site.device() as page:
        site.sign_in(page, email)
        page.get_by_role("link", name=title).click()
        page.get_by_role("button", name="Finish the interview").click()
        page.get_by_role("dialog").get_by_role("button", name="Finish").click()
        expect(page.get_by_text("Finished on")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("region", name="Completed")).to_contain_text(title)
        expect(page.get_by_role("region", name="Active")).to_have_count(0)


def test_times_are_those_of_the_reader(site: Site) -> None:
    """From the second page on also in what the server writes."""
    email, interview, _ = joined(site)
    with site.device(timezone_id="Asia/Kathmandu") as page:
        site.sign_in(page, email)
        expect(page.get_by_text("31 January 2030 at 22:45")).to_be_visible()
        answer = page.goto(f"/candidates/interviews/{interview}")
        expect(page.get_by_text("31 January 2030 at 22:45")).to_be_visible()
        assert answer and "31 January 2030 at 22:45" in answer.text()


# ---- sessions ------------------------------------------------------------------------------------


def expire_session(page: Page) -> str:
    """Let the session in the cookies be over; returns the refresh token that renews it."""
    cookies = [
        cookie
        for cookie in page.context.cookies()
        if re.search(r"-auth-token(\.\d+)?$", cookie["name"])
    ]
    cookies.sort(key=lambda cookie: cookie["name"])
    value = "".join(cookie["value"] for cookie in cookies).removeprefix("base64-")
    session = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    session["expires_at"] = 1_000_000_000
    text = json.dumps(session, separators=(",", ":"), ensure_ascii=False).encode()
    changed = "base64-" + base64.urlsafe_b64encode(text).decode().rstrip("=")
    for cookie in cookies:
        size = len(cookie["value"])
        rest = cookie is cookies[-1]
        cookie["value"], changed = (changed, "") if rest else (changed[:size], changed[size:])
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    return str(session["refresh_token"])


def test_a_session_that_is_over_is_renewed_on_the_way(site: Site) -> None:
    email, _, title = joined(site)
    with site.device() as page:
        site.sign_in(page, email)
        first = expire_session(page)
        page.goto(DASHBOARD)
        expect(page.get_by_role("link", name=title)).to_be_visible()
        # What the server got for it has reached the browser, and can be renewed again.
        second = expire_session(page)
        assert second != first
        page.goto(DASHBOARD)
        expect(page.get_by_role("link", name=title)).to_be_visible()
        assert expire_session(page) != second


def test_a_session_that_is_renewed_several_times_at_once(site: Site) -> None:
    """By the server for two pages, and by the browser itself: none of them signs the person out."""
    email, interview, title = joined(site)
    with site.device() as page:
        site.sign_in(page, email)
        refresh_token = expire_session(page)
        answers = page.evaluate(
            """async ([auth, key, refresh_token, ...paths]) => {
                const renewal = fetch(`${auth}/token?grant_type=refresh_token`, {
                    method: "POST",
                    headers: {apikey: key, "Content-Type": "application/json"},
                    body: JSON.stringify({refresh_token}),
                });
                const all = await Promise.all([renewal, ...paths.map(path => fetch(path))]);
                return all.map(({status, redirected}) => [status, redirected]);
            }""",
            [
                f"{site.environment.supabase_url}/auth/v1",
                site.environment.supabase_anon_key,
                refresh_token,
                DASHBOARD,
                f"/candidates/interviews/{interview}",
            ],
        )
        assert answers == [[200, False]] * 3
        page.goto(DASHBOARD)
        expect(page.get_by_role("link", name=title)).to_be_visible()


def test_a_session_that_was_ended_elsewhere_leads_to_signing_in(site: Site) -> None:
    email, interview, _ = joined(site)
    with site.device() as page:
        site.sign_in(page, email)
        site.sql(
            "delete from auth.sessions where user_id = "
            f"(select id from auth.users where email = '{email}')"
        )
        expire_session(page)
        page.goto(f"/candidates/interviews/{interview}")
        expect(page).to_have_url(
            re.compile(rf"/login\?next=%2Fcandidates%2Finterviews%2F{interview}$")
        )


# ---- before any answer ---------------------------------------------------------------------------


def expect_busy(button: Locator) -> None:
    expect(button).to_have_attribute("aria-busy", "true")


def test_opening_an_interview_shows_at_once(site: Site) -> None:
    email, _, title = joined(site)
    with site.device() as page:
        site.sign_in(page, email)
        link = page.get_by_role("link", name=title)
        expect(link).to_be_visible()
        with answers_held(page):
            link.click()
            expect(page.get_by_role("main").get_by_role("status")).to_contain_text("Loading")
        expect(page.get_by_text("Who are you?")).to_be_visible()


def test_redeeming_a_code_shows_at_once(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    with site.device() as page:
        site.sign_in(page, email)
        page.goto(f"{DASHBOARD}?code={interview.codes[email]}")
        button = page.get_by_role("dialog").get_by_role("button", name="Add Interview")
        with answers_held(page):
            button.click()
            expect_busy(button)
        expect(page.get_by_text(f"You joined “{interview.title}”.")).to_be_visible()


@pytest.mark.parametrize(
    ("opening", "action", "after"),
    [
        ("Finish the interview", "Finish", "Finished on"),
        ("Withdraw", "Withdraw", "You have withdrawn from this interview."),
    ],
)
def test_ending_it_shows_at_once(site: Site, opening: str, action: str, after: str) -> None:
    email, interview, _ = joined(site)
    with site.device() as page:
        site.sign_in(page, email, f"/candidates/interviews/{interview}")
        page.get_by_role("button", name=opening).click()
        button = page.get_by_role("dialog").get_by_role("button", name=action)
        with answers_held(page):
            button.click()
            expect_busy(button)
        expect(page.get_by_text(after)).to_be_visible()


def test_signing_in_shows_at_once(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        page.goto("/login")
        with answers_held(page):
            site.fill_in(page, email)
            expect_busy(page.get_by_role("main").get_by_role("button", name="Sign in"))
        expect(page).to_have_url(site.url(DASHBOARD))


def test_signing_up_shows_at_once(site: Site) -> None:
    email = site.address()
    with site.device() as page:
        page.goto("/signup")
        with answers_held(page):
            site.sign_up(page, email)
            expect_busy(page.get_by_role("main").get_by_role("button", name="Sign up"))
        expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
