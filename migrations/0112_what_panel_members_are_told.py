"""What members of the panel have been told of its meetings, and reminders of what they owe.

Frozen copies of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables, and refuse to change what is written once."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class PanelMeeting(Named):
        pass

    class OutboxMessage(Named):
        pass

    class PanelTold(Named):
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
        user = ForeignKeyField(Person, on_delete="RESTRICT")
        told_on = DateField()
        is_seated = BooleanField()
        held_on = DateField()
        due_on = DateField()
        way = CharField(max_length=10)
        papers_at = DateTimeField(null=True)
        cases = TextField(default="")
        decided = TextField(default="")

    class PanelChase(Named):
        meeting = ForeignKeyField(PanelMeeting, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("meeting", "stage", "due_on", "repeat"), True),)

    db.create_tables([PanelTold, PanelChase])
    for table in ("panel_told", "panel_chase"):
        refuse_changes(db, table)


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
