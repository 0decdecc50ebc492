"""The demonstration board, loaded by the commands that a newcomer runs."""

import re
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def accounts(self) -> list[str]:
        """Return the email addresses that were printed."""
        return re.findall(r"^  (\S+@\S+)  ", "\n".join(self.said), re.MULTILINE)


def load_demonstration(settings: Settings) -> Demonstration:
    """Make the database of these settings and load the demonstration into it."""
    for words in (("migrate",), ("demo", "--password", PASSWORD)):
        done = flask(settings, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    return Demonstration(settings.instance, done.stdout.splitlines())
