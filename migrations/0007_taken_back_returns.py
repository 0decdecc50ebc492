"""That an agency was asked may be taken back, with day and reason: both empty for the returns there are.

Plain columns at the end: nothing is rebuilt.
"""


def up(migrator, db):
    """Add the two columns."""
    db.execute_sql('ALTER TABLE "agency_return" ADD COLUMN "taken_back_on" DATE')
    db.execute_sql('ALTER TABLE "agency_return" ADD COLUMN "taken_back_reason" TEXT NOT NULL DEFAULT \'\'')
