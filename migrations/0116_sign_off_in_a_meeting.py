"""In which meeting of the product a plan was signed off.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and refuse to change what is written once."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Base):
        pass

    class StageReached(Base):
        pass

    class Meeting(Base):
        pass

    class SignOff(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        stage = ForeignKeyField(StageReached, on_delete="RESTRICT", unique=True)
        meeting = ForeignKeyField(Meeting, on_delete="RESTRICT")

    db.create_tables([SignOff])
    refuse_changes(db, "sign_off")


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
