"""What people are told of: a row for each event and person, and how often each wants to hear.

What happened before is nobody's news. A frozen copy of the tables, on purpose independent of the
application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the two tables."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Review(Base):
        pass

    class Action(Base):
        pass

    class Challenge(Base):
        pass

    class News(Base):
        person = ForeignKeyField(Person, on_delete="RESTRICT", index=False)
        event_id = IntegerField()
        kind = CharField(max_length=20)
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT", index=False)
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        challenge = ForeignKeyField(Challenge, null=True, on_delete="RESTRICT")
        at = DateTimeField()
        told_at = DateTimeField(null=True)
        seen_at = DateTimeField(null=True)

        class Meta:
            indexes = (
                (("person", "event_id"), True),
                (("person", "seen_at"), False),
                (("told_at", "seen_at", "person"), False),
            )

    class NewsPace(Base):
        version = IntegerField(default=1)
        person = ForeignKeyField(Person, on_delete="RESTRICT", unique=True)
        pace = CharField(max_length=10)

    db.create_tables([News, NewsPace])
