"""A review has the guidance that it goes by.

Those there are were recorded by that for serious case reviews, and stay what they were.
"""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "review" ADD COLUMN "guidance" VARCHAR(20) NOT NULL DEFAULT \'serious_case\'')
