"""Lists that are shown a page at a time."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, counted from 1; how many rows match in all, and how many pages they fill."""

    rows: list[Row]
    total: int
    page: int
    pages: int


PageOf = TypeVar("PageOf", bound=Page[Any])

# In place of a page's number: all rows together, as somebody prints a list; and of how many that is done.
WHOLE = 0
MOST_TOGETHER = 2000
# How many rows are read at a time of a list that is taken away whole.
PIECE = 5000
_piece: ContextVar[int] = ContextVar("piece", default=0)


def page_within(asked: int, total: int, per_page: int) -> tuple[int, int, int, int]:
    """Return (the page nearest to the one asked for, how many there are, rows before it, rows on it at most).

    The WHOLE is one page, unless that were more rows than MOST_TOGETHER.
    """
    per_page = _piece.get() or per_page
    if asked == WHOLE and total <= MOST_TOGETHER:
        return 1, 1, 0, max(total, per_page)
    pages = max(1, -(-total // per_page))
    page = min(max(1, asked), pages)
    return page, pages, (page - 1) * per_page, per_page


def every_page(page_of: Callable[[int], PageOf]) -> Iterator[PageOf]:
    """Yield a whole list in large pages; `page_of` gives the page of a number. Read it in one snapshot."""
    number = 1
    while True:
        token = _piece.set(PIECE)
        try:
            page = page_of(number)
        finally:
            _piece.reset(token)
        yield page
        if number >= page.pages:
            return
        number += 1
