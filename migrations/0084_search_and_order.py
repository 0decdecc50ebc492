"""The texts that are searched, folded as searches compare them, and what references are sorted by.

The order of references is a column at the end of their tables, which no event tells of: SCR-2 comes before
SCR-10. The folded texts are a table of their own, with one index of their words.

In place of the indexes of steps 2 and 9, which knew each spelling by itself. On SQLite triggers keep the
index; on PostgreSQL it is made where the extension pg_trgm is, or may be added, and else the texts are read.

A frozen copy of the table, the folding and the order, on purpose independent of the application: a later step
that folds otherwise folds these anew.
"""

import re
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
ORDERED = {"review": "reference", "child_death": "case_number"}


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
    for table, reference in ORDERED.items():
        add_order(db, table, reference)


def add_order(db, table, reference):
    """Add what the rows of a table are sorted by for their reference."""
    db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "order_key" TEXT NOT NULL DEFAULT \'\'')
    rows = db.execute_sql(f'SELECT id, "{reference}" FROM "{table}"').fetchall()  # noqa: S608
    for row_id, text in rows:
        set_key = f'UPDATE "{table}" SET "order_key" = {db.param} WHERE id = {db.param}'  # noqa: S608
        db.execute_sql(set_key, (order_key(text), row_id))
    db.execute_sql(f'CREATE INDEX "{table}_order_key" ON "{table}" ("order_key")')


def order_key(text):
    """Return what a reference is sorted by."""
    parts = re.split("([0-9]+)", text.lower())
    numbers = [digits.lstrip("0") for digits in parts[1::2]]
    parts[1::2] = [f"{len(digits):03}{digits}" for digits in numbers]
    return "\0".join(("".join(parts), text)).encode().hex()


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
