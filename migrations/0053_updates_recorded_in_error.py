"""A progress update goes where the trail says that it was recorded in error; none is changed, as before."""

from peewee import SqliteDatabase

SAID = (
    "EXISTS (SELECT 1 FROM audit_event WHERE audit_event.kind = 'progress_update' "
    "AND audit_event.object_id = OLD.id AND audit_event.event = 'progress.voided')"
)


def up(migrator, db):
    """Let the database refuse all but that."""
    if isinstance(db, SqliteDatabase):
        db.execute_sql('DROP TRIGGER "progress_update_no_delete"')
        db.execute_sql(
            'CREATE TRIGGER "progress_update_no_delete" BEFORE DELETE ON "progress_update" '
            f"WHEN NOT {SAID} BEGIN SELECT RAISE(ABORT, 'progress_update is append-only'); END"
        )
        return
    db.execute_sql(
        "CREATE FUNCTION refuse_all_but_voiding() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND {SAID} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$ LANGUAGE plpgsql"
    )
    db.execute_sql('DROP TRIGGER "progress_update_no_change" ON "progress_update"')
    db.execute_sql(
        'CREATE TRIGGER "progress_update_no_change" BEFORE UPDATE OR DELETE ON "progress_update" '
        "FOR EACH ROW EXECUTE FUNCTION refuse_all_but_voiding()"
    )
