"""An agency may close on a day and have a successor; an action keeps which agencies had it, and until when.

Plain columns at the end: nothing is rebuilt, so the triggers of the index of words stay.
"""


def up(migrator, db):
    """Add the columns."""
    db.execute_sql(
        'ALTER TABLE "agency" ADD COLUMN "successor_id" INTEGER REFERENCES "agency" ("id") ON DELETE RESTRICT'
    )
    db.execute_sql('CREATE INDEX "agency_successor_id" ON "agency" ("successor_id")')
    db.execute_sql('ALTER TABLE "agency" ADD COLUMN "closed_on" DATE')
    db.execute_sql('ALTER TABLE "action" ADD COLUMN "earlier_agencies" TEXT NOT NULL DEFAULT \'\'')
