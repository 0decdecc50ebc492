"""The database: one connection a thread, and no write outside an open change."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Self

from kscb_actions.config import ROOT, BadSetting

# peewee loads every driver that it finds; only a board on a server wants this one (see `postgres`).
_left_out = sys.modules.setdefault("psycopg", None) is None  # type: ignore[arg-type]
import peewee  # noqa: E402
from playhouse.migrations import Runner  # noqa: E402

from kscb_actions import sqlite  # noqa: E402

if _left_out:
    del sys.modules["psycopg"]

MIGRATIONS = ROOT / "migrations"
# What reading a damaged database raises: peewee passes an error of fetching on as the driver's own.
UNREADABLE = (peewee.DatabaseError, peewee.InterfaceError, sqlite.Error)
# How long somebody who saves waits for another who does. A proxy gives up after a minute, and whoever waits
# holds the place of a page.
BUSY_SECONDS = 10
_POSTGRES_LOCK_NOT_AVAILABLE = "55P03"
ANY_TABLE = frozenset({"*"})
# As many names of tables and columns, with and without their alias, as are kept ready.
MOST_NAMES = 4096

_writable: ContextVar[frozenset[str]] = ContextVar("writable", default=frozenset())
# A statement begins with its verb or with WITH, as peewee writes it; nothing typed by people is ever SQL.
_WRITE = re.compile(
    r"^\s*(?:WITH\b.*?\b)?(INSERT|UPDATE|DELETE|REPLACE)\b(?:\s+OR\s+\w+)?(?:\s+(?:INTO|FROM))?\s+\"?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_SCHEMA = re.compile(r"^\s*(CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)


class WriteOutsideChange(Exception):
    """A row was written outside an open change, so no audit event would have recorded it."""


class Busy(Exception):
    """Somebody else has been saving for longer than anybody is let wait. Nothing was changed."""


class Statement(peewee.Context):
    """A statement being written, word for word as peewee writes it, in half the time.

    A page spends a third of its time, and a paper more than half, on the texts of its statements. peewee
    makes the text of a subquery twice, once to see whether it is empty, and of one within it four times. What
    is written most often, names and conditions, is written here directly.
    """

    __slots__ = ()
    state: Any

    def __call__(self, scope: Any = None, parentheses: Any = None, **settings: Any) -> "Statement":
        """Go on in another scope and with further settings until the end of a `with`."""
        state = self.state
        self.stack.append(state)
        within = {**state.settings, **settings} if settings else state.settings
        self.state = peewee.State(state.scope if scope is None else scope, parentheses, within)
        return self

    def __enter__(self) -> "Statement":
        if self.state.parentheses:
            self._sql.append("(")
        return self

    def __exit__(self, *_: object) -> None:
        if self.state.parentheses:
            self._sql.append(")")
        self.state = self.stack.pop()

    def sql(self, obj: Any) -> "Statement":
        """Write a node, or a value."""
        if type(obj) in _PLAIN:
            return self.value(obj)
        write = _WRITERS.get(getattr(type(obj), "__sql__", None))
        return write(self, obj) if write else super().sql(obj)

    def value(self, value: Any, converter: Any = None, add_param: bool = True) -> "Statement":
        """Write a value: a place for it, unless `add_param` is false, and itself beside the text."""
        settings = self.state.settings
        if converter is None:
            converter = settings.get("converter")
        if converter:
            value = converter(value)
        if type(value) not in _PLAIN or settings.get("value_literals"):
            return super().value(value, False, add_param)
        self._values.append(value)
        if add_param:
            self._sql.append(settings.get("param") or "?")
        return self


# What is a value whatever it stands beside.
_PLAIN = frozenset({str, int, bool, float, bytes, date, datetime, type(None)})


@lru_cache(MOST_NAMES)
def _quoted(path: tuple[str, ...], quotes: str) -> str:
    mark = quotes[0]
    return peewee.quote([part.replace(mark, quotes) for part in path], quotes)


def _write_name(statement: Any, path: tuple[str, ...]) -> Any:
    statement._sql.append(_quoted(path, statement.state.settings.get("quote") or '""'))
    return statement


def _name_within(statement: Any, source: Any, alias: str | None) -> str:
    """Return the name by which a table goes here: its alias, or the one that it was given."""
    manager = statement.alias_manager
    names = manager._mapping[manager._current_index - 1]
    if alias:
        names[source] = alias
        return alias
    return str(names.get(source) or manager.add(source))


def _write_entity(statement: Any, entity: Any) -> Any:
    return _write_name(statement, tuple(entity._path))


def _write_column(statement: Any, column: Any) -> Any:
    return _write_column_of(statement, column.source, column.name)


def _write_column_of(statement: Any, source: Any, name: str) -> Any:
    if statement.state.scope == peewee.SCOPE_VALUES:
        return _write_name(statement, (name,))
    alias = _ALIASES.get(type(source).__sql__)
    if alias:
        return _write_name(statement, (_name_within(statement, source, getattr(source, alias)), name))
    with statement(peewee.SCOPE_COLUMN):
        statement.sql(source)._sql.append(".")
        return _write_name(statement, (name,))


def _write_field(statement: Any, field: Any) -> Any:
    return _write_column_of(statement, field.model._meta.table, field.column_name)


def _write_field_alias(statement: Any, field: Any) -> Any:
    return _write_column_of(statement, field.source, field.field.column_name)


def _write_expression(statement: Any, expression: Any) -> Any:
    left, right, op = expression.lhs, expression.rhs, expression.op
    settings: dict[str, Any] = {"in_expr": True, "converter": None}
    node = left.unwrap() if isinstance(left, peewee.WrappedNode) else left
    if isinstance(node, peewee.Field) and left._coerce:
        settings["converter"] = node.db_value
        settings["is_fk_expr"] = isinstance(node, peewee.ForeignKeyField)
    word = (statement.state.settings.get("operations") or {}).get(op, op)
    with statement(None, not expression.flat, **settings):
        # A subquery is never nothing; peewee writes it to see whether it is.
        may_be_empty = op in (peewee.OP.IN, peewee.OP.NOT_IN) and not isinstance(right, peewee.SelectBase)
        if may_be_empty and expression._is_rhs_empty(right, statement):
            statement._sql.append("0 = 1" if op == peewee.OP.IN else "1 = 1")
            return statement
        if right is None and op in (peewee.OP.IS, peewee.OP.IS_NOT):
            right = peewee.SQL("NULL")
        statement.sql(left)._sql.append(f" {word} ")
        return statement.sql(right)


def _write_text(statement: Any, text: Any) -> Any:
    if text.params and statement.state.settings.get("value_literals"):
        return text.__sql__(statement)
    statement._sql.append(text.sql)
    statement._values.extend(text.params or ())
    return statement


def _write_value(statement: Any, value: Any) -> Any:
    if value.multi:
        return _write_nodes(statement, value.values, ", ", in_brackets=True)
    return statement.value(value.value, value.converter)


def _write_list(statement: Any, listed: Any) -> Any:
    return _write_nodes(statement, listed.nodes, listed.glue, listed.parens)


def _write_nodes(statement: Any, nodes: Sequence[Any], glue: str, in_brackets: bool) -> Any:
    if not nodes:
        if in_brackets:
            statement._sql.append("()")
        return statement
    if in_brackets and len(nodes) == 1 and isinstance(nodes[0], peewee.Expression) and not nodes[0].flat:
        # One pair of brackets is enough.
        nodes = (nodes[0].clone(),)
        nodes[0].flat = True
    with statement(None, in_brackets):
        for place, node in enumerate(nodes):
            if place:
                statement._sql.append(glue)
            statement.sql(node)
    return statement


def _write_function(statement: Any, function: Any) -> Any:
    arguments = function.arguments
    if function._order_by or not arguments:
        return function.__sql__(statement)
    statement._sql.append(function.name)
    is_query = len(arguments) == 1 and isinstance(arguments[0], peewee.SelectBase)
    bare = is_query and function.name.lower() in function.subquery_functions
    nodes = [each if isinstance(each, peewee.Node) else peewee.Value(each, False) for each in arguments]
    with statement(in_function=True, bare_subquery=bare):
        _write_nodes(statement, nodes, ", ", in_brackets=True)
    if function._filter is not None:
        statement._sql.append(" FILTER (WHERE ")
        statement.sql(function._filter)._sql.append(")")
    return statement


def _write_case(statement: Any, case: Any) -> Any:
    text = statement._sql
    with statement(in_function=False):
        text.append("CASE ")
        if case.predicate is not None:
            statement.sql(case.predicate)
            text.append(" ")
        for condition, value in case.expression_tuples:
            text.append("WHEN ")
            statement.sql(condition)
            text.append(" THEN ")
            with statement(in_function=True):
                statement.sql(value)
            text.append(" ")
        if case.default is not None:
            text.append("ELSE ")
            with statement(in_function=True):
                statement.sql(case.default)
            text.append(" ")
        text.append("END")
    return statement


_WRITERS: dict[Any, Callable[[Any, Any], Any]] = {
    peewee.Entity.__sql__: _write_entity,
    peewee.Column.__sql__: _write_column,
    peewee.Field.__sql__: _write_field,
    peewee.FieldAlias.__sql__: _write_field_alias,
    peewee.Expression.__sql__: _write_expression,
    peewee.SQL.__sql__: _write_text,
    peewee.Value.__sql__: _write_value,
    peewee.NodeList.__sql__: _write_list,
    peewee.Function.__sql__: _write_function,
    peewee.Case.__sql__: _write_case,
}


class Written(peewee.Source):
    """A table to select from that is written already."""

    def __init__(self, text: str, values: Sequence[Any], alias: str) -> None:
        super().__init__(alias)
        self._written = peewee.SQL(f"({text})", values)

    def __sql__(self, statement: Any) -> Any:
        if statement.scope == peewee.SCOPE_SOURCE:
            return self.apply_alias(statement.sql(self._written))
        return self.apply_column(statement)


# Where each kind of table keeps its alias.
_ALIASES: dict[Any, str] = {
    peewee.Table.__sql__: "_alias",
    peewee.ModelAlias.__sql__: "alias",
    Written.__sql__: "_alias",
}


class Alias(peewee.ModelAlias):
    """A table under another name, whose columns are of classes made once; peewee makes one for each."""

    def __getattr__(self, name: str) -> Any:
        """Return a column, or what else the model has."""
        found = getattr(self.model, name)
        if not isinstance(found, peewee.Field):
            return super().__getattr__(name)
        kind: Any = type(found)
        column = self.__dict__[name] = _class_of_column(kind)(self, found)
        return column


@cache
def _class_of_column(kind: Any) -> Any:
    return type("_FieldAlias", (peewee.FieldAlias, kind), {})


class Guarded:
    """A database that refuses writes outside an open change."""

    context_class = Statement

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        allowed = _writable.get()
        if allowed is not ANY_TABLE:
            written = _WRITE.match(sql)
            if (written and written.group(2) not in allowed) or _SCHEMA.match(sql):
                raise WriteOutsideChange(f"written outside an audited change: {sql[:80]}")
        return super().execute_sql(sql, params)  # type: ignore[misc]


class GuardedSqlite(Guarded, sqlite.Sqlite):
    """SQLite that refuses writes outside an open change."""


db = peewee.DatabaseProxy()


class _Instant(peewee.DateTimeField):
    """An aware UTC instant, kept as naive UTC."""

    def db_value(self, value: datetime | None) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return super().db_value(value)

    def python_value(self, value: Any) -> datetime | None:
        naive = super().python_value(value)
        return naive.replace(tzinfo=UTC) if isinstance(naive, datetime) else naive


# Seen as Any by the type checker, as peewee's own fields are: a row holds values, not fields.
InstantField: Any = _Instant


@cache
def _names_in_events(model: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns and the fields of what an event tells of a row, once: imports tell of many.

    In the order of the columns' names, in which they are written: what is in order is sorted fastest.
    """
    fields = sorted(model.fields_in_events(), key=lambda field: field.column_name)
    return tuple(field.column_name for field in fields), tuple(field.name for field in fields)


