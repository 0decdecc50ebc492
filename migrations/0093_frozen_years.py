"""Years frozen at a cut-off date, issued with a second person's agreement, withdrawn with a reason.

What was issued before has no cut-off date and no second person. A frozen copy of the tables, on purpose
independent of the application's models.
"""

from peewee import *


def up(migrator, db):
    """Add the columns, make the tables, and refuse to change what is written once."""
    for column in ('"cut_off" DATE', "\"agreed_by\" VARCHAR(120) NOT NULL DEFAULT ''",
                   "\"cases_json\" TEXT NOT NULL DEFAULT ''"):  # fmt: skip
        db.execute_sql(f'ALTER TABLE "issued_report" ADD COLUMN {column}')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class IssuedReport(Named):
        pass

    class WithdrawnReport(Named):
        report = ForeignKeyField(IssuedReport, unique=True, on_delete="RESTRICT")
        reason = TextField()
        withdrawn_by = CharField(max_length=120)
        withdrawn_at = DateTimeField()

    class FrozenYear(Named):
        version = IntegerField(default=1)
        year = CharField(max_length=7, unique=True)
        cut_off = DateField()
        frozen_by = CharField(max_length=120)
        frozen_at = DateTimeField()
        tables_json = TextField()
        cases_json = TextField()
        left_out = TextField(default="")
        proposed_by = CharField(max_length=120, default="")
        proposed_id = IntegerField(null=True)
        proposed_at = DateTimeField(null=True)
        texts_version = IntegerField(default=0)

    class EarlierTotal(Named):
        version = IntegerField(default=1)
        year = CharField(max_length=7, unique=True)
        deaths = IntegerField()
        reviews = IntegerField()
        source = CharField(max_length=200)

    db.create_tables([WithdrawnReport, FrozenYear, EarlierTotal])
    refuse_changes(db, "withdrawn_report")


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
