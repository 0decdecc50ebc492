"""The schema comes from the migrations, each of which happens wholly or not at all."""

import shutil
from pathlib import Path

import peewee
import pytest
from playhouse.schema_diff import diff_models

from kscb_actions import database, models, sqlite
from kscb_actions.config import BadSetting
from kscb_actions.database import MIGRATIONS
from kscb_actions.people.models import Agency

from ..factories import World

FAILING = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE half (id INTEGER)")
    db.execute_sql("ALTER TABLE agency ADD COLUMN half INTEGER")
    raise RuntimeError("no further")
"""

REBUILDING = """
def up(migrator, db):
    migrator.migrate(migrator.drop_not_null("review", "title"))
"""

# The index of words is a table to SQLite, with some of its own beside it.
INDEXES = ("search_text_words",)
POSTGRES_TRIGGERS = (
    "(SELECT relname AS tbl_name FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal) AS triggers"
)


@pytest.fixture
def fresh(tmp_path: Path) -> peewee.Database:
    connected = database.connect_to(f"sqlite:///{tmp_path / 'fresh.db'}")
    yield connected
    if not connected.is_closed():
        connected.close()


def test_the_migrations_make_exactly_the_tables_of_the_models(fresh: peewee.Database) -> None:
    applied = database.migrate()
    assert applied == sorted(path.stem for path in MIGRATIONS.glob("0*.py"))
    with fresh.connection_context():
        assert not diff_models(fresh, list(models.ALL))
        tables = {name for name in fresh.get_tables() if not name.startswith(INDEXES)}
        assert tables == {model._meta.table_name for model in models.ALL} | {"schema_migration"}


def test_no_step_loses_a_trigger(world: World) -> None:
    """SQLite drops a table's triggers when a step rebuilds it, and says nothing."""
    expected = {"search_text": 3} if database.is_sqlite() else {}
    of_each = 2 if database.is_sqlite() else 1
    expected |= {model._meta.table_name: of_each for model in models.APPEND_ONLY}
    catalogue = "sqlite_master WHERE type = 'trigger'" if database.is_sqlite() else POSTGRES_TRIGGERS
    rows = database.db.execute_sql(f"SELECT tbl_name, COUNT(*) FROM {catalogue} GROUP BY tbl_name").fetchall()
    assert dict(rows) == expected


def test_migrating_twice_changes_nothing(fresh: peewee.Database) -> None:
    database.migrate()
    assert database.migrate() == []
    assert database.pending_migrations() == []


def test_a_failing_migration_leaves_nothing_behind(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "9999_fail_half_way.py").write_text(FAILING)
    before = (database.db.get_tables(), database.db.get_columns("agency"), Agency.select().count())
    with pytest.raises(RuntimeError, match="no further"):
        database.migrate(folder)
    assert (database.db.get_tables(), database.db.get_columns("agency"), Agency.select().count()) == before


def test_a_step_that_rebuilds_a_parent_keeps_its_children(world: World, tmp_path: Path) -> None:
    """SQLite rebuilds a table to change it; rows that hang on it must not go with the old one."""
    world.decision(world.action())
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "9999_rebuild_review.py").write_text(REBUILDING)
    counts = {model: model.select().count() for model in models.ALL}
    assert database.migrate(folder) == ["9999_rebuild_review"]
    # The database under test on PostgreSQL is used again, and no page is shown of one with a newer step.
    with database.writing():
        database.db.execute_sql("DELETE FROM schema_migration WHERE name = '9999_rebuild_review'")
    assert {model: model.select().count() for model in models.ALL} == counts
    assert counts[models.Action] == 1


def test_where_no_log_can_be_kept_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = database.db.obj
    # As SQLite answers on a file system of another machine: the mode stays what it was.
    monkeypatch.setitem(sqlite.PRAGMAS, "journal_mode", "delete")
    try:
        database.connect_to(f"sqlite:///{tmp_path / 'remote.db'}")
        with pytest.raises(BadSetting, match="needs a disk of this machine"):
            database.migrate()
    finally:
        database.db.initialize(kept)
