"""A review keeps papers of its own, each with its readers; and it says who decided on it and who wrote it.

A frozen copy of the new table, on purpose independent of the application's models. Plain columns at the end,
empty for every row there is: what reviews keep so far are plans, and no paper of their own.
"""

from peewee import *

COLUMNS = {
    "review_paper": (
        '"dated_on" DATE',
        "\"description\" VARCHAR(300) NOT NULL DEFAULT ''",
        '"withdrawn_at" {instant}',
        "\"withdrawn_reason\" TEXT NOT NULL DEFAULT ''",
    ),
    "review": (
        "\"author\" VARCHAR(120) NOT NULL DEFAULT ''",
        "\"panel_chair\" VARCHAR(120) NOT NULL DEFAULT ''",
    ),
    "stage_reached": ("\"decision_maker\" VARCHAR(120) NOT NULL DEFAULT ''",),
}


def up(migrator, db):
    """Add the columns and the table of readers."""
    instant = "DATETIME" if isinstance(db, SqliteDatabase) else "TIMESTAMP"
    for table, columns in COLUMNS.items():
        for column in columns:
            db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {column.format(instant=instant)}')

    class Named(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Review(Named):
        pass

    class Person(Named):
        pass

    class ReviewPaper(Named):
        pass

    class PaperReader(Named):
        version = IntegerField(default=1)
        review = ForeignKeyField(Review, on_delete="RESTRICT")
        paper = ForeignKeyField(ReviewPaper, on_delete="RESTRICT")
        user = ForeignKeyField(Person, on_delete="RESTRICT")
        named_at = DateTimeField()
        ended_at = DateTimeField(null=True)

    db.create_tables([PaperReader])
