"""HireVision's mail and invitation service: a thin layer between backends, Supabase and SMTP."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(config: Mapping[str, Any] | None = None) -> "Flask":
    """The application. `config` stands in for the environment; names as in .env.example.

    Raises SettingsError, a SystemExit that names the setting. Nothing is connected to before
    it is needed, so the application starts whatever else is down.
    """
    # Not at the top: a process that reads a recording imports a part of this package, and must
    # not have the whole service in it.
    from service.application import create

    return create(config)
