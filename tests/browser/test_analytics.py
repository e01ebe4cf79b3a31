"""The page of analytics, and what recruiters export as CSV."""

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.answering import press
from tests.browser.layout import check_layout
from tests.browser.reviewers import compared, reviewer
from tests.browser.site import Site, check_page
from tests.browser.test_reviewing import CLARITY, DEPTH, reviewed_by, save

PATH = "/recruiters/analytics"
TITLE = "=1+1 & <b>Engineer</b>"
# Of the canvas, how many pixels are not empty.
DRAWN = """(canvas) => new Uint32Array(canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data.buffer).filter(Boolean).length"""


def saved(page: Page, name: str) -> tuple[str, list[list[str]]]:
    """What the file is called that a button downloads, and its rows."""
    with page.expect_download() as downloading:
        page.get_by_role("button", name=name).click()
    content = Path(downloading.value.path()).read_bytes().decode("utf-8")
    assert content.startswith("\ufeff") and content.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(content[1:], newline=""), strict=True))
    return downloading.value.suggested_filename, rows


def row(page: Page, region: str, name: str) -> Locator:
    """Of the table in a region."""
    return page.get_by_role("region", name=region).get_by_role("row", name=re.compile(f"^{name}"))


def test_numbers_of_all_interviews_and_of_one(site: Site) -> None:
    first, _ = compared(site, "One", "Two")
    site.interview(site.address(), recruiter=first.recruiter, title=TITLE)
    with site.device(timezone_id="Pacific/Kiritimati") as page:
        site.sign_in(page, first.recruiter, "/recruiters")
        page.get_by_role("link", name="Analytics").click()
        stages = "From invitation to decision"
        expect(row(page, stages, "Invited")).to_contain_text("3")
        expect(row(page, stages, "Joined")).to_contain_text("2 of 3 invited (67%)")
        expect(row(page, stages, "Completed")).to_contain_text("2 of 2 joined (100%)")
        expect(row(page, stages, "Decided")).to_contain_text("0 of 2 completed (0%)")
        expect(page.get_by_text("2 people completed in this period")).to_be_visible()
        expect(page.get_by_text("(of 2)")).to_have_count(4)
        for chart in page.get_by_role("img", name="Chart").all():
            expect(chart).to_be_visible()
            canvas = chart.locator("canvas").element_handle()
            page.wait_for_function(f"canvas => ({DRAWN})(canvas) > 500", arg=canvas)
        page.get_by_text("Show as a table").click()
        table = page.get_by_role("table", name="Completions by day")
        # Of the reader's days, since there was an interview.
        expect(table.get_by_role("row")).to_have_count(2)
        check_page(page, "analytics")
        check_layout(page)

        name, rows = saved(page, "Download CSV: by interview")
        assert re.fullmatch(r"interviews \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.csv", name)
        assert [line[0] for line in rows] == ["Interview", f"'{TITLE}", first.interview.title]
        assert rows[2][2:7] == ["2", "2", "2", "2", "2"]
        _, rows = saved(page, "Download CSV: from invitation to decision")
        assert rows[5] == ["Completed", "2", "Joined", "2", "1"]
        _, rows = saved(page, "Download CSV: completions")
        assert rows[0] == ["Day", "Completed"] and rows[1][1] == "2"

        # One interview, by the table; Back leads to all of them.
        page.get_by_role("link", name=TITLE).click()
        expect(row(page, stages, "Joined")).to_contain_text("0 of 1 invited (0%)")
        expect(page.get_by_role("combobox", name="Interview")).to_have_value(
            re.compile(r"[0-9a-f-]{36}")
        )
        expect(page.get_by_role("region", name="By interview")).to_have_count(0)
        page.go_back()
        expect(row(page, stages, "Invited")).to_contain_text("3")
        page.get_by_role("combobox", name="Interview").select_option(first.interview.title)
        expect(row(page, stages, "Invited")).to_contain_text("2")
        expect(page).to_have_url(re.compile(f"interview={first.interview.id}"))
        page.get_by_role("link", name="Open this interview").click()
        expect(page.get_by_role("heading", name=first.interview.title)).to_be_visible()


