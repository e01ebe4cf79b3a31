"""From an empty account to thirty invited candidates, and what is kept for the next time."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.layout import check_layout
from tests.browser.new_interview import go_on, paste, questions, window
from tests.browser.site import DESKTOP, PHONE, Site, check_page


def test_thirty_candidates_in_twelve_interactions(site: Site) -> None:
    """What is clicked, chosen or pasted counts one each. Without a page of help."""
    recruiter = site.person("recruiter")
    people = [site.address(f"thirty{n}") for n in range(30)]
    interactions = 0

    def do(action: Callable[[], object]) -> None:
        nonlocal interactions
        interactions += 1
        action()

    with site.device(DESKTOP, permissions=["clipboard-read", "clipboard-write"]) as page:
        site.sign_in(page, recruiter, "/recruiters")
        expect(page.get_by_text("No interviews yet")).to_be_visible()
        do(page.get_by_role("button", name="New Interview").click)
        template = window(page).get_by_label("Template")
        do(lambda: template.select_option("Software developer"))
        expect(window(page).get_by_label("Title")).to_have_value("Software developer")
        assert len(questions(page)) == 6
        expect(window(page)).to_contain_text("Rated by Solving problems, Judgement and Working")
        check_page(page, "a template is chosen")
        check_layout(page)
        do(lambda: go_on(page, 2))
        do(lambda: paste(page, "\n".join(people)))
        do(lambda: go_on(page, 3))
        do(window(page).get_by_role("button", name="Create and invite").click)
        expect(page.get_by_text("30 invitations are on their way.")).to_be_visible()
    assert interactions <= 12
    mine = f"recruiter_id = (select id from auth.users where email = '{recruiter}')"
    assert site.sql(f"select count(*) from interview_invites where {mine}") == "30"
    assert site.sql(f"select count(*) from interview_questions where {mine} and required") == "6"
    assert site.sql(f"select count(*) from interview_criteria where {mine}") == "3"


def manage(page: Page, title: str) -> None:
    """Open the dialog about an interview of the list."""
    page.get_by_role("button", name=f"Manage {title}").click()


def test_an_interview_is_archived_duplicated_and_kept_as_a_template(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(title="Baker", recruiter=recruiter)
    site.interview("a@example.com", title="Chef", recruiter=recruiter, questions=["Why cook?"])
    site.sql(
        "update interview_invites set renewal_requested_at = now() where"
        f" recruiter_id = (select id from auth.users where email = '{recruiter}')"
    )
    with site.device(DESKTOP) as page:
        site.sign_in(page, recruiter, "/recruiters")
        titles = page.get_by_role("list", name="Your interviews").get_by_role("heading")
        expect(titles).to_have_text(["Chef", "Baker"])
        check_page(page, "interviews")
        check_layout(page)
        reason = page.get_by_role("link", name="1 asks for a code")
        expect(reason).to_have_attribute("href", re.compile(r"\?show=asks_for_code$"))
        # Found, sorted and filtered, in the address.
        page.get_by_label("Find an interview").fill("BAK")
        expect(titles).to_have_text(["Baker"])
        expect(page).to_have_url(re.compile(r"q=BAK"))
        page.get_by_label("Find an interview").fill("")
        expect(titles).to_have_text(["Chef", "Baker"])
        page.get_by_label("Sort by").select_option("title")
        expect(titles).to_have_text(["Baker", "Chef"])
        page.get_by_role("radio", name="Needs attention 1").check()
        expect(titles).to_have_text(["Chef"])
        page.reload()
        expect(titles).to_have_text(["Chef"])
        page.go_back()
        expect(titles).to_have_text(["Baker", "Chef"])
        # After a reload, the router asks the server twice; a new address in between, as that of a
        # dialog, makes it forget the page's title.
        expect(page).to_have_title("Recruiting · HireVision")
        # Into the archive, and out of it.
        manage(page, "Baker")
        check_page(page, "managing an interview")
        page.get_by_role("dialog").get_by_role("button", name="Archive", exact=True).click()
        expect(titles).to_have_text(["Chef"])
        page.get_by_role("radio", name="Archived 1").check()
        expect(titles).to_have_text(["Baker"])
        manage(page, "Baker")
        page.get_by_role("button", name="Take out of the archive").click()
        expect(page.get_by_text("No matches")).to_be_visible()
        page.get_by_role("radio", name="All 2").check()
        # Kept as a template.
        manage(page, "Chef")
        page.get_by_role("button", name="Save as a template").click()
        page.get_by_label("Name", exact=True).fill("Kitchen")
        page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved as a template.")).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        # Duplicated: leads to the copy.
        manage(page, "Chef")
        page.get_by_role("button", name="Duplicate").click()
        expect(page.get_by_label("Title")).to_have_value("Chef (copy)")
        page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Chef (copy)", level=1)).to_be_visible()
        expect(page.get_by_text("Why cook?")).to_be_visible()


def test_templates_are_used_renamed_and_deleted(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(title="Chef", recruiter=recruiter, questions=["Why cook?"])
    site.api(recruiter).call("save_template", interview_id=interview.id, name="Kitchen")
    with site.device(PHONE) as page:
        site.sign_in(page, recruiter, "/recruiters/templates")
        own = page.get_by_role("region", name="Your templates")
        shipped = page.get_by_role("region", name="For common roles")
        expect(shipped.get_by_role("listitem").filter(has=page.get_by_role("link"))).to_have_count(
            12
        )
        own.get_by_text("1 question").click()
        expect(own.get_by_text("Why cook?")).to_be_visible()
        check_page(page, "templates")
        check_layout(page)
        own.get_by_role("button", name="Rename Kitchen").click()
        page.get_by_label("Name", exact=True).fill("Cooks")
        page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
        expect(own.get_by_role("heading", name="Cooks")).to_be_visible()
        own.get_by_role("link", name="Use Cooks").click()
        expect(window(page).get_by_label("Title")).to_have_value("Cooks")
        assert questions(page) == ["Why cook?"]
        window(page).get_by_label("Template").select_option("Nurse")
        expect(window(page).get_by_label("Title")).to_have_value("Nurse")
        window(page).get_by_label("Question 1", exact=True).fill("My own question?")
        window(page).get_by_label("Template").select_option("Cooks")
        window(page).get_by_role("button", name="Undo").click()
        expect(window(page).get_by_label("Question 1", exact=True)).to_have_value(
            "My own question?"
        )
        page.goto("/recruiters/templates")
        own.get_by_role("button", name="Delete Cooks").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        expect(own.get_by_text("None yet.")).to_be_visible()
