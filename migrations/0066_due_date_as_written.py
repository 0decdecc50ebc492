"""An action keeps how its first due date was written, where that names no single day.

A plain column at the end, empty for every action there is: nothing is rebuilt, and what older events tell of
a row holds as it is.
"""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "action" ADD COLUMN "due_written" TEXT')
