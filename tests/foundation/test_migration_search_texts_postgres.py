"""The index of the texts that are searched, on PostgreSQL; boards without it search too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kscb_actions import database
from kscb_actions.actions.models import Action
from kscb_actions.actions.searched import has_word
from kscb_actions.database import db
from kscb_actions.searching.queries import is_looked_up

from .steps import schema_before, take_step, take_steps_before
from .test_migration_search_texts import FIRST, STEP, fill

INDEXES = ["search_text_words"]
FOUND = {"household": [1], "🐍": [1], "bramble": [1], '"what"': [1], "2011-02": [2], "50%": [2], "ud": [1, 2]}


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Path]:
    """Yield the schema before the step, filled; what it had is to be there after it."""
    with schema_before(FIRST, tmp_path) as steps:
        if database.is_sqlite():
            pytest.skip("SQLite has an index of its own")
        fill()
        take_steps_before(STEP, steps)
        with database.writing():
            db.execute_sql("DROP EXTENSION IF EXISTS pg_trgm CASCADE")
            db.execute_sql('DROP SCHEMA IF EXISTS "El se" CASCADE')
        yield steps
        database.migrate()
        for word, actions in FOUND.items():
            assert found(has_word(word, is_looked_up(word))) == found(has_word(word, False)) == actions, word


def found(condition: object) -> list[int]:
    """Return the ids of the actions that a condition keeps."""
    return [row.id for row in Action.select(Action.id).where(condition).order_by(Action.id)]


def indexes() -> list[str]:
    """Return the indexes of words that there are."""
    rows = db.execute_sql("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'search%%_words' ORDER BY 1")
    return [name for (name,) in rows.fetchall()]


def test_the_index_is_made(steps: Path) -> None:
    take_step(steps, STEP)
    assert indexes() == INDEXES


def test_an_extension_that_is_there_in_another_schema_is_used(steps: Path) -> None:
    with database.writing():
        db.execute_sql('CREATE SCHEMA "El se"')
        db.execute_sql('CREATE EXTENSION pg_trgm SCHEMA "El se"')
    take_step(steps, STEP)
    assert indexes() == INDEXES
    with database.writing():
        db.execute_sql('DROP SCHEMA "El se" CASCADE')


def test_who_may_not_add_the_extension_goes_on_without(steps: Path) -> None:
    if db.execute_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
        pytest.skip("a superuser may do everything")
    with refused_to_create():
        take_step(steps, STEP)
    assert indexes() == []


def test_a_server_that_has_no_such_extension_goes_on_without(steps: Path) -> None:
    step = database.MIGRATIONS / f"{STEP}.py"
    (steps / step.name).write_text(step.read_text().replace("pg_trgm", "no_such_extension"))
    assert database.migrate(steps) == [STEP]
    assert indexes() == []


@contextmanager
def refused_to_create() -> Iterator[None]:
    name = db.execute_sql("SELECT current_database()").fetchone()[0]
    with database.writing():
        db.execute_sql(f'REVOKE CREATE ON DATABASE "{name}" FROM current_user')
    try:
        yield
    finally:
        with database.writing():
            db.execute_sql(f'GRANT CREATE ON DATABASE "{name}" TO current_user')
