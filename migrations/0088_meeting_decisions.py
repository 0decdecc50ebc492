"""What meetings decide, and what is minuted beside it.

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

    db.create_tables([MeetingDecision, MeetingRecord])
