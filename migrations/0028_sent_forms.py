"""Forms that were sent, for a day: a second post of the same one leads to what the first made.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class Person(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class SentForm(Model):
        token = CharField(max_length=64)
        user = ForeignKeyField(Person, on_delete="CASCADE")
        sent_by = CharField(max_length=64)
        at = DateTimeField(index=True)
        leads_to = TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False
            indexes = ((("user", "token"), True),)

    db.create_tables([SentForm])
