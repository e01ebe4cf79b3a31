"""Commands: flask --app service preview | worker | outbox | invite."""

from flask import Flask

from service.commands.invite import invite
from service.commands.outbox import outbox
from service.commands.preview import preview
from service.commands.worker import worker


def init_app(app: Flask) -> None:
    """Add the commands. Flask finds preview before it loads the application, too: by its entry
    point in pyproject.toml."""
    for command in (preview, worker, outbox, invite):
        app.cli.add_command(command)
