"""Where the parts of the local Supabase are, and the keys to it."""

import dataclasses
import json
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

import jwt


@dataclasses.dataclass(frozen=True)
class Environment:
    """Addresses and keys of all parts. `variables()` has the content of the env file."""

    supabase_url: str
    supabase_anon_key: str
    supabase_service_role_key: str
    supabase_publishable_key: str
    supabase_secret_key: str
    supabase_jwt_secret: str
    database_url: str
    service_api_key: str
    smtp_url: str
    mailbox_url: str
    site_url: str
    # None if PostgREST has no build for this platform, or if no service is started.
    postgrest_url: str | None = None
    service_url: str | None = None

    @property
    def mail_settings(self) -> dict[str, str]:
        """The settings with which the service sends to the mailbox."""
        smtp = urlsplit(self.smtp_url)
        return {
            "EMAIL_HOST": str(smtp.hostname),
            "EMAIL_PORT": str(smtp.port),
            "EMAIL_SECURITY": "none",
            # Empty, so that a .env file cannot set a login, which the mailbox does not support.
            "EMAIL_USER": "",
            "EMAIL_PASSWORD": "",
            "EMAIL_FROM": "invitations@hirevision.example",
        }

    def variables(self) -> dict[str, str]:
        """The values by the names of their environment variables, without None."""
        values = dataclasses.asdict(self).items()
        named = {name.upper(): value for name, value in values if value is not None}
        return {**named, **self.mail_settings}


@dataclasses.dataclass(frozen=True)
class Secrets:
    """Keys and passwords, generated once per machine and kept beside the data."""

    jwt_secret: str
    database_password: str
    service_api_key: str
    publishable_key: str
    secret_key: str
    drawn_at: int

    @classmethod
    def kept_in(cls, file: Path) -> "Secrets":
        """Read the secrets from `file`; the first time, generate and write them."""
        if not file.exists():
            drawn = cls(
                jwt_secret=secrets.token_urlsafe(48),
                database_password=secrets.token_urlsafe(24),
                service_api_key=secrets.token_urlsafe(24),
                publishable_key=f"sb_publishable_{secrets.token_urlsafe(24)}",
                secret_key=f"sb_secret_{secrets.token_urlsafe(24)}",
                drawn_at=int(time.time()),
            )
            write_private(file, json.dumps(dataclasses.asdict(drawn), indent=2))
        return cls(**json.loads(file.read_text()))

    def api_key(self, role: str) -> str:
        """The legacy API key of a role: a token that PostgREST itself accepts for ten years."""
        expiry = self.drawn_at + 10 * 365 * 86400
        claims = {"iss": "supabase", "role": role, "iat": self.drawn_at, "exp": expiry}
        return jwt.encode(claims, self.jwt_secret, algorithm="HS256")


def access_token(secret: str, role: str = "authenticated", **claims: object) -> str:
    """A token as Supabase's Auth makes them, valid for an hour; `claims` replace its own."""
    now = int(time.time())
    usual = {"aud": "authenticated", "role": role, "iat": now, "exp": now + 3600}
    return jwt.encode({**usual, **claims}, secret, algorithm="HS256")


def write_private(file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)
