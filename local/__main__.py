"""`python -m local`: what `make up`, `make reset` and `make demo` call."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from local import stack
from local.processes import LocalError
from local.stack import Environment, Stack

with_parent = click.option(
    "--with-parent", is_flag=True, help="Also stop when the process that started it ends."
)


@click.group()
def main() -> None:
    """A complete Supabase on this machine, with a mailbox and the service."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


@main.command()
@with_parent
def up(with_parent: bool) -> None:
    """Run everything until Ctrl-C."""
    with running(with_parent) as started:
        click.echo(welcome(started.environment))
        started.watch()


@main.command()
@click.option("--once", is_flag=True, help="End after the play, with its outcome as status.")
@with_parent
def demo(once: bool, with_parent: bool) -> None:
    """Bring everything up and play the main job."""
    from local.demo import play

    with running(with_parent) as started:
        play(started.environment, click.echo)
        if not once:
            click.echo(welcome(started.environment))
            started.watch()


@main.command()
def reset() -> None:
    """Empty the local Supabase."""
    with said_in_one_line():
        stack.reset()
        click.echo("emptied")


@contextmanager
def running(with_parent: bool) -> Iterator[Stack]:
    """A started stack in this repository's folder; stopped without any part left over."""
    if with_parent:
        _follow(os.getppid())
    with said_in_one_line(), Stack(say=click.echo) as started:
        try:
            yield started
        finally:
            # Whoever presses Ctrl-C again gets the same orderly end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            click.echo("stopping")


@contextmanager
def said_in_one_line() -> Iterator[None]:
    """Turn what people must know into a message, and Ctrl-C into an ordinary end."""
    try:
        yield
    except LocalError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(0)


def welcome(environment: Environment) -> str:
    """What a person wants to know once everything serves."""
    names = [
        ("Supabase", environment.supabase_url),
        ("PostgREST", environment.postgrest_url),
        ("Service", environment.service_url),
        ("Database", environment.database_url),
        ("SMTP", environment.smtp_url),
    ]
    keys = [
        ("anon key", environment.supabase_anon_key),
        ("service key", environment.supabase_service_role_key),
        ("API key", environment.service_api_key),
    ]
    return "\n".join(
        [
            "",
            "Everything runs. Ctrl-C stops it; the data stays (`make reset` empties it).",
            "",
            *(f"  {name:<12}{url}" for name, url in names if url),
            "",
            *(f"  {name:<12}{key}" for name, key in keys),
            "",
            "Open in a browser:",
            f"  {environment.mailbox_url:<34} every mail that was sent",
            *([f"  {environment.service_url + '/health':<34} the service"]
              if environment.service_url else []),
            "",
            f"Accounts, both with the password {stack.PASSWORD}:",
            f"  {stack.RECRUITER:<34} a recruiter",
            f"  {stack.CANDIDATE:<34} a candidate",
            "",
            f"The same for programs: {stack.Stack().env_file}",
        ]
    )  # fmt: skip


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _follow(parent: int) -> None:
    """End when `parent` does: make killed by SIGKILL cannot tell us."""
    _in_background(lambda: os.getppid() != parent, lambda: os.kill(os.getpid(), signal.SIGTERM))


def _in_background(condition: Callable[[], bool], action: Callable[[], None]) -> None:
    def wait() -> None:
        while not condition():
            time.sleep(0.5)
        action()

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main()
