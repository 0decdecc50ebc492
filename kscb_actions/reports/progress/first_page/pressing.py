"""What of the open actions presses, gathered in one pass: how many, and the worst of each kind and agency."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, reduce
from operator import add
from typing import Any, NamedTuple

import peewee

from kscb_actions.actions.conditions import All, Rule
from kscb_actions.actions.narrowing import A_YEAR, as_sql
from kscb_actions.actions.rating import Colour, rating_rules
from kscb_actions.actions.turn import GOES_ON, WAITS_FOR
from kscb_actions.database import db
from kscb_actions.prepared import as_day, day_of

from ..actions import EXCEPTIONS
from ..counts import TurnCounts
from ..queries import actions_then, columns_of, conditions_counted, rules_place
from ..scope import Scope, of_agency

# Named of each kind on the first page: more would make it a list, and the appendix is one.
MOST_NAMED = 10
MOST_OF_AGENCY = 10
# What is asked for on the first page, of conditions that are counted everywhere by the same names.
KINDS = ("overdue", "overdue_agency", "silent", "to_replace", "more_time", "check", "no_date")


class Item(NamedTuple):
    """An action that presses. They are ordered as they are named: the worst, or the oldest, first."""

    order: tuple[int, ...]
    review_id: int
    number: int
    id: int
    agency_id: int
    days: int


@dataclass
class Worst:
    """The first of many in their order, and how many there were: the others are not kept."""

    most: int
    count: int = 0
    _kept: list[Item] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Take one more into account."""
        self.count += 1
        self._kept.append(item)
        if len(self._kept) > 20 * self.most:
            self._cut()

    @property
    def items(self) -> list[Item]:
        """Return the first of them, in order."""
        self._cut()
        return list(self._kept)

    def _cut(self) -> None:
        self._kept.sort()
        del self._kept[self.most :]


@dataclass
class OfAgency:
    """What presses of one agency: its exceptions by colour, the worst of them, and of each kind the worst."""

    colours: dict[Colour, int] = field(default_factory=lambda: dict.fromkeys(Colour, 0))
    exceptions: Worst = field(default_factory=lambda: Worst(MOST_OF_AGENCY))
    kinds: dict[str, Worst] = field(default_factory=lambda: {kind: Worst(1) for kind in KINDS})


@dataclass
class Pressing:
    """What presses of everything that a paper covers.

    kinds     {kind: the worst of all agencies}
    agencies  {agency id: what presses of it}; its exceptions are those on which the next move is its own
    by_years  how many are overdue by more than a year
    exceptions  {id: the names of what holds for it} of all that are red or amber, by the order of EXCEPTIONS,
                then the longest due first; the silent by the day from which silence is counted
    waiting   ids of all that wait for the Board, the longest first
    """

    kinds: dict[str, Worst] = field(default_factory=lambda: {kind: Worst(MOST_NAMED) for kind in KINDS})
    agencies: dict[int, OfAgency] = field(default_factory=lambda: defaultdict(OfAgency))
    by_years: int = 0
    exceptions: Mapping[int, Collection[str]] = field(default_factory=dict)
    waiting: Sequence[int] = ()

    def agencies_with(self, kind: str) -> list[tuple[int, int, Item]]:
        """Return (agency id, count, its worst) of those that have any of this kind, most first."""
        found = [
            (key, each.kinds[kind].count, each.kinds[kind].items[0])
            for key, each in self.agencies.items()
            if each.kinds[kind].count
        ]
        return sorted(found, key=lambda told: (-told[1], told[2]))

    def worst_agencies(self) -> list[tuple[int, OfAgency]]:
        """Return the agencies that have exceptions, most red first, then most amber, then the oldest."""
        found = [(key, each) for key, each in self.agencies.items() if each.exceptions.count]
        return sorted(
            found,
            key=lambda pair: (
                -pair[1].colours[Colour.RED],
                -pair[1].colours[Colour.AMBER],
                pair[1].exceptions.items[0],
            ),
        )


class _Row(NamedTuple):
    """An action that goes on: `place` is that of the rule that rates it, `names` what holds for it."""

    id: int
    review_id: int
    number: int
    agency_id: int
    current_due_on: str | date | None
    updated_on: str | date
    place: int
    silent_since: int | None
    board_at: str | datetime | None
    names: Collection[str]


