"""Somebody else at the same database, while a test goes on."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import apsw

from kscb_actions import database


@contextmanager
def connected() -> Iterator[Callable[[str], Any]]:
    """Open another connection to the database, as another process has one; yields what runs SQL on it."""
    if database.is_sqlite():
        with closing(apsw.Connection(database.db.obj.database)) as other:
            yield other.execute
        return
    import psycopg

    with psycopg.connect(database.db.obj.database) as other:
        yield other.execute


@contextmanager
def somebody_saves() -> Iterator[None]:
    """Hold the lock of who saves, for the block."""
    with connected() as run:
        run("BEGIN IMMEDIATE" if database.is_sqlite() else "SELECT pg_advisory_xact_lock(2012)")
        yield
        run("ROLLBACK")