class Model(peewee.Model):
    """Base of every table.

    event_room  the part of the board's work that its events belong to, one of audit.rules.ROOMS; it says who
                may be told of them, so it is declared and not taken from where the module lies
    removed_by  the events that take a row away; a table that names none loses no row
    not_in_events     {column: why its values stay out of the trail}; `flask check` compares all others
    keeps_no_history  why no event tells of the rows, which are then not compared; "" where events do
    first_rows  the rows that a migration put in, as plain values with their ids
    searched    {search: the columns by whose words it finds a row}
    """

    event_room: ClassVar[str]
    removed_by: ClassVar[frozenset[str]] = frozenset()
    not_in_events: ClassVar[Mapping[str, str]] = MappingProxyType({})
    keeps_no_history: ClassVar[str] = ""
    first_rows: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    searched: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})

    @classmethod
    def alias(cls, alias: str | None = None) -> Any:
        """Return this table under another name, to be read twice in one statement."""
        return Alias(cls, alias)

    @classmethod
    def of(cls, values: Mapping[str, Any], **others: "Model | None") -> Self:
        """Return a new row of plain values, {field: value}, others that it refers to as rows or by their ids.

        The same as naming them, at a fraction of the cost where there are thousands.
        """
        row: Any = cls(__no_default__=True)
        ids = {name: other and other.id for name, other in others.items()}
        row.__data__ = {**row._meta.get_default_dict(), **values, **ids}
        row.__rel__ = others
        return row

    @property
    def room_of_event(self) -> str:
        """Return the room of an event about this row."""
        return self.event_room

    @classmethod
    def fields_in_events(cls) -> list[Any]:
        """Return the fields that an event tells of, the id first."""
        return [field for field in cls._meta.sorted_fields if field.column_name not in cls.not_in_events]

    def state_of_event(self) -> dict[str, Any]:
        """Return the row as an event tells of it: {column: value}, a row it refers to by its id."""
        model: Any = type(self)
        # What its attributes give, a row it refers to by its id, without asking each of them.
        columns, names = _names_in_events(model)
        return dict(zip(columns, map(self.__data__.get, names), strict=True))

    def is_from_before_events(self) -> bool:
        """Return whether the row may stand without an event, because a migration made it of other rows."""
        return False

    class Meta:
        database = db
        legacy_table_names = False


