"""flask --app service outbox: look at the queue of emails, pause, resume, retry."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import click
from flask.cli import AppGroup

from service.runtime import runtime
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

outbox = AppGroup("outbox", help="Look at the queue of emails; pause, resume, retry.")

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
def status() -> None:
    """Show what waits and whether a worker is sending; exits with 1 when none is."""
    with told_by_click():
        mail = runtime().jobs.status()
    click.echo(f"queued    {mail['queued']}")
    click.echo(f"oldest    {_seconds(mail['oldest_seconds'])}")
    click.echo(f"overdue   {_seconds(mail['late_seconds'])}")
    seen = mail["last_seen_seconds"]
    ago = "never" if seen is None else f"{seen} s ago"
    click.echo(f"workers   {mail['workers']}, last seen {ago}")
    attempts = ", ".join(f"{mail[name]} {name}" for name in ("accepted", "failed", "retried"))
    click.echo(f"attempts  {attempts}")
    if mail["paused_until"]:
        click.echo(f"PAUSED    until {mail['paused_until']}: {mail['paused_reason']}")
    if not mail["workers"]:
        click.echo("NOBODY SENDS: no worker has been seen for a minute", err=True)
    if mail["paused_until"] or not mail["workers"]:
        raise click.exceptions.Exit(1)


@outbox.command()
@click.option("--for", "seconds", type=click.IntRange(1), default=3600, help="Seconds.")
@click.option("--reason", default="paused by an operator", help="Shown by status and /ready.")
def pause(seconds: int, reason: str) -> None:
    """Stop sending for a while; emails are kept."""
    with told_by_click():
        runtime().jobs.pause(reason, seconds)
    click.echo(f"Paused for {seconds} s. Emails that are being sent still go out.")


@outbox.command()
def resume() -> None:
    """End a pause."""
    with told_by_click():
        runtime().jobs.resume()
    click.echo("Resumed.")


@outbox.command()
@click.option("--failed-since", type=since, required=True, help="A time, or e.g. 30m, 2h, 1d.")
def retry(failed_since: datetime) -> None:
    """Retry the emails that failed since a time, the newest of each recipient."""
    with told_by_click():
        again = runtime().jobs.retry(failed_since)
    click.echo(f"{again} email{'' if again == 1 else 's'} queued again.")


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


def _seconds(value: int | None) -> str:
    return "-" if value is None else f"{value} s"
