"""What people wrote in Arabic or Hebrew reads from right to left, amid English sentences too."""

import re

from playwright.sync_api import Page, expect

from local import demo, people
from tests.browser.answering import press
from tests.browser.answers import answering
from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.one_interview import manage, visit
from tests.browser.site import Site

TITLE = "مهندس برمجيات (C++)"
DESCRIPTION = "אנחנו מחפשים אותך."
QUESTION = "ماذا بنيت في 2029؟"
ANSWER = "בניתי גשר."
NAME = "ليلى حداد"

# The elements whose own text, or what is typed in them, has letters from right to left; each with
# its direction. Only <bdi> and dir="auto" let them read that way, which also keep them apart from
# the text around them.
FOREIGN = r"""
    () => {
        const isForeign = (text) => /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(text);
        const found = [...document.querySelectorAll("input, textarea")]
            .filter(({value}) => isForeign(value));
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const {data, parentElement} = walker.currentNode;
            // The first letter of a name stands alone, in a circle.
            if (!isForeign(data) || data.length === 1) continue;
            if (parentElement.checkVisibility() && !parentElement.matches("script"))
                found.push(parentElement);
        }
        return found.map((one) => [getComputedStyle(one).direction, one.outerHTML]);
    }
"""


def check_direction(page: Page, name: str) -> None:
    """There is something in such a script, and all of it reads from right to left."""
    found = page.evaluate(FOREIGN)
    assert found, name
    assert [html for direction, html in found if direction != "rtl"] == [], name


def check_dialog(page: Page, title: str) -> None:
    """The same, once this dialog is there."""
    expect(page.get_by_role("dialog", name=title)).to_be_visible()
    check_direction(page, title)


def test_candidates_read_it(site: Site) -> None:
    recruiter, email = site.person("recruiter"), site.address()
    people.sign_up(site.environment, email, people.PASSWORD, full_name=NAME)
    interview = site.interview(
        email,
        recruiter=recruiter,
        title=TITLE,
        description=DESCRIPTION,
        questions=[QUESTION],
        response_kinds=["text"],
    )
    with site.device() as page:
        site.sign_in(page, email)
        page.get_by_role("button", name="Add Interview").click()
        page.get_by_label("Interview code").fill(interview.codes[email])
        page.get_by_role("dialog").get_by_role("button", name="Add Interview").click()
        expect(page.get_by_text(f"You joined “{TITLE}”.")).to_be_visible()
        page.get_by_role("button", name="Account of").click()
        expect(page.get_by_text(NAME)).to_be_visible()
        check_direction(page, "the dashboard")
        page.get_by_role("link", name=TITLE).click()
        expect(page.get_by_text(QUESTION)).to_be_visible()
        check_direction(page, "an interview")
        press(page, "Start answering")
        page.get_by_label("Your answer").fill(ANSWER)
        check_direction(page, "an answer")
        press(page, "Save and see all questions")
        press(page, "Submit my answers")
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Your answers are submitted.")).to_be_visible()
        page.get_by_text("Read your answer").click()
        expect(page.get_by_text(ANSWER)).to_be_visible()
        check_direction(page, "the receipt")


def test_recruiters_read_it(site: Site) -> None:
    candidate = answering(site, [QUESTION], title=TITLE, description=DESCRIPTION)
    candidate.write(1, ANSWER)
    candidate.end()
    recruiter, interview = candidate.recruiter, candidate.interview
    site.sql(
        f"update interview_invites set candidate_name = '{NAME}', recruiter_name = '{NAME}'"
        f" where interview_id = '{interview.id}'"
    )
    with site.device() as page:
        visit(site, page, recruiter, interview)
        expect(page.get_by_text(NAME).first).to_be_visible()
        check_direction(page, "an interview")
        manage(page, candidate.email)
        check_direction(page, "an invitation")
        page.keyboard.press("Escape")
        press(page, "Remove question 1")
        check_dialog(page, "Remove this question?")
        press(page, "Cancel")
        press(page, "Delete")
        check_dialog(page, f"Delete “{TITLE}”?")
        press(page, "Cancel")
        press(page, "Edit")
        site.sql(f"update interviews set title = '{TITLE}!' where id = '{interview.id}'")
        page.get_by_label("Title").fill(f"{TITLE}?")
        press(page, "Save")
        expect(page.get_by_text("Someone changed this in the meantime.")).to_be_visible()
        check_direction(page, "both versions")
        press(page, "Cancel")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.goto(candidate.page)
        expect(page.get_by_text(ANSWER)).to_be_visible()
        check_direction(page, "a candidate")


def test_it_is_written_in_a_new_interview(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        write(page, TITLE, QUESTION)
        window(page).get_by_label("Description").fill(DESCRIPTION)
        check_direction(page, "the first step")
        go_on(page, 2)
        window(page).get_by_label("Email addresses").fill(f"{NAME} <leila@example.com>")
        window(page).get_by_role("button", name="Add to list").click()
        check_direction(page, "the second step")
        go_on(page, 3)
        check_direction(page, "the last step")
        window(page).get_by_role("button", name="Close", exact=True).click()
        expect(page.get_by_text(re.compile("haven’t finished creating"))).to_be_visible()
        check_direction(page, "a draft that waits")
        other = page.context.new_page()
        other.goto("/recruiters?new=")
        page.goto("/recruiters?new=")
        window(page).get_by_label("Email addresses").or_(
            window(page).get_by_role("heading", name="Step 3 of 3")
        ).wait_for()
        window(page).get_by_role("button", name="Back").click()
        expect(other.get_by_text("The other tab has")).to_be_visible()
        check_direction(other, "a draft in two tabs")


def test_the_menu_has_the_name_that_was_given_on_signing_up(site: Site) -> None:
    email = site.address()
    with site.device() as page:
        page.goto("/signup")
        site.sign_up(page, email)
        page.get_by_text("Check your inbox").wait_for()
        site.follow_link(page, email)
        page.get_by_role("button", name=f"Account of {email}").click()
        expect(page.get_by_text("Carol Candidate", exact=True)).to_be_visible()


def test_nobody_needs_a_name(site: Site) -> None:
    email = site.address()
    people.sign_up(site.environment, email, people.PASSWORD, full_name=" ‏ ")
    assert demo.sign_in(site.environment, email, "Rita Test")
    with site.device() as page:
        site.sign_in(page, email)
        face = page.get_by_role("button", name=f"Account of {email}")
        expect(face).to_have_text(email[0])
        with page.expect_response("**/auth/v1/user"):
            face.click()
        expect(page.get_by_text("Signed in as")).to_be_visible()
        expect(page.locator("strong")).to_have_count(0)
