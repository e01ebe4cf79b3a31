"""The mails of Supabase Auth, in the look of the service's own.

Auth fills templates of Go. They are made from email_templates/auth/, which share base.html with
all other mails, and written to supabase/templates/, where supabase/config.toml names each one.
"""

import tomllib
from pathlib import Path
from typing import Any

from markupsafe import Markup

from service.mail.message import TEMPLATES, templates

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "supabase" / "config.toml"
HEADER = "<!-- GENERATED from email_templates/auth/{name}: do not edit, run `make schema`. -->\n"


def generated() -> dict[str, str]:
    """The files below supabase/templates/ as their sources say they should be."""
    environment = templates()
    return {
        f"supabase/templates/{file.name}": HEADER.format(name=file.name)
        + environment.get_template(f"auth/{file.name}").render(
            email=Markup("{{ .Email }}"),
            new_email=Markup("{{ .NewEmail }}"),
            token=Markup("{{ .Token }}"),
            link=_link,
            recruiter="HireVision",
            candidate=None,
            unsubscribe_url=None,
        )
        + "\n"
        for file in sorted((TEMPLATES / "auth").iterdir())
    }


def _link(kind: str) -> Markup:
    """To the page that redeems it, with the address that was asked for, which may be any."""
    query = f"token_hash={{{{ .TokenHash }}}}&amp;type={kind}&amp;redirect_to={{{{ .RedirectTo }}}}"
    return Markup(f"{{{{ .SiteURL }}}}/auth/confirm?{query}")


def auth_settings() -> dict[str, Any]:
    """What supabase/config.toml says of Auth."""
    settings: dict[str, Any] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["auth"]
    return settings


def configured() -> dict[str, dict[str, str]]:
    """Subject and HTML of each mail, as supabase/config.toml has them."""
    return {
        name: {
            "subject": mail["subject"],
            "html": (ROOT / mail["content_path"]).read_text(encoding="utf-8"),
        }
        for name, mail in auth_settings()["email"]["template"].items()
    }
