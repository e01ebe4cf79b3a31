"""What supabase/config.toml brings to a hosted project."""

import tomllib
from pathlib import Path

CONFIG = Path(__file__).resolve().parents[2] / "supabase" / "config.toml"


def test_one_time_codes_cannot_be_guessed_and_do_not_live_long() -> None:
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    auth = config["auth"]
    email, tries = auth["email"], auth["rate_limit"]["token_verifications"]
    assert email["enable_confirmations"] and email["double_confirm_changes"]
    assert email["secure_password_change"]
    assert (email["otp_length"], email["otp_expiry"], tries) == (10, 3600, 30)
    assert (auth["minimum_password_length"], auth["password_requirements"]) == (8, "letters_digits")


def test_only_the_public_schema_is_exposed() -> None:
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert config["api"]["schemas"] == ["public"]
