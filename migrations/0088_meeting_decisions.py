"""What meetings decide, what is minuted beside it, and who was called for updates.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Meeting(Base):
        pass

    class MeetingDecision(Base):
        version = IntegerField(default=1)
        meeting = ForeignKeyField(Meeting, on_delete="RESTRICT")
        item = IntegerField(null=True)
        item_text = TextField(default="")
        reviews = TextField(default="")
        text = TextField()
        person = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
        due_on = DateField(null=True, index=True)
        state = CharField(max_length=10, index=True)
        outcome = TextField(default="")
        ended_on = DateField(null=True)
        ended_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")
        recorded_by = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        recorded_at = DateTimeField()

    class MeetingRecord(Base):
        version = IntegerField(default=1)
        meeting = ForeignKeyField(Meeting, unique=True, on_delete="RESTRICT")
        present = TextField(default="")
        apologies = TextField(default="")
        declarations = TextField(default="")
        corrections = TextField(default="")
        matters_arising = TextField(default="")

    class Review(Base):
        pass

    class Action(Base):
        pass

    class Agency(Base):
        pass

    class MeetingCall(Base):
        meeting = ForeignKeyField(Meeting, on_delete="RESTRICT")
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        lead = ForeignKeyField(Person, on_delete="RESTRICT")
        called_at = DateTimeField()

        class Meta:
            indexes = ((("meeting", "action"), True),)

    db.create_tables([MeetingDecision, MeetingRecord, MeetingCall])
    refuse_changes(db, "meeting_call")


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
