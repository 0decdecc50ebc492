"""Which kept papers were made for the public.

The column is empty for every row there is: nothing is rebuilt.
"""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "kept_paper" ADD COLUMN "is_public" BOOLEAN')
