"""flask --app service outbox: look at a queue, pause, resume, retry.

The queue of emails or, with --removals, that of the files of deleted responses.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup

from service.jobs import Jobs
from service.runtime import runtime
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

outbox = AppGroup("outbox", help="Look at the queue of emails; pause, resume, retry.")
_of_removals = click.option(
    "--removals", is_flag=True, help="The files of deleted responses instead of the emails."
)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AGO = re.compile(r"(\d{1,6})([smhd])")


def since(value: str) -> datetime:
    """A time, or how long ago: 2026-01-31T14:00+01:00 or 2h. Without a zone it is UTC."""
    if found := _AGO.fullmatch(value):
        return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            "give a time such as 2026-01-31T14:00+01:00, or 30m, 2h, 1d"
        ) from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


@outbox.command()
@_of_removals
def status(removals: bool) -> None:
    """Show what waits and whether a worker is at it; exits with 1 when none is."""
    with told_by_click():
        said = _queue(removals).status()
    click.echo(f"queued    {said['queued']}")
    click.echo(f"oldest    {_seconds(said['oldest_seconds'])}")
    click.echo(f"overdue   {_seconds(said['late_seconds'])}")
    seen = said["last_seen_seconds"]
    ago = "never" if seen is None else f"{seen} s ago"
    click.echo(f"workers   {said['workers']}, last seen {ago}")
    attempts = ", ".join(f"{said[name]} {name}" for name in ("accepted", "failed", "retried"))
    click.echo(f"attempts  {attempts}")
    if said["paused_until"]:
        click.echo(f"PAUSED    until {said['paused_until']}: {said['paused_reason']}")
    if not said["workers"]:
        does = "REMOVES" if removals else "SENDS"
        click.echo(f"NOBODY {does}: no worker has been seen for a minute", err=True)
    if said["paused_until"] or not said["workers"]:
        raise click.exceptions.Exit(1)


@outbox.command()
@click.option("--for", "seconds", type=click.IntRange(1), default=3600, help="Seconds.")
@click.option("--reason", default="paused by an operator", help="Shown by status and /ready.")
@_of_removals
def pause(seconds: int, reason: str, removals: bool) -> None:
    """Stop for a while; what is queued is kept."""
    with told_by_click():
        _queue(removals).pause(reason, seconds)
    click.echo(f"Paused for {seconds} s. What is under way is still finished.")


@outbox.command()
@_of_removals
def resume(removals: bool) -> None:
    """End a pause."""
    with told_by_click():
        _queue(removals).resume()
    click.echo("Resumed.")


@outbox.command()
@click.option("--failed-since", type=since, required=True, help="A time, or e.g. 30m, 2h, 1d.")
@_of_removals
def retry(failed_since: datetime, removals: bool) -> None:
    """Retry what failed since a time; of emails, the newest of each recipient."""
    with told_by_click():
        again = _queue(removals).retry(failed_since)
    what = "removal" if removals else "email"
    click.echo(f"{again} {what}{'' if again == 1 else 's'} queued again.")


@contextmanager
def told_by_click() -> Iterator[None]:
    """End the command with a line, and no traceback, where Supabase fails it."""
    try:
        yield
    except SupabaseUnreachable as error:
        raise click.ClickException(f"Supabase {error}.") from None
    except SupabaseRefused as error:
        said = [error.message or f"Supabase refuses: {error.status} {error.code}", error.hint]
        raise click.ClickException(" ".join(filter(None, said))) from None


def _queue(removals: bool) -> Jobs[Any]:
    return runtime().removals if removals else runtime().jobs


def _seconds(value: int | None) -> str:
    return "-" if value is None else f"{value} s"
