"""Finding rows by a word of their texts: any part of it, however it is spelt (`text.folded`).

A rare word is looked up in an index of every three letters that follow one another, where the database has
one: on SQLite a table that triggers keep, on PostgreSQL an index of the extension pg_trgm
(`migrations/0084_search_and_order.py`). It finds the same rows as reading the texts does, only sooner;
who may see them is asked elsewhere. Read are words of fewer than three letters, which the index does not
hold, frequent ones, which reading finds as soon, and on PostgreSQL those with other letters than ASCII has.
"""

from typing import Any

import peewee

from kscb_actions.database import db, is_sqlite
from kscb_actions.text import folded

from .models import SearchText

# More words than anybody types, and few enough for the depth of expression that SQLite takes.
MOST_WORDS = 12
SHORTEST = 3
# Looking up each of so many rows costs about what reading every text of ten thousand actions does.
MOST_LOOKED_UP = 2_000
INDEX = "search_text_words"


def words_of(typed: str) -> list[str]:
    """Return the words that somebody looks for, folded, each once; at most MOST_WORDS."""
    return list(dict.fromkeys(folded(typed).split()))[:MOST_WORDS]


def rows_with(what: str, word: str, look_up: bool = False) -> Any:
    """Return a query for the ids of the rows that a search finds by a folded word.

    With `look_up` they are found by the index, else by reading: the same rows.
    """
    query = SearchText.select(SearchText.row).where(SearchText.what == what)
    if look_up and is_sqlite():
        index = peewee.Table(INDEX)
        match = peewee.Expression(peewee.Entity(INDEX), "MATCH", peewee.Value(_phrase(word)))
        found = SearchText.id.in_(index.select(peewee.SQL("rowid")).where(match))
        # Said so that SQLite begins with the few rows of the index, not with the many of the search.
        return SearchText.select(SearchText.row).where(found, SearchText.what.concat("") == what)
    return query.where(SearchText.text.contains(word))


def is_looked_up(word: str) -> bool:
    """Return whether the index finds a folded word the sooner: it holds the word, which is rare now.

    One query, to see how rare the word is; on PostgreSQL one for the index too.
    """
    if len(word) < SHORTEST:
        return False
    if is_sqlite():
        sql = f'SELECT COUNT(*) FROM (SELECT 1 FROM "{INDEX}" WHERE "{INDEX}" MATCH ? LIMIT ?)'  # noqa: S608 – a name of this file
        return bool(db.execute_sql(sql, (_phrase(word), MOST_LOOKED_UP + 1)).fetchone()[0] <= MOST_LOOKED_UP)
    return word.isascii() and _is_indexed_on_postgres() and _is_rare_on_postgres(word)


def _is_indexed_on_postgres() -> bool:
    return bool(db.execute_sql(f"SELECT to_regclass('{INDEX}') IS NOT NULL").fetchone()[0])


def _is_rare_on_postgres(word: str) -> bool:
    found = SearchText.select(SearchText.id).where(SearchText.text.contains(word)).limit(MOST_LOOKED_UP + 1)
    return bool(found.count() <= MOST_LOOKED_UP)


def _phrase(word: str) -> str:
    # Between quotation marks every other sign is itself.
    doubled = word.replace('"', '""')
    return f'"{doubled}"'
