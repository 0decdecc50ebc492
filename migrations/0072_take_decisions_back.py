"""What the Board decided by mistake and took back.

A decision was the only one of its kind on its submission. Taken back, it stays, and the submission may be
decided on again. A frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the table, refuse to change what is written once, and let a submission be decided on again."""
    db.execute_sql('DROP INDEX "assurance_decision_submission_id_decision"')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class Review(Named):
        pass

    class Action(Named):
        pass

    class AssuranceDecision(Named):
        pass

    class CheckQuestion(Named):
        pass

    class DecisionTakenBack(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        decision = ForeignKeyField(AssuranceDecision, null=True, on_delete="RESTRICT", unique=True)
        question = ForeignKeyField(CheckQuestion, null=True, on_delete="RESTRICT", unique=True)
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    db.create_tables([DecisionTakenBack])
    refuse_changes(db, "decision_taken_back")


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
