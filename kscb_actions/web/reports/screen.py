"""A report on a screen: its long tables come a part at a time, each turned by its own name in the address."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType

from kscb_actions.pages import page_within
from kscb_actions.reports.content import (
    Block,
    Chart,
    Column,
    Group,
    LineChart,
    Report,
    Row,
    Rows,
    Section,
    Table,
)
from kscb_actions.web.measures.drawing import Drawn
from kscb_actions.web.shared.asked import page_number

from .chart_layout import ChartLayout, layout_of
from .line_layout import line_of

# What somebody reads of a table on a screen, and little enough that a thousand reviews do not slow the page.
ROWS_ON_SCREEN = 50


@dataclass(frozen=True)
class Part:
    """A run of rows under one heading: the group's, or none."""

    group: Group | None
    rows: list[Row]


@dataclass(frozen=True)
class ShownTable:
    """A table as a screen has it: the rows from `first` to `last` of `total`, part by part.

    `list_address` is where the application's own list of the same things is, if there is one.
    """

    name: str
    table: Table
    parts: list[Part]
    first: int
    last: int
    total: int
    page: int
    pages: int
    list_address: str | None = None

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns of each part."""
        return self.table.columns


@dataclass(frozen=True)
class ShownBars:
    """A chart of bars side by side as a screen has it."""

    chart: Chart
    picture: ChartLayout


@dataclass(frozen=True)
class ShownLine:
    """The line of a measure as a screen has it."""

    chart: LineChart
    picture: Drawn


@dataclass(frozen=True)
class ShownSection:
    """A section as a screen has it; `name` is its place on the page, for links to it.

    `blocks` are (kind, block): kind is "paragraph", "bullets", "numbered", "facts", "chart", "bars", and then
    the block is a ShownBars, "line", a ShownLine, or "table", a ShownTable.
    """

    name: str
    section: Section
    blocks: list[tuple[str, Block | ShownTable | ShownBars | ShownLine]]


def shown(
    report: Report, asked: Mapping[str, str], lists: Mapping[str, str] = MappingProxyType({})
) -> Iterator[ShownSection]:
    """Yield the sections one after another, as they are drawn.

    `asked` is the query: rows-3=2 turns the third table. A turn that is not there is the nearest one. `lists`
    are the addresses of lists, by what a table is about.
    """
    numbers = count(1)
    for place, section in enumerate(report.sections, start=1):
        blocks: list[tuple[str, Block | ShownTable | ShownBars | ShownLine]] = []
        for block in section.blocks:
            if isinstance(block, Table):
                blocks.append(("table", _table(block, f"rows-{next(numbers)}", asked, lists)))
            elif isinstance(block, Chart) and block.with_bars and not block.is_stacked:
                blocks.append(("bars", ShownBars(block, layout_of(block))))
            elif isinstance(block, LineChart):
                blocks.append(("line", ShownLine(block, line_of(block))))
            else:
                blocks.append((type(block).__name__.lower(), block))
        yield ShownSection(f"section-{place}", section, blocks)


def _table(table: Table, name: str, asked: Mapping[str, str], lists: Mapping[str, str]) -> ShownTable:
    total = table.rows.count if isinstance(table.rows, Rows) else sum(map(_is_row, table.rows))
    page, pages, skipped, most = page_within(page_number(asked, name), total, ROWS_ON_SCREEN)
    if isinstance(table.rows, Rows):
        parts = _parts(table.rows.part(skipped, most), 0, most)
    else:
        parts = _parts(table.rows, skipped, most)
    kept = sum(len(part.rows) for part in parts)
    first, address = min(skipped + 1, total), lists.get(table.about)
    return ShownTable(name, table, parts, first, skipped + kept, total, page, pages, address)


def _parts(rows: Iterable[Row | Group], skipped: int, most: int) -> list[Part]:
    """Return the rows of one page, under the heading of their group, which a later page repeats."""
    parts: list[Part] = []
    group: Group | None = None
    place = 0
    for row in rows:
        if isinstance(row, Group):
            group = row
            parts.append(Part(group, []))
            continue
        place += 1
        if place <= skipped:
            continue
        if not parts:
            parts.append(Part(group, []))
        parts[-1].rows.append(row)
        if place == skipped + most:
            break
    return [part for part in parts if part.rows]


def _is_row(row: Row | Group) -> bool:
    return not isinstance(row, Group)
