"""A recruiter's whole story with 300 candidates: on each width all can be read and pressed."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.answering import press
from tests.browser.layout import layout_of
from tests.browser.new_interview import create, go_on, ready, window, write
from tests.browser.one_interview import confirm
from tests.browser.site import SCHEMES, Scheme, Site, check_scheme
from tests.browser.three_hundred import (
    LABEL,
    QUESTIONS,
    answer,
    bring_into_states,
    candidates,
    file_of,
)

HEIGHTS = {390: 844, 768: 1024, 1024: 768, 1280: 900}


@dataclass(frozen=True)
class Screen:
    """How a page is looked at: as wide as that, in that colour scheme."""

    width: int
    scheme: Scheme


SCREENS = [Screen(width, scheme) for scheme in SCHEMES for width in HEIGHTS]


@dataclass
class Looks:
    """Each screen on each width, light or dark; and how much was seen of what."""

    page: Page
    codes: int = 0
    addresses: int = 0
    faults: list[str] = field(default_factory=list)

    def at(self, name: str, *, axe: bool = True) -> None:
        """Without axe where the screen is like one before, with other texts."""
        front = "dialog[open]" if self.page.get_by_role("dialog").count() else "html"
        for screen in SCREENS:
            size = {"width": screen.width, "height": HEIGHTS[screen.width]}
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=screen.scheme)
            layout = layout_of(self.page)
            assert layout.controls > 0, name
            where = f"{name}, {screen.width}"
            self.faults += [f"{where}, {screen.scheme}: {fault}" for fault in layout.faults]
            self.codes += layout.codes
            self.addresses += layout.addresses
            if axe:
                check_scheme(self.page, where, screen.scheme, within=front)

    def in_dialog(self, name: str, *, axe: bool = True) -> Locator:
        """The dialog in front, which is looked at."""
        dialog = self.page.get_by_role("dialog").last
        expect(dialog).to_be_visible()
        self.at(name, axe=axe)
        return dialog

    def close(self) -> None:
        """Close the dialog in front."""
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def through(self, of: str) -> None:
        """Each page of a list, from the first on."""
        pages = self.page.get_by_role("navigation", name=f"Pages of {of}")
        table = self.page.get_by_role("table", name=of.capitalize())
        number = 1
        while pages.get_by_role("button", name="Next").get_attribute("aria-disabled") != "true":
            first = table.get_by_role("row").nth(1).get_by_role("link")
            before = first.get_attribute("href") or ""
            pages.get_by_role("button", name="Next").click()
            expect(first).not_to_have_attribute("href", before)
            number += 1
            self.at(f"page {number} of the {of}", axe=False)
        assert number > 5


def signed_in(site: Site, looks: Looks) -> str:
    """A new recruiter, on their empty list."""
    recruiter, page = site.person("recruiter"), looks.page
    page.goto("/login?next=/recruiters")
    looks.at("signing in")
    site.fill_in(page, recruiter)
    expect(page.get_by_text("No interviews yet")).to_be_visible()
    looks.at("no interviews")
    return recruiter


def created(looks: Looks, people: list[tuple[str, str]]) -> str:
    """The interview with its 300 candidates, made on the screen; returns its id."""
    page = looks.page
    press(page, "New Interview")
    press(page, "Next: candidates")
    looks.in_dialog("a new interview without a title")
    write(page, "Senior Data Engineer, Personalvermittlung Nord", *QUESTIONS)
    window(page).get_by_text("Question 5: 2 minutes, 3 takes, required", exact=True).click()
    window(page).get_by_label("Required").nth(4).uncheck()
    window(page).get_by_label("Text", exact=True).check()
    looks.in_dialog("a new interview")
    go_on(page, 2)
    file = file_of(("Email", "Name"), *people)
    window(page).get_by_label("CSV file").set_input_files([file])
    expect(window(page).get_by_text("300 addresses ready")).to_be_visible()
    looks.in_dialog("300 candidates")
    looks.close()
    expect(page.get_by_text("You haven’t finished creating")).to_be_visible()
    looks.at("an offer to go on")
    press(page, "Continue")
    expect(ready(page)).to_have_count(50)
    go_on(page, 3)
    looks.in_dialog("the review")
    create(page)
    result = page.get_by_role("dialog", name="Interview created")
    expect(result).to_be_visible()
    looks.in_dialog("the interview was created")
    result.get_by_role("button", name="Open the interview").click()
    expect(page.get_by_role("region", name="Candidates")).to_be_visible()
    return page.url.rpartition("/")[2]


def check_lists(looks: Looks) -> None:
    """All pages, filters and what is searched for; the invites of the first page."""
    page = looks.page
    expect(page.get_by_text("23 candidates requested a new code.")).to_be_visible()
    looks.at("the interview")
    buttons = page.get_by_role("button", name="Manage the invitation to")
    # Whose address is unknown has none, and which of them are on the first page is left to chance.
    expect(page.get_by_role("table", name="Candidates").get_by_role("row")).to_have_count(21)
    for number in range(min(16, buttons.count())):
        buttons.nth(number).click()
        looks.in_dialog(f"invite {number + 1}", axe=number < 3)
        looks.close()
    looks.through("candidates")
    rows = page.get_by_role("table", name="Candidates").get_by_role("row")
    for choice in ("Not delivered", "Joined", "Expired", "Invited"):
        page.get_by_role("radio", name=choice).check()
        expect(page).to_have_url(re.compile("show="))
        page.wait_for_load_state("networkidle")
        expect(rows).to_have_count(21)
        looks.at(f"the filter {choice}", axe=False)
    page.get_by_label("Find a name or address").fill("nobody_")
    expect(page.get_by_text("No matches")).to_be_visible()
    looks.at("no matches", axe=False)
    page.get_by_label("Find a name or address").fill(LABEL)
    expect(rows.nth(1)).to_contain_text(LABEL)
    looks.at("the longest addresses", axe=False)


def check_actions(looks: Looks) -> None:
    """On one of the longest addresses that is pending."""
    page = looks.page
    rows = page.get_by_role("table", name="Candidates").get_by_role("row")
    address = rows.nth(1).get_by_role("link").inner_text()
    page.get_by_label("Find a name or address").fill(address.partition("@")[0])
    expect(rows).to_have_count(2)
    page.get_by_role("radio", name="All").check()
    expect(page).not_to_have_url(re.compile("show="))
    manage = rows.nth(1).get_by_role("button", name="Manage the invitation to")
    manage.click()
    press(page, "Correct the address")
    page.get_by_label("Email address").fill("oops")
    press(page, "Save")
    looks.in_dialog("an address is corrected")
    press(page, "Cancel")
    press(page, "Send again")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, "Dismiss")
    manage.click()
    press(page, "Revoke")
    looks.in_dialog("revoke?")
    confirm(page, "Revoke this invitation?", "Revoke")
    expect(page.get_by_role("status").filter(has_text="no longer works")).to_have_count(1)
    press(page, "Dismiss")
    looks.in_dialog("it was revoked")
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    looks.in_dialog("delete the invitation?", axe=False)
    press(page, "Cancel")
    looks.close()


def check_inviting(looks: Looks, people: list[tuple[str, str]]) -> None:
    """More people: a file with two columns of addresses, faults, the preview, the result."""
    page = looks.page
    press(page, "Invite more")
    dialog = page.get_by_role("dialog", name="Invite more people")
    columns = [("Work Email", "Email"), (f"jane@{LABEL}.example", "jane@x.example")]
    dialog.get_by_label("CSV file").set_input_files([file_of(*columns)])
    expect(dialog.get_by_role("button", name="Don’t use this file")).to_be_visible()
    looks.in_dialog("the question of the column")
    press(page, "Don’t use this file")
    known = ", ".join(email for email, _ in people[:30])
    new = f"new.{LABEL}@{LABEL}.example, new@new.example, NEW@new.example"
    dialog.get_by_label("Email addresses").fill(f"{known}, {new}, oops, {LABEL * 2}@, دعوة@")
    press(page, "Next: review")
    expect(dialog.get_by_role("textbox", name=re.compile("^Invalid:"))).to_have_count(3)
    looks.in_dialog("faults")
    press(page, "Remove all invalid")
    press(page, "Next: review")
    expect(dialog.get_by_role("button", name=re.compile("^Send [0-9]+ emails$"))).to_be_visible()
    looks.in_dialog("the preview")
    dialog.get_by_role("button", name=re.compile("^Send ")).click()
    expect(page.get_by_role("button", name="Done")).to_be_visible()
    looks.in_dialog("more were invited")
    press(page, "Done")


def check_windows(site: Site, looks: Looks, interview: str) -> None:
    """All others of the interview's page."""
    page = looks.page
    press(page, "Edit")
    page.get_by_label("Title").fill("")
    press(page, "Save")
    looks.in_dialog("the interview is edited")
    page.get_by_label("Title").fill("Mine")
    site.sql(f"update interviews set title = '{LABEL * 2}' where id = '{interview}'")
    press(page, "Save")
    expect(page.get_by_text("Someone changed this in the meantime")).to_be_visible()
    looks.in_dialog("two versions")
    page.keyboard.press("Escape")
    press(page, "Discard")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, "Set a deadline")
    page.get_by_role("dialog").get_by_label("Deadline").fill("2031-07-31T17:00")
    looks.in_dialog("the deadline")
    press(page, "Save")
    expect(page.get_by_role("button", name="Change the deadline")).to_be_visible()
    press(page, "Dismiss")
    for action in ("Close", "Complete", "Delete"):
        press(page, action)
        looks.in_dialog(f"{action}?", axe=False)
        looks.close()
    press(page, "Add a question")
    press(page, "Save")
    looks.in_dialog("a question is added")
    looks.close()
    press(page, "Edit question 4")
    looks.in_dialog("a question is edited", axe=False)
    looks.close()
    press(page, "Remove question 4")
    looks.in_dialog("remove a question?", axe=False)
    looks.close()


