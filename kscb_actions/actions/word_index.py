"""Finding the actions in whose texts a word occurs, anywhere and in any case.

On SQLite a rare word is looked up in an index, which triggers keep (`migrations/0002_word_index.py`). The
index finds the same rows as reading the texts does, only sooner; who may see them is asked elsewhere.
Read are: a word of fewer than three letters, which the index does not hold; a frequent word, which reading
finds early in almost every text; and everything on PostgreSQL, where an index of parts of words takes an
extension that a board's server may not have, and reading 20,000 actions takes a tenth of a second.
"""

from typing import Any

import peewee

from ..database import db, is_sqlite
from ..reviews.models import Recommendation, Review
from .models import Action

SHORTEST = 3
# Looking up each of so many rows costs about what reading every text of ten thousand actions does.
MOST_LOOKED_UP = 2_000


def has_word(word: str) -> Any:
    """The condition on Action that a word is in its text or measure, or its recommendation's or review's.

    `word` holds no white space. One query, to see how rare the word is.
    """
    if is_sqlite() and len(word) >= SHORTEST and _is_rare(word):
        return _joined(*(_looked_up(table, word) for table in (Action, Review, Recommendation)))
    return has_word_by_reading(word)


def has_word_by_reading(word: str) -> Any:
    """The same condition, without the index."""
    reviews = Review.select(Review.id).where(Review.reference.contains(word) | Review.title.contains(word))
    recommendations = Recommendation.select(Recommendation.id).where(Recommendation.text.contains(word))
    own = Action.text.contains(word) | Action.success_measure.contains(word)
    return own | Action.review.in_(reviews) | Action.recommendation.in_(recommendations)


def _joined(actions: Any, reviews: Any, recommendations: Any) -> Any:
    return Action.id.in_(actions) | Action.review.in_(reviews) | Action.recommendation.in_(recommendations)


def _is_rare(word: str) -> bool:
    found = " UNION ALL ".join(
        f'SELECT 1 FROM "{name}" WHERE "{name}" MATCH ?'  # noqa: S608 – names of tables, not what was typed
        for name in map(_index_of, (Action, Review, Recommendation))
    )
    count = f"SELECT COUNT(*) FROM ({found} LIMIT {MOST_LOOKED_UP + 1})"  # noqa: S608 – as above
    return db.execute_sql(count, (_phrase(word),) * 3).fetchone()[0] <= MOST_LOOKED_UP


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
