"""flask --app service export-person | erase-person: what is held about somebody."""

import json

import click
from flask.cli import with_appcontext

from service.commands.outbox import told_by_click
from service.runtime import runtime


@click.command("export-person")
@click.argument("email")
@with_appcontext
def export_person(email: str) -> None:
    """Print everything that is held about the person with an address, as JSON."""
    with told_by_click():
        found = runtime().supabase.rpc("export_person", {"email": email})
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


@click.command("erase-person")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase_person(email: str, yes: bool) -> None:
    """Erase everything that export-person prints, the account included; this is final.

    Recordings are removed by the worker, usually within seconds. Exits with 1 when an account
    is left.
    """
    if not yes:
        click.confirm("Erase this person? It cannot be undone.", abort=True)
    with told_by_click():
        erased = runtime().supabase.rpc("erase_person", {"email": email})
    for kind, count in erased.items():
        click.echo(f"{count:>7,}  {kind.replace('_', ' ')}")
    if erased["accounts_left"]:
        raise click.ClickException(
            "Tables of other programs refer to the account. Delete these rows, then erase again."
        )