def gather(scope: Scope) -> tuple[Pressing, TurnCounts]:
    """Return what presses, and how many are overdue, silent or wait for the Board. One query.

    Of its rows only the worst are kept, and the order of those that have a list.
    """
    pressing, rules = Pressing(), rating_rules(scope.board.thresholds)
    exceptions, waiting = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
    alike = Counter[tuple[int, Collection[str]]]()
    for row in _rows(scope):
        rule = rules[row.place]
        _add(scope, pressing, row, rule)
        alike[row.agency_id, row.names] += 1
        if rule.code in EXCEPTIONS:
            exceptions.append((*_worst_first(row, rule.code), row.review_id, row.id, row.names))
        if "board" in row.names:
            waiting.append((row.board_at is None, row.board_at, row.review_id, row.number, row.id))
    pressing.exceptions = {key: names for *_, key, names in sorted(exceptions)}
    pressing.waiting = [key for *_, key in sorted(waiting)]
    counts = defaultdict[int, Counter[str]](Counter)
    for (agency_id, names), number in alike.items():
        counts[agency_id].update(dict.fromkeys(names, number))
    oldest = min(waiting)[1] if waiting else None
    return pressing, TurnCounts(counts, day_of(oldest) if oldest else None)


def _rows(scope: Scope) -> Iterator[_Row]:
    then = actions_then(scope)
    columns = columns_of(scope)
    conditions = conditions_counted(scope) | {"agency": All((GOES_ON, WAITS_FOR["agency"]))}
    holds = {name: as_sql(each, scope.as_at, columns) for name, each in conditions.items()}
    # A bit for each, but for silence, which costs most to find out: where it holds its day is told.
    bits = [
        peewee.Case(None, [(each, 1 << place)], 0)
        for place, (name, each) in enumerate(holds.items())
        if name != "silent"
    ]
    query = peewee.Select(
        [then],
        [
            *(then.c.id, then.c.review_id, then.c.number, then.c.agency_id, then.c.current_due_on),
            *(then.c.updated_on, rules_place(scope, then)),
            peewee.Case(None, [(holds["silent"], columns.silent_since)], None),
            peewee.Case(None, [(holds["board"], columns.board_at)], None),
            reduce(add, bits),
        ],
    )

    @cache
    def names_of(held: int, is_silent: bool) -> Collection[str]:
        return tuple(
            name
            for place, name in enumerate(conditions)
            if held >> place & 1 or (is_silent and name == "silent")
        )

    goes_on = as_sql(GOES_ON, scope.as_at, columns)
    for *row, silent_since, board_at, held in db.execute(query.where(of_agency(scope, then.c), goes_on)):
        yield _Row._make((*row, silent_since, board_at, names_of(held, silent_since is not None)))


def _add(scope: Scope, pressing: Pressing, row: _Row, rule: Rule) -> None:
    own = pressing.agencies[row.agency_id]
    for kind in row.names:
        if kind in KINDS:
            item = _item(scope, row, kind)
            pressing.kinds[kind].add(item)
            own.kinds[kind].add(item)
    if "overdue" in row.names and _days_late(scope, row) > A_YEAR:
        pressing.by_years += 1
    # What the Board owes is charged to no agency.
    if rule.code in EXCEPTIONS and "agency" in row.names:
        own.colours[Colour(rule.result)] += 1
        own.exceptions.add(_item(scope, row, rule.code, EXCEPTIONS.index(rule.code)))


def _worst_first(row: _Row, code: str) -> tuple[Any, ...]:
    """Return by what exceptions are ordered: by rule, then the longest due or silent first."""
    since = row.silent_since if code == "silent" else 0
    return EXCEPTIONS.index(code), since, row.current_due_on is None, row.current_due_on


def _days_late(scope: Scope, row: _Row) -> int:
    due_on = as_day(row.current_due_on)
    return (scope.as_at - due_on).days if due_on else 0


def _item(scope: Scope, row: _Row, kind: str, *rank: int) -> Item:
    """Return an action as one of a kind: for how many days it is so, and its place among the others."""
    order, days = _order(scope, row, kind)
    return Item((*rank, order), row.review_id, row.number, row.id, row.agency_id, days)


def _order(scope: Scope, row: _Row, kind: str) -> tuple[int, int]:
    if kind in ("more_time", "check", "to_replace") and row.board_at:
        since = day_of(row.board_at)
    elif kind == "silent" and row.silent_since:
        since = date.fromordinal(row.silent_since)
    elif kind in ("to_replace", "no_date"):
        since = as_day(row.updated_on) or scope.as_at
    else:
        since = as_day(row.current_due_on) or date.max
    return since.toordinal(), max((scope.as_at - since).days, 0)
