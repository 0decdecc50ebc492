"""Of what each person was reminded, and by when the lead of an action has said that it is done.

Reminders from before this have no rows here: who else beside the first had them is not known. A frozen copy
of the tables, on purpose independent of the application's models.
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

    class Review(Named):
        pass

    class Agency(Named):
        pass

    class Action(Named):
        pass

    class OutboxMessage(Named):
        pass

    class Reminder(Named):
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT", index=False)
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, null=True, on_delete="RESTRICT", index=False)
        subject = CharField(max_length=30)
        label = CharField(max_length=120)
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        told = CharField(max_length=10)

    class Acknowledgement(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        due_on = DateField()
        until_on = DateField()
        said_by = ForeignKeyField(Person, on_delete="RESTRICT")
        said_at = DateTimeField()
        is_taken_back = BooleanField(default=False)

    db.create_tables([Reminder, Acknowledgement])
    refuse_changes(db, "reminder")
    refuse_changes(db, "acknowledgement")


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
