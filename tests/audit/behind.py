"""Changes rows as somebody with the database's keys would: past the application and past every trigger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from kscb_actions import database
from kscb_actions.database import Model, db


@dataclass
class _Guards:
    """Whether the guards are off for as long as several changes take."""

    are_off: bool = False


_GUARDS = _Guards()


@contextmanager
def unguarded() -> Iterator[None]:
    """Open the database to any statement: no trigger, no foreign key. The triggers are put back."""
    if not database.is_sqlite():
        with database.writing():
            db.execute_sql("SET LOCAL session_replication_role = replica")
            yield
    elif _GUARDS.are_off:
        with database.writing():
            yield
    else:
        with guards_off(), database.writing():
            yield


@contextmanager
def guards_off() -> Iterator[None]:
    """Keep the guards off for several changes, each `unguarded`: to put them back takes longer than one."""
    if not database.is_sqlite():
        yield
        return
    db.execute_sql("PRAGMA foreign_keys = 0")
    with database.writing():
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = db.execute_sql(found).fetchall()
        for name, _ in triggers:
            db.execute_sql(f'DROP TRIGGER "{name}"')
    _GUARDS.are_off = True
    try:
        yield
    finally:
        _GUARDS.are_off = False
        with database.writing():
            for _, sql in triggers:
                db.execute_sql(sql)
        db.execute_sql("PRAGMA foreign_keys = 1")


def behind(sql: str) -> None:
    """Run one statement past the application."""
    with unguarded():
        db.execute_sql(sql)


def flipped(field: Any, value: Any) -> Any:
    """Return another value of a column that the database takes."""
    if isinstance(field, peewee.BooleanField):
        return not value
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(field, peewee.DateField):
        return (value or date(2012, 1, 1)) + timedelta(days=1)
    if isinstance(field, peewee.DateTimeField):
        return datetime(2012, 1, 1)  # noqa: DTZ001 – kept as naive UTC
    if isinstance(value, bytes):
        return value + b"~"
    if isinstance(value, str):
        return f"{value[:-1]}~"
    return (value or 0) + 1000


def flip(model: type[Model], row_id: int, *names: str) -> None:
    """Give one row other values in these columns."""
    row = model.get_by_id(row_id)
    fields = [each for each in model.fields_in_events() if each.column_name in names]
    now = row.state_of_event()
    with unguarded():
        values = {each: flipped(each, now[each.column_name]) for each in fields}
        model.update(values).where(model.id == row_id).execute()
