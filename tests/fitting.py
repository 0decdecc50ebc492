"""What an SQLite test has written that PostgreSQL would refuse: SQLite keeps no length, range or NUL out."""

from collections.abc import Iterator
from functools import cache

import peewee

from kscb_actions import models
from kscb_actions.database import db

LARGEST = 2**31 - 1


def misfits() -> list[str]:
    """Return the tables with a row that would not go into PostgreSQL, each with the row's id. One query."""
    return [f"{table} {number}" for table, number in db.execute_sql(_query()).fetchall()]


@cache
def _query() -> str:
    parts = []
    for table in models.ALL:
        name, wrong = table._meta.table_name, " OR ".join(_wrong(table))
        parts.append(f"SELECT '{name}', id FROM \"{name}\" WHERE {wrong}")
    return " UNION ALL ".join(parts)


def _wrong(table: type[peewee.Model]) -> Iterator[str]:
    for field in table._meta.sorted_fields:
        name = f'"{field.column_name}"'
        if isinstance(field, peewee.CharField):
            yield f"length({name}) > {field.max_length}"
        if isinstance(field, peewee.CharField | peewee.TextField):
            yield f"instr({name}, char(0)) > 0"
        elif isinstance(field, peewee.IntegerField | peewee.ForeignKeyField):
            yield f"abs({name}) > {LARGEST}"
