"""What happened to actions before the board used this product, and what is examined again of it.

Frozen copies of the tables, on purpose independent of the application's models. The columns that existing
tables gain are empty for every row there is: nothing is rebuilt.
"""

from peewee import *


def up(migrator, db):
    """Make the tables and columns, and refuse to change what is written once."""

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

    class ReviewPaper(Named):
        pass

    class EarlierRecord(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT", unique=True)
        paper = ForeignKeyField(ReviewPaper, null=True, on_delete="RESTRICT")
        source = CharField(max_length=200, default="")
        as_of = DateField()
        status_text = TextField(default="")
        read_as = CharField(max_length=16)
        done_on = DateField(null=True)
        told = TextField(default="")
        moved_to = TextField(default="")
        accepted_on = DateField(null=True)
        accepted_by = CharField(max_length=200, default="")
        entered_by = ForeignKeyField(Person, on_delete="RESTRICT")
        entered_at = DateTimeField()

    class Reexamination(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        outcome = CharField(max_length=10)
        reason = TextField()
        by = ForeignKeyField(Person, on_delete="RESTRICT")
        at = DateTimeField()

    db.create_tables([EarlierRecord, Reexamination])
    for table in ("earlier_record", "reexamination"):
        refuse_changes(db, table)
    refers = 'REFERENCES "earlier_record" ("id") ON DELETE RESTRICT'
    for table in ("submission", "assurance_decision"):
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "record_id" INTEGER {refers}')
    db.execute_sql('ALTER TABLE "plan_layout" ADD COLUMN "readings" TEXT')


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
