"""What somebody put right by hand stays so: cells of plans' files, and what happened before.

A frozen copy of the table, on purpose independent of the application's models. A report, an acceptance and a
record of earlier days go where the trail says that they were put right; none is changed, as before.
"""

from peewee import *

PUT_RIGHT = {
    "earlier_record": "earlier-record.put-right",
    "submission": "submission.in-records-put-right",
    "assurance_decision": "submission.accepted-in-records-put-right",
}


def up(migrator, db):
    """Make the table, and let the database refuse all but that."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class ReviewPaper(Named):
        pass

    class PlanCorrection(Named):
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        paper = ForeignKeyField(ReviewPaper, on_delete="RESTRICT")
        place = CharField(max_length=200)
        was = TextField(default="")
        text = TextField(default="")

    db.create_tables([PlanCorrection])
    refuse_changes(db, "plan_correction")
    for table, event in PUT_RIGHT.items():
        let_go(db, table, event)


def said(table, event):
    """Return the condition that this is the last that the trail says of a row: its number may come again."""
    return (
        f"'{event}' = (SELECT audit_event.event FROM audit_event WHERE audit_event.kind = '{table}' "  # noqa: S608
        "AND audit_event.object_id = OLD.id ORDER BY audit_event.id DESC LIMIT 1)"
    )


def let_go(db, table, event):
    """Let the database refuse to remove a row unless the trail says that it was put right."""
    if isinstance(db, SqliteDatabase):
        db.execute_sql(f'DROP TRIGGER "{table}_no_delete"')
        db.execute_sql(
            f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" '
            f"WHEN NOT COALESCE({said(table, event)}, 0) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    db.execute_sql(
        f"CREATE FUNCTION refuse_changes_of_{table}() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND {said(table, event)} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$ LANGUAGE plpgsql"
    )
    db.execute_sql(f'DROP TRIGGER "{table}_no_change" ON "{table}"')
    db.execute_sql(
        f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION refuse_changes_of_{table}()"
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
