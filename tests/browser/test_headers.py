"""The headers of pages, and the pages for errors."""

import json
import re
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Response, expect

from local import frontend
from tests.browser.answers import answered
from tests.browser.site import Site, check_page


def test_headers(site: Site) -> None:
    answer = httpx.get(site.url("/login"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "X-Powered-By" not in answer.headers
    allowed = answer.headers["Permissions-Policy"]
    assert allowed == "camera=(self), geolocation=(), microphone=(self)"
    # Nobody may cache pages that belong to a session.
    assert "no-store" in answer.headers["Cache-Control"]

    policy = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {site.environment.supabase_url}"
    assert policy["media-src"] == f"'self' blob: {site.environment.supabase_url}"
    assert policy["worker-src"] == "'self' blob:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy["script-src"])
    assert nonce and nonce[1] not in httpx.get(site.url("/login")).text
    scripts = re.findall(r"<script\b[^>]*>", answer.text)
    assert scripts and all(f'nonce="{nonce[1]}"' in script for script in scripts)


def test_a_dot_in_its_address_opens_no_page_to_others(site: Site) -> None:
    for path in ("/recruiters/x.y", "/candidates/interviews/a.b"):
        answer = httpx.get(site.url(path))
        assert answer.status_code == 307 and "/login" in answer.headers["Location"], path


def test_every_page_has_a_policy_whatever_its_address(site: Site) -> None:
    paths = ["/login", "/nothing.here", "/a.b/c.d", "/icon.svg/x", "/notices.txt/x", "/%zz", "/%00"]
    # Next.js' own paths.
    paths += ["/_next/x", "/_next/static", "/_next/static/x.html", "/_next/static/%zz"]
    paths += ["/_next/image/x", "/_next/imagex.png", "/_next/data/x.json", "/_error"]
    pages = [answer for path in paths if is_page(answer := httpx.get(site.url(path)))]
    assert len(pages) > 10
    for answer in pages:
        assert "nonce-" in answer.headers.get("Content-Security-Policy", ""), answer.url


def is_page(answer: httpx.Response) -> bool:
    return "text/html" in answer.headers.get("Content-Type", "")


def test_browsers_that_came_by_https_stay_with_it(site: Site) -> None:
    for path in ("/login", "/recruiters", "/nothing"):
        for scheme, is_secure in [("https", True), ("https, http", True), ("http", False)]:
            answer = httpx.get(site.url(path), headers={"X-Forwarded-Proto": scheme})
            told = answer.headers.get("Strict-Transport-Security")
            assert told == ("max-age=31536000" if is_secure else None), (path, scheme)
        assert "Strict-Transport-Security" not in httpx.get(site.url(path)).headers


def test_a_planted_session_is_nobody_s(site: Site) -> None:
    """Whatever a cookie of the right name holds."""
    with site.device() as page:
        site.sign_in(page, site.person())
        (name,) = {cookie["name"] for cookie in page.context.cookies() if "auth" in cookie["name"]}
    session = {"access_token": "..", "refresh_token": "x", "expires_at": 9_999_999_999, "user": {}}
    for value in (json.dumps(session), "base64-!", "[]"):
        planted = {"Cookie": f"{name}={quote(value)}"}
        assert httpx.get(site.url("/login"), headers=planted).status_code == 200, value
        answer = httpx.get(site.url("/recruiters"), headers=planted)
        assert answer.status_code == 307 and "/login" in answer.headers["Location"], value


def test_the_server_leaves_very_long_texts_to_the_browser(site: Site) -> None:
    questions = ["<" * 50_000] * 12
    recruiter = site.person("recruiter")
    interview = site.interview(recruiter=recruiter, questions=questions)
    with site.device() as page:
        site.sign_in(page, recruiter, "/recruiters")
        answer = page.goto(f"/recruiters/{interview.id}")
        assert answer and len(answer.body()) < 1_000_000
        expect(page.get_by_text("<<<<").first).to_be_visible()


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


def test_the_notice_of_what_bundles_contain_is_served(site: Site) -> None:
    """The bundler drops it, and the licence of mediabunny wants it."""
    source = frontend.FOLDER / "node_modules/mediabunny/dist/modules/src/index.js"
    notice = re.search(r"/\*!(.*?)\*/", source.read_text(), re.DOTALL)
    assert notice and "Mozilla Public" in notice[1]
    served = httpx.get(site.url("/notices.txt"))
    assert served.status_code == 200
    for line in notice[1].splitlines():
        assert line.strip(" *") in served.text


def test_no_such_page(site: Site) -> None:
    with site.ignored("/nothing/here"), site.device() as page:
        answer = page.goto("/nothing/here")
        assert answer and answer.status == 404
        expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
        check_page(page, "no such page")


@pytest.mark.proof
def test_pages_ask_for_nothing_that_is_missing(site: Site) -> None:
    candidate = answered(site)
    email = candidate.email
    missing: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            missing.append(f"{answer.status} {answer.request.method} {answer.url}")

    for whose, paths in (
        ("", ("/", "/login", "/signup", "/signup?code=012345", "/forgot", "/auth/confirm")),
        (
            email,
            (
                *("/", "/candidates", "/candidates/dashboard?code=012345", "/password"),
                f"/candidates/interviews/{candidate.interview.id}",
            ),
        ),
        (
            candidate.recruiter,
            (
                *("/recruiters", "/recruiters?new=", f"/recruiters/{candidate.interview.id}"),
                *(candidate.page, f"/recruiters/{candidate.interview.id}/try"),
                *("/recruiters/analytics", "/recruiters/templates", "/account"),
            ),
        ),
    ):
        with site.device() as page:
            page.on("response", note)
            if whose:
                site.sign_in(page, whose)
            for path in paths:
                page.goto(path)
                page.wait_for_load_state("networkidle")
    assert missing == []
