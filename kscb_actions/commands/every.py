"""The commands by name, in the order people meet them; each is imported when it is asked for."""

from importlib import import_module

import click
from flask.cli import AppGroup

from kscb_actions.chasing.providers import registered

# The module each command is defined in, but those that chase: there is one for each registered provider.
WHERE = {
    "migrate": "cli",
    "add-user": "people",
    "password-link": "people",
    "demo": "demo",
    "check": "check",
    "report": "report",
    "deaths-table": "deaths_table",
    "import-deaths": "import_deaths",
    "jobs": "cli",
    "serve": "cli",
}


class Commands(AppGroup):
    """The application's commands. A process that serves pages or runs one command loads no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of WHERE, and then those that chase."""
        return [*WHERE, *(provider.name for provider in registered())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        if cmd_name not in WHERE:
            from .chase import command_for

            return next((command_for(each) for each in registered() if each.name == cmd_name), None)
        module = import_module(f"{__package__}.{WHERE[cmd_name]}")
        return next(
            each
            for each in vars(module).values()
            if isinstance(each, click.Command) and each.name == cmd_name
        )
