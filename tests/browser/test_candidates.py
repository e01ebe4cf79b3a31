"""The table of an interview's candidates: many are changed at once; and one candidate's page."""

import re

from playwright.sync_api import Locator, Page, expect

from local import demo
from tests.browser.answering import press
from tests.browser.layout import check_layout
from tests.browser.one_interview import confirm, manage, row, told, visit
from tests.browser.site import PHONE, Interview, Site, check_accessible, check_page

# As somebody sees them who has scrolled to the first.
# On the page, however far it is scrolled.
PLACE = "row => row.getBoundingClientRect().top + scrollY"
HEIGHTS = "rows => rows.map(row => row.getBoundingClientRect().height)"


def table(page: Page) -> Locator:
    return page.get_by_role("table", name="Candidates")


def bar(page: Page) -> Locator:
    """What can be done to those who are selected."""
    return page.get_by_role("region", name="Selected candidates")


def delivered(site: Site, interview: Interview) -> None:
    """Their invitations have left, some time ago."""
    site.sql(
        "delete from private.jobs j using interview_invites i "
        f"where i.id = j.subject and i.interview_id = '{interview.id}'; "
        "alter table interview_invites disable trigger user; "
        "update interview_invites set delivery_status = 'accepted', delivery_at = now(), "
        "queued_at = queued_at - interval '1 hour' "
        f"where interview_id = '{interview.id}' and status = 'pending'; "
        "alter table interview_invites enable trigger user"
    )


