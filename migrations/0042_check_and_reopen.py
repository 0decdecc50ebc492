"""Submissions taken back, questions of the Board, and acceptances that are reopened.

A decision was the only one on its submission. Now an acceptance may be followed by its reopening: one of each
kind. A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the two tables, refuse to change what is written once, and let a submission have two decisions."""
    create_tables(db)
    refuse_changes(db, "taken_back")
    db.execute_sql('DROP INDEX "assurancedecision_submission_id"')
    db.execute_sql(
        'CREATE INDEX "assurance_decision_submission_id" ON "assurance_decision" ("submission_id")'
    )
    db.execute_sql(
        'CREATE UNIQUE INDEX "assurance_decision_submission_id_decision" '
        'ON "assurance_decision" ("submission_id", "decision")'
    )


def create_tables(db):
    """Make the tables."""

    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Base):
        pass

    class Action(Base):
        pass

    class Submission(Base):
        pass

    class Person(Base):
        pass

    class TakenBack(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        submission = ForeignKeyField(Submission, on_delete="RESTRICT", unique=True)
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    class CheckQuestion(Base):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        submission = ForeignKeyField(Submission, on_delete="RESTRICT")
        text = TextField()
        to = ForeignKeyField(Person, on_delete="RESTRICT")
        asked_by = ForeignKeyField(Person, on_delete="RESTRICT")
        asked_at = DateTimeField()
        answer = TextField(default="")
        answered_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        answered_at = DateTimeField(null=True)

    db.create_tables([TakenBack, CheckQuestion])


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
