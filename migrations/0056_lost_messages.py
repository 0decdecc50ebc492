"""Of a message: the day whose reminders it holds, what it holds beside them, and when it was made good.

And the reminders that were taken out of a message before it went. All empty for the messages there are.
"""

from peewee import *


def up(migrator, db):
    """Add the columns and the table, and refuse to change what is written once."""
    instant = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    db.execute_sql('ALTER TABLE "outbox_message" ADD COLUMN "digest_on" DATE')
    db.execute_sql('ALTER TABLE "outbox_message" ADD COLUMN "enclosed" TEXT NOT NULL DEFAULT \'\'')
    db.execute_sql(f'ALTER TABLE "outbox_message" ADD COLUMN "made_good_at" {instant}')
    create_table(db)
    refuse_changes(db, "taken_out")


def create_table(db):
    """Make the table."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class OutboxMessage(Base):
        pass

    class TakenOut(Base):
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")
        kind = CharField(max_length=40)
        chase_id = IntegerField()

        class Meta:
            indexes = ((("kind", "chase_id"), True),)

    db.create_tables([TakenOut])


def refuse_changes(db, table):
    """Refuse updates and deletes, on PostgreSQL by the function that the first schema made."""
    if not isinstance(db, SqliteDatabase):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for operation in ("UPDATE", "DELETE"):
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_{operation.lower()}" BEFORE {operation} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
