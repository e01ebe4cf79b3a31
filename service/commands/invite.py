"""flask --app service invite: a file of candidates from the command line."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click
from flask.cli import with_appcontext

from service.http import candidate_files
from service.http.problems import Problem
from service.runtime import runtime
from service.supabase_api import SupabaseRefused, SupabaseUnreachable

# Addresses of one call: few enough that the bar moves, and that little is left to repeat.
BATCH = 1000

_FINE = ("created", "renewed", "unchanged", "already_joined")


@click.command()
@click.argument("interview", type=click.UUID)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only look what would happen.")
@click.option("--recruiter-name", help="Signs the mails; the recruiter's own name by default.")
@with_appcontext
def invite(interview: UUID, file: BinaryIO, dry_run: bool, recruiter_name: str | None) -> None:
    """Invite the candidates of a CSV file.

    Doing it again within ten minutes mails nobody twice; later it reminds those who are pending.
    """
    table = _table(file)
    if table.note:
        click.echo(table.note, err=True)
    outcomes: list[dict[str, Any]] = []
    failure = None
    try:
        with click.progressbar(length=len(table.emails), label="Inviting", show_pos=True) as bar:
            for answer in _calls(interview, table.emails, dry_run, recruiter_name):
                outcomes += answer
                bar.update(len(answer))
    except SupabaseRefused as error:
        failure = " ".join(filter(None, [error.message or f"refused ({error.code})", error.hint]))
    except SupabaseUnreachable as error:
        failure = f"Supabase {error}."
    _report(table, outcomes, dry_run)
    if failure:
        rest = len(table.emails) - len(outcomes)
        raise click.ClickException(
            f"{failure} {rest} of {len(table.emails)} addresses are left. Run the command again "
            "within ten minutes to go on: nobody is mailed twice."
        )


def _table(file: BinaryIO) -> candidate_files.Table:
    try:
        return candidate_files.read(file.read())
    except Problem as problem:
        name = Path(file.name).name
        raise click.ClickException(f"{name}: {problem.detail} {problem.hint}") from problem


def _calls(
    interview: UUID, emails: Sequence[str], dry_run: bool, recruiter_name: str | None
) -> Iterator[list[dict[str, Any]]]:
    """The outcomes, call by call."""
    supabase = runtime().supabase
    # A preview is one call, since it knows nothing of what an earlier one would have done.
    size = len(emails) if dry_run else BATCH
    rest = iter(emails)
    while batch := list(islice(rest, size)):
        arguments = {"interview_id": str(interview), "emails": batch}
        if dry_run:
            yield supabase.rpc("preview_invites", arguments)
        else:
            yield supabase.rpc("create_invites", {**arguments, "recruiter_name": recruiter_name})


def _report(
    table: candidate_files.Table, outcomes: Sequence[dict[str, Any]], dry_run: bool
) -> None:
    """Every row that was not invited, and how many there are of each outcome."""
    rows = table.with_outcomes(outcomes)
    for row in rows:
        if row["outcome"] not in _FINE:
            click.echo(f"row {row['row']}: {row['outcome']}: {_printable(row['email'] or '-')}")
    click.echo("Nothing was done. This would be the result:" if dry_run else "Done:")
    for outcome, count in candidate_files.summary(rows).items():
        click.echo(f"{count:>7,}  {outcome}")


def _printable(text: str) -> str:
    """What was typed, with what would steer the terminal written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