class Versioned(Model):
    """A row that may change: `version` grows by one with each change and catches the second editor."""

    version = peewee.IntegerField(default=1)


def connect_to(url: str) -> peewee.Database:
    """Point every model at the database that `url` names and return it, not yet open."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"KSCB_DATABASE: {path} cannot be made: {error.strerror}.") from None
        database: peewee.Database = GuardedSqlite(path, pragmas=sqlite.PRAGMAS)
    elif url.startswith(("psycopg3://", "postgresql://")):
        database = _guarded_postgres("postgresql://" + url.split("://", 1)[1])
    else:
        raise BadSetting("KSCB_DATABASE must start with sqlite:/// or psycopg3://.")
    db.initialize(database)
    return database


def _guarded_postgres(address: str) -> peewee.Database:
    # The driver takes memory, and only a board on a server has need of it.
    from .postgres import Postgres

    class GuardedPostgres(Guarded, Postgres):
        """PostgreSQL that refuses writes outside an open change."""

    return GuardedPostgres(address)


def is_sqlite() -> bool:
    """Return whether the rows are in SQLite."""
    return isinstance(db.obj, peewee.SqliteDatabase)


def as_bound(instant: datetime | None) -> Any:
    """Return a naive instant as the driver binds it: SQLite's would make the text of each anew."""
    return sqlite.as_text(instant) if instant is not None and is_sqlite() else instant


