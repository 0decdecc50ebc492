"""Frequency tables of deaths, built from counts, and their percentages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .axes import Axis, Membership
from .suppression import Printed, percentage

Conditions = frozenset[tuple[str, str]]
Counts = Mapping[tuple[str | None, str | None], int]
ALL_DEATHS: Conditions = frozenset()


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
