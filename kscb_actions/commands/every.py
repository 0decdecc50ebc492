"""The commands by name, in the order people meet them; each is imported when it is asked for."""

import codecs
import sys
from copy import copy
from functools import wraps
from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup

from kscb_actions.chasing.providers import registered
from kscb_actions.text import plain_letters

# The module each command is defined in, but those that chase: there is one for each registered provider.
WHERE = {
    "migrate": "cli",
    "add-user": "people",
    "password-link": "people",
    "demo": "demo",
    "check": "check",
    "backup": "backup",
    "restore": "backup",
    "report": "report",
    "deaths-table": "deaths_table",
    "import-deaths": "import_deaths",
    "import-plan": "import_plan",
    "jobs": "cli",
    "serve": "cli",
}


# These may meet a database that a newer version has changed: they only read it, or say so themselves.
FOR_ANY_DATABASE = frozenset({"migrate", "check", "backup"})


# How what is printed is put where its encoding lacks a letter (the name of an error handler).
PLAINLY = "kscb_plain"


class Commands(AppGroup):
    """The application's commands. A process that serves pages or runs one command loads no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of WHERE, and then those that chase."""
        return [*WHERE, *(provider.name for provider in registered())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None."""
        write_what_can_be_written()
        found = self._found(cmd_name)
        return found if found is None or cmd_name in FOR_ANY_DATABASE else _guarded(found)

    def _found(self, cmd_name: str) -> click.Command | None:
        if cmd_name not in WHERE:
            from .chase import command_for

            return next((command_for(each) for each in registered() if each.name == cmd_name), None)
        module = import_module(f"{__package__}.{WHERE[cmd_name]}")
        return next(
            each
            for each in vars(module).values()
            if isinstance(each, click.Command) and each.name == cmd_name
        )


def _guarded(command: click.Command) -> click.Command:
    """Return the same command, which first refuses a database that is newer than this version."""
    from .cli import refuse_newer_database

    run = command.callback

    @wraps(run)  # type: ignore[arg-type]
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refuse_newer_database()
        return run(*args, **kwargs)  # type: ignore[misc]

    copied = copy(command)
    copied.callback = guarded
    return copied


def write_what_can_be_written() -> None:
    """Have what is printed put plainly where its encoding has no such letter: ’ as ', – as -, ė as e."""
    codecs.register_error(PLAINLY, _put_plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=PLAINLY)


def _put_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = plain_letters(error.object[error.start : error.end])
    return "".join(each if _fits(each, error.encoding) else "?" for each in plain), error.end


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
