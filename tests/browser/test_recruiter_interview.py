"""The page of a recruiter's interview: its invites and candidates."""

import datetime
import re

import psycopg
from playwright.sync_api import expect

from local import demo
from tests.browser.answering import press
from tests.browser.new_interview import CLIPBOARD
from tests.browser.one_interview import confirm, leave, manage, row, told, visit
from tests.browser.site import Interview, Site, check_page, expect_refusal

# In how many lines a text stands.
LINES = """element => {
    const text = document.createRange();
    text.selectNodeContents(element);
    return new Set([...text.getClientRects()].map(({ top }) => top)).size;
}"""


def next_spring() -> str:
    """A date within a year, as a field for dates and times has it."""
    return f"{datetime.date.today() + datetime.timedelta(days=200)}T17:00"


def asked_again(site: Site, interview: Interview, email: str) -> None:
    """The invite has expired, and the candidate has asked for a new code."""
    site.sql(
        "update interview_invites set status = 'expired', renewal_requested_at = now() "
        f"where interview_id = '{interview.id}' and email = '{email}'"
    )


def test_each_invite_can_be_put_right(site: Site) -> None:
    recruiter = site.person("recruiter")
    sent, wrong, late = site.address("sent"), site.address("wrong"), site.address("late")
    interview = site.interview(sent, wrong, late, recruiter=recruiter)
    with site.device(permissions=CLIPBOARD) as page:
        visit(site, page, recruiter, interview)

        # Sent again: not within ten minutes.
        check_page(page, "candidates")
        dialog = manage(page, sent)
        dialog.get_by_role("button", name=f"Copy the code of {sent}").click()
        expect(dialog.get_by_text("Copied")).not_to_have_count(0)
        assert page.evaluate("navigator.clipboard.readText()") == interview.codes[sent]
        check_page(page, "an invite")
        dialog.get_by_role("button", name="Send again").click()
        told(page, "Emailed less than 10 minutes ago")
        site.sql(
            "update private.jobs set queued_at = queued_at - interval '1 hour'; "
            "alter table interview_invites disable trigger _200_change_invite; "
            "update interview_invites set queued_at = queued_at - interval '1 hour'; "
            "alter table interview_invites enable trigger _200_change_invite"
        )
        manage(page, sent, "Send again")
        told(page, "Sent again with the same code")

        # Corrected: what is refused keeps what was typed.
        right = site.address("right")
        manage(page, wrong, "Correct the address")
        correcting = page.get_by_role("dialog", name="Correct the address")
        field = correcting.get_by_label("Email address")
        expect(field).to_be_focused()
        field.fill("oops")
        correcting.get_by_role("button", name="Save").click()
        expect(correcting.get_by_text("Enter a valid email address.")).to_be_visible()
        expect(field).to_be_focused()
        check_page(page, "an address to be corrected")
        field.fill(sent)
        correcting.get_by_role("button", name="Save").click()
        expect_refusal(page, "already_invited", "already has an open invitation")
        expect(field).to_have_value(sent)
        field.fill(right)
        correcting.get_by_role("button", name="Save").click()
        told(page, f"A new code is on its way to {right}")
        (mailed,) = [mail for mail in mails(site, right)]
        expect(page.get_by_role("dialog", name=right)).to_contain_text(mailed)
        expect(page.get_by_role("dialog")).not_to_contain_text(interview.codes[wrong])
        leave(page, right)
        expect(row(page, right)).to_be_visible()
        expect(row(page, wrong)).to_have_count(0)

        # Extended, revoked, invited again, deleted.
        manage(page, late, "Extend")
        expect(
            page.get_by_role("dialog", name="Extend the invitation of 1 person?")
        ).to_be_visible()
        extending = page.get_by_role("dialog")
        extending.get_by_label("Valid until").fill("")
        expect(extending.get_by_text("Choose a date and time.")).to_be_visible()
        expect(extending.get_by_role("button", name="Extend 1 invitation")).to_have_count(0)
        extending.get_by_label("Valid until").fill(next_spring())
        extending.get_by_role("button", name="Extend 1 invitation").click()
        page.get_by_role("dialog", name="Result").get_by_role("button", name="Done").click()
        expect(page.get_by_role("dialog", name=late)).to_contain_text("at 17:00")
        leave(page, late)
        manage(page, late, "Revoke")
        check_page(page, "revoke?")
        confirm(page, "Revoke this invitation?", "Revoke")
        told(page, "no longer works")
        leave(page, late)
        expect(page.get_by_role("button", name=f"Manage the invitation to {late}")).to_be_focused()
        expect(row(page, late).get_by_text("Revoked").first).to_be_visible()
        expect(manage(page, late)).not_to_contain_text(interview.codes[late])
        leave(page, late)
        manage(page, late, "Invite again")
        told(page, f"{late}: Invited with a new code.")
        # One row a person, whatever they were sent before.
        expect(row(page, late)).to_have_count(1)
        expect(row(page, late).get_by_text("Invited").first).to_be_visible()
        manage(page, late, "Delete")
        confirm(page, "Delete this invitation?", "Delete")
        expect(row(page, late)).to_have_count(0)
        expect(page).to_have_url(site.url(f"/recruiters/{interview.id}"))
        page.reload()
        expect(row(page, sent)).to_be_visible()
        expect(row(page, late)).to_have_count(0)


