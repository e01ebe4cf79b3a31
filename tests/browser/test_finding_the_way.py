"""Where people land, what the address of a page keeps, and where a fault leads."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.new_interview import go_on, opened, window, write
from tests.browser.one_interview import confirm, leave, manage, visit
from tests.browser.site import DASHBOARD, DESKTOP, PHONE, Site, check_page

RECRUITING = re.compile(r"/recruiters$")


def nav(page: Page) -> list[str]:
    """The sections in the header."""
    return page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts()


def test_recruiters_land_where_their_work_is(site: Site) -> None:
    recruiter = site.person("recruiter")
    site.interview(recruiter=recruiter)
    with site.device() as page:
        page.goto("/login")
        site.fill_in(page, recruiter)
        expect(page).to_have_url(RECRUITING)
        assert nav(page) == ["My interviews", "Recruiting"]
        page.goto("/")
        expect(page).to_have_url(RECRUITING)
        # A code leads to where it is entered.
        page.goto("/candidates?code=012345")
        expect(page).to_have_url(re.compile(r"/candidates/dashboard\?code=012345$"))


def test_candidates_see_recruiting_once_they_recruit(site: Site) -> None:
    email = site.person()
    with site.device() as page:
        page.goto("/login")
        site.fill_in(page, email)
        expect(page).to_have_url(DASHBOARD)
        assert nav(page) == ["My interviews"]
        page.get_by_role("button", name="Account of").click()
        page.get_by_role("link", name="Interview others").click()
        expect(page.get_by_role("heading", name="Recruiting")).to_be_visible()
        page.get_by_role("button", name="New Interview").click()
        write(page, "Their first")
        go_on(page, 2)
        go_on(page, 3)
        window(page).get_by_role("button", name="Create interview").click()
        page.get_by_role("button", name="Done").click()
        page.get_by_role("link", name="My interviews").click()
        expect(page.get_by_role("heading", name="My interviews")).to_be_visible()
        assert nav(page) == ["My interviews", "Recruiting"]
        page.get_by_role("button", name="Account of").click()
        expect(page.get_by_role("link", name="Interview others")).to_have_count(0)


def test_back_closes_the_window_and_not_the_page(site: Site) -> None:
    with site.device() as page:
        opened(site, page)
        expect(page).to_have_url(re.compile(r"/recruiters\?new$"))
        page.go_back()
        expect(window(page)).to_have_count(0)
        expect(page).to_have_url(RECRUITING)
        page.go_forward()
        expect(window(page)).to_be_visible()
        page.reload()
        expect(window(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(window(page)).to_have_count(0)
        expect(page).to_have_url(RECRUITING)


def test_filter_search_and_page_are_in_the_address(site: Site) -> None:
    recruiter = site.person("recruiter")
    people = [f"way-{number:02}@example.com" for number in range(25)]
    interview = site.interview(*people, recruiter=recruiter)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        search = page.get_by_label("Find a name or address")
        rows = page.get_by_role("table", name="Candidates").get_by_role("row")
        # A filter is offered where it has somebody.
        expect(page.get_by_role("radio", name="Revoked")).to_have_count(0)
        # All were invited at once, so any five of them are on the second page.
        search.fill("way-19")
        expect(rows).to_have_count(2)
        manage(page, "way-19@example.com", "Revoke")
        confirm(page, "Revoke this invitation?", "Revoke")
        leave(page, "way-19@example.com")
        search.fill("")
        page.get_by_role("radio", name="Invited 24").check()
        search.fill("way-1")
        expect(rows).to_have_count(10)
        page.get_by_role("radio", name="Revoked").check()
        expect(rows).to_have_count(2)
        page.reload()
        expect(rows.last).to_contain_text("way-19@example.com")
        expect(search).to_have_value("way-1")
        expect(page.get_by_role("radio", name="Revoked")).to_be_checked()
        # The filter that is chosen stays, also without a match.
        search.fill("nobody")
        expect(page.get_by_text("No matches")).to_be_visible()
        expect(page.get_by_role("radio", name="Revoked")).to_be_checked()
        search.fill("")
        expect(page).to_have_url(re.compile(r"\?show=revoked$"))
        # Back to what was searched for, with the field as it was then.
        page.go_back()
        expect(page.get_by_role("radio", name="Invited")).to_be_checked()
        expect(search).to_have_value("way-1")
        expect(rows).to_have_count(10)
        # The order, too.
        page.get_by_label("Sort by").select_option("Name")
        expect(rows.nth(1)).to_contain_text("way-10@example.com")
        page.reload()
        expect(page.get_by_label("Sort by")).to_have_value("name")
        expect(rows.nth(1)).to_contain_text("way-10@example.com")
        search.fill("")
        expect(rows).to_have_count(21)
        page.get_by_role("button", name="Next").click()
        expect(rows).to_have_count(5)
        expect(rows.last).to_contain_text("way-24@example.com")
        page.reload()
        expect(rows).to_have_count(5)
        page.go_back()
        expect(rows).to_have_count(21)


def test_a_name_is_found_as_an_address_is(site: Site) -> None:
    recruiter = site.person("recruiter")
    names = ['Zoë O\'Neil, "PhD" (x.y)', "İlker 100% *", ""]
    people = [f"found-{number}@example.com" for number in range(3)]
    interview = site.interview(*people, recruiter=recruiter, names=names)
    with site.device() as page:
        visit(site, page, recruiter, interview)
        rows = page.get_by_role("table", name="Candidates").get_by_role("row")
        search = page.get_by_label("Find a name or address")
        found = {
            "zoË": 0,
            ", ": 0,
            '"PhD"': 0,
            "(x.y)": 0,
            "İLKER": 1,
            "100%": 1,
            "*": 1,
            "found-2": 2,
        }
        for text, number in found.items():
            search.fill(text)
            expect(rows).to_have_count(2)
            expect(rows.last).to_contain_text(people[number])
        for text in ("(x-y)", "\\", "O'N.il", '")', "%25"):
            search.fill(text)
            expect(page.get_by_text("No matches")).to_be_visible()


@pytest.mark.parametrize("more", [False, True])
def test_a_fault_in_a_long_list_is_led_to(site: Site, more: bool) -> None:
    """In the dialog that creates an interview, and in the one that invites more."""
    recruiter = site.person("recruiter")
    addresses = ", ".join(f"way-{number}@example.com" for number in range(60))
    with site.device(PHONE, is_mobile=True) as page:
        if more:
            visit(site, page, recruiter, site.interview(recruiter=recruiter))
            page.get_by_role("button", name="Invite more").click()
        else:
            opened(site, page, recruiter)
            write(page, "Long")
            go_on(page, 2)
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Email addresses").fill(f"{addresses}, not an address @ all")
        dialog.get_by_role("button", name="Next: review").click()
        fault = dialog.get_by_role("textbox", name=re.compile("^Invalid:")).first
        expect(fault).to_be_focused()
        expect(fault).to_be_in_viewport(ratio=1)
        check_page(page, "a fault in a long list")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_what_is_said_in_passing_covers_no_button(site: Site, viewport: dict[str, int]) -> None:
    """It stands inside the dialog in front, where it is heard and can be dismissed."""
    recruiter, candidate = site.person("recruiter"), site.address()
    interview = site.interview(candidate, recruiter=recruiter)
    with site.device(viewport) as page:
        visit(site, page, recruiter, interview)
        manage(page, candidate, "Correct the address")
        right = site.address()
        page.get_by_label("Email address").fill(right)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        said = (
            page.get_by_role("dialog", name=right)
            .get_by_role("status")
            .filter(has_text="A new code is on its way")
        )
        expect(said).to_be_visible()
        box = said.locator("> div").bounding_box()
        assert box
        buttons = page.get_by_role("dialog").get_by_role("button")
        for button in buttons.all():
            other = button.bounding_box()
            if button.inner_text() in ("Dismiss", "") or not other:
                continue
            apart = (
                other["y"] >= box["y"] + box["height"]
                or other["y"] + other["height"] <= box["y"]
                or other["x"] >= box["x"] + box["width"]
                or other["x"] + other["width"] <= box["x"]
            )
            assert apart, button.inner_text()
        said.get_by_role("button", name="Dismiss").click()
        expect(said).to_have_count(0)
