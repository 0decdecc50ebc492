"""A file that a review keeps can be erased by two people, as evidence can.

What was asked to be erased names a file of the evidence or a paper of a review, so neither is always there. A
frozen copy of the table, on purpose independent of the application's models.
"""

from peewee import *

COLUMNS = (
    *("id", "version", "review_id", "action_id", "file_id", "reason", "asked_by_id", "asked_at", "asked_as"),
    *("outcome", "decided_by_id", "decided_at", "decision_reason"),
)


def up(migrator, db):
    """Add the columns; SQLite makes a column that may be empty only by making the table anew."""
    is_sqlite = isinstance(db, SqliteDatabase)
    kind = "DATETIME" if is_sqlite else "TIMESTAMP"
    db.execute_sql(f'ALTER TABLE "review_paper" ADD COLUMN "erased_at" {kind}')
    db.execute_sql('ALTER TABLE "review_paper" ADD COLUMN "name_length" INTEGER')
    make_anew(db) if is_sqlite else change_columns(db)


def change_columns(db):
    """Let the columns be empty, and add the paper's."""
    for column in ("action_id", "file_id"):
        db.execute_sql(f'ALTER TABLE "erasure" ALTER COLUMN "{column}" DROP NOT NULL')
    db.execute_sql(
        'ALTER TABLE "erasure" ADD COLUMN "paper_id" INTEGER '
        'CONSTRAINT "erasure_paper_id_fkey" REFERENCES "review_paper" ("id") ON DELETE RESTRICT'
    )
    db.execute_sql('CREATE INDEX "erasure_paper_id" ON "erasure" ("paper_id")')


def make_anew(db):
    """Make the table with the columns as they are now, and put its rows back."""
    db.execute_sql('CREATE TEMPORARY TABLE "erasure_before" AS SELECT * FROM "erasure"')
    db.execute_sql('DROP TABLE "erasure"')
    create_table(db)
    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    # Names of columns alone.
    copying = f'INSERT INTO "erasure" ({listed}) SELECT {listed} FROM "erasure_before"'  # noqa: S608 # nosec B608
    db.execute_sql(copying)
    db.execute_sql('DROP TABLE "erasure_before"')


def create_table(db):
    """Make the table of what was asked to be erased."""

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Action(Named):
        pass

    class EvidenceFile(Named):
        pass

    class ReviewPaper(Named):
        pass

    class Person(Named):
        pass

    class Erasure(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        action = ForeignKeyField(Action, null=True, on_delete="RESTRICT")
        file = ForeignKeyField(EvidenceFile, null=True, on_delete="RESTRICT")
        paper = ForeignKeyField(ReviewPaper, null=True, on_delete="RESTRICT")
        reason = TextField()
        asked_by = ForeignKeyField(Person, on_delete="RESTRICT")
        asked_at = DateTimeField()
        asked_as = CharField(max_length=120)
        outcome = CharField(max_length=10, default="", index=True)
        decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        decision_reason = TextField(default="")

    db.create_tables([Erasure])
