"""`python -m tests.browser.screenshots` writes the pictures in docs/screenshots.

Only those that the documentation shows. On a Supabase of its own, with made-up people and
interviews.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
from playwright.sync_api import Page, sync_playwright

from local import demo, people
from local.stack import ROOT, Stack
from tests.browser import chromium
from tests.browser.site import DESKTOP, Interview, Site

FOLDER = ROOT / "docs" / "screenshots"
RECRUITER = "rita@example.com"
CANDIDATE = "carol@example.com"
VIEWPORT = {**DESKTOP, "height": 800}


@dataclass
class World:
    """What there is to see: the candidate has joined `frontend` and not yet `backend`."""

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


# ---- the screens: each leaves its page as the picture shows it ----------------------------------


def recruiting(world: World, page: Page) -> None:
    world.site.sign_in(page, RECRUITER, "/recruiters")
    page.get_by_role("link", name="Frontend Developer").wait_for()


def a_recruiters_interview(world: World, page: Page) -> None:
    world.site.sign_in(page, RECRUITER, f"/recruiters/{world.frontend.id}")
    page.get_by_role("table", name="Candidates").get_by_role("row", name=CANDIDATE).wait_for()


def candidate_dashboard(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE)
    page.get_by_role("region", name="Completed").wait_for()


def adding_an_interview(world: World, page: Page) -> None:
    world.site.sign_in(page, CANDIDATE)
    page.goto(f"/candidates/dashboard?code={world.backend.codes[CANDIDATE]}")
    page.get_by_role("dialog").wait_for()


@dataclass(frozen=True)
class Screenshot:
    """A picture by the name of its file."""

    name: str
    show: Callable[[World, Page], None]
    scheme: Literal["light", "dark"]


SCREENSHOTS = [
    Screenshot("recruiting-desktop-light", recruiting, "light"),
    Screenshot("a-recruiters-interview-desktop-dark", a_recruiters_interview, "dark"),
    Screenshot("candidate-dashboard-desktop-light", candidate_dashboard, "light"),
    Screenshot("adding-an-interview-desktop-dark", adding_an_interview, "dark"),
]


@click.command()
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Take all pictures, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="hirevision-screenshots-") as folder,
        Stack(
            Path(folder), ports={}, fast=True, postgrest=False, frontend=True, accounts=False
        ) as stack,
        sync_playwright() as playwright,
    ):
        # Scrollbars that take no room, as on most machines.
        site = Site(stack, chromium.launch(playwright, "--enable-features=OverlayScrollbar"))
        world = made_up(site)
        for screenshot in SCREENSHOTS:
            if names and screenshot.name not in names:
                continue
            with site.device(VIEWPORT, scheme=screenshot.scheme, is_mobile=False) as page:
                screenshot.show(world, page)
                page.wait_for_load_state("networkidle")
                page.mouse.move(0, 0)
                page.screenshot(path=FOLDER / f"{screenshot.name}.png", caret="hide")
            click.echo(screenshot.name)


if __name__ == "__main__":
    main()
