"""A small board with evidence, and places to restore it to."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.actions.models import Action
from kscb_actions.config import Settings

from ..commands.running import flask
from ..conftest import settings_in
from ..factories import PDF, World

SQLITE_ONLY = pytest.mark.skipif(bool(os.environ.get("KSCB_TEST_DATABASE")), reason="about SQLite's file")


@dataclass
class Board:
    """A board in its place, an action of it, and the command line there."""

    settings: Settings
    world: World
    action: Action
    folder: Path

    @property
    def file(self) -> Path:
        """Where backups of it are written unless a test says otherwise."""
        return self.folder / "board.tar"

    def run(self, *arguments: object) -> subprocess.CompletedProcess:
        """Run `flask …` on this board."""
        return flask(self.settings, *map(str, arguments))

    def backed_up(self) -> Path:
        """Back it up, and return the file."""
        done = self.run("backup", self.file)
        assert done.returncode == 0, done.stderr
        return self.file

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Open the board's database, by a connection of its own."""
        kept = database.db.obj
        database.connect_to(self.settings.database)
        try:
            with database.db.connection_context():
                yield
        finally:
            database.db.initialize(kept)

    def elsewhere(self, name: str = "elsewhere") -> "Board":
        """Return an empty place. On a server the same database, emptied."""
        other = settings_in(self.folder / name)
        if not database.is_sqlite():
            with database.writing():
                database.db.execute_sql("DROP SCHEMA public CASCADE")
                database.db.execute_sql("CREATE SCHEMA public")
            other = replace(other, database=self.settings.database)
        return replace(self, settings=other)


@pytest.fixture
def board(world: World, settings: Settings, tmp_path: Path) -> Board:
    action = world.action()
    world.progress(action)
    world.evidence(Action.get_by_id(action.id), ("a.pdf", PDF), ("b.pdf", PDF + b"another"))
    return Board(settings, world, Action.get_by_id(action.id), tmp_path)


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Read everything below a folder."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
