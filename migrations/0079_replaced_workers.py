"""When a process that serves pages ended unexpectedly, and another took its place.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table."""

    class ReplacedWorker(Model):
        at = DateTimeField(index=True)

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([ReplacedWorker])
