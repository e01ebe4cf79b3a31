"""What supabase/config.toml brings to a hosted project."""

import re
import tomllib

import pytest

from local import auth_mails


def test_one_time_codes_cannot_be_guessed_and_do_not_live_long() -> None:
    auth = auth_mails.auth_settings()
    email, tries = auth["email"], auth["rate_limit"]["token_verifications"]
    assert email["enable_confirmations"] and email["double_confirm_changes"]
    assert email["secure_password_change"]
    assert (email["otp_length"], email["otp_expiry"], tries) == (10, 3600, 30)
    assert (auth["minimum_password_length"], auth["password_requirements"]) == (8, "letters_digits")


def test_only_the_public_schema_is_exposed() -> None:
    config = tomllib.loads(auth_mails.CONFIG.read_text(encoding="utf-8"))
    assert config["api"]["schemas"] == ["public"]


# What Auth knows when it writes a mail.
KNOWN = {"SiteURL", "Email", "Token", "TokenHash", "RedirectTo"}
MAILS = {
    "confirmation": ("signup", KNOWN),
    "recovery": ("recovery", KNOWN),
    "magic_link": ("magiclink", KNOWN),
    "invite": ("invite", KNOWN),
    "email_change": ("email_change", {*KNOWN, "NewEmail"}),
    "reauthentication": (None, {"SiteURL", "Email", "Token"}),
}


@pytest.mark.parametrize("name", MAILS)
def test_each_mail_of_auth_has_a_template_that_auth_can_fill(name: str) -> None:
    kind, known = MAILS[name]
    mail = auth_mails.configured()[name]
    assert f"<title>{mail['subject']}</title>" in mail["html"]
    assert set(re.findall(r"{{(.*?)}}", mail["html"])) <= {f" .{one} " for one in known}
    link = (
        f"{{{{ .SiteURL }}}}/auth/confirm?token_hash={{{{ .TokenHash }}}}&amp;type={kind}"
        "&amp;redirect_to={{ .RedirectTo }}"
    )
    assert re.findall(r'href="(.*?)"', mail["html"]) == ([link] if kind else [])
    assert ("{{ .Token }}" in mail["html"]) == (kind is None)
    # As long as otp_expiry says.
    assert "for an hour" in mail["html"]


def test_no_mail_of_auth_is_left_bare() -> None:
    assert auth_mails.configured().keys() == MAILS.keys()
    assert auth_mails.generated().keys() == {f"supabase/templates/{name}.html" for name in MAILS}
