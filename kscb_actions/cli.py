"""The command line. Each command says plainly what went wrong, exits non-zero, and then changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app

from . import clock, database
from .settings.queries import get_board


@contextmanager
def board_open() -> Iterator[Any]:
    """The database open, on the board's own day; yields the Board."""
    waiting = database.pending_migrations()
    if waiting:
        raise click.ClickException("The database is not ready. Run 'flask migrate' first.")
    with database.db.connection_context():
        board = get_board()
        clock.fix_day(board.fixed_today)
        yield board


def in_board(command: Callable) -> Callable:
    """Give a command the open board as its first argument."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with board_open() as board:
            return command(board, *args, **kwargs)

    return wrapper


@click.command("migrate")
def migrate() -> None:
    """Bring the database to the newest schema. Example: flask migrate"""
    applied = database.migrate()
    for name in applied:
        click.echo(f"Applied {name}")
    click.echo("The database is up to date.")


def add_commands(app: Flask) -> None:
    """Register every command on the application."""
    from .commands import COMMANDS

    for command in (migrate, *COMMANDS):
        app.cli.add_command(command)


def settings() -> Any:
    """This installation's Settings."""
    return current_app.config["SETTINGS"]
