"""A challenge may be marked as recorded by mistake: none is, of those there are.

A message that is about a challenge says so from now on, so that it goes with it. Plain columns at the end:
nothing is rebuilt.
"""


def up(migrator, db):
    """Add the columns, with what finds the few that are void."""
    db.execute_sql('ALTER TABLE "challenge" ADD COLUMN "is_void" BOOLEAN NOT NULL DEFAULT FALSE')
    db.execute_sql('CREATE INDEX "challenge_is_void" ON "challenge" ("is_void")')
    db.execute_sql('ALTER TABLE "outbox_item" ADD COLUMN "challenge_id" INTEGER')
    db.execute_sql('CREATE INDEX "outboxitem_challenge_id" ON "outbox_item" ("challenge_id")')
