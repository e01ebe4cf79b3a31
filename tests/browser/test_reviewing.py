"""A recruiter's review of a candidate, and the decision, on the candidate's page."""

from playwright.sync_api import Locator, Page, expect

from local import demo
from tests.browser.answering import press
from tests.browser.answers import Answering, answering, submitted
from tests.browser.one_interview import told
from tests.browser.site import PHONE, Site, check_page, expect_refusal

DEPTH, CLARITY = "Depth", "Clarity"


def reviewed_by(site: Site, candidate: Answering, *names: str) -> dict[str, str]:
    """The interview gets criteria of these names; returns their ids."""
    for name in names:
        site.sql(
            "insert into interview_criteria (interview_id, name, description) "
            f"values ('{candidate.interview.id}', '{name}', 'What good {name.lower()} is.')"
        )
    rows = site.api(candidate.recruiter).rows(
        "interview_criteria", interview_id=f"eq.{candidate.interview.id}"
    )
    return {row["name"]: row["id"] for row in rows}


def save(site: Site, recruiter: str, candidate: Answering, note: str, **levels: int) -> None:
    """The review is saved from elsewhere; submitted when it has all levels."""
    criteria = reviewed_by(site, candidate)
    ratings = [{"criterion_id": criteria[name], "level": level} for name, level in levels.items()]
    demo.value(
        site.api(recruiter).call(
            "save_review",
            participant_id=candidate.participant,
            ratings=ratings,
            note=note,
            submit=len(levels) == len(criteria),
        )
    )


def review(page: Page) -> Locator:
    return page.get_by_role("region", name="Your review")


def criterion(page: Page, name: str) -> Locator:
    return review(page).get_by_role("group", name=name)


def overall(page: Page) -> Locator:
    return review(page).get_by_label("Overall note")


def wait_until_usable(page: Page) -> None:
    """What the server drew takes nothing in, but Playwright would fill it."""
    expect(review(page)).to_be_visible()
    expect(review(page).locator("[inert]")).to_have_count(0)


def saved(site: Site, candidate: Answering) -> str:
    """The reviews of the candidate, one a line: note, submitted, changed, ratings."""
    return site.sql(
        "select r.note, r.submitted_at is not null, r.changed_at is not null, "
        "string_agg(concat_ws(' ', c.name, t.level, nullif(t.note, '')), ', ' order by c.name) "
        "from candidate_reviews r left join candidate_ratings t on t.review_id = r.id "
        "left join interview_criteria c on c.id = t.criterion_id "
        f"where r.participant_id = '{candidate.participant}' group by r.id"
    ).strip()


