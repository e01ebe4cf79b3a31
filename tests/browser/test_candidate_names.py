"""Names of candidates, from a file whose column of addresses the recruiter chooses."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.new_interview import create, faulty, go_on, opened, ready, window, write
from tests.browser.site import Site, check_page

FILE = """sep=,
Candidates of 2026,,,
Full name,Work Email,Email,Recruiter
Jane Doe,jane@work.example,jane@x.example,boss@acme.example
"<b>Roe</b>, Rick",rick@work.example,rick@x.example,boss@acme.example
No Address,none@work.example,,boss@acme.example
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_column_is_asked_and_names_are_shown(site: Site, tmp_path: Path, width: int) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(FILE)
    with site.device(viewport={"width": width, "height": 800}) as page:
        opened(site, page)
        write(page, "Names")
        go_on(page, 2)

        def upload() -> None:
            with page.expect_file_chooser() as chooser:
                window(page).get_by_role("button", name="Upload a CSV file").click()
            chooser.value.set_files(file)

        upload()
        question = window(page).get_by_role(
            "region", name="Which column has the candidates’ addresses?"
        )
        expect(question).to_be_focused()
        expect(question.get_by_role("listitem")).to_have_count(2)
        expect(question.get_by_text("jane@work.example, rick@work.example")).to_be_visible()
        expect(question.get_by_text("jane@x.example, rick@x.example")).to_be_visible()
        check_page(page, "the question of the column")
        question.get_by_role("button", name="Don’t use this file").click()
        expect(question).to_have_count(0)
        expect(ready(page)).to_have_count(0)
        upload()
        question.get_by_role("button", name="Use “Email”").click()
        expect(question).to_have_count(0)
        expect(ready(page)).to_have_count(2)
        expect(faulty(page)).to_have_count(0)
        for told in (
            "Read from the column “Email”.",
            "Skipped 1 row above the header.",
            "Skipped 1 row without an address.",
            "Left out 3 addresses in “Work Email”.",
            "Left out 3 addresses in “Recruiter”.",
        ):
            expect(window(page).get_by_text(told)).to_be_visible()
        expect(ready(page).first.get_by_text("Jane Doe")).to_be_visible()
        expect(ready(page).last.get_by_text("<b>Roe</b>, Rick")).to_be_visible()
        check_page(page, "names beside addresses")
        # They are kept with the draft.
        page.reload()
        expect(ready(page).first.get_by_text("Jane Doe")).to_be_visible()
        go_on(page, 3)
        expect(window(page).get_by_text("Jane Doe")).to_be_visible()
        create(page)
        result = page.get_by_role("dialog", name="Interview created")
        expect(result.get_by_role("row", name="jane@x.example Jane Doe")).to_be_visible()
        result.get_by_role("button", name="Open the interview").click()
        people = page.get_by_role("table", name="Candidates")
        expect(people.get_by_text("Jane Doe")).to_be_visible()
        expect(people.get_by_text("<b>Roe</b>, Rick")).to_be_visible()
        check_page(page, "names of invited candidates")
        page.get_by_role("button", name="Manage the invitation to jane@x.example").click()
        expect(page.get_by_role("dialog").get_by_text("Jane Doe")).to_be_visible()
