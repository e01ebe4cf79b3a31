"""The headers of pages, and the pages for errors."""

import gzip
import re

import httpx
from playwright.sync_api import Response, expect

from local import demo
from tests.browser.site import Site, check_page


def test_headers(site: Site) -> None:
    answer = httpx.get(site.url("/login"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "X-Powered-By" not in answer.headers
    # Nobody may cache pages that belong to a session.
    assert "no-store" in answer.headers["Cache-Control"]

    policy = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {site.environment.supabase_url}"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy["script-src"])
    assert nonce and nonce[1] not in httpx.get(site.url("/login")).text
    scripts = re.findall(r"<script\b[^>]*>", answer.text)
    assert scripts and all(f'nonce="{nonce[1]}"' in script for script in scripts)


def test_no_key_but_the_public_one_reaches_a_browser(site: Site) -> None:
    page = httpx.get(site.url("/login")).text
    assert site.environment.supabase_anon_key in page
    files = re.findall(r'(?:src|href)="(/_next/[^"]+)"', page)
    assert files
    everything = page + "".join(httpx.get(site.url(file)).text for file in files)
    for secret in (
        site.environment.supabase_service_role_key,
        site.environment.supabase_secret_key,
        site.environment.supabase_jwt_secret,
        site.environment.service_api_key,
    ):
        assert secret not in everything


def test_no_such_page(site: Site) -> None:
    with site.device() as page:
        answer = page.goto("/nothing/here")
        assert answer and answer.status == 404
        expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
        check_page(page, "no such page")
        site.faults[:] = [fault for fault in site.faults if "/nothing/here" not in fault]


def test_no_page_loads_more_javascript_than_promised(site: Site) -> None:
    """At most 260 kB of it, gzipped, on any page."""
    email = site.person()
    interview = site.interview(email)
    demo.value(site.api(email).call("accept_invite", code=interview.codes[email]))
    with site.device() as page:
        loaded: list[int] = []

        def weigh(response: Response) -> None:
            if response.request.resource_type == "script":
                loaded.append(len(gzip.compress(response.body())))

        page.on("response", weigh)

        def weight(path: str) -> int:
            loaded.clear()
            page.goto(path)
            page.wait_for_load_state("networkidle")
            return sum(loaded)

        outside = {path: weight(path) for path in ("/login", "/signup", "/forgot", "/auth/confirm")}
        site.sign_in(page, email)
        inside = {
            path: weight(path)
            for path in (
                "/candidates/dashboard",
                f"/candidates/interviews/{interview.id}",
                "/password",
                "/recruiters",
                f"/recruiters/{interview.id}",
            )
        }
    weights = outside | inside
    assert all(0 < bytes_ <= 260_000 for bytes_ in weights.values()), weights
