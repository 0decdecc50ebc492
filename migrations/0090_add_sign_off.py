"""By whom, and in which meeting, a review's plan was signed off. Unknown of what was recorded before."""


def up(migrator, db):
    """Add the columns."""
    for column in ("signed_by", "meeting"):
        db.execute_sql(f'ALTER TABLE "stage_reached" ADD COLUMN "{column}" VARCHAR(200)')
