"""Queries whose SQL is made once. peewee makes the text of a query anew each time it is run, which costs as
much as running it; a page asks the same few questions again and again, and saves the same few kinds of rows.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, update_wrapper
from inspect import Parameter, signature
from itertools import islice
from types import MappingProxyType
from typing import Any

import peewee

from kscb_actions import clock, database
from kscb_actions.database import InstantField, Model, db

# A column's name, the type of value that is bound as it is, and what makes it of any other.
_Column = tuple[str, type, Callable[..., Any]]
NOTHING_ALIKE: Mapping[str, Any] = MappingProxyType({})
# Different shapes of one query that are kept; the one longest unused goes first.
MOST_SHAPES = 128
# So many rows are inserted by one statement; SQLite has at most 32,766 values in one.
AT_ONCE = 50
# So many rows are read together of those that are not held.
READ_AT_ONCE = 500


@dataclass(frozen=True)
class _Place:
    """Where a value goes in among the parameters."""

    name: str


class Prepared:
    """A query made by `make(*shape, **values)`, where calling this runs it and returns its rows as a list.

    What comes by position shapes the query (which conditions, which order) and has to be hashable: the SQL
    is made once for each shape. What comes by keyword is a value and is only bound. Aware instants are bound
    as the tables keep them. Rows are what the query says: model rows, or with `.tuples()` plain tuples whose
    dates are dates.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        update_wrapper(self, make)
        self._make = make
        named = signature(make).parameters.values()
        self._places = {
            each.name: peewee.Value(_Place(each.name), converter=False)
            for each in named
            if each.kind is Parameter.KEYWORD_ONLY
        }
        self._compiled = lru_cache(MOST_SHAPES)(self._compile)

    def __call__(self, *shape: Hashable, **values: Any) -> list[Any]:
        """Run the query; KeyError where a value is missing."""
        query, sql, kept, readers = self._compiled(type(db.obj).__name__, *shape)
        bound = [_bound_value(values[each.name]) if isinstance(each, _Place) else each for each in kept]
        cursor = db.execute_sql(sql, bound)
        if readers is None:
            return list(query._get_cursor_wrapper(cursor).iterator())
        return _read(cursor.fetchall(), readers)

    def first(self, *shape: Hashable, **values: Any) -> Any:
        """Return the first row, or None."""
        rows = self(*shape, **values)
        return rows[0] if rows else None

    def _compile(self, _: str, *shape: Hashable) -> tuple[Any, str, Sequence[Any], Any]:
        query = self._make(*shape, **self._places)
        sql, parameters = query.sql()
        is_tuples = query._row_type == peewee.ROW.TUPLE
        return query, sql, parameters, _readers(query._returning) if is_tuples else None


def prepared(make: Callable[..., Any]) -> Prepared:
    """Turn the function that makes a query into a Prepared query."""
    return Prepared(make)


def named_rows(query: Any) -> Iterator[Any]:
    """Yield the rows of a query as named tuples, with days and instants read; few are held at once.

    The same as peewee yields, at a fraction of the cost where there are many.
    """
    columns = query._returning
    row_of = _row_of(tuple(_name_of(each) for each in columns))
    sql, bound = query.sql()
    found, readers = iter(db.execute_sql(sql, bound)), _readers(columns)
    while rows := list(islice(found, READ_AT_ONCE)):
        yield from map(row_of._make, _read(rows, readers))


@lru_cache(MOST_SHAPES)
def _row_of(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)


def _name_of(column: Any) -> str:
    return str(column._alias if column.is_alias() else column.name)


@prepared
def _by_id(model: Any, *, id: int) -> Any:
    return model.select().where(model.id == id)


def get(model: Any, row_id: int) -> Any:
    """Return the row with this id as it is now. Raises the model's DoesNotExist."""
    rows = _by_id(model, id=row_id)
    if not rows:
        raise model.DoesNotExist(f"no {model._meta.table_name} has the id {row_id}")
    return rows[0]


@prepared
def _values_by_id(model: Any, *, id: int) -> Any:
    return model.select(*model.fields_in_events()).where(model.id == id).tuples()


def state(model: Any, row_id: int) -> dict[str, Any]:
    """Return what an event would tell of the row with this id as it is now: {column: value}; {} without one.

    The same as `state_of_event` of the row, at a third of the cost: no row is made.
    """
    rows = _values_by_id(model, id=row_id)
    return dict(zip(_columns_in_events(model), rows[0], strict=True)) if rows else {}


@lru_cache(MOST_SHAPES)
def _columns_in_events(model: Any) -> tuple[str, ...]:
    return tuple(field.column_name for field in model.fields_in_events())


def insert_all(
    model: Any, rows: Sequence[Mapping[str, Any]], same: Mapping[str, Any] = NOTHING_ALIKE
) -> list[int]:
    """Insert rows that have the same fields, {field: value}, instants aware; returns their ids in order.

    `same`: the fields that all have alike, beside their own.
    """
    made: list[int] = []
    names, alike = (*(rows[0] if rows else ()), *same), tuple(same.values())
    instants = [place for place, name in enumerate(names) if name in _instants_of(model)]
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        bound = [each for row in some for each in (*row.values(), *alike)]
        for place in instants:
            bound[place :: len(names)] = _bound_instants(bound[place :: len(names)])
        made += _inserted(model, names, len(some), bound)
    return made


