"""The ladders of reminders as the board keeps them, and which ladder a reminder of an action belongs to.

The days that a board had set for all its reminders stay where they are: its ladders begin with them, and with
a last rung that repeats, until it keeps others. A frozen copy of the table, on purpose independent of the
application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, refuse to change what was kept, and tell an action's ladders apart."""

    class Person(Model):
        class Meta:
            database = db

    class LadderVersion(Model):
        subject = CharField(max_length=30)
        number = IntegerField()
        rungs = TextField()
        kept_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        kept_at = DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            indexes = ((("subject", "number"), True),)

    db.create_tables([LadderVersion])
    refuse_changes(db, "ladder_version")
    db.execute_sql('ALTER TABLE "chase" ADD COLUMN "subject" VARCHAR(30) NOT NULL DEFAULT \'actions\'')
    db.execute_sql('DROP INDEX "chase_action_id_stage_due_on_repeat"')
    db.execute_sql(
        'CREATE UNIQUE INDEX "chase_action_id_subject_stage_due_on_repeat" '
        'ON "chase" ("action_id", "subject", "stage", "due_on", "repeat")'
    )


def refuse_changes(db, table):
    """Let the database itself refuse to change or remove rows."""
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
