"""Actions that the Board sent back to their agency for another way.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and refuse to change what is written once."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Action(Named):
        pass

    class ProgressUpdate(Named):
        pass

    class AnotherWay(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        answers = ForeignKeyField(ProgressUpdate, null=True, on_delete="RESTRICT")
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    db.create_tables([AnotherWay])
    refuse_changes(db, "another_way")


def refuse_changes(db, table):
    """Let the database itself refuse to change or remove rows."""
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
