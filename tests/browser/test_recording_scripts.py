"""The JavaScript that pages load: how much, and who loads what recording needs, and when."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Response, expect

from local import frontend
from tests.browser.answering import agree, card, joined, press, start
from tests.browser.site import Site

MOST_BYTES = 260_000
# What stands in the bundle of each and nowhere else.
MARKS = {
    "the recorder": "MediaRecorder",
    "recordings on this device": "createObjectStore",
    "mediabunny": "EBMLMaxIDLength",
    "tus-js-client": "Tus-Resumable",
    "qr": "Capacity overflow",
}
ON_DEVICE = "recordings on this device"
# Routes whose page is another one's, to which they lead.
LEADING_ON = {"/", "/candidates"}
FOR_STRANGERS = {"/login", "/signup", "/forgot", "/auth/confirm"}


@dataclass
class Scripts:
    """What a page has loaded, to be read before it is left."""

    files: list[Response] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """One a file. Read when asked for: a page shows what a script makes before one is read."""
        return [file.text() for file in self.files]

    @property
    def parts(self) -> set[str]:
        """Which parts of recording are in it."""
        texts = self.texts
        return {name for name, mark in MARKS.items() if any(mark in text for text in texts)}

    @property
    def bytes(self) -> int:
        """How much it is, gzipped."""
        return sum(len(gzip.compress(text.encode())) for text in self.texts)


@contextmanager
def scripts_of(page: Page) -> Iterator[Scripts]:
    """What it loads meanwhile."""
    scripts = Scripts()

    def note(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts.files.append(response)

    page.on("response", note)
    yield scripts
    page.remove_listener("response", note)


def leave(page: Page) -> None:
    """The scripts that a page still loads when it is left can no longer be read."""
    page.goto("about:blank")


def routes() -> set[str]:
    """All that `app/` has."""
    app = frontend.FOLDER / "app"
    return {f"/{file.parent.relative_to(app)}".replace("/.", "/") for file in app.rglob("page.tsx")}


@pytest.mark.parametrize("kind", ["video", pytest.param("text", marks=pytest.mark.proof)])
def test_only_pages_that_record_load_what_recording_needs(camera_site: Site, kind: str) -> None:
    """And no page loads more than was promised, without what it loads when somebody records."""
    candidate = joined(camera_site, kind)
    ids = {"[id]": candidate.interview.id, "[participant]": candidate.interview.id}
    found: dict[str, set[str]] = {}
    bytes_: dict[str, int] = {}
    with camera_site.device() as page:

        def visit(route: str) -> None:
            path = "/".join(ids.get(part, part) for part in route.split("/"))
            leave(page)
            with scripts_of(page) as scripts:
                page.goto(path)
                page.wait_for_load_state("networkidle")
            assert page.url == camera_site.url(path)
            found[route], bytes_[route] = scripts.parts, scripts.bytes

        for route in FOR_STRANGERS:
            visit(route)
        camera_site.sign_in(page, candidate.email)
        # The dashboard first: once there is a place for recordings, it looks what is in it.
        for route in sorted(routes() - FOR_STRANGERS - LEADING_ON):
            visit(route)
        page.context.clear_cookies()
        camera_site.sign_in(page, candidate.recruiter, "/recruiters")
        visit("/recruiters/[id]/try")
    answering = {"/candidates/interviews/[id]", "/recruiters/[id]/try"}
    assert {route: parts for route, parts in found.items() if parts} == {
        route: {ON_DEVICE} for route in answering
    }
    assert len(found) == len(routes()) - len(LEADING_ON)
    assert min(bytes_.values()) > 0
    assert {route: weight for route, weight in bytes_.items() if weight > MOST_BYTES} == {}


@pytest.mark.parametrize("trial", [False, True], ids=["candidate", "trial"])
def test_each_part_is_loaded_when_it_is_needed(camera_site: Site, trial: bool) -> None:
    candidate = joined(camera_site, "video", questions=["Who are you?"])
    email = candidate.recruiter if trial else candidate.email
    path = f"/recruiters/{candidate.interview.id}/try" if trial else candidate.path
    with camera_site.device() as page:
        camera_site.sign_in(page, email, "/candidates/dashboard")
        leave(page)
        with scripts_of(page) as scripts:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            expected = {ON_DEVICE}
            assert scripts.parts == expected
            press(page, "Answer: question 1")
            agree(page)
            start(page)
            expected.add("the recorder")
            assert scripts.parts == expected
            page.wait_for_timeout(1500)
            press(page, "Stop")
            expect(page.get_by_label("Your answer")).to_have_attribute("src", re.compile("^blob:"))
            expected.add("mediabunny")
            assert scripts.parts == expected
            press(page, "Use this answer")
            expect(card(page, "Who are you?")).to_contain_text("Answered")
            if not trial:
                expected.add("tus-js-client")
            assert scripts.parts == expected


def test_the_qr_code_is_loaded_where_it_is_shown(camera_site: Site) -> None:
    candidate = joined(camera_site, "video", consents=True)
    with camera_site.device() as page:
        page.add_init_script("delete window.MediaRecorder")
        camera_site.sign_in(page, candidate.email, candidate.path)
        page.wait_for_load_state("networkidle")
        with scripts_of(page) as scripts:
            press(page, "Answer: question 1")
            expect(page.get_by_role("img", name="QR code of this page")).to_be_visible()
            assert scripts.parts == {"the recorder", "qr"}
