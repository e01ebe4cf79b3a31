"""The page of a recruiter's interview: the interview itself and its questions."""

import json
import re

from playwright.sync_api import Route, expect

from local import demo
from tests.browser.answering import press
from tests.browser.answers import answering
from tests.browser.one_interview import confirm, manage, told, visit
from tests.browser.site import Site, check_page, expect_refusal
from tests.kit.waiting import eventually


def test_the_interview_is_changed_closed_reopened_completed_and_deleted(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter, title="As it was")
    with site.device(timezone_id="Europe/Berlin") as page:
        visit(site, page, recruiter, interview)
        press(page, "Edit")
        editing = page.get_by_role("dialog", name="Edit the interview")
        editing.get_by_label("Title").fill(" ")
        press(page, "Save")
        expect(editing.get_by_text("Enter a title.")).to_be_visible()
        check_page(page, "the interview is edited")
        editing.get_by_label("Title").fill("As it is")
        editing.get_by_label("Description").fill("Two lines\nof text.")
        editing.get_by_label("Audio").uncheck()
        page.context.set_offline(True)
        press(page, "Save")
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        press(page, "Try again")
        expect(page.get_by_role("heading", name="As it is")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_text("of text.")).to_be_visible()
        expect(page.get_by_text("Answers in video", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Edit", exact=True)).to_be_focused()

        press(page, "Set a deadline")
        field = page.get_by_role("dialog").get_by_label("Deadline")
        field.fill("2001-01-31T17:00")
        press(page, "Save")
        expect(page.get_by_text("That’s in the past.")).to_be_visible()
        field.fill("2031-07-31T17:00")
        expect(
            page.get_by_text("Ends 31 July 2031 at 17:00, Europe/Berlin, GMT+2.")
        ).to_be_visible()
        check_page(page, "the deadline")
        press(page, "Save")
        expect(
            page.get_by_text("Until 31 July 2031 at 17:00, Europe/Berlin, GMT+2")
        ).to_be_visible()
        assert "2031-07-31 15:00:00+00" in site.sql(
            f"set timezone = 'UTC'; select deadline from interviews where id = '{interview.id}'"
        )
        press(page, "Change the deadline")
        expect(field).to_have_value("2031-07-31T17:00")
        field.fill("")
        press(page, "Save")
        expect(page.get_by_text("No deadline", exact=True)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)

        press(page, "Close")
        check_page(page, "close?")
        confirm(page, "Close this interview?", "Close interview")
        told(page, "Closed: nobody new can join.")
        manage(page, candidate, "Send again")
        expect_refusal(page, "interview_closed", "Reopen it or move the deadline")
        check_page(page, "a closed interview")
        page.keyboard.press("Escape")
        press(page, "Reopen")
        confirm(page, "Reopen this interview?", "Reopen interview")
        told(page, "Reopened.")
        demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
        press(page, "Complete")
        confirm(page, "Complete this interview?", "Complete interview")
        told(page, "Completed: nobody can join or finish.")
        late = site.api(candidate).call("complete_interview", interview_id=interview.id)
        assert late.json()["details"] == "interview_closed"
        check_page(page, "a completed interview")

        press(page, "Delete")
        check_page(page, "delete?")
        confirm(page, "Delete “As it is”?", "Delete interview")
        page.wait_for_url("**/recruiters")
        told(page, "Deleted “As it is”.")
        expect(page.get_by_text("No interviews yet")).to_be_visible()
    assert site.sql(f"select count(*) from interviews where id = '{interview.id}'").strip() == "0"


def test_questions_are_added_edited_moved_and_removed(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, questions=["one", "two", "three"])

    def stored() -> list[str]:
        return site.sql(
            "select question from interview_questions "
            f"where interview_id = '{interview.id}' order by order_index"
        ).split()

    with site.device() as page:
        visit(site, page, recruiter, interview)
        section = page.get_by_role("region", name="Questions")

        def shown(*texts: str) -> None:
            expect(section.get_by_role("listitem").locator("p")).to_have_text(list(texts))

        shown("one", "two", "three")
        # Faster than they are saved.
        section.get_by_role("button", name="Move question 3 up").focus()
        page.keyboard.press("Enter")
        expect(section.get_by_role("button", name="Move question 2 up")).to_be_focused()
        page.keyboard.press("Enter")
        expect(section.get_by_role("button", name="Move question 1 up")).to_be_focused()
        shown("three", "one", "two")
        expect(
            page.get_by_role("status").get_by_text("Question 2 is now number 1 of 3.")
        ).to_have_count(1)
        eventually(lambda: stored() == ["three", "one", "two"])
        shown("three", "one", "two")

        press(page, "Add a question")
        adding = page.get_by_role("dialog", name="Add a question")
        expect(adding.get_by_label("Question")).to_be_focused()
        press(page, "Save")
        expect(adding.get_by_text("Write the question.")).to_be_visible()
        check_page(page, "a question is added")
        adding.get_by_label("Question").fill("four")
        press(page, "Save")
        shown("three", "one", "two", "four")
        items = section.get_by_role("listitem")
        expect(items.nth(3)).to_contain_text("2 minutes, 3 takes, required")
        # As the other client has made it.
        expect(items.nth(0)).to_contain_text("3 minutes, 3 takes, optional")
        press(page, "Edit question 1")
        editing = page.get_by_role("dialog", name="Edit the question")
        editing.get_by_label("Question").fill("tres")
        editing.get_by_label("Longest recording").select_option("10 minutes")
        editing.get_by_label("Required").check()
        check_page(page, "a question is edited")
        press(page, "Save")
        shown("tres", "one", "two", "four")
        expect(items.nth(0)).to_contain_text("10 minutes, 3 takes, required")
        press(page, "Remove question 2")
        check_page(page, "remove?")
        confirm(page, "Remove this question?", "Remove")
        shown("tres", "two", "four")
        eventually(lambda: stored() == ["tres", "two", "four"])

        # Somebody else of the same account has added one.
        site.sql(
            "insert into interview_questions (interview_id, question, order_index) "
            f"values ('{interview.id}', 'five', 9)"
        )
        section.get_by_role("button", name="Move question 1 down").click()
        expect_refusal(page, "question_ids_mismatch", "Someone changed the questions")
        shown("tres", "two", "four", "five")
        check_page(page, "questions that have changed")


def test_a_question_that_was_answered_stays(site: Site) -> None:
    candidate = answering(site)
    candidate.write(1)
    with site.device() as page:
        visit(site, page, candidate.recruiter, candidate.interview)
        press(page, "Remove question 1")
        confirm(page, "Remove this question?", "Remove")
        expect_refusal(page, "question_answered", "it can’t be deleted")
        check_page(page, "a question that was answered")
        page.keyboard.press("Escape")
        press(page, "Remove question 2")
        confirm(page, "Remove this question?", "Remove")
        told(page, "Question removed.")


def test_loading_and_failing(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(site.address(), recruiter=recruiter, title="Slow")
    failure = {"code": "57014", "message": "canceling statement", "details": None, "hint": None}
    with site.device() as page:
        visit(site, page, recruiter, interview)
        failing: list[Route] = []
        asked = re.compile(r"/rest/v1/rpc/list_candidates")
        page.route(asked, lambda route: failing.append(route))
        page.get_by_role("radio", name="Invited").check()
        table = page.get_by_role("table", name="Candidates")
        expect(page.locator("[aria-busy=true]").filter(has=table)).to_be_visible()
        check_page(page, "candidates are loading")
        eventually(lambda: bool(failing))
        for route in failing:
            route.fulfill(
                status=500,
                body=json.dumps(failure),
                headers={"Access-Control-Allow-Origin": "*"},
                content_type="application/json",
            )
        expect_refusal(page, "took_too_long", "took too long")
        page.unroute(asked)
        press(page, "Try again")
        expect(page.locator("[data-slug]")).to_have_count(0)
        expect(table).to_be_visible()
        site.faults[:] = [fault for fault in site.faults if "status of 500" not in fault]