def test_codes_and_addresses_are_not_broken_on_tablets(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), "candidate1@example.com"
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        for width in (721, 768, 1024):
            page.set_viewport_size({"width": width, "height": 800})
            shown = row(page, candidate).get_by_text(candidate, exact=True).last
            assert shown.evaluate(LINES) == 1, f"{candidate} on {width}"
            code = manage(page, candidate).get_by_text(interview.codes[candidate], exact=True)
            assert code.first.evaluate(LINES) == 1, f"the code on {width}"
            leave(page, candidate)


def mails(site: Site, email: str) -> list[str]:
    """The codes that were mailed to an address, once there is one."""
    code = site.sql(f"select invite_code from interview_invites where email = '{email}'").strip()
    demo.wait_for_mail(site.environment, email, code)
    return [code]


def test_delivery_is_shown_and_expiry_before_any_job_has_run(site: Site) -> None:
    recruiter = site.person("recruiter")
    states = ["queued", "retried", "taken", "failed", "cancelled", "overdue", "joined"]
    people = {state: site.address(state) for state in states}
    people["joined"] = site.person("joined")
    site.sql("select pause_jobs('{interview_invitation}', 'a test', 600)")
    connection = psycopg.connect(site.stack.cluster.url())
    # As if maintenance were running elsewhere.
    connection.execute("select pg_advisory_lock(715517, 2)")
    try:
        interview = site.interview(*people.values(), recruiter=recruiter)
        code = interview.codes[people["joined"]]
        demo.value(site.api(people["joined"]).call("accept_invite", code=code))

        def put(state: str, change: str) -> None:
            site.sql(f"update interview_invites set {change} where email = '{people[state]}'")

        put("retried", "delivery_error = '450 4.2.1 mailbox busy'")
        put("taken", "delivery_status = 'accepted', delivery_at = now()")
        put("failed", "delivery_status = 'failed', delivery_error = '550 5.1.1 user unknown'")
        put("cancelled", "delivery_status = 'cancelled'")
        put("overdue", "expires_at = now() - interval '1 minute'")
        with site.device() as page:
            visit(site, page, recruiter, interview)
            expect(page.get_by_text("Emails are paused")).to_be_visible()
            for state, shown, more in (
                ("queued", "email is queued", ["Invited", "Queued"]),
                ("retried", "email is queued", ["Queued", "last attempt: 450 4.2.1 mailbox busy"]),
                ("taken", "Invited", ["Sent", interview.codes[people["taken"]]]),
                ("failed", "Not delivered", ["550 5.1.1 user unknown"]),
                ("cancelled", "email not sent", ["Not sent"]),
                ("overdue", "Expired", ["Expired", "Not sent"]),
                ("joined", "Joined", ["Joined"]),
            ):
                expect(row(page, people[state])).to_contain_text(shown)
                dialog = manage(page, people[state])
                for text in more:
                    expect(dialog).to_contain_text(text)
                if state == "overdue":
                    expect(dialog).not_to_contain_text(interview.codes[people[state]])
                leave(page, people[state])
            check_page(page, "candidates in every state")

            def listed(choice: str, *expected: str) -> None:
                page.get_by_role("radio", name=choice).check()
                rows = page.get_by_role("table", name="Candidates").get_by_role("row")
                expect(rows).to_have_count(1 + len(expected))
                for state in expected:
                    expect(row(page, people[state])).to_be_visible()

            listed("Not delivered 1", "failed")
            listed("Joined 1", "joined")
            # Until maintenance has marked it, the overdue one is among the invited.
            listed("Invited 5", "queued", "retried", "taken", "cancelled", "overdue")
            page.get_by_role("radio", name="All").check()
            page.get_by_label("Find a name or address").fill("Retried-")
            expect(row(page, people["queued"])).to_have_count(0)
            expect(row(page, people["retried"])).to_be_visible()
            page.get_by_label("Find a name or address").fill("nobody_")
            expect(page.get_by_text("No matches")).to_be_visible()
            # A participant can no longer be sent away here.
            page.get_by_label("Find a name or address").fill("joined")
            dialog = manage(page, people["joined"])
            expect(dialog.get_by_text("The code was used")).to_be_visible()
            expect(dialog.get_by_role("button")).to_have_text(["", "Remind now"])
            check_page(page, "an invite that was used")
    finally:
        connection.close()
        site.sql("delete from private.jobs; select resume_jobs('{interview_invitation}')")


