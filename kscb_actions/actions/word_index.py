"""Finding the actions in whose texts a word occurs, anywhere and in any case.

A rare word is looked up in an index: on SQLite in tables that triggers keep
(`migrations/0002_word_index.py`), on PostgreSQL in indexes of the extension pg_trgm, where that could be had
(`migrations/0009_word_index_postgres.py`). The index finds the same rows as reading the texts does, only
sooner; who may see them is asked elsewhere. Read are: a word of fewer than three letters, which the index
does not hold; a frequent word, which reading finds early in almost every text; and on PostgreSQL a word with
other letters than ASCII has, which the index takes in small and capitals as the server's language has it.
"""

from functools import reduce
from operator import or_
from typing import Any

import peewee

from kscb_actions.database import db, is_sqlite
from kscb_actions.reviews.models import Recommendation, Review

from .models import Action

SHORTEST = 3
# Looking up each of so many rows costs about what reading every text of ten thousand actions does.
MOST_LOOKED_UP = 2_000
SEARCHED = {
    Action: (Action.text, Action.success_measure),
    Review: (Review.reference, Review.title),
    Recommendation: (Recommendation.text,),
}


def is_looked_up(word: str) -> bool:
    """Return whether the index finds a word the sooner: it holds the word, which is rare at this moment.

    One query, to see how rare the word is; on PostgreSQL one for the index too.
    """
    if len(word) < SHORTEST:
        return False
    if is_sqlite():
        return _is_rare_on_sqlite(word)
    return word.isascii() and _is_indexed_on_postgres() and _is_rare_on_postgres(word)


def has_word(word: str, look_up: bool) -> Any:
    """Return the condition that a word is in an action's texts, its recommendation's or its review's.

    `word` holds no white space. With `look_up` it is found by the index, else by reading: the same rows.
    """
    if look_up:
        return _has_on_sqlite(word) if is_sqlite() else _has_on_postgres(word)
    reviews, recommendations = _rows_with(Review, word), _rows_with(Recommendation, word)
    return _within(Action, word) | Action.review.in_(reviews) | Action.recommendation.in_(recommendations)


def _within(table: type[peewee.Model], word: str) -> Any:
    return reduce(or_, [column.contains(word) for column in SEARCHED[table]])


def _rows_with(table: type[peewee.Model], word: str) -> Any:
    return table.select(table.id).where(_within(table, word))


def _is_indexed_on_postgres() -> bool:
    return bool(db.execute_sql("SELECT to_regclass('action_words') IS NOT NULL").fetchone()[0])


def _is_rare_on_postgres(word: str) -> bool:
    actions, reviews, recommendations = (_rows_with(table, word) for table in SEARCHED)
    found = actions.union_all(reviews).union_all(recommendations).limit(MOST_LOOKED_UP + 1)
    return bool(found.count() <= MOST_LOOKED_UP)


def _has_on_postgres(word: str) -> Any:
    # One after the other, for an index is of no use to a row's text OR something about other tables.
    reviews, recommendations = _rows_with(Review, word), _rows_with(Recommendation, word)
    of_reviews = Action.select(Action.id).where(Action.review.in_(reviews))
    of_recommendations = Action.select(Action.id).where(Action.recommendation.in_(recommendations))
    return Action.id.in_(_rows_with(Action, word).union_all(of_reviews).union_all(of_recommendations))


def _has_on_sqlite(word: str) -> Any:
    actions, reviews, recommendations = (_looked_up(table, word) for table in SEARCHED)
    return Action.id.in_(actions) | Action.review.in_(reviews) | Action.recommendation.in_(recommendations)


def _is_rare_on_sqlite(word: str) -> bool:
    found = " UNION ALL ".join(
        f'SELECT 1 FROM "{name}" WHERE "{name}" MATCH ?'  # noqa: S608 – names of tables, not what was typed
        for name in map(_index_of, SEARCHED)
    )
    count = f"SELECT COUNT(*) FROM ({found} LIMIT {MOST_LOOKED_UP + 1})"  # noqa: S608 – as above
    return db.execute_sql(count, (_phrase(word),) * len(SEARCHED)).fetchone()[0] <= MOST_LOOKED_UP


def _looked_up(table: type[peewee.Model], word: str) -> Any:
    index = peewee.Table(_index_of(table))
    rowid = peewee.SQL("rowid")
    match = peewee.Expression(peewee.Entity(_index_of(table)), "MATCH", peewee.Value(_phrase(word)))
    return index.select(rowid).where(match)


def _index_of(table: type[peewee.Model]) -> str:
    return f"{table._meta.table_name}_words"


def _phrase(word: str) -> str:
    # Lower case as SQLite makes it, ASCII letters only. Between quotation marks every other sign is itself.
    lower = word.translate(_LOWER).replace('"', '""')
    return f'"{lower}"'


_LOWER = {ord(letter): ord(letter.lower()) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
