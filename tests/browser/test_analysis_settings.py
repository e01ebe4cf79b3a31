"""Transcripts are turned on or off, and their language is chosen, where interviews are set up."""

from playwright.sync_api import expect

from tests.browser.answering import press
from tests.browser.one_interview import told, visit
from tests.browser.site import Site, check_page

SWITCH = "Check recordings, and write down what is said"
LANGUAGE = "Language of the answers"


def settings(site: Site, title: str) -> str:
    return site.sql(f"select analysis, language from interviews where title = '{title}'").strip()


def test_a_new_interview_says_whether_answers_are_written_down(site: Site) -> None:
    recruiter = site.person("recruiter")
    title = "Written down in German"
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters?new")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Title").fill(title)
        expect(dialog.get_by_label(SWITCH)).to_be_checked()
        dialog.get_by_label(LANGUAGE).select_option(label="German")
        check_page(page, "the language of a new interview")
        # It is kept with the rest of the draft.
        page.reload()
        expect(dialog.get_by_label(LANGUAGE)).to_have_value("de")
        press(page, "Next: candidates")
        press(page, "Next: review")
        expect(dialog).to_contain_text("Transcripts in German")
        press(page, "Create interview")
        expect(page.get_by_role("dialog", name="Interview created")).to_be_visible()
    assert settings(site, title) == "transcripts|de"


def test_an_interview_is_changed(site: Site) -> None:
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        expect(page.get_by_text("Transcripts in English")).to_be_visible()
        press(page, "Edit")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label(SWITCH).uncheck()
        expect(dialog.get_by_label(LANGUAGE)).to_have_count(0)
        press(page, "Save")
        told(page, "Saved.")
        expect(page.get_by_text("No transcripts")).to_be_visible()
        assert settings(site, interview.title) == "off|en"
        # A language that another client has set is kept.
        site.sql(f"update interviews set language = 'gsw' where id = '{interview.id}'")
        page.reload()
        press(page, "Edit")
        dialog.get_by_label(SWITCH).check()
        expect(dialog.get_by_label(LANGUAGE)).to_have_value("gsw")
        press(page, "Save")
        told(page, "Saved.")
        assert settings(site, interview.title) == "transcripts|gsw"
        expect(page.get_by_text("Transcripts in gsw")).to_be_visible()
        check_page(page, "an interview with transcripts")
