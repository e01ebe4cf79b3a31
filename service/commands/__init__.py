"""Commands: flask --app service preview, worker, analyst, outbox, invite and those of people."""

from flask import Flask

from service.commands.analyst import analyst
from service.commands.invite import invite
from service.commands.outbox import outbox
from service.commands.people import erase_person, export_person
from service.commands.preview import preview
from service.commands.worker import worker


def init_app(app: Flask) -> None:
    """Add the commands. Flask finds preview before it loads the application, too: by its entry
    point in pyproject.toml."""
    for command in (preview, worker, analyst, outbox, invite, export_person, erase_person):
        app.cli.add_command(command)
