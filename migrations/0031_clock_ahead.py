"""What a clock that was ahead has set can be told from what a right one set.

A password link keeps when it was issued. A reminder that went out too early goes out again when its stage has
begun, so the key that makes doubling impossible counts those repeats. Plain columns at the end: nothing is
rebuilt.
"""

from peewee import SqliteDatabase

KEYS = (("chase", "action_id"), ("return_chase", "agency_return_id"))


def up(migrator, db):
    """Add the columns and exchange the keys."""
    kind = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    db.execute_sql(f'ALTER TABLE "password_link" ADD COLUMN "issued_at" {kind}')
    for table, column in KEYS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "repeat" INTEGER NOT NULL DEFAULT 0')
        db.execute_sql(f'DROP INDEX "{table}_{column}_stage_due_on"')
        db.execute_sql(
            f'CREATE UNIQUE INDEX "{table}_{column}_stage_due_on_repeat" '
            f'ON "{table}" ("{column}", "stage", "due_on", "repeat")'
        )
