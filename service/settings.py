"""What the service is told from outside, checked once at the start."""

import ipaddress
import os
import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna
import limits
from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from service.invalid import reason


class SettingsError(SystemExit):
    """A setting is missing or malformed.

    A SystemExit, so that flask run and gunicorn end with its one line
    on standard error instead of a traceback.
    """


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# Endings that nobody can register: Kubernetes, Docker's host.docker.internal, and home networks.
_NOT_ON_THE_INTERNET = (".local", ".internal", ".home.arpa")


def _is_near(host: str) -> bool:
    """Whether a host cannot be on the Internet, as those of a container's network."""
    if _is_here(host) or "." not in host.strip(".") and ":" not in host:
        return True
    if host.rstrip(".").endswith(_NOT_ON_THE_INTERNET):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("must be an http:// or https:// address")
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise ValueError("must be https:// for a host on the Internet")
    return value.rstrip("/")


def _public_address(value: str) -> str:
    # RFC 8058 wants https; a mail program on this machine does with less.
    parts = urlsplit(_web_address(value))
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise ValueError("must be an https:// address")
    return value.rstrip("/")


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _service_key(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if len(secret) < 16 or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ValueError("must be at least 16 printable ASCII characters, without blanks")
    return value


# A name, in quotes or not, and an address in angle brackets; or an address alone.
_WRITTEN = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^"<>]*?))\s*<([^<>\s]*)>|([^<>"\s]+)')


def _mailbox(value: Any) -> Address:
    """The address in the form that mail servers and headers want: its domain in ASCII."""
    name, address = parseaddr(value)
    written = _WRITTEN.fullmatch(str(value).strip())
    quoted, plain, in_brackets, alone = written.groups() if written else (None,) * 4
    read = (re.sub(r"\\(.)", r"\1", quoted or "") or plain or "", in_brackets or alone)
    if read != (name, address):
        raise ValueError(
            "must be an address such as HireVision <no-reply@example.com>; a name with signs such "
            "as @ or a comma needs quotes"
        )
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise ValueError("must be an address such as HireVision <no-reply@example.com>")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode()
    return Address(display_name=name, addr_spec=f"{local}@{domain}")


def _time_zone(value: str) -> tzinfo:
    if value == "UTC":
        return UTC
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be UTC, or a time zone such as Europe/Berlin") from None


def _rate_limit(value: str) -> str:
    limits.parse_many(value)
    return value


OPENAI = "https://api.openai.com/v1"
PublicAddress = Annotated[str, AfterValidator(_public_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
ServiceKey = Annotated[SecretStr, AfterValidator(_service_key)]
Mailbox = Annotated[Address, BeforeValidator(_mailbox)]
TimeZone = Annotated[tzinfo, BeforeValidator(_time_zone)]
RateLimit = Annotated[str, AfterValidator(_rate_limit)]
Key = Annotated[SecretStr, Field(min_length=1)]


class Settings(BaseModel):
    """One field per environment variable, whose name is the field's in capitals."""

    model_config = ConfigDict(
        alias_generator=str.upper,
        arbitrary_types_allowed=True,
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    supabase_url: WebAddress
    supabase_service_role_key: Key
    supabase_anon_key: Key
    service_api_key: Annotated[
        tuple[ServiceKey, ...], BeforeValidator(_listed), Field(min_length=1)
    ]
    site_url: WebAddress = "http://localhost:3000"
    public_service_url: PublicAddress | None = None
    """Where people reach this service by the link to unsubscribe; without it mails have none."""
    email_user: str = ""
    email_password: SecretStr = SecretStr("")
    email_host: str = "smtp.gmail.com"
    email_port: int = Field(default=587, ge=1, le=65535)
    email_security: Literal["starttls", "tls", "none"] = "starttls"
    email_from: Mailbox
    """Who the mails come from."""
    mail_time_zone: TimeZone = UTC
    """Of the times in mails."""
    cors_origins: Annotated[tuple[WebAddress | Literal["*"], ...], BeforeValidator(_listed)] = ()
    rate_limit: RateLimit = "3000/minute"
    rate_limit_storage: str = "memory://"
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    mail_worker: bool = True
    mail_connections: int = Field(default=4, ge=1, le=50)
    mail_lease: int = Field(default=60, ge=2, le=600)
    metrics_port: int = Field(default=0, ge=0, le=65535)
    metrics_key: ServiceKey | None = None
    """What a web process wants before it shows its metrics; without it anybody may see them."""
    transcriber: Literal["off", "local", "openai"] | None = None
    """What the analyst transcribes with; `local` where nothing is said."""
    transcriber_model: str = ""
    """A folder for `local`, else a name; by default tiny.en of a package, and whisper-1."""
    transcriber_url: WebAddress = OPENAI
    transcriber_key: SecretStr = SecretStr("")
    analysis_lease: int = Field(default=60, ge=2, le=600)

    @model_validator(mode="after")
    def _mail_account(self) -> Self:
        # Messages begin with the name of a setting: see _first_problem.
        if bool(self.email_user) != bool(self.email_password.get_secret_value()):
            missing = "EMAIL_PASSWORD" if self.email_user else "EMAIL_USER"
            raise ValueError(f"{missing} is missing: an account needs both its name and password")
        if self.email_user and self.email_security == "none" and not self.mail_is_local:
            raise ValueError(
                "EMAIL_SECURITY: none would send the password in the clear to another machine"
            )
        return self

    @model_validator(mode="after")
    def _transcriber_account(self) -> Self:
        has_key = bool(self.transcriber_key.get_secret_value())
        if self.transcriber == "openai" and self.transcriber_url == OPENAI and not has_key:
            raise ValueError(f"TRANSCRIBER_KEY is missing: {OPENAI} wants one")
        return self

    @property
    def mail_is_local(self) -> bool:
        """Whether the SMTP server is on this machine."""
        return _is_here(self.email_host)

    @property
    def mail_blocked(self) -> str | None:
        """Why no mail may leave, or None.

        Links to localhost would be useless to those who get them from a real mail server.
        """
        if not self.mail_is_local and _is_here(urlsplit(self.site_url).hostname or ""):
            return "SITE_URL is on this machine, so the links in the emails would lead nowhere"
        return None

    @classmethod
    def load(cls, values: Mapping[str, Any] | None = None) -> Self:
        """Read `values`, or else the environment and, below it, the file .env.

        An empty value counts as none. Raises SettingsError.
        """
        if values is None:
            values = {**dotenv_values(".env"), **os.environ}
        names = [name.upper() for name in cls.model_fields]
        given = {name: values[name] for name in names if values.get(name) not in (None, "")}
        if "@" in given.get("EMAIL_USER", ""):
            given.setdefault("EMAIL_FROM", given["EMAIL_USER"])
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError(_first_problem(error)) from None


def _first_problem(error: ValidationError) -> str:
    """One line that names the setting and never quotes its value, which may be a secret."""
    problem = error.errors(include_url=False, include_input=False)[0]
    message = reason(problem)
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0])
    return f"{name} is missing" if problem["type"] == "missing" else f"{name}: {message}"
