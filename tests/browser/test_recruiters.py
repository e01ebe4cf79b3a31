"""The dialog that creates an interview; nobody sees others' data."""

import re
import time

from playwright.sync_api import Locator, Route, expect

from local import demo
from tests.browser.new_interview import (
    CLIPBOARD,
    create,
    faulty,
    filled,
    go_on,
    opened,
    paste,
    questions,
    ready,
    window,
    write,
)
from tests.browser.one_interview import come_back, leave, manage
from tests.browser.site import ON_BOTH, PHONE, Site, check_accessible, check_page, expect_refusal

NEW = re.compile(r"/recruiters\?new$")


@ON_BOTH
def test_from_the_first_question_to_the_completed_interview(
    site: Site, viewport: dict[str, int]
) -> None:
    recruiter, anna, bob = site.person("recruiter"), site.person("anna"), site.address("bob")
    asked: list[str] = []
    # Widths of phones are looked at in either case.
    check = check_accessible if viewport == PHONE else check_page
    with site.device(viewport, permissions=CLIPBOARD) as page:
        page.on("request", lambda request: asked.append(request.url))
        site.sign_in(page, recruiter, "/recruiters")
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        expect(page.get_by_text("Email delivery is working")).to_be_visible()
        check(page, "no interviews")

        page.get_by_role("button", name="New Interview").click()
        expect(window(page).get_by_label("Title")).to_be_focused()
        window(page).get_by_role("button", name="Next: candidates").click()
        expect(window(page).get_by_label("Title")).to_be_focused()
        expect(window(page).get_by_text("Enter a title.")).to_be_visible()
        check(page, "the first step, refused")
        write(page, "Data Engineer", "Why us?", "What did you build?")
        window(page).get_by_label("Description").fill("A short talk.")
        window(page).get_by_label("Deadline").fill("2031-01-31T17:00")
        expect(window(page).get_by_text("Ends 31 January 2031 at 17:00")).to_be_visible()
        for number in (1, 2):
            window(page).get_by_text(
                f"Question {number}: 2 minutes, 3 takes, required", exact=True
            ).click()
            window(page).get_by_label("Required").nth(number - 1).uncheck()
        window(page).get_by_label("Longest recording").first.select_option("1 minute")
        window(page).get_by_label("Takes").first.select_option("1")
        window(page).get_by_label("Time to prepare").first.select_option("30 seconds")
        for kind in ("Video", "Audio"):
            window(page).get_by_label(kind).uncheck()
        window(page).get_by_role("button", name="Next: candidates").click()
        expect(window(page).get_by_text("Choose at least one.")).to_be_visible()
        expect(window(page).get_by_label("Video")).to_be_focused()
        check(page, "the first step")
        window(page).get_by_label("Video").check()
        window(page).get_by_label("Text").check()
        go_on(page, 2)
        expect(window(page).get_by_role("heading", name="Step 2 of 3")).to_be_focused()
        check(page, "the second step")
        paste(page, f"Anna <{anna}>, {bob}")
        expect(ready(page)).to_have_count(2)
        go_on(page, 3)
        expect(window(page).get_by_text("signed by Recruiter Test")).to_be_visible()
        expect(window(page).get_by_text("Answers in video or text")).to_be_visible()
        check(page, "the third step")
        window(page).get_by_role("button", name="Create and invite").click()

        result = page.get_by_role("dialog", name="Interview created")
        expect(result.get_by_text("2 invitations are on their way")).to_be_visible()
        check(page, "the result")
        result.get_by_role("button", name=f"Copy the code of {anna}").click()
        expect(result.get_by_role("status").get_by_text("Copied")).to_have_count(1)
        code = page.evaluate("navigator.clipboard.readText()")
        result.get_by_role("button", name="Copy all addresses").click()
        expect(result.get_by_role("status").get_by_text("Copied")).not_to_have_count(0)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.splitlines()[0] == f"{anna}\t{code}" and copied.count("\n") == 1
        mail = demo.wait_for_mail(site.environment, anna, code)
        assert "Data Engineer" in mail["subject"] + mail["plain"]
        result.get_by_role("button", name="Open the interview").click()

        expect(page.get_by_role("heading", name="Data Engineer")).to_be_visible()
        row = page.get_by_role("table", name="Candidates").get_by_role("row", name=anna)
        expect(row.get_by_text("Invited").first).to_be_visible()
        manage(page, anna)
        expect(page.get_by_text("accepted by the mail server")).to_be_visible()
        leave(page, anna)
        expect(page.get_by_text("Answers in video or text")).to_be_visible()
        asking = page.get_by_role("region", name="Questions").get_by_role("listitem")
        for number, settings in enumerate(
            ("1 minute, 1 take, 30 seconds to prepare, optional", "2 minutes, 3 takes, optional")
        ):
            expect(asking.nth(number)).to_contain_text(settings)
        expect(page).to_have_title("Interview · HireVision")
        check(page, "an interview")
        interview = page.url.rpartition("/")[2]
        candidate = site.api(anna)
        demo.value(candidate.call("accept_invite", code=code))
        come_back(page, row.get_by_text("Joined").first)
        demo.value(candidate.call("complete_interview", interview_id=interview))
        page.reload()
        expect(row.get_by_text("Completed").first).to_be_visible()
        check(page, "an interview that somebody has completed")

        page.get_by_role("link", name="Back to Recruiting").click()
        listed = page.get_by_role("list", name="Your interviews").locator("> li")
        expect(listed).to_contain_text("Data Engineer")
        assert figures(listed) == {
            "Invited": "2",
            "Joined": "1",
            "Completed": "1",
            "Completion": "100%",
        }
        expect(listed.get_by_text("Until 31 January 2031 at 17:00")).to_be_visible()
        # Next.js sets it a little after the page.
        expect(page).to_have_title("Recruiting · HireVision")
        check(page, "the list")
    assert not [url for url in asked if code in url]


