"""`python -m local`: what `make up`, `make reset` and `make demo` call."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from local import stack
from local.frontend import serve_changing
from local.people import CANDIDATE, PASSWORD, RECRUITER
from local.processes import LocalError
from local.stack import Stack

with_parent = click.option(
    "--with-parent", is_flag=True, help="Also stop when the process that started it ends."
)
frontend = click.option(
    "--frontend/--no-frontend", default=True, help="Whether the example frontend is served too."
)
folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=stack.HOME,
    help="Where .data and .run are.",
)


@click.group()
def main() -> None:
    """A complete Supabase on this machine, with a mailbox and the service."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


@main.command()
@with_parent
@frontend
@folder
def up(with_parent: bool, frontend: bool, folder: Path) -> None:
    """Run everything until Ctrl-C."""
    with running(with_parent, frontend, folder) as started:
        click.echo(welcome(started))
        started.watch()


@main.command()
@click.option("--once", is_flag=True, help="Exit after the story, with 1 if it failed.")
@with_parent
@frontend
@folder
def demo(once: bool, with_parent: bool, frontend: bool, folder: Path) -> None:
    """Start everything and play the main story."""
    from local.demo import CANDIDATES, play

    with running(with_parent, frontend and not once, folder) as started:
        play(started.environment, click.echo)
        if not once:
            click.echo(welcome(started, CANDIDATES))
            started.watch()


@main.command(name="frontend")
@folder
def work_on_frontend(folder: Path) -> None:
    """Serve the frontend with live reload, on a Supabase that is already running."""
    with said_in_one_line():
        serve_changing(folder / ".run" / "env", stack.PORTS["frontend"] + 1)


@main.command()
@folder
def reset(folder: Path) -> None:
    """Empty the local Supabase."""
    with said_in_one_line():
        stack.reset(folder)
        click.echo("emptied")


@contextmanager
def running(with_parent: bool, frontend: bool, folder: Path) -> Iterator[Stack]:
    """A running stack in `folder`; at the end all its parts are stopped."""
    if with_parent:
        _follow(os.getppid())
    with (
        said_in_one_line(),
        Stack(folder, frontend=frontend, analyst=True, say=click.echo) as started,
    ):
        try:
            yield started
        finally:
            # A second Ctrl-C must not interrupt the orderly end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            click.echo("stopping")


@contextmanager
def said_in_one_line() -> Iterator[None]:
    """Print a LocalError as one line, and treat Ctrl-C as an ordinary end."""
    try:
        yield
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(0)


def welcome(started: Stack, candidates: Sequence[str] = ()) -> str:
    """What to print once everything is running; `candidates` are those of the demo."""
    environment = started.environment
    lines = ["", "Everything runs. Ctrl-C stops it; the data stays (`make reset` empties it).", ""]
    for name, value in (
        ("Supabase", environment.supabase_url),
        ("PostgREST", environment.postgrest_url),
        ("Service", environment.service_url),
        ("Database", environment.database_url),
        ("SMTP", environment.smtp_url),
        ("anon key", environment.supabase_anon_key),
        ("service-role key", environment.supabase_service_role_key),
        ("service API key", environment.service_api_key),
    ):
        if value:
            lines.append(f"  {name:<18}{value}")
    lines += ["", "Open in a browser:"]
    if started.has_frontend:
        lines.append(f"  {environment.site_url:<34} the example frontend")
    lines.append(f"  {environment.mailbox_url:<34} every email that was sent")
    if environment.service_url:
        lines.append(f"  {environment.service_url + '/docs/':<34} the service's endpoints")
        lines.append(f"  {environment.service_url + '/health':<34} the service")
    lines += ["", f"Accounts, all with the password {PASSWORD}:"]
    lines.append(f"  {RECRUITER:<34} a recruiter")
    if candidates:
        finished, invited = candidates
        lines.append(f"  {finished:<34} a candidate who has finished the interview")
        lines.append(f"  {invited:<34} a candidate who has a code and has not used it yet")
    lines.append(f"  {CANDIDATE:<34} a candidate{' who is not invited yet' if candidates else ''}")
    lines += ["", f"The same for programs: {started.env_file}"]
    return "\n".join(lines)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _follow(parent: int) -> None:
    """End when `parent` ends: if make is killed by SIGKILL, it cannot tell us."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
