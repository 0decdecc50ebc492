"""Who took a decision on a review and recorded it. Empty for all that the board manager recorded."""


def up(migrator, db):
    """Add the column."""
    db.execute_sql(
        'ALTER TABLE "stage_reached" ADD COLUMN "decided_by_id" INTEGER '
        'REFERENCES "person" ("id") ON DELETE RESTRICT'
    )
    db.execute_sql('CREATE INDEX "stage_reached_decided_by_id" ON "stage_reached" ("decided_by_id")')