def test_candidates_who_ask_for_a_new_code_are_on_top(site: Site) -> None:
    recruiter = site.person("recruiter")
    first, second, third = (site.address(name) for name in ("first", "second", "third"))
    interview = site.interview(first, second, third, site.address(), recruiter=recruiter)
    for email in (first, second, third):
        asked_again(site, interview, email)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        expect(page.get_by_text("3 candidates requested a new code.")).to_be_visible()
        expect(row(page, first).get_by_text("Asks for a code").first).to_be_visible()
        check_page(page, "new codes are asked for")
        manage(page, second, "Invite again")
        told(page, f"{second}: Invited with a new code.")
        expect(page.get_by_text("2 candidates requested a new code.")).to_be_visible()
        press(page, "Show them")
        expect(page.get_by_role("radio", name="Asks for a code 2")).to_be_checked()
        expect(page.get_by_role("table", name="Candidates").get_by_role("row")).to_have_count(3)
        press(page, "Send new codes")
        dialog = page.get_by_role("dialog", name="Send the invitation again to 2 people?")
        expect(dialog.get_by_text("2 people – will be invited with a new code")).to_be_visible()
        dialog.get_by_role("button", name="Send 2 invitations").click()
        result = page.get_by_role("dialog", name="Result")
        for email in (first, third):
            expect(result.get_by_role("row", name=email)).to_contain_text("Invited with a new code")
        check_page(page, "new codes were sent")
        press(page, "Done")
        expect(page.get_by_text("requested a new code.")).to_have_count(0)
        page.get_by_role("radio", name="All").check()
        expect(row(page, first)).to_contain_text("Invited")


def test_more_people_are_invited_with_a_preview(site: Site) -> None:
    recruiter, member = site.person("recruiter"), site.person("member")
    pending, new = site.address("pending"), site.address("new")
    interview = site.interview(member, pending, recruiter=recruiter)
    demo.value(site.api(member).call("accept_invite", code=interview.codes[member]))
    with site.device() as page:
        visit(site, page, recruiter, interview)
        press(page, "Invite more")
        dialog = page.get_by_role("dialog", name="Invite more people")
        press(page, "Next: review")
        expect_refusal(page, "no_emails", "Add at least one email address.")
        dialog.get_by_label("Email addresses").fill(f"{member} {pending} {new}")
        page.reload()
        expect(dialog.get_by_label("Email addresses")).to_have_value(f"{member} {pending} {new}")
        check_page(page, "invite more")
        press(page, "Next: review")
        for email, foreseen in (
            (member, "Already joined: nothing will be sent"),
            (pending, "Emailed less than 10 minutes ago: not sent again"),
            (new, "Will be invited"),
        ):
            expect(dialog.get_by_role("row", name=email)).to_contain_text(foreseen)
        check_page(page, "what inviting more comes to")
        dialog.get_by_role("button", name="Back").click()
        press(page, "Next: review")
        expect(dialog.get_by_role("row", name=new)).to_contain_text("Will be invited")
        # It is closed in the meantime.
        site.sql(f"update interviews set status = 'inactive' where id = '{interview.id}'")
        press(page, "Send 1 email")
        expect_refusal(page, "interview_closed", "Reopen it or move the deadline")
        site.sql(f"update interviews set status = 'active' where id = '{interview.id}'")
        press(page, "Send 1 email")
        result = page.get_by_role("dialog", name="Invited")
        expect(result.get_by_text("1 email is on its way.")).to_be_visible()
        check_page(page, "more people were invited")
        press(page, "Done")
        expect(row(page, new).get_by_text("Invited").first).to_be_visible()
        press(page, "Invite more")
        expect(dialog.get_by_label("Email addresses")).to_have_value("")
        expect(dialog.get_by_role("listitem")).to_have_count(0)


