"""Dated questions from the Board to an agency, what was said in each, and the reminders of them.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *

APPEND_ONLY = ("challenge_step", "challenge_chase")


def up(migrator, db):
    """Make the tables, and refuse to change what was said."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Recommendation(Named):
        pass

    class Action(Named):
        pass

    class Agency(Named):
        pass

    class OutboxMessage(Named):
        pass

    class Person(Named):
        pass

    class Challenge(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT")
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        paper_as_at = DateField(null=True)
        question = TextField()
        level = CharField(max_length=20)
        state = CharField(max_length=10, default="open", index=True)
        raised_by = ForeignKeyField(Person, on_delete="RESTRICT")
        raised_on = DateField(index=True)
        first_due_on = DateField()
        first_answered_on = DateField(null=True)
        due_on = DateField()
        answered_on = DateField(null=True)
        answered_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        closed_on = DateField(null=True)
        outcome = CharField(max_length=12, default="")

    class ChallengeStep(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        challenge = ForeignKeyField(Challenge, on_delete="RESTRICT")
        kind = CharField(max_length=10)
        level = CharField(max_length=20)
        text = TextField()
        due_on = DateField(null=True)
        outcome = CharField(max_length=12, default="")
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    class ChallengeChase(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        challenge = ForeignKeyField(Challenge, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("challenge", "stage", "due_on", "repeat"), True),)

    db.create_tables([Challenge, ChallengeStep, ChallengeChase])
    for table in APPEND_ONLY:
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
