"""What a report says, as plain data that knows nothing of pages or files.

Every face (page, Word) draws these objects and nothing else, so that screen and paper cannot disagree.
Texts may hold line breaks; a face cleans and escapes them itself.
"""

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Literal

from kscb_actions.wording import date_uk

_PACKED_AT_ONCE = 200
# What a part of a bar says in a letter, so that it is read without colour. Grey is what was stopped.
LETTERS = {"Red": "R", "Amber": "A", "Green": "G", "Blue": "B", "Grey": "S"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Widths are for paper; where their sum is wider than the page, all shrink alike."""

    title: str
    width_mm: int
    align: Literal["start", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in blue, red, amber, green, grey or without colour. The text always says it in words."""

    text: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Words that count something, like “31 actions”, and which rows of which list they count.

    `of` names the list, and `by` narrows it as its address does: (("rating", "red"),).
    """

    words: str
    of: Literal["actions", "challenges", "answers", "reviews"]
    by: tuple[tuple[str, str], ...] = ()


class Counted(str):
    """A text that knows what it counts, for a face that can lead there; for every other it is a text.

    Made of its parts in order: texts, Counts, and other such texts, whose parts become its own.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Count, ...]

    def __new__(cls, *parts: "str | Count | Counted") -> "Counted":
        told: list[str | Count] = []
        for each in parts:
            told += each.parts if isinstance(each, Counted) else [each]
        made = super().__new__(cls, "".join(each.words if isinstance(each, Count) else each for each in told))
        made.parts = tuple(told)
        return made


def counted(words: str, of: Literal["actions", "challenges", "answers", "reviews"], **by: str) -> Counted:
    """Return words that count rows of a list, narrowed as the names say: rating="red"."""
    return Counted(Count(words, of, tuple(by.items())))


Row = Sequence[Cell | str]


@dataclass(frozen=True, slots=True)
class Group:
    """Stands among the rows of a table and names the group that the rows after it belong to.

    A face ends the table there, prints `heading` as a heading of `level`, and goes on with a new table of the
    same columns: so that one stream of rows is read by headings, and no cell is merged.
    """

    heading: str
    level: int = 2


@dataclass(frozen=True)
class Table:
    """Rows under columns. `rows` can be iterated more than once, and may fetch each row as it is asked for.

    Without rows a face prints `empty` in place of the table. `about` says which list of the application has
    the same rows, for a face that can lead there; "asks" says that its rows are what readers are asked to do.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: Iterable[Row | Group]
    empty: str = "None."
    about: Literal["", "actions", "reviews", "asks"] = ""

    @property
    def numeric(self) -> frozenset[int]:
        """Return the places of the columns of figures; the first column, which names the row, is none."""
        return frozenset(
            place for place, column in enumerate(self.columns) if column.align == "end" and place
        )


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Numbered:
    """A list numbered from 1."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """A block of labels and what they are."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Series:
    """One part of every bar of a chart, or a bar of every group; `colour` as for `Cell`.

    A value that is a text, such as "<5", is the mark in the place of a number that is not shown.
    """

    name: str
    colour: str
    values: tuple[int | str, ...]

    @property
    def has_bar(self) -> bool:
        """Return whether it draws anything."""
        return any(value and not isinstance(value, str) for value in self.values)


@dataclass(frozen=True)
class Chart:
    """Bars: for each category one in parts, or, not `is_stacked`, a bar for each series beside the others.

    `alt` says in words what the chart shows, `note` what it leaves out. A table of the same figures follows
    it in its section. ValueError when a series has not one value for each category, or when a bar in parts
    lacks a part, for then its length would be false.
    """

    title: str
    alt: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    empty: str = "No figures to show."
    note: str = ""
    is_stacked: bool = True

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.categories):
                counts = f"{len(series.values)} values for {len(self.categories)} categories"
                raise ValueError(f"Series “{series.name}” has {counts}.")
            if self.is_stacked and any(isinstance(value, str) for value in series.values):
                raise ValueError(f"Series “{series.name}” has a part of a bar that is not shown.")

    @property
    def with_bars(self) -> tuple[Series, ...]:
        """Return the series that draw something: those of its key."""
        return tuple(series for series in self.series if series.has_bar)


