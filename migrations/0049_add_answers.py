"""When agencies are to answer recommendations, each answer as it was given, the Board's views, and reminders.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *

APPEND_ONLY = ("given_answer", "answer_view", "answer_chase")
DATES = ("asked_on", "first_due_on", "due_on", "first_answered_on", "viewed_on")


def up(migrator, db):
    """Make the tables, and refuse to change what was said."""
    for column in DATES:
        db.execute_sql(f'ALTER TABLE "agency_response" ADD COLUMN "{column}" DATE')
    db.execute_sql('ALTER TABLE "agency_response" ADD COLUMN "will_do" TEXT NOT NULL DEFAULT \'\'')
    create_tables(db)
    for table in APPEND_ONLY:
        refuse_changes(db, table)


def create_tables(db):
    """Make the tables."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Base):
        pass

    class AgencyResponse(Base):
        pass

    class OutboxMessage(Base):
        pass

    class Person(Base):
        pass

    class GivenAnswer(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        response = ForeignKeyField(AgencyResponse, on_delete="RESTRICT")
        answer = CharField(max_length=20)
        reason = TextField(default="")
        will_do = TextField(default="")
        why_changed = TextField(default="")
        given_on = DateField()
        is_recorded = BooleanField(default=False)
        by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        at = DateTimeField()

    class AnswerView(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        response = ForeignKeyField(AgencyResponse, on_delete="RESTRICT")
        answer = CharField(max_length=20)
        text = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    class AnswerChase(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        response = ForeignKeyField(AgencyResponse, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("response", "stage", "due_on", "repeat"), True),)

    db.create_tables([GivenAnswer, AnswerView, AnswerChase])


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
