"""Making tables of counted deaths fit to publish, all those of a document together.

Two tables speak of the same deaths where their cells have the same conditions: a total in the one may be a
cell or a hidden sum of cells in the other. `publish_all` therefore takes all tables of a document at once,
what has been issued before, and the tables that are printed nowhere but tie the others to each other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .axes import Axis, Holds
from .protect import Key, Printed, Stated, Sum, may_be, protect
from .tables import EVERYBODY, Conditions, CountTable

ANY_YEAR = "any"
Published = tuple[CountTable, CountTable]
_HEADLINE = Axis("headline", "", {}, lambda record: (), holds=Holds.SOME)


@dataclass(frozen=True)
class Tie:
    """A sum that readers know to hold, though it may be printed nowhere: each quantity with its number."""

    total: tuple[Key, int]
    parts: tuple[tuple[Key, int], ...]


def publish_all(
    shown: Sequence[CountTable],
    known: Sequence[tuple[CountTable, CountTable]] = (),
    stated: Iterable[Stated] = (),
    behind: Iterable[CountTable] = (),
    ties: Iterable[Tie] = (),
) -> list[CountTable]:
    """All tables of a document with small numbers hidden, so that together they give none away.

    known   tables that anybody can read elsewhere: each with its numbers, and as it was published
    stated  single numbers that anybody can read, in the text of this document or elsewhere
    behind  tables that nobody can read, whose sums bind those that are printed
    ties    further such sums
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
        printed += [key for line in conditions_of(one) for key in line]
    for one in behind:
        values |= _agreeing(values, _values(one))
        sums += _sums(one)
    for tie in ties:
        values |= _agreeing(values, dict((tie.total, *tie.parts)))
        sums.append(Sum(tie.total[0], tuple(key for key, _ in tie.parts)))
    issued = list(stated)
    for counts, paper in _near(known, values):
        then = _values(counts)
        tag = _edition(dict(values), then)
        values |= {tag(name): value for name, value in then.items()}
        sums += [Sum(tag(item.total), tuple(map(tag, item.parts))) for item in _sums(counts)]
        issued += [Stated((tag(key),), text) for key, text in _texts(counts, paper)]
    texts = protect(values, sums, dict.fromkeys(printed), issued)
    return [_printed(one, texts) for one in shown]


def headline(of: Conditions, number: int) -> CountTable:
    """A single number in the text, as a table, so that it can be published and known like any other."""
    return CountTable(("Deaths",), (), (number,), of, rows_by=_HEADLINE)


def printed_quantities(counts: CountTable, paper: CountTable) -> dict[Key, Printed]:
    """How each quantity of these counts was printed. ValueError when the paper is not of these counts."""
    return dict(_texts(counts, paper))


def quantity(*conditions: tuple[str, str]) -> Key:
    """The quantity of all deaths that meet these conditions, for disclosure.Stated."""
    return frozenset(conditions)


def conditions_of(one: CountTable) -> list[list[Conditions]]:
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
    grid = [[_plain(one.of | row | column) for column in (*by_column, EVERYBODY)] for row in by_row]
    if _holds(one) == Holds.EVERY:
        return [[*line[:-1], one.of] for line in grid]
    return [*grid, [_plain(one.of | column) for column in (*by_column, EVERYBODY)]]


def _plain(conditions: Conditions) -> Conditions:
    """The same deaths have the same conditions: reviewed in one year says that they are reviewed at all."""
    if sum(axis == "reviewed" for axis, _ in conditions) > 1:
        return conditions - {("reviewed", ANY_YEAR)}
    return conditions


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


def _near(known: Sequence[Published], values: Mapping[Key, int]) -> list[Published]:
    """The known tables that have to do with these quantities.

    They share one, or something that is not printed as a number with a table that does. What is printed as a
    number cannot be otherwise, so nothing is worked out through it.
    """
    waiting = [(pair, _values(pair[0]), dict(_texts(*pair))) for pair in known]
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


def _edition(today: Mapping[Key, int], then: Mapping[Key, int]) -> Callable[[Key], Key]:
    """How the quantities of an earlier table are to be called: as today's where they are the same."""
    return lambda name: name if today.get(name, then[name]) == then[name] else ("was", then[name], name)


def _texts(counts: CountTable, paper: CountTable) -> list[tuple[Key, Printed]]:
    """How each quantity was printed. ValueError when the paper is not of these counts."""
    pairs: list[tuple[Key, Printed]] = []
    for keys, numbers, line in zip(conditions_of(counts), counts.lines(), paper.lines(), strict=True):
        for one, number, text in zip(keys, numbers, line, strict=True):
            if isinstance(number, str) or not may_be(text, number):
                raise ValueError("The published table is not of these counts.")
            pairs.append((one, text))
    return pairs


def _printed(one: CountTable, texts: Mapping[Key, Printed]) -> CountTable:
    lines = [tuple(texts[key] for key in keys) for keys in conditions_of(one)]
    rows = tuple(replace(row, cells=line) for row, line in zip(one.rows, lines, strict=False))
    return replace(one, rows=rows, totals=lines[-1] if one.totals else ())
