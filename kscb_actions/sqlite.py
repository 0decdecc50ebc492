"""SQLite: the database, and its driver. Loaded by `database`, which everything else asks.

It keeps a write-ahead log, so nobody who reads waits for who writes, nor the other way round. It is the
SQLite that apsw brings: Debian's 3.40 series is inside the range of a bug that corrupts such a log. Every
commit is synced, for an acknowledged write must survive a power cut.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw
from apsw import BusyError, Error
from playhouse.apsw_ext import APSWDatabase

from kscb_actions.wording import LONDON

__all__ = ["PRAGMAS", "BusyError", "Error", "Sqlite", "copy", "file_of", "means_full_disk"]

PRAGMAS = {
    "foreign_keys": 1,
    "journal_mode": "wal",
    "synchronous": "full",
    # What a long reader has let the log grow to is given back when it has ended.
    "journal_size_limit": 16 * 1024 * 1024,
    "busy_timeout": 10_000,
    "cache_size": -32_000,
    # What was changed or deleted is written over with zeros, so that an erased name is not left in the file.
    "secure_delete": 1,
}
PAGES_A_STEP = 2_000


class Sqlite(APSWDatabase):
    """SQLite as apsw brings it; days and instants are text, like 2012-03-30 and 2012-03-30 09:00:00."""

    def _connect(self) -> apsw.Connection:
        connection = super()._connect()
        connection.convert_binding = _text_of
        connection.create_scalar_function("day_number", day_number, 1, deterministic=True)
        return connection


@lru_cache(8192)
def day_number(text: str | None) -> int | None:
    """Return the number of a day that is kept as text, or of the London day of an instant, kept as UTC."""
    if text is None:
        return None
    if ":" not in text:
        return date.fromisoformat(text).toordinal()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(LONDON).toordinal()


def _text_of(_: apsw.Cursor, __: int, value: Any) -> str:
    return as_text(value)


def as_text(value: Any) -> str:
    """Return a day or a naive instant as it is kept. Raises TypeError for anything else."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be kept in the database")


def file_of(url: str) -> Path | None:
    """Return the file that a database URL names; None where it names a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def copy(database: Sqlite, target: Path, progress: Callable[[int, int], None]) -> str:
    """Copy the open database to a new file by its backup interface; `progress` gets pages left and in all.

    Return what is damaged in the copy, "" where nothing is. Inside `database.reading()`, after something has
    been read, the copy is of that one moment however long it takes; outside it begins again with each save
    of another process.
    """
    made = apsw.Connection(str(target))
    try:
        with made.backup("main", database.connection(), "main") as backup:
            while not backup.done:
                backup.step(PAGES_A_STEP)
                progress(backup.remaining, backup.page_count)
        # Without the log that the board keeps, the copy is one plain file.
        made.pragma("journal_mode", "delete")
        found = str(made.pragma("quick_check", 1))
        return "" if found == "ok" else found
    except (apsw.CorruptError, apsw.NotADBError) as error:
        return str(error)
    finally:
        made.close()


def means_full_disk(error: BaseException) -> bool:
    """Return whether SQLite said by this very error that a disk has no room."""
    return isinstance(error, apsw.FullError)
