"""The company's privacy notice: written by the recruiter, read by candidates before they agree."""

from playwright.sync_api import expect

from tests.browser.answering import joined, press
from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.one_interview import visit
from tests.browser.site import Site, check_page

NOTICE = "Example Ltd. keeps your answers for a year.\n<b>Ask</b> privacy@example.com."
IN_HEBREW = "אנחנו שומרים את התשובות שלך למשך שנה."


def test_a_new_interview_has_one(site: Site) -> None:
    with site.device() as page:
        recruiter = opened(site, page)
        write(page, "With a notice", "Why?")
        notice = window(page).get_by_label("Privacy notice")
        notice.fill("x" * 5001)
        window(page).get_by_role("button", name="Next:").click()
        expect(window(page).get_by_text("at most 5,000 characters")).to_be_visible()
        check_page(page, "a notice that is too long")
        notice.fill(f" {NOTICE} ")
        go_on(page, 2)
        go_on(page, 3)
        expect(window(page).get_by_text("keeps your answers for a year")).to_be_visible()
        check_page(page, "the review with a notice")
        window(page).get_by_role("button", name="Create interview").click()
        expect(page.get_by_role("dialog", name="Interview created")).to_be_visible()
    assert NOTICE in site.sql(
        "select n.privacy_notice from interviews n join auth.users u on u.id = n.recruiter_id"
        f" where u.email = '{recruiter}'"
    )


def test_candidates_read_it_before_they_agree(site: Site) -> None:
    candidate = joined(site, "video", "text", privacy_notice=NOTICE)
    with site.device() as page:
        site.sign_in(page, candidate.email, candidate.path)
        notice = page.get_by_role("region", name="Privacy notice")
        expect(notice.get_by_text("<b>Ask</b> privacy@example.com.")).to_be_visible()
        check_page(page, "what comes, with a notice")
        press(page, "Start answering")
        expect(page.get_by_role("heading", name="Before you record")).to_be_visible()
        expect(notice.get_by_text("keeps your answers for a year")).to_be_visible()
        check_page(page, "consent, with a notice")

        with site.device() as desk:
            visit(site, desk, candidate.recruiter, candidate.interview)
            press(desk, "Edit")
            field = desk.get_by_role("dialog").get_by_label("Privacy notice")
            expect(field).to_have_value(NOTICE)
            field.fill(IN_HEBREW)
            press(desk, "Save")
            expect(desk.get_by_role("dialog")).to_have_count(0)
        page.reload()
        text = notice.get_by_text(IN_HEBREW)
        expect(text).to_be_visible()
        expect(text).to_have_css("direction", "rtl")

        with site.device() as desk:
            visit(site, desk, candidate.recruiter, candidate.interview)
            press(desk, "Edit")
            desk.get_by_role("dialog").get_by_label("Privacy notice").fill(" ")
            press(desk, "Save")
            expect(desk.get_by_role("dialog")).to_have_count(0)
        page.reload()
        expect(page.get_by_role("heading", name="Before you record")).to_be_visible()
        expect(notice).to_have_count(0)
