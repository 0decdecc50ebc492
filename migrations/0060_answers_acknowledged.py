"""By when an agency has said that it answers a challenge or a recommendation.

A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, and refuse to change what is written once."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Challenge(Named):
        pass

    class AgencyResponse(Named):
        pass

    class AnswerAcknowledgement(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        challenge = ForeignKeyField(Challenge, null=True, on_delete="RESTRICT")
        response = ForeignKeyField(AgencyResponse, null=True, on_delete="RESTRICT")
        due_on = DateField()
        until_on = DateField()
        said_by = ForeignKeyField(Person, on_delete="RESTRICT")
        said_at = DateTimeField()
        is_taken_back = BooleanField(default=False)

    db.create_tables([AnswerAcknowledgement])
    refuse_changes(db, "answer_acknowledgement")


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
