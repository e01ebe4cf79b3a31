"""A stack with the frontend and a Chromium: one for the tests of recording and watching, and one
for all others, so that two workers share them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from local.stack import Stack
from tests.browser import chromium
from tests.browser.answering import DEVICES
from tests.browser.site import Site

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for the mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests together, and skip them if there is no browser for this machine."""
    missing = chromium.missing()
    for item in items:
        if HERE not in item.path.parents:
            continue
        records = item.path.name.startswith(("test_recording", "test_watching"))
        item.add_marker(pytest.mark.xdist_group("recording" if records else "browser"))
        # The first one waits for the build.
        item.add_marker(pytest.mark.timeout(1800))
        if missing and not item.get_closest_marker("firefox"):  # which never skips
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright; a thread can have only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def whole_site(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The running site, with a browser."""
    folder = tmp_path_factory.mktemp("site")
    with Stack(
        folder, ports={}, fast=True, postgrest=False, frontend=True, accounts=False
    ) as stack:
        assert stack.has_frontend
        browser = chromium.launch(playwright)
        yield Site(stack, browser)
        browser.close()


@pytest.fixture(scope="session")
def recording_site(whole_site: Site, playwright: Playwright) -> Iterator[Site]:
    """The same site in a browser with a simulated camera and a microphone that speaks."""
    browser = chromium.launch(playwright, *DEVICES)
    yield Site(whole_site.stack, browser)
    browser.close()


@pytest.fixture
def camera_site(recording_site: Site) -> Iterator[Site]:
    """It; any complaint of the browser during the test fails it."""
    recording_site.faults.clear()
    yield recording_site
    assert not recording_site.faults, "\n".join(recording_site.faults)


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The same; any complaint of a browser during the test fails it."""
    whole_site.faults.clear()
    yield whole_site
    assert not whole_site.faults, "\n".join(whole_site.faults)
