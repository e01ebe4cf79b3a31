"""A candidate's screens: from the code to the finished interview."""

import re

from playwright.sync_api import expect

from local import demo
from tests.browser.redeeming import enter, opened, window
from tests.browser.site import ON_BOTH, PHONE, Site, check_page, expect_refusal

DASHBOARD = re.compile(r"/candidates/dashboard$")


@ON_BOTH
def test_from_the_mail_to_the_finished_interview(site: Site, viewport: dict[str, int]) -> None:
    email = site.person()
    interview = site.interview(email, title="Frontend Developer", description="Forty minutes.")
    code = interview.codes[email]
    mail = demo.wait_for_mail(site.environment, email, code)
    link = re.search(rf"{site.environment.site_url}\S*/candidates\b", mail["plain"])
    assert link, mail["plain"]
    with site.device(viewport) as page:
        page.goto(link[0])
        site.fill_in(page, email)
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        check_page(page, "a dashboard without interviews")
        page.get_by_role("button", name="Add Interview").click()
        expect(window(page).get_by_label("Interview code")).to_be_focused()
        check_page(page, "the window")
        enter(page, code)
        expect(window(page)).to_have_count(0)
        expect(page.get_by_role("status").get_by_text("“Frontend Developer”")).to_be_visible()
        card = page.get_by_role("region", name="Active").get_by_role("link", name=interview.title)
        expect(card).to_be_visible()
        check_page(page, "a dashboard with an interview")

        card.click()
        expect(page.get_by_role("heading", name="2 questions")).to_be_visible()
        asked = page.get_by_role("region", name="2 questions").get_by_role("listitem")
        expect(asked).to_contain_text(["Who are you?", "What did you build?"])
        check_page(page, "an interview")

        finish = page.get_by_role("button", name="Finish the interview")
        finish.click()
        asking = page.get_by_role("dialog", name="Finish the interview?")
        check_page(page, "finish?")
        asking.get_by_role("button", name="Cancel").click()
        expect(finish).to_be_focused()
        finish.click()
        asking.get_by_role("button", name="Finish").click()
        expect(page.get_by_text("Finished on")).to_be_visible()
        expect(finish).to_have_count(0)
        check_page(page, "a finished interview")
        page.get_by_role("link", name="My interviews").first.click()
        expect(page.get_by_role("region", name="Completed").get_by_role("link")).to_be_visible()
    row = site.sql(
        f"select p.status, i.status from interview_participants p join interview_invites i "
        f"on i.id = p.invite_id where p.interview_id = '{interview.id}'"
    )
    assert "completed" in row and "active" not in row


def test_withdrawing_hides_the_questions_and_only_a_new_invitation_helps(site: Site) -> None:
    email, recruiter = site.person(), site.person("recruiter")
    interview = site.interview(email, recruiter=recruiter)
    with site.device() as page:
        opened(site, page, email)
        enter(page, interview.codes[email])
        page.get_by_role("link", name=interview.title).click()
        page.get_by_role("button", name="Withdraw").click()
        asking = page.get_by_role("dialog", name="Withdraw from this interview?")
        expect(asking.get_by_role("button", name="Cancel")).to_be_focused()
        check_page(page, "withdraw?")
        asking.get_by_role("button", name="Withdraw").click()
        expect(page.get_by_text("You have withdrawn from this interview.")).to_be_visible()
        expect(page.get_by_text("Who are you?")).to_have_count(0)
        check_page(page, "a withdrawn interview")
        page.goto("/candidates/dashboard")
        section = page.get_by_role("region", name="Withdrawn")
        expect(section).to_contain_text(interview.title)
        check_page(page, "a dashboard with a withdrawn interview")
        # The old code says so; a new one opens the interview again.
        page.get_by_role("button", name="Add Interview").click()
        enter(page, interview.codes[email])
        told = window(page).get_by_text(f"You have withdrawn from “{interview.title}”.")
        expect(told).to_be_visible()
        check_page(page, "the code of an interview withdrawn from")
        again = demo.value(
            site.api(recruiter).call("create_invites", interview_id=interview.id, emails=[email])
        )
        enter(page, again[0]["invite_code"])
        expect(page.get_by_role("region", name="Active")).to_contain_text(interview.title)


