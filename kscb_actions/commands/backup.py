"""The commands that write the whole board into one file, and bring it back."""

import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from kscb_actions import database, models
from kscb_actions.backups.archive import BackupRefused, NotWhole
from kscb_actions.backups.restoring import Place, Restored, restore
from kscb_actions.backups.service import Made, back_up, record_backup
from kscb_actions.child_deaths.cases import births
from kscb_actions.child_deaths.cases.models import ChildDeath
from kscb_actions.files.store import EvidenceStore
from kscb_actions.mail.models import OutboxMessage
from kscb_actions.terms import say, say_later
from kscb_actions.wording import instant_uk, plural

from .check import faults_of
from .cli import settings

NOT_IN_IT = say_later(
    "Not in it: KSCB_BIRTH_KEY, which opens the dates of birth that are kept (keep a copy of it apart from "
    "the backups; without it nobody can read them), and the secret that signs cookies (a new one is made "
    "where the board is restored)."
)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def backup(file: Path) -> None:
    """Write the database and all evidence files, as they are at one moment, into one new file.

    The service goes on meanwhile. FILE appears when it is whole; a file that is there is never written over.
    Keep it as safe as the records: it holds all of them, and is not encrypted.

    Example: flask backup /srv/backups/tracker-2012-03-31.tar
    """
    with _explained(file), database.db.connection_context():
        with _shown("Backing up") as progress:
            made = back_up(file, settings().database, EvidenceStore(settings().evidence), progress)
        click.echo(f"Wrote {file}: {_of(made.about.made_at)}.")
        click.echo(f"The database and {plural(made.files, 'evidence file')}; {made.size / 1e6:,.1f} MB.")
        click.echo(str(NOT_IN_IT))
        _record(made, file.name)
    for fault in made.faults:
        click.echo(f"FAULT: {fault}", err=True)
    if made.faults:
        raise click.ClickException(
            f"The backup is written, but {plural(len(made.faults), 'fault')} had come into the evidence "
            "before. Look in an earlier backup for what is missing."
        )


def _record(made: Made, name: str) -> None:
    if database.unknown_migrations() or database.pending_migrations():
        click.echo(
            "The database is not on this version's schema: the trail is not told of the backup.", err=True
        )
        return
    record_backup(made, name)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--accept-faults", is_flag=True, help="Restore also a board that was damaged when backed up.")
def restore_command(file: Path, accept_faults: bool) -> None:
    """Bring the board of a backup back, into an empty place: a new KSCB_INSTANCE, or an empty database.

    Nothing is put there before every byte is verified, the database is on today's schema, and its trail and
    evidence are checked. Everybody has to sign in again. Stop the service first.

    Example: flask restore /srv/backups/tracker-2012-03-31.tar
    """
    place = Place(settings().database, settings().evidence)
    with (
        _explained(file),
        click.progressbar(length=2 * file.stat().st_size, label="Restoring", file=sys.stderr) as bar,
    ):
        done = restore(file, place, models.HOUSEKEEPING, faults_of, accept_faults, bar.update)
    for fault in done.faults:
        click.echo(f"FAULT: {fault}", err=True)
    with database.db.connection_context():
        _tell(file, done)


def _of(made_at: str) -> str:
    return say("the board at {moment} (UTC {made_at})", moment=_moment(made_at), made_at=made_at)


def _tell(file: Path, done: Restored) -> None:
    for name in done.migrated:
        click.echo(f"Applied {name}")
    click.echo(f"Restored {file}: {_of(done.about.made_at)}.")
    click.echo(f"The database and {plural(done.files, 'evidence file')} are there, verified.")
    if done.files:
        click.echo(
            say(
                "What was erased after that moment is in it again: look at the board that this one "
                "replaces, or at its trail, and erase the same files here."
            )
        )
    waiting = OutboxMessage.select().where(OutboxMessage.state == "queued").count()
    if waiting:
        click.echo(
            f"{plural(waiting, 'message')} waited in the outbox then, and may have been sent since. Sent "
            "again, each keeps its Message-ID."
        )
    sealed = ChildDeath.select().where(ChildDeath.sealed_birth != "").first()
    if sealed and births.decrypt(sealed.sealed_birth) is None:
        click.echo(
            "Dates of birth are in it, and KSCB_BIRTH_KEY is not the key that opens them: set that key."
        )


def _moment(iso: str) -> str:
    return instant_uk(datetime.fromisoformat(iso))


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Say in a sentence what went wrong."""
    try:
        yield
    except NotWhole as error:
        raise click.ClickException(f"{file} cannot be restored: {error}") from None
    except tarfile.TarError as error:
        raise click.ClickException(
            f"{file} cannot be restored: it is not a whole archive ({error})."
        ) from None
    except BackupRefused as error:
        raise click.ClickException(str(error)) from None
    except database.UNREADABLE as error:
        raise click.ClickException(
            f"The database cannot be read or written ({error}). Run 'flask check', and keep every earlier "
            "backup."
        ) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or file}: {error.strerror or error}.") from None


@contextmanager
def _shown(label: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show how far it is: the database is one half, the evidence the other."""
    with click.progressbar(length=200, label=label, file=sys.stderr) as bar:
        halves = {"database": 0, "evidence": 100}

        def progress(stage: str, done: int, all: int) -> None:
            bar.update(halves[stage] + (100 * done // all if all else 100) - bar.pos)

        yield progress
        bar.update(200 - bar.pos)
