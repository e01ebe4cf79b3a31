"""What software has written down of a candidate's answers, as they read and correct it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.analyses import consenting, heard, response_of
from tests.browser.answering import press
from tests.browser.answers import Answering
from tests.browser.one_interview import told
from tests.browser.site import ON_BOTH, Site, check_page, expect_refusal
from tests.kit.waiting import eventually

SAID = "We used jest and Justin Playerite."
NOTE = "I said: Jest and Playwright."


def path(candidate: Answering) -> str:
    return f"/candidates/interviews/{candidate.interview.id}"


def unfold(page: Page) -> Locator:
    """Open one's transcript; its note can be typed into."""
    page.get_by_text("Transcript", exact=True).click()
    field = page.get_by_label("Your note on it")
    expect(field).to_be_visible()
    expect(page.locator("details [inert]")).to_have_count(0)
    return field


def corrections(site: Site, candidate: Answering) -> str:
    return site.sql(
        "select correction from response_analyses "
        f"where participant_id = '{candidate.participant}' and step = 'transcript'"
    ).strip()


@ON_BOTH
def test_a_transcript_is_read_and_corrected(site: Site, viewport: dict[str, int]) -> None:
    candidate = heard(site, SAID)
    with site.device(viewport) as page:
        site.sign_in(page, candidate.email, path(candidate))
        field = unfold(page)
        expect(page.get_by_text("Playerite.", exact=True)).to_be_visible()
        expect(page.get_by_text("Written by software; it makes mistakes.")).to_be_visible()
        check_page(page, "one's own transcript")
        field.fill(NOTE)
        # Kept until it is saved, and refused without loss.
        page.reload()
        field = unfold(page)
        expect(field).to_have_value(NOTE)
        page.context.set_offline(True)
        press(page, "Save the note")
        expect_refusal(page, "network_down", "can’t be reached")
        page.context.set_offline(False)
        press(page, "Save the note")
        told(page, "Note saved.")
        assert corrections(site, candidate) == NOTE

        # Saved elsewhere meanwhile: nothing is undone unseen.
        site.sql(
            "update response_analyses set correction = 'Elsewhere' "
            f"where participant_id = '{candidate.participant}' and step = 'transcript'"
        )
        field.fill("Here")
        press(page, "Save the note")
        expect(page.get_by_text("Your note was saved elsewhere in the meantime.")).to_be_visible()
        check_page(page, "a note that was saved elsewhere")
        assert corrections(site, candidate) == "Elsewhere"
        press(page, "Keep what is here")
        press(page, "Save the note")
        eventually(lambda: corrections(site, candidate) == "Here")
    with site.device() as page:
        site.sign_in(page, candidate.recruiter, candidate.page)
        expect(page.get_by_text("The candidate’s note on it")).to_be_visible()
        expect(page.get_by_role("blockquote")).to_have_text("Here")


def test_consent_to_transcripts_is_withdrawn(site: Site) -> None:
    candidate = heard(site, SAID)
    with site.device() as page:
        site.sign_in(page, candidate.email, path(candidate))
        unfold(page)
        page.get_by_text("My data").click()
        press(page, "No longer let software write down what I say")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Your recordings stay")
        check_page(page, "withdrawing consent to transcripts")
        dialog.get_by_role("button", name="Stop and delete").click()
        told(page, "Software no longer writes down what you say.")
        expect(page.get_by_text("Transcript", exact=True)).to_have_count(0)
        expect(page.get_by_text("You agreed that your answers are recorded.")).to_be_visible()
        # A note on it from another tab finds nothing any more.
        assert corrections(site, candidate) == ""
        assert response_of(site, candidate, 1)


def test_a_transcript_that_goes_while_somebody_writes(site: Site) -> None:
    candidate = heard(site, SAID)
    with site.device() as page:
        site.sign_in(page, candidate.email, path(candidate))
        field = unfold(page)
        field.fill(NOTE)
        site.sql(f"update interviews set analysis = 'off' where id = '{candidate.interview.id}'")
        press(page, "Save the note")
        expect_refusal(page, "transcript_gone", "This transcript doesn’t exist any more.")


def test_consent_is_asked_for_only_where_something_follows(site: Site) -> None:
    for analysis, boxes in (("transcripts", 2), ("off", 1)):
        candidate = consenting(site, analysis=analysis)
        site.sql(
            "update interview_participants set consents_to_recording = false, "
            f"consents_to_analysis = false where id = '{candidate.participant}'"
        )
        with site.device() as page:
            site.sign_in(page, candidate.email, f"{path(candidate)}?step=agree")
            expect(page.get_by_role("heading", name="Before you record")).to_be_visible()
            expect(page.get_by_role("checkbox")).to_have_count(boxes)
            check_page(page, f"consent with analysis {analysis}")
