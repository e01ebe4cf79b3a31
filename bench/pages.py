"""A recruiter's page on a slow phone: when its content is there, against its first paint."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, StorageState, sync_playwright

from bench.measure import Reach, Row, compare_pairs
from local.stack import Stack
from tests.browser import chromium
from tests.browser.site import PHONE, Site

# What a person waits for, and for how long after something has appeared at all.
QUESTION = "What was the hardest bug that you have found?"
PATIENCE = 0.5

# Lighthouse's slow phone: a quarter of the processor, 1.6 Mbit/s, but 400 ms a round trip.
SLOWER = 4
NETWORK = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
WATCH = f"""
window.content = new Promise((seen) => {{
  const look = () => requestAnimationFrame(() => {{
    if (document.body?.innerText.includes({QUESTION!r})) seen(performance.now());
    else look();
  }});
  look();
}});
"""
TIMES = """async () => [await window.content, await new Promise((painted) => {
  new PerformanceObserver((entries) => {
    const [first] = entries.getEntriesByName("first-contentful-paint");
    if (first) painted(first.startTime);
  }).observe({type: "paint", buffered: true});
})]"""


def rows(rounds: int) -> Iterator[Row]:
    """One row: the content of an interview's page, opened with an empty cache."""
    with (
        tempfile.TemporaryDirectory(prefix="hirevision-bench-") as folder,
        Stack(Path(folder), ports={}, fast=True, postgrest=True, frontend=True) as stack,
        sync_playwright() as playwright,
    ):
        browser = chromium.launch(playwright)
        site = Site(stack, browser)
        recruiter = site.person("recruiter")
        emails = [site.address() for _ in range(20)]
        interview = site.interview(*emails, recruiter=recruiter, questions=[QUESTION])
        with site.device() as page:
            site.sign_in(page, recruiter, "/recruiters")
            session = page.context.storage_state()
        address = site.url(f"/recruiters/{interview.id}")

        def both() -> tuple[float, float]:
            content, paint = opened(browser, session, address)
            return content, paint + PATIENCE

        yield compare_pairs(
            "content_of_a_page",
            "until an interview's page shows its content on a slow phone, nothing cached",
            f"its first paint, and {PATIENCE:g} s",
            both=both,
            unit="s",
            reach=Reach("≤", 1),
            rounds=rounds,
        )
        browser.close()


def opened(browser: Browser, session: StorageState, address: str) -> tuple[float, float]:
    """Seconds until the content and until the first paint of a page opened for the first time."""
    context = browser.new_context(
        storage_state=session,
        viewport=PHONE,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    content, paint = page.evaluate(TIMES)
    context.close()
    return content / 1000, paint / 1000