def figures(place: Locator) -> dict[str, str]:
    """The counts, by their names."""
    names = place.locator("dt").all_inner_texts()
    return dict(zip(names, place.locator("dd").all_inner_texts(), strict=True))


def test_questions_are_reordered_by_keyboard_and_by_buttons(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        write(page, "Order", "one", "two", "three")
        third = window(page).get_by_role("textbox", name="Question 3")
        third.press("Alt+ArrowUp")
        assert questions(page) == ["one", "three", "two"]
        expect(window(page).get_by_role("textbox", name="Question 2")).to_be_focused()
        page.keyboard.type("!")
        expect(
            window(page).get_by_role("status").get_by_text("Question 3 is now number 2 of 3.")
        ).to_have_count(1)
        up = window(page).get_by_role("button", name="Move question 2 up")
        up.focus()
        page.keyboard.press("Enter")
        assert questions(page) == ["three!", "one", "two"]
        moved = window(page).get_by_role("button", name="Move question 1 up")
        expect(moved).to_be_focused()
        # At the end it stays where it is, with the focus.
        page.keyboard.press("Enter")
        assert questions(page) == ["three!", "one", "two"]
        expect(moved).to_be_focused()
        window(page).get_by_role("button", name="Move question 1 down").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Space")
        assert questions(page) == ["one", "two", "three!"]
        window(page).get_by_role("button", name="Remove question 2").click()
        assert questions(page) == ["one", "three!"]
        window(page).get_by_role("button", name="Undo").click()
        assert questions(page) == ["one", "two", "three!"]
        expect(window(page).get_by_role("textbox", name="Question 2")).to_be_focused()


def test_nothing_typed_is_lost_by_going_back_reloading_or_closing_the_tab(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        write(page, "Kept", "one", "two")
        window(page).get_by_label("Deadline").fill("2031-01-31T17:00")
        go_on(page, 2)
        window(page).get_by_label("Email addresses").fill("a@example.com oops")
        page.keyboard.press("Enter")
        window(page).get_by_label("Email addresses").fill("half-ty")
        window(page).get_by_role("button", name="Back").click()
        assert questions(page) == ["one", "two"]
        go_on(page, 2)

        expect(page).to_have_url(NEW)
        page.reload()
        expect(window(page).get_by_label("Email addresses")).to_have_value("half-ty")
        expect(faulty(page)).to_have_value("oops")
        expect(window(page).get_by_text("We restored your draft.")).to_be_visible()
        check_page(page, "the second step, restored")
        # Escape closes the dialog, and keeps its content.
        page.keyboard.press("Escape")
        expect(window(page)).to_have_count(0)
        expect(page.get_by_text("You haven’t finished creating “Kept”.")).to_be_visible()
        check_page(page, "the offer to go on")

        # The tab is closed, and another one opened.
        other = page.context.new_page()
        page.close()
        other.goto("/recruiters")
        other.get_by_role("button", name="Continue").click()
        window(other).get_by_role("button", name="Back").click()
        assert questions(other) == ["one", "two"]
        expect(window(other).get_by_label("Deadline")).to_have_value("2031-01-31T17:00")

        other.reload()
        expect(other.get_by_text("We restored your draft.")).to_be_visible()
        other.keyboard.press("Escape")
        other.get_by_role("button", name="Discard").click()
        expect(other.get_by_text("You haven’t finished")).to_have_count(0)
        other.reload()
        expect(other.get_by_text("No interviews yet")).to_be_visible()
        expect(other.get_by_text("You haven’t finished")).to_have_count(0)

        # Another account in the same browser sees nothing of a draft.
        other.get_by_role("button", name="New Interview").click()
        write(other, "Kept again")
        other.context.clear_cookies()
        site.sign_in(other, site.person("recruiter"), "/recruiters")
        expect(other.get_by_text("No interviews yet")).to_be_visible()
        expect(other.get_by_text("You haven’t finished")).to_have_count(0)
        other.get_by_role("button", name="New Interview").click()
        expect(window(other).get_by_label("Title")).to_have_value("")


def test_a_failed_call_keeps_everything(site: Site) -> None:
    with site.device() as page:
        recruiter = filled(site, page, "Failing")
        page.context.set_offline(True)
        create(page)
        expect_refusal(page, "network_down", "can’t be reached")
        check_page(page, "the network is down")
        page.context.set_offline(False)

        # Refused by the server: the deadline has passed, the daily limit is reached.
        site.sql("update private.settings set invites_per_day = 0")
        try:
            window(page).get_by_role("button", name="Try again").click()
            expect_refusal(page, "invites_per_day_reached", "today’s limit")
            expect(window(page).get_by_text("00:00 UTC")).to_be_visible()
        finally:
            site.sql("update private.settings set invites_per_day = 1000")

        # The session has ended.
        page.context.clear_cookies()
        create(page)
        expect_refusal(page, "not_signed_in", "no longer signed in")
        window(page).get_by_role("link", name="Sign in again").click()
        site.fill_in(page, recruiter)
        expect(page).to_have_url(NEW)
        expect(window(page).get_by_role("heading", name="Step 3 of 3")).to_be_visible()
        expect(window(page).get_by_text("Failing")).to_be_visible()
        create(page)
        expect(page.get_by_role("dialog", name="Interview created")).to_be_visible()
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_role("list", name="Your interviews")).to_contain_text("Failing")
        expect(page.get_by_text("You haven’t finished")).to_have_count(0)
    assert site.sql("select count(*) from interviews where title = 'Failing'").strip() == "1"


def test_a_lost_answer_invites_nobody_twice(site: Site) -> None:
    title = f"Lost {time.monotonic_ns()}"
    with site.device() as page:
        filled(site, page, title)

        def lose(route: Route) -> None:
            route.fetch()
            route.abort("connectionreset")

        with site.ignored("net::ERR_CONNECTION_RESET"):
            page.route("**/rpc/create_interview", lose)
            create(page)
            expect_refusal(page, "network_down", "can’t be reached")
            page.unroute("**/rpc/create_interview")
            # The tab was closed meanwhile.
            page.reload()
            create(page)
            expect(window(page).get_by_text(f"“{title}” was created on")).to_be_visible()
        check_page(page, "it was created already")
        window(page).get_by_role("link", name="Open it").click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert site.sql(f"select count(*) from interviews where title = '{title}'").strip() == "1"


def test_recruiters_do_not_see_each_others_data(site: Site) -> None:
    mine, theirs = site.person("recruiter"), site.person("recruiter")
    shared, interview = site.person(), site.interview(title="Only mine", recruiter=mine)
    joined = site.interview(theirs, title="Joined as a candidate", recruiter=mine)
    demo.value(site.api(theirs).call("accept_invite", code=joined.codes[theirs]))
    site.interview(shared, title="Only theirs", recruiter=theirs)
    with site.device() as page:
        site.sign_in(page, theirs, "/recruiters")
        listed = page.get_by_role("list", name="Your interviews").locator("> li")
        expect(listed).to_have_count(1)
        expect(listed).to_contain_text("Only theirs")
        # Also the one that they read as a candidate.
        for somebodys in (interview.id, joined.id, "oops"):
            page.goto(f"/recruiters/{somebodys}")
            expect(page.get_by_text("This interview doesn’t exist, or it isn’t")).to_be_visible()
            expect(page.get_by_text("mine")).to_have_count(0)
        check_page(page, "somebody else's interview")
        page.get_by_role("link", name="Your interviews").click()
        expect(listed).to_contain_text("Only theirs")


def test_who_may_not_recruit_is_told_why(site: Site) -> None:
    with site.device() as page:
        recruiter = opened(site, page)
        write(page, "Barred")
        site.sql("update private.settings set require_recruiter_role = true")
        try:
            go_on(page, 2)
            go_on(page, 3)
            window(page).get_by_role("button", name="Create interview").click()
            expect_refusal(page, "recruiter_role_required", "Ask an administrator")
            page.goto("/recruiters")
            expect_refusal(page, "recruiter_role_required", "can’t create interviews")
            expect(page.get_by_text("You haven’t finished creating “Barred”.")).to_be_visible()
            check_page(page, "an account that may not recruit")
        finally:
            site.sql("update private.settings set require_recruiter_role = false")
        site.sql(f"update auth.users set email_confirmed_at = null where email = '{recruiter}'")
        page.reload()
        expect_refusal(page, "email_not_confirmed", "not confirmed yet")
        resend = page.get_by_role("button", name="Send the confirmation email again")
        expect(resend).to_be_visible()
        check_page(page, "an account that is not confirmed")
