"""The check of the layout sees each fault that it is for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser import chromium
from tests.browser.layout import layout_of

WHOLE = """<!doctype html><html lang="en"><style>
  body { margin: 0; font: 16px/1.5 sans-serif }
  main { width: 360px; padding: 10px }
  button, a, label { display: inline-block; padding: 8px }
  #inner { max-height: 300px; overflow: auto }
  %s
</style><main>
  <p id="told">The code <b id="code">123456</b> is for
    <span id="email">jane.doe<wbr>@example.com</span>.</p>
  <button id="first">Send again</button>
  <button id="second">Revoke</button>
  <label id="choice"><input type="checkbox"> Required</label>
  <table><tr><td id="cell">27 November 2026</td></tr></table>
  %s
</main>"""
DIALOG = """<dialog id="dialog" style="overflow: hidden"><div id="inner">
  <button id="in-front">Save</button><p>For max@example.com: 654321</p></div></dialog>"""
# What breaks the page, and what is told of it.
FAULTS = {
    "#code { display: inline-block; width: 2em; overflow-wrap: anywhere }": "a code in pieces",
    "#code { display: inline-block; width: 2em; overflow: hidden }": "a code cut off",
    "#told { position: relative; z-index: -1 } main { background: #fff }": "a code covered",
    "#email { display: inline-block; width: 3em; overflow-wrap: anywhere }": "an address broken",
    "#email { display: inline-block; width: 5em; overflow: hidden; white-space: nowrap }": (
        "an address cut off"
    ),
    "#cell { display: block; width: 4em; overflow-wrap: anywhere }": "a word in pieces: November",
    "#cell { display: block; width: 4em; white-space: nowrap }": "wider than its place",
    "#told { white-space: nowrap; margin-left: 200px }": "wider than its place: <html>",
    "#first { width: 1.5em; overflow-wrap: anywhere; padding: 0 }": "a word in pieces",
    "#first { width: 3em; white-space: nowrap; overflow: hidden }": "a label cut off",
    "#first { width: 4em; white-space: nowrap; overflow: visible; padding: 0 }": "a label cut off",
    "#second { margin-left: -40px }": "overlapping",
    "#second { padding: 0; font-size: 12px; line-height: 14px; border: 0 }": "too small",
    "#choice { padding: 0; line-height: 16px }": "too small",
    "main::after { content: ''; position: fixed; inset: 0 }": "not reachable",
    "#second { position: fixed; left: -10px }": "beyond the window",
    "#second { position: fixed; top: 580px }": "beyond the window",
    "#first { pointer-events: none }": "not reachable",
}
FAULTS_IN_FRONT = {
    "#in-front { width: 20px }": "too small",
    "#inner { overflow: visible; max-height: none; height: 900px }": "scrolled out of its frame",
    "#inner p { width: 3em; overflow-wrap: anywhere }": "a code in pieces",
}


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    browser = chromium.launch(playwright)
    yield browser.new_page(viewport={"width": 390, "height": 600})
    browser.close()


def test_a_page_without_faults(page: Page) -> None:
    page.set_content(WHOLE % ("", DIALOG))
    layout = layout_of(page)
    assert layout.faults == []
    assert (layout.codes, layout.addresses, layout.controls) == (1, 1, 3)


def test_a_dialog_without_faults(page: Page) -> None:
    page.set_content(WHOLE % ("#first { width: 3px }", DIALOG))
    page.evaluate("document.getElementById('dialog').showModal()")
    layout = layout_of(page)
    assert layout.faults == []
    assert (layout.codes, layout.addresses, layout.controls) == (1, 1, 1)


@pytest.mark.parametrize("css", FAULTS)
def test_a_fault_is_seen(page: Page, css: str) -> None:
    page.set_content(WHOLE % (css, ""))
    faults = layout_of(page).faults
    assert any(fault.startswith(FAULTS[css]) for fault in faults), faults


@pytest.mark.parametrize("css", FAULTS_IN_FRONT)
def test_a_fault_of_a_dialog_is_seen(page: Page, css: str) -> None:
    page.set_content(WHOLE % (css, DIALOG))
    page.evaluate("document.getElementById('dialog').showModal()")
    faults = layout_of(page).faults
    assert any(FAULTS_IN_FRONT[css] in fault for fault in faults), faults
