"""A review or a recommendation may be marked as recorded by mistake: none is, of those there are.

A message that is about a recommendation says so from now on, so that it goes with it.

Of an action its standing says so, which needs no column. Plain columns at the end: nothing is rebuilt, so the
triggers of the index of words stay.
"""

TABLES = ("review", "recommendation")


def up(migrator, db):
    """Add the columns, with what finds the few that are void."""
    for table in TABLES:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "is_void" BOOLEAN NOT NULL DEFAULT FALSE')
        db.execute_sql(f'CREATE INDEX "{table}_is_void" ON "{table}" ("is_void")')
    db.execute_sql('ALTER TABLE "outbox_item" ADD COLUMN "recommendation_id" INTEGER')
