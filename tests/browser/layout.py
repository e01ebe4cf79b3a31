"""Whether all of a page can be read and pressed: codes, addresses, buttons, at any width."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


@dataclass
class Layout:
    """What is wrong with a page, or with the dialog in front of it, and what was looked at."""

    faults: list[str]
    codes: int
    addresses: int
    controls: int


def layout_of(page: Page) -> Layout:
    """How the page is laid out as it stands; it is scrolled meanwhile."""
    return Layout(**page.evaluate(SCRIPT))


def check_layout(page: Page) -> None:
    """Nothing is wrong on a phone, a tablet and a desktop."""
    before = page.viewport_size
    for width, height in ((390, 844), (768, 1024), (1280, 900)):
        page.set_viewport_size({"width": width, "height": height})
        layout = layout_of(page)
        assert layout.controls > 0
        assert layout.faults == [], f"on {width}"
    if before:
        page.set_viewport_size(before)
