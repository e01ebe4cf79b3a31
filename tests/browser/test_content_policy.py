"""The Content-Security-Policy: these tests notice what it stops, and what it allows works."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Route

from local import frontend, node
from local.processes import LOOPBACK, Part, accepts, free_port
from tests.browser.site import Site
from tests.kit.waiting import eventually

# By the rule that stops it.
FORBIDDEN = {
    # Later, since what a test itself evaluates may.
    "script-src": """() => setTimeout(() => {
        try {
            window.done = new Function("return true")();
        } catch {
            // As libraries do that try it.
        }
    })""",
    "script-src-attr": """() => {
        const button = document.createElement("button");
        button.setAttribute("onclick", "window.done = true");
        document.body.append(button);
        button.click();
    }""",
    "style-src-elem": """() => {
        const style = document.createElement("style");
        style.textContent = "main { display: none }";
        document.head.append(style);
        window.done = getComputedStyle(document.querySelector("main")).display === "none";
    }""",
    "img-src": """() => new Promise((resolve) => {
        const image = new Image();
        image.onload = image.onerror = ({type}) => resolve(window.done = type === "load");
        image.src = "https://evil.example/x.png";
    })""",
    "connect-src": """() => fetch("https://evil.example/").then(
        () => { window.done = true; },
        () => {},
    )""",
    "media-src": """() => new Promise((resolve) => {
        const video = document.createElement("video");
        video.oncanplay = video.onerror = ({type}) => resolve(window.done = type === "canplay");
        video.src = "https://evil.example/x.webm";
    })""",
    "worker-src": """() => {
        try {
            new Worker("data:text/javascript,0");
        } catch {
            // Some browsers throw, others send an event.
        }
    }""",
    "frame-src": """() => {
        const frame = document.createElement("iframe");
        frame.src = "https://evil.example/";
        document.body.append(frame);
    }""",
    "base-uri": """() => {
        const base = document.createElement("base");
        base.href = "https://evil.example/";
        document.head.append(base);
        window.done = document.baseURI.startsWith("https://evil");
    }""",
}
# What recordings need.
WORKER = """() => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('works')"])));
    worker.onmessage = ({data}) => resolve(data);
    worker.onerror = reject;
})"""


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_what_the_policy_stops_fails_a_test(site: Site, rule: str) -> None:
    """The page says so in the console, which `Site` watches."""
    with site.device() as page:
        page.goto("/login")
        assert site.faults == []
        page.evaluate(FORBIDDEN[rule])
        reports(site, page, rule)
        assert page.evaluate("window.done ?? false") is False


def test_a_planted_script_does_not_run_and_fails_a_test(site: Site) -> None:
    def plant(route: Route) -> None:
        answer = route.fetch()
        planted = answer.text().replace("</head>", "<script>window.done = true</script></head>")
        assert planted != answer.text()
        route.fulfill(response=answer, body=planted)

    with site.device() as page:
        page.route("**/login", plant)
        page.goto("/login")
        reports(site, page, "script-src-elem")
        assert page.evaluate("window.done ?? false") is False


def reports(site: Site, page: Page, rule: str) -> None:
    """A fault is noted that names this rule."""

    def noted() -> bool:
        page.wait_for_timeout(20)
        return any(fault.endswith(f"stopped by {rule}") for fault in site.faults)

    eventually(noted, told=lambda: str(site.faults))
    site.faults.clear()


def test_a_foreign_script_fails_a_test(site: Site) -> None:
    """One that our own scripts add is allowed ('strict-dynamic'), but never asked for unnoticed."""
    with site.device() as page:
        page.goto("/login")
        with page.expect_event("requestfailed"):
            page.evaluate(
                """() => {
                    const script = document.createElement("script");
                    script.src = "https://evil.example/x.js";
                    document.head.append(script);
                }"""
            )
    assert "asked for https://evil.example/x.js" in site.faults
    site.faults.clear()


def test_workers_of_ones_own_work(site: Site) -> None:
    with site.device() as page:
        page.goto("/login")
        assert page.evaluate(WORKER) == "works"


def test_storage_may_have_a_host_of_its_own(site: Site, tmp_path: Path) -> None:
    """Recordings are sent there and played from there."""
    port = free_port()
    server = Part("the frontend", tmp_path / "frontend.log")
    server.start(
        [node.program(), *frontend.serving(port)],
        env=frontend.settings(
            NEXT_PUBLIC_SUPABASE_URL="https://x.supabase.co",
            NEXT_PUBLIC_SUPABASE_ANON_KEY=site.environment.supabase_anon_key,
            NEXT_PUBLIC_SUPABASE_STORAGE_URL="https://x.storage.supabase.co/",
        ),
        cwd=frontend.FOLDER,
    )
    server.wait_until(lambda: accepts(port))
    try:
        # Needs no Supabase: nobody is signed in.
        headers = httpx.get(f"http://{LOOPBACK}:{port}/login").headers
    finally:
        server.stop()
    policy = dict(
        rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";")
    )
    hosts = "https://x.supabase.co https://x.storage.supabase.co"
    assert policy["connect-src"] == f"'self' {hosts}"
    assert policy["media-src"] == f"'self' blob: {hosts}"
