"""In which meeting a review's plan was signed off. Unknown of what was recorded before."""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "stage_reached" ADD COLUMN "meeting" VARCHAR(200)')
