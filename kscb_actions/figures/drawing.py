"""A table of counts as blocks of a report: a chart of what it shows, the table, what its marks mean."""

from collections.abc import Sequence

from ..reports.content import Block, Bullets, Chart, Column, Paragraph, Series, Table
from ..templating import plural
from .axes import KNOWN_AT_DEATH
from .disclosure import LEGEND, Printed, drawable, legend_for
from .tables import CountTable, shares
from .tally import Basis

Line = tuple[str, *tuple[Printed, ...]]
IDENTIFIED = "identified"
INSUFFICIENT = "insufficient"
ALL, NONE = "All", "–"
COLOURS = ("blue", "amber", "grey", "green", "red")
_WIDE = 5
# What each table counts by, after “Deaths in 2011-12” or “Reviews”.
COUNTED_BY = {
    "category": "by category of death",
    "modifiable": "by category and modifiable factors",
    "age": "by age at death",
    "sex": "by sex",
    "ethnicity": "by ethnicity",
    "district": "by district",
    "place": "by place of death",
    "expected": "by whether the death was expected",
    "looked-after": "by whether the child was looked after",
    "protection-plan": "by child protection plan",
    "statutory-order": "by statutory order",
    "asylum-seeking": "by whether the child was seeking asylum",
    "months": "by months from death to completion",
    "domain": "by domain, and the strongest influence found in it",
    "theme": "by theme: unsafe sleeping and other factors that recur",
    "referral": "by referral for a serious case review",
    "completed": "by the year in which the review was completed",
}
# In a year of death the other tables count only deaths whose review is complete.
_OF_ALL = {"completed", *KNOWN_AT_DEATH}
# A single bar compares nothing.
FEWEST_BARS = 2


def caption_of(basis: Basis, year: str, code: str) -> str:
    """What a table is called in print."""
    if basis is Basis.REVIEWED:
        return f"Reviews completed in {year} {COUNTED_BY[code]}"
    told = "" if code in _OF_ALL else " that have been reviewed,"
    return f"Deaths in {year}{told} {COUNTED_BY[code]}"


def heading_of(basis: Basis, code: str) -> str:
    """The same as a heading where the year is plain: “Reviews by sex”."""
    return f"{'Reviews' if basis is Basis.REVIEWED else 'Deaths'} {COUNTED_BY[code]}"


def titles_of(table: CountTable) -> list[str]:
    """The titles of its columns, with those of the percentages where there are any."""
    first = table.rows_by.title if table.rows_by else "Group"
    return [first, *table.columns, *(("Of", "Per cent") if _has_shares(table) else ())]


def lines_of(table: CountTable) -> list[Line]:
    """Its rows as printed, the totals last; with denominators and percentages where there are any.

    A category's percentage leaves reviews with insufficient information out; that of all counts them.
    """
    labels = [row.label for row in table.rows] + ([ALL] if table.totals else [])
    plain: list[Line] = [(label, *cells) for label, cells in zip(labels, table.lines(), strict=True)]
    if not _has_shares(table):
        return plain
    found = [*shares(table, IDENTIFIED, (INSUFFICIENT,))[:-1], shares(table, IDENTIFIED)[-1]]
    return [
        (*line, NONE if base == "" else base, NONE if share is None else f"{share:.0f}%")
        for line, (_, base, share) in zip(plain, found, strict=True)
    ]


def blocks_of(caption: str, table: CountTable) -> tuple[Block, ...]:
    """The chart, if there are bars to compare, the table, and what the marks in it mean."""
    titles = titles_of(table)
    narrow = 24 if len(titles) <= _WIDE else 30
    columns = (Column(titles[0], 70), *(Column(title, narrow, "end") for title in titles[1:]))
    rows = tuple((label, *map(_text, cells)) for label, *cells in lines_of(table))
    meanings = legend_for(cell for line in table.lines() for cell in line)
    chart = _chart(caption, table)
    blocks: list[Block] = [chart] if len(chart.categories) >= FEWEST_BARS else []
    blocks.append(Table(caption, columns, rows))
    if _has_shares(table):
        blocks.append(Paragraph(SHARES))
    if meanings:
        blocks.append(Bullets(tuple(f"{mark} means {meaning}." for mark, meaning in meanings.items())))
    return tuple(blocks)


def is_wide(table: CountTable) -> bool:
    """Does it need a page turned on its side?"""
    return len(titles_of(table)) > _WIDE


SHARES = (
    "“Of” is the number of reviews that the percentage is of: for a category, those with enough information; "
    f"in the last row, all reviews completed. {NONE} stands where there is none or a number is not shown."
)
LEGEND_WORDS = tuple(f"{mark} means {meaning}." for mark, meaning in LEGEND.items())


def _has_shares(table: CountTable) -> bool:
    return IDENTIFIED in table.column_codes and len(table.column_codes) == len(table.columns) - 1 == 3


def _text(cell: Printed) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell


def _chart(caption: str, table: CountTable) -> Chart:
    """A bar for each row in which something is counted and nothing is hidden."""
    across = len(table.column_codes) or 1
    rows = [(row.label, drawable(row.cells[:across])) for row in table.rows]
    drawn = [(label, cells) for label, cells in rows if None not in cells and any(cells)]
    hidden = sum(None in cells for _, cells in rows)
    names = table.columns[:across]
    series = tuple(
        Series(name, COLOURS[number % len(COLOURS)], tuple(int(cells[number] or 0) for _, cells in drawn))
        for number, name in enumerate(names)
    )
    return Chart(f"Chart: {caption}", _alt(drawn, hidden), tuple(label for label, _ in drawn), series)


def _alt(drawn: Sequence[tuple[str, tuple[int | None, ...]]], hidden: int) -> str:
    """What the chart shows, in words, and what it leaves out."""
    words = f"{plural(len(drawn), 'bar')}, one for each row of the table in which deaths are counted."
    if drawn:
        label, cells = max(drawn, key=lambda row: sum(cell or 0 for cell in row[1]))
        words += f" The longest is {label}: {sum(cell or 0 for cell in cells):,}."
    if hidden:
        words += f" Not drawn: {plural(hidden, 'row')} with a number that is not shown."
    return words
