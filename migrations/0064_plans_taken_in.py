"""Files that reviews keep, what the rows of a plan's file said, and what its words were taken for.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Recommendation(Named):
        pass

    class Action(Named):
        pass

    class ReviewPaper(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        kind = CharField(max_length=20)
        stored_name = CharField(max_length=80, unique=True)
        shown_name = CharField(max_length=200)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        media_type = CharField(max_length=100)
        kept_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        kept_at = DateTimeField()

    class PlanRow(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        paper = ForeignKeyField(ReviewPaper, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        place = CharField(max_length=200)
        text = TextField(default="")
        owner_text = TextField(default="")
        due_on = DateField(null=True)
        due_text = TextField(default="")
        revised_on = DateField(null=True)
        status_text = TextField(default="")
        done_on = DateField(null=True)
        past = TextField(default="{}")

    class OwnerName(Named):
        version = IntegerField(default=1)
        words = CharField(max_length=200, unique=True)
        agencies = TextField()

    class PlanLayout(Named):
        version = IntegerField(default=1)
        layout = CharField(max_length=64, unique=True)
        headings = TextField()
        meanings = TextField()

    db.create_tables([ReviewPaper, PlanRow, OwnerName, PlanLayout])
