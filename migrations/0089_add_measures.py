"""Measures of what is to be different, their readings, and which of these were chased.

Frozen copies of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables, and refuse to change what is written once."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Agency(Named):
        pass

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Recommendation(Named):
        pass

    class OutboxMessage(Named):
        pass

    class Measure(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, null=True, on_delete="RESTRICT")
        priority = CharField(max_length=200, default="")
        name = CharField(max_length=200)
        unit = CharField(max_length=12)
        source = CharField(max_length=200)
        caveat = TextField(default="")
        baseline = CharField(max_length=16, default="")
        baseline_period = CharField(max_length=60, default="")
        target = CharField(max_length=16)
        direction = CharField(max_length=8)
        agency = ForeignKeyField(Agency, null=True, on_delete="RESTRICT")
        owner = ForeignKeyField(Person, on_delete="RESTRICT")
        months = IntegerField()
        first_ends_on = DateField()
        first_due_on = DateField()
        ended_on = DateField(null=True)
        ended_reason = TextField(default="")
        is_void = BooleanField(default=False)
        version = IntegerField(default=1)

    class Reading(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        measure = ForeignKeyField(Measure, on_delete="RESTRICT")
        ends_on = DateField()
        turn = IntegerField(default=0)
        value = CharField(max_length=16, default="")
        note = TextField(default="")
        why = TextField(default="")
        by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        at = DateTimeField()

        class Meta:
            indexes = ((("measure", "ends_on", "turn"), True),)

    class MeasureChase(Named):
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        measure = ForeignKeyField(Measure, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("measure", "stage", "due_on", "repeat"), True),)

    db.create_tables([Measure, Reading, MeasureChase])
    for table in ("reading", "measure_chase"):
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
