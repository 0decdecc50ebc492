"""Each event says with which others it was saved: by the hash before the first of them, which no other has.

A plain column at the end, empty for every event there is: those stand alone. It is no part of an event's own
hash, for what was hashed before holds as it is.
"""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "audit_event" ADD COLUMN "save" VARCHAR(64)')
