"""A recommendation has the number its report gives it, a heading above it, a key mark, and how it ended.

What was withdrawn before ended in no other way, so an empty `ending` beside a day means that. Plain columns
at the end: nothing is rebuilt, so the triggers of the index of words stay.
"""

COLUMNS = (
    "\"published_number\" VARCHAR(20) NOT NULL DEFAULT ''",
    "\"heading\" VARCHAR(200) NOT NULL DEFAULT ''",
    '"is_key" BOOLEAN NOT NULL DEFAULT FALSE',
    "\"ending\" VARCHAR(12) NOT NULL DEFAULT ''",
)


def up(migrator, db):
    """Add the four columns."""
    for column in COLUMNS:
        db.execute_sql(f'ALTER TABLE "recommendation" ADD COLUMN {column}')
