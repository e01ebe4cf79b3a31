"""Commands: flask --app service preview, worker, analyst, outbox, invite and those that export."""

from flask import Flask

from service.commands.analyst import analyst
from service.commands.invite import invite
from service.commands.outbox import outbox
from service.commands.people import erase_person, export_person
from service.commands.preview import preview
from service.commands.recordings import export_recordings
from service.commands.worker import worker


def init_app(app: Flask) -> None:
    """Add the commands. Flask finds preview before it loads the application, too: by its entry
    point in pyproject.toml."""
    of_people = (export_person, erase_person, export_recordings)
    for command in (preview, worker, analyst, outbox, invite, *of_people):
        app.cli.add_command(command)
