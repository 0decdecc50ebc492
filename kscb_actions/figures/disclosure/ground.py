"""The common ground of all that is printed: the finest counts of which every printed number is a sum.

A statement is about the deaths that have certain codes by certain axes; the years of death and of review are
one axis. The finest counts are by all the axes of a statement, where codes that no statement tells apart are
one. An attacker knows every sum between them, that no count is below 0, and that no review precedes its
death.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

import numpy as np

from .axes import GROUPS, NOT_KNOWN, Membership
from .marks import Printed, printed_as
from .tables import Conditions, CountTable, conditions_of

TIMES, YEARS = ("died", "reviewed"), "years"
# By any axis: whatever is not listed, or nothing.
ELSEWHERE = ""
# Rows that hold whoever is in no other row of their table.
REST = {("district", NOT_KNOWN), ("reviewed", "not_yet")}
Codes = Mapping[str, frozenset[str]]
Where = frozenset[tuple[str, frozenset[str]]]


class Statement(NamedTuple):
    """State how many deaths have these codes by each axis, and how that is printed.

    texts  where it is shown, hidden, absent; all the same for what was printed earlier
    """

    where: Where
    number: int
    texts: tuple[Printed, Printed, Printed]


def codes_in_print(tables: Iterable[CountTable]) -> Codes:
    """Return {axis: its codes}, groups put into what they hold."""
    codes: dict[str, frozenset[str]] = defaultdict(lambda: frozenset({ELSEWHERE}))
    keys = chain.from_iterable(chain.from_iterable(map(conditions_of, tables)))
    for axis, code in chain.from_iterable(keys):
        codes[axis] |= GROUPS.get((axis, code), {code})
    return codes


def statements_of(table: CountTable, paper: CountTable | None, codes: Codes) -> Iterator[Statement]:
    """Yield what a table states, as printed on `paper` or to be decided, line by line.

    Last come the statements that nobody in it has a code that it does not list.
    """
    own = codes_in_print([table])
    lines = zip(conditions_of(table), table.lines(), (paper or table).lines(), strict=True)
    for key, number, text in chain.from_iterable(zip(*line, strict=True) for line in lines):
        texts = (text, text, text) if paper else printed_as(int(number))
        yield Statement(_where(key, own, codes), int(number), texts)
    for key in _nobody(table):
        yield Statement(_where(key, own, codes), 0, (0, 0, 0))


def _nobody(table: CountTable) -> Iterator[Conditions]:
    """Yield what no death in the table meets, as everybody knows: to have a code that it does not list."""
    rows: Collection[Conditions] = [frozenset()]
    if table.rows_by and table.rows_by.membership is Membership.EVERY:
        rows = [frozenset({(table.rows_by.code, row.code)}) for row in table.rows]
    for axis, row in product((table.rows_by, table.columns_by), rows):
        if axis and axis.membership is Membership.ONE and REST.isdisjoint(product([axis.code], axis.labels)):
            yield table.of | row | {(axis.code, ELSEWHERE)}


def _where(key: Conditions, own: Codes, codes: Codes) -> Where:
    """Return the codes by each axis of the deaths that meet these conditions."""
    held = {axis: GROUPS.get((axis, code), frozenset({code})) for axis, code in key}
    for axis, code in key:
        if code == ELSEWHERE or (axis, code) in REST:
            held[axis] |= codes[axis] - own[axis] | {ELSEWHERE}
    died, reviewed = (held.pop(axis, codes[axis]) for axis in TIMES)
    pairs = product(died, reviewed)
    held[YEARS] = frozenset(f"{death} {review}" for death, review in pairs if not "" < review < death)
    # A death may have several themes, and factors in every domain: each is an axis of its own.
    for axis in {"theme", "domain"} & held.keys():
        (row,) = held.pop(axis)
        held[f"{axis} {row}"] = held.pop("influence", frozenset({row}))
    return frozenset(held.items())


def lay_ground(statements: Sequence[Statement]) -> Any:
    """Return a matrix of finest counts: a row for each statement, then one for each sum that is always 0."""
    told = list(chain.from_iterable(each.where for each in statements))
    codes = {axis: _told_apart(axis, {some for by, some in told if by == axis}) for axis in dict(told)}
    families = {frozenset(dict(each.where)) for each in statements} | {frozenset({YEARS})}
    families |= {family - {axis} for family in families for axis in family - {YEARS}}
    ordered = sorted(tuple(sorted(family)) for family in families)
    cells = {family: list(product(*(codes[axis] for axis in family))) for family in ordered}
    place = {cell: number for number, cell in enumerate(chain.from_iterable(cells.values()))}
    rows = []
    for each in statements:
        held = dict(each.where)
        fine = cells[tuple(sorted(held))]
        rows.append({place[cell]: 1 for cell in fine if all(code in held[axis] for axis, code in cell)})
    for axis, (family, fine) in product(codes, cells.items()):
        if axis in family and axis != YEARS:
            for whole in cells[tuple(other for other in family if other != axis)]:
                parts = {place[cell]: 1 for cell in fine if set(whole) < set(cell)}
                rows.append({place[whole]: -1} | parts)
    matrix = np.zeros((len(rows), len(place)), dtype=int)
    for number, row in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    return matrix


def _told_apart(axis: str, some: Collection[frozenset[str]]) -> list[tuple[str, str]]:
    """Return the axis with one code of all those that the same of these sets hold."""
    codes = sorted(frozenset({ELSEWHERE}).union(*some))
    return list({tuple(code in held for held in some): (axis, code) for code in codes}.values())
