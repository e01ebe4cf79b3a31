"""An upload over a line that is cut: a real TCP connection, closed amid what the browser sends."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Page, Playwright, Request, expect

from tests.browser import chromium
from tests.browser.answering import DEVICES, Candidate, card, joined, press, record, rows
from tests.browser.site import Site
from tests.storage.cutting import CuttingProxy, cutting

ASKED = ["Who are you?"]
MEGABYTES_20 = 20_000_000
# Replaces the slices that the page has kept by a file of them that is as large as the longest
# answers are: what follows the recording is an element that players pass over (RFC 9559, Void).
ENLARGE = """async (length) => {
  const ends = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const known = await indexedDB.databases();
  const {name} = known.find(({name}) => name.startsWith("hirevision-recordings"));
  const database = await ends(indexedDB.open(name));
  const work = database.transaction(["slices", "files", "recordings"], "readwrite");
  const slices = await ends(work.objectStore("slices").getAll());
  const [id] = await ends(work.objectStore("recordings").getAllKeys());
  const noise = new Uint8Array(length);
  for (let at = 0; at < length; at += 65536) {
    crypto.getRandomValues(noise.subarray(at, at + 65536));
  }
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, 2n ** 56n + BigInt(length));
  const file = new Blob([...slices, new Uint8Array([0xec]), size, noise], {type: "video/webm"});
  await ends(work.objectStore("files").put(file, id));
  database.close();
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return new Uint8Array(digest).toHex();
}"""


@contextmanager
def bad_line(
    site: Site, playwright: Playwright, cuts: list[int]
) -> Iterator[tuple[Site, CuttingProxy]]:
    """The site in a browser that comes to Supabase through a line that is cut."""
    supabase = httpx.URL(site.environment.supabase_url)
    # The browser's own messages: about the cuts, and that a page in which nobody has clicked since
    # it was loaded may not ask whether to leave it.
    own = site.ignored("net::ERR_", "Blocked attempt to show a 'beforeunload'")
    with own, cutting(str(supabase), cuts) as line:
        there = httpx.URL(line.url)
        browser = chromium.launch(
            playwright,
            *DEVICES,
            f"--host-resolver-rules=MAP {supabase.host}:{supabase.port} {there.host}:{there.port}",
        )
        yield Site(site.stack, browser, site.faults), line
        browser.close()


def recorded(site: Site, page: Page, candidate: Candidate) -> str:
    """A recording of 20 MB waits to be sent; returns its digest."""
    page.on("dialog", lambda dialog: dialog.accept())
    site.sign_in(page, candidate.email, candidate.path)
    press(page, "Answer: question 1")
    record(page)
    digest: str = page.evaluate(ENLARGE, MEGABYTES_20)
    page.reload()
    expect(page.get_by_text("It was not sent before this page was closed.")).to_be_visible()
    return digest


def arrived(site: Site, candidate: Candidate, digest: str) -> None:
    """These bytes are in Storage."""
    (sent,) = rows(site, candidate, "status, size_bytes, object_path")
    assert sent["status"] == "uploaded" and sent["size_bytes"] > MEGABYTES_20
    answer = httpx.get(
        f"{site.environment.supabase_url}/storage/v1/object/interview-responses/"
        f"{sent['object_path']}",
        headers={"Authorization": f"Bearer {site.environment.supabase_service_role_key}"},
    )
    assert hashlib.sha256(answer.content).hexdigest() == digest


@pytest.mark.proof
@pytest.mark.parametrize("reloads", [False, True], ids=["by itself", "with reloads"])
def test_20_megabytes_over_a_line_that_is_cut(
    camera_site: Site, playwright: Playwright, reloads: bool
) -> None:
    candidate = joined(camera_site, "video", consents=True, questions=ASKED)
    cuts = sorted(random.Random(1).sample(range(1_000_000, MEGABYTES_20), 3))
    created: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/upload/resumable"):
            created.append(request.url)

    with (
        bad_line(camera_site, playwright, cuts) as (site, line),
        site.device() as page,
    ):
        page.on("request", note)
        digest = recorded(site, page, candidate)
        before = line.received
        assert before < cuts[0] and line.cut == 0
        press(page, "Use this answer")
        if reloads:
            for number in range(1, 4):
                while line.cut < number:
                    page.wait_for_timeout(20)
                page.reload()
        expect(card(page, ASKED[0])).to_contain_text("Answered")
        assert line.cut == 3
        assert MEGABYTES_20 < line.received - before <= 1.3 * MEGABYTES_20
    # One upload, which went on from where it had come to.
    assert len(created) == 1
    arrived(camera_site, candidate, digest)
