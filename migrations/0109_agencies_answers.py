"""What agencies answer to requests about deaths: sections, files, answers sent, and what was said of them.

Frozen copies of the tables, on purpose independent of the application's models. The new columns are plain, at
the end and empty for every row there is: nothing waits for anybody to look at it.
"""

from peewee import *

COLUMNS = (
    "\"step\" VARCHAR(20) NOT NULL DEFAULT ''",
    '"judge_by" DATE',
)


def up(migrator, db):
    """Add the columns, make the tables, and refuse to change what is written once."""
    for column in COLUMNS:
        db.execute_sql(f'ALTER TABLE "agency_return" ADD COLUMN {column}')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class AgencyReturn(Named):
        pass

    class ReturnPart(Named):
        version = IntegerField(default=1)
        agency_return = ForeignKeyField(AgencyReturn, on_delete="RESTRICT")
        section = CharField(max_length=20)
        choice = CharField(max_length=20, default="")
        text = TextField(default="")

        class Meta:
            indexes = ((("agency_return", "section"), True),)

    class ReturnFile(Named):
        version = IntegerField(default=1)
        agency_return = ForeignKeyField(AgencyReturn, on_delete="RESTRICT")
        stored_name = CharField(max_length=80, unique=True)
        shown_name = CharField(max_length=200)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        media_type = CharField(max_length=100)
        kept_by = ForeignKeyField(Person, on_delete="RESTRICT")
        kept_at = DateTimeField()
        left_out_at = DateTimeField(null=True)

    class SentReturn(Named):
        agency_return = ForeignKeyField(AgencyReturn, on_delete="RESTRICT")
        number = IntegerField()
        answers = TextField()
        sent_by = ForeignKeyField(Person, on_delete="RESTRICT")
        sent_at = DateTimeField()

        class Meta:
            indexes = ((("agency_return", "number"), True),)

    class ReturnVerdict(Named):
        sending = ForeignKeyField(SentReturn, on_delete="RESTRICT")
        number = IntegerField()
        outcome = CharField(max_length=20)
        reason = TextField(default="")
        decided_by = ForeignKeyField(Person, on_delete="RESTRICT")
        decided_at = DateTimeField()

        class Meta:
            indexes = ((("sending", "number"), True),)

    db.create_tables([ReturnPart, ReturnFile, SentReturn, ReturnVerdict])
    for table in ("sent_return", "return_verdict"):
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
