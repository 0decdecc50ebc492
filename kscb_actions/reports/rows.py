"""Rows of a table that are read from the database each time somebody asks for them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .content import Group, Row


@dataclass(frozen=True)
class Rows:
    """`read` begins anew each time; `count`, how many rows come (groups not counted), is known before."""

    read: Callable[[], Iterable[Row | Group]]
    count: int

    def __iter__(self) -> Iterator[Row | Group]:
        return iter(self.read()) if self.count else iter(())

    def __len__(self) -> int:
        return self.count
