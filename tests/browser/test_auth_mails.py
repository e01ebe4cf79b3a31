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
    key = site.environment.supabase_anon_key
    token = None
    if mail in ("email_change", "reauthentication"):
        signed_in = call(site, key, None, "POST", "token?grant_type=password", email=email)
        token = signed_in.json()["access_token"]
    if mail == "invite":
        key = site.environment.supabase_secret_key
    back = httpx.QueryParams(redirect_to=site.url("/auth/confirm?invite=012345"))
    match mail:
        case "confirmation":
            call(site, key, None, "POST", f"signup?{back}", email=email)
        case "recovery":
            call(site, key, None, "POST", f"recover?{back}", email=email)
        case "magic_link":
            call(site, key, None, "POST", f"otp?{back}", email=email)
        case "invite":
            call(site, key, None, "POST", f"invite?{back}", email=email)
        case "email_change":
            call(site, key, token, "PUT", "user", email=f"new-{email}")
        case "reauthentication":
            call(site, key, token, "GET", "reauthenticate")


def call(
    site: Site, key: str, token: str | None, method: str, path: str, email: str = ""
) -> httpx.Response:
    headers = {"apikey": key, "Authorization": f"Bearer {token or key}"}
    body = {"email": email, "password": PASSWORD} if path != "user" else {"email": email}
    url = f"{site.environment.supabase_url}/auth/v1/{path}"
    answer = httpx.request(method, url, headers=headers, json=body if email else None, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer


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
    key = site.environment.supabase_anon_key
    back = httpx.QueryParams(redirect_to="https://evil.example/auth/confirm?invite=666666")
    call(site, key, None, "POST", f"signup?{back}", email=email)
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
