"""The texts that are searched, folded as searches compare them, with one index of their words.

In place of the indexes of steps 2 and 9, which knew each spelling by itself. On SQLite triggers keep the
index; on PostgreSQL it is made where the extension pg_trgm is, or may be added, and else the texts are read.

A frozen copy of the table and of the folding, on purpose independent of the application: a later step that
folds otherwise folds these anew.
"""

import unicodedata

from peewee import *

SEARCHES = {
    "agency": {"agency": ("name", "code")},
    "review": {
        "review": ("reference", "pseudonym"),
        "whole_review": ("reference", "pseudonym", "title", "summary"),
        "action_of_review": ("reference", "title"),
    },
    "recommendation": {"recommendation": ("text",)},
    "action": {"action": ("text", "success_measure")},
    "challenge": {"challenge": ("question",)},
}
PLAIN = {
    **dict.fromkeys(map(ord, "‘’‚‛′ʼ＇`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict(zip(map(ord, "æÆøØłŁđĐœŒß…•"), "ae AE o O l L d D oe OE ss ... *".split(), strict=True)),
}
SPELT = {ord("ı"): "i"}
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
AVAILABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
WHERE_IT_IS = (
    "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace "
    "WHERE extname = 'pg_trgm'"
)
AT_ONCE = 500


def up(migrator, db):
    """Make the table of what there is, and its index; take the old indexes away."""

    class SearchText(Model):
        what = CharField(max_length=20)
        row = IntegerField()
        text = TextField()

        class Meta:
            database = db
            legacy_table_names = False
            indexes = ((("what", "row"), True),)

    db.create_tables([SearchText])
    for table, searches in SEARCHES.items():
        fold_rows(db, SearchText, table, searches)
    if isinstance(db, SqliteDatabase):
        index_on_sqlite(db)
    else:
        index_on_postgres(db)


def fold_rows(db, model, table, searches):
    """Fold the texts of every row of a table."""
    names = sorted({name for columns in searches.values() for name in columns})
    columns = ", ".join(f'"{name}"' for name in names)
    rows = db.execute_sql(f'SELECT id, {columns} FROM "{table}" ORDER BY id').fetchall()  # noqa: S608
    found = [
        {"what": what, "row": row_id, "text": "\n".join(folded(texts[name]) for name in searched)}
        for row_id, *values in rows
        for texts in [dict(zip(names, values, strict=True))]
        for what, searched in searches.items()
    ]
    for some in chunked(found, AT_ONCE):
        model.insert_many(some).execute()


def folded(text):
    """Return a text as searches compare it."""
    plain = unicodedata.normalize("NFKD", text.translate(SPELT).translate(PLAIN)).translate(PLAIN)
    small = unicodedata.normalize("NFKD", plain.casefold()).translate(PLAIN)
    return "".join(seen(each) for each in small if not unicodedata.combining(each))


def seen(character):
    """Return a character as it is seen: white space as a space, and nothing for what is invisible."""
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in UNSEEN else character


def index_on_sqlite(db):
    """Make the index with its triggers, in place of the three of before with theirs."""
    for table in ("action", "recommendation", "review"):
        for when in ("new", "changed", "gone"):
            db.execute_sql(f'DROP TRIGGER IF EXISTS "{table}_words_{when}"')
        db.execute_sql(f'DROP TABLE IF EXISTS "{table}_words"')
    db.execute_sql(
        "CREATE VIRTUAL TABLE \"search_text_words\" USING fts5 (words, tokenize = 'trigram case_sensitive 1')"
    )
    db.execute_sql('INSERT INTO "search_text_words" (rowid, words) SELECT id, text FROM "search_text"')
    forget = 'DELETE FROM "search_text_words" WHERE rowid = OLD.id;'
    keep = 'INSERT INTO "search_text_words" (rowid, words) VALUES (NEW.id, NEW.text);'
    for name, when, what in (
        ("new", "INSERT", keep),
        ("changed", "UPDATE", forget + keep),
        ("gone", "DELETE", forget),
    ):
        db.execute_sql(
            f'CREATE TRIGGER "search_text_words_{name}" AFTER {when} ON "search_text" BEGIN {what} END'
        )


def index_on_postgres(db):
    """Make the index where it can be made, in place of the three of before."""
    for table in ("action", "recommendation", "review"):
        db.execute_sql(f'DROP INDEX IF EXISTS "{table}_words"')
    if not db.execute_sql(AVAILABLE).fetchone():
        return
    try:
        # A savepoint: what is refused must not take the whole step with it.
        with db.atomic():
            db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema = db.execute_sql(WHERE_IT_IS).fetchone()[0]
            db.execute_sql(
                f'CREATE INDEX "search_text_words" ON "search_text" USING gin '
                f'("text" COLLATE "C" {schema}.gin_trgm_ops) WITH (fastupdate = off)'
            )
    except ProgrammingError:
        return