# What is said in passing stays.
STAYS = """
    const later = window.setTimeout;
    window.setTimeout = (act, ms, ...given) => ms === 8000 ? 0 : later(act, ms, ...given);
"""
IS_IN_FRONT = """(button) => {
    const {x, y, width, height} = button.getBoundingClientRect();
    return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


def test_what_is_said_in_passing_covers_no_button(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    with site.device(PHONE) as page:
        page.add_init_script(STAYS)
        opened(site, page, email)
        enter(page, interview.codes[email])
        page.get_by_role("link", name=interview.title).click()
        for name in ("Finish the interview", "Withdraw"):
            button = page.get_by_role("button", name=name)
            button.scroll_into_view_if_needed()
            assert button.evaluate(IS_IN_FRONT), name
        expect(page.get_by_role("status").get_by_text("You joined")).to_be_visible()


def test_somebody_elses_interview_is_none(site: Site) -> None:
    interview = site.interview(site.address())
    with site.device() as page:
        site.sign_in(page, site.person())
        for path in (interview.id, "00000000-0000-0000-0000-000000000000"):
            page.goto(f"/candidates/interviews/{path}")
            expect(page.get_by_text("You haven’t joined this interview.")).to_be_visible()
        check_page(page, "no interview of one's own")
        page.goto("/candidates/interviews/oops")
        expect(page.get_by_text("You haven’t joined this interview.")).to_be_visible()


def test_closed_meanwhile(site: Site) -> None:
    """An open page shows it after its next request; a new one shows it at once."""
    email = site.person()
    interview = site.interview(email)
    with site.device() as page:
        opened(site, page, email)
        enter(page, interview.codes[email])
        page.get_by_role("link", name=interview.title).click()
        expect(page.get_by_text("Who are you?")).to_be_visible()
        site.sql(f"update interviews set status = 'completed' where id = '{interview.id}'")
        page.get_by_role("button", name="Finish the interview").click()
        with page.expect_response("**/rpc/complete_interview") as refused:
            page.get_by_role("dialog").get_by_role("button", name="Finish").click()
        assert refused.value.json()["details"] == "interview_closed"
        # The page reads again what it has got wrong, which takes the place of the refusal.
        expect(page.get_by_text("can no longer be finished")).to_be_visible()
        check_page(page, "finishing refused")
        page.reload()
        expect(page.get_by_text("can no longer be finished")).to_be_visible()
        expect(page.get_by_role("button", name="Finish the interview")).to_have_count(0)


# ---- the dialog ---------------------------------------------------------------------------------


def test_a_dashboard_that_cannot_be_loaded_says_so(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    demo.value(site.api(email).call("accept_invite", code=interview.codes[email]))
    with site.device() as page:
        # Neither by the server nor by the browser, which tries again.
        site.sql(
            "create policy a_fault on interview_participants as restrictive for select"
            " to authenticated using (1 / (user_id is null)::integer = 1)"
        )
        try:
            site.sign_in(page, email)
            expect_refusal(page, "unexpected", "Something went wrong on our side.")
            check_page(page, "a dashboard that cannot be loaded")
        finally:
            site.sql("drop policy a_fault on interview_participants")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("link", name=interview.title)).to_be_visible()


def test_by_keyboard_alone(site: Site) -> None:
    email = site.person()
    interview = site.interview(email)
    with site.device() as page:
        site.sign_in(page, email)
        page.get_by_text("No interviews yet").wait_for()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.type(interview.codes[email])
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Active")).to_contain_text(interview.title)
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Add Interview")).to_be_focused()
