"""Cases of living children that agencies refer to the SCR subgroup, its answers, and reminders of them.

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

    class OutboxMessage(Named):
        pass

    class CaseReferral(Named):
        version = IntegerField(default=1)
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        happened_on = DateField(null=True)
        summary = TextField()
        reason = TextField()
        referred_by = ForeignKeyField(Person, on_delete="RESTRICT")
        referred_at = DateTimeField()
        due_on = DateField(index=True)
        withdrawn_at = DateTimeField(null=True)
        withdrawn_reason = TextField(default="")

    class CaseReferralAnswer(Named):
        referral = ForeignKeyField(CaseReferral, on_delete="RESTRICT")
        outcome = CharField(max_length=20)
        reason = TextField()
        answered_on = DateField()
        review = ForeignKeyField(Review, null=True, on_delete="RESTRICT")
        answered_by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    class CaseReferralChase(Named):
        referral = ForeignKeyField(CaseReferral, on_delete="RESTRICT")
        stage = IntegerField()
        due_on = DateField()
        chased_on = DateField()
        repeat = IntegerField(default=0)
        message = ForeignKeyField(OutboxMessage, on_delete="RESTRICT")

        class Meta:
            indexes = ((("referral", "stage", "due_on", "repeat"), True),)

    db.create_tables([CaseReferral, CaseReferralAnswer, CaseReferralChase])
    for table in ("case_referral_answer", "case_referral_chase"):
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
