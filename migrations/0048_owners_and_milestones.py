"""Agencies that own an action with the one that leads, what they did, milestones, and plans carried on.

A frozen copy of the tables, on purpose independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Make the tables, refuse to change what was said, and let evidence say whose part it shows."""
    create_tables(db)
    refuse_changes(db, "contribution")
    db.execute_sql(
        'ALTER TABLE "evidence" ADD COLUMN "joint_id" INTEGER REFERENCES "agency" ("id") ON DELETE RESTRICT'
    )
    db.execute_sql('CREATE INDEX "evidence_joint_id" ON "evidence" ("joint_id")')
    for table in ("action", "recommendation"):
        db.execute_sql(
            f'ALTER TABLE "{table}" ADD COLUMN "carried_from_id" INTEGER '
            f'REFERENCES "{table}" ("id") ON DELETE RESTRICT'
        )
        db.execute_sql(f'CREATE INDEX "{table}_carried_from_id" ON "{table}" ("carried_from_id")')


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

    class Agency(Base):
        pass

    class Person(Base):
        pass

    class JointOwner(Base):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT", index=False)
        contact = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        started_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_reason = TextField(default="")
        had_part = BooleanField(default=False)

        class Meta:
            indexes = ((("agency", "ended_at", "action"), False),)

    class Contribution(Base):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        agency = ForeignKeyField(Agency, on_delete="RESTRICT")
        text = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    class Milestone(Base):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        text = TextField()
        due_on = DateField()
        done_on = DateField(null=True)
        withdrawn_at = DateTimeField(null=True)
        withdrawn_reason = TextField(default="")

    db.create_tables([JointOwner, Contribution, Milestone])


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
