"""Lists that are shown a page at a time."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list, counted from 1; how many rows match in all, and how many pages they fill."""

    rows: list[Row]
    total: int
    page: int
    pages: int


def page_within(asked: int, total: int, per_page: int) -> tuple[int, int, int]:
    """Return (the page nearest to the one asked for, how many there are, how many rows stand before it)."""
    pages = max(1, -(-total // per_page))
    page = min(max(1, asked), pages)
    return page, pages, (page - 1) * per_page
