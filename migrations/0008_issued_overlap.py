"""An issued report keeps whether its tables by death and by review were protected against each other.

Null for those issued before it was kept: nobody wrote it down. A plain column at the end: nothing is rebuilt.
"""


def up(migrator, db):
    """Add the column."""
    db.execute_sql('ALTER TABLE "issued_report" ADD COLUMN "is_overlap_protected" BOOLEAN')
