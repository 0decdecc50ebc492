"""Bodies that meet, their seats and the reviews they cover, and their meetings.

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

    class Review(Base):
        pass

    class MeetingBody(Base):
        version = IntegerField(default=1)
        name = CharField(max_length=120, unique=True)
        kind = CharField(max_length=20)
        covers_all = BooleanField(default=True)
        is_active = BooleanField(default=True)

    class BodyReview(Base):
        body = ForeignKeyField(MeetingBody, on_delete="RESTRICT")
        review = ForeignKeyField(Review, on_delete="RESTRICT")

        class Meta:
            indexes = ((("body", "review"), True),)

    class BodySeat(Base):
        version = IntegerField(default=1)
        body = ForeignKeyField(MeetingBody, on_delete="RESTRICT")
        post = CharField(max_length=120)
        duty = CharField(max_length=10)
        user = ForeignKeyField(Person, null=True, on_delete="RESTRICT")

    class Meeting(Base):
        version = IntegerField(default=1)
        body = ForeignKeyField(MeetingBody, on_delete="RESTRICT")
        call_on = DateField()
        closes_on = DateField(index=True)
        papers_on = DateField()
        held_on = DateField(index=True)
        cancelled_at = DateTimeField(null=True)
        cancelled_reason = TextField(default="")

        class Meta:
            indexes = ((("body", "held_on"), False),)

    db.create_tables([MeetingBody, BodyReview, BodySeat, Meeting])
