"""The demonstration board, loaded by the commands that a newcomer runs."""

import re
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from kscb_actions.config import Settings

from .commands.running import flask

PASSWORD = "orchard kettle nine"


@dataclass(frozen=True)
class Demonstration:
    """The loaded board: its instance folder, and the lines that loading it printed."""

    instance: Path
    said: list[str]

    @property
    def folder(self) -> Path:
        """Return where its evidence is."""
        return self.instance / "evidence"

    def copied(self, target: Path) -> Path:
        """Copy the instance folder, to be changed; without what readers of its database leave beside it."""
        return Path(shutil.copytree(self.instance, target, ignore=shutil.ignore_patterns("*-wal", "*-shm")))

    @property
    def accounts(self) -> list[str]:
        """Return the email addresses that were printed."""
        return re.findall(r"^  (\S+@\S+)  ", "\n".join(self.said), re.MULTILINE)


def load_demonstration(settings: Settings) -> Demonstration:
    """Make the database of these settings and load the demonstration into it."""
    for words in (("migrate",), ("demo", "--password", PASSWORD)):
        done = flask(settings, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    with closing(apsw.Connection(str(settings.instance / "kscb.db"))) as connection:
        # All of it in the one file that is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Demonstration(settings.instance, done.stdout.splitlines())
