"""Disclosure control for whole tables: all tables of a document are protected together.

Two tables count the same deaths where their cells have the same conditions: a total in the one may be a cell
or an unpublished sum of cells in the other (linked tables). `publish_all` therefore takes all tables of a
document at once, what has been issued before, and the unpublished tables that link the others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .axes import Axis, Membership
from .suppression import Key, KnownFigure, Printed, SumConstraint, is_feasible, suppress
from .tables import ALL_DEATHS, Conditions, CountTable

ANY_YEAR = "any"
Published = tuple[CountTable, CountTable]
_HEADLINE = Axis("headline", "", {}, lambda record: (), membership=Membership.SOME)


@dataclass(frozen=True)
class LinkedSum:
    """State a sum that an attacker knows to hold, printed or not: each quantity with its count."""

    total: tuple[Key, int]
    parts: tuple[tuple[Key, int], ...]


def publish_all(
    shown: Sequence[CountTable],
    known: Sequence[tuple[CountTable, CountTable]] = (),
    known_figures: Iterable[KnownFigure] = (),
    unpublished: Iterable[CountTable] = (),
    links: Iterable[LinkedSum] = (),
) -> list[CountTable]:
    """Return the tables of a document with cells suppressed, so that together they disclose no small count.

    shown          the tables with their true counts
    known          tables that anybody can read elsewhere: each with its counts, and as it was published
    known_figures  single figures that anybody can read, in the text of this document or elsewhere
    unpublished    tables that nobody can read, whose sums link those that are printed
    links          further such sums

    An earlier count that is not today's (a case was added or corrected since) is kept apart; which are still
    the same the attacker is taken to know. Raise CannotPublish when no suppression protects them.
    """
    values: dict[Key, int] = {}
    sums: list[SumConstraint] = []
    for one in (*shown, *unpublished):
        values |= _consistent(values, _values(one))
        sums += _sums(one)
    for link in links:
        values |= _consistent(values, dict((link.total, *link.parts)))
        sums.append(SumConstraint(link.total[0], tuple(key for key, _ in link.parts)))
    issued = list(known_figures)
    for counts, paper in _linked_to(known, values):
        then = _values(counts)
        tag = _keys_then(dict(values), then)
        values |= {tag(name): value for name, value in then.items()}
        sums += [SumConstraint(tag(item.total), tuple(map(tag, item.parts))) for item in _sums(counts)]
        issued += [KnownFigure((tag(key),), text) for key, text in _printed_cells(counts, paper)]
    printed = dict.fromkeys(key for one in shown for line in conditions_of(one) for key in line)
    texts = suppress(values, sums, printed, issued)
    return [_with_texts(one, texts) for one in shown]


def headline(of: Conditions, number: int) -> CountTable:
    """Return a single figure of the text as a table, so that it can be protected and known like any other."""
    return CountTable(("Deaths",), (), (number,), of, rows_by=_HEADLINE)


def printed_quantities(counts: CountTable, paper: CountTable) -> dict[Key, Printed]:
    """Return how each quantity of these counts was printed, as {quantity: number or mark}.

    Raise ValueError when the paper is not of these counts.
    """
    return dict(_printed_cells(counts, paper))


def quantity(*conditions: tuple[str, str]) -> Key:
    """Return the key of all deaths that meet these conditions, for a KnownFigure."""
    return frozenset(conditions)


def conditions_of(one: CountTable) -> list[list[Conditions]]:
    """Return the conditions of each printed cell, line by line, the totals last."""
    lines = len(one.rows) + bool(one.totals)
    return [line[: len(one.columns)] for line in _grid_conditions(one)[:lines]]


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


def _values(one: CountTable) -> dict[Key, int]:
    """Return the count of each quantity, printed or not. Raise ValueError for a published table."""
    across = len(one.column_codes)
    lines = [_numbers(row.cells) for row in one.rows]
    if one.totals:
        lines.append(_numbers(one.totals))
    elif _membership(one) == Membership.ONE:
        lines.append([sum(column) for column in zip(*lines, strict=True)])
    found: dict[Key, int] = {}
    for conditions, numbers in zip(_grid_conditions(one), lines, strict=True):
        whole = [*numbers[:across], sum(numbers[:across])] if across else numbers
        found |= _consistent(found, dict(zip(conditions, whole, strict=True)))
    return found


def _numbers(cells: Sequence[Printed]) -> list[int]:
    if any(isinstance(cell, str) for cell in cells):
        raise ValueError("This table has been published already; the numbers themselves are needed.")
    return [int(cell) for cell in cells]


def _sums(one: CountTable) -> list[SumConstraint]:
    """Return which quantities of the table are the sums of others."""
    grid = _grid_conditions(one)
    across = [(line[-1], tuple(line[:-1])) for line in grid if len(line) > 1]
    down = [(line[-1], tuple(line[:-1])) for line in map(list, zip(*grid, strict=True))]
    both = (*across, *(down if _membership(one) == Membership.ONE else ()))
    return [SumConstraint(total, parts) for total, parts in both if total not in parts]


def _consistent(known: Mapping[Key, int], more: dict[Key, int]) -> dict[Key, int]:
    if any(known.get(name, number) != number for name, number in more.items()):
        raise ValueError("Two tables of one document count the same deaths differently.")
    return more


def _linked_to(known: Sequence[Published], values: Mapping[Key, int]) -> list[Published]:
    """Return the known tables that share constraints with these quantities, in the order given.

    They share a quantity, or one that is not printed as a number with a table that does. A quantity that is
    printed as a number can have no other value, so nothing is deduced through it.
    """
    waiting = [(pair, _values(pair[0]), dict(_printed_cells(*pair))) for pair in known]
    reached, near, through = set(values), [], set(values)
    while through:
        found = [each for each in waiting if not through.isdisjoint(each[1])]
        waiting = [each for each in waiting if through.isdisjoint(each[1])]
        near += [pair for pair, _, _ in found]
        open_ = {key for _, then, texts in found for key in then if isinstance(texts.get(key, ""), str)}
        through = open_ - reached
        reached |= through
    chosen = set(map(id, near))
    return [pair for pair in known if id(pair) in chosen]


def _keys_then(today: Mapping[Key, int], then: Mapping[Key, int]) -> Callable[[Key], Key]:
    """Return what gives an earlier table's key its name now: today's where the count is the same."""
    return lambda name: name if today.get(name, then[name]) == then[name] else ("was", then[name], name)


def _printed_cells(counts: CountTable, paper: CountTable) -> list[tuple[Key, Printed]]:
    """Return (quantity, text) of each cell. Raise ValueError when the paper is not of these counts."""
    pairs: list[tuple[Key, Printed]] = []
    for keys, numbers, line in zip(conditions_of(counts), counts.lines(), paper.lines(), strict=True):
        for one, number, text in zip(keys, numbers, line, strict=True):
            if isinstance(number, str) or not is_feasible(text, number):
                raise ValueError("The published table is not of these counts.")
            pairs.append((one, text))
    return pairs


def _with_texts(one: CountTable, texts: Mapping[Key, Printed]) -> CountTable:
    lines = [tuple(texts[key] for key in keys) for keys in conditions_of(one)]
    rows = tuple(replace(row, cells=line) for row, line in zip(one.rows, lines, strict=False))
    return replace(one, rows=rows, totals=lines[-1] if one.totals else ())