def insert_missing(model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that have the same fields, {field: value}, without instants; those that are there stay."""
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        bound = [each for row in some for each in row.values()]
        db.execute_sql(_insert_sql(type(db.obj).__name__, model, tuple(some[0]), len(some), True), bound)


@lru_cache(MOST_SHAPES)
def _instants_of(model: Any) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.sorted_fields if isinstance(field, InstantField))


def insert(row: Model) -> None:
    """Insert a new row, and give it the id that it gets."""
    insert_rows([row])


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert new rows of one table, in this order, and give each the id that it gets.

    Raises ValueError where they are of two tables, or have not the same columns.
    """
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        model: Any = type(some[0])
        key = model._meta.primary_key.name
        for row in some:
            if row.__rel__:
                row._populate_unsaved_relations(row.__data__)
        names, columns = _columns_of(some[0], key), some[0].__data__.keys()
        if any(
            type(row) is not model
            or (row.__data__.keys() != columns and _columns_of(row, key) != names)
            or (row.__data__.get(key) is None) is (key in names)
            for row in some
        ):
            raise ValueError("rows that are inserted together are of one table and have the same columns")
        columns_kept = _columns_kept(model, names)
        bound = [value for row in some for value in _kept(row, columns_kept)]
        for row, row_id in zip(some, _inserted(model, names, len(some), bound), strict=True):
            row.__data__[key] = row_id
            row._dirty.clear()


def _columns_of(row: Model, key: str) -> tuple[str, ...]:
    return tuple(name for name in row.__data__ if name != key or row.__data__[name] is not None)


def _inserted(model: Any, names: tuple[str, ...], count: int, bound: Sequence[Any]) -> list[int]:
    cursor = db.execute_sql(_insert_sql(type(db.obj).__name__, model, names, count), bound)
    # Ids grow with the rows as they are named; the order in which they come back is not promised.
    return sorted(int(row_id) for (row_id,) in cursor.fetchall())


def update(row: Model) -> None:
    """Save every column of a row that is there."""
    row._populate_unsaved_relations(row.__data__)
    model: Any = type(row)
    key = row._meta.primary_key.name
    names = tuple(name for name in row.__data__ if name != key)
    bound = _kept(row, _columns_kept(model, (*names, key)))
    db.execute_sql(_update_sql(type(db.obj).__name__, model, names), bound)
    row._dirty.clear()


def _kept(row: Model, columns: Sequence[_Column]) -> list[Any]:
    values = row.__data__
    return [
        value if value is None or type(value) is plain else as_kept(value)
        for name, plain, as_kept in columns
        for value in (values[name],)
    ]


@lru_cache(MOST_SHAPES)
def _columns_kept(model: Any, names: tuple[str, ...]) -> tuple[_Column, ...]:
    fields = [model._meta.fields[name] for name in names]
    return tuple((field.name, _plain_type(field), field.db_value) for field in fields)


def _plain_type(field: Any) -> type:
    if isinstance(field, peewee.ForeignKeyField):
        return _plain_type(field.rel_field)
    if isinstance(field, peewee.DateField):
        return date
    is_text = isinstance(field, peewee.CharField | peewee.TextField)
    if is_text or isinstance(field, peewee.IntegerField):
        return str if is_text else int
    return type(None)


@lru_cache(MOST_SHAPES)
def _insert_sql(_: str, model: Any, names: tuple[str, ...], count: int, missing: bool = False) -> str:
    columns = ", ".join(f'"{model._meta.fields[name].column_name}"' for name in names)
    places = ", ".join([f"({', '.join([db.param] * len(names))})"] * count)
    key = model._meta.primary_key.column_name
    end = "ON CONFLICT DO NOTHING" if missing else f'RETURNING "{key}"'
    # Names of tables and columns, never what was typed.
    return f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES {places} {end}'  # noqa: S608


@lru_cache(MOST_SHAPES)
def _update_sql(_: str, model: Any, names: tuple[str, ...]) -> str:
    fields, key = model._meta.fields, model._meta.primary_key.column_name
    columns = ", ".join(f'"{fields[name].column_name}" = {db.param}' for name in names)
    return f'UPDATE "{model._meta.table_name}" SET {columns} WHERE "{key}" = {db.param}'  # noqa: S608


def _bound_instants(values: Sequence[datetime | None]) -> Sequence[Any]:
    """Return instants as they are bound; rows that are written together mostly have one and the same."""
    if values.count(values[0]) == len(values):
        return [database.as_bound(_bound_value(values[0]))] * len(values)
    return [_bound_value(each) for each in values]


def _bound_value(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _readers(columns: Sequence[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    return [(place, reader) for place, each in enumerate(columns) if (reader := _reader(each))]


def _reader(column: Any) -> Callable[[Any], Any] | None:
    """Return how the column's value is read from a row; None where SQLite gives what PostgreSQL gives."""
    field = column.field if isinstance(column, peewee.FieldAlias) else column
    if isinstance(field, InstantField):
        return as_instant
    if isinstance(field, peewee.DateField):
        return as_day
    return bool if isinstance(field, peewee.BooleanField) else None


def _read(rows: list[Any], readers: list[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    if not readers:
        return rows
    read = []
    for row in rows:
        values = list(row)
        for place, reader in readers:
            if values[place] is not None:
                values[place] = reader(values[place])
        read.append(tuple(values))
    return read


@lru_cache(8192)
def as_day(value: Any) -> Any:
    """Return the date that a row holds, which SQLite gives as text; None where it holds none."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_instant(value: str | datetime) -> datetime:
    """Return the instant that a row holds: naive UTC, which SQLite gives as text."""
    naive = datetime.fromisoformat(value) if isinstance(value, str) else value
    return naive.replace(tzinfo=UTC)


def day_of(value: str | datetime) -> date:
    """Return the Europe/London day of the instant that a row holds."""
    return clock.local_date(as_instant(value))
