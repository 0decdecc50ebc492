"""Of a message: the later digest that it was taken into, and whether a server may have it already.

Empty and no for the messages there are: each of them goes by itself, as it would have gone.
"""

from peewee import *


def up(migrator, db):
    """Add the two columns, and an index to find what was taken into a message."""
    db.execute_sql(
        'ALTER TABLE "outbox_message" ADD COLUMN "taken_into_id" INTEGER '
        'REFERENCES "outbox_message" ("id") ON DELETE RESTRICT'
    )
    db.execute_sql('ALTER TABLE "outbox_message" ADD COLUMN "may_have_gone" BOOLEAN NOT NULL DEFAULT FALSE')
    migrator.migrate(migrator.add_index("outbox_message", ("taken_into_id",)))
