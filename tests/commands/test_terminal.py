"""Every command writes to a terminal that knows few letters, and does not fail for one of them."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import click
import pytest

from kscb_actions.commands.every import Commands, write_what_can_be_written
from kscb_actions.config import Settings

from ..factories import World
from .running import ROOT, environment_of


@contextmanager
def latin_1() -> Iterator[io.TextIOWrapper]:
    """Put a terminal that knows Latin-1 alone in place of the standard output."""
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="latin-1")) as terminal:
        yield terminal


def written(terminal: io.TextIOWrapper) -> str:
    """Return what has come to a terminal."""
    terminal.flush()
    return terminal.buffer.getvalue().decode("latin-1")


def test_what_has_no_letter_there_is_put_plainly() -> None:
    with latin_1() as terminal:
        with pytest.raises(UnicodeEncodeError):
            terminal.write("“children’s”")
        write_what_can_be_written()
        click.echo("“children’s” – é … ﬁ ė 小")
    assert written(terminal) == '"children\'s" - é ... fi e ?\n'


def test_every_commands_help_is_written() -> None:
    commands = Commands("kscb")
    context = click.Context(commands)
    with latin_1() as terminal:
        for name in commands.list_commands(context):
            command = commands.get_command(context, name)
            assert command is not None
            click.echo(command.get_help(context))
    assert "11/042" in written(terminal)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_command_that_prints_peoples_words_ends_well(
    world: World, settings: Settings, encoding: str
) -> None:
    words = ("add-user", "x@board.example", "--name", "Zoë “Z” – 小", "--role", "reader")
    environment = {**os.environ, **environment_of(settings), "PYTHONIOENCODING": encoding, "LANG": "C"}
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *words]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert b"is added" in done.stdout
