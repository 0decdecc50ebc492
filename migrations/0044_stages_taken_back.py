"""Stages that were recorded wrongly. A frozen copy, on purpose independent of the application's models."""

from peewee import *


def up(migrator, db):
    """Make the table, of which a row is never changed."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Base):
        pass

    class StageReached(Base):
        pass

    class Person(Base):
        pass

    class StageTakenBack(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        stage = ForeignKeyField(StageReached, on_delete="RESTRICT", unique=True)
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    db.create_tables([StageTakenBack])
    refuse_changes(db, "stage_taken_back")


def refuse_changes(db, table):
    """Refuse updates and deletes, on PostgreSQL by the function that the first schema made."""
    if not isinstance(db, SqliteDatabase):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_{operation.lower()}" BEFORE {operation} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
