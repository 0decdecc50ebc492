"""Tables of counted deaths: built from plain records or from counts, and made fit to publish.

Two tables speak of the same deaths where their cells have the same conditions: a total in the one may be a
cell or a hidden sum of cells in the other. `publish_all` therefore takes all tables of a document at once,
and what has been issued before.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .axes import DOMAIN, INFLUENCE, Axis, Holds, strongest
from .disclosure import Key, Printed, Stated, Sum, may_be, percentage, protect

Conditions = frozenset[tuple[str, str]]
Counts = Mapping[tuple[str | None, str | None], int]
EVERYBODY: Conditions = frozenset()


@dataclass(frozen=True)
class Row:
    """One row: what it counts, and a number for each column (or, published, a mark such as "<5")."""

    label: str
    cells: tuple[Printed, ...]
    code: str = ""


@dataclass(frozen=True)
class CountTable:
    """Counts of deaths in rows and columns.

    columns, rows, totals  as shown; `totals` is the last row, empty when there is none
    of            the conditions that every death in it meets, such as (("reviewed", "2011-12"),)
    rows_by       the row axis
    columns_by    the column axis; None for one column that has no condition of its own
    column_codes  the columns' codes on that axis
    has_sum       is there a last column that sums the others up?
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[Printed, ...]
    of: Conditions = EVERYBODY
    rows_by: Axis | None = None
    columns_by: Axis | None = None
    column_codes: tuple[str, ...] = ()
    has_sum: bool = False

    def as_dict(self) -> dict[str, Any]:
        """{"columns": [...], "rows": [{"label", "cells": [...]}], "totals": [...]}."""
        return {
            "columns": list(self.columns),
            "rows": [{"label": row.label, "cells": list(row.cells)} for row in self.rows],
            "totals": list(self.totals),
        }

    def lines(self) -> Iterator[tuple[Printed, ...]]:
        """The cells of each row, and the totals last if there are any."""
        yield from (row.cells for row in self.rows)
        if self.totals:
            yield self.totals


def counted(
    counts: Counts,
    rows_by: Axis,
    columns_by: Axis | None = None,
    of: Conditions = EVERYBODY,
    has_sum: bool = False,
    heading: str = "Deaths",
) -> CountTable:
    """The table of these counts: {(row code, column code or None): number}.

    Every code of the axes gets its row or column, with 0 where nothing was counted. The deaths are all that
    meet the conditions `of`. Where a death may stand in several rows or none, counts[(None, column)] is the
    number of deaths and becomes the total.
    Raises ValueError for a code that the axes do not have: a death must not vanish from a table.
    """
    codes: tuple[str | None, ...] = tuple(columns_by.labels) if columns_by else (None,)
    everybody = (None,) if rows_by.holds == Holds.SOME else ()
    known = {(row, column) for row in (*rows_by.labels, *everybody) for column in codes}
    if strange := set(counts) - known:
        raise ValueError(f"The table has no place for {sorted(map(str, strange))}.")
    rows = tuple(
        Row(label, _with_sum([counts.get((code, column), 0) for column in codes], has_sum), code)
        for code, label in rows_by.labels.items()
    )
    totals: tuple[int, ...] = ()
    if rows_by.holds == Holds.ONE:
        numbers = [[counts.get((code, column), 0) for code in rows_by.labels] for column in codes]
        totals = _with_sum([sum(column) for column in numbers], has_sum)
    elif rows_by.holds == Holds.SOME:
        totals = _with_sum([counts.get((None, column), 0) for column in codes], has_sum)
    columns = (*columns_by.labels.values(), *(("All",) if has_sum else ())) if columns_by else (heading,)
    column_codes = tuple(columns_by.labels) if columns_by else ()
    return CountTable(columns, rows, totals, of, rows_by, columns_by, column_codes, has_sum)


def count(records: Iterable[Any], rows_by: Axis, columns_by: Axis | None = None) -> Counter:
    """The counts of these records for `counted`: each is asked for its code on either axis."""
    found: Counter = Counter()
    for record in records:
        column = columns_by.code_of(record) if columns_by else None
        if rows_by.holds == Holds.SOME:
            found.update((code, column) for code in (None, *rows_by.codes_of(record)))
        else:
            found[rows_by.code_of(record), column] += 1
    return found


def table(
    records: Iterable[Any],
    rows_by: Axis,
    columns_by: Axis | None = None,
    of: Conditions = EVERYBODY,
    has_sum: bool = False,
) -> CountTable:
    """The table of these records by the two axes."""
    return counted(count(records, rows_by, columns_by), rows_by, columns_by, of, has_sum)


def factors(records: Iterable[Any], of: Conditions = EVERYBODY) -> CountTable:
    """Deaths by domain and by the strongest influence found in it: each death stands once in every row."""
    found: Counter = Counter()
    for record in records:
        found.update((domain, strongest(record, domain)) for domain in DOMAIN.labels)
    return counted(found, DOMAIN, INFLUENCE, of, has_sum=True)


def publish(
    shown: CountTable, known: Sequence[tuple[CountTable, CountTable]] = (), stated: Iterable[Stated] = ()
) -> CountTable:
    """This table alone, fit to publish. See publish_all."""
    return publish_all([shown], known, stated)[0]


