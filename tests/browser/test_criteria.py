"""The criteria on an interview's page: only its recruiter's, who adds, edits and removes them."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from local import demo
from tests.browser.answers import Answering, submitted
from tests.browser.layout import check_layout
from tests.browser.one_interview import confirm, told
from tests.browser.site import Site, check_page, expect_refusal

NAME, GOOD = "Explains trade-offs", "Names what speaks against it, too."
LEVELS = ["Not shown", "Partly shown", "Shown", "Shown convincingly"]


def visit(site: Site, page: Page, candidate: Answering) -> Locator:
    """Signed in, on the interview's page; the part with the criteria."""
    site.sign_in(page, candidate.recruiter, f"/recruiters/{candidate.interview.id}")
    section = page.get_by_role("region", name="Criteria")
    expect(section).to_contain_text("Candidates never see them.")
    return section


def window(page: Page, press: Callable[[], None]) -> Locator:
    press()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
    return dialog


def save(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Save", exact=True).click()


def test_criteria_are_added_edited_and_removed(site: Site) -> None:
    candidate = submitted(site)
    with site.device() as page:
        section = visit(site, page, candidate)
        expect(section).to_contain_text("No criteria yet.")
        check_page(page, "no criteria")
        add = section.get_by_role("button", name="Add a criterion")
        dialog = window(page, add.click)
        for number, level in enumerate(LEVELS, 1):
            expect(dialog.get_by_label(f"Level {number}")).to_have_value(level)
        dialog.get_by_label("Level 4").fill(" ")
        save(dialog)
        expect(dialog.get_by_text("Name the criterion.")).to_be_visible()
        expect(dialog.get_by_text("Describe the level.")).to_be_visible()
        expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
        check_page(page, "a criterion without a name")
        dialog.get_by_label("Name", exact=True).fill(f" {NAME} ")
        dialog.get_by_label("What good looks like").fill(GOOD)
        dialog.get_by_label("Level 4").fill("Every time")
        dialog.get_by_label("Words to look for").fill("x" * 101)
        save(dialog)
        expect(dialog.get_by_text("Shorten each to 100 characters.")).to_be_visible()
        expect(dialog.get_by_label("Words to look for")).to_be_focused()
        check_page(page, "a word to look for that is too long")
        check_layout(page)
        dialog.get_by_label("Words to look for").fill("  latency \n\nbut then\nlatency\n")
        save(dialog)
        told(page, "Criterion added.")
        expect(section).to_contain_text("Words to look for: latency, but then")
        expect(section.get_by_role("heading", name=NAME)).to_be_visible()
        expect(section.get_by_role("listitem").filter(has_text="Every time")).not_to_have_count(0)
        check_page(page, "a criterion")

        # Two tabs: nothing of the other is undone unseen.
        other = page.context.new_page()
        other.goto(page.url)
        there = other.get_by_role("region", name="Criteria")
        theirs = window(other, there.get_by_role("button", name=f"Edit {NAME}").click)
        mine = window(page, section.get_by_role("button", name=f"Edit {NAME}").click)
        theirs.get_by_label("What good looks like").fill("Names two.")
        expect(theirs.get_by_label("Words to look for")).to_have_value("latency\nbut then")
        theirs.get_by_label("Words to look for").fill("")
        save(theirs)
        told(other, "Criterion saved.")
        mine.get_by_label("Name", exact=True).fill("Trade-offs")
        save(mine)
        expect_refusal(page, "row_conflict", "Someone changed this in the meantime.")
        expect(mine.get_by_label("What good looks like")).to_have_value("Names two.")
        save(mine)
        told(page, "Criterion saved.")
        page.reload()
        expect(section.get_by_role("heading", name="Trade-offs")).to_be_visible()
        expect(section).to_contain_text("Names two.")
        expect(section).not_to_contain_text("Words to look for")

        section.get_by_role("button", name="Remove Trade-offs").click()
        check_page(page, "removing a criterion")
        confirm(page, "Remove this criterion?", "Remove")
        told(page, "Criterion removed.")
        expect(section).to_contain_text("No criteria yet.")


def test_what_is_refused_about_criteria_loses_nothing(site: Site) -> None:
    """One that a submitted review rates by, and a 21st. Nobody else sees any."""
    candidate = submitted(site)
    interview = candidate.interview.id
    site.sql(
        "insert into interview_criteria (interview_id, name) "
        f"select '{interview}', 'Criterion ' || n from generate_series(1, 20) n"
    )
    recruiter = site.api(candidate.recruiter)
    criteria = recruiter.rows("interview_criteria", interview_id=f"eq.{interview}")
    ratings = [{"criterion_id": row["id"], "level": 2} for row in criteria]
    demo.value(
        recruiter.call(
            "save_review", participant_id=candidate.participant, ratings=ratings, submit=True
        )
    )
    with site.device() as page:
        section = visit(site, page, candidate)
        dialog = window(page, section.get_by_role("button", name="Add a criterion").click)
        dialog.get_by_label("Name", exact=True).fill("One more")
        save(dialog)
        expect_refusal(page, "too_many_criteria", "at most 20 criteria")
        expect(dialog.get_by_label("Name", exact=True)).to_have_value("One more")
        check_page(page, "too many criteria")
        dialog.get_by_role("button", name="Cancel").click()

        edit = section.get_by_role("button", name="Edit Criterion 1", exact=True)
        dialog = window(page, edit.click)
        dialog.get_by_label("Name", exact=True).fill("Renamed")
        dialog.get_by_label("What good looks like").fill(GOOD)
        save(dialog)
        expect_refusal(page, "criterion_in_use", "A submitted review rates by this criterion.")
        dialog.get_by_label("Name", exact=True).fill("Criterion 1")
        save(dialog)
        told(page, "Criterion saved.")
        expect(section).to_contain_text(GOOD)
        section.get_by_role("button", name="Remove Criterion 2", exact=True).click()
        confirm(page, "Remove this criterion?", "Remove")
        expect_refusal(page, "criterion_in_use", "can’t be renamed or removed")
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(section.get_by_role("heading", name="Criterion 2", exact=True)).to_be_visible()

    paths = [f"/recruiters/{interview}", candidate.page]
    own = f"/candidates/interviews/{interview}"
    for email, visited in (
        (site.person("recruiter"), paths),
        (candidate.email, [*paths, own]),
    ):
        with site.device() as page:
            site.sign_in(page, email)
            for path in visited:
                answer = page.goto(path)
                page.wait_for_load_state("networkidle")
                assert answer and "Criterion 1" not in answer.text() + page.content()
