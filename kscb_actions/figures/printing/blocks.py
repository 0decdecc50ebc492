"""A table of counts as blocks of a report: a chart of what it shows, the table, what its marks mean."""

from collections.abc import Iterator, Sequence

from kscb_actions.figures.counting.tally import Basis
from kscb_actions.figures.disclosure.axes import KNOWN_AT_DEATH, Membership
from kscb_actions.figures.disclosure.marks import (
    LEGEND,
    Printed,
    chart_values,
    is_suppressed,
    legend_for,
)
from kscb_actions.figures.disclosure.tables import CountTable, percentages
from kscb_actions.reports.content import Block, Bullets, Chart, Column, Paragraph, Series, Table
from kscb_actions.wording import plural

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
_ABOUT_ALL_DEATHS = {"completed", *KNOWN_AT_DEATH}
# A single bar compares nothing.
FEWEST_BARS = 2
_MOST_NAMED = 6


def caption_of(basis: Basis, year: str, code: str) -> str:
    """Return what a table is called in print."""
    if basis is Basis.REVIEWED:
        return f"Reviews completed in {year} {COUNTED_BY[code]}"
    condition = "" if code in _ABOUT_ALL_DEATHS else " that have been reviewed,"
    return f"Deaths in {year}{condition} {COUNTED_BY[code]}"


def heading_of(basis: Basis, code: str) -> str:
    """Return the same as a heading where the year is plain: “Reviews by sex”."""
    return f"{'Reviews' if basis is Basis.REVIEWED else 'Deaths'} {COUNTED_BY[code]}"


def titles_of(table: CountTable) -> list[str]:
    """Return the titles of its columns, with those of the percentages where there are any."""
    first = table.rows_by.title if table.rows_by else "Group"
    return [first, *table.columns, *(("Of", "Per cent") if _has_shares(table) else ())]


def lines_of(table: CountTable) -> list[Line]:
    """Return its rows as printed, the totals last; with denominators and percentages where there are any.

    A category's percentage leaves out reviews with insufficient information, and that of all reviews counts
    them: so the national statistics on child death reviews are computed.
    """
    labels = [row.label for row in table.rows] + ([ALL] if table.totals else [])
    plain: list[Line] = [(label, *cells) for label, cells in zip(labels, table.lines(), strict=True)]
    if not _has_shares(table):
        return plain
    found = [*percentages(table, IDENTIFIED, (INSUFFICIENT,))[:-1], percentages(table, IDENTIFIED)[-1]]
    return [
        (*line, NONE if base == "" else base, NONE if share is None else f"{share:.0f}%")
        for line, (_, base, share) in zip(plain, found, strict=True)
    ]


def blocks_of(caption: str, table: CountTable) -> tuple[Block, ...]:
    """Return the chart, if there are bars to compare, the table, and what the marks in it mean."""
    titles = titles_of(table)
    narrow = 24 if len(titles) <= _WIDE else 30
    columns = (Column(titles[0], 70), *(Column(title, narrow, "end") for title in titles[1:]))
    rows = tuple((label, *map(_text, cells)) for label, *cells in lines_of(table))
    meanings = legend_for(cell for line in table.lines() for cell in line)
    chart = _chart(caption, table)
    blocks: list[Block] = [chart] if _bars(chart) >= FEWEST_BARS else []
    blocks.append(Table(caption, columns, rows))
    if _has_shares(table):
        blocks.append(Paragraph(SHARES))
    if meanings:
        blocks.append(Bullets(tuple(f"{mark} means {meaning}." for mark, meaning in meanings.items())))
    return tuple(blocks)


def is_wide(table: CountTable) -> bool:
    """Return whether it needs a page turned on its side."""
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
    """Return a chart with a bar for every number above 0 that is printed.

    A row of which something is suppressed keeps its place. Bars are stacked where nothing is suppressed,
    else side by side, for a bar without one of its parts has a false length.
    """
    across = len(table.column_codes) or 1
    is_stacked = across > 1 and not any(
        is_suppressed(cell) for row in table.rows for cell in row.cells[:across]
    )
    if not is_stacked and table.has_sum and not _is_total_in_every_row(table):
        across += 1
    rows = [(row.label, row.cells[:across]) for row in table.rows if any(row.cells[:across])]
    series = tuple(
        Series(name, COLOURS[number % len(COLOURS)], tuple(cells[number] for _, cells in rows))
        for number, name in enumerate(table.columns[:across])
    )
    labels = tuple(label for label, _ in rows)
    zeros = [row.label for row in table.rows if row.label not in labels]
    note = " ".join(_not_drawn(rows, zeros, series))
    alt = _alt(rows, series, is_stacked)
    return Chart(f"Chart: {caption}", alt, labels, series, note=note, is_stacked=is_stacked)


def _is_total_in_every_row(table: CountTable) -> bool:
    return table.rows_by is not None and table.rows_by.membership == Membership.EVERY


def _bars(chart: Chart) -> int:
    if chart.is_stacked:
        return len(chart.categories)
    return sum(bool(value) for series in chart.series for value in chart_values(series.values))


def _not_drawn(
    rows: Sequence[tuple[str, tuple[Printed, ...]]], zeros: Sequence[str], series: Sequence[Series]
) -> Iterator[str]:
    """Yield what the chart leaves out, in sentences."""
    suppressed = [_label_with_mark(label, cells) for label, cells in rows if any(map(is_suppressed, cells))]
    if suppressed:
        yield f"Not drawn, because the number is not shown: {_join_labels(suppressed)}."
    if zeros:
        yield f"Not drawn, because every number is 0: {_join_labels(zeros)}."
    if bare := [each.name for each in series if not each.has_bar]:
        yield f"Not in the key, because there is no bar: {'; '.join(bare)}."


def _label_with_mark(label: str, cells: tuple[Printed, ...]) -> str:
    if len(cells) == 1:
        return f"{label} ({cells[0]})"
    return label if all(map(is_suppressed, cells)) else f"{label} (in part)"


def _join_labels(labels: Sequence[str]) -> str:
    """Return these rows' labels; only their number where they are many, for the table names them."""
    return "; ".join(labels) if len(labels) <= _MOST_NAMED else f"{len(labels)} rows of the table"


def _alt(rows: Sequence[tuple[str, tuple[Printed, ...]]], series: Sequence[Series], is_stacked: bool) -> str:
    """Return what the chart shows, in words."""
    if is_stacked:
        bars = [(label, sum(cell or 0 for cell in chart_values(cells))) for label, cells in rows]
        what = "one for each row of the table in which deaths are counted"
    else:
        bars = [
            (label if len(series) == 1 else f"{label}, {each.name}", cell)
            for label, cells in rows
            for each, cell in zip(series, chart_values(cells), strict=True)
            if cell
        ]
        what = "one for each number above 0 that is shown"
    words = f"{plural(len(bars), 'bar')}, {what}."
    if bars:
        label, number = max(bars, key=lambda bar: bar[1])
        words += f" The longest is {label}: {number:,}."
    return words
