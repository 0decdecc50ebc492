"""An index of the words in the texts of actions, their recommendations and reviews, on PostgreSQL.

It holds every three letters that follow one another, so that any part of a word is found without reading
every text, as the index of step 2 does on SQLite. The extension pg_trgm makes it. Whoever may create in the
database may add that; where it is not installed, or may not be added, nothing is made and the texts are read
as before. The README says how to make them later.

Letters are compared as in the collation "C", which is how the application searches; an index of another one
would not be used.
"""

from peewee import *

INDEXED = {
    "action": ("text", "success_measure"),
    "recommendation": ("text",),
    "review": ("reference", "title"),
}
AVAILABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
# The extension may have been added before, to another schema than that of the tables.
WHERE_IT_IS = (
    "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
    "WHERE extname = 'pg_trgm'"
)


def up(migrator, db):
    """Add the extension and make the indexes, or go on without."""
    if isinstance(db, SqliteDatabase) or not db.execute_sql(AVAILABLE).fetchone():
        return
    try:
        # A savepoint: what is refused must not take the whole step with it.
        with db.atomic():
            db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            make_indexes(db)
    except ProgrammingError:
        return


def make_indexes(db):
    """Make one index for each table.

    `fastupdate` is off: writes are few, and every search would read the list of pending entries.
    """
    schema = db.execute_sql(WHERE_IT_IS).fetchone()[0]
    for table, columns in INDEXED.items():
        indexed = ", ".join(f'"{column}" COLLATE "C" {schema}.gin_trgm_ops' for column in columns)
        db.execute_sql(
            f'CREATE INDEX "{table}_words" ON "{table}" USING gin ({indexed}) WITH (fastupdate = off)'
        )
