"""What difference recommendations made: what agencies say, what is judged, and reminders of it.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables, and refuse to change what is written once."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Base):
        pass

    class Review(Base):
        pass

    class Recommendation(Base):
        pass

    class Agency(Base):
        pass

    class Action(Base):
        pass

    class OutboxMessage(Base):
        pass

    class ImpactJudgement(Base):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        outcome = CharField(max_length=12)
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        at = DateTimeField()
        work = ForeignKeyField(Action, null=True, on_delete="RESTRICT", backref="+")
        taken_back_at = DateTimeField(null=True)
        taken_back_reason = TextField(default="")
        taken_back_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")

    class ImpactAccount(Base):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        text = TextField()
        shown_by = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        at = DateTimeField()
        taken_back_at = DateTimeField(null=True)
        taken_back_reason = TextField(default="")
        taken_back_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT", backref="+")

    class ImpactChase(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        recommendation = ForeignKeyField(Recommendation, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("recommendation", "stage", "due_on", "repeat"), True),)

    db.create_tables([ImpactJudgement, ImpactAccount, ImpactChase])
    refuse_changes(db, "impact_chase")


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
