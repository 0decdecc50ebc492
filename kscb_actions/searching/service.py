"""Keeping the texts that are searched, in the change that keeps the rows that have them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import peewee

from kscb_actions import prepared
from kscb_actions.audit.service import Change, Told
from kscb_actions.text import folded

from .models import SearchText


def keep_search_texts(tx: Change, told: Sequence[Told]) -> None:
    """Keep the texts of new rows, and of those whose texts a change has changed.

    One statement for new rows and one for changed ones, however many tables; of an import one for so many
    rows at once. None where nothing is searched, or no text has changed.
    """
    if not told[0].row.searched:
        return
    first = [each for event in told if not event.before for each in texts_of(event.row, event.row.searched)]
    anew = [each for event in told if event.before for each in texts_of(event.row, _changed(event))]
    prepared.insert_missing(SearchText, first)
    keys = [SearchText.what, SearchText.row]
    for some in peewee.chunked(anew, prepared.AT_ONCE):
        SearchText.insert_many(some).on_conflict(conflict_target=keys, preserve=[SearchText.text]).execute()


def _changed(event: Told) -> list[str]:
    """Return the searches by which a row is found with a text that has changed."""
    return [
        what
        for what, columns in event.row.searched.items()
        if any(event.before.get(column) != getattr(event.row, column) for column in columns)
    ]


def texts_of(row: Any, searches: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of SearchText by which these searches find a row."""
    for what in searches:
        lines = (getattr(row, column) for column in row.searched[what])
        yield {"what": what, "row": row.id, "text": "\n".join(map(folded, lines))}
