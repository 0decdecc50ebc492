"""Databases as they stood before a step of the schema, on SQLite or on the PostgreSQL under test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kscb_actions import database
from kscb_actions.database import MIGRATIONS


@contextmanager
def schema_before(step: str, folder: Path) -> Iterator[Path]:
    """Yield a folder of the steps before `step`, applied to an open, otherwise empty database.

    Ends with the newest schema, so that what is tested next on the same PostgreSQL finds it.
    """
    steps = folder / "migrations"
    steps.mkdir()
    for path in MIGRATIONS.glob("0*.py"):
        if path.stem < step:
            shutil.copy(path, steps)
    url = os.environ.get("KSCB_TEST_DATABASE")
    connected = database.connect_to(url or f"sqlite:///{folder / 'before.db'}")
    with connected.connection_context():
        if url:
            _empty_schema()
        database.migrate(steps)
        yield steps
        if url:
            _empty_schema()
            database.migrate()


def take_step(steps: Path, step: str) -> None:
    """Apply one more step."""
    shutil.copy(MIGRATIONS / f"{step}.py", steps)
    assert database.migrate(steps) == [step]


def take_steps_before(step: str, steps: Path) -> None:
    """Apply every step before `step` that has not been applied."""
    for path in MIGRATIONS.glob("0*.py"):
        if path.stem < step:
            shutil.copy(path, steps)
    database.migrate(steps)


def rows_of(table: str) -> list[tuple[object, ...]]:
    """Return every row of a table, as it stands."""
    found: list[tuple[object, ...]] = database.db.execute_sql(
        f'SELECT * FROM "{table}" ORDER BY id'
    ).fetchall()
    return found


def insert(table: str, **values: object) -> None:
    """Put one row in, as the schema of the day has it: the models may know more columns already."""
    columns, mark = ", ".join(f'"{name}"' for name in values), database.db.param
    with database.writing():
        database.db.execute_sql(
            f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join([mark] * len(values))})',
            tuple(values.values()),
        )


def _empty_schema() -> None:
    with database.writing():
        database.db.execute_sql("DROP SCHEMA public CASCADE")
        database.db.execute_sql("CREATE SCHEMA public")
