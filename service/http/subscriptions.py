"""The page behind the link in emails with which people unsubscribe.

RFC 8058: a mail program unsubscribes by a POST without a person, cookies or a redirect. GET shows
a button and does nothing, because mail scanners open every link.
"""

import re
import secrets
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from service.runtime import runtime
from service.supabase_api import SupabaseRefused

bp = Blueprint("subscriptions", __name__)

# What the database makes. It is not asked about anything else.
TOKEN = re.compile("[A-Za-z0-9_-]{86}")
ONE_CLICK = ("List-Unsubscribe", "One-Click")
AGAIN = ("emails", "again")


@bp.get("/unsubscribe/<token>")
def show(token: str) -> Response:
    """What the link is about, with a button."""
    return _page("email_subscription", token=token)


@bp.post("/unsubscribe/<token>")
def change(token: str) -> Response:
    """Stop the emails, or let them come again; any other form only shows the page."""
    form = list(request.form.items())
    if ONE_CLICK in form:
        return _page("set_email_subscription", token=token, subscribed=False)
    if AGAIN in form:
        return _page("set_email_subscription", token=token, subscribed=True)
    return _page("email_subscription", 400, token=token)


def _page(function: str, status: int = 200, **arguments: Any) -> Response:
    found = None
    if TOKEN.fullmatch(arguments["token"]):
        try:
            found = runtime().supabase.rpc(function, arguments)
        except SupabaseRefused as refused:
            if refused.details != "link_not_valid":
                raise
    if found is None:
        status = 404
    nonce = secrets.token_urlsafe(16)
    page = render_template(
        "unsubscribe.html",
        nonce=nonce,
        title=_title(found),
        link_is_valid=found is not None,
        subscribed=found and found["subscribed"],
        sender=(found and found["recruiter_name"]) or "HireVision",
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    return response


def _title(found: Any) -> str:
    if found is None:
        return "This link does not work"
    return "Unsubscribe" if found["subscribed"] else "You are unsubscribed"
