"""The addresses of people's calendar feeds.

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

    class CalendarFeed(Named):
        user = ForeignKeyField(Person, on_delete="CASCADE", unique=True)
        token_hash = CharField(max_length=64, unique=True)
        made_at = DateTimeField()

    db.create_tables([CalendarFeed])
