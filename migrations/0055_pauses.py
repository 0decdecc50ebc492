"""Times in which nobody is reminded of a review, or of what an agency owes.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Agency(Named):
        pass

    class ReminderPause(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
        reason = TextField()
        since_on = DateField()
        until_on = DateField(index=True)
        paused_by = ForeignKeyField(Person, on_delete="RESTRICT")

    db.create_tables([ReminderPause])