def check_candidates(looks: Looks, interview: str, anna: str) -> None:
    """The candidate who has answered, and others in each state."""
    page = looks.page
    links = page.get_by_role("table", name="Candidates").get_by_role("link")
    paths: list[str] = []
    for state in ("joined", "withdrawn", "invited", "not_delivered", "revoked", "completed"):
        page.goto(f"/recruiters/{interview}?show={state}")
        expect(links).to_have_count(20)
        paths.append(links.first.get_attribute("href") or "")
        # Who have done something at the same moment stand in any order, so the longest may be
        # on any page.
        page.goto(f"/recruiters/{interview}?show={state}&q={LABEL}")
        paths.append(links.filter(has_text=LABEL).first.get_attribute("href") or "")
    page.goto(f"/recruiters/{interview}?show=completed&q={anna}")
    links.filter(has_text=anna).click()
    for number in range(1, len(QUESTIONS) + 1):
        expect(page.get_by_text(f"Question {number} of {len(QUESTIONS)}")).to_be_visible()
        looks.at(f"answer {number}", axe=number < 3)
        page.keyboard.press("j")
    page.keyboard.press("k")
    press(page, "Extra takes and time")
    looks.in_dialog("extra takes and time")
    looks.close()
    for number, path in enumerate(paths):
        page.goto(path)
        expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
        looks.at(f"a candidate, {path}", axe=number % 2 == 1)