def publish_all(
    shown: Sequence[CountTable],
    known: Sequence[tuple[CountTable, CountTable]] = (),
    stated: Iterable[Stated] = (),
) -> list[CountTable]:
    """All tables of a document with small numbers hidden, so that together they give none away.

    known   tables that anybody can read elsewhere: each with its numbers, and as it was published
    stated  single numbers that anybody can read, in the text of this document or elsewhere
    Where an earlier number is not today's (a case was added or corrected since) the two are kept apart; the
    reader is taken to know which are still the same.
    Raises disclosure.CannotPublish.
    """
    values: dict[Key, int] = {}
    sums: list[Sum] = []
    printed: list[Key] = []
    for one in shown:
        values |= _agreeing(values, _values(one))
        sums += _sums(one)
        printed += [key for line in _keys(one) for key in line]
    issued = list(stated)
    for number, (counts, paper) in enumerate(known):
        then = _values(counts)
        tag = _edition(dict(values), then, number)
        values |= {tag(name): value for name, value in then.items()}
        sums += [Sum(tag(item.total), tuple(map(tag, item.parts))) for item in _sums(counts)]
        issued += [Stated((tag(key),), text) for key, text in _texts(counts, paper)]
    texts = protect(values, sums, dict.fromkeys(printed), issued)
    return [_printed(one, texts) for one in shown]


def shares(
    shown: CountTable, part: str, leave_out: Sequence[str] = ()
) -> list[tuple[str, Printed, float | None]]:
    """For each line the denominator and the percentage of column `part` in all columns but `leave_out`.

    [(label, base, percentage)], the totals last as "All". Base "" and None where a number is hidden.
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


def quantity(*conditions: tuple[str, str]) -> Key:
    """The quantity of all deaths that meet these conditions, for disclosure.Stated."""
    return frozenset(conditions)


def _with_sum(cells: list[int], has_sum: bool) -> tuple[int, ...]:
    return (*cells, sum(cells)) if has_sum else tuple(cells)


def _keys(one: CountTable) -> list[list[Conditions]]:
    """The conditions of each printed cell, line by line, the totals last."""
    lines = len(one.rows) + bool(one.totals)
    return [line[: len(one.columns)] for line in _grid(one)[:lines]]


def _grid(one: CountTable) -> list[list[Conditions]]:
    """The conditions of all cells, the sums of rows and columns too whether printed or not.

    Where every row holds every death there is no line of totals, and each row's sum is of all deaths.
    """
    row_axis = one.rows_by.code if one.rows_by else "row"
    column_axis = one.columns_by.code if one.columns_by else "column"
    by_row = [frozenset({(row_axis, row.code or row.label)}) for row in one.rows]
    by_column = [frozenset({(column_axis, code)}) for code in one.column_codes]
    grid = [[one.of | row | column for column in by_column] + [one.of | row] for row in by_row]
    if _holds(one) == Holds.EVERY:
        return [[*line[:-1], one.of] for line in grid]
    return [*grid, [one.of | column for column in (*by_column, EVERYBODY)]]


def _holds(one: CountTable) -> Holds:
    return one.rows_by.holds if one.rows_by else Holds.ONE


def _values(one: CountTable) -> dict[Key, int]:
    """The number of every quantity of the table, printed or not."""
    across = len(one.column_codes)
    lines = [_numbers(row.cells) for row in one.rows]
    if one.totals:
        lines.append(_numbers(one.totals))
    elif _holds(one) == Holds.ONE:
        lines.append([sum(column) for column in zip(*lines, strict=True)])
    found: dict[Key, int] = {}
    for conditions, numbers in zip(_grid(one), lines, strict=True):
        whole = [*numbers[:across], sum(numbers[:across])] if across else numbers
        found |= _agreeing(found, dict(zip(conditions, whole, strict=True)))
    return found


def _numbers(cells: Sequence[Printed]) -> list[int]:
    if any(isinstance(cell, str) for cell in cells):
        raise ValueError("This table has been published already; the numbers themselves are needed.")
    return [int(cell) for cell in cells]


def _sums(one: CountTable) -> list[Sum]:
    """Which quantities of the table are the sums of others."""
    grid = _grid(one)
    across = [(line[-1], tuple(line[:-1])) for line in grid if len(line) > 1]
    down = [(line[-1], tuple(line[:-1])) for line in map(list, zip(*grid, strict=True))]
    both = (*across, *(down if _holds(one) == Holds.ONE else ()))
    return [Sum(total, parts) for total, parts in both if total not in parts]


def _agreeing(known: Mapping[Key, int], more: dict[Key, int]) -> dict[Key, int]:
    if any(known.get(name, number) != number for name, number in more.items()):
        raise ValueError("Two tables of one document count the same deaths differently.")
    return more


def _edition(today: Mapping[Key, int], then: Mapping[Key, int], number: int) -> Callable[[Key], Key]:
    """How the quantities of an earlier table are to be called: as today's where they are the same."""
    return lambda name: name if today.get(name, then[name]) == then[name] else ("edition", number, name)


def _texts(counts: CountTable, paper: CountTable) -> list[tuple[Key, Printed]]:
    """How each quantity was printed. ValueError when the paper is not of these counts."""
    pairs: list[tuple[Key, Printed]] = []
    for keys, numbers, line in zip(_keys(counts), counts.lines(), paper.lines(), strict=True):
        for one, number, text in zip(keys, numbers, line, strict=True):
            if isinstance(number, str) or not may_be(text, number):
                raise ValueError("The published table is not of these counts.")
            pairs.append((one, text))
    return pairs


def _printed(one: CountTable, texts: Mapping[Key, Printed]) -> CountTable:
    lines = [tuple(texts[key] for key in keys) for keys in _keys(one)]
    rows = tuple(replace(row, cells=line) for row, line in zip(one.rows, lines, strict=False))
    return replace(one, rows=rows, totals=lines[-1] if one.totals else ())
