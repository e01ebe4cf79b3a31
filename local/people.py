"""The people of the local Supabase: ready-made accounts, signing up, reading email."""

import html
import re
from collections.abc import Iterator, Mapping
from email import message_from_string, policy

import httpx

from local.environment import Environment
from local.processes import LocalError

RECRUITER = "recruiter@example.com"
CANDIDATE = "candidate@example.com"
PASSWORD = "hirevision-local-1"
ACCOUNTS = {RECRUITER: "Rita Recruiter", CANDIDATE: "Carl Candidate"}


def sign_up(environment: Environment, email: str, password: str, **metadata: str) -> None:
    """Create an account as a person would: sign up, then open the link in the email."""
    headers = {"apikey": environment.supabase_anon_key}
    body = {"email": email, "password": password, "data": metadata}
    auth = f"{environment.supabase_url}/auth/v1"
    answer = httpx.post(f"{auth}/signup", headers=headers, json=body, timeout=30)
    if answer.status_code != 200:
        raise LocalError(f"signing up {email}: {answer.status_code} {answer.text}")
    httpx.get(confirmation_link(environment, email), timeout=30, follow_redirects=False)


def mailed_link(environment: Environment, email: str) -> str:
    """The link in Auth's newest email to `email`; LocalError if there is none."""
    for mail in reversed(mails(environment, email)):
        found = re.search(r'href="([^"]+/auth/confirm\?[^"]+)"', mail["html"])
        if found:
            return html.unescape(found[1])
    raise LocalError(f"no mail of Auth to {email} in the mailbox")


def confirmation_link(environment: Environment, email: str) -> str:
    """The same by Auth's own template: opening it redeems it."""
    found = httpx.URL(mailed_link(environment, email)).params
    params = found.remove("token_hash").set("token", found["token_hash"])
    return str(httpx.URL(f"{environment.supabase_url}/auth/v1/verify", params=params))


def mails(environment: Environment, email: str | None = None) -> list[dict[str, str]]:
    """The emails in the mailbox, oldest first, to one address or to all.

    Each has `id`, `sender`, `recipient`, `subject`, the text as `plain` (if there is one), the
    HTML as `html` and the raw `source`.
    """
    box = environment.mailbox_url
    with httpx.Client(base_url=box, timeout=30) as client:
        listed = client.get("/messages/").raise_for_status().json()["messages"]
        listed.sort(key=lambda mail: mail["id"])
        return [
            {
                "id": str(mail["id"]),
                "sender": mail["sender"],
                "recipient": recipient,
                "subject": mail["subject"],
                "plain": client.get(f"/messages/{mail['id']}.plain").text,
                "html": _html(source),
                "source": source,
            }
            for mail in listed
            for recipient in _recipients(mail["recipients"])
            if email is None or recipient.lower() == email.lower()
            for source in [client.get(f"/messages/{mail['id']}.source").text]
        ]


def _html(source: str) -> str:
    part = message_from_string(source, policy=policy.default).get_body(("html",))
    return part.get_content() if part else ""


def _recipients(groups: Mapping[str, list[str]]) -> Iterator[str]:
    for group in groups.values():
        yield from group
