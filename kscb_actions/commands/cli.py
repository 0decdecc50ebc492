"""The command line. Each command says plainly what went wrong, exits non-zero, and then changes nothing."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial, wraps
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import click
from flask import current_app

from kscb_actions import clock, database, terms
from kscb_actions.config import read_settings
from kscb_actions.dates_written import read_date
from kscb_actions.jobs import serve
from kscb_actions.jobs.progress import Progress, now_and_then
from kscb_actions.settings.queries import get_board
from kscb_actions.terms import say_later

SWITCHED_OFF = say_later(
    "This board has switched the child-death rooms off. The board manager can switch them on in Settings."
)
NOT_READY = "The database is not ready. Run 'flask migrate' first."
BUSY = (
    f"Somebody else was saving for longer than {database.BUSY_SECONDS} seconds. Nothing was changed; run the "
    "command again."
)


# How often a run tells how far it is where nobody sits at a terminal.
TELLS_SECONDS = 10
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Day(click.ParamType):
    """A date of the command line: one day, with a year of four digits, like 2012-03-31 or 31/3/2012."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Read a date; fails with a sentence for the reader."""
        if isinstance(value, date):
            return value
        written = read_date(value)
        if written.problem:
            self.fail(f"“{value}” is not a date. {written.problem}", param, ctx)
        # Nobody is there to be asked whether it is read rightly.
        if written.on is None or written.doubt or not written.is_plain:
            self.fail(f"“{value}” is not one day. Write it like 2012-03-31.", param, ctx)
        return written.on


@contextmanager
def board_open() -> Iterator[Any]:
    """Open the database for a block, on the board's own day; yields the Board."""
    check_database()
    with database.db.connection_context():
        board = get_board()
        clock.fix_day(board.fixed_today)
        terms.use(board.terms)
        try:
            yield board
        except database.Busy:
            raise click.ClickException(BUSY) from None
        finally:
            clock.fix_day(None)
            terms.use(terms.Terms())


def check_database() -> None:
    """Raise ClickException unless the database opens and is on the newest schema."""
    try:
        waiting = database.pending_migrations()
    except database.UNREADABLE as error:
        raise click.ClickException(
            f"The database cannot be opened ({error}). Check KSCB_DATABASE and KSCB_INSTANCE; 'flask check' "
            "says more."
        ) from None
    if waiting:
        raise click.ClickException(NOT_READY)


def newer_than_this(unknown: list[str]) -> str:
    """Say that the database has had migrations of which this version knows nothing, and what to do."""
    return (
        f"A newer version of this program has changed the database ({', '.join(unknown)}). Nothing may be "
        "read or written by this version: install the newer one again, or restore, into an empty place, the "
        "backup that was made before the update. 'flask migrate --list', 'flask check' and 'flask "
        "backup' still run."
    )


def refuse_newer_database() -> None:
    """Raise ClickException when the database is newer than this version; others tell of a damaged one."""
    with suppress(*database.UNREADABLE):
        unknown = database.unknown_migrations() if _is_there() else []
        if unknown:
            raise click.ClickException(newer_than_this(unknown))


def _is_there() -> bool:
    # To open an SQLite database that is not there would make it.
    return not database.is_sqlite() or Path(database.db.obj.database).exists()


def in_board(command: Callable) -> Callable:
    """Give a command the open board as its first argument."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with board_open() as board:
            return command(board, *args, **kwargs)

    return wrapper


def in_child_deaths(command: Callable) -> Callable:
    """Give a command of the child-death rooms the open board as its first argument, unless they are off."""

    @in_board
    @wraps(command)
    def wrapper(board: Any, *args: Any, **kwargs: Any) -> Any:
        if not board.has_child_deaths:
            raise click.ClickException(str(SWITCHED_OFF))
        return command(board, *args, **kwargs)

    return wrapper


@click.command("migrate")
@click.option("--list", "only_list", is_flag=True, help="Only list the migrations and what became of each.")
def migrate(only_list: bool) -> None:
    """Bring the database to the newest schema.

    Example: flask migrate
    """
    if only_list:
        _list_migrations()
        return
    refuse_newer_database()
    applied = database.migrate()
    for name in applied:
        click.echo(f"Applied {name}")
    click.echo("The database is up to date.")


def _list_migrations() -> None:
    applied = set(database.applied_migrations()) if _is_there() else set()
    known = database.known_migrations()
    for name in sorted(applied | known):
        if name not in known:
            click.echo(f"{name}  applied by a newer version, unknown here")
        else:
            click.echo(f"{name}  {'applied' if name in applied else 'waits: run flask migrate'}")


@click.command("jobs")
def jobs() -> None:
    """Run the scheduler until it is stopped: chasing at 8am on working days, sending mail, tidying up.

    Any number may run; one of them does the work. Example: flask jobs
    """
    from kscb_actions.jobs import scheduler

    check_database()
    scheduler.run(settings())


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True)
@click.option("--check", is_flag=True, help="Only say whether the port is free.")
def serve_command(host: str, port: int, check: bool) -> None:
    """Serve the pages, with the scheduler beside them, until stopped.

    Example: flask serve --port 8080
    """
    taken = serve.why_unavailable(host, port)
    if taken:
        raise click.ClickException(taken)
    if check:
        return
    check_database()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    app.config["SETTINGS"] = read_settings({"KSCB_BASE_URL": serve.address_of(host, port), **os.environ})
    ended = serve.serve(app, settings(), host, port, click.echo)
    if ended:
        raise click.ClickException(ended)


@contextmanager
def shown(label: str) -> Iterator[Progress]:
    """Yield what is told how many of how many are done, and shows it on standard error.

    At a terminal as a bar; else a line now and then, so that a log of a short run holds none.
    """
    if not sys.stderr.isatty():
        yield now_and_then(partial(click.echo, err=True), label, TELLS_SECONDS)
        return
    with click.progressbar(length=0, label=label, file=sys.stderr) as bar:

        def show(done: int, all: int) -> None:
            bar.length = all
            bar.update(done - bar.pos)

        yield show


class Breaking:
    """Ctrl-C or SIGTERM as a run takes it: at once, or where it waits for a whole step, after that.

    number  of the signal that has come; 0 for none
    """

    def __init__(self) -> None:
        self.number = 0
        self.waits_for_step = False

    def come(self, number: int, _: Any) -> None:
        """Take a signal. Whoever signals again does not wait."""
        is_second, self.number = self.number != 0, number
        if is_second or not self.waits_for_step:
            raise KeyboardInterrupt

    def has_come(self) -> bool:
        """Return whether there has been one."""
        return self.number != 0


@contextmanager
def breakable(sentence: str) -> Iterator[Breaking]:
    """Let Ctrl-C and SIGTERM break off the block, say the sentence, and end with 128 and the signal's number.

    Whatever transaction is open is rolled back. A block that breaks itself off raises KeyboardInterrupt.
    """
    breaking = Breaking()
    # Only the main thread of a process is told of signals.
    told = SIGNALS if current_thread() is main_thread() else ()
    before = {number: signal.signal(number, breaking.come) for number in told}
    try:
        yield breaking
    except KeyboardInterrupt:
        click.echo(sentence, err=True)
        sys.exit(128 + (breaking.number or signal.SIGINT))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def settings() -> Any:
    """Return this installation's Settings."""
    return current_app.config["SETTINGS"]
