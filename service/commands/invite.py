"""flask --app service invite: a file of candidates from the command line."""

from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click
from flask.cli import with_appcontext

from service.commands.outbox import told_by_click
from service.http import candidate_files
from service.http.problems import Problem
from service.runtime import runtime

_FINE = ("created", "renewed", "unchanged", "already_joined")


@click.command()
@click.argument("interview", type=click.UUID)
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--recruiter-name", help="Signs the emails; by default the recruiter's own name.")
@click.option("--column", help="The column of addresses: its number, from 1, or its header.")
@with_appcontext
def invite(
    interview: UUID,
    file: BinaryIO,
    dry_run: bool,
    recruiter_name: str | None,
    column: str | None,
) -> None:
    """Invite the candidates of a CSV file.

    All valid addresses are invited in one transaction: if the command fails, none is. Rows
    that are not valid are listed and left out. Within ten minutes you can run it again:
    nobody gets two emails. Later, those who have not redeemed their code get it again.
    """
    try:
        table = candidate_files.read(file.read(), column)
    except Problem as problem:
        name = Path(file.name).name
        said = _printable(f"{name}: {problem.detail} {problem.hint}")
        raise click.ClickException(said) from problem
    if table.note:
        click.echo(_printable(table.note), err=True)
    people = table.people()
    arguments: dict[str, Any] = {"interview_id": str(interview), "emails": people["emails"]}
    with told_by_click():
        if dry_run:
            outcomes = runtime().supabase.rpc("preview_invites", arguments)
        else:
            arguments |= {"names": people["names"], "recruiter_name": recruiter_name}
            outcomes = runtime().supabase.rpc("create_invites", arguments)
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
