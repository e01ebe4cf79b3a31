"""flask --app service export-recordings: an interview's recordings, in a folder."""

from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from service.commands.outbox import told_by_click
from service.responses.export import Export, FolderInUse, InterviewNotFound
from service.runtime import runtime


@click.command("export-recordings")
@click.argument("interview", type=click.UUID)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def export_recordings(interview: UUID, folder: Path) -> None:
    """Write the submitted recordings of an interview into a folder, with an index.

    Run it again to bring the folder up to date: what is there is not fetched again, and what
    candidates have deleted since is removed. Each recording that is fetched is written to the
    access log. Exits with 1 when Storage has not all of them.
    """
    try:
        with told_by_click():
            outcome = Export(runtime().supabase, str(interview), folder).run()
    except FolderInUse:
        raise click.ClickException(
            "The folder holds something else. Name an empty one, or that of an earlier export of "
            "this interview."
        ) from None
    except InterviewNotFound:
        raise click.ClickException("This interview does not exist.") from None
    for word in ("fetched", "kept", "removed", "missing"):
        click.echo(f"{getattr(outcome, word):>7,}  {word}")
    if outcome.missing:
        raise click.ClickException(
            "Some recordings are not in Storage. If they were deleted meanwhile, the next run says "
            "so no more."
        )
