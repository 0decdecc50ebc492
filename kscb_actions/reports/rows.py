"""Rows of a table that are read from the database each time somebody asks for them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .content import Group, Row


@dataclass(frozen=True)
class Rows:
    """`count` is known before: how many rows come, groups not counted.

    `read` begins anew each time. Given `start` and `most` it reads that part of the rows only, and repeats
    the Group that the first of them belongs to.
    """

    read: Callable[..., Iterable[Row | Group]]
    count: int

    def __iter__(self) -> Iterator[Row | Group]:
        return iter(self.read()) if self.count else iter(())

    def __len__(self) -> int:
        return self.count

    def part(self, start: int, most: int) -> Iterator[Row | Group]:
        """At most so many rows from the one at place `start` (the first is 0), with their groups."""
        return iter(self.read(start=start, most=most)) if self.count else iter(())