def test_a_review_is_drafted_submitted_and_changed(site: Site) -> None:
    candidate = submitted(site)
    with site.device() as page:
        site.sign_in(page, candidate.recruiter, candidate.page)
        # Without criteria it is a note.
        expect(review(page)).to_contain_text("This interview has no criteria.")
        press(page, "Submit review")
        expect(review(page).get_by_text("Write a note.", exact=True)).to_be_visible()
        check_page(page, "a review without criteria")
        reviewed_by(site, candidate, DEPTH, CLARITY)
        page.reload()
        wait_until_usable(page)

        expect(criterion(page, DEPTH)).to_contain_text("What good depth is.")
        check_page(page, "an empty review")
        criterion(page, DEPTH).get_by_label("Note").fill("Vague.")
        press(page, "Save draft")
        expect(criterion(page, DEPTH)).to_contain_text("Choose a level for this note")
        first = criterion(page, DEPTH).get_by_role("radio", name="Not shown")
        expect(first).to_be_focused()
        check_page(page, "a note without a level")
        criterion(page, DEPTH).get_by_role("radio", name="Partly shown").check()
        press(page, "Save draft")
        told(page, "Draft saved.")
        assert saved(site, candidate) == "|f|f|Depth 2 Vague."

        # What is refused loses nothing.
        press(page, "Submit review")
        expect(criterion(page, CLARITY)).to_contain_text("Choose a level.")
        criterion(page, CLARITY).get_by_role("radio", name="Shown", exact=True).check()
        overall(page).fill("Worth another talk.")
        page.context.set_offline(True)
        press(page, "Submit review")
        expect_refusal(page, "network_down", "can’t be reached")
        expect(overall(page)).to_have_value("Worth another talk.")
        check_page(page, "a review that was refused")
        page.context.set_offline(False)
        press(page, "Try again")
        told(page, "Review submitted.")
        expect(review(page)).to_contain_text("Submitted on")
        expect(review(page).get_by_role("button")).to_have_text(["Save changes"])
        assert saved(site, candidate) == "Worth another talk.|t|f|Clarity 3, Depth 2 Vague."
        check_page(page, "a submitted review")

        # In another browser, where nothing is kept.
    with site.device() as page:
        site.sign_in(page, candidate.recruiter, candidate.page)
        expect(
            criterion(page, CLARITY).get_by_role("radio", name="Shown", exact=True)
        ).to_be_checked()
        press(page, "Save changes")
        told(page, "There is nothing to save.")
        expect(review(page)).not_to_contain_text("Changed on")
        criterion(page, DEPTH).get_by_label("Note").fill("Vague at first.")
        press(page, "Save changes")
        told(page, "Review saved.")
        expect(review(page)).to_contain_text("Changed on")
    assert saved(site, candidate) == "Worth another talk.|t|t|Clarity 3, Depth 2 Vague at first."


def test_what_is_typed_survives_reloading_other_tabs_and_other_devices(site: Site) -> None:
    candidate = submitted(site)
    reviewed_by(site, candidate, DEPTH, CLARITY)
    with site.device() as page:
        site.sign_in(page, candidate.recruiter, candidate.page)
        criterion(page, DEPTH).get_by_role("radio", name="Shown", exact=True).check()
        overall(page).fill("First")
        page.reload()
        expect(
            criterion(page, DEPTH).get_by_role("radio", name="Shown", exact=True)
        ).to_be_checked()
        expect(overall(page)).to_have_value("First")
        expect(review(page)).to_contain_text("They are kept in this browser.")
        page.get_by_role("link", name=candidate.interview.title).click()
        expect(page.get_by_role("region", name="Criteria")).to_be_visible()
        page.go_back()
        expect(overall(page)).to_have_value("First")

        # A second tab shows the same, and follows, as long as nothing is entered in it.
        other = page.context.new_page()
        other.goto(candidate.page)
        expect(overall(other)).to_have_value("First")
        overall(page).fill("Second")
        expect(overall(other)).to_have_value("Second")
        overall(other).fill("Third")
        expect(page.get_by_text("This draft was changed in another tab.")).to_be_visible()
        expect(overall(page)).to_have_value("Second")
        press(page, "Save draft")
        check_page(page, "a review that another tab has changed")
        assert saved(site, candidate) == ""
        press(page, "Use the other version")
        expect(overall(page)).to_have_value("Third")
        other.close()

        # Saved on another device meanwhile.
        save(site, candidate.recruiter, candidate, "Elsewhere", **{DEPTH: 1})
        press(page, "Save draft")
        expect(page.get_by_text("Your review was saved elsewhere in the meantime.")).to_be_visible()
        expect(overall(page)).to_have_value("Third")
        assert saved(site, candidate) == "Elsewhere|f|f|Depth 1"
        check_page(page, "a review that was saved elsewhere")
        press(page, "Keep what is here")
        press(page, "Save draft")
        told(page, "Draft saved.")
        assert saved(site, candidate) == "Third|f|f|Depth 3"
        # Once it is saved, another tab takes nothing away.
        other = page.context.new_page()
        other.goto(candidate.page)
        wait_until_usable(other)
        overall(other).fill("In the other tab")
        expect(overall(page)).to_have_value("In the other tab")
        other.close()
        save(site, candidate.recruiter, candidate, "Elsewhere again", **{DEPTH: 1})
        overall(page).fill("Fourth")
        press(page, "Save draft")
        press(page, "Use the saved version")
        expect(overall(page)).to_have_value("Elsewhere again")
        expect(review(page)).not_to_contain_text("kept in this browser")


