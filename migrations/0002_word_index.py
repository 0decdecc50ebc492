"""An index of the words in the texts of actions, their recommendations and reviews, on SQLite.

Every three characters that follow one another are indexed, so that any part of a word is found, as before.
Triggers keep it: whatever writes a text, the index knows. PostgreSQL has no such index without an extension
and reads the texts, so nothing is made there.

A later step that rebuilds one of the three tables loses its triggers and has to make them again.
"""

from peewee import *

INDEXED = {
    "action": ("text", "success_measure"),
    "recommendation": ("text",),
    "review": ("reference", "title"),
}


def up(migrator, db):
    """Make the indexes with their triggers, and index the rows there are."""
    if not isinstance(db, SqliteDatabase):
        return
    if db.server_version < (3, 34, 0):
        raise RuntimeError("SQLite 3.34 or newer is needed for searching.")
    for table, columns in INDEXED.items():
        make_index(db, table, columns)


def make_index(db, table, columns):
    """Make one index with its triggers, and index what is there.

    Both sides are in lower case, so that case does not matter.
    """
    index, new = f"{table}_words", words_of("NEW.", columns)
    forget = f'DELETE FROM "{index}" WHERE rowid = OLD.id;'  # noqa: S608 – names of this file
    keep = f'INSERT INTO "{index}" (rowid, words) VALUES (NEW.id, {new});'  # noqa: S608 – names of this file
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    db.execute_sql(
        f"CREATE VIRTUAL TABLE \"{index}\" USING fts5 (words, tokenize = 'trigram case_sensitive 1')"
    )
    rows = f'SELECT id, {words_of("", columns)} FROM "{table}" ORDER BY id'  # noqa: S608 – names of this file
    db.execute_sql(f'INSERT INTO "{index}" (rowid, words) {rows}')
    for name, when, what in (
        ("new", f'AFTER INSERT ON "{table}"', keep),
        ("changed", f'AFTER UPDATE ON "{table}" WHEN OLD.id IS NOT NEW.id OR {changed}', forget + keep),
        ("gone", f'AFTER DELETE ON "{table}"', forget),
    ):
        db.execute_sql(f'CREATE TRIGGER "{index}_{name}" {when} BEGIN {what} END')


def words_of(row, columns):
    """Return the texts of a row as SQL, on a line each, so that no word runs over a line's end."""
    return "lower(" + " || char(10) || ".join(row + column for column in columns) + ")"
