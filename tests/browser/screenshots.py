"""`python -m tests.browser.screenshots` writes the pictures of the main screens.

Into docs/screenshots/, each on a desktop and on a phone, light and dark. On a Supabase of its own,
with people and interviews made up for it.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

from local import demo, people
from local.stack import ROOT, Stack
from tests.browser.site import DESKTOP, PHONE, Interview, Site, launch

FOLDER = ROOT / "docs" / "screenshots"
RECRUITER = "rita@example.com"
CANDIDATE = "carol@example.com"
DEVICES = {"desktop": {**DESKTOP, "height": 800}, "phone": PHONE}


@dataclass
class World:
    """What there is to see."""

    site: Site
    frontend: Interview
    backend: Interview


def made_up(site: Site) -> World:
    """A recruiter with interviews, and a candidate at every stage of them."""
    for email, name in ((RECRUITER, "Rita Recruiter"), (CANDIDATE, "Carol Candidate")):
        people.sign_up(site.environment, email, people.PASSWORD, full_name=name)
    others = [f"candidate{number}@example.com" for number in range(1, 8)]
    frontend = site.interview(
        CANDIDATE,
        *others,
        recruiter=RECRUITER,
        title="Frontend Developer",
        description="Forty minutes, three questions. Take the time you need and answer freely.",
        questions=[
            "Tell us about something you built with React. What would you do differently today?",
            "A page jumps while it loads. How do you find out why?",
            "What do you look at first when you review somebody’s code?",
        ],
        deadline="2030-01-31T17:00:00Z",
    )
    backend = site.interview(
        CANDIDATE,
        recruiter=RECRUITER,
        title="Backend Engineer",
        description="Databases, queues, and what happens when both are slow.",
    )
    designer = site.interview(
        CANDIDATE, others[0], recruiter=RECRUITER, title="Product Designer", description="A talk."
    )
    analyst = site.interview(
        CANDIDATE, recruiter=RECRUITER, title="Data Analyst", description="Numbers, and doubts."
    )
    writer = site.interview(CANDIDATE, recruiter=RECRUITER, title="Technical Writer")
    candidate = site.api(CANDIDATE)
    for interview in (writer, analyst, frontend, designer):
        demo.value(candidate.call("accept_invite", code=interview.codes[CANDIDATE]))
    demo.value(candidate.call("complete_interview", interview_id=designer.id))
    demo.value(candidate.call("withdraw_from_interview", interview_id=writer.id))
    for email in others[:4]:
        person = site.api(email)
        demo.value(person.call("accept_invite", code=frontend.codes[email]))
        if email != others[3]:
            demo.value(person.call("complete_interview", interview_id=frontend.id))
    return World(site, frontend, backend)


# ---- the screens: each leaves its page as it shall be seen --------------------------------------


def signing_up(world: World, page: Page) -> None:
    page.goto(f"/signup?code={world.backend.codes[CANDIDATE]}")
    page.get_by_label("Your name").fill("Carol Candidate")
    page.get_by_label("Email address").fill(CANDIDATE)


def candidate_dashboard(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE)
    page.get_by_role("region", name="Completed").wait_for()


def adding_an_interview(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE)
    page.goto(f"/candidates/dashboard?code={world.backend.codes[CANDIDATE]}")
    page.get_by_role("dialog").wait_for()


def a_refused_code(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE)
    wrong = (int(world.backend.codes[CANDIDATE]) + 1) % 1_000_000
    page.goto(f"/candidates/dashboard?code={wrong:06}")
    page.get_by_role("dialog").get_by_role("button", name="Add interview").click()
    page.locator("[data-slug=invite_not_found]").wait_for()
    world.site.sql("delete from private.code_requests")


def an_interview(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE, f"/candidates/interviews/{world.frontend.id}")
    page.get_by_role("heading", name="3 questions").wait_for()


def recruiting(world: World, page: Page) -> None:
    world.site.sign_in(page, RECRUITER, "/recruiters")
    page.get_by_role("link", name="Frontend Developer").wait_for()


def inviting(world: World, page: Page) -> None:
    world.site.sign_in(page, RECRUITER, "/recruiters")
    page.get_by_role("button", name="New Interview").click()
    window = page.get_by_role("dialog", name="New Interview")
    window.get_by_label("Title").fill("Site Reliability Engineer")
    window.get_by_role("button", name="Next: candidates").click()
    addresses = "ann@example.com, Ben Okri <ben@example.com>; ann@example.com, carl@example"
    window.get_by_label("Email addresses").fill(addresses)
    window.get_by_label("Email addresses").press("Enter")
    window.get_by_role("region", name="To be looked at").wait_for()


def a_recruiters_interview(world: World, page: Page) -> None:
    world.site.sign_in(page, RECRUITER, f"/recruiters/{world.frontend.id}")
    page.get_by_role("table", name="Invites").get_by_role("row", name=CANDIDATE).wait_for()


SCREENS: dict[str, Callable[[World, Page], None]] = {
    "signing-up": signing_up,
    "candidate-dashboard": candidate_dashboard,
    "adding-an-interview": adding_an_interview,
    "a-refused-code": a_refused_code,
    "an-interview": an_interview,
    "recruiting": recruiting,
    "inviting": inviting,
    "a-recruiters-interview": a_recruiters_interview,
}


@click.command()
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Take all pictures, or those of the screens named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="hirevision-screenshots-") as folder,
        Stack(
            Path(folder), ports={}, fast=True, postgrest=False, frontend=True, accounts=False
        ) as stack,
        sync_playwright() as playwright,
    ):
        # Scrollbars that take no room, as on most machines.
        site = Site(stack, launch(playwright, "--enable-features=OverlayScrollbar"))
        world = made_up(site)
        for name, show in SCREENS.items():
            if names and name not in names:
                continue
            for device, viewport in DEVICES.items():
                for scheme in ("light", "dark"):
                    with site.device(viewport, scheme=scheme, is_mobile=device == "phone") as page:
                        show(world, page)
                        page.wait_for_load_state("networkidle")
                        page.mouse.move(0, 0)
                        page.screenshot(path=FOLDER / f"{name}-{device}-{scheme}.png", caret="hide")
            click.echo(name)


if __name__ == "__main__":
    main()