@dataclass(frozen=True)
class LineChart:
    """A line through one value for each category, and its target as a second line.

    Numbers are as they are written ("19.2"; "" for a category without one, which the line passes over), and
    `unit` stands after each ("%"). `accepted`: how many actions were accepted in each category; () where none
    was in any. `alt` says in words what it shows. A table of the same figures follows it in its section.
    ValueError where a category has no value.
    """

    title: str
    alt: str
    categories: tuple[str, ...]
    values: tuple[str, ...]
    target: str
    unit: str = ""
    accepted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if {len(self.values), len(self.accepted or self.values)} != {len(self.categories)}:
            raise ValueError(f"The line “{self.title}” has not one of each for its categories.")
        if not any(self.values):
            counts = f"{len(self.values)} values for {len(self.categories)} categories"
            raise ValueError(f"The line “{self.title}” has {counts}.")


Block = Table | Paragraph | Bullets | Numbered | Facts | Chart | LineChart


@dataclass(frozen=True)
class Section:
    """A heading of level 1, 2 or 3 and what stands under it.

    On paper `landscape` turns its pages, and `own_page` begins a new one.
    """

    heading: str
    blocks: tuple[Block, ...]
    level: int = 1
    landscape: bool = False
    own_page: bool = False


@dataclass(frozen=True)
class Report:
    """A committee paper.

    `header` is the block of By, To, Subject, Classification and Summary; `asked` what members are asked to do
    (“NOTE …”), introduced by `asked_intro`. `as_at` is the date whose state is reported, `since` the date
    from which changes are told. `notice` is what every face says of the whole paper, "" for nothing: that it
    is of a demonstration. `file_name` is what a file of it is called, and `restricted` are the references of
    the reviews in it that are open to named people only, `reviews` the ids of all that it covers.
    `reference` is what a paper that is kept is called, `item` which item of its meeting’s agenda it is.
    """

    title: str
    marking: str
    organisation: str
    header: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]
    as_at: date
    since: date | None
    sections: tuple[Section, ...]
    asked_intro: str = "Members are asked to:"
    notice: str = ""
    file_name: str = ""
    restricted: tuple[str, ...] = ()
    reviews: tuple[int, ...] = ()
    reference: str = ""
    item: str = ""

    @property
    def period(self) -> str:
        """Return the dates of the report in words.

        Like “As at 31 March 2012, with changes since 1 January 2012”.
        """
        as_at = f"As at {date_uk(self.as_at)}"
        return as_at if self.since is None else f"{as_at}, with changes since {date_uk(self.since)}"


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
        """Return at most so many rows from the one at place `start` (the first is 0), with their groups."""
        return iter(self.read(start=start, most=most)) if self.count else iter(())


@dataclass(frozen=True)
class PackedRows:
    """Hold rows that have been read, packed some at a time so that thousands of them need little memory."""

    pieces: tuple[bytes, ...]

    def __iter__(self) -> Iterator[Row | Group]:
        for piece in self.pieces:
            yield from pickle.loads(zlib.decompress(piece))  # nosec B301 # noqa: S301

    def __len__(self) -> int:
        # All pieces but the last are full.
        last = replace(self, pieces=self.pieces[-1:])
        return _PACKED_AT_ONCE * len(self.pieces[:-1]) + sum(1 for _ in last)


def rows_in(report: Report) -> int:
    """Return how many rows all tables of a report have whose rows have been read, groups among them."""
    tables = (block for section in report.sections for block in section.blocks if isinstance(block, Table))
    return sum(len(table.rows) for table in tables if isinstance(table.rows, Sized))


def rows_read(report: Report) -> Report:
    """Return the same report with all its rows read: plain data, which needs no database any more."""
    sections = (replace(section, blocks=tuple(map(_read, section.blocks))) for section in report.sections)
    return replace(report, sections=tuple(sections))


def _read(block: Block) -> Block:
    if not isinstance(block, Table) or not isinstance(block.rows, Rows):
        return block
    rows = iter(block.rows)
    some = iter(lambda: list(islice(rows, _PACKED_AT_ONCE)), [])
    return replace(block, rows=PackedRows(tuple(zlib.compress(pickle.dumps(each), 1) for each in some)))