def test_all_of_it_works_by_the_keyboard_on_a_phone(site: Site) -> None:
    candidate = submitted(site)
    reviewed_by(site, candidate, DEPTH)
    with site.device(PHONE) as page:
        site.sign_in(page, candidate.recruiter, candidate.page)
        criterion(page, DEPTH).get_by_role("radio").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        # Enter on a choice submits nothing.
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Clear.")
        page.keyboard.press("Tab")
        page.keyboard.type("Yes.")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Save draft")).to_be_focused()
        page.keyboard.press("Tab")
        assert saved(site, candidate) == ""
        page.keyboard.press("Enter")
        told(page, "Review submitted.")
        # The focus stays where it was.
        expect(page.get_by_role("button", name="Save changes")).to_be_focused()
        assert saved(site, candidate) == "Yes.|t|f|Depth 3 Clear."
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        told(page, "Decision saved.")
        expect(page.get_by_role("radio", name="Hold")).to_be_checked()
        check_page(page, "a review and a decision on a phone")


def test_decisions_and_reviews_of_others(site: Site) -> None:
    """One decides at any time, and reviews what was submitted; others' reviews come after that."""
    early = answering(site)
    with site.device() as page:
        site.sign_in(page, early.recruiter, early.page)
        expect(review(page)).to_contain_text("You can review once they have submitted.")
        section = page.get_by_role("region", name="Decision")
        expect(section).to_contain_text("Candidates never see this, and are not told.")
        press(page, "Confirm decision")
        expect(section).to_contain_text("Choose a decision.")
        section.get_by_role("radio", name="Decline").check()
        press(page, "Confirm decision")
        told(page, "Decision saved.")
        page.reload()
        expect(section.get_by_role("radio", name="Decline")).to_be_checked()
        expect(section).to_contain_text("Decided on")
        check_page(page, "a decision before the candidate has submitted")
        press(page, "Clear")
        told(page, "Decision cleared.")
        expect(section.get_by_role("radio", name="Advance")).to_be_focused()
        expect(section.get_by_role("radio", checked=True)).to_have_count(0)
        expect(section.get_by_role("button")).to_have_text(["Confirm decision"])
        early.end("withdraw_from_interview")
        section.get_by_role("radio", name="Hold").check()
        press(page, "Confirm decision")
        expect_refusal(page, "already_withdrawn", "This candidate has withdrawn.")
        page.reload()
        expect(page.get_by_text("They have withdrawn.")).to_be_visible()
        expect(review(page)).to_have_count(0)
        expect(section).to_have_count(0)

    candidate, successor = submitted(site), site.person("recruiter")
    reviewed_by(site, candidate, DEPTH)
    save(site, candidate.recruiter, candidate, "Hire them.", **{DEPTH: 4})
    of = "(select id from auth.users where email = '{}')".format
    site.sql(f"select transfer_interviews({of(candidate.recruiter)}, {of(successor)})")
    with site.device() as page:
        site.sign_in(page, successor, candidate.page)
        expect(criterion(page, DEPTH)).to_be_visible()
        assert "Hire them." not in page.content()
        criterion(page, DEPTH).get_by_role("radio", name="Not shown").check()
        press(page, "Submit review")
        others = page.get_by_role("region", name="Reviews by others")
        expect(others).to_contain_text("Hire them.")
        expect(others).to_contain_text("Shown convincingly")
        check_page(page, "the review of another recruiter")
    for email in (candidate.recruiter, candidate.email):
        with site.device() as page:
            site.sign_in(page, email)
            answer = page.goto(candidate.page)
            expect(page.get_by_text("This candidate doesn’t exist")).to_be_visible()
            assert answer and "Hire them." not in answer.text() + page.content()
