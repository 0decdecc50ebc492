"""A wrong file can be erased by two people: its row keeps hash, size and the length of its name.

The database goes on refusing every change of a file's row but that one. Plain columns at the end: nothing is
rebuilt. A frozen copy of the new table, on purpose independent of the application's models.
"""

from peewee import *

KEPT = ("id", "review_id", "action_id", "evidence_id", "stored_name", "size", "sha256")
ERASING = " AND ".join(
    (
        "OLD.erased_at IS NULL",
        "NEW.erased_at IS NOT NULL",
        "NEW.shown_name = ''",
        "NEW.media_type = ''",
        "NEW.name_length = LENGTH(OLD.shown_name)",
        *(f"NEW.{column} = OLD.{column}" for column in KEPT),
    )
)


def up(migrator, db):
    """Add the columns and the table, and let the database allow the one change."""
    is_sqlite = isinstance(db, SqliteDatabase)
    kind = "DATETIME" if is_sqlite else "TIMESTAMP"
    db.execute_sql('ALTER TABLE "evidence_file" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1')
    db.execute_sql(f'ALTER TABLE "evidence_file" ADD COLUMN "erased_at" {kind}')
    db.execute_sql('ALTER TABLE "evidence_file" ADD COLUMN "name_length" INTEGER')
    allow_on_sqlite(db) if is_sqlite else allow_on_postgres(db)
    create_table(db)


def allow_on_sqlite(db):
    """Refuse every update of a file's row but erasing."""
    db.execute_sql('DROP TRIGGER "evidence_file_no_update"')
    db.execute_sql(
        'CREATE TRIGGER "evidence_file_no_update" BEFORE UPDATE ON "evidence_file" '
        # A comparison with nothing is neither true nor false; it is not erasing.
        f"WHEN NOT COALESCE({ERASING}, 0) BEGIN SELECT RAISE(ABORT, 'evidence_file is append-only'); END"
    )


def allow_on_postgres(db):
    """Refuse every update of a file's row but erasing, and every delete."""
    db.execute_sql(
        "CREATE FUNCTION refuse_all_but_erasing() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {ERASING} THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$ LANGUAGE plpgsql"
    )
    db.execute_sql('DROP TRIGGER "evidence_file_no_change" ON "evidence_file"')
    db.execute_sql(
        'CREATE TRIGGER "evidence_file_no_change" BEFORE UPDATE OR DELETE ON "evidence_file" '
        "FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing()"
    )


def create_table(db):
    """Make the table of what was asked to be erased."""

    class Parent(Model):
        class Meta:
            database = db

    class Review(Parent):
        pass

    class Action(Parent):
        pass

    class EvidenceFile(Parent):
        class Meta:
            table_name = "evidence_file"

    class Person(Parent):
        pass

    class Erasure(Model):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, on_delete="RESTRICT")
        file = ForeignKeyField(EvidenceFile, on_delete="RESTRICT")
        reason = TextField()
        asked_by = ForeignKeyField(Person, on_delete="RESTRICT")
        asked_at = DateTimeField()
        asked_as = CharField(max_length=120)
        outcome = CharField(max_length=10, default="", index=True)
        decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_reason = TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False

    db.create_tables([Erasure])
