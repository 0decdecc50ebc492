"""The way in which a meeting of the panel prepares its decisions, drafts of them, and members' comments.

Frozen copies of the tables, on purpose independent of the application's models. Meetings that were planned
before go on as they began: each member proposes alone.
"""

from peewee import *


def up(migrator, db):
    """Make the tables, refuse to change what is written once, and add what meetings and factors need."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Named):
        pass

    class PanelCase(Named):
        pass

    class Draft(Named):
        version = IntegerField(default=1)
        panel_case = ForeignKeyField(PanelCase, on_delete="RESTRICT", unique=True)
        drafted_by = ForeignKeyField(Person, on_delete="RESTRICT")
        categories = CharField(max_length=30)
        status = CharField(max_length=30)
        status_reason = TextField(default="")
        reasons = TextField(default="")
        learning = TextField(default="")
        drafted_at = DateTimeField()

    class DraftComment(Named):
        panel_case = ForeignKeyField(PanelCase, on_delete="RESTRICT")
        member = ForeignKeyField(Person, on_delete="RESTRICT")
        recorded_by = ForeignKeyField(Person, on_delete="RESTRICT")
        text = TextField(default="")
        draft_version = IntegerField()
        said_at = DateTimeField()
        replaces = ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT")

    db.create_tables([Draft, DraftComment])
    refuse_changes(db, "draft_comment")
    migrator.migrate(
        migrator.add_column("panel_meeting", "way", CharField(max_length=10, default="blind")),
        migrator.add_column("panel_meeting", "papers_ready_at", DateTimeField(null=True)),
        migrator.add_column(
            "panel_case",
            "drafter_id",
            ForeignKeyField(Person, field=Person.id, null=True, on_delete="RESTRICT"),
        ),
        migrator.add_column(
            "factor", "draft_id", ForeignKeyField(Draft, field=Draft.id, null=True, on_delete="RESTRICT")
        ),
    )


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
