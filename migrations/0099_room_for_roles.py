"""A person may hold every role there is: their names together need more room than the first schema had.

SQLite keeps texts of any length, so there nothing changes.
"""

from peewee import *


def up(migrator, db):
    """Widen the column."""
    if not isinstance(db, SqliteDatabase):
        db.execute_sql('ALTER TABLE "person" ALTER COLUMN "roles" TYPE VARCHAR(300)')