def day_number(column: Any, is_instant: bool = False) -> Any:
    """Return, as SQL, the number of a day (as `date.toordinal` counts), of an instant its day in London."""
    if is_sqlite():
        return peewee.fn.day_number(column)
    day = (
        peewee.fn.timezone("Europe/London", peewee.fn.timezone("UTC", column)).cast("date")
        if is_instant
        else column
    )
    return day - peewee.SQL("DATE '0001-01-01'") + 1


def in_json(column: Any, name: str) -> Any:
    """Return what a column of JSON holds under a name: a value on SQLite, text on PostgreSQL."""
    if is_sqlite():
        return peewee.fn.json_extract(column, f"$.{name}")
    return peewee.fn.json_extract_path_text(column.cast("json"), name)


def greatest(*numbers: Any) -> Any:
    """Return, as SQL, the greatest of some numbers, none of them NULL."""
    return (peewee.fn.MAX if is_sqlite() else peewee.fn.GREATEST)(*numbers)


@contextmanager
def writing(*tables: type[Model], wait: bool = True) -> Iterator[None]:
    """Open one write transaction that may touch `tables` (none named: any).

    Raises Busy when others have been saving for BUSY_SECONDS, or without `wait` at all.

    For audited changes and for housekeeping rows (sessions, leases, rate limits) that carry no history.
    Takes the write lock at once: upgrading from a read fails with "database is locked" on SQLite, and
    the chained audit trail needs one writer at a time on PostgreSQL too.
    """
    names = frozenset(table._meta.table_name for table in tables) or ANY_TABLE
    outer = _writable.get()
    token = _writable.set(ANY_TABLE if ANY_TABLE in (names, outer) else names | outer)
    try:
        with ExitStack() as transaction:
            try:
                _begin(transaction, BUSY_SECONDS if wait else 0)
            except peewee.OperationalError as error:
                if _is_busy(error):
                    raise Busy from error
                raise
            yield
    finally:
        _writable.reset(token)


