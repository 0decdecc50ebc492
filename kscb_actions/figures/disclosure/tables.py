"""Frequency tables of deaths, built from counts, and their percentages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from .axes import Axis, Membership
from .marks import Printed, is_feasible, percentage

Conditions = frozenset[tuple[str, str]]
Counts = Mapping[tuple[str | None, str | None], int]
ALL_DEATHS: Conditions = frozenset()
ANY_YEAR = "any"


@dataclass(frozen=True)
class TableRow:
    """Hold one row: its label, and for each column a count (published, perhaps a mark such as "<5")."""

    label: str
    cells: tuple[Printed, ...]
    code: str = ""


@dataclass(frozen=True)
class CountTable:
    """Hold counts of deaths in rows and columns.

    columns, rows, totals  as shown; `totals` is the last row, empty when there is none
    of            the conditions that every death in it meets, such as (("reviewed", "2011-12"),)
    rows_by       the row axis
    columns_by    the column axis; None for one column that has no condition of its own
    column_codes  the columns' codes on that axis
    has_sum       is the last column the sum of the others?
    """

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    totals: tuple[Printed, ...]
    of: Conditions = ALL_DEATHS
    rows_by: Axis | None = None
    columns_by: Axis | None = None
    column_codes: tuple[str, ...] = ()
    has_sum: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return {"columns": [...], "rows": [{"label", "cells": [...]}], "totals": [...]}."""
        return {
            "columns": list(self.columns),
            "rows": [{"label": row.label, "cells": list(row.cells)} for row in self.rows],
            "totals": list(self.totals),
        }

    def lines(self) -> Iterator[tuple[Printed, ...]]:
        """Yield the cells of each row, and the totals last if there are any."""
        yield from (row.cells for row in self.rows)
        if self.totals:
            yield self.totals


# A table with its true counts, and as it is printed.
Published = tuple[CountTable, CountTable]


def build_table(
    counts: Counts,
    rows_by: Axis,
    columns_by: Axis | None = None,
    of: Conditions = ALL_DEATHS,
    has_sum: bool = False,
    heading: str = "Deaths",
) -> CountTable:
    """Return the table of these counts: {(row code, column code or None): count}.

    Every code of the axes gets its row or column, with 0 where nothing was counted. The deaths are all that
    meet the conditions `of`. Where a death may be counted in several rows or none, counts[(None, column)] is
    the number of deaths and becomes the total.

    Raise ValueError for a code that the axes do not have: a death must not vanish from a table.
    """
    codes: tuple[str | None, ...] = tuple(columns_by.labels) if columns_by else (None,)
    everybody = (None,) if rows_by.membership == Membership.SOME else ()
    known = {(row, column) for row in (*rows_by.labels, *everybody) for column in codes}
    if strange := set(counts) - known:
        raise ValueError(f"The table has no place for {sorted(map(str, strange))}.")
    rows = tuple(
        TableRow(label, _with_sum([counts.get((code, column), 0) for column in codes], has_sum), code)
        for code, label in rows_by.labels.items()
    )
    totals: tuple[int, ...] = ()
    if rows_by.membership == Membership.ONE:
        numbers = [[counts.get((code, column), 0) for code in rows_by.labels] for column in codes]
        totals = _with_sum([sum(column) for column in numbers], has_sum)
    elif rows_by.membership == Membership.SOME:
        totals = _with_sum([counts.get((None, column), 0) for column in codes], has_sum)
    columns = (*columns_by.labels.values(), *(("All",) if has_sum else ())) if columns_by else (heading,)
    column_codes = tuple(columns_by.labels) if columns_by else ()
    return CountTable(columns, rows, totals, of, rows_by, columns_by, column_codes, has_sum)


def with_texts(table: CountTable, texts: Sequence[Printed]) -> CountTable:
    """Return the table with these in its cells, line by line."""
    left = iter(texts)
    rows = tuple(replace(row, cells=tuple(islice(left, len(row.cells)))) for row in table.rows)
    return replace(table, rows=rows, totals=tuple(islice(left, len(table.totals))))


def percentages(
    shown: CountTable, part: str, leave_out: Sequence[str] = ()
) -> list[tuple[str, Printed, float | None]]:
    """Return for each line (label, base, percentage of column `part`), the totals last as "All".

    The base is the sum of all columns but `leave_out`; it is "" and the percentage None where a number is
    suppressed.
    """
    codes = shown.column_codes
    base_of = [number for number, code in enumerate(codes) if code not in leave_out]
    labels = [row.label for row in shown.rows] + (["All"] if shown.totals else [])
    found: list[tuple[str, Printed, float | None]] = []
    for label, line in zip(labels, shown.lines(), strict=True):
        cells = [line[number] for number in base_of]
        numbers = [cell for cell in cells if not isinstance(cell, str)]
        base: Printed = sum(numbers) if len(numbers) == len(cells) else ""
        found.append((label, base, percentage(line[codes.index(part)], base)))
    return found


def _with_sum(cells: list[int], has_sum: bool) -> tuple[int, ...]:
    return (*cells, sum(cells)) if has_sum else tuple(cells)


def quantity(*conditions: tuple[str, str]) -> Conditions:
    """Return the key of all deaths that meet these conditions."""
    return frozenset(conditions)


def conditions_of(one: CountTable) -> list[list[Conditions]]:
    """Return the conditions of each printed cell, line by line, the totals last."""
    lines = len(one.rows) + bool(one.totals)
    return [line[: len(one.columns)] for line in _grid_conditions(one)[:lines]]


def printed_quantities(tables: Iterable[Published]) -> dict[Conditions, Printed]:
    """Return how each quantity of these tables, a cell or a total, is printed: {quantity: number or mark}.

    Raise ValueError when a paper is not of its counts.
    """
    found: dict[Conditions, Printed] = {}
    for counts, paper in tables:
        for keys, numbers, line in zip(conditions_of(counts), counts.lines(), paper.lines(), strict=True):
            for one, number, text in zip(keys, numbers, line, strict=True):
                if isinstance(number, str) or not is_feasible(text, number):
                    raise ValueError("The published table is not of these counts.")
                found[one] = text
    return found


def _grid_conditions(one: CountTable) -> list[list[Conditions]]:
    """Return the conditions of all cells, the sums of rows and columns too whether printed or not.

    Where every row holds every death there is no line of totals, and each row's sum is of all deaths.
    """
    row_axis = one.rows_by.code if one.rows_by else "row"
    column_axis = one.columns_by.code if one.columns_by else "column"
    by_row = [frozenset({(row_axis, row.code or row.label)}) for row in one.rows]
    by_column = [frozenset({(column_axis, code)}) for code in one.column_codes]
    grid = [[_normalised(one.of | row | column) for column in (*by_column, ALL_DEATHS)] for row in by_row]
    if _membership(one) == Membership.EVERY:
        return [[*line[:-1], one.of] for line in grid]
    return [*grid, [_normalised(one.of | column) for column in (*by_column, ALL_DEATHS)]]


def _normalised(conditions: Conditions) -> Conditions:
    """Return the conditions in the one form that the same deaths always have.

    To be reviewed in one year says that they are reviewed at all.
    """
    if sum(axis == "reviewed" for axis, _ in conditions) > 1:
        return conditions - {("reviewed", ANY_YEAR)}
    return conditions


def _membership(one: CountTable) -> Membership:
    return one.rows_by.membership if one.rows_by else Membership.ONE
