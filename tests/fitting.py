"""What an SQLite test has written that PostgreSQL would refuse: SQLite keeps no length, range or NUL out."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import apsw
import peewee

from kscb_actions import models
from kscb_actions.database import db
from kscb_actions.sqlite import Sqlite

LARGEST = 2**31 - 1
# The tables that this process has written to since `forget`.
_written: set[str] = set()


def watch() -> None:
    """Notice from now on which tables are written to: to look at them all costs more than most tests."""
    connect = Sqlite._connect

    def connect_watched(self: Sqlite) -> apsw.Connection:
        connection = connect(self)
        connection.set_update_hook(lambda kind, database, table, row: _written.add(table))
        return connection

    Sqlite._connect = connect_watched  # type: ignore[method-assign]


def forget() -> None:
    """Begin anew: what was written to has been looked at."""
    _written.clear()


def misfits() -> list[str]:
    """Return the tables with a row that would not go into PostgreSQL, each with the row's id.

    Those alone that were written to. One query.
    """
    parts = [query for name, query in _queries().items() if name in _written]
    found: list[Any] = db.execute_sql(" UNION ALL ".join(parts)).fetchall() if parts else []
    return [f"{table} {number}" for table, number in found]


@cache
def _queries() -> dict[str, str]:
    found = {}
    for table in models.ALL:
        name, wrong = table._meta.table_name, " OR ".join(_wrong(table))
        found[name] = f"SELECT '{name}', id FROM \"{name}\" WHERE {wrong}"
    return found


def _wrong(table: type[peewee.Model]) -> Iterator[str]:
    for field in table._meta.sorted_fields:
        name = f'"{field.column_name}"'
        if isinstance(field, peewee.CharField):
            yield f"length({name}) > {field.max_length}"
        if isinstance(field, peewee.CharField | peewee.TextField):
            yield f"instr({name}, char(0)) > 0"
        elif isinstance(field, peewee.IntegerField | peewee.ForeignKeyField):
            yield f"abs({name}) > {LARGEST}"
