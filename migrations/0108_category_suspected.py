"""Which category of death is suspected before the panel has decided."""

from peewee import *


def up(migrator, db):
    """Add what the co-ordinator suspects; "" leaves it to what happened."""
    db.execute_sql(
        'ALTER TABLE "child_death" ADD COLUMN "suspected_category" VARCHAR(2) NOT NULL DEFAULT \'\''
    )
