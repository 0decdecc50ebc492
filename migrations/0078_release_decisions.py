"""What was decided about publishing a review. No review is released by this.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and refuse to change what is written once."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Person(Named):
        pass

    class ReleaseDecision(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        decision = CharField(max_length=10)
        decided_on = DateField()
        edition = CharField(max_length=120, default="")
        published_as = CharField(max_length=20, default="")
        link = CharField(max_length=300, default="")
        reason = TextField()
        authority = CharField(max_length=200, default="")
        by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        at = DateTimeField()

    db.create_tables([ReleaseDecision])
    refuse_changes(db, "release_decision")


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