def check_the_rest(site: Site, looks: Looks, recruiter: str, interview: str) -> None:
    """The trial, the list, and what belongs to the account."""
    page = looks.page
    page.goto(f"/recruiters/{interview}/try")
    expect(page.get_by_text("This is a trial.")).to_be_visible()
    looks.at("a trial")
    press(page, "Start answering")
    expect(page.get_by_role("checkbox").first).to_be_visible()
    looks.at("consent in a trial")
    site.interview(recruiter=recruiter, title="W" * 255)
    site.interview(recruiter=recruiter, title="ראיון למשרת מפתח: Frontend, " * 8)
    page.goto("/recruiters")
    interviews = page.get_by_role("list", name="Your interviews")
    expect(interviews.get_by_role("heading")).to_have_count(3)
    looks.at("the list of interviews")
    page.get_by_role("button", name="Account of").click()
    looks.at("the menu of the account")
    page.get_by_role("link", name="Account", exact=True).click()
    expect(page.get_by_label("Candidates complete an interview")).to_be_visible()
    looks.at("the account")
    page.get_by_role("main").get_by_role("link", name="Change password").click()
    expect(page.get_by_role("button", name="Set the password")).to_be_visible()
    looks.at("a new password")


@pytest.mark.proof
def test_a_recruiters_whole_story(site: Site) -> None:
    anna = site.person("anna")
    people = candidates(anna)
    with site.device() as page:
        looks = Looks(page)
        recruiter = signed_in(site, looks)
        interview = created(looks, people)
        bring_into_states(site, interview, people)
        answer(site, recruiter, interview, anna)
        page.reload()
        check_lists(looks)
        check_actions(looks)
        check_inviting(looks, people)
        check_windows(site, looks, interview)
        check_candidates(looks, interview, anna)
        check_the_rest(site, looks, recruiter, interview)
    assert not looks.faults, "\n".join(looks.faults)
    # They were seen.
    assert looks.codes > 50 * len(SCREENS)
    assert looks.addresses > 500 * len(SCREENS)
