"""Auth's mails: sent in the look of the others, filled in, and their links lead on."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from local import auth_mails
from local.people import PASSWORD
from tests.browser.site import DASHBOARD, Site, with_code

LINKS = {
    "confirmation": ("Confirm", with_code("012345")),
    "recovery": ("Continue", with_code("012345", "/password")),
    "magic_link": ("Sign in", with_code("012345")),
    "invite": ("Continue", with_code("012345", "/password")),
    "email_change": ("Confirm the change", DASHBOARD),
}


def ask_for(site: Site, mail: str, email: str) -> None:
    """Call Auth so that it sends this mail; the address to return to has an interview's code."""
    anybody = keyed(site.environment.supabase_anon_key)
    back = httpx.QueryParams(redirect_to=site.url("/auth/confirm?invite=012345"))
    match mail:
        case "confirmation":
            call(site, anybody, "POST", f"signup?{back}", email=email, password=PASSWORD)
        case "recovery":
            call(site, anybody, "POST", f"recover?{back}", email=email)
        case "magic_link":
            call(site, anybody, "POST", f"otp?{back}", email=email)
        case "invite":
            backend = keyed(site.environment.supabase_secret_key)
            call(site, backend, "POST", f"invite?{back}", email=email)
        case "email_change":
            call(site, site.api(email).headers, "PUT", "user", email=f"new-{email}")
        case "reauthentication":
            call(site, site.api(email).headers, "GET", "reauthenticate")


def keyed(key: str) -> dict[str, str]:
    """The headers of who has one of the project's keys."""
    return {"apikey": key, "Authorization": f"Bearer {key}"}


def call(site: Site, headers: dict[str, str], method: str, path: str, **body: str) -> None:
    url = f"{site.environment.supabase_url}/auth/v1/{path}"
    answer = httpx.request(method, url, headers=headers, json=body or None, timeout=60)
    assert answer.status_code == 200, answer.text


def mail_of(site: Site, name: str) -> tuple[str, dict[str, str]]:
    """The address it was sent to, and what arrived."""
    new = name in ("confirmation", "invite")
    email = site.address() if new else site.person()
    before = len(site.mails(email))
    ask_for(site, name, email)
    (mail,) = site.mails(email)[before:]
    assert mail["subject"] == auth_mails.configured()[name]["subject"]
    return email, mail


def shape(html: str) -> list[str]:
    return re.findall(r"<\w+|class=\S+", html)


@pytest.mark.parametrize("name", [*LINKS, "reauthentication"])
def test_auths_mails_have_the_template(site: Site, name: str) -> None:
    email, mail = mail_of(site, name)
    html = mail["html"]
    assert shape(html) == shape(auth_mails.configured()[name]["html"])
    assert "{{" not in html and "undefined" not in html
    assert email in html
    if name == "email_change":
        assert f"new-{email}" in html


@pytest.mark.parametrize("name", LINKS)
def test_the_link_in_auths_mail_leads_on(site: Site, name: str) -> None:
    email, _ = mail_of(site, name)
    button, where = LINKS[name]
    with site.device() as page:
        page.goto(site.mailed_link(email))
        page.get_by_role("button", name=button, exact=True).click()
        expect(page).to_have_url(where)
        face = f"new-{email}" if name == "email_change" else email
        expect(page.get_by_role("button", name=f"Account of {face}")).to_be_visible()


def test_the_code_is_no_interview_code(site: Site) -> None:
    _, mail = mail_of(site, "reauthentication")
    length = auth_mails.auth_settings()["email"]["otp_length"]
    (code,) = re.findall(r">(\d+)<", mail["html"])
    assert len(code) == length > 6


def test_a_link_leads_to_no_other_site(site: Site) -> None:
    email = site.address()
    anybody = keyed(site.environment.supabase_anon_key)
    back = httpx.QueryParams(redirect_to="https://evil.example/auth/confirm?invite=666666")
    call(site, anybody, "POST", f"signup?{back}", email=email, password=PASSWORD)
    link = site.mailed_link(email)
    assert link.startswith(site.url("/auth/confirm?")) and "evil" not in link
    # Nor where somebody writes such an address into it.
    with site.device() as page:
        page.goto(link.partition("&redirect_to=")[0] + f"&{back}")
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(site.url("/candidates/dashboard**"))


def test_only_the_backend_invites(site: Site) -> None:
    url = f"{site.environment.supabase_url}/auth/v1/invite"
    email = site.address()
    headers = {"apikey": site.environment.supabase_anon_key}
    assert httpx.post(url, headers=headers, json={"email": email}).status_code >= 400
    assert site.mails(email) == []
