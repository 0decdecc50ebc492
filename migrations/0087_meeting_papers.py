"""Which kept paper belongs to which meeting.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and refuse to change what is written once."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Meeting(Base):
        pass

    class KeptPaper(Base):
        pass

    class MeetingPaper(Base):
        meeting = ForeignKeyField(Meeting, on_delete="RESTRICT")
        kind = CharField(max_length=10)
        paper = ForeignKeyField(KeptPaper, on_delete="RESTRICT")
        made_at = DateTimeField()
        made_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        reason = TextField(default="")

        class Meta:
            indexes = ((("meeting", "kind"), True),)

    db.create_tables([MeetingPaper])
    refuse_changes(db, "meeting_paper")


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
