"""Boards that are dear to make: made once for the tests of a process, and copied for each."""

import shutil
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import apsw

from kscb_actions import database
from kscb_actions.config import Settings
from kscb_actions.files.store import EvidenceStore

from .factories import World

Board = TypeVar("Board")
FILE = "kscb.db"


class Keeper:
    """Keeps what was made and the instance folder that it was made in; only of an SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[World, Any]] = {}

    def board(
        self, name: str, world: World, settings: Settings, make: Callable[[], Board], *shared: object
    ) -> Board:
        """Return what `make` makes of the small board, or a copy of it with its database and files.

        name    what is made: one name for one way to make it
        shared  what all copies have in common, such as the application
        """
        if not database.is_sqlite():
            return make()
        folder = self._folder / name
        same = {id(each): each for each in shared}
        if name not in self._kept:
            made = make()
            _copy_files(settings.instance, folder)
            with closing(apsw.Connection(str(folder / FILE))) as kept:
                _copy(database.db.connection(), kept)
            self._kept[name] = deepcopy((world, made), same)
            return made
        _copy_files(folder, settings.instance)
        with closing(apsw.Connection(str(folder / FILE))) as kept:
            _copy(kept, database.db.connection())
        twin, made = deepcopy(self._kept[name], same)
        twin.store = EvidenceStore(settings.evidence)
        vars(world).update(vars(twin))
        return made


def _copy(source: apsw.Connection, target: apsw.Connection) -> None:
    with target.backup("main", source, "main") as backup:
        backup.step()


def _copy_files(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{FILE}*"), dirs_exist_ok=True)
