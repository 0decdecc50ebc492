"""Papers are kept as they were made. Of those made before, only that they left is in the trail.

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

    class Agency(Named):
        pass

    class Review(Named):
        pass

    class KeptPaper(Named):
        reference = CharField(max_length=12, unique=True)
        kind = CharField(max_length=20)
        title = CharField(max_length=300)
        addressee = CharField(max_length=300)
        as_at = DateField()
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
        made_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        made_at = DateTimeField(index=True)
        edited = CharField(max_length=60, default="")
        reviews = TextField()
        version = IntegerField()
        content = BlobField()
        content_sha256 = CharField(max_length=64)

    db.create_tables([KeptPaper])
    refuse_changes(db, "kept_paper")


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
