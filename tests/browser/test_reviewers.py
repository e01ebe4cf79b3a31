"""The reviewers on an interview's page: its recruiter invites colleagues, and removes them."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.answering import press, press_by_key
from tests.browser.answers import Answering, submitted
from tests.browser.layout import check_layout
from tests.browser.one_interview import confirm, told
from tests.browser.reviewers import ask, reviewer
from tests.browser.site import ON_BOTH, Site, check_page, expect_refusal


def visit(site: Site, page: Page, candidate: Answering) -> Locator:
    """Signed in, on the interview's page; the part with the reviewers."""
    site.sign_in(page, candidate.recruiter, f"/recruiters/{candidate.interview.id}")
    section = page.get_by_role("region", name="Reviewers")
    expect(section).to_contain_text("Colleagues who watch the answers")
    return section


def row(section: Locator, email: str) -> Locator:
    return section.get_by_role("table", name="Reviewers").get_by_role("row", name=email)


def box(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_label("Email addresses")


@ON_BOTH
def test_colleagues_are_invited_again_and_removed(site: Site, viewport: dict[str, int]) -> None:
    candidate = submitted(site)
    joined = reviewer(site, candidate)
    known, new, other = site.person("known"), site.address("new"), site.person("other")
    ask(site, candidate, known)
    with site.device(viewport) as page:
        section = visit(site, page, candidate)
        expect(row(section, joined)).to_contain_text("Joined")
        expect(row(section, joined)).to_contain_text("Reviewer Test")
        expect(row(section, known)).to_contain_text("Invited")
        expect(section.get_by_role("heading")).to_contain_text("2")
        check_layout(page)
        check_page(page, "reviewers")

        press(page, "Invite reviewers")
        expect(box(page)).to_be_focused()
        press(page, "Invite")
        expect_refusal(page, "no_emails", "")
        box(page).fill("oops")
        press(page, "Invite")
        expect(page.get_by_text("1 invalid address", exact=True)).to_be_visible()
        check_page(page, "an invalid address of a reviewer")
        check_layout(page)
        press(page, "Remove all invalid")
        addresses = [new, known, joined, candidate.email, candidate.recruiter]
        box(page).fill("\n".join(addresses))
        press(page, "Add to list")
        press(page, "Invite")
        results = page.get_by_role("table", name="Result for each address")
        for email, sentence in zip(
            addresses,
            [
                "Invited",
                "Emailed less than 10 minutes ago: not sent again",
                "Already reviews this interview",
                "A candidate of this interview, who can’t review it",
                "Your own address: you review anyway",
            ],
            strict=True,
        ):
            expect(results.get_by_role("row", name=email)).to_contain_text(sentence)
        expect(page.get_by_text("1 email is on its way.")).to_be_visible()
        check_layout(page)
        check_page(page, "invited reviewers")
        press(page, "Done")
        expect(row(section, new)).to_contain_text("Invited")

        press(page, f"Send again: {new}")
        told(page, "Emailed less than 10 minutes ago: not sent again.")
        site.sql("update interview_reviewers set invited_at = now() - interval '1 day'")
        press(page, f"Send again: {new}")
        told(page, f"{new}: Sent again.")
        expect(section.get_by_role("button", name=f"Send again: {joined}")).to_have_count(0)

        press(page, f"Remove {joined}")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("loses access to this interview at once.")
        expect(dialog).to_contain_text("The reviews they have submitted stay.")
        check_page(page, "removing a reviewer")
        check_layout(page)
        confirm(page, "Remove this reviewer?", "Remove")
        told(page, "Reviewer removed.")
        expect(row(section, joined)).to_have_count(0)
        press(page, f"Remove {known}")
        expect(dialog).to_contain_text("won’t be able to join.")
        page.keyboard.press("Escape")
        expect(row(section, known)).to_be_visible()

    # None of them can be invited as a candidate; anybody else can.
    with site.device(viewport) as page:
        section = visit(site, page, candidate)
        press(page, "Invite more")
        box(page).fill(f"{known}, {other}")
        press(page, "Next: review")
        foreseen = page.get_by_role("dialog").get_by_role("row")
        expect(foreseen.filter(has_text=known)).to_contain_text("Reviews this interview")
        expect(foreseen.filter(has_text=other)).to_contain_text("Will be invited")
        check_page(page, "a reviewer who was to be a candidate")


def test_what_is_refused_loses_nothing(site: Site) -> None:
    candidate = submitted(site)
    site.sql(
        "insert into interview_reviewers (interview_id, email) "
        f"select '{candidate.interview.id}', n || '-r@example.com' from generate_series(1, 20) n"
    )
    new = site.address("new")
    with site.device() as page:
        section = visit(site, page, candidate)
        expect(section.get_by_role("row")).to_have_count(21)
        press(page, "Invite reviewers")
        box(page).fill(new)
        press(page, "Invite")
        expect_refusal(page, "too_many_reviewers", "at most 20 reviewers")
        expect(page.get_by_role("region", name="Ready to be invited")).to_contain_text(new)
        check_page(page, "too many reviewers")
        page.go_back()
        expect(page.get_by_text("Discard your changes?")).to_be_visible()
        press(page, "Discard")
        expect(page.get_by_role("dialog")).to_have_count(0)

        # Removed elsewhere meanwhile: nothing else was wanted.
        press(page, "Remove 1-r@example.com")
        site.sql("delete from interview_reviewers where email = '1-r@example.com'")
        confirm(page, "Remove this reviewer?", "Remove")
        told(page, "Reviewer removed.")
        expect(section.get_by_role("row")).to_have_count(20)


def test_all_of_it_works_by_the_keyboard(site: Site) -> None:
    candidate = submitted(site)
    new = site.address("new")
    with site.device() as page:
        section = visit(site, page, candidate)
        section.get_by_role("button", name="Invite reviewers").focus()
        page.keyboard.press("Enter")
        expect(box(page)).to_be_focused()
        page.keyboard.type(new)
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Ready to be invited")).to_contain_text(new)
        press_by_key(page, "Invite")
        expect(page.get_by_role("button", name="Done")).to_be_focused()
        page.keyboard.press("Enter")
        expect(section.get_by_role("button", name="Invite reviewers")).to_be_focused()
        press_by_key(page, f"Remove {new}")
        expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        told(page, "Reviewer removed.")
        expect(section).to_contain_text("No reviewers yet.")
        check_page(page, "no reviewers")
