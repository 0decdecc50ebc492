"""A recommendation may be withdrawn with a reason: the day and the reason, both empty for those there are.

Plain columns at the end: nothing is rebuilt, so the triggers of the index of words stay.
"""


def up(migrator, db):
    """Add the two columns."""
    db.execute_sql('ALTER TABLE "recommendation" ADD COLUMN "withdrawn_on" DATE')
    db.execute_sql('ALTER TABLE "recommendation" ADD COLUMN "withdrawn_reason" TEXT NOT NULL DEFAULT \'\'')