def _begin(transaction: ExitStack, seconds: float) -> None:
    is_first = db.transaction_depth() == 0
    if is_sqlite():
        if is_first:
            db.connection().set_busy_timeout(round(seconds * 1000))
        transaction.enter_context(db.atomic("IMMEDIATE"))
        return
    transaction.enter_context(db.atomic())
    if is_first:
        # Both end with the transaction. The number only has to differ from that of `_migration_lock`.
        db.execute_sql("SELECT set_config('lock_timeout', %s, true)", (f"{max(round(seconds * 1000), 1)}ms",))
        db.execute_sql("SELECT pg_advisory_xact_lock(2012)")


def _is_busy(error: BaseException | None) -> bool:
    """Return whether this, or what came before it, says that somebody else has the lock."""
    if error is None:
        return False
    is_lock = getattr(error, "sqlstate", None) == _POSTGRES_LOCK_NOT_AVAILABLE
    return isinstance(error, sqlite.BusyError) or is_lock or _is_busy(error.__cause__ or error.__context__)


@contextmanager
def reading() -> Iterator[None]:
    """Open one snapshot for several reads, so that a report's counts and rows belong together."""
    if is_sqlite():
        with db.atomic():
            yield
    else:
        with db.atomic(isolation_level="REPEATABLE READ"):
            yield


def migrate(directory: Path = MIGRATIONS) -> list[str]:
    """Bring the database to the newest schema; returns the names of the migrations applied.

    Each migration is one transaction: a failing one leaves nothing behind.
    """
    token = _writable.set(ANY_TABLE)
    opened = db.connect(reuse_if_open=True)
    try:
        _require_log()
        with _migration_lock():
            return list(Runner(db.obj, str(directory)).up())
    finally:
        _writable.reset(token)
        if opened:
            db.close()


def _require_log() -> None:
    """Raise BadSetting where SQLite cannot keep its write-ahead log: on a file system of another machine."""
    if is_sqlite() and db.execute_sql("PRAGMA journal_mode").fetchone()[0] != "wal":
        raise BadSetting(
            f"The database cannot be kept at {db.database}: SQLite needs a disk of this machine. Set "
            "KSCB_INSTANCE or KSCB_DATABASE to one, or keep the records in PostgreSQL."
        )


def pending_migrations() -> list[str]:
    """Return names of migrations not yet applied."""
    with nullcontext() if not db.is_closed() else db.connection_context():
        return [step.name for step in Runner(db.obj, str(MIGRATIONS)).status() if not step.applied]


def applied_migrations() -> list[str]:
    """Return the names of the migrations that the database has had, in order; none without tables."""
    # By the bare cursor: pages ask this at every request, before anything else.
    with nullcontext() if not db.is_closed() else db.connection_context():
        try:
            with peewee.__exception_wrapper__:
                rows = db.cursor().execute("SELECT name FROM schema_migration ORDER BY name").fetchall()
        except peewee.DatabaseError:
            if db.table_exists("schema_migration"):
                raise
            return []
    return [name for (name,) in rows]


def known_migrations() -> frozenset[str]:
    """Return the names of the migrations that this version of the program brings."""
    return _names_in(MIGRATIONS)


@cache
def _names_in(directory: Path) -> frozenset[str]:
    return frozenset(path.stem for path in directory.glob("[0-9]*.py"))


def unknown_migrations() -> list[str]:
    """Return the names of migrations that a newer version has applied and this one does not know."""
    return [name for name in applied_migrations() if name not in known_migrations()]


@contextmanager
def _migration_lock() -> Iterator[None]:
    # PostgreSQL lets two processes create the same table at once, and one then fails half-way.
    if is_sqlite():
        yield
        return
    db.execute_sql("SELECT pg_advisory_lock(2013)")
    try:
        yield
    finally:
        db.execute_sql("SELECT pg_advisory_unlock(2013)")