def test_a_period_is_part_of_the_address(site: Site) -> None:
    first, _ = compared(site, "One", "Two")
    site.sql(
        "set session_replication_role = replica;"
        "update interview_invites set created_at = '2026-01-15 12:00+00'"
        f" where email = '{first.email}';"
        "update interviews set created_at = '2026-01-15 12:00+00'"
        f" where id = '{first.interview.id}';"
    )
    invited = ("From invitation to decision", "Invited")
    with site.device() as page:
        site.sign_in(page, first.recruiter)
        calls: list[str] = []

        def note(request: Request) -> None:
            if request.url.startswith(site.environment.supabase_url):
                calls.append(request.url)

        page.on("request", note)
        page.goto(f"{PATH}?period=custom&from=2026-01-01&to=2026-01-31")
        expect(row(page, *invited)).to_contain_text("1")
        page.wait_for_load_state("networkidle")
        # It comes with its data.
        assert calls == []
        expect(page.get_by_text("0 people completed")).to_be_visible()
        page.get_by_label("To", exact=True).fill("2025-12-31")
        page.keyboard.press("Enter")
        expect(page.get_by_text("This is before the first day.")).to_be_visible()
        expect(row(page, *invited)).to_contain_text("0")
        check_page(page, "analytics of other dates")
        check_layout(page)
        page.go_back()
        expect(page.get_by_label("To", exact=True)).to_have_value("2026-01-31")
        page.get_by_role("radio", name="30 days").click()
        expect(page.get_by_role("radio", name="30 days")).to_be_checked()
        expect(row(page, *invited)).to_contain_text("1")
        expect(page).to_have_url(re.compile("period=30"))
        page.get_by_role("radio", name="All time").click()
        expect(page.get_by_role("radio", name="All time")).to_be_checked()
        expect(row(page, *invited)).to_contain_text("2")
        page.reload()
        expect(row(page, *invited)).to_contain_text("2")
        page.goto(f"{PATH}?interview={first.participant}")
        expect(page.get_by_text("This interview doesn’t exist")).to_be_visible()


def test_candidates_are_exported_all_or_those_shown(site: Site) -> None:
    """By several calls."""
    recruiter = site.person("recruiter")
    emails = [f"c{number}.{recruiter}" for number in range(253)]
    interview = site.interview(recruiter=recruiter)
    listed = ", ".join(f"'{email}'" for email in emails)
    site.sql(
        f"select create_invites('{interview.id}', array[{listed}], null,"
        " array_fill('=1+1'::text, array[253]))"
    )
    with site.device() as page:
        site.sign_in(page, recruiter, f"/recruiters/{interview.id}?q=c10")
        press(page, "Export")
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url))
        name, (header, *rows) = saved(page, "Download CSV: all candidates")
        assert re.fullmatch(r"candidates \d{4}-\d\d-\d\d\.csv", name)
        assert len([url for url in calls if "list_candidates" in url]) == 2
        assert header[:4] == ["Name", "Address", "State", "Invited"]
        assert {line[1] for line in rows} == set(emails) and len(rows) == 253
        assert {(line[0], line[2]) for line in rows} == {("'=1+1", "invited")}
        _, (_, *rows) = saved(page, "Download CSV of those shown")
        assert {line[1] for line in rows} == {e for e in emails if e.startswith("c10")}


def test_reviews_are_exported_as_they_may_be_read(site: Site) -> None:
    """Those of others only once one's own is submitted."""
    first, second = compared(site, "One", "Two")
    reviewed_by(site, first, DEPTH, CLARITY)
    colleague = reviewer(site, first)
    for candidate in (first, second):
        save(site, colleague, candidate, "", **{DEPTH: 2, CLARITY: 3})
    save(site, first.recruiter, first, "=cmd|' /C calc'!A0", **{DEPTH: 4, CLARITY: 1})
    save(site, first.recruiter, second, "A draft.")
    with site.device(timezone_id="UTC") as page:
        site.sign_in(page, first.recruiter, f"/recruiters/{first.interview.id}")
        press(page, "Export")
        check_page(page, "the dialog of exports")
        check_layout(page)
        name, (header, *rows) = saved(page, "Download CSV: reviews")
        assert name == f"reviews {datetime.now(UTC).date()}.csv"
        assert header[5:] == ["Criterion", "Level", "Meaning", "Note"]
        assert sorted((line[1], line[2], *line[5:]) for line in rows) == sorted(
            [
                (first.email, "Recruiter Test", DEPTH, "4", "Shown convincingly", ""),
                (first.email, "Recruiter Test", CLARITY, "1", "Not shown", ""),
                (first.email, "Recruiter Test", "On the whole", "", "", "'=cmd|' /C calc'!A0"),
                (first.email, "Reviewer Test", DEPTH, "2", "Partly shown", ""),
                (first.email, "Reviewer Test", CLARITY, "3", "Shown", ""),
            ]
        )