def test_many_are_changed_at_once_by_keyboard_alone(site: Site) -> None:
    """A preview says who it reaches; the result, what became of each."""
    recruiter, joined, revoked = site.person("recruiter"), site.person("joined"), site.address()
    people = [f"many-{number:02}@example.com" for number in range(23)]
    interview = site.interview(joined, revoked, *people, recruiter=recruiter)
    demo.value(site.api(joined).call("accept_invite", code=interview.codes[joined]))
    delivered(site, interview)
    site.sql(
        "update interview_invites set status = 'expired', revoked_at = now() "
        f"where email = '{revoked}'"
    )
    with site.device() as page:
        visit(site, page, recruiter, interview)
        rows = table(page).get_by_role("row")
        expect(rows).to_have_count(21)
        # The rows of a desktop are of one height, and stay where they are when a bar appears.
        assert all(44 <= height <= 45 for height in rows.evaluate_all(HEIGHTS)[1:])
        before = rows.nth(1).evaluate(PLACE)
        page.get_by_role("checkbox", name=f"Select {revoked}").press("Space")
        expect(bar(page)).to_contain_text("1 selected")
        assert rows.nth(1).evaluate(PLACE) == before
        page.get_by_role("checkbox", name="Select this page").press("Space")
        expect(bar(page)).to_contain_text("20 selected")
        bar(page).get_by_role("button", name="Select all 25").press("Enter")
        expect(bar(page)).to_contain_text("25 selected")
        check_page(page, "all are selected")
        check_layout(page)

        # Back leaves the preview, and keeps who is selected.
        bar(page).get_by_role("button", name="Revoke").press("Enter")
        expect(page.get_by_role("dialog", name="Revoke the invitation of 25")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(bar(page)).to_contain_text("25 selected")

        bar(page).get_by_role("button", name="Remind now").press("Enter")
        dialog = page.get_by_role("dialog", name="Remind 25 people?")
        expect(dialog.get_by_text("24 people – will be reminded")).to_be_visible()
        expect(dialog.get_by_role("row", name=revoked)).to_contain_text("Revoked")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        check_accessible(page, "whom a reminder reaches")
        check_layout(page)
        page.keyboard.press("Tab")
        expect(dialog.get_by_role("button", name="Send 24 reminders")).to_be_focused()
        page.keyboard.press("Enter")
        result = page.get_by_role("dialog", name="Result")
        expect(result.get_by_role("row", name=joined)).to_contain_text("Reminder sent")
        expect(result.get_by_role("row", name=revoked)).to_contain_text("send it again instead")
        check_accessible(page, "who was reminded")
        check_layout(page)
        result.get_by_role("button", name="Done").press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(bar(page)).to_have_count(0)
        demo.wait_for_mail(site.environment, people[0], interview.codes[people[0]])


def test_those_who_match_are_selected_from_page_to_page(site: Site) -> None:
    recruiter, joined = site.person("recruiter"), site.person("joined")
    people = [f"match-{number:02}@example.com" for number in range(24)]
    interview = site.interview(joined, *people, recruiter=recruiter)
    demo.value(site.api(joined).call("accept_invite", code=interview.codes[joined]))
    with site.device(PHONE, is_mobile=True) as page:
        visit(site, page, recruiter, interview)
        page.get_by_label("Sort by").select_option("Name")
        page.get_by_role("checkbox", name=f"Select {joined}").check()
        page.get_by_role("checkbox", name=f"Select {people[0]}").check()
        press(page, "Next")
        page.get_by_role("checkbox", name=f"Select {people[23]}").check()
        expect(bar(page)).to_contain_text("3 selected")
        check_page(page, "some are selected on a phone")
        check_layout(page)
        bar(page).get_by_role("button", name="Delete").click()
        dialog = page.get_by_role("dialog", name="Delete 3 people?")
        expect(dialog.get_by_role("row", name=joined)).to_contain_text("Already joined")
        # One of them joins in the meantime: nothing is done to them.
        site.sql(f"delete from interview_invites where email = '{people[0]}'")
        dialog.get_by_role("button", name="Delete 2 people").click()
        result = page.get_by_role("dialog", name="Result")
        expect(result).to_contain_text("1 person – deleted")
        expect(result).to_contain_text("1 person – no longer in this interview")
        expect(result).to_contain_text("1 person – already joined")
        press(page, "Done")
        expect(page.get_by_role("heading", name="Candidates 23 people")).to_be_visible()
        # Another search is another list, of which nobody is selected.
        page.get_by_label("Find a name or address").fill("match-1")
        expect(table(page).get_by_role("row")).to_have_count(11)
        page.get_by_role("checkbox", name="Select this page").check()
        expect(bar(page)).to_contain_text("10 selected")
        page.get_by_label("Find a name or address").fill("match-2")
        expect(bar(page)).to_have_count(0)


def test_a_candidates_page_before_and_after_they_join(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter, names=["Jane Doe"])
    api = site.api(candidate)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        row(page, candidate).get_by_role("link", name=candidate).click()
        expect(page.get_by_role("heading", name=candidate)).to_be_visible()
        expect(page.get_by_text("They have not joined yet.")).to_be_visible()
        expect(page.get_by_text(interview.codes[candidate], exact=True)).to_be_visible()
        timeline = page.get_by_role("region", name="Timeline").get_by_role("listitem")
        expect(timeline.first).to_contain_text(f"{candidate}, signed by Recruiter Test")
        expect(page.get_by_role("link", name=f"Back to {interview.title}")).to_be_visible()
        check_page(page, "a candidate who has not joined")
        check_layout(page)
        manage(page, candidate, "Revoke")
        confirm(page, "Revoke this invitation?", "Revoke")
        told(page, "no longer works")
        page.keyboard.press("Escape")
        expect(timeline.filter(has_text="The invitation was revoked")).to_have_count(1)
        manage(page, candidate, "Invite again")
        told(page, f"{candidate}: Invited with a new code.")
        # Its address leads on, though another invite is in force.
        code = page.get_by_text(re.compile(r"^\d{6}$"))
        expect(code).not_to_have_text(interview.codes[candidate])
        expect(timeline.filter(has_text="Invited")).to_have_count(2)
        demo.value(api.call("accept_invite", code=code.inner_text()))
        demo.value(api.call("complete_interview", interview_id=interview.id))
        page.reload()
        # Not always the last: the email with the new code may leave after that.
        expect(timeline.filter(has_text="Completed the interview")).to_have_count(1)
        expect(page.get_by_role("button", name="Extra takes and time")).to_be_visible()
        page.get_by_role("radio", name="Hold").check()
        press(page, "Confirm decision")
        told(page, "Decision saved.")
        page.reload()
        expect(timeline.last).to_contain_text("Decided to hold")
        check_page(page, "a candidate who has completed")
        check_layout(page)


def test_what_others_do_waits_until_it_is_asked_for(site: Site) -> None:
    recruiter, candidate, asking = site.person("recruiter"), site.person(), site.address()
    interview = site.interview(candidate, asking, recruiter=recruiter)
    with site.device() as page:
        page.clock.install()
        visit(site, page, recruiter, interview)
        first = row(page, candidate)
        before = first.bounding_box()
        radios = page.get_by_role("radio")
        expect(radios).to_have_count(2)
        demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
        new = site.address("new")
        demo.value(
            site.api(recruiter).call("create_invites", interview_id=interview.id, emails=[new])
        )
        site.sql(
            "update interview_invites set status = 'expired', renewal_requested_at = now() "
            f"where email = '{asking}'"
        )
        page.clock.run_for(70_000)
        expect(first).to_contain_text("Joined")
        expect(row(page, asking)).to_contain_text("Asks for a code")
        expect(row(page, new)).to_have_count(0)
        expect(radios).to_have_count(2)
        assert first.bounding_box() == before
        press(page, "1 new – show")
        expect(row(page, new)).to_be_visible()
        expect(page.get_by_role("radio", name="Joined 1")).to_be_visible()
        expect(page.get_by_text("1 candidate requested a new code.")).to_be_visible()