def test_withdrawn_candidates_are_invited_again(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    api = site.api(candidate)
    demo.value(api.call("accept_invite", code=interview.codes[candidate]))
    demo.value(api.call("withdraw_from_interview", interview_id=interview.id))
    with site.device() as page:
        visit(site, page, recruiter, interview)
        # Nowhere as somebody who takes part.
        expect(row(page, candidate)).to_contain_text("Withdrawn")
        expect(row(page, candidate)).not_to_contain_text("Joined")
        expect(page.get_by_text("1 has withdrawn")).to_be_visible()
        expect(page.get_by_role("radio", name="Joined")).to_have_count(0)
        page.get_by_role("radio", name="Withdrawn 1").check()
        expect(row(page, candidate)).to_have_count(1)
        page.get_by_role("radio", name="All 1").check()
        check_page(page, "somebody has withdrawn")
        dialog = manage(page, candidate)
        expect(dialog.get_by_text("Withdrawn", exact=True)).to_be_visible()
        dialog.get_by_role("button", name="Invite again").click()
        told(page, f"{candidate}: Invited.")
        # Two invitations to one person, who is listed and counted once.
        expect(row(page, candidate)).to_have_count(1)
        expect(row(page, candidate)).not_to_contain_text("Withdrawn")
        expect(page.get_by_role("heading", name="Candidates 1 person")).to_be_visible()
        code = manage(page, candidate).get_by_text(re.compile(r"^\d{6}$"))
        demo.value(api.call("accept_invite", code=code.inner_text()))
        page.reload()
        leave(page, candidate)
        # They take part again.
        expect(row(page, candidate).get_by_text("Joined").first).to_be_visible()
        expect(page.get_by_text("has withdrawn")).to_have_count(0)
        page.get_by_role("link", name="Back to Recruiting").click()
        expect(page.get_by_role("list", name="Your interviews")).to_contain_text(interview.title)
        expect(page.get_by_text("has withdrawn")).to_have_count(0)


def test_invites_beyond_the_rows_of_one_answer_are_paged(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, title="Many")
    site.sql(
        f"select create_invites('{interview.id}', "
        "array(select 'p' || lpad(n::text, 4, '0') || '@many.example' "
        "from generate_series(1, 1105) n)); "
        "delete from private.jobs j using interview_invites i "
        f"where i.id = j.subject and i.interview_id = '{interview.id}'"
    )
    with site.device() as page:
        visit(site, page, recruiter, interview)
        rows = page.get_by_role("table", name="Candidates").get_by_role("row")
        pages = page.get_by_role("navigation", name="Pages of candidates")
        addresses = rows.get_by_text(re.compile(r"^p\d{4}@many\.example$"))
        expect(page.locator("dl").first).to_contain_text("1,105")
        expect(rows).to_have_count(21)
        seen = set(addresses.all_inner_texts())
        # There is none before the first.
        at, top = page.url, addresses.first.inner_text()
        pages.get_by_role("button", name="Previous").click(force=True)
        expect(addresses.first).to_have_text(top)
        assert page.url == at
        for number in range(2, 5):
            first = addresses.first.inner_text()
            pages.get_by_role("button", name="Next").click()
            expect(addresses.first).not_to_have_text(first)
            expect(pages.get_by_role("button", name="Next")).to_be_focused()
            seen |= set(addresses.all_inner_texts())
            assert len(seen) == 20 * number
        fourth = addresses.all_inner_texts()
        pages.get_by_role("button", name="Previous").click()
        expect(addresses.first).not_to_have_text(fourth[0])
        assert not set(fourth) & set(addresses.all_inner_texts())
        pages.get_by_role("button", name="Next").click()
        expect(addresses).to_have_text(fourth)
        # The page, the filter and the search are in the address.
        page.reload()
        expect(addresses).to_have_text(fourth)
        page.get_by_role("radio", name="Invited").check()
        page.get_by_label("Find a name or address").fill("p110")
        expect(rows).to_have_count(1 + 6)
        expect(row(page, "p1105@many.example")).to_be_visible()
        page.reload()
        expect(page.get_by_role("radio", name="Invited 6")).to_be_checked()
        expect(page.get_by_label("Find a name or address")).to_have_value("p110")
        expect(rows).to_have_count(1 + 6)
        page.go_back()
        expect(page.get_by_role("radio", name="All")).to_be_checked()
        expect(addresses).to_have_text(fourth)


def test_an_invite_that_was_used_in_the_meantime_is_refused(site: Site) -> None:
    recruiter, candidate = site.person("recruiter"), site.person()
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        manage(page, candidate, "Revoke")
        demo.value(site.api(candidate).call("accept_invite", code=interview.codes[candidate]))
        confirm(page, "Revoke this invitation?", "Revoke")
        expect_refusal(page, "invite_not_pending", "no longer open")
        check_page(page, "a refused revocation")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Delete", exact=True).last.click()
        confirm(page, "Delete this invitation?", "Delete")
        expect_refusal(page, "invite_not_pending", "no longer open")
